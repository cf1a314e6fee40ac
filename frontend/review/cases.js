// Cases of any state: looking, verifying, publishing, closing, erasing.

import { casePhotos } from "../scripts/casephotos.js";
import { agesThenAndNow, casePicture, factsOf, placeOf } from "../scripts/casewords.js";
import { element } from "../scripts/elements.js";
import { checked, field, valuesOf } from "../scripts/forms.js";
import { moment, text } from "../scripts/language.js";
import { alertPlace, busily } from "../scripts/problems.js";
import { contactBox, cover, endless, eraseBox } from "./common.js";
import { askAsReviewer, token } from "./session.js";

const STATES = ["draft", "verified", "published", "closed"];
// What a reviewer may make of a case; of one that waits, the first is the usual next step.
const FOLLOWING = {
  draft: ["verified", "closed"],
  verified: ["published", "draft", "closed"],
  published: ["closed", "verified", "draft"],
  closed: ["verified"],
};

/** @param {HTMLElement} place @param {string} [state] */
export async function showCases(place, state = "draft") {
  const list = await endless(`cases?state=${state}&limit=20`, "cases", row, text("review.no_cases"));
  place.replaceChildren(
    element("nav", { class: "choices", "aria-label": text("review.cases") }, STATES.map((each) =>
      element("a", { href: `#cases/${each}`, "aria-current": each === state && "true" }, text(`state.${each}`)))),
    list);
}

function row(record) {
  const photo = cover(record);
  return element("li", {}, element("a", { class: "row", href: `#cases/${record.id}` },
    photo ? casePicture(record, photo, token(), { alt: "" }) : element("span", { class: "no-photo" }),
    element("span", {},
      element("strong", {}, record.full_name || record.name), element("br"),
      `${agesThenAndNow(record)} · ${placeOf(record)}`, element("br"),
      element("span", { class: "quiet" }, moment(record.created)))));
}

/** @param {HTMLElement} place @param {string} identity */
export async function showCase(place, identity) {
  const [record, { events }] = await Promise.all([
    askAsReviewer(`cases/${identity}`), askAsReviewer(`cases/${identity}/history`),
  ]);
  const again = () => showCase(place, identity);
  const photos = casePhotos({ identity, token: token(), known: record.photos });
  place.replaceChildren(
    element("header", { class: "heading" },
      element("h2", {}, record.full_name || record.name),
      element("p", { class: "state-name" }, text(`state.${record.state}`)),
      record.reason && element("p", { class: "quiet" }, text("follow.reason", { reason: record.reason })),
      record.state === "published" && element("p", {},
        element("a", { href: `case.html?case=${identity}` }, text("follow.public")))),
    stateBox(record, again),
    element("section", { class: "panel" },
      element("h3", {}, text("follow.told")),
      factsOf(record, [[text("report.name"), record.name]]),
      record.description && element("p", { class: "description" }, record.description)),
    element("section", { class: "panel" }, element("h3", {}, text("report.photos")), photos.place),
    contactBox(`cases/${identity}`),
    historyBox(events),
    eraseBox(`cases/${identity}`, "cases"));
}

function stateBox(record, again) {
  const alert = alertPlace();
  const waits = ["draft", "verified"].includes(record.state);
  const form = element("form", {
    novalidate: true,
    onsubmit: (event) => {
      event.preventDefault();
      if (!checked(form)) return;
      const button = event.submitter;
      busily(button, alert, async () => {
        const json = { state: button.value, reason: valuesOf(form).reason, revision: record.revision };
        await askAsReviewer(`cases/${record.id}/state`, { json });
        await again();
      });
    },
  },
    record.state === "draft" && element("ul", { class: "advice" }, ["person", "photos", "consent"].map((name) =>
      element("li", {}, text(`review.check.${name}`)))),
    field("reason", text("review.reason"), { required: true, maxlength: 500, hint: text("review.reason.hint") }),
    alert.place,
    element("div", { class: "actions" }, FOLLOWING[record.state].map((state, index) => element("button", {
      type: "submit", value: state, class: (index > 0 || !waits) && "quiet-button",
    }, text(`review.make.${state}`)))));
  return element("section", { class: "panel" }, element("h3", {}, text("review.next_step")), form);
}

function historyBox(events) {
  return element("section", { class: "panel" },
    element("h3", {}, text("review.history")),
    element("ol", { class: "history" }, events.map((event) => element("li", {},
      element("strong", { lang: "en" }, event.action), ` · ${event.actor} · ${moment(event.created)}`))));
}
