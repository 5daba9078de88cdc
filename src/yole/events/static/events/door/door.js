// A door without a network: codes compared as digests, acts kept encrypted in the vault of the day, sent once each when the network is back.

import * as vault from "./vault.js";
import { Busy, Offline, SignedOut, connect, send } from "./outbox.js";
import { clone, fill, hide, one, some, words } from "./parts.js";

const root = one("[data-door]");
const { data, deliveries, service, daily, signIn } = root.dataset;
const EVERY = 15000;
const SLOT = 0;
const door = { holder: null, content: null, device: "", online: true, drift: 0, working: false, again: false, pending: null };
const slug = () => decodeURIComponent(location.hash.slice(1)) || door.content?.edition || "";

// --- where and when ----------------------------------------------------------------------------------------------------------------------

function now() {
  const parts = new Intl.DateTimeFormat("en-CA", { timeZone: door.content.zone, dateStyle: "short", timeStyle: "short", hourCycle: "h23" }).formatToParts(new Date());
  const part = Object.fromEntries(parts.map(({ type, value }) => [type, value]));
  const [half] = door.content.half_days[Number(part.hour) < door.content.noon ? 0 : Number(part.hour) < door.content.evening ? 1 : 2];
  return { on_day: `${part.year}-${part.month}-${part.day}`, half_day: half };
}

const place = () => {
  const { on_day, half_day } = now();
  return `${SLOT}:${on_day}:${half_day}`;
};

const hour = (moment) => {
  const at = new Date(moment);
  return Number.isNaN(at.getTime()) ? "" : `${at.getHours()}\u00a0h\u00a0${String(at.getMinutes()).padStart(2, "0")}`;
};

// --- who -----------------------------------------------------------------------------------------------------------------------------------

const CONFUSED = { O: "0", I: "1", L: "1", U: "V" };
const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXY";
const cleanCode = (typed) => [...typed.toUpperCase()].filter((c) => /[0-9A-Z]/.test(c)).map((c) => CONFUSED[c] ?? c).join("");

function isCode(code) {
  if (code.length !== 10 || [...code].some((c) => !ALPHABET.includes(c))) return false;
  const total = [...code.slice(0, 9)].reduce((sum, c, i) => sum + (i + 1) * ALPHABET.indexOf(c), 0);
  return ALPHABET[total % ALPHABET.length] === code[9];
}

