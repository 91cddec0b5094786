// The doctor for embeds. On its own the page shows itself in two frames and repeats what they find;
// inside a frame it tries what the doorstep relies on. Its words are in <template id="texts">.

import { isFramed, originOfParent, takesCookies, wayToHold } from "./browser.js";

const byId = (id) => document.getElementById(id);
const SILENT_MS = 8000;
const LOOKS = {
  cookie: ["yes", "good"], session: ["yes", "good"], memory: ["yes", "note"], waiting: ["waiting", ""],
  elsewhere: ["fact", ""], unreachable: ["trouble", "note"], silent: ["trouble", "note"],
};
const hasOrigin = window.origin !== "null"; // a sandbox without allow-same-origin leaves none
const texts = new Map([...byId("texts").content.children].map((p) => [p.dataset.text, p.textContent]));

function put(element, [shape, tone], words) {
  element.querySelector("use").setAttribute("href", `#icon-${shape}`);
  element.dataset.tone = tone;
  element.querySelector("span").textContent = words;
}

function tell(box, outcome, { brief = false } = {}) {
  const look = LOOKS[outcome] ?? ["trouble", "stop"];
  const lines = byId("story").content.cloneNode(true);
  put(lines.querySelector(".badge"), look, texts.get(outcome));
  if (brief) lines.querySelector(".words").remove();
  else lines.querySelector(".words").textContent = texts.get(`${outcome}.text`);
  box.replaceChildren(lines);
  box.dataset.tone = look[1];
  box.dataset.outcome = outcome;
}

// ---- outside: two frames, one of them of another site

// The demo listens on loopback, which has two names, and a browser takes them for two sites.
function otherSite() {
  const name = { "127.0.0.1": "localhost", localhost: "127.0.0.1" }[location.hostname];
  return name ? `${location.protocol}//${name}:${location.port}` : null;
}

function openFrame(place, origin) {
  const section = document.querySelector(`[data-place="${place}"]`);
  const box = section.querySelector(".story");
  if (!origin) {
    section.querySelector(".window").remove();
    tell(box, "elsewhere");
    return;
  }
  tell(box, "waiting", { brief: true });
  const frame = section.querySelector("template").content.firstElementChild.cloneNode(true);
  const address = new URL(location.pathname, origin);
  section.querySelector(".address").textContent = address;
  // Why a browser keeps a frame shut it tells nobody: its error page has loaded, like any other.
  const silent = byId("coep").hidden ? "silent" : "isolated";
  const timer = setTimeout(() => tell(box, silent), SILENT_MS);
  addEventListener("message", ({ source, data }) => {
    if (source !== frame.contentWindow || data?.framegate !== 1) return;
    clearTimeout(timer);
    if (data.type === "resize") frame.style.height = `${data.height}px`;
    if (data.type === "doctor" && texts.has(data.outcome)) tell(box, data.outcome, { brief: true }); // the frame has the rest
  });
  frame.src = address;
  section.querySelector("template").after(frame);
}

function showFrames() {
  byId("outside").hidden = false;
  byId("coep").hidden = !new URLSearchParams(location.search).get("coep");
  document.querySelector(".here").textContent = new URL(location.pathname, otherSite() ?? location.origin);
  openFrame("other", otherSite());
  openFrame("same", location.origin);
}

// ---- inside: what the browser allows here

const sendUp = (type, facts) => window.parent.postMessage({ framegate: 1, type, ...facts }, "*"); // no secrets

// `allowed` is null where there is nothing to allow.
function check(name, allowed, words = texts.get(allowed ? "yes" : "no")) {
  const line = document.querySelector(`[data-check="${name}"]`);
  line.dataset.allowed = allowed === null ? "fact" : allowed ? "yes" : "no";
  const missed = line.parentElement.dataset.needed ? "note" : "";
  put(line.querySelector(".badge"), { yes: ["yes", "good"], no: ["no", missed], fact: ["fact", ""] }[line.dataset.allowed], words);
}

// The first request has cookies set, the second brings back those that were kept.
async function askServer() {
  try {
    const patience = AbortSignal.timeout(SILENT_MS);
    const ask = async (method) => (await fetch("doctor/request", { method, cache: "no-store", signal: patience })).json();
    const { told } = await ask("POST");
    return { told, cookies: (await ask("GET")).cookies };
  } catch {
    return null;
  }
}

function works(storage) {
  try {
    window[storage].setItem("framegate:doctor", "1");
    const held = window[storage].getItem("framegate:doctor") === "1";
    window[storage].removeItem("framegate:doctor");
    return held;
  } catch {
    return false;
  }
}

function outcomeOf(server) {
  if (!hasOrigin) return "sandbox";
  if (server === null) return "unreachable";
  const way = wayToHold();
  return way === "cookie" && !server.cookies.includes("host") ? "lost" : way;
}

function showParent(told) {
  const parent = originOfParent();
  const said = told["Sec-Fetch-Site"]; // of who asked for the page: after a reload, the page itself
  const ofSelf = parent === location.origin;
  const place = ofSelf || said !== "same-origin" ? texts.get(`place.${ofSelf ? "same-origin" : said}`) : null;
  check("parent", null, [parent || texts.get("unknown"), place].filter(Boolean).join(", "));
}

function showTold(page, script) {
  byId("inside").querySelector("tbody").replaceChildren(...Object.keys(page).map((name) => {
    const row = document.createElement("tr");
    const head = document.createElement("th");
    head.scope = "row";
    head.textContent = name;
    row.append(head, ...[page, script].map((told) => {
      const cell = document.createElement("td");
      cell.textContent = told?.[name] ?? "–";
      return cell;
    }));
    return row;
  }));
}

async function examine() {
  byId("inside").hidden = false;
  new ResizeObserver(() => sendUp("resize", { height: document.body.scrollHeight })).observe(document.body);
  const verdict = byId("inside").querySelector(".story");
  tell(verdict, "waiting");
  const { told, embedder } = byId("told").dataset;
  const page = JSON.parse(told);
  const server = hasOrigin ? await askServer() : null;
  const outcome = outcomeOf(server);
  tell(verdict, outcome);
  showParent(page);
  check("origin", hasOrigin);
  check("secure", isSecureContext);
  for (const kind of ["host", "partitioned", "plain"]) check(kind, server?.cookies.includes(kind) ?? false);
  check("script", takesCookies());
  check("session", works("sessionStorage"));
  check("local", works("localStorage"));
  if (document.hasStorageAccess) check("access", await document.hasStorageAccess());
  else check("access", null, texts.get("missing"));
  // A host does not count as embedding itself: whoever was let in may lead on inside the frame.
  if (originOfParent() === location.origin) check("referrer", null, texts.get("place.same-origin"));
  else check("referrer", embedder !== "", embedder || undefined);
  check("isolated", crossOriginIsolated);
  showTold(page, server?.told);
  sendUp("doctor", { outcome });
}

if (isFramed) examine();
else showFrames();
