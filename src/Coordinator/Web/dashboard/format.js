// How numbers look in pages: as in the charts and the console, and what only pages show.

import { absent, metricValue, words } from "../charts/format.js";

export { count as short, duration, isFraction, number as significant, percent, points, setting, words } from "../charts/format.js";

const isNumber = (value) => typeof value === "number" && Number.isFinite(value);

/** In full: 49,875. */
export const count = (value) => (isNumber(value) ? Math.round(value).toLocaleString("en-US") : absent);

/** Two digits are enough of what changes every second. */
export const rate = (value) => (isNumber(value) ? (value >= 10 ? count(value) : String(Number(value.toPrecision(2)))) : absent);

export function bytes(value) {
  if (!isNumber(value)) return absent;
  const units = ["B", "KB", "MB", "GB", "TB"];
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) [value, unit] = [value / 1000, unit + 1];
  return `${value >= 100 || unit === 0 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}

/** As the sweep file would have it, every digit. */
export const settingInFull = (value) => (Array.isArray(value) ? `[${value.join(", ")}]` : String(value ?? absent));

/** 14:03:12, with the date where it is another day's. */
export function time(text) {
  if (!text) return absent;
  const at = new Date(text);
  const clock = at.toLocaleTimeString("en-GB");
  return at.toDateString() === new Date().toDateString() ? clock : `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${clock}`;
}

const two = (number) => String(number).padStart(2, "0");

export const sentence = (text) => (text ? text[0].toUpperCase() + text.slice(1) : "");

/** How values of this metric look. */
export const metric = (name) => (value) => metricValue(name, value);

/** Several words of a snake_case list. */
export const list = (names) => names.map(words).join(", ");
