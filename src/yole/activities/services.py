"""Writes on reports: save (create or correct), copy, delete, put back. Files, attendance and coordination have their own modules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from yole.activities import linking, permissions, signals
from yole.activities.durations import usual
from yole.activities.enums import PlaceKind
from yole.activities.models import Activity, Participation, Preference
from yole.activities.reading import Problem, ReportRefusedError
from yole.activities.rules import Values, check
from yole.activities.selectors import data_of
from yole.base.errors import Refused
from yole.base.permissions import may, require
from yole.journal.references import reference
from yole.journal.services import record
from yole.kernel.text import fold
from yole.organisations.models import Account
from yole.people.services import check_text, touch
from yole.places.models import Place
from yole.territory import selectors as territory_selectors
from yole.territory.models import Commune
from yole.workshops.models import Session

RECENT = 30
LEARN_WITHIN = timedelta(days=60)
LEARNT = ("kind", "one_off", "place_kind", "materials", "themes", "admin_themes", "tags")
"""What « comme la dernière fois » repeats: nothing about anybody."""


@dataclass(frozen=True, slots=True)
class Saved:
    """`created`: it was not here; `changed`: something was written. Sending the same report again gives neither."""

    activity: Activity
    created: bool
    changed: bool


def save_activity(account: Account, data: Mapping[str, Any], uuid: UUID) -> Saved:
    """Writes a report, or corrects the one that has this key. The shape of `data` is that of `rules.check`.

    Sent twice, it is one report. With `version`, a correction made on an older version is refused (code `conflict`); without it the
    last one wins. Raises ReportRefusedError (every problem, with field and remedy) or Refused: right, person, place, deleted report.
    """
    require(account, permissions.REPORT)
    values, problems = check(data, today=territory_selectors.today())
    problems += scanned({"notes": values.notes, "procedure_details": values.procedure_details}, confirmed=values.confirmed)
    if any(problem.code == "nobody" for problem in problems) and _only_erased(uuid):
        problems = [problem for problem in problems if problem.code != "nobody"]
    if problems:
        raise ReportRefusedError(problems)
    try:
        return _save(account, values, uuid)
    except IntegrityError as error:
        if not any(name in str(error) for name in ("activities_activity_pkey", "activities_preference_pkey")):
            raise
    try:
        return _save(account, values, uuid)  # two devices wrote at the same moment, this report or the first of the account: it is here now
    except IntegrityError as error:
        if "activities_activity_pkey" not in str(error):
            raise
        raise Refused(  # the key is taken by a report that row policies hide from this account
            "Cette activité existe déjà dans une autre structure.",
            remedy="Ouvrez une nouvelle activité et saisissez-la de nouveau.",
            code="foreign",
            status=409,
        ) from None


def _only_erased(uuid: UUID) -> bool:
    """Whether a report still counts people whose cards were erased: it may be corrected without anybody else."""
    return Participation.objects.filter(activity_id=uuid, person__isnull=True).exists()


def scanned(texts: Mapping[str, str], *, confirmed: bool) -> list[Problem]:
    """What free text should not hold, as the room of people tells it: never a social-security number, the rest once confirmed."""
    found = []
    for field, text in texts.items():
        try:
            check_text([(field, text)], confirmed=confirmed)
        except Refused as refusal:
            found.append(Problem(field, refusal.reason, refusal.remedy, refusal.code))
    return found


@transaction.atomic
def _save(account: Account, values: Values, uuid: UUID) -> Saved:
    # Nearly every report is new: asked in few words first, and read and locked only when it is here.
    known = Activity.objects.filter(pk=uuid).exists()
    activity = Activity.objects.select_for_update(no_key=True).filter(pk=uuid).first() if known else None
    created = activity is None
    if activity is None:
        activity = Activity(
            pk=uuid,
            territory_id=account.territory_id,
            structure_id=account.structure_id,
            mediator_id=account.pk,
            is_fictional=account.is_fictional,
        )
        linked: dict[UUID | None, Participation] = {}
    else:
        require_correct(account, activity)
        linked = {one.person_id: one for one in activity.participations.all()}
    old_keys = None if created else signals.keys_of(activity)
    erased = sum(1 for key in linked if key is None)
    preference = Preference.objects.select_for_update().filter(pk=account.pk).first()
    fields = _resolved(account, values, activity, preference)
    fields["participants"] = values.anonymous_count + len(values.people) + erased
    day_moved = not created and activity.date != values.date
    wanted = {link.person for link in values.people}
    same_people = wanted == {key for key in linked if key is not None}
    if not created and same_people and all(getattr(activity, name) == value for name, value in fields.items()):
        return Saved(activity, created=False, changed=False)
    if not created and values.version is not None and values.version != activity.version:
        raise Refused(
            "Quelqu’un a corrigé cette activité depuis.",
            remedy="Comparez les deux versions, puis choisissez.",
            code="conflict",
        )
    people = linking.people_for(account, values.people, [key for key in linked if key is not None])
    others_report = not created and activity.mediator_id != account.pk
    for name, value in fields.items():
        setattr(activity, name, value)
    activity.changed_at = timezone.now()
    if created:
        activity.save(force_insert=True)
    else:
        activity.version += 1
        activity.save(force_update=True)
    _link(activity, values, people, linked, again=day_moved)
    if people:
        touch(people, activity.date)
    if created:
        learn(preference or Preference(account=account), activity)
    signals.changed.send(Activity, uuid=activity.pk, old_keys=old_keys, new_keys=signals.keys_of(activity))
    if others_report:
        _note(account, "activities.correct", activity)
    return Saved(activity, created=created, changed=True)


def require_correct(account: Account, activity: Activity) -> None:
    """Raises Refused unless the account may correct this report, which must still be there."""
    mine = activity.mediator_id == account.pk
    of_structure = account.structure_id is not None and activity.structure_id == account.structure_id
    if not mine and not (of_structure and may(account, permissions.CORRECT)):
        raise Refused(
            "Cette activité est celle de quelqu’un d’autre.",
            remedy="Demandez à la personne qui l’a saisie, ou à la coordination de sa structure.",
            code="forbidden",
            status=403,
        )
    if activity.deleted_at is not None:
        raise Refused("Cette activité a été supprimée.", remedy="Rétablissez-la, puis corrigez-la.", code="deleted")


def _resolved(account: Account, values: Values, activity: Activity, preference: Preference | None) -> dict[str, Any]:
    """Values of the columns: place and commune found in the territory. Remote help counts, for want of better, where the usual place is."""
    fields: dict[str, Any] = {
        name: getattr(values, name)
        for name in (
            *("kind", "one_off", "date", "minutes", "place_kind", "materials", "level", "autonomy", "redirection", "themes"),
            *("oriented_to_structure", "admin_themes", "procedure_details", "workshop_title", "tags", "notes", "anonymous_count"),
            *("already_known", "gender_counts", "age_counts", "status_counts"),
        )
    }
    fields["title_key"] = fold(values.workshop_title)
    if activity.v1_age_counts is not None:  # an archive that is corrected keeps its own bands
        fields["age_counts"] = None
    place_id, commune = values.place, values.commune
    if values.session is not None:
        session = Session.objects.filter(pk=values.session, territory_id=account.territory_id).select_related("stop").first()
        if session is None:
            raise Refused("Cette séance n’existe plus.", remedy="Choisissez un lieu.", field="session", code="session", status=422)
        fields["session_id"] = session.pk
        if values.place_kind == PlaceKind.ACTIVITY_PLACE and place_id is None:
            place_id = session.place_id or (session.stop.place_id if session.stop is not None else None)
            commune = commune or (session.stop.insee_code if session.stop is not None else "")
    else:
        fields["session_id"] = None
    if values.place_kind == PlaceKind.ACTIVITY_PLACE:
        place = place_of(account, place_id)
        place_id = place.pk
        commune = commune if place.kind == "itinerant" and commune else place.insee_code
    elif values.place_kind == PlaceKind.REMOTE and not commune:
        commune = preference.place.insee_code if preference is not None and preference.place is not None else ""
    fields["place_id"] = place_id
    fields["commune_id"] = known_commune(commune, required=values.place_kind in (PlaceKind.HOME, PlaceKind.OTHER))
    return fields


def place_of(account: Account, key: int | None) -> Place:
    """A place of the account's territory. Raises Refused when there is none."""
    place = Place.objects.filter(pk=key, territory_id=account.territory_id).only("pk", "kind", "insee_code").first() if key else None
    if place is None:
        raise Refused("Ce lieu n’existe pas.", remedy="Choisissez-le de nouveau dans la liste.", field="place", code="place", status=422)
    return place


