"""Writes of the library: loads of sheets and synonyms, the day a sheet was verified, a synonym reviewed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.search import SearchVector
from django.db import connection, transaction
from django.db.models import Max, Value
from django.utils import timezone

from yole.base.errors import Refused
from yole.base.permissions import require
from yole.reference import files, permissions
from yole.reference.engine.words import search_text
from yole.reference.enums import Origin, Status
from yole.reference.files import Record
from yole.reference.models import Section, Sheet, SheetVersion, Synonym

_LOCK = 726580


@dataclass
class Loaded:
    """Sheets that a load added, changed (a new version, the former kept) or found as they were."""

    added: int = 0
    changed: int = 0
    same: int = 0


@transaction.atomic
def store(records: Iterable[Record], origin: Origin, source: str) -> Loaded:
    """Keeps sheets; a changed text is a new version. An official text replaces ours for the same number. Counts words again at the end.

    A text that changes is no longer verified: whoever verified it read other words.
    """
    done = Loaded()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    for one in records:
        _store_one(one, origin, source[:200], done)
    if done.added or done.changed:
        count_words()
    return done


def _store_one(one: Record, origin: Origin, source: str, done: Loaded) -> None:
    sheet = Sheet.objects.filter(code=one.code).first()
    if sheet is not None and sheet.origin == Origin.OFFICIAL and origin == Origin.PROJECT:
        done.same += 1
        return
    if sheet is None:
        sheet = Sheet.objects.create(
            code=one.code, origin=origin, theme=one.theme, url=one.url, benefits=list(one.benefits), held_on=one.held_on
        )
        done.added += 1
    else:
        Sheet.objects.filter(pk=sheet.pk).update(
            origin=origin,
            theme=one.theme or sheet.theme,
            url=one.url or sheet.url,
            benefits=list(one.benefits) or sheet.benefits,
            held_on=one.held_on or sheet.held_on,
        )
        if sheet.versions.filter(is_current=True, checksum=one.checksum).exists():
            done.same += 1
            return
        Sheet.objects.filter(pk=sheet.pk).update(verified_on=None, verified_by=None)
        done.changed += 1
    sheet.versions.filter(is_current=True).update(is_current=False)
    number = (sheet.versions.aggregate(last=Max("number"))["last"] or 0) + 1
    version = SheetVersion.objects.create(
        sheet=sheet, number=number, title=one.title, dated=one.dated, source=source, checksum=one.checksum
    )
    Section.objects.bulk_create(
        Section(
            version=version,
            order=order,
            path=list(path),
            content=text,
            words=len(text.split()),
            search=SearchVector(Value(search_text(" ".join(path))), config="french", weight="A")
            + SearchVector(Value(search_text(text)), config="french", weight="D"),
        )
        for order, (path, text) in enumerate(one.sections)
    )


def count_words() -> None:
    """Counts again in how many sections of the published sheets each word stands."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM reference_lexeme")
        cursor.execute(
            "INSERT INTO reference_lexeme (word, sections) SELECT word, ndoc FROM ts_stat($q$SELECT s.search FROM reference_section s "
            "JOIN reference_sheetversion v ON v.id = s.version_id JOIN reference_sheet t ON t.id = v.sheet_id "
            "WHERE v.is_current AND t.status = 'published'$q$)"
        )


@transaction.atomic
def store_synonyms(rows: Iterable[tuple[str, str, bool]]) -> int:
    """Adds the pairs that are not there yet; returns how many. What an adviser reviewed on the site stays reviewed."""
    made = 0
    for everyday, term, reviewed in rows:
        keys = {"everyday_key": search_text(everyday), "official_key": search_text(term)}
        _row, added = Synonym.objects.get_or_create(**keys, defaults={"everyday": everyday, "official": term, "is_reviewed": reviewed})
        made += added
    return made


@transaction.atomic
def load_own() -> Loaded:
    """The sheets and synonyms that the project carries. Does nothing the second time."""
    store_synonyms(files.read_synonyms())
    return store(files.read_own(), Origin.PROJECT, "Yole")


@transaction.atomic
def verify(account: Any, code: str) -> Sheet:
    """A named account compared the sheet with the official one today. Raises Refused: not allowed, unknown, no official address."""
    require(account, permissions.VERIFY)
    sheet = Sheet.objects.select_for_update().filter(code=code, status=Status.PUBLISHED).first()
    if sheet is None:
        raise Refused("Cette fiche n’existe pas.", code="unknown", status=404)
    if not sheet.url:
        raise Refused("Cette fiche n’a pas d’adresse officielle : on ne peut pas la vérifier.", code="no-address")
    sheet.verified_on, sheet.verified_by = timezone.localdate(), account
    sheet.save(update_fields=["verified_on", "verified_by"])
    return sheet


@transaction.atomic
def review_synonym(account: Any, pk: int, *, right: bool) -> None:
    """An adviser says that a pair is right, or takes it away. Raises Refused."""
    require(account, permissions.VERIFY)
    pair = Synonym.objects.select_for_update().filter(pk=pk).first()
    if pair is None:
        raise Refused("Cette ligne n’existe plus.", code="unknown", status=404)
    if right:
        pair.is_reviewed = True
        pair.save(update_fields=["is_reviewed"])
    else:
        pair.delete()
