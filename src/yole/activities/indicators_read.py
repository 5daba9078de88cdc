"""Reads of the roll-ups for `indicators`: which table answers a question, and the sums it gives. No report is read here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Max
from django.utils import timezone

from yole.activities.enums import ActivityKind, AdministrativeTheme, PlaceKind, Theme
from yole.activities.models import Cell, Mark, MonthState, Shared
from yole.activities.rollups_sql import MAIN, MEASURES
from yole.base.errors import Refused
from yole.kernel.periods import Period, month_name
from yole.organisations.models import Account, Structure
from yole.people.enums import AgeBand, Gender, SocialStatus
from yole.places.models import Place
from yole.territory.models import Commune, Territory

Sums = dict[str, int]
SharedRow = dict[str, Any]
THEME_LABELS: tuple[dict[str, str], dict[str, str]] = (dict(Theme.choices), dict(AdministrativeTheme.choices))
NOT_TOGETHER = "les personnes différentes ne se comptent qu’avec un filtre à la fois"
NONE_LABELS = {"structure": "Sans structure", "mediator": "Sans compte", "place": "Hors d’un lieu", "commune": "Commune inconnue"}
_POSITIONS = {
    "gender": {value: i for i, value in enumerate(Gender.values)},
    "age": {value: i for i, value in enumerate(AgeBand.values)},
    "status": {value: i for i, value in enumerate(SocialStatus.values)},
}


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: a territory, or one structure or mediator of it, over whole months, narrowed by filters.

    `protected`: small counts are masked. Raises Refused when the period cuts a month: roll-ups are kept by month.
    """

    territory: Territory
    period: Period
    structure: int | None = None
    mediator: int | None = None
    place: int | None = None
    commune: str = ""
    theme: str = ""
    kind: str = ""
    protected: bool = True

    def __post_init__(self) -> None:
        if self.period.months is None:
            raise Refused("Les statistiques se lisent par mois entiers.", field="period", remedy="Choisissez des mois entiers.")

    @property
    def months(self) -> tuple[int, int]:
        """First and last month, as indices."""
        months = self.period.months
        assert months is not None  # noqa: S101  # checked above
        return months[0], months[-1]

    @property
    def threshold(self) -> int:
        return self.territory.small_count_threshold

    @property
    def filters(self) -> dict[str, str]:
        """The dimensions narrowed beside the scope."""
        chosen = {"place": self.place, "commune": self.commune, "theme": self.theme, "kind": self.kind}
        return {name: str(value) for name, value in chosen.items() if value}

    @property
    def words(self) -> str:
        """The scope as a person reads it: « Martinique », « Mission locale, Lieu : Médiathèque »."""
        parts = [self.territory.name]
        if self.structure:
            parts = [names("structure", [str(self.structure)])[str(self.structure)]]
        if self.mediator:
            parts.append(names("mediator", [str(self.mediator)])[str(self.mediator)])
        labels = {"place": "lieu", "commune": "commune", "theme": "thème", "kind": "type"}
        parts += [f"{labels[by]} : {names(by, [value])[value]}" for by, value in self.filters.items()]
        return ", ".join(parts)

    @property
    def of_territory(self) -> bool:
        return self.structure is None and self.mediator is None


def _cells(question: Question, by: str = "") -> tuple[str, list[Any]]:
    """FROM and WHERE over the finest roll-up."""
    where = ["territory = %s", "month BETWEEN %s AND %s"]
    params: list[Any] = [question.territory.pk, *question.months]
    for column, value in (("structure", question.structure), ("mediator", question.mediator)):
        if value is not None:
            where.append(f"{column} = %s")
            params.append(value)
    for column, text in question.filters.items():
        where.append(f"{column} = %s")
        params.append(int(text) if column == "place" else text)
    table = "theme" if question.theme or by == "theme" else "cell"
    return f"activities_rollup_{table} WHERE {' AND '.join(where)}", params


def _totals(question: Question, dim: str, value: str | None) -> tuple[str, list[Any]]:
    """FROM and WHERE over the roll-up of the territory, by at most one dimension."""
    where, params = "territory = %s AND dim = %s AND month BETWEEN %s AND %s", [question.territory.pk, dim, *question.months]
    if value is not None:
        where += " AND value = %s"
        params.append(value)
    return f"activities_rollup_total WHERE {where}", params


