"""The public API, assembled from the rooms. Read only; errors say what was found and what is expected, in French."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import ValidationError

from yole import __version__
from yole.activities.api import router as activities_router
from yole.base.errors import Refused
from yole.places.api import router as places_router

DESCRIPTION = (
    "Annuaire des lieux d’aide au numérique, arrêts des bus, communes, chiffres d’activité. "
    "Lecture seule, sans clé, sans donnée personnelle. "
    "Données sous Licence Ouverte 2.0 : citez la source de chaque lieu."
)

api = NinjaAPI(
    title="Yole",
    version=__version__,
    description=DESCRIPTION,
    urls_namespace="api-v1",
    docs_url=None,
    openapi_url=None,
    openapi_extra={"info": {"license": {"name": "Licence Ouverte 2.0", "url": "https://www.etalab.gouv.fr/licence-ouverte-open-licence/"}}},
)
api.add_router("", places_router)
api.add_router("", activities_router)


def _answer(request: HttpRequest, status: int, code: str, reason: str, remedy: str = "", **more: Any) -> HttpResponse:
    return api.create_response(request, {"code": code, "reason": reason, "remedy": remedy, **more}, status=status)


@api.exception_handler(ValidationError)
def invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """A parameter that cannot be used: its name and what is expected."""
    wrong = [{"parameter": str(detail["loc"][-1]), "expected": str(detail["msg"])} for detail in error.errors]
    names = ", ".join(dict.fromkeys(item["parameter"] for item in wrong))
    return _answer(request, 422, "invalid", f"Paramètre inutilisable : {names}.", "Voyez /api/ pour les valeurs attendues.", errors=wrong)


@api.exception_handler(Refused)
def refused(request: HttpRequest, refusal: Refused) -> HttpResponse:
    return _answer(request, refusal.status, refusal.code, refusal.reason, refusal.remedy)


@api.exception_handler(Http404)
def missing(request: HttpRequest, error: Http404) -> HttpResponse:
    return _answer(request, 404, "not-found", "Cette adresse n’existe pas.", "La liste est à /api/.")
