"""Reads of the diagnosis."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy

from yole.assessment.engine.areas import SHOWN_FROM
from yole.assessment.enums import Mode, More, SittingState
from yole.assessment.models import CODE_LENGTH, DEFAULT_CUTS, Answer, DiagnosticSettings, ItemVersion, PaperForm, Sitting
from yole.assessment.running import MORE_QUESTIONS, Rules
from yole.base.scope import public_scope
from yole.kernel.codes import clean_code, is_code

GOES_ON_FOR = timedelta(days=1)
DEFAULT_RULES = Rules(cuts=DEFAULT_CUTS, min_items=8, max_items=20, certainty=0.80)
# Weakest first. The words of the default scale; a territory has its own (`DiagnosticSettings.levels`).
DEFAULT_LEVELS = (
    gettext_lazy("Je débute"),
    gettext_lazy("J’avance avec de l’aide"),
    gettext_lazy("Je fais seul quand tout va bien"),
    gettext_lazy("Je suis à l’aise"),
)


def rules(territory_id: int) -> Rules:
    """What the territory decided, or the defaults."""
    row = DiagnosticSettings.objects.filter(pk=territory_id).first()
    return DEFAULT_RULES if row is None else Rules(tuple(row.cuts), row.min_items, row.max_items, row.certainty)


def answers(sitting: Sitting) -> list[Answer]:
    """The answers of a sitting in order, with their items."""
    return list(Answer.objects.filter(sitting=sitting).select_related("version__item").order_by("position"))


def by_code(typed: str) -> Sitting | None:
    """The sitting of a code as a person types it, open or finished; None when there is none or it was given up."""
    code = clean_code(typed)
    if not is_code(code, CODE_LENGTH):
        return None
    with public_scope(code=code):
        return (
            Sitting.objects.filter(code=code)
            .exclude(state=SittingState.EXPIRED)
            .select_related("pending__item", "parameters", "territory", "result")
            .first()
        )


def more_offered(sitting: Sitting, asked: int) -> list[str]:
    """What a finished sitting may go on for (`More`): areas that lack answers, a level that is not sure. Nothing after a day, nor away
    from the server."""
    if sitting.mode != Mode.ONLINE or sitting.finished_at is None or sitting.finished_at < timezone.now() - GOES_ON_FOR:
        return []
    decided = rules(sitting.territory_id)
    result = sitting.result
    offered = []
    if asked < decided.max_items and any(row["answered"] < SHOWN_FROM for row in result.areas):
        offered.append(str(More.AREAS))
    if result.probability < decided.certainty and asked < decided.max_items + MORE_QUESTIONS:
        offered.append(str(More.LEVEL))
    return offered


def level_names(territory_id: int, levels: int) -> list[str]:
    """Names of the levels, weakest first: the territory's own, else the default ones, else numbers."""
    row = DiagnosticSettings.objects.filter(pk=territory_id).first()
    named = [str(level["name"]) for level in row.levels] if row is not None and row.levels else [str(name) for name in DEFAULT_LEVELS]
    return named if len(named) == levels else [gettext("Niveau %(n)d") % {"n": k + 1} for k in range(levels)]


def form_versions(form: PaperForm) -> list[ItemVersion]:
    """The questions of a paper form in its order."""
    rows = ItemVersion.objects.select_related("item").in_bulk(form.versions)
    return [rows[pk] for pk in form.versions]
