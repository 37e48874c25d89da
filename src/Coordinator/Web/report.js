// The report's page: its tables and charts, from the data that stands in it.

import { curves, figure, importanceBars, lineage, make, marginalEffect, objectiveOverTime, otherMetrics, overfitMap, paretoFront, parallelCoordinates, rungs, tableOf, timeline } from './charts/charts.js';
import { choice, parametersOf } from './charts/base.js';
import { settings, words } from './charts/format.js';
import { leaderboard } from './leaderboard.js';

const data = JSON.parse(document.getElementById('data').textContent);
const byTrial = new Map(data.curves.map(({ metrics, ...columns }) => [columns.trial, withoutEmpty({ ...columns, ...metrics })]));
const rows = new Map(data.trials.map(row => [row.trial, row]));
const parameters = parametersOf(data.trials, data.parameters);
const place = (id, ...elements) => document.getElementById(id)?.append(...elements);
const searched = data.trials.filter(row => Number.isFinite(row.objective));

place('leaderboard', leaderboard({ ...data, open: trial => showCurves(trial) }));

place('search-charts',
  figure({ title: 'Objective over time.', caption: 'Each trial by its best epoch; the line is the best of trials that ended in order.', draw: theme => objectiveOverTime(data, theme) }).element,
  figure({
    title: 'Importance.', draw: theme => importanceBars(data, theme),
    caption: 'How much a parameter has to do with a trial being among the best tenth (PED-ANOVA); what matters only together with another parameter shows little.',
  }).element);
if (parameters.length > 0) {
  const all = figure({
    title: 'Parallel coordinates.', caption: 'A line is a trial; good ones stand out. Drag along an axis to keep the trials between, click it to let go.',
    draw: theme => parallelCoordinates({ ...data, parameters }, theme),
  }).element;
  all.classList.add('wide');
  place('search-charts', all);
}

for (const further of data.further_objectives) {
  const points = data.trials.map(row => ({ ...row, x: row.objectives?.[further.metric], y: row.objective, front: row.front === 1 }));
  const draw = theme => paretoFront({ x: further, y: data.objective, trials: points }, theme);
  place('search-charts', figure({ title: 'Pareto front.', caption: `Trials by ${words(data.objective.metric)} and ${words(further.metric)}; no other trial betters those of the front in one respect without losing in another.`, draw }).element);
}
for (const { name, cells } of data.effects.filter(effect => effect.cells.length > 0)) {
  const parameter = parameters.find(one => one.name === name);
  const draw = theme => marginalEffect({ parameter, metric: data.objective.metric, cells }, theme);
  place('search-charts', figure({ title: `Effect of ${words(name)}.`, caption: 'Mean of the trials that had such a value, with its 95 % interval; none where there is a single trial.', draw }).element);
}

overfitCharts();
if (data.rungs.length > 0) {
  const draw = theme => rungs({ rungs: data.rungs, metric: data.objective.metric }, theme);
  place('scheduler-charts', figure({ title: 'Rungs.', caption: 'How many trials were compared after so long, and what became of them there. The numbers below name them, the best first.', draw }).element);
}
const stopped = data.trials.filter(row => row.detail && (row.stopped_by_scheduler || row.outcome === 'paused'));
if (stopped.length > 0) {
  const table = tableOf({ head: ['trial', 'epochs', 'why'], rows: stopped.toSorted((a, b) => a.trial - b.trial).map(row => [row.trial, row.epochs_trained, row.detail]) });
  place('scheduler-charts', make('div', {}, [make('h3', { textContent: 'Stopped or kept back, and why' }), make('div', { className: 'scroll', role: 'region', ariaLabel: 'Stopped, and why', tabIndex: 0 }, [table])]));
}
if (data.copies.length > 0) {
  const members = data.trials.toSorted((a, b) => a.trial - b.trial);
  place('scheduler-charts', figure({ title: 'Lineage.', caption: 'A line is a trial; an arrow is a trial that took over the network of another one.', draw: theme => lineage({ copies: data.copies, members }, theme) }).element);
}
if (data.spans.length > 0) place('compute-charts', figure({ title: 'Workers.', caption: 'What each worker did; numbers are trials, gaps are idle time.', draw: theme => timeline(data, theme) }).element);

