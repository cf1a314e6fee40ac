// What reviewers say of a match: one's own answer, how it is taken back, and, once one has
// answered, what the model and the others say.

import { element } from "../scripts/elements.js";
import { checked, field, valuesOf } from "../scripts/forms.js";
import { moment, number, text } from "../scripts/language.js";
import { reading } from "../scripts/likelihood.js";
import { alertPlace, busily } from "../scripts/problems.js";
import { unlessMoved } from "./common.js";
import { askAsReviewer } from "./session.js";

export const ANSWERS = ["confirm", "reject", "unsure"];

/**
 * @typedef {{next: () => void, again: (typed: string) => Promise<void>, reason?: string}} Steps
 * again: shows the match as it is now, when it changed while this reviewer looked
 */

/** @param {any} match of the API @param {Steps} steps */
export function answers(match, { next, again, reason = "" }) {
  const asked = element("div", {});
  const told = element("section", { class: "told", "aria-live": "polite", tabindex: "-1" });

  /** Sends an answer on what was shown. */
  const send = (answer, why) => unlessMoved(async () => {
    const json = { answer, reason: why, revision: match.revision };
    match = await askAsReviewer(`search/matches/${match.id}/answer`, { json });
    show();
    (asked.querySelector("[name=answer]") ?? told).focus();
  }, () => again(why));

  function show(typed = "") {
    const own = match.answers.some((said) => said.own && said.stands);
    asked.replaceChildren(...[
      match.refusal && element("p", { class: "note" }, text(`queue.refusal.${match.refusal}`)),
      match.may_answer && !own && answering(send, typed),
    ].filter(Boolean));
    told.replaceChildren(...(match.answered ? tellings(match, own && undoing(send), next) : []));
  }

  show(reason);
  return {
    place: element("div", {}, asked, told),
    choose: (/** @type {string} */ answer) => {
      const form = asked.querySelector("form");
      if (!form) return;
      form.querySelector(`input[value="${answer}"]`).checked = true;
      form.querySelector("[name=reason]").focus();
    },
    next: () => told.querySelector(".next")?.click(),
  };
}

function answering(send, typed) {
  const alert = alertPlace();
  const button = element("button", { type: "submit" }, text("queue.answer"));
  const form = element("form", {
    class: "answering",
    novalidate: true,
    onsubmit: (event) => {
      event.preventDefault();
      const answer = new FormData(form).get("answer");
      if (!answer) return alert.say(text("queue.choose"));
      if (checked(form)) busily(button, alert, () => send(answer, valuesOf(form).reason));
    },
  },
    element("fieldset", { class: "answers" },
      element("legend", {}, text("queue.question")),
      ANSWERS.map((answer) => element("label", { class: `answer ${answer}` },
        element("input", { type: "radio", name: "answer", value: answer }),
        text(`queue.${answer}`)))),
    field("reason", text("queue.reason"), { rows: 2, required: true, maxlength: 500, hint: text("queue.reason.hint") }),
    alert.place,
    element("div", { class: "actions" }, button));
  form.querySelector("textarea").value = typed;
  // From the reason, without a way to the button.
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  });
  return form;
}

function undoing(send) {
  const alert = alertPlace();
  const button = element("button", { type: "submit", class: "quiet-button" }, text("queue.withdraw"));
  const form = element("form", {
    novalidate: true,
    onsubmit: (event) => {
      event.preventDefault();
      if (checked(form)) busily(button, alert, () => send("withdraw", valuesOf(form).reason));
    },
  },
    field("reason", text("queue.withdraw.reason"), { required: true, maxlength: 500 }),
    alert.place,
    element("div", { class: "actions" }, button));
  return element("details", { class: "undo" }, element("summary", {}, text("queue.withdraw")), form);
}

/** What the model and other reviewers say, once this reviewer has answered. */
function tellings(match, undo, next) {
  const standing = match.answers.filter(({ stands }) => stands);
  const count = (/** @type {string} */ word) => standing.filter(({ answer }) => answer === word).length;
  return [
    element("h2", {}, text(`match.${match.state}`)),
    element("p", {}, text(`match.${match.state}.more`)),
    element("p", { class: "quiet" }, text("queue.tally", {
      confirms: count("confirm"), rejects: count("reject"), unsure: count("unsure"),
    })),
    match.answers.length && element("ul", { class: "given" }, match.answers.map(given)),
    undo,
    element("h3", {}, text("queue.model")),
    match.likelihood_ratio !== undefined && reading(match),
    element("p", { class: "quiet" }, text("queue.similarity", { value: decimal(match.similarity) })),
    element("div", { class: "actions" },
      element("button", { type: "button", class: "next", onclick: next }, text("queue.next"))),
  ].filter(Boolean);
}

function given({ reviewer, answer, reason, at, stands }) {
  return element("li", { class: !stands && "past" },
    element("strong", {}, reviewer), ` · ${text(`queue.said.${answer}`)} · ${reason} · ${moment(at)}`,
    !stands && answer !== "withdraw" && ` · ${text("queue.past")}`);
}

function decimal(value) {
  return number(value, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
}
