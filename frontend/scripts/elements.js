// Elements made in one expression. Text is always text: nothing here reads markup from a string.

/** What an element may hold, or lists of it however deep.
 * @typedef {Node | string | null | undefined | false | 0 | any[]} Children */

/**
 * An element; `on...` attributes are listeners, true and false say whether one is there.
 * @template {keyof HTMLElementTagNameMap} Name
 * @param {Name} name @param {Record<string, any>} [attributes] @param {...Children} children
 * @returns {HTMLElementTagNameMap[Name]}
 */
export function element(name, attributes = {}, ...children) {
  return furnish(document.createElement(name), attributes, children);
}

/** The same for drawings. @param {string} name @param {Record<string, any>} [attributes]
 * @param {...Children} children @returns {SVGElement} */
export function drawn(name, attributes = {}, ...children) {
  return furnish(document.createElementNS("http://www.w3.org/2000/svg", name), attributes, children);
}

function furnish(made, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(name, value);
  }
  made.append(...children.flat(Infinity).filter(Boolean));
  return made;
}

/**
 * A text with [words](address) as links and **words** as strong ones.
 * @param {string} words @returns {(Node | string)[]}
 */
export function rich(words) {
  return words.split(/(\[[^\]]+\]\([^)]+\)|\*\*[^*]+\*\*)/).map((part) => {
    const link = /^\[(.+)\]\((.+)\)$/.exec(part);
    if (link) return element("a", { href: link[2] }, link[1]);
    const strong = /^\*\*(.+)\*\*$/.exec(part);
    return strong ? element("strong", {}, strong[1]) : part;
  });
}

/** Paragraphs of a text that holds empty lines. @param {string} words */
export function paragraphs(words) {
  return words.split("\n\n").map((part) => element("p", {}, rich(part)));
}

let made = 0;

/** An id that no other element of the page has. @param {string} stem */
export function freshId(stem) {
  made += 1;
  return `${stem}-${made}`;
}