function overfitCharts() {
  if (parameters.length > 0 && searched.length > 0) {
    const [first, second] = [parameters[0].name, parameters[1]?.name ?? ''];
    const [x, y] = [picker('Across', parameters.map(parameter => parameter.name), first), picker('Up', ['', ...parameters.map(parameter => parameter.name)], second, 'the gap')];
    const draw = theme => overfitMap({ trials: data.trials, parameters, x: x.select.value, y: y.select.value || null }, theme);
    const map = figure({ title: 'Overfit map.', caption: 'Training above held-out accuracy, in points, in the epoch that validation chose. Triangles overfit.', draw, before: [make('div', { className: 'tools' }, [x.label, y.label])] });
    for (const one of [x, y]) one.select.addEventListener('change', () => map.update(draw));
    map.element.classList.add('wide');
    place('overfit-charts', map.element);
  }
  if (byTrial.size === 0) return;
  const known = [...byTrial.keys()].toSorted((a, b) => a - b);
  const shown = data.trials.find(row => row.verdict === 'overfitting' && byTrial.has(row.trial)) ?? data.trials.find(row => byTrial.has(row.trial));
  const trial = picker('Trial', known.map(String), String(shown.trial));
  trial.select.id = 'curves-of';
  const of = quantity => theme => {
    const row = rows.get(Number(trial.select.value));
    return curves({ columns: byTrial.get(row.trial), quantity, onset: row.onset_epoch ?? null, chosen: row.chosen_epoch ?? null }, theme);
  };
  const about = make('p', {});
  const tell = () => {
    const row = rows.get(Number(trial.select.value));
    about.textContent = `Trial ${row.trial}: ${words(row.outcome)}, ${words(row.verdict)}; ${row.evidence}. ${settings(row.hyperparameters)}`;
  };
  const charts = [
    ['accuracy', 'Accuracy.', 'The dashed line is the first epoch that no longer generalised better; the dotted one the epoch that was chosen.'],
    ['loss', 'Loss.'], ['learning_rate', 'Learning rate.'],
    ...[...new Set(known.flatMap(number => otherMetrics(byTrial.get(number))))].filter(name => !['accuracy', 'loss'].includes(name)).map(name => [name, `${words(name)}.`]),
  ].filter(([quantity]) => known.some(number => measures(byTrial.get(number), quantity)))
    .map(([quantity, title, caption]) => ({ quantity, figure: figure({ title, caption, draw: of(quantity) }) }));
  trial.select.addEventListener('change', () => {
    tell();
    for (const chart of charts) chart.figure.update(of(chart.quantity));
  });
  tell();
  const head = make('div', { className: 'wide', id: 'curves' }, [make('h3', { textContent: 'Curves' }), make('div', { className: 'tools' }, [trial.label]), about]);
  place('overfit-charts', head, make('div', { className: 'wide charts three' }, charts.map(chart => chart.figure.element)));
}

function showCurves(trial) {
  const select = document.getElementById('curves-of');
  if (!select || !byTrial.has(trial)) return;
  select.value = String(trial);
  select.dispatchEvent(new Event('change'));
  document.getElementById('curves').scrollIntoView();
  select.focus();
}

function picker(name, values, value, empty = '') {
  const select = make('select', {}, values.map(option => make('option', { value: option, textContent: option === '' ? empty : words(choice(option)) })));
  select.value = value;
  return { select, label: make('label', {}, [`${name} `, select]) };
}

function measures(columns, quantity) {
  return Object.keys(columns).some(name => name === quantity || name.endsWith(`_${quantity}`));
}

/** A part that no epoch measured is an empty column. */
function withoutEmpty(columns) {
  return Object.fromEntries(Object.entries(columns).filter(([name, values]) => name === 'epoch' || values.length > 0));
}
