"""Finding in a free text that a place is closed, as against closed on Wednesdays or in August.

Measured on the national list of 2024-08-01: 43 comments hold "ferm", one of them is a real closure.
"""

from __future__ import annotations

import re
import unicodedata

_CLOSED = r"ferm(?:e|es|ee|ees|eture|eture\s+du\s+(?:lieu|site|service))"
_CLOSURE = re.compile(
    rf"""
    \b{_CLOSED}\s+(?:a\s+titre\s+)?definitive(?:ment|s)?\b
    | \bdefinitivement\s+{_CLOSED}\b
    | \bfermeture\s+definitive\b
    | \b{_CLOSED}\s+(?:au\s+public\s+)?suite\s+(?:a|au|aux)\b
    | \b{_CLOSED}\s+(?:au\s+public\s+)?jusqu'a\s+nouvel\s+ordre\b
    | \bn'existe(?:nt)?\s+plus\b
    | (?<!n')\b(?:a|ont)\s+cesse\s+(?:son|sa|ses|leur|leurs|toute?|d'exister|d'accueillir
        |de\s+fonctionner|d'exercer|d'etre|l'activite|l'accueil)\b
    | (?<!n')\b(?:a|ont)\s+cesse\s*(?=[.;,!]|$)
    | \bcessation\s+(?:d'|de\s+(?:son\s+|l')?)activite
    | \b(?:n'est|ne\s+sont)\s+plus\s+(?:en\s+activite|en\s+service|ouverte?s?\b(?!\s+(?:le|les|la|au|aux|en|pendant|du|de|apres|a)\b))
    | \bne\s+fonctionne(?:nt)?\s+plus\b
    """,
    re.VERBOSE,
)
# A weekday that is not part of a date, a time of the day, a season: the closing comes back, it is not a closure.
_RECURRING = re.compile(
    r"""
    \b(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)s?\b(?!\s+[0-9]{1,2}(?:er)?\b(?!\s*(?:h|:)))
    | \b(?:vacances|conges?|estivale?s?|saison|jours?\s+feries?|week-?ends?)\b
    | \b(?:l'|en\s+|cet\s+)ete\b | \b(?:l'|en\s+|cet\s+)hiver\b
    | \b(?:midi|matins?|apres-midis?|pause)\b
    | \bdu\s+[0-9]{1,2}(?:er)?(?:\s+[a-z]+)?(?:\s+[0-9]{4})?\s+au\s+[0-9]{1,2}
    """,
    re.VERBOSE,
)
_HINT = re.compile("ferm|cess|plus", re.IGNORECASE)  # every closure holds one of these
_SENTENCE = re.compile(r"[.;!?\n\r]+(?:\s|$)|\n|\s/\s")


def closure_said(text: str) -> str | None:
    """The words by which a text says that the place is closed for good or until further notice, None when it does not.

    A sentence that speaks of a weekday, a time of the day, holidays or a season tells a closing that comes back, not a closure.
    """
    if not _HINT.search(text):
        return None
    plain = _plain(text)
    start = 0
    for end in [*(found.end() for found in _SENTENCE.finditer(plain)), len(plain)]:
        sentence = plain[start:end]
        found = _CLOSURE.search(sentence)
        if found and not _RECURRING.search(sentence):
            return " ".join(text[start + found.start() : start + found.end()].split()) if len(plain) == len(text) else found[0]
        start = end
    return None


def _plain(text: str) -> str:
    """Lower case without accents, straight apostrophes; the same length as a composed text."""
    composed = unicodedata.normalize("NFC", text).replace("’", "'")
    return "".join(unicodedata.normalize("NFD", c)[0] for c in composed.lower())
