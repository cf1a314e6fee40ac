// One's own report or sighting, opened by the private link: follow, correct, add photos, close, erase.

import { ask } from "../scripts/api.js";
import {
  circumstanceFields, knowsTheAge, personFields, toCase, toValues,
} from "../scripts/casefields.js";
import { casePhotos } from "../scripts/casephotos.js";
import { tellChanges } from "../scripts/changes.js";
import { factsOf, facts, placeOf, years } from "../scripts/casewords.js";
import { confirmed } from "../scripts/confirmation.js";
import { element, rich } from "../scripts/elements.js";
import { checked, field, fill, valuesOf } from "../scripts/forms.js";
import { day, moment, text } from "../scripts/language.js";
import { picture } from "../scripts/pictures.js";
import { pointAt } from "../scripts/pointing.js";
import { alertPlace, busily, sentence, sentenceOf } from "../scripts/problems.js";
import { privateLink, receipt } from "../scripts/receipt.js";
import { heading, page } from "../scripts/shell.js";

// The API does not tell whether there ever was something under a link.
const GONE = ["invalid_token", "not_found"];
// Milliseconds until a sighting is looked at again, growing by half each time.
const FIRST_WAIT = 1000;
const LONGEST_WAIT = 30_000;

let link = readLink();

/** What the fragment of an address says: which record, and the secret that opens it.
 * @returns {{kind: "case" | "sighting", identity: string | null, secret: string | null, received: boolean,
 *   changed?: boolean}} */
function readLink(fragment = location.hash.slice(1)) {
  const said = new URLSearchParams(fragment);
  const kind = said.has("case") ? "case" : "sighting";
  return { kind, identity: said.get(kind), secret: said.get("secret"), received: said.has("received") };
}

function askForLink(problem) {
  const alert = alertPlace();
  const form = element("form", {
    novalidate: true,
    onsubmit: (event) => {
      event.preventDefault();
      if (!checked(form)) return;
      location.hash = valuesOf(form).link.split("#")[1] ?? "";
    },
  },
    field("link", text("follow.link"), { required: true, hint: text("follow.link.hint"), autocomplete: "off" }),
    alert.place,
    element("button", { type: "submit" }, text("follow.open")));
  page(text("follow.title"), heading(text("follow.title"), text("follow.lead")), form);
  if (problem) alert.say(GONE.includes(problem.code) ? text("follow.gone") : sentenceOf(problem));
}

function gone(erased) {
  page(text("follow.erased"),
    heading(text("follow.erased")),
    element("p", {}, text("follow.erased.more", { count: erased.photos ?? 0 })),
    element("p", {}, element("a", { href: "./" }, text("case.all"))));
}

function erasing(path) {
  const alert = alertPlace();
  const button = element("button", { type: "button", class: "danger" }, text("follow.erase"));
  button.addEventListener("click", () => busily(button, alert, async () => {
    const means = await confirmed(text("follow.erase.sure"), text("follow.erase.more"), text("follow.erase"));
    if (!means) return;
    const answer = await ask(path, { method: "DELETE", token: link.secret });
    history.replaceState(null, "", location.pathname);
    gone(answer.erased);
  }));
  return element("section", { class: "panel" },
    element("h2", {}, text("follow.erase.title")),
    element("p", {}, text("follow.erase.lead")),
    alert.place,
    element("div", { class: "actions" }, button));
}

/** @param {string} path */
function changingLink(path) {
  const alert = alertPlace();
  const button = element("button", { type: "button", class: "quiet-button" }, text("follow.link.change"));
  button.addEventListener("click", () => busily(button, alert, async () => {
    const means = await confirmed(text("follow.link.sure"), text("follow.link.more"), text("follow.link.change"));
    if (!means) return;
    const { secret } = await ask(`${path}/secret`, { method: "POST", token: link.secret });
    link = { ...link, secret, received: false, changed: true };
    history.replaceState(null, "", privateLink(link.kind, link.identity, secret));
    await show();
    window.scrollTo(0, 0);
  }));
  return element("section", { class: "panel" },
    element("h2", {}, text("follow.link.title")),
    element("p", {}, text("follow.link.lead")),
    alert.place,
    element("div", { class: "actions" }, button));
}

function linkBox() {
  if (!link.received && !link.changed) return null;
  const address = privateLink(link.kind, link.identity, link.secret);
  if (link.changed) return receipt(address, text("follow.link.changed"), text("follow.link.changed.more"));
  return receipt(address, text(`receipt.${link.kind}`), text(`receipt.${link.kind}.more`));
}

function correcting(record) {
  const alert = alertPlace();
  const button = element("button", { type: "submit" }, text("follow.save"));
  const form = element("form", {
    novalidate: true,
    onsubmit: (event) => {
      event.preventDefault();
      const values = valuesOf(form);
      if (!checked(form) || !knowsTheAge(form, values)) return;
      busily(button, alert, async () => {
        await ask(`cases/${record.id}`, { method: "PATCH", json: toCase(values), token: link.secret });
        link.received = false;
        await show();
      });
    },
  },
    personFields({ withFullName: false }), circumstanceFields(), alert.place,
    element("div", { class: "actions" }, button));
  const waiting = record.changes.fields.map(({ field: name, after }) => [name, after]);
  fill(form, toValues({ ...record, ...Object.fromEntries(waiting) }));
  return element("details", { class: "panel" },
    element("summary", {}, text("follow.correct")),
    record.state !== "draft" && element("p", { class: "note" }, text("follow.correct.note")),
    form);
}

