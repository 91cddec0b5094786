// framegate's SDK: embeds a page that opens once, and keeps it open.
//
//   <script type="module" src="https://frame.example/sdk/framegate.js"></script>
//   <framegate-embed src="https://frame.example" session-url="/framegate/session"></framegate-embed>
//
// `session-url` is your own backend's: it answers a POST with what framegate answered to its
// POST /auth/create-session. The id goes from there into the frame by postMessage, and never into
// an address. Types: framegate.d.ts.

const BACK_OFF_MS = [1000, 2000, 4000, 8000, 16_000, 32_000, 60_000];
const REFRESH_AT = 0.8; // of the grant's life
const ANSWER_MS = 10_000;
const ENTER_MS = 15_000; // the doorstep itself gives framegate ten seconds, and then says so
const SHUT_MS = 3000; // after it has loaded, whatever that was
const CALM_MS = 30_000; // after so long without trouble, tries count anew
const ID = /^fgs_([0-9a-f]{8})_[A-Za-z0-9_-]+$/;

/** A failure that another try does not mend. */
class Hopeless extends Error {
  constructor(message, code = "session_url") {
    super(message);
    this.code = code;
  }
}

// Where a frame can go, or null.
function site(address) {
  try {
    const url = new URL(address, location.href);
    return ["http:", "https:"].includes(url.protocol) ? url : null;
  } catch {
    return null;
  }
}

