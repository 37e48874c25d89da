// Every chart of the report and the dashboard.

export { readTheme } from './base.js';
export { compareCurves, columnsOf, curves, learningRate, otherMetrics, speed } from './curves.js';
export { figure, make, tableOf } from './figure.js';
export { importanceBars, marginalEffect } from './importance.js';
export { bestOfRuns, bestSoFar, objectiveOverTime } from './objective.js';
export { overfitMap } from './overfit.js';
export { brushed, parallelCoordinates } from './parallel.js';
export { frontOf, paretoFront } from './pareto.js';
export { lineage, rungName, rungs, timeline } from './schedule.js';
