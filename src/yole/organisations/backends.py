"""Who a session belongs to."""

from __future__ import annotations

from django.contrib.auth.backends import ModelBackend

from yole.organisations.models import Account


class AccountBackend(ModelBackend):
    """Django's, reading with an account its structure and territory: nearly every page of the desk asks for them."""

    def get_user(self, user_id: int) -> Account | None:
        account = Account.objects.select_related("structure", "territory").filter(pk=user_id).first()
        return account if account is not None and self.user_can_authenticate(account) else None
