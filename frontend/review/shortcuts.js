// Keyboard shortcuts of one letter, which can be switched off, and never act while one is typing.

import { element, freshId } from "../scripts/elements.js";
import { text } from "../scripts/language.js";

const KEY = "shortcuts";
/** @type {AbortController | null} */
let listening = null;

/**
 * The list of the shortcuts, which work for as long as it is on the page.
 * @param {Record<string, {words: string, work: () => void}>} keys letter -> what it does
 */
export function shortcuts(keys) {
  listening?.abort();
  listening = new AbortController();
  const id = freshId("shortcuts");
  const wanted = element("input", {
    type: "checkbox",
    id,
    checked: localStorage.getItem(KEY) !== "off",
    onchange: () => localStorage.setItem(KEY, wanted.checked ? "on" : "off"),
  });
  const place = element("div", { class: "shortcuts" },
    element("p", {}, wanted, element("label", { for: id }, text("shortcut.on"))),
    element("ul", {}, Object.entries(keys).map(([key, { words }]) =>
      element("li", {}, element("kbd", {}, key.toUpperCase()), ` ${words}`))));
  document.addEventListener("keydown", (event) => {
    const typing = /** @type {Element} */ (event.target).matches("textarea, select, input:not([type=radio])");
    if (typing || !wanted.checked || !place.isConnected || event.ctrlKey || event.metaKey || event.altKey) return;
    const found = keys[event.key.toLowerCase()];
    if (!found) return;
    event.preventDefault();
    found.work();
  }, { signal: listening.signal });
  return place;
}
