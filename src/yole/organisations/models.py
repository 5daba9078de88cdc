from __future__ import annotations

import secrets

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils.crypto import salted_hmac

from yole.organisations.enums import SECOND_FACTOR_ROLES, LinkPurpose, Role, StructureType


def new_stamp() -> str:
    """32 hexadecimal digits; every session opened under another stamp is over."""
    return secrets.token_hex(16)


class Structure(models.Model):
    """An organisation that runs places, workshops or sends people to them."""

    name = models.CharField(max_length=150)
    sort_key = models.CharField(max_length=150, db_index=True, editable=False)
    kind = models.CharField(max_length=20, choices=StructureType.choices, default=StructureType.OTHER)
    siret = models.CharField(max_length=14, blank=True)
    territory = models.ForeignKey("territory.Territory", on_delete=models.PROTECT, related_name="structures")

    class Meta:
        constraints = [
            models.UniqueConstraint("territory", Lower("name"), name="organisations_structure_name_unique"),
            models.CheckConstraint(condition=models.Q(siret="") | models.Q(siret__regex=r"^\d{14}$"), name="organisations_structure_siret"),
        ]

    def __str__(self) -> str:
        return self.name


class AccountManager(BaseUserManager["Account"]):
    def get_by_natural_key(self, username: str | None) -> Account:
        return self.get(email__iexact=username)


class Account(AbstractBaseUser):
    """Somebody who works with Yole. Signs in with an e-mail address.

    `role`, `territory` and `structure` are those of the current membership: the whole house reads them here.
    """

    email = models.EmailField("Adresse e-mail")
    name = models.CharField("Nom affiché", max_length=120)
    role = models.CharField("Rôle", max_length=30, choices=Role.choices)
    territory = models.ForeignKey("territory.Territory", on_delete=models.PROTECT, related_name="accounts")
    structure = models.ForeignKey(Structure, null=True, blank=True, on_delete=models.PROTECT, related_name="accounts")
    is_active = models.BooleanField(default=True)
    is_fictional = models.BooleanField(default=False, help_text="Compte de démonstration.")
    created_at = models.DateTimeField(auto_now_add=True)
    session_stamp = models.CharField(max_length=32, default=new_stamp, editable=False)
    reactivated_at = models.DateTimeField(null=True, blank=True)
    idle_notice_at = models.DateTimeField(null=True, blank=True)
    erase_notice_at = models.DateTimeField(null=True, blank=True)
    pseudonymised_at = models.DateTimeField(null=True, blank=True)

    objects = AccountManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name", "role"]

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("email"), name="organisations_account_email_unique"),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="organisations_account_role"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_session_auth_hash(self) -> str:
        """Compared at each request with the one of the session: a new password or a new stamp ends every session."""
        return salted_hmac("yole.organisations.session", self.password + self.session_stamp, algorithm="sha256").hexdigest()

    def get_session_auth_fallback_hash(self):  # type: ignore[no-untyped-def]  # a generator of str, untyped in Django
        return iter(())

    @property
    def needs_second_factor(self) -> bool:
        return self.role in SECOND_FACTOR_ROLES


class Membership(models.Model):
    """What an account does, where, since when. Several may be active (a shared adviser); at most one is current."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="memberships")
    territory = models.ForeignKey("territory.Territory", on_delete=models.PROTECT, related_name="+")
    structure = models.ForeignKey(Structure, null=True, blank=True, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=30, choices=Role.choices)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)
    is_current = models.BooleanField(default=False)
    created_by = models.ForeignKey(Account, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="organisations_membership_role"),
            models.CheckConstraint(
                condition=models.Q(until__isnull=True) | models.Q(until__gte=models.F("since")), name="organisations_membership_dates"
            ),
            models.CheckConstraint(
                condition=models.Q(is_current=False) | models.Q(until__isnull=True), name="organisations_membership_current_is_active"
            ),
            models.UniqueConstraint("account", condition=models.Q(is_current=True), name="organisations_membership_one_current"),
            models.UniqueConstraint(
                "account", "territory", "structure", condition=models.Q(until__isnull=True), name="organisations_membership_once",
                nulls_distinct=False,
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.get_role_display()} {self.structure or self.territory}"


class Invitation(models.Model):
    """A place offered by e-mail. Only the digest of its token is kept."""

    email = models.EmailField()
    role = models.CharField(max_length=30, choices=Role.choices)
    territory = models.ForeignKey("territory.Territory", on_delete=models.CASCADE, related_name="+")
    structure = models.ForeignKey(Structure, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    invited_by = models.ForeignKey(Account, null=True, on_delete=models.SET_NULL, related_name="+")
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    account = models.ForeignKey(Account, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="organisations_invitation_role"),
            models.UniqueConstraint(
                Lower("email"), "territory", "structure",
                condition=models.Q(accepted_at__isnull=True, cancelled_at__isnull=True), name="organisations_invitation_once",
                nulls_distinct=False,
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"invitation {self.pk}"


class AccessLink(models.Model):
    """A link sent by e-mail that stands for the password once. Only the digest of its token is kept."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    purpose = models.CharField(max_length=10, choices=LinkPurpose.choices)
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(db_index=True)
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.purpose} {self.pk}"


class ResetRequest(models.Model):
    """Somebody asks that an account starts again with a new password and a new second factor; somebody else agrees."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="resets")
    asked_by = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    asked_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    agreed_by = models.ForeignKey(Account, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("account", condition=models.Q(closed_at__isnull=True), name="organisations_reset_once"),
            models.CheckConstraint(
                condition=models.Q(agreed_by__isnull=True)
                | (~models.Q(agreed_by=models.F("asked_by")) & ~models.Q(agreed_by=models.F("account"))),
                name="organisations_reset_second_person",
            ),
        ]

    def __str__(self) -> str:
        return f"reset {self.pk}"


class AccountSession(models.Model):
    """An open session, for its owner to see. `key_hash` is a digest: nothing here opens a session."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="sessions")
    key_hash = models.CharField(max_length=64, unique=True)
    opened_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(db_index=True)
    device = models.CharField(max_length=60)

    def __str__(self) -> str:
        return f"{self.device} {self.opened_at:%Y-%m-%d}"


class Attempt(models.Model):
    """Something counted against abuse: a wrong code, a link asked for. `key` is a keyed digest, it names nobody."""

    key = models.CharField(max_length=64)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["key", "at"], name="organisations_attempt_key")]

    def __str__(self) -> str:
        return self.key[:8]
