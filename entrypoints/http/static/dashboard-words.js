// Words, numbers and times as the reader writes them. The server writes the words, translated.

const lang = document.documentElement.lang;
const texts = new Map([...document.getElementById("texts").content.children].map((p) => [p.dataset.text, p.textContent]));
const whole = new Intl.NumberFormat(lang, { maximumFractionDigits: 0 });
const fine = new Intl.NumberFormat(lang, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const finest = new Intl.NumberFormat(lang, { maximumFractionDigits: 2 });
const clock = new Intl.DateTimeFormat(lang, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });

// A name without words of its own, which a newer server may send, is said as it is.
export const say = (key, facts = {}) =>
  (texts.get(key) ?? key.replace(/^\w+\./, "")).replace(/\{(\w+)\}/g, (_, name) => facts[name] ?? "");
export const count = (many) => (many === null || many === undefined ? "–" : whole.format(many));
export const rate = (many) => (many > 0 && many < 100 ? fine : whole).format(many);
export const milliseconds = (ms) => (ms === null ? "–" : (ms < 10 ? finest : whole).format(ms));
export const short = (many) => finest.format(many);
export const time = (ms) => clock.format(new Date(ms));
export const length = (seconds) => `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;

// Some of what happens is of no client.
export const nameOf = (client) => (client === "" || client === "?" ? say("nobody") : client);
const tellAlert = ({ alert, subject, value }) => say(`alert.${alert}`, { subject: nameOf(subject), value: count(value) });

// An alert holds for a while after its reason: the store that answers again is seen here before.
export function alertsOf({ alerts, store }) {
  const answers = store.at !== null && store.away_since === null;
  return alerts.map((each) => {
    const since = time(each.since);
    if (each.alert === "store_away" && answers) return { ...each, tone: "note", words: say("alert.store_back", { time: since }), since: "" };
    return { ...each, tone: "stop", words: tellAlert(each), since: say("since", { time: since }) };
  });
}
