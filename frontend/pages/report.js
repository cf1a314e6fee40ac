// Report a missing person, in four steps. The photos come last: none leaves the device before the
// consent is given. All that was typed is kept on the device at every change.

import { ask } from "../scripts/api.js";
import {
  canBeReached, circumstanceFields, contactFields, fieldNamed, knowsTheAge, personFields, toCase, toContact,
} from "../scripts/casefields.js";
import { casePhotos, forgetPhotos } from "../scripts/casephotos.js";
import { forgetDraft, keepDraft, recallDraft } from "../scripts/draft.js";
import { element, rich } from "../scripts/elements.js";
import { blame, checked, fill, tick, valuesOf } from "../scripts/forms.js";
import { text } from "../scripts/language.js";
import { alertPlace, busily, sentenceOf } from "../scripts/problems.js";
import { privateLink, receipt } from "../scripts/receipt.js";
import { heading, page } from "../scripts/shell.js";

const DRAFT = "report";
const STEPS = ["person", "circumstances", "contact", "photos"];

const fresh = () => ({ step: 0, values: {}, key: crypto.randomUUID(), sent: null });
let draft = { ...fresh(), ...(await recallDraft(DRAFT)) };

const alert = alertPlace();
const steps = element("ol", { class: "steps", "aria-label": text("report.steps") });
const parts = [
  part("person", personFields({ withFullName: true })),
  part("circumstances", circumstanceFields()),
  part("contact", [
    element("p", {}, text("report.contact.lead")),
    ...contactFields(),
    tick("consent", rich(text("report.consent")), { required: true }),
  ]),
];
const last = element("section", { class: "step", tabindex: "-1" });
const next = element("button", { type: "submit" });
const back = element("button", { type: "button", class: "quiet-button", onclick: () => go(draft.step - 1) },
  text("report.back"));
const form = element("form", { class: "report", novalidate: true, onsubmit: advance }, parts,
  alert.place,
  element("div", { class: "actions" }, next, back));

function part(name, fields) {
  return element("fieldset", { class: "step", tabindex: "-1" },
    element("legend", {}, text(`report.step.${name}`)), fields);
}

function keep() {
  return keepDraft(DRAFT, draft);
}

function show() {
  steps.replaceChildren(...STEPS.map((name, index) => element("li", {
    "aria-current": index === draft.step && "step",
    class: index < draft.step && "done",
  }, text(`report.step.${name}`))));
  parts.forEach((each, index) => { each.hidden = index !== draft.step; });
  form.hidden = draft.step >= parts.length;
  last.hidden = !form.hidden;
  back.hidden = draft.step === 0;
  next.textContent = text(draft.step === parts.length - 1 ? "report.send" : "report.next");
}

function go(step) {
  draft.step = step;
  alert.clear();
  keep();
  show();
  const shown = parts[step] ?? last;
  shown.focus();
  window.scrollTo(0, 0);
}

function advance(event) {
  event.preventDefault();
  const shown = parts[draft.step];
  const values = valuesOf(form);
  const well = checked(shown)
    && (draft.step !== 0 || knowsTheAge(shown, values))
    && (draft.step !== 2 || canBeReached(shown, values));
  if (!well) return;
  if (draft.step < parts.length - 1) go(draft.step + 1);
  else busily(next, alert, () => send(values));
}

async function send(values) {
  const { consent, full_name } = values;
  const json = { ...toCase(values), full_name, consent, contact: toContact(values) };
  try {
    const answer = await ask("cases", { json, key: draft.key });
    draft = { ...draft, values: {}, sent: { identity: answer.case, secret: answer.secret } };
  } catch (problem) {
    if (problem.code === "idempotency_key_reused") draft.key = crypto.randomUUID();
    const name = fieldNamed(problem.param);
    const wrong = parts.findIndex((each) => each.querySelector(`[name="${CSS.escape(name ?? "")}"]`));
    if (wrong < 0) throw problem;
    go(wrong);
    blame(form, name, sentenceOf(problem));
    return;
  }
  showPhotos();
  go(parts.length);
}

/** @param {any[]} [known] photos that arrived before a reload */
function showPhotos(known) {
  const { identity, secret } = draft.sent;
  const link = privateLink("case", identity, secret);
  const photos = casePhotos({ identity, token: secret, known });
  const wait = alertPlace();
  last.replaceChildren(
    receipt(link, text("report.received"), text("report.received.more")),
    element("h2", {}, text("report.photos")),
    element("p", {}, text("report.photos.lead")),
    element("ul", { class: "advice" }, ["years", "front", "alone"].map((name) =>
      element("li", {}, text(`report.photos.${name}`)))),
    photos.place,
    wait.place,
    element("div", { class: "actions" }, element("button", {
      type: "button",
      onclick: async () => {
        const { kept, unsent, unpointed } = photos.counts();
        if (unsent) return wait.say(text("report.unsent", { count: unsent }));
        if (!kept) return wait.say(text("report.no_photo"));
        if (unpointed) {
          wait.say(text("report.unpointed", { count: unpointed }));
          return photos.leadToUnpointed();
        }
        await forgetDraft(DRAFT);
        location.assign(`${link}&received`);
      },
    }, text("report.finish"))));
}

async function startAgain() {
  if (draft.sent) await forgetPhotos(draft.sent.identity);
  await forgetDraft(DRAFT);
  location.reload();
}

fill(form, draft.values);
form.addEventListener("input", () => {
  draft.values = valuesOf(form);
  // What was sent differs from what is here: another request, with a key of its own.
  draft.key = crypto.randomUUID();
  keep();
});
if (draft.sent) {
  const { identity, secret } = draft.sent;
  // Without a network the receipt is shown all the same; a report that was erased is not.
  const record = await ask(`cases/${identity}`, { token: secret }).catch((problem) =>
    (problem.code === "unreachable" ? { photos: [] } : null));
  if (record) showPhotos(record.photos);
  else draft = fresh();
}
show();
page(text("report.title"),
  heading(text("report.title"), text("report.lead")),
  element("p", { class: "note" }, text("report.police")),
  steps,
  form,
  last,
  element("p", { class: "quiet" }, text("report.kept"), " ",
    element("button", { type: "button", class: "link-button", onclick: startAgain }, text("report.again"))));