def _rows(sql: str, params: Iterable[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, list(params))
        return list(cursor.fetchall())


def sums(question: Question, twice: Sequence[SharedRow]) -> Sums:
    """Every measure over the question (the main ones alone with a theme), people reported twice in one workshop counted once."""
    filters = question.filters
    if question.of_territory and len(filters) <= 1:
        dim, value = next(iter(filters.items()), ("", ""))
        source, params = _totals(question, dim, value)
    else:
        source, params = _cells(question)
    kept = MAIN if question.theme else MEASURES
    columns = ", ".join(f"coalesce(sum({name}), 0)::bigint" for name in kept)
    found = dict(zip(kept, _rows(f"SELECT {columns} FROM {source}", params)[0], strict=True))
    _take_off(found, twice)
    return found


def grouped(question: Question, by: str, twice: Sequence[SharedRow]) -> dict[str, Sums]:
    """Activities and accompaniments by structure, mediator, place, commune, kind, theme or month; keys are texts."""
    by_month = by == "month"
    if question.of_territory and by != "mediator" and (not question.filters or (by_month and len(question.filters) == 1)):
        dim, value = next(iter(question.filters.items()), ("", "")) if by_month else (by, None)
        source, params = _totals(question, dim, value)
        column = "month" if by_month else "value"
    else:
        source, params = _cells(question, by)
        column = by
    rows = _rows(f"SELECT {column}::text, sum(activities)::bigint, sum(accompaniments)::bigint FROM {source} GROUP BY 1", params)
    found = {key: {"activities": activities, "accompaniments": people} for key, activities, people in rows}
    return _take_off_lines(found, by, twice)


def grouped_together(questions: Sequence[tuple[Question, Sequence[SharedRow]]], by: str) -> list[dict[str, Sums]]:
    """`grouped` of several questions over the same months, in one reading of the finest roll-up; none has a theme."""
    first = questions[0][0]
    columns: list[str] = []
    params: list[Any] = []
    parts: list[tuple[str, list[Any]]] = []
    for question, _ in questions:
        chosen: dict[str, Any] = {
            **question.filters,
            "structure": question.structure,
            "mediator": question.mediator,
            "place": question.place,
        }
        wanted = {name: value for name, value in chosen.items() if value is not None}
        part = " AND ".join(f"{name} = %s" for name in wanted) or "true"
        for measure in ("activities", "accompaniments"):
            columns.append(f"coalesce(sum({measure}) FILTER (WHERE {part}), 0)::bigint")
            params += wanted.values()
        parts.append((part, list(wanted.values())))
    table = "theme" if by == "theme" else "cell"
    where = " OR ".join(f"({part})" for part, _ in parts)
    params += [first.territory.pk, *first.months, *(value for _, values in parts for value in values)]
    rows = _rows(
        f"SELECT {by}::text, {', '.join(columns)} FROM activities_rollup_{table} "
        f"WHERE territory = %s AND month BETWEEN %s AND %s AND ({where}) GROUP BY 1",
        params,
    )
    found: list[dict[str, Sums]] = [{} for _ in questions]
    for key, *counts in rows:
        for n, lines in enumerate(found):
            if counts[2 * n]:
                lines[key] = {"activities": counts[2 * n], "accompaniments": counts[2 * n + 1]}
    return [_take_off_lines(lines, by, twice) for lines, (_, twice) in zip(found, questions, strict=True)]


def _take_off_lines(found: dict[str, Sums], by: str, twice: Sequence[SharedRow]) -> dict[str, Sums]:
    if by == "theme":  # an activity counts in each of its themes: so does a person reported twice
        by_theme: dict[str, list[SharedRow]] = defaultdict(list)
        for row in twice:
            for theme in row["themes"]:
                by_theme[theme].append(row)
        for theme, group in by_theme.items():
            if theme in found:
                _take_off(found[theme], group)
        return found
    for row in _after_first(twice):  # the line of the first report keeps the person, so that lines add up to the total
        if (key := str(row[by])) in found:
            found[key]["accompaniments"] -= 1
    return found


_COLUMNS: dict[str, tuple[str, list[str]]] = {
    "gender": ("gender", list(Gender.labels)),
    "age": ("age", list(AgeBand.labels)),
    "status": ("status", list(SocialStatus.labels)),
    "duration": ("duration", ["Moins de 30 min", "De 30 à 59 min", "De 1 h à 1 h 59", "2 h et plus", "Durée inconnue"]),
    "where": ("where", list(PlaceKind.labels)),
}


def crossed(question: Question, lines: str, columns: str, twice: Sequence[SharedRow]) -> tuple[dict[str, list[int]], list[str]]:
    """Counts by one character and by another, and the labels of the columns. People reported twice in a workshop count once."""
    source, params = _cells(question)
    if columns == "kind":
        sums = [f"coalesce(sum(activities) FILTER (WHERE kind = '{kind}'), 0)::bigint" for kind in ActivityKind.values]
        heads = list(ActivityKind.labels)
    else:
        prefix, heads = _COLUMNS[columns]
        names = [f"{prefix}_{i}" for i in range(len(heads))]
        if columns == "duration":
            names[-1] = "duration_unknown"
        sums = [f"coalesce(sum({name}), 0)::bigint" for name in names]
    found = {key: list(counts) for key, *counts in _rows(f"SELECT {lines}::text, {', '.join(sums)} FROM {source} GROUP BY 1", params)}
    if columns in _POSITIONS:
        column = {"gender": "gender", "age": "age_band", "status": "social_status"}[columns]
        for row in _after_first(twice):
            if (key := str(row[lines])) in found:
                found[key][_POSITIONS[columns][row[column]]] -= 1
    return found, heads


def shared(question: Question) -> list[SharedRow]:
    """People reported several times in one workshop, among the activities of the question: what the other reads take off."""
    first, last = question.months
    rows = Shared.objects.filter(territory=question.territory.pk, month__range=(first, last))
    if question.structure is not None:
        rows = rows.filter(structure=question.structure)
    if question.mediator is not None:
        rows = rows.filter(mediator=question.mediator)
    for column, value in question.filters.items():
        rows = rows.filter(themes__contains=[value]) if column == "theme" else rows.filter(**{column: value})
    return [dict(row) for row in rows.order_by("activity").values()]


def _after_first(rows: Iterable[SharedRow]) -> list[SharedRow]:
    """Reports of a person in a workshop after the first one."""
    met: set[Any] = set()
    later = []
    for row in rows:
        if row["pair"] in met:
            later.append(row)
        met.add(row["pair"])
    return later


def _take_off(found: Sums, rows: Iterable[SharedRow]) -> None:
    """Takes off the sums each person of a workshop after the first time."""
    for row in _after_first(rows):
        keys = ["accompaniments", "identified"]
        for prefix, column in (("gender", "gender"), ("age", "age_band"), ("status", "social_status")):
            keys.append(f"{prefix}_{_POSITIONS[prefix][row[column]]}")
        for key in keys:
            if key in found:
                found[key] -= 1


def persons(question: Question) -> int | None:
    """Different identified persons, None when the filters together are not kept (see NOT_TOGETHER)."""
    filters = question.filters
    level, scope = "territory", question.territory.pk
    if question.mediator is not None:
        elsewhere = question.structure is not None and (
            Cell.objects.filter(mediator=question.mediator).exclude(structure=question.structure).exists()
        )
        if filters or elsewhere:
            return None
        level, scope = "mediator", question.mediator
    elif question.structure is not None:
        level, scope = "structure", question.structure
    if len(filters) > 1:
        return None
    dim, value = next(iter(filters.items()), ("", ""))
    first, last = question.months
    rows = _rows(
        "SELECT coalesce(sum(step.persons), 0)::bigint FROM activities_rollup_reach r, unnest(r.gaps, r.persons) AS step(gap, persons) "
        "WHERE level = %s AND scope = %s AND dim = %s AND value = %s AND month BETWEEN %s AND %s AND step.gap > month - %s",
        [level, scope, dim, value, first, last, first],
    )
    return int(rows[0][0])


def as_of(question: Question) -> datetime:
    """When the last change of these months was counted. A past that nobody touches keeps its date."""
    first, last = question.months
    states = MonthState.objects.filter(territory=question.territory.pk)
    found = states.filter(month__range=(first, last)).aggregate(at=Max("computed_at"))["at"]
    return found or states.aggregate(at=Max("computed_at"))["at"] or timezone.now()


def waiting(question: Question) -> bool:
    """Whether a change of these months is saved and not counted yet."""
    first, last = question.months
    return Mark.objects.filter(territory=question.territory.pk, month__range=(first, last)).exists()


def names(by: str, keys: Iterable[str]) -> dict[str, str]:
    """What a person reads for each key of a dimension."""
    keys = list(keys)
    found: dict[str, str] = {}
    if by == "month":
        return {key: month_name(int(key)) for key in keys}
    if by == "kind":
        found = dict(ActivityKind.choices)
    elif by == "theme":
        found = THEME_LABELS[0] | THEME_LABELS[1]
    elif by == "commune":
        found = dict(Commune.objects.filter(code__in=keys).values_list("code", "name"))
    else:
        model: Any = {"structure": Structure, "mediator": Account, "place": Place}[by]
        found = {str(key): name for key, name in model.objects.filter(pk__in=[int(key) for key in keys]).values_list("pk", "name")}
    return {key: found.get(key) or (NONE_LABELS.get(by, "Autre") if key in ("", "0") else f"{key} (inconnu)") for key in keys}


def months_known(territory: Territory) -> list[int]:
    """Months that were ever computed, as indices."""
    return list(MonthState.objects.filter(territory=territory.pk).values_list("month", flat=True))
