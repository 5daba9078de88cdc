"""Writes on commitments, their indicators and milestones. Once a commitment is public, what changes keeps the value before."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from yole.base.errors import Refused
from yole.base.registries import MEASURES
from yole.organisations.acting import allow
from yole.organisations.models import Account
from yole.roadmap import permissions
from yole.roadmap.enums import Direction, Judgement, Need, Subject
from yole.roadmap.models import Change, Commitment, Indicator, Objective, Review, Roadmap
from yole.roadmap.services import filled, prove, same_territory
from yole.territory.selectors import today

FIELDS = (
    "axis", "objective", "title", "description", "context", "responsible", "function", "partners", "starts_on", "due_on", "budget",
    "budget_note", "publics", "proof", "needs", "national",
)  # fmt: skip
INDICATOR_FIELDS = (
    "name", "definition", "formula", "source", "unit", "population", "breakdown", "direction", "baseline", "baseline_on", "baseline_source",
    "target", "target_on", "periodicity", "margin", "measure", "window",
)  # fmt: skip
MILESTONE_FIELDS = ("title", "deliverable", "due_on")
_LATER = "Ce champ ne se vide pas une fois l’engagement publié."


def plain(value: Any) -> str:
    """A value as the history keeps it."""
    if value is None:
        return ""
    if isinstance(value, list):
        return ", ".join(str(one) for one in value)
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return value.isoformat() if isinstance(value, date) else str(value.pk if hasattr(value, "pk") else value)


def lock(commitment: Commitment) -> Commitment:
    return Commitment.objects.select_for_update(of=("self",)).select_related("roadmap").get(pk=commitment.pk)


def keep(
    account: Account | None, commitment: Commitment, subject: str, thing: Any, before: dict[str, str], after: dict[str, str], reason: str,
    review: Review | None = None,
) -> list[Change]:  # fmt: skip
    """One line of history for each field that changed. Raises Refused without a reason."""
    changed = [name for name in after if before.get(name, "") != after[name]]
    if changed and not reason.strip():
        raise Refused("Dites pourquoi : cet engagement est public.", field="reason", code="missing")
    return Change.objects.bulk_create(
        Change(
            territory_id=commitment.territory_id, commitment=commitment, subject=subject, subject_uid=thing.uid, field=name,
            before=before.get(name, ""), after=after[name], reason=reason.strip(), review=review, author=account.pk if account else None,
        )
        for name in changed
    )  # fmt: skip


def write(
    account: Account | None, commitment: Commitment | None, subject: str, thing: Any, names: tuple[str, ...], fields: dict[str, Any],
    reason: str, review: Review | None = None,
) -> None:  # fmt: skip
    """Sets the given fields of a commitment, an indicator or a milestone, and keeps their history when the commitment is public."""
    given = [name for name in names if name in fields]
    public = commitment is not None and commitment.published_at is not None
    before = {name: plain(getattr(thing, name)) for name in given} if public else {}
    for name in given:
        value = fields[name]
        setattr(thing, name, " ".join(value.split()) if isinstance(value, str) and "\n" not in value else value)
    if commitment is not None and public:
        keep(account, commitment, subject, thing, before, {name: plain(getattr(thing, name)) for name in given}, reason, review)


def _check(commitment: Commitment) -> None:
    filled(commitment.title, "title", "Écrivez un titre.")
    if commitment.due_on <= commitment.starts_on:
        raise Refused("L’échéance vient après le début.", field="due_on", code="order")
    if commitment.axis.roadmap_id != commitment.roadmap_id:
        raise Refused("Cet axe est d’une autre feuille de route.", field="axis", code="elsewhere")
    if commitment.objective is not None and commitment.objective.axis_id != commitment.axis_id:
        raise Refused("Cet objectif est d’un autre axe.", field="objective", code="elsewhere")
    if commitment.budget is not None and commitment.budget < 0:
        raise Refused("Un budget n’est pas négatif.", field="budget", code="range")
    if set(commitment.needs) - set(Need.values):
        raise Refused("Choisissez dans la liste.", field="needs", code="unknown")
    same_territory(commitment.territory_id, responsible=commitment.responsible, national=commitment.national)
    if commitment.published_at is not None and (commitment.responsible is None or not commitment.function):
        raise Refused(_LATER, field="responsible", code="missing")


@transaction.atomic
def create_commitment(
    account: Account | None, roadmap: Roadmap, *, number: int | None = None, is_fictional: bool = False, **fields: Any
) -> Commitment:
    """A commitment in preparation. Compulsory: axis, title, starts_on, due_on; else those of FIELDS, and `copilots`. Raises Refused."""
    allow(account, permissions.WRITE, roadmap.territory_id)
    Roadmap.objects.select_for_update().get(pk=roadmap.pk)  # numbers follow each other
    taken = set(roadmap.commitments.values_list("number", flat=True))
    if number in taken:
        raise Refused("Ce numéro est pris.", field="number", code="taken")
    made = Commitment(
        territory_id=roadmap.territory_id, roadmap=roadmap, number=number or max(taken, default=0) + 1, is_fictional=is_fictional
    )
    write(account, None, Subject.COMMITMENT, made, FIELDS, fields, "")
    _check(made)
    made.save()
    _copilots(made, fields)
    return made


def _copilots(commitment: Commitment, fields: dict[str, Any]) -> None:
    if "copilots" in fields:
        for one in fields["copilots"]:
            same_territory(commitment.territory_id, copilots=one)
        commitment.copilots.set(fields["copilots"])


@transaction.atomic
def change_commitment(
    account: Account | None, commitment: Commitment, *, reason: str = "", review: Review | None = None, **fields: Any
) -> Commitment:
    """Changes the given fields (FIELDS, copilots). Public: each change keeps the value before, and needs a reason. Raises Refused."""
    allow(account, permissions.WRITE, commitment.territory_id)
    locked = lock(commitment)
    if review is not None and review.roadmap_id != locked.roadmap_id:
        raise Refused("Cette revue est d’une autre feuille de route.", field="review", code="elsewhere")
    write(account, locked, Subject.COMMITMENT, locked, FIELDS, fields, reason, review)
    _check(locked)
    locked.save()
    _copilots(locked, fields)
    return locked


def missing(commitment: Commitment) -> list[str]:
    """What a commitment lacks before it can be public, in words; nothing when it is ready."""
    found = []
    if commitment.responsible is None:
        found.append("une structure responsable")
    if not commitment.function:
        found.append("la fonction de qui répond de l’engagement")
    indicators = [one for one in commitment.indicators.all() if one.retired_on is None]
    if not indicators:
        found.append("au moins un indicateur")
    labels = (
        ("source", "sa source"), ("population", "sa population"), ("baseline", "sa référence"), ("baseline_on", "la date de sa référence"),
        ("baseline_source", "la source de sa référence"), ("target", "sa cible"), ("target_on", "la date de sa cible"),
    )  # fmt: skip
    for one in indicators:
        wanting = [words for name, words in labels if getattr(one, name) in (None, "")]
        if wanting:
            found.append(f"pour l’indicateur « {one.name} » : {', '.join(wanting)}")
    return found


@transaction.atomic
def publish(account: Account | None, commitment: Commitment) -> Commitment:
    """Makes a commitment public, and its roadmap with it. Raises Refused that says everything that is missing."""
    allow(account, permissions.PUBLISH, commitment.territory_id)
    locked = lock(commitment)
    if locked.published_at is not None:
        return locked
    if wanting := missing(locked):
        raise Refused(f"Il manque {' ; '.join(wanting)}.", remedy="Complétez, puis publiez.", code="incomplete")
    locked.published_at = timezone.now()
    locked.save(update_fields=["published_at"])
    Roadmap.objects.filter(pk=locked.roadmap_id, published_at__isnull=True).update(published_at=locked.published_at)
    prove("publish", account, "commitment", locked.pk, {"number": locked.number})
    return locked


@transaction.atomic
def abandon(account: Account | None, commitment: Commitment, reason: str) -> Commitment:
    """Gives a commitment up, with a public reason; everything stays visible."""
    allow(account, permissions.WRITE, commitment.territory_id)
    locked = lock(commitment)
    if locked.abandoned_on is not None:
        raise Refused("Cet engagement est déjà abandonné.", code="done")
    words = filled(reason, "reason", "Dites pourquoi.")
    locked.abandoned_on, locked.abandoned_reason = today(), words
    locked.save(update_fields=["abandoned_on", "abandoned_reason"])
    keep(account, locked, Subject.COMMITMENT, locked, {}, {"abandoned_on": plain(locked.abandoned_on)}, words)
    prove("abandon", account, "commitment", locked.pk, {"number": locked.number})
    return locked


@transaction.atomic
def resume(account: Account | None, commitment: Commitment, reason: str) -> Commitment:
    """Takes up again a commitment that was given up; the history keeps both."""
    allow(account, permissions.WRITE, commitment.territory_id)
    locked = lock(commitment)
    if locked.abandoned_on is None:
        raise Refused("Cet engagement n’est pas abandonné.", code="done")
    words = filled(reason, "reason", "Dites pourquoi.")
    keep(account, locked, Subject.COMMITMENT, locked, {"abandoned_on": plain(locked.abandoned_on)}, {"abandoned_on": ""}, words)
    locked.abandoned_on, locked.abandoned_reason = None, ""
    locked.save(update_fields=["abandoned_on", "abandoned_reason"])
    return locked


@transaction.atomic
def judge(account: Account | None, commitment: Commitment, *, judgement: str, words: str, by: str, on: date | None = None) -> Commitment:
    """What a person thinks, beside the computed status: never instead. `by` is a name and a function, as the person gives them."""
    allow(account, permissions.WRITE, commitment.territory_id)
    if judgement not in Judgement.values:
        raise Refused("Choisissez dans la liste.", field="judgement", code="unknown")
    locked = lock(commitment)
    before = {"judgement": locked.judgement, "judgement_words": locked.judgement_words}
    locked.judgement, locked.judgement_words = judgement, filled(words, "words", "Écrivez l’avis en une phrase.")
    locked.judgement_by, locked.judgement_on = filled(by, "by", "Dites qui donne cet avis."), on or today()
    locked.save()
    if locked.published_at is not None:
        after = {"judgement": locked.judgement, "judgement_words": locked.judgement_words}
        keep(account, locked, Subject.COMMITMENT, locked, before, after, "Nouvel avis")
    return locked


# Indicators


def _check_indicator(indicator: Indicator) -> None:
    for field, reason in (("name", "Nommez l’indicateur."), ("definition", "Écrivez la définition."), ("unit", "Écrivez l’unité.")):
        filled(getattr(indicator, field), field, reason)
    if indicator.baseline_on is not None and indicator.target_on is not None and indicator.target_on <= indicator.baseline_on:
        raise Refused("La cible vient après la référence.", field="target_on", code="order")
    way = (indicator.target - indicator.baseline) if indicator.baseline is not None and indicator.target is not None else 0
    if way and (way > 0) != (indicator.direction == Direction.RISING):
        raise Refused("La cible va contre le sens choisi.", field="target", code="direction")
    if indicator.measure and indicator.measure not in MEASURES:
        raise Refused("Ce chiffre n’est pas publié par Yole.", field="measure", code="unknown")
    if indicator.margin is not None and indicator.margin < 0:
        raise Refused("Une marge n’est pas négative.", field="margin", code="range")


@transaction.atomic
def add_indicator(account: Account | None, owner: Commitment | Objective, *, reason: str = "", **fields: Any) -> Indicator:
    """An indicator of a commitment, or of an objective that has a definition. Fields: INDICATOR_FIELDS. Raises Refused."""
    allow(account, permissions.WRITE, owner.territory_id)
    commitment = owner if isinstance(owner, Commitment) else None
    objective = owner if isinstance(owner, Objective) else None
    if objective is not None and (not objective.definition or objective.due_on is None):
        raise Refused(
            "Cet objectif n’a pas encore de définition ou de date.", remedy="Complétez-le : on ne mesure pas ce qui n’est pas défini.",
            code="undefined",
        )  # fmt: skip
    made = Indicator(territory_id=owner.territory_id, commitment=commitment, objective=objective)
    write(account, None, Subject.INDICATOR, made, INDICATOR_FIELDS, fields, "")
    _check_indicator(made)
    made.save()
    if commitment is not None and commitment.published_at is not None:
        _refuse_unready(made)
        keep(account, commitment, Subject.INDICATOR, made, {}, {"name": made.name}, reason or "Nouvel indicateur")
    return made


def _refuse_unready(indicator: Indicator) -> None:
    """An indicator of a public commitment is never left without its baseline, source, target or population."""
    names = ("source", "population", "baseline", "baseline_on", "baseline_source", "target", "target_on")
    for name in names:
        if getattr(indicator, name) in (None, ""):
            raise Refused("Cet engagement est public : ce champ est nécessaire.", field=name, code="missing")


@transaction.atomic
def change_indicator(account: Account | None, indicator: Indicator, *, reason: str = "", **fields: Any) -> Indicator:
    """Changes the given fields; of a public commitment, with a reason and the value before kept. Raises Refused."""
    allow(account, permissions.WRITE, indicator.territory_id)
    locked = Indicator.objects.select_for_update(of=("self",)).select_related("commitment").get(pk=indicator.pk)
    write(account, locked.commitment, Subject.INDICATOR, locked, INDICATOR_FIELDS, fields, reason)
    _check_indicator(locked)
    if locked.commitment is not None and locked.commitment.published_at is not None:
        _refuse_unready(locked)
    locked.save()
    return locked


@transaction.atomic
def retire_indicator(account: Account | None, indicator: Indicator, reason: str) -> Indicator:
    """The indicator no longer counts; it stays visible with its readings. A public commitment keeps at least one. Raises Refused."""
    allow(account, permissions.WRITE, indicator.territory_id)
    locked = Indicator.objects.select_for_update(of=("self",)).select_related("commitment").get(pk=indicator.pk)
    commitment = locked.commitment
    others = Indicator.objects.filter(commitment=commitment, retired_on__isnull=True).exclude(pk=locked.pk)
    if commitment is not None and commitment.published_at is not None and not others.exists():
        raise Refused("Un engagement public garde au moins un indicateur.", remedy="Ajoutez l’autre d’abord.", code="last")
    locked.retired_on, locked.retired_reason = today(), filled(reason, "reason", "Dites pourquoi.")
    locked.save(update_fields=["retired_on", "retired_reason"])
    if commitment is not None and commitment.published_at is not None:
        keep(account, commitment, Subject.INDICATOR, locked, {}, {"retired_on": plain(locked.retired_on)}, reason)
    return locked
