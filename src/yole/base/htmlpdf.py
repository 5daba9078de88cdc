"""Tagged PDF (PDF/UA-1) from the same templates and style sheets as the pages. Nothing is fetched from a network."""

from __future__ import annotations

import mimetypes
import re
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


_VARIABLE = re.compile(r"var\(--([\w-]+)\)")
_RULE = re.compile(r"([^{}]+){([^{}]*)}")
_HALO = re.compile(r"paint-order:stroke;stroke:[^;]+;stroke-width:[^;]+;")  # drawn over the letters by the PDF engine
# The class of a drawing, and the start of the selectors that dress what is inside.
_DRAWINGS = {
    "bar": (".bar ",),
    "bars": (".bars ",),
    "plan-key": (":is(.plan,.plan-key) ", ".h", ".hatch"),
    "": (".plan ", ":is(.plan,.plan-key) ", ".h", ".hatch"),
}


@cache
def _drawing_rules(kind: str) -> str:
    """The rules of our style sheet for the inside of a drawing, in the light theme: the PDF engine dresses a drawing by itself alone."""
    base = Path(__file__).resolve().parent / "static" / "yole"
    tokens = (base / "tokens.css").read_text(encoding="utf-8")
    light = dict(re.findall(r"--([\w-]+):\s*([^;]+);", tokens[: tokens.index("@media")]))
    css = re.sub(r"/\*.*?\*/", "", (base / "yole.css").read_text(encoding="utf-8"), flags=re.DOTALL)
    css = re.sub(r"@media[^{]+{(?:[^{}]|{[^{}]*})*}", "", css)
    rules = []
    for selectors, body in _RULE.findall(css):
        for selector in _split_selectors(selectors.strip()):
            for start in _DRAWINGS[kind]:
                if selector.startswith(start):
                    inner = selector if start in {".h", ".hatch"} else selector.removeprefix(start)
                    body = _HALO.sub("", body)
                    rules.append(f"{inner}{{{_VARIABLE.sub(lambda m: light[m.group(1)], body)}}}")
                    break
    return "".join(dict.fromkeys(rules))


def _split_selectors(text: str) -> list[str]:
    """Commas outside parentheses."""
    return [part.strip() for part in re.split(r",(?![^(]*\))", text)]


def style_drawings(html: str) -> str:
    """Each inline drawing of the page with its own style element."""

    def dress(found: re.Match[str]) -> str:
        classes = re.search(r'class="([^"]*)"', found.group())
        names = set(classes.group(1).split()) if classes else set()
        if "icon" in names:
            return found.group()
        kind = next((name for name in ("bars", "bar", "plan-key") if name in names), "")
        return f"{found.group()}<style>{_drawing_rules(kind)}</style>"

    return re.sub(r"<svg\b[^>]*>", dress, html)


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
    document = weasyprint.HTML(string=style_drawings(html), base_url=base_url or _HERE, url_fetcher=_fetcher())
    return bytes(document.write_pdf(pdf_variant="pdf/ua-1"))
