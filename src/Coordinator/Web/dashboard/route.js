// Where the person is: #/page/part?name=value. Every view has its address, and the back button works.

export function current() {
  const [path, query = ""] = location.hash.replace(/^#\/?/, "").split("?");
  const parts = path.split("/").filter(Boolean).map(decodeURIComponent);
  return { parts, query: Object.fromEntries(new URLSearchParams(query)) };
}

/** What is null or empty is left out. */
export function address(parts, query = {}) {
  const kept = Object.entries(query).filter(([, value]) => value !== null && value !== undefined && value !== "");
  const text = new URLSearchParams(kept).toString();
  return `#/${parts.map(encodeURIComponent).join("/")}${text ? `?${text}` : ""}`;
}

/** `replaces` where the person did not go elsewhere, but looks at the same thing otherwise. */
export function go(parts, query, { replaces = false } = {}) {
  const to = address(parts, query);
  if (to === location.hash) return;
  if (replaces) history.replaceState(null, "", to);
  else history.pushState(null, "", to);
  dispatchEvent(new PopStateEvent("popstate"));
}
