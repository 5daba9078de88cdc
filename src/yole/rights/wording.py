"""The words of fields, answers, questions and effects, as a person reads them. Desk and command line: plain French."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from yole.rights.engine.cohort import ACTIVITIES, HOUSINGS
from yole.rights.engine.explain import AMOUNTS, Flip, short


def _(text: str) -> str:
    """Marks words that inhabitants read, so that they are in the catalogue; the pages translate them when they show them."""
    return text


LABELS = {
    "commune": _("la commune"),
    "couple": _("la vie en couple"),
    "children_count": _("le nombre d’enfants à charge"),
    "children_birth_dates": _("l’âge des enfants"),
    "housing_status": _("le logement"),
    "rent": _("le loyer"),
    "other_situations": _("les situations particulières"),
    "birth_date": _("l’âge"),
    "activity": _("l’activité"),
    "wage": _("le salaire net"),
    "pension": _("la retraite"),
    "unemployment_benefit": _("l’allocation chômage"),
    "disability_rate": _("le taux d’incapacité"),
    "work_restriction": _("la restriction d’accès à l’emploi"),
    "pregnant": _("la grossesse"),
    "nationality": _("la nationalité"),
    "residence_permit_years": _("les années de titre de séjour"),
    "ass_work_history": _("les 5 années travaillées"),
    "invalidity_pension": _("la pension d’invalidité"),
    "sick_pay": _("les indemnités de maladie"),
    "alimony_received": _("la pension alimentaire reçue"),
    "alimony_paid": _("la pension alimentaire versée"),
    "savings": _("l’épargne"),
    "self_employed": _("l’activité indépendante"),
}
QUESTIONS = {
    "commune": _("Dans quelle commune habitez-vous ?"),
    "couple": _("Vivez-vous en couple, marié ou pacsé ?"),
    "children_count": _("Combien d’enfants avez-vous à charge ?"),
    "children_birth_dates": _("Quelles sont les dates de naissance de vos enfants ?"),
    "housing_status": _("Comment êtes-vous logé ?"),
    "rent": _("Quel est votre loyer par mois, sans les charges ?"),
    "other_situations": _("Y a-t-il dans votre foyer une de ces situations ?"),
    "birth_date": _("Quelle est votre date de naissance ?"),
    "activity": _("Quelle est votre activité aujourd’hui ?"),
    "wage": _("Combien gagnez-vous par mois, en moyenne sur 3 mois (net social) ?"),
    "pension": _("Combien de retraite recevez-vous par mois ?"),
    "unemployment_benefit": _("Combien d’allocation chômage recevez-vous par mois ?"),
    "disability_rate": _("Quel taux d’incapacité la MDPH a-t-elle reconnu ?"),
    "work_restriction": _("La MDPH a-t-elle reconnu une restriction pour l’accès à l’emploi (RSDAE) ?"),
    "pregnant": _("Attendez-vous un enfant ?"),
    "nationality": _("Quelle est votre nationalité ?"),
    "residence_permit_years": _("Depuis combien d’années avez-vous un titre de séjour qui permet de travailler ?"),
    "ass_work_history": _("Avez-vous travaillé 5 ans dans les 10 ans avant la perte de votre emploi ?"),
    "invalidity_pension": _("Combien de pension d’invalidité recevez-vous par mois ?"),
    "sick_pay": _("Combien d’indemnités de maladie recevez-vous par mois ?"),
    "alimony_received": _("Combien de pension alimentaire recevez-vous par mois ?"),
    "alimony_paid": _("Combien de pension alimentaire versez-vous par mois ?"),
    "savings": _("À combien s’élève votre épargne ?"),
    "self_employed": _("Travaillez-vous à votre compte ?"),
}
PARTNER_QUESTIONS = {
    "birth_date": _("Quelle est la date de naissance de votre conjoint ?"),
    "activity": _("Quelle est l’activité de votre conjoint ?"),
    "wage": _("Combien votre conjoint gagne-t-il par mois, en moyenne sur 3 mois (net social) ?"),
    "pension": _("Combien de retraite votre conjoint reçoit-il par mois ?"),
    "unemployment_benefit": _("Combien d’allocation chômage votre conjoint reçoit-il par mois ?"),
    "disability_rate": _("Quel taux d’incapacité la MDPH a-t-elle reconnu à votre conjoint ?"),
    "work_restriction": _("La MDPH a-t-elle reconnu à votre conjoint une restriction pour l’accès à l’emploi (RSDAE) ?"),
    "pregnant": _("Votre conjointe attend-elle un enfant ?"),
    "nationality": _("Quelle est la nationalité de votre conjoint ?"),
    "residence_permit_years": _("Depuis combien d’années votre conjoint a-t-il un titre de séjour qui permet de travailler ?"),
    "ass_work_history": _("Votre conjoint a-t-il travaillé 5 ans dans les 10 ans avant la perte de son emploi ?"),
    "invalidity_pension": _("Combien de pension d’invalidité votre conjoint reçoit-il par mois ?"),
    "sick_pay": _("Combien d’indemnités de maladie votre conjoint reçoit-il par mois ?"),
    "alimony_received": _("Combien de pension alimentaire votre conjoint reçoit-il par mois ?"),
    "alimony_paid": _("Combien de pension alimentaire votre conjoint verse-t-il par mois ?"),
    "savings": _("À combien s’élève l’épargne de votre conjoint ?"),
    "self_employed": _("Votre conjoint travaille-t-il à son compte ?"),
}
ACTIVITY_LABELS = dict(
    zip(ACTIVITIES, (_("En emploi"), _("Au chômage"), _("En études"), _("À la retraite"), _("Sans activité")), strict=True),
)
HOUSING_LABELS = dict(
    zip(
        HOUSINGS,
        (
            *(_("Locataire, logement vide"), _("Locataire, logement meublé"), _("Locataire HLM"), _("En foyer ou résidence")),
            *(_("Propriétaire, prêt en cours depuis peu (accession)"), _("Propriétaire"), _("Logé gratuitement"), _("Sans domicile")),
        ),
        strict=True,
    )
)
TICK_LABELS = {
    "disability": _("Un handicap reconnu, ou une demande à la MDPH"),
    "pregnancy": _("Une grossesse"),
    "foreign_national": _("Une nationalité autre que française"),
    "ass": _("Des droits au chômage épuisés"),
    "invalidity": _("Une pension d’invalidité"),
    "sick_leave": _("Un arrêt maladie indemnisé"),
    "alimony": _("Une pension alimentaire, reçue ou versée"),
    "savings": _("Une épargne importante (plus de quelques milliers d’euros)"),
    "self_employed": _("Un travail à son compte"),
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
