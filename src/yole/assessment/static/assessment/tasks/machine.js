// The same machine as engine/tasks/machine.py; both replay the same logs in the tests.

export const FINAL = ["goal", "partial", "missed", "stopped"];

export const begin = (machine) => ({ state: machine.start, variant: 0, hints: 0, assisted: false, memory: {} });

const count = (memory, key, right) => Object.entries(memory).filter(([slot, value]) => value === "flag" && (key[slot] === "flag") === right).length;

export function holds([kind, what, value], memory, key) {
  switch (kind) {
    case "right": return memory[what] === key[what];
    case "wrong": return memory[what] !== key[what];
    case "is": return memory[what] === value;
    case "caught": return count(memory, key, true) >= what;
    case "alarms": return count(memory, key, false) <= what;
  }
  throw new Error(`unknown condition: ${kind}`);
}

// The run after one act; an act that the state does not know changes nothing.
export function step(machine, keys, run, act) {
  if (FINAL.includes(run.state)) return run;
  const [verb, arg = ""] = act.split(":");
  if (verb === "start") return { ...run, variant: Number(arg) };
  if (verb === "hint") return { ...run, hints: run.hints + 1 };
  if (verb === "together") return { ...run, assisted: true };
  if (verb === "stop") return { ...run, state: "stopped" };
  for (const rule of machine.rules) {
    if (rule.state !== run.state || rule.verb !== verb || (rule.arg && rule.arg !== arg)) continue;
    const memory = { ...run.memory };
    if (rule.keep === "*") memory[arg] = verb;
    else if (rule.keep) memory[rule.keep] = arg;
    if (rule.put) memory[rule.put[0]] = rule.put[1];
    if ((rule.guard || []).every((condition) => holds(condition, memory, keys[run.variant]))) return { ...run, state: rule.next, memory };
  }
  return run;
}

export const replay = (machine, keys, acts) => acts.reduce((run, act) => step(machine, keys, run, act), begin(machine));

export const finished = (run) => FINAL.includes(run.state);

export const score = (run) => Math.max(0, ({ goal: 2, partial: 1 }[run.state] || 0) - run.hints);
