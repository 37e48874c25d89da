// The sweep: the question, how far it is, what was best when, and the leaderboard.

import { chart } from "../chart.js";
import { course } from "../../charts/course.js";
import { h } from "../dom.js";
import { count, duration, metric, percent, rate, sentence, short, time, words } from "../format.js";
import { leaderboard, requestOf } from "../leaderboard.js";

/** In the order in which a bar shows them. */
const ORDER = ["completed", "stopped", "overfit", "diverged", "out_of_memory", "failed", "cancelled", "running", "paused", "waiting"];

const POINTS = 1000;
const WARNINGS = 3;

const OVER = [["seconds", "over time"], ["epochs", "over epochs spent"], ["trial", "over trials"]];

export function open() {
  let found = { matching: 0, trials: [] };
  let progress = { best: [], trials: [] };
  let workers = [];
  return {
    title: () => "Sweep",
    async load(place, topics) {
      const { api, query, sweep: { sweep } } = place;
      const isAll = !topics.has("place");
      const page = api.trials(sweep, requestOf(query)).catch((error) => {
        if (error.status === 400) return { matching: 0, trials: [], problem: error.message };
        throw error;
      });
      const [trials, course, there] = await Promise.all([page, isAll ? api.progress(sweep, POINTS) : progress, isAll ? api.workers(sweep) : { workers }]);
      // The person may have asked for something else since.
      if (query === place.query) found = trials;
      [progress, workers] = [course, there.workers];
    },
    draw: (place) => [
      head(place.sweep),
      figures(place),
      warnings(place),
      h("div", { key: "two", class: place.sweep.activity === "ended" ? "one" : "two" }, objective(place, progress), place.sweep.activity !== "ended" && running(place, workers)),
      leaderboard(place, found),
    ],
  };
}

function head(sweep) {
  return h("div", { key: "head", class: "page-head" },
    h("h1", {}, sweep.question || sweep.name),
    h("p", { class: "quiet" }, [
      sweep.dataset, `${words(sweep.objective.metric)} chooses`, `search: ${words(sweep.search.algorithm)}`,
      sweep.scheduler.kind !== "none" && `scheduler: ${words(sweep.scheduler.kind)}`, `seed ${sweep.seed}`,
    ].filter(Boolean).join(" · ")),
    sweep.notice && h("p", { class: "notice" }, sweep.notice));
}

function figures(place) {
  const { sweep } = place;
  const { trials, best } = sweep;
  const shown = ORDER.filter((state) => trials[state] > 0);
  const all = Math.max(trials.created, sweep.trials_total ?? 0, 1);
  const show = metric(sweep.objective.metric);
  const left = sweep.time_left;
  return h("section", { key: "figures", class: "card", "aria-label": "Progress" },
    h("div", { class: "tiles" },
      tile("trials", count(trials.finished), sweep.trials_total ? `of ${count(sweep.trials_total)} ended` : "ended"),
      tile(`best ${words(sweep.objective.metric)}`, show(best?.objective), best ? h("a", { href: place.to("trials", String(best.trial)) }, `trial ${best.trial}, epoch ${best.objective_epoch}`) : "no trial has ended"),
      tile("its test@val", percent(best?.test_accuracy), !best ? "no trial has ended" : best.test_accuracy !== null ? "what one may claim" : "no validation images"),
      tile("epochs", count(sweep.epochs), sweep.epochs_per_second > 0 ? `${rate(sweep.epochs_per_second)} a second` : "trained"),
      sweep.activity === "ended"
        ? tile("took", duration(sweep.running_seconds), `${duration(sweep.worker_seconds)} of workers`)
        : tile("time left", left ? duration(left.seconds) : "–", left ? `${duration(left.low)} to ${duration(left.high)}` : "not known yet"),
      sweep.activity === "ended"
        ? tile("ended", time(sweep.ended_at).split(" ").at(-1), words(sweep.ending))
        : tile("workers", count(sweep.workers), `for ${duration(sweep.running_seconds)}`)),
    h("div", { class: "bar", role: "img", "aria-label": shown.map((state) => `${count(trials[state])} ${words(state)}`).join(", ") || "no trial yet" },
      shown.map((state) => h("span", { key: state, class: state, "width%": (100 * trials[state]) / all }))),
    h("ul", { class: "legend" }, shown.map((state) =>
      h("li", { key: state, class: state }, h("i", { "aria-hidden": "true" }), words(state), " ", h("b", {}, count(trials[state]))))));
}

const tile = (name, value, note) => h("div", { key: name, class: "tile" }, h("span", { class: "name" }, name), h("b", {}, value), h("small", {}, note));

function warnings({ sweep }) {
  const list = sweep.warnings;
  if (list.length === 0) return null;
  const line = (warning) => h("li", { key: `${warning.at} ${warning.text}` }, h("time", { datetime: warning.at }, time(warning.at)), " ", warning.text);
  return h("section", { key: "warnings", class: "card warnings", "aria-labelledby": "warnings-title" },
    h("h2", { id: "warnings-title" }, "Warnings"),
    h("ul", {}, list.slice(0, WARNINGS).map(line)),
    list.length > WARNINGS && h("details", {}, h("summary", {}, `${list.length - WARNINGS} more`), h("ul", {}, list.slice(WARNINGS).map(line))));
}

function objective(place, progress) {
  const { sweep } = place;
  const over = OVER.some(([id]) => id === place.query.over) ? place.query.over : pauses(sweep) ? "trial" : "seconds";
  return h("section", { key: "objective", class: "card" }, chart({
    title: sentence(words(sweep.objective.metric)),
    aside: h("label", {}, h("span", { class: "unseen" }, "Across"),
      h("select", { value: over, onchange: (event) => place.look({ over: event.target.value }) }, OVER.map(([id, title]) => h("option", { value: id }, title)))),
    label: `${sentence(words(sweep.objective.metric))} of ${progress.trials.length} trials; the best so far is ${metric(sweep.objective.metric)(progress.best.at(-1)?.objective)}`,
    of: [progress, over],
    draw: (theme) => course({ objective: sweep.objective, best: progress.best, trials: progress.trials, over }, theme),
  }));
}

/** Where trials pause they end late, most of them together with the sweep. */
const pauses = ({ scheduler }) => scheduler.kind === "asha" || scheduler.kind === "hyperband";

function running(place, workers) {
  const busy = workers.filter((worker) => worker.trial !== null);
  return h("section", { key: "running", class: "card", "aria-labelledby": "running-title" },
    h("h2", { id: "running-title" }, "Running now"),
    busy.length === 0 && h("p", { class: "quiet empty" }, "No trial runs."),
    h("ul", { class: "now" }, busy.map((worker) => {
      const share = (worker.epoch - 1 + (worker.epoch_progress ?? 0)) / worker.epochs;
      return h("li", { key: worker.trial },
        h("a", { href: place.to("trials", String(worker.trial)) }, `Trial ${worker.trial}`),
        h("span", { class: "quiet" }, `epoch ${Math.min(worker.epoch, worker.epochs)} of ${worker.epochs}`),
        h("span", {}, worker.images_per_second ? `${short(worker.images_per_second)} img/s` : ""),
        h("span", { class: "bar thin", role: "img", "aria-label": `${Math.round(100 * share)} % done` }, h("span", { class: "running", "width%": 100 * Math.min(1, share) })),
        h("span", { class: "quiet worker" }, worker.worker));
    })));
}
