// The plot of rates: creations, redeems and refused redeems per second, each with a line of its own kind.

import { put } from "./dashboard-rows.js";
import { rate, say, short, time } from "./dashboard-words.js";

const SVG = "http://www.w3.org/2000/svg";
const [WIDTH, HEIGHT, SECONDS] = [600, 160, 300];
const LINES = [["redeemed", 2], ["created", 1], ["refused", 3]]; // in the order they are painted

const svg = document.getElementById("plot");
const figure = (name) => document.querySelector(`[data-figure="${name}"]`);
const parts = {};
let paces = [];
let looked = null; // the pace that the pointer is at

for (const y of [0, HEIGHT / 2, HEIGHT]) add("line", "grid", { x1: 0, x2: WIDTH, y1: y, y2: y });
parts.area = add("path", "area");
for (const [name] of LINES) parts[name] = add("path", `line ${name}`);
parts.cursor = add("line", "cursor", { y1: 0, y2: HEIGHT, visibility: "hidden" });

function add(tag, className, attributes = {}) {
  const element = document.createElementNS(SVG, tag);
  element.setAttribute("class", className);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  svg.append(element);
  return element;
}

// The next of 1, 2, 5, 10, 20, 50…: a scale that is easy to read, and does not change all the time.
export function scaleFor(most) {
  const power = 10 ** Math.floor(Math.log10(Math.max(most, 1)));
  return [1, 2, 5, 10].map((step) => step * power).find((step) => step >= most);
}

const xOf = (at) => WIDTH * (1 - (paces.at(-1)[0] - at) / (1000 * SECONDS));

export function showPlot(latest) {
  paces = latest;
  const scale = scaleFor(Math.max(...paces.map(([, ...values]) => Math.max(...values))));
  const points = (n) => paces.map((pace) => `${xOf(pace[0]).toFixed(1)},${(HEIGHT * (1 - pace[n] / scale)).toFixed(1)}`);
  for (const [name, n] of LINES) parts[name].setAttribute("d", `M${points(n).join("L")}`);
  parts.area.setAttribute("d", `M${xOf(paces[0][0]).toFixed(1)},${HEIGHT}L${points(2).join("L")}L${WIDTH},${HEIGHT}Z`);
  put(figure("plot_most"), `${short(scale)}/s`);
  put(figure("plot_half"), `${short(scale / 2)}/s`);
  const [, created, redeemed, refused] = paces.at(-1);
  put(document.getElementById("plot-summary"), say("summary", { created: rate(created), redeemed: rate(redeemed), refused: rate(refused), most: short(scale) }));
  showLookedAt();
}

function showLookedAt() {
  const pace = looked === null ? null : paces.reduce((best, each) => (Math.abs(xOf(each[0]) - looked) < Math.abs(xOf(best[0]) - looked) ? each : best));
  parts.cursor.setAttribute("visibility", pace ? "visible" : "hidden");
  if (pace) for (const name of ["x1", "x2"]) parts.cursor.setAttribute(name, xOf(pace[0]).toFixed(1));
  const [at, created, redeemed, refused] = pace ?? [];
  put(figure("plot_at"), pace ? `${time(at)} · ${rate(created)} · ${rate(redeemed)} · ${rate(refused)}` : "");
}

svg.addEventListener("pointermove", (event) => {
  const box = svg.getBoundingClientRect();
  looked = (WIDTH * (event.clientX - box.left)) / box.width;
  if (paces.length) showLookedAt();
});
svg.addEventListener("pointerleave", () => {
  looked = null;
  if (paces.length) showLookedAt();
});
