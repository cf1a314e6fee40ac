// What has been told of a case since a reviewer looked, in words; for who reported it and reviewers.

import { element } from "./elements.js";
import { country, day, number, text } from "./language.js";

/** The name of a field of a case. @param {string} name */
export function fieldWords(name) {
  return text(`report.${name}`);
}

/** A field's value as people write it. @param {string} name @param {any} value */
export function valueWords(name, value) {
  if (value === null || value === "") return text("changes.nothing");
  if (name === "sex") return text(`sex.${value}`);
  if (name === "country") return country(value);
  if (name === "missing_since") return day(value);
  return typeof value === "number" ? number(value) : value;
}

/** What a reporter's corrections wait for or were refused for; nothing where there are none.
 * @param {any} record */
export function tellChanges({ changes }) {
  return [
    listed("changes.waiting", changes.fields.map(({ field, after }) =>
      `${fieldWords(field)}: ${valueWords(field, after)}`)),
    tellRefused(changes),
  ];
}

/** Corrections that a reviewer refused, with the reason. @param {any} changes */
export function tellRefused(changes) {
  return listed("changes.refused", changes.refused.map(({ field, value, reason }) =>
    `${fieldWords(field)}: ${valueWords(field, value)} · ${text("follow.reason", { reason })}`));
}

function listed(title, lines) {
  return lines.length > 0 && element("div", { class: "note" },
    element("strong", {}, text(title)),
    element("ul", {}, lines.map((line) => element("li", {}, line))));
}
