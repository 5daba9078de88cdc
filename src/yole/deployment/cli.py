"""`yole deployment …`. Needs neither Django nor the database; numpy, scipy and HiGHS are imported only when a command runs."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from yole.base.commandline import DONE, AsJson, Output, note, print_json, room_commands, to_json, write_output
from yole.deployment.cli_tour import tour
from yole.deployment.clock import Clock, process_start, stopped_by_interrupt
from yole.kernel.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

app = room_commands("Déploiement : où mettre conseillers, antennes et bus.")
app.command("tour")(tour)

Limit = Annotated[float, typer.Option("--time-limit", help="Secondes pour toute la commande, lecture comprise.")]
Seed = Annotated[int, typer.Option(min=0, help="Graine du hasard.")]
STAGES = {"bound": "Borne", "search": "Amélioration", "proof": "Preuve", "swaps": "Échanges"}


class Fairness(StrEnum):
    MAX_MIN = "max-min"


@app.command()
def cover(
    demand: Annotated[Path, typer.Argument(metavar="DEMAND.csv", help="id,lat,lon et une colonne de poids.")],
    count: Annotated[int, typer.Option(help="Nombre de lieux à choisir.")],
    radius_km: Annotated[float, typer.Option(help="Distance couverte, à vol d'oiseau, bornes comprises.")],
    sites: Annotated[Path | None, typer.Option(help="Lieux possibles : id,lat,lon ; sans elle, les points de demande.")] = None,
    existing: Annotated[Path | None, typer.Option(help="Lieux déjà ouverts : id,lat,lon. Ils couvrent et ne comptent pas.")] = None,
    weight: Annotated[str, typer.Option(help="Colonne du poids.")] = "population",
    quota_by: Annotated[str | None, typer.Option(help="Colonne des groupes : des lieux en proportion du poids de chacun.")] = None,
    quotas: Annotated[Path | None, typer.Option(help="group,count : quotas donnés au lieu d'être calculés.")] = None,
    capacity: Annotated[str | None, typer.Option(help="Colonne du poids que chaque lieu peut servir.")] = None,
    fairness: Annotated[Fairness | None, typer.Option(help="max-min : d'abord le groupe le moins couvert.")] = None,
    fairness_by: Annotated[str | None, typer.Option(help="Colonne des groupes comparés ; sans elle, celle de --quota-by.")] = None,
    identifier: Annotated[str, typer.Option("--id", help="Colonne de l'identifiant.")] = "id",
    time_limit: Limit = 30.0,
    seed: Seed = 0,
    output: Output = None,
    as_json: AsJson = False,
) -> int:
    """Les lieux qui mettent le plus de monde à portée, et la preuve de ce qu'aucun plan ne peut dépasser."""
    with _clock(time_limit) as clock:
        from yole.deployment import siting

        asked = siting.Asked(
            demand=demand,
            count=count,
            radius_km=radius_km,
            sites=sites,
            existing=existing,
            weight=weight,
            quota_by=quota_by,
            quotas=quotas,
            capacity=capacity,
            fairness_by=(fairness_by or quota_by) if fairness else None,
            identifier=identifier,
        )
        if fairness and asked.fairness_by is None:
            raise InputError("--fairness sans groupes", expected="--fairness-by COLONNE, une colonne du fichier de demande")
        answer = siting.cover(asked, clock, seed)
    if answer["stopped"]:
        note("Arrêt demandé : voici le meilleur plan trouvé jusque-là, avec sa borne.")
    return _told(answer, _cover_lines, output, as_json=as_json)


@app.command()
def median(
    distances: Annotated[Path, typer.Argument(metavar="DISTANCES.npy", help="Matrice carrée : ligne = demande, colonne = lieu.")],
    count: Annotated[int, typer.Option(help="Nombre de lieux à choisir.")],
    weights: Annotated[Path | None, typer.Option(help="Poids de chaque ligne ; sans elle, 1.")] = None,
    time_limit: Limit = 30.0,
    seed: Seed = 0,
    output: Output = None,
    as_json: AsJson = False,
) -> int:
    """Les lieux qui font la plus petite somme des distances, et une borne prouvée de ce qu'aucun choix ne peut battre."""
    with _clock(time_limit) as clock:
        from yole.deployment import siting

        answer = siting.median(distances, count, weights, clock, seed)
    return _told(answer, _median_lines, output, as_json=as_json)


@contextmanager
def _clock(time_limit: float) -> Iterator[Clock]:
    if not 0 < time_limit < float("inf"):
        raise InputError("durée impossible pour --time-limit", found=time_limit, expected="un nombre de secondes au-dessus de 0")
    if not sys.stderr.isatty():
        clock = Clock(time_limit, started=process_start())
        with stopped_by_interrupt(clock):
            yield clock
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    with Progress(TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(), console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("Lecture", total=1.0)

        def watch(stage: str, share: float, best: float | None) -> None:
            bar.update(task, description=STAGES[stage] + ("" if best is None else f" ({best:,.0f})".replace(",", " ")), completed=share)

        clock = Clock(time_limit, started=process_start(), watch=watch)
        with stopped_by_interrupt(clock):
            yield clock


def _told(answer: dict[str, Any], lines: Callable[[dict[str, Any]], list[str]], output: Path | None, *, as_json: bool) -> int:
    if output is not None:
        write_output(to_json(answer), output)
    if as_json:
        print_json(answer)
    elif output is None:
        print("\n".join(lines(answer)))
    return DONE


def _cover_lines(answer: dict[str, Any]) -> list[str]:
    share = f" ({answer['covered'] / answer['total']:.1%})" if answer["total"] else ""
    return [
        f"Couvert : {answer['covered']:,.0f} sur {answer['total']:,.0f}{share}.".replace(",", " "),
        f"Aucun plan ne peut dépasser {answer['upper_bound']:,.0f} : écart d'au plus {answer['gap']:.2%}.".replace(",", " "),
        f"Lieux ({answer['count']}) : {' '.join(answer['sites'])}",
    ]


def _median_lines(answer: dict[str, Any]) -> list[str]:
    return [
        f"Coût : {answer['cost']:g} ; aucun choix ne descend sous {answer['lower_bound']:g} : écart d'au plus {answer['gap']:.2%}.",
        f"Lieux ({answer['count']}), comptés de 0 : {' '.join(str(site) for site in answer['medians'])}",
    ]
