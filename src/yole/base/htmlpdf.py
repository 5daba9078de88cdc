"""Tagged PDF (PDF/UA-1) from the same templates and style sheets as the pages. Nothing is fetched from a network."""

from __future__ import annotations

import mimetypes
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from yole.base.context import site
from yole.base.errors import Refused

_HERE = "https://yole.invalid/"


def _weasyprint() -> Any:
    try:
        import weasyprint
    except OSError as missing:  # Pango and its companions are libraries of the system
        raise Refused(
            _("Ce serveur ne sait pas fabriquer de PDF : une bibliothèque du système lui manque (Pango)."),
            remedy=_("Imprimez la page avec votre navigateur."),
            code="no-pdf",
            status=503,
        ) from missing
    return weasyprint


@cache
def _static_prefix() -> str:
    return urlsplit(settings.STATIC_URL).path


def static_file(url: str) -> Path | None:
    """The file of our static folders behind an address of this site, or None for anything else."""
    parts = urlsplit(url)
    if parts.scheme not in {"", "https"} or parts.netloc not in {"", "yole.invalid"} or not parts.path.startswith(_static_prefix()):
        return None
    relative = unquote(parts.path.removeprefix(_static_prefix()))
    if ".." in relative.split("/"):
        return None
    found = finders.find(relative)
    if isinstance(found, str):
        return Path(found)
    collected = Path(settings.STATIC_ROOT) / relative  # names with a hash exist only there
    return collected if collected.is_file() else None


def _fetcher() -> Any:
    """A reader of addresses that knows our static files and data: addresses, and no network."""
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class OwnFiles(URLFetcher):  # type: ignore[misc]  # the library has no types
        def fetch(self, url: str, headers: Any = None) -> Any:
            if url.startswith("data:"):
                return super().fetch(url, headers)
            path = static_file(url)
            if path is None:
                raise ValueError("only our own static files are read")
            kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
            return URLFetcherResponse(url, path.read_bytes(), {"Content-Type": kind})

    return OwnFiles(allowed_protocols={"data"}, allow_redirects=False)


def pdf(template_name: str, context: dict[str, Any], *, base_url: str | None = None) -> bytes:
    """The PDF of a template, in the active language, tagged, with our own fonts.

    `base_url` is what relative addresses are resolved against; links of the page stay links. Raises Refused when WeasyPrint's system
    libraries are missing, and ValueError when the document has no language or title, which PDF/UA needs.
    """
    html = render_to_string(template_name, {**site(None), **context})
    return html_to_pdf(html, base_url=base_url)


def html_to_pdf(html: str, *, base_url: str | None = None) -> bytes:
    """The PDF of a whole HTML document; same rules as `pdf`."""
    weasyprint = _weasyprint()
    head = html[:2000].lower()
    if "<html lang=" not in head or "<title>" not in head:
        raise ValueError("a tagged PDF needs <html lang> and <title>")
    document = weasyprint.HTML(string=html, base_url=base_url or _HERE, url_fetcher=_fetcher())
    return bytes(document.write_pdf(pdf_variant="pdf/ua-1"))
