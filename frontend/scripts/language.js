// The words of the page in the reader's language; each language is one file of languages/.

export const LANGUAGES = { en: "English", ro: "Română" };
const CHOICE = "language";

/** The language of this page: chosen before, else asked for by the browser, else English. */
export const language = chosen();
// British English: the day stands before the month, as nearly everywhere.
const locale = language === "en" ? "en-GB" : language;
const { default: texts } = await import(`../languages/${language}.js`);
const plurals = new Intl.PluralRules(locale);
document.documentElement.lang = language;

function chosen() {
  const wishes = [localStorage.getItem(CHOICE), ...navigator.languages];
  const known = wishes.map((wish) => wish?.slice(0, 2)).find((wish) => wish && wish in LANGUAGES);
  return known ?? "en";
}

/** Shows this page, and all that follow, in another language. @param {string} code */
export function choose(code) {
  localStorage.setItem(CHOICE, code);
  location.reload();
}

/**
 * The text of a key, its {places} filled. A text with several numbers' forms goes by `count`.
 * @param {string} key @param {Record<string, string | number>} [values]
 */
export function text(key, values = {}) {
  let found = texts[key];
  if (found === undefined) throw new Error(`No text ${key} in ${language}`);
  if (typeof found === "object") found = found[plurals.select(Number(values.count))];
  return found.replace(/\{(\w+)\}/g, (_, name) => shown(values[name]));
}

/** Whether there is a text; for codes that a newer API may send. @param {string} key */
export function hasText(key) {
  return key in texts;
}

function shown(value) {
  return typeof value === "number" ? number(value) : String(value);
}

/** @param {number} value @param {Intl.NumberFormatOptions} [options] */
export function number(value, options) {
  // A year or an age is no quantity: no separators below ten thousand.
  const useGrouping = Math.abs(value) >= 10_000;
  return new Intl.NumberFormat(locale, { useGrouping, ...options }).format(value).replace("-", "−");
}

/** A day or a moment of the API as people write it. @param {string} iso */
export function day(iso) {
  const moment = new Date(iso.length === 10 ? `${iso}T12:00` : iso);
  return new Intl.DateTimeFormat(locale, { dateStyle: "long" }).format(moment);
}

/** @param {string} iso */
export function moment(iso) {
  const format = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" });
  return format.format(new Date(iso));
}

const regions = new Intl.DisplayNames(locale, { type: "region" });

/** A country's name. @param {string} code ISO 3166-1 alpha-2 */
export function country(code) {
  return regions.of(code);
}

/** @param {string[]} words */
export function list(words) {
  return new Intl.ListFormat(locale, { type: "conjunction" }).format(words);
}

/** In the order of the alphabet. @param {string} one @param {string} other */
export const byAlphabet = new Intl.Collator(locale).compare;
