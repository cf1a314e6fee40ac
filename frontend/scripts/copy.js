// A button that copies a text and says so.

import { element } from "./elements.js";
import { text } from "./language.js";

/** @param {string} words what is copied @param {string} label */
export function copyButton(words, label) {
  const button = element("button", { type: "button", class: "quiet-button", "aria-live": "polite" }, label);
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(words);
      button.textContent = text("copy.done");
    } catch {
      // Only pages of a secure address may write to the clipboard.
      button.textContent = text("copy.failed");
    }
    setTimeout(() => { button.textContent = label; }, 3000);
  });
  return button;
}
