// Where a frame can hold no cookie: the protected page is fetched with the bearer and written into
// a frame, and so is what its tags load. Its own fetch and XMLHttpRequest bring the bearer along.
// What tags and styles load later, or from within a module, is not carried: docs/embedding.md.

const LOADED = [
  ["script[src]", "src"], ["link[rel~=stylesheet][href]", "href"], ["link[rel~=icon][href]", "href"],
  ["img[src]", "src"], ["source[src]", "src"], ["audio[src]", "src"], ["video[src]", "src"],
];

// Writes the page at `address` into `frame`, which shows an empty one; returns the status it came
// with. What begins with `guarded` needs the bearer. `bearer` tells what that is now: it changes when
// the grant is replaced.
export function carry(frame, address, guarded, bearer) {
  bringAlong(frame, guarded, bearer);
  return write(frame, address, guarded, bearer);
}

async function write(frame, address, guarded, bearer) {
  const fetchGuarded = (url) => fetch(url, { headers: { Authorization: `Bearer ${bearer()}` }, cache: "no-store", credentials: "same-origin" });
  const response = await fetchGuarded(address);
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  await Promise.all(LOADED.flatMap(([which, attribute]) => [...page.querySelectorAll(which)].map(async (element) => {
    const url = new URL(element.getAttribute(attribute), address).href;
    if (!url.startsWith(guarded)) return;
    const loaded = await fetchGuarded(url);
    if (loaded.ok) element.setAttribute(attribute, URL.createObjectURL(await loaded.blob()));
  })));
  const doctype = page.doctype ? `<!DOCTYPE ${page.doctype.name}>` : "";
  frame.document.open(); // it takes on the address of who opens it, which is the doorstep
  // What the page names is named from its own folder. From the doorstep's it reloads as well.
  const folder = (url) => new URL(".", url).href;
  if (folder(address) !== folder(frame.location.href)) frame.history.replaceState(null, "", address);
  frame.document.write(doctype + page.documentElement.outerHTML);
  frame.document.close();
  followLinks(frame, guarded, bearer);
  return response.status;
}

// A link to another guarded page would bring no bearer.
function followLinks(frame, guarded, bearer) {
  frame.document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[href]");
    const elsewhere = !link?.href.startsWith(guarded) || (link.target && link.target !== "_self") || link.hasAttribute("download");
    const here = link?.href.split("#")[0] === frame.location.href.split("#")[0];
    if (elsewhere || here || event.defaultPrevented || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    write(frame, link.href, guarded, bearer);
  });
}

function bringAlong(frame, guarded, bearer) {
  const isGuarded = (url) => new URL(url, frame.document.baseURI).href.startsWith(guarded);
  const { fetch: plainFetch, Promise, Request, XMLHttpRequest } = frame;
  frame.fetch = (input, init) => {
    try {
      const request = new Request(input, init);
      if (isGuarded(request.url) && !request.headers.has("Authorization")) request.headers.set("Authorization", `Bearer ${bearer()}`);
      return plainFetch.call(frame, request);
    } catch (error) {
      return Promise.reject(error); // a fetch never throws
    }
  };
  // What the page itself says by Authorization stands: headers that are set twice add up.
  const { open, send, setRequestHeader } = XMLHttpRequest.prototype;
  const wanting = new WeakSet();
  XMLHttpRequest.prototype.open = function (method, url, ...rest) {
    open.call(this, method, url, ...rest);
    if (isGuarded(url)) wanting.add(this);
    else wanting.delete(this);
  };
  XMLHttpRequest.prototype.setRequestHeader = function (name, value) {
    setRequestHeader.call(this, name, value);
    if (String(name).toLowerCase() === "authorization") wanting.delete(this);
  };
  XMLHttpRequest.prototype.send = function (body) {
    if (wanting.delete(this)) setRequestHeader.call(this, "Authorization", `Bearer ${bearer()}`);
    send.call(this, body);
  };
}
