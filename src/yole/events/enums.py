"""Closed lists of an edition; values are those of the files that events exchange."""

from django.db.models import TextChoices


class EditionStatus(TextChoices):
    """Where an edition stands, from its preparation to the archive."""

    DRAFT = "brouillon", "Brouillon"
    CALL_OPEN = "appel_ouvert", "Appel à propositions ouvert"
    PUBLISHED = "programme_publié", "Programme publié"
    RUNNING = "en_cours", "En cours"
    CLOSED = "clos", "Terminée"
    ARCHIVED = "archivé", "Archivée"


PUBLIC_STATUSES = (
    EditionStatus.CALL_OPEN,
    EditionStatus.PUBLISHED,
    EditionStatus.RUNNING,
    EditionStatus.CLOSED,
    EditionStatus.ARCHIVED,
)
"""An edition that the public site shows."""
LIVE_STATUSES = (EditionStatus.PUBLISHED, EditionStatus.RUNNING)
"""An edition for which people may register."""


class RoomKind(TextChoices):
    """Values of the exchange format."""

    LECTURE_HALL = "lecturehall", "Amphithéâtre"
    STAGE = "stage", "Scène"
    WORKSHOP = "workshop", "Salle d’atelier"
    OUTSIDE = "outside", "Extérieur"
    ONLINE = "online", "En ligne"
    PROJECT = "project", "Espace projet"
    BBB = "bbb", "Visioconférence"
    HANGAR = "hangar", "Hangar"
    OTHER = "other", "Autre"


class Kind(TextChoices):
    """Format of a proposal and of a slot."""

    CONFERENCE = "conférence", "Conférence"
    ROUND_TABLE = "table_ronde", "Table ronde"
    WORKSHOP = "atelier", "Atelier"
    MASTERCLASS = "masterclass", "Masterclass"
    ASSIZES = "assises", "Assises"
    STAND = "stand", "Stand"
    AI_CAFE = "café_ia", "Café IA"
    SCREENING = "projection", "Projection"
    PLENARY = "plénière", "Plénière"
    BREAK = "pause", "Pause"


PROPOSABLE = tuple(kind for kind in Kind if kind not in (Kind.PLENARY, Kind.BREAK))
"""Formats that somebody may propose; plenaries and breaks are decided by the organisers."""


class ProposalState(TextChoices):
    SUBMITTED = "soumise", "Reçue"
    TO_COMPLETE = "à_compléter", "À compléter"
    ACCEPTED = "acceptée", "Acceptée"
    CONFIRMED = "confirmée", "Confirmée"
    REFUSED = "refusée", "Non retenue"
    WITHDRAWN = "retirée", "Retirée"


OPEN_PROPOSALS = (ProposalState.SUBMITTED, ProposalState.TO_COMPLETE)
"""Still to decide."""
TAKEN_PROPOSALS = (ProposalState.ACCEPTED, ProposalState.CONFIRMED)
"""May be put in the programme."""


class Sex(TextChoices):
    """Declared, optional, never inferred."""

    WOMAN = "femme", "Femme"
    MAN = "homme", "Homme"
    OTHER = "autre", "Autre"
    UNKNOWN = "non_communiqué", "Je préfère ne pas répondre"


class Profile(TextChoices):
    """Why somebody comes: what the statistics count, never shown on a badge."""

    INHABITANT = "habitant", "Habitante ou habitant"
    PROFESSIONAL = "professionnel", "Je travaille dans l’inclusion numérique"
    ELECTED = "élu", "Élue ou élu"
    STUDENT = "étudiant", "Élève, apprentie ou étudiant"
    COMPANY = "entreprise", "Entreprise"
    OTHER = "autre", "Autre"


class Audience(TextChoices):
    """For whom a slot is: two slots for the same public at the same time are a warning."""

    ALL = "tous", "Tout le monde"
    PROFESSIONALS = "professionnels", "Professionnels"
    YOUNG = "jeunes", "Jeunes"
    PARENTS = "parents", "Parents"
    SENIORS = "seniors", "Seniors"
    ELECTED = "élus", "Élus"


class HalfDay(TextChoices):
    MORNING = "matin", "Matin"
    AFTERNOON = "apres_midi", "Après-midi"
    EVENING = "soir", "Soir"


class DoorAct(TextChoices):
    """What happened at a door; values are those of the files that events exchange."""

    ARRIVAL = "arrivée", "Arrivée"
    DEPARTURE = "départ", "Départ"
    BADGE = "impression", "Badge imprimé"
    UNDO = "annulation", "Annulation"


class MessageKind(TextChoices):
    """What people are told by itself."""

    DECIDED = "décision", "Réponse à une proposition"
    CONFIRM = "confirmer", "Confirmation attendue"
    OFFER = "place", "Place proposée"
    REVOKED = "annulation", "Inscription annulée par l’organisation"
    MOVED = "changement", "Séance déplacée"
    REGISTERED = "inscrit", "Inscription confirmée"
    EDITION = "édition", "Jours, heures ou lieu de l’événement changés"
    SLOT_OFF = "séance", "Séance en entrée libre annulée"
    REMINDER_7D = "J-7", "Rappel 7 jours avant"
    REMINDER_1D = "J-1", "Rappel la veille"


REMINDER_HOURS = {MessageKind.REMINDER_7D: 168, MessageKind.REMINDER_1D: 24}
"""Hours before the first day opens at which each reminder of an edition is due."""
REMINDER_LATE = {MessageKind.REMINDER_7D: 48, MessageKind.REMINDER_1D: 12}
"""Hours after which a reminder that could not be written in time is not written any more."""
CONFIRM_DAYS = 7
"""Days after an acceptance at which a proposal still not confirmed is recalled to its author, once."""


class TakeawaySource(TextChoices):
    SLOT = "créneau", "Séance"
    CAFE = "café", "Café IA"
    BALLOT = "bulletin", "Bulletins"
    VOTE = "vote", "Vote"


class Licence(TextChoices):
    """Under which recordings and documents are published. An imported programme may bring another one: the field is free."""

    CC_BY = "CC BY 4.0", "CC BY 4.0"
    CC_BY_SA = "CC BY-SA 4.0", "CC BY-SA 4.0"
    ETALAB = "Licence Ouverte 2.0", "Licence Ouverte 2.0"
    NONE = "", "Pas d’enregistrement"
