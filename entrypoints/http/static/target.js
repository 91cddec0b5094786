// Which page the doorstep shows: framegate's own, or the one that `to` in its address names.

const DOORSTEP = new URL("enter", location.href);

// Why `to` is not taken, for whoever wrote it; null where it is. Only what this origin serves can be
// guarded, and a doorstep in the doorstep would open the next one.
export function whyNot(to) {
  const url = parsed(to);
  if (url === null) return "it is no address";
  if (url.protocol !== location.protocol) return `it begins with ${url.protocol}, framegate's address with ${location.protocol}`;
  if (url.origin !== location.origin) return `it leads to ${url.origin}, framegate is at ${location.origin}`;
  if (url.username || url.password) return "it has a user or a password in it";
  if (url.pathname === DOORSTEP.pathname) return "it leads to the doorstep itself";
  return null;
}

// Frames share their cookies: an address of framegate's own says whose grant its page goes on with.
export function named(address, session) {
  const url = new URL(address);
  if (url.pathname.startsWith(new URL(".", DOORSTEP).pathname)) url.searchParams.set("grant", session);
  return url.href;
}

export function nameIn(address) {
  return new URL(address).searchParams.get("grant");
}

function parsed(to) {
  try {
    return new URL(to, location.href);
  } catch {
    return null;
  }
}
