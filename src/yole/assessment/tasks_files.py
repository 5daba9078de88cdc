"""The scripts of the exercises, served under an address that changes with their content, and the service worker that keeps them."""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from pathlib import Path

from django.templatetags.static import static
from django.urls import reverse

from yole.assessment.enums import Task

HERE = Path(__file__).resolve().parent
_SCRIPTS = HERE / "static" / "assessment" / "tasks"
_TEMPLATES = HERE / "templates" / "assessment" / "tasks"
MODULES = ("list", "machine", "outbox", "prepare", "run", "ui", *Task.values)
_STATIC = (
    *("yole/tokens.css", "yole/yole.css", "yole/icons.svg", "yole/logo.svg", "assessment/tasks/tasks.css"),
    *("yole/fonts/atkinson-next-400.woff2", "yole/fonts/atkinson-next-700.woff2"),
)


@lru_cache(maxsize=1)
def version() -> str:
    """Twelve characters that change with any file of the exercises, their words included."""
    digest = hashlib.sha256()
    for path in sorted([*_SCRIPTS.iterdir(), *_TEMPLATES.iterdir(), *HERE.glob("tasks_*.py"), *(HERE / "engine" / "tasks").glob("*.py")]):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    for name in _STATIC:
        digest.update(static(name).encode())
    return digest.hexdigest()[:12]


def script(name: str) -> str | None:
    """The text of a module; None when there is none of this name."""
    return (_SCRIPTS / f"{name}.js").read_text(encoding="utf-8") if name in MODULES else None


def service_worker() -> str:
    """The service worker with what it may keep: addresses of the pages and of their files."""
    values = {
        "VERSION": version(),
        "PAGES": [reverse("assessment:tasks"), *(reverse("assessment:task", args=[task]) for task in Task.values)],
        "FILES": [static(name) for name in _STATIC] + [reverse("assessment:task-script", args=[version(), name]) for name in MODULES],
    }
    head = "".join(f"const {name} = {json.dumps(value)};\n" for name, value in values.items())
    return head + (_SCRIPTS / "service.js").read_text(encoding="utf-8")
