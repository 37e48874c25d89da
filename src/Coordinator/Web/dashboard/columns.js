// The leaderboard's columns: what each is called, how its cells look, and what the server sorts it by.

import { bytes, count, duration, metric, percent, points, setting, settingInFull, short, words } from "./format.js";

/** Columns that a person sees until they choose others, in this order. */
const USUAL = ["rank", "trial", "objective", "test_accuracy", "best_test_accuracy", "gap", "verdict", "outcome", "epochs_trained", "seconds"];

/** All columns of a sweep: fixed ones first, then one a parameter. */
export function columnsOf(sweep) {
  const ofObjective = metric(sweep.objective.metric);
  return [
    { id: "rank", title: "#", note: "Rank among trials that ended in order", number: true, cell: (row) => row.rank ?? "" },
    { id: "trial", title: "Trial", number: true, cell: (row) => row.trial },
    { id: "objective", title: words(sweep.objective.metric), note: "The objective: best of the trial's epochs", number: true, cell: (row) => ofObjective(row.objective) },
    {
      id: "test_accuracy", title: "test@val", number: true, cell: (row) => percent(row.test_accuracy),
      note: "Test accuracy in the epoch that validation images chose: what one may claim",
    },
    {
      id: "best_test_accuracy", title: "best test", number: true,
      cell: (row) => (row.best_test_epoch ? `${percent(row.best_test_accuracy)} (${row.best_test_epoch})` : percent(row.best_test_accuracy)),
      note: "Best test accuracy of all epochs, and its epoch: chosen by test images, so more than one may claim",
    },
    { id: "train_accuracy", title: "train", note: "Training accuracy in the chosen epoch", number: true, cell: (row) => percent(row.train_accuracy) },
    { id: "gap", title: "gap", note: "Training accuracy above held-out accuracy, in points", number: true, cell: (row) => points(row.gap) },
    { id: "verdict", title: "Verdict", cell: (row) => (row.onset_epoch ? `${words(row.verdict)} (${row.onset_epoch})` : words(row.verdict)), hint: (row) => row.evidence },
    { id: "outcome", title: "State", cell: (row) => words(row.outcome), hint: (row) => row.detail },
    { id: "epochs_trained", title: "Epochs", number: true, cell: (row) => `${row.epochs_trained}/${row.epochs_allowed}` },
    { id: "seconds", title: "Time", note: "Under lease, all attempts together", number: true, cell: (row) => duration(row.seconds) },
    { id: "images_per_second", title: "img/s", note: "Training images a second", number: true, cell: (row) => short(row.images_per_second) },
    { id: "parameters", title: "Params", note: "Trainable numbers of the network", number: true, cell: (row) => short(row.parameters), hint: (row) => count(row.parameters) },
    { id: "peak_memory_bytes", title: "Memory", note: "The most that a worker held", number: true, cell: (row) => bytes(row.peak_memory_bytes ?? undefined) },
    { id: "worker", title: "Worker", cell: (row) => row.worker ?? "" },
    { id: "attempts", title: "Attempts", number: true, cell: (row) => row.attempts },
    ...sweep.parameters.map((parameter) => ({
      id: `hyperparameters.${parameter.name}`, title: parameter.name, parameter, number: !parameter.values || parameter.values.every((value) => typeof value === "number"),
      cell: (row) => setting(row.hyperparameters[parameter.name]), hint: (row) => settingInFull(row.hyperparameters[parameter.name]),
    })),
  ];
}

const PARAMETERS_SHOWN = 4;

export function shownColumns(sweep, all) {
  try {
    const chosen = JSON.parse(localStorage.getItem(keyOf(sweep)));
    if (Array.isArray(chosen)) return chosen.filter((id) => all.some((column) => column.id === id));
  } catch { /* as if nothing were chosen */ }
  return [...USUAL, ...sweep.parameters.slice(0, PARAMETERS_SHOWN).map((parameter) => `hyperparameters.${parameter.name}`)];
}

export function showColumns(sweep, ids) {
  try { localStorage.setItem(keyOf(sweep), JSON.stringify(ids)); } catch { /* until the page is closed */ }
}

const keyOf = (sweep) => `sweep-columns-${sweep.name}`;
