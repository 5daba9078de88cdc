"""Writes of the register: versions of what the platform declares, entries of the territory."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from yole.ai_register import declared, mails, permissions, selectors
from yole.ai_register.enums import Origin
from yole.ai_register.fields import CHOICE, DAY, FIELDS, MOST_LONG, MOST_SHORT, SHORT
from yole.ai_register.models import Entry, EntryVersion, Reading
from yole.base.errors import Refused
from yole.base.permissions import may, require
from yole.base.registries import ALGORITHMS
from yole.journal.references import reference
from yole.journal.services import record
from yole.organisations.models import Account
from yole.territory.models import Territory
from yole.territory.selectors import today


@transaction.atomic
def record_declared() -> int:
    """Writes a version of each declared algorithm whose words, rules, parameters or engine changed; one that is no longer declared is
    marked as stopped. Returns how many entries changed. Nothing on a second run."""
    changed = 0
    contents = declared.contents()
    for key, content in contents.items():
        entry, _ = Entry.objects.get_or_create(key=key, territory=None, defaults={"origin": Origin.DECLARED})
        entry = Entry.objects.select_for_update().get(pk=entry.pk)
        if entry.stopped_on is not None:
            entry.stopped_on = None
            entry.save()
        changed += _add_version(entry, content, None) is not None
    gone = Entry.objects.filter(origin=Origin.DECLARED, stopped_on__isnull=True).exclude(key__in=contents)
    return changed + gone.update(stopped_on=today())


def _add_version(entry: Entry, content: dict[str, str], author: Account | None) -> EntryVersion | None:
    """A new version, or None when the entry says this already. The entry is locked by the caller."""
    latest = entry.versions.order_by("-number").first()
    checksum = declared.checksum(content)
    if latest is not None and latest.checksum == checksum:
        return None
    number = latest.number + 1 if latest is not None else 1
    return EntryVersion.objects.create(entry=entry, number=number, content=content, checksum=checksum, author=author)


def _checked(given: dict[str, Any]) -> dict[str, str]:
    """The content to keep. Raises Refused naming the first field at fault."""
    content: dict[str, str] = {}
    for name, one in FIELDS.items():
        value = given.get(name)
        text = value.isoformat() if isinstance(value, date) else str(value or "").strip()
        if not text:
            if one.required:
                raise Refused(f"« {one.label} » manque.", field=name, code="missing")
            continue
        if len(text) > (MOST_SHORT if one.kind == SHORT else MOST_LONG):
            raise Refused(f"« {one.label} » est trop long.", field=name, code="too-long")
        if one.kind == CHOICE and text not in one.choices:
            raise Refused(f"« {one.label} » n’est pas dans la liste.", field=name, code="unknown")
        if one.kind == DAY and not _is_day(text):
            raise Refused(f"« {one.label} » n’est pas une date.", field=name, code="no-day")
        content[name] = text
    if content["risk"] == "inacceptable":
        raise Refused(
            "L’article 5 interdit cet usage : il ne s’inscrit pas, il s’arrête.",
            field="risk",
            code="forbidden-use",
            remedy="Parlez-en à la personne chargée de la protection des données.",
        )
    return content


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _free_key(territory: Territory, name: str) -> str:
    base = slugify(name.replace("’", " ").replace("'", " "))[:70] or "usage"
    taken = {*ALGORITHMS, *Entry.objects.filter(key__startswith=base).values_list("key", flat=True)}
    return next(key for key in (base, *(f"{base}-{number}" for number in range(2, len(taken) + 3))) if key not in taken)


@transaction.atomic
def add_entry(account: Account | None, territory: Territory, **given: Any) -> Entry:
    """An algorithm or AI use of the territory, by the fields of `fields.py`. Raises Refused with the field at fault.

    `account` is None for the house (demonstration).
    """
    _allow(account, territory)
    content = _checked(given)
    entry = Entry.objects.create(key=_free_key(territory, content["name"]), origin=Origin.BY_HAND, territory=territory, keeper=account)
    _publish(account, entry, content)
    return entry


@transaction.atomic
def change_entry(account: Account, entry: Entry, **given: Any) -> Entry:
    """A new version of an entry of the territory, also to say that it was read again and still holds. Raises Refused when stopped."""
    row = _locked(account, entry)
    if row.stopped_on is not None:
        raise Refused("Cet usage est arrêté. Inscrivez-en un nouveau s’il reprend.", code="stopped")
    _publish(account, row, _checked(given))
    row.keeper = account
    row.save()
    return row


@transaction.atomic
def stop_entry(account: Account, entry: Entry) -> Entry:
    """The use ended today; the entry stays, as the law wants its past to be readable."""
    row = _locked(account, entry)
    if row.stopped_on is not None:
        raise Refused("Cet usage est déjà arrêté.", code="stopped")
    row.stopped_on = today()
    row.save()
    _note(account, "ai-register.stop", row, {})
    return row


@transaction.atomic
def mark_read(account: Account, key: str) -> Reading:
    """Somebody of the territory read an algorithm of the platform again, as it runs now, and it holds. Raises Refused for an entry that the
    platform does not keep, or whose present version is not recorded yet."""
    require(account, permissions.WRITE)
    line = selectors.line(account.territory, key)
    if line is None or not line.declared or line.pk is None or line.stopped_on is not None:
        raise Refused("Cette entrée n’existe pas, ou le territoire la tient lui-même.", code="not-found", status=404)
    if not line.number:
        raise Refused("La version présente n’est pas encore inscrite.", remedy="Revenez dans quelques heures.", code="waiting")
    values = {"read_at": timezone.now(), "told_at": None, "account": account}
    row, _new = Reading.objects.update_or_create(entry_id=line.pk, territory=account.territory, number=line.number, defaults=values)
    record(
        "ai-register.read",
        reference("account", account.pk),
        reference("ai-use", line.pk),
        {"entry": key, "version": line.number, "checksum": line.history[0].checksum},
    )
    return row


def remind() -> int:
    """Tells the people in charge, once for each version, of the entries to read again: one message per person. Returns how many entries."""
    told = 0
    for territory in Territory.objects.order_by("pk"):
        due = {line.pk: line for line in selectors.lines(territory) if line.to_review and line.pk is not None and line.number}
        if due:
            told += _remind(territory, due)
    return told


@transaction.atomic
def _remind(territory: Territory, due: dict[int, selectors.Line]) -> int:
    """`due`: entries to read again, by their key."""
    people = [one for one in Account.objects.filter(territory=territory, is_active=True, is_fictional=False) if may(one, permissions.WRITE)]
    keepers = dict(Entry.objects.filter(pk__in=due).values_list("pk", "keeper"))
    names: dict[Account, list[str]] = {}
    told = 0
    for pk, line in due.items():
        concerned = [one for one in people if one.pk == keepers.get(pk)] or people
        if not concerned:
            continue  # nobody to tell yet: the next run asks again
        row, _new = Reading.objects.get_or_create(entry_id=pk, territory=territory, number=line.number)
        if not Reading.objects.filter(pk=row.pk, told_at__isnull=True).update(told_at=timezone.now()):
            continue
        told += 1
        for one in concerned:
            names.setdefault(one, []).append(line.content["name"])
    for one, listed in names.items():
        mails.to_read(one, listed)
    return told


def _allow(account: Account | None, territory: Territory) -> None:
    if account is None:
        return
    require(account, permissions.WRITE)
    if account.territory_id != territory.pk:
        raise Refused("Ce registre est celui d’un autre territoire.", code="elsewhere", status=404)


def _locked(account: Account, entry: Entry) -> Entry:
    require(account, permissions.WRITE)
    row = Entry.objects.select_for_update().filter(pk=entry.pk, origin=Origin.BY_HAND, territory_id=account.territory_id).first()
    if row is None:
        raise Refused("Cette entrée n’existe pas, ou la plateforme la tient elle-même.", code="not-found", status=404)
    return row


def _publish(account: Account | None, entry: Entry, content: dict[str, str]) -> None:
    # The day of reading is part of what an entry says: the same words, read again, are a version.
    made = _add_version(entry, {**content, "read_on": today().isoformat()}, account)
    if made is not None:
        _note(account, "ai-register.publish", entry, {"version": made.number, "checksum": made.checksum})


def _note(account: Account | None, action: str, entry: Entry, body: dict[str, Any]) -> None:
    if account is None:
        return
    record(action, reference("account", account.pk), reference("ai-use", entry.pk), {"entry": entry.key, **body})
