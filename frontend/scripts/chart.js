// A small line chart: one line, perhaps with bars of uncertainty, perhaps with one point marked.

import { drawn, element } from "./elements.js";

const WIDTH = 560;
const HEIGHT = 260;
const EDGE = { left: 56, right: 16, top: 12, bottom: 46 };

/**
 * @typedef {{x: number, y: number, low?: number, high?: number}} Point
 * @param {{points: Point[], marked?: Point, label: string, across: string, up: string,
 *   xs: [number, string][], ys: [number, string][], logarithmic?: boolean}} options
 * xs, ys: the ticks with their words; the first and the last bound the chart. label: what the
 * chart shows, in words, for who cannot see it.
 */
export function chart({ points, marked, label, across, up, xs, ys, logarithmic = false }) {
  const level = (/** @type {number} */ y) => (logarithmic ? Math.log(y) : y);
  const between = (value, ticks, map) =>
    (map(value) - map(ticks[0][0])) / (map(ticks.at(-1)[0]) - map(ticks[0][0]));
  const x = (/** @type {number} */ value) =>
    EDGE.left + between(value, xs, (each) => each) * (WIDTH - EDGE.left - EDGE.right);
  const y = (/** @type {number} */ value) =>
    HEIGHT - EDGE.bottom - between(value, ys, level) * (HEIGHT - EDGE.top - EDGE.bottom);

  const grid = ys.map(([value, words]) => [
    drawn("line", { class: "grid", x1: EDGE.left, x2: WIDTH - EDGE.right, y1: y(value), y2: y(value) }),
    drawn("text", { x: EDGE.left - 8, y: y(value) + 4, "text-anchor": "end" }, words),
  ]);
  const feet = xs.map(([value, words]) =>
    drawn("text", { x: x(value), y: HEIGHT - EDGE.bottom + 18, "text-anchor": "middle" }, words));
  const line = points.map((point) => `${x(point.x)},${y(point.y)}`).join(" ");
  const bars = points.filter(({ low }) => low !== undefined).map((point) => [
    drawn("line", { class: "bar", x1: x(point.x), x2: x(point.x), y1: y(point.low), y2: y(point.high) }),
    drawn("circle", { class: "dot", cx: x(point.x), cy: y(point.y), r: 4 }),
  ]);
  return element("figure", { class: "chart" },
    element("figcaption", {}, up),
    drawn("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": label },
      grid.flat(), feet,
      drawn("text", { class: "axis", x: (EDGE.left + WIDTH - EDGE.right) / 2, y: HEIGHT - 6, "text-anchor": "middle" }, across),
      drawn("polyline", { class: "line", points: line }),
      bars.flat(),
      marked && drawn("circle", { class: "marked", cx: x(marked.x), cy: y(marked.y), r: 7 })));
}
