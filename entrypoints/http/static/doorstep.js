// The doorstep: gets an iframe its session, redeems it, and shows the protected page in a frame
// of its own. It stays around that page to keep the grant alive and to talk to the page around it.
// The page is seen only as long as its grant is known to hold.
//
// Messages are { framegate: 1, type, ... }. To the parent: hello, entered, refused, expired,
// resize. From the parent: session. Nothing that is sent up is a secret.

import { isFramed, kept, originOfParent, takesCookies } from "./browser.js";
import { showAnswer, showCard, showFrame } from "./cards.js";
import { named, nameIn, whyNot } from "./target.js";

const SLOW_MS = 10_000;
const ANSWER_MS = 10_000;
const RETRY_MS = [1000, 2000, 5000, 15_000, 30_000];
const LEAST_KEEP_MS = 500;
const MOST_KEEP_MS = 60_000; // so long at the most is a grant not asked after that somebody looks by
const PATIENCE_MS = 5_000; // for an answer, or for the parent to bring another session

const form = document.getElementById("session");
const client = form.dataset.client;
const to = new URLSearchParams(location.search).get("to"); // a page of the application behind this gate
const notTaken = to ? whyNot(to) : null;
const target = new URL((notTaken === null && to) || "iframe.html", location.href).href;
const guarded = new URL(to ? "/" : ".", target).href;
const hold = takesCookies() ? "cookie" : "bearer";

let parentOrigin = originOfParent();
let session = history.state?.framegate ?? null; // its fingerprint, no secret; the state outlives a reload
const names = new Set(); // the sessions this page went on with so far
let bearer = null;
let inner = null;
let shown = false;
let gone = false; // where nobody can tell what the frame shows
let timer;
let grace;
let doubt = null;
let covered = false;
let away = null;
let failures = 0;
let stumbles = 0;
let watched = null;

// ---- talking

function tell(type, facts = {}) {
  if (!isFramed) return;
  window.parent.postMessage({ framegate: 1, type, ...facts }, parentOrigin || "*");
}

function ask(path, options = {}) {
  const headers = { Accept: "application/json", ...options.headers };
  if (bearer) headers.Authorization = `Bearer ${bearer}`;
  const signal = AbortSignal.timeout(ANSWER_MS);
  return fetch(path, { cache: "no-store", credentials: "same-origin", signal, ...options, headers });
}

addEventListener("message", (event) => {
  const { framegate, type } = event.data ?? {};
  if (framegate !== 1) return;
  if (event.source === window.parent && isFramed) heardFromParent(event, type);
  else if (event.source === inner?.contentWindow && event.origin === location.origin) heardFromPage(event.data);
});

function heardFromParent(event, type) {
  if (type !== "session" || typeof event.data.session_id !== "string" || notTaken !== null) return;
  parentOrigin = event.origin;
  enter(event.data.session_id);
}

function heardFromPage({ type, code, status }) {
  // In Firefox a page that was written reloads as what wrote it: a doorstep within this one.
  if (type === "hello") return bearer ? check() : refuseTarget("it leads to the doorstep itself");
  if (type !== "refused") return;
  if (status === 401) {
    // It has reloaded, and a reload brings no bearer; or gone back to where a former grant was named.
    return bearer || ![null, session].includes(nameOfPage()) ? check() : lost();
  }
  tell("refused", { code, status });
  if (passes(status)) later(wake, RETRY_MS[Math.min(stumbles++, RETRY_MS.length - 1)]);
}

// ---- entering

async function enter(sessionId) {
  clearTimeout(grace); // how this ends decides
  try {
    const response = await ask("enter", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ session_id: sessionId, hold, parent: parentOrigin, replaces: session ?? "" }),
    });
    if (response.ok) entered(await response.json());
    else refused(new DOMParser().parseFromString(await response.text(), "text/html"));
  } catch {
    refused(null); // whether it was redeemed, nobody knows
  }
}

