"""`yole accounts`: the first account of a territory, made by whoever runs the machine."""

from __future__ import annotations

from typing import Annotated

import typer

from yole.base.commandline import AsJson, database, note, print_json, room_commands
from yole.kernel.errors import InputError

app = room_commands("Comptes des équipes.")


@app.callback()
def _accounts() -> None:
    """Keeps `create` a command of a group: alone in it, its name would be dropped."""


@app.command("create", help="Crée un compte et donne le lien pour choisir son mot de passe (24 heures, une fois).")
def create(
    email: Annotated[str, typer.Argument(help="Adresse e-mail de la personne.")],
    name: Annotated[str, typer.Option("--name", help="Nom affiché.")],
    role: Annotated[str, typer.Option("--role", help="Rôle, par exemple territory-coordinator.")] = "territory-coordinator",
    as_json: AsJson = False,
) -> None:
    with database():
        from django.core.exceptions import ValidationError
        from django.core.validators import validate_email

        from yole.base.addresses import site_address
        from yole.base.errors import Refused
        from yole.organisations.enums import STRUCTURE_ROLES, Role
        from yole.organisations.services_first import first_link
        from yole.territory.models import Territory

        try:
            validate_email(email)
        except ValidationError:
            raise InputError("adresse e-mail", found=email, expected="prenom.nom@exemple.fr") from None
        possible = [one.value for one in Role if one not in STRUCTURE_ROLES]
        if role not in possible:
            raise InputError("rôle inconnu ici", found=role, expected=", ".join(possible))
        territory = Territory.objects.filter(is_default=True).first()
        if territory is None:
            raise InputError("aucun territoire n’est réglé", expected="yole territory import --departement 972")
        try:
            token = first_link(territory, email, name, Role(role))
        except Refused as refusal:
            raise InputError(str(refusal), found=email, expected="une adresse sans compte") from None
        link = site_address("organisations:reset", token)
        if as_json:
            print_json({"email": email, "role": role, "territory": territory.slug, "link": link})
            return
        note("yole : compte créé. Ce lien sert une fois, pendant 24 heures :")
        print(link)
