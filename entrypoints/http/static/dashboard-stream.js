// The stream of frames. The browser connects again by itself where the line was cut; where it was
// refused, it says no more than that, so that the reason is asked for.

const AGAIN_MS = 10_000;

export function watch(address, { showFrame, showState }) {
  const source = new EventSource(address);
  source.onopen = () => showState("live");
  source.onmessage = ({ data }) => showFrame(JSON.parse(data));
  source.addEventListener("signed_out", () => {
    source.close();
    showState("out");
  });
  source.onerror = async () => {
    if (source.readyState !== EventSource.CLOSED) return showState("lost");
    const state = await whyNot(address);
    showState(state);
    if (state !== "out") setTimeout(() => watch(address, { showFrame, showState }), AGAIN_MS);
  };
  addEventListener("pagehide", () => source.close(), { once: true });
}

async function whyNot(address) {
  const asking = new AbortController();
  try {
    const { status } = await fetch(address, { signal: asking.signal });
    return { 401: "out", 503: "full" }[status] ?? "lost";
  } catch {
    return "lost";
  } finally {
    asking.abort();
  }
}
