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
    is drawn. A new column, an index or a constraint changes one model: that one is. Migrations that run Python ask for a state drawn whole,
    as after any delayed change (`ProjectState.is_delayed`), and get it.
    """
    from django.db.migrations.state import ProjectState
    from django.db.models import NOT_PROVIDED

    def draw_alone(state: Any, key: tuple[str, str]) -> None:
        if "apps" in state.__dict__:  # asking for the attribute would draw them all
            state.is_delayed = True
            state.apps.unregister_model(*key)
            state.apps.render_multiple([state.models[key]])

    def add_model(self: Any, model_state: Any) -> None:
        key = model_state.app_label, model_state.name_lower
        self.models[key] = model_state
        if self._relations is not None:
            self.resolve_model_relations(key)
        draw_alone(self, key)

    def add_field(self: Any, app_label: str, model_name: str, name: str, field: Any, preserve_default: bool) -> None:
        key = app_label, model_name
        if not preserve_default:
            field = field.clone()
            field.default = NOT_PROVIDED
        self.models[key].fields[name] = field
        if self._relations is not None:
            self.resolve_model_field_relations(key, name, field)
        draw_alone(self, key)

    def append_option(self: Any, app_label: str, model_name: str, option_name: str, obj: Any) -> None:
        state = self.models[app_label, model_name]
        state.options[option_name] = [*state.options[option_name], obj]
        draw_alone(self, (app_label, model_name))

    mine = {"add_model": add_model, "add_field": add_field, "_append_option": append_option}
    kept = {name: getattr(ProjectState, name) for name in mine}
    for name, function in mine.items():
        setattr(ProjectState, name, function)
    try:
        yield
    finally:
        for name, function in kept.items():
            setattr(ProjectState, name, function)
