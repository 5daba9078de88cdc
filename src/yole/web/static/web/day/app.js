// The day: what is shown from this device, what is done on it, what leaves it. Used by the page of the site (online) and by the shell.

import * as vault from "./vault.js";
import { Busy, Offline, SignedOut, connect, send } from "./outbox.js";
import { clone, fill, hide, one, some, words } from "./parts.js";
import { settleList } from "./settle.js";
import { overlay, sessionView } from "./session.js";

const root = one("[data-day]");
const { data, deliveries, service, signIn, signOut } = root.dataset;
const isShell = "shell" in root.dataset;
const EVERY = 15000;
const FRESH = 5 * 60000;
const channel = new BroadcastChannel("yole-journee");
const day = { holder: null, content: null, device: "", online: true, drift: 0, working: false, again: false };

// --- acts ------------------------------------------------------------------------------------------------------------------------------

// Raises when this device could not keep the act, and only then: whoever is told so writes it again.
async function act(kind, payload, label) {
  await vault.addAct(day.holder, { kind, payload, words: label });
  if (day.content) {
    overlay(day.content, [{ kind, payload }]);
    keep(day.holder, day.content);
  }
  await show();
  tick();
}

// The list may fail to be kept (a full disk): the acts laid over it are in the queue, and it comes back with the network.
const keep = (holder, content) => vault.keepPackage(holder, content).catch(() => undefined);

// A tap that has no form to answer in: false, said aloud, when it could not be kept.
async function tap(...said) {
  const kept = await act(...said).then(() => true, () => false);
  hide("[data-not-kept]", kept);
  if (!kept) one("[data-not-kept]").scrollIntoView({ block: "center" });
  return kept;
}

async function decide(entry, decision, payload) {
  const kept = await vault.changeAct(day.holder, entry, { state: "waiting", decision, payload: payload ?? entry.payload }).then(() => true, () => false);
  hide("[data-not-kept]", kept);
  await show();
  tick();
}

// --- leaving ---------------------------------------------------------------------------------------------------------------------------

const unsent = async () => (day.holder ? (await vault.acts(day.holder)).filter((one) => one.state !== "made").length : 0);

// What waits is sent first, a few seconds at most. What cannot leave is told once: it stays here, closed, until the same account comes back.
async function mayLeave(button) {
  if (button.dataset.told || !(await unsent())) return true;
  tick();
  for (let n = 0; n < 40 && day.working; n += 1) await new Promise((resolve) => setTimeout(resolve, 100));
  const count = await unsent();
  if (!count) return true;
  button.dataset.told = "1";
  const note = clone("unsent", { count: words(count, count > 1 ? "actes ne sont pas partis" : "acte n’est pas parti") });
  button.before(note);
  note.scrollIntoView({ block: "center" });
  return false;
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest?.("[data-leave]");
  if (!button || !(await mayLeave(button))) return;
  await vault.leave();
  await forget();
  await show();
  tick();
});

document.addEventListener("submit", async (event) => {
  const form = event.target.closest(`form[action="${signOut}"]`);
  if (!form || !day.holder || form.dataset.free) return;
  event.preventDefault();
  if (!(await mayLeave(one("button", form)))) return;
  form.dataset.free = "1";
  setTimeout(() => form.requestSubmit()); // not within the first submission: the browser would ignore it
});

// --- the network -----------------------------------------------------------------------------------------------------------------------

async function tick() {
  if (day.working) {
    day.again = true;
    return;
  }
  day.working = true;
  try {
    do {
      day.again = false;
      await exchange();
    } while (day.again);
  } finally {
    day.working = false;
  }
}

async function exchange() {
  try {
    if (day.holder && day.holder.until <= Date.now()) await forget(); // a page left open outlives no session
    if (await vault.leaving()) await leaveNow();
    const waits = day.holder ? (await vault.acts(day.holder)).some((one) => one.state === "waiting") : false;
    // What waits leaves first: the package that comes then holds what was just sent.
    if (!day.online || !day.said || waits) await hello(false);
    if (waits) day.drift = await send(deliveries, day.holder);
    else if (day.said && Date.now() - day.said > EVERY - 1000) await hello(false);
    if (!day.content || waits || Date.now() - day.fetched > FRESH) await hello(true);
    online(true);
  } catch (problem) {
    if (problem instanceof Offline) online(false);
    else if (problem instanceof SignedOut) await signedOut();
    else if (!(problem instanceof Busy)) throw problem;
  }
  await show();
}

