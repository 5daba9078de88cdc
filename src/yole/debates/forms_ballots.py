"""Forms of paper ballots: how many to print, photos to read, a sheet to type."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from yole.base.forms import PlainForm
from yole.debates import scan
from yole.debates.models_ballots import BallotForm
from yole.debates.services_ballots import BLANK, MOST_FILE_BYTES, MOST_FILES, MOST_PAGES, MOST_PRINTED

CHOICES = ((1, "D’accord"), (-1, "Pas d’accord"), (0, "Je passe"), (BLANK, "Rien, ou illisible"))


class PrintForm(PlainForm):
    ballots = forms.IntegerField(
        label="Combien de bulletins ?", min_value=1, max_value=MOST_PRINTED, help_text=f"Un par personne, {MOST_PRINTED} au plus à la fois."
    )


class _SeveralFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class _FilesField(forms.FileField):
    """Several files at once, cleaned to a list of (name, bytes); each is read only once its size is known."""

    widget = _SeveralFiles

    def clean(self, data: Any, initial: Any = None) -> list[tuple[str, bytes]]:
        given = [one for one in data or () if one]
        if not given:
            raise forms.ValidationError("Choisissez au moins un fichier.", code="missing")
        if len(given) > MOST_FILES or any((one.size or 0) > MOST_FILE_BYTES for one in given):
            raise forms.ValidationError(
                f"{MOST_FILES} fichiers au plus, de {MOST_FILE_BYTES // 1024 // 1024} Mo au plus chacun.", code="too-many"
            )
        return [((one.name or "fichier")[:80], one.read()) for one in given]


class ReceiveForm(PlainForm):
    sheets = _FilesField(
        label="Photos, scans ou PDF",
        help_text=f"{MOST_FILES} fichiers et {MOST_PAGES} pages au plus. Toute la feuille, les quatre carrés noirs visibles.",
        widget=_SeveralFiles(attrs={"accept": ",".join(scan.EXTENSIONS)}),
    )


class SheetForm(PlainForm):
    """Which sheet of paper is in hand: what is printed at its top right."""

    code = forms.ChoiceField(label="Code imprimé en haut à droite")
    page = forms.IntegerField(label="Numéro de la feuille", min_value=1)

    def __init__(self, printed: Sequence[BallotForm], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["code"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [(one.code, f"{one.code}, imprimé le {one.made_at:%d/%m/%Y}") for one in printed]


class CellsForm(PlainForm):
    """One choice per row: `rows` are (row, words of the statement). `cells()` gives {row: value}."""

    def __init__(self, rows: Sequence[tuple[int, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows = [row for row, _words in rows]
        for row, words in rows:
            self.fields[f"row{row}"] = forms.TypedChoiceField(label=words, choices=CHOICES, coerce=int, widget=forms.RadioSelect)

    def cells(self) -> dict[int, int]:
        return {row: self.cleaned_data[f"row{row}"] for row in self.rows}
