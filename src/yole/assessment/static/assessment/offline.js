// The diagnosis without a network. Each answer is kept on the device before the next question; a finished one leaves when the network is back.

const root = document.getElementById("diagnostic");
const { areas, drawn, estimate, levels, nextItem, posterior, replay, tables, whyStop } = await import(root.dataset.engine);
const parts = Object.fromEntries([...root.querySelectorAll("[data-part]")].map((part) => [part.dataset.part, part]));
const say = (name, values = {}) => Object.entries(values).reduce((text, [key, value]) => text.replaceAll(`{${key}}`, value), parts.words.dataset[name]);

// --- the device ----------------------------------------------------------------------------------------------------------------------

const opening = indexedDB.open("yole-diagnostic", 1);
opening.onupgradeneeded = () => {
  opening.result.createObjectStore("packages", { keyPath: "version" });
  opening.result.createObjectStore("sittings", { keyPath: "uuid" });
};
const base = await new Promise((resolve, reject) => {
  opening.onsuccess = () => resolve(opening.result);
  opening.onerror = () => reject(opening.error);
});
const ask = (store, mode, act) =>
  new Promise((resolve, reject) => {
    const work = base.transaction(store, mode, mode === "readwrite" ? { durability: "strict" } : undefined);
    const request = act(work.objectStore(store));
    work.oncomplete = () => resolve(request.result);
    work.onerror = work.onabort = () => reject(work.error);
  });
const all = (store) => ask(store, "readonly", (rows) => rows.getAll());
const put = (store, row) => ask(store, "readwrite", (rows) => rows.put(row));
const remove = (store, key) => ask(store, "readwrite", (rows) => rows.delete(key));

// --- questions -----------------------------------------------------------------------------------------------------------------------

async function latest() {
  try {
    const answer = await fetch(root.dataset.questions, { cache: "no-cache" });
    if (!answer.ok) throw new Error(answer.statusText);
    const pack = await answer.json();
    pack.at = Date.now();
    await put("packages", pack);
    const used = new Set((await all("sittings")).map((one) => one.pack));
    for (const old of await all("packages")) if (old.version !== pack.version && !used.has(old.version)) await remove("packages", old.version);
  } catch {
    // No network: what the device has serves.
  }
  return (await all("packages")).sort((one, other) => other.at - one.at)[0] || null;
}

let pack = null;
let table = null;
let sitting = null;
let shown = null;
let since = 0;

function use(found) {
  pack = found;
  table = tables(pack);
}

function show(name) {
  for (const part of ["start", "question", "result", "missing"]) parts[part].hidden = part !== name;
  const heading = parts[name].querySelector("h1");
  heading.tabIndex = -1;
  heading.focus();
}

const svg = (text) => {
  const holder = document.createElement("template");
  holder.innerHTML = text; // a drawing of the bank, checked by its tests
  return holder.content;
};

function next() {
  const { session, barred } = replay(pack, table, sitting.answers);
  const reason = whyStop(pack, table, session);
  const item = reason ? null : nextItem(pack, table, session, barred, drawn(sitting.seed, sitting.answers.length + 1));
  return item === null ? finish(reason || "bank") : question(item);
}

function question(item) {
  const row = pack.items[item];
  const position = sitting.answers.length + 1;
  const { min_items: least, max_items: most } = pack.rules;
  shown = item;
  since = Date.now();
  parts.progress.replaceChildren(...Array.from({ length: most }, (_, at) => Object.assign(document.createElement("li"), { className: at < position - 1 ? "done" : "" })));
  parts.count.textContent = position >= least ? say("most", { n: position, most: most - position }) : say("between", { n: position, least: least - position, most: most - position });
  parts.text.textContent = row.text;
  parts.help.textContent = row.help;
  parts.help.hidden = !row.help;
  parts.picture.replaceChildren(row.picture ? svg(row.picture) : "");
  parts.several.hidden = !row.several;
  const line = (id, text, picture) => {
    const label = Object.assign(document.createElement("label"), { className: "choice" });
    const input = Object.assign(document.createElement("input"), { type: row.several ? "checkbox" : "radio", name: "r", value: id });
    const words = document.createElement("span");
    words.append(Object.assign(document.createElement("b"), { textContent: text }));
    label.append(input, ...(picture ? [svg(picture)] : []), words);
    return label;
  };
  parts.options.replaceChildren(...row.options.map((option) => line(option.id, option.text, option.picture)), line("nsp", say("unknown"), ""));
  parts.error.hidden = true;
  show("question");
}

