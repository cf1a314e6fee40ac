// A ranking: the cases whose photos are most like a probe.

import { agesThenAndNow, casePicture, placeOf } from "../scripts/casewords.js";
import { element } from "../scripts/elements.js";
import { number, text } from "../scripts/language.js";
import { reading } from "../scripts/likelihood.js";
import { token } from "./session.js";

/** @param {any} ranking of the API */
export function candidateList(ranking) {
  const { faces } = ranking.compared;
  const sealed = ranking.sealed > 0
    && element("p", { class: "quiet" }, text("candidates.sealed", { count: ranking.sealed }));
  if (!ranking.candidates.length) {
    return element("div", {}, sealed, element("p", { class: "empty" }, text("candidates.none")));
  }
  return element("section", { class: "candidates" },
    element("p", { class: "quiet", role: "status" }, text("candidates.compared", { count: faces })),
    sealed,
    element("ol", {}, ranking.candidates.map(candidate)));
}

function candidate(each) {
  const record = each.case;
  const photo = record.photos.find(({ id }) => id === each.photo);
  return element("li", { class: "candidate" },
    casePicture(record, photo, token()),
    element("div", {},
      element("h3", {}, element("a", { href: `#cases/${record.id}` }, record.name)),
      element("p", {}, `${agesThenAndNow(record)} · ${placeOf(record)}`),
      each.likelihood_ratio ? reading(each) : null,
      element("p", { class: "quiet" },
        text("queue.similarity", { value: number(each.similarity, { maximumFractionDigits: 2 }) }), " ",
        each.chance_hits !== undefined && text("candidates.chance", { hits: expected(each.chance_hits) }))));
}

/** Below a hundredth the digits would pretend to more than is known. */
function expected(hits) {
  return hits < 0.01 ? `<${number(0.01)}` : number(hits, { maximumSignificantDigits: 2 });
}
