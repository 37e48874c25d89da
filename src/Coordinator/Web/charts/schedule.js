import { frame, lines, nothing, tooltip, withLabels, xAxis, yAxis } from './base.js';
import { duration, metricValue, words } from './format.js';

const Fates = [['went_on', 'went on'], ['stopped', 'stopped'], ['paused', 'paused'], ['there', 'there now or ended']];

/** After what a rung compares: `3 epochs`, `bracket 1: 40 s`. */
export const rungName = (rung, rungs) => (rungs.some(other => other.bracket !== rungs[0].bracket) ? `bracket ${rung.bracket}: ` : '')
  + (rung.seconds ? duration(rung.seconds) : `${rung.epochs} ${rung.epochs === 1 ? 'epoch' : 'epochs'}`);

/**
 * How many trials each rung saw, what became of them there, and who they are.
 * @param data {rungs: [{bracket, epochs | seconds, reached, went_on, paused, stopped, entries: [{trial, objective, fate}]}], metric}
 */
export function rungs({ rungs: levels, metric }, theme) {
  if (!levels?.some(level => level.reached > 0)) return nothing('No trial has reached a rung yet.');
  const number = (level, fate) => fate === 'there' ? Math.max(0, level.reached - level.went_on - level.stopped - level.paused) : level[fate];
  const colors = { went_on: theme.series[0], stopped: theme.series[1], paused: theme.series[4], there: theme.muted };
  const fates = Fates.filter(([fate]) => levels.some(level => number(level, fate) > 0));
  const base = frame(theme, { left: 8, right: 24, bottom: 48 });
  const order = levels.toReversed();
  const most = Math.max(...levels.map(level => level.reached));
  return {
    height: 110 + 30 * levels.length,
    option: {
      ...base,
      grid: { ...base.grid, containLabel: true },
      tooltip: { ...base.tooltip, trigger: 'axis', axisPointer: { type: 'shadow' } },
      xAxis: xAxis(theme, 'trials', { minInterval: 1 }),
      yAxis: { ...yAxis(theme, ''), type: 'category', data: order.map(level => rungName(level, levels)), axisLabel: { color: theme.ink } },
      series: fates.map(([fate, title]) => ({
        type: 'bar', stack: 'all', name: title, barMaxWidth: 20, itemStyle: { color: colors[fate], borderColor: theme.paper, borderWidth: 1 }, data: order.map(level => number(level, fate)),
        label: { show: true, formatter: ({ value }) => value > most / 30 ? String(value) : '', color: theme.paper, fontWeight: 'bold' },
      })),
    },
    table: {
      head: ['rung', 'reached', 'best', ...fates.map(([, title]) => title)],
      rows: levels.map(level => [
        rungName(level, levels), level.reached, metricValue(metric, level.entries[0]?.objective), ...fates.map(([fate]) => named(level, fate, number(level, fate))),
      ]),
    },
  };
}

const Named = 20;

/** `3: 7, 12, 4`: how many, and the best of them. */
function named({ entries }, fate, count) {
  const trials = entries.filter(entry => entry.fate === fate || (fate === 'there' && ['running', 'ended'].includes(entry.fate))).slice(0, Named).map(entry => entry.trial);
  return trials.length > 0 ? `${count}: ${trials.join(', ')}${trials.length < count ? ' …' : ''}` : String(count);
}

/**
 * What each worker did when. What is empty was idle; what is hatched was lost and trained again.
 * @param data {spans: [{worker, trial, attempt, from, to, kind}]}, seconds since the sweep began; kind: trained | lost | failed | running
 */
