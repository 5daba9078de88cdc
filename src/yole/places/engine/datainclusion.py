"""Writing places as data.inclusion v1: one structure and one service each, and an account of what could not be said.

Source: PyPI data-inclusion-schema 1.0.10 (Licence Ouverte); the tables are those of the national pipeline, read on 2026-06-30,
so that both publish the same. The network of a typologie is ours.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from yole.kernel.gazetteer import departement_of
from yole.places.engine import vocabulary
from yole.places.engine.fields import is_email, is_url, iso_day
from yole.places.engine.losses import CHANGED, DROPPED, MERGED, LossReport
from yole.places.engine.normalise import siret_key
from yole.places.engine.rows import Row, number
from yole.places.engine.schema import INSEE_CODE, POSTCODE, TELEPHONE, split

SOURCE = "yole"
_NAME_MIN, _NAME_MAX = 3, 150
_TEXT_MIN, _TEXT_MAX = 5, 10_000
_FIRST_DAY = date(2000, 1, 1)
_URL_MAX = 2083
# Columns that v1 has no room for.
_NO_PLACE = ("source", "itinerance", "structure_parente", "formations_labels", "autres_formations_labels")
_SERVICE_NAME = "Services de médiation numérique"
# Domains that are reserved and that validators of addresses refuse.
_RESERVED_DOMAINS = (".test", ".invalid", ".local", ".localhost", ".onion", ".arpa")

Document = dict[str, list[dict[str, Any]]]


def write(rows: Iterable[Row], today: date) -> tuple[Document, LossReport]:
    """`{"structures": […], "services": […]}` and the loss report. Rows must be free of errors of `check`; `today` bounds `date_maj`."""
    losses = LossReport()
    document: Document = {"structures": [], "services": []}
    for row in rows:
        structure, service = _Writer(row, today, losses).both()
        document["structures"].append(structure)
        document["services"].append(service)
    return document, losses


@dataclass(slots=True)
class _Writer:
    row: Row
    today: date
    losses: LossReport
    shared: dict[str, Any] = field(default_factory=dict)

    def both(self) -> tuple[dict[str, Any], dict[str, Any]]:
        row = self.row
        identifier = f"{SOURCE}--{row['id'].strip()}"
        self.shared = self._address() | self._contact()
        hours = row["horaires"].strip()
        if hours:
            self.shared["horaires_accueil"] = hours
        day = self._day()
        described = self._description()
        structure: dict[str, Any] = {"source": SOURCE, "id": identifier, "nom": self._name(), "date_maj": day}
        if described:
            structure["description"] = described
        siret = siret_key(row["pivot"])
        if siret:
            structure["siret"] = siret
        elif row["pivot"].strip():
            self.losses.add("pivot", DROPPED, row["pivot"])
        structure |= self.shared
        self._first_url(structure, "site_web", "site_web")
        self._first_url(structure, "fiche_acces_libre", "accessibilite_lieu")
        networks = self._networks()
        if networks:
            structure["reseaux_porteurs"] = networks

        services = split(row["services"])
        service: dict[str, Any] = {
            "source": SOURCE,
            "structure_id": identifier,
            "id": identifier,
            "nom": services[0] if len(services) == 1 else _SERVICE_NAME,
            "description": described or self._description_from(services),
            "date_maj": day,
        }
        service |= self._offer(services) | self.shared
        self._first_url(service, "prise_rdv", "lien_mobilisation")
        for column in _NO_PLACE:
            for value in split(row[column]):
                self.losses.add(column, DROPPED, value)
        return structure, service

    def _name(self) -> str:
        said = " ".join(self.row["nom"].split())
        name = said
        if name.endswith(".") and not name.endswith("etc."):
            name = name.rstrip(". ")
        if len(name) < _NAME_MIN:
            name = f"{name or 'Lieu'} ({self.row['commune'].strip()})"
        if len(name) > _NAME_MAX:
            name = name[: _NAME_MAX - 1].rstrip() + "…"
        if name != said:
            self.losses.add("nom", CHANGED, said)
        return name

    def _day(self) -> str:
        """The day of the last update, brought into the years that v1 accepts."""
        said = iso_day(self.row["date_maj"].strip()) or self.today
        day = min(max(said, _FIRST_DAY), self.today)
        if day != said:
            self.losses.add("date_maj", CHANGED, said.isoformat())
        return day.isoformat()

    def _description(self) -> str:
        """Both presentations as one text; '' when there is none."""
        short, long = self.row["presentation_resume"].strip(), self.row["presentation_detail"].strip()
        if short and long and short not in long:
            self.losses.add("presentation_resume", MERGED, short)
            text = f"{short}\n\n{long}"
        else:
            text = long or short
        if text and len(text) < _TEXT_MIN:
            self.losses.add("presentation_detail" if long else "presentation_resume", DROPPED, text)
            return ""
        if len(text) > _TEXT_MAX:
            self.losses.add("presentation_detail", CHANGED, text)
            text = text[: _TEXT_MAX - 1].rstrip() + "…"
        return text

    def _description_from(self, services: Sequence[str]) -> str:
        if services:
            return f"Ce lieu propose : {', '.join(services)}."
        return f"Lieu de médiation numérique à {self.row['commune'].strip()}."

    def _address(self) -> dict[str, Any]:
        row = self.row
        found: dict[str, Any] = {}
        for column in ("commune", "adresse", "complement_adresse"):
            if row[column].strip():
                found[column] = row[column].strip()
        for column, pattern in (("code_postal", POSTCODE), ("code_insee", INSEE_CODE)):
            if pattern.fullmatch(row[column]):
                found[column] = row[column]
            elif row[column]:
                self.losses.add(column, DROPPED, row[column])
        lat, lon = number(row["latitude"]), number(row["longitude"])
        if lat is not None and lon is not None:
            found |= {"longitude": lon, "latitude": lat}
        else:
            for column in ("latitude", "longitude"):
                if row[column].strip():
                    self.losses.add(column, DROPPED, row[column])
        return found

    def _contact(self) -> dict[str, Any]:
        """One telephone, one address: v1 has room for no more."""
        found: dict[str, Any] = {}
        telephones = split(self.row["telephone"])
        for telephone in telephones:
            if "telephone" not in found and TELEPHONE.fullmatch(telephone):
                found["telephone"] = telephone
            else:
                self.losses.add("telephone", DROPPED, telephone)
        for email in split(self.row["courriels"]):
            if "courriel" not in found and is_email(email) and not email.lower().endswith(_RESERVED_DOMAINS):
                found["courriel"] = email
            else:
                self.losses.add("courriels", DROPPED, email)
        return found

    def _first_url(self, target: dict[str, Any], column: str, key: str) -> None:
        for url in split(self.row[column]):
            if key not in target and is_url(url) and len(url) <= _URL_MAX:
                target[key] = url
            else:
                self.losses.add(column, DROPPED, url)

    def _networks(self) -> list[str]:
        found: dict[str, None] = {}
        for column, table in (("dispositif_programmes_nationaux", vocabulary.PROGRAMMES), ("typologie", vocabulary.TYPOLOGIES)):
            for value in split(self.row[column]):
                if value in table:
                    found[table[value]] = None
                else:
                    self.losses.add(column, DROPPED, value)
        return sorted(found)

    def _offer(self, services: Sequence[str]) -> dict[str, Any]:
        """What the service is, for whom, at what cost and how it is reached."""
        row = self.row
        found: dict[str, Any] = {}
        themes = dict.fromkeys(theme for service in services for theme in self._mapped("services", service, vocabulary.THEMES))
        if themes:
            found["thematiques"] = list(themes)
        audiences = [
            slug
            for value in split(row["publics_specifiquement_adresses"])
            for slug in self._mapped("publics_specifiquement_adresses", value, vocabulary.AUDIENCES)
        ]
        for value in split(row["prise_en_charge_specifique"]):
            slugs = self._mapped("prise_en_charge_specifique", value, vocabulary.SPECIAL_CARE)
            audiences += slugs
            if slugs:
                kind = CHANGED if value in vocabulary.CHANGED_CARE else MERGED
                self.losses.add("prise_en_charge_specifique", kind, value)
        found["publics"] = list(dict.fromkeys(audiences)) or ["tous-publics"]
        found |= self._fees(split(row["frais_a_charge"]))
        access = split(row["modalites_acces"])
        modes = dict.fromkeys(
            slug for value in access for slug in self._mapped("modalites_acces", value, vocabulary.ACCESS, quiet=(vocabulary.NO_PUBLIC,))
        )
        if vocabulary.REFERRAL in access:
            self.losses.add("modalites_acces", CHANGED, vocabulary.REFERRAL)
        if modes:
            found["modes_mobilisation"] = list(modes)
        found |= self._reception(split(row["modalites_accompagnement"]), vocabulary.NO_PUBLIC not in access)
        if INSEE_CODE.fullmatch(row["code_insee"]):
            found["zone_eligibilite"] = [departement_of(row["code_insee"])]
        return found

    def _mapped(self, column: str, value: str, table: Mapping[str, tuple[str, ...]], quiet: Sequence[str] = ()) -> tuple[str, ...]:
        slugs = table.get(value, ())
        if not slugs and value not in quiet:
            self.losses.add(column, DROPPED, value)
        return slugs

    def _fees(self, fees: Sequence[str]) -> dict[str, Any]:
        known = [fee for fee in vocabulary.FEES if fee in fees]
        for value in fees:
            if value not in vocabulary.FEES:
                self.losses.add("frais_a_charge", DROPPED, value)
        if not known:
            return {}
        found: dict[str, Any] = {"frais": vocabulary.FEES[known[0]]}
        beside = [fee for fee in known if fee != vocabulary.FREE and (len(known) > 1 or fee == vocabulary.FREE_IF)]
        if beside:
            found["frais_precisions"] = ", ".join(beside)
        for fee in known[1:]:
            self.losses.add("frais_a_charge", MERGED, fee)
        return found

    def _reception(self, modes: Sequence[str], receives: bool) -> dict[str, Any]:
        """The type (one value: the others are lost) and where the service is given."""
        found: dict[str, Any] = {}
        kinds = [mode for mode in vocabulary.SUPPORT if mode in modes]
        if kinds:
            found["type"] = vocabulary.SUPPORT[kinds[0]]
        for mode in kinds[1:]:
            self.losses.add("modalites_accompagnement", DROPPED, mode)
        for mode in modes:
            if mode not in vocabulary.SUPPORT and mode != vocabulary.REMOTE:
                self.losses.add("modalites_accompagnement", DROPPED, mode)
        where = (["a-distance"] if vocabulary.REMOTE in modes else []) + (["en-presentiel"] if receives else [])
        if where:
            found["modes_accueil"] = where
        else:
            self.losses.add("modalites_acces", DROPPED, vocabulary.NO_PUBLIC)
        return found
