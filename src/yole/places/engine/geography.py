"""Checks of a row that need the gazetteer: codes, names of communes, position."""

from __future__ import annotations

from yole.kernel.gazetteer import Gazetteer, departement_of
from yole.places.engine import schema
from yole.places.engine.fields import ERROR, WARNING, Told
from yole.places.engine.repairs import decimal_point
from yole.places.engine.rows import Row, number

_LIMITS = {"latitude": 90.0, "longitude": 180.0}


def codes(row: Row, gazetteer: Gazetteer) -> list[Told]:
    """Findings on `code_postal`, `code_insee` and `commune`."""
    told: list[Told] = []
    postcode, code, commune = row["code_postal"], row["code_insee"], row["commune"].strip()
    sound_postcode = bool(schema.POSTCODE.fullmatch(postcode))
    if postcode.strip() and not sound_postcode:
        told.append(
            (
                ERROR,
                "code_postal",
                "format",
                f"« {postcode} » n'est pas un code postal ; attendu : cinq chiffres, par exemple 97232{_lost_zero(postcode)}",
            )
        )
    if not code:
        return told
    if not schema.INSEE_CODE.fullmatch(code):
        told.append(
            (
                ERROR,
                "code_insee",
                "format",
                f"« {code} » n'est pas un code de commune ; attendu : cinq caractères, par exemple 97213 ou 2A004{_lost_zero(code)}",
            )
        )
        return told
    if not gazetteer.knows(code):
        departement = departement_of(code)
        if gazetteer.covers(departement):
            told.append(
                (
                    WARNING,
                    "code_insee",
                    "insee-unknown",
                    f"« {code} » n'est pas dans la table des communes{_guess(gazetteer, commune, postcode)}",
                )
            )
        return told
    if sound_postcode and (why := _wrong_postcode(gazetteer, code, postcode)):
        told.append((WARNING, "code_postal", "insee-postcode", why))
    if commune and not gazetteer.is_name(commune, code):
        told.append(
            (
                WARNING,
                "commune",
                "commune-name",
                f"« {commune} » n'est pas un nom de la commune {code} ; attendu : {gazetteer.main_name(code)}",
            )
        )
    return told


def _wrong_postcode(gazetteer: Gazetteer, code: str, postcode: str) -> str | None:
    """Why a postcode does not go with a code; None when it does, or when nobody has it in the right département (a CEDEX)."""
    known = gazetteer.postcodes(code)
    if postcode in known:
        return None
    name = gazetteer.main_name(code)
    expected = f" ; attendu : {' ou '.join(sorted(known))} pour {name} ({code})" if known else ""
    if postcode == code:
        return f"« {postcode} » est le code INSEE, écrit à la place du code postal{expected}"
    bearers = gazetteer.codes_of(postcode)
    if bearers:
        return f"« {postcode} » est le code postal de {gazetteer.main_name(bearers[0])}{expected}"
    departement = departement_of(code)
    if departement not in gazetteer.departements_of_postcode(postcode):
        return f"« {postcode} » n'est pas dans le département {departement}{expected}"
    return None


def position(row: Row, gazetteer: Gazetteer) -> list[Told]:
    """Findings on `latitude` and `longitude`."""
    told: list[Told] = []
    given = {column: row[column] for column in _LIMITS}
    for column, cell in given.items():
        if not cell:
            continue
        value = number(cell)
        if value is None:
            point = decimal_point(cell)
            proposed = f" ; proposé : {point}" if point else ""
            told.append(
                (ERROR, column, "number", f"« {cell} » n'est pas un nombre ; attendu : des degrés décimaux avec un point{proposed}")
            )
        elif abs(value) > _LIMITS[column]:
            told.append((ERROR, column, "coordinates-range", f"« {cell} » dépasse ±{_LIMITS[column]:.0f} degrés"))
    missing = [column for column, cell in given.items() if not cell.strip()]
    if len(missing) == 1:
        told.append((WARNING, missing[0], "coordinates-half", "une seule des deux coordonnées est donnée ; attendu : les deux, ou aucune"))
    if told or missing:
        return told
    lat, lon = float(given["latitude"]), float(given["longitude"])
    code, departements = _where(row, gazetteer)
    why = gazetteer.why_outside(lat, lon, code, departements) if code or departements else None
    if why is None:
        return told
    if abs(lon) <= _LIMITS["latitude"] and gazetteer.why_outside(lon, lat, code, departements) is None:
        return [
            (
                WARNING,
                "latitude",
                "coordinates-swapped",
                f"latitude et longitude semblent échangées ; proposé : {given['longitude'].strip()} et {given['latitude'].strip()}",
            )
        ]
    return [(WARNING, "latitude", "coordinates-outside", f"{why} ; attendu : un point dans la commune du lieu")]


def _where(row: Row, gazetteer: Gazetteer) -> tuple[str, list[str]]:
    """The commune in which the point must be, or '' and the possible départements, from the codes of the row."""
    code, postcode = row["code_insee"], row["code_postal"]
    if schema.INSEE_CODE.fullmatch(code):
        return code, []
    if not schema.POSTCODE.fullmatch(postcode):
        return "", []
    named = gazetteer.codes_named(row["commune"], gazetteer.codes_of(postcode))
    if len(named) == 1:
        return named[0], []
    return "", sorted(gazetteer.departements_of_postcode(postcode))


def _guess(gazetteer: Gazetteer, commune: str, postcode: str) -> str:
    named = gazetteer.codes_named(commune, gazetteer.codes_of(postcode))
    return f" ; proposé : {named[0]} ({gazetteer.main_name(named[0])})" if len(named) == 1 else ""


def _lost_zero(cell: str) -> str:
    """Four digits are a code whose first 0 a spreadsheet ate: proposed, never guessed."""
    return f" ; proposé : 0{cell}" if len(cell) == 4 and cell.isascii() and cell.isdigit() else ""
