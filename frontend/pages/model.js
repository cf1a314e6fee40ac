// The model: its limits first, then the figures of its card.

import { chart } from "../scripts/chart.js";
import { facts } from "../scripts/casewords.js";
import { element, rich } from "../scripts/elements.js";
import { day, number, text } from "../scripts/language.js";
import { alertPlace } from "../scripts/problems.js";
import { heading, page } from "../scripts/shell.js";

const LIMITS = ["lead", "children", "peoples", "relatives", "ratio", "student"];

const share = (/** @type {number} */ value) => number(value, { style: "percent", maximumFractionDigits: 1 });
const decimal = (/** @type {number} */ value) =>
  number(value, { minimumFractionDigits: 3, maximumFractionDigits: 3 });
const within = (figure, words) => text("model.interval", {
  value: words(figure.value), low: words(figure.low), high: words(figure.high),
});

function table(title, columns, rows) {
  return element("div", { class: "scroller", tabindex: "0", role: "region", "aria-label": title },
    element("table", {},
      element("thead", {}, element("tr", {}, columns.map((name) => element("th", { scope: "col" }, name)))),
      element("tbody", {}, rows.map(([first, ...others]) => element("tr", {},
        element("th", { scope: "row" }, first), others.map((words) => element("td", {}, words)))))));
}

function byGap(rows) {
  const points = rows.map(({ gap, rank1 }) => ({ x: gap, y: rank1.value, low: rank1.low, high: rank1.high }));
  const tenths = [0, 0.2, 0.4, 0.6, 0.8, 1];
  return chart({
    points,
    label: text("model.rank1.chart", { first: share(points[0].y), last: share(points.at(-1).y) }),
    across: text("model.rank1.across"),
    up: text("model.rank1.up"),
    xs: points.map(({ x }) => [x, number(x)]),
    ys: tenths.map((value) => [value, share(value)]),
  });
}

function figures(model) {
  const { single_mate: mates, leave_one_out: nearest, verification, by_age: ages, reliability } = model;
  return [
    element("section", {},
      element("h2", {}, text("model.rank1")),
      element("p", {}, text("model.rank1.more", {
        first: share(mates[0].rank1.value), last: share(mates.at(-1).rank1.value), gap: mates.at(-1).gap,
      })),
      byGap(mates),
      table(text("model.rank1"), [text("model.gap"), text("model.right_first"), text("model.pairs")],
        mates.map(({ gap, rank1, pairs }) => [text("model.from_years", { count: gap }), within(rank1, share), number(pairs)])),
      element("p", {}, text("model.nearest", { share: within(nearest.rank1, share), photos: nearest.photos }))),
    element("section", {},
      element("h2", {}, text("model.verification")),
      element("p", {}, text("model.verification.more")),
      table(text("model.verification"),
        [text("model.gap"), "AUC", "EER", text("model.tar"), text("model.pairs")],
        verification.map(({ gap, auc, eer, tar, same }) => [
          text("model.from_years", { count: gap }), within(auc, decimal), within(eer, share), within(tar, share), number(same),
        ]))),
    element("section", {},
      element("h2", {}, text("model.by_age")),
      element("p", {}, text("model.by_age.more")),
      table(text("model.by_age"), [text("model.younger_age"), text("model.missed"), text("model.pairs")],
        ages.map(({ low, high, missed, same }) => [
          text("model.band", { low, high }), within(missed, share), number(same),
        ]))),
    element("section", {},
      element("h2", {}, text("model.calibration")),
      element("p", {}, text("model.calibration.more")),
      table(text("model.calibration"), [text("model.which"), "Cllr", text("model.ece")],
        reliability.map(({ name, cllr, ece }) => [text(`model.${name}`), within(cllr, decimal), decimal(ece)]))),
    element("section", {},
      element("h2", {}, text("model.made")),
      facts([
        [text("model.version"), model.version],
        [text("model.trained_on"), model.trained_on.join("; ")],
        [text("model.measured_on"), text("model.data", { data: model.data, day: day(model.date) })],
      ]),
      element("p", {}, text("model.terms"))),
  ];
}

const alert = alertPlace();
const measured = element("div", {});
page(text("model.title"),
  heading(text("model.title"), text("model.lead")),
  element("section", { class: "limits" },
    element("h2", {}, text("model.limits")),
    element("ul", {}, LIMITS.map((name) => element("li", {}, rich(text(`model.limit.${name}`)))))),
  element("section", {},
    element("h2", {}, text("model.for")),
    element("p", {}, text("model.for.more"))),
  alert.place,
  measured);
try {
  const model = await fetch("model.json").then((response) => response.json());
  measured.append(...figures(model));
} catch {
  alert.say(text("model.unreadable"));
}
