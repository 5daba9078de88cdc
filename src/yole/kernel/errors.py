"""The one way in which bad input is told: where, what was found, what is expected."""

from __future__ import annotations


class InputError(ValueError):
    """A request that cannot be served. Its text is one line of French naming place, value and remedy."""

    def __init__(
        self,
        message: str,
        *,
        file: str | None = None,
        row: int | None = None,
        column: str | None = None,
        found: object = None,
        expected: str | None = None,
    ) -> None:
        self.message = message
        self.file = file
        self.row = row
        self.column = column
        self.found = found
        self.expected = expected
        super().__init__(self.one_line())

    def one_line(self) -> str:
        """The whole message on one line, column and field names as they stand in the file."""
        place = [str(self.file)] if self.file else []
        if self.row is not None:
            place.append(f"ligne {self.row}")
        if self.column:
            place.append(f"colonne « {self.column} »")
        text = self.message.rstrip(".")
        if self.found is not None:
            shown = str(self.found)
            text += f" ; trouvé : « {shown if len(shown) <= 80 else shown[:77] + '…'} »"
        if self.expected:
            text += f" ; attendu : {self.expected}"
        line = (", ".join(place) + " : " if place else "") + text + "."
        return " ".join(line.split())
