// The doorstep: gets an iframe its session, redeems it, and shows the protected page in a frame
// of its own. It stays around that page to keep the grant alive and to talk to the page around it.
//
// Messages are { framegate: 1, type, ... }. To the parent: hello, entered, refused, expired,
// resize. From the parent: session. Nothing that is sent up is a secret.

import { isFramed, kept, originOfParent, takesCookies } from "./browser.js";

const SLOW_MS = 10_000;
const RETRY_MS = [1000, 2000, 5000, 15_000, 30_000];
const LEAST_KEEP_MS = 500;
const MOST_KEEP_MS = 60_000; // so long at the most does a page stay that was revoked
const GRACE_MS = 5_000; // for the parent to bring another session

const form = document.getElementById("session");
const client = form.dataset.client;
const to = new URLSearchParams(location.search).get("to"); // a page of the application behind this gate
const target = pageToShow();
const guarded = new URL(to ? "/" : ".", target).href;
const hold = takesCookies() ? "cookie" : "bearer";

let parentOrigin = originOfParent();
let session = history.state?.framegate ?? null; // its fingerprint, no secret; the state outlives a reload
let bearer = null;
let inner = null;
let shown = false;
let named = null; // the session in the page's address
let timer;
let grace;
let failures = 0;
let watched = null;

// ---- what the browser tells

function pageToShow() {
  const url = new URL(to ?? "iframe.html", location.href);
  return url.origin === location.origin ? url.href : new URL("iframe.html", location.href).href;
}

// ---- talking

function tell(type, facts = {}) {
  if (!isFramed) return;
  window.parent.postMessage({ framegate: 1, type, ...facts }, parentOrigin || "*");
}

function ask(path, options = {}) {
  const headers = { Accept: "application/json", ...options.headers };
  if (bearer) headers.Authorization = `Bearer ${bearer}`;
  return fetch(path, { cache: "no-store", credentials: "same-origin", ...options, headers });
}

addEventListener("message", (event) => {
  const { framegate, type } = event.data ?? {};
  if (framegate !== 1) return;
  if (event.source === window.parent && isFramed) heardFromParent(event, type);
  else if (event.source === inner?.contentWindow && event.origin === location.origin) heardFromPage(event.data);
});

function heardFromParent(event, type) {
  if (type !== "session" || typeof event.data.session_id !== "string") return;
  parentOrigin = event.origin;
  enter(event.data.session_id);
}

function heardFromPage({ type, code, status }) {
  // In Firefox a page that was written reloads as what wrote it: a doorstep within this one.
  if (type === "hello") check(showPage);
  if (type !== "refused") return;
  if (status !== 401) tell("refused", { code, status });
  else if (bearer) check(showPage); // it has reloaded, and a reload brings no bearer
  else lost();
}

// ---- entering

async function enter(sessionId) {
  try {
    const response = await ask("enter", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ session_id: sessionId, hold, parent: parentOrigin, replaces: session ?? "" }),
    });
    if (!response.ok) return refused(await response.text());
    entered(await response.json());
  } catch {
    tell("refused", { code: "unreachable", status: 0 }); // whether it was redeemed, nobody knows
  }
}

function entered(grant, { again = false } = {}) {
  if (session !== null && session !== grant.session) kept(session, null);
  session = grant.session;
  rename();
  history.replaceState({ framegate: session }, "");
  if (grant.bearer) bearer = grant.bearer;
  if (bearer) kept(session, bearer);
  failures = 0;
  clearTimeout(grace);
  keep(grant.expires_in_seconds);
  if (inner === null || !isShown()) showPage();
  tell("entered", {
    session, hold, again,
    expires_in_seconds: grant.expires_in_seconds, ends_in_seconds: grant.ends_in_seconds,
  });
}

async function resume() {
  bearer = kept(session);
  if (hold === "bearer" && !bearer) return false;
  try {
    const response = await ask(`grant?grant=${session}`);
    if (response.ok) entered(await response.json(), { again: true });
    return response.ok;
  } catch {
    return false;
  }
}

// ---- keeping the grant alive: by half of its idle time, and whenever the browser wakes up

function keep(seconds) {
  clearTimeout(timer);
  timer = setTimeout(wake, Math.min(Math.max(LEAST_KEEP_MS, seconds * 500), MOST_KEEP_MS));
}

