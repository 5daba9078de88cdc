"""What the desk changes on a post that is still vacant."""

from __future__ import annotations

from django.db import transaction

from yole.advisers import permissions
from yole.advisers.enums import PostState
from yole.advisers.models import Post
from yole.advisers.words import skills_of
from yole.base.errors import Refused
from yole.base.permissions import require
from yole.journal.references import reference
from yole.journal.services import record
from yole.organisations.models import Account


@transaction.atomic
def ask_skills(account: Account, pk: int, typed: str) -> Post:
    """The skills that a post asks for from the next round on. Raises Refused for a post that is not vacant."""
    require(account, permissions.ADMIT)
    post = Post.objects.select_for_update().filter(pk=pk, host__territory=account.territory).first()
    if post is None:
        raise Refused("Ce poste n’existe pas.", code="unknown", status=404)
    if post.state != PostState.VACANT:
        raise Refused(f"Un poste « {post.get_state_display()} » ne change plus de compétences.", code="move")
    post.skills = skills_of(typed)
    post.save(update_fields=["skills"])
    record("advisers.skills", reference("account", account.pk), reference("post", post.pk), {"skills": len(post.skills)})
    return post
