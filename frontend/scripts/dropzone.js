// A place to drop photos on, to choose them, and on a phone to take one.

import { element, freshId } from "./elements.js";
import { text } from "./language.js";
import { ACCEPTED } from "./photos.js";

/**
 * @param {{label: string, hint?: string, multiple?: boolean}} options
 * @param {(files: File[]) => void} take called with what was chosen
 */
export function dropzone({ label, hint = text("photos.drop"), multiple = false }, take) {
  const chooser = fileInput({ multiple }, take);
  const camera = fileInput({ capture: "environment" }, take);
  const labelled = freshId("zone");
  chooser.setAttribute("aria-labelledby", labelled);
  const zone = element("div", { class: "dropzone" },
    chooser,
    element("div", { class: "dropzone-words", id: labelled },
      element("strong", {}, label), element("span", {}, hint)));
  zone.addEventListener("dragover", (event) => {
    event.preventDefault();
    zone.classList.add("over");
  });
  zone.addEventListener("dragleave", () => zone.classList.remove("over"));
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    zone.classList.remove("over");
    const files = [...event.dataTransfer.files];
    if (files.length) take(multiple ? files : files.slice(0, 1));
  });
  return element("div", { class: "dropplace" },
    zone,
    element("label", { class: "camera quiet-button" }, camera, text("photos.camera")));
}

function fileInput(attributes, take) {
  return element("input", {
    type: "file",
    accept: ACCEPTED,
    ...attributes,
    onchange: ({ target }) => {
      const files = [...target.files];
      // Emptied, so that the same photo can be chosen again.
      target.value = "";
      if (files.length) take(files);
    },
  });
}
