// Compare two photos, or two lists of photos of one person each.

import { ask } from "../scripts/api.js";
import { qualities } from "../scripts/casephotos.js";
import { dropzone } from "../scripts/dropzone.js";
import { element } from "../scripts/elements.js";
import { drawBoxes, framed } from "../scripts/faces.js";
import { checked, field, valuesOf } from "../scripts/forms.js";
import { number, text } from "../scripts/language.js";
import { curve, reading } from "../scripts/likelihood.js";
import { localPicture } from "../scripts/pictures.js";
import { attach, prepared } from "../scripts/photos.js";
import { alertPlace, busily, sentence } from "../scripts/problems.js";
import { heading, page } from "../scripts/shell.js";

const MOST_PHOTOS = 20;

const sides = [side("first"), side("second")];
const ages = element("div", { class: "columns" },
  ageField("age1", text("compare.age1")), ageField("age2", text("compare.age2")));
const alert = alertPlace();
const button = element("button", { type: "submit" }, text("compare.do"));
const result = element("section", { class: "result", "aria-live": "polite", hidden: true });
const form = element("form", { novalidate: true, onsubmit: submit },
  element("div", { class: "sides" }, sides.map(({ place }) => place)),
  ages, alert.place, element("div", { class: "actions" }, button));

function ageField(name, label) {
  return field(name, label, { kind: "number", min: 0, max: 120, inputmode: "numeric", hint: text("compare.age.hint") });
}

function side(name) {
  /** @type {{blob: Blob, frame: HTMLElement, notes: HTMLElement}[]} */
  const photos = [];
  const list = element("ul", { class: "compared" });
  const zone = dropzone({ label: text(`compare.${name}`), hint: text("compare.hint"), multiple: true }, take);
  const place = element("section", { class: "side", "aria-label": text(`compare.${name}`) }, zone, list);

  async function take(files) {
    for (const file of files.slice(0, MOST_PHOTOS - photos.length)) add(await prepared(file));
    changed();
  }

  function add(blob) {
    const photo = {
      blob,
      frame: framed(localPicture(blob, text("compare.photo", { number: photos.length + 1 }))),
      notes: element("ul", { class: "doubts" }),
    };
    photos.push(photo);
    const item = element("li", {}, photo.frame, photo.notes, element("button", {
      type: "button",
      class: "link-button",
      onclick: () => {
        photos.splice(photos.indexOf(photo), 1);
        item.remove();
        changed();
      },
    }, text("photos.remove")));
    list.append(item);
  }

  return { name, photos, place };
}

const single = () => sides.every(({ photos }) => photos.length === 1);

/** An answer belongs to the photos it was given for. */
function changed() {
  alert.clear();
  result.hidden = true;
  // The batch function compares people, not moments: it takes no ages.
  ages.hidden = sides.some(({ photos }) => photos.length > 1);
  for (const { photos, place } of sides) {
    place.classList.toggle("filled", photos.length > 0);
    for (const { frame, notes } of photos) {
      frame.querySelector(".boxes").replaceChildren();
      notes.replaceChildren();
    }
  }
}

function submit(event) {
  event.preventDefault();
  result.hidden = true;
  const empty = sides.find(({ photos }) => !photos.length);
  if (empty) {
    alert.say(text(`compare.${empty.name}.missing`));
    empty.place.querySelector("input").focus();
    return;
  }
  if (checked(form)) busily(button, alert, single() ? compareTwo : compareLists);
}

async function compareTwo() {
  const told = valuesOf(form);
  const query = new URLSearchParams({ detail: "true" });
  for (const name of ["age1", "age2"]) if (told[name]) query.set(name, told[name]);
  const body = formOf(["image1", "image2"]);
  const answer = await ask(`images_similarity?${query}`, { form: body }).catch(blameSide);
  describe(sides[0].photos[0], answer.images.image1);
  describe(sides[1].photos[0], answer.images.image2);
  present(answer, answer.likelihood_ratio && [reading(answer), await plotOf(answer, told)]);
}

