"""`yole assessment …`: calibration, scores, simulation and fairness of items on plain files; needs no database."""

from __future__ import annotations

import sys
import time
from typing import Annotated, Any

import typer

from yole.assessment.bank_commands import app as bank_commands
from yole.base.commandline import DONE, AsJson, Output, note, print_json, room_commands, to_json, write_output
from yole.kernel.errors import InputError

app = room_commands("Diagnostic : calibrer des questions, calculer des scores, simuler un test, chercher les questions injustes.")
app.add_typer(bank_commands, name="bank")

ResponsesFile = Annotated[
    str, typer.Argument(metavar="RESPONSES.csv", help="Réponses : une colonne par question, une ligne par personne ; 0, 1 ou vide.")
]
ItemsFile = Annotated[str, typer.Argument(metavar="ITEMS.json", help="Paramètres écrits par « calibrate ».")]


def _option(name: str, found: object, expected: str) -> InputError:
    return InputError(f"valeur impossible pour « {name} »", found=found, expected=expected)


@app.command(help="Calibre les questions (maximum de vraisemblance marginale) et écrit leurs paramètres en JSON.")
def calibrate(
    responses: ResponsesFile,
    model: Annotated[str, typer.Option("--model", help="2pl, 1pl ou rasch.")] = "2pl",
    output: Output = None,
    as_json: AsJson = False,
) -> int:
    from yole.assessment import files
    from yole.assessment.engine import calibrate as engine

    if model not in engine.MODELS:
        raise _option("--model", model, "2pl, 1pl ou rasch")
    table = files.read_responses(responses)
    if len(table.persons) < 2:
        raise InputError("une seule personne", file=responses, row=1, found=1, expected="au moins deux personnes")
    never, constant = engine.degenerate_items(table.answers)
    if len(never):
        raise InputError(
            "question sans aucune réponse",
            file=responses,
            column=table.items[never[0]],
            found="aucune réponse",
            expected="des réponses 0 et 1",
        )
    if len(constant):
        item = int(constant[0])
        value = int(table.answers[:, item].max())
        raise InputError(
            "question dont toutes les réponses sont égales",
            file=responses,
            column=table.items[item],
            found=value,
            expected="des réponses 0 et 1",
        )
    result = engine.calibrate(table.answers, model, cycle=_cycle_line())
    if not result.converged:
        note(f"yole : non convergé après {result.iterations} cycles ; les valeurs sont celles du dernier.")
    held = [item for item, flag in zip(table.items, result.regularised, strict=True) if flag]
    if held:
        shown = ", ".join(held[:5]) + (" …" if len(held) > 5 else "")
        note(f"yole : {len(held)} pentes sur {len(table.items)} tenues par une loi a priori (peu de réponses, ou hors limites) : {shown}")
    content = to_json(files.items_as_json(result, table.items))
    if output is not None:
        write_output(content, output)
    if output is None or as_json:
        write_output(content, None)
    return DONE


def _cycle_line() -> Any:
    """A line that follows the cycles on an interactive terminal; the number of cycles is not known beforehand."""
    if not sys.stderr.isatty():
        return None
    start = time.monotonic()

    def show(cycle: int, change: float) -> None:
        rate = cycle / max(time.monotonic() - start, 1e-9)
        print(f"\rcycle {cycle}, changement {change:.1e}, {rate:.1f} cycles/s \x1b[K", end="", file=sys.stderr, flush=True)

    return show


@app.command(help="Calcule le score de chaque personne (espérance a posteriori) et son erreur.")
def score(items: ItemsFile, responses: ResponsesFile, output: Output = None, as_json: AsJson = False) -> int:
    from yole.assessment import files
    from yole.assessment.engine.score import eap

    bank, notes = files.read_bank(items)
    table = files.read_responses(responses)
    answers = files.match_columns(table, bank)
    for line in notes:
        note(f"yole : {line}")
    rows = files.scores_as_rows(table.persons, eap(bank, answers))
    if output is not None:
        write_output(files.scores_as_csv(rows), output)
    if as_json:
        print_json({"scores": rows})
    elif output is None:
        write_output(files.scores_as_csv(rows), None)
    return DONE


