// What each part of the dashboard shows of a frame.

import { askToRevoke } from "./dashboard-control.js";
import { showEvents } from "./dashboard-events.js";
import { showPlot } from "./dashboard-plot.js";
import { barRow, cell, makeBar, put, revokeButton, setBar, showRows } from "./dashboard-rows.js";
import { alertsOf, count, length, milliseconds, nameOf, rate, say, time } from "./dashboard-words.js";

const byId = (id) => document.getElementById(id);
const OLD_MS = 5000; // the store is asked every second: what is older has another reason

export function showPanels(frame) {
  const { sessions, store, server, window: recent } = frame;
  const others = recent.others;
  const known = store.at !== null;
  const [, created, redeemed, refused] = frame.paces.at(-1);
  figures({
    active: known ? count(sessions.active) : "–",
    of_cap: known ? say("of_cap", { cap: count(sessions.cap) }) : "",
    created_rate: rate(created), redeemed_rate: rate(redeemed), refused_rate: rate(refused),
    p99: milliseconds(frame.traffic.p99),
    store: say(store.away_since ? "store.away" : `store.${frame.storage}`, { time: time(store.away_since) }),
    store_p50: inMs(store.p50), store_p99: inMs(store.p99), lag: inMs(server.lag),
    workers: count(server.workers), in_flight: count(server.in_flight), shed: count(others.http_requests_shed ?? 0),
    total_created: known ? count(sessions.created) : "–", total_redeemed: known ? count(sessions.redeemed) : "–",
    used: known ? count(sessions.used) : "–",
    more_clients: frame.clients.more ? say("more_clients", { more: count(frame.clients.more) }) : "",
  });
  setBar(byId("gauge").parentElement, sessions.cap ? sessions.active / sessions.cap : 0);
  showAge(frame);
  showPeriods(recent.ms);
  showPlot(frame.paces);
  if (byId("plot").closest("section").querySelector("details").open) showPaces(frame.paces);
  showBars("reasons", recent.reasons, (name) => say(`reason.${name}`));
  showBars("others", others, (name) => say(`other.${name}`));
  byId("regions").hidden = frame.regions === null;
  showBars("regions", frame.regions ?? {}, regionName);
  showRows("clients", frame.clients.rows, (row) => row.client, clientRow);
  showRows("routes", frame.routes, (row) => row.route, routeRow);
  showEvents(frame.events);
  const alerts = alertsOf(frame);
  byId("alerts").dataset.tone = alerts.length ? (alerts.some(({ tone }) => tone === "stop") ? "stop" : "note") : "";
  figures({ alerts: alerts.length ? count(alerts.length) : "" });
  showRows("alerts", alerts, (alert) => `${alert.alert} ${alert.subject}`, alertRow);
}

const inMs = (ms) => (ms === null ? "–" : `${milliseconds(ms)} ms`);

function figures(values) {
  for (const [name, text] of Object.entries(values)) put(document.querySelector(`[data-figure="${name}"]`), text);
}

// What only the store knows is shown as it was last, and said to be so.
function showAge({ at, store }) {
  const old = store.at !== null && (store.away_since !== null || at - store.at > OLD_MS);
  for (const id of ["now", "clients", "events"]) {
    const note = byId(id).querySelector(".as-of");
    byId(id).classList.toggle("stale", old);
    put(note, old ? say("as_of", { time: time(store.at) }) : "");
  }
}

// A worker that has begun a short while ago knows of no more than that.
function showPeriods(ms) {
  const known = Math.round(ms / 1000);
  for (const element of document.querySelectorAll("[data-minutes]")) {
    const { minutes } = element.dataset;
    put(element, known < 60 * minutes ? say("period", { time: length(known) }) : say(`period.${minutes}`));
  }
}

function showBars(name, counts, labelOf) {
  const most = Math.max(...Object.values(counts));
  const items = Object.entries(counts).sort(([, one], [, other]) => other - one);
  const rows = items.map(([key, many]) => ({ key, label: labelOf(key), share: many / most, text: count(many) }));
  showRows(name, rows, (row) => row.key, barRow);
}

const regions = new Intl.DisplayNames([document.documentElement.lang], { type: "region" });
const regionName = (code) => (/^[A-Z]{2}$/.test(code) ? `${regions.of(code)} (${code})` : code || say("nowhere"));

function showPaces(paces) {
  showRows("paces", [...paces].reverse(), ([at]) => at, () => {
    const row = cell("tr");
    row.append(...["td", "td", "td", "td"].map((tag, n) => cell(tag, "", n ? "number" : "")));
    row.update = ([at, ...values]) => [time(at), ...values.map(rate)].forEach((text, n) => put(row.children[n], text));
    return row;
  });
}

function clientRow({ client }) {
  const row = cell("tr");
  const name = cell("th", nameOf(client));
  name.scope = "row";
  const [active, share, ...more] = [cell("td", "", "number"), cell("td", "", "bar-cell"), ...[1, 2, 3].map(() => cell("td", "", "number"))];
  const action = cell("td", "", "number");
  share.append(makeBar());
  share.firstElementChild.setAttribute("role", "img");
  if (client !== "?") action.append(revokeButton(say("revoke_client", { client }), () => askToRevoke("client", client)));
  row.append(name, active, share, ...more, action);
  row.update = (item) => {
    const known = item.cap !== null;
    put(active, known ? `${count(item.active)} / ${count(item.cap)}` : "–");
    share.firstElementChild.toggleAttribute("hidden", !known);
    setBar(share.firstElementChild, known ? item.active / item.cap : 0);
    share.firstElementChild.setAttribute("aria-label", say("share_of_cap", { share: known ? count((100 * item.active) / item.cap) : "" }));
    [item.created, item.redeemed, item.refused].forEach((many, n) => put(more[n], count(many)));
  };
  return row;
}

function routeRow() {
  const row = cell("tr");
  row.append(cell("th"), ...[1, 2, 3].map(() => cell("td", "", "number")));
  row.firstElementChild.scope = "row";
  row.update = ({ route, many, p50, p99 }) =>
    [route, count(many), inMs(p50), inMs(p99)].forEach((text, n) => put(row.children[n], text));
  return row;
}

function alertRow() {
  const row = cell("li", "", "badge");
  const svg = document.querySelector("#link svg").cloneNode(true);
  svg.querySelector("use").setAttribute("href", "#icon-note");
  const words = cell("span");
  row.append(svg, words);
  row.update = (alert) => {
    row.dataset.tone = alert.tone;
    put(words, `${alert.words} ${alert.since}`.trim());
  };
  return row;
}
