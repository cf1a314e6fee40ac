// The private link to one's own report, and what is shown of it once it was received.

import { copyButton } from "./copy.js";
import { element } from "./elements.js";
import { text } from "./language.js";

/**
 * The secret stands in the fragment, which browsers send to no server.
 * @param {"case" | "sighting"} kind @param {string} identity @param {string} secret
 */
export function privateLink(kind, identity, secret) {
  return new URL(`follow.html#${kind}=${identity}&secret=${secret}`, document.baseURI).href;
}

/** @param {string} link @param {string} title @param {string} words */
export function receipt(link, title, words) {
  const file = new Blob([`${text("receipt.file")}\n\n${link}\n`], { type: "text/plain" });
  return element("section", { class: "receipt", "aria-labelledby": "receipt" },
    element("h2", { id: "receipt" }, title),
    element("p", {}, words),
    element("p", { class: "private-link" }, link),
    element("div", { class: "actions" },
      copyButton(link, text("receipt.copy")),
      element("a", {
        class: "quiet-button",
        href: URL.createObjectURL(file),
        download: text("receipt.file_name"),
      }, text("receipt.save"))),
    element("p", { class: "quiet" }, text("receipt.caution")));
}
