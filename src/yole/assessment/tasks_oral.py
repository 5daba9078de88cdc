"""The oral version of an exercise: what a mediator ticks becomes the same acts, replayed by the same machine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from yole.assessment.engine.tasks import MACHINES, replay
from yole.assessment.tasks_content import keys


@dataclass(frozen=True, slots=True)
class Tick:
    """One answer of the mediator. In an act, `@slot` is the right argument and `!slot` another one of the closed list."""

    label: str
    acts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Question:
    label: str
    ticks: tuple[Tick, ...]


_COUNTS = ("Aucun", "1", "2", "3")

ORAL: dict[str, tuple[Question, ...]] = {
    "mailbox": (
        Question("Quel message la personne a-t-elle choisi ?", (Tick("Le bon", ("open:@message",)), Tick("Un autre", ("open:!message",)))),
        Question(
            "À qui a-t-elle répondu ?",
            (
                Tick("À la bonne personne", ("reply", "to:@to")),
                Tick("À une autre", ("reply", "to:!to")),
                Tick("À tout le monde", ("reply", "to:all")),
            ),
        ),
        Question(
            "Quel document a-t-elle joint ?",
            (
                Tick("Le bon", ("attach:@file", "send")),
                Tick("Un autre", ("attach:!file", "send")),
                Tick("Aucun", ("attach:none", "send")),
            ),
        ),
    ),
    "address-bar": (
        Question(
            "Comment est-elle arrivée sur le site ?",
            (
                Tick("En écrivant l’adresse", ("type:official", "next")),
                Tick("Par la recherche, au-delà de l’annonce", ("type:search", "result:official", "next")),
                Tick("Elle s’est arrêtée sur un faux site", ("type:lookalike", "trust")),
            ),
        ),
        Question(
            "Qu’a-t-elle fait de l’adresse trompeuse ?",
            (Tick("Elle l’a refusée", ("link:refuse",)), Tick("Elle l’aurait ouverte", ("link:open",))),
        ),
    ),
    "form": (
        Question("Le nom", (Tick("Rempli", ("name:filled",)), Tick("Laissé vide", ("name:empty",)))),
        Question("La date de naissance", (Tick("Juste", ("date:right",)), Tick("Fausse", ("date:other",)))),
        Question("Le document", (Tick("Le bon", ("attach:@file", "send")), Tick("Un autre", ("attach:!file", "send")))),
        Question("L’erreur du téléphone", (Tick("Corrigée", ("phone:right", "send")), Tick("Mal corrigée", ("phone:other", "send")))),
    ),
    "password": (
        Question(
            "Le mot de passe inventé (ne le demandez pas à voix haute)",
            (
                Tick("12 signes ou plus, pas un mot courant, pas déjà utilisé", ("choose:good",)),
                Tick("12 signes ou plus, mais courant ou déjà utilisé", ("choose:common", "keep")),
                Tick("Trop court", ("choose:short",)),
            ),
        ),
    ),
    "spreadsheet": (
        Question(
            "Le nombre",
            (
                Tick("Dans la bonne case", ("cell:@cell", "value:right")),
                Tick("Ailleurs, ou un autre nombre", ("cell:@cell", "value:other")),
            ),
        ),
        Question(
            "Le total",
            (
                Tick("Avec un calcul", ("cell:B6", "total:formula", "done")),
                Tick("Compté à la main", ("cell:B6", "total:number", "done")),
                Tick("Pas fait, ou faux", ("cell:B6", "value:other", "done")),
            ),
        ),
    ),
    "phishing": (
        Question("Combien de pièges a-t-elle trouvés ?", tuple(Tick(word, (f"caught={n}",)) for n, word in enumerate(_COUNTS))),
        Question(
            "Combien de vrais messages a-t-elle pris pour des pièges ?",
            tuple(Tick(word, (f"alarms={n}", "done")) for n, word in enumerate(_COUNTS)),
        ),
    ),
}
HINTS_MOST = 2


def log(task: str, variant: int, ticked: Sequence[int], *, hints: int = 0, together: bool = False) -> list[str]:
    """The acts of an oral exercise. `ticked`: position of the answer to each question of `ORAL[task]`, in order.

    Raises IndexError for a question without answer or an answer that does not exist.
    """
    key = keys(task)[variant]
    acts = [f"start:{variant}", *["together"] * together, *["hint"] * hints]
    if len(ticked) != len(ORAL[task]):
        raise IndexError("one answer per question")
    for question, at in zip(ORAL[task], ticked, strict=True):
        if at < 0:
            raise IndexError("no such answer")
        for act in question.ticks[at].acts:
            acts += _resolved(task, key, act)
    return acts if replay(MACHINES[task], keys(task), acts).finished else [*acts, "stop"]


def _resolved(task: str, key: Mapping[str, str], act: str) -> list[str]:
    if "=" in act:
        kind, count = act.split("=")
        traps = [slot for slot, right in sorted(key.items()) if (right == "flag") == (kind == "caught")]
        return [f"{'flag' if n < int(count) else 'trust'}:{slot}" for n, slot in enumerate(traps)]
    verb, _, arg = act.partition(":")
    if arg.startswith("@"):
        return [f"{verb}:{key[arg[1:]]}"]
    if arg.startswith("!"):
        return [f"{verb}:{next(one for one in MACHINES[task].acts[verb] if one != key[arg[1:]])}"]
    return [act]
