// Service worker of the day: keeps the shell and its files, answers without a network, empties the vault at sign-out.
// The lines before these give VERSION, SHELL, DAY, SIGN_OUT and FILES. Pages that show people are never put in the cache.

const CACHE = `yole-journee-${VERSION}`;
const PATIENCE = 8000;

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
    for (const name of await caches.keys()) if (name.startsWith("yole-journee-") && name !== CACHE) await caches.delete(name);
    await self.clients.claim();
  };
  event.waitUntil(clean());
});

// A page that loads while this worker starts is missed by the claim above; it asks.
self.addEventListener("message", (event) => event.data === "claim" && event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (address.origin !== self.location.origin) return;
  if (SIGN_OUT.includes(address.pathname) && request.method === "POST") event.respondWith(signOut(request));
  else if (request.method !== "GET") return;
  else if (request.mode === "navigate") {
    event.waitUntil(inVault(closeWhenOver)); // the session may have ended since the last page
    event.respondWith(page(request, address));
  } else if (FILES.includes(address.pathname)) event.respondWith(kept(request).then((file) => file || fetch(request)));
});

// `Vary` speaks of languages and cookies; these files are the same for everybody.
const kept = (request) => caches.match(request, { ignoreVary: true });
const shell = () => kept(SHELL);

async function page(request, address) {
  if (address.pathname === SHELL) return (await shell()) || fetch(request);
  try {
    const limit = address.pathname === DAY ? AbortSignal.timeout(PATIENCE) : undefined;
    return await fetch(request, { signal: limit });
  } catch {
    return (await shell()) || Response.error();
  }
}

async function signOut(request) {
  await inVault(close);
  try {
    return await fetch(request);
  } catch {
    // The session still lives on the site: it is ended before anything else when the network is back.
    await inVault((base) => base.transaction("device", "readwrite", { durability: "strict" }).objectStore("device").put({ id: "leave" }).transaction);
    return (await shell()) || Response.error();
  }
}

function close(base) {
  const work = base.transaction(["keys", "packages"], "readwrite", { durability: "strict" });
  work.objectStore("keys").clear();
  work.objectStore("packages").clear();
  return work;
}

function closeWhenOver(base) {
  const work = base.transaction(["keys", "packages"], "readwrite");
  work.objectStore("keys").getAll().onsuccess = (event) => {
    if (event.target.result.every((holder) => holder.until > Date.now())) return;
    work.objectStore("keys").clear();
    work.objectStore("packages").clear();
  };
  return work;
}

// Runs one transaction on the vault of the day, when there is one.
function inVault(start) {
  return new Promise((resolve) => {
    const opening = indexedDB.open("yole-journee");
    opening.onupgradeneeded = () => opening.transaction.abort(); // nothing was ever kept here: leave it so
    opening.onerror = () => resolve();
    opening.onsuccess = () => {
      const base = opening.result;
      const work = start(base);
      work.oncomplete = work.onabort = () => {
        base.close();
        resolve();
      };
    };
  });
}
