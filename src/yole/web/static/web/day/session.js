// Attendance of one session on this device: one tap a person and half-day, people who came without enrolment, enrolment at the door.

import { clone, fill, one, some } from "./parts.js";

const KINDS = { présent: "arrivée", absent: "absent", excusé: "excusé" };

// The package says what the site knows; what this device did since and has not delivered is laid over it.
export function overlay(content, acts) {
  for (const { kind, state, payload } of acts) {
    if (kind !== "attendance" || state === "unreadable") continue;
    const mark = Object.keys(KINDS).find((name) => KINDS[name] === payload.kind) ?? "";
    const who = payload.booking ? { booking: payload.booking } : { walk_in: payload.walk_in };
    const lines = content.sessions.find((one) => one.id === payload.session)?.lines;
    const line = lines && same(lines, who);
    if (line) line.marks[payload.half_day] = mark;
    else if (payload.walk_in) lines?.push({ n: lines.length + 1, booking: null, ...who, name: payload.label, size: 1, marks: { [payload.half_day]: mark } });
  }
}

const same = (lines, who) => lines.find((line) => (who.booking ? line.booking === who.booking : line.walk_in === who.walk_in));

// `tap` keeps an act on the device and answers false, aloud, when it could not: what is not kept is not shown as kept.
export function sessionView(session, tap) {
  const view = one("[data-view=session]");
  for (const [slot, text] of Object.entries({ title: session.title, when: `${session.time}, ${session.where}` }))
    for (const spot of some(`[data-slot=${slot}]`, view)) spot.textContent = text;
  counts(session, view);
  const form = one("form[data-act=enrolment]", view);
  form.hidden = !session.seats;
  form.elements.session.value = session.id;
  form.dataset.title = session.title;
  const shown = JSON.stringify([session.id, session.lines]);
  if (view.dataset.shown === shown) return;
  view.dataset.shown = shown;
  const focus = document.activeElement?.closest?.("ol") && document.activeElement;
  fill(view, "ol", session.lines.flatMap((line) => session.half_days.map((half) => row(session, line, half, tap))));
  if (focus) one(`input[name="${focus.name}"][value="${focus.value}"]`, view)?.focus({ preventScroll: true });
  one("[data-walk-in]", view).onsubmit = (event) => walkIn(event, session, tap);
}

function counts(session, view) {
  const marks = session.lines.map((line) => Object.values(line.marks).find(Boolean) ?? "");
  const present = session.lines.filter((line) => Object.values(line.marks).includes("présent")).length;
  one("[data-slot=present]", view).textContent = `${present} ${present > 1 ? "présents" : "présent"}`;
  one("[data-slot=left]", view).textContent = `${marks.filter((mark) => !mark).length} à pointer`;
  one("[data-slot=places]", view).textContent = session.places;
}

function row(session, line, half, tap) {
  const several = session.half_days.length > 1;
  const item = clone("line", { number: `${line.n}.`, name: line.name + (line.size > 1 ? ` (à ${line.size})` : ""), half: several ? half.label : "" });
  for (const radio of some("input", item)) {
    radio.name = `${line.booking ?? line.walk_in}-${half.id}`;
    radio.checked = line.marks[half.id] === radio.value;
    radio.addEventListener("change", async () => {
      const seen = line.marks[half.id] ?? "";
      if (radio.value === seen) return;
      line.marks[half.id] = radio.value;
      const who = line.booking ? { booking: line.booking } : { walk_in: line.walk_in, label: line.name };
      const label = `${radio.value[0].toUpperCase()}${radio.value.slice(1)} : ${line.name}`;
      const view = one("[data-view=session]");
      view.dataset.shown = JSON.stringify([session.id, session.lines]); // the radio shows it already
      counts(session, view);
      if (await tap("attendance", { session: session.id, half_day: half.id, kind: KINDS[radio.value], seen, ...who }, label)) return;
      line.marks[half.id] = seen;
      for (const other of some("input", item)) other.checked = other.value === seen;
      view.dataset.shown = JSON.stringify([session.id, session.lines]);
      counts(session, view);
    });
  }
  return item;
}

async function walkIn(event, session, tap) {
  event.preventDefault();
  const form = event.target;
  const label = form.elements.walk_in.value.trim();
  if (!label) return;
  const half = session.half_days[0].id;
  const payload = { session: session.id, half_day: half, kind: KINDS.présent, seen: "", walk_in: crypto.randomUUID(), label };
  if (await tap("attendance", payload, `Présent : ${label}`)) form.reset();
}
