"""Writes on frames, roadmaps, axes, objectives and committees, and what every write of the room shares.

`account` is the signed-in person; None is the house itself (demonstration, import, nightly work).
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from importlib import resources
from typing import Any

from django.db import transaction

from yole.base.errors import Refused
from yole.journal.references import reference
from yole.journal.services import record
from yole.organisations.acting import actor, allow
from yole.organisations.models import Account, Structure
from yole.roadmap import permissions
from yole.roadmap.enums import CommitteeKind, Frequency, Perimeter
from yole.roadmap.models import Axis, Committee, Frame, FrameAxis, FrameEngagement, Governance, Member, Objective, Roadmap
from yole.territory.models import Territory

NATIONAL = "france-numerique-ensemble"


def prove(action: str, account: Account | None, kind: str, pk: object, body: dict[str, Any] | None = None) -> None:
    """One line of the journal, last in the transaction of the act."""
    record(f"roadmap.{action}", actor(account), reference(kind, pk), body or {})


def filled(value: str, field: str, reason: str) -> str:
    """A text with its spaces tidied. Raises Refused when it is empty."""
    text = " ".join(value.split())
    if not text:
        raise Refused(reason, field=field, code="missing")
    return text


def same_territory(territory_id: int, **things: Any) -> None:
    """Raises Refused when a linked object is of another territory."""
    for field, thing in things.items():
        if thing is not None and thing.territory_id != territory_id:
            raise Refused("Cet élément est d’un autre territoire.", field=field, code="elsewhere")


@transaction.atomic
def install_frame(account: Account | None, territory: Territory, name: str = NATIONAL) -> Frame:
    """Puts a frame shipped with Yole in a territory, once; the territory completes it."""
    allow(account, permissions.FRAME, territory.pk)
    found = Frame.objects.filter(territory=territory, uid=name).first()
    if found is not None:
        return found
    data = json.loads((resources.files("yole.roadmap.frames") / f"{name}.json").read_text(encoding="utf-8"))
    frame = Frame.objects.create(
        territory=territory, uid=name, name=data["name"], publisher=data["publisher"], source=data["source"], url=data["url"],
        read_on=date.fromisoformat(data["read_on"]), periods=data["periods"], aim=data["aim"], aim_source=data["aim_source"],
    )  # fmt: skip
    FrameAxis.objects.bulk_create(
        FrameAxis(territory=territory, uid=f"{name}-axe-{n}", frame=frame, number=n, title=title) for n, title in enumerate(data["axes"], 1)
    )
    known = {one["number"]: one for one in data["engagements"]}
    FrameEngagement.objects.bulk_create(
        FrameEngagement(
            territory=territory, uid=f"{name}-{n}", frame=frame, number=n, wording=known.get(n, {}).get("wording", ""),
            source=known.get(n, {}).get("source", ""),
        )
        for n in range(1, data["engagements_in_all"] + 1)
    )  # fmt: skip
    return frame


def check_periods(periods: Iterable[dict[str, Any]]) -> None:
    """Raises Refused for a range of years without source or in the wrong order."""
    for one in periods:
        if not str(one.get("source", "")).strip():
            raise Refused("Chaque période a une source.", field="periods", code="missing")
        if not 1990 <= int(one["from"]) <= int(one["to"]) <= 2100:
            raise Refused("Une période va d’une année à une autre, dans l’ordre.", field="periods", code="order")


@transaction.atomic
def change_frame(account: Account | None, frame: Frame, *, source: str, read_on: date, periods: list[dict[str, Any]]) -> Frame:
    """What the territory knows better of its frame: source, date it was read, ranges of years with their sources."""
    allow(account, permissions.FRAME, frame.territory_id)
    check_periods(periods)
    frame.source = filled(source, "source", "Écrivez la source.")
    frame.read_on, frame.periods = read_on, periods
    frame.save()
    return frame


@transaction.atomic
def word_engagement(account: Account | None, engagement: FrameEngagement, *, wording: str, source: str) -> FrameEngagement:
    """Fills the wording of a national engagement, with its source. Both or neither. Raises Refused."""
    allow(account, permissions.FRAME, engagement.territory_id)
    engagement.wording, engagement.source = " ".join(wording.split()), " ".join(source.split())
    if engagement.wording and not engagement.source:
        raise Refused("Donnez la source de ce texte.", remedy="Un texte sans source ne se publie pas.", field="source", code="missing")
    engagement.save()
    return engagement


@transaction.atomic
def create_roadmap(
    account: Account | None, territory: Territory, *, name: str, starts_on: date, ends_on: date, frame: Frame | None = None,
    carrier: Structure | None = None, perimeter: str = Perimeter.DEPARTEMENT, context: str = "", is_fictional: bool = False,
) -> Roadmap:  # fmt: skip
    """A roadmap with the axes of its frame, to complete. Raises Refused."""
    allow(account, permissions.FRAME, territory.pk)
    same_territory(territory.pk, frame=frame, carrier=carrier)
    if ends_on <= starts_on:
        raise Refused("La fin vient après le début.", field="ends_on", code="order")
    made = Roadmap.objects.create(
        territory=territory, name=filled(name, "name", "Écrivez un nom."), starts_on=starts_on, ends_on=ends_on, frame=frame,
        carrier=carrier, perimeter=perimeter, context=context.strip(), is_fictional=is_fictional,
    )  # fmt: skip
    for one in frame.axes.all() if frame is not None else ():
        Axis.objects.create(territory=territory, roadmap=made, number=one.number, title=one.title, frame_axis=one)
    return made


@transaction.atomic
def change_roadmap(account: Account | None, roadmap: Roadmap, **fields: Any) -> Roadmap:
    """Changes name, starts_on, ends_on, carrier, perimeter, context. Raises Refused."""
    allow(account, permissions.FRAME, roadmap.territory_id)
    same_territory(roadmap.territory_id, carrier=fields.get("carrier"))
    for name in ("name", "starts_on", "ends_on", "carrier", "perimeter", "context"):
        if name in fields:
            setattr(roadmap, name, fields[name])
    roadmap.name = filled(roadmap.name, "name", "Écrivez un nom.")
    if roadmap.ends_on <= roadmap.starts_on:
        raise Refused("La fin vient après le début.", field="ends_on", code="order")
    roadmap.save()
    return roadmap


@transaction.atomic
def add_axis(account: Account | None, roadmap: Roadmap, *, title: str) -> Axis:
    allow(account, permissions.FRAME, roadmap.territory_id)
    number = max(roadmap.axes.values_list("number", flat=True), default=0) + 1
    return Axis.objects.create(
        territory_id=roadmap.territory_id, roadmap=roadmap, number=number, title=filled(title, "title", "Écrivez un titre.")
    )


@transaction.atomic
def save_objective(
    account: Account | None, axis: Axis, objective: Objective | None, *, title: str, definition: str = "",
    due_on: date | None = None, source: str = "",
) -> Objective:  # fmt: skip
    """A new objective, or a change of one. Raises Refused."""
    allow(account, permissions.FRAME, axis.territory_id)
    made = objective or Objective(territory_id=axis.territory_id)
    made.axis, made.title = axis, filled(title, "title", "Écrivez un titre.")
    made.definition, made.due_on, made.source = definition.strip(), due_on, source.strip()
    made.save()
    return made


@transaction.atomic
def save_committee(
    account: Account | None, territory: Territory, committee: Committee | None, *, name: str, kind: str = CommitteeKind.STRATEGIC,
    frequency: str = Frequency.QUARTERLY, next_on: date | None = None, comment: str = "",
) -> Committee:  # fmt: skip
    """A new committee, or a change of one. Raises Refused."""
    allow(account, permissions.FRAME, territory.pk)
    same_territory(territory.pk, committee=committee)
    made = committee or Committee(territory=territory)
    made.name = filled(name, "name", "Écrivez le nom du comité.")
    if kind not in CommitteeKind.values or frequency not in Frequency.values:
        raise Refused("Choisissez dans la liste.", field="kind", code="unknown")
    made.kind, made.frequency, made.next_on, made.comment = kind, frequency, next_on, comment.strip()
    made.save()
    return made


@transaction.atomic
def save_governance(account: Account | None, territory: Territory, departement: str, *, context: str, private_note: str) -> Governance:
    """The notes on the governance of a département. The private one is in no export. Raises Refused."""
    allow(account, permissions.FRAME, territory.pk)
    if departement not in territory.departements:
        raise Refused("Ce département n’est pas du territoire.", field="departement", code="unknown")
    made, _created = Governance.objects.update_or_create(
        territory=territory, departement=departement, defaults={"context": context.strip(), "private_note": private_note.strip()}
    )
    return made


@transaction.atomic
def add_member(account: Account | None, structure: Structure, *, is_copilot: bool, category: str = "") -> Member:
    """A structure joins the governance. Raises Refused when it is already there."""
    allow(account, permissions.FRAME, structure.territory_id)
    if Member.objects.filter(territory_id=structure.territory_id, structure=structure, left_on__isnull=True).exists():
        raise Refused("Cette structure est déjà membre.", field="structure", code="twice")
    return Member.objects.create(
        territory_id=structure.territory_id, structure=structure, is_copilot=is_copilot, category=category.strip(), status="confirme"
    )


@transaction.atomic
def member_leaves(account: Account | None, member: Member, on: date) -> Member:
    """The structure leaves; its line stays with the date."""
    allow(account, permissions.FRAME, member.territory_id)
    member.left_on = on
    member.save(update_fields=["left_on"])
    return member