async function compareLists() {
  const body = formOf(["imageList1", "imageList2"]);
  const answer = await ask("batch_images_similarity?detail=true", { form: body }).catch(blameSide);
  const { imageList1, imageList2 } = answer.images;
  imageList1.forEach((seen) => describe(sides[0].photos[seen.index], seen));
  imageList2.forEach((seen) => describe(sides[1].photos[seen.index], seen));
  present(answer, [
    element("p", { class: "quiet" }, text("compare.lists", {
      one: imageList1.filter(({ error }) => !error).length,
      other: imageList2.filter(({ error }) => !error).length,
    })),
    answer.pairs
      ? pairTable(answer.pairs, imageList1, imageList2)
      : element("p", { class: "quiet" }, text("compare.no_pairs")),
  ]);
}

function formOf(names) {
  const body = new FormData();
  sides.forEach(({ photos }, index) => photos.forEach(({ blob }) => attach(body, names[index], blob)));
  return body;
}

/** Says beside the photo at fault what is wrong with it, as well as below. */
function blameSide(problem) {
  const found = /^image(?:List)?([12])(?:\[(\d+)\])?$/.exec(problem.param ?? "");
  if (found) note(sides[Number(found[1]) - 1].photos[Number(found[2] ?? 0)], sentence(problem.code));
  throw problem;
}

function note(photo, words) {
  photo.notes.append(element("li", {}, words));
}

function describe(photo, seen) {
  if (seen.error) return note(photo, sentence(seen.error.code));
  drawBoxes(photo.frame, seen.size, [seen.box]);
  if (seen.faces_found > 1) note(photo, text("compare.largest", { count: seen.faces_found }));
  for (const words of qualities(seen.quality)) note(photo, words);
}

async function plotOf(answer, told) {
  if (!told.age1 || !told.age2) return element("p", { class: "quiet" }, text("compare.ages_help"));
  const model = await fetch("model.json").then((response) => response.json()).catch(() => null);
  // A curve of another model would be beside the point.
  if (model?.version !== answer.model || !model.calibration) return null;
  const younger = Math.min(Number(told.age1), Number(told.age2));
  return element("div", {},
    curve(answer.similarity, answer.age_gap, younger, model.calibration),
    element("p", { class: "quiet" }, text("likelihood.chart.more")));
}

function pairTable(pairs, rows, columns) {
  const named = (list) => list.filter(({ error }) => !error).map(({ index }) => number(index + 1));
  const [first, second] = [named(rows), named(columns)];
  return element("details", {},
    element("summary", {}, text("compare.pairs")),
    element("div", { class: "scroller", tabindex: "0", role: "region", "aria-label": text("compare.pairs") },
      element("table", {},
        element("thead", {}, element("tr", {}, element("td"),
          second.map((name) => element("th", { scope: "col" }, text("compare.second.photo", { number: name }))))),
        element("tbody", {}, pairs.map((row, index) => element("tr", {},
          element("th", { scope: "row" }, text("compare.first.photo", { number: first[index] })),
          row.map((value) => element("td", {}, decimal(value)))))))));
}

function decimal(value) {
  return number(value, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
}

function present(answer, more) {
  result.replaceChildren(
    element("h2", {}, text("compare.result")),
    element("p", { class: "similarity" }, element("span", { class: "value" }, decimal(answer.similarity)),
      ` ${text("compare.similarity")}`),
    scale(answer.similarity),
    ...(more || [element("p", { class: "quiet" }, text("compare.uncalibrated"))]).filter(Boolean),
    element("p", { class: "note" }, text("compare.lead_not_answer")),
    element("p", { class: "quiet" }, text("compare.model", { version: answer.model })));
  result.hidden = false;
  result.scrollIntoView({ block: "nearest" });
}

/** Where the similarity lies between -1 and 1; one colour throughout, for it is no verdict. */
function scale(similarity) {
  const mark = element("span", { class: "scale-mark" });
  mark.style.left = `${50 + 50 * similarity}%`;
  return element("div", { class: "scale", "aria-hidden": "true" },
    element("div", { class: "scale-line" }, mark),
    element("div", { class: "scale-ends" },
      element("span", {}, text("compare.unlike")), element("span", {}, "0"), element("span", {}, text("compare.alike"))));
}

page(text("compare.title"),
  heading(text("compare.title"), text("compare.lead")),
  form,
  result,
  element("p", { class: "quiet" }, text("compare.privacy")));
changed();
