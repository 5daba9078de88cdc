"""`yole debates …`. Needs neither Django nor the database; numpy is imported only when a command runs."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from yole.base.commandline import DONE, UNSOUND, AsJson, Output, note, print_json, progress, room_commands, to_json, write_output

if TYPE_CHECKING:
    from yole.debates.engine.analysis import Analysis

app = room_commands("Débats : ce que pense la salle, d'après les votes.")


@app.callback()
def _debates() -> None:
    """Keeps `analyse` a command of a group: alone in it, its name would be dropped."""


@app.command()
def analyse(
    votes: Annotated[
        Path, typer.Argument(metavar="VOTES.csv", help="Une ligne par participant, une colonne par énoncé ; 1, -1, 0 ou rien.")
    ],
    groups: Annotated[Path | None, typer.Option(help="Groupes donnés : participant,group. Rien n'est alors cherché.")] = None,
    comments: Annotated[
        Path | None, typer.Option(help="Comptes publiés : comment-id,agrees,disagrees. Code 1 si les votes ne les donnent pas.")
    ] = None,
    k_max: Annotated[int, typer.Option(min=2, help="Nombre de groupes cherchés, au plus.")] = 5,
    seed: Annotated[int, typer.Option(min=0, help="Graine du hasard.")] = 0,
    output: Output = None,
    as_json: AsJson = False,
) -> int:
    """Accords, groupes (quand ils peuvent être montrés) et étiquettes de chaque énoncé."""
    from yole.debates import files
    from yole.debates.engine import analysis, honesty

    ballots = files.read_votes(votes)
    given = files.read_groups(groups, ballots) if groups is not None else None
    signs = files.check_signs(comments, ballots) if comments is not None else None

    def watch(items: Iterable[int]) -> Iterable[int]:
        return progress(items, total=honesty.SHUFFLES, label="Test de permutation")

    done = analysis.analyse(ballots, groups=given, k_max=k_max, seed=seed, watch=watch)
    if empty := int((ballots.votes_cast == 0).sum()):
        note(f"{empty} participant{'s' * (empty > 1)} sans aucun vote : compté{'s' * (empty > 1)}, sans effet sur les résultats.")
    if output is not None:
        write_output(to_json(analysis.as_json(done)), output)
    if as_json:
        print_json(analysis.as_json(done))
    elif output is None:
        print("\n".join(_lines(done)))
    if signs is None or signs.hold:
        return DONE
    meant = " ; 1 et -1 semblent inversés" if signs.reversed else ""
    note(f"{comments} : comptes différents pour {signs.compared - signs.same} énoncés sur {signs.compared}{meant}.")
    return UNSOUND


def _lines(done: Analysis) -> list[str]:
    """What a person reads in the terminal: labels, never the bare word consensus; no group that must not be shown."""
    names = done.ballots.statements
    lines = [f"{len(done.ballots.participants)} participants, {len(names)} énoncés.", ""]
    for result in done.results:
        share = f"{result.agree} d'accord, {result.disagree} pas d'accord, {result.passed} passent, sur {result.seen}"
        lines.append(f"{names[result.statement]} : {result.label} ({share})")
    lines.append("")
    if not done.groups_shown:
        return [*lines, f"Groupes non montrés. {done.why_not_shown}"]
    for group in done.groups:
        lines.append(f"Groupe {group.id} : {len(group.members)} personnes")
        lines += [f"  {'d’accord' if item.agrees else 'pas d’accord'} : {names[item.statement]}" for item in group.representative]
    return lines
