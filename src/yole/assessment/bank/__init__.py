"""The questions of the diagnosis: their sources (JSON and drawings of this folder), their checks, and their exchange formats.

No framework, database or network: a question is a frozen value, and the engine takes arrays from the bank.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from yole.assessment.bank.model import Item, ItemBank, Option, Picture

__all__ = ["DRAWINGS", "ITEMS", "Item", "ItemBank", "Option", "Picture", "drawing", "load_bank"]

ITEMS = Path(__file__).parent / "items"
DRAWINGS = Path(__file__).parent / "drawings"


@cache
def load_bank() -> ItemBank:
    """The bank shipped with the product, in the order of competences; read once per process."""
    from yole.assessment.bank.files import read_items

    items = [item for path in sorted(ITEMS.glob("*.json")) for item in read_items(path).or_raise()]
    return ItemBank(tuple(items))


@cache
def drawing(src: str) -> str:
    """The SVG of a drawing, as text to put into a page. Raises KeyError when the bank has no drawing of that name."""
    path = DRAWINGS / src
    if path.parent != DRAWINGS or path.suffix != ".svg" or not path.is_file():
        raise KeyError(src)
    return path.read_text(encoding="utf-8")
