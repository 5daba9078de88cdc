"""How common a name is, in orders of magnitude. Ours: a rough scale, fixed, so that no card weighs on the score of another.

A name that is not listed is taken for a rare one. The lists hold names borne by many people in Martinique and in France; a share says how
many people in a thousand bear such a name, within a factor of three, which is 1.6 bits.
"""

from __future__ import annotations

_LAST = {
    6.0: "joseph jean-baptiste charles louis marie jean pierre louis-joseph joseph-alexandre",
    3.0: "alexandre francois edouard laurent thomas bernard martin michel marie-sainte sainte-rose marie-rose antoine henri rose augustin",
    1.0: """adele albert alphonse andre anicet auguste baptiste basile benoit bertrand celestin cesaire david denis durand edmond emmanuel
        etienne eugene felix francois-xavier gabriel georges gilles guillaume hilaire jacques jean-louis jean-marie jean-pierre jerome
        julien leon leroy lucien marc marcel marie-joseph marie-louise mathurin maurice mondesir monplaisir nicolas paul petit philippe
        prosper raphael rene richard robert romain saint-louis simon sylvestre theodore urbain valere victor vincent zobel lagier
        dubois moreau lefebvre roux morel fournier girard bonnet dupont lambert fontaine rousseau garcia blanc guerin muller faure""",
}  # fmt: skip
_FIRST = {
    25.0: "marie jean",
    8.0: "pierre michel jeanne joseph monique nicole anne philippe nathalie catherine francoise isabelle patrick christine",
    3.0: """alain alex alexandre andre antoine audrey aurelie bernard brigitte celine charles chantal christian christophe claude claudine
        corinne cedric daniel danielle david denise dominique elodie emilie emmanuel eric evelyne fabrice florence francis francois
        frederic georges gerard gilles ginette guy helene henri jacqueline jacques jean-claude jean-luc jean-marc jean-michel
        jean-pierre jerome jocelyne josette julie julien kevin laura laurent louis louise lucette lucien luc lydie madeleine marc marcel
        marguerite marie-claude marie-christine marie-france marie-line marie-louise marie-therese martine mathieu maurice max melanie
        michele mickael mireille murielle nadia nadine nicolas odile olivier pascal patricia paul paulette raymond rene renee robert
        roger rose sandra sandrine sebastien serge simone sonia sophie stephane stephanie suzanne sylvie therese thierry thomas valerie
        veronique victor vincent virginie viviane yolande yves yvette yvonne""",
}  # fmt: skip
_UNLISTED_LAST, _UNLISTED_FIRST = 1 / 8000, 1 / 1500


def _table(classes: dict[float, str]) -> dict[tuple[str, ...], float]:
    return {tuple(sorted(name.split("-"))): share / 1000 for share, names in classes.items() for name in names.split()}


_LAST_TABLE, _FIRST_TABLE = _table(_LAST), _table(_FIRST)


def frequency(words: tuple[str, ...], *, first: bool) -> float:
    """Share of people with this name (0 to 1), whatever the order of its words; a composed name that is not listed is as common as
    the least common of its words."""
    table, unlisted = (_FIRST_TABLE, _UNLISTED_FIRST) if first else (_LAST_TABLE, _UNLISTED_LAST)
    found = table.get(tuple(sorted(words)))
    if found is not None:
        return found
    return min((table.get((word,), unlisted) for word in words), default=unlisted)
