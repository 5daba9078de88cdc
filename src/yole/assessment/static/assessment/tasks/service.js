// Service worker of the exercises. The lines before these give VERSION, PAGES and FILES. It only keeps pages asked for without a cookie.

const CACHE = `yole-exercices-${VERSION}`;
const PATIENCE = 6000;

// The same page for everybody: asked for without a cookie.
const plain = (page) => new Request(page, { credentials: "omit", cache: "reload" });

async function held() {
  const found = new Set();
  for (const name of await caches.keys()) {
    if (!name.startsWith("yole-exercices-")) continue;
    for (const request of await (await caches.open(name)).keys()) found.add(new URL(request.url).pathname);
  }
  return PAGES.filter((page) => found.has(page));
}

self.addEventListener("install", (event) => {
  const fill = async () => {
    const cache = await caches.open(CACHE);
    await cache.addAll(FILES);
    await cache.addAll((await held()).map(plain)); // a device prepared for a workshop stays prepared after an update
    await self.skipWaiting();
  };
  event.waitUntil(fill());
});

self.addEventListener("activate", (event) => {
  const clean = async () => {
    for (const name of await caches.keys()) if (name.startsWith("yole-exercices-") && name !== CACHE) await caches.delete(name);
    await self.clients.claim();
  };
  event.waitUntil(clean());
});

self.addEventListener("message", (event) => {
  const keep = async () => {
    const pages = event.data.filter((page) => PAGES.includes(page));
    const cache = await caches.open(CACHE);
    await cache.addAll(pages.map(plain));
    return true;
  };
  const answer = (kept) => event.ports[0].postMessage(kept);
  event.waitUntil(keep().then(answer, () => answer(false)));
});

const kept = (request) => caches.match(request, { ignoreVary: true, ignoreSearch: true, cacheName: CACHE });

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (address.origin !== self.location.origin || request.method !== "GET") return;
  if (FILES.includes(address.pathname)) event.respondWith(kept(request).then((file) => file || fetch(request)));
  else if (request.mode === "navigate" && PAGES.includes(address.pathname)) event.respondWith(page(request));
});

async function page(request) {
  try {
    return await fetch(request, { signal: AbortSignal.timeout(PATIENCE) });
  } catch {
    return (await kept(request)) || Response.error();
  }
}
