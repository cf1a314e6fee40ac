// Cases of any state: looking, verifying, publishing, closing, erasing.

import { casePhotos } from "../scripts/casephotos.js";
import { agesThenAndNow, casePicture, factsOf, placeOf } from "../scripts/casewords.js";
import { element } from "../scripts/elements.js";
import { checked, field, valuesOf } from "../scripts/forms.js";
import { moment, text } from "../scripts/language.js";
import { alertPlace, busily } from "../scripts/problems.js";
import { changesBox } from "./changes.js";
import { contactBox, cover, endless, eraseBox, movedNote, unlessMoved } from "./common.js";
import { askAsReviewer, token } from "./session.js";

const STATES = ["draft", "verified", "published", "closed"];
// The list of cases with changes that wait, whatever their state.
const WAITING = "waiting";
// What a reviewer may make of a case; of one that waits, the first is the usual next step.
const FOLLOWING = {
  draft: ["verified", "closed"],
  verified: ["published", "draft", "closed"],
  published: ["closed", "verified", "draft"],
  closed: ["verified"],
};

/** Cases of a state, or with changes that wait. @param {HTMLElement} place @param {string} [list] */
export async function showCases(place, list = "draft") {
  const filter = list === WAITING ? "waiting=true" : `state=${list}`;
  const found = await endless(`cases?${filter}&limit=20`, "cases", row, text("review.no_cases"));
  const words = (/** @type {string} */ each) => text(each === WAITING ? "changes.waiting" : `state.${each}`);
  place.replaceChildren(
    element("nav", { class: "choices", "aria-label": text("review.cases") }, [WAITING, ...STATES].map((each) =>
      element("a", { href: `#cases/${each}`, "aria-current": each === list && "true" }, words(each)))),
    found);
}

function row(record) {
  const photo = cover(record);
  return element("li", {}, element("a", { class: "row", href: `#cases/${record.id}` },
    photo ? casePicture(record, photo, token(), { alt: "" }) : element("span", { class: "no-photo" }),
    element("span", {},
      element("strong", {}, record.full_name || record.name), " ",
      record.waiting && element("span", { class: "mark" }, text("changes.waiting")), element("br"),
      `${agesThenAndNow(record)} · ${placeOf(record)}`, element("br"),
      element("span", { class: "quiet" }, moment(record.created)))));
}

/** @param {HTMLElement} place @param {string} identity
 * @param {boolean} [moved] whether it changed while a reviewer decided on it */
export async function showCase(place, identity, moved = false) {
  const record = await askAsReviewer(`cases/${identity}`);
  const above = element("div", {});
  const past = element("section", { class: "panel" });
  /** The case as it is now, around the photos that are being worked on. */
  const refresh = async () => {
    const [fresh, { events }] = await Promise.all([
      askAsReviewer(`cases/${identity}`), askAsReviewer(`cases/${identity}/history`),
    ]);
    above.replaceChildren(...whole(fresh, () => showCase(place, identity), () => showCase(place, identity, true)));
    past.replaceChildren(...historyOf(events));
  };
  // What could not be fetched anew is told by the next decision: its revision has moved.
  const changed = () => refresh().catch(() => {});
  const photos = casePhotos({ identity, token: token(), known: record.photos, changed });
  await refresh();
  place.replaceChildren(...[
    moved && movedNote(),
    above,
    element("section", { class: "panel" }, element("h3", {}, text("report.photos")), photos.place),
    contactBox(`cases/${identity}`),
    past,
    eraseBox(`cases/${identity}`, "cases"),
  ].filter(Boolean));
  place.querySelector(".moved")?.focus();
}

/** All that is said of a case. */
function whole(record, again, anew) {
  return [
    element("header", { class: "heading" },
      element("h2", {}, record.full_name || record.name),
      element("p", { class: "state-name" }, text(`state.${record.state}`)),
      record.reason && element("p", { class: "quiet" }, text("follow.reason", { reason: record.reason })),
      record.state === "published" && element("p", {},
        element("a", { href: `case.html?case=${record.id}` }, text("follow.public")))),
    changesBox(record, again, anew),
    stateBox(record, again, anew),
    element("section", { class: "panel" },
      element("h3", {}, text("follow.told")),
      factsOf(record, [[text("report.name"), record.name]]),
      record.description && element("p", { class: "description" }, record.description)),
  ].filter(Boolean);
}

function stateBox(record, again, anew) {
  const alert = alertPlace();
  const waits = ["draft", "verified"].includes(record.state);
  const form = element("form", {
    novalidate: true,
    onsubmit: (event) => {
      event.preventDefault();
      if (!checked(form)) return;
      const button = event.submitter;
      busily(button, alert, () => unlessMoved(async () => {
        const json = { state: button.value, reason: valuesOf(form).reason, revision: record.revision };
        await askAsReviewer(`cases/${record.id}/state`, { json });
        await again();
      }, anew));
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

function historyOf(events) {
  return [
    element("h3", {}, text("review.history")),
    element("ol", { class: "history" }, events.map((event) => element("li", {},
      element("strong", { lang: "en" }, event.action), ` · ${event.actor} · ${moment(event.created)}`))),
  ];
}
