// Puts charts on a page: as a figure with a caption, and the same numbers as a table for keyboards and screen readers.

import { readTheme } from './base.js';

const live = new Set();

/**
 * A figure whose chart is drawn once it comes near the screen or there is nothing else to do, and again when the size or the theme changes.
 * @param draw theme → chart; see base.js
 * @param events of ECharts, as {axisareaselected: (chart, drawn) => …}
 * @returns {element, update(draw), remove()}
 */
export function figure({ title, caption, draw, events = {}, renderer = 'svg', before = [] }) {
  const element = document.createElement('figure');
  element.className = 'chart';
  const canvas = make('div', { className: 'canvas', role: 'img', ariaLabel: title });
  const table = make('details', {}, [make('summary', { textContent: `${title.replace(/\.$/, '')}: the numbers` })]);
  element.append(...before, canvas, make('figcaption', {}, captionOf(title, caption)), table);
  const self = { element, chart: null, drawn: null, canvas, isNear: false, show, refresh, update, remove, print };
  table.addEventListener('toggle', () => table.open ? fill(table, self.drawn?.table) : table.querySelector('.scroll')?.remove());
  live.add(self);
  near.observe(canvas);
  sizes.observe(canvas);
  idle(show);
  return self;

  function show() {
    if (self.isNear) return;
    self.isNear = true;
    refresh();
  }

  function refresh() {
    if (!self.isNear || !canvas.isConnected) return;
    self.drawn = draw(readTheme());
    if (self.drawn.nothing) return say(self.drawn.nothing);
    if (canvas.firstElementChild?.className === 'nothing') canvas.replaceChildren();
    canvas.style.height = `${self.drawn.height ?? 320}px`;
    if (!self.chart) start();
    self.chart.setOption(self.drawn.option, { notMerge: true });
    if (table.open) fill(table, self.drawn.table);
  }

  function start() {
    self.chart = echarts.init(canvas, null, { renderer });
    for (const [name, act] of Object.entries(events)) self.chart.on(name, event => act(self.chart, self.drawn, event));
  }

  function say(reason) {
    self.chart?.dispose();
    self.chart = null;
    canvas.style.height = 'auto';
    canvas.replaceChildren(make('p', { className: 'nothing', textContent: reason }));
  }

  function update(next) {
    draw = next;
    refresh();
  }

  /** On paper there is no scrolling: everything is drawn, as wide as the page, and at once, since no frame comes before the page is printed. */
  function print(width) {
    self.isNear = true;
    if (!self.chart) refresh();
    self.chart?.resize({ width });
    self.chart?.getZr().flush();
  }

  function remove() {
    live.delete(self);
    near.unobserve(canvas);
    sizes.unobserve(canvas);
    self.chart?.dispose();
    element.remove();
  }
}

export function make(tag, properties = {}, children = []) {
  const element = Object.assign(document.createElement(tag), properties);
  if (properties.role) element.setAttribute('role', properties.role);
  element.append(...children);
  return element;
}

/** An HTML table of {head, rows}; cells are text. */
export function tableOf({ head, rows }, most = 500) {
  const cell = tag => value => make(tag, { textContent: Array.isArray(value) ? `[${value.join(', ')}]` : value ?? '–', ...(tag === 'th' ? { scope: 'col' } : {}) });
  const body = rows.slice(0, most).map(row => make('tr', {}, row.map(cell('td'))));
  const rest = rows.length > most ? [make('tr', {}, [make('td', { colSpan: head.length, textContent: `… and ${rows.length - most} more` })])] : [];
  return make('table', {}, [make('thead', {}, [make('tr', {}, head.map(cell('th')))]), make('tbody', {}, [...body, ...rest])]);
}

const captionOf = (title, caption) => [make('strong', { textContent: title }), ...(caption ? [' ', caption] : [])];

function fill(details, table) {
  details.querySelector('.scroll')?.remove();
  if (table) details.append(make('div', { className: 'scroll', tabIndex: 0, role: 'region', ariaLabel: 'numbers' }, [tableOf(table)]));
}

/** One after the other, each when the browser has time, so that the page answers while charts are drawn. */
const waiting = [];
function idle(work) {
  if (waiting.push(work) === 1) later(next);
}
function next() {
  waiting[0]();
  waiting.shift();
  if (waiting.length > 0) later(next);
}
const later = globalThis.requestIdleCallback ?? (work => setTimeout(work));

const near = new IntersectionObserver(entries => {
  for (const entry of entries) {
    const self = [...live].find(one => one.canvas === entry.target);
    if (entry.isIntersecting) self?.show();
  }
}, { rootMargin: '400px' });

let isPrinting = false;

const sizes = new ResizeObserver(entries => {
  if (isPrinting) return;
  for (const entry of entries) [...live].find(one => one.canvas === entry.target)?.chart?.resize();
});

const refreshAll = () => live.forEach(one => one.refresh());
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', refreshAll);
new MutationObserver(refreshAll).observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });

const PaperWidth = 680;
addEventListener('beforeprint', () => {
  isPrinting = true;
  live.forEach(one => one.print(PaperWidth));
});
addEventListener('afterprint', () => {
  isPrinting = false;
  live.forEach(one => one.chart?.resize({ width: 'auto' }));
});
