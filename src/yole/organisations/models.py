from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower

from yole.organisations.enums import Role, StructureType


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
    def get_by_natural_key(self, username: str | None) -> "Account":
        return self.get(email__iexact=username)


class Account(AbstractBaseUser):
    """Somebody who works with Yole. Signs in with an e-mail address; one role, in one territory, in at most one structure."""

    email = models.EmailField("Adresse e-mail")
    name = models.CharField("Nom affiché", max_length=120)
    role = models.CharField("Rôle", max_length=30, choices=Role.choices)
    territory = models.ForeignKey("territory.Territory", on_delete=models.PROTECT, related_name="accounts")
    structure = models.ForeignKey(Structure, null=True, blank=True, on_delete=models.PROTECT, related_name="accounts")
    is_active = models.BooleanField(default=True)
    is_fictional = models.BooleanField(default=False, help_text="Compte de démonstration.")
    created_at = models.DateTimeField(auto_now_add=True)

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
