"""Accounts of the demonstration: fictional people, a password drawn at the first start."""

from __future__ import annotations

import os
import secrets

from django.contrib.auth.hashers import make_password

from yole.base import paths
from yole.base.registries import Note
from yole.organisations.enums import Role, StructureType
from yole.organisations.models import Account, Structure
from yole.organisations.services import create_account, create_structure
from yole.territory.models import Territory

PEOPLE = (
    ("coordination@yole.invalid", "Coordination du territoire (fictif)", Role.TERRITORY_COORDINATOR, None),
    (
        "structure@yole.invalid",
        "Coordination de la mission locale (fictif)",
        Role.STRUCTURE_COORDINATOR,
        "Mission locale de démonstration (fictif)",
    ),
    ("mediation@yole.invalid", "Médiatrice du Servibus (fictif)", Role.MEDIATOR, "Mission locale de démonstration (fictif)"),
    ("autre-mediation@yole.invalid", "Médiateur du François (fictif)", Role.MEDIATOR, "Centre social de démonstration (fictif)"),
    ("benevole@yole.invalid", "Bénévole de la mission locale (fictif)", Role.VOLUNTEER, "Mission locale de démonstration (fictif)"),
    ("evenements@yole.invalid", "Organisation de la journée du numérique (fictif)", Role.EVENT_ORGANISER, None),
    ("evaluation@yole.invalid", "Évaluatrice du passeport (fictif)", Role.EVALUATOR, None),
    ("recrutement@yole.invalid", "Recruteur de démonstration (fictif)", Role.RECRUITER, None),
    ("donnees@yole.invalid", "Déléguée à la protection des données (fictif)", Role.DATA_PROTECTION_OFFICER, None),
    ("administration@yole.invalid", "Administrateur technique (fictif)", Role.ADMINISTRATOR, None),
)


def load(note: Note) -> None:
    file = paths.data_dir() / "demo-accounts.txt"
    if not Account.objects.filter(email=PEOPLE[0][0]).exists():
        territory = Territory.objects.get(is_default=True)
        password = "-".join(secrets.token_hex(3) for _ in range(3))
        encoded = make_password(password)  # once: they all have the same one, and a hash is slow on purpose
        for email, name, role, structure_name in PEOPLE:
            structure = None
            if structure_name:
                structure = Structure.objects.filter(territory=territory, name=structure_name).first() or create_structure(
                    territory, structure_name, StructureType.MISSION_LOCALE if "Mission" in structure_name else StructureType.SOCIAL_CENTRE
                )
            create_account(email=email, name=name, role=role, territory=territory, encoded=encoded, structure=structure, is_fictional=True)
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.writelines(f"{email}  {password}  {name}\n" for email, name, _, _ in PEOPLE)
    note(f"yole : comptes de démonstration (espace pro) : {file}")
