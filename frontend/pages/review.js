// Review: sign in, then the queue, the cases, the sightings and the search, each at a hash.

import { Problem } from "../scripts/api.js";
import { element } from "../scripts/elements.js";
import { blame, checked, field, valuesOf } from "../scripts/forms.js";
import { text } from "../scripts/language.js";
import { alertPlace, busily, sentenceOf } from "../scripts/problems.js";
import { heading, page } from "../scripts/shell.js";
import { showCase, showCases } from "../review/cases.js";
import { showProbe } from "../review/probe.js";
import { showMatch, showMatches, showQueue } from "../review/queue.js";
import { signIn, signOut, token } from "../review/session.js";
import { showSighting, showSightings } from "../review/sightings.js";

const TABS = ["queue", "cases", "sightings", "search", "matches"];
// An identity begins with a letter of its kind; anything else names a state.
const IDENTITY = /^[csm][0-9a-f]{8,}$/;

function signInPage(problem) {
  const alert = alertPlace();
  const button = element("button", { type: "submit" }, text("review.enter"));
  const form = element("form", {
    class: "sign-in",
    novalidate: true,
    onsubmit: (event) => {
      event.preventDefault();
      if (!checked(form)) return;
      busily(button, alert, async () => {
        if (await signIn(valuesOf(form).token)) reviewPage();
        else blame(form, "token", text("review.not_reviewer"));
      });
    },
  },
    field("token", text("review.token"), {
      kind: "password", required: true, autocomplete: "off", hint: text("review.token.hint"),
    }),
    alert.place,
    element("div", { class: "actions" }, button));
  page(text("review.title"), heading(text("review.title"), text("review.lead")), form);
  if (problem) alert.tell(problem);
}

const place = element("div", { class: "review", tabindex: "-1" });

function reviewPage() {
  const tabs = element("nav", { class: "tabs", "aria-label": text("review.title") },
    TABS.map((tab) => element("a", { href: `#${tab}` }, text(`review.${tab}`))),
    element("button", {
      type: "button",
      class: "link-button",
      onclick: () => {
        signOut();
        signInPage();
      },
    }, text("review.leave")));
  page(text("review.title"), heading(text("review.title")), tabs, place);
  show();
}

async function show() {
  const [tab = "queue", rest] = location.hash.slice(1).split("/");
  const at = TABS.includes(tab) || tab === "match" ? tab : "queue";
  for (const link of document.querySelectorAll(".tabs a")) {
    link.toggleAttribute("aria-current", false);
    if (link.getAttribute("href") === `#${at}`) link.setAttribute("aria-current", "page");
  }
  // A view of its own for each step: one that comes too late draws where nobody looks any more.
  const view = element("div", {}, element("p", { class: "quiet", role: "status" }, text("home.loading")));
  place.replaceChildren(view);
  const one = rest && IDENTITY.test(rest);
  try {
    if (at === "queue") await showQueue(view);
    else if (at === "match") await showMatch(view, rest);
    else if (at === "matches") await showMatches(view, rest);
    else if (at === "search") await showProbe(view);
    else if (at === "cases") await (one ? showCase : showCases)(view, rest);
    else await (one ? showSighting : showSightings)(view, rest);
  } catch (problem) {
    if (problem instanceof Problem && ["not_authenticated", "invalid_token", "not_allowed"].includes(problem.code)) {
      signOut();
      signInPage(problem);
      return;
    }
    view.replaceChildren(element("p", { class: "problem", role: "alert" }, sentenceOf(problem)));
  }
}

window.addEventListener("hashchange", () => {
  if (location.hash === "#main" || !token()) return;
  show();
});
if (token()) reviewPage();
else signInPage();
