"""Closed lists of the room. Age bands, genders and social statuses are those of La Coop de la médiation numérique, value for value."""

from django.db.models import TextChoices


class Kind(TextChoices):
    """An anonymous card names nobody; a followed person is named, for a stated purpose, with their agreement."""

    ANONYMOUS = "anonymous", "Carte sans nom"
    FOLLOWED = "followed", "Personne suivie"


class AgeBand(TextChoices):
    """Bands of La Coop; `douze_dix_huit` holds 12 to 17, in spite of its name."""

    UNDER_12 = "moins_de_douze", "Moins de 12 ans"
    FROM_12 = "douze_dix_huit", "12 à 17 ans"
    FROM_18 = "dix_huit_vingt_quatre", "18 à 24 ans"
    FROM_25 = "vingt_cinq_trente_neuf", "25 à 39 ans"
    FROM_40 = "quarante_cinquante_neuf", "40 à 59 ans"
    FROM_60 = "soixante_soixante_neuf", "60 à 69 ans"
    FROM_70 = "soixante_dix_plus", "70 ans et plus"
    UNKNOWN = "non_communique", "Non communiqué"


class Gender(TextChoices):
    MALE = "masculin", "Masculin"
    FEMALE = "feminin", "Féminin"
    UNKNOWN = "non_communique", "Non communiqué"


class SocialStatus(TextChoices):
    AT_SCHOOL = "scolarise", "Scolarisé"
    WITHOUT_WORK = "sans_emploi", "Sans emploi"
    AT_WORK = "en_emploi", "En emploi"
    RETIRED = "retraite", "Retraité"
    UNKNOWN = "non_communique", "Non communiqué"


class Purpose(TextChoices):
    """What a person agrees to. `autre` asks for words."""

    FOLLOW = "suivi", "Suivre son parcours d’un rendez-vous à l’autre"
    CALL_BACK = "rappel", "Rappeler la personne"
    PAPERWORK = "demarches", "Faire des démarches avec elle"
    TRAINING = "formation", "Préparer un passeport ou une attestation"
    OTHER = "autre", "Autre raison"


class How(TextChoices):
    """The way in which the information was given and the agreement received."""

    SPOKEN_WITH_SHEET = "oral_fiche", "À l’oral, avec la fiche imprimée"
    READ_ON_SCREEN = "ecran", "Lu à l’écran avec la personne"
    SIGNED = "signature", "Sur papier signé"
    BY_TELEPHONE = "telephone", "Au téléphone"
    IMPORTED = "import", "Déjà donné dans un autre outil"


class GivenBy(TextChoices):
    SELF = "personne", "La personne elle-même"
    GUARDIAN = "responsable", "Son ou sa responsable légale"


class MinorRule(TextChoices):
    """What is asked for somebody younger than the age from which one decides alone."""

    ANONYMOUS_ONLY = "sans_nom", "Carte sans nom seulement"
    GUARDIAN_INFORMED = "informer", "Informer un responsable légal"
    GUARDIAN_AGREES = "accord", "Demander l’accord d’un responsable légal"


class LookupKind(TextChoices):
    """What a digest was made from: see engine/keys.py."""

    PHONE = "tel", "Téléphone"
    EMAIL = "mel", "Adresse e-mail"
    PREFIX = "pre", "Début d’un nom"
    NAME_YEAR = "nan", "Nom tel qu’on l’entend, et année"
    NAME_PAIR = "paire", "Nom et prénom tels qu’on les entend"


class PairState(TextChoices):
    PROPOSED = "proposed", "À décider"
    SAME = "same", "La même personne"
    DIFFERENT = "different", "Deux personnes"


class Access(TextChoices):
    """What was done with a named card, as the card itself shows it."""

    SEEN = "seen", "fiche ouverte"
    CREATED = "created", "fiche créée"
    CHANGED = "changed", "fiche modifiée"
    CONTACT_SHOWN = "contact", "numéro affiché"
    SHOWN = "shown", "fiche montrée à la personne"
    PRINTED = "printed", "carte imprimée"
    COMPARED = "compared", "fiche comparée à une autre"
    EXPORTED = "exported", "données exportées"
    OPENED_BY_CODE = "code", "fiche ouverte avec la carte de la personne"
