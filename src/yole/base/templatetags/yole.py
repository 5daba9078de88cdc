"""The component tags and filters of the design guide, loaded in every template. `/composants/` shows each one."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from django import template
from django.core.paginator import Page
from django.forms.boundfield import BoundField
from django.http import HttpRequest
from django.template import Context
from django.templatetags.static import static
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext, ngettext

from yole.base import drawings, fieldrender, typography
from yole.base.components import BarChart, Figure, Level, Step, Tab, Table
from yole.base.maps import MapView
from yole.kernel.codes import show_code

register = template.Library()
SPRITE = Path(__file__).resolve().parent.parent / "static" / "yole" / "icons.svg"
NOTE_ICONS = {"info": "info", "ok": "check-circle", "warning": "warning", "error": "warning"}
NOTE_KINDS = {"": "info", "debug": "info", "success": "ok"}


@cache
def icon_names() -> frozenset[str]:
    return frozenset(re.findall(r'id="i-([a-z-]+)"', SPRITE.read_text(encoding="utf-8")))


@register.simple_tag
def icon(name: str) -> SafeString:
    """A decorative icon of the sprite; words stand beside it. Raises ValueError for an unknown name."""
    if name not in icon_names():
        raise ValueError(f"unknown icon: {name}")
    return format_html('<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#i-{}"/></svg>', static("yole/icons.svg"), name)


# Forms


@register.simple_tag
def field(bound: BoundField, tiles: bool = False, required_mark: bool = True) -> SafeString:
    """`{% field form.phone %}` : the label, the hint, the control and its errors."""
    return fieldrender.render_field(bound, tiles=tiles, required_mark=required_mark)


@register.inclusion_tag("base/components/error_summary.html")
def error_summary(form: Any) -> dict[str, Any]:
    """The list of what is to be repaired, at the top of the page, focused; nothing when the form is right or not sent."""
    return {"lines": fieldrender.summary_lines(form) if fieldrender.has_errors(form) else []}


@register.simple_tag(takes_context=True)
def error_prefix(context: Context) -> str:
    """« Erreur : » before the title of a page that shows a form with errors, else nothing."""
    wrong = any(fieldrender.has_errors(value) for layer in context.dicts for value in layer.values())
    return gettext("Erreur : %(title)s") % {"title": ""} if wrong else ""


# Messages and states


@register.simple_block_tag
def note(content: str, kind: str = "info", title: str = "", role: str = "") -> SafeString:
    """`{% note "ok" %}…{% endnote %}` : info, ok, warning or error."""
    kind = NOTE_KINDS.get(kind, kind)
    if kind not in NOTE_ICONS:
        raise ValueError(f"unknown kind of note: {kind}")
    heading = format_html('<p class="strong">{}</p>', title) if title else ""
    attribute = format_html(' role="{}"', role) if role else ""
    return format_html(
        '<div class="note {}"{}>{}<div class="stack-s">{}{}</div></div>', kind, attribute, icon(NOTE_ICONS[kind]), heading, content
    )


@register.simple_tag(name="tag")
def tag_(kind: str, text: Any, icon: str = "") -> SafeString:
    """`{% tag "ok" "Ouvert" icon="check-circle" %}` : the state of one thing, one to four words; kind may be empty."""
    if kind not in {"", "ok", "warning", "error", "info"}:
        raise ValueError(f"unknown kind of tag: {kind}")
    return format_html('<span class="{}">{}{}</span>', f"tag {kind}".strip(), _icon(icon), text)


def _icon(name: str) -> SafeString | str:
    return icon(name) if name else ""


@register.simple_block_tag
def card(content: str, kind: str = "", title: str = "", level: int = 2) -> SafeString:
    """`{% card %}…{% endcard %}` ; kind `strong` for a quiet ground, `sail` for what the person takes away (once per page)."""
    classes = {"": "card stack", "strong": "card card-strong stack", "sail": "sail stack"}[kind]
    heading = format_html("<h{0}>{1}</h{0}>", int(level), title) if title else ""
    return format_html('<section class="{}">{}{}</section>', classes, heading, content)


@register.simple_block_tag
def empty(content: str, title: str, icon: str = "calendar") -> SafeString:
    """`{% empty title="…" %}…{% endempty %}` : what is empty, where the nearest full thing is, one action."""
    return format_html('<div class="empty stack-s"><p>{}</p><p class="strong">{}</p>{}</div>', _icon(icon), title, content)


@register.inclusion_tag("base/components/offline_banner.html")
def offline_banner() -> dict[str, Any]:
    """Hidden until the script of the page finds that there is no network."""
    return {}


# Navigation


@register.inclusion_tag("base/components/pagination.html", takes_context=True)
def pagination(context: Context, page: Page[Any], parameter: str = "page") -> dict[str, Any]:
    """Previous and next page; the other parameters of the address are kept."""
    request: HttpRequest | None = context.get("request")

    def address(number: int) -> str:
        query = request.GET.copy() if request is not None else None
        if query is None:
            return f"?{parameter}={number}"
        query[parameter] = str(number)
        return f"?{query.urlencode()}"

    return {
        "page": page,
        "previous_url": address(page.previous_page_number()) if page.has_previous() else "",
        "next_url": address(page.next_page_number()) if page.has_next() else "",
    }


@register.inclusion_tag("base/components/tabs.html")
def tabs(items: Iterable[Tab], current: str, label: str = "") -> dict[str, Any]:
    """A row of links, one page each; `current` is the key of the one shown."""
    return {"items": items, "current": current, "label": label or gettext("Vues de la page")}


@register.inclusion_tag("base/components/steps.html")
def steps(items: Iterable[Step]) -> dict[str, Any]:
    return {"steps": items}


# Figures, tables, drawings


@register.inclusion_tag("base/components/figure.html")
def figure(figure: Figure | None = None, **parts: Any) -> dict[str, Any]:
    """`{% figure fig %}` or its parts by name. Raises IncompleteFigureError when definition, unit, field, denominator, date, source or
    certainty is missing."""
    return drawings.figure_context(figure if figure is not None else Figure(**parts))


@register.simple_tag
def interval_bar(
    value: float, low: float, high: float, unit: str = "%", target: float | None = None, least: float = 0, greatest: float = 100
) -> SafeString:
    """The estimate on its interval, on an axis from `least` to `greatest`."""
    return drawings.interval_bar(value, low, high, unit=unit, target=target, axis=(least, greatest))


@register.inclusion_tag("base/components/bar_chart.html")
def bar_chart(chart: BarChart) -> dict[str, Any]:
    """Horizontal bars and the table of the same values."""
    return drawings.bar_chart_context(chart)


@register.inclusion_tag("base/components/table.html")
def data_table(table: Table) -> dict[str, Any]:
    return {"table": table}


@register.inclusion_tag("base/components/map.html", name="map")
def map_(view: MapView) -> dict[str, Any]:
    """A map drawn by the server; the page shows the same data as a list or a table."""
    return drawings.map_context(view)


@register.inclusion_tag("base/components/levels.html")
def levels(items: Iterable[Level]) -> dict[str, Any]:
    return {"levels": items}


# Words, numbers, times


@register.simple_block_tag(name="typography")
def typography_(content: str, plain: bool = False) -> SafeString:
    """French typography over a whole part of a page; nothing in a language that has other rules. `plain` writes no tags (titles)."""
    if typography.is_english(get_language()):
        return mark_safe(content)  # noqa: S308  # already rendered by the template
    changed = typography.french(content) if plain else typography.french_html(content)
    return mark_safe(changed)  # noqa: S308  # only spaces and apostrophes differ


@register.filter
def typo(text: Any) -> SafeString:
    """`{{ text|typo }}` : no-break spaces, curly apostrophe, 1er; escapes what is not safe."""
    escaped = conditional_escape(text)
    return escaped if typography.is_english(get_language()) else mark_safe(typography.french_html(escaped))  # noqa: S308  # escaped above


def _local(value: Any) -> Any:
    return timezone.localtime(value) if isinstance(value, datetime) and timezone.is_aware(value) else value


@register.filter
def hours(value: time | datetime | None) -> str:
    """« 8 h 30 », in the time zone of the territory; empty for nothing."""
    value = _local(value)
    if value is None:
        return ""
    return typography.clock(value.time() if isinstance(value, datetime) else value, get_language() or "fr")


@register.filter
def duration(minutes: int | None) -> str:
    return "" if minutes is None else typography.duration(minutes, get_language() or "fr")


@register.filter
def period(value: timedelta | None) -> str:
    """A length of storage in words: « 48 heures », « 30 jours », « 6 mois », « 3 ans »."""
    if value is None:
        return ""
    if value.days >= 365 and value.days % 365 < 2:
        n = value.days // 365
        return ngettext("%(n)s an", "%(n)s ans", n) % {"n": n}
    if value.days >= 60 and value.days % 30 < 4:
        return gettext("%(n)s mois") % {"n": value.days // 30}
    if value.days > 2:
        return gettext("%(n)s jours") % {"n": value.days}
    n = int(value.total_seconds() // 3600)
    return ngettext("%(n)s heure", "%(n)s heures", n) % {"n": n}


@register.filter
def day_fr(value: date | datetime | None, options: str = "") -> SafeString | str:
    """« lundi 23 novembre » ; options: `year`, `no-weekday`, separated by commas. « 1er » has its exponent."""
    value = _local(value)
    if value is None:
        return ""
    text = typography.day(value, get_language() or "fr", year="year" in options, weekday="no-weekday" not in options)
    return mark_safe(typography.french_html(text))  # noqa: S308  # made of day and month names


@register.simple_tag
def day_box(value: date | datetime) -> SafeString:
    """The square with the day of a list; the month is read aloud."""
    language = get_language() or "fr"
    value = _local(value)
    month = typography.day(value, language, weekday=False).split(typography.NBSP)[1]
    return format_html(
        '<span class="day">{}<b>{}</b><span class="month">{}</span></span>', typography.day_abbreviation(value, language), value.day, month
    )


@register.filter
def telephone(number: str | None) -> str:
    """« 05 96 57 48 69 »."""
    return typography.telephone(number) if number else ""


@register.filter
def tel(number: str | None) -> str:
    """The address of the link that dials: `<a href="{{ place.phone|tel }}">`."""
    return f"tel:{typography.telephone_link(number)}" if number else ""


@register.simple_tag
def telephone_link(number: str | None) -> SafeString | str:
    """The number, as a link that dials it."""
    if not number:
        return ""
    return format_html(
        '<a class="wide-link" href="tel:{}"><span class="nb">{}</span></a>', typography.telephone_link(number), typography.telephone(number)
    )


@register.filter
def distance(kilometres: float | None) -> str:
    """« 3,4 km »."""
    return "" if kilometres is None else typography.distance(kilometres, get_language() or "fr")


@register.filter
def number(value: float | int | None, decimals: int | None = None) -> str:
    """« 12 345,6 » in the language of the page."""
    return "" if value is None else number_format(value, decimals, force_grouping=True)


@register.filter
def plural(count: int, words: str) -> str:
    """`{{ n|plural:"place,places" }}` : « 0 place », « 1 place », « 2 places ». Translated pages use blocktranslate count."""
    one, _, many = words.partition(",")
    return f"{number(count)}{typography.NBSP}{one if abs(count) < 2 else many or one + 's'}"


@register.filter
def code_groups(code: str) -> str:
    """`ABCD-EFGH-12`, as codes are printed."""
    return show_code(code)


@register.simple_tag
def qr(address: str, alt: str) -> SafeString:
    """A QR code as an image that holds its own data; `alt` says what it contains."""
    import segno

    made = segno.make(address, error="m", micro=False)
    return format_html(
        '<img class="qr" src="{}" alt="{}" width="144" height="144">',
        made.svg_data_uri(scale=4, border=4, light="white", encode_minimal=True, omitsize=True),
        alt,
    )
