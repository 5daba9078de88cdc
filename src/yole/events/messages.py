"""The words of each message, written when it is sent: short sentences, the hour of the edition, one link. A message names the event,
never the person."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from yole.base import typography
from yole.base.addresses import site_address
from yole.base.typography import french
from yole.bookings.enums import LIVING, State
from yole.bookings.models import Booking
from yole.bookings.outbox import Text
from yole.events import mine, wording
from yole.events.enums import CONFIRM_DAYS, MessageKind, ProposalState
from yole.events.models import Edition, EventMessage, Proposal, Registration, Slot
from yole.events.selectors_programme import PublicSlot, published_slot, published_slots
from yole.kernel.codes import show_code


def place_of(slot: PublicSlot) -> tuple[object, ...]:
    """When and where a session is, as something to compare."""
    return slot.starts_at, slot.minutes, slot.room, slot.venue


def place_words(slot: PublicSlot) -> str:
    """« samedi 12 décembre, de 9 h à 10 h, Grande salle, Halle »."""
    return ", ".join(filter(None, [wording.when(slot), wording.where(slot)]))


def edition_words(of: Edition) -> str:
    """« samedi 12 décembre 2026, de 8 h à 18 h, Halle, 1 rue du Port »: what people registered for an event must know of it."""
    names = {"start": typography.clock(of.day_starts), "end": typography.clock(of.day_ends)}
    places = [", ".join(filter(None, [venue.name, venue.address])) for venue in of.venues.order_by("name")]
    return ", ".join([wording.days(of), _("de %(start)s à %(end)s") % names, *places])


def _moment(at: datetime, of: Edition) -> str:
    local = at.astimezone(ZoneInfo(of.time_zone))
    return _("%(day)s à %(hour)s") % {"day": typography.day(local.date()), "hour": typography.clock(local.time())}


# Subject, sentences, lines about it, what to do, the same in short.
Words = tuple[str, list[str], list[str], list[str], str]


def write(message: EventMessage) -> Text:
    """The text of a message. Needs what `services_messages.send_due` reads with it."""
    subject, opening, about, tail, short = _words(message)
    parts = [_("Bonjour,"), *opening, "\n".join(about), "\n".join(tail), "Yole"]
    body = "\n\n".join(part for part in parts if part)
    return Text(french(" ".join(subject.split())), french(body) + "\n", french(" ".join(short.split())))


def said(message: EventMessage) -> str:
    """What there is to say on the telephone."""
    return french(" ".join(_words(message)[1]))


def _words(message: EventMessage) -> Words:
    if message.proposal is not None:
        return _to_author(message.proposal, MessageKind(message.kind))
    if message.registration is not None:
        return _to_holder(message, message.registration)
    raise ValueError("a message is for somebody")


def _to_author(proposal: Proposal, kind: MessageKind) -> Words:
    link = mine.proposal_link(proposal)
    names = {"title": proposal.title, "edition": proposal.edition.title, "days": CONFIRM_DAYS, "answer": proposal.answer}
    answer = [proposal.answer] if proposal.answer else []
    if kind == MessageKind.CONFIRM:
        subject = _("Il manque votre confirmation : %(title)s") % names
        opening = [
            _("Votre proposition « %(title)s » est acceptée pour %(edition)s. Vous n’avez pas encore dit que vous venez.") % names,
            _("Confirmez, ou retirez votre proposition :"),
        ]
        return subject, opening, [], [link], f"{subject}. {link}"
    if proposal.state == ProposalState.ACCEPTED:
        subject = _("Votre proposition est acceptée : %(title)s") % names
        opening = [
            _("Votre proposition « %(title)s » est acceptée pour %(edition)s.") % names,
            *answer,
            _("Confirmez que vous venez, et dites à quoi chacun est d’accord, dans les %(days)d jours :") % names,
        ]
        short = _("Votre proposition « %(title)s » est acceptée. Confirmez que vous venez :") % names
    elif proposal.state == ProposalState.TO_COMPLETE:
        subject = _("Votre proposition est à compléter : %(title)s") % names
        opening = [_("Avant de décider, l’organisation de %(edition)s vous demande :") % names, *answer, _("Complétez ici :")]
        short = _("Votre proposition « %(title)s » est à compléter :") % names
    else:
        subject = _("Votre proposition n’est pas retenue : %(title)s") % names
        opening = [_("Votre proposition « %(title)s » n’est pas retenue pour %(edition)s. La raison :") % names, *answer]
        opening.append(_("Vous pouvez la relire ici :"))
        short = _("Votre proposition « %(title)s » n’est pas retenue. La réponse :") % names
    return subject, opening, [], [link], f"{short} {link}"


def _to_holder(message: EventMessage, registration: Registration) -> Words:
    of, booking, kind = registration.edition, message.booking, MessageKind(message.kind)
    if kind == MessageKind.OFFER and booking is not None:
        return _offered(registration, booking)
    if kind == MessageKind.REVOKED and booking is not None:
        return _revoked(registration, booking)
    if kind == MessageKind.REGISTERED and booking is not None:
        return _registered(registration, booking)
    if kind == MessageKind.EDITION:
        return _edition_changed(registration, message.before)
    if kind == MessageKind.SLOT_OFF and message.slot is not None:
        return _followed_off(registration, message.slot)
    if kind == MessageKind.MOVED and message.slot is not None:
        shown = published_slot(of, message.slot.number)
        now = place_words(shown) if shown else ""
        names = {"title": shown.title if shown else message.slot.title, "before": message.before, "now": now}
        link = mine.open_link(registration)
        subject = _("Changement : %(title)s") % names
        opening = [_("Cette séance change d’heure ou de salle."), _("Avant : %(before)s.") % names, _("Maintenant : %(now)s.") % names]
        leave = _("Cela ne vous va plus ? Rendez votre place ici, une autre personne l’aura :")
        tail = [leave if booking is not None else _("Vous avez demandé à être prévenu. Pour ne plus l’être :"), link]
        return subject, opening, [], tail, (_("Changement : %(title)s. Maintenant : %(now)s. Votre inscription :") % names) + f" {link}"
    return _reminder(registration)


def _title(registration: Registration, booking: Booking) -> str:
    """What a booking of a registration is for: a session, or the whole event."""
    seat = registration.seats.select_related("slot").filter(booking=booking).first()
    return seat.slot.title if seat else registration.edition.title


def _offered(registration: Registration, booking: Booking) -> Words:
    until = booking.offer_expires_at
    names = {"title": _title(registration, booking), "when": _moment(until, registration.edition) if until else ""}
    link = mine.open_link(registration)
    opening = [
        _("Une place est libre pour vous : « %(title)s ». Dites oui avant %(when)s. Sans réponse, elle va à une autre personne.") % names
    ]
    short = _("Une place est libre : %(title)s. Répondez avant %(when)s :") % names
    return _("Une place est libre pour vous"), opening, [], [link], f"{short} {link}"


def _revoked(registration: Registration, booking: Booking) -> Words:
    seat = registration.seats.select_related("slot").filter(booking=booking).first()
    reason = seat.slot.cancel_reason.rstrip(".") if seat else ""
    if seat is None and registration.edition.cancelled_at is not None:
        reason = registration.edition.cancel_reason.rstrip(".")
    names = {"title": seat.slot.title if seat else registration.edition.title, "reason": reason}
    address = site_address("events:programme", registration.edition.slug)
    opening = [_("« %(title)s » : votre inscription est annulée par l’organisation.") % names]
    if reason:
        opening = [_("« %(title)s » est annulé. Motif : %(reason)s.") % names]
        opening += [_("Le reste de votre inscription ne change pas.")] if seat else []
    short = (_("Annulé : %(title)s. Motif : %(reason)s.") if reason else _("Votre inscription à « %(title)s » est annulée.")) % names
    return _("Votre inscription est annulée"), opening, [], [_("Le programme :"), address], f"{short} {address}"


def _registered(registration: Registration, booking: Booking) -> Words:
    of = registration.edition
    if booking.pk != registration.booking_id:
        seat = registration.seats.select_related("slot").filter(booking=booking).first()
        shown = published_slot(of, seat.slot.number) if seat else None
        names = {"title": seat.slot.title if seat else of.title, "when": place_words(shown) if shown else wording.days(of)}
        link = mine.open_link(registration)
        subject = _("Votre place est gardée : %(title)s") % names
        opening = [_("Votre place est gardée : « %(title)s », %(when)s.") % names]
        tail = [_("Cela ne vous va plus ? Rendez votre place ici, une autre personne l’aura :"), link]
        return subject, opening, [], tail, (_("Votre place est gardée : %(title)s, %(when)s. Votre inscription :") % names) + f" {link}"
    cancel = mine.cancel_link(registration)
    names = {"title": of.title, "when": edition_words(of), "days": wording.days(of), "code": show_code(booking.code)}
    if booking.state == State.WAITING:
        subject = _("Liste d’attente : %(title)s") % names
        opening = [_("Vous êtes sur la liste d’attente de « %(title)s », %(days)s. On vous prévient si une place se libère.") % names]
    else:
        subject = _("Votre inscription : %(title)s") % names
        opening = [_("Votre place est gardée : « %(title)s », %(when)s.") % names]
    tail = [
        _("Votre code, à montrer à l’entrée : %(code)s") % names, "",
        _("Vous ne pouvez pas venir ? Annulez ici, une autre personne aura la place :"), cancel,
    ]  # fmt: skip
    short = f"{subject}, {names['days']}. " + (_("Votre code : %(code)s. Annuler :") % names) + f" {cancel}"
    return subject, opening, _sessions(registration), tail, short


def _edition_changed(registration: Registration, before: str) -> Words:
    of = registration.edition
    names = {"title": of.title, "before": before, "now": edition_words(of)}
    cancel = mine.cancel_link(registration)
    subject = _("Changement : %(title)s") % names
    opening = [
        _("« %(title)s » change de jour, d’heure ou de lieu.") % names,
        _("Avant : %(before)s.") % names,
        _("Maintenant : %(now)s.") % names,
    ]
    programme = site_address("events:programme", of.slug)
    tail = [
        _("Votre inscription est gardée. Le programme :") + " " + programme, "",
        _("Vous ne pouvez pas venir ? Annulez ici, une autre personne aura la place :"), cancel,
    ]  # fmt: skip
    return subject, opening, [], tail, (_("Changement : %(title)s. Maintenant : %(now)s. Annuler :") % names) + f" {cancel}"


def _followed_off(registration: Registration, slot: Slot) -> Words:
    names = {"title": slot.title, "reason": slot.cancel_reason.rstrip(".")}
    address = site_address("events:programme", registration.edition.slug)
    opening = [_("« %(title)s » est annulé. Motif : %(reason)s.") % names, _("Le reste de votre inscription ne change pas.")]
    short = _("Annulé : %(title)s. Motif : %(reason)s.") % names
    return _("Annulé : %(title)s") % names, opening, [], [_("Le programme :"), address], f"{short} {address}"


def _sessions(registration: Registration) -> list[str]:
    """The sessions of a registration, one line each, under a title; empty without any."""
    of = registration.edition
    shown = {slot.guid: slot for slot in published_slots(of) if not slot.cancelled}
    seats = registration.seats.select_related("slot", "booking").filter(booking__state__in=LIVING)
    held = [(shown[str(seat.slot.guid)], seat.booking.state) for seat in seats if str(seat.slot.guid) in shown]
    lines = []
    for slot, state in sorted(held, key=lambda one: (one[0].starts_at is None, one[0].starts_at, one[0].number)):
        waits = " " + _("(sur la liste d’attente)") if state in (State.WAITING, State.OFFERED) else ""
        lines.append(f"- {slot.title} : {place_words(slot)}{waits}")
    return [_("Vos séances :"), *lines] if lines else []


def _reminder(registration: Registration) -> Words:
    of = registration.edition
    names = {"title": of.title, "days": wording.days(of), "code": show_code(registration.booking.code)}
    cancel = mine.cancel_link(registration)
    subject = _("Rappel : %(title)s, %(days)s") % names
    opening = [_("« %(title)s » approche : %(days)s.") % names]
    about = _sessions(registration)
    programme = site_address("events:programme", of.slug)
    tail = [
        _("Votre code, à montrer à l’entrée : %(code)s") % names, _("Le programme peut changer :") + " " + programme, "",
        _("Vous ne pouvez pas venir ? Annulez ici, une autre personne aura la place :"), cancel,
    ]  # fmt: skip
    return subject, opening, about, tail, (_("Rappel : %(title)s, %(days)s. Annuler :") % names) + f" {cancel}"
