// Everything the page asks the server, and in which shape it gets it.

const ROOT = "/api/v1/sweeps";
const TOKEN = "sweep-token";

/** What the server said no to, or that it said nothing. */
export class ApiError extends Error {
  constructor(message, { status = 0, title = null } = {}) {
    super(message);
    Object.assign(this, { status, title, needsToken: status === 401 });
  }
}

// A link with #token=… hands the token over, once: it does not stay in the address.
const handed = /^#token=([^&]+)/.exec(location.hash);
if (handed) {
  keepToken(decodeURIComponent(handed[1]));
  history.replaceState(null, "", "#/");
}

function keepToken(token) {
  try { sessionStorage.setItem(TOKEN, token); } catch { /* then it is asked for again */ }
}

function headers() {
  let token = null;
  try { token = sessionStorage.getItem(TOKEN); } catch { /* as if there were none */ }
  return token ? { Authorization: `Bearer ${token}` } : {};
}

/** Path → the newest answer: one that is the same again is the same object, so that what shows it knows that nothing has changed. */
const answers = new Map();
const MOST_ANSWERS = 200;

async function get(path, query = {}) {
  const kept = Object.entries(query).flatMap(([name, value]) => [value].flat().map((each) => [name, each]))
    .filter(([, value]) => value !== null && value !== undefined && value !== "");
  const url = kept.length > 0 ? `${path}?${new URLSearchParams(kept)}` : path;
  const response = await send(url, { headers: headers() });
  // What differs in every answer is how far it goes: that alone is no news.
  const text = (await response.text()).replace(/,"number":\d+\}\s*$/, "}");
  const before = answers.get(url);
  if (before?.text === text) return before.value;
  const value = JSON.parse(text);
  if (answers.size >= MOST_ANSWERS) answers.delete(answers.keys().next().value);
  answers.set(url, { text, value });
  return value;
}

async function post(path, body) {
  const response = await send(path, { method: "POST", headers: { ...headers(), "Content-Type": "application/json" }, body: JSON.stringify(body ?? {}) });
  return response.status === 204 ? null : response.json().catch(() => null);
}

async function send(url, options) {
  let response;
  try {
    response = await fetch(url, options);
  } catch {
    throw new ApiError("It may have ended with its sweep. This page goes on trying.", { title: "The coordinator does not answer." });
  }
  if (response.ok) return response;
  const said = await response.json().catch(() => null);
  throw new ApiError(said?.detail ?? said?.error ?? said?.title ?? `The server answers ${response.status}.`, { status: response.status, title: "That did not work." });
}

const at = (sweep, ...parts) => [ROOT, encodeURIComponent(sweep), ...parts].join("/");

export const api = {
  headers,
  useToken: keepToken,
  sweeps: async () => (await get(ROOT)).sweeps,
  sweep: (sweep) => get(at(sweep)),
  eventsAt: (sweep) => at(sweep, "events"),

  /** One page of the leaderboard, as leaderboard.js asks for it. */
  trials: (sweep, { sort, filters, page, size }) => get(at(sweep, "trials"), { sort, offset: (page - 1) * size, limit: size, filter: filters }),
  trial: (sweep, number) => get(at(sweep, "trials", number)),
  epochs: (sweep, number, points) => get(at(sweep, "trials", number, "epochs"), { points }),
  log: (sweep, number, lines) => get(at(sweep, "trials", number, "log"), { lines }),
  /** The best model, as the browser saves it. */
  model: async (sweep, number) => (await send(at(sweep, "trials", number, "model"), { headers: headers() })).blob(),

  progress: (sweep, points) => get(at(sweep, "progress"), { points }),
  parallel: (sweep, points) => get(at(sweep, "parallel"), { points }),
  importance: (sweep) => get(at(sweep, "importance")),
  effects: (sweep) => get(at(sweep, "effects")),
  overfitMap: (sweep, x, y, points) => get(at(sweep, "overfit-map"), { x, y, points }),
  lineage: (sweep) => get(at(sweep, "lineage")),
  rungs: (sweep, limit) => get(at(sweep, "rungs"), { limit }),
  workers: (sweep) => get(at(sweep, "workers")),
  timeline: (sweep, points) => get(at(sweep, "timeline"), { points }),
  warnings: (sweep) => get(at(sweep, "warnings")),

  stop: (sweep) => post(at(sweep, "stop")),
  pause: (sweep) => post(at(sweep, "pause")),
  resume: (sweep) => post(at(sweep, "resume")),
  extend: (sweep, trials) => post(at(sweep, "extend"), { trials }),
  enqueue: (sweep, hyperparameters) => post(at(sweep, "enqueue"), { hyperparameters }),
  stopTrial: (sweep, number) => post(at(sweep, "trials", number, "stop")),
};
