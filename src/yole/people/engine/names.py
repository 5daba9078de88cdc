"""Names as they are compared: tokens, how they sound in French, short forms. Own rules, tuned on names of Martinique."""

from __future__ import annotations

import re
from functools import lru_cache

from yole.kernel.text import fold

PREFIX_SHORTEST, PREFIX_LONGEST = 2, 8
_PARTICLES = frozenset({"de", "du", "des", "la", "le", "les", "d", "l", "et", "ep", "epouse", "nee", "veuve", "mme", "mlle", "mr", "m"})

# Order matters: longer groups first. Capitals are sounds that no letter writes: A nasal an, I nasal in, O nasal on.
_SOUNDS = (
    (r"ç", "s"),
    (r"sch|sh", "ch"),
    (r"ph", "f"),
    (r"gn", "n"),
    (r"qu?|ck", "k"),
    (r"g(?=[eiy])", "j"),
    (r"ge(?=[ao])", "j"),
    (r"gu(?=[eiy])", "g"),
    (r"c(?=[eiy])", "s"),
    (r"c(?!h)", "k"),
    (r"x", "ks"),
    (r"eaux?|aux?", "o"),
    (r"ae|oe|eu", "e"),
    (r"ou|oo", "u"),
    (r"(?:ai|ei)(?=[nm](?![aeiouynm]))|(?:i|y)(?=[nm](?![aeiouynm]))|u(?=n(?![aeiouyn]))", "I"),
    (r"I[nm]", "I"),
    (r"[ae][nm](?![aeiouynm])", "A"),
    (r"o[nm](?![aeiouynm])", "O"),
    (r"ai|ei|ay|ey", "e"),
    (r"ill(?=[aeiou])", "y"),
    (r"w", "v"),
    (r"z", "s"),
    (r"y", "i"),
    (r"(?<!c)h", ""),
    (r"(.)\1+", r"\1"),
    (r"(?<=.)(?:es|e|s|t|d|p|nt|ks)$", ""),
    (r"(?<=.)(?:es|e|s|t|d)$", ""),
)
_COMPILED = tuple((re.compile(pattern), sound) for pattern, sound in _SOUNDS)

# Usual short forms: each line is one name for the comparison. A short form may belong to several lines.
_SHORT_FORMS = (
    "alex alexandre", "alex alexandra", "alex alexis", "andre dede", "antoine tony tonin", "anthony tony", "beatrice bea", "benjamin ben",
    "catherine cathy cath", "christine chris", "christophe chris", "christian chris", "daniel dany dan", "danielle dany",
    "elisabeth babeth zabeth betty lisa", "emmanuel manu", "emmanuelle manu", "eric rico", "francois fanfan", "francoise fanfan",
    "frederic fred", "frederique fred", "gabriel gaby", "gabrielle gaby", "gerard gege", "henri riri", "jacqueline jacky", "jacques jacky",
    "jean jeannot", "jocelyn joss", "joseph jo jojo", "josette jo", "joel jo", "lucette lulu", "lucien lulu", "lucienne lulu",
    "madeleine mado", "marguerite margot", "maximilien max", "maxime max", "michel mimi", "michele mimi", "monique momo", "maurice momo",
    "nathalie nath", "nicolas nico", "patrice pat", "patricia pat", "patrick pat", "philippe phil", "sandra sandy", "sebastien seb",
    "stephane steph", "stephanie steph", "sylvie sissi", "therese tete", "veronique vero", "victor totor", "yves yvon", "yvette vevette",
)  # fmt: skip
_GROUPS: dict[str, frozenset[int]] = {}
for _number, _line in enumerate(_SHORT_FORMS):
    for _name in _line.split():
        _GROUPS[_name] = _GROUPS.get(_name, frozenset()) | {_number}


def tokens(name: str) -> tuple[str, ...]:
    """The words of a name, folded, without particles: « Jean-Baptiste épouse D'Alexis » gives jean, baptiste, alexis."""
    words = fold(name).split()
    kept = tuple(word for word in words if word not in _PARTICLES)
    return kept or tuple(words)


@lru_cache(maxsize=8192)
def sound(word: str) -> str:
    """How a folded word sounds: « phaeton » and « faiton » give one key. At least one letter for a word that has letters."""
    key = word
    for pattern, replacement in _COMPILED:
        key = pattern.sub(replacement, key)
    return key or word


def prefixes(word: str) -> list[str]:
    """The beginnings by which a name is found while it is typed."""
    return [word[:length] for length in range(PREFIX_SHORTEST, min(len(word), PREFIX_LONGEST) + 1)] or [word]


def short_form(one: str, other: str) -> bool:
    """Whether two different first names are usual forms of one name: lulu and lucette, but not lucette and lucienne."""
    shared = _GROUPS.get(one, frozenset()) & _GROUPS.get(other, frozenset())
    return bool(shared) and one != other