function entered(grant, { again = false } = {}) {
  if (session !== null && session !== grant.session) kept(session, null);
  session = grant.session;
  names.add(session);
  rename();
  history.replaceState({ framegate: session }, "");
  if (grant.bearer) bearer = grant.bearer;
  if (bearer) kept(session, bearer);
  clearTimeout(grace);
  sure();
  keep(grant.expires_in_seconds);
  if (inner === null || refusal() !== null) showPage();
  else if (covered) showFrame(inner);
  covered = false;
  tell("entered", {
    session, hold, again,
    expires_in_seconds: grant.expires_in_seconds, ends_in_seconds: grant.ends_in_seconds,
  });
}

// A page that goes on by the grant it has stays: whether that still holds is asked.
function refused(page) {
  const { code = "internal_error", status = "500" } = page?.documentElement.dataset ?? { code: "unreachable", status: "0" };
  tell("refused", { code, status: Number(status) });
  if (session !== null) return check();
  inner = null;
  if (page) showAnswer(page);
  else showCard("unopened");
}

// ---- keeping the grant alive: by half of its idle time, and whenever the browser wakes up

function later(what, ms) {
  clearTimeout(timer);
  timer = setTimeout(what, ms);
}

function keep(seconds) {
  later(wake, Math.min(Math.max(LEAST_KEEP_MS, seconds * 500), MOST_KEEP_MS));
}

async function check() {
  if (session === null) return;
  const asked = session;
  doubt ??= setTimeout(cover, PATIENCE_MS);
  let problem = { code: "unreachable", status: 0 };
  try {
    const response = await ask(`grant?grant=${asked}`);
    const facts = await response.json();
    if (asked !== session) return; // another has taken its place
    if (response.ok) return holds(facts);
    if (isNo(response.status, facts.code)) return lost();
    problem = { code: facts.code, status: response.status };
  } catch {
    // nobody has answered
  }
  if (asked !== session) return;
  away = problem;
  later(wake, RETRY_MS[Math.min(failures++, RETRY_MS.length - 1)]);
}

// Who holds a good grant is not held up, so that framegate's 429 says no as well; a proxy's says nothing.
function isNo(status, code) {
  return status === 401 || (status === 429 && code === "rate_limited");
}

function holds(grant) {
  if (inner === null || covered) return entered(grant, { again: true });
  sure();
  keep(grant.expires_in_seconds);
  if (gone || passes(refusal())) showAgain();
}

function sure() {
  clearTimeout(doubt);
  doubt = away = null;
  failures = 0;
}

// Nobody can be asked whether the grant holds: until somebody can, the page is not seen.
function cover() {
  const { code, status } = away ?? { code: "unreachable", status: 0 };
  covered = true;
  showCard(status === 0 ? "unreachable" : "unavailable", inner);
  tell("refused", { code, status });
}

// Who looks away lets it end.
function wake() {
  if (!document.hidden) check();
}
document.addEventListener("visibilitychange", wake);
addEventListener("online", wake);
addEventListener("pageshow", (event) => event.persisted && wake());

function lost() {
  if (session === null) return;
  forget();
  tell("expired");
}

function forget() {
  clearTimeout(timer);
  sure();
  kept(session, null);
  session = bearer = null;
  history.replaceState(null, "");
  grace = setTimeout(takeAway, PATIENCE_MS);
}

// Nobody has brought another session. Nobody is asked about it, either: who could say no may be away.
function takeAway() {
  inner = null;
  covered = false;
  showCard("ended");
  tell("refused", { code: "grant_ended", status: 401 });
}

// ---- showing

// The status of framegate's own page that stands where the protected one should, 0 of a doorstep;
// null where there is none.
function refusal() {
  try {
    const { framegate, status = "0" } = inner.contentDocument.documentElement.dataset;
    return ["refused", "doorstep"].includes(framegate) ? Number(status) : null;
  } catch {
    return null; // it has gone elsewhere, which is its own business
  }
}

