// What a person may do to the sweep, each asked back before it is done.

import { ask } from "./dialog.js";
import { h } from "./dom.js";
import { setting, words } from "./format.js";

/** The buttons that make sense now. */
export function actions(place) {
  const { sweep } = place;
  if (!sweep.takes_orders || sweep.activity === "ended") return null;
  return [
    sweep.activity === "paused"
      ? h("button", { key: "resume", class: "primary", onclick: () => askResume(place) }, "Resume")
      : h("button", { key: "pause", onclick: () => askPause(place) }, "Pause"),
    h("button", { key: "enqueue", onclick: () => askEnqueue(place) }, "Enqueue"),
    sweep.search.trials !== null && h("button", { key: "extend", onclick: () => askExtend(place) }, "Extend"),
    h("button", { key: "stop", class: "danger", onclick: () => askStop(place) }, "Stop"),
  ];
}

export function askStopTrial(place, number) {
  ask({
    title: `Stop trial ${number}?`,
    body: h("p", {}, "It ends with what it has reached, and its worker takes the next one. It cannot go on later."),
    yes: "Stop trial", danger: true,
    async act() {
      await place.api.stopTrial(place.sweep.sweep, number);
      place.say(`Trial ${number} is told to stop.`);
      place.reload();
    },
  });
}

const askStop = (place) => ask({
  title: "Stop the sweep?",
  body: h("p", {}, "Workers end, trials under way are cancelled, and the leaderboard is written. ", h("code", {}, "--resume"), " goes on with it."),
  yes: "Stop sweep", danger: true,
  act: () => done(place, place.api.stop(place.sweep.sweep), "The sweep is told to stop."),
});

const askPause = (place) => ask({
  title: "Pause the sweep?",
  body: h("p", {}, "No trial starts until it is resumed; those under way are handed back with their checkpoints and go on from there."),
  yes: "Pause",
  act: () => done(place, place.api.pause(place.sweep.sweep), "The sweep is told to pause."),
});

const askResume = (place) => ask({
  title: "Resume the sweep?",
  body: h("p", {}, "Workers take trials again."),
  yes: "Resume",
  act: () => done(place, place.api.resume(place.sweep.sweep), "The sweep goes on."),
});

const askExtend = (place) => ask({
  title: "Extend the search",
  body: h("label", { class: "field" }, "Trials in all",
    h("input", { name: "trials", type: "number", min: place.sweep.search.trials + 1, value: place.sweep.search.trials + 10, required: true })),
  yes: "Extend",
  act: (form) => done(place, place.api.extend(place.sweep.sweep, Number(form.elements.trials.value)), "The search is extended."),
});

const askEnqueue = (place) => ask({
  title: "Try this configuration next",
  body: [
    h("p", { class: "quiet" }, "It becomes a trial ahead of what the search proposes."),
    h("div", { class: "fields" }, place.sweep.parameters.map(field)),
  ],
  yes: "Enqueue",
  act: (form) => done(place, place.api.enqueue(place.sweep.sweep, valuesIn(form, place.sweep.parameters)), "The configuration is in the queue."),
});

async function done(place, request, news) {
  await request;
  place.say(news);
  place.reload();
}

/** An input that can hold nothing else than the parameter can. */
function field(parameter) {
  const { name, kind, values, min, max, step, scale } = parameter;
  const isConditional = Object.keys(parameter.when).length > 0;
  const note = isConditional && h("small", { class: "quiet" }, "only where ", Object.entries(parameter.when).map(([other, of]) => `${words(other)} is ${of.map(setting).join(" or ")}`).join(" and "));
  if (values) {
    return h("label", { class: "field" }, words(name), note,
      h("select", { name }, isConditional && h("option", { value: "" }, "not there"), values.map((value) => h("option", { value: JSON.stringify(value) }, setting(value)))));
  }
  return h("label", { class: "field" }, words(name), note,
    h("input", { name, type: "number", min, max, step: kind === "integer" ? step ?? 1 : "any", required: !isConditional, value: isConditional ? "" : middleOf(parameter) }),
    h("small", { class: "quiet" }, `${setting(min)} to ${setting(max)}${scale === "log" ? ", on a log scale" : ""}`));
}

function middleOf({ kind, min, max, step, scale }) {
  const middle = scale === "log" ? Math.sqrt(min * max) : (min + max) / 2;
  if (!step) return kind === "integer" ? Math.round(middle) : Number(middle.toPrecision(3));
  return Number((min + Math.round((middle - min) / step) * step).toPrecision(12));
}

function valuesIn(form, parameters) {
  const entries = parameters.map(({ name, values }) => [name, form.elements[name].value, values])
    .filter(([, text]) => text !== "")
    .map(([name, text, values]) => [name, values ? JSON.parse(text) : Number(text)]);
  return Object.fromEntries(entries);
}