async function hello(content) {
  const names = localStorage.getItem("yole-noms") !== "0";
  const before = day.holder?.account;
  const { holder, said } = await connect(data, { device: day.device, names, content });
  if (before && before !== holder.account) location.reload();
  day.holder = holder;
  day.said = Date.now();
  if (said.package) {
    overlay(said.package, await vault.acts(holder));
    await keep(holder, said.package);
    day.content = said.package;
    day.fetched = Date.now();
  } else if (!day.content) day.content = await vault.readPackage(holder);
}

async function leaveNow() {
  const page = await fetch(signIn, { cache: "no-store" }).catch(() => null);
  if (!page) throw new Offline();
  const token = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] ?? "";
  const answer = await fetch(signOut, { method: "POST", redirect: "manual", headers: { "X-CSRFToken": token } }).catch(() => null);
  if (!answer) throw new Offline();
  await vault.left();
  throw new SignedOut();
}

async function forget() {
  await vault.lock();
  day.holder = day.content = null;
}

async function signedOut() {
  await forget();
  online(true);
}

function online(yes) {
  day.online = yes;
  hide("[data-offline]", yes);
  hide("[data-blind]", yes || !day.content);
}

// --- what is shown -----------------------------------------------------------------------------------------------------------------------

async function show() {
  const entries = day.holder ? await vault.acts(day.holder) : [];
  const waiting = entries.filter((one) => one.state === "waiting" || one.state === "unreadable");
  const open = entries.filter((one) => one.state === "conflict" || one.state === "refused");
  const others = await vault.waitingOfOthers(day.holder);
  const locked = day.holder ? 0 : others;
  const count = waiting.length || locked;
  for (const tag of some("[data-offline-count]")) {
    tag.hidden = !count;
    tag.textContent = words(count, "en attente d’envoi");
  }
  for (const tag of some("[data-waiting]")) {
    tag.hidden = false;
    tag.className = count ? "tag warning" : "tag ok";
    tag.textContent = count ? words(count, "en attente d’envoi") : "Tout est envoyé";
  }
  for (const box of some("[data-queue]")) {
    box.hidden = !waiting.length;
    fill(box, "ul", waiting.map((entry) => clone("queued", { at: hour(entry.made_at), what: entry.words })));
  }
  settleList(open, day, decide);
  cards(entries.filter((one) => one.state === "made"));
  for (const place of some("[data-device]")) device(place, waiting.length, others);
  if (isShell) shell(locked);
  document.documentElement.dataset.day = `${waiting.length}/${open.length}/${day.online ? "online" : "offline"}`;
}

// The code of a card made without a network, to copy on the person's card; it goes when somebody says so.
function cards(made) {
  for (const box of some("[data-cards]")) {
    box.hidden = !made.length;
    const shown = made.map((one) => one.uuid).join();
    if (box.dataset.shown === shown) continue;
    box.dataset.shown = shown;
    const lines = made.map((entry) => {
      const line = clone("card", { at: hour(entry.made_at), code: entry.answer.card.match(/.{1,4}/g).join("-") });
      one("button", line).addEventListener("click", () => vault.removeActs([entry.uuid]).then(show));
      return line;
    });
    fill(box, "ul", lines);
  }
}

function device(place, count, others) {
  const at = day.content ? hour(day.content.made_at) : "";
  const off = Math.abs(day.drift);
  const clock = off <= 5 ? "exacte" : off < 120 ? `décalée de ${off} secondes` : `décalée de ${Math.round(off / 60)} minutes`;
  const said = { list: at ? `à ${at}` : "pas encore", waits: String(count), clock, memory: day.holder ? `chiffrée, fermée à ${hour(day.holder.until)}` : "fermée" };
  if (others) said.others = `${others}, à envoyer à sa prochaine connexion ici`;
  for (const box of some("[data-others]", place)) box.hidden = !others;
  for (const [name, value] of Object.entries(said)) for (const spot of some(`[data-say=${name}]`, place)) spot.textContent = value;
  for (const box of some("[data-blind-since]")) box.textContent = at;
}

const hour = (moment) => {
  const at = new Date(moment);
  return Number.isNaN(at.getTime()) ? "" : `${at.getHours()}\u00a0h\u00a0${String(at.getMinutes()).padStart(2, "0")}`;
};

