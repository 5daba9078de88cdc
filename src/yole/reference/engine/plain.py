"""Marks what makes a French letter hard to read, and says what to do. Nothing is written in the person's place, nothing is kept.

Rules are those of easy-to-read French (FALC) that a program can see: short sentences, one idea, usual words, active voice, digits,
no brackets, no double negation. The reading score is the one of Kandel and Moles (1958): 207 − 1.015 × words per sentence − 73.6 ×
syllables per word; above 70 is easy, under 40 hard. Syllables are counted by groups of vowels, a mute final e left out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from yole.kernel.text import fold
from yole.reference.engine.words import sentences

AIM, LONGEST = 12, 15  # words of a sentence: the aim of the design guide, and its limit
LONG_WORD = 4  # syllables
MOST_CHARACTERS = 20_000

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_VOWELS = re.compile(r"[aeiouy]+")
_PASSIVE = re.compile(
    r"\b(?:est|sont|était|étaient|sera|seront|fut|furent|soit|soient|serait|seraient|a été|ont été|avait été|être|été)\s+(?:\w+ment\s+)?"
    r"\w+(?:é|ée|és|ées|ie|ies|is|ise|ises|ue|ues|it|its|ite|ites|ert|erte|erts|ertes)\b",
    re.IGNORECASE,
)
_ADJECTIVES = frozenset({"gratuit", "gratuite", "gratuits", "gratuites", "petit", "petite", "petits", "petites", "ainsi", "aussi", "ici"})
_NEGATION = re.compile(r"\b(?:ne|n['’])\s*\w+\s+(?:pas|plus|jamais)\b.*\b(?:sans|sauf|ne|n['’])", re.IGNORECASE)
_BRACKETS = re.compile(r"\([^)]*\)")
_NUMBER_WORDS = re.compile(
    r"\b(?:deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze|quinze|vingt|trente|quarante|soixante)\b", re.IGNORECASE
)
_ACRONYM = re.compile(r"\b[A-ZÀ-Ü]{3,}s?\b")
_ARTICLE = re.compile(r"\b(?:article|articles|art\.)\s+[LRD]?\.?\s*\d", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Remark:
    """One difficulty: the rule, the words it is about (a substring of the sentence), and what to do."""

    rule: str
    words: str
    advice: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of the letter, as written, and its difficulties; none when it reads well."""

    text: str
    words: int
    remarks: tuple[Remark, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """The whole letter. `score` from 0 (very hard) to 100 (very easy), None without a word."""

    sentences: tuple[Sentence, ...]
    words: int
    score: int | None
    label: str

    @property
    def hard(self) -> int:
        return sum(bool(one.remarks) for one in self.sentences)


def syllables(word: str) -> int:
    """Groups of vowels of a word, a mute final e left out; at least one."""
    plain = fold(word).replace(" ", "")
    groups = len(_VOWELS.findall(plain))
    if groups > 1 and re.search(r"[^aeiouy]e(?:s|nt)?$", plain):
        groups -= 1
    return max(groups, 1)


def read(text: str, plainer: Mapping[str, str]) -> Reading:
    """The difficulties of a letter, sentence by sentence.

    `plainer`: {administrative word or phrase, folded: usual words}. Raises ValueError for more than MOST_CHARACTERS characters.
    """
    if len(text) > MOST_CHARACTERS:
        raise ValueError("letter too long")
    found = []
    total = beats = 0
    for line in text.splitlines():
        for start, end in sentences(line):
            piece = line[start:end]
            words = _WORD.findall(piece)
            if not words:
                continue
            total += len(words)
            beats += sum(syllables(word) for word in words)
            found.append(Sentence(piece, len(words), tuple(_remarks(piece, words, plainer))))
    if not total:
        return Reading((), 0, None, "Rien à relire")
    score = round(min(100.0, max(0.0, 207 - 1.015 * total / len(found) - 73.6 * beats / total)))
    return Reading(tuple(found), total, score, _label(score))


def _label(score: int) -> str:
    return "Facile à lire" if score >= 70 else "Assez facile" if score >= 55 else "Difficile" if score >= 40 else "Très difficile"


def _remarks(piece: str, words: list[str], plainer: Mapping[str, str]) -> list[Remark]:
    out = []
    if len(words) > LONGEST:
        out.append(Remark("longueur", piece, f"{len(words)} mots. Faites-en deux phrases : une idée par phrase, {AIM} mots environ."))
    known: set[str] = set()
    padded = f" {fold(piece)} "
    for phrase, usual in plainer.items():
        if f" {phrase} " in padded:
            known.update(phrase.split())
            out.append(Remark("mot", _as_written(piece, phrase), f"Dites plutôt : {usual}."))
    for word in dict.fromkeys(words):
        if syllables(word) > LONG_WORD and not set(fold(word).split()) <= known:
            out.append(Remark("mot long", word, "Mot long. Cherchez un mot plus court, ou expliquez-le."))
    passive = _PASSIVE.search(piece)
    if passive is not None and fold(passive.group().split()[-1]) not in _ADJECTIVES:
        out.append(Remark("passif", passive.group(), "Dites qui fait l’action : « La CAF étudie votre dossier »."))
    if _NEGATION.search(piece):
        out.append(Remark("négation", piece, "Deux négations dans la phrase. Dites ce qu’il faut faire."))
    for bracket in _BRACKETS.findall(piece)[:1]:
        out.append(Remark("parenthèses", bracket, "Sortez la parenthèse : faites une phrase à part."))
    number = _NUMBER_WORDS.search(piece)
    if number is not None:
        out.append(Remark("nombre", number.group(), "Écrivez le nombre en chiffres."))
    for acronym in dict.fromkeys(_ACRONYM.findall(piece)):
        out.append(Remark("sigle", acronym, "Écrivez une fois ce que veulent dire ces lettres."))
    article = _ARTICLE.search(piece)
    if article is not None:
        out.append(Remark("loi", article.group(), "Mettez les références de loi à la fin de la lettre."))
    return out


def _as_written(piece: str, phrase: str) -> str:
    """The words of `piece` whose folded form is `phrase`; a substring of the piece."""
    spans = [match.span() for match in re.finditer(r"[\w’']+", piece)]
    for i in range(len(spans)):
        for j in range(i, min(i + 8, len(spans))):
            part = piece[spans[i][0] : spans[j][1]]
            if fold(part) == phrase:
                return part
    return phrase
