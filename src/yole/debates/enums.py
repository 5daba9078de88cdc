"""Closed lists of a Café IA (public-life.md § 5). `Phase` and `Pillar` are in the order of the room."""

from datetime import timedelta

from django.db.models import IntegerChoices, TextChoices

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
    FRAME = "cadre", "Cadre"
    WRITING = "reflexion", "Réflexion écrite individuelle"
    CLOUDS = "nuages", "Nuages"
    READING = "lecture", "Lecture"
    DISCUSSION = "discussion", "Discussion"
    VOTE = "vote", "Vote"
    ORIENTATIONS = "orientations", "Orientations"


class Format(TextChoices):
    DEBATE = "debat", "Débat"
    WRITING = "partage-ecrit", "Partage écrit anonyme"
    GAME = "jeu", "Jeu"
    WORKSHOP = "atelier-ecriture", "Atelier d’écriture"
    SCREENING = "projection", "Projection"


class Pillar(TextChoices):
    EXPERIMENT = "experimentation", "Expérimentation"
    UNDERSTANDING = "comprehension", "Compréhension"
    DISCUSSION = "discussion", "Discussion"
    ACTION = "mise-en-action", "Mise en action"


class CafeTheme(TextChoices):
    """Themes proposed; a café may add its own."""

    ENVIRONMENT = "environnement", "Environnement"
    WORK = "travail", "Travail"
    RULES = "encadrement", "Encadrement"
    HANDS_ON = "prise-en-main", "Prise en main"
    SOCIETY = "societe", "Société"
    JOBS = "emploi", "Emploi"
    TRANSPARENCY = "transparence", "Transparence"
    PERSONAL_DATA = "donnees-personnelles", "Données personnelles"
    SOCIAL_WORK = "travail-social", "Travail social et non-recours"
    PARENTING = "parentalite", "Parentalité et écrans"
    SOBRIETY = "sobriete", "Sobriété"
    BIAS = "biais", "Biais et discriminations"
    COST = "cout", "Coût et dépendance"


class CafePublic(TextChoices):
    """For whom the café is held; it is the café that has a public, never a ballot."""

    EVERYBODY = "tous", "Tout public"
    YOUNG = "jeunes", "Jeunes"
    PARENTS = "parents", "Parents"
    SENIORS = "seniors", "Seniors"
    JOBSEEKERS = "demandeurs-emploi", "Demandeurs d’emploi"
    HELPERS = "aidants-numeriques", "Médiateurs et travailleurs sociaux"
    AGENTS = "agents", "Agents et élus"


class ContributionKind(TextChoices):
    """What the author says it is. Nothing is inferred."""

    FEAR = "crainte", "Crainte"
    HOPE = "espoir", "Espoir"
    IDEA = "idee", "Idée"
    QUESTION = "question", "Question"


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
