"""Words about sessions in templates: `{{ row|when }}`, `{{ row|places_words }}`…"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from yole.base import typography
from yole.base.templatetags.yole import tag_
from yole.bookings import wording as bookings_wording
from yole.workshops import wording
from yole.workshops.selectors import SessionRow

register = template.Library()


@register.filter
def when(row: SessionRow) -> str:
    return wording.when(row)


@register.filter
def day_words(value: date) -> str:
    """« mardi 1er décembre », without tags: for an attribute."""
    return typography.day(value, get_language() or "fr")


@register.filter
def hours_words(row: SessionRow) -> str:
    return wording.hours_of(row)


@register.filter
def where(row: SessionRow) -> str:
    return wording.where(row)


@register.filter
def places_words(row: SessionRow) -> str:
    return wording.places(row)


@register.simple_tag
def places_tag(row: SessionRow) -> SafeString:
    kind, words, icon = wording.short_places(row)
    return tag_(kind, words, icon)


@register.simple_tag
def state_tag(state: str) -> SafeString:
    """The state of a booking, told to the person."""
    return tag_(*bookings_wording.state(state))


@register.filter
def theme_words(codes: Iterable[str]) -> str:
    return wording.themes(codes)


@register.filter
def audience_words(codes: Iterable[str]) -> str:
    return wording.audiences(codes)


@register.filter
def language_words(codes: Iterable[str]) -> str:
    return wording.languages(codes)


@register.filter
def level_words(code: str) -> str:
    return wording.level(code)


@register.filter
def kind_words(code: str) -> str:
    return wording.kind(code)


@register.filter
def clash_of(row: SessionRow, found: dict[int, str]) -> str:
    """What a session shares at the same hours, empty when nothing."""
    return found.get(row.pk, "") if isinstance(found, dict) else ""


@register.filter
def booking_state(state: str) -> str:
    """The state of a booking as the desk says it."""
    from yole.bookings.enums import State

    return str(dict(State.choices).get(state, state))
