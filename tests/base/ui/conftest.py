from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.template import Context, Template
from django.test import Client
from lxml import etree
from tinyhtml5.parser import HTMLParser


@pytest.fixture
def site_client(settings: Any) -> Client:
    """A browser on the site of `ui_urls`: our own middleware, no table read."""
    settings.ROOT_URLCONF = "ui_urls"
    settings.MIDDLEWARE = [
        "csp.middleware.CSPMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.locale.LocaleMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
        "ui_urls.TerritoryMiddleware",
        "yole.base.middleware.RefusedMiddleware",
    ]
    settings.ALLOWED_HOSTS = ["testserver"]
    return Client(raise_request_exception=False, headers={"Accept": "text/html", "Accept-Language": "fr"})


@pytest.fixture
def draw() -> Callable[..., str]:
    """Renders a piece of template; the result must be well-formed HTML without inline style or script."""

    def render(source: str, **context: Any) -> str:
        from django.utils import translation

        with translation.override(context.pop("language", "fr")):
            html = Template(source).render(Context(context))
        parser = HTMLParser()
        parser.parse_fragment(io.StringIO(html))
        assert not parser.errors, (parser.errors, html)
        assert "style=" not in html
        assert "<script" not in html
        return html

    return render


@pytest.fixture
def xml() -> Callable[[str], Any]:
    """Parses one element strictly, as XML: what is drawn as SVG must also be that. Form controls are closed first."""

    def parse(html: str) -> Any:
        closed = re.sub(r"<input\b([^>]*)>", lambda m: f"<input{re.sub(' (required|checked|disabled)(?![=-])', '', m.group(1))}/>", html)
        return etree.fromstring(closed.strip())

    return parse
