"""What the roadmap made of the takeaways that other rooms offered, for the pages of those rooms."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Count, Q
from django.urls import reverse

from yole.base.registries import Outcome
from yole.roadmap.models import Proposal


def outcomes(source: str, keys: Collection[str]) -> dict[str, list[Outcome]]:
    """Key of a takeaway -> the proposals that hold it, the first made first, with the published commitments that came of each."""
    rows = Proposal.objects.filter(takeaways__source=source, takeaways__key__in=keys).annotate(
        promises=Count("commitments", filter=Q(commitments__published_at__isnull=False), distinct=True)
    )
    found: dict[str, list[Outcome]] = {}
    for one in rows.distinct().order_by("pk").prefetch_related("takeaways"):
        outcome = Outcome(one.title, one.get_answer_display(), one.promises, reverse("roadmap:proposal", args=[one.pk]))
        for takeaway in one.takeaways.all():
            if takeaway.source == source and takeaway.key in keys:
                found.setdefault(takeaway.key, []).append(outcome)
    return found
