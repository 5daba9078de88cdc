from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm

from yole.base.forms import PlainForm
from yole.organisations.enums import GRANTS, STRUCTURE_ROLES, Role, StructureType
from yole.organisations.models import Account
from yole.organisations.selectors import structure_choices

_NEW = forms.PasswordInput(attrs={"autocomplete": "new-password"})
LENGTH_HINT = "Au moins 12 caractères. Une phrase convient très bien."


class SignInForm(AuthenticationForm):
    username = forms.EmailField(label="Adresse e-mail", widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True}))
    password = forms.CharField(label="Mot de passe", strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}))
    error_messages = {
        "invalid_login": "Adresse ou mot de passe inconnu. Vérifiez les deux, puis essayez encore.",
        "inactive": "Adresse ou mot de passe inconnu. Vérifiez les deux, puis essayez encore.",
    }


class AddressForm(PlainForm):
    """Where a sign-in link is to be sent."""

    email = forms.EmailField(label="Adresse e-mail", max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"}))


class CodeForm(PlainForm):
    """A one-time code, or a recovery code."""

    code = forms.CharField(
        label="Code",
        max_length=20,
        help_text="Les 6 chiffres de votre application, ou un code de secours à 8 chiffres.",
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )


class NewCodeForm(PlainForm):
    code = forms.CharField(
        label="Code à 6 chiffres",
        max_length=20,
        help_text="Celui que l’application montre maintenant.",
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )


class PasskeyForm(PlainForm):
    """A passkey being made. `credential` is filled by the script of the page."""

    name = forms.CharField(label="Nom de la clé", max_length=60, help_text="Pour la reconnaître, par exemple « Téléphone du bureau ».")
    credential = forms.CharField(widget=forms.HiddenInput, max_length=20_000, required=False)


class ConfirmForm(PlainForm):
    """Who is there: the password, or a code."""

    password = forms.CharField(
        label="Mot de passe", strip=False, required=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )
    code = forms.CharField(
        label="Ou un code",
        max_length=20,
        required=False,
        help_text="Les 6 chiffres de votre application, ou un code de secours.",
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("password") and not data.get("code"):
            raise forms.ValidationError("Donnez votre mot de passe, ou un code.")
        return data


class NameForm(PlainForm):
    name = forms.CharField(label="Nom affiché", max_length=120, help_text="Celui que vos collègues voient.")


class PasswordForm(PlainForm):
    password = forms.CharField(label="Nouveau mot de passe", strip=False, max_length=200, help_text=LENGTH_HINT, widget=_NEW)


class AcceptForm(PlainForm):
    """The first visit of somebody invited."""

    name = forms.CharField(
        label="Votre nom",
        max_length=120,
        help_text="Celui que vos collègues verront.",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    password = forms.CharField(label="Mot de passe", strip=False, max_length=200, help_text=LENGTH_HINT, widget=_NEW)


def _roles(actor: Account) -> list[tuple[str, str]]:
    """The roles that the actor may give, in the order of the list."""
    given = GRANTS.get(actor.role, frozenset())
    return [(role.value, role.label) for role in Role if role in given]


class InviteForm(PlainForm):
    email = forms.EmailField(
        label="Adresse e-mail", max_length=254, help_text="La personne y reçoit un lien qui sert une fois, pendant 7 jours."
    )
    role = forms.ChoiceField(label="Rôle")
    structure = forms.ChoiceField(label="Structure", required=False, help_text="Nécessaire pour les rôles d’une structure.")

    def __init__(self, actor: Account, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = _roles(actor)  # type: ignore[attr-defined]  # a ChoiceField
        own = [(pk, name) for pk, name in structure_choices(actor.territory) if pk == actor.structure_id]
        if actor.role == Role.STRUCTURE_COORDINATOR:
            self.fields["structure"].choices = own  # type: ignore[attr-defined]
            self.fields["structure"].required = True
            self.fields["structure"].help_text = ""
        else:
            self.fields["structure"].choices = [("", "Aucune"), *structure_choices(actor.territory)]  # type: ignore[attr-defined]


class RoleForm(PlainForm):
    role = forms.ChoiceField(label="Rôle")

    def __init__(self, actor: Account, in_structure: bool, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(value, label) for value, label in _roles(actor) if in_structure or value not in STRUCTURE_ROLES]
        self.fields["role"].choices = choices  # type: ignore[attr-defined]  # a ChoiceField


class TransferForm(PlainForm):
    structure = forms.ChoiceField(label="Nouvelle structure")

    def __init__(self, actor: Account, current: int | None, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(pk, name) for pk, name in structure_choices(actor.territory) if pk != current]
        self.fields["structure"].choices = choices  # type: ignore[attr-defined]  # a ChoiceField


class StructureForm(PlainForm):
    name = forms.CharField(label="Nom", max_length=150)
    kind = forms.ChoiceField(label="Genre", choices=StructureType.choices)
    siret = forms.CharField(
        label="SIRET", max_length=20, required=False, help_text="14 chiffres.", widget=forms.TextInput(attrs={"inputmode": "numeric"})
    )
