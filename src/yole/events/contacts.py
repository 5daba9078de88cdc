"""The contact of a speaker: sealed under a key of that speaker alone, opened for those who organise, never exported."""

from __future__ import annotations

from yole.events.models import Speaker
from yole.people import sealing

_TABLE = "events_speaker"
_FIELD = "contact"


def seal(speaker: Speaker, contact: str) -> None:
    """Sets the sealed contact of a speaker that the caller saves; an empty contact removes it."""
    if not contact:
        speaker.contact_sealed = speaker.contact_key = None
        return
    key, speaker.contact_key = sealing.new_key(_TABLE, speaker.pk)
    speaker.contact_sealed = sealing.seal_bytes(key, contact.encode(), _TABLE, speaker.pk, _FIELD)


def read(speaker: Speaker) -> str:
    """The contact in clear, empty when there is none. Raises sealing.UnreadableError when the key is not here."""
    if speaker.contact_sealed is None or speaker.contact_key is None:
        return ""
    key = sealing.unwrap(bytes(speaker.contact_key), _TABLE, speaker.pk)
    return sealing.open_bytes(key, bytes(speaker.contact_sealed), _TABLE, speaker.pk, _FIELD).decode()