export function timeline({ spans }, theme) {
  if (!spans?.length) return nothing('No attempt has started yet.');
  const workers = [...new Set(spans.map(span => span.worker))];
  const [first, end] = [Math.min(...spans.map(span => span.from)), Math.max(...spans.map(span => span.to))];
  const colors = { trained: theme.series[0], running: theme.series[2], lost: theme.bad, failed: theme.series[1] };
  const kinds = Object.keys(colors).filter(kind => spans.some(span => span.kind === kind));
  const base = frame(theme, { left: 8, bottom: 56, right: 48 });
  return {
    height: 120 + 26 * workers.length,
    option: {
      ...base,
      grid: { ...base.grid, containLabel: true },
      tooltip: { ...tooltip(theme), formatter: ({ data: { span } }) => lines(`trial ${span.trial}, attempt ${span.attempt}`, span.kind, `${duration(span.from)} to ${duration(span.to)}`, span.worker) },
      xAxis: xAxis(theme, 'time since the sweep began', { min: first > end / 4 ? first : 0, max: end, axisLabel: { formatter: value => duration(value), color: theme.muted, hideOverlap: true } }),
      yAxis: { ...yAxis(theme, ''), type: 'category', data: workers, inverse: true, axisLabel: { color: theme.ink, width: 140, overflow: 'truncate' } },
      dataZoom: [{ type: 'inside', filterMode: 'weakFilter' }],
      series: kinds.map(kind => ({
        type: 'custom', name: kind, itemStyle: { color: colors[kind] }, encode: { x: [1, 2], y: 0 },
        data: spans.filter(span => span.kind === kind).map(span => ({ value: [workers.indexOf(span.worker), span.from, span.to, span.trial], span })),
        renderItem: bar(colors[kind], kind === 'lost', theme),
      })),
    },
    table: {
      head: ['worker', 'busy', 'lost', 'idle'],
      rows: workers.map(worker => {
        const own = spans.filter(span => span.worker === worker);
        const sum = kept => kept.reduce((total, span) => total + span.to - span.from, 0);
        return [worker, duration(sum(own.filter(span => span.kind !== 'lost'))), duration(sum(own.filter(span => span.kind === 'lost'))), duration(end - Math.min(...own.map(span => span.from)) - sum(own))];
      }),
    },
  };
}

const bar = (color, isHatched, theme) => (params, api) => {
  const [left, y] = api.coord([api.value(1), api.value(0)]);
  const [right] = api.coord([api.value(2), api.value(0)]);
  const height = Math.min(18, api.size([0, 1])[1] * 0.7);
  const area = params.coordSys;
  const from = Math.max(left, area.x), to = Math.min(Math.max(right, left + 1), area.x + area.width);
  if (to <= from) return undefined;
  const label = String(api.value(3));
  return {
    type: 'group',
    children: [
      { type: 'rect', shape: { x: from, y: y - height / 2, width: to - from, height, r: 2 }, style: { fill: color, opacity: isHatched ? 0.5 : 0.9, stroke: isHatched ? theme.bad : theme.paper, lineWidth: 1, lineDash: isHatched ? [3, 3] : null } },
      ...(to - from > 8 * label.length + 6 ? [{ type: 'text', silent: true, style: { text: label, x: (from + to) / 2, y, fill: theme.paper, align: 'center', verticalAlign: 'middle', fontSize: 11 } }] : []),
    ],
  };
};

/**
 * Population-based training: a lane a trial; an arrow is a copy of weights and settings from one to another.
 * @param data {copies: [{epoch, from, to, detail?}], members: [{trial, epochs_trained}]}
 */
export function lineage({ copies, members }, theme) {
  if (!copies?.length) return nothing('No trial has copied another one yet.');
  const lanes = members.map(member => member.trial);
  const base = frame(theme, { left: 8, top: 12 });
  return {
    height: 92 + 22 * lanes.length,
    option: {
      ...base,
      legend: { show: false },
      grid: { ...base.grid, containLabel: true },
      tooltip: { ...base.tooltip, formatter: ({ data }) => data.copy ? lines(`trial ${data.copy.to} copies trial ${data.copy.from} after epoch ${data.copy.epoch}`, data.copy.detail) : undefined },
      xAxis: xAxis(theme, 'epoch', { minInterval: 1, min: 0 }),
      yAxis: { ...withLabels(theme, yAxis(theme, '')), type: 'category', inverse: true, data: lanes.map(lane => words(`trial ${lane}`)) },
      series: [
        {
          type: 'custom', silent: true, encode: { x: 1, y: 0 }, data: members.map((member, lane) => [lane, member.epochs_trained]),
          renderItem: (_, api) => {
            const [x1, y] = api.coord([0, api.value(0)]);
            const [x2] = api.coord([api.value(1), api.value(0)]);
            return { type: 'line', shape: { x1, y1: y, x2, y2: y }, style: { stroke: theme.series[0], lineWidth: 3, opacity: 0.6 } };
          },
        },
        {
          type: 'lines', coordinateSystem: 'cartesian2d', symbol: ['none', 'arrow'], symbolSize: 9, lineStyle: { color: theme.series[1], width: 1.5, opacity: 0.9, curveness: 0.15 },
          data: copies.map(copy => ({ coords: [[copy.epoch, lanes.indexOf(copy.from)], [copy.epoch, lanes.indexOf(copy.to)]], copy })),
        },
      ],
    },
    table: { head: ['epoch', 'from', 'to', 'detail'], rows: copies.map(copy => [copy.epoch, copy.from, copy.to, copy.detail ?? '']) },
  };
}
