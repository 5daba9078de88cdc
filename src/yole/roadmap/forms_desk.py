"""Forms of the desk. Choices are those of the account's territory."""

from __future__ import annotations

from typing import Any

from django import forms

from yole.base.forms import DayField, PlainForm
from yole.base.registries import MEASURES
from yole.organisations.models import Structure
from yole.roadmap.enums import Answer, CommitteeKind, Direction, Frequency, FundingStatus, Judgement, Need, Perimeter, Periodicity, Window
from yole.roadmap.models import Axis, Commitment, Committee, Envelope, FrameEngagement, Objective, Proposal, Roadmap
from yole.territory.models import Territory

WHY = "Demandée quand l’engagement est public."


def area(rows: int = 3) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


def amount(label: str, *, required: bool = False, help_text: str = "", places: int = 4) -> forms.DecimalField:
    digits = 16 if places == 4 else 14
    return forms.DecimalField(label=label, required=required, max_digits=digits, decimal_places=places, localize=True, help_text=help_text)


class Pick(forms.ModelChoiceField):  # type: ignore[type-arg]  # any model
    """One row of a table, by its name; `empty` is the label of no choice."""

    def __init__(self, label: str, *, required: bool = True, empty: str = "Choisir", help_text: str = "") -> None:
        super().__init__(Structure.objects.none(), label=label, required=required, empty_label=empty, help_text=help_text)