// A backend that hangs must not keep the next try from coming.
function inTime(asked, whom) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${whom} did not answer within ${ANSWER_MS / 1000} seconds`)), ANSWER_MS);
  });
  return Promise.race([asked, late]).finally(() => clearTimeout(timer));
}

/** One frame that is kept open. See `Embed` in framegate.d.ts. */
class Embed extends EventTarget {
  #options;
  #frame = document.createElement("iframe");
  #origin = "";
  #session = null; // minted, and not handed over yet
  #greeted = false; // whether the frame waits for sessions
  #answered = false; // whether it has ever said anything
  #vouched = false; // whether it has last said that its page is there
  #refreshAt = Infinity;
  #timer;
  #answer;
  #enteredAt = 0;
  #failures = 0;
  #minting = false;
  #asking = new AbortController(); // the request for a session
  #ended = new AbortController();

  constructor(place, options) {
    super();
    this.#options = options;
    const { signal } = this.#ended;
    addEventListener("message", (event) => this.#heard(event), { signal });
    addEventListener("online", () => this.#wake(), { signal });
    document.addEventListener("visibilitychange", () => this.#wake(), { signal });
    addEventListener("pageshow", () => this.#wake(), { signal });
    this.#frame.title = options.title ?? "";
    if (options.allow) this.#frame.allow = options.allow;
    this.#frame.style.cssText = "display:block;border:0;width:100%;height:100%";
    // A frame without an address loads as well: nothing.
    this.#frame.addEventListener("load", () => this.#origin && !this.#answered && this.#await(SHUT_MS));
    place.append(this.#frame);
    this.refresh();
  }

  get frame() {
    return this.#frame;
  }

  refresh() {
    clearTimeout(this.#timer);
    return this.#mint();
  }

  close() {
    clearTimeout(this.#timer);
    clearTimeout(this.#answer);
    this.#ended.abort();
    this.#asking.abort();
    this.#frame.remove();
  }

  async #mint() {
    if (this.#minting || this.#ended.signal.aborted) return;
    this.#minting = true;
    this.#refreshAt = Infinity; // what comes of it says when to ask again
    try {
      const session = await this.#askForSession();
      if (this.#ended.signal.aborted) return;
      this.#session = session.session_id;
      if (this.#greeted) this.#handOver();
      else this.#open(session);
    } catch (problem) {
      const hopeless = problem instanceof Hopeless;
      if (!this.#ended.signal.aborted) this.#failed(hopeless ? problem.code : "session_url", problem.message, !hopeless);
    } finally {
      this.#minting = false;
    }
  }

  async #askForSession() {
    const { sessionUrl, session, src } = this.#options;
    if (src && !site(src)) throw new Hopeless(`src is no address of a site: ${src}`, "src");
    if (!session && !sessionUrl) throw new Hopeless("there is no session-url to ask for a session");
    const [whom, asked] = session ? ["session", session()] : ["session-url", this.#post(sessionUrl)];
    const answer = await inTime(asked, whom).finally(() => this.#asking.abort());
    if (!ID.test(answer?.session_id)) throw new Hopeless(`${whom} did not answer with a session_id`);
    return answer;
  }

  async #post(url) {
    this.#asking = new AbortController();
    const { signal } = this.#asking;
    const response = await fetch(url, { method: "POST", headers: { Accept: "application/json" }, cache: "no-store", signal }).catch(({ message }) => {
      throw new Error(`session-url could not be asked, or led to another site: ${message}`);
    });
    const { redirected, status } = response;
    // Not the query: it may say where to go on after a login.
    const whom = redirected ? `session-url led to ${response.url.split(/[?#]/)[0]}, which` : "session-url";
    // Who is not logged in will not be a second later.
    if (status === 401 || status === 403) throw new Hopeless(`${whom} answered ${status}`);
    if (!response.ok) throw new Error(`${whom} answered ${status}`);
    const text = await response.text();
    try {
      return JSON.parse(text);
    } catch {
      const message = `${whom} did not answer with JSON (${response.headers.get("Content-Type") ?? "no Content-Type"})`;
      throw redirected ? new Hopeless(message) : new Error(message);
    }
  }

  #open({ session_id: id, iframe_url: iframeUrl }) {
    const { src, to } = this.#options;
    if (!src && !site(iframeUrl)) throw new Hopeless("session-url did not answer with an iframe_url that is an address");
    const base = src ? site(src.endsWith("/") ? src : `${src}/`) : new URL("..", site(iframeUrl));
    const address = new URL("client/enter", base);
    address.searchParams.set("client", ID.exec(id)[1]);
    if (to) address.searchParams.set("to", to);
    this.#origin = address.origin;
    this.#answered = false;
    this.#frame.src = address;
    this.#await(ANSWER_MS);
  }

  // No answer: nothing is there, or the browser keeps the frame shut (frame-ancestors).
  #await(ms) {
    clearTimeout(this.#answer);
    this.#answer = setTimeout(() => this.#unanswered(), ms);
  }

  // To open the frame anew throws its page away, which one silence is no reason for: a computer that
  // has slept wakes up to all of its time limits at once.
  #unanswered() {
    if (this.#vouched) {
      this.#vouched = false;
      this.#failed("no_answer", `${this.#origin} has not answered to another session in the frame, whose page stays`);
      return;
    }
    this.#greeted = false;
    this.#failed("no_answer", `${this.#origin} does not answer in the frame: is it there, and is ${location.origin} among the client's origins?`);
  }

  #handOver() {
    const id = this.#session;
    this.#session = null;
    this.#await(ENTER_MS);
    this.#frame.contentWindow?.postMessage({ framegate: 1, type: "session", session_id: id }, this.#origin);
  }

  #heard(event) {
    if (event.source !== this.#frame.contentWindow || event.origin !== this.#origin || event.data?.framegate !== 1) return;
    const { type, ...facts } = event.data;
    clearTimeout(this.#answer);
    this.#answered = true;
    if (type === "hello") {
      this.#greeted = true;
      this.#vouched = false;
      if (this.#session) this.#handOver();
      else this.refresh();
    } else if (type === "entered") this.#entered(facts);
    else if (type === "expired") this.#expired();
    else if (type === "refused") this.#refused(facts);
    else if (type === "resize") this.#resized(facts);
  }

  #entered(grant) {
    this.#greeted = this.#vouched = true;
    this.#enteredAt = Date.now();
    const life = grant.ends_in_seconds * 1000 * REFRESH_AT;
    this.#refreshAt = Date.now() + life;
    this.#later(life);
    this.#emit("ready", { session: grant.session, hold: grant.hold, again: grant.again, endsInSeconds: grant.ends_in_seconds });
  }

  #expired() {
    this.#vouched = false;
    this.#emit("expired");
    this.#retry();
  }

  #refused({ code, status, reason }) {
    this.#emit("refused", { code, status });
    if (code === "grant_ended") return; // another session has been asked for before
    // Another session helps where this one was the trouble, and time where framegate was.
    if (status === 401 || status === 429 || status >= 500 || code === "unreachable") this.#retry(code);
    else this.#failed(code, reason ?? `the frame shows ${status} ${code}`, false);
  }

  #resized({ height }) {
    if (this.#options.resize) this.#frame.style.height = `${height}px`;
    this.#emit("resize", { height });
  }

  #failed(code, message, again = true) {
    this.#emit("error", { code, message });
    if (again) this.#retry(code);
  }

  #retry(code) {
    if (this.#enteredAt && Date.now() - this.#enteredAt > CALM_MS) this.#failures = 0;
    this.#enteredAt = 0;
    // Who comes back online, or looks at the page again, has it tried at once, before its turn: see #wake.
    this.#refreshAt = Date.now();
    if (!navigator.onLine) return;
    if (this.#failures > BACK_OFF_MS.length) {
      this.#failures = 0;
      this.#emit("error", { code: code ?? "expired", message: "given up after several tries; call refresh() to try again" });
      return;
    }
    // The first comes at once; those who try together should not come back together.
    const wait = this.#failures === 0 ? 0 : BACK_OFF_MS[this.#failures - 1] * (0.5 + Math.random() / 2);
    this.#failures += 1;
    this.#later(wait);
  }

  #later(ms) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#mint(), Math.min(ms, 2 ** 31 - 1));
  }

  // Timers stand still while a computer sleeps, and pages that nobody sees are slowed down.
  #wake() {
    if (!document.hidden && navigator.onLine && Date.now() >= this.#refreshAt) this.refresh();
  }

  #emit(type, detail = {}) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

