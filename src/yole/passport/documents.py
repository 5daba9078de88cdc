"""What the room prints: certificate, card, sheet of the ceremony, answer of the jury. Tagged PDF. A name that is printed is not kept."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils import timezone

from yole.base.addresses import site_address
from yole.base.htmlpdf import pdf
from yole.kernel.codes import show_code
from yole.passport import checking, services_awards
from yole.passport.engine import containers, pictures, proofs
from yole.passport.models import Award, Candidacy, Credential, Jury
from yole.passport.requirements import read_evidence
from yole.workshops import selectors as workshops

TYPES = {"json": "application/vc+ld+json", "png": "image/png", "svg": "image/svg+xml", "txt": "text/plain; charset=ascii"}


def contained(made: Credential, form: str) -> bytes:
    """The bytes of a credential: `json`, `png`, `svg`, or `txt` (what its QR code holds)."""
    document = json.loads(made.document)
    colour = pictures.colour_of(made.award.level.colour)
    if form == "png":
        return containers.bake_png(pictures.plain_png(colour), document)
    if form == "svg":
        return containers.bake_svg(pictures.plain_svg(document["name"], colour), document)
    if form == "txt":
        return qr_text(made).encode("ascii")
    return made.document.encode()


def qr_text(made: Credential) -> str:
    """The text of the printed QR: the proof that a telephone can check alone."""
    return containers.qr_text(json.loads(made.document), [proofs.JCS])


def _printed(made: Credential, name: str) -> dict[str, Any]:
    award = made.award
    level = award.level
    zone = ZoneInfo(level.scheme.territory.time_zone)
    shown = checking.check(made.document.encode())
    found = read_evidence(award.candidacy.evidence) if award.candidacy is not None else None
    exact = found.probability(level.rank) if found is not None else None
    return {
        "name": name,
        "award": award,
        "level": level,
        "scheme": level.scheme,
        "levels": level.scheme.levels.count(),
        "organisation": services_awards.issuer_name(level.scheme),
        "given_on": award.valid_from.astimezone(zone).date(),
        "until": award.valid_until.astimezone(zone).date() if award.valid_until else None,
        "dated": shown.dated.astimezone(zone).date() if shown.dated else None,
        "results": [(label, int(value), range(1, scale + 1)) for label, value, scale in shown.results if value.isdecimal()],
        "code": show_code(made.code),
        "qr_text": qr_text(made),
        "address": site_address("passport:verify"),
        "probability": round(exact * 100) if exact is not None else None,
    }


def certificate(made: Credential, name: str) -> bytes:
    """The A4 certificate; its QR verifies off line. `name` is what the holder types, or nothing."""
    return pdf("passport/documents/certificate.html", _printed(made, name))


def card(made: Credential, name: str) -> bytes:
    """The same on a small sheet to keep in a bag (A6)."""
    return pdf("passport/documents/card.html", _printed(made, name))


def claim_sheet(award: Award) -> bytes:
    """What a holder receives: the code that opens their passport. No name: it may be lost."""
    address = site_address("passport:claim")
    return pdf("passport/documents/claim.html", {"award": award, "code": show_code(award.claim), "address": address, "level": award.level})


def ceremony(jury: Jury, rows: Sequence[Candidacy], names: dict[UUID, str]) -> bytes:
    """Who receives what, in order, with a line to sign."""
    lines = [{"number": one.number, "name": names.get(one.pk, one.label), "level": one.level} for one in rows if one.level is not None]
    organisation = services_awards.issuer_name(jury.scheme)
    return pdf(
        "passport/documents/ceremony.html", {"jury": jury, "lines": lines, "organisation": organisation, "today": timezone.localdate()}
    )


def answer(candidacy: Candidacy, name: str) -> bytes:
    """The jury's answer to somebody who did not receive the passport: why, what to work on, the next workshops, how to ask again."""
    jury = candidacy.jury
    context = {
        "candidacy": candidacy,
        "name": name,
        "jury": jury,
        "organisation": services_awards.issuer_name(jury.scheme),
        "workshops": workshops.upcoming_sessions(jury.territory, 3),
        "phone": jury.territory.phone,
        "address": site_address("workshops:list"),
    }
    return pdf("passport/documents/answer.html", context)
