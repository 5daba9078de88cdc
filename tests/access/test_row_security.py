"""Row policies, tried with the filter removed: a query without any filter shows nobody more than their own rows."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection, connections, transaction

from yole.base import scope
from yole.base.scope import NOBODY, Scope

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


@pytest.fixture(autouse=True)
def nobody_by_default(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As on the web server: whoever says nothing is nobody."""
    monkeypatch.setitem(scope._SETTINGS, "default", NOBODY)
    yield
    connection.close()


@pytest.fixture
def notes() -> Iterator[Any]:
    """A protected table with one row for each of the structures 1 and 2 of territory 1, and 3 of territory 2; reads every row it can."""
    forward = scope.protect("access_note", structure_column="structure_id", territory_column="territory_id").sql
    owner = connections["owner"]
    with owner.cursor() as cursor:
        cursor.execute("CREATE TABLE access_note (id serial PRIMARY KEY, structure_id bigint, territory_id bigint)")
        cursor.execute("INSERT INTO access_note (structure_id, territory_id) VALUES (1, 1), (2, 1), (3, 2)")
        cursor.execute(forward)
        cursor.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON access_note TO yole_app")
        cursor.execute("GRANT USAGE ON SEQUENCE access_note_id_seq TO yole_app")

    def read() -> list[int]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT structure_id FROM access_note ORDER BY 1")
            return [row[0] for row in cursor.fetchall()]

    yield read
    connection.close()
    with owner.cursor() as cursor:
        cursor.execute("DROP TABLE access_note")
    owner.close()


def of_structure(number: int) -> Any:
    return scope.scope(Scope(reach="structure", territory=1, structure=number, account=9))


def test_each_scope_reads_its_rows_alone(notes: Any) -> None:
    assert notes() == []
    with of_structure(1):
        assert notes() == [1]
    with of_structure(2):
        assert notes() == [2]
    with scope.scope(Scope(reach="structure", territory=1, account=9)):
        assert notes() == []
    with scope.scope(Scope(reach="territory", territory=1, account=9)):
        assert notes() == [1, 2]
    with scope.system_scope():
        assert notes() == [1, 2, 3]
    assert notes() == []


def test_nothing_can_be_written_outside_the_scope(notes: Any) -> None:
    from django.db import ProgrammingError

    with of_structure(1), connection.cursor() as cursor:
        cursor.execute("UPDATE access_note SET territory_id = 1")
        assert cursor.rowcount == 1
        cursor.execute("DELETE FROM access_note WHERE structure_id = 2")
        assert cursor.rowcount == 0
        cursor.execute("INSERT INTO access_note (structure_id, territory_id) VALUES (1, 1)")
        with pytest.raises(ProgrammingError, match="row-level security"):
            cursor.execute("INSERT INTO access_note (structure_id, territory_id) VALUES (2, 1)")
        with pytest.raises(ProgrammingError, match="row-level security"):
            cursor.execute("UPDATE access_note SET structure_id = 2")


def test_a_rollback_brings_no_older_scope_back(notes: Any) -> None:
    with of_structure(1):
        assert notes() == [1]
    with pytest.raises(RuntimeError, match="undone"), transaction.atomic(), of_structure(2):
        assert notes() == [2]
        raise RuntimeError("undone")
    assert notes() == []
    with of_structure(2), pytest.raises(RuntimeError, match="undone"), transaction.atomic():
        assert notes() == [2]
        raise RuntimeError("undone")
    with of_structure(1):
        assert notes() == [1]


def test_a_narrow_scope_stays_narrow_after_a_rollback_to_a_wide_one(notes: Any) -> None:
    with scope.system_scope():
        assert notes() == [1, 2, 3]
    with pytest.raises(RuntimeError, match="undone"), transaction.atomic(), of_structure(2):
        assert notes() == [2]
        raise RuntimeError("undone")
    with of_structure(2):
        assert notes() == [2]


def test_a_narrow_scope_stays_narrow_after_an_error_inside_a_savepoint(notes: Any) -> None:
    from django.db import DatabaseError

    with transaction.atomic():
        with scope.system_scope():
            assert notes() == [1, 2, 3]
            with pytest.raises(DatabaseError), transaction.atomic(), of_structure(2), connection.cursor() as cursor:
                assert notes() == [2]
                cursor.execute("SELECT 1 / 0")
        with of_structure(2):
            assert notes() == [2]


def test_a_scope_that_outlives_its_savepoint_is_told_again(notes: Any) -> None:
    """As when an enrolment is opened inside a transaction that is undone: the rest of the request keeps the narrow scope."""
    with transaction.atomic(), scope.system_scope():
        assert notes() == [1, 2, 3]
        with pytest.raises(RuntimeError, match="undone"), transaction.atomic():
            token = scope.enter(Scope(reach="structure", territory=1, structure=2, account=9))
            assert notes() == [2]
            raise RuntimeError("undone")
        assert notes() == [2]
        scope.leave(token)


def test_a_return_to_a_savepoint_brings_no_older_scope_back(notes: Any) -> None:
    with transaction.atomic():
        with of_structure(1):
            assert notes() == [1]
        with of_structure(2):
            with pytest.raises(RuntimeError, match="undone"), transaction.atomic():
                assert notes() == [2]
                raise RuntimeError("undone")
            assert notes() == [2]
        with pytest.raises(RuntimeError, match="undone"), transaction.atomic(), scope.system_scope():
            assert notes() == [1, 2, 3]
            raise RuntimeError("undone")
        assert notes() == []


