"""The open statistics of activities: a calendar year of the whole territory, small counts masked, no personal data."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from django.http import HttpRequest
from ninja import Query, Router, Schema

from yole.activities import files_statistics, indicators
from yole.base.answers import LICENCE
from yole.kernel.indicators import Indicator
from yole.territory import selectors as territory_selectors

router = Router(tags=["Statistiques"])
Year = Annotated[int | None, Query(ge=2015, le=2199, description="Année civile ; l’année en cours par défaut.")]


class IndicatorOut(Schema):
    """Un indicateur et sa définition."""

    id: str
    name: str
    definition: str
    unit: str
    population: str
    how_computed: str
    source: str


class ValueOut(Schema):
    """Un chiffre. `value` est absent quand il est masqué ou inconnu ; `note` dit pourquoi."""

    indicator: str
    name: str
    value: float | None
    unit: str
    masked: bool
    margin: str
    note: str


class RowOut(Schema):
    """Une ligne de tableau. `value` est absent quand il est masqué ; `share` : pour cent du dénominateur."""

    key: str
    label: str
    value: int | None
    share: float | None


class TableOut(Schema):
    """Un tableau. Les lignes ne s’additionnent que si `adds_up`."""

    id: str
    title: str
    unit: str
    denominator: str
    total: int | None
    adds_up: bool
    note: str
    rows: list[RowOut]


class CrossOut(Schema):
    """Accompagnements par commune et par trimestre, avec les totaux ; une case absente est masquée."""

    lines: list[str]
    columns: list[str]
    cells: list[list[int | None]]


class StatisticsOut(Schema):
    """Les chiffres publiés d’une année civile."""

    territory: str
    year: int
    first: date
    last: date
    as_of: datetime
    threshold: int
    licence: str
    numbers: list[ValueOut]
    tables: list[TableOut]
    communes: CrossOut


@router.get("/activities/indicators", response=list[IndicatorOut], summary="Définitions des chiffres d’activité")
def list_indicators(request: HttpRequest) -> list[Indicator]:
    """Nom, définition, unité, population, calcul et source de chaque indicateur."""
    return list(indicators.INDICATORS.values())


@router.get("/activities/statistics", response=StatisticsOut, summary="Chiffres d’activité d’une année")
def statistics(request: HttpRequest, year: Year = None) -> StatisticsOut:
    """Tout le territoire sur une année civile. Les petits effectifs sont masqués, et ce qui permettrait de les retrouver."""
    territory = territory_selectors.current()
    year = year or territory_selectors.today().year
    found, values, tables = files_statistics.open_numbers(territory, year)
    lines, columns, cells = files_statistics.communes_by_quarter(territory, year)
    return StatisticsOut(
        territory=territory.name,
        year=year,
        first=found.question.period.first,
        last=found.question.period.last,
        as_of=found.as_of,
        threshold=territory.small_count_threshold,
        licence=LICENCE,
        numbers=[
            ValueOut(
                indicator=one.indicator.id,
                name=one.indicator.name,
                value=one.value,
                unit=one.indicator.unit,
                masked=one.masked,
                margin=str(one.margin),
                note=one.note,
            )
            for one in values
        ],
        tables=[
            TableOut(
                id=table.id,
                title=table.title,
                unit=table.unit,
                denominator=table.denominator,
                total=table.total,
                adds_up=table.adds_up,
                note=table.note,
                rows=[RowOut(key=row.key, label=row.label, value=row.value, share=row.share) for row in table.rows],
            )
            for table in tables
        ],
        communes=CrossOut(lines=lines, columns=columns, cells=cells),
    )
