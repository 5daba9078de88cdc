"""Reading what a form, a device or a file says, value by value, gathering what is wrong with its remedy."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from yole.activities.enums import MAX_COUNT
from yole.base.errors import Refused


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong: the key of the data, the reason and the remedy in French, a stable code."""

    field: str
    reason: str
    remedy: str
    code: str


class ReportRefusedError(Refused):
    """A report that breaks rules: every problem, the first one told as any refusal is."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        first = problems[0]
        super().__init__(first.reason, remedy=first.remedy, field=first.field, code=first.code, status=422)


class Reader:
    """Reads the values of one report and gathers what is wrong."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self.data = data
        self.problems: list[Problem] = []

    def wrong(self, name: str, reason: str, remedy: str, code: str) -> None:
        self.problems.append(Problem(name, reason, remedy, code))

    def text(self, name: str, most: int, *, lines: bool = False) -> str:
        raw = self.data.get(name)
        if raw is None:
            return ""
        if not isinstance(raw, str):
            self.wrong(name, "Ce n’est pas un texte.", "Écrivez un texte.", "type")
            return ""
        clean = raw.replace("\x00", "").replace("\r\n", "\n").strip() if lines else " ".join(raw.replace("\x00", "").split())
        if len(clean) > most:
            self.wrong(name, f"Ce texte a {len(clean)} caractères.", f"La limite est de {most}.", "long")
        return clean

    def choice(self, name: str, values: Iterable[str], *, required: str = "") -> str:
        raw = self.data.get(name) or ""
        if raw == "" and required:
            self.wrong(name, required, "Choisissez une réponse de la liste.", "missing")
            return ""
        allowed = list(values)
        if raw != "" and raw not in allowed:
            self.wrong(name, f"« {str(raw)[:40]} » n’est pas dans la liste.", f"Attendu : {', '.join(allowed)}.", "unknown")
            return ""
        return str(raw)

    def choices(self, name: str, values: Iterable[str]) -> list[str]:
        raw = self.data.get(name) or []
        if not isinstance(raw, list | tuple):
            self.wrong(name, "Ce n’est pas une liste.", "Donnez une liste de réponses.", "type")
            return []
        allowed = list(values)
        for value in raw:
            if value not in allowed:
                self.wrong(name, f"« {str(value)[:40]} » n’est pas dans la liste.", f"Attendu : {', '.join(allowed)}.", "unknown")
                return []
        return [value for value in allowed if value in raw]

    def integer(self, name: str, raw: Any, *, most: int, what: str) -> int | None:
        """A whole number from 0 to `most`; None for nothing. Text of digits is read; booleans, halves and negatives are not numbers."""
        if raw is None or raw == "":
            return None
        text = str(raw).strip()
        if isinstance(raw, bool) or not text.removeprefix("-").isdecimal() or not text.isascii():
            self.wrong(name, f"« {text[:40]} » n’est pas un nombre entier.", f"Écrivez {what} en chiffres.", "number")
            return None
        value = int(text) if len(text) < 12 else MAX_COUNT * MAX_COUNT
        if value < 0:
            self.wrong(name, f"{text} est négatif.", f"Écrivez {what} : zéro ou plus.", "negative")
            return None
        if value > most:
            self.wrong(name, f"{text[:12]} est trop grand.", f"Le maximum est {most}.", "large")
            return None
        return value

    def boolean(self, name: str) -> bool | None:
        raw = self.data.get(name)
        if raw is None or isinstance(raw, bool):
            return raw
        self.wrong(name, "La réponse est oui ou non.", "Choisissez oui ou non.", "type")
        return None

    def key(self, name: str) -> int | None:
        return self.integer(name, self.data.get(name), most=2**53, what="le numéro")
