"""Verifies a journal line by line, in constant memory: chain, heads, signatures, and what was kept elsewhere."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import IO, Any

from yole.journal.engine.canonical import FaultError, read_json
from yole.journal.engine.entries import ENTRY_MEMBERS, GENESIS, Entry, TreeHead, read_entry, read_head
from yole.journal.engine.merkle import Frontier

LONGEST_LINE = 8 * 1024 * 1024  # bytes
TOLD = 20  # reasons given in full; a broken chain can have a million
_SPACE = b" \t\r\n"


class NotAJournalError(ValueError):
    """The file has no line of a journal."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """`root` is that of the entries read (hex64), `key` that of the last head, None when there is none; `since` counts entries after it."""

    entries: int
    heads: int
    root: str
    key: str | None
    since: int
    reasons: list[str] = field(default_factory=list)

    @property
    def verified(self) -> bool:
        return not self.reasons


class Checker:
    """Fed with entries and heads in order. `key`: the only signer accepted (multibase); `kept`: an earlier head received elsewhere."""

    def __init__(
        self,
        *,
        key: str | None = None,
        kept: TreeHead | None = None,
        start: Frontier | None = None,
        after: int | None = None,
        previous: bytes = GENESIS,
    ) -> None:
        """`start` and `previous` resume after the entries that a trusted head covers; `after` alone checks a part of the chain."""
        self._key, self._kept = key, kept
        self._tree = start or Frontier()
        self._next: int | None = (self._tree.size if after is None else after) + 1
        self._previous: bytes | None = previous
        self._covered, self._heads = self._tree.size, 0
        self._keys: set[str] = set()
        self._last_key: str | None = None
        self._uncovered_at = ""
        self._reasons: list[str] = []
        self._untold = 0
        self._compare_with_kept()

    def fault(self, where: str, reason: str) -> None:
        """Notes what is wrong at a place; the same place may have several faults."""
        if len(self._reasons) < TOLD:
            self._reasons.append(f"{where} : {reason}" if where else reason)
        else:
            self._untold += 1

    def lost(self, where: str, reason: str) -> None:
        """A line that cannot be read: what follows it is not compared with what was before."""
        self.fault(where, reason)
        self._next = self._previous = None

    def entry(self, where: str, entry: Entry) -> None:
        if self._next is not None and entry.seq != self._next:
            self.fault(where, f"« seq » vaut {entry.seq} ; {self._next} attendu ({_order(entry.seq, self._next)})")
        if self._previous is not None and entry.prev != self._previous:
            self.fault(where, "« prev » n’est pas l’empreinte de l’acte précédent : la chaîne est rompue")
        if entry.computed != entry.stated:
            self.fault(where, "« hash » n’est pas l’empreinte du contenu : l’acte a été modifié")
        self._next, self._previous = entry.seq + 1, entry.stated
        if self._tree.size == self._covered:
            self._uncovered_at = where
        self._tree.append(entry.computed)
        self._compare_with_kept()

    def head(self, where: str, head: TreeHead) -> None:
        self._heads += 1
        self._last_key = head.key
        self._keys.add(head.key)
        self._covered = self._tree.size
        if not head.holds():
            self.fault(where, "la signature de la tête ne tient pas")
        if self._key is not None and head.key != self._key:
            self.fault(where, f"tête signée par une autre clé que celle qui est attendue ({head.key[:60]})")
        if head.size != self._tree.size:
            self.fault(where, f"la tête couvre {head.size} actes ; {self._tree.size} la précèdent")
        elif head.root != self._tree.root().hex():
            self.fault(where, "la racine de la tête n’est pas celle des actes qui la précèdent : ils ont été modifiés après la signature")

    def _compare_with_kept(self) -> None:
        if self._kept is not None and self._tree.size == self._kept.size and self._tree.root().hex() != self._kept.root:
            self.fault("tête gardée", f"les {self._kept.size} premiers actes ne sont pas ceux qu’elle couvre : ils ont été réécrits")

    def finish(self, *, tail_allowed: bool = False) -> Verdict:
        """The verdict. `tail_allowed`: entries after the last head are no fault (the live journal, between two heads)."""
        since = self._tree.size - self._covered
        if not tail_allowed:
            if not self._heads:
                self.fault("", "aucune tête signée : rien ne prouve qui a écrit ce journal ni qu’il est entier")
            elif since:
                self.fault(self._uncovered_at, f"aucune tête ne couvre cet acte ni les suivants ({since})")
        kept = self._kept
        if kept is not None:
            if not kept.holds():
                self.fault("tête gardée", "sa signature ne tient pas")
            if self._key is not None and kept.key != self._key:
                self.fault("tête gardée", "elle est signée par une autre clé que celle qui est attendue")
            elif self._heads and kept.key not in self._keys:
                self.fault("tête gardée", f"sa clé ({kept.key[:60]}) n’a signé aucune tête de ce journal : il a été signé à nouveau")
            if kept.size > self._tree.size:
                self.fault("tête gardée", f"elle couvre {kept.size} actes ; le journal n’en a que {self._tree.size} : la fin manque")
        reasons = self._reasons + ([f"… et {self._untold} autres défauts"] if self._untold else [])
        return Verdict(self._tree.size, self._heads, self._tree.root().hex(), self._last_key, since, reasons)


def _order(found: int, expected: int) -> str:
    return "un acte manque ou l’ordre a changé" if found > expected else "un acte est répété ou l’ordre a changé"


def read_kept_head(data: bytes) -> TreeHead:
    """A head kept elsewhere: one tree-head line. Raises FaultError when it is not one."""
    if not data.strip(_SPACE):
        raise FaultError("le fichier est vide")
    return read_head(_head_value(read_json(data)))


def _head_value(line: dict[str, Any]) -> Any:
    if type(line) is not dict or "tree_head" not in line:
        raise FaultError("ce n’est pas une tête signée")
    if len(line) > 1:
        raise FaultError(f"membre inconnu : « {next(name for name in line if name != 'tree_head')[:40]} »")
    return line["tree_head"]


def verify_stream(stream: IO[bytes], *, key: str | None = None, kept: TreeHead | None = None) -> Verdict:
    """Verifies an exported journal (JSON lines). Blank lines are allowed, and counted in line numbers.

    Raises NotAJournalError when no line is one of a journal.
    """
    checker, number, known = Checker(key=key, kept=kept), 0, False
    while data := stream.readline(LONGEST_LINE):
        number += 1
        where = f"ligne {number}"
        if len(data) == LONGEST_LINE and not data.endswith(b"\n"):
            while data and not data.endswith(b"\n"):
                data = stream.readline(LONGEST_LINE)
            checker.lost(where, f"ligne de plus de {LONGEST_LINE // (1024 * 1024)} Mo")
            continue
        if not data.strip(_SPACE):
            continue
        try:
            line = read_json(data)
            if type(line) is not dict:
                raise FaultError("la ligne n’est pas un objet JSON")
            known = known or "tree_head" in line or not ENTRY_MEMBERS.isdisjoint(line)
            if "tree_head" in line:
                checker.head(where, read_head(_head_value(line)))
            else:
                checker.entry(where, read_entry(line))
        except FaultError as fault:
            checker.lost(where, str(fault))
    if not known:
        raise NotAJournalError
    return checker.finish()
