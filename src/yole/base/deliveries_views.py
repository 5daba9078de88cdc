"""Where a device delivers what was done without a network, and where a person closes what its device cannot bring back."""

from __future__ import annotations

import json
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse

from yole.base import deliveries
from yole.base.errors import Refused

BODY_MOST = 1024 * 1024


def receive(request: HttpRequest) -> HttpResponse:
    """Answers a batch of envelopes (JSON). The caller guards the method, the account and its right to work without a network."""
    if len(request.body) > BODY_MOST:
        raise Refused("Cet envoi est trop gros.", code="too-large", status=413)
    try:
        batch = json.loads(request.body)
    except (ValueError, RecursionError):
        raise Refused("Cet envoi est illisible.", code="unreadable", status=400) from None
    return JsonResponse(deliveries.deliver(request.user, batch))


def settle(request: HttpRequest, uuid: UUID) -> None:
    deliveries.settle(request.user, uuid)
