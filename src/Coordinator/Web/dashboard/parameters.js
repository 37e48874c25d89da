// Searched settings, between the server's words and the charts'.

import { setting } from "./format.js";

/** A parameter as an axis of a chart: {name, scale: linear | log | choice, values?, min?, max?}. */
export const axisOf = ({ name, kind, values, min, max, scale }) => kind === "choice" ? { name, scale: "choice", values } : { name, scale, min, max };

/** A parallel document's row as a trial with hyperparameters: of a choice, the server tells the value's place. */
export const trialOf = (columns) => ({ values, ...row }) => ({
  ...row,
  hyperparameters: Object.fromEntries(columns.map((column, index) => [column, values[index]])
    .filter(([, value]) => value !== null)
    .map(([{ name, values: choices }, value]) => [name, choices ? choices[value] : value])),
});

/** Where a chart's brush on an axis is, in words. */
export const rangeText = ([low, high]) => `${setting(low)} to ${setting(high)}`;
