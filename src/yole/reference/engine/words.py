"""Words as search compares them: elisions cut, accents folded, question words set aside; passages of a text to quote."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from yole.kernel.text import fold

_ELISION = re.compile(r"\b(?:l|d|j|m|t|s|c|n|qu|jusqu|lorsqu|puisqu|quelqu|presqu)['’ʼ]", re.IGNORECASE)
# The end of a sentence: not the point of « L. 262 » or of « 3.5 ».
_END = re.compile(r"(?<!\b[A-ZÀ-Ü])[.!?…]+(?=\s|$)|\n")
# Words of a question that name nothing. PostgreSQL drops the others (its list knows accents, our texts have none left).
_EMPTY_WORDS = """
a ai aie aller alors apres as assez au aucun aussi autre aux avait avant avec avez avoir avons bien bon bonjour ca car ce cela ces
cet cette ceux chez ci combien comme comment dans de des dire dis dois doit donc dont du elle elles en encore est et etais etait
etant ete etes etre eu eux faire fais fait faut il ils je la le les leur leurs lui ma mais me meme merci mes mieux moi mon ne ni nos
notre nous on ont or ou par parce pas peu peut peuvent peux plait plus plusieurs pour pourquoi pourrais pourrait pouvoir puis quand
que quel quelle quelles quels qui quoi sa sais sans savoir se sera ses si soit sommes son sont suis sur svp ta te tes toi ton tous
tout toute toutes tres trop tu un une va vais vas veut veux voila vos votre voudrais voulais vous vraiment y
"""
_EMPTY = frozenset(_EMPTY_WORDS.split())


def cut_elisions(text: str) -> str:
    """« l’aide qu’elle » gives « aide elle »."""
    return _ELISION.sub("", text)


def search_text(text: str) -> str:
    """The form that is indexed: elisions cut, lower case, accents folded, punctuation as spaces."""
    return fold(cut_elisions(text))


def content_words(text: str) -> list[str]:
    """Words of a question that may name something, in order, folded, each once; numbers kept."""
    return list(dict.fromkeys(word for word in search_text(text).split() if word not in _EMPTY and (len(word) > 1 or word.isdigit())))


def expansions(text: str, synonyms: Iterable[tuple[str, str]]) -> list[str]:
    """Words that the synonym table adds to a question, each once: official for everyday, and everyday for official.

    `synonyms`: pairs already in the form of `search_text`. A pair applies when all the words of one side stand in the question in order.
    """
    padded = f" {search_text(text)} "
    present = set(padded.split())
    added: list[str] = []
    for everyday, official in synonyms:
        if f" {everyday} " in padded:
            added.extend(official.split())
        elif f" {official} " in padded:
            added.extend(everyday.split())
    return list(dict.fromkeys(word for word in added if word not in present and word not in _EMPTY))


def sentences(text: str) -> list[tuple[int, int]]:
    """(start, end) of the sentences of a text; each is a substring without the spaces around it."""
    found = []
    begun = 0
    for stop in [match.end() for match in _END.finditer(text)] + [len(text)]:
        piece = text[begun:stop]
        start = begun + len(piece) - len(piece.lstrip())
        end = begun + len(piece.rstrip())
        if end > start:
            found.append((start, end))
        begun = stop
    return found


def passage(text: str, spans: Sequence[tuple[int, int]], scores: Sequence[float], longest: int = 320) -> str:
    """The part of `text` to quote: the best sentence, then its neighbours while they fit. Always a substring of `text`.

    `scores`: one per span. An empty text gives an empty passage. Raises ValueError for lists of two lengths.
    """
    if len(spans) != len(scores):
        raise ValueError("one score per sentence")
    if not spans:
        return ""
    first = last = max(range(len(spans)), key=lambda i: (scores[i], -i))
    while True:
        sides = [(scores[i], -abs(i - first), i) for i in (first - 1, last + 1) if 0 <= i < len(spans)]
        fitting = [side for side in sides if spans[max(last, side[2])][1] - spans[min(first, side[2])][0] <= longest]
        if not fitting:
            return text[spans[first][0] : spans[last][1]]
        chosen = max(fitting)[2]
        first, last = min(first, chosen), max(last, chosen)
