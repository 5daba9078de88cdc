"""What the hands-on tasks fill in the registries when the room starts."""

from __future__ import annotations

from yole.assessment import pages, retention_tasks, tasks_pages
from yole.base.registries import declare_retention


def declare() -> None:
    declare_retention(retention_tasks.RULE)
    pages.declare_section(tasks_pages.tasks_section)
