"""Passport programmes and their levels."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.text import slugify

from yole.base.errors import Refused
from yole.base.permissions import require
from yole.journal.references import reference
from yole.journal.services import record
from yole.organisations.acting import actor
from yole.organisations.models import Account, Structure
from yole.passport import permissions
from yole.passport.enums import Colour
from yole.passport.models import Level, Scheme
from yole.territory.models import Territory

# (code, name, colour, sentence), weakest first: the scale that a new programme starts with.
DEFAULT_SCALE = (
    ("jaune", "Jaune", Colour.YELLOW, "Fait les premiers gestes du numérique avec de l’aide."),
    ("orange", "Orange", Colour.ORANGE, "Fait les démarches courantes quand quelqu’un est à côté."),
    ("vert", "Vert", Colour.GREEN, "Fait seul les démarches courantes."),
    ("bleu", "Bleu", Colour.BLUE, "Fait seul les démarches nouvelles et aide les autres."),
)


def create_scheme(
    account: Account | None,
    territory: Territory,
    *,
    name: str,
    summary: str = "",
    structure: Structure | None = None,
    is_fictional: bool = False,
) -> Scheme:
    """A programme with the default scale of four levels. Raises Refused."""
    if account is not None:
        require(account, permissions.PROGRAMME)
    slug = slugify(name)[:60]
    if not slug:
        raise Refused("Donnez un nom au programme.", field="name", code="name")
    if Scheme.objects.filter(slug=slug).exists():
        raise Refused("Un programme porte déjà ce nom.", field="name", code="twice")
    with transaction.atomic():
        made = Scheme.objects.create(
            territory=territory, structure=structure, slug=slug, name=name.strip(), summary=summary.strip(), is_fictional=is_fictional
        )
        for rank, (code, label, colour, sentence) in enumerate(DEFAULT_SCALE, start=1):
            Level.objects.create(scheme=made, rank=rank, code=code, name=label, colour=colour, sentence=sentence)
        record("passport.scheme", actor(account), reference("scheme", made.pk), {"slug": slug})
    return made


def change_level(account: Account, level_id: int, *, name: str, colour: str, sentence: str, requirements: dict[str, Any]) -> Level:
    """Changes the words and the requirements of a level; its code stays, it is in the credentials. Raises Refused."""
    require(account, permissions.PROGRAMME)
    with transaction.atomic():
        level = (
            Level.objects.select_for_update(of=("self",))
            .select_related("scheme")
            .filter(pk=level_id, scheme__territory_id=account.territory_id)
            .first()
        )
        if level is None:
            raise Refused("Ce niveau n’existe pas.", code="unknown", status=404)
        level.name, level.colour, level.sentence, level.requirements = name.strip(), colour, sentence.strip(), requirements
        level.save()
        level.scheme.version += 1
        level.scheme.save(update_fields=["version"])
        record(
            "passport.level",
            actor(account),
            reference("scheme", level.scheme_id),
            {"code": level.code, "version": level.scheme.version, "requirements": _plain(requirements)},
        )
    return level


def _plain(value: Any) -> Any:
    """The journal holds no fractions: shares are written as texts."""
    if isinstance(value, float):
        return str(value)
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    return value
