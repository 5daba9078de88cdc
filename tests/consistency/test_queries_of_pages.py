"""A page asks the database as often with many rows as with few.

The demonstration is walked by its links, as each account of it: no statement comes back many times with other values. Then every row that
can be is there four times and the same addresses are asked for again: no statement is asked more often than before.
"""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.apps import apps
from django.db import Error, connection, models, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import Resolver404, resolve

MOST_AGAIN = 4
COPIES = 3
MOST_ROWS = 6
"""Rows of a table that are copied: enough for a list to grow, few enough for the walk to stay short."""
OF_A_ROUTE = 2
ROLES = ("territory-coordinator", "structure-coordinator", "mediator", "event-organiser", "evaluator", "recruiter", "administrator", "")
# What counts for the whole house is left alone: one site, its accounts, what is proved, what the nights compute.
NOT_COPIED = ("base", "territory", "journal", "organisations", "reference")
# The latest one is the one shown, and a copy of it is empty; a finished sitting is nothing without its result, nor is a vote for a
# sentence of another room.
ALONE = {"roadmap.Roadmap", "roadmap.Frame", "assessment.Sitting", "debates.Vote"}
BOUNDED = {
    "activities:statistics": "a breakdown each",
    "assessment:result": "a field of skills each",
    "people:person": "a room each",
}
"""Pages that ask the same more than `MOST_AGAIN` times, but as often whatever the rows."""
# Files, answers to programs and what is not a page: their own rooms test them.
LEFT_OUT = re.compile(r"\.(pdf|csv|xlsx|ics|zip|json|geojson|xml|js|svg|png|txt|rss)$|/api/|/static/|deconnexion|/composants/")
SILENT = ("SAVEPOINT", "RELEASE", "ROLLBACK", "SET ", "SELECT set_config")
_VALUES = re.compile(r"'(?:[^']|'')*'|\b\d+\b")
_LISTS = re.compile(r"\((?:\(?\?(?:::[\w()]+)?\)?(?:, )?)+\)")


def shape(sql: str) -> str:
    """A statement without its values: two rows asked for one by one have the same."""
    return _LISTS.sub("(?)", _VALUES.sub("?", sql))


def copied(field: Any, unique: set[str]) -> str | None:
    """The SQL of a column in the copy of a row, `copy_number`; None for a column that the database fills."""
    name = connection.ops.quote_name(field.column)
    if getattr(field, "generated", False):
        return None
    if field.primary_key and not field.remote_field:
        return "gen_random_uuid()" if isinstance(field, models.UUIDField) else None
    if field.name not in unique:
        return f"first.{name}"
    if field.unique and field.null:
        return "NULL"
    if field.remote_field:
        above = field.remote_field.model._meta
        key, table = connection.ops.quote_name(above.pk.column), connection.ops.quote_name(above.db_table)
        return f"(SELECT {key} FROM {table} ORDER BY md5(concat({key}, first.{name}, copy_number)) LIMIT 1)"
    if isinstance(field, models.UUIDField):
        return "gen_random_uuid()"
    if isinstance(field, models.CharField):
        other = f"left(first.{name}, {(field.max_length or 200) - 2}) || copy_number || 'x'"
        # A code has its length and its letters: another one of the same.
        code = f"upper(left(md5(concat(first.{name}, copy_number)), length(first.{name})))"
        return f"CASE WHEN first.{name} ~ '^[0-9A-Z]{{6,}}$' THEN {code} ELSE {other} END"
    if isinstance(field, models.DateTimeField):
        return f"first.{name} + copy_number * interval '1000 days'"
    if isinstance(field, models.DateField | models.IntegerField):
        return f"first.{name} + 1000 * copy_number"
    return f"first.{name}"


