// The demo page: create a session, open its iframe, open it again and be refused.
// It holds no words of its own; the server writes them, translated, into <template id="texts">.

const byId = (id) => document.getElementById(id);
const hook = (name) => document.querySelector(`[data-testid="${name}"]`);
const STEPS = ["create", "open-first", "open-second"];
const POLL_MS = 3000;
const TIMEOUT_MS = 8000;

// How each outcome looks: its shape, and the tone that goes with it.
const LOOKS = {
  created: ["active", "good"], opened: ["opened", "good"], back: ["used", "good"],
  refused: ["refused", "stop"], refused_first: ["refused", "stop"], expired: ["expired", "note"],
  opened_again: ["trouble", "stop"], waiting: ["waiting", ""],
};
const look = (outcome) => LOOKS[outcome] ?? ["trouble", "note"];

const lang = document.documentElement.lang;
const count = new Intl.NumberFormat(lang);
const twoDigits = new Intl.NumberFormat(lang, { minimumIntegerDigits: 2, useGrouping: false });
const fromNow = new Intl.RelativeTimeFormat(lang, { numeric: "always" });
const timeOfDay = new Intl.DateTimeFormat(lang, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });

const texts = new Map([...byId("texts").content.children].map((p) => [p.dataset.text, p.textContent]));
const say = (key, facts = {}) => texts.get(key).replace(/\{(\w+)\}/g, (_, name) => facts[name] ?? "");

let session = null; // the only place the id lives: never stored, never shown whole
let busy = false;
let server = "ok"; // what the server last was: ok, away (its store), silent
let lastFigures = null;
let asked = 0;
let poll;
let ticking;

// ---- talking to the server

// Paths are relative to this page, so that they also hold behind a proxy's prefix.
async function call(method, path) {
  try {
    const response = await fetch(path, { method, cache: "no-store", signal: AbortSignal.timeout(TIMEOUT_MS) });
    const body = await response.json().catch(() => ({}));
    if (response.ok) return { outcome: "ok", body };
    const outcome = body.code === "session_cap_reached" ? "cap" : { 429: "busy", 503: "away" }[response.status] ?? "failed";
    return { outcome, facts: { detail: body.detail ?? response.status, when: when(response.headers.get("Retry-After")) } };
  } catch {
    return { outcome: "silent" };
  }
}

function when(retryAfter) {
  const seconds = Number(retryAfter);
  if (!seconds) return say("later");
  return seconds < 90 ? fromNow.format(seconds, "second") : fromNow.format(Math.ceil(seconds / 60), "minute");
}

async function refresh() {
  const mine = ++asked;
  clearTimeout(poll);
  const { outcome, body } = await call("GET", "auth/session-status");
  if (mine !== asked) return; // a later question is on its way; its answer is the newer one
  if (outcome === "ok") showFigures(body);
  showFreshness(outcome);
  heard(outcome, true);
  if (!document.hidden) poll = setTimeout(refresh, POLL_MS);
}

// A change of the server's health is logged once, however often the poll meets it. A step logs its own failure.
function heard(outcome, log) {
  const health = outcome === "away" || outcome === "silent" ? outcome : "ok";
  if (log && health !== server) addToLog(health === "ok" ? "back" : health);
  server = health;
}

// ---- showing

function put(element, [shape, tone], words) {
  element.querySelector("use").setAttribute("href", `#icon-${shape}`);
  element.dataset.tone = tone;
  if (words) element.querySelector("span").textContent = words;
}

function tell(result, outcome, facts) {
  const box = hook(result);
  const lines = byId("story").content.cloneNode(true);
  put(lines.querySelector(".badge"), look(outcome), say(`result.${outcome}`));
  lines.querySelector(".words").textContent = say(`story.${outcome}`, facts);
  box.replaceChildren(lines);
  box.dataset.tone = look(outcome)[1];
  box.dataset.result = outcome;
  box.scrollIntoView({ block: "nearest" }); // on a phone the answer may be below the fold
}

function addToLog(outcome, facts) {
  const line = byId("log-line").content.firstElementChild.cloneNode(true);
  const now = new Date();
  put(line, look(outcome));
  line.querySelector(".words").textContent = say(`log.${outcome}`, facts);
  line.querySelector("time").dateTime = now.toISOString();
  line.querySelector("time").textContent = timeOfDay.format(now);
  line.querySelector("code").textContent = session?.shortId ?? "";
  const list = hook("log").querySelector("ol");
  list.prepend(line);
  if (list.children.length > 50) list.lastElementChild.remove();
  hook("log").hidden = false;
  byId("log-empty").hidden = true;
}

function showFigures(status) {
  const { active_sessions: active, used_sessions: used, total_sessions: total, max_sessions: cap } = status;
  for (const [name, value] of Object.entries({ active, used, total, cap })) {
    const figure = hook(`figure-${name}`);
    figure.value = value;
    figure.textContent = count.format(value);
  }
  const words = say("figures.gauge", { active: count.format(active), cap: count.format(cap) });
  const gauge = byId("gauge");
  gauge.setAttribute("aria-valuemax", cap);
  gauge.setAttribute("aria-valuenow", active);
  gauge.setAttribute("aria-valuetext", words);
  // One session in a thousand must still be seen: never thinner than 2 %.
  gauge.querySelector("rect").setAttribute("width", active ? `${Math.min(100, Math.max(2, (100 * active) / cap))}%` : "0");
  byId("gauge-text").textContent = words;
  lastFigures = new Date();
}

function showFreshness(outcome) {
  const live = outcome === "ok";
  byId("figures").classList.toggle("stale", !live);
  byId("freshness").textContent = live
    ? say("figures.live")
    : say("figures.stale", { time: lastFigures ? timeOfDay.format(lastFigures) : "--:--" });
}

