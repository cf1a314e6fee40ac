// The photos of a case: each sent at once, its progress shown, then what ingestion found in it.
// What could not be sent stays here, and goes out again when the network is back.

import { Problem, ask, upload } from "./api.js";
import { forgetDraft, keepDraft, recallDraft } from "./draft.js";
import { dropzone } from "./dropzone.js";
import { element } from "./elements.js";
import { drawBoxes, framed } from "./faces.js";
import { field } from "./forms.js";
import { text } from "./language.js";
import { localPicture, picture } from "./pictures.js";
import { attach, prepared } from "./photos.js";
import { facePointedAt, pointAt } from "./pointing.js";
import { sentence, sentenceOf } from "./problems.js";

// Milliseconds until a pending photo is asked for again, growing by half each time.
const FIRST_WAIT = 1000;
const LONGEST_WAIT = 30_000;

/**
 * @typedef {{blob: Blob | null, age: string, state: string, id?: string, seen?: any,
 *            share?: number, problem?: unknown, row?: any}} Entry
 * state: waiting, sending, stopped (no network), refused, then the API's pending, undecided, embedded,
 * rejected
 */

const draftOf = (/** @type {string} */ identity) => `photos of ${identity}`;

/** Throws away what was not sent. @param {string} identity */
export function forgetPhotos(identity) {
  return forgetDraft(draftOf(identity));
}

/** @param {{identity: string, token: string, known?: any[], changed?: () => unknown}} options
 * known: photos the API has; changed: told when what the API has of them is another */
export function casePhotos({ identity, token, known = [], changed = () => {} }) {
  const path = `cases/${identity}/photos`;
  const list = element("ul", { class: "photo-rows" });
  /** @type {Entry[]} */
  let entries = [];
  let sending = false;
  let looking = false;

  for (const seen of known) {
    add({ blob: null, age: seen.age === null ? "" : String(seen.age), state: seen.state, id: seen.id, seen });
  }
  window.addEventListener("online", resume);
  look();
  recallDraft(draftOf(identity)).then((unsent) => {
    for (const each of unsent ?? []) add({ ...each, state: "waiting" });
    send();
  });

  function add(entry) {
    entries.push(entry);
    entry.row = rowOf(entry, { setAge, setFace, remove, retry: resume, path, token });
    list.append(entry.row.element);
    entry.row.show();
  }

  function keep() {
    const unsent = entries.filter((entry) => entry.blob && !entry.id && entry.state !== "refused");
    if (unsent.length) keepDraft(draftOf(identity), unsent.map(({ blob, age }) => ({ blob, age })));
    else forgetPhotos(identity);
  }

  async function take(files) {
    for (const file of files) {
      add({ blob: await prepared(file), age: "", state: "waiting" });
      keep();
    }
    send();
  }

  function resume() {
    for (const entry of entries) if (entry.state === "stopped") change(entry, { state: "waiting" });
    send();
    look();
  }

  function change(entry, changes) {
    Object.assign(entry, changes);
    entry.row.show();
  }

  /** One at a time: a slow line carries one photo sooner than two. */
  async function send() {
    if (sending) return;
    sending = true;
    for (let entry; (entry = entries.find(({ state }) => state === "waiting")); keep()) {
      await sendOne(entry);
    }
    sending = false;
    look();
  }

  async function sendOne(entry) {
    change(entry, { state: "sending", share: 0, problem: null });
    const form = new FormData();
    attach(form, "photo", entry.blob);
    const sentAge = entry.age;
    if (sentAge) form.append("age", sentAge);
    try {
      const answer = await upload(path, { form, token }, (share) => change(entry, { share }));
      const twin = entries.find(({ id }) => id === answer.photo);
      if (twin) return discard(entry);
      change(entry, { id: answer.photo, state: answer.state });
      if (entry.age !== sentAge) setAge(entry, entry.age);
    } catch (problem) {
      const passing = problem instanceof Problem
        && ["unreachable", "store_unavailable", "too_many_requests"].includes(problem.code);
      change(entry, { state: passing ? "stopped" : "refused", problem });
    }
  }

  /** Asks for what ingestion found until nothing is pending. */
  async function look() {
    if (looking) return;
    looking = true;
    try {
      for (let wait = FIRST_WAIT; entries.some(({ state }) => state === "pending"); wait = Math.min(1.5 * wait, LONGEST_WAIT)) {
        const record = await ask(`cases/${identity}`, { token });
        for (const seen of record.photos) {
          const entry = entries.find(({ id }) => id === seen.id);
          if (entry?.state === "pending" && seen.state !== "pending") {
            change(entry, { state: seen.state, seen });
            changed();
          }
        }
        await new Promise((resolve) => { setTimeout(resolve, wait); });
      }
    } catch {
      // The network: `online` looks again, and so does the next photo.
    }
    looking = false;
  }

  async function setAge(entry, age) {
    entry.age = age;
    if (!entry.id) return keep();
    await correct(entry, { age: age === "" ? null : Number(age) });
  }

  async function setFace(entry, face) {
    if (await correct(entry, { face })) {
      change(entry, { state: "pending" });
      look();
    }
  }

  async function correct(entry, json) {
    try {
      await ask(`${path}/${entry.id}`, { method: "PATCH", json, token });
      change(entry, { problem: null });
      changed();
      return true;
    } catch (problem) {
      change(entry, { problem });
      return false;
    }
  }

  async function remove(entry) {
    try {
      if (entry.id) await ask(`${path}/${entry.id}`, { method: "DELETE", token });
      discard(entry);
      keep();
      changed();
    } catch (problem) {
      change(entry, { problem });
    }
  }

  function discard(entry) {
    entries = entries.filter((each) => each !== entry);
    entry.row.element.remove();
  }

  return {
    place: element("div", { class: "case-photos" },
      dropzone({ label: text("report.photos.choose"), multiple: true }, take), list),
    /** How many are kept by the API, how many are still on their way, and in how many of those kept
     * nobody has pointed at the person who is meant. */
    counts: () => ({
      kept: entries.filter(({ state }) => ["pending", "undecided", "embedded"].includes(state)).length,
      unpointed: entries.filter(({ state }) => state === "undecided").length,
      unsent: entries.filter(({ state }) => ["waiting", "sending", "stopped"].includes(state)).length,
    }),
    /** Leads to the first photo in which somebody has to be pointed at. */
    leadToUnpointed: () =>
      list.querySelector('[data-state="undecided"] .point')?.focus(),
  };
}

