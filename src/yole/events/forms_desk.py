"""Forms of the desk: edition, places, venue, room, theme, slot, speaker, review, decision, registration, takeaway."""

from __future__ import annotations

from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms

from yole.base import typography
from yole.base.forms import ClockField, DayField, KeyedForm, PlainForm
from yole.events import wording
from yole.events.enums import Audience, Kind, Licence, ProposalState, RoomKind, Sex, TakeawaySource
from yole.events.models import Edition, Room, Slot, Speaker, SpeakingTime, Venue
from yole.events.selectors_programme import days_of, rooms_of
from yole.territory import selectors as territory_selectors
from yole.territory.models import Commune


def _text(label: str, size: int, *, required: bool = True, rows: int = 0, hint: str = "") -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows}) if rows else forms.TextInput()
    return forms.CharField(label=label, max_length=size, required=required, widget=widget, help_text=hint)


def _number(label: str, most: int, *, least: int = 1, required: bool = True, hint: str = "") -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=least, max_value=most, required=required, help_text=hint)


def _tell(label: str) -> forms.BooleanField:
    """The choice of the organiser: told, unless the box is emptied."""
    return forms.BooleanField(label=label, required=False, initial=True)


class EditionForm(PlainForm):
    slug = _text("Adresse", 60, hint="Lettres sans accent, chiffres, tiret bas. Exemple : nec_2026. Elle ne change plus.")
    title = _text("Titre", 150)
    number = _number("Numéro de l’édition", 200)
    summary = _text("En une phrase", 300, required=False)
    starts_on = DayField(label="Premier jour")
    ends_on = DayField(label="Dernier jour")
    day_starts = ClockField(label="La journée commence à")
    day_ends = ClockField(label="La journée finit à", help_text="Avant l’heure de début : le lendemain matin.")
    organisers = _text("Qui organise", 300, required=False)
    partners = _text("Partenaires", 500, required=False)
    call_closes_on = DayField(label="Fin de l’appel à propositions", required=False)
    recording_licence = forms.ChoiceField(label="Licence des enregistrements", required=False, choices=Licence.choices)
    tell = _tell("Prévenir les personnes inscrites si les jours ou les heures changent")

    def __init__(self, *args: Any, of: Edition | None = None, **kwargs: Any) -> None:
        if of is not None:
            kwargs["initial"] = {name: getattr(of, name) for name in self.base_fields if name != "tell"}
        super().__init__(*args, **kwargs)
        if of is None:
            del self.fields["tell"]
        else:
            del self.fields["slug"]
            known = dict(Licence.choices)
            if of.recording_licence not in known:
                extra = (of.recording_licence, of.recording_licence)
                self.fields["recording_licence"].choices = [*Licence.choices, extra]  # type: ignore[attr-defined]  # a ChoiceField


class PlacesForm(PlainForm):
    capacity = _number("Places en tout", 10000)
    overbooking_percent = _number("Surréservation, en %", 50, least=0, hint="0 pour aucune. Elle est visible sur la page.")


class VenueForm(PlainForm):
    name = _text("Nom du lieu", 150)
    address = _text("Adresse", 250, required=False)
    commune = _text("Commune", 80, required=False)
    access_note = _text("Venir et entrer", 300, required=False, rows=2)
    tell = _tell("Prévenir les personnes inscrites si le nom ou l’adresse change")

    def __init__(self, *args: Any, venue: Venue | None = None, **kwargs: Any) -> None:
        if venue is not None:
            same = {name: getattr(venue, name) for name in ("name", "address", "access_note")}
            kwargs["initial"] = {**same, "commune": venue.commune.name if venue.commune else ""}
        super().__init__(*args, **kwargs)

    def clean_commune(self) -> Commune | None:
        typed = str(self.cleaned_data["commune"]).strip()
        if not typed:
            return None
        outcome = territory_selectors.search_communes(typed)
        found = Commune.objects.filter(pk=outcome.place.code).first() if outcome.place else None
        if found is None:
            raise forms.ValidationError("Nous ne connaissons pas cette commune.")
        return found


class RoomForm(PlainForm):
    name = _text("Nom de la salle", 80)
    kind = forms.ChoiceField(label="Sorte de salle", choices=RoomKind.choices)
    capacity = _number("Nombre de personnes", 10000)
    step_free = forms.BooleanField(label="Accès de plain-pied", required=False)
    induction_loop = forms.BooleanField(label="Boucle magnétique", required=False)
    sign_language = forms.BooleanField(label="Langue des signes", required=False)
    position = _number("Ordre dans le programme", 999, least=0)

    def __init__(self, *args: Any, room: Room | None = None, **kwargs: Any) -> None:
        kwargs["initial"] = {name: getattr(room, name) for name in self.base_fields} if room else {"position": 0, "kind": "other"}
        super().__init__(*args, **kwargs)


class TrackForm(PlainForm):
    name = _text("Nom du thème", 80)
    colour = _text("Couleur, pour les applications", 7, required=False, hint="Exemple : #0a5c7a")


