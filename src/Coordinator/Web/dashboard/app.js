// The frame around every page: which sweep, which page, how it is going, and what can be done about it.

import { api } from "./api.js";
import { recolour } from "./chart.js";
import { h, render } from "./dom.js";
import { actions } from "./actions.js";
import { words } from "./format.js";
import { follow } from "./live.js";
import { address, current, go } from "./route.js";
import * as sweeps from "./pages/sweeps.js";
import * as sweep from "./pages/sweep.js";
import * as trial from "./pages/trial.js";
import * as compare from "./pages/compare.js";
import * as parallel from "./pages/parallel.js";
import * as importance from "./pages/importance.js";
import * as overfit from "./pages/overfit.js";
import * as rungs from "./pages/rungs.js";
import * as workers from "./pages/workers.js";

const PAGES = { "": sweep, trials: trial, compare, parallel, importance, overfit, rungs, workers };
const TABS = [
  ["", "Sweep"], ["compare", "Compare"], ["parallel", "Parallel"], ["importance", "Importance"], ["overfit", "Overfitting"],
  ["rungs", "Scheduler"], ["workers", "Workers"],
];

/** Between two looks at what has changed, in milliseconds: events come faster than people read. */
const PACE = 1000;

const main = document.getElementById("main");
const top = document.getElementById("top");
const news = document.getElementById("news");

/** What every page gets: the sweep at a glance, where the person is, and how to say something. */
const place = {
  api, sweep: null, parts: [], query: {}, linked: true,
  redraw: () => schedule(draw),
  say(text) { news.textContent = text; },
  /** Another way to look at the same page: the address changes, the page stays. */
  look(query, options) { go([place.sweep.sweep, ...place.parts], { ...place.query, ...query }, { replaces: true, ...options }); },
  to: (...parts) => address([place.sweep.sweep, ...parts]),
  reload: () => load(new Set(["all"])),
};

let page = null;
let pageName = null;
let problem = null;
let unfollow = null;
let isWaiting = false;
const changed = new Set();
let loading = null;
/** A sweep that the list has just told of. */
let known = null;
/** What is known of the sweep was asked for this moment. */
let isFresh = false;

main.textContent = "";
addEventListener("popstate", arrive);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
  if (!localStorage.getItem("sweep-theme")) paint(matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
});
arrive();

/** The person has gone somewhere. */
async function arrive() {
  const { parts: [id, name = "", ...rest], query } = current();
  try {
    if (!id) return await showSweeps();
    if (place.sweep?.sweep !== id) await enter(id);
  } catch (error) {
    problem = error;
    return draw();
  }
  const module = PAGES[name] ?? sweep;
  const instance = [id, name, ...rest].join("/");
  const isNew = instance !== pageName;
  Object.assign(place, { parts: name ? [name, ...rest] : [], query });
  if (isNew) {
    page?.close?.();
    [page, pageName] = [module.open(place), instance];
    problem = null;
    render(main, h("p", { key: "loading", class: "quiet" }, "Loading…"));
    scrollTo(0, 0);
  }
  drawTop();
  top.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  await load(new Set([isNew ? "all" : "place"]));
  if (isNew && document.activeElement === document.body) main.focus({ preventScroll: true });
}

/** Where one sweep runs, straight to it. */
async function showSweeps() {
  const list = await api.sweeps();
  if (list.length === 1) {
    place.sweep = null;
    known = list[0];
    return go([list[0].sweep], {}, { replaces: true });
  }
  unfollow?.();
  Object.assign(place, { sweep: null, parts: [], query: {} });
  [page, pageName, problem] = [sweeps.open(place, list), "sweeps", null];
  draw();
}

async function enter(id) {
  unfollow?.();
  place.sweep = known?.sweep === id ? known : await api.sweep(id);
  known = null;
  isFresh = true;
  unfollow = follow(api.eventsAt(id), api.headers, (data) => heard(JSON.parse(data)), (linked) => {
    const isBack = linked && !place.linked;
    place.linked = linked;
    drawTop();
    if (isBack) changes("all");
  });
}