def multiply(model: type[models.Model]) -> bool:
    """Puts copies of the first rows of a table beside them; False where its rules allow no second row."""
    unique = {field.name for field in model._meta.concrete_fields if field.unique}
    for one in model._meta.constraints:
        if isinstance(one, models.UniqueConstraint):
            whole = one.condition is None
            unique |= {name for name in one.fields if whole or not model._meta.get_field(name).remote_field}
    table, key = connection.ops.quote_name(model._meta.db_table), connection.ops.quote_name(model._meta.pk.column)
    made = {field.column: sql for field in model._meta.concrete_fields if (sql := copied(field, unique)) is not None}
    columns = ", ".join(map(connection.ops.quote_name, made))
    source = f"(SELECT * FROM {table} ORDER BY {key} LIMIT {MOST_ROWS}) AS first, generate_series(1, {COPIES}) AS copy_number"
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"INSERT INTO {table} ({columns}) SELECT {', '.join(made.values())} FROM {source} ON CONFLICT DO NOTHING")
            rows = cursor.rowcount
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            return rows > 0
    except Error:
        return False


@pytest.fixture(scope="module")
def demonstration(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The demonstration, in a transaction that is undone."""
    from yole.base.registries import load_demonstration

    with django_db_blocker.unblock(), transaction.atomic():
        load_demonstration(lambda message: None)
        yield
        transaction.set_rollback(True)


def signed_in(role: str) -> Client:
    from yole.organisations.confirm import CONFIRMED
    from yole.organisations.models import Account

    client = Client(raise_request_exception=False)
    if role:
        account = Account.objects.filter(role=role).order_by("pk")[0]
        client.force_login(account, backend="yole.organisations.backends.AccountBackend")
        session = client.session
        session[CONFIRMED] = int(time.time())
        session.save()
    return client


def ask(client: Client, address: str) -> tuple[Any, Counter[str]]:
    """The answer, with nothing remembered from the page before, and how often each statement was asked. What it wrote is undone."""
    from django.core.cache import cache

    from yole.base.memo import forget_all

    cache.clear()
    forget_all()
    connection.queries_log.clear()
    with transaction.atomic(), CaptureQueriesContext(connection) as asked:
        response = client.get(address)
        transaction.set_rollback(True)
    return response, Counter(shape(query["sql"]) for query in asked.captured_queries)


def walk(client: Client, routes: Counter[str]) -> Iterator[tuple[str, Counter[str]]]:
    """The pages that links lead to from the two home pages, `OF_A_ROUTE` at most of each route, and what each asked."""
    waiting, seen = ["/espace-pro/", "/"], set[str]()
    while waiting:
        address = waiting.pop(0)
        path = urlsplit(address).path
        if address in seen or LEFT_OUT.search(path):
            continue
        seen.add(address)
        try:
            route = resolve(path).view_name
        except Resolver404:
            continue
        if routes[route] >= OF_A_ROUTE and path not in ("/", "/espace-pro/"):
            continue
        routes[route] += 1
        response, asked = ask(client, address)
        if response.status_code in (301, 302):
            waiting.append(response.headers["Location"])
        if response.status_code != 200 or not response.headers["Content-Type"].startswith("text/html") or response.streaming:
            continue
        yield address, asked
        found = re.findall(r'<a\b[^>]*\shref="(/[^"#]*)', response.content.decode())
        waiting += [link.replace("&amp;", "&") for link in dict.fromkeys(found)]


def test_no_page_asks_a_question_for_each_row(demonstration: None) -> None:
    routes: Counter[str] = Counter()
    few = {role: dict(walk(signed_in(role), routes)) for role in ROLES}
    assert sum(map(len, few.values())) > 200
    again: dict[str, str] = {}
    for role, pages in few.items():
        for address, asked in pages.items():
            if resolve(urlsplit(address).path).view_name not in BOUNDED:
                for statement, times in asked.items():
                    if times > MOST_AGAIN and not statement.startswith(SILENT):
                        again.setdefault(statement, f"{address} as {role or 'a visitor'}: {times} times")
    own = [model for model in apps.get_models() if model.__module__.startswith("yole.") and model._meta.app_label not in NOT_COPIED]
    grown = [model._meta.label for model in own if model._meta.label not in ALONE and multiply(model)]
    assert len(grown) > 60
    for role, pages in few.items():
        client = signed_in(role)
        for address, before in pages.items():
            response, after = ask(client, address)
            assert response.status_code == 200, address
            for statement, times in after.items():
                if times > before[statement] + 1 and not statement.startswith(SILENT):
                    again.setdefault(statement, f"{address} as {role or 'a visitor'}: {before[statement]} times, then {times}")
    assert again == {}, "\n".join(f"{where}\n    {statement[:400]}" for statement, where in again.items())
