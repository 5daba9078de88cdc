"""The words of fields, answers, questions and effects, as a person reads them. Desk and command line: plain French."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from yole.rights.engine.cohort import ACTIVITIES, HOUSINGS
from yole.rights.engine.explain import AMOUNTS, Flip, short

LABELS = {
    "commune": "la commune",
    "couple": "la vie en couple",
    "children_count": "le nombre d’enfants à charge",
    "children_birth_dates": "l’âge des enfants",
    "housing_status": "le logement",
    "rent": "le loyer",
    "other_situations": "les situations particulières",
    "birth_date": "l’âge",
    "activity": "l’activité",
    "wage": "le salaire net",
    "pension": "la retraite",
    "unemployment_benefit": "l’allocation chômage",
    "disability_rate": "le taux d’incapacité",
    "work_restriction": "la restriction d’accès à l’emploi",
    "pregnant": "la grossesse",
    "nationality": "la nationalité",
    "residence_permit_years": "les années de titre de séjour",
    "ass_work_history": "les 5 années travaillées",
    "invalidity_pension": "la pension d’invalidité",
    "sick_pay": "les indemnités de maladie",
    "alimony_received": "la pension alimentaire reçue",
    "alimony_paid": "la pension alimentaire versée",
    "savings": "l’épargne",
    "self_employed": "l’activité indépendante",
}
QUESTIONS = {
    "commune": "Dans quelle commune habitez-vous ?",
    "couple": "Vivez-vous en couple, marié ou pacsé ?",
    "children_count": "Combien d’enfants avez-vous à charge ?",
    "children_birth_dates": "Quelles sont les dates de naissance de vos enfants ?",
    "housing_status": "Comment êtes-vous logé ?",
    "rent": "Quel est votre loyer par mois, sans les charges ?",
    "other_situations": "Y a-t-il dans votre foyer une de ces situations ?",
    "birth_date": "Quelle est votre date de naissance ?",
    "activity": "Quelle est votre activité aujourd’hui ?",
    "wage": "Combien gagnez-vous par mois, en moyenne sur 3 mois (net social) ?",
    "pension": "Combien de retraite recevez-vous par mois ?",
    "unemployment_benefit": "Combien d’allocation chômage recevez-vous par mois ?",
    "disability_rate": "Quel taux d’incapacité la MDPH a-t-elle reconnu ?",
    "work_restriction": "La MDPH a-t-elle reconnu une restriction pour l’accès à l’emploi (RSDAE) ?",
    "pregnant": "Attendez-vous un enfant ?",
    "nationality": "Quelle est votre nationalité ?",
    "residence_permit_years": "Depuis combien d’années avez-vous un titre de séjour qui permet de travailler ?",
    "ass_work_history": "Avez-vous travaillé 5 ans dans les 10 ans avant la perte de votre emploi ?",
    "invalidity_pension": "Combien de pension d’invalidité recevez-vous par mois ?",
    "sick_pay": "Combien d’indemnités de maladie recevez-vous par mois ?",
    "alimony_received": "Combien de pension alimentaire recevez-vous par mois ?",
    "alimony_paid": "Combien de pension alimentaire versez-vous par mois ?",
    "savings": "À combien s’élève votre épargne ?",
    "self_employed": "Travaillez-vous à votre compte ?",
}
PARTNER_QUESTIONS = {
    "birth_date": "Quelle est la date de naissance de votre conjoint ?",
    "activity": "Quelle est l’activité de votre conjoint ?",
    "wage": "Combien votre conjoint gagne-t-il par mois, en moyenne sur 3 mois (net social) ?",
    "pension": "Combien de retraite votre conjoint reçoit-il par mois ?",
    "unemployment_benefit": "Combien d’allocation chômage votre conjoint reçoit-il par mois ?",
    "disability_rate": "Quel taux d’incapacité la MDPH a-t-elle reconnu à votre conjoint ?",
    "work_restriction": "La MDPH a-t-elle reconnu à votre conjoint une restriction pour l’accès à l’emploi (RSDAE) ?",
    "pregnant": "Votre conjointe attend-elle un enfant ?",
    "nationality": "Quelle est la nationalité de votre conjoint ?",
    "residence_permit_years": "Depuis combien d’années votre conjoint a-t-il un titre de séjour qui permet de travailler ?",
    "ass_work_history": "Votre conjoint a-t-il travaillé 5 ans dans les 10 ans avant la perte de son emploi ?",
    "invalidity_pension": "Combien de pension d’invalidité votre conjoint reçoit-il par mois ?",
    "sick_pay": "Combien d’indemnités de maladie votre conjoint reçoit-il par mois ?",
    "alimony_received": "Combien de pension alimentaire votre conjoint reçoit-il par mois ?",
    "alimony_paid": "Combien de pension alimentaire votre conjoint verse-t-il par mois ?",
    "savings": "À combien s’élève l’épargne de votre conjoint ?",
    "self_employed": "Votre conjoint travaille-t-il à son compte ?",
}
ACTIVITY_LABELS = dict(
    zip(ACTIVITIES, ("En emploi", "Au chômage", "En études", "À la retraite", "Sans activité"), strict=True),
)
HOUSING_LABELS = dict(
    zip(
        HOUSINGS,
        (
            *("Locataire, logement vide", "Locataire, logement meublé", "Locataire HLM", "En foyer ou résidence"),
            *("Propriétaire, prêt en cours depuis peu (accession)", "Propriétaire", "Logé gratuitement", "Sans domicile"),
        ),
        strict=True,
    )
)
TICK_LABELS = {
    "disability": "Un handicap reconnu, ou une demande à la MDPH",
    "pregnancy": "Une grossesse",
    "foreign_national": "Une nationalité autre que française",
    "ass": "Des droits au chômage épuisés",
    "invalidity": "Une pension d’invalidité",
    "sick_leave": "Un arrêt maladie indemnisé",
    "alimony": "Une pension alimentaire, reçue ou versée",
    "savings": "Une épargne importante (plus de quelques milliers d’euros)",
    "self_employed": "Un travail à son compte",
}
ASSUMED = {
    "date": "le mois est celui d’aujourd’hui",
    "shared_housing": "pas de colocation",
    "single_room": "pas une simple chambre",
    "landlord_is_family": "le propriétaire n’est pas de la famille proche",
    "other_situations.self_employed": "personne ne travaille à son compte",
    "couple.married": "le couple est marié ou pacsé (une seule déclaration d’impôt)",
    "europe.residence": "citoyen européen présent en France depuis plus de 3 mois",
    "schooling": "les enfants de 11 à 17 ans et les étudiants sont scolarisés",
    "stationary": "revenus et situation sans changement depuis trois ans",
}


def label(name: str) -> str:
    """A field in words, with whose it is when it is the partner's."""
    words = LABELS[short(name)]
    return f"{words} du conjoint" if name.startswith("partner.") else words


