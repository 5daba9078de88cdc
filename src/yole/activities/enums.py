"""Closed lists of the activity reports. Values are those of the national API; labels are what a person reads.

Themes and levels come from `workshops.enums`, age bands, genders and statuses from `people.enums`: one list, one place.
"""

from django.db.models import TextChoices

from yole.workshops.enums import AdministrativeTheme, Level, Theme

__all__ = ["AdministrativeTheme", "Level", "Theme"]

MAX_COUNT = 10_000
MAX_MINUTES = 23 * 60 + 59
DURATIONS = (15, 30, 45, 60, 90, 120)
"""Minutes offered by default."""


class ActivityKind(TextChoices):
    INDIVIDUAL = "individuel", "Individuel"
    GROUP = "collectif", "Collectif"


class PlaceKind(TextChoices):
    ACTIVITY_PLACE = "lieu_activite", "Lieu d’activité"
    HOME = "domicile", "À domicile"
    REMOTE = "a_distance", "À distance"
    OTHER = "autre", "Autre lieu"


class Material(TextChoices):
    COMPUTER = "ordinateur", "Ordinateur"
    PHONE = "telephone", "Téléphone"
    TABLET = "tablette", "Tablette"
    OTHER = "autre", "Autre"
    NONE = "aucun", "Pas de matériel"


class Autonomy(TextChoices):
    GUIDED = "entierement_accompagne", "Avec guidage"
    PARTLY = "partiellement_autonome", "Autonome avec guidage en cas de besoin"
    AUTONOMOUS = "autonome", "Autonome"


class Redirection(TextChoices):
    ADMINISTRATION = "administration", "Administration"
    MEDIATION = "mediation_numerique", "Médiation numérique"
    OPERATOR = "operateur_ou_organisme_en_charge", "Opérateur ou organisme en charge"
    SOCIAL_AID = "aide_sociale", "Aide sociale"
    INTEGRATION = "insertion_professionnelle", "Insertion professionnelle"
    PROCEDURES = "aide_aux_demarches_administratives", "Aide aux démarches administratives"
    OTHER = "autre", "Autre"


class Schema(TextChoices):
    """Which tool the report comes from: what its words and bands mean."""

    COOP = "coop-2026", "La Coop de la médiation numérique"
    CNFS = "cnfs-v1", "Conseiller numérique, première version"
    YOLE = "yole", "Yole"


class V1AgeBand(TextChoices):
    """Age bands of the first version: never converted to the others (18-35 cuts 18-24 and 25-39)."""

    UNDER_12 = "moins12ans", "Moins de 12 ans"
    FROM_12 = "de12a18ans", "12 à 17 ans"
    FROM_18 = "de18a35ans", "18 à 35 ans"
    FROM_35 = "de35a60ans", "35 à 60 ans"
    OVER_60 = "plus60ans", "60 ans et plus"


class CoordinationKind(TextChoices):
    ANIMATION = "animation", "Animation"
    EVENT = "evenement", "Événement"
    PARTNERSHIP = "partenariat", "Partenariat"


class AnimationKind(TextChoices):
    ASSEMBLY = "assemblee", "Assemblée"
    COMMITTEE = "comite", "Comité"
    WORKING_GROUP = "groupe_de_travail", "Groupe de travail"
    EXCHANGE = "echange", "Échange"
    MEETING = "reunion_coordination", "Réunion de coordination"
    WEBINAR = "webinaire", "Webinaire"
    OTHER = "autre", "Autre"


class Initiative(TextChoices):
    OWN = "initiative", "À mon initiative"
    REQUEST = "demande", "À la demande"


class AnimationTheme(TextChoices):
    SHARING = "partage", "Partage"
    NETWORK = "reseau", "Réseau"
    SUPPORT = "soutien", "Soutien"
    PROFESSIONAL = "professionnel", "Professionnel"
    STAFF = "rh", "Ressources humaines"
    OTHER = "autre", "Autre"


class EventKind(TextChoices):
    GENERAL_PUBLIC = "grand_public", "Grand public"
    NATIONAL = "national", "National"
    INCLUSION = "inclusion_numerique", "Inclusion numérique"
    LOCAL_NEC = "nec_local", "NEC local"
    OTHER = "autre", "Autre"


class Organiser(TextChoices):
    OWN_STRUCTURE = "ma_structure", "Ma structure"
    COMMUNE = "commune", "Commune"
    EPCI = "epci", "Intercommunalité"
    DEPARTEMENT = "departement", "Département"
    REGION = "region", "Région"
    ASSOCIATION = "association", "Association"
    COMPANY = "entreprise", "Entreprise"
    HUB = "hub", "Hub"
    STATE = "etat", "État"
    GROUPING = "groupement", "Groupement"
    OTHER = "autre", "Autre"


PARTNER_KINDS = tuple(choice for choice in Organiser if choice != Organiser.OWN_STRUCTURE)
"""What a partner structure may be."""


class PartnershipNature(TextChoices):
    USER_PATH = "parcours_usager", "Parcours de l’usager"
    GRANT = "subvention", "Subvention"
    COORDINATION = "coordination_departementale", "Coordination départementale"
    ELECTED = "rdv_elu", "Rendez-vous avec un élu"
    OTHER = "autre", "Autre"


class Scale(TextChoices):
    COMMUNE = "communal", "Communal"
    INTERCOMMUNAL = "intercommunal", "Intercommunal"
    DEPARTEMENT = "departemental", "Départemental"
    REGION = "regional", "Régional"
    NATIONAL = "national", "National"


class BatchState(TextChoices):
    PREVIEWED = "previewed", "Aperçu"
    APPLIED = "applied", "Importé"
    UNDONE = "undone", "Annulé"