async function check(onward = () => {}) {
  if (session === null) return;
  try {
    const response = await ask(`grant?grant=${session}`);
    if (response.status === 401) return lost();
    if (!response.ok) throw new Error(`status ${response.status}`);
    failures = 0;
    keep((await response.json()).expires_in_seconds);
    onward();
  } catch {
    clearTimeout(timer);
    timer = setTimeout(wake, RETRY_MS[Math.min(failures++, RETRY_MS.length - 1)]);
  }
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
  clearTimeout(timer);
  kept(session, null);
  grace = setTimeout(takeAway, GRACE_MS, bearer);
  session = bearer = null;
  history.replaceState(null, "");
  tell("expired");
}

// Nobody has brought another session: the page is not to be looked at any longer.
async function takeAway(ended) {
  const headers = { Accept: "text/html", ...(ended && { Authorization: `Bearer ${ended}` }) };
  const response = await ask(target, { headers }).catch(() => null);
  if (session === null && response?.status === 401) refused(await response.text());
}

// ---- showing

function isShown() {
  try {
    return !["refused", "doorstep"].includes(inner.contentDocument.documentElement.dataset.framegate);
  } catch {
    return true; // it has gone elsewhere, which is its own business
  }
}

// Frames share their cookies: the page of framegate's own says whose grant it goes on with.
function addressHere() {
  if (to) return target;
  const address = new URL(target);
  named = session;
  address.searchParams.set("grant", named);
  return address.href;
}

// The page goes on with a grant that has taken the place of the one before.
function rename() {
  try {
    const page = inner.contentWindow;
    const address = new URL(page.location.href);
    if (named === null || address.searchParams.get("grant") !== named) return;
    named = session;
    address.searchParams.set("grant", session);
    page.history.replaceState(page.history.state, "", address);
  } catch {
    // it has gone elsewhere, or there is none
  }
}

function showPage() {
  inner?.remove();
  inner = document.createElement("iframe");
  inner.allow = "autoplay; camera; clipboard-read; clipboard-write; display-capture; encrypted-media; fullscreen; geolocation; microphone; payment; picture-in-picture";
  inner.addEventListener("load", loaded);
  inner.src = bearer ? `blank?client=${client}` : addressHere();
  shown = false;
  document.body.className = "doorstep-page";
  document.body.replaceChildren(inner);
}

async function loaded() {
  const first = !shown;
  shown = true;
  if (!inner.contentDocument) {
    if (first && !bearer) tell("refused", { code: "page_blocked", status: 0 }); // its own policy, or another site
    if (bearer) check(showPage); // it has reloaded, and been refused where nobody may read it
    return;
  }
  if (bearer && inner.contentWindow.location.pathname === new URL("blank", location.href).pathname) {
    const { carry } = await import("./carry.js");
    const status = await carry(inner.contentWindow, target, guarded, () => bearer);
    if (status === 401) return lost();
  }
  document.title = inner.title = inner.contentDocument?.title || document.title;
  watchHeight();
}

function watchHeight() {
  const root = inner.contentDocument?.documentElement;
  if (!root) return;
  watched?.disconnect();
  watched = new inner.contentWindow.ResizeObserver(() => tell("resize", { height: Math.ceil(root.getBoundingClientRect().height) }));
  watched.observe(root);
}

// The server says it once, for people: its page takes the place of this one.
function refused(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  const { code = "internal_error", status = "500" } = page.documentElement.dataset;
  inner = null;
  document.title = page.title;
  document.body.replaceWith(document.adoptNode(page.body));
  tell("refused", { code, status: Number(status) });
}

// ---- begin

const slow = setTimeout(() => document.querySelector(".slow")?.removeAttribute("hidden"), SLOW_MS);
addEventListener("pagehide", () => clearTimeout(slow));

const id = form.elements.session_id?.value;
if (self.origin === "null") {
  tell("refused", { code: "sandboxed", status: 0 }); // without allow-same-origin nothing can be held
} else if (session !== null && (await resume())) {
  // a reload: the grant still holds
} else if (id) {
  const address = new URL(`enter?client=${client}`, location.href);
  history.replaceState(null, "", address); // an address with an id in it is good for nothing any more
  await enter(id);
} else {
  session = null;
  tell("hello");
}
