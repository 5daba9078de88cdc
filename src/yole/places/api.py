"""The open API of places, stops and communes: read only, no personal data, nothing that is not on a public page."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Any, Literal

from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from ninja import Field, Query, Router, Schema, Status
from pydantic import ConfigDict

from yole.places import selectors
from yole.places.criteria import AUDIENCE_KEYS, CARE_KEYS, DAYS_AHEAD, LANGUAGE_NAMES, SERVICE_KEYS, Criteria
from yole.places.files import feature
from yole.places.models import Place
from yole.territory import selectors as territory_selectors
from yole.territory.requests import territory_of

router = Router(tags=["Lieux"])
PAGE_LIMIT = 100
COUNTED = 1000

ServiceKey = Literal["demarches", "quotidien", "emploi", "securite", "parents", "loisirs", "comprendre", "acces", "materiel"]
AudienceKey = Literal["jeunes", "etudiants", "familles", "seniors", "femmes"]
CareKey = Literal["surdite", "moteur", "mental", "illettrisme", "anglais", "langues", "vue"]
LanguageKey = Literal["gcf", "en", "es", "ht", "pt", "lsf"]
Lat = Annotated[float | None, Field(ge=-90, le=90, description="Latitude WGS84, en degrés.")]
Lon = Annotated[float | None, Field(ge=-180, le=180, description="Longitude WGS84, en degrés.")]


_COLLECTION = {
    "type": "object",
    "properties": {"type": {"const": "FeatureCollection"}, "features": {"type": "array", "items": {"type": "object"}}},
}
GEOJSON: dict[str, Any] = {"responses": {200: {"content": {"application/geo+json": {"schema": _COLLECTION}}}}}


class Problem(Schema):
    """Pourquoi une demande n’est pas servie."""

    code: str
    reason: str
    remedy: str = ""


class PlaceSummary(Schema):
    """Un lieu dans une liste. `km` : distance à vol d’oiseau, absente sans position."""

    id: int
    name: str
    kind: Literal["fixed", "itinerant"]
    address: str
    postcode: str
    commune: str
    insee_code: str
    lat: float | None
    lon: float | None
    telephone: str
    opening_hours: str
    state: Literal["open", "closed", "unknown", "doubt", "gone"]
    services: list[str]
    fees: list[str]
    updated_on: date
    hours_verified_on: date | None
    km: float | None
    url: str


class PlacePageSchema(Schema):
    """Une page de lieux. `total` est absent au-delà de 1 000."""

    total: int | None
    page: int
    has_next: bool
    messages: list[str]
    items: list[PlaceSummary]


class PlaceDetail(Schema):
    """Toutes les colonnes publiques du schéma national, sous leur nom, et l’état du lieu."""

    id: int
    url: str
    kind: Literal["fixed", "itinerant"]
    closed_on: date | None
    closed_reason: str
    verified_on: dict[str, date | None]
    record: dict[str, str]


class StopOut(Schema):
    """Le passage d’un bus. `cancelled` : la raison pour laquelle il ne passe pas ; `doubt` : jour férié à vérifier."""

    place_id: int
    place: str
    stop: str
    address: str
    commune: str
    insee_code: str
    lat: float | None
    lon: float | None
    day: date
    starts: str
    ends: str
    cancelled: str
    doubt: str
    km: float | None


class CommuneOut(Schema):
    """Une commune du territoire. Population municipale, centre WGS84."""

    code: str
    name: str
    departement: str
    postcodes: list[str]
    population: int | None
    lat: float | None
    lon: float | None


class _Strict(Schema):
    model_config = ConfigDict(extra="ignore")


class PlaceQuery(_Strict):
    """Les filtres de la recherche publique."""

    where: Annotated[str, Field(max_length=120, description="Commune, quartier, code postal ou nom d’un lieu.")] = ""
    lat: Lat = None
    lon: Lon = None
    service: Annotated[list[ServiceKey], Field(max_length=9, description="Aides demandées, toutes proposées. Paramètre répété.")] = []
    audience: Annotated[list[AudienceKey], Field(max_length=5, description="Publics : un seul suffit. Paramètre répété.")] = []
    care: Annotated[list[CareKey], Field(max_length=7, description="Accueils adaptés, tous proposés. Paramètre répété.")] = []
    language: Annotated[LanguageKey | None, Field(description="Langue parlée.")] = None
    free: Annotated[bool, Field(description="Seulement les lieux gratuits.")] = False
    open_now: Annotated[bool, Field(description="Seulement les lieux ouverts en ce moment.")] = False
    open_on: Annotated[date | None, Field(description="Un jour entre aujourd’hui et dans 92 jours.")] = None
    page: Annotated[int, Field(ge=1, le=1000, description="Page, à partir de 1.")] = 1
    limit: Annotated[int, Field(ge=1, le=PAGE_LIMIT, description="Lieux par page, 100 au plus.")] = 20
    format: Annotated[Literal["json", "geojson"], Field(description="json ou geojson.")] = "json"


def _unique(values: list[Any], known: dict[str, Any]) -> tuple[str, ...]:
    return tuple(key for key in known if key in values)


def _problem(request: HttpRequest, reason: str, remedy: str = "") -> Status[dict[str, str]]:
    return Status(400, {"code": "bad-request", "reason": reason, "remedy": remedy})


def _url(request: HttpRequest, pk: int, slug: str) -> str:
    return request.build_absolute_uri(reverse("places:place", args=[pk, slug]))


@router.get(
    "/places", response={200: PlacePageSchema, 400: Problem}, summary="Chercher des lieux", operation_id="listPlaces", openapi_extra=GEOJSON
)
def list_places(request: HttpRequest, response: HttpResponse, query: Query[PlaceQuery]) -> Any:
    """Les lieux affichés, du plus proche au plus lointain, ou par nom sans position. `format=geojson` donne une FeatureCollection."""
    moment = selectors.local_now()
    if (query.lat is None) != (query.lon is None):
        return _problem(request, "Il manque lat ou lon.", "Donnez les deux, ou aucun.")
    if query.open_on and not moment.date() <= query.open_on <= moment.date() + timedelta(days=DAYS_AHEAD):
        return _problem(request, "Ce jour est trop loin ou passé.", "Donnez un jour entre aujourd’hui et dans 92 jours.")
    if query.page * query.limit > COUNTED:
        return _problem(request, "Cette page est trop loin.", "Téléchargez la liste entière : /lieux/donnees/")
    criteria = Criteria(
        where=" ".join(query.where.replace("\x00", " ").split()),
        lat=query.lat,
        lon=query.lon,
        services=_unique(query.service, SERVICE_KEYS),
        audiences=_unique(query.audience, AUDIENCE_KEYS),
        care=_unique(query.care, CARE_KEYS),
        language=query.language or "",
        free=query.free,
        open_now=query.open_now,
        day=query.open_on,
        page=query.page,
    )
    result = selectors.search(territory_of(request), criteria, moment, page_size=query.limit)
    beyond = result.criteria.page != query.page
    rows = [] if result.nearest_anyway or beyond else result.rows
    items = [_summary(request, row) for row in rows]
    messages = [] if beyond else [message.text for message in result.messages]
    if query.format == "geojson":
        return _geojson(items)
    return {"total": result.total, "page": query.page, "has_next": result.has_next and not beyond, "messages": messages, "items": items}


def _summary(request: HttpRequest, row: selectors.Row) -> dict[str, Any]:
    return {
        "id": row.id,
        "name": row.name,
        "kind": row.kind,
        "address": row.address,
        "postcode": row.postcode,
        "commune": row.commune_name,
        "insee_code": row.insee_code,
        "lat": row.lat,
        "lon": row.lon,
        "telephone": row.telephone,
        "opening_hours": row.opening_hours,
        "state": row.state.kind,
        "services": row.services,
        "fees": row.fees,
        "updated_on": row.updated_on,
        "hours_verified_on": row.verified_on,
        "km": None if row.km is None else round(row.km, 3),
        "url": _url(request, row.id, row.slug),
    }


def _geojson(items: list[dict[str, Any]]) -> HttpResponse:
    features = [
        feature({key: value for key, value in item.items() if key not in {"lat", "lon"}}, item["lat"], item["lon"]) for item in items
    ]
    content = {"type": "FeatureCollection", "features": features}
    return JsonResponse(content, encoder=DjangoJSONEncoder, content_type="application/geo+json")


@router.get("/places/{int:pk}", response={200: PlaceDetail, 404: Problem}, summary="Lire un lieu", operation_id="getPlace")
def get_place(request: HttpRequest, pk: int) -> Any:
    """Un lieu, fermé ou non. Un lieu fusionné donne celui qui le remplace."""
    territory = territory_of(request)
    try:
        place = selectors.kept_place(selectors.place(territory, pk))
    except Place.DoesNotExist:
        return Status(404, {"code": "not-found", "reason": "Ce lieu n’existe pas.", "remedy": "La liste est à /api/v1/places."})
    fresh = selectors.freshness_of([place], selectors.local_now().date(), territory)[place.pk]
    return {
        "id": place.pk,
        "url": _url(request, place.pk, place.slug),
        "kind": place.kind,
        "closed_on": place.closed_on,
        "closed_reason": place.closed_reason,
        "verified_on": {group: one.confirmed_on for group, one in fresh.items()},
        "record": selectors.export_row(place, None),
    }


class StopQuery(_Strict):
    lat: Lat = None
    lon: Lon = None
    commune: Annotated[str, Field(pattern=r"^([0-9][0-9AB][0-9]{3})?$", description="Code Insee.")] = ""
    within_km: Annotated[float, Field(gt=0, le=200, description="Rayon autour de la position, en kilomètres.")] = 8.0
    from_date: Annotated[date | None, Field(description="Premier jour, aujourd’hui par défaut.")] = None
    days: Annotated[int, Field(ge=1, le=60, description="Nombre de jours.")] = 28


@router.get("/stops", response={200: list[StopOut], 400: Problem}, summary="Quand passe le bus", operation_id="listStops")
def list_stops(request: HttpRequest, query: Query[StopQuery]) -> Any:
    """Les passages des bus, jour par jour, ceux qui sont annulés compris."""
    today = selectors.local_now().date()
    first = query.from_date or today
    if (query.lat is None) != (query.lon is None):
        return _problem(request, "Il manque lat ou lon.", "Donnez les deux, ou aucun.")
    if not today - timedelta(days=31) <= first <= today + timedelta(days=366):
        return _problem(request, "Ce jour est trop loin.", "Donnez un jour entre il y a un mois et dans un an.")
    found = selectors.buses_near(
        territory_of(request),
        first,
        query.days,
        lat=query.lat,
        lon=query.lon,
        commune=query.commune,
        within_km=query.within_km if query.lat is not None else None,
    )
    return [
        {
            "place_id": p.place.pk,
            "place": p.place.name,
            "stop": p.stop.name,
            "address": p.stop.address,
            "commune": p.stop.commune_name,
            "insee_code": p.stop.insee_code,
            "lat": p.stop.lat,
            "lon": p.stop.lon,
            "day": p.day,
            "starts": f"{p.starts:%H:%M}",
            "ends": f"{p.ends:%H:%M}",
            "cancelled": p.cancelled,
            "doubt": p.doubt,
            "km": None if p.km is None else round(p.km, 3),
        }
        for p in found
    ]


class CommuneQuery(_Strict):
    q: Annotated[str, Field(max_length=120, description="Nom ou code postal ; vide : toutes.")] = ""
    limit: Annotated[int, Field(ge=1, le=500, description="Communes au plus.")] = 100


@router.get("/communes", response=list[CommuneOut], summary="Chercher une commune", operation_id="listCommunes", tags=["Territoire"])
def list_communes(request: HttpRequest, query: Query[CommuneQuery]) -> Any:
    """Les communes du territoire, par nom ou code postal."""
    text = query.q.replace("\x00", " ").strip()
    found = territory_selectors.search_communes(text, limit=min(query.limit, 20)).places if text else territory_selectors.communes()
    communes = {place.code: place for place in found}.values()
    return [
        {
            "code": c.code,
            "name": c.name,
            "departement": c.departement,
            "postcodes": list(c.postcodes),
            "population": c.population,
            "lat": c.lat,
            "lon": c.lon,
        }
        for c in list(communes)[: query.limit]
    ]


def languages() -> dict[str, str]:
    """Codes of the filter `language` and their names, for the page of the API."""
    return {code: str(name) for code, name in LANGUAGE_NAMES.items()}
