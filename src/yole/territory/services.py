"""Every write of the territory: its settings, its quartiers. Communes are written by importing.py."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.text import slugify

from yole.base.errors import Refused
from yole.base.permissions import require
from yole.kernel.errors import InputError
from yole.kernel.tables import read_table
from yole.kernel.text import sort_key
from yole.territory import departements, memory
from yole.territory.engine.holidays import day_of, known_subdivision
from yole.territory.engine.names import search_key
from yole.territory.models import Commune, Quartier, Territory
from yole.territory.permissions import QUARTIER_ADD, QUARTIER_CHANGE

_SETTINGS_TABLE = Path(__file__).parent / "data" / "departements_settings.csv"


def forget_everywhere() -> None:
    """This process forgets now and again once the transaction is done; others notice within seconds."""
    memory.forget()
    transaction.on_commit(memory.forget)


def communes_changed() -> None:
    """Tells every process that names must be read again."""
    Territory.objects.update(communes_version=F("communes_version") + 1)
    forget_everywhere()


def ensure_default(codes: Sequence[str], *, name: str = "") -> tuple[Territory, bool]:
    """The default territory, made for these départements when there is none: time zone and holidays come from the package's table.

    Returns the territory and whether it was made.
    """
    with transaction.atomic():
        found = Territory.objects.select_for_update().filter(is_default=True).first()
        if found is not None:
            return found, False
        known = {row["departement"]: row for row in read_table(_SETTINGS_TABLE).records()}
        rows = [known[code] for code in codes if code in known]
        label = name or ", ".join(departements.names().get(code, code) for code in codes) or "France"
        made = Territory.objects.create(
            slug=slugify(label) or "territoire",
            name=label[:120],
            departements=list(codes),
            time_zone=rows[0]["time_zone"] if rows else "Europe/Paris",
            languages=["fr", "en"],
            holiday_country="FR",
            holiday_subdivision=rows[0]["holiday_subdivision"] if rows and len(rows) == len(codes) else "",
            is_default=True,
        )
    forget_everywhere()
    return made, True


SETTINGS: dict[str, str] = {
    "name": "nom du territoire",
    "slug": "nom court, dans les adresses",
    "departements": "codes des départements, séparés par des virgules (vide : toute la France)",
    "time_zone": "fuseau horaire",
    "languages": "langues proposées, séparées par des virgules",
    "holiday_country": "pays des jours fériés",
    "holiday_subdivision": "subdivision des jours fériés",
    "extra_holidays": "autres jours chômés : QUAND=NOM, séparés par des points-virgules",
    "phone": "téléphone de l’aide humaine (vide : aucun)",
    "small_count_threshold": "plus petit effectif publié",
    "place_check_days": "jours avant qu’un lieu soit à vérifier",
    "place_stale_days": "jours avant qu’un lieu soit dit périmé",
}


def _refuse(key: str, value: str, expected: str) -> InputError:
    return InputError(f"réglage {key}", found=value, expected=expected)


def _whole(key: str, value: str, low: int, high: int) -> int:
    number = int(value) if value.isascii() and value.isdigit() and len(value) < 9 else -1
    if not low <= number <= high:
        raise _refuse(key, value, f"un nombre entier de {low} à {high}")
    return number


def _extra_holidays(value: str) -> list[dict[str, Any]]:
    """`easter-2=Vendredi saint; 12-20=Abolition !`: a name that ends with « ! » is a public holiday, else a day kept by custom."""
    rules: list[dict[str, Any]] = []
    for part in filter(None, (part.strip() for part in value.split(";"))):
        when, sign, name = (piece.strip() for piece in part.partition("="))
        legal = name.endswith("!")
        name = name.rstrip("! ")
        try:
            day_of(when, 2024)
        except ValueError:
            sign = ""
        if not sign or not name:
            raise _refuse(
                "extra_holidays", part, "QUAND=NOM, QUAND étant 12-20, 2026-03-12 ou easter-2 ; « ! » après le nom d'un jour férié de droit"
            )
        rules.append({"when": when, "name": name[:80], "customary": not legal})
    return rules


def parse_setting(key: str, value: str, *, country: str = "FR") -> Any:
    """The checked value of a setting, as stored. Needs no database. Raises InputError."""
    value = value.strip()
    if key not in SETTINGS:
        raise InputError("réglage inconnu", found=key, expected=", ".join(SETTINGS))
    listed = [part.strip() for part in value.split(",") if part.strip()]
    match key:
        case "name" if not 1 <= len(value) <= 120:
            raise _refuse(key, value, "un nom de 1 à 120 caractères")
        case "slug" if not value or slugify(value) != value or len(value) > 50:
            raise _refuse(key, value, "des minuscules sans accent, des chiffres et des tirets, 50 au plus")
        case "departements":
            for code in listed:
                if code not in departements.names():
                    raise _refuse(key, code, "des codes de départements, tels que 972 ou 2A")
            return list(dict.fromkeys(listed))
        case "time_zone" if value not in available_timezones():
            raise _refuse(key, value, "un fuseau horaire, tel que America/Martinique")
        case "languages":
            offered = [code for code, _ in settings.LANGUAGES]
            if not listed or not set(listed) <= set(offered):
                raise _refuse(key, value, f"une ou plusieurs langues parmi {', '.join(offered)}")
            return list(dict.fromkeys(listed))
        case "holiday_country" if len(value) != 2 or not known_subdivision(value, ""):
            raise _refuse(key, value, "un pays que la bibliothèque holidays connaît, tel que FR")
        case "holiday_subdivision" if value and not known_subdivision(country, value):
            raise _refuse(key, value, f"une subdivision de {country} que la bibliothèque holidays connaît, telle que MQ")
        case "extra_holidays":
            return _extra_holidays(value)
        case "phone" if value and not (
            6 <= sum(c.isdigit() for c in value) <= 15 and len(value) <= 20 and set(value) <= set("+0123456789 .()-")
        ):
            raise _refuse(key, value, "un numéro de 6 à 15 chiffres")
        case "small_count_threshold":
            return _whole(key, value, 3, 100)
        case "place_check_days" | "place_stale_days":
            return _whole(key, value, 1, 3650)
    return value


def change_setting(key: str, value: str) -> tuple[Territory, bool]:
    """Sets one setting of the default territory (made when absent); returns it and whether something changed. Raises InputError."""
    with transaction.atomic():
        territory, _ = ensure_default([])
        territory = Territory.objects.select_for_update().get(pk=territory.pk)
        new = parse_setting(key, value, country=territory.holiday_country)
        if key == "holiday_country" and new != territory.holiday_country and territory.holiday_subdivision:
            territory.holiday_subdivision = ""  # a subdivision of the former country means nothing in the new one
        changed = getattr(territory, key) != new
        setattr(territory, key, new)
        if territory.place_stale_days <= territory.place_check_days:
            raise _refuse(key, value, "place_check_days plus petit que place_stale_days")
        if key == "slug" and Territory.objects.filter(slug=new).exclude(pk=territory.pk).exists():
            raise _refuse(key, value, "un nom court qu'aucun autre territoire n'a")
        territory.save()
    forget_everywhere()
    return territory, changed


def _who(actor: Any) -> dict[str, str]:
    """What is kept of the person who acts: their structure or role, and the key of the account."""
    structure = getattr(actor, "structure", None)
    shown = str(structure) if structure else str(getattr(actor, "get_role_display", lambda: "")() or "")
    return {"label": shown[:160], "account": str(actor.pk or "")[:40]}


def _checked_name(name: str) -> tuple[str, str]:
    clean = " ".join(name.replace("\x00", " ").split())
    key = search_key(clean)
    if not key:
        raise Refused("Donnez le nom du quartier.", field="name", code="empty", status=400)
    if len(clean) > 80:
        raise Refused("Ce nom est trop long.", remedy="80 caractères au plus.", field="name", code="too-long", status=400)
    return clean, key


def _taken(commune: str, key: str, *, apart_from: int | None = None) -> Quartier | None:
    return Quartier.objects.filter(commune_id=commune, search_key=key, removed_at__isnull=True).exclude(pk=apart_from or 0).first()


def _already(known: Quartier) -> Refused:
    return Refused(
        f"Le quartier « {known.name} » existe déjà dans cette commune.", remedy="Choisissez un autre nom.", field="name", code="exists"
    )


def _departements(actor: Any) -> list[str]:
    """The départements whose quartiers are the actor's to name: those of its territory, which may not be the one that this site serves."""
    territory: Territory = getattr(actor, "territory", None) or memory.territory()
    return territory.departements