function rowOf(entry, { setAge, setFace, remove, retry, path, token }) {
  const status = element("div", { class: "photo-status", "aria-live": "polite" });
  const frame = framed(entry.blob ? localPicture(entry.blob, "") : element("img", { alt: "", class: "absent" }));
  const age = field("age", text("photos.age"), {
    kind: "number", min: 0, max: 120, inputmode: "numeric", plain: true, hint: text("photos.age.hint"), value: entry.age,
    onchange: ({ target }) => target.validity.valid && setAge(entry, target.value),
  });
  const row = element("li", { class: "photo-row" },
    frame,
    element("div", {}, status, age,
      element("button", { type: "button", class: "link-button", onclick: () => remove(entry) },
        text("photos.remove"))));

  function show() {
    row.dataset.state = entry.state;
    status.replaceChildren(...said(entry, retry, point));
    const { seen } = entry;
    if (entry.id && entry.state !== "pending" && frame.querySelector(".absent")) {
      frame.querySelector("img").replaceWith(picture(`${path}/${entry.id}`, "", token));
    }
    if (!["embedded", "undecided"].includes(entry.state) || !seen?.faces?.length) return;
    const face = facePointedAt(seen);
    drawBoxes(frame, seen.size, seen.faces.length > 1 && face !== null ? [seen.faces[face]] : seen.faces);
  }

  async function point() {
    const face = await pointAt(picture(`${path}/${entry.id}`, "", token, { loading: "eager" }), entry.seen);
    if (face !== null && face !== facePointedAt(entry.seen)) await setFace(entry, face);
  }

  return { element: row, show };
}

/** What there is to say of a photo, by its state. */
function said(entry, retry, point) {
  const { state, seen, share = 0, problem } = entry;
  const told = problem ? [element("p", { class: "wrong" }, sentenceOf(problem))] : [];
  if (state === "sending") {
    const label = text(share < 1 ? "photos.sending" : "photos.arriving");
    return [element("p", {}, label), element("progress", { max: 1, value: share, "aria-label": label })];
  }
  if (state === "stopped") {
    const again = element("button", { type: "button", class: "quiet-button", onclick: retry }, text("photos.again"));
    return [...told, element("p", {}, text("photos.kept_here")), again];
  }
  if (state === "rejected") {
    return [element("p", { class: "verdict wrong" }, sentence(seen.reason)), ...told];
  }
  if (state === "undecided") return [...several(seen, point), ...told];
  if (state !== "embedded") return told.length ? told : [element("p", {}, text(`photos.${state}`))];
  const doubts = qualities(seen.quality);
  return [
    element("p", { class: "verdict" }, text(doubts.length ? "photos.usable" : "photos.good")),
    seen.faces.length > 1 && several(seen, point),
    doubts.length && element("ul", { class: "doubts" }, doubts.map((words) => element("li", {}, words))),
    ...told,
  ].flat().filter(Boolean);
}

/** What there is to do with a photo of several people. */
function several(seen, point) {
  const missing = facePointedAt(seen) === null;
  return [
    element("p", { class: missing && "wrong" },
      text(missing ? "photos.several" : "photos.pointed", { count: seen.faces.length })),
    element("button", { type: "button", class: ["point", !missing && "quiet-button"].filter(Boolean).join(" "), onclick: point },
      text(missing ? "pointing.do" : "pointing.other")),
  ];
}

/** The reasons for doubt in a photo as sentences; the API tells names, or names with values.
 * @param {(string | {reason: string})[]} quality @returns {string[]} */
export function qualities(quality) {
  return quality.map((each) => text(`quality.${typeof each === "string" ? each : each.reason}`));
}
