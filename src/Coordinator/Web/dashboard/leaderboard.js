// The trials as a table that the server sorts, filters and pages: the page never holds more than one page of them.

import { columnsOf, shownColumns, showColumns } from "./columns.js";
import { h } from "./dom.js";
import { count, words } from "./format.js";
import { address } from "./route.js";

export const PAGE_SIZES = [25, 50, 100];

const STATES = ["running", "waiting", "paused", "completed", "stopped", "overfit", "diverged", "out_of_memory", "failed", "cancelled"];
const VERDICTS = ["healthy", "overfitting", "underfitting", "diverged"];

/** What the address says that the table shows. */
export function askedIn(query) {
  return {
    sort: query.sort ?? "rank",
    states: query.state ? query.state.split(",") : [],
    verdict: query.verdict ?? "",
    filter: query.filter ?? "",
    page: Math.max(1, Number(query.page) || 1),
    size: PAGE_SIZES.includes(Number(query.size)) ? Number(query.size) : PAGE_SIZES[0],
  };
}

/** The same, as the server wants it. */
export function requestOf(query) {
  const { states, verdict, filter, ...rest } = askedIn(query);
  return {
    ...rest,
    filters: [
      states.length > 0 && `outcome=${states.join("|")}`, verdict && `verdict=${verdict}`, ...filter.split(/\s+and\s+|[;,](?![^[]*\])/).map((each) => each.trim()),
    ].filter(Boolean),
  };
}

/** Trials that the person has ticked, to be compared: kept over pages and sorting. */
export const chosen = new Set();

let columnsAreOpen = false;

export function leaderboard(place, { matching: total, trials: rows, problem }) {
  const all = columnsOf(place.sweep);
  const ids = shownColumns(place.sweep, all);
  const columns = all.filter((column) => ids.includes(column.id));
  const asked = askedIn(place.query);
  return h("section", { key: "leaderboard", class: "card table-card", "aria-labelledby": "leaderboard-title" },
    h("div", { class: "card-head" },
      h("h2", { id: "leaderboard-title" }, "Leaderboard"),
      h("span", { class: "quiet", id: "leaderboard-count" }, `${count(total)} ${total === 1 ? "trial" : "trials"}`),
      h("div", { class: "tools" },
        chosen.size > 0 && h("button", { key: "none", class: "plain", onclick: () => { chosen.clear(); place.redraw(); } }, "Clear"),
        h("a", {
          key: "compare", class: `button ${chosen.size > 1 ? "primary" : "off"}`, "aria-disabled": chosen.size > 1 ? null : "true",
          href: chosen.size > 1 ? address([place.sweep.sweep, "compare"], { trials: [...chosen].join(",") }) : null,
          title: chosen.size > 1 ? null : "Tick two trials or more", role: "link",
        }, chosen.size > 1 ? `Compare ${chosen.size}` : "Compare"))),
    filters(place, asked, all, ids),
    problem && h("p", { key: "problem", class: "error", role: "alert" }, problem),
    h("div", { key: "rows", class: "scroll", tabindex: "0", role: "region", "aria-labelledby": "leaderboard-title" },
      h("table", { class: "trials", "aria-describedby": "leaderboard-count" },
        h("thead", {}, h("tr", {},
          h("th", { scope: "col", class: "tick" }, h("span", { class: "unseen" }, "Compare")),
          columns.map((column) => heading(place, asked, column)))),
        h("tbody", {}, rows.map((row) => line(place, columns, row))))),
    rows.length === 0 && !problem && h("p", { key: "none", class: "quiet empty" }, asked.filter || asked.states.length > 0 || asked.verdict ? "No trial is like that." : "No trial yet."),
    pager(place, asked, total));
}

function heading(place, asked, column) {
  const isSorted = asked.sort.replace(/^-/, "") === column.id;
  const isDescending = asked.sort.startsWith("-");
  // Accuracies and the like are best seen from the top.
  const first = column.number && column.id !== "rank" && column.id !== "trial" ? `-${column.id}` : column.id;
  const next = !isSorted ? first : isDescending ? column.id : `-${column.id}`;
  return h("th", { key: column.id, scope: "col", class: column.number ? "number" : null, "aria-sort": isSorted ? (isDescending ? "descending" : "ascending") : null },
    h("button", { class: "sort", title: column.note ?? null, onclick: () => place.look({ sort: next, page: null }) },
      column.title, h("span", { class: "arrow", "aria-hidden": "true" }, isSorted ? (isDescending ? "↓" : "↑") : "")));
}

