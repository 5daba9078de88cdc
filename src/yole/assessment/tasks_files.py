"""The application of the exercises: the files that a device keeps, and the service worker that keeps them."""

from __future__ import annotations

from pathlib import Path

from django.http import HttpResponse
from django.urls import reverse

from yole.assessment.enums import Task
from yole.base.offline import Application

_HERE = Path(__file__).resolve().parent
TASKS = Application(
    scripts=_HERE / "static" / "assessment" / "tasks",
    templates=_HERE / "templates" / "assessment" / "tasks",
    modules=("list", "machine", "outbox", "prepare", "run", "ui", *Task.values),
    own=("assessment/tasks/tasks.css",),
    more=lambda: [*_HERE.glob("tasks_*.py"), *(_HERE / "engine" / "tasks").glob("*.py")],  # their words are in the pages
)


def service_worker() -> HttpResponse:
    """The service worker with what it may keep: addresses of the pages and of their files."""
    return TASKS.service_worker(
        {
            "PAGES": [reverse("assessment:tasks"), *(reverse("assessment:task", args=[task]) for task in Task.values)],
            "FILES": TASKS.kept("assessment:task-script"),
        }
    )
