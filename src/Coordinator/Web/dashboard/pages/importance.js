// Which parameters made the difference, and how trials fared by the value of each.

import { chart } from "../chart.js";
import { importanceBars, marginalEffect } from "../../charts/charts.js";
import { h } from "../dom.js";
import { count, metric, percent, setting, sentence, words } from "../format.js";
import { axisOf } from "../parameters.js";

/** It is about all trials, and one more changes little: milliseconds between two looks. */
const PACE = 5000;

export function open() {
  let importance = null;
  let effects = null;
  return {
    pace: PACE,
    title: () => "Importance",
    async load({ api, sweep: { sweep } }, topics) {
      if (!topics.has("place")) [importance, effects] = await Promise.all([api.importance(sweep), api.effects(sweep)]);
    },
    draw(place) {
      if (!importance) return null;
      const known = importance.parameters.filter((parameter) => Number.isFinite(shareOf(parameter)));
      return [
        h("div", { key: "head", class: "page-head" }, h("h1", {}, "Importance"),
          h("p", { class: "quiet" }, `How much each hyperparameter has to do with a trial being among the best, by ${importance.method}.`)),
        h("section", { key: "importance", class: "card" }, chart({
          title: "Share of importance", of: [importance],
          label: known.length > 0 ? known.map((parameter) => `${words(parameter.name)} ${percent(shareOf(parameter))}`).join(", ") : "Too few trials have ended to tell",
          draw: (theme) => importanceBars({ importance: known.map((parameter) => ({ ...parameter, share: shareOf(parameter) })) }, theme),
        })),
        h("h2", { key: "effects-title", class: "above" }, `${sentence(words(place.sweep.objective.metric))} by each alone`),
        h("p", { key: "effects-note", class: "quiet" }, "The mean of the trials in each cell of the range; the band is from the worst of them to the best."),
        h("div", { key: "effects", class: "grid" }, effects.parameters.map((effect) => h("section", { key: effect.name, class: "card" }, card(place.sweep, effect)))),
      ];
    },
  };
}

const shareOf = (parameter) => parameter.share ?? parameter.importance;

function card(sweep, effect) {
  const parameter = axisOf(sweep.parameters.find(({ name }) => name === effect.name));
  const show = metric(sweep.objective.metric);
  const points = effect.cells.map((cell) => ({
    value: valueOf(parameter, cell), mean: cell.mean, low: Math.min(cell.best, cell.worst), high: Math.max(cell.best, cell.worst), trials: cell.trials,
  }));
  return chart({
    title: words(effect.name), of: [effect],
    label: points.length > 0 ? points.map((point) => `${setting(point.value)}: mean ${show(point.mean)} of ${count(point.trials)}`).join("; ") : "No trial has ended",
    draw: (theme) => marginalEffect({ parameter, metric: sweep.objective.metric, points }, theme),
  });
}

/** The middle of a cell, on the parameter's own scale. */
function valueOf({ scale }, { low, high }) {
  if (scale === "choice") return low;
  return scale === "log" ? Math.sqrt(low * high) : (low + high) / 2;
}
