// All sweeps that this coordinator knows.

import { h } from "../dom.js";
import { count, metric, time, words } from "../format.js";
import { address } from "../route.js";

export function open(place, list) {
  return {
    title: () => "Sweeps",
    load: async () => { list = await place.api.sweeps(); },
    draw: () => h("section", { class: "card" },
      h("h1", {}, "Sweeps"),
      list.length === 0 && h("p", { class: "quiet" }, "None has begun yet."),
      h("div", { class: "scroll" }, h("table", {},
        h("thead", {}, h("tr", {}, ["Sweep", "Question", "State", "Began", "Trials", "Best"].map((title) => h("th", { scope: "col" }, title)))),
        h("tbody", {}, list.map((sweep) => h("tr", { key: sweep.sweep },
          h("th", { scope: "row" }, h("a", { href: address([sweep.sweep]) }, sweep.name)),
          h("td", {}, sweep.question ?? ""),
          h("td", {}, h("span", { class: `state ${sweep.ending ?? sweep.activity}` }, words(sweep.ending ?? sweep.activity))),
          h("td", {}, time(sweep.started_at)),
          h("td", {}, `${count(sweep.trials.finished)}${sweep.trials_total ? ` of ${count(sweep.trials_total)}` : ""}`),
          h("td", {}, metric(sweep.objective.metric)(sweep.best?.objective)))))))),
  };
}
