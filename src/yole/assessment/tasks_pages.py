"""What the pages of the exercises are given, and the part of a result page that lists them."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import get_language

from yole.assessment import tasks_selectors, tasks_words
from yole.assessment.engine.tasks import MACHINES, as_data
from yole.assessment.enums import Task
from yole.assessment.models import Sitting
from yole.assessment.tasks_content import CONTENT, keys
from yole.assessment.tasks_messages import COMMON_WORDS
from yole.base import typography

# Typed or compared to what is typed: never retouched.
_VERBATIM = {"key", "official", "link", "ad", "other", "address", "typed", "card", "used"}


def _typography(value: Any, name: str = "") -> Any:
    """French no-break spaces in every sentence of a nested value."""
    match value:
        case str():
            return value if name in _VERBATIM else typography.french(value)
        case dict():
            return value if name in _VERBATIM else {key: _typography(one, key) for key, one in value.items()}
        case list() | tuple():
            return [_typography(one, name) for one in value]
    return value


def task_data(task: str) -> dict[str, Any]:
    """Everything an exercise needs, so that it goes on without a network. Raises KeyError for an unknown task."""
    words = tasks_words.said(
        {
            "words": tasks_words.COMMON,
            "labels": tasks_words.LABELS[task],
            "hints": tasks_words.HINTS[task],
        }
    )
    feedback = [[list(condition), str(did), str(learn)] for condition, did, learn in tasks_words.FEEDBACK[task]]
    variants = [{name: value for name, value in variant.items() if name != "key"} for variant in CONTENT[task]]
    if typography.is_english(get_language()):
        shown = words
    else:
        shown, feedback = _typography(words), [[row[0], *_typography(row[1:])] for row in feedback]
    return {
        **shown,
        "task": task,
        "machine": as_data(MACHINES[task]),
        "keys": keys(task),
        "variants": _typography(variants),
        "feedback": feedback,
        "extra": COMMON_WORDS if task == Task.PASSWORD else [],
        "send": reverse("assessment:task-deliveries"),
        "list": reverse("assessment:tasks"),
    }


def tasks_section(request: HttpRequest, sitting: Sitting) -> str:
    """On the result of a diagnosis: the exercises done, and the way to do more. Safe HTML."""
    return render_to_string(
        "assessment/tasks/_section.html", {"lines": tasks_selectors.latest(sitting), "code": sitting.code}, request=request
    )
