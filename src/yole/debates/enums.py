"""Closed lists of a Café IA. `Phase` and `Pillar` are in the order of the room.

Labels are French; those that inhabitants read are marked for the catalogue and translated where they are shown (filter `translated`).
"""

from datetime import timedelta

from django.db.models import IntegerChoices, TextChoices
from django.utils.translation import gettext_noop as _

MOST_STATEMENTS = 20
SMALLEST_ROOM, LARGEST_TABLE = 4, 30
MOST_PEOPLE = 600
OVERTIME = timedelta(days=1)  # a café that nobody closed takes no text and no vote later than this after its end


class CafeState(TextChoices):
    DRAFT = "draft", "En préparation"
    ANNOUNCED = "announced", "Annoncé"
    OPEN = "open", "En cours"
    CLOSED = "closed", "Terminé"
    CANCELLED = "cancelled", "Annulé"


PUBLIC_STATES = (CafeState.ANNOUNCED, CafeState.OPEN, CafeState.CLOSED, CafeState.CANCELLED)


class Phase(TextChoices):
    FRAME = "cadre", _("Cadre")
    WRITING = "reflexion", _("Réflexion écrite individuelle")
    CLOUDS = "nuages", _("Nuages")
    READING = "lecture", _("Lecture")
    DISCUSSION = "discussion", _("Discussion")
    VOTE = "vote", _("Vote")
    ORIENTATIONS = "orientations", _("Orientations")


class Format(TextChoices):
    DEBATE = "debat", _("Débat")
    WRITING = "partage-ecrit", _("Partage écrit anonyme")
    GAME = "jeu", _("Jeu")
    WORKSHOP = "atelier-ecriture", _("Atelier d’écriture")
    SCREENING = "projection", _("Projection")


class Pillar(TextChoices):
    EXPERIMENT = "experimentation", _("Expérimentation")
    UNDERSTANDING = "comprehension", _("Compréhension")
    DISCUSSION = "discussion", _("Discussion")
    ACTION = "mise-en-action", _("Mise en action")


class CafeTheme(TextChoices):
    """Themes proposed; a café may add its own."""

    ENVIRONMENT = "environnement", _("Environnement")
    WORK = "travail", _("Travail")
    RULES = "encadrement", _("Encadrement")
    HANDS_ON = "prise-en-main", _("Prise en main")
    SOCIETY = "societe", _("Société")
    JOBS = "emploi", _("Emploi")
    TRANSPARENCY = "transparence", _("Transparence")
    PERSONAL_DATA = "donnees-personnelles", _("Données personnelles")
    SOCIAL_WORK = "travail-social", _("Travail social et non-recours")
    PARENTING = "parentalite", _("Parentalité et écrans")
    SOBRIETY = "sobriete", _("Sobriété")
    BIAS = "biais", _("Biais et discriminations")
    COST = "cout", _("Coût et dépendance")


class CafePublic(TextChoices):
    """For whom the café is held; it is the café that has a public, never a ballot."""

    EVERYBODY = "tous", _("Tout public")
    YOUNG = "jeunes", _("Jeunes")
    PARENTS = "parents", _("Parents")
    SENIORS = "seniors", _("Seniors")
    JOBSEEKERS = "demandeurs-emploi", _("Demandeurs d’emploi")
    HELPERS = "aidants-numeriques", _("Médiateurs et travailleurs sociaux")
    AGENTS = "agents", _("Agents et élus")


class ContributionKind(TextChoices):
    """What the author says it is. Nothing is inferred."""

    FEAR = "crainte", _("Crainte")
    HOPE = "espoir", _("Espoir")
    IDEA = "idee", _("Idée")
    QUESTION = "question", _("Question")


class Moderation(TextChoices):
    TO_READ = "to-read", "À lire"
    PUBLISHED = "published", "Publiée"
    REFUSED = "refused", "Écartée"


class BallotOrigin(TextChoices):
    PHONE = "phone", "Téléphone"
    TABLET = "tablet", "Tablette partagée"
    PAPER = "paper", "Papier"


class Opinion(IntegerChoices):
    """The sign of the exports: agree is +1."""

    AGREE = 1, "D’accord"
    DISAGREE = -1, "Pas d’accord"
    PASS = 0, "Je passe"


class SheetOrigin(TextChoices):
    SCAN = "scan", "Photo ou scan"
    TYPED = "typed", "Saisie"


class SheetState(TextChoices):
    DOUBTFUL = "doubtful", "À regarder"
    ONCE = "once", "Saisie une fois"
    DIFFERS = "differs", "Deux saisies différentes"
    READY = "ready", "Prête"
    COUNTED = "counted", "Comptée"
