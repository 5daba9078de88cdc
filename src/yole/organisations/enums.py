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


# Every role meets names somewhere (followed people, enrolments, candidates, accounts): each needs a second factor.
SECOND_FACTOR_ROLES = frozenset(Role)

# The roles that a role may give, change or take away: never one above its own.
GRANTS: dict[str, frozenset[str]] = {
    Role.STRUCTURE_COORDINATOR: frozenset({Role.VOLUNTEER, Role.MEDIATOR, Role.STRUCTURE_COORDINATOR}),
    Role.TERRITORY_COORDINATOR: frozenset(Role),
}
# Roles that only make sense inside a structure.
STRUCTURE_ROLES = frozenset({Role.VOLUNTEER, Role.MEDIATOR, Role.STRUCTURE_COORDINATOR})


class LinkPurpose(TextChoices):
    SIGN_IN = "sign-in", "Connexion"
    RESET = "reset", "Réinitialisation"


class StructureType(TextChoices):
    MUNICIPALITY = "municipality", "Commune ou intercommunalité"
    ASSOCIATION = "association", "Association"
    MISSION_LOCALE = "mission-locale", "Mission locale"
    FRANCE_SERVICES = "france-services", "France services"
    SOCIAL_CENTRE = "social-centre", "Centre social"
    PUBLIC_BODY = "public-body", "Organisme public"
    COMPANY = "company", "Entreprise"
    OTHER = "other", "Autre"
