// Keeps the page of the door and its files, and answers with them without a network. Nobody's data is ever put in this cache.
// The lines before these give VERSION, SHELL and FILES.

const CACHE = `yole-porte-${VERSION}`;

self.addEventListener("install", (event) => {
  const fill = async () => {
    const cache = await caches.open(CACHE);
    await cache.add(new Request(SHELL, { credentials: "omit", cache: "reload" }));
    await cache.addAll(FILES);
    await self.skipWaiting();
  };
  event.waitUntil(fill());
});

self.addEventListener("activate", (event) => {
  const clean = async () => {
    for (const name of await caches.keys()) if (name.startsWith("yole-porte-") && name !== CACHE) await caches.delete(name);
    await self.clients.claim();
  };
  event.waitUntil(clean());
});

// `Vary` speaks of languages and cookies; these files are the same for everybody.
const kept = (request) => caches.match(request, { ignoreVary: true });

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (address.origin !== self.location.origin || request.method !== "GET") return;
  if (address.pathname === SHELL) event.respondWith(kept(SHELL).then((page) => page || fetch(request)));
  else if (FILES.includes(address.pathname)) event.respondWith(kept(request).then((file) => file || fetch(request)));
});