class OfTerritory(PlainForm):
    """`picks`: field -> rows to choose from, given the territory."""

    def __init__(self, territory: Territory, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.territory = territory
        rows: dict[str, Any] = {
            "structure": Structure.objects.filter(territory=territory).order_by("sort_key"),
            "responsible": Structure.objects.filter(territory=territory).order_by("sort_key"),
            "carrier": Structure.objects.filter(territory=territory).order_by("sort_key"),
            "copilots": Structure.objects.filter(territory=territory).order_by("sort_key"),
            "beneficiaries": Structure.objects.filter(territory=territory).order_by("sort_key"),
            "committee": Committee.objects.filter(territory=territory).order_by("name"),
            "envelope": Envelope.objects.filter(territory=territory).order_by("label"),
        }
        for name, found in rows.items():
            if name in self.fields:
                self.fields[name].queryset = found  # type: ignore[attr-defined]  # a choice of rows


class RoadmapForm(OfTerritory):
    name = forms.CharField(label="Nom", max_length=150, help_text="Exemple : Feuille de route 2024-2028.")
    starts_on = DayField(label="Début")
    ends_on = DayField(label="Fin")
    carrier = Pick("Structure qui la porte", required=False, empty="Aucune")
    perimeter = forms.ChoiceField(label="Périmètre", choices=Perimeter.choices)
    context = forms.CharField(label="Contexte", required=False, max_length=4000, widget=area())


class AxisForm(PlainForm):
    title = forms.CharField(label="Titre de l’axe", max_length=250)


class ObjectiveForm(PlainForm):
    axis = Pick("Axe")
    title = forms.CharField(label="Objectif", max_length=250)
    definition = forms.CharField(label="Définition", required=False, max_length=600, widget=area(),
                                 help_text="Sans définition ni date, un objectif ne se mesure pas.")  # fmt: skip
    due_on = DayField(label="Date", required=False)
    source = forms.CharField(label="Où il est écrit", required=False, max_length=300)

    def __init__(self, roadmap: Roadmap, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["axis"].queryset = roadmap.axes.order_by("number")  # type: ignore[attr-defined]  # a choice of rows


class FrameForm(PlainForm):
    """The ranges of years are one a line: « 2023-2027 ; source »."""

    source = forms.CharField(label="Source", max_length=300)
    read_on = DayField(label="Lu le")
    periods = forms.CharField(label="Périodes annoncées", widget=area(3),
                              help_text="Une par ligne : 2023-2027 ; source. Gardez toutes les sources.")  # fmt: skip

    def clean_periods(self) -> list[dict[str, Any]]:
        found = []
        for line in filter(None, (one.strip() for one in self.cleaned_data["periods"].splitlines())):
            years, _mark, source = line.partition(";")
            first, _dash, last = years.strip().partition("-")
            if not (first.strip().isdecimal() and last.strip().isdecimal() and source.strip()):
                raise forms.ValidationError("Écrivez : 2023-2027 ; source.", code="shape")
            found.append({"from": int(first), "to": int(last), "source": source.strip()})
        return found


class EngagementForm(PlainForm):
    wording = forms.CharField(label="Texte", required=False, max_length=600, widget=area())
    source = forms.CharField(label="Source de ce texte", required=False, max_length=300)


class CommitteeForm(PlainForm):
    name = forms.CharField(label="Nom du comité", max_length=150)
    kind = forms.ChoiceField(label="Type", choices=CommitteeKind.choices)
    frequency = forms.ChoiceField(label="Rythme", choices=Frequency.choices)
    next_on = DayField(label="Prochaine réunion", required=False)
    comment = forms.CharField(label="Remarque", required=False, max_length=500, widget=area(2))


class CommitmentForm(OfTerritory):
    title = forms.CharField(label="Intitulé", max_length=200, help_text="Exemple : Former 60 aidants.")
    axis = Pick("Axe")
    objective = Pick("Objectif", required=False, empty="Aucun")
    responsible = Pick("Structure responsable", required=False, empty="À désigner")
    function = forms.CharField(
        label="Fonction responsable", required=False, max_length=150, help_text="Une fonction, pas un nom : direction, chargée de mission."
    )
    copilots = forms.ModelMultipleChoiceField(
        Structure.objects.none(), label="Copilotes", required=False, widget=forms.CheckboxSelectMultiple
    )
    partners = forms.CharField(label="Partenaires", required=False, max_length=400)
    starts_on = DayField(label="Début")
    due_on = DayField(label="Échéance")
    description = forms.CharField(label="Description", required=False, max_length=4000, widget=area())
    context = forms.CharField(label="Contexte", required=False, max_length=4000, widget=area(2))
    publics = forms.CharField(label="Pour qui", required=False, max_length=300)
    proof = forms.CharField(label="Preuve attendue", required=False, max_length=400, help_text="Ce qui montrera que c’est fait.")
    budget = amount("Budget, en euros", places=2)
    budget_note = forms.CharField(label="Remarque sur le budget", required=False, max_length=300)
    needs = forms.MultipleChoiceField(label="Besoins", required=False, choices=Need.choices, widget=forms.CheckboxSelectMultiple)
    national = Pick("Engagement national", required=False, empty="Aucun")
    reason = forms.CharField(label="Raison du changement", required=False, max_length=400, help_text=WHY)

    def __init__(self, roadmap: Roadmap, *args: Any, **kwargs: Any) -> None:
        super().__init__(roadmap.territory, *args, **kwargs)
        rows: dict[str, Any] = {
            "axis": Axis.objects.filter(roadmap=roadmap).order_by("number"),
            "objective": Objective.objects.filter(axis__roadmap=roadmap).order_by("axis__number", "pk"),
            "national": FrameEngagement.objects.filter(frame=roadmap.frame_id).order_by("number"),
        }
        for name, found in rows.items():
            self.fields[name].queryset = found  # type: ignore[attr-defined]  # a choice of rows


class IndicatorForm(PlainForm):
    name = forms.CharField(label="Nom", max_length=200)
    definition = forms.CharField(label="Définition", max_length=600, widget=area())
    formula = forms.CharField(label="Calcul", required=False, max_length=400)
    unit = forms.CharField(label="Unité", max_length=40, help_text="Exemples : personnes, %, lieux.")
    source = forms.CharField(label="Source", required=False, max_length=300)
    population = forms.CharField(label="Population", required=False, max_length=300, help_text="Qui ou quoi est compté.")
    breakdown = forms.CharField(label="Ventilation", required=False, max_length=200)
    direction = forms.ChoiceField(label="Sens", choices=Direction.choices)
    baseline = amount("Référence", help_text="La valeur de départ.")
    baseline_on = DayField(label="Date de la référence", required=False)
    baseline_source = forms.CharField(label="Source de la référence", required=False, max_length=300)
    target = amount("Cible", help_text="La même que la référence : « ne pas descendre ».")
    target_on = DayField(label="Date de la cible", required=False)
    periodicity = forms.ChoiceField(label="Relevé", choices=Periodicity.choices)
    margin = amount("Marge, en plus ou en moins", help_text="Vide pour un comptage exact.")
    measure = forms.ChoiceField(label="Chiffre de Yole", required=False, help_text="Yole fait alors les relevés, chaque nuit.")
    window = forms.ChoiceField(label="Compté sur", choices=Window.choices,
                               help_text="Par mois entiers : un cumul part du premier jour du mois de la référence.")  # fmt: skip
    reason = forms.CharField(label="Raison du changement", required=False, max_length=400, help_text=WHY)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = [(one.indicator.id, f"{one.indicator.name} ({one.indicator.unit})") for one in MEASURES.values()]
        self.fields["measure"].choices = [("", "Aucun : je saisis les relevés"), *sorted(known, key=lambda pair: pair[1])]  # type: ignore[attr-defined]  # a ChoiceField


class ReadingForm(PlainForm):
    day = DayField(label="Jour du relevé")
    value = amount("Valeur", required=True)
    low = amount("Bas de l’intervalle", help_text="Pour une estimation. Vide pour un comptage.")
    high = amount("Haut de l’intervalle")
    source = forms.CharField(label="Source", max_length=300)
    file = forms.FileField(label="Fichier de preuve", required=False, help_text="Yole garde son empreinte, pas le fichier. Gardez-le.")


class CorrectionForm(ReadingForm):
    reason = forms.CharField(label="Raison de la correction", max_length=300)


class ParityForm(PlainForm):
    day = DayField(label="Jour du relevé")
    women = forms.IntegerField(label="Femmes", min_value=0)
    men = forms.IntegerField(label="Hommes", min_value=0)
    others = forms.IntegerField(label="Autre", min_value=0, initial=0)
    unknown = forms.IntegerField(label="Non communiqué", min_value=0, initial=0, help_text="Jamais réparti entre femmes et hommes.")
    source = forms.CharField(label="Source, année et définition", max_length=300)


class ReasonForm(PlainForm):
    reason = forms.CharField(label="Raison", max_length=300, widget=area(2))


class MilestoneForm(PlainForm):
    title = forms.CharField(label="Jalon", max_length=200)
    due_on = DayField(label="Date")
    deliverable = forms.CharField(label="Livrable", required=False, max_length=300)
    reason = forms.CharField(label="Raison du changement", required=False, max_length=400, help_text=WHY)


class DeliverForm(PlainForm):
    on = DayField(label="Livré le")
    evidence = forms.CharField(label="Ce qui le prouve", max_length=300)
    file = forms.FileField(label="Fichier de preuve", required=False, help_text="Yole garde son empreinte, pas le fichier.")


class JudgementForm(PlainForm):
    judgement = forms.ChoiceField(label="Votre avis", choices=Judgement.choices, widget=forms.RadioSelect)
    words = forms.CharField(label="En une phrase", max_length=400, widget=area(2), help_text="Elle est publique.")
    by = forms.CharField(label="Qui donne cet avis", max_length=120, help_text="Nom et fonction, affichés en public avec la date.")


class ReviewForm(OfTerritory):
    title = forms.CharField(label="Titre", max_length=150)
    committee = Pick("Comité", required=False, empty="Aucun")
    held_on = DayField(label="Date")
    decision = forms.CharField(label="Ce qui a été décidé", max_length=3000, widget=area(4))
    next_on = DayField(label="Prochaine réunion", required=False)


class DecisionForm(PlainForm):
    commitment = Pick("Engagement")
    words = forms.CharField(label="Décision", max_length=600, widget=area(2))
    due_on = DayField(label="Nouvelle échéance", required=False, help_text="L’ancienne reste visible.")

    def __init__(self, roadmap: Roadmap, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["commitment"].queryset = Commitment.objects.filter(roadmap=roadmap).order_by("number")  # type: ignore[attr-defined]  # rows


class TakeawayForm(PlainForm):
    words = forms.CharField(label="Ce qui a été dit", max_length=1000, widget=area(), help_text="Sans nom de personne.")
    label = forms.CharField(label="Où", max_length=250, help_text="Exemple : Café IA du Lamentin.")
    day = DayField(label="Quand")


class ProposalForm(PlainForm):
    title = forms.CharField(label="La proposition, en une phrase", max_length=250)
    details = forms.CharField(label="Précisions", required=False, max_length=3000, widget=area())


class AnswerForm(OfTerritory):
    answer = forms.ChoiceField(
        label="Réponse", choices=[one for one in Answer.choices if one[0] != Answer.WAITING], widget=forms.RadioSelect
    )
    reason = forms.CharField(label="Raison", max_length=1000, widget=area(), help_text="Elle est publique.")
    committee = Pick("Comité qui répond")
    day = DayField(label="Date de la réponse")


class LinkForm(PlainForm):
    commitment = Pick("Engagement")

    def __init__(self, proposal: Proposal, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Commitment.objects.filter(territory_id=proposal.territory_id).exclude(proposals=proposal)
        self.fields["commitment"].queryset = rows.order_by("roadmap", "number")  # type: ignore[attr-defined]  # rows


class EnvelopeForm(PlainForm):
    label = forms.CharField(label="Enveloppe", max_length=150)
    amount = amount("Montant, en euros", required=True, places=2)
    starts_on = DayField(label="Début")
    ends_on = DayField(label="Fin")


class RequestForm(OfTerritory):
    envelope = Pick("Enveloppe")
    asked = amount("Demandé, en euros", required=True, places=2)
    staff = amount("Dont poste", places=2)
    services = amount("Dont prestation", places=2)
    status = forms.ChoiceField(label="Où elle en est", choices=FundingStatus.choices)
    beneficiaries = forms.ModelMultipleChoiceField(
        Structure.objects.none(), label="Bénéficiaires", required=False, widget=forms.CheckboxSelectMultiple
    )


class CoFundingForm(OfTerritory):
    structure = Pick("Structure")
    amount = amount("Montant, en euros", required=True, places=2)


class RequestStatusForm(PlainForm):
    status = forms.ChoiceField(label="Où en est la demande", choices=FundingStatus.choices)


class MemberForm(OfTerritory):
    structure = Pick("Structure")
    is_copilot = forms.BooleanField(label="Elle copilote", required=False)
    category = forms.CharField(label="Catégorie", required=False, max_length=80, help_text="Exemples : commune, association.")


class LeaveForm(PlainForm):
    on = DayField(label="Partie le")


class GovernanceForm(PlainForm):
    context = forms.CharField(label="Note de contexte", required=False, max_length=4000, widget=area())
    private_note = forms.CharField(label="Note privée", required=False, max_length=4000, widget=area(),
                                   help_text="Elle n’est dans aucun fichier exporté.")  # fmt: skip
