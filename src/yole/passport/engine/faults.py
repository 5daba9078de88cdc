"""What is wrong with a credential, told twice: a code that machines keep, a French sentence for the page."""

from __future__ import annotations

from typing import NamedTuple


class Reason(NamedTuple):
    """A stable code and one French sentence."""

    code: str
    text: str


class FaultError(ValueError):
    """Something that cannot be accepted. `code` is stable; the message is one French sentence without any secret."""

    def __init__(self, code: str, text: str) -> None:
        self.code = code
        self.text = text
        super().__init__(text)

    @property
    def reason(self) -> Reason:
        return Reason(self.code, self.text)


class NotFoundError(FaultError):
    """No credential in what was given: nothing to judge."""


class UnreadableError(FaultError):
    """A credential may be there, but it cannot be parsed without ambiguity."""


def quoted(value: object, limit: int = 60) -> str:
    """A value of the document, on one line and cut, between French quotes."""
    text = " ".join(str(value).split())
    text = "".join(symbol if symbol.isprintable() else "?" for symbol in text[: limit + 1])
    return f"« {text if len(text) <= limit else text[: limit - 1] + '…'} »"
