// What waits to be sent: acts and an identifier, never what was typed. The server knows each run by its identifier, so a run sent twice
// counts once.

const KEY = "yole-exercices";
const PATIENCE = 15000;
const EVERY = 20000;
const LATER = new Set([408, 425, 429]);

function read() {
  try {
    const rows = JSON.parse(localStorage.getItem(KEY) || "[]");
    return Array.isArray(rows) ? rows : [];
  } catch {
    return [];
  }
}

function write(rows) {
  try {
    localStorage.setItem(KEY, JSON.stringify(rows));
  } catch {
    memory = rows; // storage is full or forbidden: as long as the page is open
  }
}
let memory = [];
const waiting = () => (memory.length ? memory : read());

export const put = (run) => write([...waiting(), run]);

function drop(uuid) {
  const rows = waiting().filter((row) => row.uuid !== uuid);
  memory = memory.length ? rows : [];
  write(rows);
}

let busy = false;

// Sends what waits; `told(uuid, state, reason)` hears « sent », « refused » or « waiting » for each.
export async function flush(address, told) {
  if (busy) return;
  busy = true;
  try {
    for (const run of waiting()) {
      let answer;
      try {
        answer = await fetch(address, {
          method: "POST",
          headers: { "Content-Type": "application/json" },
          body: JSON.stringify(run),
          credentials: "omit",
          signal: AbortSignal.timeout(PATIENCE),
        });
      } catch {
        told(run.uuid, "waiting");
        return;
      }
      if (answer.ok) {
        drop(run.uuid);
        told(run.uuid, "sent");
      } else if (answer.status >= 500 || LATER.has(answer.status)) {
        told(run.uuid, "waiting");
        return;
      } else {
        const reason = (await answer.json().catch(() => ({}))).reason || String(answer.status);
        drop(run.uuid);
        told(run.uuid, "refused", reason);
      }
    }
  } finally {
    busy = false;
  }
}

export function watch(address, told) {
  const send = () => waiting().length && flush(address, told);
  window.addEventListener("online", send);
  setInterval(send, EVERY);
  send();
}
