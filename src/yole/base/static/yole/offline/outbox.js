// The queue leaves when the network is there: batches, exactly once (the site knows each act by its uuid), one sender at a time.

import * as vault from "./vault.js";

const BATCH = 50;
const PATIENCE = 20000;
let csrf = "";

export class Offline extends Error {}
export class SignedOut extends Error {}
export class Busy extends Error {}

async function ask(address, options = {}) {
  let answer;
  try {
    answer = await fetch(address, {
      credentials: "same-origin",
      redirect: "manual",
      cache: "no-store",
      signal: AbortSignal.timeout(PATIENCE),
      ...options,
      headers: { Accept: "application/json", ...options.headers },
    });
  } catch {
    throw new Offline();
  }
  if (answer.type === "opaqueredirect" || answer.status === 401) throw new SignedOut();
  if (answer.status === 429 || answer.status >= 500) throw new Busy();
  return answer;
}

// Asks the site who is signed in. Returns the holder of the key and, when asked, the package of the day.
export async function connect(address, { device, names, content }) {
  const query = new URLSearchParams({ appareil: device, noms: names ? "1" : "0", paquet: content ? "1" : "0" });
  const answer = await ask(`${address}?${query}`);
  if (!answer.ok) throw new SignedOut();
  const said = await answer.json();
  csrf = said.csrf;
  return { holder: await vault.release(said), said };
}

const envelope = ({ uuid, device, sequence, kind, made_at, payload, decision = "" }) => ({ uuid, device, sequence, kind, made_at, payload, decision });

async function deliver(address, acts) {
  const body = JSON.stringify({ sent_at: new Date().toISOString(), acts: acts.map(envelope) });
  const answer = await ask(address, { method: "POST", body, headers: { "Content-Type": "application/json", "X-CSRFToken": csrf } });
  if (answer.status === 403) throw new SignedOut();
  if (!answer.ok) return { refused: await answer.json().catch(() => ({ reason: "Le site n’a pas compris cet envoi." })) };
  return answer.json();
}

// Sends all that waits. Returns the clock's drift in seconds. What the site refuses or cannot decide stays here with its answer.
export function send(address, holder) {
  return navigator.locks.request("yole-envoi", async () => {
    let drift = 0;
    let size = BATCH;
    const tried = new Set();
    for (;;) {
      const waiting = (await vault.acts(holder)).filter((act) => act.state === "waiting" && !tried.has(act.uuid));
      const batch = waiting.slice(0, size);
      const reply = await deliver(address, batch);
      if (reply.refused && batch.length > 1) {
        size = 1; // one of them is what the site cannot read: find it without blocking the others
        continue;
      }
      if (reply.refused && batch.length) await vault.changeAct(holder, batch[0], { state: "refused", answer: reply.refused });
      drift = reply.drift ?? drift;
      const answers = reply.answers ?? [];
      const made = ({ state, answer }) => state === "done" && answer?.card; // its code is for the person: it stays until somebody copied it
      const over = answers.filter((one) => (one.state === "done" || one.state === "dropped") && !made(one));
      await vault.removeActs(over.map(({ uuid }) => uuid));
      for (const { uuid, state, answer } of answers) {
        const act = batch.find((one) => one.uuid === uuid);
        if (!act || over.some((one) => one.uuid === uuid)) continue;
        if (state === "done") await vault.changeAct(holder, act, { state: "made", answer });
        else if (state === "later") tried.add(uuid);
        else await vault.changeAct(holder, act, { state, answer, decision: "" });
      }
      if (waiting.length <= batch.length) return drift;
    }
  });
}