parts.form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const chosen = new FormData(parts.form).getAll("r");
  parts.error.hidden = chosen.length > 0;
  if (!chosen.length) return parts.error.focus();
  const answer = { item: shown, version: pack.items[shown].version, response: chosen.includes("nsp") ? [] : chosen, seconds: Math.min(86399, Math.round((Date.now() - since) / 1000)) };
  sitting.answers.push(answer);
  await put("sittings", sitting);
  return next();
});

parts.stop.addEventListener("click", () => (sitting.answers.length ? finish("person") : give_up()));

async function give_up() {
  await remove("sittings", sitting.uuid);
  sitting = null;
  show("start");
}

async function finish(reason) {
  if (!sitting.stop) Object.assign(sitting, { stop: reason, at: new Date().toISOString() });
  await put("sittings", sitting);
  result();
  await send();
}

function result() {
  const { session } = replay(pack, table, sitting.answers);
  const post = posterior(session);
  const found = levels(pack, post);
  const order = found.map((_, k) => k).sort((one, other) => found[other] - found[one]);
  const [best, second] = order;
  const sure = found[best] >= pack.rules.certainty;
  parts.level.textContent = say("level", { n: best + 1, total: found.length, name: pack.levels[best] });
  parts.sure.textContent = say("sure", { n: Math.min(99, Math.round(100 * found[best])) }) + (sure ? "" : ` ${say("two", { a: Math.min(best, second) + 1, b: Math.max(best, second) + 1 })}`);
  parts.estimated.hidden = !pack.estimated;
  const rank = (theta) => 1 + pack.cuts.filter((cut) => theta >= cut).length;
  const known = areas(pack, sitting.answers).filter((area) => area.answered >= pack.rules.shown_from);
  parts.areas.replaceChildren(
    ...known.map((area) => {
      const [low, high] = [rank(area.theta - area.se), rank(area.theta + area.se)];
      return Object.assign(document.createElement("li"), { textContent: `${area.name} : ${low === high ? say("one", { a: low }) : say("range", { a: low, b: high })}` });
    }),
  );
  parts.known.hidden = !known.length;
  told();
  show("result");
  root.dataset.theta = String(estimate(table, post)[0]);
}

function told() {
  parts.sent.textContent = sitting.code ? say("sent", { code: sitting.code }) : say("kept");
  parts.link.hidden = !sitting.code;
  if (sitting.code) parts.link.firstElementChild.href = sitting.address;
}

// --- leaving ---------------------------------------------------------------------------------------------------------------------------

let sending = false;

async function send() {
  if (sending) return;
  sending = true;
  try {
    for (const one of await all("sittings")) {
      if (!one.stop || one.code) continue;
      const used = (await all("packages")).find((row) => row.version === one.pack);
      const body = { uuid: one.uuid, parameters: used ? used.parameters : null, stop: one.stop, at: one.at, answers: one.answers };
      const answer = await fetch(root.dataset.send, { method: "POST", headers: { "Content-Type": "application/json" }, credentials: "omit", body: JSON.stringify(body) });
      if (answer.ok) {
        const { code, address } = await answer.json();
        const kept = sitting && sitting.uuid === one.uuid ? Object.assign(sitting, { code, address }) : { ...one, code, address };
        await put("sittings", kept);
        if (kept === sitting) told();
      } else if (answer.status === 422) await put("sittings", { ...one, code: "—", address: root.dataset.home });
    }
  } catch {
    // No network yet: it leaves at the next opening of the page, or when the network is back.
  } finally {
    sending = false;
  }
}

// --- start -----------------------------------------------------------------------------------------------------------------------------

async function begin() {
  const found = await latest();
  if (!found) return show("missing");
  use(found);
  for (const one of await all("sittings")) if (one.code) await remove("sittings", one.uuid);
  sitting = { uuid: crypto.randomUUID(), pack: pack.version, seed: crypto.getRandomValues(new Uint32Array(1))[0], answers: [] };
  await put("sittings", sitting);
  return next();
}

parts.begin.addEventListener("click", begin);
parts.again.addEventListener("click", begin);
addEventListener("online", send);

if ("serviceWorker" in navigator) {
  navigator.serviceWorker.register(root.dataset.worker, { scope: root.dataset.scope });
  navigator.serviceWorker.ready.then(() => (parts.ready.hidden = false));
}
const open = (await all("sittings")).find((one) => !one.stop);
const mine = open && (await all("packages")).find((row) => row.version === open.pack);
if (mine) {
  use(mine);
  sitting = open;
  next();
} else {
  const found = await latest();
  if (found) use(found);
  parts.loading.hidden = true;
  show(found ? "start" : "missing");
}
root.dataset.state = "ready";
send();