def question(name: str) -> str:
    return (PARTNER_QUESTIONS if name.startswith("partner.") else QUESTIONS)[short(name)]


def listed(names: Sequence[str]) -> str:
    """« a, b et c »."""
    return " et ".join(part for part in (", ".join(names[:-1]), *names[-1:]) if part)


def why(names: Sequence[str], *, amount_only: bool) -> str:
    """Why a question is asked: what its answer can still change."""
    what = listed(list(names[:4])) + (" et d’autres aides" if len(names) > 4 else "")
    if amount_only:
        return f"pour préciser le montant : {what}"
    return f"la réponse peut changer le résultat pour : {what}"


def euros(value: float) -> str:
    whole = f"{round(value):,}".replace(",", " ")
    return f"{whole} €"


def effect(flip: Flip, present: bool) -> str:
    """What changing one answer would do, in words. `present` is the verdict as things stand."""
    then = "le droit disparaîtrait" if present else "un droit serait possible"
    name = short(flip.field)
    if name in AMOUNTS:
        unit = (lambda value: f"{round(value)} ans") if name in ("birth_date", "residence_permit_years") else euros
        if name == "disability_rate":
            unit = _percent
        parts = [f"au-dessus d’environ {unit(flip.above)}"] if flip.above is not None else []
        parts += [f"au-dessous d’environ {unit(flip.below)}"] if flip.below is not None else []
        return f"{' ou '.join(parts)}, {then}"
    return f"avec {listed_or([answer(flip.field, value) for value in flip.values[:3]])}, {then}"


def listed_or(names: Sequence[str]) -> str:
    return " ou ".join(part for part in (", ".join(names[:-1]), *names[-1:]) if part)


def _percent(value: float) -> str:
    return f"{round(value)} %"


def answer(name: str, code: Any) -> str:
    """A value of a grid in words."""
    kind = short(name)
    if kind == "activity":
        return f"« {ACTIVITY_LABELS[ACTIVITIES[code]].lower()} »"
    if kind == "housing_status":
        return f"« {HOUSING_LABELS[HOUSINGS[code]].lower()} »"
    if kind == "commune":
        return f"une commune comme {code}"
    if kind == "children_count":
        return f"{code} enfant{'s' if code > 1 else ''}"
    if kind == "children_birth_dates":
        ages = sorted(set(code))
        return f"des enfants de {listed([str(age) for age in ages])} ans"
    if kind == "other_situations":
        return listed([f"« {TICK_LABELS[tick].lower()} »" for tick in sorted(code)]) if code else "aucune situation particulière"
    if kind == "nationality":
        return {"FR": "la nationalité française", "PT": "une nationalité européenne"}.get(code, "une nationalité hors d’Europe")
    return "oui" if code else "non"


def day(value: date) -> str:
    return f"{value:%d/%m/%Y}"
