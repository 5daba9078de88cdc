"""Forms of the desk: programmes, sessions, enrolment by a professional, acts on an enrolment, attendance, statistics."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms

from yole.base.forms import ClockField, DayField, PlainForm
from yole.organisations.enums import Role
from yole.organisations.models import Account, Structure
from yole.places.models import Place, Stop
from yole.territory.models import Territory
from yole.workshops import wording
from yole.workshops.engine.dates import Weekly, instant
from yole.workshops.enums import ALL_THEMES, REMINDER_CHOICES, Audience, Kind, Level
from yole.workshops.forms import WEEKDAYS, PersonForm
from yole.workshops.models import Programme, Session, WorkshopSettings
from yole.workshops.services_planning import Where

SLOTS = 5
_LEADERS = [Role.MEDIATOR, Role.STRUCTURE_COORDINATOR, Role.TERRITORY_COORDINATOR, Role.VOLUNTEER]


def _lines(text: str) -> list[str]:
    return [" ".join(line.split()) for line in text.splitlines() if line.strip()]


class ProgrammeForm(PlainForm):
    """What a programme teaches, to whom, under which funding."""

    title = forms.CharField(label="Titre", max_length=150)
    summary = forms.CharField(label="En une phrase", max_length=200, required=False)
    aims = forms.CharField(
        label="« Vous saurez… »", required=False, help_text="Un but par ligne.", widget=forms.Textarea(attrs={"rows": 4})
    )
    themes = forms.MultipleChoiceField(label="Thèmes", choices=ALL_THEMES, widget=forms.CheckboxSelectMultiple)
    level = forms.ChoiceField(label="Niveau", choices=Level.choices)
    audiences = forms.MultipleChoiceField(label="Public", choices=Audience.choices, widget=forms.CheckboxSelectMultiple)
    languages = forms.MultipleChoiceField(
        label="Langues parlées", required=False, choices=list(wording.LANGUAGES.items()), widget=forms.CheckboxSelectMultiple
    )
    material = forms.CharField(label="Matériel", max_length=200, required=False)
    sessions_planned = forms.IntegerField(label="Nombre de séances prévues", min_value=1, max_value=400, initial=1)
    structure = forms.ModelChoiceField(label="Structure qui organise", queryset=Structure.objects.none(), required=False)
    funder = forms.CharField(label="Financeur", max_length=150, required=False)
    agreement_number = forms.CharField(label="Numéro de convention", max_length=60, required=False)
    agreement_until = DayField(
        label="Feuilles gardées jusqu’au",
        required=False,
        help_text="Date de la convention. Sans convention, les noms sont effacés 30 jours après.",
    )
    own_reminders = forms.BooleanField(label="Des rappels propres à ce programme", required=False, help_text="Sinon, ceux du territoire.")
    reminders = forms.MultipleChoiceField(
        label="Rappels de ce programme", required=False, choices=REMINDER_CHOICES, widget=forms.CheckboxSelectMultiple
    )
    published = forms.BooleanField(label="Publié : le public voit ce programme", required=False)

    def __init__(self, *args: Any, territory: Territory, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["structure"].queryset = Structure.objects.filter(territory=territory).order_by("sort_key")  # type: ignore[attr-defined]  # a ModelChoiceField

    def clean_aims(self) -> list[str]:
        aims = _lines(self.cleaned_data["aims"])
        if long := [n for n, aim in enumerate(aims, 1) if len(aim) > 200]:
            raise forms.ValidationError(f"Ligne {long[0]} : 200 caractères au plus.")
        return aims

    def fields_of(self) -> dict[str, Any]:
        """What the service takes."""
        data = dict(self.cleaned_data)
        own = data.pop("own_reminders")
        data["reminders"] = data["reminders"] if own else None
        return data

    @staticmethod
    def initial_of(programme: Programme) -> dict[str, Any]:
        names = (
            "title",
            "summary",
            "themes",
            "level",
            "audiences",
            "languages",
            "material",
            "sessions_planned",
            "funder",
            "agreement_number",
            "agreement_until",
            "published",
        )
        values = {name: getattr(programme, name) for name in names}
        return values | {
            "aims": "\n".join(programme.aims),
            "structure": programme.structure_id,
            "own_reminders": programme.reminders is not None,
            "reminders": programme.reminders or [],
        }


def place_choices(territory: Territory) -> list[tuple[str, Any]]:
    """Places, then stops of buses: « p12 », « s4 ». Two queries."""
    places = Place.objects.filter(territory=territory, closed_on__isnull=True, merged_into__isnull=True).order_by(
        "commune_name", "sort_key"
    )
    stops = Stop.objects.filter(place__territory=territory, place__closed_on__isnull=True).order_by("commune_name", "name")
    named = [(f"p{pk}", f"{commune} : {name}") for pk, name, commune in places.values_list("pk", "name", "commune_name")]
    buses = [
        (f"s{pk}", f"{commune} : {name} ({bus})")
        for pk, name, commune, bus in stops.values_list("pk", "name", "commune_name", "place__name")
    ]
    return [("", "Pas encore décidé"), ("Lieux", named), ("Arrêts de bus", buses)]


class WhereForm(PlainForm):
    """Where and with whom; shared by every form that plans."""

    place = forms.ChoiceField(label="Lieu ou arrêt", required=False)
    room = forms.CharField(label="Salle", max_length=80, required=False)
    mediator = forms.ModelChoiceField(label="Animé par", queryset=Account.objects.none(), required=False)
    form_key = forms.CharField(widget=forms.HiddenInput, required=False, max_length=40)

    def __init__(self, *args: Any, territory: Territory, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = territory.time_zone
        self.fields["place"].choices = place_choices(territory)  # type: ignore[attr-defined]  # a ChoiceField
        leaders = Account.objects.filter(territory=territory, is_active=True, role__in=_LEADERS).order_by("name")
        self.fields["mediator"].queryset = leaders  # type: ignore[attr-defined]  # a ModelChoiceField
        self.fields["form_key"].initial = uuid.uuid4

    def where(self) -> Where:
        value = self.cleaned_data["place"]
        place = Place.objects.get(pk=value[1:]) if value.startswith("p") else None
        stop = Stop.objects.select_related("place").get(pk=value[1:]) if value.startswith("s") else None
        return Where(place=place, stop=stop, room=self.cleaned_data["room"])


class SessionForm(WhereForm):
    """A session or a drop-in slot, once or every week."""

    kind = forms.ChoiceField(
        label="Genre",
        choices=[(Kind.SINGLE.value, "Séance, avec inscription"), (Kind.DROP_IN.value, "Permanence, sans inscription")],
        initial=Kind.SINGLE.value,
    )
    day = DayField(label="Jour")
    starts = ClockField(label="Début")
    ends = ClockField(label="Fin")
    capacity = forms.IntegerField(
        label="Nombre de places", required=False, min_value=1, max_value=10000, help_text="Vide pour une permanence."
    )
    until = DayField(label="Répéter chaque semaine jusqu’au", required=False, help_text="Les jours fériés sont sautés et affichés.")
    weekdays = forms.MultipleChoiceField(
        label="Répéter ces jours-là",
        required=False,
        choices=WEEKDAYS,
        widget=forms.CheckboxSelectMultiple,
        help_text="Sans choix : le même jour de la semaine.",
    )
    skip_school_holidays = forms.BooleanField(label="Sauter les vacances scolaires", required=False, initial=True)

    field_order = (
        "kind",
        "day",
        "starts",
        "ends",
        "capacity",
        "place",
        "room",
        "mediator",
        "until",
        "weekdays",
        "skip_school_holidays",
        "form_key",
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("starts") and data.get("ends") and data["ends"] <= data["starts"]:
            self.add_error("ends", "La fin vient après le début.")
        if data.get("until") and data.get("day") and data["until"] < data["day"]:
            self.add_error("until", "Le dernier jour vient après le premier.")
        if data.get("kind") == Kind.SINGLE.value and "capacity" in data and data["capacity"] is None:
            self.add_error("capacity", "Dites combien de places il y a.")
        return data

    def instants(self) -> tuple[datetime, datetime]:
        data = self.cleaned_data
        return instant(data["day"], data["starts"], self.zone), instant(data["day"], data["ends"], self.zone)

    def pattern(self) -> list[Weekly]:
        data = self.cleaned_data
        days = [int(value) for value in data["weekdays"]] or [data["day"].weekday()]
        return [Weekly(day, data["starts"], data["ends"]) for day in days]


class CohortForm(WhereForm):
    """A run of a programme: up to five meetings a week between two days."""

    name = forms.CharField(label="Nom du parcours", max_length=150, help_text="Exemple : Passeport, mars à juillet")
    first = DayField(label="Premier jour")
    last = DayField(label="Dernier jour")
    capacity = forms.IntegerField(label="Nombre de places", min_value=1, max_value=10000)
    skip_school_holidays = forms.BooleanField(label="Sauter les vacances scolaires", required=False, initial=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for n in range(1, SLOTS + 1):
            self.fields[f"day{n}"] = forms.ChoiceField(
                label=f"Rencontre {n} de la semaine", choices=[("", "Aucune"), *WEEKDAYS], required=n == 1
            )
            self.fields[f"starts{n}"] = ClockField(label="De", required=n == 1)
            self.fields[f"ends{n}"] = ClockField(label="À", required=n == 1)
        self.order_fields(
            [
                "name",
                "first",
                "last",
                *(f"{part}{n}" for n in range(1, SLOTS + 1) for part in ("day", "starts", "ends")),
                "capacity",
                "place",
                "room",
                "mediator",
            ]
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for n in range(1, SLOTS + 1):
            if not data.get(f"day{n}"):
                continue
            for part in ("starts", "ends"):
                if data.get(f"{part}{n}") is None and f"{part}{n}" not in self.errors:
                    self.add_error(f"{part}{n}", "Donnez l’heure.")
            if data.get(f"starts{n}") and data.get(f"ends{n}") and data[f"ends{n}"] <= data[f"starts{n}"]:
                self.add_error(f"ends{n}", "La fin vient après le début.")
        return data

    def pattern(self) -> list[Weekly]:
        data = self.cleaned_data
        return [Weekly(int(data[f"day{n}"]), data[f"starts{n}"], data[f"ends{n}"]) for n in range(1, SLOTS + 1) if data.get(f"day{n}")]

    def slot_rows(self) -> Iterable[tuple[Any, Any, Any]]:
        return [(self[f"day{n}"], self[f"starts{n}"], self[f"ends{n}"]) for n in range(1, SLOTS + 1)]


class AppointmentsForm(WhereForm):
    day = DayField(label="Jour")
    starts = ClockField(label="De")
    ends = ClockField(label="À")
    minutes = forms.IntegerField(label="Durée d’un rendez-vous, en minutes", min_value=5, max_value=480, initial=30)
    pause = forms.IntegerField(label="Pause entre deux, en minutes", min_value=0, max_value=120, initial=0, required=False)
    field_order = ("day", "starts", "ends", "minutes", "pause", "place", "room", "mediator", "form_key")


class MoveForm(WhereForm):
    day = DayField(label="Jour")
    starts = ClockField(label="Début")
    ends = ClockField(label="Fin")
    reason = forms.CharField(label="Motif", max_length=200, help_text="Les personnes inscrites le liront.")
    field_order = ("day", "starts", "ends", "place", "room", "mediator", "reason", "form_key")

    @staticmethod
    def initial_of(session: Session) -> dict[str, Any]:
        zone = ZoneInfo(session.programme.territory.time_zone)
        start, end = session.starts_at.astimezone(zone), session.ends_at.astimezone(zone)
        place = f"s{session.stop_id}" if session.stop_id else f"p{session.place_id}" if session.place_id else ""
        return {
            "day": start.date(),
            "starts": start.time(),
            "ends": end.time(),
            "place": place,
            "room": session.room,
            "mediator": session.mediator_id,
        }

    def instants(self) -> tuple[datetime, datetime]:
        data = self.cleaned_data
        ends_on = data["day"] if data["ends"] > data["starts"] else data["day"] + timedelta(days=1)
        return instant(data["day"], data["starts"], self.zone), instant(ends_on, data["ends"], self.zone)


class CancelForm(PlainForm):
    reason = forms.CharField(label="Motif", max_length=200, help_text="Les personnes inscrites le liront.")


class PlacesForm(PlainForm):
    capacity = forms.IntegerField(label="Nombre de places", min_value=1, max_value=10000)
    overbooking_percent = forms.IntegerField(
        label="Surréservation, en %", min_value=0, max_value=50, help_text="0 : aucune. Elle est visible par l’équipe."
    )


class BesideForm(PersonForm):
    """What a professional types with the person beside them."""

    consent = forms.BooleanField(label="La personne est d’accord", error_messages={"required": "Cochez l’accord de la personne."})

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = "Nom ou surnom"
        self.fields["contact"].label = "Téléphone ou e-mail"
        self.fields["no_contact"].label = "Ne veut pas être contactée"
        self.fields["no_contact"].help_text = ""
        self.fields["size"].label = "Nombre de personnes"
        self.fields["size"].help_text = "Les places sont données ensemble, ou pas du tout."
        self.fields["needs"].label = "Besoins"
        self.fields["needs_note"].label = "Précision"
        self.fields["consent"].error_messages["required"] = "Cochez l’accord de la personne."


class DeskPersonForm(BesideForm):
    """Enrolment at the desk. `card`: the code of the card that the structure gave to the person."""

    card = forms.CharField(
        label="Code de sa carte",
        required=False,
        max_length=24,
        help_text="Facultatif. Il relie l’inscription à sa fiche, dans votre structure seulement.",
    )
    field_order = ("name", "card")


class PrescriptionForm(BesideForm):
    agreed = forms.BooleanField(label="La personne accepte que ma structure sache si elle est venue", help_text="Et cela seulement.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["agreed"].error_messages["required"] = "Cochez l’accord de la personne : sans lui, vous ne pouvez pas l’orienter."


class GroupForm(PlainForm):
    text = forms.CharField(
        label="La liste",
        max_length=40000,
        help_text="Une personne par ligne : nom, puis téléphone ou e-mail s’il y en a un. Collez depuis un tableur, un message…",
        widget=forms.Textarea(attrs={"rows": 12, "spellcheck": "false"}),
        strip=False,
    )
    consent = forms.BooleanField(label="Chaque personne sait qu’elle est inscrite et l’accepte")
    key = forms.UUIDField(widget=forms.HiddenInput)
    confirm = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["key"].initial = uuid.uuid4
        self.fields["consent"].error_messages["required"] = "Cochez l’accord : chaque personne sait qu’elle est inscrite."


class PriorityForm(PlainForm):
    priority = forms.TypedChoiceField(
        label="Priorité",
        coerce=int,
        choices=[(n, {0: "0, passe en premier", 5: "5, au départ", 9: "9, passe en dernier"}.get(n, str(n))) for n in range(10)],
    )
    reason = forms.CharField(label="Motif", max_length=200, help_text="Obligatoire, gardé dans l’historique.")


class SizeForm(PlainForm):
    size = forms.IntegerField(label="Nombre de personnes", error_messages={"invalid": "Écrivez un nombre en chiffres."})


class ContactForm(PlainForm):
    contact = forms.CharField(label="Téléphone ou e-mail", required=False, max_length=254)
    no_contact = forms.BooleanField(label="Ne veut pas être contactée", required=False)
    clean_contact = PersonForm.clean_contact


class LeaveForm(PlainForm):
    reason = forms.CharField(label="Motif", max_length=200, required=False)
    by_service = forms.BooleanField(label="C’est le service qui annule", required=False)


class TallyForm(PlainForm):
    """The three faces counted on paper."""

    good = forms.IntegerField(label="Content", min_value=0, max_value=200, initial=0)
    fair = forms.IntegerField(label="Moyen", min_value=0, max_value=200, initial=0)
    bad = forms.IntegerField(label="Pas content", min_value=0, max_value=200, initial=0)
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["key"].initial = uuid.uuid4

    @property
    def counts(self) -> dict[int, int]:
        return {1: self.cleaned_data["bad"], 2: self.cleaned_data["fair"], 3: self.cleaned_data["good"]}


class PeriodForm(PlainForm):
    """First and last day of statistics, in the address."""

    du = DayField(label="Du")
    au = DayField(label="Au")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("du") and data.get("au") and data["au"] < data["du"]:
            self.add_error("au", "Le dernier jour vient après le premier.")
        return data


class SettingsForm(PlainForm):
    reminders = forms.MultipleChoiceField(label="Rappels", required=False, choices=REMINDER_CHOICES, widget=forms.CheckboxSelectMultiple)
    offer_hours = forms.IntegerField(label="Heures pour répondre à une place proposée", min_value=1, max_value=336)
    offers_stop_hours = forms.IntegerField(label="Plus de proposition dans les heures qui précèdent", min_value=0, max_value=336)
    school_holidays = forms.CharField(
        label="Vacances scolaires",
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="Une période par ligne. Exemple : 2026-12-18 2027-01-03 Noël",
    )

    def clean_school_holidays(self) -> list[dict[str, str]]:
        found = []
        for number, line in enumerate(self.cleaned_data["school_holidays"].splitlines(), 1):
            parts = line.split(maxsplit=2)
            if not parts:
                continue
            try:
                first, last = date.fromisoformat(parts[0]), date.fromisoformat(parts[1])
            except (ValueError, IndexError):
                raise forms.ValidationError(
                    f"Ligne {number} : écrivez deux dates, puis un nom. Exemple : 2026-12-18 2027-01-03 Noël"
                ) from None
            if last < first:
                raise forms.ValidationError(f"Ligne {number} : la fin vient après le début.")
            found.append({"from": first.isoformat(), "to": last.isoformat(), "name": parts[2] if len(parts) > 2 else ""})
        return found

    @staticmethod
    def initial_of(row: WorkshopSettings) -> dict[str, Any]:
        lines = [f"{entry['from']} {entry['to']} {entry.get('name', '')}".strip() for entry in row.school_holidays]
        return {
            "reminders": row.reminders,
            "offer_hours": row.offer_hours,
            "offers_stop_hours": row.offers_stop_hours,
            "school_holidays": "\n".join(lines),
        }
