"""Work done away from the request."""

from __future__ import annotations

from datetime import timedelta

from django_tasks import task


@task()
def send_sign_in_link(account_id: int) -> bool:
    """Sends a sign-in link; 0 or an account that closed meanwhile: nothing. Returns whether a message left."""
    from yole.organisations.enums import LinkPurpose
    from yole.organisations.models import Account
    from yole.organisations.services_links import send_link

    account = Account.objects.filter(pk=account_id, is_active=True).first()
    if account is None:
        return False
    send_link(account, LinkPurpose.SIGN_IN)
    return True


@task()
def warn_idle() -> int:
    """Tells people whose account will be disabled or erased in 30 days; returns how many."""
    from yole.organisations import services_idle

    return services_idle.warn()


PERIODIC = (("organisations.warn-idle", timedelta(days=1), warn_idle),)
