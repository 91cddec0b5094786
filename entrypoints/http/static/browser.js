// What a browser lets a frame do, found out by trying: the doorstep goes by it, the doctor tells it.

export const isFramed = window.parent !== window;

// Scripts and headers set cookies by the same rules, so that one stands for the other.
export function takesCookies() {
  const probe = "__Host-framegate-probe";
  const rest = "Path=/; Secure; SameSite=None; Partitioned";
  try {
    document.cookie = `${probe}=1; ${rest}`;
    const taken = document.cookie.includes(`${probe}=1`);
    document.cookie = `${probe}=; Max-Age=0; ${rest}`;
    return taken;
  } catch {
    return false; // a frame without an origin of its own
  }
}

// sessionStorage is the tab's, for all frames of this origin: each keeps what it has by a name.
export function kept(name, text) {
  try {
    if (text === undefined) return sessionStorage.getItem(`framegate:${name}`);
    if (text === null) sessionStorage.removeItem(`framegate:${name}`);
    else sessionStorage.setItem(`framegate:${name}`, text);
  } catch {
    // blocked: it lives in memory only, and a reload asks the parent for another session
  }
  return null;
}

// How the grant is held here: as a cookie, or as a bearer that lives in sessionStorage or in memory.
export function wayToHold() {
  if (takesCookies()) return "cookie";
  kept("probe", "1");
  const held = kept("probe") === "1";
  kept("probe", null);
  return held ? "session" : "memory";
}

export function originOfParent() {
  if (!isFramed) return "";
  return location.ancestorOrigins?.[0] ?? (document.referrer ? new URL(document.referrer).origin : "");
}
