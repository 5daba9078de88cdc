from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yole.territory import importing, maps, selectors
from yole.territory.engine.lines import Projection, simplify_together
from yole.territory.models import Territory
from yole.territory.records import gather

BOX = (-61.23, 14.39, -60.81, 14.88)


def test_north_is_up_and_corners_are_inside() -> None:
    projection = Projection.fit(*BOX, height=605)
    assert projection.height == 605
    assert projection.xy(14.88, -61.23) == (10, 10)
    assert projection.xy(14.39, -60.81) == (projection.width - 10, projection.height - 10)
    # One kilometre is as long to the east as to the north.
    assert projection.per_degree_x / projection.per_degree_y == pytest.approx(0.967, abs=0.001)


@given(st.floats(-85, 85), st.floats(-179, 179), st.floats(0.01, 4), st.floats(0.01, 4))
def test_a_box_always_fits(lat: float, lon: float, high: float, wide: float) -> None:
    projection = Projection.fit(lon, lat, lon + wide, lat + high, height=600)
    assert 0 < projection.width <= 1201
    assert 0 < projection.height <= 601
    x, y = projection.xy(lat + high / 2, lon + wide / 2)
    assert 0 <= x <= projection.width
    assert 0 <= y <= projection.height


@given(st.lists(st.tuples(st.floats(-0.2, 0.2), st.floats(-0.2, 0.2)), min_size=6, max_size=40))
def test_a_common_border_stays_common(wobble: list[tuple[float, float]]) -> None:
    """Two areas sharing a crooked side, each walked its own way and from its own start: the side keeps the same points in both."""
    count = len(wobble)
    side = [(0.0, 0.0), *((dx, 1 + i + dy) for i, (dx, dy) in enumerate(wobble)), (0.0, count + 1.0)]
    left = [*side, (-1.0, count + 1.0), (-1.0, 0.0), side[0]]
    right = [(1.0, 0.0), (1.0, count + 1.0), *side[::-1], (1.0, 0.0)]
    kept = simplify_together({"left": [[left]], "right": [[right]]}, tolerance=0.15)
    borders = [
        {point for point in zip(ring[::2], ring[1::2], strict=True) if abs(point[0]) < 5_000} for rings in kept.values() for ring in rings
    ]
    assert borders[0] == borders[1]
    assert {(0, 0), (0, (count + 1) * 10_000)} <= borders[0]


def test_small_waves_of_a_border_are_dropped() -> None:
    wavy = [(0.002 if i % 2 else 0.0, i / 100) for i in range(101)]
    square = [(-1.0, 0.0), *wavy, (-1.0, 1.0), (-1.0, 0.0)]
    assert len(simplify_together({"a": [[square]]}, tolerance=0.01)["a"][0]) <= 12


def test_a_grain_of_sand_is_dropped_but_never_the_whole() -> None:
    land = [(0, 0), (1, 0), (1, 1), (0, 1), (0, 0)]
    sand = [(5, 5), (5.001, 5), (5.001, 5.001), (5, 5.001), (5, 5)]
    assert len(simplify_together({"a": [[land], [sand]]}, 0.01)["a"]) == 1
    assert len(simplify_together({"a": [[sand]]}, 0.0001)["a"]) == 1


def test_paths_are_whole_numbers_relative_and_closed() -> None:
    path = Projection.fit(0, 0, 1, 1, height=120).path([[0, 0, 10_000, 0, 10_000, 10_000, 0, 10_000]])
    assert path == "M10 110l100 0 0-100-100 0z"


def test_without_contours_the_island_is_an_outline(martinique: Territory) -> None:
    drawn = maps.island_map()
    assert len(drawn.areas) == 1
    assert len(drawn.areas[0][2]) < 1500
    assert "Natural Earth" in drawn.source
    for place in selectors.communes():
        assert place.lat is not None
        assert place.lon is not None
        x, y = drawn.xy(place.lat, place.lon)
        assert 0 < x < drawn.view_box[2]
        assert 0 < y < drawn.view_box[3]


def test_another_territory_without_outline_shows_its_centres_box(db: None) -> None:
    from yole.territory.services import ensure_default

    importing.import_communes(gather(Path(__file__).parent / "reunion.csv"), origin="essai", write_files=False)
    ensure_default(["974"])
    drawn = maps.island_map()
    assert drawn.areas == ()
    x, y = drawn.xy(-21.01, 55.27)
    assert 0 < x < drawn.view_box[2]
    assert 0 < y < drawn.view_box[3]


def test_a_slug_is_not_a_path() -> None:
    assert maps.carried_outline("../data/martinique") is None
    assert maps.carried_outline("martinique") is not None


def test_34_communes_weigh_about_5_kb(martinique: Territory, shared: Path) -> None:
    importing.import_communes(gather(shared / "data" / "territory" / "martinique_communes.geojson"), origin="essai", write_files=False)
    drawn = maps.island_map()
    assert len(drawn.areas) == 34
    paths = [path for _, _, path in drawn.areas]
    assert 3_000 < sum(map(len, paths)) < 6_500
    assert all(re.fullmatch(r"(M\d+ \d+l[-\d ]+z)+", path) for path in paths)
    view = drawn.view(key="k", title="t", description="d", classes={"97209": "q5"}, hatched=frozenset({"97213"}))
    assert [area.name for area in view.areas if area.kind == "q5"] == ["Fort-de-France"]
    assert [area.name for area in view.areas if area.hatched] == ["Le Lamentin"]


def test_the_carried_outline_is_a_closed_ring() -> None:
    content = json.loads((Path(maps.__file__).parent / "data" / "martinique_outline.json").read_text(encoding="utf-8"))
    ring = content["coordinates"][0]
    assert ring[0] == ring[-1]
    assert all(-61.3 < lon < -60.7 and 14.3 < lat < 15.0 for lon, lat in ring)
