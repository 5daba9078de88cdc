"""Rules that every template of the project keeps."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from yole.base.paths import PACKAGE

TEMPLATES = sorted(p for p in PACKAGE.rglob("templates/**/*") if p.suffix in {".html", ".txt", ".svg"})
COMMENT = re.compile(r"{#.*?#}|{% comment.*?endcomment %}", re.DOTALL)
RULES = {
    "a style attribute": re.compile(r"\sstyle\s*=", re.IGNORECASE),
    "a style element": re.compile(r"<style\b", re.IGNORECASE),
    "an inline script": re.compile(r"<script\b(?![^>]*\bsrc=)", re.IGNORECASE),
    "an event attribute": re.compile(r"\son[a-z]+\s*=\s*[\"']", re.IGNORECASE),
    "a colour": re.compile(r"(?<![&\w/\"'#-])#(?:[0-9a-f]{3}|[0-9a-f]{6})\b(?![\w-])|(?:fill|stroke|color)=[\"']#", re.IGNORECASE),
    "a resource of another site": re.compile(
        r"<(?:script|img|link|iframe|source|use|object|embed)\b[^>]*(?:src|href|data)=[\"'](?:https?:)?//", re.IGNORECASE
    ),
    "a straight autofocus on a field": re.compile(r"<(?:input|select|textarea)\b[^>]*\bautofocus", re.IGNORECASE),
    "a positive tabindex": re.compile(r"tabindex=[\"'][1-9]", re.IGNORECASE),
    "a placeholder": re.compile(r"\splaceholder=", re.IGNORECASE),
}


def test_there_are_templates() -> None:
    assert len(TEMPLATES) > 20


@pytest.mark.parametrize("rule", list(RULES))
def test_no_template_has(rule: str) -> None:
    found = [f"{path.relative_to(PACKAGE)}: {m.group().strip()}" for path in TEMPLATES for m in RULES[rule].finditer(_text(path))]
    assert not found, f"{rule}:\n" + "\n".join(found)


def _text(path: Path) -> str:
    return COMMENT.sub("", path.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("rule", "wrong", "right"),
    [
        ("a style attribute", '<p style="x">', "<p class='style'>"),
        ("an inline script", "<script>1</script>", '<script src="x.js" defer></script>'),
        ("an event attribute", '<a onclick="x">', '<a data-on="x">'),
        ("a colour", '<path fill="#fff"/>', '<a href="#add">'),
        ("a resource of another site", '<img src="https://x/y.png">', '<a href="https://x/">'),
        ("a positive tabindex", '<p tabindex="1">', '<p tabindex="-1">'),
    ],
)
def test_rules_see_what_they_forbid(rule: str, wrong: str, right: str) -> None:
    assert RULES[rule].search(wrong)
    assert not RULES[rule].search(right)
