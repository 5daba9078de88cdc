"""Closed lists of the follow-up of rights, with their French labels."""

from django.db.models import TextChoices


class Step(TextChoices):
    """Where the follow-up of one right stands."""

    IDENTIFIED = "identified", "Droit repéré"
    PREPARED = "prepared", "Demande préparée"
    FILED = "filed", "Demande déposée"
    ANSWERED = "answered", "Réponse reçue"
    APPEAL = "appeal", "Recours"
    CLOSED = "closed", "Sans demande"


class Answer(TextChoices):
    """What the office answered: a fact that the person reports, never ours."""

    GRANTED = "granted", "Accordé"
    REFUSED = "refused", "Refusé par l’organisme"


class Outcome(TextChoices):
    """Why a right was not claimed, in the words of the studies (DREES), or what the check found."""

    UNKNOWN = "non-connaissance", "La personne ne connaissait pas ce droit"
    NOT_ASKED = "non-demande", "La personne ne souhaite pas le demander"
    NOT_RECEIVED = "non-reception", "Demandé, mais pas reçu"
    NOT_PROPOSED = "non-proposition", "Personne ne le lui avait proposé"
    ALREADY = "deja-recu", "Déjà reçu"
    NOT_CONCERNED = "verifie-non", "Après vérification, pas concernée"


class Reason(TextChoices):
    """What the person says of not claiming (list of the DREES barometer)."""

    INFORMATION = "information", "Manque d’information"
    COMPLEXITY = "complexite", "Démarches trop compliquées"
    CONSEQUENCES = "consequences", "Crainte de conséquences"
    AUTONOMY = "autonomie", "Souhait de s’en sortir sans aide"
    OTHER = "autre", "Autre raison"


class RefusalReason(TextChoices):
    INCOME = "ressources", "Ressources au-dessus du plafond"
    PAPERS = "pieces", "Pièces manquantes"
    RESIDENCE = "residence", "Condition de résidence ou de titre de séjour"
    AGE = "age", "Condition d’âge"
    DELAY = "delai", "Demande hors délai"
    OTHER = "autre", "Autre motif"
    NOT_SAID = "non-dit", "Motif non communiqué"


class ScreenPurpose(TextChoices):
    """Why a list is screened. Control and fraud are not among the purposes, and will not be."""

    OFFER_TALKS = "proposer", "Proposer un entretien aux personnes d’accord"
    PREPARE_OUTREACH = "aller-vers", "Préparer une action d’aller-vers"
    MEASURE = "mesurer", "Mesurer le non-recours sans identifier personne"
