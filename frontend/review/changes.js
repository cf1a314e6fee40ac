// Changes of a case that wait for a reviewer: before beside after, to be passed or refused.

import { casePicture } from "../scripts/casewords.js";
import { fieldWords, tellRefused, valueWords } from "../scripts/changes.js";
import { element } from "../scripts/elements.js";
import { drawBoxes, framed } from "../scripts/faces.js";
import { blame, field, valuesOf } from "../scripts/forms.js";
import { moment, text } from "../scripts/language.js";
import { picture } from "../scripts/pictures.js";
import { alertPlace, busily } from "../scripts/problems.js";
import { unlessMoved } from "./common.js";
import { askAsReviewer, token } from "./session.js";

/**
 * The changes that wait, null where none do.
 * @param {any} record of the API @param {() => Promise<void>} again
 * @param {() => Promise<void>} anew shows the case that has changed meanwhile
 */
export function changesBox(record, again, anew) {
  if (!record.waiting) return null;
  const alert = alertPlace();
  const rows = [
    ...record.changes.fields.map(fieldRow),
    ...record.photos.filter(waits).map((photo) => photoRow(record, photo)),
    ...record.changes.removed.map(removedRow),
  ];
  const form = element("form", { novalidate: true, onsubmit: decide },
    element("ul", { class: "changes" }, rows),
    tellRefused(record.changes),
    field("reason", text("changes.reason"), { maxlength: 500, plain: true, hint: text("review.reason.hint") }),
    alert.place,
    element("div", { class: "actions" },
      element("button", { type: "submit", value: "pass" }, text("changes.pass")),
      element("button", { type: "submit", value: "refuse", class: "quiet-button" }, text("changes.refuse"))));

  function decide(event) {
    event.preventDefault();
    const decision = event.submitter.value;
    const { reason } = valuesOf(form);
    if (decision === "refuse" && !reason) {
      blame(form, "reason", text("form.missing"));
      return;
    }
    const ticks = [...form.querySelectorAll("input[data-what]")];
    const chosen = chosenOf(ticks, decision === "pass");
    if (!chosen) {
      alert.say(text("changes.none_chosen"));
      return;
    }
    const json = { decision, reason, revision: record.revision, ...chosen };
    busily(event.submitter, alert, () => unlessMoved(async () => {
      await askAsReviewer(`cases/${record.id}/changes`, { json });
      await again();
    }, anew));
  }

  return element("section", { class: "panel" }, element("h3", {}, text("changes.waiting")), form);
}

/** What is ticked, by kind, as the API takes it: neither fields nor photos where all of it is, so
 * that what was erased counts as seen; null where nothing is. */
function chosenOf(ticks, passing) {
  const ticked = (/** @type {string} */ what) =>
    ticks.filter((tick) => tick.checked && tick.dataset.what === what).map((tick) => tick.value);
  const choices = ticks.filter(({ dataset }) => dataset.what !== "whole");
  const whole = passing && ticked("whole").length ? { whole: ticked("whole") } : {};
  if (choices.every((tick) => tick.checked)) return whole;
  if (!choices.some((tick) => tick.checked)) return null;
  return { fields: ticked("fields"), photos: ticked("photos"), ...whole };
}

function waits(photo) {
  const fresh = ["embedded", "undecided"].includes(photo.state) && photo.review === "waiting";
  return fresh || Object.keys(photo.proposed).length > 0;
}

function tick(what, value, words, attributes = {}) {
  return element("label", { class: "change-choice" },
    element("input", { type: "checkbox", "data-what": what, value, ...attributes }), words);
}

function fieldRow({ field: name, before, after, by, at }) {
  return row(tick("fields", name, fieldWords(name), { checked: true }), by, at,
    [element("p", {}, valueWords(name, before))],
    [element("p", {}, valueWords(name, after))]);
}

function photoRow(record, photo) {
  const { age, face } = photo.proposed;
  const fresh = photo.review === "waiting";
  const undecided = photo.state === "undecided" && !face;
  const said = face ?? age;
  const shown = (chosen, years) => [
    pointed(record, photo, chosen),
    element("p", {}, years === null ? text("queue.age_unknown") : `${text("photos.age")}: ${years}`),
  ];
  const several = photo.faces.length > 1;
  return row(
    undecided
      ? element("p", { class: "wrong" }, text("problem.face_not_chosen"))
      : tick("photos", photo.id, text(fresh ? "changes.photo.new" : "changes.photo"), { checked: true }),
    said?.by ?? photo.added_by, said?.at,
    fresh ? [element("p", {}, text("changes.nothing"))] : shown(face?.before ?? photo.face, age ? age.before : photo.age),
    [
      ...shown(face?.after ?? photo.face, age ? age.after : photo.age),
      several && !undecided && !face && element("figure", {},
        picture(`cases/${record.id}/photos/${photo.id}?view=public`, "", token()),
        element("figcaption", { class: "quiet" }, text("changes.public"))),
      several && !undecided && tick("whole", photo.id, text("changes.whole"), { checked: photo.whole }),
    ]);
}

/** The photo with the face that is meant. */
function pointed(record, photo, face) {
  const frame = framed(casePicture(record, photo, token()));
  const box = photo.faces?.[face ?? -1];
  if (box && photo.size) drawBoxes(frame, photo.size, [box]);
  return frame;
}

function removedRow({ at }) {
  return element("li", { class: "change" },
    element("strong", {}, text("changes.removed")), " ", element("span", { class: "quiet" }, moment(at)));
}

function row(choice, by, at, before, after) {
  const half = (/** @type {string} */ title, /** @type {any[]} */ content) =>
    element("div", {}, element("h4", {}, text(title)), content);
  return element("li", { class: "change" },
    choice,
    element("p", { class: "quiet" }, [by, at && moment(at)].filter(Boolean).join(" · ")),
    element("div", { class: "before-after" }, half("changes.before", before), half("changes.after", after)));
}
