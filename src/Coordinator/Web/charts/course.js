import { frame, lines, metricAxis, nothing, withLabels, xAxis, yAxis } from './base.js';
import { count, duration, metricValue, words } from './format.js';

const Axes = {
  seconds: { name: 'time since the sweep began', look: duration },
  epochs: { name: 'epochs trained by then', look: count },
  trial: { name: 'trial', look: count },
};

/**
 * Trials as they ended, and the best epoch so far, over time, epochs spent, or trials.
 * @param data {objective: {metric, goal}, best, trials, over: seconds | epochs | trial}; points are {seconds, epochs, trial, objective}
 */
export function course({ objective: { metric, goal }, best, trials, over = 'seconds' }, theme) {
  if (best.length === 0) return nothing('The first epoch is the first point.');
  const axis = Axes[over];
  const base = frame(theme, { left: 58, right: 16, top: 32, bottom: 46 });
  const point = row => ({ value: [row[over], row.objective], row });
  const end = Math.max(...[...best, ...trials].map(row => row[over]));
  const line = over === 'trial' ? stepsOf(trials, goal) : best;
  const last = line.at(-1);
  return {
    height: 280,
    option: {
      ...base,
      tooltip: { ...base.tooltip, trigger: 'item', formatter: ({ data: { row } }) => lines(`trial ${row.trial}`, metricValue(metric, row.objective), `after ${duration(row.seconds)}, ${count(row.epochs)} epochs`) },
      xAxis: xAxis(theme, axis.name, { max: end || 1, min: 0, axisLabel: { formatter: axis.look, color: theme.muted, hideOverlap: true } }),
      yAxis: withLabels(theme, yAxis(theme, '', { ...metricAxis(metric), nameGap: 44 })),
      series: [
        { type: 'scatter', name: 'trials as they ended', symbolSize: trials.length > 300 ? 4 : 7, itemStyle: { color: theme.series[0], opacity: 0.55 }, data: trials.map(point) },
        {
          type: 'line', name: 'best so far', step: 'end', symbol: 'circle', symbolSize: 4, showSymbol: line.length < 40, itemStyle: { color: theme.ink }, lineStyle: { width: 2, color: theme.ink },
          data: last ? [...line.map(point), { value: [end, last.objective], row: last, symbol: 'none' }] : [],
        },
      ],
    },
    table: {
      head: ['trial', 'ended after', 'epochs by then', words(metric)],
      rows: trials.map(row => [row.trial, duration(row.seconds), count(row.epochs), metricValue(metric, row.objective)]),
    },
  };
}

/** Best so far in the order of the trials' numbers. */
function stepsOf(trials, goal) {
  const better = goal === 'minimize' ? (a, b) => a < b : (a, b) => a > b;
  const steps = [];
  for (const row of trials.toSorted((a, b) => a.trial - b.trial))
    if (steps.length === 0 || better(row.objective, steps.at(-1).objective)) steps.push(row);
  return steps;
}
