"""The findings of a check as the command and the import screen show them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from yole.places.engine.checks import Finding, Findings
from yole.places.engine.duplicates import SAME_PLACE, Pair
from yole.places.engine.rows import Row
from yole.places.engine.schema import DUMMY_PIVOT


def as_json(findings: Findings, pairs: Iterable[Pair]) -> dict[str, Any]:
    """The object that `yole places check --json` prints."""
    return {
        "rows": findings.rows,
        "valid": findings.valid,
        "errors": [_finding(finding) for finding in findings.errors],
        "warnings": [_finding(finding) for finding in findings.warnings],
        "duplicates": [{"rows": list(pair.rows), "score": pair.score, "reasons": list(pair.reasons)} for pair in pairs],
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {"row": finding.row, "field": finding.field, "code": finding.code, "message": finding.message}


def as_text(findings: Findings, pairs: Sequence[Pair], rows: Sequence[Row]) -> list[str]:
    """Lines of French for a person: errors, warnings, duplicates, then a summary."""
    lines: list[str] = []
    for title, found in (("Erreurs", findings.errors), ("À regarder", findings.warnings)):
        if found:
            lines += [f"{title} ({_count(len(found))})", *(f"  ligne {f.row}, {f.field} [{f.code}] : {f.message}" for f in found), ""]
    if pairs:
        lines.append(f"Lieux qui se ressemblent ({_count(len(pairs))})")
        for pair in pairs:
            names = " / ".join(f"« {rows[number - 1]['nom']} »" for number in pair.rows)
            verdict = "sans doute le même lieu" if pair.score >= SAME_PLACE else "à comparer"
            lines.append(
                f"  lignes {pair.rows[0]} et {pair.rows[1]}, {verdict} ({pair.score:.2f}) : {names} ; {', '.join(pair.reasons)}".replace(
                    ".", ",", 1
                )
            )
        lines.append("")
    lines.append(f"{_many(findings.rows, 'ligne lue', 'lignes lues')}, {_many(findings.valid, 'sans erreur', 'sans erreur')}.")
    for label, found in (("Erreurs", findings.errors), ("À regarder", findings.warnings)):
        if found:
            counts = Counter(f.code for f in found)
            lines.append(f"{label} : " + ", ".join(f"{code} {_count(count)}" for code, count in counts.most_common()) + ".")
    same = sum(pair.score >= SAME_PLACE for pair in pairs)
    if pairs:
        lines.append(
            f"Doublons probables : {_count(same)} ; ressemblances à comparer : {_count(len(pairs) - same)}. Rien n'est fusionné sans vous."
        )
    if not (findings.errors or findings.warnings or pairs):
        lines.append("Rien à signaler.")
    return lines


def dummy_pivot_note(findings: Findings) -> str:
    """The note on pivots that are fourteen zeros: counted once, never an alarm."""
    return (
        f"Note : {_many(findings.dummy_pivots, 'ligne porte', 'lignes portent')} le pivot de remplissage {DUMMY_PIVOT} (aucun SIRET connu)."
    )


def _many(count: int, one: str, several: str) -> str:
    return f"{_count(count)} {several if count > 1 else one}"


def _count(count: int) -> str:
    return f"{count:,}".replace(",", "\u00a0")
