from __future__ import annotations

import io
import sys
from typing import Any

import pytest

from yole.base import htmlpdf
from yole.base.errors import Refused

pypdf = pytest.importorskip("pypdf", reason="reads PDFs back")
PAGE = (
    '<!doctype html><html lang="fr"><head><title>Feuille</title><link rel="stylesheet" href="/static/yole/tokens.css">'
    '<link rel="stylesheet" href="/static/yole/yole.css"></head><body>{}</body></html>'
)


def test_pdf_is_tagged_named_and_in_our_font() -> None:
    reader = pypdf.PdfReader(io.BytesIO(htmlpdf.html_to_pdf(PAGE.format("<h1>Feuille d’émargement</h1><p>Œuvre, 8 h 30</p>"))))
    root = reader.trailer["/Root"]
    assert root["/Lang"] == "fr"
    assert root["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in root
    assert reader.metadata.title == "Feuille"
    assert b"pdfuaid" in root["/Metadata"].get_data()
    fonts = {str(font.get_object()["/BaseFont"]) for font in reader.pages[0]["/Resources"]["/Font"].values()}
    assert all("Atkinson" in name for name in fonts), fonts
    assert "Feuille d’émargement" in reader.pages[0].extract_text()


def test_drawings_keep_their_colours() -> None:
    from django.template.loader import render_to_string

    from yole.base import gallery
    from yole.base.templatetags.yole import map_

    drawing = render_to_string("base/components/map.html", map_(gallery.context()["map"]))
    styled = htmlpdf.style_drawings(drawing)
    assert "fill:#fdf0c2" in styled
    assert "var(" not in styled


def test_a5_sheet() -> None:
    reader = pypdf.PdfReader(io.BytesIO(htmlpdf.html_to_pdf(PAGE.format('<main class="sheet-a5"><h1>A5</h1></main>'))))
    assert [round(float(v)) for v in reader.pages[0].mediabox[2:]] == [420, 595]


@pytest.mark.parametrize(
    "address",
    [
        "https://example.org/x.css",
        "http://127.0.0.1/x.png",
        "file:///etc/passwd",
        "/static/../settings.py",
        "/static/%2e%2e/x",
        "/media/x.png",
        "ftp://a/b",
    ],
)
def test_nothing_but_our_static_files_is_read(address: str) -> None:
    assert htmlpdf.static_file(address) is None


def test_no_connection_is_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    import socket

    def refuse(*args: Any, **kwargs: Any) -> None:
        raise AssertionError("a connection was tried")

    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    assert htmlpdf.html_to_pdf(
        PAGE.format('<img src="https://example.org/x.png" alt="x"><img src="file:///etc/hostname" alt="y">')
    ).startswith(b"%PDF")


def test_document_without_language_is_refused() -> None:
    with pytest.raises(ValueError, match="lang"):
        htmlpdf.html_to_pdf("<html><title>x</title></html>")


def test_bare_machine_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    class Missing:
        def find_spec(self, name: str, *_: Any) -> None:
            if name == "weasyprint":
                raise OSError("cannot load library 'libpango-1.0-0'")

    monkeypatch.delitem(sys.modules, "weasyprint", raising=False)
    monkeypatch.setattr(sys, "meta_path", [Missing(), *sys.meta_path])
    with pytest.raises(Refused) as caught:
        htmlpdf.html_to_pdf(PAGE.format("x"))
    assert "navigateur" in caught.value.remedy
    assert caught.value.status == 503
