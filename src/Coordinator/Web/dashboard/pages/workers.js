// Who worked on what and when, who was idle or lost, and on which devices.

import { chart } from "../chart.js";
import { timeline as lanes } from "../../charts/charts.js";
import { h } from "../dom.js";
import { bytes, count, duration, sentence, short, time } from "../format.js";

const SPANS = 2000;

export function open() {
  let workers = { workers: [], gone: [] };
  let timeline = null;
  let spans = [];
  return {
    title: () => "Workers",
    async load({ api, sweep }) {
      const next = await Promise.all([api.workers(sweep.sweep), api.timeline(sweep.sweep, SPANS)]);
      workers = next[0];
      if (next[1] === timeline && !next[1].attempts.some((attempt) => attempt.ended_at === null)) return;
      timeline = next[1];
      spans = spansOf(timeline, sweep);
    },
    draw(place) {
      if (!timeline) return null;
      const times = timesOf(spans);
      const total = Object.fromEntries(["busy", "lost", "idle"].map((name) => [name, sum([...times.values()].map((own) => own[name]))]));
      return [
        h("div", { key: "head", class: "page-head" }, h("h1", {}, "Workers"),
          h("p", { class: "quiet" }, place.sweep.activity !== "ended" && `${count(workers.workers.length)} there. `,
            spans.length > 0 && `${duration(total.busy)} at work${total.lost > 0 ? `, ${duration(total.lost)} of it lost` : ""}, ${duration(total.idle)} idle.`,
            timeline.total > timeline.attempts.length && ` The newest ${count(timeline.attempts.length)} of ${count(timeline.total)} attempts.`)),
        h("section", { key: "timeline", class: "card" }, chart({
          title: "Timeline", of: [spans],
          label: `${count(spans.length)} attempts on ${times.size} workers: ${duration(total.busy)} busy, ${duration(total.lost)} lost, ${duration(total.idle)} idle`,
          draw: (theme) => lanes({ spans }, theme),
        })),
        h("section", { key: "workers", class: "card table-card", "aria-labelledby": "workers-title" },
          h("div", { class: "card-head" }, h("h2", { id: "workers-title" }, "Workers and devices")),
          workers.workers.length + workers.gone.length + times.size === 0 ? h("p", { class: "quiet empty" }, "None is there.") : table(place, workers, times)),
      ];
    },
  };
}

function spansOf({ attempts }, sweep) {
  const start = new Date(sweep.started_at).getTime();
  const end = sweep.ended_at ? new Date(sweep.ended_at) : new Date();
  return attempts.map((attempt) => ({
    worker: attempt.worker, trial: attempt.trial, attempt: attempt.attempt,
    from: (new Date(attempt.started_at) - start) / 1000, to: ((attempt.ended_at ? new Date(attempt.ended_at) : end) - start) / 1000,
    kind: attempt.ended_at === null ? "running" : attempt.ending === "lost" ? "lost" : attempt.ending === "failed" ? "failed" : "trained",
  })).sort((one, other) => one.worker.localeCompare(other.worker, "en", { numeric: true }));
}

const length = (span) => span.to - span.from;
const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);

/** By worker. Idle is what lies between a worker's first attempt and its last, and is none. */
function timesOf(spans) {
  return new Map(Object.entries(Object.groupBy(spans, (span) => span.worker)).map(([worker, own]) => {
    const busy = sum(own.map(length));
    return [worker, {
      attempts: own.length, busy, lost: sum(own.filter((span) => span.kind === "lost").map(length)),
      idle: Math.max(0, Math.max(...own.map((span) => span.to)) - Math.min(...own.map((span) => span.from)) - busy),
    }];
  }));
}

/** Workers that are there or were, and those that attempts alone tell of. */
function table(place, { workers, gone }, times) {
  const known = [...workers, ...gone];
  const others = [...times.keys()].filter((name) => !known.some((worker) => worker.worker === name)).map((name) => ({ id: name, worker: name, trial: null }));
  const all = [...known, ...others];
  // Of a sweep that ended long ago, or whose workers came and went, some is not known of anybody.
  const columns = COLUMNS.filter(({ of }) => all.some((worker) => of(worker, times.get(worker.worker)) !== null));
  return h("div", { class: "scroll", tabindex: "0", role: "region", "aria-labelledby": "workers-title" }, h("table", {},
    h("thead", {}, h("tr", {}, ["Worker", "State"].map((title) => h("th", { key: title, scope: "col" }, title)),
      columns.map(({ title, number }) => h("th", { key: title, scope: "col", class: number ? "number" : null }, title)))),
    h("tbody", {}, all.map((worker) => h("tr", { key: `${worker.id} ${worker.left_at ?? ""}` },
      h("th", { scope: "row", title: worker.id }, worker.worker),
      h("td", { title: worker.reason ?? null }, h("span", { class: `state ${stateOf(worker, place)}` }, stateOf(worker, place))),
      columns.map(({ title, number, of }) => h("td", { key: title, class: number ? "number" : null }, of(worker, times.get(worker.worker), place) ?? "–")))))));
}

/** What there is to say of a worker; null where it is not known. */
const COLUMNS = [
  { title: "Trial", of: (worker, own, place) => (worker.trial ? (place ? h("a", { href: place.to("trials", String(worker.trial)) }, `Trial ${worker.trial}`) : worker.trial) : null) },
  { title: "Epoch", of: (worker) => (worker.epoch ? `${Math.min(worker.epoch, worker.epochs)} of ${worker.epochs}` : null) },
  { title: "Device", of: (worker) => worker.device?.name ?? null },
  { title: "Memory", of: (worker) => (worker.device?.memory_bytes ? bytes(worker.device.memory_bytes) : null) },
  { title: "Since", of: (worker) => (worker.since ? time(worker.since) : null) },
  { title: "img/s", number: true, of: (worker) => (worker.images_per_second ? short(worker.images_per_second) : null) },
  { title: "Attempts", number: true, of: (worker, own) => (own ? count(own.attempts) : null) },
  ...["busy", "lost", "idle"].map((name) => ({ title: sentence(name), number: true, of: (worker, own) => (own ? duration(own[name]) : null) })),
];

const stateOf = (worker, place) => (worker.trial ? "training" : worker.left_at || !worker.since || place.sweep.activity === "ended" ? "gone" : "idle");
