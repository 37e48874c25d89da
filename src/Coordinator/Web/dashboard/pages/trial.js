// One trial: its curves, what to think of them, where it ran, and what it left.

import { askStopTrial } from "../actions.js";
import { chart } from "../chart.js";
import { columnsOf, curves, learningRate, otherMetrics, speed } from "../../charts/charts.js";
import { h } from "../dom.js";
import { bytes, count, duration, metric, percent, points, sentence, setting, settingInFull, short, time, words } from "../format.js";
import { saveCurves, saveModel } from "../downloads.js";

/** A curve is not drawn with more points than a screen has columns. */
const POINTS = 600;
const LINES = 300;

const OPEN = ["running", "waiting", "paused"];

export function open(place) {
  const number = Number(place.parts[1]);
  let about = null;
  let epochs = null;
  let columns = null;
  let log = { lines: [] };
  return {
    title: () => `Trial ${number}`,
    async load({ api, sweep: { sweep } }, topics) {
      // What happens to others is no news here, unless it changes this one's rank.
      if (about && !["all", "gap", `trial ${number}`].some((topic) => topics.has(topic)) && !OPEN.includes(about.trial.outcome)) return;
      const before = epochs;
      [about, epochs, log] = await Promise.all([api.trial(sweep, number), api.epochs(sweep, number, POINTS), api.log(sweep, number, LINES)]);
      if (epochs !== before) columns = columnsOf(epochs.epochs);
    },
    draw: (here) => about && [
      head(here, about), figures(here, about), charts(epochs, columns),
      about.trial.lineage?.length > 1 && origin(here, about.trial.lineage),
      h("div", { key: "two", class: "two even" }, settings(here, about), attempts(about)),
      journal(log),
    ],
  };
}

function head(place, about) {
  const { trial } = about;
  const { sweep } = place;
  return h("div", { key: "head", class: "page-head" },
    h("nav", { class: "crumbs", "aria-label": "Where this is" }, h("a", { href: place.to() }, "Leaderboard"), " / "),
    h("div", { class: "title" },
      h("h1", {}, `Trial ${trial.trial}`),
      trial.rank && h("span", { key: "rank", class: "badge" }, `rank ${trial.rank}`),
      h("span", { key: "state", class: `badge state ${trial.outcome}` }, words(trial.outcome)),
      h("span", { key: "verdict", class: `badge verdict ${trial.verdict}` }, words(trial.verdict)),
      h("div", { class: "acts" },
        epochsOf(about) && h("button", { key: "curves", onclick: () => saveCurves(place, trial.trial) }, "Curves"),
        about.has_model && h("button", { key: "model", onclick: () => saveModel(place, trial.trial) }, "Model"),
        sweep.takes_orders && OPEN.includes(trial.outcome) && h("button", { key: "stop", class: "danger", onclick: () => askStopTrial(place, trial.trial) }, "Stop this trial"))),
    h("p", { class: "evidence" }, verdictOf(trial)),
    trial.detail && h("p", { key: "detail", class: "quiet" }, `${sentence(trial.detail)}.`));
}

const epochsOf = (about) => about.trial.epochs_trained > 0;

function verdictOf(trial) {
  const opening = {
    healthy: "Healthy", overfitting: `Overfitting from epoch ${trial.onset_epoch}`, underfitting: "Underfitting", diverged: "Diverged",
  }[trial.verdict] ?? "No verdict yet";
  return `${opening}: ${trial.evidence}.`;
}

/** The server counts an attempt's time when it is over; here it runs on. */
function secondsOf({ trial, attempts }) {
  const running = attempts.find((attempt) => attempt.ended_at === null);
  return trial.seconds + (running ? Math.max(0, (Date.now() - new Date(running.started_at)) / 1000) : 0);
}

function figures({ sweep }, about) {
  const { trial } = about;
  return h("section", { key: "figures", class: "card", "aria-label": "Figures" }, h("div", { class: "tiles" },
    tile(words(sweep.objective.metric), metric(sweep.objective.metric)(trial.objective), trial.objective_epoch ? `best, in epoch ${trial.objective_epoch}` : "no epoch yet"),
    tile("test@val", percent(trial.test_accuracy), trial.test_accuracy !== null ? `epoch ${trial.chosen_epoch}, by validation` : "no validation images"),
    tile("best test", percent(trial.best_test_accuracy), trial.best_test_epoch ? `epoch ${trial.best_test_epoch}, by test images` : "no epoch yet"),
    tile("gap", points(trial.gap), "points above held-out"),
    tile("epochs", `${trial.epochs_trained}`, `of ${trial.epochs_allowed}`),
    tile("time", duration(secondsOf(about)), trial.images_per_second ? `${short(trial.images_per_second)} images/s` : "under lease")));
}

const tile = (name, value, note) => h("div", { key: name, class: "tile" }, h("span", { class: "name" }, name), h("b", {}, value), h("small", {}, note));

