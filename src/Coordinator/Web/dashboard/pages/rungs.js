// The scheduler: rung by rung, who went on, who did not, and why.

import { chart } from "../chart.js";
import { lineage, rungName, rungs as bars } from "../../charts/charts.js";
import { h } from "../dom.js";
import { count, duration, metric, sentence, words } from "../format.js";

/** Of a rung that the server names, and of those that are listed. */
const ENTRIES = 200;
const NAMES = 12;

/** Fates in the order of the columns. */
const FATES = [["went_on", "Went on"], ["paused", "Paused"], ["stopped", "Stopped"], ["running", "There now, or ended"]];

/** It is about all trials, and one more changes little: milliseconds between two looks. */
const PACE = 5000;

/** Schedulers that compare trials at rungs, of which about one in so many goes on. */
const HALVING = ["asha", "hyperband", "bohb", "screening"];

export function open() {
  let data = null;
  let family = null;
  return {
    pace: PACE,
    title: () => "Scheduler",
    async load({ api, sweep: { sweep, scheduler } }) {
      [data, family] = await Promise.all([api.rungs(sweep, ENTRIES), scheduler.kind === "pbt" ? api.lineage(sweep) : null]);
    },
    draw(place) {
      if (!data) return null;
      return [
        h("div", { key: "head", class: "page-head" }, h("h1", {}, "Scheduler"), h("p", { class: "quiet" }, family ? takeovers(family) : halving(place.sweep, data))),
        family && population(family),
        data.rungs.length > 0 && h("section", { key: "rungs", class: "card" }, chart({
          title: "Trials by rung", of: [data],
          label: data.rungs.map((rung) => `after ${rungName(rung, data.rungs)} ${rung.went_on} went on, ${rung.paused} paused, ${rung.stopped} stopped`).join("; "),
          draw: (theme) => bars({ rungs: data.rungs, metric: place.sweep.objective.metric }, theme),
        })),
        data.rungs.length > 0 && members(place, data),
        !family && reasons(place, data),
      ];
    },
  };
}

const halving = ({ scheduler }, data) => [
  `${sentence(words(scheduler.kind))}: trials are compared from ${data.rungs[0]?.seconds ? `${duration(data.rungs[0].seconds)} of training` : `epoch ${scheduler.min_epochs}`} on`,
  HALVING.includes(scheduler.kind) && `, and about one in ${scheduler.reduction_factor} goes on`, ". ",
  `${count(data.stopped_total)} were stopped, which saved ${count(data.epochs_saved)} epochs.`,
];

const takeovers = ({ copies, members }) => `Population based training: ${count(new Set(copies.map((copy) => copy.to)).size)} of ${count(members.length)} trials took over another one's network, `
  + `${count(copies.length)} times in all, and went on from it with hyperparameters a little changed.`;

const population = (family) => h("section", { key: "lineage", class: "card" }, chart({
  title: "Lineage", of: [family],
  label: `${count(family.copies.length)} copies of networks among ${count(family.members.length)} trials`,
  draw: (theme) => lineage(family, theme),
}));

function members(place, { rungs }) {
  const show = metric(place.sweep.objective.metric);
  const fates = FATES.filter(([fate]) => rungs.some((rung) => membersOf(rung, fate).total > 0));
  return h("section", { key: "members", class: "card table-card", "aria-labelledby": "members-title" },
    h("div", { class: "card-head" }, h("h2", { id: "members-title" }, "Who"), h("span", { class: "quiet" }, "best first")),
    h("div", { class: "scroll", tabindex: "0", role: "region", "aria-labelledby": "members-title" }, h("table", {},
      h("thead", {}, h("tr", {}, ["Compared after", "Best", ...fates.map(([, title]) => title)].map((title) => h("th", { scope: "col" }, title)))),
      h("tbody", {}, rungs.map((rung) => h("tr", { key: rungName(rung, rungs) },
        h("th", { scope: "row" }, rungName(rung, rungs)),
        h("td", {}, show(rung.entries[0]?.objective)),
        fates.map(([fate]) => h("td", { key: fate, class: "names" }, names(place, show, rung, fate)))))))));
}

function membersOf(rung, fate) {
  const all = rung.entries.filter((entry) => entry.fate === fate || (fate === "running" && entry.fate === "ended"));
  return { all, total: rung[fate] ?? all.length };
}

function names(place, show, rung, fate) {
  const { all, total } = membersOf(rung, fate);
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