/** Most of what happens is epochs of other trials: only the page itself knows whether it cares. */
function heard({ kind, trial }) {
  if (kind !== "hello") changes(trial ? `trial ${trial}` : kind);
}

/** Collects what has changed, and looks at it once in a while. */
function changes(topic) {
  changed.add(topic);
  if (isWaiting) return;
  isWaiting = true;
  setTimeout(async () => {
    isWaiting = false;
    const topics = new Set(changed);
    changed.clear();
    if (document.hidden) topics.forEach((each) => changed.add(each));
    else await load(topics);
  }, page?.pace ?? PACE);
}

document.addEventListener("visibilitychange", () => {
  if (!document.hidden && changed.size > 0) changes("all");
});

/** One look at a time; the newest wins. */
async function load(topics) {
  const mine = (loading = Symbol("load"));
  const shown = page;
  try {
    const isKnown = isFresh || topics.has("place");
    isFresh = false;
    const [info] = await Promise.all([isKnown ? place.sweep : api.sweep(place.sweep.sweep), shown.load(place, topics)]);
    if (shown === page) place.sweep = info;
    problem = null;
  } catch (error) {
    problem = error;
  }
  if (shown !== page || (mine !== loading && problem)) return;
  draw();
}

const due = new Set();

function schedule(work) {
  if (due.has(work)) return;
  due.add(work);
  requestAnimationFrame(() => {
    due.delete(work);
    work();
  });
}

function draw() {
  drawTop();
  const title = place.sweep ? `${page?.title?.(place) ?? "Sweep"} · ${place.sweep.name}` : "Sweeps";
  if (document.title !== title) document.title = title;
  render(main,
    problem && h("div", { key: "problem", class: "banner", role: "alert" },
      h("strong", {}, problem.title ?? "The server does not answer."), " ", problem.message),
    page?.isReady !== false && page && page.draw(place));
}

function drawTop() {
  const { sweep: info } = place;
  render(top,
    h("header", { class: "top" },
      h("a", { class: "brand", href: "#/", title: "All sweeps" }, h("img", { src: "dashboard/icon.svg", alt: "", width: 22, height: 22 }), "Sweep"),
      info && h("div", { class: "which" },
        h("a", { href: address([info.sweep]), class: "name" }, info.name),
        h("span", { class: `state ${info.ending ?? info.activity}` }, words(info.activity === "ended" ? endings[info.ending] ?? "ended" : info.activity)),
        !place.linked && h("span", { class: "state lost", title: "Numbers on this page are the last ones heard." }, "not connected")),
      info && info.takes_orders && info.activity !== "ended" && h("div", { key: "acts", class: "acts" }, actions(place)),
      h("button", { key: "theme", class: "plain theme", "aria-label": "Dark or light", title: "Dark or light", onclick: switchTheme },
        h("svg", { viewBox: "0 0 20 20", width: 18, height: 18, "aria-hidden": "true" },
          h("path", { d: "M10 2a8 8 0 1 0 0 16z", fill: "currentColor" }),
          h("circle", { cx: 10, cy: 10, r: 7.25, fill: "none", stroke: "currentColor", "stroke-width": 1.5 })))),
    info && h("nav", { class: "tabs", "aria-label": "Pages" },
      TABS.filter(([name]) => name !== "rungs" || info.scheduler.kind !== "none").map(([name, title]) =>
        h("a", { key: name, href: address([info.sweep, name].filter(Boolean)), "aria-current": isAt(name) ? "page" : null }, title))),
    info && h("div", { class: "thread", "aria-hidden": "true" },
      h("span", { "width%": 100 * (info.trials.finished / ((info.trials_total ?? info.trials.created) || 1)) })));
}

const endings = { all_trials_ended: "finished", interrupted: "interrupted", failure_storm: "gave up" };

const isAt = (name) => (place.parts[0] ?? "") === name || (name === "" && place.parts[0] === "trials");

function switchTheme() {
  const next = document.documentElement.dataset.theme === "dark" ? "light" : "dark";
  try { localStorage.setItem("sweep-theme", next); } catch { /* a browser that stores nothing */ }
  paint(next);
}

function paint(theme) {
  document.documentElement.dataset.theme = theme;
  recolour();
  draw();
}
