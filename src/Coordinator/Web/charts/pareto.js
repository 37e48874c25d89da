import { frame, lines, metricAxis, nothing, trialName, withLabels, xAxis, yAxis } from './base.js';
import { metricValue, settings, words } from './format.js';

/**
 * Trials by two objectives, and the front: those that no other trial betters in both.
 * @param data {x: {metric, goal}, y: {metric, goal}, trials: [{trial, outcome, x, y, hyperparameters, front?}]}; `front` is worked out where it is not given
 */
export function paretoFront({ x, y, trials }, theme) {
  const known = trials.filter(trial => Number.isFinite(trial.x) && Number.isFinite(trial.y));
  if (known.length === 0) return nothing('No trial has both objectives yet.');
  const front = known.some(trial => trial.front !== undefined) ? known.filter(trial => trial.front) : frontOf(known, x.goal, y.goal);
  const onFront = new Set(front);
  const base = frame(theme);
  const item = row => ({ value: [row.x, row.y], row });
  return {
    height: 380,
    option: {
      ...base,
      tooltip: { ...base.tooltip, formatter: ({ data: { row } }) => row ? lines(trialName(row), `${words(x.metric)} ${metricValue(x.metric, row.x)}`, `${words(y.metric)} ${metricValue(y.metric, row.y)}`, settings(row.hyperparameters).replaceAll(' ', '\n')) : undefined },
      xAxis: withLabels(theme, xAxis(theme, '', { scale: true, ...metricAxis(x.metric) })),
      yAxis: withLabels(theme, yAxis(theme, '', metricAxis(y.metric))),
      series: [
        { type: 'scatter', name: 'bettered in both', symbol: 'emptyCircle', symbolSize: 7, itemStyle: { color: theme.muted }, data: known.filter(row => !onFront.has(row)).map(item) },
        { type: 'line', name: 'front', step: x.goal === y.goal ? (x.goal === 'minimize' ? 'end' : 'start') : 'end', symbol: 'circle', symbolSize: 10, lineStyle: { width: 1.5, type: 'dashed' }, itemStyle: { color: theme.series[1] }, data: front.toSorted((a, b) => a.x - b.x).map(item) },
      ],
    },
    table: { head: ['trial', words(x.metric), words(y.metric)], rows: front.map(row => [row.trial, metricValue(x.metric, row.x), metricValue(y.metric, row.y)]) },
  };
}

/** Sorted by x from its best, a trial is on the front where its y is better than all before. */
export function frontOf(trials, xGoal, yGoal) {
  const sign = goal => goal === 'minimize' ? 1 : -1;
  let best = Infinity;
  return trials.toSorted((a, b) => sign(xGoal) * (a.x - b.x) || sign(yGoal) * (a.y - b.y)).filter(trial => {
    const value = sign(yGoal) * trial.y;
    if (value >= best) return false;
    best = value;
    return true;
  });
}
