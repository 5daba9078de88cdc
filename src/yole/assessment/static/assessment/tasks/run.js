// The frame of an exercise: the order, one screen at a time, help, the end, what is sent. What is typed never leaves `local`.

import { begin, finished, holds, replay, score, step } from "./machine.js";
import { flush, put, watch } from "./outbox.js";
import { prepare } from "./prepare.js";
import { button, h, main, say, shuffled } from "./ui.js";

const root = document.getElementById("exercice");
const data = JSON.parse(document.getElementById("exercice-donnees").textContent);
const { words, labels, hints, keys, machine } = data;
const task = (await import(`./${data.task}.js`)).default;
const code = new URLSearchParams(location.search).get("code") || "";
const HOUR = 3600000;
const SAVED = `yole-exercice-${data.task}`;

let acts, run, seed, began, local, uuid, hinted, state;

const variant = () => data.variants[run.variant];

function keep(value) {
  try {
    if (value) sessionStorage.setItem(SAVED, JSON.stringify(value));
    else sessionStorage.removeItem(SAVED);
  } catch {
    // private browsing: the exercise works, it is only not taken up again after a reload
  }
}

function kept() {
  try {
    const found = JSON.parse(sessionStorage.getItem(SAVED));
    return found && found.code === code && Date.now() - found.began < HOUR && found.acts.length > 1 ? found : null;
  } catch {
    return null;
  }
}

const LAST = `yole-exercice-vu-${data.task}`;

// Another try shows another example, even after the page was left.
function lastVariant() {
  try {
    return Number(sessionStorage.getItem(LAST) ?? -1);
  } catch {
    return -1;
  }
}

function start(saved) {
  local = {};
  hinted = state = "";
  if (saved) {
    ({ acts, seed, began, uuid } = saved);
    run = replay(machine, keys, acts.map(([act]) => act));
  } else {
    const last = run ? run.variant : lastVariant();
    seed = crypto.getRandomValues(new Uint32Array(1))[0];
    let chosen = seed % data.variants.length;
    if (chosen === last) chosen = (chosen + 1) % data.variants.length;
    acts = [];
    began = Date.now();
    uuid = newUuid();
    run = begin(machine);
    note(`start:${chosen}`);
    try {
      sessionStorage.setItem(LAST, chosen);
    } catch {
      // the next page may show the same example
    }
  }
  show();
}

// crypto.randomUUID wants a secure page; a tablet may reach its server by a plain address.
function newUuid() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  const text = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return text.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

function note(act) {
  acts.push([act, Math.min(Date.now() - began, 24 * HOUR)]);
  run = step(machine, keys, run, act);
  keep({ acts, seed, began, uuid, code });
}

function act(...names) {
  names.forEach(note);
  if (finished(run)) end();
  else show();
}

const fill = (...parts) => root.replaceChildren(...parts.filter(Boolean));

function show() {
  if (run.state !== state) hinted = "";
  state = run.state;
  document.getElementById("presentation").hidden = true; // one thing per screen: the order says what to do
  const { problem = "" } = local;
  local.problem = "";
  const context = { v: variant(), L: labels, W: words, run, local, act, again: show, problem, order: (rows) => shuffled(rows, seed), extra: data.extra };
  const screen = task.screens[run.state](context);
  const heading = h("h2", { tabindex: "-1", id: "ecran" }, screen.title);
  const help = h("div", { role: "status" });
  const tellHint = () => help.replaceChildren(h("div", { class: "note" }, h("div", {}, h("p", {}, hints[run.state]))));
  if (hinted) tellHint();
  fill(
    h("div", { class: "task-order" }, h("p", { class: "strong" }, words.order), h("p", {}, variant().goal)),
    run.assisted && h("p", { class: "muted" }, words.together_note),
    heading,
    ...screen.parts,
    help,
    h(
      "div",
      { class: "line" },
      !hinted &&
        button(words.hint, (event) => {
          hinted = run.state;
          note("hint");
          tellHint();
          event.target.remove();
        }),
      !run.assisted && button(words.together, () => act("together")),
      button(words.stop, () => act("stop")),
    ),
  );
  (root.querySelector("[aria-invalid]") || heading).focus();
}

function verdict() {
  if (run.state === "stopped") return words.stopped;
  if (run.assisted) return words.together_done;
  if (run.state === "goal") return score(run) === 2 ? words.alone : words.helped;
  return run.state === "partial" ? words.partial : words.missed;
}

const list = (title, rows) => rows.length > 0 && h("section", { class: "stack-s" }, h("h3", {}, title), h("ul", { class: "bullets stack-s" }, rows.map((row) => h("li", {}, row))));

function end() {
  const key = keys[run.variant];
  const did = data.feedback.filter(([condition]) => holds(condition, run.memory, key)).map(([, done]) => done);
  const next = data.feedback.filter(([condition]) => !holds(condition, run.memory, key)).map(([, , learn]) => learn);
  const heading = h("h2", { tabindex: "-1", id: "ecran" }, words.over);
  const sent = h("p", { role: "status", id: "envoi" });
  fill(
    heading,
    h("p", { class: "sail" }, verdict()),
    list(words.did, did),
    list(words.next_time, next),
    ...(task.after && run.state !== "stopped" ? task.after({ v: variant(), L: labels, run }) : []),
    sent,
    main(words.again, () => start()),
    h("a", { class: "btn btn-l btn-block", href: code ? `${data.list}?code=${encodeURIComponent(code)}` : data.list }, words.other),
  );
  local = {};
  keep(null);
  if (acts.length > 2 || run.state !== "stopped") {
    put({ uuid, task: data.task, acts, code });
    sent.textContent = words.sending;
    flush(data.send, told);
  }
  heading.focus();
}

function told(key, outcome, reason) {
  const sent = document.getElementById("envoi");
  if (!sent || key !== uuid) return;
  sent.textContent = outcome === "refused" ? say(words.refused, { reason }) : outcome === "sent" ? words.sent : words.offline;
}

function welcome() {
  const saved = kept();
  if (!saved) return root.replaceChildren(main(words.start, () => start()));
  root.replaceChildren(h("p", {}, words.started), main(words.resume, () => start(saved)), button(words.restart, () => start(), "btn-block"));
}

welcome();
watch(data.send, told);
prepare([location.pathname]);
