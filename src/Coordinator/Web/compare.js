// The page of runs side by side.

import { bestOfRuns, figure } from './charts/charts.js';

const data = JSON.parse(document.getElementById('data').textContent);
const [{ metric, goal }] = data.runs;
const comparable = data.runs.filter(run => run.metric === metric);
const runs = comparable.map(run => ({ name: run.run, points: run.best, epochs: run.epochs, seconds: run.seconds }));

document.getElementById('charts').append(
  figure({ title: 'By epochs.', caption: 'The best objective of any epoch so far, against the epochs that the whole run has trained.', draw: theme => bestOfRuns({ metric, goal, runs, by: 'epochs' }, theme) }).element,
  figure({ title: 'By time.', caption: 'The same against time.', draw: theme => bestOfRuns({ metric, goal, runs, by: 'seconds' }, theme) }).element);
