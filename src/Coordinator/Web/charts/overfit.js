import { frame, lines, nothing, parameterAxis, parameterValue, parametersOf, trialName, withLabels, xAxis, yAxis } from './base.js';
import { points, settings, words } from './format.js';

/**
 * Where trials overfit: each by two parameters, coloured by its gap (training above held-out accuracy in the chosen epoch); triangles are those
 * that were found overfitting.
 * @param data {trials, parameters?, x, y}, names of two parameters; y may be null for the gap itself
 */
export function overfitMap({ trials, parameters, x, y }, theme) {
  const known = trials.filter(trial => Number.isFinite(trial.gap));
  if (known.length === 0) return nothing('No trial has measured a gap yet.');
  const axes = parametersOf(known, parameters);
  const find = name => axes.find(parameter => parameter.name === name);
  const [across, up] = [find(x) ?? axes[0], y ? find(y) : null];
  if (!across) return nothing('The sweep searches no parameter.');
  const gaps = known.map(trial => trial.gap);
  const [low, high] = [Math.min(0, ...gaps), Math.max(0.01, ...gaps)];
  const place = spread();
  const data = known.map(trial => ({ row: trial, at: [parameterValue(across, trial.hyperparameters), up ? parameterValue(up, trial.hyperparameters) : trial.gap] }))
    .filter(({ at }) => at.every(value => value !== null));
  const base = frame(theme, { right: 88, top: 44, left: up?.scale === 'choice' ? 96 : 64 });
  const gapAxis = { name: 'gap, points', axisLabel: { formatter: value => String(Math.round(value * 1e4) / 100) } };
  const series = (name, symbol, isOverfitting) => ({
    type: 'scatter', name, symbol, symbolSize: known.length > 300 ? 7 : 12, itemStyle: { borderColor: theme.ink, borderWidth: known.length > 300 ? 0 : 0.5 },
    data: data.filter(({ row }) => (row.verdict === 'overfitting') === isOverfitting).map(({ row, at }) => ({ value: [...at, row.gap], row, symbolOffset: place(at, across, up) })),
  });
  return {
    height: 380,
    option: {
      ...base,
      tooltip: { ...base.tooltip, formatter: ({ data: { row } }) => lines(trialName(row), `gap ${points(row.gap)} points`, row.onset_epoch ? `overfits from epoch ${row.onset_epoch}` : words(row.verdict), settings(row.hyperparameters).replaceAll(' ', '\n')) },
      xAxis: withLabels(theme, { ...xAxis(theme, ''), ...parameterAxis(across) }),
      yAxis: withLabels(theme, { ...yAxis(theme, ''), ...(up ? { ...parameterAxis(up), nameGap: up.scale === 'choice' ? 80 : 48 } : gapAxis) }),
      visualMap: { type: 'continuous', dimension: 2, min: low, max: high, right: 4, top: 'middle', itemHeight: 120, text: [`${points(high)}`, `${points(low)}`], textStyle: { color: theme.ink }, inRange: { color: theme.heat } },
      series: [series('not overfitting', 'circle', false), series('overfitting', 'triangle', true)].filter(each => each.data.length > 0),
    },
    table: { head: ['trial', words(across.name), up ? words(up.name) : 'gap, points', 'gap, points', 'onset'], rows: data.map(({ row, at }) => [row.trial, ...at, points(row.gap), row.onset_epoch ?? '']) },
  };
}

/** Trials with the same choices would hide each other: they are strewn evenly around their place, along the axes that are choices (Roberts' R2 sequence). */
function spread() {
  const [ByX, ByY, Size] = [0.7548776662, 0.5698402910, 44];
  const seen = new Map();
  const offset = (number, step) => (((0.5 + number * step) % 1) - 0.5) * Size;
  return (at, across, up) => {
    const key = [across.scale === 'choice' && at[0], up?.scale === 'choice' && at[1]].join('\n');
    const number = seen.get(key) ?? 0;
    seen.set(key, number + 1);
    return [across.scale === 'choice' ? offset(number, ByX) : 0, up?.scale === 'choice' ? offset(number, ByY) : 0];
  };
}
