// The queue of matches that wait for this reviewer, and lists of those that are answered.

import { element } from "../scripts/elements.js";
import { moment, text } from "../scripts/language.js";
import { picture } from "../scripts/pictures.js";
import { gapWords, marksOf, matchView } from "./match.js";
import { askAsReviewer, token } from "./session.js";

const STATES = ["new", "unsure", "disputed", "confirmed", "rejected", "unpaired"];

/** The next match that waits for this reviewer. @param {HTMLElement} place */
export async function showQueue(place) {
  const { match, waiting, held = 0 } = await askAsReviewer("search/matches/next");
  const behind = held > 0 && element("p", { class: "quiet" }, text("queue.held", { count: held }));
  if (!match) {
    place.replaceChildren(element("div", { class: "empty" },
      element("h2", {}, text("queue.empty")), element("p", {}, text("queue.empty.more")), behind));
    return;
  }
  place.replaceChildren(
    element("div", {},
      element("p", { class: "quiet", role: "status" }, text("queue.waiting", { count: waiting })), behind),
    matchView(match, () => showQueue(place)));
}

/** @param {HTMLElement} place @param {string} identity */
export async function showMatch(place, identity) {
  const match = await askAsReviewer(`search/matches/${identity}`);
  place.replaceChildren(matchView(match, () => { location.hash = "queue"; }));
}

/** All matches of a state, the newest first. @param {HTMLElement} place @param {string} [state] */
export async function showMatches(place, state = "confirmed") {
  const { matches } = await askAsReviewer(`search/matches?state=${state}&limit=100`);
  place.replaceChildren(
    element("nav", { class: "choices", "aria-label": text("review.matches") }, STATES.map((each) =>
      element("a", { href: `#matches/${each}`, "aria-current": each === state && "true" }, text(`match.${each}`)))),
    matches.length
      ? element("ul", { class: "rows" }, matches.map(row))
      : element("p", { class: "empty" }, text("match.none")));
}

function row(match) {
  return element("li", {}, element("a", { class: "row", href: `#match/${match.id}` },
    picture(`cases/${match.case.id}/photos/${match.case_photo}`, "", token()),
    picture(`search/sightings/${match.sighting.id}/photos/${match.sighting_photo}`, "", token()),
    element("span", {},
      element("strong", {}, gapWords(match)), " ", marksOf(match), element("br"), moment(match.created))));
}
