"""The acts of the journal in French, for whoever reads it on a page. The code is what is hashed; words may change."""

from __future__ import annotations

from collections.abc import Mapping

_WORDS: dict[str, str] = {
    "access.refused": "Accès refusé",
    "journal.export": "Journal téléchargé",
}


def declare_words(words: Mapping[str, str]) -> None:
    """`room.act` -> French words, from the room that writes these lines."""
    _WORDS.update(words)


def words_of(action: str) -> str:
    """The words of an act, or its code when its room gave none."""
    return _WORDS.get(action, action)
