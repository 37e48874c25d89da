import { frame, metricAxis, nothing, withLabels, xAxis, yAxis } from './base.js';
import { metricValue, number, words } from './format.js';

const Parts = ['train', 'validation', 'test'];
const Unmeasured = new Set(['epoch', 'seconds', 'images_per_second', 'peak_memory_bytes', 'micro_batches']);

/** Columns {epoch: […], train_loss: […], …} of rows, which may be flat or hold validation and test as objects. */
export function columnsOf(rows) {
  const flat = rows.map(({ validation, test, metrics, ...rest }) => ({
    ...rest,
    ...(validation ? { validation_loss: validation.loss, validation_accuracy: validation.accuracy } : {}),
    ...(test ? { test_loss: test.loss, test_accuracy: test.accuracy } : {}),
    ...metrics,
  }));
  const names = [...new Set(flat.flatMap(Object.keys))];
  return Object.fromEntries(names.map(name => [name, flat.map(row => row[name] ?? null)]));
}

/**
 * One trial's curves of one quantity, train, validation and test; a line marks where overfitting began.
 * @param columns as of epochs.csv. @param quantity `accuracy`, `loss`, or a column's own name such as `learning_rate`.
 * @param onset first epoch that no longer generalised better; null for none. @param chosen epoch that the objective chose.
 */
export function curves({ columns, quantity = 'accuracy', onset = null, chosen = null }, theme) {
  const names = namesOf(columns, quantity);
  if (names.length === 0 || columns.epoch.length === 0) return nothing(`No epoch reported ${words(quantity)}.`);
  const base = frame(theme, { top: onset === null ? 40 : 64 });
  return {
    option: {
      ...base,
      tooltip: { ...base.tooltip, trigger: 'axis', valueFormatter: value => metricValue(quantity, value) },
      xAxis: xAxis(theme, 'epoch', { minInterval: 1, min: 'dataMin', max: 'dataMax' }),
      yAxis: withLabels(theme, yAxis(theme, '', metricAxis(quantity))),
      series: names.map((name, index) => ({
        type: 'line', name: words(partOf(name)), showSymbol: columns.epoch.length < 40, symbol: ['circle', 'triangle', 'rect'][index % 3], symbolSize: 5,
        lineStyle: { width: 2, type: ['solid', 'solid', 'dashed'][index % 3] }, itemStyle: { color: theme.series[[0, 1, 2][index % 3]] },
        data: columns.epoch.map((epoch, at) => [epoch, columns[name][at]]),
        ...(index === 0 ? { markLine: marks(onset, chosen, theme) } : {}),
      })),
    },
    table: { head: ['epoch', ...names.map(words)], rows: columns.epoch.map((epoch, at) => [epoch, ...names.map(name => metricValue(quantity, columns[name][at]))]) },
  };
}

/** The learning rate of each epoch's last step. */
export const learningRate = ({ columns }, theme) => curves({ columns, quantity: 'learning_rate' }, theme);

/** Training images a second. */
export const speed = ({ columns }, theme) => curves({ columns, quantity: 'images_per_second' }, theme);

/** What else a trial reported: names of columns that neither accuracy nor loss show. */
export const otherMetrics = columns => Object.keys(columns).filter(name =>
  !Unmeasured.has(name) && name !== 'learning_rate' && !/_(accuracy|loss)$/.test(name) && columns[name].some(Number.isFinite));

/**
 * Several trials' curves of one column, for comparison.
 * @param trials [{trial, columns}]
 */
export function compareCurves({ trials, column }, theme) {
  const known = trials.filter(trial => trial.columns[column]?.some(Number.isFinite));
  if (known.length === 0) return nothing(`No trial reported ${words(column)}.`);
  const base = frame(theme);
  return {
    option: {
      ...base,
      tooltip: { ...base.tooltip, trigger: 'axis', valueFormatter: value => metricValue(column, value) },
      xAxis: xAxis(theme, 'epoch', { minInterval: 1, min: 1, max: 'dataMax' }),
      yAxis: withLabels(theme, yAxis(theme, '', metricAxis(column))),
      series: known.map(({ trial, columns }, index) => ({
        type: 'line', name: `trial ${trial}`, showSymbol: columns.epoch.length < 40, symbolSize: 4,
        lineStyle: { width: 2, type: index < theme.series.length ? 'solid' : 'dashed' },
        data: columns.epoch.map((epoch, at) => [epoch, columns[column][at]]),
      })),
    },
    table: {
      head: ['trial', 'epochs', `last ${words(column)}`],
      rows: known.map(({ trial, columns }) => [trial, columns.epoch.length, metricValue(column, columns[column].findLast(Number.isFinite))]),
    },
  };
}

const namesOf = (columns, quantity) => columns[quantity]
  ? [quantity]
  : Parts.map(part => `${part}_${quantity}`).filter(name => columns[name]?.some(Number.isFinite));

const partOf = name => Parts.find(part => name.startsWith(`${part}_`)) ?? name;

const marks = (onset, chosen, theme) => ({
  silent: true, symbol: 'none',
  data: [
    ...(onset === null ? [] : [{ xAxis: onset, lineStyle: { color: theme.bad, width: 2, type: 'dashed' }, label: { formatter: `overfits from epoch ${number(onset)}`, color: theme.bad, position: 'end', fontWeight: 'bold' } }]),
    ...(chosen === null || chosen === onset ? [] : [{ xAxis: chosen, lineStyle: { color: theme.muted, width: 1, type: 'dotted' }, label: { formatter: 'chosen', color: theme.muted, position: onset === null ? 'end' : 'insideEndBottom', rotate: onset === null ? 0 : 90, distance: 4 } }]),
  ],
});
