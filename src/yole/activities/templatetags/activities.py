"""Words about reports in templates: `{{ row|kind_words }}`, `{{ row|theme_words }}`…"""

from __future__ import annotations

from datetime import date

from django import template

from yole.activities import selectors
from yole.activities.enums import AdministrativeTheme, Material, PlaceKind, Theme
from yole.activities.models import Activity
from yole.base import typography

register = template.Library()
_THEMES = dict(Theme.choices)
_ADMINISTRATIVE = dict(AdministrativeTheme.choices)
_MATERIALS = dict(Material.choices)


@register.filter
def kind_words(row: Activity) -> str:
    return selectors.kind_words(row)


@register.filter
def theme_words(row: Activity) -> str:
    """« E-mail, Bureautique et 2 autres »; « Autre thème » for an archive whose words have no equivalent."""
    names = [str(_THEMES.get(theme, theme)) for theme in row.themes]
    if not names:
        return "Autre thème"
    more = len(names) - 3
    return ", ".join(names) if more <= 0 else f"{', '.join(names[:3])} et {more} {'autre' if more == 1 else 'autres'}"


@register.filter
def admin_words(row: Activity) -> str:
    return ", ".join(str(_ADMINISTRATIVE.get(theme, theme)) for theme in row.admin_themes)


@register.filter
def material_words(row: Activity) -> str:
    return ", ".join(str(_MATERIALS.get(one, one)) for one in row.materials)


@register.filter
def where_words(row: Activity) -> str:
    """The place, or the kind of place and the commune."""
    if row.place is not None:
        return str(row.place.name)
    kind = PlaceKind(row.place_kind).label
    return f"{kind}, {row.commune.name}" if row.commune is not None and row.place_kind != PlaceKind.REMOTE else str(kind)


@register.filter
def day_words(value: date) -> str:
    """« vendredi 20 novembre 2026 », without tags: for a title."""
    return typography.day(value, "fr", year=True)
