"""After the event: takeaways, opinions, statistics."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from yole.base.answers import FORM
from yole.base.permissions import staff_page
from yole.events import indicators, permissions, selectors_public, services_after
from yole.events.desk_common import attempt, edition_or_404, form_page, page
from yole.events.enums import Kind
from yole.events.forms_desk import ReasonForm, SpeakingForm, TakeawayForm
from yole.events.selectors_takeaways import support_words
from yole.organisations.requests import account_of


@staff_page(permissions.SEE)
@require_safe
def takeaways(request: HttpRequest, slug: str) -> HttpResponse:
    of = edition_or_404(request, slug)
    rows = [(one, support_words(one)) for one in of.takeaways.select_related("slot")]
    return page(request, "takeaways", of, rows=rows)


@staff_page(permissions.EDIT)
@require_http_methods(FORM)
def takeaway_new(request: HttpRequest, slug: str) -> HttpResponse:
    of = edition_or_404(request, slug)
    form = TakeawayForm(request.POST or None, of=of, auto_id="k_%s")
    if attempt(form, lambda: services_after.add_takeaway(account_of(request), of, **form.given())) is not None:
        messages.success(request, "L’enseignement est écrit. La feuille de route peut le reprendre.")
        return redirect("events:desk-takeaways", slug=slug)
    return form_page(request, form, "Écrire un enseignement", reverse("events:desk-takeaways", args=[slug]), of=of)


@staff_page(permissions.EDIT)
@require_http_methods(FORM)
def takeaway_withdraw(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    of = edition_or_404(request, slug)
    row = of.takeaways.select_related("edition").filter(pk=pk).first()
    if row is None:
        raise Http404
    form = ReasonForm(request.POST or None, auto_id="m_%s")
    if attempt(form, lambda: services_after.withdraw_takeaway(account_of(request), row, form.cleaned_data["reason"])) is not None:
        messages.success(request, "L’enseignement est retiré ; il reste lisible ici avec son motif.")
        return redirect("events:desk-takeaways", slug=slug)
    return form_page(request, form, "Retirer un enseignement", reverse("events:desk-takeaways", args=[slug]), of=of)


@staff_page(permissions.SEE)
@require_safe
def opinions(request: HttpRequest, slug: str) -> HttpResponse:
    """Opinions slot by slot: a mean from 5 opinions on; the texts, which name nobody, for the team."""
    of = edition_or_404(request, slug)
    rows = [
        (slot, selectors_public.opinions(slot, of.territory.small_count_threshold))
        for slot in of.slots.filter(feedback__isnull=False).distinct()
    ]
    return page(request, "opinions", of, rows=rows)


@staff_page(permissions.FIGURES)
@require_safe
def statistics(request: HttpRequest, slug: str) -> HttpResponse:
    of = edition_or_404(request, slug)
    begun = of.slots.filter(starts_at__lte=timezone.now(), cancelled_at__isnull=True, first_version__isnull=False)
    sessions = begun.exclude(kind=Kind.BREAK).select_related("speaking").order_by("starts_at", "number")
    rows = [(slot, getattr(slot, "speaking", None)) for slot in sessions]
    return page(request, "statistics", of, found=indicators.of_edition(of), rows=rows)


@staff_page(permissions.EDIT)
@require_http_methods(FORM)
def speaking(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Minutes spoken in one session, counted in the room and noted without a name."""
    of = edition_or_404(request, slug)
    row = get_object_or_404(of.slots.select_related("edition"), number=number)
    form = SpeakingForm(request.POST or None, slot=row, auto_id="t_%s")
    back = reverse("events:desk-statistics", args=[slug])
    if attempt(form, lambda: services_after.note_speaking(account_of(request), row, **form.cleaned_data)) is not None:
        messages.success(request, "Le temps de parole est noté.")
        return redirect(back)
    return form_page(request, form, f"Temps de parole : {row.title}", back, of=of, template="speaking", slot=row)
