// Home: what this is, and the published cases.

import { ask } from "../scripts/api.js";
import { ageMissing, agesThenAndNow, byAge, casePicture, placeOf } from "../scripts/casewords.js";
import { element, rich } from "../scripts/elements.js";
import { countryField, field, fill, sexField } from "../scripts/forms.js";
import { day, text } from "../scripts/language.js";
import { alertPlace, busily } from "../scripts/problems.js";
import { page } from "../scripts/shell.js";

const SHOWN = 12;
const filters = Object.fromEntries(new URLSearchParams(location.search));
const filtered = Object.values(filters).some(Boolean);

/** The words of a text as the search knows them: lower case, without diacritics. */
function plainWords(words) {
  const bare = words.toLowerCase().normalize("NFKD").replace(/\p{M}/gu, "");
  return bare.match(/[\p{L}\p{N}_]{2,}/gu) ?? [];
}

/** The published cases that fit, page by page. The API knows one word, the country and the sex;
 * more words, the year and the age are looked at here. */
async function* fitting() {
  const words = plainWords(filters.word ?? "").sort((one, other) => other.length - one.length);
  const query = new URLSearchParams({ limit: "50" });
  for (const name of ["country", "sex"]) if (filters[name]) query.set(name, filters[name]);
  if (words.length) query.set("word", words[0]);
  do {
    const answer = await ask(`cases?${query}`);
    for (const record of answer.cases) if (fits(record, words)) yield record;
    query.set("cursor", answer.cursor);
    if (!answer.cursor) return;
  } while (true);
}

function fits(record, words) {
  const said = plainWords(`${record.name} ${record.place} ${record.description}`);
  const within = (value, least, most) =>
    (!least || value >= Number(least)) && (!most || value <= Number(most));
  return words.every((word) => said.includes(word))
    && within(Number(record.missing_since.slice(0, 4)), filters.since, filters.until)
    && within(ageMissing(record), filters.youngest, filters.oldest);
}

function card(record) {
  const [photo] = byAge(record);
  return element("li", { class: "case-card" },
    element("a", { href: `case.html?case=${record.id}` },
      element("div", { class: "portrait" },
        photo ? casePicture(record, photo) : element("span", {}, text("case.no_photo"))),
      element("h3", {}, record.name),
      element("p", { class: "ages" }, agesThenAndNow(record)),
      element("p", { class: "where" }, `${placeOf(record)} · ${day(record.missing_since)}`)));
}

function filterForm() {
  const years = { kind: "number", min: 1900, max: new Date().getFullYear(), inputmode: "numeric", plain: true };
  const ages = { kind: "number", min: 0, max: 120, inputmode: "numeric", plain: true };
  const more = element("details", { open: Object.keys(filters).some((name) => name !== "word" && filters[name]) },
    element("summary", {}, text("home.more_filters")),
    element("div", { class: "columns" },
      countryField("country", text("home.country"), text("home.any")),
      sexField("sex", text("home.sex"), text("home.any")),
      field("since", text("home.since"), years),
      field("until", text("home.until"), years),
      field("youngest", text("home.youngest"), ages),
      field("oldest", text("home.oldest"), ages)));
  // Sent as an address of this page, so that going back and sharing work by themselves.
  const form = element("form", { class: "filters", role: "search", action: "./", method: "get" },
    element("div", { class: "searchline" },
      field("word", text("home.search"), { kind: "search", plain: true, hint: text("home.search.hint") }),
      element("button", { type: "submit" }, text("home.find"))),
    more);
  fill(form, filters);
  return form;
}

function cases() {
  const alert = alertPlace();
  const list = element("ul", { class: "case-cards" });
  const state = element("p", { class: "quiet", role: "status" }, text("home.loading"));
  const more = element("button", { type: "button", class: "quiet-button", hidden: true }, text("home.more"));
  const found = fitting();
  const show = async () => {
    for (let count = 0; count < SHOWN; count += 1) {
      const { value, done } = await found.next();
      if (value) list.append(card(value));
      more.hidden = Boolean(done);
      if (done) break;
    }
    state.replaceChildren(...words(list.children.length));
  };
  more.addEventListener("click", () => busily(more, alert, show));
  busily(more, alert, show).then(() => { if (alert.place.textContent) state.replaceChildren(); });
  return [state, list, alert.place, more];
}

function words(count) {
  if (count) return [text(filtered ? "home.found" : "home.count", { count })];
  return rich(text(filtered ? "home.none_found" : "home.none"));
}

page(text("site.name"),
  element("section", { class: "hero" },
    element("h1", {}, text("home.title")),
    element("p", { class: "lead" }, text("home.lead")),
    element("p", { class: "actions" },
      element("a", { class: "button", href: "sighting.html" }, text("home.seen")),
      element("a", { class: "quiet-button", href: "report.html" }, text("home.report"))),
    element("p", { class: "quiet" }, text("home.emergency"))),
  element("section", { "aria-labelledby": "cases" },
    element("h2", { id: "cases" }, text("home.cases")),
    filterForm(),
    cases()),
  element("section", { class: "what", "aria-labelledby": "what" },
    element("h2", { id: "what" }, text("home.what")),
    element("div", { class: "columns" },
      ["looks", "people", "not"].map((name) => element("div", {},
        element("h3", {}, text(`home.what.${name}`)),
        element("p", {}, rich(text(`home.what.${name}.more`))))))));
