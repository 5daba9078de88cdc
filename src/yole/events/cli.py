"""`yole events …`. A file is read whole before any database is opened; Django is loaded only inside the commands."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from yole.base.commandline import DONE, UNSOUND, AsJson, Output, database, note, print_json, room_commands, write_output
from yole.kernel.errors import InputError

app = room_commands("Numérique en Commun : programmes dans les formats d’échange.")


class Format(StrEnum):
    XML = "schedule-xml"
    JSON = "schedule-json"
    ICS = "ics"
    CSV = "csv"


class Missing(StrEnum):
    KEEP = "keep"
    CANCEL = "cancel"


@app.command()
def export(
    slug: Annotated[str, typer.Argument(metavar="ÉDITION", help="L’édition, par exemple nec_2026.")],
    to: Annotated[Format, typer.Option("--format", help="schedule-xml, schedule-json, ics ou csv.")],
    output: Output = None,
) -> None:
    """Écrit le programme d’une édition, tel qu’il est préparé, dans un format ouvert."""
    with database():
        from yole.events import exchange
        from yole.events.engine.document import slug_of
        from yole.events.models import Edition

        edition = Edition.objects.filter(slug__in={slug, slug_of(slug)}).first()
        if edition is None:
            known = ", ".join(Edition.objects.order_by("-starts_on").values_list("slug", flat=True)[:20])
            raise InputError(
                "édition inconnue", found=slug, expected=f"une édition connue ({known})" if known else "une édition : il n'y en a aucune"
            )
        content = exchange.write(edition, exchange.Format(to.value), published=False)
        unplaced = edition.slots.filter(starts_at__isnull=True).count()
    write_output(content, output)
    if unplaced:
        note(f"{unplaced} créneaux sans salle ni heure : laissés de côté.")


@app.command("import")
def import_(
    file: Annotated[str, typer.Argument(metavar="FICHIER", help="schedule.xml, schedule.json, .ics ou .csv : reconnu à son contenu.")],
    slug: Annotated[str, typer.Option(help="Nom de l’édition ; sans elle, celui que dit le fichier.")] = "",
    missing: Annotated[Missing, typer.Option(help="Créneaux que le fichier n’a plus : keep les garde, cancel les annule.")] = Missing.KEEP,
    as_json: AsJson = False,
) -> None:
    """Importe un programme : le même identifiant est le même créneau. Code 1 si deux créneaux sont dans une salle à la même heure."""
    from yole.events.formats.reading import FILE_MOST, read
    from yole.kernel.files import read_bytes

    reading = read(read_bytes(file, limit=FILE_MOST), file, slug=slug)
    with database():
        from yole.base.errors import Refused
        from yole.events.services_exchange import import_programme
        from yole.territory import services

        here = ["972"] if reading.programme.timezone == "America/Martinique" else []
        territory, made = services.ensure_default(here)
        if made:
            note(f"yole : territoire créé : {territory.name}. Ses communes : yole territory import")
        try:
            outcome = import_programme(None, territory, reading, cancel_missing=missing is Missing.CANCEL)
        except Refused as refusal:
            raise InputError(refusal.reason.rstrip("."), file=Path(file).name) from None
    clashes = [
        {"room": clash.room, "first": clash.first.title, "second": clash.second.title, "at": clash.second.starts_at.isoformat()}
        for clash in outcome.clashes
    ]
    if as_json:
        print_json(
            {
                "edition": outcome.edition.slug,
                "new_edition": outcome.new_edition,
                **outcome.counts(),
                "clashes": clashes,
                "notes": outcome.notes,
            }
        )
    else:
        counts = f"{outcome.created} créés, {outcome.updated} mis à jour, {outcome.unchanged} inchangés, {outcome.cancelled} annulés"
        write_output(f"{outcome.edition.slug} : {counts}\n".encode(), None)
    for text in outcome.notes:
        note(text)
    if outcome.kept:
        note(f"{outcome.kept} créneaux de l’édition ne sont pas dans le fichier : gardés (--missing cancel les annule).")
    for clash in outcome.clashes:
        note(f"conflit de salle : « {clash.first.title} » et « {clash.second.title} » en même temps dans « {clash.room} »")
    raise typer.Exit(UNSOUND if clashes else DONE)


@app.command()
def remind(as_json: AsJson = False) -> int:
    """Prépare les rappels dus (J-7, J-1, confirmations attendues), puis envoie ce qui est à envoyer (e-mail, SMS).

    Deux exécutions de suite n’envoient rien deux fois. Code 1 : un envoi a échoué, il sera repris dix minutes plus tard.
    """
    with database():
        from yole.events.services_messages import run

        planned, done = run()
    if as_json:
        print_json({"planned": planned, "sent": done.sent, "withdrawn": done.withdrawn, "failed": done.failed})
    else:
        write_output(
            f"{planned} rappels préparés, {done.sent} messages envoyés, {done.withdrawn} retirés, {done.failed} en échec.\n".encode(), None
        )
    return UNSOUND if done.failed else DONE