/** Embeds a page into `place`, an element. */
export function embed(place, options) {
  return new Embed(place, options);
}

const EVENTS = ["ready", "refused", "expired", "error", "resize"];

/**
 * `<framegate-embed>`: `embed` as an element; its events are the element's own. What stands between
 * its tags is shown until the page is ready, also where this script never comes.
 */
export class FramegateEmbed extends HTMLElement {
  #embed = null;
  #meanwhile = document.createElement("slot");

  constructor() {
    super();
    this.attachShadow({ mode: "open" });
  }

  connectedCallback() {
    const [src, sessionUrl, to, title, allow] = ["src", "session-url", "to", "title", "allow"].map((name) => this.getAttribute(name) ?? undefined);
    if (getComputedStyle(this).display === "inline") this.style.display = "block";
    this.shadowRoot.prepend(this.#meanwhile);
    this.#embed = embed(this.shadowRoot, { src, sessionUrl, to, title, allow, resize: this.hasAttribute("resize") });
    for (const type of EVENTS) {
      this.#embed.addEventListener(type, ({ detail }) => this.dispatchEvent(new CustomEvent(type, { detail })));
    }
    const { frame } = this.#embed;
    const show = () => {
      this.#meanwhile.remove();
      frame.style.display = "block";
    };
    if (this.textContent.trim() || this.childElementCount) frame.style.display = "none";
    this.#embed.addEventListener("ready", show);
    this.#embed.addEventListener("refused", show); // the frame says why
  }

  connectedMoveCallback() {} // moved within the page, and its frame with it: all goes on

  disconnectedCallback() {
    this.#embed.close();
    this.#embed = null;
  }

  get frame() {
    return this.#embed?.frame ?? null;
  }

  refresh() {
    return this.#embed?.refresh();
  }
}

if (!customElements.get("framegate-embed")) customElements.define("framegate-embed", FramegateEmbed);
