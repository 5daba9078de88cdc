"""The public verification: what was given is judged with this site's keys and lists, or the visitor's. Nothing is fetched."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from yole.base.addresses import site_address
from yole.passport import keys, services_status
from yole.passport.contexts import processor
from yole.passport.engine import containers, verification
from yole.passport.engine.did import Document, read_document
from yole.passport.engine.faults import FaultError
from yole.passport.engine.instants import read_instant
from yole.passport.engine.reading import read_json
from yole.passport.engine.structure import achievement_of
from yole.passport.models import Level

LARGEST = containers.LARGEST


def own_lists(document: dict[str, Any]) -> list[Any]:
    """The lists of this site that a credential names."""
    given = document.get("credentialStatus", [])
    found: list[Any] = []
    for entry in given if isinstance(given, list) else [given]:
        number = _number(entry.get("statusListCredential")) if isinstance(entry, dict) else None
        for suspensions in (False, True) if number is not None else ():
            text = services_status.published(number or 0, suspensions=suspensions)
            if text is not None:
                found.append(read_json(text.encode()))
    return found


def _number(address: Any) -> int | None:
    start = site_address("passport:list", 1).removesuffix("1")
    rest = address.removeprefix(start) if isinstance(address, str) and address.startswith(start) else ""
    return int(rest) if rest.isascii() and rest.isdigit() and len(rest) < 9 else None


@dataclass(frozen=True)
class Shown:
    """A verdict with the words of the page. `kind`: ok, warning or error; `level` is our own page of the level, when it is ours."""

    verdict: verification.Verdict
    kind: str
    title: str
    sentence: str
    level: Level | None
    dated: Any = None
    valid_from: Any = None
    valid_until: Any = None
    results: Sequence[tuple[str, str, int]] = ()
    description: str = ""
    key: str = ""
    ours: bool = False


def check(data: bytes, *, issuer_file: bytes = b"", list_file: bytes = b"") -> Shown:
    """Judges what was pasted, sent or read from a QR. Raises FaultError when there is no credential in it, or files that are not what
    they should be."""
    unpacked = containers.unpack(data)
    if unpacked.document is None:
        if unpacked.refusal is None:
            raise AssertionError("neither a document nor a refusal")
        return _shown({}, verification.refused(unpacked.refusal, timezone.now()), ours=False)
    document = unpacked.document
    documents: list[Document] = keys.documents()
    ours = {one.id for one in documents}
    lists = own_lists(document)
    if issuer_file.strip():
        given = read_document(read_json(issuer_file))
        if given.id not in ours:  # what this site says of itself cannot be replaced by a file
            documents.append(given)
    if list_file.strip():
        lists.append(read_json(list_file))
    verdict = verification.verify(document, at=timezone.now(), processor=processor(), documents=documents, lists=lists)
    return _shown(document, verdict, ours=verdict.issuer in ours)


def _shown(document: dict[str, Any], verdict: verification.Verdict, *, ours: bool) -> Shown:
    dated = min((seen.dated for seen in verdict.lists), default=None)
    kind, title, sentence = _words(verdict)
    achievement = achievement_of(document)
    return Shown(
        verdict,
        kind,
        title,
        sentence,
        _own_level(achievement) if ours and verdict.verified else None,
        dated,
        _instant(verdict.valid_from),
        _instant(verdict.valid_until),
        _results(document, achievement) if verdict.verified else (),
        _text(achievement.get("description")),
        _method(document),
        ours,
    )


def _words(verdict: verification.Verdict) -> tuple[str, str, str]:
    if not verdict.verified:
        return "error", _("Ce passeport n’est pas authentique"), _("Ne vous y fiez pas. Demandez un nouveau document à la personne.")
    if verdict.status == verification.VALID:
        if verdict.lists:
            return "ok", _("Ce passeport est authentique et en cours"), _("La signature tient. L’émetteur ne l’a pas retiré.")
        return (
            "warning",
            _("Ce passeport est signé, sans liste d’état"),
            _("L’émetteur n’a pas prévu de le retirer : un retrait ne se verrait pas."),
        )
    told = {
        verification.REVOKED: _("Ce passeport a été retiré"),
        verification.SUSPENDED: _("Ce passeport est suspendu"),
        verification.EXPIRED: _("Ce passeport a expiré"),
        verification.NOT_YET: _("Ce passeport n’est pas encore valable"),
        verification.UNKNOWN: _("La signature tient, l’état est inconnu"),
    }
    kind = "warning" if verdict.status in (verification.UNKNOWN, verification.NOT_YET) else "error"
    return kind, told[verdict.status], _("La signature est authentique, mais ce passeport ne suffit pas aujourd’hui.")


def _instant(text: str | None) -> Any:
    try:
        return read_instant(text, "date") if text else None
    except FaultError:
        return None


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _method(document: dict[str, Any]) -> str:
    proofs = document.get("proof")
    first = proofs[0] if isinstance(proofs, list) and proofs else proofs
    return _text(first.get("verificationMethod")).rpartition("#")[2] if isinstance(first, dict) else ""


def _own_level(achievement: dict[str, Any]) -> Level | None:
    start = site_address("passport:home") + "niveaux/"
    parts = _text(achievement.get("id")).removeprefix(start).strip("/").split("/")
    if not _text(achievement.get("id")).startswith(start) or len(parts) != 2:
        return None
    return Level.objects.select_related("scheme").filter(scheme__slug=parts[0], code=parts[1]).first()


def _results(document: dict[str, Any], achievement: dict[str, Any]) -> list[tuple[str, str, int]]:
    """(name, level, levels of the scale) of the areas that the holder chose to show."""
    subject = document.get("credentialSubject")
    given = subject.get("result", []) if isinstance(subject, dict) else []
    described = achievement.get("resultDescription", [])
    names = (
        {one["id"]: one for one in described if isinstance(one, dict) and isinstance(one.get("id"), str)}
        if isinstance(described, list)
        else {}
    )
    rows = []
    for one in given if isinstance(given, list) else []:
        about = names.get(one.get("resultDescription")) if isinstance(one, dict) else None
        if about is not None:
            scale = about.get("allowedValue")
            rows.append((_text(about.get("name")), _text(one.get("value")), len(scale) if isinstance(scale, list) else 0))
    return rows