def test_a_failed_statement_inside_a_transaction_brings_no_older_scope_back(notes: Any) -> None:
    from django.db import DatabaseError

    with transaction.atomic(), of_structure(1):
        assert notes() == [1]
        with scope.system_scope(), pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            assert notes() == [1, 2, 3]
            cursor.execute("SELECT 1 / 0")
        assert notes() == [1]
    assert notes() == []


def test_the_next_transaction_knows_nothing_of_the_last(notes: Any) -> None:
    for number in (1, 2, 1):
        with transaction.atomic(), of_structure(number):
            assert notes() == [number]
        with transaction.atomic():
            assert notes() == []


def test_two_threads_do_not_see_each_other(notes: Any) -> None:
    found: dict[int, list[list[int]]] = {1: [], 2: []}
    both = threading.Barrier(2)

    def work(number: int) -> None:
        with of_structure(number):
            for _ in range(25):
                both.wait(timeout=20)
                found[number].append(notes())
        connection.close()

    threads = [threading.Thread(target=work, args=(number,)) for number in found]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert found == {1: [[1]] * 25, 2: [[2]] * 25}


def test_a_thread_that_says_nothing_is_nobody(notes: Any) -> None:
    found: list[list[int]] = []

    def work() -> None:
        found.append(notes())
        connection.close()

    with of_structure(1):
        thread = threading.Thread(target=work)
        thread.start()
        thread.join(timeout=20)
    assert found == [[]]


def test_a_setting_that_was_reset_is_nobody(notes: Any) -> None:
    with of_structure(1):
        assert notes() == [1]
        with connection.cursor() as cursor:
            cursor.execute("RESET yole.structure")
            cursor.execute("RESET yole.reach")
        assert notes() == []


def test_the_owner_stays_exempt(notes: Any) -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM access_note")
        assert cursor.fetchone() == (3,)


# --- through the middleware -------------------------------------------------------------------------------------------------------


def request_as(account: Any, view: Any) -> Any:
    from django.conf import settings
    from django.test import RequestFactory

    from yole.base.middleware import ScopeMiddleware

    request = RequestFactory().get("/")
    request.user = account
    request.COOKIES[settings.SESSION_COOKIE_NAME] = "x"
    return ScopeMiddleware(view)(request)


def account(structure: int | None, role: str = "mediator", *, active: bool = True) -> SimpleNamespace:
    return SimpleNamespace(is_authenticated=True, is_active=active, role=role, structure_id=structure, territory_id=1, pk=9)


def test_requests_one_after_the_other_on_one_connection(notes: Any) -> None:
    from django.contrib.auth.models import AnonymousUser
    from django.http import HttpResponse

    def view(request: Any) -> HttpResponse:
        return HttpResponse(str(notes()))

    seen = [
        request_as(who, view).content.decode()
        for who in (
            account(1),
            AnonymousUser(),
            account(2),
            account(None, "territory-coordinator"),
            account(2, "data-protection-officer"),
            account(1, active=False),
            account(1),
        )
    ]
    assert seen == ["[1]", "[]", "[2]", "[1, 2]", "[]", "[]", "[1]"]
    assert notes() == []


def told_by_server() -> list[str]:
    """What PostgreSQL holds, asked beside the telling."""
    names = ", ".join(f"coalesce(current_setting('yole.{name}', true), '')" for name in scope._NAMES)
    row = connection.connection.execute(f"SELECT {names}").fetchone()
    return [text for text in row if text]


def test_a_request_leaves_nothing_on_the_connection(notes: Any) -> None:
    from django.http import HttpResponse

    request_as(account(1), lambda request: HttpResponse(str(notes())))
    assert told_by_server() == []

    def falls(request: Any) -> HttpResponse:
        notes()
        raise RuntimeError("a fault")

    with pytest.raises(RuntimeError, match="a fault"):
        request_as(account(1), falls)
    assert told_by_server() == []
    assert scope.current() == NOBODY


def test_a_connection_left_inside_a_transaction_is_closed(notes: Any) -> None:
    from django.http import HttpResponse

    def opens(request: Any) -> HttpResponse:
        notes()
        connection.connection.execute("BEGIN")
        return HttpResponse()

    request_as(account(1), opens)
    assert connection.connection is None
    assert notes() == []


def test_a_long_answer_is_read_on_behalf_of_who_asked(notes: Any) -> None:
    from django.http import StreamingHttpResponse

    response = request_as(account(2), lambda request: StreamingHttpResponse(str(notes()) for _ in range(2)))
    parts = []
    for part in response.streaming_content:
        parts.append(part)
        assert notes() == []
    assert parts == [b"[2]", b"[2]"]
    assert told_by_server() == []


def test_every_role_has_a_reach() -> None:
    from yole.organisations.enums import Role

    assert set(scope.REACH) == set(Role.values)


def test_a_site_that_owns_its_tables_is_told_so(notes: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert scope.health()[0]
    from django import db

    monkeypatch.setattr(db, "connection", connections["owner"])
    right, words = scope.health()
    assert not right
    assert "YOLE_DATABASE_URL" in words
