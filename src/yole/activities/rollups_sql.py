"""The SQL of the roll-ups: what each table must hold, as a SELECT. Building, refreshing and recounting use the same text.

Each SELECT reads the activities of a `source`: the table itself, or a temporary one with the columns READ, so that what changed is
looked for once. Three temporary tables stand before them: `yole_root(person, root)` for merged people; `yole_visit`, the people of the
activities of the source, once per activity even when two merged cards were both ticked; `yole_people`, their sums by activity.
"""

from __future__ import annotations

from yole.activities.enums import Material, PlaceKind, Schema
from yole.activities.models_rollup import MainMeasures, Measures, Reach
from yole.people.enums import AgeBand, Gender, SocialStatus

DIMENSIONS = ("structure", "place", "commune", "kind", "theme")
DURATION_BANDS = ((0, 30), (30, 60), (60, 120), (120, None))
"""Minutes: the lower bound belongs to the band, the upper one to the next."""
MEASURES = tuple(field.name for field in Measures._meta.get_fields())
MAIN = tuple(field.name for field in MainMeasures._meta.get_fields())

ROOTS = """
CREATE TEMPORARY TABLE yole_root ON COMMIT DROP AS
WITH RECURSIVE up(person, root) AS (
    SELECT id, canonical_id FROM people_person WHERE canonical_id IS NOT NULL
    UNION SELECT up.person, above.canonical_id FROM up JOIN people_person above ON above.id = up.root WHERE above.canonical_id IS NOT NULL
), top AS (SELECT up.person, up.root FROM up JOIN people_person p ON p.id = up.root WHERE p.canonical_id IS NULL)
SELECT person, root FROM top UNION SELECT root, root FROM top
"""

_MONTH = "(date_part('year', a.date) * 12 + date_part('month', a.date) - 1)::int"
_PLACE = "coalesce(a.place_id, 0)::int"
_COMMUNE = "coalesce(a.commune_id, nullif(place.insee_code, ''), '')"
_KEYS = (
    f"a.territory_id::int AS territory, coalesce(a.structure_id, 0)::int AS structure, coalesce(a.mediator_id, 0)::int AS mediator, "
    f"{_MONTH} AS month, {_PLACE} AS place, {_COMMUNE} AS commune, a.kind"
)
KEYS = ("territory", "structure", "mediator", "month", "place", "commune", "kind")
_THEMES = "a.themes || a.admin_themes"
ACTIVITY = "activities_activity"
READ = (
    *("id", "territory_id", "structure_id", "mediator_id", "date", "place_id", "commune_id", "session_id", "kind", "themes"),
    *("admin_themes", "minutes", "anonymous_count", "already_known", "one_off", "schema", "place_kind", "materials", "deleted_at"),
    *("gender_counts", "age_counts", "status_counts", "v1_age_counts"),
)
"""The columns of an activity that the roll-ups look at."""


def _from(source: str) -> str:
    return f"{source} a LEFT JOIN places_place place ON place.id = a.place_id"


def visits(source: str) -> str:
    """Fills yole_visit with the people of the live activities of `source`."""
    return f"""
CREATE TEMPORARY TABLE yole_visit ON COMMIT DROP AS
WITH doubles AS (
    SELECT DISTINCT later.id FROM yole_root r
    JOIN activities_participation later ON later.person_id = r.person
    JOIN activities_participation earlier ON earlier.activity_id = later.activity_id AND earlier.id < later.id
    JOIN yole_root s ON s.person = earlier.person_id AND s.root = r.root
)
SELECT p.activity_id AS activity, coalesce(r.root, p.person_id) AS person, p.gender, p.age_band, p.social_status, p.already_known
FROM {source} a JOIN activities_participation p ON p.activity_id = a.id LEFT JOIN yole_root r ON r.person = p.person_id
WHERE a.deleted_at IS NULL AND p.id NOT IN (SELECT id FROM doubles)
"""


