"""Who asks, told to PostgreSQL, so that its row policies show nobody more than their own rows, even to a query without a filter.

A scope is the answer to « on whose behalf does this code run? ». It lives in a context variable: nobody unless somebody said so. The site's
middleware says it for each request, `system_scope()` for work that is nobody's (tasks, commands, retention), `public_scope()` for an
inhabitant who shows a code. With nothing said the settings are empty and every policy shows nothing.

Why nothing leaks to the next user of a connection (a thread of the web server keeps one for hours):

- `_tell` stands before every statement of the default connection and compares what PostgreSQL was told with the scope of the moment; when
  they differ it tells first. If telling fails, the statement is not run.
- What PostgreSQL was told is known for certain. Outside a transaction the settings are told for the session, in a statement that commits by
  itself: no rollback can bring an older scope back. Inside a transaction they are told for that transaction alone (`SET LOCAL`): its end
  drops them, and a return to a savepoint makes them unknown, so that they are told again.
- The middleware empties the settings at the end of a request that filled them; when it cannot, it closes the connection.

A connection given to several clients statement by statement (PgBouncer in transaction mode) would break the second point: docs/security.md.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import _GeneratorContextManager, contextmanager
from contextvars import ContextVar, Token
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from typing import Any

from psycopg import sql

NONE, STRUCTURE, TERRITORY, EVENTS, SYSTEM = "", "structure", "territory", "events", "system"

# What each role may reach of the tables of personal data. Roles are texts here: the room that lists them stands above this floor, and a
# test compares both lists. EVENTS reaches who speaks at and registers for events, nobody else's rows. The others work with figures, places
# and the journal, and read no row about a person.
REACH = {
    "volunteer": STRUCTURE,
    "mediator": STRUCTURE,
    "structure-coordinator": STRUCTURE,
    "territory-coordinator": TERRITORY,
    "administrator": TERRITORY,
    "event-organiser": EVENTS,
    "evaluator": NONE,
    "recruiter": NONE,
    "data-protection-officer": NONE,
}


@dataclass(frozen=True, slots=True)
class Scope:
    """`reach`: the class of rows; keys are empty when there is none. Each field is the setting `yole.<field>` in PostgreSQL.

    `booking` and `code`: the one enrolment that an inhabitant opened, by a signed link or by its code.
    """

    reach: str = NONE
    territory: int | None = None
    structure: int | None = None
    account: int | None = None
    booking: int | None = None
    code: str = ""


NOBODY = Scope()
EVERYTHING = Scope(reach=SYSTEM)
_NAMES = tuple(field.name for field in fields(Scope))
_SETTINGS = {"default": NOBODY}
_current: ContextVar[Scope | None] = ContextVar("yole_scope", default=None)


def scope_of(account: Any) -> Scope:
    """What an account may reach. Anonymous, deactivated or of an unknown role: nothing."""
    if not getattr(account, "is_authenticated", False) or not account.is_active:
        return NOBODY
    reach = REACH.get(account.role, NONE)
    structure = account.structure_id if reach == STRUCTURE else None
    return Scope(reach=reach, territory=account.territory_id, structure=structure, account=account.pk)


def current() -> Scope:
    """The scope of the moment."""
    return _current.get() or _SETTINGS["default"]


@contextmanager
def scope(of: Scope) -> Iterator[None]:
    """Works on behalf of a scope for the length of a block (also a decorator)."""
    token = _current.set(of)
    try:
        yield
    finally:
        _current.reset(token)


def system_scope() -> _GeneratorContextManager[None]:
    """Work that is nobody's: tasks, commands, retention, and the part of a public act that must see everybody (a waiting list).

    A block or a decorator. Each use is a place to read in a review: `grep -rn system_scope src`.
    """
    return scope(EVERYTHING)


def public_scope(*, booking: int | None = None, code: str = "") -> _GeneratorContextManager[None]:
    """Adds the one enrolment of a signed link or of a code to what may be reached. A block or a decorator."""
    return scope(replace(current(), booking=booking, code=code))


def open_booking(booking: int) -> None:
    """The visitor of this request has shown the code or the signed link of an enrolment: it is theirs until the request ends."""
    if _current.get() is not None:
        _current.set(replace(current(), booking=booking))


def work_as_system() -> None:
    """The whole process works for the house: the `yole` command, its worker. Never called by the web server."""
    _SETTINGS["default"] = EVERYTHING


def enter(of: Scope) -> Token[Scope | None]:
    """Begins a scope that `leave` ends: for the middleware, whose request may end elsewhere than in a block."""
    return _current.set(of)


def leave(token: Token[Scope | None]) -> None:
    _current.reset(token)


def on_sign_in(sender: object, user: Any, **kwargs: object) -> None:
    """Somebody signed in during this request: what follows is on their behalf."""
    if _current.get() is not None:
        _current.set(scope_of(user))


def on_sign_out(sender: object, **kwargs: object) -> None:
    if _current.get() is not None:
        _current.set(NOBODY)


# --- what PostgreSQL was told -----------------------------------------------------------------------------------------------------

_IDLE, _FAILED = 0, 3  # psycopg.pq.TransactionStatus
_UNKNOWN = Scope(reach="?")


class _Told:
    """What one connection to PostgreSQL was told: for its session, and for its present transaction (None: nothing)."""

    __slots__ = ("local", "server", "session")

    def __init__(self, server: Any) -> None:
        self.server = server
        self.session = NOBODY
        self.local: Scope | None = None


@lru_cache(maxsize=256)
def _statement(of: Scope, local: bool) -> bytes:
    """The statement that tells, values quoted in it once: an account comes back at each of its requests."""
    values = ["" if (value := getattr(of, name)) is None else str(value) for name in _NAMES]
    parts = [sql.SQL("set_config({}, {}, {})").format(f"yole.{name}", value, local) for name, value in zip(_NAMES, values, strict=True)]
    return sql.SQL("SELECT {}").format(sql.SQL(", ").join(parts)).as_bytes()


def _tell(execute: Callable[..., Any], statement: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
    """Execution wrapper: tells PostgreSQL the scope of the moment when it was told another, then runs the statement."""
    connection = context["connection"]
    server = connection.connection
    told: _Told | None = getattr(connection, "yole_told", None)
    if told is None or told.server is not server:
        told = connection.yole_told = _Told(server)
    wanted = _current.get() or _SETTINGS["default"]
    if told.local is None:
        if told.session is wanted or told.session == wanted:
            return execute(statement, params, many, context)
    elif told.local == wanted and server.pgconn.transaction_status != _IDLE:
        return _execute(told, execute, statement, params, many, context)
    status = server.pgconn.transaction_status
    if status == _IDLE:
        told.local = None
    if status != _FAILED and (told.local or told.session) != wanted:
        local = not server.autocommit or status != _IDLE
        server.execute(_statement(wanted, local))
        if local:
            told.local = wanted
        else:
            told.session = wanted
    return _execute(told, execute, statement, params, many, context)


def _execute(told: _Told, execute: Callable[..., Any], statement: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
    if told.local is not None and isinstance(statement, str) and statement.startswith("ROLLBACK TO"):
        told.local = _UNKNOWN  # a return to a savepoint may have undone the last telling
    return execute(statement, params, many, context)


def on_connection(sender: object, connection: Any, **kwargs: object) -> None:
    """Puts the telling before every statement of the site's connection, once. First in the list: blocks of others remove the last."""
    if connection.alias == "default" and _tell not in connection.execute_wrappers:
        connection.execute_wrappers.insert(0, _tell)