def add_quartier(actor: Any, commune_code: str, name: str, *, lat: float | None = None, lon: float | None = None) -> Quartier:
    """Adds a quartier to a commune of the territory. Raises Refused (right, empty or taken name, unknown commune, position)."""
    require(actor, QUARTIER_ADD)
    clean, key = _checked_name(name)
    if (lat is None) != (lon is None) or (lat is not None and lon is not None and not (-90 <= lat <= 90 and -180 <= lon <= 180)):
        raise Refused(
            "La position n’est pas possible.",
            remedy="Donnez une latitude et une longitude en degrés, ou aucune des deux.",
            field="lat",
            code="position",
            status=400,
        )
    with transaction.atomic():
        commune = Commune.objects.select_for_update().filter(pk=commune_code).first()
        here = _departements(actor)
        if commune is None or (here and commune.departement not in here):
            raise Refused(
                "Cette commune n’est pas dans le territoire.",
                remedy="Choisissez une commune de la liste.",
                field="commune",
                code="commune",
                status=400,
            )
        if known := _taken(commune.code, key):
            raise _already(known)
        who = _who(actor)
        quartier = Quartier.objects.create(
            commune=commune,
            name=clean,
            sort_key=sort_key(clean),
            search_key=key,
            lat=lat,
            lon=lon,
            added_by=who["label"],
            added_by_account=who["account"],
        )
        communes_changed()
    return quartier