def _one_activity() -> dict[str, str]:
    """Each measure of one activity `a` with `v`, the sums of its people."""
    found = {
        "activities": "1",
        "minutes": "coalesce(a.minutes, 0)",
        "accompaniments": "a.anonymous_count + coalesce(v.people, 0)",
        "identified": "coalesce(v.identified, 0)",
        "already_known": "a.already_known + coalesce(v.already_known, 0)",
        "one_off": "a.one_off::int",
        "v1_activities": f"(a.schema = '{Schema.CNFS}')::int",
        "v1_group": f"CASE WHEN a.schema = '{Schema.CNFS}' THEN a.anonymous_count ELSE 0 END",
        "duration_unknown": "(a.minutes IS NULL)::int",
    }
    for i, (low, high) in enumerate(DURATION_BANDS):
        found[f"duration_{i}"] = f"coalesce(a.minutes >= {low}{f' AND a.minutes < {high}' if high else ''}, false)::int"
    for i, where in enumerate(PlaceKind.values):
        found[f"where_{i}"] = f"(a.place_kind = '{where}')::int"
    for i, material in enumerate(Material.values):
        found[f"material_{i}"] = f"('{material}' = ANY(a.materials))::int"
    for name, column, values in (("gender", "gender", Gender), ("age", "age", AgeBand), ("status", "status", SocialStatus)):
        for i in range(len(values.values)):
            found[f"{name}_{i}"] = f"coalesce(a.{column}_counts[{i + 1}], 0) + coalesce(v.{name}_{i}, 0)"
    for i in range(5):
        found[f"v1_age_{i}"] = f"coalesce(a.v1_age_counts[{i + 1}], 0)"
    if set(found) != set(MEASURES):
        raise ValueError("a measure has no computation")
    return found


def people() -> str:
    """Fills yole_people with the sums over the people of each activity, as plain integers: sums of those stay cheap."""
    sums = [
        f"count(*) FILTER (WHERE {column} = '{value}') ::int AS {name}_{i}"
        for name, column, values in (("gender", "gender", Gender), ("age", "age_band", AgeBand), ("status", "social_status", SocialStatus))
        for i, value in enumerate(values.values)
    ]
    return (
        "CREATE TEMPORARY TABLE yole_people ON COMMIT DROP AS "
        "SELECT activity, count(*)::int AS people, count(person)::int AS identified, "
        "count(*) FILTER (WHERE already_known)::int AS already_known, "
        f"{', '.join(sums)} FROM yole_visit GROUP BY activity"
    )


def cells(source: str) -> str:
    """(KEYS, MEASURES) of the live activities of `source`."""
    parts = _one_activity()
    sums = ", ".join(f"sum({parts[name]}) AS {name}" for name in MEASURES)
    return f"""
SELECT {_KEYS}, {sums}
FROM {_from(source)} LEFT JOIN yole_people v ON v.activity = a.id
WHERE a.deleted_at IS NULL
GROUP BY {", ".join(str(i) for i in range(1, len(KEYS) + 1))}
"""


def theme_cells(source: str) -> str:
    """(KEYS, theme, MAIN) of the same, an activity counting in each of its themes."""
    parts = _one_activity()
    sums = ", ".join(f"sum({parts[name]}) AS {name}" for name in MAIN)
    return f"""
SELECT {_KEYS}, label.theme, {sums}
FROM {_from(source)} LEFT JOIN yole_people v ON v.activity = a.id CROSS JOIN LATERAL (SELECT DISTINCT unnest({_THEMES}) AS theme) label
WHERE a.deleted_at IS NULL
GROUP BY {", ".join(str(i) for i in range(1, len(KEYS) + 2))}
"""


def seen(source: str) -> str:
    """(KEYS, themes, person), a row for each person of each activity."""
    return f"""
SELECT {_KEYS}, {_THEMES} AS themes, v.person
FROM {_from(source)} JOIN yole_visit v ON v.activity = a.id
WHERE v.person IS NOT NULL AND a.deleted_at IS NULL
"""