function showSession(state) {
  byId("ticket").dataset.state = state;
  byId("short-id").textContent = session?.shortId ?? say("no_session");
  byId("state").hidden = !session;
  byId("again").hidden = !session;
  if (session) put(byId("state"), { active: ["active", "good"], used: ["used", "good"], expired: ["expired", "note"] }[state] ?? ["refused", "stop"], say(`state.${state}`));
  if (state === "active") return;
  clearInterval(ticking);
  byId("clock").textContent = "–";
}

function tick() {
  const left = Math.max(0, Math.ceil((session.endsAt - Date.now()) / 1000));
  byId("clock").textContent = `${twoDigits.format(Math.floor(left / 60))}:${twoDigits.format(left % 60)}`;
  if (left > 0) return;
  showSession("expired");
  tell("result-create", "expired");
  addToLog("expired");
  refresh();
}

// Exactly one step is on offer. The others are aria-disabled, not disabled: the pressed one keeps its focus.
function offer(next) {
  const at = STEPS.indexOf(next);
  STEPS.forEach((name, index) => {
    const step = document.querySelector(`[data-step="${name}"]`);
    step.toggleAttribute("data-done", index !== at && "result" in step.querySelector(".story").dataset);
    if (index === at) step.setAttribute("aria-current", "step");
    else step.removeAttribute("aria-current");
    hook(name).setAttribute("aria-disabled", index !== at);
  });
}

// ---- the three steps

async function create() {
  const { outcome, body, facts } = await call("POST", "auth/create-session");
  heard(outcome, false);
  if (outcome !== "ok") {
    tell("result-create", outcome, facts);
    addToLog(outcome, facts);
    return;
  }
  const url = new URL(body.iframe_url, location.href);
  session = {
    // This page's own origin, whatever public address the server knows: the frame must be readable from here.
    path: url.pathname + url.search,
    // The head names only the kind and the client; the tail tells one session from another and gives little away.
    shortId: `${body.session_id.slice(0, 4)}…${body.session_id.slice(-4)}`,
    endsAt: Date.now() + body.expires_in_seconds * 1000,
  };
  for (const address of document.querySelectorAll(".address")) address.textContent = `${url.pathname}?session_id=${session.shortId}`;
  tell("result-create", "created");
  addToLog("created");
  showSession("active");
  tick();
  ticking = setInterval(tick, 1000);
  offer("open-first");
}

async function open(slot) {
  const result = `result-${slot}`;
  const again = slot === "second";
  tell(result, "waiting");
  const { outcome, facts } = await load(slot, session.path);
  heard(outcome, false);
  if (outcome === "silent") document.querySelector(`[data-window="${slot}"] iframe`).remove(); // nothing of ours to show
  const told = { opened: again ? "opened_again" : "opened", refused: again ? "refused" : "refused_first" }[outcome] ?? outcome;
  tell(result, told, facts);
  addToLog(told, facts);
  if (!again && outcome === "opened") showSession("used");
  if (!again && outcome === "refused") showSession("gone");
  // After a failure nobody knows: the same step stays on offer.
  if (outcome === "opened" || outcome === "refused") offer(again || outcome === "refused" ? "start-over" : "open-second");
}

async function load(slot, path) {
  const place = document.querySelector(`[data-window="${slot}"]`);
  const frame = place.querySelector("template").content.firstElementChild.cloneNode(true);
  place.querySelector("iframe")?.remove();
  if (slot === "first") frame.src = path;
  else frame.srcdoc = await asAStranger(path);
  return new Promise((resolve) => {
    frame.addEventListener("load", () => resolve(outcomeOf(frame)));
    place.querySelector("template").after(frame);
    place.scrollIntoView({ block: "nearest" });
  });
}

// What somebody is shown who has got hold of the address, but not of the grant that this browser holds.
async function asAStranger(path) {
  try {
    const response = await fetch(path, { credentials: "omit", cache: "no-store", signal: AbortSignal.timeout(TIMEOUT_MS) });
    return await response.text();
  } catch {
    return "";
  }
}

// The pages say themselves what they are; a frame that cannot be read is the browser's own error page.
function outcomeOf(frame) {
  const inside = frame.contentDocument;
  const { framegate, code } = inside?.documentElement.dataset ?? {};
  if (!framegate) return { outcome: "silent" };
  if (framegate === "opened" || code === "session_invalid") return { outcome: framegate };
  if (code === "store_unavailable") return { outcome: "away" };
  return { outcome: "failed", facts: { detail: inside.querySelector("h1")?.textContent ?? code } };
}

function startOver() {
  for (const frame of document.querySelectorAll(".window iframe")) frame.remove();
  for (const story of document.querySelectorAll(".story")) {
    story.replaceChildren();
    delete story.dataset.result;
  }
  for (const address of document.querySelectorAll(".address")) address.textContent = "/client/iframe.html";
  session = null;
  showSession("none");
  offer("create");
  hook("create").focus(); // the button just pressed is gone
}

function onPress(name, action) {
  hook(name).addEventListener("click", async () => {
    // A second press while the first is under way would open the iframe twice.
    if (busy || hook(name).getAttribute("aria-disabled") === "true") return;
    busy = true;
    hook(name).setAttribute("aria-busy", "true");
    try {
      await action();
    } finally {
      busy = false;
      hook(name).removeAttribute("aria-busy");
    }
    refresh();
  });
}

onPress("create", create);
onPress("open-first", () => open("first"));
onPress("open-second", () => open("second"));
onPress("start-over", startOver);
document.addEventListener("visibilitychange", () => (document.hidden ? clearTimeout(poll) : refresh()));
const here = new URL(".", location.href).href.replace(/\/$/, "");
for (const origin of document.querySelectorAll(".origin")) origin.textContent = here;
refresh();
