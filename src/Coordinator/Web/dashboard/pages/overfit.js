// The overfit map: where in the space training runs ahead of what was held out.

import { chart } from "../chart.js";
import { overfitMap } from "../../charts/charts.js";
import { h } from "../dom.js";
import { count, words } from "../format.js";
import { axisOf } from "../parameters.js";

const POINTS = 2000;

/** It is about all trials, and one more changes little: milliseconds between two looks. */
const PACE = 5000;

export function open() {
  let map = null;
  let trials = [];
  return {
    pace: PACE,
    title: () => "Overfitting",
    async load(place) {
      const [x, y] = axesOf(place);
      const next = x ? await place.api.overfitMap(place.sweep.sweep, x, y ?? "none", POINTS) : null;
      if (next === map) return;
      map = next;
      trials = map.points.map((point) => ({ ...point, outcome: point.verdict, hyperparameters: { [x]: point.x, ...(y ? { [y]: point.y } : {}) } }));
    },
    draw(place) {
      if (!map) return h("p", { class: "quiet" }, "The sweep searches no parameter.");
      const [x, y] = axesOf(place);
      const { parameters } = place.sweep;
      return [
        h("div", { key: "head", class: "page-head" }, h("h1", {}, "Overfit map"),
          h("p", { class: "quiet" }, "The gap between training and held-out accuracy, against any two hyperparameters. ",
            map.total > 0 && `${count(map.overfitting)} of ${count(map.total)} trials overfit.`,
            map.total > trials.length && ` The best of them are drawn, and an even choice of the rest: ${count(trials.length)} in all.`)),
        h("section", { key: "map", class: "card" }, chart({
          title: "Gap in points", height: 460, of: [map, x, y],
          aside: h("div", { class: "tools" }, pick(place, "x", x, "Across"), pick(place, "y", y ?? "", "Up")),
          label: `Gap of ${count(trials.length)} trials by ${words(x)}${y ? ` and ${words(y)}` : ""}; ${count(map.overfitting)} overfit`,
          draw: (theme) => overfitMap({ trials, parameters: parameters.filter(({ name }) => name === x || name === y).map(axisOf), x, y }, theme),
        })),
      ];
    },
  };
}

/** The two that the person chose, else the first two. */
function axesOf({ sweep, query }) {
  const names = sweep.parameters.map((parameter) => parameter.name);
  const x = names.includes(query.x) ? query.x : names[0];
  const y = query.y === "none" ? null : names.includes(query.y) ? query.y : names.find((name) => name !== x) ?? null;
  return [x, y];
}

const pick = (place, axis, value, title) => h("label", {}, `${title} `,
  h("select", { "aria-label": title, value: value || "none", onchange: (event) => place.look({ [axis]: event.target.value }) },
    place.sweep.parameters.map(({ name }) => h("option", { value: name }, words(name))), axis === "y" && h("option", { value: "none" }, "the gap itself")));
