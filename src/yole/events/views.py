"""What anybody sees: editions, a programme, a slot, its opinion form, the takeaways of an edition."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from yole.base.answers import FORM
from yole.base.errors import Refused
from yole.base.permissions import may
from yole.base.registries import outcomes_of
from yole.events import offers, permissions, selectors_public, services_after
from yole.events.enums import LIVE_STATUSES
from yole.events.forms import FeedbackForm, FilterForm
from yole.events.models import Edition, Slot
from yole.events.selectors_programme import PublicSlot, edition, editions, last_version, published_slot, published_slots
from yole.events.selectors_public import Filters, Places
from yole.events.selectors_takeaways import open_takeaways
from yole.events.services_after import OPEN_DAYS
from yole.events.services_call import call_is_open
from yole.territory.requests import territory_of


def edition_or_404(request: HttpRequest, slug: str) -> Edition:
    found = edition(territory_of(request), slug)
    if found is None:
        raise Http404
    return found


def slot_or_404(of: Edition, number: int) -> PublicSlot:
    found = published_slot(of, number)
    if found is None:
        raise Http404
    return found


@require_safe
def list_page(request: HttpRequest) -> HttpResponse:
    """Editions side by side, the last first."""
    found = editions(territory_of(request), public=True)
    today = timezone.localdate()
    rows = [{"edition": one, "call": call_is_open(one, today)} for one in found]
    return render(request, "events/list.html", {"rows": rows})


def _registration_open(of: Edition, places: Places | None) -> bool:
    return of.status in LIVE_STATUSES and places is not None and not places.closed


@require_safe
def programme(request: HttpRequest, slug: str) -> HttpResponse:
    of = edition_or_404(request, slug)
    slots = published_slots(of)
    form = FilterForm(request.GET or {}, of=of, choices=selectors_public.choices_of(slots), auto_id="f_%s")
    form.is_valid()
    data = form.cleaned_data
    chosen = Filters(
        text=data.get("q") or "",
        day=int(data["jour"]) if data.get("jour") else None,
        room=data.get("salle") or "",
        track=data.get("theme") or "",
        kind=data.get("format") or "",
    )
    shown = selectors_public.narrowed(slots, chosen)
    places = selectors_public.places_of(of)
    staff = may(request.user, permissions.SEE) and getattr(request.user, "territory_id", None) == of.territory_id
    context: dict[str, Any] = {
        "edition": of,
        "days": selectors_public.by_day(shown),
        "found": len(shown),
        "total": len(slots),
        "form": form,
        "filters_used": form.chosen,
        "left": selectors_public.places_of_slots(of),
        "now": selectors_public.now_and_next(slots, timezone.now()),
        "version": last_version(of),
        "places": places,
        "open": _registration_open(of, places),
        "call": call_is_open(of, timezone.localdate()),
        "several_days": of.starts_on != of.ends_on,
        "staff": staff,
    }
    return render(request, "events/programme.html", context)


def feedback_open(slot: PublicSlot) -> bool:
    now = timezone.now()
    if slot.cancelled or slot.is_break or slot.starts_at is None or slot.ends_at is None:
        return False
    return slot.starts_at <= now and (now - slot.ends_at).days < OPEN_DAYS


@require_safe
def slot_page(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    of = edition_or_404(request, slug)
    slot = slot_or_404(of, number)
    left = selectors_public.places_of_slots(of)
    context = {
        "edition": of,
        "slot": slot,
        "left": left,
        "open": _registration_open(of, selectors_public.places_of(of)) and slot.limited and not slot.cancelled,
        "takeaways": [one for one in open_takeaways(of.territory) if one.edition == of.slug and one.slot_number == number],
        "feedback": feedback_open(slot),
        "followed": _registration_open(of, selectors_public.places_of(of)) and selectors_public.may_follow(slot),
    }
    return render(request, "events/slot.html", context)


@require_http_methods(FORM)
def feedback(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """An opinion, without a name: nothing links it to the visitor."""
    of = edition_or_404(request, slug)
    slot = slot_or_404(of, number)
    form = FeedbackForm(request.POST or None, auto_id="o_%s")
    if form.is_bound and form.is_valid():
        row = Slot.objects.get(edition=of, guid=slot.guid)
        data = form.cleaned_data
        try:
            services_after.give_feedback(row, score=int(data["score"]), text=data["text"], key=data["key"])
        except Refused as refusal:
            form.apply_refusal(refusal)
        else:
            messages.success(request, _("Merci. Votre avis aide à faire mieux."))
            return redirect("events:slot", slug=slug, number=number)
    context = {"edition": of, "slot": slot, "form": form, "open": feedback_open(slot)}
    return render(request, "events/feedback.html", context, status=422 if form.is_bound else 200)


@require_safe
def takeaways(request: HttpRequest, slug: str) -> HttpResponse:
    """What came out of an edition, as the roadmap takes it up."""
    of = edition_or_404(request, slug)
    found = [one for one in open_takeaways(of.territory) if one.edition == of.slug]
    became = outcomes_of(offers.SOURCE, {str(one.id) for one in found})
    rows = [(one, became.get(str(one.id), [])) for one in found]
    return render(request, "events/takeaways.html", {"edition": of, "takeaways": rows})


@require_safe
def changes(request: HttpRequest, slug: str) -> HttpResponse:
    """Each published version and what moved in it."""
    of = edition_or_404(request, slug)
    return render(request, "events/changes.html", {"edition": of, "versions": list(of.versions.defer("snapshot"))})
