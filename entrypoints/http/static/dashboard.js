// The dashboard: takes what the server sends once a second, and says aloud only what has changed for
// whoever listens: the line, the store, the alerts.

import { showPanels } from "./dashboard-panels.js";
import { put } from "./dashboard-rows.js";
import { watch } from "./dashboard-stream.js";
import { alertsOf, say, time } from "./dashboard-words.js";

const byId = (id) => document.getElementById(id);
const TONES = { live: "good", waiting: "", lost: "note", full: "note", out: "stop" };

let spoken = "";

function badge(id, tone, words) {
  const element = byId(id);
  element.dataset.tone = tone;
  element.querySelector("use").setAttribute("href", `#icon-${tone || "waiting"}`);
  put(element.querySelector("span"), words);
  element.hidden = false;
}

function speak(words) {
  if (words !== spoken) byId("spoken").textContent = words;
  spoken = words;
}

function showState(state) {
  badge("link", TONES[state], say(`link.${state}`));
  document.body.classList.toggle("cut-off", state !== "live");
  if (state !== "live") speak(say(`link.${state}`));
  if (state === "out") showSignedOut();
}

// Nothing is known from here on, and nothing can be done.
function showSignedOut() {
  document.body.classList.add("signed-out");
  badge("store", "", say("store.unknown"));
  byId("sign-in").hidden = false;
  byId("confirm").close("no");
  for (const button of byId("board").querySelectorAll("button")) button.disabled = true;
}

function showFrame(frame) {
  const away = frame.store.away_since;
  const store = away ? say("store.away", { time: time(away) }) : say(`store.${frame.storage}`);
  badge("store", away ? "stop" : "good", store);
  put(byId("at"), time(frame.at));
  byId("panels").hidden = false;
  showPanels(frame);
  speak([store, ...alertsOf(frame).map(({ words }) => words)].join(" "));
}

badge("link", "", say("link.waiting")); // by who is going to connect: without scripts nobody is
watch(`${byId("board").dataset.base}/dashboard/events`, { showFrame, showState });
