"""Fictional people of the two demonstration structures. Names are invented, numbers are in the ranges kept for fiction.

`is_fictional` shows on the card: the word is not put in the names, which are compared."""

from __future__ import annotations

import random
import uuid
from datetime import timedelta

from yole.base.registries import Note
from yole.base.scope import system_scope
from yole.organisations.models import Account
from yole.people.engine.identity import Identity
from yole.people.enums import AgeBand, Gender, How, Purpose, SocialStatus
from yole.people.models import Person
from yole.people.services import About, Agreed, create_anonymous, create_followed, own_structure
from yole.people.services_consent import share
from yole.territory.models import Commune, Territory
from yole.territory.selectors import today

_KEYS = uuid.UUID("8d6f1c52-9f1f-4c0b-8a7e-5a3d2f60b917")
# (account, first name, last name, year of birth, gender, status, telephone, days since the last contact)
_FOLLOWED = (
    (0, "Lucette", "Marignan", 1951, "feminin", "retraite", "0639980101", 4),
    (0, "Lulu", "Marignan", 1951, "feminin", "retraite", "0639980101", 40),
    (0, "Élodie", "Marignan", 1979, "feminin", "en_emploi", "0639980101", 12),
    (0, "Jean-Baptiste", "Zéline", 1988, "masculin", "sans_emploi", "0639980102", 2),
    (0, "Baptiste", "Zéline", 1988, "masculin", "sans_emploi", "", 90),
    (0, "Marvin", "Coridon", 2004, "masculin", "scolarise", "0639980103", 8),
    (0, "Océane", "Bellance", 2005, "feminin", "scolarise", "0639980104", 15),
    (0, "Raymonde", "Tifaine", 1944, "feminin", "retraite", "0199001201", 350),
    (0, "Hector", "Valmy", 1960, "masculin", "retraite", "0199001202", 341),
    (0, "Nadège", "Persin", 1990, "feminin", "sans_emploi", "0639980105", 60),
    (0, "Persin", "Nadège", 1990, "feminin", "sans_emploi", "", 200),
    (0, "Steeve", "Ravoteur", 1999, "masculin", "en_emploi", "0639980106", 25),
    (1, "Ginette", "Dorlis", 1949, "feminin", "retraite", "0639980201", 6),
    (1, "Alphonse", "Dorlis", 1946, "masculin", "retraite", "0639980201", 6),
    (1, "Kelly", "Mirande", 2002, "feminin", "sans_emploi", "0639980202", 19),
    (1, "Rosan", "Galiby", 1968, "masculin", "en_emploi", "0639980203", 33),
    (1, "Marlène", "Sorbé", 1972, "feminin", "en_emploi", "0639980204", 355),
    (1, "Thierry", "Cabrisse", 1983, "masculin", "sans_emploi", "0639980205", 3),
)
_ANONYMOUS = 24
_ACCOUNTS = ["mediation@yole.invalid", "autre-mediation@yole.invalid"]


def load(note: Note) -> None:
    known = Account.objects.filter(email__in=_ACCOUNTS, is_fictional=True, structure__isnull=False)
    accounts = sorted(known, key=lambda account: _ACCOUNTS.index(account.email))
    territory = Territory.objects.filter(is_default=True).first()
    if territory is None or len(accounts) < 2 or Person.objects.filter(is_fictional=True).exists():
        return
    draw = random.Random(20261122)  # noqa: S311  # the same fictional people at every start
    communes = list(Commune.objects.filter(departement__in=territory.departements).order_by("code").values_list("code", flat=True)[:12])
    agreed = Agreed([Purpose.FOLLOW, Purpose.CALL_BACK], How.SPOKEN_WITH_SHEET)
    with system_scope():
        for number, (who, first, last, year, gender, status, phone, days) in enumerate(_FOLLOWED):
            about = About(year, AgeBand.UNKNOWN, gender, status, communes[number % len(communes)] if communes else "")
            create_followed(
                accounts[who], Identity(first, last, phone), agreed, about,
                uuid=uuid.uuid5(_KEYS, f"followed {number}"), day=today() - timedelta(days=days), is_fictional=True,
            )  # fmt: skip
        for number in range(_ANONYMOUS):
            about = About(
                None, draw.choice(AgeBand.values), draw.choice(Gender.values), draw.choice(SocialStatus.values),
                draw.choice(communes) if communes else "",
            )  # fmt: skip
            create_anonymous(
                accounts[number % 2], about,
                uuid=uuid.uuid5(_KEYS, f"anonymous {number}"), day=today() - timedelta(days=draw.randrange(300)), is_fictional=True,
            )  # fmt: skip
        shared = uuid.uuid5(_KEYS, "followed 12")
        share(accounts[1], shared, own_structure(accounts[0]), How.SPOKEN_WITH_SHEET)
    note(f"yole : personnes de démonstration (fictives) : {len(_FOLLOWED)} suivies, {_ANONYMOUS} cartes sans nom.")