class SlotForm(PlainForm):
    """A slot whole: text, place, people. `given` is what the service takes."""

    title = _text("Titre", 300)
    subtitle = _text("Sous-titre", 300, required=False)
    kind = forms.ChoiceField(label="Format", choices=Kind.choices)
    day = forms.ChoiceField(label="Jour", required=False)
    starts = ClockField(label="Heure", required=False)
    minutes = _number("Durée en minutes", 1440)
    room = forms.ChoiceField(label="Salle", required=False)
    track = forms.ChoiceField(label="Thème", required=False)
    audience = forms.ChoiceField(label="Public", choices=Audience.choices)
    language = forms.ChoiceField(label="Langue parlée", required=False)
    speakers = forms.MultipleChoiceField(label="Qui intervient", required=False, widget=forms.CheckboxSelectMultiple)
    places = _number("Places limitées", 10000, required=False, hint="Rien : entrée libre, sans inscription à la séance.")
    wanted_capacity = _number("Personnes attendues", 10000, required=False)
    step_free = forms.BooleanField(label="Accès de plain-pied nécessaire", required=False)
    abstract = _text("Résumé", 4000, required=False, rows=4)
    description = _text("Description", 10000, required=False, rows=4)
    recording_licence = _text("Licence de l’enregistrement", 120, required=False, hint="Rien : pas d’enregistrement annoncé.")
    recording_refused = forms.BooleanField(label="Ne pas enregistrer", required=False)
    tell = _tell("Si la séance bouge, prévenir les personnes inscrites (à la publication)")

    def __init__(self, *args: Any, of: Edition, slot: Slot | None = None, **kwargs: Any) -> None:
        self._rooms = {str(room.pk): room for room in rooms_of(of)}
        self._tracks = {track.slug: track for track in of.tracks.all()}
        self._speakers = {str(speaker.pk): speaker for speaker in of.speakers.exclude(name="").order_by("name")}
        kwargs["initial"] = self._initial(of, slot)
        super().__init__(*args, **kwargs)
        rooms = [(key, f"{room.name} ({room.capacity})") for key, room in self._rooms.items()]
        days = [(str(rank), typography.day(day).capitalize()) for rank, day in enumerate(days_of(of), 1)]
        languages = dict(wording.LANGUAGES)
        if slot is not None and slot.language:
            languages.setdefault(slot.language, slot.language)
        for name, choices in (
            ("room", [("", "À choisir"), *rooms]),
            ("day", [("", "À placer plus tard"), *days]),
            ("track", [("", "Aucun"), *((slug, track.name) for slug, track in self._tracks.items())]),
            ("language", [("", "Non dite"), *languages.items()]),
            ("speakers", [(key, self._words(speaker)) for key, speaker in self._speakers.items()]),
        ):
            self.fields[name].choices = choices  # type: ignore[attr-defined]  # each is a ChoiceField

    @staticmethod
    def _words(speaker: Speaker) -> str:
        return speaker.name if speaker.publication_agreed_at else f"{speaker.name} (accord à recevoir)"

    @staticmethod
    def _initial(of: Edition, slot: Slot | None) -> dict[str, Any]:
        if slot is None:
            return {"kind": Kind.CONFERENCE, "minutes": 45, "day": "1", "audience": Audience.ALL, "language": "fr"}
        same = ("title", "subtitle", "kind", "minutes", "audience", "language", "wanted_capacity", "step_free", "abstract", "description")
        start = slot.starts_at.astimezone(ZoneInfo(of.time_zone)) if slot.starts_at else None
        return {
            **{name: getattr(slot, name) for name in (*same, "recording_licence", "recording_refused")},
            "day": str(slot.day) if slot.day else "",
            "starts": start.time() if start else None,
            "room": str(slot.room_id or ""),
            "track": slot.track.slug if slot.track else "",
            "places": slot.capacity.capacity if slot.capacity else None,
            "speakers": [str(pk) for pk in slot.slot_speakers.values_list("speaker_id", flat=True)],
        }

    def given(self) -> dict[str, Any]:
        data = dict(self.cleaned_data)
        at = data.pop("starts")
        data.pop("tell")
        return {
            **data,
            "at": at,
            # A day chosen beforehand with no hour yet is a slot still to place.
            "day": int(data["day"]) if data["day"] and at is not None else None,
            "room": self._rooms.get(data["room"]),
            "track": self._tracks.get(data["track"]),
            "speakers": [self._speakers[key] for key in data["speakers"]],
        }


class SpeakerForm(PlainForm):
    name = _text("Nom affiché", 120)
    organisation = _text("Structure", 150, required=False)
    biography = _text("Présentation", 2000, required=False, rows=4)
    sex = forms.ChoiceField(
        label="Sexe déclaré", choices=Sex.choices, help_text="Dit par la personne, jamais déduit. Compté, jamais montré."
    )
    step_free = forms.BooleanField(label="Accès de plain-pied nécessaire", required=False)
    agreed = forms.BooleanField(label="Cette personne est d’accord pour que son nom paraisse", required=False)
    recording_agreed = forms.BooleanField(label="Cette personne est d’accord pour l’enregistrement", required=False)

    def __init__(self, *args: Any, speaker: Speaker | None = None, **kwargs: Any) -> None:
        initial: dict[str, Any] = {"sex": Sex.UNKNOWN}
        if speaker is not None:
            initial = {name: getattr(speaker, name) for name in ("name", "organisation", "biography", "sex", "step_free")}
            initial["agreed"] = speaker.publication_agreed_at is not None
            initial["recording_agreed"] = speaker.recording_agreed_at is not None
        super().__init__(*args, **{**kwargs, "initial": initial})


