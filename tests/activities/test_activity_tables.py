"""What the tables refuse by themselves, whoever writes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import DataError, IntegrityError, transaction


def test_a_right_row_is_taken(row: Callable[..., Any]) -> None:
    assert row().pk
    assert row(schema="cnfs-v1", minutes=None, age_counts=None, v1_age_counts=[0, 0, 2, 1, 0], themes=[]).pk


@pytest.mark.parametrize(
    ("rule", "fields"),
    [
        ("kind", {"kind": "ponctuel"}),
        ("place_kind", {"place_kind": "bureau", "place": None}),
        ("schema", {"schema": "autre"}),
        ("date", {"date": "1926-11-20"}),
        ("minutes", {"minutes": 1440}),
        ("minutes", {"minutes": None}),
        ("place_where", {"place_kind": "domicile"}),
        ("materials", {"materials": ["minitel"]}),
        ("level", {"level": "expert"}),
        ("level", {"kind": "individuel", "level": "debutant"}),
        ("autonomy", {"autonomy": "autonome"}),
        ("redirection", {"redirection": "mairie"}),
        ("themes", {"themes": []}),
        ("themes", {"themes": ["cuisine"]}),
        ("admin_themes", {"admin_themes": ["logement"]}),
        ("admin_themes", {"procedure_details": "RSA"}),
        ("group", {"already_known": 5}),
        ("participants", {"participants": 3}),
        ("participants", {"participants": 10_001}),
        ("margins", {"gender_counts": None}),
        ("margins", {"v1_age_counts": [0, 0, 0, 0, 0]}),
        ("margins", {"schema": "cnfs-v1"}),
        ("gender_margin", {"gender_counts": [1, 2, 0]}),
        ("gender_margin", {"gender_counts": [1, 4, 1]}),
        ("gender_margin", {"gender_counts": [1, 3]}),
        ("gender_margin", {"gender_counts": [None, 3, 1]}),
        ("age_margin", {"age_counts": [4, 0, 0, 0, 0, 0, 0, 1]}),
        ("status_margin", {"status_counts": [0, 0, 0, 0, 0]}),
        ("v1_age_margin", {"schema": "cnfs-v1", "age_counts": None, "v1_age_counts": [5, 0, 0, 0, 0]}),
    ],
)
def test_a_wrong_row_is_refused(row: Callable[..., Any], rule: str, fields: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError, match=f"activities_(activity_)?{rule}"), transaction.atomic():
        row(**fields)


@pytest.mark.parametrize("fields", [{"anonymous_count": -1}, {"gender_counts": [-1, 5, 0]}, {"age_counts": [-1, 0, 0, 0, 0, 0, 0, 5]}])
def test_nothing_is_negative(row: Callable[..., Any], fields: dict[str, Any]) -> None:
    with pytest.raises((IntegrityError, DataError)), transaction.atomic():
        row(**fields)


def _coordination(house: Any, **fields: Any) -> Any:
    from yole.activities.models import Coordination

    return Coordination.objects.create(
        territory=house.territory, structure=house.structure, coordinator=house.coordinator, date="2026-11-20", **fields
    )


ANIMATION = {"kind": "animation", "animation_kind": "comite", "initiative": "demande", "mediators": 3, "structures": 0, "other_actors": 0}
EVENT = {"kind": "evenement", "event_kind": "national", "organisers": ["hub"], "participants": 0}
PARTNERSHIP = {"kind": "partenariat", "natures": ["subvention"], "partners": [{"nom": "Ville", "type": "commune"}]}


@pytest.mark.parametrize("fields", [ANIMATION, EVENT, PARTNERSHIP])
def test_a_right_coordination_is_taken(house: Any, fields: dict[str, Any]) -> None:
    assert _coordination(house, **fields).pk


@pytest.mark.parametrize(
    ("rule", "fields"),
    [
        ("kind", {"kind": "reunion"}),
        ("one_kind", {**ANIMATION, "event_kind": "national"}),
        ("one_kind", {**EVENT, "mediators": 1}),
        ("one_kind", {**PARTNERSHIP, "organisers": ["hub"]}),
        ("animation", {**ANIMATION, "mediators": 0}),
        ("animation", {**ANIMATION, "mediators": None}),
        ("animation", {**ANIMATION, "animation_kind": "fete"}),
        ("event", {**EVENT, "organisers": []}),
        ("event", {**EVENT, "participants": None}),
        ("partnership", {**PARTNERSHIP, "natures": []}),
        ("partnership", {**PARTNERSHIP, "partners": []}),
        ("scale", {**EVENT, "scale": "mondial"}),
        ("other_told", {**ANIMATION, "animation_kind": "autre"}),
        ("other_told", {**EVENT, "organisers": ["autre"]}),
        ("other_told", {**PARTNERSHIP, "natures": ["autre"]}),
    ],
)
def test_a_wrong_coordination_is_refused(house: Any, rule: str, fields: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError, match=f"activities_coordination_{rule}"), transaction.atomic():
        _coordination(house, **fields)
