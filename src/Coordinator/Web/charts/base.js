// What all charts have in common. A chart is {option, table, height, nothing}: ECharts' option; the same as {head, rows}; pixels; and, in place of
// an option, why there is nothing to draw. Charts are pure functions of data and theme, so that the report and the dashboard draw alike.

import { escape, isFraction, number, percent, words } from './format.js';

const Names = ['panel', 'ink', 'muted', 'line', 'accent', 'good', 'warn', 'bad'];

/** The page's colours (theme.css), as charts need them. A custom property is only text: what colour it is now, an element that has it tells. */
export function readTheme() {
  const probe = document.body.appendChild(document.createElement('span'));
  const style = getComputedStyle(probe);
  const read = name => {
    probe.style.color = `var(--${name})`;
    return style.color;
  };
  const many = (name, count) => Array.from({ length: count }, (_, index) => read(`${name}-${index + 1}`));
  const theme = {
    ...Object.fromEntries(Names.map(name => [name, read(name)])),
    // What the chart stands on: the page itself, or a card on it.
    paper: read('surface, var(--paper)'),
    series: many('series', 6), ramp: many('ramp', 5), heat: many('heat', 4), font: style.getPropertyValue('--sans').trim(),
  };
  probe.remove();
  return theme;
}

export const nothing = reason => ({ nothing: reason });

/** Options that every chart begins with. */
export const frame = (theme, { left = 64, right = 24, top = 40, bottom = 52 } = {}) => ({
  animation: false,
  aria: { enabled: true },
  textStyle: { fontFamily: theme.font, color: theme.ink, fontSize: 12 },
  color: theme.series,
  grid: { left, right, top, bottom },
  legend: { top: 4, left: 'center', type: 'scroll', textStyle: { color: theme.ink }, inactiveColor: theme.line, pageTextStyle: { color: theme.ink }, pageIconColor: theme.ink },
  tooltip: tooltip(theme),
});

/** Text alone: what trials hold is never read as markup. */
export const tooltip = theme => ({
  confine: true, className: 'chart-tip', backgroundColor: theme.panel, borderColor: theme.line, textStyle: { color: theme.ink, fontSize: 13 },
});

export const lines = (...parts) => escape(parts.filter(Boolean).join('\n'));

const look = theme => ({
  axisLine: { lineStyle: { color: theme.line } },
  axisTick: { lineStyle: { color: theme.line } },
  axisLabel: { color: theme.muted, hideOverlap: true },
  splitLine: { lineStyle: { color: theme.line, opacity: 0.5 } },
  nameTextStyle: { color: theme.muted },
  nameLocation: 'middle',
});

export const xAxis = (theme, name, rest = {}) => ({ ...look(theme), type: 'value', name, nameGap: 30, ...rest, splitLine: { show: false } });

export const yAxis = (theme, name, rest = {}) => ({ ...look(theme), type: 'value', scale: true, name, nameGap: 48, ...rest });

/** An axis of a metric: fractions in percent. */
export const metricAxis = metric => isFraction(metric)
  ? { name: `${words(metric)}, %`, max: ({ max }) => max > 0.97 ? 1 : null, axisLabel: { formatter: value => String(Number((value * 100).toPrecision(6))), hideOverlap: true } }
  : { name: words(metric), axisLabel: { formatter: value => number(value), hideOverlap: true } };

export const withLabels = (theme, axis) => ({ ...axis, axisLabel: { color: theme.muted, ...axis.axisLabel } });

/** An axis of a parameter {name, scale: linear | log | choice, values?}. */
export function parameterAxis(parameter) {
  if (parameter.scale === 'choice') return { type: 'category', name: words(parameter.name), data: parameter.values.map(String) };
  const axis = { type: parameter.scale === 'log' ? 'log' : 'value', name: words(parameter.name), scale: true, axisLabel: { formatter: value => number(value), hideOverlap: true } };
  return parameter.min === undefined || parameter.min === null ? axis : { ...axis, min: parameter.min, max: parameter.max };
}

/** Where a trial stands on such an axis; null where it has no such parameter. */
export function parameterValue(parameter, hyperparameters) {
  const value = hyperparameters?.[parameter.name];
  if (value === null || value === undefined) return null;
  return parameter.scale === 'choice' ? choice(value) : Number(value);
}

export const choice = value => Array.isArray(value) ? `[${value.join(', ')}]` : String(value);

/** Parameters as axes need them, from what trials hold where the space does not say. */
export function parametersOf(trials, given) {
  if (given?.length) return given.map(parameter => parameter.scale === 'choice' ? { ...parameter, values: parameter.values.map(choice) } : parameter);
  const names = [...new Set(trials.flatMap(trial => Object.keys(trial.hyperparameters ?? {})))];
  return names.map(name => {
    const values = trials.map(trial => trial.hyperparameters?.[name]).filter(value => value !== null && value !== undefined);
    return values.every(value => typeof value === 'number')
      ? { name, scale: 'linear', min: Math.min(...values), max: Math.max(...values) }
      : { name, scale: 'choice', values: [...new Set(values.map(choice))] };
  });
}

export const outcomes = theme => ({
  completed: { color: theme.series[0], symbol: 'circle' },
  stopped: { color: theme.series[5], symbol: 'emptyCircle' },
  overfit: { color: theme.series[1], symbol: 'triangle' },
  diverged: { color: theme.bad, symbol: 'diamond' },
  out_of_memory: { color: theme.bad, symbol: 'rect' },
  failed: { color: theme.bad, symbol: 'pin' },
  cancelled: { color: theme.muted, symbol: 'emptyDiamond' },
  running: { color: theme.series[2], symbol: 'roundRect' },
  waiting: { color: theme.muted, symbol: 'emptyCircle' },
  paused: { color: theme.series[4], symbol: 'emptyRoundRect' },
});

export const trialName = trial => `trial ${trial.trial}: ${words(trial.outcome)}`;

export const ratio = value => value === null || value === undefined ? null : percent(value);
