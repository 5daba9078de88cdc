"""Feeds: the podcast of the web radio (RSS 2.0 with the iTunes and Podcasting 2.0 namespaces) and the news of an edition."""

from __future__ import annotations

from collections.abc import Iterable
from email.utils import format_datetime
from typing import Final
from xml.etree.ElementTree import Element, SubElement, indent, register_namespace, tostring

from django.conf import settings
from django.templatetags.static import static

from yole.base.addresses import site_address
from yole.base.typography import french
from yole.events.engine.document import clean
from yole.events.models import Edition, Episode, ProgrammeVersion
from yole.events.services_podcast import EXTENSIONS
from yole.territory.models import Territory

MEDIA_TYPE: Final = "application/rss+xml"
ITUNES: Final = "http://www.itunes.com/dtds/podcast-1.0.dtd"
ATOM: Final = "http://www.w3.org/2005/Atom"
PODCAST: Final = "https://podcastindex.org/namespace/1.0"
IMAGE: Final = "events/podcast.png"
for _prefix, _space in (("itunes", ITUNES), ("atom", ATOM), ("podcast", PODCAST)):
    register_namespace(_prefix, _space)


def _add(parent: Element, tag: str, text: str = "", **attributes: str) -> Element:
    made = SubElement(parent, tag, attributes)
    if text:
        made.text = clean(text)
    return made


def _rss(title: str, link: str, description: str, language: str, own: str) -> tuple[Element, Element]:
    root = Element("rss", {"version": "2.0"})
    channel = SubElement(root, "channel")
    _add(channel, "title", title)
    _add(channel, "link", link)
    _add(channel, "description", description)
    _add(channel, "language", language)
    _add(channel, f"{{{ATOM}}}link", href=own, rel="self", type=MEDIA_TYPE)
    return root, channel


def _bytes(root: Element) -> bytes:
    indent(root)
    written: bytes = tostring(root, encoding="UTF-8", xml_declaration=True)
    return written + b"\n"


def audio_address(episode: Episode) -> str:
    """One address per episode, for ever: it holds the guid."""
    return site_address("events:episode-audio", episode.guid, EXTENSIONS[episode.audio_type])


def podcast(territory: Territory, episodes: Iterable[Episode]) -> bytes:
    """The feed of the published episodes of a territory, the newest first."""
    link = site_address("events:radio")
    title = french(f"Web radio : Numérique en Commun, {territory.name}")
    root, channel = _rss(title, link, "Ce qui s’est dit à Numérique en Commun.", "fr", site_address("events:podcast"))
    image = static(IMAGE)
    _add(channel, f"{{{ITUNES}}}image", href=image if image.startswith("http") else settings.BASE_URL + image)
    SubElement(channel, f"{{{ITUNES}}}category", {"text": "Society & Culture"})
    _add(channel, f"{{{ITUNES}}}explicit", "false")
    _add(channel, f"{{{ITUNES}}}author", territory.name)
    _add(channel, f"{{{ITUNES}}}type", "episodic")
    for episode in episodes:
        _item(channel, episode)
    return _bytes(root)


def _item(channel: Element, episode: Episode) -> None:
    if episode.published_at is None:
        raise ValueError("only published episodes are in the feed")
    item = SubElement(channel, "item")
    _add(item, "title", episode.title)
    _add(item, "link", site_address("events:episode", episode.guid))
    _add(item, "description", episode.description)
    _add(item, "enclosure", url=audio_address(episode), length=str(episode.audio_bytes), type=episode.audio_type)
    _add(item, "guid", str(episode.guid), isPermaLink="false")
    _add(item, "pubDate", format_datetime(episode.published_at))
    hours, rest = divmod(episode.seconds, 3600)
    _add(item, f"{{{ITUNES}}}duration", f"{hours:02d}:{rest // 60:02d}:{rest % 60:02d}")
    _add(item, f"{{{ITUNES}}}episode", str(episode.number))
    _add(item, f"{{{ITUNES}}}explicit", "false")
    _add(
        item,
        f"{{{PODCAST}}}transcript",
        url=site_address("events:episode-transcript", episode.guid),
        type="text/plain",
        language=episode.language,
    )


def news(of: Edition, versions: Iterable[ProgrammeVersion]) -> bytes:
    """What changed in the published programme, one item per version, the newest first. No name of anybody."""
    root, channel = _rss(
        french(f"Nouvelles : {of.title}"),
        site_address("events:programme", of.slug),
        "Le programme et ce qui bouge.",
        "fr",
        site_address("events:news", of.slug),
    )
    for version in versions:
        item = SubElement(channel, "item")
        _add(item, "title", "Le programme est publié" if version.number == 1 else french(f"Programme : version {version.number}"))
        _add(item, "link", site_address("events:changes", of.slug))
        lines = [f"{change['title']} : {change['what']}." for change in version.changes[:50]] if version.number > 1 else []
        _add(item, "description", french(" ".join(filter(None, [version.note, *lines])) or "Toutes les séances, par jour."))
        _add(item, "guid", f"{of.slug}-v{version.number}", isPermaLink="false")
        _add(item, "pubDate", format_datetime(version.published_at))
    return _bytes(root)


def published_episodes(territory: Territory) -> list[Episode]:
    found = Episode.objects.filter(edition__territory=territory, published_at__isnull=False, withdrawn_at__isnull=True)
    return list(found.select_related("edition").order_by("-published_at", "-number")[:300])


def range_of(asked: str, length: int) -> tuple[int, int] | None:
    """First and last byte of one `Range` header (RFC 9110), None when it is ignored. Raises ValueError when it cannot be served."""
    unit, _, spec = asked.partition("=")
    if unit.strip() != "bytes" or "," in spec or "-" not in spec:
        return None
    first, _, last = (part.strip() for part in spec.partition("-"))
    if not all(part == "" or (part.isascii() and part.isdigit() and len(part) < 19) for part in (first, last)):
        return None
    if not first:
        if not last:
            return None
        if int(last) == 0 or not length:
            raise ValueError(asked)
        return max(0, length - int(last)), length - 1
    low, high = int(first), min(int(last), length - 1) if last else length - 1
    if last and int(last) < low:
        return None
    if low >= length:
        raise ValueError(asked)
    return low, high