// Whether it can be another answer the next time, with a grant that holds.
function passes(status) {
  return status !== null && (status === 0 || status === 401 || status === 429 || status >= 500);
}

// The page goes on with a grant that has taken the place of the one before.
function rename() {
  const name = nameOfPage();
  if (name === session || !names.has(name)) return;
  const page = inner.contentWindow;
  page.history.replaceState(page.history.state, "", named(page.location.href, session));
}

function nameOfPage() {
  try {
    return nameIn(inner.contentWindow.location.href);
  } catch {
    return null; // it has gone elsewhere, or there is none
  }
}

function showPage() {
  inner?.remove();
  inner = document.createElement("iframe");
  inner.allow = "autoplay; camera; clipboard-read; clipboard-write; display-capture; encrypted-media; fullscreen; geolocation; microphone; payment; picture-in-picture";
  inner.addEventListener("load", loaded);
  inner.src = bearer ? `blank?client=${client}` : named(target, session);
  shown = gone = false;
  showFrame(inner);
}

// Where somebody was, and not where he began, if the browser can go there by itself.
function showAgain() {
  if (bearer) return showPage();
  const { location: place } = inner.contentWindow;
  const address = nameOfPage() === null ? place.href : named(place.href, session);
  if (address === place.href) place.reload();
  else place.replace(address);
}

async function loaded({ target: frame }) {
  const first = !shown;
  shown = true;
  if (!frame.contentDocument) {
    if (first && !bearer) tell("refused", { code: "page_blocked", status: 0 }); // its own policy, or another site
    gone = bearer !== null; // it has reloaded, and been refused where nobody may read it
    if (gone) check();
    return;
  }
  if (bearer && inner.contentWindow.location.pathname === new URL("blank", location.href).pathname) {
    const { carry } = await import("./carry.js");
    const status = await carry(frame.contentWindow, target, guarded, () => bearer);
    if (frame !== inner) return;
    if (status === 401) return lost();
    if (refusal() === 0) return refuseTarget("it leads to the doorstep itself");
  }
  if (refusal() === null) {
    stumbles = 0;
    rename();
  }
  inner.title = inner.contentDocument.title;
  if (!covered) document.title = inner.title || document.title;
  watchHeight();
}

function watchHeight() {
  const root = inner.contentDocument?.documentElement;
  if (!root) return;
  watched?.disconnect();
  watched = new inner.contentWindow.ResizeObserver(() => tell("resize", { height: Math.ceil(root.getBoundingClientRect().height) }));
  watched.observe(root);
}

// Only who wrote `to` can mend it.
function refuseTarget(reason) {
  clearTimeout(timer);
  session = inner = null;
  showCard("misled");
  console.error(`framegate: to=${to} is not taken: ${reason}`);
  tell("refused", { code: "to_not_taken", status: 0, reason });
}

// ---- begin

function withoutId() {
  const address = new URL(`enter?client=${client}`, location.href);
  if (to) address.searchParams.set("to", to);
  return address;
}

const slow = setTimeout(() => document.querySelector(".slow")?.removeAttribute("hidden"), SLOW_MS);
addEventListener("pagehide", () => clearTimeout(slow));

const id = form.elements.session_id?.value;
if (id) history.replaceState(history.state, "", withoutId()); // an address with an id in it is good for nothing any more
bearer = session && kept(session);
if (self.origin === "null") {
  tell("refused", { code: "sandboxed", status: 0 }); // without allow-same-origin nothing can be held
} else if (notTaken !== null) {
  refuseTarget(notTaken);
} else if (session !== null) {
  // A reload. What was in memory only is gone with it.
  if (hold === "bearer" && !bearer) forget();
  else await check();
  if (session === null) tell("hello");
} else if (id) {
  await enter(id);
} else {
  tell("hello");
}
