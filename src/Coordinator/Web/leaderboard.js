// The trials as a table that sorts by any column and keeps what matches a text.

import { make } from './charts/figure.js';
import { absent, count, duration, metricValue, percent, points, setting, settings, words } from './charts/format.js';

const Shown = 100;

/**
 * @param data {objective, parameters, trials, trials_total?, rivals}; rivals are numbers of trials that cannot be told from the first.
 * @param open called with the number of a trial whose curves are wanted
 */
export function leaderboard({ objective, parameters, trials, trials_total = trials.length, rivals, open }) {
  const columns = columnsOf(objective, parameters, trials, new Set(rivals));
  const state = { sorted: 'rank', descending: false, text: '', most: Shown };
  const head = make('tr');
  const body = make('tbody');
  const status = make('p', { role: 'status', className: 'kicker' });
  const more = make('button', { type: 'button', textContent: 'Show all' });
  const search = make('input', { type: 'search', placeholder: 'completed, blocks=[2,2] …' });
  search.addEventListener('input', () => update({ text: search.value.toLowerCase(), most: Shown }));
  more.addEventListener('click', () => update({ most: Infinity }));
  const table = make('table', {}, [make('thead', {}, [head]), body]);
  const scroll = make('div', { className: 'scroll', role: 'region', ariaLabel: 'Leaderboard', tabIndex: 0 }, [table]);
  update({});
  return make('div', { className: 'board' }, [make('div', { className: 'tools' }, [make('label', {}, ['Keep trials with ', search]), status]), scroll, more]);

  function update(change) {
    Object.assign(state, change);
    const column = columns.find(one => one.name === state.sorted);
    const kept = trials.filter(row => state.text === '' || textOf(row).includes(state.text)).toSorted((a, b) => order(column.value(a), column.value(b), state.descending));
    head.replaceChildren(...columns.map(header));
    body.replaceChildren(...kept.slice(0, state.most).map(rowOf));
    status.textContent = (kept.length === trials.length ? `${trials.length} trials` : `${kept.length} of ${trials.length} trials`)
      + (trials_total > trials.length ? `, the best of ${trials_total}; all are in leaderboard.csv` : '');
    more.hidden = kept.length <= state.most;
    more.textContent = `Show all ${kept.length}`;
  }

  function header(column) {
    const button = make('button', { type: 'button', textContent: column.title ?? words(column.name) });
    button.addEventListener('click', () => {
      const descending = state.sorted === column.name ? !state.descending : column.startsDown === true;
      update({ sorted: column.name, descending });
      [...head.children].find(cell => cell.textContent === button.textContent)?.firstElementChild.focus();
    });
    const cell = make('th', { scope: 'col', className: [column.isText ? '' : 'number', column.isExtra ? 'wide-only' : ''].join(' ').trim() }, [button]);
    if (state.sorted === column.name) cell.setAttribute('aria-sort', state.descending ? 'descending' : 'ascending');
    return cell;
  }

  function rowOf(row) {
    const cells = columns.map(column => make('td', { className: [column.isText ? '' : 'number', column.isExtra ? 'wide-only' : ''].join(' ').trim() }, [column.name === 'trial' ? trialButton(row) : column.show(row)]));
    return make('tr', { className: row.rank === 1 ? 'first' : row.rank ? '' : 'failed' }, cells);
  }

  function trialButton(row) {
    if (!open || !row.epochs_trained) return String(row.trial);
    const link = make('a', { href: '#curves', textContent: String(row.trial), title: `curves of trial ${row.trial}` });
    link.addEventListener('click', event => {
      event.preventDefault();
      open(row.trial);
    });
    return link;
  }
}

function columnsOf(objective, parameters, trials, rivals) {
  const repeats = trials.some(row => row.configuration);
  const plain = (name, show, rest = {}) => ({ name, value: row => row[name], show: row => show(row[name], row), ...rest });
  const names = parameters?.length ? parameters.map(parameter => parameter.name) : [...new Set(trials.flatMap(row => Object.keys(row.hyperparameters)))];
  return [
    plain('rank', (rank, row) => rank ? `${rank}${rivals.has(repeats ? row.configuration : row.trial) ? ' ≈' : ''}` : absent),
    plain('trial', String),
    ...(repeats ? [plain('configuration', value => String(value ?? absent)), plain('replicate', value => String(value ?? absent))] : []),
    plain('outcome', words, { isText: true }),
    plain('objective', value => metricValue(objective.metric, value), { title: words(objective.metric), startsDown: objective.goal !== 'minimize' }),
    plain('test_accuracy', percent, { title: 'test, chosen', startsDown: true }),
    plain('gap', points, { title: 'gap, points', startsDown: true }),
    plain('verdict', (verdict, row) => row.onset_epoch ? `${words(verdict)} from ${row.onset_epoch}` : words(verdict), { isText: true }),
    plain('epochs_trained', (value, row) => `${value}/${row.epochs_allowed}`, { title: 'epochs', startsDown: true }),
    ...names.map(name => ({ name: `hyperparameters.${name}`, title: words(name), value: row => sortable(row.hyperparameters[name]), show: row => setting(row.hyperparameters[name]) })),
    plain('best_test_accuracy', percent, { title: 'best test', startsDown: true, isExtra: true }),
    plain('train_accuracy', percent, { title: 'train', startsDown: true, isExtra: true }),
    plain('parameters', count, { title: 'network', isExtra: true }),
    plain('images_per_second', count, { title: 'images/s', isExtra: true }),
    plain('seconds', duration, { title: 'time' }),
    plain('attempts', String, { isExtra: true }),
    plain('detail', value => value ?? '', { isText: true, isExtra: true }),
  ];
}

const sortable = value => Array.isArray(value) ? value.join(' ') : typeof value === 'boolean' ? Number(value) : value;

const textOf = row => `trial ${row.trial} ${words(row.outcome)} ${words(row.verdict)} ${settings(row.hyperparameters)} ${row.detail ?? ''}`.toLowerCase();

/** What a trial lacks comes last, whichever way. */
function order(a, b, descending) {
  const [hasA, hasB] = [a !== null && a !== undefined, b !== null && b !== undefined];
  if (!hasA || !hasB) return Number(hasB) - Number(hasA);
  const difference = typeof a === 'number' && typeof b === 'number' ? a - b : String(a).localeCompare(String(b));
  return descending ? -difference : difference;
}
