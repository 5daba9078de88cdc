"""`yole territory`: communes, contours and settings of the territory."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from yole.base.commandline import AsJson, database, note, print_json, progress, room_commands
from yole.kernel.errors import InputError

if TYPE_CHECKING:
    from yole.territory.models import Territory
    from yole.territory.records import Gathered

app = room_commands("Communes, contours et réglages du territoire.")


@app.command("import", help="Importe les communes et leurs contours, depuis l’API géographique de l’État ou un dossier.")
def import_(
    folder: Annotated[Path | None, typer.Option("--from", help="Dossier (ou fichier) à lire au lieu de l’API.")] = None,
    departement: Annotated[
        list[str] | None, typer.Option("--departement", help="Code d’un département ; à répéter pour plusieurs.")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Toute la France (sans les contours depuis l’API).")] = False,
    as_json: AsJson = False,
) -> None:
    wanted = _departements(departement or [], everything)
    gathered: Gathered | None = None
    if folder is not None:
        from yole.territory.records import gather

        gathered = gather(folder)
        if wanted:
            gathered = gathered.only(wanted)
    elif wanted or everything:
        gathered = _from_api(wanted)
    with database():
        from yole.territory import importing, services

        if gathered is None:
            wanted = list(_current().departements)
            if not wanted:
                raise InputError("quelles communes importer ?", expected="--departement 972, --all, ou --from DOSSIER")
            gathered = _from_api(wanted)
        done = importing.import_communes(gathered, origin=", ".join(gathered.used))
        codes = wanted or sorted({record.departement for record in gathered.communes.values()})
        territory, made = services.ensure_default(codes if len(codes) < 20 else [])
        for remark in done.notes:
            note(f"yole : {remark}.")
        if made:
            note(f"yole : territoire réglé sur « {territory.name} », heure de {territory.time_zone} ; pour le voir : yole territory show.")
        counts = {"created": done.created, "updated": done.updated, "unchanged": done.unchanged}
        if as_json:
            contours = {"written": done.contours, "unchanged": done.contours_unchanged}
            print_json({"communes": counts, "contours": contours, "used": gathered.used, "notes": list(done.notes)})
            return
        print(f"Lu : {', '.join(gathered.used) if len(gathered.used) < 9 else f'{len(gathered.used)} réponses'}.")
        print(f"Communes : {done.created} créées, {done.updated} mises à jour, {done.unchanged} inchangées.")
        print(f"Contours : {done.contours} écrits, {done.contours_unchanged} inchangés.")


def _departements(given: list[str], everything: bool) -> list[str]:
    from yole.territory import departements

    if given and everything:
        raise InputError("--departement et --all ensemble", expected="l'un ou l'autre")
    for code in given:
        if code not in departements.names():
            raise InputError("option --departement", found=code, expected="un code de département, tel que 972 ou 2A")
    return list(dict.fromkeys(given))


def _from_api(wanted: list[str]) -> Gathered:
    """The communes of some départements, or of all of them, from the geo API."""
    from yole.territory import geoapi
    from yole.territory.records import Gathered

    base = geoapi.address()
    codes = wanted or geoapi.departement_codes(base)
    result = Gathered(contours_source="geo.api.gouv.fr")
    for code in progress(codes, total=len(codes), label="Départements"):
        part = geoapi.communes_of(code, base, contours=bool(wanted))
        result.communes |= part.communes
        result.contours |= part.contours
        result.used += part.used
    if not wanted:
        result.notes.append("contours non importés pour toute la France ; utilisez --departement pour les avoir")
    return result


def _current() -> Territory:
    from yole.territory import selectors

    return selectors.current()


def _shown(territory: Territory) -> dict[str, Any]:
    from yole.territory.services import SETTINGS

    return {key: getattr(territory, key) for key in SETTINGS}


@app.command(help="Affiche les réglages du territoire.")
def show(as_json: AsJson = False) -> None:
    with database():
        from yole.territory import selectors

        territory, last = selectors.current(), selectors.last_import()
        values = _shown(territory)
        counts = {"communes": len(selectors.communes()), "quartiers": selectors.quartiers_listed().count()}
        if as_json:
            print_json({"set_up": territory.pk is not None, **values, **counts, "last_import": last.at.isoformat() if last else None})
            return
        if territory.pk is None:
            note("yole : aucun territoire n’est réglé ; voici les valeurs employées en attendant.")
        for key, value in values.items():
            print(f"{key:24}{_as_text(value)}")
        for key, number in counts.items():
            print(f"{key:24}{number}")
        print(f"{'last_import':24}{f'{last.at:%Y-%m-%d} {last.origin}' if last else ''}")


def _as_text(value: Any) -> str:
    if isinstance(value, list):
        if value and isinstance(value[0], dict):
            return "; ".join(f"{rule['when']}={rule['name']}{'' if rule.get('customary') else ' !'}" for rule in value)
        return ",".join(str(part) for part in value)
    return str(value)


@app.command("set", help="Change un réglage du territoire : yole territory set time_zone Indian/Reunion.")
def set_(
    key: Annotated[str, typer.Argument(help="Réglage, tel que yole territory show les nomme.")],
    value: Annotated[str, typer.Argument(help="Nouvelle valeur.")],
    as_json: AsJson = False,
) -> None:
    with database():
        from yole.territory import services

        territory, changed = services.change_setting(key, value)
        if as_json:
            print_json({"changed": changed, **_shown(territory)})
            return
        print(f"{key} : {_as_text(getattr(territory, key))} ({'changé' if changed else 'inchangé'})")