function shell(locked) {
  const [name, id] = location.hash.slice(1).split("-");
  const elsewhere = ![root.dataset.home, root.dataset.shell].includes(location.pathname);
  let view = !day.holder ? "locked" : elsewhere ? "elsewhere" : !day.content ? "nothing" : one(`[data-view=${name || "day"}]`) ? name || "day" : "day";
  const session = view === "session" && day.content.sessions.find((one) => String(one.id) === id);
  if (view === "session" && !session) view = "day";
  if (view !== day.view || id !== day.id) {
    for (const part of some("[data-view]")) part.hidden = part.dataset.view !== view;
    if (day.view) {
      one(`[data-view=${view}] h1`)?.focus({ preventScroll: true });
      window.scrollTo(0, 0);
    }
  }
  hide("[data-work]", !day.holder || !day.content || elsewhere);
  if (view === "day") {
    const rows = day.content.sessions.map((one) => {
      const row = clone("agenda", { time: one.time, title: one.title, where: one.where, places: one.places });
      row.querySelector("a").href = `#session-${one.id}`;
      return row;
    });
    fill(one("[data-agenda]"), "ul", rows);
    hide("[data-no-agenda]", rows.length > 0);
  }
  if (view === "session") sessionView(session, tap);
  if (day.content) proposals();
  if (view === "locked") hide("[data-locked-count]", !locked);
  Object.assign(day, { view, id });
}

// Values of use first in the forms of the shell; once for each package.
function proposals() {
  const { made_at, report, communes, reports } = day.content;
  if (root.dataset.proposed === made_at) return;
  root.dataset.proposed = made_at;
  const options = (pairs) => pairs.map(([value, label]) => new Option(label, value));
  for (const list of some("[data-communes]")) list.replaceChildren(list.options[0], ...options(communes));
  hide("a[href='#report']", !report);
  if (!report) return;
  const where = one("[data-places]");
  const choose = report.usual ? [] : [new Option("Choisissez un lieu", "")];
  where.replaceChildren(...choose, ...options(report.places), ...[...where.options].slice(-3)); // at home, elsewhere, remote
  where.selectedIndex = 0;
  const [shown, more] = [one("[data-themes]"), one("[data-more-themes]")];
  const tile = (value) => one(`[name=themes][value="${value}"]`)?.closest("label");
  shown.prepend(...report.themes.map(tile).filter(Boolean));
  more.prepend(...[...shown.children].slice(6));
  const spans = one("[data-durations]");
  const sample = spans.firstElementChild;
  const length = (minutes) => (minutes < 60 ? `${minutes}\u00a0min` : `${Math.floor(minutes / 60)}\u00a0h${minutes % 60 ? `\u00a0${String(minutes % 60).padStart(2, "0")}` : ""}`);
  spans.replaceChildren(
    ...report.durations.map((minutes) => {
      const label = sample.cloneNode(true);
      Object.assign(one("input", label), { value: minutes, checked: false });
      one("span", label).textContent = length(minutes);
      return label;
    }),
  );
  hide("[data-made]", !reports.length);
  const lines = reports.map((made) => {
    const line = clone("made", { what: made.words });
    const minutes = one("input", line);
    minutes.value = made.minutes;
    one("form", line).addEventListener("submit", async (event) => {
      event.preventDefault();
      const payload = { activity: made.id, version: made.version, changes: { minutes: Number(minutes.value) } };
      const kept = await tap("report-edit", payload, `Correction : ${made.words}, ${minutes.value}\u00a0min`);
      one("[role=status]", line).textContent = kept ? "Correction gardée." : "";
    });
    return line;
  });
  fill(one("[data-made]"), "ul", lines);
}

// --- forms -----------------------------------------------------------------------------------------------------------------------------

