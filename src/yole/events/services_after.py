"""What remains of an edition: anonymous feedback, minutes spoken, and takeaways that the roadmap reads."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from yole.base.errors import Refused
from yole.events import permissions
from yole.events.enums import TakeawaySource
from yole.events.models import Edition, Feedback, Slot, SpeakingTime, Takeaway
from yole.events.services_editions import note
from yole.journal.references import reference
from yole.organisations.acting import allow
from yole.organisations.models import Account

OPEN_DAYS = 30  # days after a slot during which an opinion can be given
TEXT_MAX = 500


def give_feedback(slot: Slot, *, score: int, text: str = "", key: uuid.UUID, now: datetime | None = None) -> Feedback:
    """An opinion, 1 to 5 and one text; nothing says whose it is. The same `key` is one opinion.

    Raises Refused before the slot begins, 30 days after it, for a cancelled slot, a score out of 1..5, a longer text.
    """
    now = now or timezone.now()
    text = " ".join(text.split())
    if score not in range(1, 6):
        raise Refused(_("Choisissez une note de 1 à 5."), field="score", code="missing")
    if len(text) > TEXT_MAX:
        raise Refused(_("%(most)d caractères au plus.") % {"most": TEXT_MAX}, field="text", code="too-long")
    if slot.cancelled_at is not None or slot.starts_at is None:
        raise Refused(_("Cette séance n’a pas eu lieu."), code="cancelled")
    if now < slot.starts_at:
        raise Refused(_("Vous pourrez donner votre avis quand la séance aura commencé."), code="early")
    if now > slot.starts_at + timedelta(minutes=slot.minutes, days=OPEN_DAYS):
        raise Refused(_("Le temps pour donner un avis est passé."), code="late")
    try:
        with transaction.atomic():
            return Feedback.objects.create(slot=slot, score=score, text=text, key=key)
    except IntegrityError:
        return Feedback.objects.get(key=key)


@transaction.atomic
def note_speaking(
    account: Account | None, slot: Slot, *, women: int, men: int, women_minutes: int, men_minutes: int, unknown_minutes: int = 0
) -> SpeakingTime:
    """Who spoke in a session, counted in the room: people and minutes, never a name. Noted again, the new count replaces the old one.

    Raises Refused before the session begins, for minutes without anybody, or for more minutes than twice the session.
    """
    allow(account, permissions.EDIT, slot.edition.territory_id)
    if slot.cancelled_at is not None or slot.starts_at is None or timezone.now() < slot.starts_at:
        raise Refused("Cette séance n’a pas commencé.", remedy="Notez le temps de parole pendant la séance ou après.", code="early")
    counts = {"women": women, "men": men, "women_minutes": women_minutes, "men_minutes": men_minutes, "unknown_minutes": unknown_minutes}
    if negative := [name for name, count in counts.items() if count < 0]:
        raise Refused("Un compte n’est pas négatif.", field=negative[0], code="range")
    for people, minutes, field in ((women, women_minutes, "women"), (men, men_minutes, "men")):
        if minutes and not people:
            raise Refused("Des minutes ont été parlées : dites par combien de personnes.", field=field, code="missing")
    total = women_minutes + men_minutes + unknown_minutes
    if not 0 < total <= 2 * slot.minutes:
        raise Refused(f"La séance dure {slot.minutes} minutes : vous en avez compté {total}.", field="women_minutes", code="range")
    made, _created = SpeakingTime.objects.update_or_create(slot=slot, defaults={**counts, "noted_at": timezone.now()})
    note(account, "events.speaking", slot.edition, reference("slot", slot.guid), counts)
    return made


@transaction.atomic
def add_takeaway(
    account: Account | None,
    of: Edition,
    *,
    text: str,
    slot: Slot | None = None,
    source: str = TakeawaySource.SLOT,
    quotation: str = "",
    in_favour: int | None = None,
    counted: int | None = None,
    support_note: str = "",
) -> Takeaway:
    """Writes down what came out of a slot. Raises Refused without text or source slot, or for more people in favour than counted."""
    allow(account, permissions.EDIT, of.territory_id)
    text = " ".join(text.split())
    if not text:
        raise Refused("Écrivez l’enseignement en une phrase.", field="text", code="missing")
    if source not in TakeawaySource.values:
        raise Refused("Choisissez une origine.", field="source", code="unknown")
    if slot is None and source == TakeawaySource.SLOT:
        raise Refused("Dites de quelle séance il vient.", field="slot", code="missing")
    if slot is not None and slot.edition_id != of.pk:
        raise Refused("Cette séance est celle d’une autre édition.", field="slot", code="unknown")
    if (in_favour is None) != (counted is None):
        raise Refused("Donnez les deux nombres : d’accord, et comptées.", field="counted", code="missing")
    if in_favour is not None and counted is not None and in_favour > counted:
        raise Refused("Plus de personnes d’accord que de personnes comptées.", field="in_favour", code="range")
    made = Takeaway.objects.create(
        edition=of,
        slot=slot,
        source=source,
        finding=text[:300],
        quotation=" ".join(quotation.split())[:500],
        in_favour=in_favour,
        counted=counted,
        support_note=" ".join(support_note.split())[:200],
    )
    note(account, "events.takeaway", of, reference("takeaway", made.pk))
    return made


@transaction.atomic
def withdraw_takeaway(account: Account | None, takeaway: Takeaway, reason: str) -> Takeaway:
    """Takes a takeaway back, with its reason; it stays readable. Twice changes nothing."""
    allow(account, permissions.EDIT, takeaway.edition.territory_id)
    reason = " ".join(reason.split())[:200]
    if not reason:
        raise Refused("Écrivez le motif.", field="reason", code="missing")
    row = Takeaway.objects.select_for_update().get(pk=takeaway.pk)
    if row.withdrawn_at is None:
        row.withdrawn_at, row.withdrawn_reason = timezone.now(), reason
        row.save(update_fields=["withdrawn_at", "withdrawn_reason"])
        note(account, "events.takeaway-back", row.edition, reference("takeaway", row.pk))
    return row
