// A search with photos that are not kept.

import { dropzone } from "../scripts/dropzone.js";
import { element } from "../scripts/elements.js";
import { checked, countryField, field, sexField, tick, valuesOf } from "../scripts/forms.js";
import { text } from "../scripts/language.js";
import { localPicture } from "../scripts/pictures.js";
import { attach, prepared } from "../scripts/photos.js";
import { alertPlace, busily } from "../scripts/problems.js";
import { candidateList } from "./candidates.js";
import { askAsReviewer } from "./session.js";

const MOST_PHOTOS = 5;

/** @param {HTMLElement} place */
export async function showProbe(place) {
  /** @type {Blob[]} */
  let photos = [];
  const alert = alertPlace();
  const chosen = element("ul", { class: "chosen" });
  const found = element("div", { "aria-live": "polite" });
  const button = element("button", { type: "submit" }, text("probe.search"));
  const form = element("form", {
    novalidate: true,
    onsubmit: (event) => {
      event.preventDefault();
      if (!photos.length) return alert.say(text("sighting.no_photo"));
      if (checked(form)) busily(button, alert, search);
    },
  },
    dropzone({ label: text("probe.choose"), multiple: true }, take),
    chosen,
    element("div", { class: "columns" },
      field("age", text("probe.age"), { kind: "number", min: 0, max: 120, inputmode: "numeric" }),
      sexField("sex", text("home.sex"), text("home.any")),
      countryField("country", text("home.country"), text("home.any"))),
    tick("age_window", text("probe.window")),
    alert.place,
    button);

  async function take(files) {
    photos = [...photos, ...await Promise.all(files.map(prepared))].slice(0, MOST_PHOTOS);
    show();
  }

  function show() {
    chosen.replaceChildren(...photos.map((photo, index) => element("li", {},
      localPicture(photo, text("sighting.photo", { number: index + 1 })),
      element("button", {
        type: "button",
        class: "link-button",
        onclick: () => {
          photos = photos.filter((each) => each !== photo);
          show();
        },
      }, text("photos.remove")))));
  }

  async function search() {
    found.replaceChildren();
    const { age, ...filters } = valuesOf(form);
    const query = new URLSearchParams({ limit: "10" });
    for (const [name, value] of Object.entries(filters)) if (value) query.set(name, String(value));
    const body = new FormData();
    for (const photo of photos) attach(body, "photo", photo);
    if (age) body.append("age", age);
    found.replaceChildren(candidateList(await askAsReviewer(`search/probe?${query}`, { form: body })));
  }

  place.replaceChildren(
    element("p", { class: "quiet" }, text("probe.lead")), form, found);
}
