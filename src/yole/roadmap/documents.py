"""The yearly document « ce qui a été promis, ce qui a été fait »: tagged PDF, from the same reads as the pages."""

from __future__ import annotations

from datetime import date

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from yole.base.answers import as_file
from yole.base.htmlpdf import pdf
from yole.base.memo import remember
from yole.roadmap import selectors
from yole.roadmap.models import Change, ProposalAnswer, ReviewDecision
from yole.roadmap.views_public import chosen, year_of
from yole.territory.requests import territory_of
from yole.territory.selectors import today

KEPT_SECONDS = 300.0


@require_safe
def yearly(request: HttpRequest, year: int) -> HttpResponse:
    """What stood at the end of the year (today, for the year in course): each promise, its measure, what was moved, what was answered."""
    roadmap = chosen(request)
    year = year_of(year)
    if roadmap is None:
        raise Http404
    end = min(date(year, 12, 31), today())
    rows = [one for one in selectors.commitments(roadmap, public=True) if one.published_at is not None and one.published_at.date() <= end]
    found = [selectors.line_of(one, end) for one in rows]
    changes = Change.objects.filter(commitment__in=[one.pk for one in rows], recorded_at__year=year).select_related("commitment")
    decisions = ReviewDecision.objects.filter(commitment__in=[one.pk for one in rows], review__held_on__year=year)
    answers = ProposalAnswer.objects.filter(territory=territory_of(request), day__year=year).select_related("proposal", "committee")
    context = {
        "roadmap": roadmap,
        "year": year,
        "end": end,
        "by_axis": selectors.grouped(roadmap, found),
        "totals": selectors.totals(found),
        "number": len(found),
        "moved": list(changes.filter(field="due_on").order_by("commitment__number", "recorded_at")),
        "decisions": list(decisions.select_related("review", "commitment").order_by("review__held_on", "pk")),
        "answers": list(answers.order_by("day", "pk")),
    }

    def make() -> bytes:
        return pdf("roadmap/documents/yearly.html", context)

    # A page that anybody may ask for and that is long to draw.
    drawn = remember(("roadmap-yearly", roadmap.pk, year, end, get_language()), KEPT_SECONDS, make)
    return as_file(drawn, f"promis-fait-{year}.pdf", cache="no-cache")