def known_commune(code: str, *, required: bool) -> str | None:
    if code and Commune.objects.filter(pk=code).exists():
        return code
    if required:
        raise Refused("Cette commune n’est pas connue.", remedy="Choisissez-la dans la liste.", field="commune", code="commune", status=422)
    return None


def _link(
    activity: Activity, values: Values, people: Mapping[UUID, Any], linked: Mapping[UUID | None, Participation], *, again: bool
) -> None:
    """Adds and takes away people. Those who stay keep what was frozen, unless the day moved: then it is frozen at the new day."""
    gone = [one.pk for key, one in linked.items() if key is not None and (key not in people or again)]
    if gone:
        Participation.objects.filter(pk__in=gone).delete()
    new = [link for link in values.people if link.person not in linked or again]
    if not new:
        return
    unsaid = [link.person for link in new if link.already_known is None]
    before = linking.seen_before(unsaid, activity.date, activity.pk)
    Participation.objects.bulk_create(
        linking.participation(
            activity.pk,
            people[link.person],
            activity.date,
            already_known=link.person in before if link.already_known is None else link.already_known,
        )
        for link in new
    )


def learn(preference: Preference, activity: Activity) -> None:
    """Keeps what the quick form will propose: last values, usual place, own durations. `preference` is locked, or new."""
    if activity.date < territory_selectors.today() - LEARN_WITHIN:
        return
    preference.last = {name: getattr(activity, name) for name in LEARNT} | {"place": activity.place_id, "commune": activity.commune_id}
    if activity.place_id:
        preference.place_id = activity.place_id
    if activity.minutes:
        preference.recent_minutes = [activity.minutes, *preference.recent_minutes][:RECENT]
    if not preference.durations_chosen:
        preference.durations = usual(preference.recent_minutes)
    preference.save(force_insert=preference._state.adding)


