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
      return [
        h("div", { key: "head", class: "page-head" }, h("h1", {}, "Importance"),
          h("p", { class: "quiet" }, `How much each hyperparameter has to do with a trial being among the best, by ${importance.method}.`)),
        h("section", { key: "importance", class: "card" }, chart({
          title: "Share of importance", of: [importance],
          label: importance.parameters.length > 0 ? importance.parameters.map((parameter) => `${words(parameter.name)} ${percent(parameter.share)}`).join(", ") : "Too few trials have ended to tell",
          draw: (theme) => importanceBars({ importance: importance.parameters }, theme),
        })),
        h("h2", { key: "effects-title", class: "above" }, `${sentence(words(place.sweep.objective.metric))} by each alone`),
        h("p", { key: "effects-note", class: "quiet" }, "The mean of the trials in each cell of the range, with its 95 % interval."),
        h("div", { key: "effects", class: "grid" }, effects.parameters.map((effect) => h("section", { key: effect.name, class: "card" }, card(place.sweep, effect)))),
      ];
    },
  };
}

function card(sweep, effect) {
  const parameter = axisOf(sweep.parameters.find(({ name }) => name === effect.name));
  const show = metric(sweep.objective.metric);
  const label = effect.cells.map((cell) => `${setting(cell.low)}${parameter.scale === "choice" ? "" : ` to ${setting(cell.high)}`}: mean ${show(cell.mean)} of ${count(cell.trials)}`).join("; ");
  return chart({
    title: words(effect.name), of: [effect], label: label || "No trial has ended",
    draw: (theme) => marginalEffect({ parameter, metric: sweep.objective.metric, cells: effect.cells }, theme),
  });
}
