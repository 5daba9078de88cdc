"""The translation catalogues say exactly what the sources say, and nobody reads an empty English page."""

from __future__ import annotations

import ast
import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from yole.base.paths import checkout

ROOT = checkout()
pytestmark = pytest.mark.skipif(ROOT is None, reason="catalogues are checked from a source checkout")


@pytest.fixture(scope="module")
def messages() -> ModuleType:
    spec = importlib.util.spec_from_file_location("yole_tools_messages", Path(str(ROOT)) / "tools" / "messages.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def entries(messages: ModuleType) -> Any:
    """Every string of the sources; nobody changes the list."""
    return messages.extract()


@pytest.mark.parametrize("language", ["en", "gcf", "fr"])
def test_catalogue_is_what_the_sources_say(messages: ModuleType, entries: Any, language: str) -> None:
    old = messages.read(language)
    known = {(m.context or "", m.id[0] if isinstance(m.id, (tuple, list)) else m.id) for m in old if m.id}
    wanted = {entry.key[:2]: entry.places[0] for entry in entries if language != "fr" or entry.key[2]}
    missing = [f"{place} : {key[1]}" for key, place in wanted.items() if key not in known]
    assert not missing, "lancez python tools/messages.py :\n" + "\n".join(missing)
    assert known == set(wanted)
    folder = messages.LOCALE / language / "LC_MESSAGES"
    po = messages.po_bytes(language, messages.build(language, entries, old))
    assert (folder / "django.po").read_bytes() == po
    assert (folder / "django.mo").read_bytes() == messages.mo_bytes(po), "le .mo n'est pas celui du .po"


@pytest.mark.parametrize("language", ["en", "gcf"])
def test_translations_are_whole_and_keep_their_variables(messages: ModuleType, entries: Any, language: str) -> None:
    assert not messages.problems(language, messages.read(language), entries)


def test_no_marked_string_hides_from_the_extraction(messages: ModuleType, entries: Any) -> None:
    """A call inside an f-string is one token for the extractor: Python's own parser sees it."""
    extracted = {entry.key[1] for entry in entries}
    hidden = []
    for path in messages.source_files():
        if path.suffix != ".py":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in messages.KEYWORDS and node.args:
                literals = [a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
                if literals and not extracted & set(literals):
                    hidden.append(f"{path.name}:{node.lineno} : {literals[0]}")
    assert not hidden, hidden


def test_extraction_reads_each_way_of_marking(messages: ModuleType, tmp_path: Path) -> None:
    room = tmp_path / "src" / "yole" / "base"
    (room / "templates").mkdir(parents=True)
    (room / "views.py").write_text(
        'x = _("Un")\ny = ngettext("%(n)s lieu", "%(n)s lieux", n)\nz = pgettext("verbe", "Ferme")\n', encoding="utf-8"
    )
    (room / "templates" / "a.html").write_text(
        "<p>\n    {% translate 'Deux' %}\n  {% tag 'ok' _('Trois') %}\n"
        '{% blocktranslate trimmed count n=n %}\n  {{ n }} place\n{% plural %}\n  {{ n }} places\n{% endblocktranslate %} l\'eau "x"</p>',
        encoding="utf-8",
    )
    (tmp_path / "src" / "yole" / "kernel").mkdir()
    (tmp_path / "src" / "yole" / "kernel" / "x.py").write_text('_("Ailleurs")', encoding="utf-8")
    entries = {entry.key: entry.places for entry in messages.extract(tmp_path / "src" / "yole")}
    assert set(entries) == {
        ("", "Un", ""),
        ("", "%(n)s lieu", "%(n)s lieux"),
        ("verbe", "Ferme", ""),
        ("", "Deux", ""),
        ("", "Trois", ""),
        ("", "%(n)s place", "%(n)s places"),
    }
    assert entries[("", "Deux", "")] == ["src/yole/base/templates/a.html:2"]


def test_update_keeps_translations_and_tells_what_is_missing(messages: ModuleType, tmp_path: Path) -> None:
    entries = [messages.Entry(("", "Un", ""), ["a:1"]), messages.Entry(("", "%(n)s lieu", "%(n)s lieux"), ["a:2"])]
    first = messages.build("en", entries, None)
    assert messages.problems("en", first, entries) == ["a:1 : sans traduction (en) : « Un »", "a:2 : sans traduction (en) : « %(n)s lieu »"]
    first.get("Un").string = "One"
    first.get("%(n)s lieu").string = ("%(n)s place", "%(x)s places")
    second = messages.build("en", entries, first)
    assert second.get("Un").string == "One"
    assert messages.problems("en", second, entries) == ["a:2 : variables différentes (en) : « %(x)s places » pour « %(n)s lieu »"]


def test_french_zero_is_singular() -> None:
    from django.utils import translation

    with translation.override("fr"):
        assert translation.ngettext("%(n)s an", "%(n)s ans", 0) == "%(n)s an"
        assert translation.ngettext("%(n)s an", "%(n)s ans", 2) == "%(n)s ans"
