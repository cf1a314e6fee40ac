// One match: two photos side by side, and below them what is said of the pair.

import { agesThenAndNow, facts, placeOf, years } from "../scripts/casewords.js";
import { element } from "../scripts/elements.js";
import { day, moment, text } from "../scripts/language.js";
import { picture } from "../scripts/pictures.js";
import { answers, ANSWERS } from "./answers.js";
import { movedNote } from "./common.js";
import { askAsReviewer, token } from "./session.js";
import { shortcuts } from "./shortcuts.js";
import { faceOf, zoomable } from "./zoom.js";

/**
 * @param {any} match of the API @param {() => void} next
 * @param {string} [reason] what a reviewer had typed before the match changed under their eyes
 * @returns {HTMLElement}
 */
export function matchView(match, next, reason) {
  const { case: record, sighting } = match;
  const sides = [
    side(text("queue.case"), match, "case_photo", record, `cases/${record.id}`, facts([
      [text("review.name"), element("a", { href: `#cases/${record.id}` }, record.name)],
      [text("case.last_seen"), day(record.missing_since)],
      [text("case.place"), placeOf(record)],
      [text("queue.ages"), agesThenAndNow(record)],
    ])),
    side(text("queue.sighting"), match, "sighting_photo", sighting, `search/sightings/${sighting.id}`, facts([
      [text("sighting.seen_on"), day(sighting.seen_on)],
      [text("case.place"), placeOf(sighting)],
      sighting.age !== null && [text("sighting.age"), years(sighting.age)],
      sighting.note && [text("sighting.note"), sighting.note],
      [text("follow.received"), moment(sighting.created)],
    ])),
  ];
  const said = answers(match, { next, again, reason });
  const note = reason !== undefined && movedNote();
  const view = element("article", { class: "match" },
    note,
    element("h2", { class: "gap" }, gapWords(match)),
    element("div", { class: "marks" }, marksOf(match)),
    element("div", { class: "pair" }, sides.map((each) => each.place)),
    said.place,
    shortcuts({
      ...Object.fromEntries(ANSWERS.map((answer) => [text(`shortcut.${answer}`), {
        words: text(`queue.${answer}`), work: () => said.choose(answer),
      }])),
      [text("shortcut.zoom")]: { words: text("queue.zoom"), work: () => sides.forEach(({ toggle }) => toggle()) },
      [text("shortcut.next")]: { words: text("queue.next"), work: said.next },
    }));

  /** The match as it is now, in place of this one. */
  async function again(typed) {
    const fresh = matchView(await askAsReviewer(`search/matches/${match.id}`), next, typed);
    view.replaceWith(fresh);
    fresh.querySelector(".moved")?.focus();
  }

  return view;
}

/** @param {any} match */
export function gapWords(match) {
  return text("queue.gap", { years: years(Math.round(match.age_gap)) });
}

/** What sets a match apart from others. @param {any} match */
export function marksOf(match) {
  return [
    match.copy && mark("queue.copy"),
    match.withdrawn_photos.length > 0 && mark("queue.withdrawn"),
  ].filter(Boolean);
}

function mark(key) {
  return element("span", { class: "mark" }, text(key));
}

function side(title, match, which, record, path, words) {
  const photos = record.photos.filter(({ state }) => state === "embedded");
  const shownAge = element("span", { class: "age" });
  const holder = element("div", {});
  let shown;
  const show = (identity) => {
    const photo = photos.find(({ id }) => id === identity) ?? { id: identity, age: null };
    shownAge.textContent = photo.age === null ? text("queue.age_unknown") : years(photo.age);
    const label = `${title}, ${shownAge.textContent}`;
    const image = picture(`${path}/photos/${identity}`, label, token(), { loading: "eager" });
    shown = zoomable(image, label, faceOf(photo));
    holder.replaceChildren(shown.place);
  };
  show(match[which]);
  const others = photos.length > 1 && element("div", { class: "thumbnails" }, photos.map((photo, index) =>
    element("button", {
      type: "button",
      "aria-label": text("queue.other_photo", { number: index + 1 }),
      onclick: () => show(photo.id),
    }, picture(`${path}/photos/${photo.id}`, "", token()))));
  return {
    place: element("section", { class: "match-side" },
      element("h3", {}, title, shownAge),
      match.withdrawn_photos.includes(which) && mark("queue.withdrawn"),
      holder, others, words),
    toggle: () => shown.toggle(),
  };
}
