"""The adapter to the geo API, against a real HTTP server on the loopback."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from yole.kernel.errors import InputError
from yole.territory import geoapi

COMMUNE = {
    "nom": "Fort-de-France",
    "code": "97209",
    "codesPostaux": ["97200", "97234"],
    "centre": {"type": "Point", "coordinates": [-61.0667, 14.6411]},
    "surface": 4421,
    "population": 75506,
    "epci": {"code": "249720061", "nom": "CA du Centre de la Martinique"},
}
SQUARE = [[-61.1, 14.6], [-61.0, 14.6], [-61.0, 14.7], [-61.1, 14.6]]
SHAPES = {
    "type": "FeatureCollection",
    "features": [{"properties": {"code": "97209"}, "geometry": {"type": "Polygon", "coordinates": [SQUARE]}}],
}


class Service(ThreadingHTTPServer):
    """Answers from `answers`: path and format -> (status, body); keeps the addresses it was asked."""

    daemon_threads = True
    answers: dict[str, tuple[int, bytes]]
    asked: list[str]
    delay: float = 0.0


class Handler(BaseHTTPRequestHandler):
    server: Service

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        time.sleep(self.server.delay)
        path = self.path.partition("?")[0] + ("#geojson" if "format=geojson" in self.path else "")
        status, body = self.server.answers.get(path, (404, b"Not found"))
        try:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        except BrokenPipeError:
            pass  # the caller no longer waits

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Silent."""


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    server = Service(("127.0.0.1", 0), Handler)
    server.answers = {
        "/departements/972/communes": (200, json.dumps([COMMUNE]).encode()),
        "/departements/972/communes#geojson": (200, json.dumps(SHAPES).encode()),
        "/departements": (200, b'[{"code": "972"}, {"code": "2A"}]'),
    }
    server.asked = []
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    monkeypatch.setenv("YOLE_GEO_API_URL", f"http://127.0.0.1:{server.server_port}/")
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def ask() -> Any:
    return geoapi.communes_of("972", geoapi.address())


def test_a_departement_with_its_contours(service: Service) -> None:
    gathered = ask()
    record = gathered.communes["97209"]
    assert (record.name, record.postcodes, record.population, record.km2) == ("Fort-de-France", ("97200", "97234"), 75506, 44.21)
    assert (record.lat, record.lon, record.epci_code) == (14.6411, -61.0667, "249720061")
    assert list(gathered.contours) == ["97209"]
    assert len(service.asked) == 2
    assert "fields=nom%2Ccode%2CcodesPostaux" in service.asked[0]
    assert geoapi.departement_codes(geoapi.address()) == ["972", "2A"]


@pytest.mark.parametrize("status", [404, 429, 500, 503])
def test_another_status_is_told(service: Service, status: int) -> None:
    service.answers["/departements/972/communes"] = (status, b"oops")
    with pytest.raises(InputError) as refusal:
        ask()
    line = refusal.value.one_line()
    assert f"répond {status}" in line
    assert "--from DOSSIER" in line
    assert "/departements/972/communes" in line


def test_a_silent_service_is_left_after_the_timeout(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    service.delay = 1.5
    start = time.monotonic()
    with pytest.raises(InputError, match=r"pas de réponse en 0\.2 s"):
        geoapi.fetch(f"{geoapi.address()}/departements", timeout=0.2)
    assert time.monotonic() - start < 1.4


def test_nobody_listens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YOLE_GEO_API_URL", "http://127.0.0.1:9")
    with pytest.raises(InputError, match="ne répond pas"):
        ask()


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"<html>panne</html>", "pas du JSON"),
        (b"\xff\xfe", "pas du JSON"),
        (b"{}", "aucune commune"),
        (b"[]", "aucune commune"),
        (b"[3]", "un objet par commune"),
        (json.dumps([{**COMMUNE, "code": "9720"}]).encode(), "« code »"),
        (json.dumps([{**COMMUNE, "nom": ""}]).encode(), "« nom »"),
        (json.dumps([{**COMMUNE, "codesPostaux": "97200"}]).encode(), "« codesPostaux »"),
        (json.dumps([{**COMMUNE, "centre": {"coordinates": [1]}}]).encode(), "« centre »"),
        (json.dumps([{**COMMUNE, "centre": {"coordinates": [14.6, -161.0]}}]).encode(), "« centre »"),
        (json.dumps([{**COMMUNE, "population": "beaucoup"}]).encode(), "« population »"),
        (json.dumps([{**COMMUNE, "surface": -1}]).encode(), "« surface »"),
        (json.dumps([{**COMMUNE, "epci": 4}]).encode(), "« epci »"),
        (json.dumps([COMMUNE, COMMUNE]).encode(), "deux fois"),
    ],
)
def test_an_answer_that_is_not_the_one_expected(service: Service, body: bytes, said: str) -> None:
    service.answers["/departements/972/communes"] = (200, body)
    with pytest.raises(InputError) as refusal:
        ask()
    assert said in refusal.value.one_line()


def test_blanks_are_blanks_not_zeros(service: Service) -> None:
    bare = {"nom": "Fort-de-France", "code": "97209"}
    service.answers["/departements/972/communes"] = (200, json.dumps([bare]).encode())
    record = ask().communes["97209"]
    assert (record.population, record.lat, record.km2, record.postcodes, record.epci_code) == (None, None, None, (), "")


@pytest.mark.parametrize("given", ["file:///etc/passwd", "geo.api.gouv.fr", "ftp://x", "http://"])
def test_only_web_addresses(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    monkeypatch.setenv("YOLE_GEO_API_URL", given)
    with pytest.raises(InputError, match="YOLE_GEO_API_URL"):
        geoapi.address()
