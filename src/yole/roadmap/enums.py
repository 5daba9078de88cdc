"""Closed lists of the room. Values that the State's tool stores are written as it writes them."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Answer(TextChoices):
    """What a committee says of a proposal."""

    WAITING = "en attente", _("Sans réponse")
    RETAINED = "retenue", _("Retenue")
    STUDIED = "à étudier", _("À étudier")
    REJECTED = "écartée", _("Écartée")


class Direction(TextChoices):
    RISING = "hausse", "À la hausse"
    FALLING = "baisse", "À la baisse"


class Periodicity(TextChoices):
    """How often an indicator is read; `DAYS` gives the length of a period."""

    MONTH = "mensuelle", _("Chaque mois")
    QUARTER = "trimestrielle", _("Chaque trimestre")
    HALF_YEAR = "semestrielle", _("Chaque semestre")
    YEAR = "annuelle", _("Chaque année")


DAYS = {Periodicity.MONTH: 31, Periodicity.QUARTER: 92, Periodicity.HALF_YEAR: 183, Periodicity.YEAR: 366}


class Window(TextChoices):
    """Over what an indicator of the house is counted."""

    SINCE = "depuis", "Depuis la date de référence (cumul)"
    TWELVE = "douze-mois", "Sur douze mois"
    MONTH = "mois", "Sur le mois en cours"


class ReadingKind(TextChoices):
    VALUE = "relevé", _("Relevé")
    CORRECTION = "correction", _("Correction")
    WITHDRAWAL = "retrait", _("Retrait")


class Subject(TextChoices):
    """What a recorded change is about."""

    COMMITMENT = "engagement", "Engagement"
    INDICATOR = "indicateur", "Indicateur"
    MILESTONE = "jalon", "Jalon"


class Judgement(TextChoices):
    """What a person thinks of a commitment, beside the computed status."""

    ABOVE = "mieux", _("Mieux que le calcul")
    SAME = "comme", _("Comme le calcul")
    BELOW = "moins bien", _("Moins bien que le calcul")


class CommitteeKind(TextChoices):
    STRATEGIC = "strategique", "Stratégique"
    TECHNICAL = "technique", "Technique"
    ADVISORY = "consultatif", "Consultatif"
    OTHER = "autre", "Autre"


class Frequency(TextChoices):
    MONTHLY = "mensuelle", "Chaque mois"
    QUARTERLY = "trimestrielle", "Chaque trimestre"
    HALF_YEARLY = "semestrielle", "Chaque semestre"
    YEARLY = "annuelle", "Chaque année"


class Perimeter(TextChoices):
    DEPARTEMENT = "departemental", "Départementale"
    GROUPED = "groupementsDeCommunes", "De groupements de communes"
    REGION = "regional", "Régionale"


class FundingStatus(TextChoices):
    IN_PROGRESS = "enCours", _("En préparation")
    FILED = "deposee", _("Déposée")
    ACCEPTED = "acceptee", _("Acceptée")
    REFUSED = "refusee", _("Refusée")


class Need(TextChoices):
    """What an action needs help for, as the State's tool lists it (11 values)."""

    DIAGNOSIS = "etablir_un_diagnostic_territorial", "Établir un diagnostic territorial"
    BUILD = "co_construire_la_feuille_de_route", "Co-construire la feuille de route"
    WRITE = "rediger_la_feuille_de_route", "Rédiger la feuille de route"
    GOVERN = "animer_la_gouvernance", "Animer la gouvernance"
    COLLECT = "collecter_des_donnees_territoriales", "Collecter des données territoriales"
    RAISE = "sensibiliser_les_acteurs_aux_outils_existants", "Sensibiliser les acteurs aux outils existants"
    FUND = "structurer_un_fonds", "Structurer un fonds"
    APPLY = "monter_dossiers_de_subvention", "Monter des dossiers de subvention"
    REFURBISH = "structurer_une_filiere_de_reconditionnement", "Structurer une filière de reconditionnement"
    QUALIOPI = "appuyer_la_certification_qualiopi", "Appuyer la certification Qualiopi"
    LEGAL = "appui_juridique", "Appui juridique"
