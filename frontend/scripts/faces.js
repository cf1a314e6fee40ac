// Boxes drawn on the faces of a photo, and the choice of one where several were found.

import { element, freshId } from "./elements.js";
import { text } from "./language.js";

/** @typedef {{left: number, top: number, right: number, bottom: number}} Box */
/** @typedef {{width: number, height: number}} Size */

/** An image with a layer for boxes above it. @param {HTMLElement} image */
export function framed(image) {
  return element("div", { class: "framed" }, image, element("div", { class: "boxes" }));
}

/** @param {HTMLElement} frame @param {Size} size of the upright photo @param {Box[]} boxes */
export function drawBoxes(frame, size, boxes) {
  frame.querySelector(".boxes").replaceChildren(
    ...boxes.map((box) => placed(element("span", { class: "box" }), size, box)));
}

/**
 * Lets the reader say which face is meant.
 * @param {HTMLElement} frame @param {Size} size @param {Box[]} boxes @param {number} chosen
 * @param {(index: number) => void} choose
 */
export function offerFaces(frame, size, boxes, chosen, choose) {
  const name = freshId("face");
  const faces = boxes.map((box, index) => {
    const label = text("photos.face", { number: index + 1, count: boxes.length });
    const radio = element("input", {
      type: "radio",
      name,
      "aria-label": label,
      checked: index === chosen,
      onchange: () => choose(index),
    });
    return placed(element("label", { class: "box choice", title: label }, radio), size, box);
  });
  frame.querySelector(".boxes").replaceChildren(...faces);
}

function placed(box, size, { left, top, right, bottom }) {
  box.style.left = `${(100 * left) / size.width}%`;
  box.style.top = `${(100 * top) / size.height}%`;
  box.style.width = `${(100 * (right - left)) / size.width}%`;
  box.style.height = `${(100 * (bottom - top)) / size.height}%`;
  return box;
}
