import { choice, frame, lines, metricAxis, nothing, parameterAxis, withLabels, xAxis, yAxis } from './base.js';
import { isFraction, metricValue, percent, setting, words } from './format.js';

/**
 * How much each parameter has to do with a trial being good: a bar each, with its interval where it has one.
 * @param data {importance: [{name, share, low?, high?}]}, shares in [0, 1]
 */
export function importanceBars({ importance }, theme) {
  if (!importance?.length) return nothing('Importance needs at least ten trials with a result.');
  const rows = importance.toSorted((a, b) => a.share - b.share);
  const base = frame(theme, { left: 8, top: 8, bottom: 48, right: 72 });
  return {
    height: 72 + 28 * rows.length,
    option: {
      ...base,
      legend: { show: false },
      grid: { ...base.grid, containLabel: true },
      tooltip: { ...base.tooltip, trigger: 'item', formatter: ({ dataIndex }) => lines(rows[dataIndex].name, percent(rows[dataIndex].share), interval(rows[dataIndex])) },
      xAxis: xAxis(theme, 'share of importance, %', { min: 0, axisLabel: { formatter: value => String(Math.round(value * 100)), color: theme.muted } }),
      yAxis: { ...yAxis(theme, ''), type: 'category', data: rows.map(row => words(row.name)), axisLabel: { color: theme.ink } },
      series: [
        { type: 'bar', barMaxWidth: 16, data: rows.map(row => row.share), itemStyle: { color: theme.series[0] }, label: { show: true, position: 'right', distance: 8, color: theme.ink, formatter: ({ dataIndex }) => rows[dataIndex].high > rows[dataIndex].share ? '' : percent(rows[dataIndex].share) } },
        ...(rows.some(row => Number.isFinite(row.low)) ? [whiskers(rows.map((row, index) => [row.low, row.high, index]), theme, true)] : []),
      ],
    },
    table: { head: ['parameter', 'importance', 'interval'], rows: rows.toReversed().map(row => [row.name, percent(row.share), interval(row) ?? '']) },
  };
}

const interval = row => Number.isFinite(row.low) ? `${percent(row.low)} to ${percent(row.high)}` : null;

/**
 * What the trials reached that have such a value of one parameter, over whatever the others were: their mean, with its 95 % interval.
 * @param data {parameter: {name, scale, values?, min?, max?}, metric, cells: [{low, high, trials, mean, mean_low, mean_high}]}
 */
export function marginalEffect({ parameter, metric, cells }, theme) {
  if (!cells?.length) return nothing('No trial has ended in order yet.');
  const [least, most] = isFraction(metric) ? [0, 1] : [-Infinity, Infinity];
  const limited = value => value === null || value === undefined ? null : Math.min(most, Math.max(least, value));
  const points = cells.map(cell => ({
    value: middle(parameter, cell), trials: cell.trials, mean: cell.mean, low: limited(cell.mean_low), high: limited(cell.mean_high),
  }));
  const isChoice = parameter.scale === 'choice';
  const known = points.map((point, index) => ({ ...point, index })).filter(point => point.low !== null);
  const axis = isChoice ? choiceAxis(parameter, points.map(point => choice(point.value))) : parameterAxis(parameter);
  const at = (point, index) => isChoice ? index : point.value;
  const base = frame(theme, { top: 16, bottom: axis.axisLabel?.rotate ? 64 : 52 });
  return {
    height: 260,
    option: {
      ...base,
      legend: { show: false },
      tooltip: { ...base.tooltip, trigger: 'axis', formatter: ([{ dataIndex }]) => lines(`${words(parameter.name)} ${setting(points[dataIndex].value)}`, `${metricValue(metric, points[dataIndex].mean)}, mean of ${points[dataIndex].trials}`, points[dataIndex].low !== null && `${metricValue(metric, points[dataIndex].low)} to ${metricValue(metric, points[dataIndex].high)}`) },
      xAxis: withLabels(theme, { ...xAxis(theme, ''), ...axis }),
      yAxis: withLabels(theme, yAxis(theme, '', metricAxis(metric))),
      series: [
        {
          type: 'line', name: 'mean', showSymbol: true, symbol: 'circle', symbolSize: isChoice ? 9 : 5, lineStyle: { width: isChoice ? 0 : 2 }, itemStyle: { color: theme.series[0] },
          data: points.map((point, index) => [at(point, index), point.mean]),
        },
        ...(known.length === 0 ? [] : [isChoice ? whiskers(known.map(point => [point.index, point.low, point.high]), theme) : band(known, theme)]),
      ],
    },
    table: { head: [words(parameter.name), 'trials', words(metric), 'from', 'to'], rows: points.map(point => [setting(point.value), point.trials, ...[point.mean, point.low, point.high].map(value => metricValue(metric, value))]) },
  };
}

/** Every value has its label; where they would not have room beside each other, they slant. */
function choiceAxis(parameter, values) {
  const isLong = values.join('').length > 24;
  return { ...parameterAxis({ ...parameter, values }), axisLabel: { interval: 0, rotate: isLong ? 30 : 0 }, ...(isLong ? { name: '' } : {}) };
}

/** Of a cell, on the parameter's own scale. */
function middle({ scale }, { low, high }) {
  if (scale === 'choice') return low;
  return scale === 'log' ? Math.sqrt(low * high) : (low + high) / 2;
}

/** The area between low and high, as one polygon: stacking would drag the axis down to 0. */
const band = (points, theme) => ({
  type: 'custom', silent: true, z: 1, data: [[points[0].value, points[0].low], ...points.flatMap(point => [[point.value, point.low], [point.value, point.high]])],
  renderItem: (params, api) => params.dataIndex > 0 ? undefined : {
    type: 'polygon',
    shape: { points: [...points.map(point => api.coord([point.value, point.low])), ...points.toReversed().map(point => api.coord([point.value, point.high]))] },
    style: { fill: theme.series[0], opacity: 0.2 },
  },
});

/** Error bars: [x, low, high], or [low, high, y] where they lie. */
const whiskers = (data, theme, horizontal = false) => ({
  type: 'custom', silent: true, z: 3, data, encode: horizontal ? { x: [0, 1], y: 2 } : { x: 0, y: [1, 2] },
  renderItem: (_, api) => {
    const ends = horizontal ? [[api.value(0), api.value(2)], [api.value(1), api.value(2)]] : [[api.value(0), api.value(1)], [api.value(0), api.value(2)]];
    const [from, to] = ends.map(end => api.coord(end));
    const cap = ([x, y]) => horizontal ? { x1: x, y1: y - 5, x2: x, y2: y + 5 } : { x1: x - 5, y1: y, x2: x + 5, y2: y };
    const line = shape => ({ type: 'line', shape, style: { stroke: theme.ink, lineWidth: 1.5 } });
    return { type: 'group', children: [line({ x1: from[0], y1: from[1], x2: to[0], y2: to[1] }), line(cap(from)), line(cap(to))] };
  },
});