// A form with data-act is kept on the device first, then sent: a network that falls in between loses nothing.
const FORMS = {
  report(values, form) {
    const chosen = (name) => form.querySelector(`[name=${name}]:checked`)?.closest("label")?.textContent.trim() ?? "";
    const themes = form.querySelectorAll("[name=themes]:checked").length ? [...form.querySelectorAll("[name=themes]:checked")].map((box) => box.value) : values.getAll("themes");
    const minutes = Number(values.get("minutes"));
    const [kind, where] = [values.get("kind"), values.get("place")];
    const several = kind === "individuel" ? 1 : Number(values.get("count") || (kind === "ponctuel" ? 1 : 0));
    const payload = { kind: kind === "ponctuel" ? "individuel" : kind, themes, minutes, count: several };
    if (kind === "ponctuel") payload.one_off = true;
    if (where === "domicile" || where === "autre") Object.assign(payload, { place_kind: where, commune: values.get("commune") });
    else payload.place = Number(where) || null;
    if (!kind || !themes.length || !minutes || !where || !(several >= 1)) return null;
    if (payload.place_kind && !payload.commune) return null;
    return { kind: "report", payload, words: `Activité : ${chosen("themes")}, ${minutes}\u00a0min`, said: "Activité gardée" };
  },
  person(values) {
    const payload = { age_band: values.get("age_band") ?? "", gender: values.get("gender") ?? "", commune: values.get("commune") ?? "" };
    return { kind: "person", payload, words: "Nouvelle personne anonyme", said: "Personne gardée" };
  },
  enrolment(values, form) {
    const payload = {
      session: Number(values.get("session")),
      name: (values.get("name") ?? "").trim(),
      contact: (values.get("contact") ?? "").trim(),
      no_contact: !(values.get("contact") ?? "").trim(),
      size: Number(values.get("size") ?? 1) || 1,
      consent: values.get("consent") === "on",
    };
    if (!payload.session || !payload.name || !payload.consent) return null;
    const title = form.querySelector("[name=session]")?.selectedOptions?.[0]?.textContent.trim() ?? form.dataset.title ?? "";
    return { kind: "enrolment", payload, words: `Inscription : ${payload.name}${title ? `, ${title}` : ""}`, said: "Inscription gardée" };
  },
};

document.addEventListener("submit", async (event) => {
  const form = event.target.closest("form[data-act]");
  if (!form || !day.holder) return; // without a key the ordinary form goes to the site
  event.preventDefault();
  const made = FORMS[form.dataset.act](new FormData(form), form);
  const status = form.querySelector("[role=status]");
  if (!made) {
    if (status) status.textContent = "Il manque une réponse. Rien n’est encore gardé.";
    return;
  }
  const button = form.querySelector("button[type=submit], button:not([type])");
  button.disabled = true;
  try {
    await act(made.kind, made.payload, made.words);
    form.reset();
    form.dispatchEvent(new Event("change", { bubbles: true }));
    if (status) status.textContent = `${made.said} à ${hour(Date.now())}.`;
  } catch {
    if (status) status.textContent = "Cet appareil n’a pas pu garder. Recommencez, ou notez sur papier.";
  } finally {
    button.disabled = false;
  }
});

document.addEventListener("change", (event) => {
  const form = event.target.closest?.("form[data-act=report]");
  if (form) {
    const alone = form.querySelector("[name=kind]:checked")?.value === "individuel";
    for (const box of form.querySelectorAll("[data-group]")) box.hidden = alone;
    const here = !["domicile", "autre"].includes(form.elements.place.value);
    for (const box of form.querySelectorAll("[data-elsewhere]")) box.hidden = here;
  }
  if (event.target.matches?.("[data-names]")) {
    localStorage.setItem("yole-noms", event.target.checked ? "1" : "0");
    day.fetched = 0;
    tick();
  }
});

// --- start -----------------------------------------------------------------------------------------------------------------------------

async function start() {
  if (!window.isSecureContext || !navigator.locks || !navigator.serviceWorker) {
    hide("[data-unable]", false);
    return;
  }
  navigator.serviceWorker.register(service, { scope: "/" }).catch(() => hide("[data-unable]", false));
  navigator.serviceWorker.ready.then(({ active }) => navigator.serviceWorker.controller || active.postMessage("claim"));
  navigator.storage?.persist?.();
  for (const form of some("form[data-act=report]")) one("[name=kind]", form).dispatchEvent(new Event("change", { bubbles: true }));
  for (const box of some("[data-names]")) box.checked = localStorage.getItem("yole-noms") !== "0";
  try {
    day.device = await vault.deviceName();
  } catch {
    hide("[data-unable]", false); // a private window of some browsers, or storage refused: the site works, this device keeps nothing
    return;
  }
  navigator.storage?.persisted?.().then((sure) => {
    for (const spot of some("[data-say=sure]")) spot.textContent = sure ? "gardée par le navigateur" : "le navigateur peut l’effacer : installez « Ma journée »";
  });
  if (isShell) {
    // What is here is shown at once; the network comes after.
    day.holder = await vault.unlock();
    if (day.holder) day.content = await vault.readPackage(day.holder).catch(() => null);
    if (day.content) overlay(day.content, await vault.acts(day.holder));
    day.fetched = 0;
    await show();
  }
  window.addEventListener("online", tick);
  window.addEventListener("offline", () => online(false));
  window.addEventListener("hashchange", show);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && tick());
  channel.onmessage = () => show();
  setInterval(tick, EVERY);
  await tick();
}

start();
