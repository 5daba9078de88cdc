"""Contracts and courses written by an older version, brought to this one: what the migrations make of their rows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest
from django.db import connections, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState
from django.utils import timezone

from yole.base.migrating import fresh_state

LAST = ("advisers", "0005_places_of_courses")


class Old:
    """The tables of the room as an older version left them, by the owner's connection: dropped and made again up to a migration, inside a
    transaction that is undone. PostgreSQL undoes tables too, and going back through newer migrations would take half a minute."""

    def __init__(self) -> None:
        self.owner = connections["owner"]
        self.graph = MigrationLoader(self.owner).graph
        self.plan = [node for node in self.graph.forwards_plan(LAST) if node[0] == "advisers"]
        self.state = ProjectState()
        for node in self.graph.forwards_plan(LAST):
            if node[0] != "advisers":
                self.state = self.graph.nodes[node].mutate_state(self.state, preserve=False)
        with self.owner.cursor() as cursor:
            cursor.execute("SELECT relname FROM pg_class WHERE relname LIKE 'advisers\\_%' AND relkind = 'r'")
            tables = ", ".join(name for (name,) in cursor.fetchall())
            cursor.execute("SELECT proname FROM pg_proc WHERE proname LIKE 'advisers\\_%'")
            functions = ", ".join(name for (name,) in cursor.fetchall())
            cursor.execute(f"DROP TABLE {tables} CASCADE; DROP FUNCTION {functions}")

    def forward(self, name: str) -> Any:
        """The models once migrated to `name`."""
        with self.owner.cursor() as cursor:  # the checks of rows written here, which an upgrade finds done; those of the migration wait
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
        while self.plan and self.plan[0][1] <= name:
            with self.owner.schema_editor() as editor:
                self.state = self.graph.nodes[self.plan.pop(0)].apply(self.state, editor)
        self.state.clear_delayed_apps_cache()  # drawn whole again, as for a migration that runs Python
        return self.state.apps

    def back(self, name: str, to: Any) -> Any:
        """The models once `name` is undone; `to`: the state before it."""
        with self.owner.schema_editor() as editor:
            self.graph.nodes["advisers", name].unapply(to, editor)
        return to.apps


@contextmanager
def old() -> Iterator[Old]:
    with transaction.atomic(using="owner"), fresh_state():
        yield Old()
        transaction.set_rollback(True, using="owner")


def of(apps: Any, label: str) -> Any:
    return apps.get_model(*label.split(".")).objects.using("owner")


def _relation(apps: Any) -> Any:
    now, day = timezone.now(), date(2026, 1, 1)
    territory = of(apps, "territory.Territory").create(slug="essai", name="Essai", languages=["fr"], time_zone="America/Martinique")
    commune = of(apps, "territory.Commune").create(
        code="97209",
        name="Fort-de-France",
        sort_key="f",
        search_key="f",
        departement="972",
        lat=14.6,
        lon=-61.0,
        source="x",
        source_date="2026",
    )
    host = of(apps, "advisers.Host").create(
        territory=territory, code="HHHHHHHHHH", name="Mairie (fictif)", siret="0" * 14, kind="COMMUNE", commune=commune, need="x", asked=3,
        starts_on=day, sealed=b"x", state="VALIDATION_COSELEC", opinion="favorable", decided_on=day, minutes="CR-1", granted=3,
    )  # fmt: skip
    a_round = of(apps, "advisers.Round").create(territory=territory, rule="experience", figures={}, answer_before=day)

    def make(number: int, grant: int) -> Any:
        candidate = of(apps, "advisers.Candidate").create(
            territory=territory, code=f"CCCCCCCCC{number}", sealed=b"x", commune=commune, reach_km=5, available_from=day,
            situation="looking", state="recrute", consent_version="x",
        )  # fmt: skip
        post = of(apps, "advisers.Post").create(host=host, number=number, starts_on=day, grant=grant, state="occupe")
        return of(apps, "advisers.Relation").create(
            round=a_round, candidate=candidate, post=post, metres=1, state="recrutee", candidate_yes_at=now, host_yes_at=now
        )

    return make


@pytest.mark.django_db(databases=["default", "owner"])
def test_old_contracts_take_the_grant_of_their_post_and_an_early_end_is_a_break() -> None:
    with old() as tables:
        before = tables.forward("0003_money_and_parity")
        make = _relation(before)
        first, last = date(2026, 1, 1), date(2026, 12, 31)
        runs, broken = make(1, 5_000_000), make(2, 4_000_000)
        for relation, more in ((runs, {}), (broken, {"ended_on": date(2026, 6, 30), "end_reason": "Départ (fictif)"})):
            of(before, "advisers.Contract").create(relation=relation, post=relation.post, starts_on=first, ends_on=last, **more)
        new = tables.forward("0004_training_renewal_interviews")
        found = {row.relation_id: row for row in of(new, "advisers.Contract").all()}
        kept, gone = found[runs.pk], found[broken.pk]
        assert (kept.grant, kept.state, kept.break_reason, kept.ended_on) == (5_000_000, "en_cours", "", None)
        assert (gone.grant, gone.state, gone.break_reason) == (4_000_000, "rupture", "autre")
        assert gone.ended_on == date(2026, 6, 30) and gone.end_reason == "Départ (fictif)"


@pytest.mark.django_db(databases=["default", "owner"])
def test_old_courses_get_their_places_and_their_enrolments_a_booking_and_back() -> None:
    with old() as tables:
        before = tables.forward("0004_training_renewal_interviews")
        older = tables.state.clone()
        make = _relation(before)
        rows = [make(number, 1) for number in range(3)]
        syllabus = of(before, "advisers.Syllabus").create(
            territory_id=rows[0].round.territory_id,
            kind="continue",
            title="Cours (fictif)",
            modules=[],
            valid_from=date(2026, 1, 1),
            source="x",
        )
        course = of(before, "advisers.Course").create(
            territory_id=syllabus.territory_id, syllabus=syllabus, place="Ici", trainer_name="x", capacity=2
        )
        of(before, "advisers.CourseSlot").create(course=course, day=date(2027, 1, 12), half="matin", starts="08:30", ends="12:00")
        for relation, state in zip(rows, ("inscrit", "abandon", "ajourne"), strict=True):
            of(before, "advisers.Enrolment").create(course=course, candidate=relation.candidate, state=state)
        new = tables.forward("0005_places_of_courses")
        made = of(new, "advisers.Course").select_related("places").get()
        assert (made.places.capacity, made.places.taken, made.places.seats) == (2, 2, 2)
        assert made.places.starts_at.isoformat().startswith("2027-01-12T12:30")  # 8 h 30 in Martinique
        states = of(new, "advisers.Enrolment").order_by("pk").values_list("state", "booking__state", "booking__name")
        assert [(state, held) for state, held, _name in states] == [("inscrit", "inscrit"), ("abandon", "annulé"), ("ajourne", "inscrit")]
        assert all(name.startswith("Dossier ") for _state, _held, name in states)
        back = tables.back("0005_places_of_courses", older)
        assert of(back, "advisers.Course").get().capacity == 2 and of(back, "advisers.Enrolment").count() == 3
