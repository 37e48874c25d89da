import { frame, lines, metricAxis, nothing, outcomes, trialName, withLabels, xAxis, yAxis } from './base.js';
import { duration, metricValue, settings, words } from './format.js';

const Many = 3_000;

/**
 * Every trial's objective in the order in which they were created, and the best so far.
 * @param data {objective: {metric, goal}, trials: [{trial, outcome, objective, hyperparameters}]}
 */
export function objectiveOverTime({ objective: { metric, goal }, trials }, theme) {
  const known = trials.filter(trial => Number.isFinite(trial.objective)).toSorted((a, b) => a.trial - b.trial);
  if (known.length === 0) return nothing('No trial has a result yet.');
  const styles = outcomes(theme);
  const best = bestSoFar(known, goal);
  const base = frame(theme);
  return {
    option: {
      ...base,
      tooltip: { ...base.tooltip, trigger: 'item', formatter: ({ data }) => data.row ? lines(trialName(data.row), metricValue(metric, data.row.objective), settings(data.row.hyperparameters).replaceAll(' ', '\n')) : undefined },
      xAxis: xAxis(theme, 'trial, in the order of creation', { minInterval: 1, min: 0, max: known.at(-1).trial + 1 }),
      yAxis: withLabels(theme, yAxis(theme, '', metricAxis(metric))),
      dataZoom: [{ type: 'inside' }],
      series: [
        ...Object.entries(Object.groupBy(known, trial => trial.outcome)).map(([outcome, rows]) => ({
          type: 'scatter', name: words(outcome), large: rows.length > Many, symbolSize: known.length > 300 ? 5 : 8,
          symbol: styles[outcome]?.symbol ?? 'circle', itemStyle: { color: styles[outcome]?.color, opacity: 0.8 },
          data: rows.map(row => ({ value: [row.trial, row.objective], row })),
        })),
        { type: 'line', name: 'best so far', step: 'end', showSymbol: false, silent: true, data: best, lineStyle: { width: 2, color: theme.ink }, itemStyle: { color: theme.ink } },
      ],
    },
    table: { head: ['trial', 'outcome', words(metric)], rows: known.map(row => [row.trial, words(row.outcome), metricValue(metric, row.objective)]) },
  };
}

/** Only trials that ended in order, as in the leaderboard. The line is extended to the newest trial. */
export function bestSoFar(trials, goal) {
  const better = goal === 'minimize' ? (a, b) => a < b : (a, b) => a > b;
  const steps = [];
  for (const trial of trials) {
    if (!['completed', 'stopped', 'overfit'].includes(trial.outcome)) continue;
    if (steps.length === 0 || better(trial.objective, steps.at(-1)[1])) steps.push([trial.trial, trial.objective]);
  }
  if (steps.length > 0) steps.push([trials.at(-1).trial, steps.at(-1)[1]]);
  return steps;
}

/**
 * The best objective so far of several runs, against epochs or seconds.
 * @param data {metric, runs: [{name, points: [{epochs, seconds, objective}], epochs, seconds}], by: epochs | seconds}
 */
export function bestOfRuns({ metric, runs, by }, theme) {
  const known = runs.filter(run => run.points.length > 0);
  if (known.length === 0) return nothing('No run has a result yet.');
  const base = frame(theme, { top: 24 + 22 * Math.ceil(known.length / 2) });
  const axis = by === 'epochs' ? { name: 'epochs of the whole run' } : { name: 'time', axisLabel: { formatter: value => duration(value), hideOverlap: true } };
  return {
    option: {
      ...base,
      legend: { ...base.legend, type: 'plain' },
      tooltip: { ...base.tooltip, trigger: 'axis', valueFormatter: value => metricValue(metric, value) },
      xAxis: withLabels(theme, xAxis(theme, axis.name, { min: 0, ...axis })),
      yAxis: withLabels(theme, yAxis(theme, '', metricAxis(metric))),
      series: known.map((run, index) => ({
        type: 'line', name: run.name, step: 'end', showSymbol: false, lineStyle: { width: 2, type: ['solid', 'dashed', 'dotted'][Math.floor(index / theme.series.length) % 3] },
        data: [...run.points.map(point => [point[by], point.objective]), [Math.max(run[by], run.points.at(-1)[by]), run.points.at(-1).objective]],
      })),
    },
    table: { head: ['run', 'best', by], rows: known.map(run => [run.name, metricValue(metric, run.points.at(-1).objective), by === 'epochs' ? run.points.at(-1).epochs : duration(run.points.at(-1).seconds)]) },
  };
}
