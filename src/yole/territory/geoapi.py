"""The State's geo API (communes and contours), read over HTTP and checked. https://geo.api.gouv.fr/decoupage-administratif/communes"""

from __future__ import annotations

import http.client
import json
import urllib.error
import urllib.request
from typing import Any
from urllib.parse import urlencode, urlsplit

from yole import __version__
from yole.base.environment import env_text
from yole.kernel.errors import InputError
from yole.territory.records import CODE, POSTCODE, CommuneRecord, Gathered, read_contours

DEFAULT_ADDRESS = "https://geo.api.gouv.fr"
FIELDS = "nom,code,codesPostaux,centre,surface,population,epci"
TIMEOUT = 30.0  # seconds without an answer
LARGEST = 200 * 1024 * 1024  # bytes


def address() -> str:
    """Where the API is: `YOLE_GEO_API_URL`, else the State's. Raises InputError when it is not an http(s) address."""
    given = env_text("YOLE_GEO_API_URL", DEFAULT_ADDRESS).rstrip("/")
    parts = urlsplit(given)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise InputError("réglage YOLE_GEO_API_URL", found=given, expected=DEFAULT_ADDRESS)
    return given


def fetch(url: str, *, timeout: float = TIMEOUT) -> bytes:
    """The body of a 200 answer. Raises InputError: no answer, another status, an answer too large or cut short."""
    headers = {"Accept": "application/json", "User-Agent": f"Yole/{__version__}"}
    request = urllib.request.Request(url, headers=headers)  # noqa: S310  # `address` checked the scheme
    remedy = "un service joignable ; sans réseau : yole territory import --from DOSSIER"
    try:
        with urllib.request.urlopen(request, timeout=timeout) as answer:  # noqa: S310  # `address` checked the scheme
            data: bytes = answer.read(LARGEST + 1)
    except urllib.error.HTTPError as error:
        error.close()
        raise InputError(f"le service répond {error.code}", file=url, expected=remedy) from None
    except TimeoutError:
        raise InputError(f"pas de réponse en {timeout:g} s", file=url, expected=remedy) from None
    except (urllib.error.URLError, http.client.HTTPException, OSError) as error:
        reason = getattr(error, "reason", None) or error.__class__.__name__
        words = f"pas de réponse en {timeout:g} s" if isinstance(reason, TimeoutError) else f"le service ne répond pas ({reason})"
        raise InputError(words, file=url, expected=remedy) from None
    if len(data) > LARGEST:
        raise InputError("réponse trop grande", file=url, expected=f"au plus {LARGEST // (1024 * 1024)} Mo")
    return data


def _json(data: bytes, url: str) -> Any:
    try:
        return json.loads(data.decode("utf-8"))
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError):
        shown = data[:60].decode("utf-8", "replace")
        raise InputError(
            "la réponse n'est pas du JSON", file=url, found=shown, expected="la réponse de l'API du découpage administratif"
        ) from None


def _record(item: Any, number: int, url: str) -> CommuneRecord:
    def refuse(key: str, expected: str) -> InputError:
        found = item.get(key) if isinstance(item, dict) else item
        return InputError("valeur inattendue", file=url, row=number, column=key, found=found, expected=expected)

    if not isinstance(item, dict):
        raise refuse("code", "un objet par commune")
    code, name, postcodes = item.get("code"), item.get("nom"), item.get("codesPostaux") or []
    if not isinstance(code, str) or not CODE.fullmatch(code):
        raise refuse("code", "un code de commune de 5 caractères")
    if not isinstance(name, str) or not 1 <= len(name) <= 80:
        raise refuse("nom", "un nom de 1 à 80 caractères")
    if not isinstance(postcodes, list) or not all(isinstance(part, str) and POSTCODE.fullmatch(part) for part in postcodes):
        raise refuse("codesPostaux", "une liste de codes postaux de 5 chiffres")
    lat = lon = None
    if item.get("centre") is not None:
        point = item["centre"].get("coordinates") if isinstance(item["centre"], dict) else None
        if not (isinstance(point, list) and len(point) == 2 and all(isinstance(value, int | float) for value in point)):
            raise refuse("centre", "un point (longitude, latitude)")
        lon, lat = float(point[0]), float(point[1])
        if not (-90 <= lat <= 90 and -180 <= lon <= 180):
            raise refuse("centre", "une longitude de -180 à 180 et une latitude de -90 à 90")
    population, surface, epci = item.get("population"), item.get("surface"), item.get("epci") or {}
    if population is not None and (not isinstance(population, int) or population < 0):
        raise refuse("population", "un nombre d'habitants")
    if surface is not None and (not isinstance(surface, int | float) or surface < 0):
        raise refuse("surface", "une surface en hectares")
    if not isinstance(epci, dict):
        raise refuse("epci", "un objet code, nom")
    km2 = round(surface / 100, 2) if surface else None
    return CommuneRecord(
        code,
        name,
        tuple(postcodes),
        str(epci.get("code") or ""),
        str(epci.get("nom") or "")[:160],
        population,
        "",
        lat,
        lon,
        km2 or None,
        "geo.api.gouv.fr",
    )


def departement_codes(base: str) -> list[str]:
    """Codes of every département that the API knows."""
    url = f"{base}/departements?fields=code"
    items = _json(fetch(url), url)
    codes = [item.get("code") for item in items if isinstance(item, dict)] if isinstance(items, list) else []
    if not codes or not all(isinstance(code, str) for code in codes):
        raise InputError("réponse inattendue", file=url, column="code", expected="la liste des départements")
    return [str(code) for code in codes]


def communes_of(departement: str, base: str, *, contours: bool = True) -> Gathered:
    """Communes of a département, with their contours. Raises InputError."""
    path = f"{base}/departements/{departement}/communes"
    url = f"{path}?{urlencode({'fields': FIELDS, 'format': 'json'})}"
    items = _json(fetch(url), url)
    if not isinstance(items, list) or not items:
        raise InputError("aucune commune dans la réponse", file=url, expected="un département que l'API connaît")
    gathered = Gathered(used=[url], contours_source="geo.api.gouv.fr")
    for number, item in enumerate(items, start=1):
        record = _record(item, number, url)
        if record.code in gathered.communes:
            raise InputError("code présent deux fois", file=url, row=number, column="code", found=record.code)
        gathered.communes[record.code] = record
    if contours:
        url = f"{path}?{urlencode({'fields': 'code,nom', 'format': 'geojson', 'geometry': 'contour'})}"
        shapes = read_contours(fetch(url), url)
        gathered.contours = {code: shape for code, shape in shapes.items() if code in gathered.communes}
        gathered.used.append(url)
    return gathered
