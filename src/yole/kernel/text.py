"""Normal forms of text, used alike by search, duplicate detection and stored sort keys."""

from __future__ import annotations

import re
import unicodedata

_LIGATURES = str.maketrans({"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae", "ß": "ss", "ø": "o", "Ø": "o"})
_NOT_WORD = re.compile(r"[^0-9a-z]+")
_ARTICLE = re.compile(r"^(?:l|le|la|les|d|de|du|des)\s+")


def fold(text: str) -> str:
    """Lower case without accents or ligatures; punctuation becomes single spaces."""
    decomposed = unicodedata.normalize("NFD", text.translate(_LIGATURES))
    bare = "".join(c for c in decomposed if not unicodedata.combining(c))
    return _NOT_WORD.sub(" ", bare.lower()).strip()


def fold_name(text: str) -> str:
    """`fold` without a leading French article: « L'Ajoupa-Bouillon » gives « ajoupa bouillon »."""
    folded = fold(text)
    return _ARTICLE.sub("", folded, count=1) or folded


def sort_key(text: str) -> str:
    """Key by which names are sorted; stored, since the embedded database has no French collation."""
    return fold(text)


def straight(text: str) -> str:
    """NFC, straight apostrophes, single spaces, lower case: the form in which two spellings of a label are compared."""
    composed = unicodedata.normalize("NFC", text).replace("’", "'").replace("ʼ", "'").replace("\u00a0", " ").replace("\u202f", " ")
    return " ".join(composed.split()).lower()
