// Chosen trials side by side: curves over one another, settings in columns, differences marked.

import { chart } from "../chart.js";
import { columnsOf, compareCurves } from "../../charts/charts.js";
import { h } from "../dom.js";
import { duration, metric, percent, points, setting, settingInFull, short, words } from "../format.js";
import { chosen } from "../leaderboard.js";

const POINTS = 300;
const MOST = 12;

/** Of the theme's series. */
const COLOURS = 6;

/** Without a choice, the best few. */
const FEW = 4;

const METRICS = ["validation_accuracy", "test_accuracy", "train_accuracy", "validation_loss", "test_loss", "train_loss", "learning_rate"];

export function open() {
  let found = [];
  let curves = [];
  let isChosen = false;
  /** The epochs' answer → its columns, so that curves that have not changed are not drawn again. */
  const known = new WeakMap();
  return {
    title: () => "Compare",
    async load(place) {
      const { api, query, sweep: { sweep } } = place;
      const asked = numbersIn(query);
      const numbers = asked.length > 0 ? asked : (await api.trials(sweep, { sort: "rank", page: 1, size: FEW, filters: [] })).trials.map((row) => row.trial);
      const all = await Promise.all(numbers.map((number) => Promise.all([api.trial(sweep, number), api.epochs(sweep, number, POINTS)])));
      if (query !== place.query) return;
      isChosen = asked.length > 0;
      found = all.map(([about]) => about);
      curves = all.map(([about, epochs]) => {
        if (!known.has(epochs)) known.set(epochs, { trial: about.trial.trial, columns: columnsOf(epochs.epochs) });
        return known.get(epochs);
      });
    },
    draw: (place) => [
      h("div", { key: "head", class: "page-head" }, h("h1", {}, "Compare"),
        h("p", { class: "quiet" }, isChosen ? `${found.length} chosen trials.` : ["The best of the leaderboard; tick others ", h("a", { href: place.to() }, "there"), ", or add them by number."])),
      picker(place, found),
      found.length > 0 && overlay(place, found, curves),
      found.length > 0 && table(place, found.map((about) => about.trial)),
    ],
  };
}

const numbersIn = (query) => [...new Set((query.trials ?? "").split(",").map(Number).filter((number) => Number.isInteger(number) && number > 0))].slice(0, MOST);

function picker(place, found) {
  const numbers = found.map((about) => about.trial.trial);
  const show = (next) => {
    chosen.clear();
    next.forEach((number) => chosen.add(number));
    place.look({ trials: next.join(",") });
  };
  return h("div", { key: "picker", class: "filters" },
    h("ul", { class: "chips", "aria-label": "Compared trials" }, numbers.map((number, index) => h("li", { key: number },
      h("button", { class: `chip series-${(index % COLOURS) + 1}`, "aria-label": `Leave out trial ${number}`, onclick: () => show(numbers.filter((each) => each !== number)) }, `trial ${number}`, h("span", { "aria-hidden": "true" }, " ×"))))),
    numbers.length < MOST && h("form", {
      key: "add", class: "search", onsubmit(event) {
        event.preventDefault();
        const field = event.target.elements.number;
        if (field.value) show([...numbers, Number(field.value)]);
        field.value = "";
      },
    }, h("input", { name: "number", type: "number", min: 1, max: place.sweep.trials.created, "aria-label": "Add a trial by its number", placeholder: "trial" }), h("button", {}, "Add")));
}

function overlay(place, found, curves) {
  const column = METRICS.includes(place.query.metric) ? place.query.metric : METRICS.includes(place.sweep.objective.metric) ? place.sweep.objective.metric : METRICS[0];
  return h("section", { key: "overlay", class: "card" }, chart({
    title: "Curves", height: 380,
    aside: h("label", {}, h("span", { class: "unseen" }, "Metric"),
      h("select", { value: column, onchange: (event) => place.look({ metric: event.target.value }) }, METRICS.map((name) => h("option", { value: name }, words(name))))),
    label: `${words(column)} over epochs of ${curves.map(({ trial, columns }) => `trial ${trial}, last ${metric(column)(columns[column]?.at(-1))}`).join("; ")}`,
    of: [column, ...curves],
    draw: (theme) => compareCurves({ trials: curves, column }, theme),
  }));
}

function table(place, trials) {
  const { sweep } = place;
  const head = (name) => h("tr", { key: name, class: "group" }, h("th", { colspan: trials.length + 1, scope: "colgroup" }, name));
  const settings = sweep.parameters.map(({ name }) => {
    const values = trials.map((trial) => trial.hyperparameters[name]);
    const differs = new Set(values.map((value) => JSON.stringify(value ?? null))).size > 1;
    return h("tr", { key: name, class: differs ? "differs" : null },
      h("th", { scope: "row" }, words(name), differs && h("span", { class: "mark" }, h("span", { class: "unseen" }, " differs"))),
      values.map((value, index) => h("td", { key: trials[index].trial, title: settingInFull(value) }, setting(value))));
  });
  const results = RESULTS(sweep).map(([name, cell]) => h("tr", { key: `${name} result` },
    h("th", { scope: "row" }, name), trials.map((trial) => h("td", { key: trial.trial }, cell(trial)))));
  return h("section", { key: "table", class: "card table-card", "aria-labelledby": "side-title" },
    h("div", { class: "card-head" }, h("h2", { id: "side-title" }, "Side by side"), h("span", { class: "quiet" }, "What differs is marked.")),
    h("div", { class: "scroll", tabindex: "0", role: "region", "aria-labelledby": "side-title" }, h("table", { class: "side" },
      h("thead", {}, h("tr", {}, h("td", {}), trials.map((trial) => h("th", { key: trial.trial, scope: "col" }, h("a", { href: place.to("trials", String(trial.trial)) }, `Trial ${trial.trial}`))))),
      h("tbody", {}, head("Hyperparameters"), settings, head("Results"), results))));
}

const RESULTS = (sweep) => [
  ["state", (trial) => h("span", { class: `state ${trial.outcome}` }, words(trial.outcome))],
  [words(sweep.objective.metric), (trial) => metric(sweep.objective.metric)(trial.objective)],
  ["test@val", (trial) => percent(trial.test_accuracy)],
  ["best test", (trial) => percent(trial.best_test_accuracy)],
  ["gap, points", (trial) => points(trial.gap)],
  ["verdict", (trial) => h("span", { class: `verdict ${trial.verdict}` }, words(trial.verdict))],
  ["epochs", (trial) => `${trial.epochs_trained} of ${trial.epochs_allowed}`],
  ["network", (trial) => `${short(trial.parameters)} parameters`],
  ["time", (trial) => duration(trial.seconds)],
];
