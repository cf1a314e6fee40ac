// Fields with their label, hint and what is wrong with them; forms checked in the reader's words.

import { element, freshId } from "./elements.js";
import { byAlphabet, country, text } from "./language.js";

const COUNTRIES = (
  "AD AE AF AG AL AM AO AR AT AU AZ BA BB BD BE BF BG BH BI BJ BN BO BR BS BT BW BY BZ CA CD CF CG " +
  "CH CI CL CM CN CO CR CU CV CY CZ DE DJ DK DM DO DZ EC EE EG ER ES ET FI FJ FM FR GA GB GD GE GH " +
  "GM GN GQ GR GT GW GY HN HR HT HU ID IE IL IN IQ IR IS IT JM JO JP KE KG KH KI KM KN KP KR KW KZ " +
  "LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MG MH MK ML MM MN MR MT MU MV MW MX MY MZ NA NE NG " +
  "NI NL NO NP NR NZ OM PA PE PG PH PK PL PS PT PW PY QA RO RS RU RW SA SB SC SD SE SG SI SK SL SM " +
  "SN SO SR SS ST SV SY SZ TD TG TH TJ TL TM TN TO TR TT TV TW TZ UA UG US UY UZ VA VC VE VN VU WS " +
  "XK YE ZA ZM ZW"
).split(" ");

/** @typedef {{hint?: string, kind?: string, options?: [string, string][], rows?: number,
 *            plain?: boolean} & Record<string, any>} FieldOptions */

/**
 * A labelled control. `options` make it a choice, `rows` a longer text; a `plain` label does
 * not say that it is optional. All else are attributes.
 * @param {string} name @param {string} label @param {FieldOptions} [options]
 */
export function field(name, label, { hint, kind = "text", options, rows, plain, ...attributes } = {}) {
  const id = freshId(name.replace(".", "-"));
  const described = [hint && `${id}-hint`, `${id}-wrong`].filter(Boolean).join(" ");
  const shared = { id, name, "aria-describedby": described, ...attributes };
  let control;
  if (options) control = element("select", shared, options.map(choice));
  else if (rows) control = element("textarea", { rows, ...shared });
  else control = element("input", { type: kind, ...shared });
  const optional = !attributes.required && !plain && !options && text("form.optional");
  return element("div", { class: "field" },
    element("label", { for: id }, label,
      optional && element("span", { class: "optional" }, ` ${optional}`)),
    hint && element("p", { class: "hint", id: `${id}-hint` }, hint),
    control,
    element("p", { class: "wrong", id: `${id}-wrong` }));
}

/** A box to tick, with the sentence that it stands for. @param {string} name
 * @param {(Node | string)[] | string} label @param {Record<string, any>} [attributes] */
export function tick(name, label, attributes = {}) {
  const id = freshId(name);
  return element("div", { class: "field tick" },
    element("input", { type: "checkbox", id, name, "aria-describedby": `${id}-wrong`, ...attributes }),
    element("label", { for: id }, label),
    element("p", { class: "wrong", id: `${id}-wrong` }));
}

/** @param {string} name @param {string} label @param {string} none what no choice says
 * @param {FieldOptions} [options] */
export function countryField(name, label, none, options = {}) {
  const named = COUNTRIES.map((code) => /** @type {[string, string]} */ ([code, country(code)]));
  named.sort(([, one], [, other]) => byAlphabet(one, other));
  return field(name, label, { options: [["", none], ...named], ...options });
}

/** @param {string} name @param {string} label @param {string} none what no choice says */
export function sexField(name, label, none) {
  return field(name, label, {
    options: [["", none], ["female", text("sex.female")], ["male", text("sex.male")]],
  });
}

function choice([value, label]) {
  return element("option", { value }, label);
}

/** What was typed and chosen, by name; ticks as true and false. @param {HTMLElement} part */
export function valuesOf(part) {
  /** @type {Record<string, any>} */
  const values = {};
  for (const control of controls(part)) {
    values[control.name] = control.type === "checkbox" ? control.checked : control.value.trim();
  }
  return values;
}

/** @param {HTMLElement} part @param {Record<string, any>} values */
export function fill(part, values) {
  for (const control of controls(part)) {
    const value = values[control.name];
    if (control.type === "checkbox") control.checked = Boolean(value);
    else if (value !== undefined && value !== null) control.value = value;
  }
}

/** Whether all is well; else says what is not and leads to the first of it.
 * @param {HTMLElement} part */
export function checked(part) {
  const wrong = controls(part).filter((control) => !mark(control, faultOf(control)));
  wrong[0]?.focus();
  return wrong.length === 0;
}

/** Says at a field what is wrong with it; whether there is such a field.
 * @param {HTMLElement} part @param {string | null} name @param {string} words */
export function blame(part, name, words) {
  const control = controls(part).find((each) => each.name === name);
  if (!control) return false;
  mark(control, words);
  control.focus();
  return true;
}

function controls(part) {
  // Radio buttons have no field around them; who asks with them reads them too.
  return [...part.querySelectorAll("input[name]:not([type=radio]), select[name], textarea[name]")];
}

function faultOf({ validity, type, min, max }) {
  if (validity.valueMissing) return text(type === "checkbox" ? "form.tick" : "form.missing");
  if (validity.typeMismatch) return text("form.email");
  if (validity.badInput || validity.patternMismatch) return text("form.unreadable");
  if (validity.rangeUnderflow || validity.rangeOverflow) {
    return type === "date" ? text("form.date") : text("form.range", { min, max });
  }
  return "";
}

function mark(control, words) {
  document.getElementById(`${control.id}-wrong`).textContent = words;
  control.toggleAttribute("aria-invalid", false);
  if (words) control.setAttribute("aria-invalid", "true");
  return !words;
}

/** Today, as date fields write it. */
export function today() {
  const now = new Date();
  const pad = (/** @type {number} */ value) => String(value).padStart(2, "0");
  return `${now.getFullYear()}-${pad(now.getMonth() + 1)}-${pad(now.getDate())}`;
}
