import { frame, lines, nothing, parameterValue, parametersOf, trialName } from './base.js';
import { isFraction, metricValue, number, percent, settings, words } from './format.js';

/**
 * Parallel coordinates: a trial is a line through its hyperparameters to its objective; lines of good trials stand out. Dragging along
 * an axis keeps the trials between (`brushed` says which).
 * @param data {objective: {metric, goal}, parameters?, trials}
 */
export function parallelCoordinates({ objective: { metric, goal }, parameters, trials }, theme) {
  const known = trials.filter(trial => Number.isFinite(trial.objective)).toSorted((a, b) => goal === 'minimize' ? b.objective - a.objective : a.objective - b.objective);
  if (known.length === 0) return nothing('No trial has a result yet.');
  const axes = parametersOf(known, parameters);
  const [low, high] = [known[0], known.at(-1)].map(trial => trial.objective).toSorted((a, b) => a - b);
  const base = frame(theme);
  const axisLook = { nameTextStyle: { color: theme.ink }, axisLine: { lineStyle: { color: theme.muted } }, axisLabel: { color: theme.ink, fontSize: 11, textBorderColor: theme.paper, textBorderWidth: 3 }, axisTick: { lineStyle: { color: theme.muted } } };
  return {
    height: 380,
    trials: known,
    option: {
      ...base,
      legend: { show: false },
      parallel: { left: 40, right: 124, top: 44, bottom: 32, parallelAxisDefault: { ...axisLook, areaSelectStyle: { width: 18, color: theme.accent, opacity: 0.25, borderColor: theme.accent } } },
      parallelAxis: [
        ...axes.map((parameter, dim) => axisOf(parameter, dim, axisLook.axisLabel)),
        { dim: axes.length, name: words(metric), nameTruncate: { maxWidth: 160 }, type: 'value', scale: true, min: low, max: high === low ? high + 1e-9 : high, axisLabel: { ...axisLook.axisLabel, formatter: value => isFraction(metric) ? percent(value) : number(value) } },
      ],
      visualMap: {
        show: known.length > 1, type: 'continuous', dimension: axes.length, min: low, max: high === low ? high + 1e-9 : high, right: 0, top: 'middle', itemHeight: 140, itemWidth: 12, calculable: false,
        text: [words(goal === 'minimize' ? 'worse' : 'better'), words(goal === 'minimize' ? 'better' : 'worse')], textStyle: { color: theme.muted }, inRange: { color: goal === 'minimize' ? theme.ramp.toReversed() : theme.ramp },
      },
      tooltip: { ...base.tooltip, trigger: 'item', formatter: ({ dataIndex }) => lines(trialName(known[dataIndex]), metricValue(metric, known[dataIndex].objective), settings(known[dataIndex].hyperparameters).replaceAll(' ', '\n')) },
      series: [{
        type: 'parallel', lineStyle: { width: known.length > 200 ? 1 : 2, opacity: known.length > 500 ? 0.3 : known.length > 200 ? 0.5 : 0.85 }, inactiveOpacity: 0.04, activeOpacity: 1, smooth: false, progressive: 2_000,
        data: known.map(trial => [...axes.map(parameter => parameterValue(parameter, trial.hyperparameters) ?? '-'), trial.objective]),
      }],
    },
    table: {
      head: ['trial', ...axes.map(parameter => words(parameter.name)), words(metric)],
      rows: known.toReversed().map(trial => [trial.trial, ...axes.map(parameter => trial.hyperparameters?.[parameter.name]), metricValue(metric, trial.objective)]),
    },
  };
}

const axisOf = (parameter, dim, look) => parameter.scale === 'choice'
  ? { dim, name: words(parameter.name), type: 'category', data: parameter.values }
  : {
    dim, name: words(parameter.name), type: parameter.scale === 'log' ? 'log' : 'value', scale: true, min: parameter.min, max: parameter.max,
    axisLabel: { ...look, formatter: value => number(value) },
  };

/** The trials that all brushes keep; `chart` is ECharts' own object, and `drawn` what parallelCoordinates gave. */
export function brushed(chart, drawn) {
  const series = chart.getModel().getSeriesByIndex(0);
  const axes = chart.getModel().getComponent('parallel', 0).parallelAxisIndex.map(index => chart.getModel().getComponent('parallelAxis', index));
  if (axes.every(axis => axis.activeIntervals.length === 0)) return drawn.trials;
  return series.getRawIndicesByActiveState('active').map(index => drawn.trials[index]);
}