function charts({ total, onset_epoch: onset, best_epoch: chosen, epochs }, columns) {
  const last = epochs.at(-1);
  const until = onset ? `; overfitting begins in epoch ${onset}` : "";
  const card = (title, label, draw) => h("section", { key: title, class: "card" }, chart({ title, label, of: [columns], draw }));
  const others = otherMetrics(columns).filter((name) => name !== "gap");
  return [h("div", { key: "curves", class: "two even" },
    card("Accuracy", `Accuracy over ${total} epochs, in the last one train ${percent(last?.train_accuracy)}, validation ${percent(last?.validation_accuracy)}, test ${percent(last?.test_accuracy)}${until}`,
      (theme) => curves({ columns, quantity: "accuracy", onset, chosen }, theme)),
    card("Loss", `Loss over ${total} epochs${until}`, (theme) => curves({ columns, quantity: "loss", onset, chosen }, theme))),
  h("div", { key: "more", class: "grid small" },
    card("Learning rate", `Learning rate over ${total} epochs, last ${settingInFull(last?.learning_rate)}`, (theme) => low(learningRate({ columns }, theme))),
    card("Images a second", `Images a second over ${total} epochs, last ${short(last?.images_per_second)}`, (theme) => low(speed({ columns }, theme))),
    others.map((name) => card(sentence(words(name)), `${words(name)} over ${total} epochs`, (theme) => low(curves({ columns, quantity: name, onset, chosen }, theme)))))];
}

/** Of less interest, and so of less height. */
const low = (drawn) => ({ ...drawn, height: 200 });

/** Of a population that shared its networks out: the schedule of hyperparameters that this one's was trained with. */
function origin(place, segments) {
  const names = Object.keys(segments[0].hyperparameters);
  return h("section", { key: "origin", class: "card table-card", "aria-labelledby": "origin-title" },
    h("div", { class: "card-head" }, h("h2", { id: "origin-title" }, "Where its network comes from")),
    h("div", { class: "scroll", tabindex: "0", role: "region", "aria-labelledby": "origin-title" }, h("table", {},
      h("thead", {}, h("tr", {}, ["Epochs", "Trained by", ...names.map(words)].map((title) => h("th", { scope: "col" }, title)))),
      h("tbody", {}, segments.map((segment) => h("tr", { key: segment.first_epoch },
        h("th", { scope: "row" }, `${segment.first_epoch}–${segment.last_epoch}`),
        h("td", {}, h("a", { href: place.to("trials", String(segment.trial)) }, `Trial ${segment.trial}`)),
        names.map((name) => h("td", { key: name, title: settingInFull(segment.hyperparameters[name]) }, setting(segment.hyperparameters[name])))))))));
}

function settings({ sweep }, { trial, settings: all, seed, configuration_hash: hash }) {
  return h("section", { class: "card", "aria-labelledby": "settings-title" },
    h("h2", { id: "settings-title" }, "Hyperparameters"),
    h("dl", { class: "facts" },
      sweep.parameters.filter(({ name }) => name in trial.hyperparameters).map(({ name }) => [
        h("dt", {}, words(name)), h("dd", { title: settingInFull(trial.hyperparameters[name]) }, settingInFull(trial.hyperparameters[name])),
      ]),
      h("dt", {}, "network"), h("dd", {}, `${count(trial.parameters)} parameters`),
      trial.peak_memory_bytes && [h("dt", {}, "peak memory"), h("dd", {}, bytes(trial.peak_memory_bytes))],
      h("dt", {}, "seed"), h("dd", {}, String(seed))),
    h("details", {}, h("summary", {}, "Everything it trains with"),
      h("pre", { class: "scroll", tabindex: "0", "aria-label": "All settings" }, [...all, `hash ${hash}`].join("\n"))));
}

function attempts({ attempts: list, pauses }) {
  return h("section", { class: "card", "aria-labelledby": "attempts-title" },
    h("h2", { id: "attempts-title" }, "Attempts"),
    list.length === 0 && h("p", { class: "quiet empty" }, "None has started yet."),
    pauses > 0 && h("p", { class: "quiet" }, `Paused by the scheduler ${pauses === 1 ? "once" : `${pauses} times`}.`),
    list.length > 0 && h("div", { class: "scroll", tabindex: "0", role: "region", "aria-labelledby": "attempts-title" }, h("table", {},
      h("thead", {}, h("tr", {}, ["Attempt", "Worker", "Started", "Held", "Epochs", "Ended"].map((title) => h("th", { scope: "col" }, title)))),
      h("tbody", {}, list.map((attempt) => h("tr", { key: attempt.attempt, title: attempt.detail },
        h("th", { scope: "row" }, attempt.attempt),
        h("td", {}, attempt.worker),
        h("td", {}, time(attempt.started_at)),
        h("td", {}, attempt.ended_at ? duration((new Date(attempt.ended_at) - new Date(attempt.started_at)) / 1000) : "–"),
        h("td", {}, attempt.epochs > 0 ? `${attempt.first_epoch + 1}–${attempt.first_epoch + attempt.epochs}` : "–"),
        h("td", {}, h("span", { class: `state ${attempt.ending ?? "running"}` }, words(attempt.ending ?? "running")))))))));
}

function journal({ lines, is_cut: isCut }) {
  return h("section", { key: "log", class: "card", "aria-labelledby": "log-title" },
    h("h2", { id: "log-title" }, "Log"),
    isCut && h("p", { class: "quiet" }, `The newest ${LINES} lines.`),
    lines.length === 0 ? h("p", { class: "quiet empty" }, "Nothing was logged of it.")
      : h("div", { class: "log scroll", tabindex: "0", role: "region", "aria-labelledby": "log-title" }, h("ol", {}, lines.map((line, index) =>
        h("li", { key: `${line.at} ${index}`, class: (line.level ?? "").toLowerCase() || null }, h("time", { datetime: line.at }, time(line.at)), " ", line.text)))));
}