SHARED_COLUMNS = (*KEYS, "themes", "session", "pair", "activity", "gender", "age_band", "social_status")


def shared(source: str) -> str:
    """SHARED_COLUMNS of the people reported several times in one session, among the activities of `source`."""
    return f"""
SELECT {_KEYS}, {_THEMES} AS themes, a.session_id AS session, md5(a.session_id::text || v.person::text)::uuid AS pair,
    a.id AS activity, v.gender, v.age_band, v.social_status
FROM {_from(source)} JOIN yole_visit v ON v.activity = a.id
JOIN (
    SELECT a.session_id, v.person FROM {source} a JOIN yole_visit v ON v.activity = a.id
    WHERE a.session_id IS NOT NULL AND v.person IS NOT NULL AND a.deleted_at IS NULL
    GROUP BY 1, 2 HAVING count(*) > 1
) twice ON twice.session_id = a.session_id AND twice.person = v.person
WHERE a.deleted_at IS NULL
"""


TOTAL_KEYS = ("territory", "dim", "value", "month")


def totals(source: str, themes: str) -> list[tuple[tuple[str, ...], str]]:
    """Statements with their columns, for rows shaped as `Cell` in `source` and as `ThemeCell` in `themes` (tables or subqueries)."""
    sums = ", ".join(f"sum({name}) AS {name}" for name in MEASURES)
    parts = [f"SELECT territory, '' AS dim, '' AS value, month, {sums} FROM {source} c GROUP BY territory, month"]
    parts += [
        f"SELECT territory, '{dim}' AS dim, {dim}::text AS value, month, {sums} FROM {source} c GROUP BY territory, {dim}, month"
        for dim in DIMENSIONS
        if dim != "theme"
    ]
    main = ", ".join(f"sum({name}) AS {name}" for name in MAIN)
    by_theme = f"SELECT territory, 'theme' AS dim, theme AS value, month, {main} FROM {themes} c GROUP BY territory, theme, month"
    return [((*TOTAL_KEYS, *MEASURES), " UNION ALL ".join(parts)), ((*TOTAL_KEYS, *MAIN), by_theme)]


REACH_KEYS = ("level", "scope", "dim", "value", "month")
LEVELS = {"territory": ("", "place", "commune", "kind", "theme"), "structure": ("", "place", "commune", "kind", "theme"), "mediator": ("",)}


def reach_steps(source: str) -> str:
    """(REACH_KEYS, gap, persons) of rows shaped as `Seen`, all rows of a person being there.

    Sorted by person once: each of the steps then sorts the few rows of one person after the other, not the table again.
    """
    columns = ", ".join((*KEYS, "themes", "person"))
    statements = []
    for level, dims in LEVELS.items():
        for dim in dims:
            value = {"": "''", "theme": "unnest(themes)"}.get(dim, dim)
            statements.append(f"""
SELECT '{level}' AS level, scope, '{dim}' AS dim, value::text, month, coalesce(gap, {Reach.FIRST}) AS gap, count(*)::int AS persons FROM (
    SELECT scope, value, month, month - lag(month) OVER (PARTITION BY person, scope, value ORDER BY month) AS gap
    FROM (SELECT {level} AS scope, {value} AS value, person, month FROM sorted s) met
) steps WHERE gap IS DISTINCT FROM 0 GROUP BY scope, value, month, gap""")
    return f"WITH sorted AS MATERIALIZED (SELECT {columns} FROM {source} every ORDER BY person) {' UNION ALL '.join(statements)}"


def reach(steps: str) -> str:
    """(REACH_KEYS, gaps, persons) of (REACH_KEYS, gap, persons)."""
    keys = ", ".join(REACH_KEYS)
    return f"""
SELECT {keys}, array_agg(gap ORDER BY gap) AS gaps, array_agg(persons ORDER BY gap) AS persons FROM ({steps}) s GROUP BY {keys}
"""
