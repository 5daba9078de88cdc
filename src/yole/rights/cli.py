"""`yole rights …`. Needs neither Django nor the database; the rules are loaded only after the input was read and found good."""

from __future__ import annotations

from datetime import date
from itertools import islice
from pathlib import Path
from typing import Annotated, Any

import typer

from yole.base.commandline import DONE, UNSOUND, AsJson, Output, note, print_json, room_commands, to_json, write_output
from yole.rights import situation

app = room_commands("Droits : ce qui est peut-être dû, la question qui reste utile, la fraîcheur des règles.")

Situation = Annotated[Path, typer.Argument(metavar="SITUATION.json", help="Une situation ; tout champ peut manquer.")]
Seed = Annotated[int, typer.Option(min=0, help="Graine du hasard.")]
_WORDS = {"yes": "possible", "no": "non, d'après ces réponses", "undetermined": "pas encore déterminé"}


def _today() -> date:
    return date.today()


@app.command()
def evaluate(situations: Situation, seed: Seed = 0, output: Output = None, as_json: AsJson = False) -> int:
    """Ce qui est peut-être dû : oui, non ou pas encore déterminé, et pourquoi. Un tableau de situations donne un tableau."""
    value = situation.read_json(situations)
    households = situation.parse_all(value, file=str(situations))
    from yole.rights.evaluation import Engine

    results = Engine().evaluate(households, _today(), seed=seed)
    shown: Any = results if isinstance(value, list) else results[0]
    if output is not None:
        write_output(to_json(shown), output)
    if as_json:
        print_json(shown)
    elif output is None:
        for result in results:
            print("\n".join(_lines(result)))
    return DONE


@app.command("next")
def next_question(
    situation_file: Situation,
    answers: Annotated[
        Path | None,
        typer.Option(metavar="VERITE.json", help="Situation vraie : tout le dialogue est joué, un champ absent a sa valeur par défaut."),
    ] = None,
    seed: Seed = 0,
    as_json: AsJson = False,
) -> int:
    """La question qui peut encore changer le résultat, ou rien quand plus aucune ne le peut."""
    household = situation.parse(situation.read_json(situation_file), file=str(situation_file))
    truth = situation.parse(situation.read_json(answers), file=str(answers)) if answers is not None else None
    from yole.rights.evaluation import Engine

    engine = Engine()
    if truth is not None:
        result = engine.dialogue(household, truth, _today(), seed=seed)
    else:
        result = engine.next_question(household, _today(), seed=seed)
    if as_json:
        print_json(result)
    elif result["question"] is not None:
        print(f"{result['question']['text']}\n({result['question']['why']})")
    else:
        print("Plus aucune question ne changerait le résultat.")
        print("\n".join(f"Question posée : {name}" for name in result.get("asked", [])))
    return DONE


@app.command()
def screen(
    households: Annotated[Path, typer.Argument(metavar="MENAGES.csv", help="Un ménage par ligne, sans nom ; cellule vide = inconnu.")],
    seed: Seed = 0,
    output: Output = None,
) -> int:
    """Pour chaque ménage d'un fichier, chaque prestation : oui, non ou pas encore déterminé. Jamais une liste de contrôle."""
    from yole.rights import batch

    # Read once to the end before anything is computed: a bad row is told at once, with its place. A short list is kept, a long one is
    # read again.
    source = batch.read(households)
    first = list(islice(source, batch.KEPT))
    more = sum(1 for _ in source)
    count = len(first) + more
    lines = iter(first) if not more else batch.read(households)
    del first
    if count == 0:
        note(f"{households} : aucun ménage.")
    from yole.rights.evaluation import Engine

    engine = Engine()
    with batch.destination(output) as stream:
        written = batch.write_csv(batch.screen(engine, lines, _today(), seed=seed), stream)
    note(f"{count} ménages, {written} lignes de résultat.")
    return DONE


@app.command("freshness")
def freshness_command(as_json: AsJson = False) -> int:
    """Par prestation, la date de sa règle la plus récente et la prochaine revalorisation ; code 1 si l'une est dépassée."""
    from yole.rights import freshness
    from yole.rights.evaluation import Engine

    states = Engine().states(_today())
    if as_json:
        print_json(freshness.as_json(states, _today()))
    else:
        for state in states.values():
            print(f"{'✓' if state.fresh else '✗'} {state.id} : règles du {state.youngest_parameter} ; {state.reason}")
    return DONE if all(state.fresh for state in states.values()) else UNSOUND


def _lines(result: dict[str, Any]) -> list[str]:
    """What a person reads in the terminal: never a decision."""
    lines = [f"Situation de {result['date']}."]
    for entry in result["benefits"]:
        amount = entry["amount"]
        text = f"{entry['details']['label']} : {_WORDS[entry['verdict']]}"
        if entry["stale"]:
            text += " (règles dépassées, à vérifier, sans montant)"
        elif amount is not None and entry["verdict"] != "no":
            text += f", de {amount['low']} à {amount['high']} € par {'an' if entry['period'] == 'year' else 'mois'}"
        lines.append(f"{text} ; à vérifier avec {entry['details']['office']}." if entry["verdict"] != "no" else f"{text}.")
    return [*lines, result["disclaimer"]]
