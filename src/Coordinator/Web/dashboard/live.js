// What changes, as it changes: the server's events, read by fetch so that they can carry the token, and read again whenever they end.

const FIRST_WAIT = 500;
const LONGEST_WAIT = 15_000;

/**
 * Follows the events at `path`.
 * `heard(data)` is told each, `linked(true|false)` whether the server is there. Returns what ends it.
 */
export function follow(path, headers, heard, linked) {
  const ending = new AbortController();
  listen(path, headers, heard, linked, ending.signal);
  return () => ending.abort();
}

async function listen(path, headers, heard, linked, signal) {
  let wait = FIRST_WAIT;
  while (!signal.aborted) {
    try {
      const response = await fetch(path, { headers: { ...headers(), Accept: "text/event-stream" }, cache: "no-store", signal });
      if (response.status === 404) return linked(true);
      if (!response.ok) throw new Error(`HTTP ${response.status}`);
      linked(true);
      wait = FIRST_WAIT;
      for await (const data of eventsIn(response.body)) heard(data);
    } catch {
      if (signal.aborted) return;
    }
    if (signal.aborted) return;
    linked(false);
    await new Promise((done) => setTimeout(done, wait));
    wait = Math.min(wait * 2, LONGEST_WAIT);
  }
}

/** The data of server-sent events, as the HTML standard defines them. */
async function* eventsIn(stream) {
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  let [rest, data] = ["", []];
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const lines = (rest + value).split(/\r?\n/);
    rest = lines.pop();
    for (const line of lines) {
      if (line.startsWith("data:")) data.push(line.slice(5).trimStart());
      else if (line === "" && data.length > 0) yield data.splice(0).join("\n");
    }
  }
}
