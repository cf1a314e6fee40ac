// Sightings: what was seen, and the cases most like it.

import { facts, placeOf, years } from "../scripts/casewords.js";
import { element } from "../scripts/elements.js";
import { checked, field, valuesOf } from "../scripts/forms.js";
import { day, moment, text } from "../scripts/language.js";
import { picture } from "../scripts/pictures.js";
import { alertPlace, busily, sentence, sentenceOf } from "../scripts/problems.js";
import { candidateList } from "./candidates.js";
import { contactBox, cover, endless, eraseBox } from "./common.js";
import { askAsReviewer, token } from "./session.js";

const STATES = ["open", "closed"];

/** @param {HTMLElement} place @param {string} [state] */
export async function showSightings(place, state = "open") {
  const path = `search/sightings?state=${state}&limit=20`;
  const list = await endless(path, "sightings", row, text("review.no_sightings"));
  place.replaceChildren(
    element("nav", { class: "choices", "aria-label": text("review.sightings") }, STATES.map((each) =>
      element("a", { href: `#sightings/${each}`, "aria-current": each === state && "true" }, text(`sighting.${each}`)))),
    list);
}

function row(record) {
  const photo = cover(record);
  return element("li", {}, element("a", { class: "row", href: `#sightings/${record.id}` },
    photo ? picture(photoPath(record, photo), "", token()) : element("span", { class: "no-photo" }),
    element("span", {},
      element("strong", {}, placeOf(record)), element("br"),
      day(record.seen_on), element("br"),
      element("span", { class: "quiet" }, moment(record.created)))));
}

function photoPath(record, photo) {
  return `search/sightings/${record.id}/photos/${photo.id}`;
}

/** @param {HTMLElement} place @param {string} identity */
export async function showSighting(place, identity) {
  const record = await askAsReviewer(`search/sightings/${identity}`);
  const ranking = await askAsReviewer(`search/sightings/${identity}/candidates?limit=10`).catch((problem) => problem);
  place.replaceChildren(
    element("header", { class: "heading" },
      element("h2", {}, placeOf(record)),
      element("p", { class: "state-name" }, text(`sighting.${record.state}`))),
    element("section", { class: "panel" },
      facts([
        [text("follow.received"), moment(record.created)],
        [text("sighting.seen_on"), day(record.seen_on)],
        record.age !== null && [text("sighting.age"), years(record.age)],
        record.sex !== "unknown" && [text("case.sex"), text(`sex.${record.sex}`)],
        record.note && [text("sighting.note"), record.note],
      ]),
      element("ul", { class: "gallery" }, record.photos.map((photo, index) => element("li", {},
        picture(photoPath(record, photo), text("sighting.photo", { number: index + 1 }), token()),
        photo.state === "rejected" && element("p", { class: "wrong" }, sentence(photo.reason)))))),
    element("section", { class: "panel" },
      element("h3", {}, text("review.candidates")),
      ranking.candidates ? candidateList(ranking) : element("p", { class: "empty" }, noRanking(ranking))),
    contactBox(`search/sightings/${identity}`),
    stateBox(record, () => showSighting(place, identity)),
    eraseBox(`search/sightings/${identity}`, "sightings"));
}

function noRanking(problem) {
  return problem.code === "conflict" ? text("candidates.no_face") : sentenceOf(problem);
}

function stateBox(record, again) {
  const alert = alertPlace();
  const other = record.state === "open" ? "closed" : "open";
  const button = element("button", { type: "submit", class: "quiet-button" }, text(`review.sighting.${other}`));
  const form = element("form", {
    novalidate: true,
    onsubmit: (event) => {
      event.preventDefault();
      if (!checked(form)) return;
      busily(button, alert, async () => {
        const json = { state: other, reason: valuesOf(form).reason };
        await askAsReviewer(`search/sightings/${record.id}/state`, { json });
        await again();
      });
    },
  },
    field("reason", text("review.reason"), { required: true, maxlength: 500 }),
    alert.place,
    button);
  return element("section", { class: "panel" }, element("h3", {}, text("review.next_step")), form);
}