async function digest(code) {
  const bytes = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(code + door.content.salt));
  return [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
const called = (person) => person.n || `Inscription n°\u00a0${person.b}`;

// --- acts ------------------------------------------------------------------------------------------------------------------------------------

async function write(kind, who, label, said) {
  const payload = { edition: door.content.edition, slot: null, ...now(), kind, ...who };
  await vault.addAct(door.holder, { kind: "door", payload, words: `${said} : ${label}` });
  const key = `${place()}|${who.booking ? `b:${who.booking}` : `w:${who.walk_in}`}`;
  if (kind === "arrivée") door.content.inside[key] ??= new Date().toISOString();
  else delete door.content.inside[key];
  (door.content.log ??= []).unshift({ at: new Date().toISOString(), label, who, kind });
  door.content.log.length = Math.min(door.content.log.length, 12);
  await keep();
  await show();
  tick();
}

const keep = () => vault.keepPackage({ ...door.holder, account: `${door.holder.account}/porte` }, door.content);
const read = () => vault.readPackage({ ...door.holder, account: `${door.holder.account}/porte` });

// --- letting in --------------------------------------------------------------------------------------------------------------------------------

function say(part, texts, person = null) {
  door.pending = person;
  const card = clone(part, texts);
  one("[data-result]").replaceChildren(card);
  return card;
}

async function look(typed) {
  const code = cleanCode(typed);
  if (isCode(code)) {
    const wanted = await digest(code);
    const person = door.content.people.find((someone) => someone.h === wanted);
    return person ? admit(person) : say("unknown", { reason: "Ce code n’est pas sur la liste de cet appareil." });
  }
  const name = fold(typed.trim());
  const found = name.length > 1 ? door.content.people.filter((person) => person.n && fold(person.n).includes(name)).slice(0, 8) : [];
  if (!found.length) return say("unknown", { reason: "Personne de ce nom, et ce n’est pas un code entier." });
  const card = say("choices", {});
  fill(card, "ul", found.map((person) => {
    const line = clone("choice", { name: called(person) });
    one("button", line).addEventListener("click", () => admit(person));
    return line;
  }));
  return card;
}

async function admit(person, anyway = false) {
  const label = called(person);
  if (person.e === "annulé") return say("cancelled", { name: label, day: person.d ?? "" });
  const before = door.content.inside[`${place()}|b:${person.b}`];
  if (before && !anyway) return say("double", { name: label, at: hour(before) }, person);
  if (person.e === "en_attente" && !anyway) return say("waiting", { name: label }, person);
  const slots = person.s.map((number) => door.content.slots.find((slot) => slot.number === number)).filter(Boolean);
  const list = slots.map((slot) => (slot.where ? `${slot.title} (${slot.where})` : slot.title)).join(", ");
  await write("arrivée", { booking: person.b }, label, before ? "Double passage" : "Entrée");
  return say("welcome", { name: label, size: person.z > 1 ? `À ${person.z}.` : "", slots: list ? `Séances : ${list}.` : "", needs: person.a.join(". ") });
}

document.addEventListener("submit", async (event) => {
  const form = event.target.closest("form[data-act]");
  if (!form || !door.content) return;
  event.preventDefault();
  const field = one("input", form);
  const typed = field.value.trim();
  if (!typed) return;
  form.reset();
  if (form.dataset.act === "look") await look(typed);
  else if (form.dataset.act === "label") {
    localStorage.setItem("yole-porte", typed);
    door.fetched = 0;
    tick();
  } else {
    const walk_in = crypto.randomUUID();
    const over = door.content.share !== null && (await unsent()) >= door.content.share;
    await write("arrivée", { walk_in, label: typed }, typed, "Sans inscription");
    say(over ? "over" : "walkin", { name: typed });
  }
  field.focus();
});

document.addEventListener("click", async (event) => {
  const button = event.target.closest("button[data-do]");
  if (!button) return;
  if (button.dataset.do === "anyway" && door.pending) await admit(door.pending, true);
  if (button.dataset.do === "scan") scan(button);
});

// People without registration whom this device let in since its list was made: what it may still let in is in the list.
const unsent = async () => (await vault.acts(door.holder)).filter((act) => act.kind === "door" && act.payload?.walk_in && act.payload.kind === "arrivée").length;

const walkIns = () => Object.keys(door.content.inside).filter((key) => key.startsWith(`${place()}|w:`)).length;

// --- the camera, where the browser reads codes by itself -----------------------------------------------------------------------------------------

async function scan(button) {
  const video = one("video");
  if (!video.hidden) return stop(video);
  try {
    video.srcObject = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
  } catch {
    button.hidden = true;
    return;
  }
  video.hidden = false;
  await video.play();
  const reader = new BarcodeDetector({ formats: ["qr_code"] });
  let last = "";
  while (!video.hidden) {
    const [found] = await reader.detect(video).catch(() => []);
    if (found && found.rawValue !== last) {
      last = found.rawValue;
      await look(last);
    }
    await new Promise((done) => setTimeout(done, 250));
  }
}

function stop(video) {
  for (const track of video.srcObject?.getTracks() ?? []) track.stop();
  video.hidden = true;
}

// --- the network -------------------------------------------------------------------------------------------------------------------------------

async function tick() {
  if (door.working) {
    door.again = true;
    return;
  }
  door.working = true;
  try {
    do {
      door.again = false;
      await exchange();
    } while (door.again);
  } finally {
    door.working = false;
  }
}

async function exchange() {
  try {
    const waits = door.holder ? (await vault.acts(door.holder)).some((act) => act.state === "waiting") : false;
    // What waits leaves first: the list that comes then holds it.
    if (waits && door.said) door.drift = await send(deliveries, door.holder);
    if (!door.said || waits || Date.now() - door.fetched > EVERY - 1000) await hello();
    if ((await vault.acts(door.holder)).some((act) => act.state === "waiting")) {
      door.drift = await send(deliveries, door.holder);
      await hello();
    }
    door.online = true;
  } catch (problem) {
    if (problem instanceof Offline) door.online = false;
    else if (problem instanceof SignedOut) await signedOut();
    else if (!(problem instanceof Busy)) throw problem;
  }
  await show();
}

async function hello() {
  const address = data.replace("/edition/", `/${encodeURIComponent(slug())}/`);
  const asked = { device: door.device, names: localStorage.getItem("yole-noms") !== "0", content: true };
  let { holder, said } = await connect(address, asked);
  const label = localStorage.getItem("yole-porte") ?? "";
  if (!said.package.equipped || (label && label !== said.package.label)) {
    const body = new URLSearchParams({ device: door.device, label, csrfmiddlewaretoken: said.csrf });
    await fetch(`${address}porte/`, { method: "POST", body }).catch(() => Promise.reject(new Offline()));
    ({ holder, said } = await connect(address, asked));
  }
  const log = door.content?.log ?? [];
  door.holder = holder;
  door.content = { ...said.package, log };
  for (const { state, payload, kind } of await vault.acts(holder)) {
    if (kind !== "door" || state === "refused" || payload.edition !== door.content.edition) continue;
    const key = `${payload.slot ?? 0}:${payload.on_day}:${payload.half_day}|${payload.booking ? `b:${payload.booking}` : `w:${payload.walk_in}`}`;
    if (payload.kind === "arrivée") door.content.inside[key] ??= new Date().toISOString();
    else if (payload.kind === "annulation") delete door.content.inside[key];
  }
  door.said = door.fetched = Date.now();
  await keep();
}

async function signedOut() {
  await vault.lock();
  door.holder = door.content = null;
  door.online = true;
}

// --- what is shown -------------------------------------------------------------------------------------------------------------------------------

async function show() {
  const acts = door.holder ? (await vault.acts(door.holder)).filter((act) => act.kind === "door") : [];
  const waiting = acts.filter((act) => act.state === "waiting").length;
  const refused = acts.filter((act) => act.state === "refused");
  const view = !door.holder ? "locked" : door.content ? "door" : "nothing";
  for (const part of some("[data-view]")) part.hidden = part.dataset.view !== view;
  hide("[data-offline]", door.online);
  for (const tag of some("[data-offline-count]")) {
    tag.hidden = !waiting;
    tag.textContent = words(waiting, "en attente");
  }
  if (view === "door") {
    const here = place();
    const inside = Object.keys(door.content.inside).filter((key) => key.startsWith(`${here}|`));
    const sizes = Object.fromEntries(door.content.people.map((person) => [`${here}|b:${person.b}`, person.z]));
    const came = inside.reduce((sum, key) => sum + (sizes[key] ?? 1), 0);
    const held = door.content.people.filter((person) => !["annulé", "en_attente"].includes(person.e) && !inside.includes(`${here}|b:${person.b}`));
    const left = door.content.share === null ? "" : `encore ${Math.max(0, door.content.share - acts.filter((act) => act.payload?.walk_in).length)} ici`;
    const texts = {
      title: door.content.title,
      label: door.content.label,
      came: words(came, came > 1 ? "entrés" : "entré"),
      expected: words(held.reduce((sum, person) => sum + person.z, 0), "attendus"),
      walkins: `sans inscription : ${walkIns()}${left ? ` (${left})` : ""}`,
      list: `Liste de ${hour(door.content.made_at)} : ${door.content.people.length} inscriptions.`,
      waits: waiting ? words(waiting, "en attente d’envoi") : "Tout est envoyé",
    };
    for (const [slot, text] of Object.entries(texts)) for (const spot of some(`[data-say=${slot}]`)) spot.textContent = text;
    hide("[data-several]", door.content.doors < 2);
    fill(one("[data-last]"), "ul", (door.content.log ?? []).map((line) => {
      const row = clone("passage", { at: hour(line.at), what: line.label, tag: line.kind === "annulation" ? "annulé" : "entrée" });
      const undo = one("button", row);
      undo.hidden = line.kind !== "arrivée";
      undo.addEventListener("click", () => write("annulation", line.who, line.label, "Annulation"));
      return row;
    }));
    fill(one("[data-refused]"), "ul", refused.map((act) => clone("told", { what: `${act.words} : ${act.answer?.reason ?? "refusé"}` })));
    hide("[data-refused]", !refused.length);
  }
  document.documentElement.dataset.door = `${waiting}/${door.content ? Object.keys(door.content.inside).length : 0}/${door.online ? "online" : "offline"}`;
}

// --- start ---------------------------------------------------------------------------------------------------------------------------------------

async function start() {
  if (!window.isSecureContext || !navigator.locks || !navigator.serviceWorker) {
    hide("[data-unable]", false);
    return;
  }
  // The worker of the day sees the sign-out; ours keeps this page.
  navigator.serviceWorker.register(daily, { scope: "/" }).catch(() => {});
  navigator.serviceWorker.register(service, { scope: root.dataset.scope }).catch(() => hide("[data-unable]", false));
  navigator.storage?.persist?.();
  hide("[data-do=scan]", !("BarcodeDetector" in window));
  for (const link of some("[data-sign-in]")) link.href = `${signIn}?next=${encodeURIComponent(location.pathname)}`;
  door.device = await vault.deviceName();
  door.holder = await vault.unlock();
  if (door.holder) door.content = await read().catch(() => null);
  if (door.content && location.hash && door.content.edition !== slug()) door.content = null;
  await show();
  window.addEventListener("online", tick);
  window.addEventListener("offline", () => {
    door.online = false;
    show();
  });
  setInterval(tick, EVERY);
  await tick();
}

start();
