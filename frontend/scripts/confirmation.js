// Asks before what cannot be undone.

import { element } from "./elements.js";
import { text } from "./language.js";

/**
 * Whether the reader means it.
 * @param {string} question @param {string} consequence @param {string} yes
 * @returns {Promise<boolean>}
 */
export function confirmed(question, consequence, yes) {
  return new Promise((resolve) => {
    const dialog = element("dialog", { "aria-labelledby": "question" },
      element("form", { method: "dialog" },
        element("h2", { id: "question" }, question),
        element("p", {}, consequence),
        element("div", { class: "actions" },
          element("button", { value: "yes", class: "danger" }, yes),
          element("button", { value: "no", class: "quiet-button", autofocus: true }, text("confirm.no")))));
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}
