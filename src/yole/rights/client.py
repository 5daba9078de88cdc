"""Asks the resident rights process. A page never waits for long, and says in words when the calculation is not available."""

from __future__ import annotations

import json
import socket
import sys
import threading
import urllib.error
import urllib.request
from typing import Any

from yole.base.environment import env_text
from yole.rights import openfisca

TIMEOUT = 25.0
# The process computes one thing at a time: more pages waiting for it would hold up the rest of the site.
MOST_WAITING = 4
_waiting = threading.BoundedSemaphore(MOST_WAITING)
SCREEN_TIMEOUT = 55.0
SETTING = "YOLE_RIGHTS_URL"


class UnavailableError(RuntimeError):
    """The calculation cannot be had now; its text is for the person."""


class RejectedError(ValueError):
    """The process refused the situation; its text says what and why."""


def url() -> str:
    return env_text(SETTING).rstrip("/")


def step(situation: dict[str, Any], *, explained: bool = False) -> dict[str, Any]:
    """{"result": evaluation, "next": question} of a situation. Raises UnavailableError or RejectedError."""
    found: dict[str, Any] = _ask("/step", {"situation": situation, "explained": explained}, TIMEOUT)
    return found


def parameters(situation: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """The values of the law behind a situation, by benefit. Raises UnavailableError or RejectedError."""
    found: dict[str, list[dict[str, Any]]] = _ask("/parameters", {"situation": situation}, SCREEN_TIMEOUT)
    return found


def screen(text: str) -> list[list[Any]]:
    """Result rows of a pseudonymous list. Raises UnavailableError or RejectedError."""
    rows: list[list[Any]] = _ask("/screen", {"csv": text}, SCREEN_TIMEOUT)
    return rows


def freshness() -> list[dict[str, Any]]:
    states: list[dict[str, Any]] = _ask("/freshness", None, TIMEOUT)
    return states


def health() -> tuple[bool, str]:
    """One line of `yole check`."""
    if not url():
        if not openfisca.installed():
            return True, "calcul non installé (extra « rights ») ; les pages le disent"
        return True, "calcul installé ; lancé avec « yole serve »"
    try:
        state = _ask("/health", None, 5.0)
        late = sum(not each["fresh"] for each in freshness()) if state["ready"] else 0
    except UnavailableError as error:
        return False, f"{url()} : {error}"
    rules = f"{late} prestations aux règles dépassées, montrées sans montant" if late else "règles à jour"
    words = rules if state["ready"] else "règles en cours de chargement"
    return True, f"{url()} répond, openfisca-france {state['engine']['openfisca_france']} ; {words}"


def _ask(path: str, value: Any, timeout: float) -> Any:
    if not url():
        raise UnavailableError("le calcul des droits n’est pas installé sur ce site")
    body = None if value is None else json.dumps(value).encode("utf-8")
    if not _waiting.acquire(timeout=2.0):
        raise UnavailableError("beaucoup de personnes s’en servent en ce moment")
    try:
        return _answer(path, body, timeout)
    finally:
        _waiting.release()


def _answer(path: str, body: bytes | None, timeout: float) -> Any:
    request = urllib.request.Request(url() + path, data=body, headers={"Content-Type": "application/json"})  # noqa: S310 - our own setting
    try:
        with urllib.request.urlopen(request, timeout=timeout) as answer:  # noqa: S310 - our own setting
            return json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            message = _message(error)
        if error.code == 400:
            raise RejectedError(message) from None
        raise UnavailableError(message) from None
    except (OSError, ValueError):
        raise UnavailableError("le calcul des droits ne répond pas pour le moment") from None


def _message(error: urllib.error.HTTPError) -> str:
    try:
        return str(json.load(error)["message"])
    except (ValueError, KeyError, TypeError):
        return "le calcul des droits a échoué"


def companion() -> tuple[list[str], dict[str, str]] | None:
    """The command that `yole serve` starts beside the site, and what the site must know of it; None when another machine computes, or
    when the rules are not installed."""
    if url() or not openfisca.installed():
        return None
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "yole", "rights-server", "--port", str(port)]
    return command, {SETTING: f"http://127.0.0.1:{port}"}
