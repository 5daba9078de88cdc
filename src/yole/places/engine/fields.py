"""Checks of one cell by itself. Each returns what it has to tell: (level, column, code, message in French)."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache

from yole.kernel.text import fold
from yole.places.engine import hours, schema
from yole.places.engine.normalise import international

ERROR, WARNING = "error", "warning"
Told = tuple[str, str, str, str]

_PLAN_DIGITS = {"+33": 9, "+590": 9, "+594": 9, "+262": 9, "+596": 9}
_MARTINIQUE = ("596", "696", "697", "9")
_EMAIL = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{}~-]+)*@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])"
)
_URL = re.compile(r"https?://(?:[^\s/?#@:|<>\"]+\.)+[^\s/?#@:.|<>\"]{2,63}\.?(?::[0-9]{1,5})?(?:[/?#][^\s|<>\"]*)?", re.IGNORECASE)
# UTF-8 read as Windows-1252 or Latin-1, and letters that could not be read at all.
_BROKEN = re.compile(
    "Ã[\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122]|Â[\u0080-\u00bf]|â€|Å[\u0080-\u00a1\u2018-\u201d\u0153]|ï¿½|\ufffd"
)


def pivot(cell: str, code_insee: str) -> list[Told]:
    """SIRET (14 digits whose keys hold), RNA (W and nine signs), or RIDET (9 or 10 digits, New Caledonia)."""
    if not cell.strip():
        return []
    if schema.SIRET.fullmatch(cell):
        if schema.siret_key_holds(cell):
            return []
        return [(ERROR, "pivot", "siret-luhn", f"la clé du SIRET « {cell} » est fausse ; attendu : un numéro recopié sans faute")]
    if schema.RNA.fullmatch(cell) or (schema.RIDET.fullmatch(cell) and code_insee.startswith(schema.RIDET_PREFIX)):
        return []
    bare = "".join(cell.split())
    proposed = f" ; proposé : {bare}" if bare != cell and schema.SIRET.fullmatch(bare) and schema.siret_key_holds(bare) else ""
    return [
        (
            ERROR,
            "pivot",
            "pivot-format",
            f"« {cell} » ; attendu : un SIRET (14 chiffres), un RNA (W et neuf signes) ou, en Nouvelle-Calédonie, un RIDET{proposed}",
        )
    ]


def telephone(cell: str, postcode: str) -> list[Told]:
    """One number in the international form, that the numbering plan of its prefix allows."""
    if not cell:
        return []
    if schema.SEPARATOR in cell:
        items = schema.split(cell)
        told = [
            (
                ERROR,
                "telephone",
                "telephone-multiple",
                f"{len(items)} numéros ou un séparateur en trop ; attendu : un seul numéro{_proposed(items[0], postcode) if items else ''}",
            )
        ]
        bad = [item for item in items if not schema.TELEPHONE.fullmatch(item)]
        if bad:
            told.append(
                (
                    ERROR,
                    "telephone",
                    "telephone-format",
                    f"« {bad[0]} » ; attendu : un numéro international sans espace{_proposed(bad[0], postcode)}",
                )
            )
        return told
    found = schema.TELEPHONE.fullmatch(cell)
    if not found:
        return [
            (
                ERROR,
                "telephone",
                "telephone-format",
                f"« {cell} » ; attendu : un numéro international sans espace, par exemple +596596012377{_proposed(cell, postcode)}",
            )
        ]
    prefix, digits = found[1], found[2]
    wanted = _PLAN_DIGITS.get(prefix)
    if wanted and len(digits) != wanted:
        return [(WARNING, "telephone", "telephone-plan", f"« {cell} » a {len(digits)} chiffres après {prefix} ; attendu : {wanted}")]
    if prefix == "+596" and not digits.startswith(_MARTINIQUE):
        return [
            (
                WARNING,
                "telephone",
                "telephone-plan",
                f"« {cell} » n'est pas un numéro de Martinique ; attendu : 596, 696, 697 ou 9 après +596",
            )
        ]
    return []


def _proposed(text: str, postcode: str) -> str:
    known = international(text, postcode)
    return f" ; proposé : {known.number}" if known else ""


def emails(cell: str) -> list[Told]:
    """Each item of the list is an e-mail address."""
    return [
        (
            WARNING,
            "courriels",
            "email-format",
            f"« {item} » n'est pas une adresse électronique ; attendu : nom@domaine.fr, plusieurs séparées par |",
        )
        for item in _items(cell)
        if not is_email(item)
    ]


def urls(column: str, cell: str) -> list[Told]:
    """Each item of the list is a web address with its scheme."""
    return [
        (WARNING, column, "url-format", f"« {item} » n'est pas une adresse web complète ; attendu : https://…{_scheme(item)}")
        for item in _items(cell)
        if not is_url(item)
    ]


def _items(cell: str) -> list[str]:
    """Items of a list as they must be read: trimmed, empty ones kept unless the whole cell is empty."""
    return [item.strip() for item in cell.split(schema.SEPARATOR)] if cell.strip() else []


def _scheme(item: str) -> str:
    return f" ; proposé : https://{item}" if item.lower().startswith("www.") and is_url(f"https://{item}") else ""


def is_email(text: str) -> bool:
    return bool(_EMAIL.fullmatch(text)) and len(text) <= 254 and len(text.split("@")[0]) <= 64


def is_url(text: str) -> bool:
    return bool(_URL.fullmatch(text))


def opening_hours(cell: str) -> list[Told]:
    """OSM opening hours, each range ending after it starts unless it is a night opening."""
    if not cell.strip():
        return []
    if not hours.is_valid(cell):
        return [
            (
                ERROR,
                "horaires",
                "hours-syntax",
                f"« {_short(cell)} » ; attendu : des horaires au format OpenStreetMap, par exemple Mo-Fr 09:00-12:00,14:00-17:30",
            )
        ]
    doubts = hours.reversed_ranges(cell)
    if not doubts:
        return []
    shown = ", ".join(dict.fromkeys(doubt.text for doubt in doubts))
    return [(WARNING, "horaires", "hours-reversed", f"la fin n'est pas après le début : {shown} ; attendu : une heure de fin plus tardive")]


def summary(cell: str) -> list[Told]:
    """At most 280 characters."""
    if len(cell) <= schema.SUMMARY_MAX:
        return []
    return [(ERROR, "presentation_resume", "too-long", f"{len(cell)} caractères ; attendu : {schema.SUMMARY_MAX} au plus")]


def updated_on(cell: str, today: date) -> list[Told]:
    """A day, written YYYY-MM-DD, not after today."""
    if not cell.strip():
        return []
    day = iso_day(cell)
    if day is None:
        return [(ERROR, "date_maj", "date-format", f"« {cell} » ; attendu : un jour écrit AAAA-MM-JJ, par exemple 2026-05-22")]
    if day > today:
        return [(WARNING, "date_maj", "date-future", f"« {cell} » est après le jour du contrôle ({today.isoformat()})")]
    return []


def iso_day(cell: str) -> date | None:
    """The day that `YYYY-MM-DD` names, None for another form or a day that does not exist."""
    found = schema.ISO_DATE.fullmatch(cell)
    try:
        return date(int(found[1]), int(found[2]), int(found[3])) if found else None
    except ValueError:
        return None


@lru_cache(maxsize=65536)
def enumeration(column: str, cell: str) -> tuple[Told, ...]:
    """Items of a closed list: no empty one, each exactly a label, none twice."""
    if not cell.strip() and column == "services":
        empty = (
            WARNING,
            column,
            "services-empty",
            "aucun service n'est donné ; attendu : au moins un, sans quoi la bibliothèque nationale refuse le lieu",
        )
        return (empty, _empty_item(column)) if cell else (empty,)
    if not cell:
        return ()
    told: list[Told] = []
    seen: dict[str, int] = {}
    items = cell.split(schema.SEPARATOR)
    if any(not item.strip() for item in items):
        told.append(_empty_item(column))
    for item in items:
        if not item.strip():
            continue
        label = schema.exact_label(column, item)
        key = label or item.strip()
        seen[key] = seen.get(key, 0) + 1
        if label is None:
            told.append((ERROR, column, "enum-unknown", f"« {item} » n'est pas une valeur de la liste{_nearest(column, item)}"))
        elif label != item:
            told.append((ERROR, column, "enum-variant", f"« {item} » n'est pas l'écriture exacte ; proposé : {label}"))
    told += [
        (WARNING, column, "enum-repeated", f"« {key} » est donné {count} fois ; attendu : une seule")
        for key, count in seen.items()
        if count > 1
    ]
    return tuple(told)


def _empty_item(column: str) -> Told:
    return (
        ERROR,
        column,
        "enum-empty-item",
        "un élément de la liste est vide ; attendu : des valeurs séparées par un seul |, sans | au début ni à la fin",
    )


def _nearest(column: str, item: str) -> str:
    """The label meant, when only accents or punctuation differ; else the list when it is short."""
    labels = schema.ENUMERATIONS[column]
    near = [label for label in labels if fold(label) == fold(item)]
    if near:
        return f" ; proposé : {near[0]}"
    if ";" in item and all(schema.exact_label(column, part) for part in item.split(";")):
        return " ; attendu : un | entre les valeurs, et non un point-virgule"
    return f" ; attendu : {', '.join(labels)}"


def broken_letters(column: str, cell: str) -> list[Told]:
    """Accented letters broken by a wrong reading of the encoding."""
    found = _BROKEN.search(cell) if cell and not cell.isascii() else None
    if not found:
        return []
    around = cell[max(0, found.start() - 10) : found.end() + 10]
    return [
        (
            WARNING,
            column,
            "mojibake",
            f"lettres abîmées dans « {around} »{_mended(cell)} ; attendu : un texte enregistré puis relu en UTF-8",
        )
    ]


def _mended(cell: str) -> str:
    try:
        mended = cell.encode("cp1252").decode("utf-8")
    except UnicodeError:
        return ""
    return f" ; proposé : {_short(mended)}"


def _short(text: str) -> str:
    one_line = " ".join(text.split())
    return one_line if len(one_line) <= 80 else one_line[:79] + "…"
