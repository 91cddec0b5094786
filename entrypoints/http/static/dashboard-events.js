// The latest events. The list stands still while the pointer or the focus is within it, so that a
// button is that of the event it was reached for; it says how much has come meanwhile (WCAG 2.2.2).

import { askToRevoke } from "./dashboard-control.js";
import { cell, put, revokeButton, showRows } from "./dashboard-rows.js";
import { count, say, time } from "./dashboard-words.js";

const section = document.getElementById("events");
const list = section.querySelector(".events");
const newer = document.getElementById("newer");
const dialog = document.getElementById("confirm");
let latest = [];
let top = null; // the position of the first that is shown

export function showEvents(events) {
  latest = events;
  if (isHeld() && top !== null) sayNewer();
  else catchUp();
}

// A question that was asked from the list gives the focus back to it.
const isHeld = () => section.matches(":hover") || section.contains(document.activeElement) || dialog.open;

function sayNewer() {
  const before = latest.findIndex((event) => event.position === top);
  const many = before < 0 ? `${count(latest.length)}+` : count(before);
  put(newer, say("newer", { many }));
  newer.hidden = before === 0;
}

function catchUp() {
  top = latest[0]?.position ?? null;
  newer.hidden = true;
  showRows("events", latest, (event) => event.position, eventRow);
}

newer.addEventListener("click", ({ detail }) => {
  if (detail === 0) list.focus(); // pressed by a key: the button is about to go
  catchUp();
});
for (const left of ["pointerleave", "focusout"])
  section.addEventListener(left, () => setTimeout(() => isHeld() || catchUp())); // the focus is in between

const BAD = new Set(["replay_attempted", "redeem_refused", "grant_refused", "key_rejected", "create_refused", "rate_limit_reached"]);

function eventRow(event) {
  const row = cell("tr");
  const name = say(`event.${event.event}`);
  const when = cell("time", time(event.at));
  when.dateTime = new Date(event.at).toISOString();
  const [at, what, print, action] = [cell("td"), cell("td"), cell("td"), cell("td", "", "number")];
  at.append(when);
  what.append(cell("span", name, BAD.has(event.event) ? "event bad" : "event"), " ", cell("span", details(event), "muted small"));
  print.append(cell("code", event.fingerprint ?? ""));
  if (event.fingerprint) {
    const seen = [event.client, name, time(event.at)].filter(Boolean).join(" · ");
    const ask = () => askToRevoke("fingerprint", event.fingerprint, seen);
    action.append(revokeButton(say("revoke_fingerprint", event), ask));
  }
  row.append(at, what, cell("td", event.client ?? ""), print, action);
  row.update = () => {};
  return row;
}

function details({ reason, region, count: many, removed, sessions, grants }) {
  const parts = [reason && say(`reason.${reason}`), region, many ?? removed, sessions !== undefined && say("ended", { sessions, grants })];
  return parts.filter((part) => part !== undefined && part !== false && part !== "").join(" · ");
}
