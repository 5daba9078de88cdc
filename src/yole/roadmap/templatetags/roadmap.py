"""Tags of the room: statuses, amounts and changes in words."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from yole.base import drawings as base_drawings
from yole.base.templatetags.yole import tag_
from yole.roadmap import wording
from yole.roadmap.engine.status import Status, Verdict
from yole.roadmap.models import Change, Reading
from yole.roadmap.selectors import Gauge

register = template.Library()


@register.simple_tag
def status_tag(verdict: Verdict) -> SafeString:
    """The computed status, and « dans la marge » when the margins would allow another one."""
    kind, icon = wording.TAGS[verdict.status]
    made = tag_(kind, wording.status(verdict.status), icon=icon)
    return format_html("{} {}", made, tag_("", _("dans la marge"))) if verdict.in_margin else made


@register.filter
def status_words(value: str) -> str:
    return wording.status(value)


@register.filter
def meaning(value: str) -> str:
    return str(wording.MEANINGS[Status(value)])


@register.filter
def reading_words(reading: Reading) -> str:
    return wording.amount(reading)


@register.filter
def change_words(change: Change) -> str:
    return wording.change(change)


@register.filter
def exact(value: Decimal | float | int | None) -> str:
    """A number without useless decimals."""
    return wording.number(value)


@register.simple_tag
def gauge_bar(gauge: Gauge) -> SafeString | str:
    """The bar of an indicator, from its baseline to its target; nothing without a reading."""
    bar = gauge.bar
    if bar is None:
        return ""
    axis = (bar["least"], bar["greatest"])
    return base_drawings.interval_bar(
        bar["value"], bar["low"], bar["high"], unit=gauge.indicator.unit, target=bar["target"], axis=axis,
        decimals=0 if float(bar["value"]).is_integer() else 1,
    )  # fmt: skip


@register.simple_tag
def counts_line(counts: list[tuple[str, int]]) -> SafeString:
    """« Tenu : 2, en retard : 1 » as tags: counts, never an average."""
    return format_html_join(" ", "{}", ((tag_("", f"{wording.status(status)} : {n}"),) for status, n in counts if n))


@register.simple_tag
def outlook(path: Any, indicator: Any) -> list[str]:
    return wording.outlook(path, indicator)
