"""Reads of the bank in service: the list of questions, one question with what the answers say of it. Figures name nobody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp
from typing import Any

from django.db.models import CharField, F, Func, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Lower

from yole.assessment.bank.files import item_from_json
from yole.assessment.bank.model import Item as Source
from yole.assessment.enums import ItemState, SittingState
from yole.assessment.framework import load_framework, load_topics
from yole.assessment.models import Answer, FairnessRun, Item, ItemVersion, ParameterSet, Proposal, Sitting
from yole.assessment.running import current_parameters
from yole.base.scope import system_scope

PAGE = 25
FEW = 30  # answers under which no share is told
FIT_RANGE = (0.7, 1.3)


@dataclass(frozen=True, slots=True)
class Filters:
    query: str = ""
    competence: str = ""
    state: str = ""
    topic: str = ""


def competences() -> list[tuple[str, str]]:
    """(code, « 1.1 Mener une recherche ») of the CRCN."""
    return [(one.code, f"{one.code} {one.name}") for area in load_framework().areas for one in area.competences]


def topics() -> list[tuple[str, str]]:
    return [(topic.id, topic.name) for topic in load_topics()]


def items(filters: Filters) -> QuerySet[Item]:
    """Questions that match, with `text` (what is asked) and `b` of the parameters in force read by the caller."""
    youngest = ItemVersion.objects.filter(item=OuterRef("pk")).order_by("-version")
    text = Func(F("data"), Value("stem"), Value("text"), function="jsonb_extract_path_text", output_field=CharField())
    found = Item.objects.annotate(
        text=Subquery(youngest.annotate(t=text).values("t")[:1], output_field=CharField()),
        topics=Subquery(youngest.values("data__topics")[:1]),
    )
    if filters.query:
        found = found.annotate(low=Lower("text")).filter(low__contains=filters.query.lower()) | found.annotate(low=Lower("text")).filter(
            key__icontains=filters.query
        )
    if filters.competence:
        found = found.filter(competence=filters.competence)
    if filters.state in ItemState.values:
        found = found.filter(state=filters.state)
    if filters.topic:
        found = found.filter(pk__in=ItemVersion.objects.filter(data__topics__contains=[filters.topic]).values("item"))
    return found.order_by("competence", "key")


def counts() -> dict[str, int]:
    """Questions by state, every state present."""
    found = dict.fromkeys(ItemState.values, 0)
    for state in Item.objects.values_list("state", flat=True):
        found[state] += 1
    return found


def version_of(item: Item) -> ItemVersion:
    return ItemVersion.objects.filter(item=item).order_by("-version")[0]


def sources(wanted: QuerySet[Item] | None = None) -> list[Source]:
    """The youngest text of questions as the exchange formats take it, with the state that they have here."""
    from dataclasses import replace

    rows = ItemVersion.objects.select_related("item").order_by("item__competence", "item__key", "-version")
    if wanted is not None:
        rows = rows.filter(item__in=wanted.values("pk"))
    found: dict[str, Source] = {}
    for row in rows:
        if row.item.key not in found:
            found[row.item.key] = replace(item_from_json(row.data, "", len(found) + 1), status=row.item.state, version=row.version)
    return list(found.values())


@dataclass(frozen=True, slots=True)
class Share:
    """How often an answer was chosen. `share` is a percentage, None under 30 answers."""

    text: str
    right: bool
    feedback: str
    count: int
    share: int | None


@dataclass(frozen=True, slots=True)
class Statistics:
    """What answers say of a question. `fit`: mean square of the residuals, weighted (1 is expected); None under 30 answers.

    `exposure`: share of sittings that were offered it, None before the first. `fairness`: the youngest run of each criterion.
    """

    answered: int
    enough: bool
    right: int | None
    shares: tuple[Share, ...]
    unknown: Share
    fit: float | None
    exposure: int | None
    a: float | None
    b: float | None
    se_b: float | None
    estimated: bool
    fairness: tuple[dict[str, Any], ...]
    drift: bool

    @property
    def fit_is_odd(self) -> bool:
        return self.fit is not None and not FIT_RANGE[0] <= self.fit <= FIT_RANGE[1]


def statistics(item: Item, data: dict[str, Any]) -> Statistics:
    parameters = current_parameters()
    values = parameters.values.get(item.key) if parameters else None
    with system_scope():
        rows = list(
            Answer.objects.filter(version__item=item, sitting__state=SittingState.FINISHED).values_list(
                "response", "score", "sitting__result__theta"
            )
        )
        sittings = Sitting.objects.filter(parameters=parameters).count() if parameters else 0
    total = len(rows)
    enough = total >= FEW
    chosen = {option["id"]: sum(option["id"] in response for response, _, _ in rows) for option in data["options"]}
    shares = tuple(
        Share(option["text"], int(option.get("score", 0)) > 0, option.get("feedback", ""), chosen[option["id"]],
              round(100 * chosen[option["id"]] / total) if enough else None)
        for option in data["options"]
    )  # fmt: skip
    silent = sum(not response for response, _, _ in rows)
    return Statistics(
        answered=total,
        enough=enough,
        right=round(100 * sum(score > 0 for _, score, _ in rows) / total) if enough else None,
        shares=shares,
        unknown=Share("Je ne sais pas", False, "", silent, round(100 * silent / total) if enough else None),
        fit=_fit([(score > 0, theta) for _, score, theta in rows if theta is not None], values) if enough else None,
        exposure=round(100 * item.shown / sittings) if sittings else None,
        a=values["a"] if values else None,
        b=values["b"] if values else None,
        se_b=values.get("se_b") if values else None,
        estimated=not values or not values.get("n"),
        fairness=_fairness(item.key),
        drift=_drifted(item.key),
    )


def _fit(rows: Sequence[tuple[bool, float]], values: dict[str, Any] | None) -> float | None:
    """Infit: squared residuals over their expected sum, at the theta of each result."""
    if not values or not rows:
        return None
    squares = expected = 0.0
    for right, theta in rows:
        p = 1.0 / (1.0 + exp(-values["a"] * (theta - values["b"])))
        squares += (right - p) ** 2
        expected += p * (1.0 - p)
    return squares / expected if expected > 0 else None


def _fairness(key: str) -> tuple[dict[str, Any], ...]:
    found = []
    for run in FairnessRun.objects.order_by("by", "-made_at").distinct("by"):
        row = next((row for row in run.items if row["item"] == key), None)
        found.append({"by": run.by, "reference": run.reference, "focal": run.focal, "on": run.made_at, "row": row})
    return tuple(found)


def _drifted(key: str) -> bool:
    last = Proposal.objects.exclude(alerts=[]).order_by("-made_at").first()
    return last is not None and last.accepted is None and key in last.alerts


def parameters_history() -> QuerySet[ParameterSet]:
    return ParameterSet.objects.order_by("-made_at", "-id").defer("values")


def proposals() -> QuerySet[Proposal]:
    return Proposal.objects.select_related("decided_by").order_by("-made_at", "-id")


def health() -> tuple[bool, str]:
    """Line of `yole check`: questions in service, proposals that wait for a decision."""
    live = Item.objects.filter(state=ItemState.LIVE).count()
    waiting = Proposal.objects.filter(accepted__isnull=True).count()
    if not live:
        return True, "aucune question en service ; « Questions », dans l’espace pro, met en service celles de Yole"
    return True, f"{live} questions en service, {waiting} propositions de calibrage à décider"
