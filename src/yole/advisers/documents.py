"""The certificate of a training, as a tagged PDF, and its check by number and name."""

from __future__ import annotations

from dataclasses import dataclass

from yole.advisers import sealing
from yole.advisers.models import Enrolment
from yole.advisers.selectors_training import certificate as of_number
from yole.advisers.services_training import attended
from yole.base.addresses import site_address
from yole.base.errors import Refused
from yole.base.htmlpdf import pdf
from yole.base.scope import system_scope
from yole.kernel.text import fold


def certificate(enrolment: Enrolment) -> bytes:
    """Raises Refused before the certificate is given, or once the name is erased."""
    name = sealing.unseal(enrolment.candidate.sealed)[0]
    if enrolment.code is None:
        raise Refused("L’attestation n’est pas encore donnée.", code="not-given")
    if not name:
        raise Refused("Le nom a été effacé : l’attestation ne peut plus être faite.", code="erased")
    slots = list(enrolment.course.slots.all())
    return pdf(
        "advisers/documents/certificate.html",
        {
            "name": name,
            "enrolment": enrolment,
            "syllabus": enrolment.course.syllabus,
            "course": enrolment.course,
            "first": slots[0].day,
            "last": slots[-1].day,
            "minutes": attended(enrolment),
            "organisation": enrolment.course.territory.name,
            "address": site_address("advisers:certificate-check"),
        },
    )


@dataclass(frozen=True, slots=True)
class Checked:
    """A certificate found; `bears`: whether the name that was typed is its name (None once the name is erased)."""

    enrolment: Enrolment
    minutes: int
    bears: bool | None


def check(number: str, name: str) -> Checked | None:
    """What a number says, and whether it was given to somebody of that name; the name itself is never shown."""
    with system_scope():
        found = of_number(number)
        if found is None:
            return None
        kept = sealing.unseal(found.candidate.sealed)[0]
        same = sorted(fold(kept).split()) == sorted(fold(name).split()) if kept else None
        return Checked(found, attended(found), same)
