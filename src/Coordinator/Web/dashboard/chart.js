// A chart in the page: charts/ says what it looks like, ECharts draws it, and a table says the same to whoever would rather read.

import { readTheme, tableOf } from "../charts/charts.js";
import { h } from "./dom.js";

const shown = new Set();

/**
 * A figure.
 * @param label What the chart shows, in a sentence with its most important number.
 * @param draw theme → chart, as charts/base.js has it.
 * @param of What `draw` draws, a list: while all of it is the same, nothing is drawn again.
 * @param on Listeners of ECharts' events by name: (echarts, chart) => …
 * @param aside Elements beside the title.
 */
export function chart({ key, title, label, draw, of, on = {}, aside, height }) {
  return h("figure", { key, class: "chart" },
    (title || aside) && h("figcaption", {}, title && h("h2", {}, title), aside),
    h("div", { key: "canvas", class: "canvas", role: "img", "aria-label": label, hook: canvas({ draw, of, on, height }) }),
    h("details", { key: "table", class: "as-table", ontoggle: (event) => fill(event.target) }, h("summary", {}, "As a table")));
}

/** The colours have changed: every chart is drawn anew. */
export function recolour() {
  for (const element of shown) {
    stop(element);
    start(element);
  }
}

function canvas(description) {
  return {
    made(element) {
      element.description = description;
      shown.add(element);
      // After the page is laid out, so that the chart knows its width.
      element.waiting = requestAnimationFrame(() => start(element));
      element.watch = new ResizeObserver(() => element.echarts?.resize());
      element.watch.observe(element);
    },
    changed(element) {
      const before = element.description;
      element.description = description;
      if (!element.isStarted || isSame(before.of, description.of)) return;
      if (!element.echarts) return start(element);
      const next = description.draw(readTheme());
      if (next.nothing) return start(element);
      element.drawn = next;
      setHeight(element);
      element.echarts.setOption(next.option, { replaceMerge: ["series"] });
      const table = element.parentElement.querySelector("details");
      if (table?.open) fill(table);
    },
    gone(element) {
      cancelAnimationFrame(element.waiting);
      shown.delete(element);
      element.watch.disconnect();
      stop(element);
    },
  };
}

const isSame = (one, other) => one.length === other.length && one.every((each, index) => each === other[index]);

function start(element) {
  const { draw, on } = element.description;
  element.isStarted = true;
  element.drawn = draw(readTheme());
  if (element.drawn.nothing) {
    stop(element);
    element.style.height = "";
    element.classList.add("empty");
    element.textContent = element.drawn.nothing;
    return;
  }
  if (!element.echarts) element.textContent = "";
  element.classList.remove("empty");
  setHeight(element);
  element.echarts ??= echarts.init(element, null, { renderer: "canvas" });
  for (const name of Object.keys(on)) element.echarts.on(name, () => element.description.on[name](element.echarts, element.drawn));
  element.echarts.setOption(element.drawn.option);
}

function stop(element) {
  element.echarts?.dispose();
  element.echarts = null;
}

function setHeight(element) {
  const height = `${element.description.height ?? element.drawn.height ?? 280}px`;
  if (element.style.height !== height) element.style.height = height;
}

/** Written when somebody looks, and not before. */
function fill(details) {
  const drawn = details.parentElement.querySelector(".canvas").drawn;
  details.querySelector(".scroll")?.remove();
  if (!details.open || !drawn?.table) return;
  const region = document.createElement("div");
  Object.assign(region, { className: "scroll", tabIndex: 0, ariaLabel: "The chart's numbers" });
  region.setAttribute("role", "region");
  region.append(tableOf(drawn.table));
  details.append(region);
}
