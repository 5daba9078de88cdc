"""Contrasts of design.md §3, recomputed from the tokens in both themes."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest

from yole.base.paths import PACKAGE

STATIC = PACKAGE / "base" / "static" / "yole"
TEXT, EDGE = 4.5, 3.0
PAIRS = [
    *((text, ground, TEXT) for text in ("ink", "ink-2", "sea") for ground in ("ground", "ground-2", "ground-3")),
    *((f"on-{name}", name, TEXT) for name in ("sea", "sun", "deep")),
    ("on-deep-2", "deep", TEXT),
    ("on-sun", "sun-bright", TEXT),
    ("on-sea", "sea-bright", TEXT),
    ("ink", "sun-soft", TEXT),
    ("sea", "sun-soft", TEXT),
    *((name, f"{name}-soft", TEXT) for name in ("ok", "warning", "error", "info")),
    *(("ink", f"{name}-soft", TEXT) for name in ("ok", "warning", "error", "info")),
    *(("sea", f"{name}-soft", TEXT) for name in ("ok", "warning", "error", "info")),
    ("error", "ground", TEXT),
    ("edge", "ground", EDGE),
    ("edge", "ground-2", EDGE),
    ("focus", "ground", EDGE),
    ("focus", "ground-2", EDGE),
    ("sea", "ground-3", EDGE),
    ("sun", "deep", EDGE),
]


def themes(css: str) -> dict[str, dict[str, str]]:
    """The tokens of each theme: light, dark by the system, dark by choice."""
    light = dict(re.findall(r"--([\w-]+):\s*(#[0-9a-fA-F]{6})", css[css.index(":root {") : css.index("@media")]))
    blocks = re.split(r"@media screen", css)[1:]
    found = {"light": light}
    for name, block in zip(("dark by the system", "dark by choice"), blocks, strict=True):
        found[name] = light | dict(re.findall(r"--([\w-]+):\s*(#[0-9a-fA-F]{6})", block))
    return found


THEMES = themes((STATIC / "tokens.css").read_text(encoding="utf-8"))


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    r, g, b = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_contrast_formula_on_known_values() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("theme", list(THEMES))
@pytest.mark.parametrize(("front", "back", "least"), PAIRS)
def test_contrast(theme: str, front: str, back: str, least: float) -> None:
    tokens = THEMES[theme]
    ratio = contrast(tokens[front], tokens[back])
    assert ratio >= least, f"{front} on {back}, {theme}: {ratio:.2f} under {least}"


def test_secondary_text_is_comfortable_on_the_page() -> None:
    assert all(contrast(tokens["ink-2"], tokens["ground"]) >= 7 for tokens in THEMES.values())


def test_the_two_dark_themes_are_one() -> None:
    assert THEMES["dark by the system"] == THEMES["dark by choice"]


def test_style_sheet_stays_light() -> None:
    sheets = [gzip.compress((STATIC / name).read_bytes()) for name in ("tokens.css", "yole.css")]
    assert sum(map(len, sheets)) < 15_000


def test_every_token_used_exists() -> None:
    tokens = (STATIC / "tokens.css").read_text(encoding="utf-8")
    known = set(re.findall(r"--([\w-]+):", tokens))
    used = set(re.findall(r"var\(--([\w-]+)", (STATIC / "yole.css").read_text(encoding="utf-8")))
    assert used <= known, used - known


def test_fonts_come_with_their_licence() -> None:
    css = (STATIC / "yole.css").read_text(encoding="utf-8")
    for name in re.findall(r"url\((fonts/[^)]+)\)", css):
        assert (STATIC / name).is_file()
    assert "SIL OPEN FONT LICENSE" in (Path(STATIC) / "fonts" / "OFL.txt").read_text(encoding="utf-8").upper()
