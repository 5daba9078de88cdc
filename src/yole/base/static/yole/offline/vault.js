// What a page that works offline keeps on a device: an encrypted package, an encrypted queue, and the key that the site released at sign-in.
// The key is a CryptoKey that no script can read; it goes with the session. Docs: docs/decisions/0005-offline.md.

const STORES = { keys: "account", packages: "account", acts: "uuid", device: "id" };
let opened;

export function open() {
  opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open("yole-journee", 1);
    request.onupgradeneeded = () => {
      for (const [name, keyPath] of Object.entries(STORES)) request.result.createObjectStore(name, { keyPath });
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  return opened;
}

// One transaction; `work` starts its requests at once and returns one whose result is wanted. Strict: written before it is said done.
async function within(names, mode, work) {
  const base = await open();
  return new Promise((resolve, reject) => {
    const transaction = base.transaction(names, mode, { durability: "strict" });
    let wanted;
    transaction.oncomplete = () => resolve(wanted?.result);
    transaction.onerror = transaction.onabort = () => reject(transaction.error);
    wanted = work(...[names].flat().map((name) => transaction.objectStore(name)), transaction);
  });
}

const get = (name, key) => within(name, "readonly", (store) => store.get(key));
const all = (name) => within(name, "readonly", (store) => store.getAll());
const text = new TextEncoder();

async function seal(key, value, about) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const data = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: text.encode(about) }, key, text.encode(JSON.stringify(value)));
  return { iv, data };
}

async function unseal(key, sealed, about) {
  const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv: sealed.iv, additionalData: text.encode(about) }, key, sealed.data);
  return JSON.parse(new TextDecoder().decode(plain));
}

export async function deviceName() {
  const drawn = `appareil-${crypto.randomUUID().slice(0, 8)}`;
  await within("device", "readwrite", (store) => {
    store.get("me").onsuccess = (event) => event.target.result || store.put({ id: "me", name: drawn, sequence: 0 });
  });
  return (await get("device", "me")).name;
}

// The site released the key of this account for as long as its session lives. Whatever another account left readable goes.
export async function release({ account, name, key, seconds }) {
  const bytes = Uint8Array.from(atob(key), (c) => c.charCodeAt(0));
  const imported = await crypto.subtle.importKey("raw", bytes, "AES-GCM", false, ["encrypt", "decrypt"]);
  const holder = { account, name, key: imported, until: Date.now() + seconds * 1000 };
  await within(["keys", "packages"], "readwrite", (keys, packages) => {
    keys.clear();
    packages.getAllKeys().onsuccess = (event) => event.target.result.filter((one) => one.split("/")[0] !== account).forEach((one) => packages.delete(one));
  });
  // A full disk must not stop the sending, which frees it: the key then lives in this page alone.
  await within("keys", "readwrite", (keys) => keys.put(holder)).catch(() => undefined);
  return holder;
}

// Who may work here without a network: the account whose key is here and whose session has not ended. Null otherwise.
export async function unlock() {
  const holder = (await all("keys"))[0];
  if (holder && holder.until > Date.now()) return holder;
  if (holder) await lock();
  return null;
}

// Sign-out, end of the session: nothing stays readable. The queue stays, encrypted, for the same account's next sign-in.
export const lock = () =>
  within(["keys", "packages"], "readwrite", (keys, packages) => {
    keys.clear();
    packages.clear();
  });

export async function keepPackage(holder, content) {
  const sealed = await seal(holder.key, content, `package ${holder.account}`);
  await within("packages", "readwrite", (store) => void store.put({ account: holder.account, ...sealed }));
}

export async function readPackage(holder) {
  const kept = await get("packages", holder.account);
  return kept ? unseal(holder.key, kept, `package ${holder.account}`) : null;
}

// Adds an act to the queue: numbered in the same transaction, on the disk before this returns.
export async function addAct(holder, act) {
  const uuid = crypto.randomUUID();
  const content = { made_at: new Date().toISOString(), ...act };
  const sealed = await seal(holder.key, content, `act ${uuid} ${holder.account}`);
  await within(["device", "acts"], "readwrite", (device, acts) => {
    device.get("me").onsuccess = (event) => {
      const me = event.target.result;
      me.sequence += 1;
      device.put(me);
      acts.put({ uuid, account: holder.account, device: me.name, sequence: me.sequence, state: "waiting", ...sealed });
    };
  });
  return uuid;
}

export async function changeAct(holder, act, changes) {
  const { uuid, account, device, sequence, state, ...content } = { ...act, ...changes };
  const sealed = await seal(holder.key, content, `act ${uuid} ${account}`);
  await within("acts", "readwrite", (store) => void store.put({ uuid, account, device, sequence, state, ...sealed }));
}

export const removeActs = (uuids) => within("acts", "readwrite", (store) => void uuids.forEach((uuid) => store.delete(uuid)));

// This account's acts in order; an act that this key does not open (another secret of the site) is told apart, never deleted.
export async function acts(holder) {
  const mine = (await all("acts")).filter((act) => act.account === holder.account);
  const found = await Promise.all(
    mine.map(async ({ iv, data, ...clear }) => {
      try {
        return { ...clear, ...(await unseal(holder.key, { iv, data }, `act ${clear.uuid} ${clear.account}`)) };
      } catch {
        return { ...clear, state: "unreadable", words: "Acte illisible" };
      }
    }),
  );
  return found.sort((a, b) => a.sequence - b.sequence);
}

// What waits for somebody else than `holder`, closed; for anybody without one. A card already made waits for nothing.
export const waitingOfOthers = async (holder) => (await all("acts")).filter(({ account, state }) => state !== "made" && account !== holder?.account).length;
export const leave = () => within("device", "readwrite", (store) => void store.put({ id: "leave" }));
export const leaving = () => get("device", "leave");
export const left = () => within("device", "readwrite", (store) => void store.delete("leave"));
