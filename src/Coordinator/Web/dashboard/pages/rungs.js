// The scheduler: rung by rung, who went on, who did not, and why.

import { chart } from "../chart.js";
import { rungs as bars } from "../../charts/charts.js";
import { h } from "../dom.js";
import { count, metric, sentence, words } from "../format.js";

/** Of a rung that the server names, and of those that are listed. */
const ENTRIES = 200;
const NAMES = 12;

/** Fates in the order of the columns. */
const FATES = [["went_on", "Went on"], ["paused", "Paused"], ["stopped", "Stopped"], ["running", "There now"]];

/** It is about all trials, and one more changes little: milliseconds between two looks. */
const PACE = 5000;

export function open() {
  let data = null;
  return {
    pace: PACE,
    title: () => "Scheduler",
    load: async ({ api, sweep: { sweep } }) => { data = await api.rungs(sweep, ENTRIES); },
    draw(place) {
      if (!data) return null;
      const { scheduler } = place.sweep;
      return [
        h("div", { key: "head", class: "page-head" }, h("h1", {}, "Scheduler"),
          h("p", { class: "quiet" }, `${sentence(words(scheduler.kind))}: trials are compared from epoch ${scheduler.min_epochs} on`,
            ["asha", "hyperband"].includes(scheduler.kind) && `, and about one in ${scheduler.reduction_factor} goes on`, ". ",
            `${count(data.stopped_total)} were stopped, which saved ${count(data.epochs_saved)} epochs.`)),
        data.rungs.length > 0 && h("section", { key: "rungs", class: "card" }, chart({
          title: "Trials by rung", of: [data],
          label: data.rungs.map((rung) => `after ${rung.epochs} epochs ${rung.went_on} went on, ${rung.paused} paused, ${rung.stopped} stopped`).join("; "),
          draw: (theme) => bars({ rungs: rungsOf(data) }, theme),
        })),
        data.rungs.length > 0 && members(place, data),
        reasons(place, data),
      ];
    },
  };
}

const rungsOf = ({ rungs }) => rungs.map((rung) => ({
  bracket: rung.bracket, epochs: rung.epochs, promoted: rung.went_on, stopped: rung.stopped, paused: rung.paused, waiting: Math.max(0, rung.reached - rung.went_on - rung.stopped - rung.paused),
}));

function members(place, { rungs }) {
  const show = metric(place.sweep.objective.metric);
  const hasBrackets = rungs.some((rung) => rung.bracket !== rungs[0].bracket);
  return h("section", { key: "members", class: "card table-card", "aria-labelledby": "members-title" },
    h("div", { class: "card-head" }, h("h2", { id: "members-title" }, "Who"), h("span", { class: "quiet" }, "best first")),
    h("div", { class: "scroll", tabindex: "0", role: "region", "aria-labelledby": "members-title" }, h("table", {},
      h("thead", {}, h("tr", {}, [hasBrackets && "Bracket", "Epochs", "Best", ...FATES.map(([, title]) => title)].filter(Boolean).map((title) => h("th", { scope: "col" }, title)))),
      h("tbody", {}, rungs.map((rung) => h("tr", { key: `${rung.bracket} ${rung.epochs}` },
        hasBrackets && h("td", {}, rung.bracket),
        h("th", { scope: "row" }, rung.epochs),
        h("td", {}, show(rung.entries[0]?.objective)),
        FATES.map(([fate]) => h("td", { key: fate, class: "names" }, names(place, show, rung, fate)))))))));
}

function names(place, show, rung, fate) {
  const all = rung.entries.filter((entry) => entry.fate === fate || (fate === "running" && entry.fate === "ended"));
  const total = rung[fate] ?? all.length;
  if (total === 0) return h("span", { class: "quiet" }, "–");
  return [
    all.slice(0, NAMES).map((entry) => h("a", { key: entry.trial, href: place.to("trials", String(entry.trial)), title: show(entry.objective), "aria-label": `Trial ${entry.trial}` }, entry.trial)),
    total > Math.min(NAMES, all.length) && h("span", { class: "quiet" }, `${all.length > 0 ? "and " : ""}${count(total - Math.min(NAMES, all.length))}${all.length > 0 ? " more" : ""}`),
  ];
}

function reasons(place, data) {
  return h("section", { key: "reasons", class: "card", "aria-labelledby": "reasons-title" },
    h("h2", { id: "reasons-title" }, "Stopped, and why"),
    data.stopped.length === 0 ? h("p", { class: "quiet empty" }, "The scheduler has stopped no trial yet.")
      : h("div", { class: "reasons scroll", tabindex: "0", role: "region", "aria-labelledby": "reasons-title" }, h("ol", {}, data.stopped.map((trial) => h("li", { key: trial.trial },
        h("a", { href: place.to("trials", String(trial.trial)) }, `Trial ${trial.trial}`), h("span", { class: "quiet" }, ` after epoch ${trial.epochs}: `), trial.detail ?? "")),
      data.stopped_total > data.stopped.length && h("li", { key: "more", class: "quiet" }, `and ${count(data.stopped_total - data.stopped.length)} before them`))));
}
