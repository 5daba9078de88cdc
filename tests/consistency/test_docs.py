"""The documentation is true: every command and every setting is in it, and nothing that does not exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from yole.cli import COMMANDS, _load

ROOT = Path(__file__).resolve().parent.parent.parent
OPERATIONS = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
SOURCE = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "src").rglob("*.py"))


def commands() -> set[str]:
    """Every command as typed: `yole serve`, `yole places check`."""
    found = set()
    for name, (module, attribute, help_text) in COMMANDS.items():
        command = _load(name, module, attribute, help_text)
        inner = getattr(command, "commands", None)
        found |= {f"yole {name} {sub}" for sub in inner} if inner else {f"yole {name}"}
    return found


def test_every_command_is_documented_and_every_documented_command_exists() -> None:
    documented = set(re.findall(r"^\| `(yole [a-z-]+(?: [a-z-]+)?)", OPERATIONS, flags=re.M))
    assert documented == commands()


def test_every_setting_is_documented_and_every_documented_setting_exists() -> None:
    used = set(re.findall(r"\bYOLE_[A-Z_]+\b", SOURCE))
    documented = set(re.findall(r"^\| `(YOLE_[A-Z_]+)`", OPERATIONS, flags=re.M))
    assert documented == used


@pytest.mark.parametrize("path", sorted(p for p in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]), ids=lambda p: p.name)
def test_links_between_documents_lead_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", path.read_text(encoding="utf-8")):
        if not target.startswith(("http://", "https://", "mailto:")):
            assert (path.parent / target).exists(), f"{path.name} → {target}"


def test_make_targets_named_in_the_documents_exist() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.M))
    named: set[str] = set()
    for path in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]:
        named |= set(re.findall(r"`make ([a-z]+)", path.read_text(encoding="utf-8")))
    assert named <= targets


def test_each_dependency_has_its_reason() -> None:
    lines = (ROOT / "pyproject.toml").read_text(encoding="utf-8").splitlines()
    dependencies = [line for line in lines if re.match(r'^  "[a-z].*[><=]', line)]
    assert len(dependencies) > 20
    assert [line for line in dependencies if "#" not in line] == []


def test_lock_files_have_hashes_and_no_address() -> None:
    for name in ("requirements.lock", "requirements-dev.lock", "requirements-rights.lock"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert "--hash=sha256:" in text
        assert not re.search(r"--(extra-)?index-url|--find-links|https?://", text)
