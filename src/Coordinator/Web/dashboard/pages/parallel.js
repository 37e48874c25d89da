// Parallel coordinates: a line a trial, an axis a parameter. What is brushed on the axes, the table below shows.

import { chart } from "../chart.js";
import { brushed, parallelCoordinates } from "../../charts/charts.js";
import { h } from "../dom.js";
import { count, metric, setting, words } from "../format.js";
import { axisOf, trialOf } from "../parameters.js";

/** More lines than this are a carpet. */
const LINES = 1000;
const ROWS = 50;

/** It is about all trials, and one more changes little: milliseconds between two looks. */
const PACE = 5000;

export function open() {
  let data = null;
  let trials = [];
  /** Trials that the brushes on the chart let through; null while there is none. */
  let passing = null;
  /** Name → [low, high], in the fields. */
  const limits = new Map();
  return {
    pace: PACE,
    title: () => "Parallel coordinates",
    async load({ api, sweep: { sweep } }, topics) {
      if (topics.has("place")) return;
      const next = await api.parallel(sweep, LINES);
      if (next === data) return;
      data = next;
      trials = data.rows.map(trialOf(data.columns));
    },
    draw(place) {
      if (!data) return null;
      const axes = data.columns.map(axisOf);
      const { objective } = place.sweep;
      const within = trials.filter((trial) => [...limits].every(([name, [low, high]]) => {
        const value = name === "objective" ? trial.objective : trial.hyperparameters[name];
        return typeof value === "number" && value >= low && value <= high;
      }));
      const shown = passing ? within.filter((trial) => passing.has(trial.trial)) : within;
      const clear = () => {
        passing = null;
        limits.clear();
        const drawn = document.querySelector(".parallel .canvas")?.echarts;
        axes.concat([null]).forEach((_, index) => drawn?.dispatchAction({ type: "axisAreaSelect", parallelAxisIndex: index, intervals: [] }));
        place.redraw();
      };
      return [
        h("div", { key: "head", class: "page-head" }, h("h1", {}, "Parallel coordinates"),
          h("p", { class: "quiet" }, "Drag along an axis to keep the trials that pass there; the table below follows.",
            data.total > data.rows.length && ` The best ${count(data.rows.length / 2)} of ${count(data.total)} trials are drawn, and an even choice of the rest.`)),
        h("section", { key: "chart", class: "card parallel" }, h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Parallel coordinates" }, h("div", { class: `wide axes-${Math.min(axes.length, 9)}` }, chart({
          label: `${count(within.length)} trials over ${axes.map((axis) => words(axis.name)).join(", ")} and ${words(objective.metric)}`,
          of: [data, JSON.stringify([...limits])], height: 400,
          draw: (theme) => parallelCoordinates({ objective, parameters: axes, trials: within }, theme),
          on: {
            axisareaselected(drawn, described) {
              const kept = brushed(drawn, described);
              passing = kept.length === described.trials.length ? null : new Set(kept.map((trial) => trial.trial));
              place.redraw();
            },
          },
        })))),
        fields(place, axes, limits),
        table(place, axes, shown, trials.length, passing || limits.size > 0 ? clear : null),
      ];
    },
  };
}

/** The same as brushing, by keyboard. */
function fields(place, axes, limits) {
  const bounded = [...axes.filter((axis) => axis.scale !== "choice").map((axis) => axis.name), "objective"];
  const bound = (name, end) => h("input", {
    type: "number", step: "any", "aria-label": `${titleOf(place, name)} ${end === 0 ? "from" : "to"}`, placeholder: end === 0 ? "from" : "to",
    value: Number.isFinite(limits.get(name)?.[end]) ? limits.get(name)[end] : "",
    onchange(event) {
      const interval = [...(limits.get(name) ?? [-Infinity, Infinity])];
      interval[end] = event.target.value === "" ? [-Infinity, Infinity][end] : Number(event.target.value);
      if (interval.some(Number.isFinite)) limits.set(name, interval);
      else limits.delete(name);
      place.redraw();
    },
  });
  return h("details", { key: "fields", class: "card brushes" }, h("summary", {}, "Limits by number"),
    h("div", { class: "fields" }, bounded.map((name) => h("fieldset", { key: name }, h("legend", {}, titleOf(place, name)), bound(name, 0), bound(name, 1)))));
}

const titleOf = (place, name) => words(name === "objective" ? place.sweep.objective.metric : name);

function table(place, axes, trials, total, clear) {
  const { objective } = place.sweep;
  const isBetter = objective.goal === "minimize" ? (one, other) => one.objective - other.objective : (one, other) => other.objective - one.objective;
  return h("section", { key: "table", class: "card table-card", "aria-labelledby": "passing-title" },
    h("div", { class: "card-head" },
      h("h2", { id: "passing-title" }, "Trials that pass"),
      h("span", { class: "quiet", id: "passing-count", role: "status" }, `${count(trials.length)} of ${count(total)}`),
      h("div", { class: "tools" }, clear && h("button", { onclick: clear }, "Clear"))),
    h("div", { class: "scroll", tabindex: "0", role: "region", "aria-labelledby": "passing-title" }, h("table", {},
      h("thead", {}, h("tr", {}, h("th", { scope: "col", class: "number" }, "Trial"), h("th", { scope: "col", class: "number" }, words(objective.metric)),
        axes.map((axis) => h("th", { key: axis.name, scope: "col" }, words(axis.name))))),
      h("tbody", {}, trials.toSorted(isBetter).slice(0, ROWS).map((trial) => h("tr", { key: trial.trial },
        h("td", { class: "number" }, h("a", { href: place.to("trials", String(trial.trial)) }, trial.trial)),
        h("td", { class: "number" }, metric(objective.metric)(trial.objective)),
        axes.map((axis) => h("td", { key: axis.name }, setting(trial.hyperparameters[axis.name])))))))),
    trials.length > ROWS && h("p", { class: "quiet" }, `The best ${ROWS} are listed.`));
}
