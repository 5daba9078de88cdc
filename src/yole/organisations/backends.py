"""Who a session belongs to."""

from __future__ import annotations

from copy import copy

from django.contrib.auth.backends import ModelBackend

from yole.organisations.models import Account
from yole.territory import memory


class AccountBackend(ModelBackend):
    """Django's, giving an account the territory that the process already keeps: nearly every page of the desk asks for it."""

    def get_user(self, user_id: int) -> Account | None:
        try:
            account = Account.objects.get(pk=user_id)
        except Account.DoesNotExist:
            return None
        here = memory.territory()
        if account.territory_id == here.pk:
            account.territory = copy(here)  # its own: a service may change it before it writes it
        return account if self.user_can_authenticate(account) else None
