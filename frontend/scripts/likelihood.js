// What a likelihood ratio says, in words and as a curve; the same sentences as the API's `reading`,
// in the reader's language.

import { chart } from "./chart.js";
import { element } from "./elements.js";
import { list, number, text } from "./language.js";

/** @param {number} ratio */
export function weight(ratio) {
  if (ratio > 0.5 && ratio < 2) return text("likelihood.even");
  const times = Math.max(ratio, 1 / ratio);
  const plain = number(Number(times.toPrecision(times < 9.5 ? 1 : 2)));
  return text(ratio > 1 ? "likelihood.one" : "likelihood.two", { times: plain });
}

/** How far to trust it. @param {string[]} reasons */
export function caution(reasons) {
  if (!reasons.length) return text("likelihood.normal");
  return text("likelihood.low", { reasons: list(reasons.map((reason) => text(`doubt.${reason}`))) });
}

/** Weight and reliability of a pair. @param {any} pair with likelihood_ratio and reliability_reasons */
export function reading(pair) {
  return element("div", { class: "reading" },
    element("p", { class: "weight" }, weight(pair.likelihood_ratio)),
    element("p", { class: pair.reliability === "low" ? "note" : "quiet" }, caution(pair.reliability_reasons)));
}

/**
 * The likelihood ratio of a similarity, as `aifr.recognition.calibration` computes it.
 * @param {number} similarity @param {number} gap @param {number} younger @param {any} parameters
 */
export function likelihoodRatio(similarity, gap, younger, parameters) {
  const { gaps, younger_ages: ages, offsets, slopes, bounds } = parameters;
  const at = (/** @type {number[][]} */ table) =>
    between(younger, ages, table.map((row) => between(gap, gaps, row)));
  const ratio = Math.exp(at(offsets) + at(slopes) * similarity);
  return Math.min(Math.max(ratio, bounds[0]), bounds[1]);
}

function between(value, knots, values) {
  const next = knots.findIndex((knot) => knot >= value);
  if (next === 0) return values[0];
  if (next < 0) return values.at(-1);
  const share = (value - knots[next - 1]) / (knots[next] - knots[next - 1]);
  return values[next - 1] + share * (values[next] - values[next - 1]);
}

/**
 * How the same likeness would weigh across other numbers of years.
 * @param {number} similarity @param {number} gap @param {number} younger @param {any} parameters
 */
export function curve(similarity, gap, younger, parameters) {
  const farthest = Math.max(40, Math.ceil(gap / 10) * 10);
  const at = (/** @type {number} */ years) =>
    ({ x: years, y: likelihoodRatio(similarity, years, younger, parameters) });
  const points = Array.from({ length: farthest + 1 }, (_, years) => at(years));
  const tens = Array.from({ length: farthest / 10 + 1 }, (_, index) => 10 * index);
  return chart({
    points,
    marked: at(gap),
    label: text("likelihood.chart", { gap: Math.round(gap), ratio: number(Number(at(gap).y.toPrecision(2))) }),
    across: text("likelihood.across"),
    up: text("likelihood.up"),
    xs: tens.map((years) => [years, number(years)]),
    ys: [[0.01, "1/100"], [0.1, "1/10"], [1, "1"], [10, "10"], [100, "100"], [1000, number(1000)]],
    logarithmic: true,
  });
}