def clear(connection: Any) -> None:
    """Empties what the session was told, at the end of a request. A connection that cannot be emptied is closed."""
    told: _Told | None = getattr(connection, "yole_told", None)
    if told is None or told.server is not connection.connection or told.session == NOBODY or connection.in_atomic_block:
        return
    try:
        if told.server.pgconn.transaction_status != _IDLE:
            raise RuntimeError("a transaction was left open")
        told.server.execute(_statement(NOBODY, False))
        told.session, told.local = NOBODY, None
    except Exception:  # whatever the reason, the next user must not find this session
        connection.close()


# --- policies of the tables, written by migrations ----------------------------------------------------------------------------------

_IDENTIFIER = re.compile(r"[a-z_][a-z0-9_]*")


def setting(name: str, kind: str = "bigint") -> str:
    """SQL of a setting, NULL when empty (a setting that was reset is an empty text, which a bare cast refuses). Read once per query."""
    if name not in _NAMES:
        raise ValueError(f"not a setting of the scope: {name}")
    return f"(SELECT nullif(current_setting('yole.{name}', true), '')::{kind})"


def reach(*classes: str) -> str:
    """SQL that is true for these classes of reach."""
    return f"{setting('reach', 'text')} IN ({', '.join(repr(name) for name in classes)})"


def policy(table: str, conditions: Iterable[str]) -> tuple[str, str]:
    """SQL that protects a table so that a row is seen and written when one of the conditions holds, and SQL that undoes it."""
    if not _IDENTIFIER.fullmatch(table):
        raise ValueError(f"not a table: {table}")
    any_of = "\n    OR ".join(f"({condition})" for condition in (reach(SYSTEM), *conditions))
    forward = (
        f"CREATE POLICY yole_scope ON {table} USING (\n    {any_of}\n) WITH CHECK (\n    {any_of}\n);\n"
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;"
    )
    return forward, f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;\nDROP POLICY yole_scope ON {table};"


def protect(
    table: str,
    *,
    structure_column: str = "",
    territory_column: str = "",
    account_column: str = "",
    extra: Iterable[str] = (),
) -> Any:
    """The migration operation that protects a table: seen and written by work of the house, and by

    - the accounts of a structure, rows whose `structure_column` is their structure;
    - those who coordinate the territory, rows whose `territory_column` is their territory (leave it out where they read figures alone);
    - one account, rows whose `account_column` is itself;
    - whoever a condition of `extra` lets in: SQL on the columns of the table, with `setting()` and `reach()`.

    The owner of the tables stays exempt (no FORCE): migrations, copies and the triggers that it owns see every row.
    """
    from django.db import migrations

    conditions = []
    if structure_column:
        conditions.append(f"{table}.{structure_column} = {setting('structure')}")
    if territory_column:
        conditions.append(f"{reach(TERRITORY)} AND {table}.{territory_column} = {setting('territory')}")
    if account_column:
        conditions.append(f"{table}.{account_column} = {setting('account')}")
    return migrations.RunSQL(*policy(table, (*conditions, *extra)))


def health() -> tuple[bool, str]:
    """Line of `yole check`: whether the policies hold for the role of the site. Its owner and those who bypass them are exempt."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), coalesce(bool_or(pg_has_role(current_user, relowner, 'MEMBER')), false), "
            "(SELECT rolbypassrls OR rolsuper FROM pg_roles WHERE rolname = current_user) "
            "FROM pg_class WHERE relrowsecurity AND relkind = 'r'"
        )
        tables, owner, bypass = cursor.fetchone()
    if owner or bypass:
        return False, "le rôle du site y échappe ; donnez-lui un rôle ordinaire (YOLE_DATABASE_URL, YOLE_DATABASE_OWNER_URL)"
    return True, f"{tables} tables"
