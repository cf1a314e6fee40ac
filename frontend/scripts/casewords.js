// What is said of a case, the same on cards, pages, posters and in review.

import { element } from "./elements.js";
import { country, day, number, text } from "./language.js";
import { picture } from "./pictures.js";

/** The age when last seen, as well as it is known. @param {any} record */
export function ageMissing(record) {
  return record.age_missing ?? Number(record.missing_since.slice(0, 4)) - record.birth_year;
}

/** @param {any} record */
export function ageNow(record) {
  const born = record.birth_year ?? Number(record.missing_since.slice(0, 4)) - record.age_missing;
  return new Date().getFullYear() - born;
}

/** @param {number} count */
export function years(count) {
  return text("years", { count });
}

/** @param {any} record */
export function agesThenAndNow(record) {
  return text("case.ages", {
    then: years(ageMissing(record)), now: years(ageNow(record)), today: ageNow(record),
  });
}

/** @param {any} record */
export function placeOf(record) {
  return [record.place, record.country && country(record.country)].filter(Boolean).join(", ");
}

/** @param {any} record @param {{age: number | null}} photo */
export function photoWords(record, photo) {
  return photo.age === null
    ? text("case.photo", { name: record.name })
    : text("case.photo.age", { name: record.name, age: years(photo.age) });
}

/** @param {any} record @param {any} photo @param {string | null} [token]
 * @param {Record<string, any>} [attributes] */
export function casePicture(record, photo, token, attributes) {
  const path = `cases/${record.id}/photos/${photo.id}`;
  return picture(path, photoWords(record, photo), token, attributes);
}

/** The photos of a case, the youngest first. @param {any} record @returns {any[]} */
export function byAge(record) {
  const age = (/** @type {any} */ photo) => photo.age ?? Infinity;
  return [...record.photos].sort((one, other) => age(one) - age(other));
}

/** The facts of a case as a list. @param {any} record @param {[string, string][]} [first] */
export function factsOf(record, first = []) {
  return facts([
    ...first,
    [text("case.last_seen"), day(record.missing_since)],
    [text("case.place"), placeOf(record)],
    [text("case.age_then"), years(ageMissing(record))],
    [text("case.age_now"), years(ageNow(record))],
    record.sex !== "unknown" && [text("case.sex"), text(`sex.${record.sex}`)],
    record.birth_year && [text("case.born"), number(record.birth_year)],
  ]);
}

/** Names and what they are; what is not known is left out.
 * @param {any[]} pairs of [string, string | Node], or false */
export function facts(pairs) {
  return element("dl", { class: "facts" }, pairs.filter(Boolean).map(([name, value]) =>
    element("div", {}, element("dt", {}, name), element("dd", {}, value))));
}
