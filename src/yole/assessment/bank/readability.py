"""How easy a French text is to read: Kandel and Moles' adaptation of Flesch's scale.

207 − 1.015 × words per sentence − 73.6 × syllables per word: above 80 easy, 70 to 80 rather easy, below 50 hard.
"""

from __future__ import annotations

import re
import unicodedata

# A full stop inside an address or a number does not end a sentence.
_END = re.compile(r"[.!?…]+(?:[\s»]|$)|\n")
_WORD = re.compile(r"[0-9A-Za-zÀ-ÖØ-öø-ÿŒœ@_]+(?:[.\-_/,@][0-9A-Za-zÀ-ÖØ-öø-ÿŒœ@_]+)*")
_PART = re.compile(r"[a-zà-öø-ÿœæ]+")
_VOWELS = re.compile(r"[aeiouyœæ]+")
# Groups of vowels said as two syllables: « création », « Noël », « cahier » is already cut by its h.
_SPLIT = re.compile(r"é[aoe]|[aeou]ï|oë|[bcdfgpt][lr]i[eoa]|ao[^uû]|[aeou]y[aeiouéèê]")
# A mute ending does not count when another vowel carries the word: « porte », « portes », « portent » (read as the verb's ending).
_MUTE = re.compile(r"(?<=[^aeiouyéèêëàâîïôûùœæ])e(?:s)?$|(?<=[aiouyéèêëîïôûù])es?$")
_QU = re.compile(r"qu(?=[aeiouyéèêëàâîïôœæ])|gu(?=[eéèêiy])")


def sentences(text: str) -> list[str]:
    """The sentences of a text, without their final mark; an address such as « demarche.gouv.fr » is one word of its sentence."""
    return [part.strip(" «»") for part in _END.split(text) if part.strip(" «»")]


def words(text: str) -> list[str]:
    """The words of a text; « l’heure » counts as two, an address or a number as one."""
    return _WORD.findall(text.replace("’", " ").replace("'", " "))


def syllables(word: str) -> int:
    """Syllables of a French word as read in a sentence, final mute e left out; at least 1. A number counts as one per two digits."""
    lower = unicodedata.normalize("NFC", word).lower()
    digits = sum(c.isdigit() for c in lower)
    total = -(-digits // 2)
    for part in _PART.findall(lower):
        core = _QU.sub(lambda match: match.group(0)[0], part)
        bare = _MUTE.sub("", core) or core
        plain = _fold(bare)
        total += max(1, len(_VOWELS.findall(plain)) + len(_SPLIT.findall(bare)))
    return max(1, total)


def _fold(text: str) -> str:
    decomposed = unicodedata.normalize("NFD", text)
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def kandel_moles(text: str) -> float:
    """The score of a text; about 100 for very easy, 0 for very hard, not bounded. Raises ValueError on a text without a word."""
    found = words(text)
    if not found:
        raise ValueError("a text without a word has no readability")
    count = max(1, len(sentences(text)))
    return 207.0 - 1.015 * len(found) / count - 73.6 * sum(syllables(word) for word in found) / len(found)