def _held(actor: Any, quartier_id: int) -> Quartier:
    rows = Quartier.objects.select_for_update(of=("self",)).filter(pk=quartier_id, removed_at__isnull=True)
    found = rows.select_related("commune").first()
    here = _departements(actor)
    if found is None or (here and found.commune.departement not in here):
        raise Refused("Ce quartier n’existe pas ou a déjà été retiré.", code="unknown", status=404)
    return found


def rename_quartier(actor: Any, quartier_id: int, name: str) -> Quartier:
    """Gives a quartier another name. Raises Refused (right, unknown, empty or taken name)."""
    require(actor, QUARTIER_CHANGE)
    clean, key = _checked_name(name)
    try:
        with transaction.atomic():
            quartier = _held(actor, quartier_id)
            if known := _taken(quartier.commune_id, key, apart_from=quartier.pk):
                raise _already(known)
            who = _who(actor)
            quartier.name, quartier.sort_key, quartier.search_key = clean, sort_key(clean), key
            quartier.changed_by, quartier.changed_by_account = who["label"], who["account"]
            quartier.save()
            communes_changed()
    except IntegrityError:  # two people gave the same name at the same moment
        raise Refused("Ce nom vient d’être pris dans cette commune.", field="name", code="exists") from None
    return quartier


def remove_quartier(actor: Any, quartier_id: int) -> Quartier:
    """Takes a quartier out of lists and search; what already names it keeps it. Raises Refused (right, unknown)."""
    require(actor, QUARTIER_CHANGE)
    with transaction.atomic():
        quartier = _held(actor, quartier_id)
        who = _who(actor)
        quartier.removed_at = timezone.now()
        quartier.changed_by, quartier.changed_by_account = who["label"], who["account"]
        quartier.save()
        communes_changed()
    return quartier
