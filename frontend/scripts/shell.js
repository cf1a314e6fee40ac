// What every page has around it: the name, the way to the other pages, the languages.

import "./frame.js";
import { element } from "./elements.js";
import { LANGUAGES, choose, language, text } from "./language.js";

/**
 * Builds the page around its content.
 * @param {string} title @param {...import("./elements.js").Children} content
 */
export function page(title, ...content) {
  const name = text("site.name");
  document.title = title === name ? name : `${title} · ${name}`;
  document.body.replaceChildren(
    element("a", { class: "skip", href: "#main" }, text("site.skip")),
    header(name),
    element("main", { id: "main", tabindex: "-1" }, content),
    footer());
}

/** The usual beginning of a page. @param {string} title @param {string} [lead] */
export function heading(title, lead) {
  return element("header", { class: "heading" },
    element("h1", {}, title), lead && element("p", { class: "lead" }, lead));
}

function header(name) {
  return element("header", { class: "site" },
    element("a", { class: "name", href: "./" },
      element("img", { src: "icon.svg", alt: "", width: 28, height: 28 }), name),
    element("nav", { "aria-label": text("site.pages") },
      link("sighting.html", "nav.sighting"),
      link("report.html", "nav.report"),
      link("compare.html", "nav.compare")),
    languages());
}

function languages() {
  return element("div", { class: "languages", role: "group", "aria-label": text("site.language") },
    Object.entries(LANGUAGES).map(([code, name]) => element("button", {
      type: "button",
      lang: code,
      title: name,
      "aria-label": name,
      "aria-pressed": String(code === language),
      onclick: () => choose(code),
    }, code.toUpperCase())));
}

function footer() {
  return element("footer", { class: "site" },
    element("p", {}, text("site.lead")),
    element("nav", { "aria-label": text("site.more") },
      link("privacy.html", "nav.privacy"),
      link("model.html", "nav.model"),
      link("developers.html", "nav.developers"),
      link("review.html", "nav.review")));
}

function link(address, key) {
  const here = location.pathname.endsWith(`/${address}`);
  return element("a", { href: address, "aria-current": here && "page" }, text(key));
}
