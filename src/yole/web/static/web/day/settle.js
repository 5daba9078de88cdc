// « À décider »: both versions side by side, a person chooses. Nothing is dropped without a tap.

import { clone, some } from "./parts.js";

const MARKS = { "": "Pas pointé", présent: "Présent", absent: "Absent", excusé: "Excusé" };

const clock = (moment) => {
  const at = new Date(moment);
  return moment && !Number.isNaN(at.getTime()) ? `à ${at.getHours()}\u00a0h\u00a0${String(at.getMinutes()).padStart(2, "0")}` : "";
};
const dayOf = (moment) => new Date(moment).toLocaleDateString("fr-FR", { weekday: "long", day: "numeric", month: "long" });

// Each code: what this device says, what the site says, the choices (label, decision, changed payload).
const CASES = {
  full: ({ payload }, answer) => ({
    mine: `Inscrire ${payload.name}${payload.size > 1 ? ` (à ${payload.size})` : ""}`,
    theirs: `${answer.taken} places prises sur ${answer.seats}${answer.waiting ? `, ${answer.waiting} en attente` : ""}`,
    choices: [
      ["Liste d’attente", "waiting"],
      ["Présent en surnombre", "over"],
      ...(answer.others ?? []).map((other) => [
        `Autre séance : ${dayOf(other.at)} ${clock(other.at)}, ${other.left} ${other.left > 1 ? "places" : "place"}`,
        "other",
        { ...payload, session: other.id },
      ]),
    ],
  }),
  double: (act, answer) => ({
    mine: `Arrivée ${clock(answer.mine)}`,
    theirs: `Déjà pointée ${clock(answer.at)} sur un autre appareil`,
    choices: [["C’est la même visite", "same"], ["Ce sont deux personnes", "two"]],
  }),
  attendance: (act, answer) => ({
    mine: MARKS[answer.mine] ?? answer.mine,
    theirs: `${MARKS[answer.theirs] ?? answer.theirs} ${clock(answer.at)}`.trim(),
    choices: [["Garder mon pointage", "mine"], ["Garder l’autre", "theirs"]],
  }),
  changed: (act, answer) => ({
    mine: act.words,
    theirs: answer.theirs,
    choices: [["Garder ma version", "mine"], ["Garder l’autre", "theirs"]],
  }),
};

export function settleList(open, day, decide) {
  for (const box of some("[data-settle]")) {
    box.hidden = !open.length;
    const shown = open.map((act) => `${act.uuid}${act.state}${act.answer?.code}`).join();
    if (box.dataset.shown === shown) continue; // a tap in progress is not moved away
    box.dataset.shown = shown;
    box.querySelector("ul").replaceChildren(...open.map((act) => card(act, decide)));
  }
}

function card(act, decide) {
  const answer = act.answer ?? {};
  const made = CASES[answer.code]?.(act, answer);
  const item = clone("settle", { what: act.words, reason: [answer.reason, answer.remedy].filter(Boolean).join(" ") || "Double passage : à vérifier." });
  const versions = item.querySelector("dl");
  versions.hidden = !made;
  if (made) for (const side of ["mine", "theirs"]) item.querySelector(`[data-slot=${side}]`).textContent = made[side];
  const choices = made ? made.choices : [["Réessayer", "retry"]];
  if (!made || answer.code === "full") choices.push(["Abandonner", "drop"]);
  const line = item.querySelector("[data-choices]");
  for (const [label, decision, payload] of choices) {
    const button = clone("choice", { label });
    button.addEventListener("click", () => {
      for (const other of some("button", line)) other.disabled = true;
      decide(act, decision, payload);
    });
    line.append(button);
  }
  return item;
}
