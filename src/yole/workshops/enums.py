"""Closed lists. Theme codes are those of the activity reports, which will read them from here."""

from django.db.models import TextChoices


class Theme(TextChoices):
    """The 19 themes of digital mediation, values as the national API writes them."""

    DIAGNOSTIC_NUMERIQUE = "diagnostic_numerique", "Diagnostic numérique"
    PRENDRE_EN_MAIN_DU_MATERIEL = "prendre_en_main_du_materiel", "Prendre en main du matériel"
    MAINTENANCE_DE_MATERIEL = "maintenance_de_materiel", "Maintenance de matériel"
    GERE_SES_CONTENUS_NUMERIQUES = "gere_ses_contenus_numeriques", "Gérer ses contenus numériques"
    NAVIGATION_SUR_INTERNET = "navigation_sur_internet", "Navigation sur internet"
    EMAIL = "email", "E-mail"
    BUREAUTIQUE = "bureautique", "Bureautique"
    RESEAUX_SOCIAUX = "reseaux_sociaux", "Réseaux sociaux"
    SANTE = "sante", "Santé"
    BANQUE_ET_ACHATS_EN_LIGNE = "banque_et_achats_en_ligne", "Banque et achats en ligne"
    ENTREPRENEURIAT = "entrepreneuriat", "Accompagner un professionnel"
    INSERTION_PROFESSIONNELLE = "insertion_professionnelle", "Insertion professionnelle"
    SECURITE_NUMERIQUE = "securite_numerique", "Sécurité numérique"
    PARENTALITE = "parentalite", "Parentalité"
    SCOLARITE_ET_NUMERIQUE = "scolarite_et_numerique", "Scolarité et numérique"
    CREER_AVEC_LE_NUMERIQUE = "creer_avec_le_numerique", "Créer avec le numérique"
    CULTURE_NUMERIQUE = "culture_numerique", "Culture numérique"
    INTELLIGENCE_ARTIFICIELLE = "intelligence_artificielle", "Intelligence artificielle"
    AIDE_AUX_DEMARCHES_ADMINISTRATIVES = "aide_aux_demarches_administratives", "Aide aux démarches administratives"


class AdministrativeTheme(TextChoices):
    """The 11 themes that say which procedure; only with `aide_aux_demarches_administratives`."""

    PAPIERS_ELECTIONS_CITOYENNETE = "papiers_elections_citoyennete", "Papiers, élections, citoyenneté"
    FAMILLE_SCOLARITE = "famille_scolarite", "Famille, scolarité"
    SOCIAL_SANTE = "social_sante", "Social, santé"
    TRAVAIL_FORMATION = "travail_formation", "Travail, formation"
    LOGEMENT = "logement", "Logement"
    TRANSPORTS_MOBILITE = "transports_mobilite", "Transports, mobilité"
    ARGENT_IMPOTS = "argent_impots", "Argent, impôts"
    JUSTICE = "justice", "Justice"
    ETRANGERS_EUROPE = "etrangers_europe", "Étrangers, Europe"
    LOISIRS_SPORTS_CULTURE = "loisirs_sports_culture", "Loisirs, sports, culture"
    ASSOCIATIONS = "associations", "Associations"


class Level(TextChoices):
    BEGINNER = "debutant", "Débutant"
    INTERMEDIATE = "intermediaire", "Intermédiaire"
    ADVANCED = "avance", "Avancé"


class Audience(TextChoices):
    ALL = "tous", "Tout le monde"
    YOUNG_ADULTS = "16-25", "16 à 25 ans"
    SCHOOL = "11-14", "11 à 14 ans"
    PARENTS = "parents", "Parents"
    SENIORS = "seniors", "Seniors"
    JOBSEEKERS = "demandeurs_emploi", "Demandeurs d’emploi"


class Kind(TextChoices):
    SINGLE = "single", "Séance"
    COHORT = "cohort", "Séance d’un parcours"
    DROP_IN = "drop-in", "Permanence, sans inscription"
    APPOINTMENT = "appointment", "Rendez-vous individuel"


class SessionState(TextChoices):
    PLANNED = "planned", "Prévue"
    MOVED = "moved", "Déplacée"
    CANCELLED = "cancelled", "Annulée"


class HalfDay(TextChoices):
    MORNING = "matin", "Matin"
    AFTERNOON = "apres_midi", "Après-midi"
    EVENING = "soir", "Soir"


class AttendanceKind(TextChoices):
    ARRIVAL = "arrivée", "Arrivée"
    DEPARTURE = "départ", "Départ"
    ABSENT = "absent", "Absent"
    EXCUSED = "excusé", "Excusé"
    UNDO = "annulation", "Annulation"


class PresenceState(TextChoices):
    """Where somebody stands in one half-day, computed from the events."""

    UNKNOWN = "", "À pointer"
    PRESENT = "présent", "Présent"
    ABSENT = "absent", "Absent"
    EXCUSED = "excusé", "Excusé"


class MessageKind(TextChoices):
    CONFIRMATION = "confirmation", "Inscription"
    OFFER = "offer", "Place proposée"
    CANCELLED = "cancelled", "Séance annulée"
    MOVED = "moved", "Séance déplacée"
    REMINDER_7D = "J-7", "Rappel 7 jours avant"
    REMINDER_1D = "J-1", "Rappel la veille"
    REMINDER_3H = "H-3", "Rappel 3 heures avant"


REMINDER_HOURS = {MessageKind.REMINDER_7D: 168, MessageKind.REMINDER_1D: 24, MessageKind.REMINDER_3H: 3}
"""Hours before the start at which each reminder is due."""
REMINDER_LATE = {MessageKind.REMINDER_7D: 48, MessageKind.REMINDER_1D: 12, MessageKind.REMINDER_3H: 3}
"""Hours after which a reminder that could not be written in time is not written any more (a worker stopped, a session moved nearer)."""
REMINDER_CHOICES = [(kind.value, kind.label) for kind in REMINDER_HOURS]


class CallOutcome(TextChoices):
    REACHED = "reached", "Jointe"
    NO_ANSWER = "no-answer", "Pas de réponse"
    UNREACHABLE = "unreachable", "Injoignable"


class Smiley(TextChoices):
    """Stored as 1, 2, 3."""

    BAD = "1", "Pas content"
    FAIR = "2", "Moyen"
    GOOD = "3", "Content"


ALL_THEMES = [*Theme.choices, *AdministrativeTheme.choices]
