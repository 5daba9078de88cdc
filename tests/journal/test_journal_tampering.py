"""What the database refuses, and what verification finds when a superuser does it all the same."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.db import DataError, IntegrityError, connections, transaction
from django.db.utils import ProgrammingError

from tests.journal.conftest import record_some
from yole.base.database import grant_app_rights
from yole.journal import keys, selectors, services
from yole.journal.models import Entry, TreeHead

if TYPE_CHECKING:
    import psycopg

committed = pytest.mark.django_db(databases=["default", "owner"], transaction=True)

STATEMENTS = [
    "UPDATE journal_entry SET actor = 'agent:2'",
    "UPDATE journal_entry SET actor = actor WHERE seq = -1",
    "DELETE FROM journal_entry WHERE seq = 1",
    "TRUNCATE journal_entry",
    "INSERT INTO journal_entry (seq, at, actor, action, subject_ref, body, prev, hash) "
    "VALUES (1, now(), 'a:1', 'a.b', 'p:1', '{}', '', '') ON CONFLICT (seq) DO UPDATE SET actor = 'agent:2'",
    "MERGE INTO journal_entry USING (SELECT 1) AS one ON true WHEN MATCHED THEN DELETE",
    "UPDATE journal_treehead SET size = 0",
    "DELETE FROM journal_treehead",
    "TRUNCATE journal_treehead",
]
MORE = [
    "ALTER TABLE journal_entry DISABLE TRIGGER USER",
    "SET session_replication_role = replica",
    "DROP TABLE journal_entry",
    "DROP TRIGGER journal_entry_append_only ON journal_entry",
    "CREATE OR REPLACE FUNCTION journal_append_only() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
    "SET ROLE yole_owner",
    "CREATE TABLE public.mine (a int)",
    "COPY journal_entry TO PROGRAM 'cat'",
]


def run(statement: str, alias: str) -> None:
    with transaction.atomic(using=alias), connections[alias].cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.django_db
@pytest.mark.parametrize("statement", [*STATEMENTS, *MORE])
def test_the_site_can_only_add_and_read(statement: str) -> None:
    record_some(2)
    with pytest.raises(ProgrammingError, match=r"permission denied|must be owner"), transaction.atomic():
        run(statement, "default")
    assert Entry.objects.count() == 2
    assert selectors.verify().verified


@committed
@pytest.mark.parametrize("statement", STATEMENTS)
def test_the_owner_is_refused_too(statement: str) -> None:
    record_some(2)
    services.sign_head()
    with pytest.raises(IntegrityError, match="rows are only added"):
        run(statement, "owner")
    assert Entry.objects.count() == 2


@committed
def test_so_is_the_superuser_while_the_triggers_stand(superuser: psycopg.Connection[Any]) -> None:
    import psycopg

    record_some(2)
    superuser.execute("SET session_replication_role = DEFAULT")
    for statement in STATEMENTS:
        with pytest.raises(psycopg.errors.RestrictViolation, match="rows are only added"):
            superuser.execute(statement)


@committed
def test_rights_granted_again_stay_so() -> None:
    grant_app_rights()
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "SELECT table_name, string_agg(privilege_type, ',' ORDER BY privilege_type) FROM information_schema.role_table_grants"
            " WHERE grantee = current_user AND table_name LIKE 'journal%%' GROUP BY 1 ORDER BY 1",
            [],
        )
        assert cursor.fetchall() == [("journal_entry", "INSERT,SELECT"), ("journal_treehead", "INSERT,SELECT")]


@pytest.mark.django_db
def test_nobody_chooses_number_instant_link_or_hash() -> None:
    record_some(1)
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "INSERT INTO journal_entry (seq, at, actor, action, subject_ref, body, prev, hash)"
            " VALUES (99, '2001-01-01', 'agent:1', 'a.b', 'person:1', '{}', '\\x00', '\\x00')"
        )
    last = Entry.objects.get(actor="agent:1", action="a.b")
    assert last.seq == 2
    assert last.at.year > 2020
    assert selectors.verify().verified


@pytest.mark.django_db
@pytest.mark.parametrize("body", ["", "[]", "null", "{", '{"a":1,"a":2}'])
def test_a_body_that_would_break_the_chain_is_refused(body: str) -> None:
    with pytest.raises((IntegrityError, DataError)), transaction.atomic(), connections["default"].cursor() as cursor:
        cursor.execute("INSERT INTO journal_entry (actor, action, subject_ref, body) VALUES ('a:1', 'a.b', 'p:1', %s)", [body])


def _swap(server: psycopg.Connection[Any]) -> None:
    for before, after in ((2, 99), (3, 2), (99, 3)):
        server.execute("UPDATE journal_entry SET seq = %s WHERE seq = %s", [after, before])


def _sql(*statements: str) -> Callable[[psycopg.Connection[Any]], None]:
    def act(server: psycopg.Connection[Any]) -> None:
        for statement in statements:
            server.execute(statement)  # type: ignore[call-overload]  # statements written above, not literals to the checker

    return act


TAMPERING: dict[str, tuple[Callable[[psycopg.Connection[Any]], None], str]] = {
    "edit the body": (_sql("""UPDATE journal_entry SET body = '{"step":99}' WHERE seq = 3"""), "acte 3 : « hash » n’est pas"),
    "edit the spacing of the body": (
        _sql("UPDATE journal_entry SET body = replace(body, ':', ': ') WHERE seq = 3"),
        "acte 3 : « body » n’est pas",
    ),
    "edit the actor": (_sql("UPDATE journal_entry SET actor = 'agent:2' WHERE seq = 3"), "acte 3 : « hash » n’est pas"),
    "edit the instant": (_sql("UPDATE journal_entry SET at = at + interval '1 microsecond' WHERE seq = 3"), "acte 3 : « hash »"),
    "an instant out of time": (_sql("UPDATE journal_entry SET at = 'infinity' WHERE seq = 3"), "acte 3 : « at »"),
    "no instant": (
        _sql("ALTER TABLE journal_entry ALTER at DROP NOT NULL", "UPDATE journal_entry SET at = NULL WHERE seq = 3"),
        "acte 3 : « at »",
    ),
    "no body": (
        _sql("ALTER TABLE journal_entry ALTER body DROP NOT NULL", "UPDATE journal_entry SET body = NULL WHERE seq = 3"),
        "acte 3 : ce n’est pas",
    ),
    "edit the link": (_sql("UPDATE journal_entry SET prev = hash WHERE seq = 3"), "acte 3 : « prev »"),
    "edit the hash": (_sql("UPDATE journal_entry SET hash = prev WHERE seq = 3"), "acte 3 : « hash »"),
    "remove": (_sql("DELETE FROM journal_entry WHERE seq = 3"), "acte 4 : « seq » vaut 4 ; 3 attendu"),
    "remove the first": (_sql("DELETE FROM journal_entry WHERE seq = 1"), "acte 2 : « seq » vaut 2 ; 1 attendu"),
    "remove the last": (_sql("DELETE FROM journal_entry WHERE seq = 6"), "la tête couvre 6 actes ; 5"),
    "remove and number again": (
        _sql("DELETE FROM journal_entry WHERE seq = 3", "UPDATE journal_entry SET seq = seq - 1 WHERE seq = 4"),
        "acte 3 : « prev » n’est pas",
    ),
    "remove everything": (_sql("DELETE FROM journal_entry"), "la tête couvre 6 actes ; 0"),
    "reorder": (_swap, "acte 2 : « prev » n’est pas"),
    "edit a head": (_sql("UPDATE journal_treehead SET root = repeat('0', 64)"), "la signature de la tête ne tient pas"),
    "spoil a head": (_sql("UPDATE journal_treehead SET at = 'hier'"), "« at » n’est pas"),
}


@pytest.fixture
def as_before(superuser: psycopg.Connection[Any]) -> Any:
    """Columns that a tampering loosened are tightened again."""
    yield
    superuser.execute("DELETE FROM journal_entry")
    for column in ("at", "body"):
        superuser.execute(f"ALTER TABLE journal_entry ALTER {column} SET NOT NULL")


@committed
@pytest.mark.parametrize("case", TAMPERING)
def test_what_a_superuser_does_is_found(superuser: psycopg.Connection[Any], as_before: None, case: str) -> None:
    act, said = TAMPERING[case]
    record_some(6)
    services.sign_head()
    assert selectors.verify().verified
    act(superuser)
    verdict = selectors.verify()
    assert not verdict.verified
    assert any(said in reason for reason in verdict.reasons), verdict.reasons
    right, words = selectors.health()
    assert not right, words


@committed
def test_a_superuser_who_computes_everything_again_is_found_by_the_head(superuser: psycopg.Connection[Any]) -> None:
    record_some(6)
    kept = services.sign_head()
    superuser.execute("CREATE TEMP TABLE copy AS SELECT actor, action, subject_ref, body, seq FROM journal_entry")
    superuser.execute("DELETE FROM journal_entry")
    superuser.execute("SET session_replication_role = DEFAULT")
    superuser.execute(
        "INSERT INTO journal_entry (actor, action, subject_ref, body) SELECT 'agent:9', action, subject_ref, body FROM copy ORDER BY seq"
    )
    assert "racine" in selectors.verify().reasons[0]
    superuser.execute("SET session_replication_role = replica")
    superuser.execute("DELETE FROM journal_treehead")
    assert selectors.verify().verified  # nothing left here to compare with: a head must be kept elsewhere
    assert "les 6 premiers actes" in selectors.verify(kept=kept).reasons[0]


@committed
def test_a_broken_chain_is_never_signed(superuser: psycopg.Connection[Any]) -> None:
    from yole.base.errors import Refused

    record_some(3)
    services.sign_head()
    record_some(3)
    superuser.execute("UPDATE journal_entry SET actor = 'agent:2' WHERE seq = 5")
    with pytest.raises(Refused, match="acte 5"):
        services.sign_head()
    superuser.execute("UPDATE journal_entry SET actor = 'agent:1' WHERE seq = 5")
    superuser.execute("UPDATE journal_treehead SET peaks = decode(repeat('00', 64), 'hex')")
    with pytest.raises(Refused, match="dernière tête"):
        services.sign_head()
    assert TreeHead.objects.count() == 1


@committed
def test_heads_signed_by_another_key_are_found(superuser: psycopg.Connection[Any]) -> None:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from yole.journal.engine.entries import sign_head

    record_some(3)
    mine = services.sign_head()
    other = sign_head(Ed25519PrivateKey.generate(), origin=mine.origin, size=mine.size, root=bytes.fromhex(mine.root), at=mine.at)
    superuser.execute("UPDATE journal_treehead SET key = %s, signature = %s", [other.key, other.signature])
    assert selectors.verify().verified
    assert "autre clé" in selectors.verify(key=keys.public_key()["publicKeyMultibase"]).reasons[0]


@committed
def test_a_copy_restored_brings_the_chain_back_and_closes_it_again(tmp_path: Path) -> None:
    from tests.conftest import DATA
    from yole.base.backup import restore_backup, write_backup
    from yole.base.database import APP, OWNER, EmbeddedServer, Urls

    server, name = EmbeddedServer(DATA), str(connections["default"].settings_dict["NAME"])
    urls = Urls(app=server.url(APP, name), owner=server.url(OWNER, name))
    record_some(4)
    kept = services.sign_head()
    write_backup(urls, tmp_path / "copy")
    record_some(2)
    connections.close_all()
    restore_backup(urls, tmp_path / "copy")
    assert selectors.verify(kept=kept).entries == 4
    for statement in STATEMENTS:
        with pytest.raises(IntegrityError, match="rows are only added"):
            run(statement, "owner")
    record_some(1)
    verdict = selectors.verify(kept=kept)
    assert (verdict.entries, verdict.reasons) == (5, [])
