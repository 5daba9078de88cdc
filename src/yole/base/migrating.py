"""Migrations from nothing in seconds: what Django does again at each operation is done once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def fresh_state() -> Iterator[None]:
    """For an empty database, whose every migration is applied.

    At each new table Django draws again every model related to it, near or far; where nearly all tables name an account and a territory,
    that is all of them, and 200 tables cost the square of 200. A table that did not exist has nothing pointing to it: only its own model
    is drawn. An index or a constraint changes one model: that one is. Migrations that run Python ask for a state drawn whole, as after
    any delayed change (`ProjectState.is_delayed`), and get it.
    """
    from django.db.migrations.state import ProjectState

    def add_model(self: Any, model_state: Any) -> None:
        key = model_state.app_label, model_state.name_lower
        self.models[key] = model_state
        if self._relations is not None:
            self.resolve_model_relations(key)
        if "apps" in self.__dict__:  # asking for the attribute would draw them all
            self.is_delayed = True
            self.apps.render_multiple([model_state])

    def append_option(self: Any, app_label: str, model_name: str, option_name: str, obj: Any) -> None:
        state = self.models[app_label, model_name]
        state.options[option_name] = [*state.options[option_name], obj]
        if "apps" in self.__dict__:
            self.is_delayed = True
            self._reload({(app_label, model_name)})

    kept = ProjectState.add_model, ProjectState._append_option  # type: ignore[attr-defined]
    ProjectState.add_model, ProjectState._append_option = add_model, append_option  # type: ignore[method-assign,attr-defined]
    try:
        yield
    finally:
        ProjectState.add_model, ProjectState._append_option = kept  # type: ignore[method-assign,attr-defined]
