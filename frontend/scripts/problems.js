// What went wrong, in a sentence for anyone.

import { Problem } from "./api.js";
import { element } from "./elements.js";
import { hasText, text } from "./language.js";

/** The sentence of a code: of an error of the API, or of a photo's rejection. @param {string} code */
export function sentence(code) {
  return text(hasText(`problem.${code}`) ? `problem.${code}` : "problem.internal");
}

/** @param {unknown} problem */
export function sentenceOf(problem) {
  if (!(problem instanceof Problem)) {
    // A fault of the page itself: the reader gets a sentence, the console the rest.
    console.error(problem);
    return sentence("internal");
  }
  if (problem.code === "too_many_requests" && problem.seconds > 0) {
    return text("problem.wait", { count: Math.ceil(problem.seconds / 60) });
  }
  return sentence(problem.code);
}

/** A place that tells of a problem as soon as there is one. */
export function alertPlace() {
  const place = element("p", { class: "problem", role: "alert" });
  return {
    place,
    /** @param {unknown} problem */
    tell: (problem) => { place.textContent = sentenceOf(problem); },
    say: (/** @type {string} */ words) => { place.textContent = words; },
    clear: () => { place.textContent = ""; },
  };
}

/**
 * Does something that may fail while a button shows that it goes on.
 * @param {HTMLElement} button
 * @param {ReturnType<typeof alertPlace>} alert @param {() => Promise<void>} work
 */
export async function busily(button, alert, work) {
  if (button.getAttribute("aria-busy") === "true") return;
  alert.clear();
  button.setAttribute("aria-busy", "true");
  try {
    await work();
  } catch (problem) {
    alert.tell(problem);
  } finally {
    button.removeAttribute("aria-busy");
  }
}
