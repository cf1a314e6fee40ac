// What the pages of cases and sightings share: lists, contact, erasing.

import { Problem } from "../scripts/api.js";
import { confirmed } from "../scripts/confirmation.js";
import { facts } from "../scripts/casewords.js";
import { element } from "../scripts/elements.js";
import { text } from "../scripts/language.js";
import { alertPlace, busily } from "../scripts/problems.js";
import { askAsReviewer } from "./session.js";

/** A list of records that goes on at the press of a button.
 * @param {string} path with a query @param {string} name of the list in the answer
 * @param {(record: any) => Node} row @param {string} none said where there is nothing */
export async function endless(path, name, row, none) {
  const alert = alertPlace();
  const list = element("ul", { class: "rows" });
  const more = element("button", { type: "button", class: "quiet-button" }, text("home.more"));
  /** @type {string | null} */
  let cursor = "";
  async function load() {
    const answer = await askAsReviewer(cursor ? `${path}&cursor=${encodeURIComponent(cursor)}` : path);
    list.append(...answer[name].map(row));
    cursor = answer.cursor;
    more.hidden = !cursor;
  }
  more.addEventListener("click", () => busily(more, alert, load));
  await load();
  if (!list.children.length) return element("p", { class: "empty" }, none);
  return element("div", {}, list, alert.place, more);
}

/** The photo that stands for a record in a list: the first that shows a face, or else any.
 * @param {any} record */
export function cover(record) {
  return record.photos.find(({ state }) => state === "embedded") ?? record.photos[0];
}

/** Contact details, fetched only when they are asked for. @param {string} path */
export function contactBox(path) {
  const alert = alertPlace();
  const place = element("div", {});
  const button = element("button", { type: "button", class: "quiet-button" }, text("review.contact.show"));
  button.addEventListener("click", () => busily(button, alert, async () => {
    const { contact } = await askAsReviewer(`${path}/contact`);
    const known = ["name", "email", "phone", "relation"].filter((name) => contact?.[name]);
    place.replaceChildren(known.length
      ? facts(known.map((name) => [text(`contact.${name}`), contact[name]]))
      : element("p", {}, text("review.contact.none")));
    button.hidden = true;
  }));
  return element("section", { class: "panel" },
    element("h3", {}, text("review.contact")), place, alert.place, button);
}

/** @param {string} path @param {string} back the hash to go on with */
export function eraseBox(path, back) {
  const alert = alertPlace();
  const button = element("button", { type: "button", class: "danger" }, text("follow.erase"));
  button.addEventListener("click", () => busily(button, alert, async () => {
    if (!await confirmed(text("follow.erase.sure"), text("review.erase.more"), text("follow.erase"))) return;
    await askAsReviewer(path, { method: "DELETE" });
    location.hash = back;
  }));
  return element("section", { class: "panel" },
    element("h3", {}, text("follow.erase.title")), alert.place, button);
}

/** Decides on what was shown; where that has changed meanwhile, shows it anew and decides nothing.
 * @param {() => Promise<void>} decide @param {() => Promise<void>} again */
export async function unlessMoved(decide, again) {
  try {
    await decide();
  } catch (problem) {
    if (!(problem instanceof Problem && problem.code === "revision_moved")) throw problem;
    await again();
  }
}

/** Says that what is shown is not what a decision was made on. */
export function movedNote() {
  return element("p", { class: "note moved", role: "alert", tabindex: "-1" }, text("review.moved"));
}
