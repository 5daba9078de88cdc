"""Bars and words of a vote in templates."""

from __future__ import annotations

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from yole.debates.engine.honesty import Result

register = template.Library()
# Words of the engine, with their capital, for the catalogue.
LABELS = (
    _("Accord large"),
    _("Plutôt d’accord"),
    _("Désaccord large"),
    _("Plutôt en désaccord"),
    _("Partagé"),
    _("Peu de réponses"),
    _("Moins de 5 bulletins : les chiffres diraient comment quelqu’un a voté."),
)


@register.filter
def translated(words: str) -> str:
    """Words of a closed list in the language of the page; anything else stays as it was typed."""
    return gettext(words) if words else ""


@register.simple_tag
def vote_bar(result: Result) -> SafeString:
    """Shares of agree, pass and disagree as one bar of classes p0 … p100; the numbers are written beside it. Empty when nobody saw it."""
    if not result.seen:
        return format_html('<div class="vote" aria-hidden="true"></div>')
    agree, passed, disagree = shares(result.agree, result.passed, result.disagree)
    return format_html(
        '<div class="vote" aria-hidden="true"><i class="v1 p{}"></i><i class="v2 p{}"></i><i class="v3 p{}"></i></div>',
        agree,
        passed,
        disagree,
    )


def shares(*counts: int) -> list[int]:
    """Whole percents that sum to 100: the largest remainders take what rounding leaves. Raises ZeroDivisionError when all are 0."""
    whole = sum(counts)
    parts = [100 * count // whole for count in counts]
    rest = sorted(range(len(counts)), key=lambda i: (-(100 * counts[i] % whole), i))
    for i in rest[: 100 - sum(parts)]:
        parts[i] += 1
    return parts
