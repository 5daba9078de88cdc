"""Every write on structures and accounts."""

from __future__ import annotations

from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from yole.base.errors import Refused
from yole.kernel.text import sort_key
from yole.organisations.enums import Role, StructureType
from yole.organisations.models import Account, Structure
from yole.territory.models import Territory

IDLE = timedelta(days=182)


@transaction.atomic
def create_structure(territory: Territory, name: str, kind: StructureType = StructureType.OTHER, siret: str = "") -> Structure:
    """Raises Refused when the name is taken in the territory."""
    name = " ".join(name.split())
    if Structure.objects.filter(territory=territory, name__iexact=name).exists():
        raise Refused(f"La structure « {name} » existe déjà.", field="name", code="taken")
    return Structure.objects.create(territory=territory, name=name, sort_key=sort_key(name), kind=kind, siret=siret)


def create_account(
    *,
    email: str,
    name: str,
    role: Role,
    territory: Territory,
    password: str,
    structure: Structure | None = None,
    is_fictional: bool = False,
) -> Account:
    """Raises Refused when an account has this address."""
    account = Account(
        email=Account.objects.normalize_email(email),
        name=name,
        role=role,
        territory=territory,
        structure=structure,
        is_fictional=is_fictional,
    )
    account.set_password(password)
    try:
        with transaction.atomic():
            account.save()
    except IntegrityError:
        raise Refused("Un compte a déjà cette adresse e-mail.", field="email", code="taken") from None
    return account


def deactivate_idle_accounts() -> int:
    """Deactivates accounts without sign-in for six months (practice.md § 6); demonstration accounts are kept."""
    limit = timezone.now() - IDLE
    idle = Q(last_login__lt=limit) | Q(last_login__isnull=True, created_at__lt=limit)
    return Account.objects.filter(idle, is_active=True, is_fictional=False).update(is_active=False)
