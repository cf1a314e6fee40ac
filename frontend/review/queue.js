// The queue: two photos side by side, the reviewer's answer, and only then the model's.

import { agesThenAndNow, facts, placeOf, years } from "../scripts/casewords.js";
import { element } from "../scripts/elements.js";
import { checked, field, valuesOf } from "../scripts/forms.js";
import { day, moment, number, text } from "../scripts/language.js";
import { reading } from "../scripts/likelihood.js";
import { picture } from "../scripts/pictures.js";
import { alertPlace, busily } from "../scripts/problems.js";
import { askAsReviewer, token } from "./session.js";
import { shortcuts } from "./shortcuts.js";
import { faceOf, zoomable } from "./zoom.js";

const ANSWERS = ["confirm", "reject", "unsure"];

/** The next match that waits for this reviewer. @param {HTMLElement} place */
export async function showQueue(place) {
  const { match, waiting } = await askAsReviewer("search/matches/next");
  if (!match) {
    place.replaceChildren(element("div", { class: "empty" },
      element("h2", {}, text("queue.empty")), element("p", {}, text("queue.empty.more"))));
    return;
  }
  const next = () => showQueue(place);
  place.replaceChildren(
    element("p", { class: "quiet", role: "status" }, text("queue.waiting", { count: waiting })),
    matchView(match, next));
}

/** @param {HTMLElement} place @param {string} identity */
export async function showMatch(place, identity) {
  const match = await askAsReviewer(`search/matches/${identity}`);
  place.replaceChildren(matchView(match, () => { location.hash = "queue"; }));
}

function matchView(match, next) {
  const { case: record, sighting } = match;
  const sides = [
    side(text("queue.case"), record, match.case_photo, `cases/${record.id}`, facts([
      [text("review.name"), element("a", { href: `#cases/${record.id}` }, record.name)],
      [text("case.last_seen"), day(record.missing_since)],
      [text("case.place"), placeOf(record)],
      [text("queue.ages"), agesThenAndNow(record)],
    ])),
    side(text("queue.sighting"), sighting, match.sighting_photo, `search/sightings/${sighting.id}`, facts([
      [text("sighting.seen_on"), day(sighting.seen_on)],
      [text("case.place"), placeOf(sighting)],
      sighting.age !== null && [text("sighting.age"), years(sighting.age)],
      sighting.note && [text("sighting.note"), sighting.note],
      [text("follow.received"), moment(sighting.created)],
    ])),
  ];
  const told = element("section", { class: "told", "aria-live": "polite", tabindex: "-1" });
  const form = answering(match, told, next);
  const view = element("article", { class: "match" },
    element("h2", { class: "gap" }, gapWords(match)),
    element("div", { class: "pair" }, sides.map((each) => each.place)),
    form,
    told,
    shortcuts({
      ...Object.fromEntries(ANSWERS.map((answer) => [text(`shortcut.${answer}`), {
        words: text(`queue.${answer}`), work: () => choose(form, answer),
      }])),
      [text("shortcut.zoom")]: { words: text("queue.zoom"), work: () => sides.forEach(({ toggle }) => toggle()) },
      [text("shortcut.next")]: { words: text("queue.next"), work: () => told.querySelector("button")?.click() },
    }));
  if (match.answered) {
    form.hidden = true;
    tell(told, match, next);
  }
  return view;
}

function gapWords(match) {
  return text("queue.gap", { years: years(Math.round(match.age_gap)) });
}

