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

async function act(kind, payload, label) {
  await vault.addAct(day.holder, { kind, payload, words: label });
  if (day.content) {
    overlay(day.content, [{ kind, payload }]);
    await vault.keepPackage(day.holder, day.content);
  }
  await show();
  tick();
}

async function decide(entry, decision, payload) {
  await vault.changeAct(day.holder, entry, { state: "waiting", decision, payload: payload ?? entry.payload });
  await show();
  tick();
}

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
    await vault.keepPackage(holder, said.package);
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

async function signedOut() {
  await vault.lock();
  day.holder = day.content = null;
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
  const locked = day.holder ? 0 : await vault.waitingOfAnybody();
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
  for (const place of some("[data-device]")) device(place, waiting.length);
  if (isShell) shell(locked);
  document.documentElement.dataset.day = `${waiting.length}/${open.length}/${day.online ? "online" : "offline"}`;
}

function device(place, count) {
  const at = day.content ? hour(day.content.made_at) : "";
  const off = Math.abs(day.drift);
  const clock = off <= 5 ? "exacte" : off < 120 ? `décalée de ${off} secondes` : `décalée de ${Math.round(off / 60)} minutes`;
  const said = { list: at ? `à ${at}` : "pas encore", waits: String(count), clock, memory: day.holder ? `chiffrée, fermée à ${hour(day.holder.until)}` : "fermée" };
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
  if (view === "session") sessionView(session, act);
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
  one("[data-communes]").replaceChildren(one("[data-communes]").options[0], ...options(communes));
  hide("a[href='#report']", !report);
  if (!report) return;
  const where = one("[data-places]");
  const choose = report.usual ? [] : [new Option("Choisissez un lieu", "")];
  where.replaceChildren(...choose, ...options(report.places), where.options[where.options.length - 1]);
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
      await act("report-edit", payload, `Correction : ${made.words}, ${minutes.value}\u00a0min`);
      one("[role=status]", line).textContent = "Correction gardée.";
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
    const group = values.get("kind") === "collectif";
    const payload = { kind: values.get("kind"), themes, minutes, count: group ? Number(values.get("count")) : 1, place: Number(values.get("place")) || null };
    if (!payload.kind || !themes.length || !minutes) return null;
    if (group && !(payload.count >= 1)) return null;
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
    form.dispatchEvent(new Event("change"));
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
    const group = form.querySelector("[name=kind]:checked")?.value === "collectif";
    for (const box of form.querySelectorAll("[data-group]")) box.hidden = !group;
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
  day.device = await vault.deviceName();
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
