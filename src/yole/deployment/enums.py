"""Closed lists of the siting of places, with their French labels."""

from django.db.models import TextChoices


class Demand(TextChoices):
    """What is counted at each point."""

    POPULATION = "population", "Les habitants de chaque commune"
    FILE = "file", "Mon fichier de besoins (CSV)"


class Today(TextChoices):
    """The places of today: the plan is compared with them."""

    FRANCE_SERVICES = "france-services", "Les France services, bus compris"
    FIXED = "fixed", "Tous les lieux fixes de l’annuaire"
    FILE = "file", "Mon fichier de lieux (CSV)"
    NONE = "none", "Aucun"


class Rule(TextChoices):
    MOST = "most", "Le plus de monde possible"
    FAIR = "max-min", "D’abord le groupe le moins couvert"


class State(TextChoices):
    WAITING = "waiting", "En attente"
    RUNNING = "running", "Calcul en cours"
    DONE = "done", "Calculé"
    STOPPED = "stopped", "Arrêté : meilleur plan trouvé"
    FAILED = "failed", "Non calculé"


IN_PROGRESS = frozenset({State.WAITING, State.RUNNING})
WITH_PLAN = frozenset({State.DONE, State.STOPPED})