class ReasonForm(PlainForm):
    reason = _text("Motif, que le public lira", 200)


class CancelForm(ReasonForm):
    tell = _tell("Prévenir les personnes inscrites")


class PublishForm(PlainForm):
    note = _text("Un mot sur cette version", 200, required=False, hint="Le public le lit.")
    tell = _tell("Prévenir les personnes inscrites aux séances qui ont changé d’heure ou de salle")


SCORES = [("", "Pas de note"), *((str(n), words) for n, words in ((5, "5 : oui"), (4, "4"), (3, "3"), (2, "2"), (1, "1 : non")))]


class ReviewForm(PlainForm):
    score = forms.ChoiceField(label="Votre note", required=False, choices=SCORES)
    comment = _text("Votre avis", 1000, required=False, rows=3)
    conflict = forms.BooleanField(
        label="J’ai un conflit d’intérêts", required=False, help_text="Vous ne notez pas, et vous ne décidez pas pour cette proposition."
    )


class DecisionForm(PlainForm):
    state = forms.ChoiceField(
        label="Décision",
        widget=forms.RadioSelect,
        choices=[
            (ProposalState.ACCEPTED, "Accepter"),
            (ProposalState.TO_COMPLETE, "Demander de compléter"),
            (ProposalState.REFUSED, "Ne pas retenir"),
        ],
    )
    answer = _text(
        "Réponse à l’auteur", 1000, required=False, rows=4, hint="Obligatoire sauf pour accepter. L’auteur la lit avec son code."
    )


class InvitationForm(PlainForm):
    label = _text("Structure invitée", 120)
    places = _number("Inscriptions permises", 500)


class GroupForm(KeyedForm):
    text = _text("Une personne par ligne", 40000, rows=10, hint="Nom, et téléphone ou e-mail si vous l’avez. Collez depuis un tableur.")
    organisation = _text("Structure, écrite sur les badges", 120, required=False)
    consent = forms.BooleanField(label="Chaque personne sait qu’elle est inscrite et elle est d’accord")


class PriorityForm(PlainForm):
    priority = _number("Priorité", 9, least=0, hint="0 passe en premier, 9 en dernier, 5 au départ.")
    reason = _text("Motif", 200, hint="Il est gardé dans l’historique.")


class TakeawayForm(PlainForm):
    text = _text("Enseignement, en une phrase", 300)
    slot = forms.ChoiceField(label="Séance", required=False)
    source = forms.ChoiceField(label="Origine", choices=TakeawaySource.choices)
    quotation = _text("Citation", 500, required=False, rows=2, hint="Ce qui a été dit, jamais par qui.")
    in_favour = _number("Personnes d’accord", 10000, least=0, required=False)
    counted = _number("Personnes comptées", 10000, least=0, required=False)
    support_note = _text("Appui, en mots", 200, required=False)

    def __init__(self, *args: Any, of: Edition, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._slots = {str(slot.guid): slot for slot in of.slots.exclude(kind=Kind.BREAK).order_by("starts_at", "number")}
        choices = [("", "Aucune"), *((key, slot.title) for key, slot in self._slots.items())]
        self.fields["slot"].choices = choices  # type: ignore[attr-defined]  # a ChoiceField

    def given(self) -> dict[str, Any]:
        return {**self.cleaned_data, "slot": self._slots.get(self.cleaned_data["slot"])}


class SpeakingForm(PlainForm):
    women = _number("Femmes qui ont parlé", 500, least=0)
    women_minutes = _number("Minutes parlées par des femmes", 1440, least=0)
    men = _number("Hommes qui ont parlé", 500, least=0)
    men_minutes = _number("Minutes parlées par des hommes", 1440, least=0)
    unknown_minutes = _number("Minutes sans réponse, ou autre", 1440, least=0, hint="Qui n’a rien dit, ou a dit autre. 0 pour aucune.")

    def __init__(self, *args: Any, slot: Slot, **kwargs: Any) -> None:
        known = SpeakingTime.objects.filter(slot=slot).first()
        initial = {name: getattr(known, name) for name in self.base_fields} if known else {"unknown_minutes": 0}
        super().__init__(*args, **{**kwargs, "initial": initial})


class PlaceForm(PlainForm):
    """A slot put on the grid: its guid, a room and a start, or neither to take it off."""

    slot = forms.UUIDField()
    room = forms.CharField(required=False, max_length=20)
    day = forms.IntegerField(required=False, min_value=1, max_value=14)
    at = ClockField(required=False)

    def guid(self) -> UUID:
        return UUID(str(self.cleaned_data["slot"]))