function side(title, record, photoIdentity, path, words) {
  const photos = record.photos.filter(({ state }) => state === "embedded");
  const shownAge = element("span", { class: "age" });
  const holder = element("div", {});
  let shown;
  const show = (identity) => {
    const photo = photos.find(({ id }) => id === identity) ?? { id: identity, age: null };
    shownAge.textContent = photo.age === null ? text("queue.age_unknown") : years(photo.age);
    const label = `${title}, ${shownAge.textContent}`;
    const image = picture(`${path}/photos/${identity}`, label, token(), { loading: "eager" });
    shown = zoomable(image, label, faceOf(photo));
    holder.replaceChildren(shown.place);
  };
  show(photoIdentity);
  const others = photos.length > 1 && element("div", { class: "thumbnails" }, photos.map((photo, index) =>
    element("button", {
      type: "button",
      "aria-label": text("queue.other_photo", { number: index + 1 }),
      onclick: () => show(photo.id),
    }, picture(`${path}/photos/${photo.id}`, "", token()))));
  return {
    place: element("section", { class: "match-side" },
      element("h3", {}, title, shownAge),
      holder, others, words),
    toggle: () => shown.toggle(),
  };
}

function choose(form, answer) {
  if (form.hidden) return;
  form.querySelector(`input[value="${answer}"]`).checked = true;
  form.querySelector("[name=reason]").focus();
}

function answering(match, told, next) {
  const alert = alertPlace();
  const button = element("button", { type: "submit" }, text("queue.answer"));
  const form = element("form", {
    class: "answering",
    novalidate: true,
    onsubmit: (event) => {
      event.preventDefault();
      const answer = new FormData(form).get("answer");
      if (!answer) return alert.say(text("queue.choose"));
      if (!checked(form)) return;
      busily(button, alert, async () => {
        const json = { answer, reason: valuesOf(form).reason, revision: match.revision };
        tell(told, await askAsReviewer(`search/matches/${match.id}/answer`, { json }), next);
        form.hidden = true;
        told.focus();
      });
    },
  },
    element("fieldset", { class: "answers" },
      element("legend", {}, text("queue.question")),
      ANSWERS.map((answer) => element("label", { class: `answer ${answer}` },
        element("input", { type: "radio", name: "answer", value: answer }),
        text(`queue.${answer}`)))),
    field("reason", text("queue.reason"), { rows: 2, required: true, maxlength: 500, hint: text("queue.reason.hint") }),
    alert.place,
    element("div", { class: "actions" }, button));
  // From the reason, without a way to the button.
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  });
  return form;
}

/** What the model and other reviewers say, once this reviewer has answered. */
function tell(told, match, next) {
  told.replaceChildren(
    element("h2", {}, text(`match.${match.state}`)),
    element("p", {}, text(`match.${match.state}.more`)),
    ...answersOf(match),
    element("h3", {}, text("queue.model")),
    reading(match),
    element("p", { class: "quiet" }, text("queue.similarity", { value: decimal(match.similarity) })),
    element("div", { class: "actions" },
      element("button", { type: "button", onclick: next }, text("queue.next"))));
}

/** @param {any} match */
function answersOf(match) {
  if (!match.answers.length) return [];
  return [element("ul", { class: "given" }, match.answers.map((said) => element("li", {},
    element("strong", {}, said.reviewer), ` · ${text(`queue.${said.answer}`)} · ${said.reason}`)))];
}

function decimal(value) {
  return number(value, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
}

/** All matches of a state, the newest first. @param {HTMLElement} place @param {string} [state] */
export async function showMatches(place, state = "confirmed") {
  const { matches } = await askAsReviewer(`search/matches?state=${state}&limit=100`);
  const states = ["new", "unsure", "disputed", "confirmed", "rejected", "unpaired"];
  place.replaceChildren(
    element("nav", { class: "choices", "aria-label": text("review.matches") }, states.map((each) =>
      element("a", { href: `#matches/${each}`, "aria-current": each === state && "true" }, text(`match.${each}`)))),
    matches.length
      ? element("ul", { class: "rows" }, matches.map((match) => element("li", {},
        element("a", { class: "row", href: `#match/${match.id}` },
          picture(`cases/${match.case.id}/photos/${match.case_photo}`, "", token()),
          picture(`search/sightings/${match.sighting.id}/photos/${match.sighting_photo}`, "", token()),
          element("span", {},
            element("strong", {}, gapWords(match)), element("br"), moment(match.created))))))
      : element("p", { class: "empty" }, text("match.none")));
}
