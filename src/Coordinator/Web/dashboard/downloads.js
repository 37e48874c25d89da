// What a trial leaves, as files.

const MOST_EPOCHS = 20_000;

export async function saveModel({ api, sweep, say }, number) {
  save(await api.model(sweep.sweep, number), `${sweep.name}-${number}.safetensors`);
  say(`The model of trial ${number} is saved.`);
}

/** Every epoch, not those alone that are drawn. */
export async function saveCurves({ api, sweep, say }, number) {
  const { epochs } = await api.epochs(sweep.sweep, number, MOST_EPOCHS);
  const head = Object.keys(epochs[0]);
  const rows = epochs.map((epoch) => head.map((name) => epoch[name] ?? "").join(","));
  save(new Blob([[head.join(","), ...rows, ""].join("\n")], { type: "text/csv" }), `${sweep.name}-${number}-epochs.csv`);
  say(`The curves of trial ${number} are saved.`);
}

function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
