// A photo to look closely at: the whole of it or the face, larger and smaller, scrolled by any means.

import { element } from "../scripts/elements.js";
import { text } from "../scripts/language.js";

const STEP = 1.4;
const MOST = 12;
// How much of the pane's height the face fills when it is shown.
const FACE_SHARE = 0.62;

/**
 * @param {HTMLElement & Record<string, any>} image @param {string} label
 * @param {{size: {width: number, height: number}, box: import("../scripts/faces.js").Box} | null} face
 */
export function zoomable(image, label, face) {
  const pane = element("div", { class: "pane", tabindex: "0", role: "group", "aria-label": label }, image);
  const middleOf = ({ size, box }) =>
    ({ x: (box.left + box.right) / 2 / size.width, y: (box.top + box.bottom) / 2 / size.height });
  let zoom = 1;
  let onFace = false;

  /** The photo's height at which the whole of it fits. */
  function fitting() {
    return Math.min(pane.clientHeight, (pane.clientWidth * image.naturalHeight) / image.naturalWidth);
  }

  /** @param {number} wanted 1 for the whole photo @param {{x: number, y: number}} middle in shares */
  function set(wanted, middle) {
    zoom = Math.min(Math.max(wanted, 1), MOST);
    image.style.height = `${fitting() * zoom}px`;
    pane.scrollLeft = middle.x * image.offsetWidth - pane.clientWidth / 2;
    pane.scrollTop = middle.y * image.offsetHeight - pane.clientHeight / 2;
  }

  function step(factor) {
    set(zoom * factor, {
      x: (pane.scrollLeft + pane.clientWidth / 2) / image.offsetWidth,
      y: (pane.scrollTop + pane.clientHeight / 2) / image.offsetHeight,
    });
  }

  function showWhole() {
    onFace = false;
    set(1, { x: 0.5, y: 0.5 });
  }

  function showFace() {
    if (!face) return showWhole();
    onFace = true;
    const share = (face.box.bottom - face.box.top) / face.size.height;
    set((FACE_SHARE * pane.clientHeight) / (share * fitting()), middleOf(face));
  }

  const button = (words, name, work) =>
    element("button", { type: "button", class: "quiet-button", "aria-label": name, onclick: work }, words);
  const ready = () => pane.clientWidth && image.naturalWidth && showFace();
  image.addEventListener("load", ready);
  // Also when the pane gets its size, at first and when the window changes.
  new ResizeObserver(ready).observe(pane);
  return {
    place: element("div", { class: "zoomable" },
      pane,
      element("div", { class: "zoom-controls" },
        button("−", text("zoom.out"), () => step(1 / STEP)),
        button("+", text("zoom.in"), () => step(STEP)),
        face && button(text("zoom.face"), text("zoom.face"), showFace),
        button(text("zoom.whole"), text("zoom.whole"), showWhole))),
    /** From the face to the whole photo and back. */
    toggle: () => (onFace ? showWhole() : showFace()),
  };
}

/** The chosen face of a photo of the API, if it has one. @param {any} photo */
export function faceOf(photo) {
  const box = photo?.faces?.[photo.face ?? 0];
  return box && photo.size ? { size: photo.size, box } : null;
}
