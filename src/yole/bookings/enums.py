from django.db.models import TextChoices


class State(TextChoices):
    """States of a registration; their values are in the files of every room."""

    BOOKED = "inscrit", "Inscrit"
    WAITING = "en_attente", "En attente"
    OFFERED = "proposé", "Place proposée"
    CONFIRMED = "confirmé", "Confirmé"
    CANCELLED = "annulé", "Annulé"
    PRESENT = "présent", "Présent"
    ABSENT = "absent", "Absent"
    EXCUSED = "excusé", "Excusé"


HOLDING = (State.BOOKED, State.OFFERED, State.CONFIRMED, State.PRESENT)
"""Only these hold a place."""
LIVING = tuple(state for state in State if state != State.CANCELLED)
"""A living booking keeps the same person from being enrolled twice."""


class Need(TextChoices):
    TRANSPORT = "transport", "J’ai besoin d’un transport"
    WHEELCHAIR = "accessibilite", "Je viens en fauteuil roulant"
    READING = "lecture", "Je lis difficilement"
    CHILD = "garde_enfant", "Je viens avec un enfant"
    SIGN_LANGUAGE = "langue_des_signes", "Je parle la langue des signes"
    CREOLE = "creole", "Je préfère parler créole"
    OTHER_LANGUAGE = "autre_langue", "Je parle une autre langue"


class Source(TextChoices):
    PUBLIC = "public", "Site public"
    DESK = "desk", "Accueil"
    GROUP = "group", "Liste d’une structure"
    PRESCRIPTION = "prescription", "Orientation par un partenaire"


class Act(TextChoices):
    """What happened to a booking, as its history says it."""

    BOOKED = "booked", "Inscription"
    QUEUED = "queued", "Mise en liste d’attente"
    OFFERED = "offered", "Place proposée"
    ACCEPTED = "accepted", "Place acceptée"
    REFUSED = "refused", "Place refusée"
    EXPIRED = "expired", "Proposition sans réponse"
    CANCELLED = "cancelled", "Annulation"
    REVOKED = "revoked", "Annulation par le service"
    PRIORITY = "priority", "Changement de priorité"
    RESIZED = "resized", "Changement du nombre de personnes"
    MARKED = "marked", "Présence notée"
    UNMARKED = "unmarked", "Présence effacée"
    CONTACT = "contact", "Changement de contact"


class Channel(TextChoices):
    """Through what a message goes."""

    EMAIL = "email", "E-mail"
    SMS = "sms", "SMS"
    CALL = "call", "Téléphone"
