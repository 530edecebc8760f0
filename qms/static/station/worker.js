// The service worker: keeps one whole version of the app for when the network is away. VERSION and FILES stand above.
// It never touches the API: records are sent by the page, where a failure is seen.

const SHELL = `shell-${VERSION}`;
const PAGE = "/station";

self.addEventListener("install", (event) => {
  event.waitUntil((async () => {
    const cache = await caches.open(SHELL);
    await cache.addAll([new Request(PAGE, { cache: "reload" }), ...FILES]);
  })());
});

self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    for (const name of await caches.keys()) {
      if (name.startsWith("shell-") && name !== SHELL) await caches.delete(name);
    }
    await self.clients.claim();
  })());
});

self.addEventListener("message", (event) => {
  if (event.data === "take-over") self.skipWaiting();
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  const url = new URL(request.url);
  if (url.origin !== self.location.origin || url.pathname.startsWith("/api/")) return;
  if (request.mode === "navigate" && /^\/station(\/|\/enrol)?$/.test(url.pathname)) {
    event.respondWith(kept(PAGE, request));
  } else if (url.pathname.startsWith("/station/app/")) {
    event.respondWith(kept(request, request));
  } else if (url.pathname.startsWith("/pictures/")) {
    event.respondWith(picture(request));
  }
});

async function kept(key, request) {
  const cache = await caches.open(SHELL);
  return (await cache.match(key)) ?? fetch(request);
}

/** Pictures never change under their number; the page drops `ref-` caches when the tablet runs out of room. */
async function picture(request) {
  const cache = await caches.open("ref-pictures");
  const found = await cache.match(request);
  if (found) return found;
  const answer = await fetch(request);
  if (answer.ok) await cache.put(request, answer.clone()).catch(() => {});
  return answer;
}
