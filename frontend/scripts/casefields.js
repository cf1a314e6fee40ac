// The fields of a case, for the first report and for corrections; and between form and API.

import { element } from "./elements.js";
import { blame, countryField, field, sexField, today } from "./forms.js";
import { text } from "./language.js";

/** @param {{withFullName: boolean}} options the full name is told once, with the first report */
export function personFields({ withFullName }) {
  return [
    field("name", text("report.name"), {
      hint: text("report.name.hint"), required: true, maxlength: 80, autocomplete: "off",
    }),
    withFullName && field("full_name", text("report.full_name"), {
      hint: text("report.full_name.hint"), maxlength: 120, autocomplete: "off",
    }),
    sexField("sex", text("report.sex"), text("sex.unknown")),
    element("div", { class: "columns" },
      field("birth_year", text("report.birth_year"), {
        kind: "number", min: 1900, max: new Date().getFullYear(), inputmode: "numeric", plain: true,
        hint: text("report.birth_year.hint"),
      }),
      field("age_missing", text("report.age_missing"), {
        kind: "number", min: 0, max: 120, inputmode: "numeric", plain: true,
        hint: text("report.age_missing.hint"),
      })),
  ];
}

export function circumstanceFields() {
  return [
    field("missing_since", text("report.missing_since"), {
      kind: "date", required: true, min: "1900-01-01", max: today(),
      hint: text("report.missing_since.hint"),
    }),
    countryField("country", text("report.country"), text("form.choose"), { required: true }),
    field("place", text("report.place"), {
      required: true, maxlength: 200, hint: text("report.place.hint"),
    }),
    field("description", text("report.description"), {
      rows: 6, maxlength: 4000, hint: text("report.description.hint"),
    }),
  ];
}

/** Telephone numbers as the API takes them. */
export const PHONE = "[0-9+\\(\\)\\/. \\-]{5,30}";

export function contactFields() {
  return [
    field("contact.name", text("contact.name"), {
      required: true, maxlength: 120, autocomplete: "name",
    }),
    field("contact.email", text("contact.email"), {
      kind: "email", maxlength: 200, autocomplete: "email", plain: true, hint: text("contact.either"),
    }),
    field("contact.phone", text("contact.phone"), {
      kind: "tel", maxlength: 30, pattern: PHONE, autocomplete: "tel", plain: true,
    }),
    field("contact.relation", text("contact.relation"), {
      maxlength: 80, hint: text("contact.relation.hint"),
    }),
  ];
}

/** What one field alone cannot tell; whether all is well. @param {HTMLElement} part
 * @param {Record<string, any>} values */
export function knowsTheAge(part, values) {
  return Boolean(values.birth_year || values.age_missing)
    || !blame(part, "birth_year", text("report.birth_year.missing"));
}

/** @param {HTMLElement} part @param {Record<string, any>} values @param {string} prefix */
export function canBeReached(part, values, prefix = "contact.") {
  return Boolean(values[`${prefix}email`] || values[`${prefix}phone`])
    || !blame(part, `${prefix}email`, text("contact.missing"));
}

/** What a form holds as the API takes it. @param {Record<string, any>} values */
export function toCase(values) {
  const number = (/** @type {string} */ value) => (value === "" ? null : Number(value));
  return {
    name: values.name,
    sex: values.sex || "unknown",
    country: values.country,
    birth_year: number(values.birth_year),
    age_missing: number(values.age_missing),
    missing_since: values.missing_since,
    place: values.place,
    description: values.description,
  };
}

/** @param {Record<string, any>} values */
export function toContact(values) {
  return Object.fromEntries(["name", "email", "phone", "relation"].map((name) =>
    [name, values[`contact.${name}`]]));
}

/** The name of the form's field that a problem's `param` means. @param {string | null} param */
export function fieldNamed(param) {
  return param && ["email", "phone", "relation"].includes(param) ? `contact.${param}` : param;
}

/** @param {any} record */
export function toValues(record) {
  return { ...record, sex: record.sex === "unknown" ? "" : record.sex };
}
