"""The diagnosis away from the network: the package that a device keeps, and the answers that it sends back later."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from yole.assessment import running, selectors, services
from yole.assessment.bank import drawing
from yole.assessment.engine import areas
from yole.assessment.engine.model import EDGE
from yole.assessment.enums import Mode, StopReason
from yole.assessment.models import ItemVersion, ParameterSet, Sitting
from yole.assessment.services import Given
from yole.assessment.words import AREAS
from yole.base.errors import Refused
from yole.territory.models import Territory

ANSWERS_MAX = 60
SECONDS_MAX = 86_400


def package(territory: Territory) -> dict[str, Any]:
    """Questions, parameters, rules and correlation, as engine.js takes them. Raises Refused when no item is in service.

    `items`: {"version", "a", "b", "area" (from 0), "shown", "bars" (positions), "right", "text", "several", "options"…}; `level_weights`
    (nodes, levels) are those of the server, so that the page computes no sine integral.
    """
    parameters = running.current_parameters()
    if parameters is None:
        raise Refused(_("Aucune question n’est en service."), code="no-items", status=503)
    force = running.in_force(parameters.pk)
    rules = selectors.rules(territory.pk)
    data = dict(ItemVersion.objects.filter(id__in=[force.versions[key] for key in force.keys]).values_list("id", "data"))
    bank = force.tables.bank
    items = [
        {
            "version": force.versions[key],
            "a": float(bank.a[at]),
            "b": float(bank.b[at]),
            "area": int(bank.area[at]) if bank.area is not None else 0,
            "shown": int(force.shown[at]),
            "bars": sorted(force.exclusions.get(key, frozenset()) - {at}),
            **_words(data[force.versions[key]]),
        }
        for at, key in enumerate(force.keys)
    ]
    content = {
        "parameters": parameters.pk,
        "estimated": parameters.origin == "expert",
        "nodes": len(force.tables.grid),
        "edge": EDGE,
        "sessions": force.sittings,
        "level_weights": force.tables.level_weights(rules.cuts).tolist(),
        "cuts": list(rules.cuts),
        "levels": selectors.level_names(territory.pk, len(rules.cuts) + 1),
        "areas": [str(words.name) for _number, words in sorted(AREAS.items())],
        "correlation": parameters.correlation if len(parameters.correlation) == len(AREAS) else areas.even_correlation(len(AREAS)).tolist(),
        "rules": {
            "min_items": rules.min_items, "max_items": rules.max_items, "certainty": rules.certainty, "se": rules.stop.se,
            "cap": running.RULES.cap, "among": running.RULES.among, "shown_from": areas.SHOWN_FROM,
        },
        "items": items,
    }  # fmt: skip
    return {"version": hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:16], **content}


def _words(data: dict[str, Any]) -> dict[str, Any]:
    stem = data["stem"]
    return {
        "text": stem["text"],
        "help": stem.get("help", ""),
        "picture": drawing(stem["image"]["src"]) if stem.get("image") else "",
        "several": data["type"] == "multi",
        "right": [option["id"] for option in data["options"] if int(option.get("score", 0)) > 0],
        "options": [
            {"id": option["id"], "text": option["text"], "picture": drawing(option["image"]["src"]) if option.get("image") else ""}
            for option in data["options"]
        ],
    }


def _unreadable(field: str) -> Refused:
    return Refused("Ce qui a été envoyé est illisible.", field=field, code="unreadable", status=422)


@transaction.atomic
def receive(territory: Territory, sent: Any) -> Sitting:
    """One sitting made without a network: {"uuid", "parameters", "stop", "at", "answers"}, each answer {"version", "response", "assisted",
    "seconds"}.

    The server computes the result again. Sending it again changes nothing. Raises Refused for anything else.
    """
    if not isinstance(sent, dict) or not isinstance(sent.get("answers"), list) or not 0 < len(sent["answers"]) <= ANSWERS_MAX:
        raise _unreadable("answers")
    try:
        key = UUID(str(sent.get("uuid")))
    except ValueError:
        raise _unreadable("uuid") from None
    given = [_given(row) for row in sent["answers"]]
    found = Sitting.objects.filter(pk=key).first()
    if found is None:
        found = services.start(territory, mode=Mode.OFFLINE, uuid=key)
        used = sent.get("parameters")
        if type(used) is int and used != found.parameters_id and ParameterSet.objects.filter(pk=used).exists():
            found.parameters_id = used
            found.save(update_fields=["parameters"])
    elif found.mode != Mode.OFFLINE or found.territory_id != territory.pk:
        raise Refused("Ce diagnostic n’a pas été fait hors ligne.", code="mode", status=409)
    stop = sent.get("stop") if sent.get("stop") in StopReason.values else StopReason.PERSON
    return services.receive(found, given, stop_reason=str(stop), at=_instant(sent.get("at")))


def _given(row: Any) -> tuple[int, Given]:
    if not isinstance(row, dict) or type(row.get("version")) is not int or not 0 < row["version"] < 2**62:
        raise _unreadable("answers")
    response = row.get("response")
    if not isinstance(response, list) or len(response) > services.RESPONSES_MAX or not all(isinstance(one, str) for one in response):
        raise _unreadable("answers")
    seconds = row.get("seconds")
    return row["version"], Given(
        tuple(response), row.get("assisted") is True, seconds if type(seconds) is int and 0 <= seconds < SECONDS_MAX else None
    )


def _instant(text: Any) -> datetime | None:
    """When the device says it ended; None when it says nothing readable, or the future."""
    try:
        at = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
    if at is None:
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return at if at <= timezone.now() else None
