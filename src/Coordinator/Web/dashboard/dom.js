// The page as a function of its state: h() describes elements, render() changes only what differs, so that focus, scroll and selection stay.

/**
 * Describes an element.
 * Of the properties, `key` names it among its siblings; `on…` are listeners; `hook` is {made, changed, gone} for what draws itself;
 * true and false set and leave out an attribute. Children that are null or false are left out.
 */
export function h(tag, properties, ...children) {
  const { key, hook, ...rest } = properties ?? {};
  return { tag, key, hook, properties: rest, children: listOf(children) };
}

/** Makes the children of `parent` what `children` describe. */
export function render(parent, ...children) {
  const next = listOf(children);
  patchChildren(parent, parent.described ?? [], next);
  parent.described = next;
  for (const node of made.splice(0)) node.hook.made(node.element);
}

/** Elements that are new: those with a hook hear of it when all are in their places. */
const made = [];

const SVG = "http://www.w3.org/2000/svg";

const listOf = (children) => children.flat(Infinity)
  .filter((child) => child !== null && child !== undefined && child !== false)
  .map((child) => (typeof child === "object" ? child : { text: String(child) }));

const isSame = (one, other) => one.tag === other.tag && one.key === other.key;

function patchChildren(parent, before, after) {
  const keyed = new Map(before.filter((node) => node.key !== undefined).map((node) => [node.key, node]));
  const loose = before.filter((node) => node.key === undefined);
  const kept = new Set();
  let taken = 0;
  const pairs = after.map((node) => {
    let old = node.key === undefined ? loose[taken] : keyed.get(node.key);
    if (node.key === undefined) taken++;
    if (old && !isSame(old, node)) old = undefined;
    if (old) kept.add(old);
    return old;
  });
  for (const old of before) if (!kept.has(old)) remove(old);
  let place = parent.firstChild;
  after.forEach((node, index) => {
    const old = pairs[index];
    if (old) patch(old, node);
    else create(node, parent.namespaceURI);
    if (node.element === place) place = place.nextSibling;
    else parent.insertBefore(node.element, place);
  });
}

function create(node, namespace) {
  if (node.text !== undefined) {
    node.element = document.createTextNode(node.text);
    return;
  }
  const space = node.tag === "svg" ? SVG : namespace;
  node.element = space === SVG ? document.createElementNS(SVG, node.tag) : document.createElement(node.tag);
  node.element.listeners = {};
  setProperties(node.element, {}, node.properties);
  patchChildren(node.element, [], node.children);
  setValue(node.element, node.properties);
  if (node.hook?.made) made.push(node);
}

function patch(old, node) {
  node.element = old.element;
  if (node.text !== undefined) {
    if (node.text !== old.text) node.element.data = node.text;
    return;
  }
  setProperties(node.element, old.properties, node.properties);
  patchChildren(node.element, old.children, node.children);
  if (node.properties.value !== old.properties.value) setValue(node.element, node.properties);
  node.hook?.changed?.(node.element);
}

function remove(node) {
  gone(node);
  node.element.remove();
}

function gone(node) {
  node.hook?.gone?.(node.element);
  node.children?.forEach(gone);
}

function setProperties(element, before, after) {
  for (const name of Object.keys(before)) if (!(name in after)) set(element, name, undefined);
  for (const [name, value] of Object.entries(after)) {
    if (name.startsWith("on")) listen(element, name.slice(2), value);
    else if (value !== before[name]) set(element, name, value);
  }
}

function set(element, name, value) {
  if (name.startsWith("on")) element.listeners[name.slice(2)] = undefined;
  else if (name === "value") return;
  else if (name === "checked" || name === "indeterminate" || name === "selected") element[name] = !!value;
  else if (name === "width%") element.style.width = `${value}%`;
  else if (name === "left%") element.style.left = `${value}%`;
  else if (value === undefined || value === null || value === false) element.removeAttribute(name);
  else element.setAttribute(name, value === true ? "" : value);
}

/** After the children, since a list chooses among them. */
function setValue(element, properties) {
  if (properties.value !== undefined && element.value !== String(properties.value)) element.value = properties.value;
}

/** One listener an event and element for ever, which asks for the newest one: nothing is added twice. */
function listen(element, type, listener) {
  if (!(type in element.listeners)) element.addEventListener(type, (event) => element.listeners[type]?.(event));
  element.listeners[type] = listener;
}