@app.command(help="Fait passer le test adaptatif à des personnes simulées : erreur, longueur, exposition des questions.")
def simulate(
    items: ItemsFile,
    examinees: Annotated[int, typer.Option("--examinees", min=1, max=10_000_000, help="Nombre de personnes simulées.")],
    max_items: Annotated[int, typer.Option("--max-items", min=1, help="Questions au plus.")] = 20,
    se: Annotated[float, typer.Option("--se", help="Erreur à laquelle le test s’arrête.")] = 0.3,
    cuts: Annotated[str, typer.Option("--cuts", help="Seuils des niveaux, croissants, séparés par des virgules.")] = "-1,0,1",
    criterion: Annotated[str, typer.Option("--criterion", help="information, ou variance (exact, plus lent).")] = "information",
    cap: Annotated[float, typer.Option("--exposure", help="Part des personnes qui peuvent voir une même question.")] = 0.30,
    easy_start: Annotated[bool, typer.Option("--easy-start", help="Commence par des questions faciles.")] = False,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Graine du hasard.")] = 0,
    output: Output = None,
    as_json: AsJson = False,
) -> int:
    from yole.assessment import files

    if not 0 <= se < float("inf"):
        raise _option("--se", se, "un nombre de 0 ou plus")
    if not 0 < cap <= 1:
        raise _option("--exposure", cap, "un nombre entre 0 et 1")
    if criterion not in ("information", "variance"):
        raise _option("--criterion", criterion, "information ou variance")
    levels = _cuts(cuts)
    bank, notes = files.read_bank(items)
    for line in notes:
        note(f"yole : {line}")
    import numpy as np

    from yole.assessment.engine.cat import Rules
    from yole.assessment.engine.simulate import simulate as run

    rules = Rules(criterion="variance" if criterion == "variance" else "information", cap=cap, easy_start=easy_start)
    start = time.perf_counter()
    result = run(
        bank,
        examinees,
        np.random.default_rng(seed),
        max_items=max_items,
        se=se,
        cuts=levels,
        rules=rules,
        wave_done=_people_line(examinees),
    )
    seconds = time.perf_counter() - start
    report = {
        "examinees": examinees,
        "bias": result.bias,
        "rmse": result.rmse,
        "mean_items": float(result.asked.mean()),
        "max_exposure": result.max_exposure,
        "items_never_used": int((result.shown == 0).sum()),
        "misclassified": result.misclassified,
        "misclassified_predicted": float(result.stated_error.mean()),
        "examinees_per_second": examinees / max(seconds, 1e-9),
    }
    if output is not None:
        write_output(to_json(report), output)
    if as_json:
        print_json(report)
    elif output is None:
        print(_simulation_text(report, max_items, len(bank.ids)))
    return DONE


def _people_line(total: int) -> Any:
    if not sys.stderr.isatty():
        return None
    start = time.monotonic()

    def show(done: int) -> None:
        rate = done / max(time.monotonic() - start, 1e-9)
        end = "\n" if done >= total else ""
        line = f"\r{done}/{total} personnes, {rate:.0f}/s, reste {(total - done) / rate:.0f} s \x1b[K"
        print(line, end=end, file=sys.stderr, flush=True)

    return show


def _cuts(text: str) -> tuple[float, ...]:
    from yole.assessment.engine.classify import check_cuts

    try:
        return tuple(check_cuts([float(part) for part in text.split(",")]).tolist())
    except ValueError:
        raise _option("--cuts", text, "des nombres strictement croissants, séparés par des virgules, comme -1,0,1") from None


