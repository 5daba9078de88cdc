"""Forms of the public pages. Those of the desk are in `forms_desk`."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from yole.base.forms import PlainForm
from yole.roadmap import wording
from yole.roadmap.engine.status import Status
from yole.roadmap.models import Commitment, Roadmap
from yole.territory.models import Territory


class ListForm(PlainForm):
    """What the list is narrowed to."""

    q = forms.CharField(label=_("Mots"), required=False, max_length=80)
    axe = forms.ChoiceField(label=_("Axe"), required=False)
    etat = forms.ChoiceField(label=_("État"), required=False)

    def __init__(self, roadmap: Roadmap, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        axes = [(str(one.number), f"{one.number}. {one.title}") for one in roadmap.axes.order_by("number")]
        self.fields["axe"].choices = [("", _("Tous")), *axes]  # type: ignore[attr-defined]  # a ChoiceField
        self.fields["etat"].choices = [("", _("Tous")), *((one.value, wording.STATUSES[one]) for one in Status)]  # type: ignore[attr-defined]  # idem


class FollowForm(PlainForm):
    address = forms.EmailField(
        label=_("Votre adresse e-mail"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"invalid": _("Cette adresse e-mail n’est pas complète. Exemple : prenom@exemple.fr")},
    )
    about = forms.ChoiceField(label=_("Ce que vous suivez"), required=False)

    def __init__(self, territory: Territory, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Commitment.objects.filter(territory_id=territory.pk, published_at__isnull=False).order_by("-roadmap__starts_on", "number")
        self.rows = {str(one.pk): one for one in rows}
        choices = [("", _("Toute la feuille de route")), *((key, str(one)) for key, one in self.rows.items())]
        self.fields["about"].choices = choices  # type: ignore[attr-defined]  # a ChoiceField

    def commitment(self) -> Commitment | None:
        return self.rows.get(self.cleaned_data["about"])
