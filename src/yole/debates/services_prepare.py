"""Preparing a café: its kit, its date, its announcement, its cancellation."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db import IntegrityError, transaction

from yole.base.errors import Refused
from yole.base.permissions import require
from yole.debates import kit, permissions
from yole.debates.enums import MOST_PEOPLE, SMALLEST_ROOM, CafePublic, CafeState, CafeTheme, Format, Pillar
from yole.debates.guards import BEFORE_CLOSING, hosted
from yole.debates.models import Cafe
from yole.journal.references import reference
from yole.journal.services import record
from yole.kernel.text import fold
from yole.organisations.acting import actor
from yole.organisations.models import Account, Structure
from yole.places.models import Place
from yole.territory.models import Commune, Territory

# A code that is said aloud: a fruit or a plant of the Caribbean, and three digits.
_WORDS = (
    "MANGUE", "COCO", "GOYAVE", "ANANAS", "BANANE", "CORAIL", "COLIBRI", "IGNAME", "CANNE", "CACAO", "VANILLE", "GINGEMBRE", "TAMARIN",
    "PAPAYE", "CORROSOL", "GIRAUMON", "MADRAS", "CONQUE", "LAMBI", "TORTUE", "PELICAN", "BALISIER", "HIBISCUS",
    "ALPINIA", "FROMAGER", "CALEBASSE", "MUSCADE", "CARAMBOLE", "GRENADE", "QUENETTE", "PITAYA",
)  # fmt: skip
LONGEST_HOURS = 8
MOST_QUESTIONS, MOST_FREE_THEMES = 12, 10


@dataclass(frozen=True, slots=True)
class Plan:
    """What a host decides before the day. Texts left empty take those of the kit."""

    title: str
    starts_at: datetime
    ends_at: datetime
    format: str = Format.DEBATE
    public: str = CafePublic.EVERYBODY
    place: Place | None = None
    place_text: str = ""
    commune: Commune | None = None
    people_expected: int = 15
    framing: str = ""
    roles: str = ""
    material: str = ""
    pillars: list[str] = field(default_factory=lambda: list(Pillar.values))
    themes: list[str] = field(default_factory=list)
    free_themes: list[str] = field(default_factory=list)
    questions: list[str] = field(default_factory=list)


def new_room_code() -> str:
    return f"{secrets.choice(_WORDS)}-{secrets.randbelow(900) + 100}"


def clean_room_code(typed: str) -> str:
    """« mangue 421 » gives `MANGUE-421`."""
    text = fold(typed).replace(" ", "").upper()
    letters = text.rstrip("0123456789")
    return f"{letters}-{text[len(letters) :]}"[:16]


def lines(values: Iterable[str], longest: int, most: int, field_name: str) -> list[str]:
    """Trimmed, without empty ones or repeats. Raises Refused when there are too many or one is too long."""
    kept = list(dict.fromkeys(" ".join(value.split()) for value in values if value.strip()))
    if len(kept) > most:
        raise Refused(f"{len(kept)} lignes : {most} au plus.", field=field_name, code="too-many")
    if any(len(value) > longest for value in kept):
        raise Refused(f"Une ligne dépasse {longest} caractères.", field=field_name, code="too-long")
    return kept


def _fill(cafe: Cafe, plan: Plan) -> None:
    title = " ".join(plan.title.split())
    if not title:
        raise Refused("Donnez un titre.", field="title", code="missing")
    if plan.ends_at <= plan.starts_at:
        raise Refused("La fin est avant le début.", field="ends", code="order")
    if (plan.ends_at - plan.starts_at).total_seconds() > LONGEST_HOURS * 3600:
        raise Refused(f"Un café dure au plus {LONGEST_HOURS} heures.", field="ends", code="too-long")
    if not SMALLEST_ROOM <= plan.people_expected <= MOST_PEOPLE:
        raise Refused(f"De {SMALLEST_ROOM} à {MOST_PEOPLE} personnes.", field="people_expected", code="range")
    known = {"format": Format, "public": CafePublic}
    for name, choices in known.items():
        if getattr(plan, name) not in choices.values:
            raise Refused("Choisissez dans la liste.", field=name, code="unknown")
    if not set(plan.pillars) <= set(Pillar.values) or not set(plan.themes) <= set(CafeTheme.values):
        raise Refused("Choisissez dans la liste.", field="themes", code="unknown")
    if plan.place is not None and plan.place.territory_id != cafe.territory_id:
        raise Refused("Ce lieu n’est pas de votre territoire.", field="place", code="elsewhere")
    cafe.title, cafe.starts_at, cafe.ends_at = title, plan.starts_at, plan.ends_at
    cafe.format, cafe.public, cafe.people_expected = plan.format, plan.public, plan.people_expected
    cafe.place, cafe.place_text = plan.place, "" if plan.place is not None else plan.place_text.strip()
    cafe.commune = plan.commune
    if plan.place is not None:
        cafe.commune = Commune.objects.filter(code=plan.place.insee_code).first()
    cafe.framing = plan.framing.strip() or kit.FRAMING
    cafe.roles = plan.roles.strip() or kit.ROLES
    cafe.material = plan.material.strip() or kit.MATERIAL
    cafe.pillars = [value for value in Pillar.values if value in plan.pillars]
    cafe.themes = [value for value in CafeTheme.values if value in plan.themes]
    cafe.free_themes = lines(plan.free_themes, 60, MOST_FREE_THEMES, "free_themes")
    cafe.questions = lines(plan.questions, 200, MOST_QUESTIONS, "questions") or list(kit.QUESTIONS[plan.public])
    place = cafe.place.name if cafe.place is not None else cafe.place_text
    cafe.search_key = fold(f"{title} {place} {cafe.commune.name if cafe.commune is not None else ''}")[:320]


def create_cafe(
    account: Account | None,
    territory: Territory,
    plan: Plan,
    *,
    structure: Structure | None = None,
    is_fictional: bool = False,
) -> Cafe:
    """A café in preparation, with the kit filled in and a room code. Raises Refused."""
    if account is not None:
        require(account, permissions.HOST)
        structure = account.structure
        if territory.pk != account.territory_id:
            raise Refused("Ce territoire n’est pas le vôtre.", code="forbidden", status=403)
    cafe = Cafe(territory=territory, structure=structure, host=account, is_fictional=is_fictional)
    _fill(cafe, plan)
    for _attempt in range(20):
        cafe.room_code = new_room_code()
        try:
            with transaction.atomic():
                cafe.save(force_insert=True)
            return cafe
        except IntegrityError:
            if not Cafe.objects.filter(room_code=cafe.room_code).exists():
                raise
    raise Refused("Aucun code de salle n’est libre.", remedy="Essayez encore.", code="no-code", status=503)


@transaction.atomic
def change_cafe(account: Account | None, cafe_id: int, plan: Plan) -> Cafe:
    """Other words, another date or place, until the café is closed. Raises Refused."""
    cafe = hosted(account, cafe_id, states=BEFORE_CLOSING)
    _fill(cafe, plan)
    cafe.save()
    return cafe


@transaction.atomic
def announce(account: Account | None, cafe_id: int) -> Cafe:
    """Puts the café on the public list. Raises Refused when nobody could find the place."""
    cafe = hosted(account, cafe_id, states=[CafeState.DRAFT])
    if cafe.place is None and not cafe.place_text:
        raise Refused("Dites où le café a lieu.", field="place", code="no-place")
    cafe.state = CafeState.ANNOUNCED
    cafe.save(update_fields=["state", "changed_at"])
    record("debates.announce", actor(account), reference("cafe", cafe.pk))
    return cafe


@transaction.atomic
def cancel(account: Account | None, cafe_id: int, reason: str) -> Cafe:
    """The café does not take place; its page says why. Raises Refused without a reason, or once the café has begun."""
    cafe = hosted(account, cafe_id, states=[CafeState.DRAFT, CafeState.ANNOUNCED])
    words = " ".join(reason.split())[:200]
    if not words:
        raise Refused("Dites pourquoi. La page publique l’affiche.", field="reason", code="missing")
    cafe.state, cafe.state_reason = CafeState.CANCELLED, words
    cafe.save(update_fields=["state", "state_reason", "changed_at"])
    record("debates.cancel", actor(account), reference("cafe", cafe.pk))
    return cafe
