// Pointing at the person who is meant, among several in a photo, on an enlarged picture.

import { element, freshId } from "./elements.js";
import { framed, offerFaces } from "./faces.js";
import { text } from "./language.js";
import { alertPlace } from "./problems.js";

// CSS pixels: what a finger hits.
const TARGET = 44;
// How many times the width of the window a picture may take.
const MOST = 5;

/** Which of several faces of a photo is meant, null where nobody has been pointed at. What is
 * proposed counts before what was passed. @param {any} photo of the API @returns {number | null} */
export function facePointedAt(photo) {
  return photo.proposed?.face?.after ?? photo.face;
}

/** Asks for one of the faces; null where the reader goes back.
 * @param {HTMLElement} image @param {any} photo of the API, with its size and faces
 * @returns {Promise<number | null>} */
export function pointAt(image, photo) {
  const { size, faces } = photo;
  const title = freshId("pointing");
  const alert = alertPlace();
  const frame = framed(image);
  const pane = element("div", { class: "pointing-pane" }, frame);
  let chosen = facePointedAt(photo);
  offerFaces(frame, size, faces, chosen ?? -1, (face) => {
    chosen = face;
    alert.clear();
  });
  const form = element("form", {
    method: "dialog",
    onsubmit: (event) => {
      if (event.submitter.value !== "yes" || chosen !== null) return;
      event.preventDefault();
      alert.say(text("pointing.missing"));
    },
  },
    element("h2", { id: title }, text("pointing.title")),
    element("p", {}, text("pointing.more")),
    pane,
    alert.place,
    element("div", { class: "actions" },
      element("button", { value: "yes" }, text("pointing.yes")),
      element("button", { value: "no", class: "quiet-button" }, text("confirm.no"))));
  const dialog = element("dialog", { class: "pointing", "aria-labelledby": title }, form);
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes" ? chosen : null);
    });
    document.body.append(dialog);
    dialog.showModal();
    frame.style.width = `${widthFor(photo, frame.offsetWidth)}px`;
  });
}

/** The width at which the smallest face can be hit, the room that there is at least. */
function widthFor({ size, faces }, room) {
  const sides = faces.flatMap(({ left, top, right, bottom }) => [right - left, bottom - top]);
  return Math.min(Math.max(room, (TARGET * size.width) / Math.min(...sides)), MOST * room);
}
