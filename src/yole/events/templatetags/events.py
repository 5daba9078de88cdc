"""Words about slots and registrations in templates: `{{ slot|when }}`, `{% slot_places slot left %}`…"""

from __future__ import annotations

from datetime import date
from typing import Any

from django import template
from django.utils.safestring import SafeString

from yole.base.templatetags.yole import tag_
from yole.bookings import wording as bookings_wording
from yole.events import wording
from yole.events.models import Edition
from yole.events.selectors_programme import PublicSlot
from yole.events.selectors_public import Places

register = template.Library()


@register.filter
def when(slot: PublicSlot) -> str:
    return wording.when(slot)


@register.filter
def hours_words(slot: PublicSlot) -> str:
    return wording.hours(slot)


@register.filter
def where(slot: PublicSlot) -> str:
    return wording.where(slot)


@register.filter
def day_words(value: date) -> str:
    """« mardi 1er décembre », without tags: for an attribute."""
    return wording.day(value)


@register.filter
def access_words(slot: PublicSlot) -> str:
    return " ".join(wording.access(slot))


@register.filter
def language_words(code: str) -> str:
    return wording.language(code)


@register.filter
def days_words(of: Edition) -> str:
    return wording.days(of)


@register.filter
def get(mapping: dict[Any, Any], key: Any) -> Any:
    """The value of a key, None when it is not there."""
    return mapping.get(key)


@register.simple_tag
def slot_places(slot: PublicSlot, left: dict[str, Places]) -> SafeString:
    """Places of a slot; nothing for a break."""
    if slot.is_break and not slot.cancelled:
        return SafeString("")
    return tag_(*wording.places(slot, left.get(slot.guid)))


@register.simple_tag
def state_tag(state: str) -> SafeString:
    """The state of a booking, told to the person."""
    return tag_(*bookings_wording.state(state))
