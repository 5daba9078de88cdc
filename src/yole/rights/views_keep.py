"""Pause and resume: the answers leave as a file that the person keeps, and come back by a form. Nothing is stored, or in an address."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from yole.base.answers import FORM, as_file
from yole.rights import client, state
from yole.rights.forms import ResumeForm
from yole.rights.views_public import ask, private, too_late, unavailable
from yole.territory.selectors import today


@require_POST
def keep(request: HttpRequest) -> HttpResponse:
    """The answers of the page as a small text file."""
    try:
        so_far = state.load(request.POST.get("etat", ""))
    except state.ExpiredError:
        return too_late(request)
    where = request.build_absolute_uri(reverse("rights:resume"))
    words = _(
        "Mes droits : mes réponses du %(day)s.\n"
        "Ce fichier contient vos réponses, sans votre nom. Gardez-le pour vous.\n"
        "Pour reprendre, pendant %(number)s jours : %(where)s"
    ) % {"day": f"{today():%d/%m/%Y}", "number": state.KEPT_DAYS, "where": where}
    return as_file(state.keep(so_far, words), f"mes-reponses-{today():%Y-%m-%d}.txt")


@require_http_methods(FORM)
def resume(request: HttpRequest) -> HttpResponse:
    """Goes on from a kept file, or from its text."""
    form = ResumeForm(request.POST, request.FILES, auto_id="k_%s") if request.method == "POST" else ResumeForm(auto_id="k_%s")
    if form.is_bound and form.is_valid():
        try:
            shown = ask(request, form.state)
        except client.RejectedError:
            form.add_error(None, _("Ces réponses ne vont plus ensemble. Recommencez les questions."))
        except client.UnavailableError as problem:
            return unavailable(request, str(problem))
        else:
            return shown
    status = 422 if form.is_bound else 200
    return private(render(request, "rights/resume.html", {"form": form, "days": state.KEPT_DAYS}, status=status))
