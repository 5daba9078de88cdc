"""Every route × every role × own structure, same territory, other territory × method: the answer is the one that `matrix.toml` says.

To mend the file after adding a route: `pytest tests/access/test_access_matrix.py` names the routes without a row and every difference.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from tests.access.fixtures import ELSEWHERE, NEIGHBOUR, OF_A_STRUCTURE, OWN, World, build
from tests.access.objects import ARGUMENTS, FORMS, KEPT, WRONG
from tests.access.routes import Expected, Route, expected, routes
from yole.base.permissions import declared
from yole.organisations.confirm import CONFIRMED

ANONYMOUS = "anonymous"
ROLES = (
    *("volunteer", "mediator", "structure-coordinator", "territory-coordinator", "event-organiser", "evaluator", "recruiter"),
    *("data-protection-officer", "administrator"),
)
# What a page may write when it is only read: the session, and the trace of who opened what.
WRITTEN_BY_READING = ("django_session", "organisations_accountsession", "people_accesslog", "journal_entry", "journal_treehead")


@pytest.fixture(autouse=True)
def little_drawing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who may have a page is asked here, not what it looks like: sheets are not drawn, each page of refusal is drawn once in a test."""
    from django.http import HttpResponse

    from yole.base import htmlpdf, views

    drawn: set[tuple[str, int]] = set()
    draw = views._problem

    def once(request: Any, template: str, status: int, *words: str, **more: Any) -> HttpResponse:
        if (template, status) in drawn:
            return HttpResponse(status=status)
        drawn.add((template, status))
        return draw(request, template, status, *words, **more)

    monkeypatch.setattr(views, "_problem", once)
    monkeypatch.setattr(htmlpdf, "html_to_pdf", lambda html, **more: b"%PDF-")


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """One world for every test of this file that a worker runs, in a transaction that is undone: each question undoes what it wrote."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield build()
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def addresses(world: World) -> dict[str, str]:
    """Every route of the file with its object."""
    _, rows = expected()
    return {name: address(world, route) for name, route in table().items() if name in rows}


@cache
def table() -> dict[str, Route]:
    return {route.name: route for route in routes()}


def address(world: World, route: Route) -> str:
    if not route.takes:
        return reverse(route.name)
    for piece, make in ARGUMENTS:
        if piece in route.pattern:
            given = make(world)
            return reverse(route.name, kwargs={name: given[name] for name in route_arguments(route)})
    raise AssertionError(f"no object for {route.name} ({route.pattern}): add it to ARGUMENTS of tests/access/objects.py")


def route_arguments(route: Route) -> list[str]:
    import re

    return [found.split(":")[-1] for found in re.findall(r"<([^>]+)>", route.pattern)]


def answer(response: Any) -> str:
    """The class of an answer. `open`: served, or refused for what was sent (an empty form); the door itself is open."""
    status = response.status_code
    if status in (301, 302, 303) and urlsplit(response.headers["Location"]).path == reverse("organisations:sign-in"):
        return "sign-in"
    named = {403: "no", 404: "unknown", 405: "method"}
    if status in named:
        return named[status]
    return "open" if status < 500 or status == 503 else f"error {status}"


@pytest.fixture(scope="module")
def ask(world: World) -> Callable[..., str]:
    """Asks for an address as somebody who has just proved who they are: the class of the answer. What it wrote is undone."""
    from django.core.cache import cache as counters

    client = Client(raise_request_exception=False)
    cookies: dict[tuple[str, str], dict[str, str]] = {}

    def go(role: str, standing: str, method: str, path: str, sent: dict[str, str] | None = None) -> str:
        key = (role, standing)
        if key not in cookies:
            client.cookies.clear()
            if role != ANONYMOUS:
                client.force_login(world.account(role, standing), backend="yole.organisations.backends.AccountBackend")
            session = client.session
            kept = KEPT.get(key, lambda world: {})(world)
            session.update({CONFIRMED: int(time.time())} | kept if role != ANONYMOUS else kept)
            session.save()
            client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
            cookies[key] = {name: morsel.value for name, morsel in client.cookies.items()}
        client.cookies.clear()
        client.cookies.load(cookies[key])
        counters.clear()
        with transaction.atomic():
            response = client.get(path) if method == "get" else client.post(path, sent)
            if response.streaming:
                b"".join(response.streaming_content)
            transaction.set_rollback(True)
        return answer(response)

    return go


def askers(row: Expected, acts: dict[str, frozenset[str]], role: str, *, of_an_object: bool) -> tuple[str, ...]:
    """The standings worth asking for: towards an object for who may do the act; a role that may not is refused before any object.

    An address without an object is the account's own: where it stands changes nothing that the file could say, unless the file says it.
    One account from elsewhere, of the first role of the act, still opens it: a page with nothing to show must not break.
    """
    if role == ANONYMOUS or not row.act or role not in acts[row.act]:
        return (OWN,)
    if not of_an_object and not row.answers:
        return (OWN, ELSEWHERE) if role == next(one for one in ROLES if one in acts[row.act]) else (OWN,)
    return (OWN, NEIGHBOUR, ELSEWHERE) if role in OF_A_STRUCTURE else (OWN, ELSEWHERE)


def test_the_file_names_every_route_once_and_nothing_else() -> None:
    acts, rows = expected()
    known = table()
    assert sorted(set(known) - set(rows)) == [], "routes without an expected answer"
    assert sorted(set(rows) - set(known)) == [], "expected answers without a route"
    different = {name: (row.act, known[name].act) for name, row in rows.items() if row.act != known[name].act}
    assert different == {}, "the act of the file, the act of the view"
    assert acts == {act: roles for act, roles in declared().items() if act in acts}
    assert {row.act for row in rows.values() if row.act} <= set(acts)


def wanted(row: Expected, acts: dict[str, frozenset[str]], role: str, standing: str, method: str) -> set[str]:
    """The right answers. A method that a view does not take is refused by the first gate that sees it."""
    takes = row.method in (method, "both")
    if row.act and role == ANONYMOUS:
        return {"sign-in"} if takes else {"sign-in", "method"}
    if row.act and role not in acts[row.act]:
        return {"no"} if takes else {"no", "method"}
    return {row.answer(role, standing, method)} if takes else {"method"}


def shared_out(roles: tuple[str, ...]) -> list[Any]:
    """Roles in two groups of about the same length, one for each worker (tests/conftest.py reads the group in the name)."""
    return [pytest.param(role, id=f"{role}-group{number % 2}") for number, role in enumerate(roles)]


@pytest.mark.parametrize("role", shared_out((ANONYMOUS, *ROLES)))
def test_the_answers_are_those_of_the_file(role: str, addresses: dict[str, str], ask: Callable[..., str]) -> None:
    (acts, rows), known = expected(), table()
    differences = []
    for name, path in addresses.items():
        row = rows[name]
        for standing in askers(row, acts, role, of_an_object=bool(known[name].takes)):
            # The other method is refused to everybody alike: a visitor and one standing of each role ask.
            asks_both = row.method == "both" or (standing == OWN and (role == ANONYMOUS or role in acts.get(row.act, ())))
            methods = ("get", "post") if asks_both else (row.method,)
            for method in methods:
                got = ask(role, standing, method, path, FORMS.get(name))
                right = wanted(row, acts, role, standing, method)
                if got not in right:
                    differences.append(f"{method.upper()} {name} as {role} ({standing}): {got}, expected {' or '.join(sorted(right))}")
    assert differences == [], "\n" + "\n".join(differences)


def written() -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables WHERE NOT relname = ANY(%s)",
            [list(WRITTEN_BY_READING)],
        )
        return dict(cursor.fetchall())


def test_what_opens_by_itself_opens_with_the_right_words_alone(world: World, ask: Callable[..., str]) -> None:
    """A route whose argument is the right to enter (a signed link, a code): anything else is unknown to everybody."""
    _, rows = expected()
    got = {}
    for name, route in table().items():
        given = route_arguments(route)
        if name not in rows or rows[name].act or not {"token", "code"} & set(given) or name.startswith("organisations:"):
            continue  # a link of an account that is over is told in words, the same for one that never was
        kwargs = {one: WRONG.get(one, "inconnu") for one in given}
        got[name] = ask(ANONYMOUS, OWN, "post" if rows[name].method == "post" else "get", reverse(name, kwargs=kwargs))
    assert len(got) >= 10
    assert {name: said for name, said in got.items() if said != "unknown"} == {}


@pytest.mark.parametrize("role", shared_out(("structure-coordinator", "territory-coordinator")))
def test_reading_a_page_changes_nothing(role: str, addresses: dict[str, str], ask: Callable[..., str]) -> None:
    acts, rows = expected()
    # A role that may not do the act is refused before the page: only what this role opens is read.
    paths = {n: path for n, path in addresses.items() if rows[n].method != "post" and role in acts.get(rows[n].act, {role})}
    changed = []
    ask(role, OWN, "get", "/")  # signs in
    before = written()
    for name, path in paths.items():
        ask(role, OWN, "get", path)
        after = written()
        changed += [f"GET {name} wrote in {relation}" for relation, count in after.items() if count != before.get(relation, 0)]
        before = after
    assert changed == [], "\n" + "\n".join(changed)
