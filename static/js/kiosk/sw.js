// The service worker: keeps the tablet's pages, so that it starts without a network, and nothing else.
// It never touches a POST or the API, keeps nothing of a signer, and has no queue: envelopes wait in
// the outbox (outbox.js), where one page at a time sends them.
//
// The server writes `const SHELL = { version, page, parcel, files: { address: SHA-256 } }` before this.

const PREFIX = "lantern-kiosk-";
const CACHE = PREFIX + SHELL.version;
const TYPES = { js: "text/javascript", css: "text/css", json: "application/json" };

self.addEventListener("install", (event) => event.waitUntil(keepAll()));
self.addEventListener("activate", (event) => event.waitUntil(takeOver()));
self.addEventListener("fetch", (event) => {
  const address = known(event.request);
  if (address) event.respondWith(fromCache(address, event.request));
});
// A new version waits until the page says that nobody is signing. It never hurries by itself.
self.addEventListener("message", (event) => {
  if (event.data === "SKIP_WAITING") self.skipWaiting();
  else if (event.data === "VERSION") event.ports[0]?.postMessage(SHELL.version);
});

/** Keep every file, or none: an update of which a part is missing is no update. */
async function keepAll() {
  const parcel = await unpacked();
  const take = ([address, hash]) => fromParcel(parcel, address, hash) ?? whole(address, hash);
  const fetched = await Promise.all(Object.entries(SHELL.files).map(async (it) => [it[0], await take(it)]));
  try {
    const cache = await caches.open(CACHE);
    await Promise.all(fetched.map(([address, answer]) => cache.put(address, answer)));
  } catch (full) {
    await caches.delete(CACHE);
    throw full;
  }
}

/** Fetch all texts at once: one journey over a bad network. Without it each file is fetched by itself. */
async function unpacked() {
  try {
    const { address, hash } = SHELL.parcel;
    return await (await whole(address, hash)).json();
  } catch {
    return {};
  }
}

/** Take a file out of the parcel, if it is the one we mean. */
function fromParcel(parcel, address, hash) {
  const [of, text] = parcel[address] ?? [];
  const kind = TYPES[/\.(js|css|json)(\?|$)/.exec(address)?.[1]];
  return of === hash && kind ? new Response(text, { headers: { "Content-Type": `${kind}; charset=utf-8` } }) : null;
}

/** Fetch a file past every cache; what is not exactly the file we mean (a login page, too) is none. */
async function whole(address, hash) {
  const answer = await fetch(address, { cache: "reload", credentials: "omit", redirect: "error" });
  if (answer.status !== 200) throw new Error(`${address} answered ${answer.status}`);
  const digest = await crypto.subtle.digest("SHA-256", await answer.clone().arrayBuffer());
  const found = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
  if (!found.startsWith(hash)) throw new Error(`${address} is not of this version`);
  return answer;
}

/** Forget older versions, and serve the pages that are open. */
async function takeOver() {
  for (const name of await caches.keys()) {
    if (name.startsWith(PREFIX) && name !== CACHE) await caches.delete(name);
  }
  await self.clients.claim();
}

/** Tell under which address a request is kept; nothing for what is not ours to answer. */
function known(request) {
  if (request.method !== "GET") return null;
  const url = new URL(request.url);
  if (url.origin !== self.location.origin || url.pathname.startsWith("/api/")) return null;
  if (request.mode === "navigate") return url.pathname === SHELL.page ? SHELL.page : null;
  const address = url.pathname + url.search;
  return Object.hasOwn(SHELL.files, address) ? address : null;
}

async function fromCache(address, request) {
  const kept = await caches.match(address, { cacheName: CACHE, ignoreVary: true });
  // The browser may have thrown the cache away and left the worker; then the network is what remains.
  return kept ?? fetch(request);
}
