// How numbers and names look to people: as in the console and the leaderboard.

export const absent = '–';

const isNumber = value => typeof value === 'number' && Number.isFinite(value);

/** `91.23 %` of a fraction. */
export const percent = fraction => isNumber(fraction) ? `${(fraction * 100).toFixed(2)} %` : absent;

/** `17.78`: a difference of two fractions, in percentage points. */
export const points = fraction => isNumber(fraction) ? (fraction * 100).toFixed(2) : absent;

/** Four significant digits; whole numbers in full. */
export const number = value => !isNumber(value) ? absent
  : Number.isInteger(value) && Math.abs(value) < 1e15 ? value.toLocaleString('en-US')
  : Math.abs(value) >= 1e-3 && Math.abs(value) < 1e6 ? String(Number(value.toPrecision(4)))
  : value.toExponential(3).replace(/\.?0+e/, 'e');

/** `840`, `272 k`, `1.35 M`. */
export const count = value => !isNumber(value) ? absent
  : value < 9_999.5 ? value.toFixed(0)
  : value < 999_500 ? `${(value / 1e3).toFixed(0)} k`
  : `${(value / 1e6).toFixed(value < 9_995_000 ? 2 : 1)} M`;

/** `8.4 s`, `12 m 03 s`, `5 h 07 m`. */
export function duration(seconds) {
  if (!isNumber(seconds)) return absent;
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  const two = value => String(value).padStart(2, '0');
  return whole < 3600 ? `${Math.floor(whole / 60)} m ${two(whole % 60)} s` : `${Math.floor(whole / 3600)} h ${two(Math.floor(whole / 60) % 60)} m`;
}

/** `validation accuracy` for `validation_accuracy`. */
export const words = name => String(name ?? absent).replaceAll('_', ' ');

export const isFraction = metric => /accuracy|precision|recall|f1/.test(metric);

/** A metric's value: in percent where it is a fraction. */
export const metricValue = (metric, value) => isFraction(metric) ? percent(value) : number(value);

/** A hyperparameter's value: `0.03162`, `[2,2]`, `true`. */
export const setting = value => value === null || value === undefined ? absent
  : Array.isArray(value) ? `[${value.join(',')}]`
  : typeof value === 'number' ? number(value) : String(value);

/** `learning_rate=0.03162 blocks=[2,2]`. */
export const settings = values => Object.entries(values ?? {}).map(([name, value]) => `${name}=${setting(value)}`).join(' ');

/** Safe as the content of an element or of a quoted attribute. */
export const escape = text => String(text).replace(/[&<>"']/g, character => `&#${character.charCodeAt(0)};`);
