"""Recordings of the web radio: a file, its transcript and the consents; published, withdrawn with its file."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections.abc import Iterable
from pathlib import Path

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from yole.base import paths
from yole.base.errors import Refused
from yole.events import permissions
from yole.events.models import Edition, Episode, Slot
from yole.events.services_editions import note
from yole.journal.references import reference
from yole.organisations.acting import allow
from yole.organisations.models import Account

AUDIO_MOST = 300 * 1024 * 1024
EXTENSIONS = {"audio/mpeg": "mp3", "audio/ogg": "ogg", "audio/mp4": "m4a"}
_DURATION = re.compile(r"(?:(\d{1,2}):)?(\d{1,3}):(\d{2})")


def folder() -> Path:
    made = paths.ensure_data_dir() / "files" / "events" / "audio"
    made.mkdir(parents=True, exist_ok=True)
    return made


def audio_path(episode: Episode) -> Path:
    return folder() / episode.audio_sha256


def audio_type(head: bytes) -> str:
    """The media type told by the first bytes, empty for what is not MP3, Ogg or MP4 audio."""
    if head[:3] == b"ID3" or (len(head) > 1 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0):
        return "audio/mpeg"
    if head[:4] == b"OggS":
        return "audio/ogg"
    return "audio/mp4" if head[4:8] == b"ftyp" else ""


def seconds_of(typed: str) -> int:
    """`1:02:30` or `62:30` in seconds. Raises Refused."""
    found = _DURATION.fullmatch(typed.strip())
    if not found or int(found[3]) > 59:
        raise Refused("Écrivez la durée en minutes et secondes.", remedy="Exemple : 42:10.", field="duration", code="shape")
    return int(found[1] or 0) * 3600 + int(found[2]) * 60 + int(found[3])


def _keep(chunks: Iterable[bytes]) -> tuple[str, int, str]:
    """Writes the bytes under their digest. Returns digest, length, media type. Raises Refused for another kind or over 300 MB."""
    digest, length, kind = hashlib.sha256(), 0, ""
    handle, name = tempfile.mkstemp(dir=folder(), prefix=".")
    try:
        with os.fdopen(handle, "wb") as stream:
            for chunk in chunks:
                kind = kind or audio_type(chunk)
                length += len(chunk)
                if not kind or length > AUDIO_MOST:
                    raise Refused("Ce fichier n’est pas un son MP3, Ogg ou MP4 de 300 Mo au plus.", field="audio", code="audio")
                digest.update(chunk)
                stream.write(chunk)
        if not length:
            raise Refused("Ce fichier est vide.", field="audio", code="audio")
        Path(name).chmod(0o640)
        Path(name).replace(folder() / digest.hexdigest())
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return digest.hexdigest(), length, kind


def add_episode(
    account: Account | None,
    of: Edition,
    *,
    title: str,
    audio: Iterable[bytes],
    duration: str,
    description: str = "",
    transcript: str = "",
    language: str = "fr",
    licence: str = "",
    slot: Slot | None = None,
    speakers_agreed: bool = False,
    minors: bool = False,
    minors_agreed: bool = False,
) -> Episode:
    """Keeps a recording, not yet published. Raises Refused: no title, an impossible duration, a file that is not audio."""
    allow(account, permissions.EDIT, of.territory_id)
    title = " ".join(title.split())[:200]
    if not title:
        raise Refused("Écrivez un titre.", field="title", code="missing")
    if slot is not None and slot.edition_id != of.pk:
        raise Refused("Cette séance est celle d’une autre édition.", field="slot", code="unknown")
    seconds = seconds_of(duration)
    digest, length, kind = _keep(audio)
    with transaction.atomic():
        Edition.objects.select_for_update(no_key=True).get(pk=of.pk)
        return Episode.objects.create(
            edition=of,
            slot=slot,
            number=(of.episodes.aggregate(last=Max("number"))["last"] or 0) + 1,
            title=title,
            description=description.strip()[:2000],
            language=language[:8] or "fr",
            licence=licence[:120],
            audio_sha256=digest,
            audio_type=kind,
            audio_bytes=length,
            seconds=seconds,
            transcript=transcript.strip(),
            speakers_agreed=speakers_agreed,
            minors=minors,
            minors_agreed=minors_agreed,
        )


@transaction.atomic
def publish_episode(account: Account | None, episode: Episode) -> Episode:
    """Puts an episode in the feed. Raises Refused without a transcript or a consent, naming what is missing."""
    allow(account, permissions.EDIT, episode.edition.territory_id)
    row = Episode.objects.select_for_update(of=("self",)).select_related("edition").get(pk=episode.pk)
    if row.withdrawn_at is not None:
        raise Refused("Cet épisode est retiré : son adresse ne sert plus.", code="withdrawn")
    if not row.transcript:
        raise Refused("Il manque la transcription : sans elle, une personne sourde n’a rien.", field="transcript", code="missing")
    if not row.speakers_agreed:
        raise Refused("Il manque l’accord des personnes enregistrées.", field="speakers_agreed", code="consent")
    if row.minors and not row.minors_agreed:
        raise Refused("On entend des mineurs : il faut leur accord et celui de leurs parents.", field="minors_agreed", code="consent")
    if row.slot is not None and row.slot.recording_refused:
        raise Refused("La séance ne devait pas être enregistrée.", field="slot", code="refused")
    if row.published_at is None:
        row.published_at = timezone.now()
        row.save(update_fields=["published_at"])
        note(account, "events.episode", row.edition, reference("episode", row.guid))
    return row


@transaction.atomic
def withdraw_episode(account: Account | None, episode: Episode) -> None:
    """Takes an episode out of the feed and removes its file for good. Its number and its address are never used again."""
    allow(account, permissions.EDIT, episode.edition.territory_id)
    row = Episode.objects.select_for_update(of=("self",)).select_related("edition").get(pk=episode.pk)
    if row.withdrawn_at is not None:
        return
    digest = row.audio_sha256
    row.withdrawn_at, row.audio_sha256, row.transcript = timezone.now(), "", ""
    row.save(update_fields=["withdrawn_at", "audio_sha256", "transcript"])
    if digest and not Episode.objects.filter(audio_sha256=digest).exists():
        path = folder() / digest
        transaction.on_commit(lambda: path.unlink(missing_ok=True))
    note(account, "events.episode-back", row.edition, reference("episode", row.guid))


@transaction.atomic
def change_episode(account: Account | None, episode: Episode, **fields: object) -> Episode:
    """Changes words and consents; the file, the number and the guid never change. A consent taken back withdraws the episode."""
    allow(account, permissions.EDIT, episode.edition.territory_id)
    known = {"title", "description", "transcript", "speakers_agreed", "minors", "minors_agreed"}
    if unknown := set(fields) - known:
        raise ValueError(f"unknown fields: {sorted(unknown)}")
    row = Episode.objects.select_for_update(of=("self",)).select_related("edition").get(pk=episode.pk)
    if row.withdrawn_at is not None:
        raise Refused("Cet épisode est retiré.", code="withdrawn")
    for name, value in fields.items():
        setattr(row, name, value)
    if not row.title.strip():
        raise Refused("Écrivez un titre.", field="title", code="missing")
    if row.published_at is not None and not (row.transcript and row.speakers_agreed and (row.minors_agreed or not row.minors)):
        withdraw_episode(account, row)
        row.refresh_from_db()
        return row
    row.save(update_fields=sorted(fields))
    return row
