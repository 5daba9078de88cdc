"""How a service says no."""

from __future__ import annotations


class Refused(Exception):  # noqa: N818  # the word of the house: a refusal is an answer, not a fault
    """An act that is not done, with the reason in words a person understands and, where there is one, the next step.

    `field` names the form field at fault, so that a page can show the reason beside it; `code` is stable for programs.
    """

    def __init__(self, reason: str, *, remedy: str = "", field: str | None = None, code: str = "refused", status: int = 409) -> None:
        self.reason = reason
        self.remedy = remedy
        self.field = field
        self.code = code
        self.status = status
        super().__init__(f"{reason} {remedy}".strip())
