"""Messages of a round, of interviews, of training, of contracts that end. They name nobody; a link or a code opens the page to answer."""

from __future__ import annotations

import logging
from functools import partial
from smtplib import SMTPException

from django.core.mail import send_mail
from django.db import transaction
from django.utils.translation import gettext as _

from yole.advisers import feeds, links, sealing
from yole.advisers.enums import InterviewState, TrainingState
from yole.advisers.models import Candidate, Contract, Course, Host, Interview, Round
from yole.base.addresses import site_address

log = logging.getLogger(__name__)


def page_of(side: Candidate | Host) -> str:
    """The page of a side, opened by its code."""
    return site_address("advisers:file", side.code)


def _later(side: Candidate | Host, subject: str, body: str) -> None:
    """One message once the act is written. Nothing goes to invented ones, nor to an erased address."""
    email = sealing.unseal(side.sealed)[1]
    if email and not side.is_fictional:
        transaction.on_commit(partial(_send, email, subject, f"{_('Bonjour,')}\n\n{body}\n\nYole"), robust=True)


def _send(email: str, subject: str, body: str) -> None:
    try:
        send_mail(subject, body, None, [email])
    except (SMTPException, OSError):  # one address that fails keeps no message from the others
        log.warning("a message of the advisers room could not be sent")


def proposals(of: Round) -> None:
    """One message per candidate, with a link to this proposal alone, and one per structure, with its page."""
    before = {"before": f"{of.answer_before:%d/%m/%Y}"}
    subject = _("Une proposition vous attend")
    words = _("Une proposition vous attend. Dites oui ou non, jusqu’au %(before)s inclus, à cette adresse :") % before
    then = _("Ouvrir ce lien ne répond pas : un bouton vous le demande.")
    told = set()
    for one in of.relations.select_related("candidate", "post__host").order_by("pk"):
        _later(one.candidate, subject, f"{words}\n\n{links.address(one)}\n\n{then}")
        if one.post.host_id not in told:
            told.add(one.post.host_id)
            _later(one.post.host, subject, f"{words}\n\n{page_of(one.post.host)}")


def interview_proposed(one: Interview) -> None:
    """To the person: a slot is proposed, or was taken back."""
    off = one.state == InterviewState.CANCELLED
    subject = _("Un entretien est annulé") if off else _("Un entretien vous est proposé")
    words = (
        _("Un entretien est annulé. Voyez la suite à cette adresse :")
        if off
        else _("Un entretien vous est proposé. Acceptez-le, ou demandez un autre créneau, à cette adresse :")
    )
    _later(one.relation.candidate, subject, f"{words}\n\n{links.address(one.relation)}")


def interview_answered(one: Interview) -> None:
    """To the structure."""
    accepted = one.state == InterviewState.ACCEPTED
    subject = _("L’entretien est accepté") if accepted else _("Un autre créneau est demandé")
    host = one.relation.post.host
    _later(host, subject, _("Lisez la réponse à cette adresse :") + f"\n\n{page_of(host)}")


def contract_ends(contract: Contract) -> None:
    """To the structure, a few months before."""
    host = contract.post.host
    told = {"day": f"{contract.ends_on:%d/%m/%Y}", "number": contract.post.number}
    words = _("Le contrat du poste %(number)s finit le %(day)s. Dites à cette adresse si vous demandez son renouvellement :") % told
    _later(host, _("Un contrat finit bientôt"), f"{words}\n\n{page_of(host)}")


def enrolled(candidate: Candidate, course: Course) -> None:
    """To the adviser, with the calendar of their dates; the file itself opens with the code that they keep."""
    words = _("Vous êtes inscrit(e) à une formation : %(title)s. Vos dates, à suivre dans un agenda :") % {"title": course.syllabus.title}
    follow = site_address("advisers:follow")
    where = _("Votre dossier s’ouvre avec votre code :")
    _later(candidate, _("Vous êtes inscrit(e) à une formation"), f"{words}\n\n{feeds.address(candidate)}\n\n{where}\n\n{follow}")


def waiting(candidate: Candidate, course: Course) -> None:
    """To the adviser: every place is taken."""
    told = {"title": course.syllabus.title}
    words = _("Les places de cette formation sont prises : %(title)s. Vous êtes sur la liste d’attente.") % told
    then = _("Si une place se libère, elle est pour vous et un message vous le dit. Vous ne la voulez plus ? Dites-le à votre référent.")
    _later(candidate, _("Formation : vous êtes sur la liste d’attente"), f"{words}\n\n{then}")


def course_cancelled(course: Course) -> None:
    """To each adviser who was to come."""
    told = {"title": course.syllabus.title, "reason": course.cancelled}
    words = _("Une formation n’aura pas lieu : %(title)s. Raison : %(reason)s") % told
    for one in course.enrolments.filter(state__in=[TrainingState.ENROLLED, TrainingState.ADJOURNED, TrainingState.WAITING]).select_related(
        "candidate"
    ):
        _later(one.candidate, _("Une formation est annulée"), words)
