// Stepping in: whatever ends something is asked about first, and says afterwards what it did.

import { count, say } from "./dashboard-words.js";

const byId = (id) => document.getElementById(id);
const base = byId("board").dataset.base;
const [dialog, form, outcome] = [byId("confirm"), byId("revoke"), byId("outcome")];

// `seen` is what was seen of it where the question was asked.
export async function askToRevoke(what, which, seen = "") {
  const sure = await confirm(say("confirm.revoke"), say(`confirm.${what}`, { which }), say("confirm.yes"), seen);
  if (!sure) return;
  const done = await send("revoke", { [what]: which });
  if (done) tell("good", say("done.revoked", { sessions: count(done.sessions_revoked), grants: count(done.grants_revoked) }));
}

async function askToCleanUp() {
  const sure = await confirm(say("confirm.clean_up"), say("confirm.clean_up_text"), say("confirm.clean_up_yes"));
  const done = sure && (await send("clean-up", {}));
  if (done) tell("good", say("done.cleaned_up", { removed: count(done.sessions_removed) }));
}

// The page behind it cannot be used meanwhile, and Escape is a no.
function confirm(title, text, yes, seen = "") {
  byId("confirm-title").textContent = title;
  byId("confirm-text").textContent = text;
  byId("confirm-seen").textContent = seen;
  byId("confirm-seen").hidden = !seen;
  byId("confirm-yes").textContent = yes;
  dialog.returnValue = "no";
  tell("", ""); // what was done before is not what comes of this
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}

async function send(address, fields) {
  try {
    const response = await fetch(`${base}/dashboard/${address}`, {
      method: "POST", body: new URLSearchParams(fields), signal: AbortSignal.timeout(10_000),
    });
    const answer = await response.json();
    if (response.ok) return answer;
    tell("stop", answer.detail);
  } catch {
    tell("stop", say("done.failed"));
  }
  return null;
}

function tell(tone, text) {
  outcome.dataset.tone = tone;
  outcome.textContent = text;
  if (text) outcome.scrollIntoView({ block: "nearest" });
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  askToRevoke(form.what.value, form.which.value.trim());
});
byId("clean-up").addEventListener("click", askToCleanUp);