function line(place, columns, row) {
  const to = place.to("trials", String(row.trial));
  return h("tr", { key: row.trial, class: [chosen.has(row.trial) && "chosen", row.rank === 1 && "first"].filter(Boolean).join(" ") || null },
    h("td", { class: "tick" }, h("input", {
      type: "checkbox", checked: chosen.has(row.trial), "aria-label": `Compare trial ${row.trial}`,
      onchange(event) {
        if (event.target.checked) chosen.add(row.trial);
        else chosen.delete(row.trial);
        place.redraw();
      },
    })),
    columns.map((column) => h("td", { key: column.id, class: column.number ? "number" : null, title: column.hint?.(row) ?? null },
      column.id === "trial" ? h("a", { href: to, "aria-label": `Trial ${row.trial}` }, column.cell(row))
        : column.id === "outcome" ? h("span", { class: `state ${row.outcome}` }, column.cell(row))
        : column.id === "verdict" ? h("span", { class: `verdict ${row.verdict}` }, column.cell(row))
        : column.cell(row))));
}

function filters(place, asked, all, ids) {
  const counts = place.sweep.trials;
  const { states } = asked;
  const toggle = (state) => (states.includes(state) ? states.filter((each) => each !== state) : [...states, state]).join(",");
  return h("div", { key: "filters", class: "filters" },
    h("div", { class: "chips", role: "group", "aria-label": "Only these states" },
      STATES.filter((state) => counts[state] || states.includes(state)).map((state) =>
        h("button", {
          key: state, class: `chip ${state}`, "aria-pressed": String(states.includes(state)),
          onclick: () => place.look({ state: toggle(state), page: null }),
        }, words(state), " ", h("b", {}, count(counts[state] ?? 0))))),
    h("label", {}, h("span", { class: "unseen" }, "Verdict"),
      h("select", { value: asked.verdict, onchange: (event) => place.look({ verdict: event.target.value, page: null }) },
        h("option", { value: "" }, "any verdict"), VERDICTS.map((verdict) => h("option", { value: verdict }, verdict)))),
    h("form", {
      class: "search", role: "search", onsubmit(event) {
        event.preventDefault();
        place.look({ filter: event.target.elements.filter.value.trim(), page: null });
      },
    }, h("input", {
      type: "search", name: "filter", value: asked.filter, "aria-label": "Filter by settings",
      placeholder: "learning_rate<0.1 and epochs_trained>3", spellcheck: "false", autocomplete: "off",
      onsearch: (event) => place.look({ filter: event.target.value.trim(), page: null }),
    })),
    h("details", { class: "menu", open: columnsAreOpen, ontoggle: (event) => { columnsAreOpen = event.target.open; } },
      h("summary", { class: "button" }, "Columns"),
      h("fieldset", { class: "sheet" }, h("legend", { class: "unseen" }, "Columns"),
        all.map((column) => h("label", { key: column.id }, h("input", {
          type: "checkbox", checked: ids.includes(column.id),
          onchange(event) {
            showColumns(place.sweep, event.target.checked ? [...ids, column.id] : ids.filter((id) => id !== column.id));
            place.redraw();
          },
        }), column.id === "rank" ? "rank" : column.title)))));
}

function pager(place, asked, total) {
  const pages = Math.max(1, Math.ceil(total / asked.size));
  if (pages === 1 && total <= PAGE_SIZES[0]) return null;
  const to = (page) => () => place.look({ page: page === 1 ? null : page });
  return h("nav", { key: "pager", class: "pager", "aria-label": "Pages of the leaderboard" },
    h("button", { disabled: asked.page <= 1, onclick: to(1), "aria-label": "First page" }, "«"),
    h("button", { disabled: asked.page <= 1, onclick: to(asked.page - 1), "aria-label": "Previous page" }, "‹"),
    h("span", { class: "where" }, `${count((asked.page - 1) * asked.size + 1)}–${count(Math.min(total, asked.page * asked.size))} of ${count(total)}`),
    h("button", { disabled: asked.page >= pages, onclick: to(asked.page + 1), "aria-label": "Next page" }, "›"),
    h("button", { disabled: asked.page >= pages, onclick: to(pages), "aria-label": "Last page" }, "»"),
    h("label", {}, h("span", { class: "unseen" }, "Rows a page"),
      h("select", { value: asked.size, onchange: (event) => place.look({ size: event.target.value, page: null }) },
        PAGE_SIZES.map((size) => h("option", { value: size }, `${size} rows`)))));
}
