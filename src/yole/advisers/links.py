"""The link of a message by which one side answers a proposal: signed, for one proposal, over after a month. Opening it does nothing."""

from __future__ import annotations

from django.core import signing

from yole.advisers.models import Relation
from yole.base.addresses import site_address
from yole.base.scope import system_scope

_SALT = "advisers.answer"
SECONDS = 30 * 24 * 3600


def address(relation: Relation) -> str:
    """Of the person of a proposal."""
    return site_address("advisers:answer-link", signing.dumps(relation.pk, salt=_SALT))


def of_token(token: str) -> Relation | None:
    """The proposal of a link, None when it is not ours, too old, or its person was erased."""
    try:
        pk = signing.loads(token, salt=_SALT, max_age=SECONDS)
    except signing.BadSignature:
        return None
    with system_scope():
        rows = Relation.objects.select_related("post__host__commune", "candidate__commune", "round").prefetch_related("interviews")
        return rows.filter(pk=pk, candidate__erased_at__isnull=True).first()