function closing(record) {
  const alert = alertPlace();
  const button = element("button", { type: "submit", class: "quiet-button" }, text("follow.close"));
  const form = element("form", {
    novalidate: true,
    onsubmit: (event) => {
      event.preventDefault();
      if (!checked(form)) return;
      busily(button, alert, async () => {
        const json = { state: "closed", reason: valuesOf(form).reason };
        await ask(`cases/${record.id}/state`, { json, token: link.secret });
        await show();
      });
    },
  },
    field("reason", text("follow.close.reason"), { required: true, maxlength: 500, hint: text("follow.close.hint") }),
    alert.place,
    element("div", { class: "actions" }, button));
  return element("section", { class: "panel" },
    element("h2", {}, text("follow.close.title")),
    element("p", {}, text("follow.close.lead")),
    form);
}

function showCase(record) {
  const photos = casePhotos({ identity: record.id, token: link.secret, known: record.photos });
  const open = record.state !== "closed";
  page(text("follow.case", { name: record.name }),
    heading(text("follow.case", { name: record.name })),
    linkBox(),
    element("section", { class: "panel state" },
      element("p", { class: "state-name" }, text(`state.${record.state}`)),
      element("p", {}, text(`state.${record.state}.more`)),
      record.reason && element("p", { class: "quiet" }, text("follow.reason", { reason: record.reason })),
      record.state === "published" && element("p", {},
        element("a", { href: `case.html?case=${record.id}` }, text("follow.public")))),
    element("section", { class: "panel" }, element("h2", {}, text("follow.told")), factsOf(record),
      record.description && element("p", { class: "description" }, record.description),
      tellChanges(record)),
    open && correcting(record),
    element("section", { class: "panel" }, element("h2", {}, text("report.photos")), photos.place),
    open && closing(record),
    changingLink(`cases/${record.id}`),
    erasing(`cases/${record.id}`));
}

function sightingPhoto(record, photo, index, again) {
  const path = `search/sightings/${record.id}/photos/${photo.id}`;
  const alert = alertPlace();
  const shown = (/** @type {Record<string, any>} */ attributes) =>
    picture(path, text("sighting.photo", { number: index + 1 }), link.secret, attributes);
  const words = element("p", { "aria-live": "polite" });
  const point = element("button", { type: "button", class: "point" }, text("pointing.do"));
  const row = element("li", {}, shown({}), words, point, alert.place);
  /** @param {any} seen */
  function show(seen) {
    photo = seen;
    words.textContent = seen.state === "rejected" ? sentence(seen.reason) : text(`photos.${seen.state}`);
    words.classList.toggle("wrong", ["rejected", "undecided"].includes(seen.state));
    point.hidden = seen.state !== "undecided";
  }
  point.addEventListener("click", () => busily(point, alert, async () => {
    const face = await pointAt(shown({ loading: "eager" }), photo);
    if (face === null) return;
    await ask(path, { method: "PATCH", json: { face }, token: link.secret });
    await again();
  }));
  show(photo);
  return { id: photo.id, row, show };
}

/** Tells of each photo what became of it, asking less and less often until none is waited for.
 * @param {any} record @param {ReturnType<typeof sightingPhoto>[]} photos */
async function watch(record, photos) {
  const opened = link;
  for (let wait = FIRST_WAIT; isPending(record); wait = Math.min(1.5 * wait, LONGEST_WAIT)) {
    await new Promise((resolve) => { setTimeout(resolve, wait); });
    if (link !== opened || !photos[0].row.isConnected) return;
    // What cannot be asked now is asked later.
    record = await ask(`search/sightings/${record.id}`, { token: link.secret }).catch(() => record);
    for (const seen of record.photos) photos.find(({ id }) => id === seen.id)?.show(seen);
  }
}

function isPending(record) {
  return record.photos.some(({ state }) => state === "pending");
}

function showSighting(record) {
  const again = async () => {
    const seen = await ask(`search/sightings/${record.id}`, { token: link.secret });
    seen.photos.forEach((photo, index) => photos[index].show(photo));
    watch(seen, photos);
  };
  const photos = record.photos.map((photo, index) => sightingPhoto(record, photo, index, again));
  page(text("follow.sighting"),
    heading(text("follow.sighting")),
    linkBox(),
    element("section", { class: "panel state" },
      element("p", { class: "state-name" }, text("follow.kept")),
      element("p", {}, text("follow.kept.more"))),
    element("section", { class: "panel" },
      element("h2", {}, text("follow.told")),
      facts([
        [text("follow.received"), moment(record.created)],
        [text("sighting.seen_on"), day(record.seen_on)],
        [text("sighting.place"), placeOf(record)],
        record.age !== null && [text("sighting.age"), years(record.age)],
        record.note && [text("sighting.note"), record.note],
      ]),
      element("ul", { class: "chosen" }, photos.map(({ row }) => row))),
    element("p", { class: "quiet" }, rich(text("follow.sighting.why"))),
    changingLink(`search/sightings/${record.id}`),
    erasing(`search/sightings/${record.id}`));
  watch(record, photos);
}

async function show() {
  if (!link.identity || !link.secret) return askForLink(null);
  const path = link.kind === "case" ? `cases/${link.identity}` : `search/sightings/${link.identity}`;
  try {
    const record = await ask(path, { token: link.secret });
    if (link.kind === "case") showCase(record);
    else showSighting(record);
  } catch (problem) {
    askForLink(problem);
  }
}

window.addEventListener("hashchange", () => {
  // The skip link has a fragment too.
  if (location.hash === "#main") return;
  link = readLink();
  show();
});
page(text("follow.title"), element("p", { class: "quiet", role: "status" }, text("home.loading")));
await show();
