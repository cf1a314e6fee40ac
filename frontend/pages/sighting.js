// Send a sighting: photos, when, where. The answer is a receipt, never a name or a face.

import { ask, upload } from "../scripts/api.js";
import { PHONE, canBeReached } from "../scripts/casefields.js";
import { dropzone } from "../scripts/dropzone.js";
import { forgetDraft, keepDraft, recallDraft } from "../scripts/draft.js";
import { element, rich } from "../scripts/elements.js";
import { blame, checked, countryField, field, fill, sexField, today, valuesOf } from "../scripts/forms.js";
import { text } from "../scripts/language.js";
import { localPicture } from "../scripts/pictures.js";
import { attach, prepared } from "../scripts/photos.js";
import { alertPlace, busily, sentenceOf } from "../scripts/problems.js";
import { privateLink } from "../scripts/receipt.js";
import { heading, page } from "../scripts/shell.js";

const DRAFT = "sighting";
const MOST_PHOTOS = 5;

const about = new URLSearchParams(location.search).get("about");
const draft = { values: {}, photos: [], key: crypto.randomUUID(), ...(await recallDraft(DRAFT)) };
const missing = about ? await ask(`cases/${about}`).catch(() => null) : null;

const alert = alertPlace();
const photoAlert = alertPlace();
const place = dropzone({ label: text("sighting.choose"), multiple: true }, take);
const chosen = element("ul", { class: "chosen" });
const sending = element("progress", { max: 1, value: 0, hidden: true, "aria-label": text("photos.sending") });
const button = element("button", { type: "submit" }, text("sighting.send"));
const form = element("form", { novalidate: true, onsubmit: submit },
  element("fieldset", {},
    element("legend", {}, text("sighting.photos")),
    element("p", { class: "hint" }, text("sighting.photos.hint")),
    place,
    photoAlert.place,
    chosen),
  element("fieldset", {},
    element("legend", {}, text("sighting.where")),
    field("seen_on", text("sighting.seen_on"), {
      kind: "date", required: true, min: "1900-01-01", max: today(),
    }),
    countryField("country", text("sighting.country"), text("form.choose"), { required: true }),
    field("place", text("sighting.place"), { required: true, maxlength: 200, hint: text("sighting.place.hint") })),
  element("fieldset", {},
    element("legend", {}, text("sighting.who")),
    element("div", { class: "columns" },
      field("age", text("sighting.age"), {
        kind: "number", min: 0, max: 120, inputmode: "numeric", hint: text("sighting.age.hint"),
      }),
      sexField("sex", text("sighting.sex"), text("sex.unknown"))),
    field("note", text("sighting.note"), { rows: 4, maxlength: 3800, hint: text("sighting.note.hint") })),
  element("fieldset", {},
    element("legend", {}, text("sighting.contact")),
    element("p", { class: "hint" }, text("sighting.contact.hint")),
    field("contact_name", text("contact.name"), { maxlength: 120, autocomplete: "name" }),
    field("contact_email", text("contact.email"), { kind: "email", maxlength: 200, autocomplete: "email" }),
    field("contact_phone", text("contact.phone"), { kind: "tel", maxlength: 30, pattern: PHONE, autocomplete: "tel" })),
  element("p", { class: "hint" }, rich(text("sighting.privacy"))),
  alert.place,
  sending,
  element("div", { class: "actions" }, button));

async function take(files) {
  photoAlert.clear();
  const room = MOST_PHOTOS - draft.photos.length;
  if (files.length > room) photoAlert.say(text("sighting.most", { count: MOST_PHOTOS }));
  draft.photos.push(...await Promise.all(files.slice(0, room).map(prepared)));
  changed();
}

/** What was sent differs from what is here: another request, with a key of its own. */
function changed() {
  draft.values = valuesOf(form);
  draft.key = crypto.randomUUID();
  keepDraft(DRAFT, draft);
  showPhotos();
}

function showPhotos() {
  chosen.replaceChildren(...draft.photos.map((photo, index) => element("li", {},
    localPicture(photo, text("sighting.photo", { number: index + 1 })),
    element("button", {
      type: "button",
      class: "link-button",
      "aria-label": text("sighting.remove", { number: index + 1 }),
      onclick: () => {
        draft.photos.splice(index, 1);
        changed();
      },
    }, text("photos.remove")))));
}

function submit(event) {
  event.preventDefault();
  photoAlert.clear();
  if (!draft.photos.length) {
    photoAlert.say(text("sighting.no_photo"));
    place.querySelector("input").focus();
    return;
  }
  const values = valuesOf(form);
  if (!checked(form)) return;
  const reached = values.contact_email || values.contact_phone;
  if (values.contact_name && !canBeReached(form, values, "contact_")) return;
  if (reached && !values.contact_name) {
    blame(form, "contact_name", text("form.missing"));
    return;
  }
  busily(button, alert, () => send(values));
}

async function send(values) {
  const body = new FormData();
  const note = missing ? `${text("sighting.about", { name: missing.name })} (${about})\n${values.note}` : values.note;
  for (const [name, value] of Object.entries({ ...values, note })) if (value) body.append(name, value);
  for (const photo of draft.photos) attach(body, "photo", photo);
  sending.hidden = false;
  try {
    const answer = await upload("search/sightings", { form: body, key: draft.key }, (share) => {
      sending.value = share;
    });
    await forgetDraft(DRAFT);
    location.assign(`${privateLink("sighting", answer.sighting, answer.secret)}&received`);
  } catch (problem) {
    if (problem.code === "idempotency_key_reused") draft.key = crypto.randomUUID();
    if (!blame(form, problem.param, sentenceOf(problem))) throw problem;
  } finally {
    sending.hidden = true;
  }
}

fill(form, draft.values);
form.addEventListener("input", changed);
showPhotos();
page(text("sighting.title"),
  heading(missing ? text("sighting.title.about", { name: missing.name }) : text("sighting.title"),
    text("sighting.lead")),
  element("p", { class: "note" }, text("sighting.emergency")),
  form,
  element("p", { class: "quiet" }, text("report.kept")));
