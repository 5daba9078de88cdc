"""How complete a place is in the eyes of data.inclusion v1: ten criteria, each with what to do. Pure: no database, no clock.

Source: quality score of the schema data.inclusion v1 (address, mobilisation, public, theme, contact, e-mail, freshness, fees,
description, telephone). It is advice for the people of the place, never shown to the public.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from yole.places.freshness import score

DESCRIPTION = (200, 2000)


@dataclass(frozen=True, slots=True)
class Criterion:
    """One of the ten: `value` from 0 (missing) to 1 (there); `advice` is empty when nothing is missing."""

    name: str
    value: float
    advice: str = ""


@dataclass(frozen=True, slots=True)
class Quality:
    criteria: tuple[Criterion, ...]

    @property
    def percent(self) -> int:
        return round(100 * sum(c.value for c in self.criteria) / len(self.criteria))

    @property
    def advice(self) -> list[Criterion]:
        return [c for c in self.criteria if c.advice]


def quality(values: Mapping[str, Any], fresh_on: date, today: date) -> Quality:
    """The ten criteria of a place. `values`: its fields; `fresh_on`: the latest day on which it was confirmed or listed."""

    def has(name: str, there: object, advice: str) -> Criterion:
        return Criterion(name, 1.0, "") if there else Criterion(name, 0.0, advice)

    text = "\n\n".join(filter(None, (values["summary"], values["detail"])))
    low, high = DESCRIPTION
    fresh = score(fresh_on, today)
    located = values["address"] and values["postcode"] and values["commune_name"]
    reach = values["access_modes"] or values["booking_url"]
    length = (
        f"Il y a {len(text)} caractères, il en faut entre {low} et {high}." if text else f"Décrivez le lieu en {low} à {high} caractères."
    )
    return Quality(
        (
            has("Adresse", located, "Donnez l’adresse, le code postal et la commune."),
            has("Comment venir", reach, "Dites comment demander de l’aide : se présenter, téléphoner, prendre rendez-vous."),
            has("Publics", values["audiences"], "Dites si le lieu s’adresse à un public précis."),
            has("Aides proposées", values["services"], "Cochez au moins une aide."),
            has(
                "Moyen de contact",
                values["telephone"] or values["emails"] or values["websites"],
                "Donnez un téléphone, un e-mail ou un site.",
            ),
            has("E-mail", values["emails"], "Donnez une adresse e-mail."),
            Criterion("Fraîcheur", fresh, "" if fresh >= 1 else "Appelez le lieu et confirmez sa fiche."),
            has("Tarif", values["fees"], "Dites si l’aide est gratuite."),
            has("Description", low <= len(text) <= high, length),
            has("Téléphone", values["telephone"], "Donnez un numéro de téléphone."),
        )
    )
