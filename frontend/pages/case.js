// One published case: photos with ages, the poster, sharing, and the way to send a sighting.

import { ask } from "../scripts/api.js";
import { agesThenAndNow, byAge, casePicture, factsOf, photoWords, placeOf } from "../scripts/casewords.js";
import { copyButton } from "../scripts/copy.js";
import { element } from "../scripts/elements.js";
import { day, text } from "../scripts/language.js";
import { sentenceOf } from "../scripts/problems.js";
import { qrCode } from "../scripts/qr.js";
import { heading, page } from "../scripts/shell.js";

const identity = new URLSearchParams(location.search).get("case") ?? "";
const here = new URL(`case.html?case=${identity}`, document.baseURI).href;

function gallery(record) {
  return element("ul", { class: "gallery" }, byAge(record).map((photo) => element("li", {},
    element("figure", {},
      casePicture(record, photo),
      element("figcaption", {}, photoWords(record, photo))))));
}

function sharing(record, poster) {
  const words = text("case.share.words", { name: record.name });
  return element("div", { class: "actions" },
    element("a", { class: "button", href: `sighting.html?about=${identity}` }, text("case.seen")),
    element("button", { type: "button", class: "quiet-button", onclick: () => print(poster) },
      text("case.print")),
    navigator.share
      ? element("button", {
        type: "button",
        class: "quiet-button",
        // Who closes the sheet without sharing has not met an error.
        onclick: () => navigator.share({ title: words, url: here }).catch(() => {}),
      }, text("case.share"))
      : copyButton(here, text("case.copy")));
}

async function print(poster) {
  await Promise.allSettled([...poster.querySelectorAll("img")].map((image) => image.decode()));
  window.print();
}

/** Seen on paper only. */
function posterOf(record) {
  const photos = byAge(record);
  // The youngest face and the latest one: how the person was lost, and nearest to today.
  const chosen = photos.length > 1 ? [photos[0], photos.at(-1)] : photos;
  return element("section", { class: "poster", "aria-hidden": "true" },
    element("p", { class: "poster-word" }, text("poster.missing")),
    element("div", { class: "poster-photos" }, chosen.map((photo) => element("figure", {},
      casePicture(record, photo, null, { loading: "eager" }),
      element("figcaption", {}, photoWords(record, photo))))),
    element("p", { class: "poster-name" }, record.name),
    element("p", { class: "poster-facts" }, agesThenAndNow(record)),
    element("p", { class: "poster-facts" },
      text("poster.last_seen", { place: placeOf(record), day: day(record.missing_since) })),
    element("p", { class: "poster-description" }, record.description),
    element("div", { class: "poster-foot" },
      qrCode(here, text("poster.code")),
      element("p", {}, element("strong", {}, text("poster.seen")), element("br"), here)));
}

async function show() {
  const record = await ask(`cases/${identity}`);
  const poster = posterOf(record);
  page(record.name,
    element("article", { class: "case" },
      heading(record.name, agesThenAndNow(record)),
      gallery(record),
      element("div", { class: "case-words" },
        element("div", {},
          factsOf(record),
          record.description && element("p", { class: "description" }, record.description)),
        element("aside", {},
          element("h2", {}, text("case.help")),
          element("p", {}, text("case.help.more")),
          sharing(record, poster)))),
    poster);
}

page(text("case.title"), element("p", { class: "quiet", role: "status" }, text("home.loading")));
show().catch((problem) => page(text("case.title"),
  heading(text("case.gone")),
  element("p", {}, problem.code === "not_found" ? text("case.gone.more") : sentenceOf(problem)),
  element("p", {}, element("a", { href: "./" }, text("case.all")))));
