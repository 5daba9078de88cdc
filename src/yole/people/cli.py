"""`yole people`: the rights of a person, from the machine that holds the data."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import typer

from yole.base.commandline import DONE, AsJson, Output, database, note, print_json, room_commands, to_json, write_output
from yole.kernel.codes import clean_code, is_code
from yole.kernel.errors import InputError

app = room_commands("Personnes : donner ses données à quelqu’un, effacer quelqu’un, renouveler les clés.")
Who = Annotated[str, typer.Argument(metavar="ID|CODE", help="Clé de la personne (UUID), ou code de sa carte.")]


def _key(who: str) -> UUID:
    """The key typed, or that of the card with this code. Raises InputError. The database is started."""
    from yole.people.models import CODE_LENGTH, Person

    code = clean_code(who)
    if is_code(code, CODE_LENGTH):
        found = Person.objects.filter(code=code).values_list("pk", flat=True).first()
    else:
        found = Person.objects.filter(pk=UUID(who)).values_list("pk", flat=True).first()
    if found is None:
        raise InputError("aucune personne n’a cette clé ou ce code", found=who)
    return found


def _check(who: str) -> None:
    """Raises InputError for what is neither a key nor a code, before the database is started."""
    try:
        UUID(who)
    except ValueError:
        if not is_code(clean_code(who)):
            raise InputError("ni une clé ni un code de carte", found=who, expected="un UUID ou un code de 10 signes") from None


@app.command()
def export(who: Who, output: Output = None) -> int:
    """Écrit en JSON tout ce que Yole garde sur une personne, toutes tables comprises. La version à lire (PDF) est dans l’espace pro.

    L’export est noté au journal, sans nom.
    """
    _check(who)
    with database():
        from yole.people.person_data import export as run

        made = run(None, _key(who))
    write_output(to_json(made), output)
    if output is not None:
        note(f"yole : {sum(len(part['rows']) for part in made['sections'])} lignes dans {output}. Ce fichier nomme une personne.")
    return DONE


@app.command()
def erase(
    who: Who,
    yes: Annotated[bool, typer.Option("--yes", help="Confirme : cet acte ne se défait pas.")] = False,
    as_json: AsJson = False,
) -> int:
    """Efface une personne dans toutes les tables et détruit sa clé. Les comptes des années passées ne changent pas.

    Une copie plus ancienne, une fois restaurée, ne la nomme plus : l’effacement y est rejoué.
    """
    _check(who)
    if not yes:
        raise InputError("cet acte ne se défait pas", expected="l’option --yes pour confirmer")
    with database():
        from yole.people.services_erasure import erase as run

        touched = run(None, _key(who))
    if as_json:
        print_json(touched)
    else:
        for name, count in touched.items():
            print(f"{name} : {count}")
        print("Effacée.")
    return DONE


@app.command(name="renew-keys")
def renew_keys(as_json: AsJson = False) -> int:
    """Fait une nouvelle clé maîtresse et y attache la clé de chaque personne. Les données chiffrées ne bougent pas."""
    with database():
        from yole.people.services_keys import rewrap

        done = rewrap()
    if as_json:
        print_json({"wrapped": done})
    else:
        print(f"{done} clés renouvelées.")
    return DONE
