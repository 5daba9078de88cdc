"""Closed lists of the room, with the words that people read."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class HostKind(TextChoices):
    COMMUNE = "COMMUNE", _("Commune")
    DEPARTEMENT = "DEPARTEMENT", _("Département")
    REGION = "REGION", _("Région")
    EPCI = "EPCI", _("Intercommunalité")
    COLLECTIVITE = "COLLECTIVITE", _("Collectivité")
    PRIVATE = "PRIVATE", _("Association ou entreprise")


class Sector(TextChoices):
    """Kinds of host that a grant rate tells apart."""

    PUBLIC = "public", "Structure publique"
    PRIVATE = "prive", "Association ou entreprise"


class HostState(TextChoices):
    CREATED = "CREEE", _("Demande reçue")
    MORE = "EXAMEN_COMPLEMENTAIRE_COSELEC", _("Examen complémentaire")
    ACCEPTED = "VALIDATION_COSELEC", _("Acceptée")
    REFUSED = "REFUS_COSELEC", _("Refusée")
    CANCELLED = "ANNULEE", _("Annulée")
    DUPLICATE = "DOUBLON", _("Doublon")


class Opinion(TextChoices):
    FAVOURABLE = "favorable", "Favorable"
    UNFAVOURABLE = "defavorable", "Défavorable"


class PostState(TextChoices):
    VACANT = "vacant", _("Vacant")
    FILLED = "occupe", _("Occupé")
    RETURNED = "rendu", _("Rendu")


class CandidateState(TextChoices):
    REGISTERED = "inscrit", _("Adresse à confirmer")
    AVAILABLE = "disponible", _("Disponible")
    UNAVAILABLE = "indisponible", _("Indisponible")
    HIRED = "recrute", _("Recruté")
    WITHDRAWN = "desinscrit", _("Retirée")
    BLOCKED = "bloque", _("Bloquée")


class RelationState(TextChoices):
    NEW = "nouvelle", _("Proposée")
    INTERESTED = "interessee", _("Acceptée des deux côtés")
    DECLINED = "nonInteressee", _("Refusée")
    HIRED = "recrutee", _("Recrutement")
    ELSEWHERE = "finalisee_non_disponible", _("Close : un autre poste est pris")
    BROKEN = "finalisee_rupture", _("Rupture")


class Situation(TextChoices):
    LOOKING = "looking", _("Je cherche un emploi")
    JOB = "job", _("J’ai un emploi")
    LEARNING = "learning", _("Je suis en formation")
    GRADUATED = "graduated", _("J’ai un diplôme de la médiation numérique")


class Gender(TextChoices):
    """Asked without obligation, read in counts only. Empty: not told."""

    WOMAN = "femme", _("Femme")
    MAN = "homme", _("Homme")
    OTHER = "autre", _("Autre")


class Rule(TextChoices):
    """The public order in which posts like candidates; the committee chooses it for a round."""

    EXPERIENCE = "experience", "L’expérience d’abord, puis le plus proche"
    NEAREST = "distance", "Le plus proche, sans regarder l’expérience"


class Envelope(TextChoices):
    POSTS = "postes", "Postes de conseillers"
    SPACES = "espaces", "Espaces d’accueil"
    CONNECT = "connect", "Aidants Connect"


REACHES = [(5, "5 km"), (10, "10 km"), (15, "15 km"), (20, "20 km"), (40, "40 km"), (100, "100 km"), (2000, _("Partout"))]
