"""The words of each message, written when it is sent: short sentences, the hour of the territory, one link to cancel."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from yole.base.typography import clock, day, french
from yole.bookings.enums import State
from yole.bookings.outbox import Text
from yole.kernel.codes import show_code
from yole.workshops import links
from yole.workshops.enums import MessageKind
from yole.workshops.models import OutboundMessage, Session


def when(session: Session, at: datetime | None = None) -> str:
    """« jeudi 26 novembre à 9 h », in the territory's time."""
    local = (at or session.starts_at).astimezone(ZoneInfo(session.programme.territory.time_zone))
    return _("%(day)s à %(hour)s") % {"day": day(local.date()), "hour": clock(local.time())}


def where(session: Session) -> str:
    """The stop or place, its commune and the room, in one line; empty when not known."""
    parts = []
    if session.stop is not None:
        parts = [session.stop.name, session.stop.commune_name]
    elif session.place is not None:
        parts = [session.place.name, session.place.commune_name]
    parts.append(session.room)
    return ", ".join(dict.fromkeys(part for part in parts if part))


def write(message: OutboundMessage) -> Text:
    """The text of a message. Needs `message.session` with its programme, territory and place."""
    booking, session = message.booking, message.session
    title, date, place = session.programme.title, when(session), where(session)
    names = {
        "title": title,
        "date": date,
        "place": place,
        "there": ", ".join(filter(None, [date, place])),
        "reason": session.state_reason.rstrip("."),
    }
    cancel = links.cancel_link(booking)
    about = [f"{title}", _("Le %(date)s") % names]
    if place:
        about.append(_("Lieu : %(place)s") % names)
    code = _("Votre code : %(code)s") % {"code": show_code(booking.code)}
    quit_line = _("Vous ne pouvez pas venir ? Annulez ici, une autre personne aura la place :")
    kind = MessageKind(message.kind)
    tail = [code, "", quit_line, cancel]
    if kind == MessageKind.CANCELLED:
        subject = _("Annulé : %(title)s, le %(date)s") % names
        opening, tail = [_("Cette séance est annulée. Motif : %(reason)s.") % names], []
        if session.cohort_id:
            tail = [_("Les autres séances ont lieu. Votre inscription est gardée.")]
        short = _("Annulé : %(title)s, %(date)s. Motif : %(reason)s.") % names
    elif kind == MessageKind.MOVED:
        names["before"] = when(session, session.previous_starts_at) if session.previous_starts_at else ""
        subject = _("Changement : %(title)s") % names
        opening = [_("Cette séance change. Motif : %(reason)s.") % names]
        if names["before"] and names["before"] != date:
            opening.append(_("Elle était prévue le %(before)s.") % names)
        short = _("Changement : %(title)s a lieu le %(there)s. Annuler :") % names + " " + cancel
    elif kind == MessageKind.OFFER:
        until = when(session, booking.offer_expires_at)
        subject = _("Une place est libre : %(title)s") % names
        opening = [_("Une place s’est libérée pour vous. Répondez avant le %(until)s.") % {"until": until}]
        answer = links.offer_link(booking)
        tail = [_("Dire oui ou non :"), answer, "", code]
        short = _("Une place est libre : %(title)s, %(date)s. Répondez avant le %(until)s :") % {**names, "until": until} + " " + answer
    elif kind == MessageKind.CONFIRMATION:
        waiting = booking.state == State.WAITING
        subject = (_("Liste d’attente : %(title)s") if waiting else _("Vous êtes inscrit : %(title)s")) % names
        opening = [
            _("Vous êtes sur la liste d’attente. On vous prévient si une place se libère.") if waiting else _("Votre place est gardée.")
        ]
        short = f"{subject}, {date}. {code}"
    else:
        subject = _("Rappel : %(title)s, le %(date)s") % names
        opening = [_("Votre atelier approche.")]
        short = _("Rappel : %(title)s, le %(there)s. Annuler :") % names + " " + cancel
    body = "\n".join([_("Bonjour %(name)s,") % {"name": booking.name}, "", *opening, "", *about, "", *tail]).rstrip() + "\n"
    return Text(french(" ".join(subject.split())), french(body), french(short))
