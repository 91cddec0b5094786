// Rows of tables and lists that stay the same elements while their figures change, so that a button
// keeps its focus and a text its selection.

import { say } from "./dashboard-words.js";

const shown = new WeakMap();

export function cell(tag, text = "", className = "") {
  const element = document.createElement(tag);
  if (text !== "") element.textContent = text;
  if (className) element.className = className;
  return element;
}

export function put(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

// `make` gives a row for an item, with `update` on it, which is called whenever there is a newer one.
export function showRows(name, items, keyOf, make) {
  const body = document.querySelector(`[data-rows="${name}"]`);
  const empty = document.querySelector(`[data-empty="${name}"]`);
  const before = shown.get(body) ?? new Map();
  const rows = new Map(items.map((item) => [String(keyOf(item)), item]));
  for (const [key, row] of before) if (!rows.has(key)) row.remove();
  const after = new Map();
  let place = body.firstElementChild;
  for (const [key, item] of rows) {
    const row = before.get(key) ?? make(item);
    row.update(item);
    if (row === place) place = place.nextElementSibling;
    else body.insertBefore(row, place);
    after.set(key, row);
  }
  shown.set(body, after);
  if (empty) empty.hidden = items.length > 0;
}

// A row of a name, a bar, and a number: the bar is for the eye, the others are for everybody.
export function barRow() {
  const row = cell("tr");
  const [name, bar, many] = [cell("th"), cell("td", "", "bar-cell"), cell("td", "", "number")];
  name.scope = "row";
  bar.setAttribute("aria-hidden", "true");
  bar.append(makeBar());
  row.append(name, bar, many);
  row.update = ({ label, share, text }) => {
    put(name, label);
    put(many, text);
    setBar(bar.firstElementChild, share);
  };
  return row;
}

export function revokeButton(label, ask) {
  const button = cell("button", say("revoke"), "link-button");
  button.type = "button";
  button.disabled = document.body.classList.contains("signed-out");
  button.setAttribute("aria-label", label);
  button.addEventListener("click", ask);
  return button;
}

const SVG = "http://www.w3.org/2000/svg";

export function makeBar() {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 100 8");
  svg.setAttribute("preserveAspectRatio", "none");
  svg.setAttribute("class", "bar");
  const rect = document.createElementNS(SVG, "rect");
  rect.setAttribute("height", "8");
  svg.append(rect);
  return svg;
}

export function setBar(svg, share) {
  const width = share > 0 ? Math.max(1, Math.min(100, 100 * share)) : 0;
  svg.firstElementChild.setAttribute("width", width.toFixed(1));
}
