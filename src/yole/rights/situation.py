"""A situation as people write it (JSON, version 1): read, checked, made a household. Never imports the rules: a refusal takes no time."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from yole.kernel.errors import InputError
from yole.kernel.files import read_bytes
from yole.kernel.gazetteer import Gazetteer
from yole.kernel.tables import decode
from yole.rights.catalog import allow_list
from yole.rights.engine.cohort import ACTIVITIES, HOUSINGS
from yole.rights.engine.household import ADULT_FIELDS, ADULTS, BOOLEANS, INCOMES, MOST_CHILDREN, TENANTS, TICKS, Child, Household

LIMIT = 8 * 1024 * 1024
FIRST_MONTH, LAST_MONTH = "2022-01", "2030-12"
OLDEST = 120
ROLES = ("applicant", "partner", "child")
# Greatest value of each amount: EUR a month, except savings (EUR), the rate (per cent) and the permit (whole years).
MOST = {
    "wage": 20000,
    "pension": 10000,
    "unemployment_benefit": 8000,
    "disability_rate": 100,
    "residence_permit_years": 60,
    "invalidity_pension": 10000,
    "sick_pay": 10000,
    "alimony_received": 10000,
    "alimony_paid": 10000,
    "savings": 10_000_000,
    "rent": 5000,
}
_TOP = ("date", "commune", "persons", "answers")
_FLAGS = ("shared_housing", "single_room", "landlord_is_family")
_ANSWERS = ("couple", "children_count", "housing_status", "rent", *_FLAGS, "other_situations", "received", "children_birth_dates")
_CHILD_FIELDS = ("birth_date", "activity", "wage", "disability_rate")


def read_json(path: Path) -> Any:
    """The JSON value of a file. Raises InputError when it cannot be read."""
    try:
        return json.loads(decode(read_bytes(path, limit=LIMIT), str(path)))
    except json.JSONDecodeError as error:
        raise InputError(f"JSON illisible (ligne {error.lineno}, rang {error.colno})", file=str(path), expected="un objet JSON") from None
    except RecursionError:
        raise InputError("JSON trop emboîté", file=str(path), expected="une situation ou un tableau de situations") from None


def parse_all(value: Any, *, file: str | None = None, today: date | None = None) -> list[Household]:
    """One situation or an array of them. Raises InputError naming the index (from 0) of a bad element."""
    if not isinstance(value, list):
        return [parse(value, file=file, today=today)]
    if not value:
        raise InputError("le tableau est vide", file=file, expected="au moins une situation")
    return [parse(element, file=file, where=f"élément {index}, ", today=today) for index, element in enumerate(value)]


def parse(value: Any, *, file: str | None = None, where: str = "", row: int | None = None, today: date | None = None) -> Household:
    """One situation. Raises InputError naming the field, the value found and what is expected."""
    return _Reader(file, where, row, today or date.today()).household(value)


@lru_cache(maxsize=1)
def gazetteer() -> Gazetteer:
    from yole.territory.carried import load_gazetteer

    return load_gazetteer()


class _Reader:
    def __init__(self, file: str | None, where: str, row: int | None, today: date) -> None:
        self.file, self.where, self.row, self.today = file, where, row, today

    def refuse(self, name: str, problem: str, found: object = None, expected: str | None = None) -> InputError:
        shown = json.dumps(found, ensure_ascii=False) if isinstance(found, (dict, list, bool)) else found
        if self.row is not None:
            return InputError(problem, file=self.file, row=self.row, column=name, found=shown, expected=expected)
        return InputError(f"{self.where}champ « {name} » : {problem}", file=self.file, found=shown, expected=expected)

    def household(self, value: Any) -> Household:
        self.an_object("situation", value)
        self.no_other("", value, _TOP)
        known: dict[str, Any] = {}
        assumed: list[str] = []
        month = self.month(value.get("date"), assumed)
        if value.get("commune") is not None:
            known["commune"] = self.commune(value["commune"])
        answers = value.get("answers") if value.get("answers") is not None else {}
        self.an_object("answers", answers)
        self.no_other("answers.", answers, _ANSWERS)
        children = self.persons(value.get("persons"), month, known)
        self.answers(answers, known, children, month)
        self.opened(known)
        self.contradictions(known, children, month)
        for flag in _FLAGS:
            if answers.get(flag) is None:
                assumed.append(flag)
        received = self.names("received", answers["received"], allow_list()) if answers.get("received") is not None else None
        flags = {flag: self.boolean(flag, answers[flag]) if answers.get(flag) is not None else False for flag in _FLAGS}
        return Household(month, known, tuple(children), received=received, assumptions=tuple(assumed), **flags)

    def month(self, value: Any, assumed: list[str]) -> str:
        if value is None:
            assumed.append("date")
            return f"{self.today:%Y-%m}"
        good = isinstance(value, str) and len(value) == 7 and value[4] == "-" and (value[:4] + value[5:]).isdigit() and value.isascii()
        if not good or not 1 <= int(value[5:]) <= 12:
            raise self.refuse("date", "mois impossible", value, "AAAA-MM, par exemple 2026-11")
        if not FIRST_MONTH <= value <= LAST_MONTH:
            raise self.refuse("date", "mois hors de ce que les règles couvrent", value, f"de {FIRST_MONTH} à {LAST_MONTH}")
        return str(value)

    def commune(self, value: Any) -> str:
        if not isinstance(value, str) or not gazetteer().knows(value):
            raise self.refuse("commune", "code inconnu", value, "un code INSEE de commune sur 5 caractères, par exemple 97209")
        if value.startswith("976"):
            raise self.refuse(
                "commune", "Mayotte a ses propres barèmes, que le calcul ne connaît pas", value, "une commune d'un autre département"
            )
        if value[:3] in ("975", "977", "978") or value.startswith("98"):
            raise self.refuse("commune", "cette collectivité a ses propres règles, que le calcul ne connaît pas", value, "un département")
        return value

    def persons(self, value: Any, month: str, known: dict[str, Any]) -> list[Child]:
        if value is None:
            return []
        if not isinstance(value, list):
            raise self.refuse("persons", "une liste est attendue", value, "une liste de personnes")
        identifiers: set[str] = set()
        roles: list[str] = []
        children: list[Child] = []
        for index, person in enumerate(value):
            place = f"persons[{index}]"
            self.an_object(place, person)
            role = person.get("role")
            if role not in ROLES:
                raise self.refuse(f"{place}.role", "rôle inconnu" if role is not None else "rôle absent", role, ", ".join(ROLES))
            identifier = person.get("id")
            if not isinstance(identifier, str) or not identifier.strip():
                raise self.refuse(f"{place}.id", "identifiant absent", identifier, "un texte, par exemple « applicant »")
            if identifier in identifiers:
                raise self.refuse(f"{place}.id", "identifiant présent deux fois", identifier, "un identifiant par personne")
            identifiers.add(identifier)
            allowed = ("id", "role", *(_CHILD_FIELDS if role == "child" else ADULT_FIELDS))
            self.no_other(f"{place}.", person, allowed)
            values = {
                name: self.value(f"{place}.{name}", name, person[name], month) for name in allowed[2:] if person.get(name) is not None
            }
            if role == "child":
                children.append(Child(**values))
            else:
                known.update({f"{role}.{name}": given for name, given in values.items()})
            roles.append(role)
        for role in ADULTS:
            if roles.count(role) > 1:
                raise self.refuse("persons", f"deux personnes ont le rôle « {role} »", roles.count(role), "une au plus")
        if "applicant" not in roles:
            what = "conjoint sans demandeur" if "partner" in roles else "aucun demandeur"
            raise self.refuse("persons", what, None, "exactement une personne de rôle « applicant »")
        if len(children) > MOST_CHILDREN:
            raise self.refuse("persons", "trop d'enfants", len(children), f"{MOST_CHILDREN} au plus")
        if "partner" in roles:
            known["couple"] = True
        return children

    def value(self, place: str, name: str, value: Any, month: str) -> Any:
        if name == "birth_date":
            return self.birth(place, value, month)
        if name == "activity":
            return self.one_of(place, value, ACTIVITIES)
        if name in BOOLEANS:
            return self.boolean(place, value)
        if name == "nationality":
            if not isinstance(value, str) or len(value) != 2 or not value.isascii() or not value.isalpha() or not value.isupper():
                raise self.refuse(place, "nationalité inconnue", value, "un code de pays sur deux lettres majuscules (FR, HT…)")
            return value
        return self.number(place, value, MOST[name], whole=name == "residence_permit_years")

    def answers(self, answers: Mapping[str, Any], known: dict[str, Any], children: list[Child], month: str) -> None:
        if answers.get("couple") is not None:
            couple = self.boolean("couple", answers["couple"])
            if known.get("couple") and not couple:
                raise self.refuse("couple", "un conjoint est décrit", False, "true, ou pas de personne de rôle « partner »")
            known["couple"] = couple
        if answers.get("children_birth_dates") is not None:
            dates = answers["children_birth_dates"]
            if children or not isinstance(dates, list) or len(dates) > MOST_CHILDREN:
                raise self.refuse(
                    "children_birth_dates", "les dates sont portées par les enfants de la liste", dates, "des personnes « child »"
                )
            children += [Child(self.birth(f"children_birth_dates[{index}]", each, month)) for index, each in enumerate(dates)]
        if answers.get("children_count") is not None:
            count = int(self.number("children_count", answers["children_count"], MOST_CHILDREN, whole=True))
            if count < len(children):
                raise self.refuse("children_count", f"{len(children)} enfants sont décrits", count, f"au moins {len(children)}")
            known["children_count"] = count
        elif children:
            known["children_count"] = len(children)
        if answers.get("housing_status") is not None:
            known["housing_status"] = self.one_of("housing_status", answers["housing_status"], HOUSINGS)
        if answers.get("rent") is not None:
            known["rent"] = self.number("rent", answers["rent"], MOST["rent"])
        if answers.get("other_situations") is not None:
            known["other_situations"] = self.names("other_situations", answers["other_situations"], tuple(TICKS))

    def opened(self, known: dict[str, Any]) -> None:
        """A field of a tick that was given opens that tick; without an answer to the list, the other ticks stay unknown."""
        ticks = known.get("other_situations")
        if ticks is None:
            return
        for adult in ADULTS:
            for tick, names in TICKS.items():
                for name in names:
                    value = known.get(f"{adult}.{name}")
                    if tick not in ticks and value and value != "FR":
                        raise self.refuse(
                            f"{adult}.{name}", f"la situation « {tick} » n'est pas cochée", value, f"« {tick} » dans other_situations"
                        )

    def contradictions(self, known: dict[str, Any], children: list[Child], month: str) -> None:
        for adult in ADULTS:
            if adult == "partner" and known.get("couple") is False and any(name.startswith("partner.") for name in known):
                raise self.refuse("couple", "un conjoint est décrit", False, "true")
            activity = known.get(f"{adult}.activity")
            for name, activities in INCOMES.items():
                value = known.get(f"{adult}.{name}")
                if activity is not None and activity not in activities and value:
                    raise self.refuse(f"{adult}.{name}", f"contradiction avec l'activité « {activity} »", value, "0, ou une autre activité")
        status = known.get("housing_status")
        if status is not None and status not in TENANTS and known.get("rent"):
            raise self.refuse("rent", f"contradiction avec le logement « {status} »", known["rent"], "0, ou un logement loué")
        for index, child in enumerate(children):
            for adult in ADULTS:
                born = known.get(f"{adult}.birth_date")
                if child.birth_date and born and child.birth_date <= born:
                    raise self.refuse(
                        f"child {index + 1}.birth_date",
                        f"l'enfant est plus âgé que la personne « {adult} »",
                        child.birth_date.isoformat(),
                        f"une date après le {born.isoformat()}",
                    )

    def birth(self, place: str, value: Any, month: str) -> date:
        try:
            born = date.fromisoformat(value) if isinstance(value, str) and len(value) == 10 else None
        except ValueError:
            born = None
        if born is None:
            raise self.refuse(place, "date impossible", value, "AAAA-MM-JJ, une date du calendrier")
        if f"{born:%Y-%m}" > month if born.year >= 1000 else True:
            raise self.refuse(place, "date de naissance après le mois demandé", value, f"une date au plus tard en {month}")
        if int(month[:4]) - born.year > OLDEST:
            raise self.refuse(place, "date de naissance trop ancienne", value, f"un âge d'au plus {OLDEST} ans")
        return born

    def number(self, place: str, value: Any, most: float, *, whole: bool = False) -> float:
        kind = "un nombre entier" if whole else "un nombre"
        if isinstance(value, bool) or not isinstance(value, (int, float)) or value != value:
            raise self.refuse(place, "ce n'est pas un nombre", value, f"{kind} de 0 à {most}")
        if value < 0:
            raise self.refuse(place, "valeur négative", value, f"{kind} de 0 à {most}")
        if value > most or (whole and value != int(value)):
            raise self.refuse(place, "valeur impossible", value, f"{kind} de 0 à {most}")
        return float(value)

    def boolean(self, place: str, value: Any) -> bool:
        if not isinstance(value, bool):
            raise self.refuse(place, "ni vrai ni faux", value, "true ou false")
        return value

    def one_of(self, place: str, value: Any, choices: tuple[str, ...]) -> str:
        if not isinstance(value, str) or value not in choices:
            raise self.refuse(place, "valeur inconnue", value, ", ".join(choices))
        return value

    def names(self, place: str, value: Any, choices: tuple[str, ...]) -> frozenset[str]:
        if not isinstance(value, list):
            raise self.refuse(place, "une liste est attendue", value, f"une liste parmi {', '.join(choices)} ; [] pour aucune")
        for index, each in enumerate(value):
            self.one_of(f"{place}[{index}]", each, choices)
        return frozenset(value)

    def an_object(self, place: str, value: Any) -> None:
        if not isinstance(value, dict):
            raise self.refuse(place, "un objet JSON est attendu", value, "{…}")

    def no_other(self, prefix: str, value: Mapping[str, Any], allowed: tuple[str, ...]) -> None:
        for name in value:
            if name not in allowed:
                raise self.refuse(f"{prefix}{name}", "champ inconnu", None, ", ".join(allowed))
