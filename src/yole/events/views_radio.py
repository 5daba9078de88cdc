"""The web radio: episodes with their transcripts, the podcast feed, sound by byte ranges; and the desk that publishes them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

from csp.constants import SELF
from csp.decorators import csp_update
from django import forms
from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from yole.base.answers import FORM, as_file, as_open_data
from yole.base.errors import Refused
from yole.base.forms import PlainForm
from yole.base.permissions import staff_page
from yole.events import documents, feeds, permissions, services_podcast
from yole.events.desk_common import edition_or_404, page
from yole.events.enums import Licence
from yole.events.models import Edition, Episode
from yole.events.views_exchange import SECONDS, published_edition
from yole.organisations.requests import account_of
from yole.territory.requests import territory_of

_BLOCK = 64 * 1024
_PLAYS = csp_update({"media-src": [SELF]})


def _published(request: HttpRequest, guid: UUID) -> Episode:
    found = Episode.objects.select_related("edition").filter(
        guid=guid, edition__territory=territory_of(request), published_at__isnull=False, withdrawn_at__isnull=True
    )
    episode = found.first()
    if episode is None:
        raise Http404
    return episode


@_PLAYS
@require_safe
def radio(request: HttpRequest) -> HttpResponse:
    return render(request, "events/radio.html", {"episodes": feeds.published_episodes(territory_of(request))})


@_PLAYS  # type: ignore[arg-type]  # its type knows only views without arguments
@require_safe
def episode(request: HttpRequest, guid: UUID) -> HttpResponse:
    found = _published(request, guid)
    return render(
        request,
        "events/episode.html",
        {"episode": found, "audio_path": reverse("events:episode-audio", args=[found.guid, services_podcast.EXTENSIONS[found.audio_type]])},
    )


@require_safe
def transcript(request: HttpRequest, guid: UUID) -> HttpResponse:
    return as_open_data(_published(request, guid).transcript, f"{guid}.txt", opened=True, seconds=SECONDS)


def _feed(content: bytes, name: str) -> HttpResponse:
    return as_open_data(content, name, kind=f"{feeds.MEDIA_TYPE}; charset=utf-8", opened=True, seconds=SECONDS)


@require_safe
def podcast(request: HttpRequest) -> HttpResponse:
    territory = territory_of(request)
    return _feed(feeds.podcast(territory, feeds.published_episodes(territory)), "podcast.xml")


@require_safe
def news(request: HttpRequest, slug: str) -> HttpResponse:
    of = published_edition(request, slug)
    return _feed(feeds.news(of, of.versions.order_by("-number")[:50]), f"{slug}-nouvelles.xml")


@require_safe
def programme_pdf(request: HttpRequest, slug: str) -> HttpResponse:
    return as_file(documents.programme(published_edition(request, slug)), f"{slug}-programme.pdf")


def _part(path: Path, first: int, length: int) -> Iterator[bytes]:
    with path.open("rb") as stream:
        stream.seek(first)
        while length > 0 and (block := stream.read(min(_BLOCK, length))):
            length -= len(block)
            yield block


@require_safe
def audio(request: HttpRequest, guid: UUID, extension: str) -> HttpResponseBase:
    """The sound of an episode; one byte range is answered with 206, so that a player can start in the middle."""
    found = _published(request, guid)
    path = services_podcast.audio_path(found)
    if extension != services_podcast.EXTENSIONS[found.audio_type] or not path.is_file():
        raise Http404
    try:
        span = feeds.range_of(request.headers.get("Range", ""), found.audio_bytes)
    except ValueError:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{found.audio_bytes}"})
    response: HttpResponseBase
    if span is None:
        response = FileResponse(path.open("rb"), content_type=found.audio_type)
    else:
        first, last = span
        response = StreamingHttpResponse(_part(path, first, last - first + 1), status=206, content_type=found.audio_type)
        response.headers["Content-Range"] = f"bytes {first}-{last}/{found.audio_bytes}"
        response.headers["Content-Length"] = str(last - first + 1)
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["Cache-Control"] = "public, max-age=3600"
    response.headers["ETag"] = f'"{found.audio_sha256}"'
    return response


# --- desk ------------------------------------------------------------------------------------------------------------------------------


class EpisodeForm(PlainForm):
    title = forms.CharField(label="Titre", max_length=200)
    audio = forms.FileField(label="Le son", help_text="MP3, Ogg ou MP4, 300 Mo au plus.")
    duration = forms.CharField(label="Durée", max_length=10, help_text="Minutes et secondes. Exemple : 42:10.")
    description = forms.CharField(label="En quelques phrases", max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3}))
    transcript = forms.CharField(
        label="Transcription", required=False, widget=forms.Textarea(attrs={"rows": 8}), help_text="Obligatoire pour publier."
    )
    language = forms.ChoiceField(label="Langue", choices=[("fr", "Français"), ("gcf", "Créole"), ("en", "Anglais")])
    licence = forms.ChoiceField(label="Licence", required=False, choices=Licence.choices)
    speakers_agreed = forms.BooleanField(label="Les personnes enregistrées sont d’accord", required=False)
    minors = forms.BooleanField(label="On entend des mineurs", required=False)
    minors_agreed = forms.BooleanField(label="Les mineurs et leurs parents sont d’accord", required=False)


def _episode_of(of: Edition, posted: str) -> Episode:
    return get_object_or_404(Episode, edition=of, pk=int(posted) if posted.isascii() and posted.isdigit() and len(posted) < 10 else 0)


@staff_page(permissions.EDIT)
@require_http_methods(FORM)
def desk_episodes(request: HttpRequest, slug: str) -> HttpResponse:
    """Episodes of an edition: add one, publish it when everything is there, take it back with its file."""
    of, account = edition_or_404(request, slug), account_of(request)
    what = request.POST.get("do", "")
    form = EpisodeForm(request.POST, request.FILES) if what == "add" else EpisodeForm()
    refusal: Refused | None = None
    if request.method == "POST":
        try:
            if what == "publish":
                services_podcast.publish_episode(account, _episode_of(of, request.POST.get("episode", "")))
                messages.success(request, "L’épisode est publié.")
            elif what == "withdraw":
                services_podcast.withdraw_episode(account, _episode_of(of, request.POST.get("episode", "")))
                messages.success(request, "L’épisode est retiré et son fichier est supprimé.")
            elif form.is_valid():
                values = {name: value for name, value in form.cleaned_data.items() if name != "audio"}
                services_podcast.add_episode(account, of, audio=form.cleaned_data["audio"].chunks(), **values)
                messages.success(request, "L’épisode est gardé. Publiez-le quand tout est prêt.")
            else:
                return page(request, "episodes", of, status=422, form=form, episodes=of.episodes.all())
            return redirect("events:desk-episodes", of.slug)
        except Refused as refused:
            refusal = refused
            if form.is_bound:
                form.apply_refusal(refused)
    return page(request, "episodes", of, status=422 if refusal else 200, form=form, refusal=refusal, episodes=of.episodes.all())
