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
    ENDED = "terminee_naturelle", _("Contrat terminé")


class ContractState(TextChoices):
    RUNNING = "en_cours", _("En cours")
    RENEWING = "renouvellement_initiee", _("Renouvellement demandé")
    RENEWED = "renouvele", _("Renouvelé")
    ENDED = "terminee_naturelle", _("Non renouvelé")
    BROKEN = "rupture", _("Rompu")
    CANCELLED = "annule", _("Annulé avant son début")


LIVING = (ContractState.RUNNING, ContractState.RENEWING)


class BreakReason(TextChoices):
    """Why a contract stops early. No reason tells anything about health."""

    TRIAL = "essai", "Fin de la période d’essai"
    RESIGNATION = "demission", "Démission"
    AGREEMENT = "accord", "Rupture d’un commun accord"
    DISMISSAL = "licenciement", "Licenciement"
    HOST = "structure", "La structure arrête ou change de projet"
    OTHER = "autre", "Autre raison"


class AfterPost(TextChoices):
    """What a post becomes when its adviser leaves."""

    VACANT = "vacant", "Vacant : il entre dans le prochain tour"
    RETURNED = "rendu", "Rendu : ce qui n’est pas versé redevient disponible"


class TrainingKind(TextChoices):
    INITIAL = "initiale", _("Formation initiale")
    CONTINUING = "continue", _("Formation continue")


class TrainingState(TextChoices):
    ENROLLED = "inscrit", _("Inscription faite")
    CERTIFIED = "certifie", _("Attestation remise")
    ADJOURNED = "ajourne", _("À reprendre")
    LEFT = "abandon", _("Abandon")
    WAITING = "attente", _("Liste d’attente")


class MeetingMode(TextChoices):
    PLACE = "lieu", _("Sur place")
    PHONE = "telephone", _("Par téléphone")
    VIDEO = "visio", _("En visioconférence")


class InterviewState(TextChoices):
    PROPOSED = "propose", _("Proposé")
    ACCEPTED = "accepte", _("Accepté")
    OTHER_ASKED = "autre_demande", _("Autre créneau demandé")
    REPLACED = "remplace", _("Remplacé par un autre créneau")
    CANCELLED = "annule", _("Annulé")
    DONE = "fait", _("Fait")


class Outcome(TextChoices):
    """What an interview came to. A word and a reason, never a mark: nobody is ranked by it."""

    POSITIVE = "suite", _("La structure souhaite continuer")
    NEGATIVE = "sans_suite", _("La structure ne continue pas")
    ABSENT = "absence", _("L’entretien n’a pas eu lieu")


class ShownSource(TextChoices):
    DIAGNOSTIC = "diagnostic", _("Le diagnostic de ce site")
    PIX = "pix", _("Un score Pix")


OPEN = (RelationState.NEW, RelationState.INTERESTED)


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
    SHOWN = "niveau", "L’expérience et le niveau numérique montré, puis le plus proche"
    NEAREST = "distance", "Le plus proche, sans regarder l’expérience"


class Envelope(TextChoices):
    POSTS = "postes", "Postes de conseillers"
    SPACES = "espaces", "Espaces d’accueil"
    CONNECT = "connect", "Aidants Connect"


REACHES = [(5, "5 km"), (10, "10 km"), (15, "15 km"), (20, "20 km"), (40, "40 km"), (100, "100 km"), (2000, _("Partout"))]
