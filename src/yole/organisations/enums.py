from django.db.models import TextChoices


class Role(TextChoices):
    """What an account is for. An inhabitant needs no account."""

    VOLUNTEER = "volunteer", "Bénévole"
    MEDIATOR = "mediator", "Médiateur ou médiatrice"
    STRUCTURE_COORDINATOR = "structure-coordinator", "Coordination d’une structure"
    TERRITORY_COORDINATOR = "territory-coordinator", "Coordination du territoire"
    EVENT_ORGANISER = "event-organiser", "Organisation d’événements"
    EVALUATOR = "evaluator", "Évaluation"
    RECRUITER = "recruiter", "Recrutement"
    DATA_PROTECTION_OFFICER = "data-protection-officer", "Protection des données"
    ADMINISTRATOR = "administrator", "Administration"


class StructureType(TextChoices):
    MUNICIPALITY = "municipality", "Commune ou intercommunalité"
    ASSOCIATION = "association", "Association"
    MISSION_LOCALE = "mission-locale", "Mission locale"
    FRANCE_SERVICES = "france-services", "France services"
    SOCIAL_CENTRE = "social-centre", "Centre social"
    PUBLIC_BODY = "public-body", "Organisme public"
    COMPANY = "company", "Entreprise"
    OTHER = "other", "Autre"
