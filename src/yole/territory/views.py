from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from yole.base.answers import FORM, as_file
from yole.base.components import Column, Table
from yole.base.errors import Refused
from yole.base.forms import apply_refusal
from yole.base.maps import MapLabel
from yole.base.permissions import may, staff_page
from yole.kernel.tables import write_table
from yole.territory import maps, selectors, services
from yole.territory.forms import QuartierForm, RenameForm
from yole.territory.models import Commune, Quartier
from yole.territory.permissions import QUARTIER_CHANGE, QUARTIERS

LISTED = 400  # communes shown on one page; a territory with more gives the file
SUGGESTED = 8


@require_GET
def suggestions(request: HttpRequest) -> JsonResponse:
    """Suggestions for a commune being typed: how sure the search is, and what it found."""
    outcome = selectors.search_communes(request.GET.get("q", ""), limit=SUGGESTED)
    places = [
        {"code": place.code, "name": place.name, "label": place.label, "departement": place.departement, "postcodes": list(place.postcodes)}
        for place in outcome.places
    ]
    answer = JsonResponse({"match": outcome.match, "postcode": outcome.postcode, "elsewhere": outcome.elsewhere, "places": places})
    answer.headers["Cache-Control"] = "public, max-age=300"
    return answer


@require_GET
def communes(request: HttpRequest) -> HttpResponse:
    """The communes of the territory: grouping, population with vintage and source."""
    total = selectors.communes_listed().count()
    listed = list(selectors.communes_listed()[:LISTED])
    columns = [Column(_("Commune")), Column(_("Codes postaux")), Column(_("Intercommunalité")), Column(_("Habitants"), numeric=True)]
    rows = [
        (commune.name, ", ".join(commune.postcodes), commune.epci.name if commune.epci else _("Non renseigné"), _population(commune))
        for commune in listed
    ]
    island = maps.island_map()
    view = None
    if island.areas and listed:
        view = island.view(
            key="communes", title=_("Les communes du territoire"), description=_("Carte du territoire. La liste des communes suit.")
        )
        view.labels.extend(_labels(island, listed))
    return render(
        request,
        "territory/communes.html",
        {
            "table": Table(_("Communes, par ordre alphabétique"), columns, rows),
            "view": view,
            "total": total,
            "shown": len(listed),
            "inhabitants": sum(commune.population or 0 for commune in listed) if total == len(listed) else None,
            "vintages": _list({commune.population_vintage for commune in listed}),
            "sources": _list({commune.source for commune in listed}),
        },
    )


def _list(texts: set[str]) -> str:
    return " ; ".join(sorted(filter(None, texts)))


def _population(commune: Commune) -> str:
    return _("Non renseigné") if commune.population is None else f"{commune.population:,}".replace(",", "\u202f")


def _labels(island: maps.IslandMap, listed: list[Commune]) -> list[MapLabel]:
    """Names of the largest communes, far enough from each other to be read."""
    labels: list[MapLabel] = []
    for commune in sorted(listed, key=lambda commune: -(commune.population or 0)):
        if commune.lat is None or commune.lon is None:
            continue
        x, y = island.xy(commune.lat, commune.lon)
        if all(abs(label.y - y) > 24 or abs(label.x - x) > 120 for label in labels):
            labels.append(MapLabel(x, y, commune.name, minor=len(labels) >= 5))
    return labels


@require_GET
def communes_csv(request: HttpRequest) -> HttpResponse:
    """The same list as a file, with source and date on each row."""
    header = (
        "code",
        "nom",
        "codes_postaux",
        "code_epci",
        "epci",
        "population",
        "population_millesime",
        "lat",
        "lon",
        "km2",
        "source",
        "date",
    )
    rows = (
        (
            *(
                commune.code,
                commune.name,
                "|".join(commune.postcodes),
                commune.epci_id,
                commune.epci.name if commune.epci else "",
                commune.population,
            ),
            *(commune.population_vintage, commune.lat, commune.lon, commune.km2, commune.source, commune.source_date),
        )
        for commune in selectors.communes_listed()
    )
    return as_file(write_table(header, rows), "communes.csv")


@staff_page(QUARTIERS)
@require_http_methods(FORM)
def quartiers(request: HttpRequest) -> HttpResponse:
    """The quartiers of the territory; a form to add one."""
    territory = getattr(request.user, "territory", None)
    form = QuartierForm(territory, request.POST or None)
    status = 200
    if request.method == "POST":
        if form.is_valid():
            data = form.cleaned_data
            try:
                added = services.add_quartier(request.user, data["commune"], data["name"], lat=data["lat"], lon=data["lon"])
            except Refused as refusal:
                apply_refusal(form, refusal)
                status = refusal.status
            else:
                messages.success(request, f"Le quartier « {added.name} » est ajouté à {added.commune.name}.")
                return redirect("territory:quartiers")
        else:
            status = 400
    context = {"form": form, "quartiers": selectors.quartiers_listed(territory), "may_change": may(request.user, QUARTIER_CHANGE)}
    return render(request, "territory/quartiers.html", context, status=status)


def _wanted(request: HttpRequest, quartier_id: int) -> Quartier:
    """A quartier of the territory of whoever asks, which may not be the one that this site serves."""
    found = selectors.quartiers_listed(getattr(request.user, "territory", None)).filter(pk=quartier_id).first()
    if found is None:
        raise Http404
    return found


@staff_page(QUARTIER_CHANGE)
@require_http_methods(FORM)
def rename(request: HttpRequest, quartier_id: int) -> HttpResponse:
    quartier = _wanted(request, quartier_id)
    form = RenameForm(request.POST or None, initial={"name": quartier.name})
    status = 200
    if request.method == "POST":
        if form.is_valid():
            try:
                renamed = services.rename_quartier(request.user, quartier_id, form.cleaned_data["name"])
            except Refused as refusal:
                apply_refusal(form, refusal)
                status = refusal.status
            else:
                messages.success(request, f"Le quartier s’appelle maintenant « {renamed.name} ».")
                return redirect("territory:quartiers")
        else:
            status = 400
    return render(request, "territory/quartier_rename.html", {"form": form, "quartier": quartier}, status=status)


@staff_page(QUARTIER_CHANGE)
@require_http_methods(FORM)
def remove(request: HttpRequest, quartier_id: int) -> HttpResponse:
    quartier = _wanted(request, quartier_id)
    if request.method == "POST":
        services.remove_quartier(request.user, quartier_id)
        messages.success(request, f"Le quartier « {quartier.name} » est retiré.")
        return redirect("territory:quartiers")
    return render(request, "territory/quartier_remove.html", {"quartier": quartier})
