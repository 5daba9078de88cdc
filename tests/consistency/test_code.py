"""Rules of the house that no linter knows."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connections

from yole.base.registries import RETENTION

SRC = Path(__file__).resolve().parent.parent.parent / "src" / "yole"
PERSONAL = {"email", "contact", "phone", "telephone", "holder", "name_given", "nickname", "person_name", "text"}


@pytest.mark.django_db
def test_no_migration_is_missing() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


@pytest.mark.django_db
def test_django_finds_nothing_wrong() -> None:
    """Such as a column too short for one of its choices."""
    call_command("check", fail_level="ERROR")


@pytest.mark.django_db
def test_every_index_and_constraint_that_a_model_declares_is_in_the_database() -> None:
    """Migrations of an empty database take a shorter way (`base/migrating.py`): it must lead to the same place."""
    with connections["default"].cursor() as cursor:
        for model in apps.get_models():
            meta = model._meta
            found = connections["default"].introspection.get_constraints(cursor, meta.db_table)
            columns = {column.name for column in connections["default"].introspection.get_table_description(cursor, meta.db_table)}
            assert columns >= {field.column for field in meta.local_concrete_fields}, meta.label
            declared = {one.name for one in (*meta.indexes, *meta.constraints)}
            assert declared <= set(found), meta.label
            keys = {tuple(row["columns"]) for row in found.values() if row["foreign_key"]}
            expected = {(field.column,) for field in meta.local_concrete_fields if field.remote_field and field.db_constraint}
            assert expected <= keys, meta.label


@pytest.mark.django_db
def test_the_site_works_as_a_role_that_owns_nothing() -> None:
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT current_user, usesuper, usecreatedb FROM pg_user WHERE usename = current_user")
        assert cursor.fetchone() == ("yole_app", False, False)
        cursor.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public' AND tableowner = current_user")
        assert cursor.fetchone() == (0,)


def test_every_table_with_a_contact_declares_how_long_it_is_kept() -> None:
    wanting = []
    for model in apps.get_models():
        if model.__module__.startswith("yole."):
            personal = {field.name for field in model._meta.get_fields() if field.name in PERSONAL}
            public = model._meta.label in {"places.Place", "territory.Territory"}  # telephones of a public service, not of a person
            if personal and not public and model._meta.db_table not in RETENTION:
                wanting.append(f"{model._meta.db_table}: {sorted(personal)}")
    assert wanting == []


def test_no_file_of_ours_hides_several_subjects() -> None:
    long = [
        f"{path.relative_to(SRC)}: {count}"
        for path in SRC.rglob("*.py")
        if "migrations" not in path.parts and (count := len(path.read_text(encoding="utf-8").splitlines())) > 500
    ]
    assert long == []


ONE_WAY = {
    "Content-Disposition": {"base/answers.py", "journal/views.py"},  # the journal is a stream
    "settings.BASE_URL + reverse": set[str](),
    "isinstance(request.user, Account)": {"organisations/requests.py", "debates/views_public.py"},  # a public page shows its host more
    '"GET", "HEAD", "POST"': {"base/answers.py"},
    "<!doctype": {
        "base/views.py",
        *(f"base/templates/base/{name}.html" for name in ("layout", "print", "document")),
        "events/templates/events/embed.html",
    },
    "request.territory  #": {"territory/requests.py"},
}
"""A text that says that something is done by hand, and the files that may: everybody else calls them."""


@pytest.mark.parametrize("text", ONE_WAY)
def test_what_the_house_does_in_one_place_is_done_nowhere_else(text: str) -> None:
    written = {
        str(path.relative_to(SRC))
        for path in (*SRC.rglob("*.py"), *SRC.rglob("*.html"))
        if "migrations" not in path.parts and text in path.read_text(encoding="utf-8")
    }
    assert written - ONE_WAY[text] == set()