@transaction.atomic
def choose_durations(account: Account, minutes: list[int]) -> Preference:
    """Durations chosen by hand (1 to 4); an empty list returns to those of use. Raises Refused out of 1 to 1,439 minutes."""
    require(account, permissions.REPORT)
    if len(minutes) > 4 or any(not 1 <= one <= 1439 for one in minutes):
        raise Refused("Choisissez quatre durées au plus, de 1 minute à 23 h 59.", field="durations", code="range", status=422)
    preference, _ = Preference.objects.select_for_update().get_or_create(account=account)
    preference.durations_chosen = bool(minutes)
    preference.durations = sorted(set(minutes)) or usual(preference.recent_minutes)
    preference.save()
    return preference


@transaction.atomic
def duplicate(account: Account, activity: Activity, uuid: UUID, *, on: date | None = None) -> Saved:
    """The same report on another day (today by default), without people, notes or session. Sent twice, it is one copy."""
    require_read(account, activity)
    data = data_of(activity) | {"date": on or territory_selectors.today(), "people": [], "notes": "", "session": None, "version": None}
    group = data["group"]
    if not group["total"]:  # a report about somebody: the copy counts as many people without name
        data["group"] = {"total": activity.participants}
    return save_activity(account, data, uuid)


def require_read(account: Account, activity: Activity) -> None:
    """Raises Refused unless the report is the account's or its structure's."""
    require(account, permissions.SEE)
    of_structure = account.structure_id is not None and activity.structure_id == account.structure_id
    if activity.mediator_id != account.pk and not of_structure:
        raise Refused("Cette activité est celle d’une autre structure.", code="forbidden", status=403)


@transaction.atomic
def delete(account: Account, uuid: UUID) -> Activity:
    """Takes a report out of every list and count; `restore` puts it back. Done twice, it is done once."""
    require(account, permissions.REPORT)
    activity = Activity.objects.select_for_update(no_key=True).get(pk=uuid)
    if activity.deleted_at is not None:
        require_read(account, activity)
        return activity
    require_correct(account, activity)
    return _moved(account, activity, timezone.now(), "activities.delete")


@transaction.atomic
def restore(account: Account, uuid: UUID) -> Activity:
    """Puts a deleted report back as it was."""
    require(account, permissions.REPORT)
    activity = Activity.objects.select_for_update(no_key=True).get(pk=uuid)
    if activity.deleted_at is None:
        require_read(account, activity)
        return activity
    deleted, activity.deleted_at = activity.deleted_at, None
    require_correct(account, activity)
    activity.deleted_at = deleted
    if activity.import_batch_id is not None and activity.import_batch is not None and activity.import_batch.undone_at is not None:
        raise Refused("Cette activité vient d’un import annulé.", remedy="Importez de nouveau le fichier.", code="undone")
    return _moved(account, activity, None, "activities.restore")


def _moved(account: Account, activity: Activity, deleted_at: datetime | None, act: str) -> Activity:
    old_keys = signals.keys_of(activity)
    activity.deleted_at, activity.changed_at = deleted_at, timezone.now()
    activity.version += 1
    activity.save(update_fields=["deleted_at", "changed_at", "version"])
    signals.changed.send(Activity, uuid=activity.pk, old_keys=old_keys, new_keys=signals.keys_of(activity))
    if activity.mediator_id != account.pk:
        _note(account, act, activity)
    return activity


def _note(account: Account, act: str, activity: Activity) -> None:
    """An act on somebody else's report is in the journal."""
    organisation = reference("structure", activity.structure_id) if activity.structure_id else ""
    record(act, reference("account", account.pk), reference("activity", activity.pk), {"version": activity.version}, organisation)
