"""The web radio: consents and transcript before publication, a feed that tells the truth, sound by byte ranges."""

from __future__ import annotations

import uuid
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from xml.etree.ElementTree import fromstring

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yole.base.errors import Refused

SOUND = b"ID3" + bytes(range(256)) * 20
ITUNES = "{http://www.itunes.com/dtds/podcast-1.0.dtd}"
PODCAST = "{https://podcastindex.org/namespace/1.0}"


@pytest.fixture
def studio(fair: SimpleNamespace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    monkeypatch.setenv("YOLE_DATA_DIR", str(tmp_path))
    return fair


def record(studio: SimpleNamespace, title: str = "Ouverture", **more: Any) -> Any:
    from yole.events.services_podcast import add_episode

    fields = {"audio": [SOUND[:100], SOUND[100:]], "duration": "42:10", "transcript": "Bonjour à toutes.", "speakers_agreed": True, **more}
    return add_episode(None, studio.edition, title=title, **fields)


@pytest.mark.parametrize("missing", [{"transcript": " "}, {"speakers_agreed": False}, {"minors": True}])
def test_nothing_is_published_without_transcript_and_consents(studio: SimpleNamespace, missing: dict[str, Any]) -> None:
    from yole.events.services_podcast import publish_episode

    episode = record(studio, **missing)
    with pytest.raises(Refused):
        publish_episode(None, episode)


@pytest.mark.parametrize(("typed", "seconds"), [("42:10", 2530), ("1:02:30", 3750), ("0:59", 59)])
def test_durations(typed: str, seconds: int) -> None:
    from yole.events.services_podcast import seconds_of

    assert seconds_of(typed) == seconds


def test_what_is_not_sound_is_refused_and_leaves_nothing(studio: SimpleNamespace) -> None:
    from yole.events.services_podcast import folder

    for content in ([b"<html>"], [b""], []):
        with pytest.raises(Refused):
            record(studio, audio=content)
    with pytest.raises(Refused):
        record(studio, duration="une heure")
    assert list(folder().iterdir()) == []


def test_the_feed_tells_the_truth(studio: SimpleNamespace, client: Any) -> None:
    from yole.events.services_podcast import audio_path, change_episode, publish_episode

    episode = publish_episode(None, record(studio, minors=True, minors_agreed=True))
    record(studio, "Pas encore")
    at = "/numerique-en-commun/web-radio/"
    answer = client.get(at + "podcast.xml")
    assert answer.headers["Content-Type"].startswith("application/rss+xml")
    channel = fromstring(answer.content).find("channel")
    assert channel is not None
    for tag in ("title", "link", "description", "language", f"{ITUNES}explicit", f"{ITUNES}author", f"{ITUNES}type"):
        assert channel.findtext(tag), tag
    assert channel.find(f"{ITUNES}category").get("text")
    assert channel.find(f"{ITUNES}image").get("href").endswith(".png")
    (item,) = channel.findall("item")
    enclosure = item.find("enclosure")
    assert int(enclosure.get("length")) == audio_path(episode).stat().st_size == len(SOUND)
    assert enclosure.get("type") == "audio/mpeg"
    assert item.find("guid").get("isPermaLink") == "false"
    assert item.findtext(f"{ITUNES}duration") == "00:42:10"
    path = "/" + enclosure.get("url").split("/", 3)[3]
    assert b"".join(client.get(path).streaming_content) == SOUND
    text = client.get("/" + item.find(f"{PODCAST}transcript").get("url").split("/", 3)[3])
    assert text.content.decode() == "Bonjour à toutes."

    guid = item.findtext("guid")
    change_episode(None, episode, title="Autre titre")
    again = fromstring(client.get(at + "podcast.xml").content).find("channel/item")
    assert (again.findtext("title"), again.findtext("guid")) == ("Autre titre", guid)
    assert client.get(at).status_code == client.get(f"{at}{guid}/").status_code == 200


def test_byte_ranges(studio: SimpleNamespace, client: Any) -> None:
    from yole.events.services_podcast import publish_episode

    episode = publish_episode(None, record(studio))
    at = f"/numerique-en-commun/web-radio/{episode.guid}/son.mp3"
    part = client.get(at, headers={"Range": "bytes=0-99"})
    body = b"".join(part.streaming_content)
    assert (part.status_code, body, part.headers["Content-Range"]) == (206, SOUND[:100], f"bytes 0-99/{len(SOUND)}")
    assert b"".join(client.get(at, headers={"Range": "bytes=-10"}).streaming_content) == SOUND[-10:]
    assert b"".join(client.get(at, headers={"Range": "bytes=5000-"}).streaming_content) == SOUND[5000:]
    assert client.get(at, headers={"Range": f"bytes={len(SOUND)}-"}).status_code == 416
    assert client.get(at, headers={"Range": "lines=1-2"}).status_code == 200
    assert client.get(at.replace("mp3", "ogg")).status_code == 404
    assert client.get(f"/numerique-en-commun/web-radio/{uuid.uuid4()}/son.mp3").status_code == 404


@settings(deadline=None, max_examples=60)
@given(st.integers(1, 50), st.integers(0, 60), st.integers(0, 60))
def test_a_range_is_inside_the_file(length: int, first: int, last: int) -> None:
    from yole.events.feeds import range_of

    try:
        found = range_of(f"bytes={first}-{last}", length)
    except ValueError:
        assert first >= length
        return
    if found is None:
        assert last < first
    else:
        assert found == (first, min(last, length - 1))


def test_withdrawing_removes_item_and_file(studio: SimpleNamespace, client: Any, django_capture_on_commit_callbacks: Any) -> None:
    from yole.events.services_podcast import audio_path, change_episode, publish_episode, withdraw_episode

    episode = publish_episode(None, record(studio))
    path = audio_path(episode)
    other = publish_episode(None, record(studio, "La même bande"))
    with django_capture_on_commit_callbacks(execute=True):
        withdraw_episode(None, episode)
    assert path.exists()  # another episode has the same bytes
    assert client.get(f"/numerique-en-commun/web-radio/{episode.guid}/son.mp3").status_code == 404
    with django_capture_on_commit_callbacks(execute=True):
        change_episode(None, other, speakers_agreed=False)  # a consent taken back
    assert not path.exists()
    assert b"<item>" not in client.get("/numerique-en-commun/web-radio/podcast.xml").content
    assert record(studio, "Suivant").number == 3
    with pytest.raises(Refused):
        publish_episode(None, episode)


def test_the_desk_keeps_publishes_and_withdraws(studio: SimpleNamespace, client: Any) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    client.force_login(studio.organiser)
    at = f"/numerique-en-commun/espace-pro/{studio.edition.slug}/web-radio/"
    assert client.get(at).status_code == 200
    fields = {"do": "add", "title": "Entretien", "duration": "3:00", "language": "fr", "licence": "", "transcript": "Texte."}
    assert client.post(at, {**fields, "audio": SimpleUploadedFile("a.mp3", b"pas du son")}).status_code == 422
    assert client.post(at, {**fields, "audio": SimpleUploadedFile("a.mp3", SOUND)}).status_code == 302
    episode = studio.edition.episodes.get()
    assert client.post(at, {"do": "publish", "episode": episode.pk}).status_code == 422
    studio.edition.episodes.update(speakers_agreed=True)
    assert client.post(at, {"do": "publish", "episode": episode.pk}).status_code == 302
    assert client.post(at, {"do": "withdraw", "episode": episode.pk}).status_code == 302


def test_the_image_of_the_podcast_is_a_large_square() -> None:
    from PIL import Image

    with Image.open(Path(__file__).parents[2] / "src/yole/events/static/events/podcast.png") as image:
        assert image.mode == "RGB"
        assert image.size[0] == image.size[1] >= 1400