def _simulation_text(report: dict[str, Any], max_items: int, bank: int) -> str:
    def number(value: float, digits: int = 3) -> str:
        return f"{value:.{digits}f}".replace(".", ",")

    def percent(share: float) -> str:
        return f"{number(100.0 * share, 1)} %"

    return "\n".join(
        (
            f"{report['examinees']} personnes simulées, {number(report['mean_items'], 1)} questions en moyenne ({max_items} au plus).",
            f"Erreur quadratique moyenne {number(report['rmse'])}, biais {number(report['bias'])}.",
            f"Niveau faux : {percent(report['misclassified'])} ; annoncé : {percent(report['misclassified_predicted'])}.",
            f"Question la plus vue : {percent(report['max_exposure'])} des personnes.",
            f"Questions jamais vues : {report['items_never_used']} sur {bank}.",
            f"{report['examinees_per_second']:.0f} personnes par seconde.",
        )
    )


@app.command(help="Cherche les questions injustes envers un groupe (Mantel-Haenszel, classes A, B, C).")
def dif(
    responses: ResponsesFile,
    groups: Annotated[
        str, typer.Option("--groups", metavar="GROUPS.csv", help="person,group, ou une colonne group dans l’ordre des lignes.")
    ],
    reference: Annotated[
        str | None, typer.Option("--reference", help="Groupe de référence ; par défaut, le premier par ordre alphabétique.")
    ] = None,
    logistic: Annotated[bool, typer.Option("--logistic", help="Ajoute la régression logistique.")] = False,
    output: Output = None,
    as_json: AsJson = False,
) -> int:
    from yole.assessment import files
    from yole.assessment.engine import dif as engine
    from yole.assessment.engine.calibrate import degenerate_items

    table = files.read_responses(responses)
    first, focal, flags = files.read_groups(groups, table, reference)
    never, constant = degenerate_items(table.answers)
    for items, fault in ((never, "question sans aucune réponse"), (constant, "question dont toutes les réponses sont égales")):
        if len(items):
            raise InputError(fault, file=responses, column=table.items[items[0]], expected="des réponses 0 et 1")
    result = engine.mantel_haenszel(table.answers, flags)
    for label, size in ((first, int((~flags).sum())), (focal, int(flags.sum()))):
        if size < engine.FEW_PERSONS:
            note(f"yole : effectif insuffisant, groupe « {label} » : {size} personnes (au moins {engine.FEW_PERSONS} pour conclure).")
    shaky = [table.items[i] for i in range(len(table.items)) if result.corrected[i]]
    if shaky:
        note(f"yole : rapport de cotes sans valeur finie, 1/2 ajouté à chaque case : {', '.join(shaky[:5])}")
    entries: list[dict[str, Any]] = [
        {
            "id": item,
            "alpha_mh": float(result.alpha[i]),
            "delta_mh": float(result.delta[i]) + 0.0,
            "chi2": float(result.chi2[i]),
            "p": float(result.p[i]),
            "ets_class": result.ets_class[i],
        }
        for i, item in enumerate(table.items)
    ]
    if logistic:
        import numpy as np

        other = engine.logistic_dif(table.answers, flags, np.abs(result.delta) < engine.PURIFY_AT)
        for i, entry in enumerate(entries):
            entry["logistic"] = {
                "log_odds": float(other.log_odds[i]),
                "uniform_chi2": float(other.uniform_chi2[i]),
                "uniform_p": float(other.uniform_p[i]),
                "nonuniform_chi2": float(other.other_chi2[i]),
                "nonuniform_p": float(other.other_p[i]),
            }
    report = {"reference": first, "focal": focal, "items": entries}
    if output is not None:
        write_output(to_json(report), output)
    if as_json:
        print_json(report)
    elif output is None:
        print(_dif_text(report))
    return DONE


def _dif_text(report: dict[str, Any]) -> str:
    lines = [f"Référence « {report['reference']} », groupe étudié « {report['focal']} » (delta négatif : plus difficile pour lui)."]
    width = max(len(entry["id"]) for entry in report["items"])
    lines += [f"{e['id']:<{width}}  {e['ets_class']}  delta {e['delta_mh']:+.2f}  p {e['p']:.4f}" for e in report["items"]]
    return "\n".join(lines)
