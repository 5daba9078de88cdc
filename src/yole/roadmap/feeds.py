"""The feed of changes (RSS) and the calendar of deadlines (iCalendar). Nothing here names a person."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib.syndication.views import Feed
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from icalendar import Event

from yole.base.addresses import site_host
from yole.base.answers import as_file
from yole.base.calendars import clean, new_calendar
from yole.base.typography import french
from yole.roadmap import selectors, selectors_news
from yole.roadmap.selectors_news import News, address
from yole.roadmap.views_public import chosen
from yole.territory.models import Territory
from yole.territory.requests import territory_of

SHOWN = 50


class Changes(Feed):  # type: ignore[type-arg]  # the class takes no arguments when the site runs
    """The last changes of the public roadmap."""

    def get_object(self, request: HttpRequest) -> Territory:
        return territory_of(request)

    def title(self, territory: Territory) -> str:
        return french(_("Feuille de route : %(name)s") % {"name": territory.name})

    def link(self, territory: Territory) -> str:
        return address("home")

    def feed_url(self, territory: Territory) -> str:
        return address("rss")

    def description(self, territory: Territory) -> str:
        return _("Engagements, relevés, décisions et réponses aux propositions.")

    def feed_extra_kwargs(self, obj: Territory) -> dict[str, str]:
        self.language = get_language() or "fr"
        return {}

    def items(self, territory: Territory) -> list[News]:
        return selectors_news.news(territory)[:SHOWN]

    def item_title(self, item: News) -> str:
        return clean(french(item.title))

    def item_description(self, item: News) -> str:
        return clean(item.words)

    def item_link(self, item: News) -> str:
        return item.address

    def item_guid(self, item: News) -> str:
        return item.key

    item_guid_is_permalink = False

    def item_pubdate(self, item: News) -> Any:
        return item.at


def _event(uid: str, day: Any, summary: str, link: str, words: str) -> Event:
    event = Event()
    event.add("uid", f"{uid}@{site_host()}")
    event.add("dtstamp", timezone.now())
    event.add("dtstart", day)
    event.add("dtend", day + timedelta(days=1))
    event.add("summary", clean(french(summary)))
    event.add("description", clean(words))
    event.add("url", link)
    event.add("transp", "TRANSPARENT")
    return event


@require_safe
def deadlines(request: HttpRequest) -> HttpResponse:
    """Whole-day events: deadlines, milestones to come, next reviews."""
    roadmap = chosen(request)
    if roadmap is None:
        raise Http404
    made = new_calendar("Feuille de route", roadmap.name)
    for one in selectors.commitments(roadmap, public=True):
        if one.abandoned_on is not None:
            continue
        link = address("commitment", one.pk)
        made.add_component(_event(f"echeance-{one.uid}", one.due_on, _("Échéance : %(title)s") % {"title": one}, link, one.proof))
        for step in one.milestones.all():
            if step.delivered_on is None:
                title = _("Jalon : %(title)s") % {"title": step}
                made.add_component(_event(f"jalon-{step.uid}", step.due_on, title, link, f"{one}\n{step.deliverable}"))
    for review in roadmap.reviews.filter(next_on__isnull=False):
        title = _("Réunion de suivi : %(name)s") % {"name": review.committee or review.title}
        made.add_component(_event(f"revue-{review.uid}", review.next_on, title, address("home"), roadmap.name))
    return as_file(bytes(made.to_ical()), "echeances.ics", cache="no-cache")
