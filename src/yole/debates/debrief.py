"""The debrief of a café as files: JSON and CSV for everybody, votes for whoever wants to compute again.

No common format exists for the debrief of a Café IA; ours (`yole-cafe-ia-1`) is described in docs/guides/cafe-ia.md.
"""

from __future__ import annotations

from typing import Any

from yole.base.errors import Refused
from yole.debates import files, selectors
from yole.debates.enums import CafePublic, CafeState, CafeTheme, Format, Pillar
from yole.debates.models import Cafe
from yole.kernel.tables import write_safe_table

FORMAT = "yole-cafe-ia-1"
LICENCE = "CC BY 4.0"


def published(cafe: Cafe) -> bool:
    """Whether the debrief may be read: the vote is closed, or the café is over without a vote."""
    return cafe.vote_closed_at is not None or (cafe.state == CafeState.CLOSED and cafe.vote_opened_at is None)


def as_json(cafe: Cafe) -> dict[str, Any]:
    """The debrief as plain values. Raises Refused before the vote is closed."""
    if not published(cafe):
        raise Refused("Le résultat n’est pas encore publié.", remedy="Il apparaît quand l’animateur ferme le vote.", code="not-closed")
    result = selectors.room_result(cafe)
    day = selectors.local_day(cafe)
    return {
        "format": FORMAT,
        "licence": LICENCE,
        "fictional": cafe.is_fictional,
        "edition": day.year,
        "title": cafe.title,
        "date": day.isoformat(),
        "place": {
            "name": cafe.place.name if cafe.place is not None else cafe.place_text,
            "commune": cafe.commune.name if cafe.commune is not None else "",
            "insee": cafe.commune_id or "",
        },
        "public": CafePublic(cafe.public).label,
        "kind": Format(cafe.format).label,
        "pillars": [Pillar(code).label for code in cafe.pillars],
        "themes": [CafeTheme(code).label for code in cafe.themes] + list(cafe.free_themes),
        "people_counted": cafe.people_counted,
        "ballots": cafe.ballots_cast,
        "contributions": [
            {"type": one.kind, "theme": one.theme, "text": one.text, "count": one.count, "merged": [each.text for each in one.merged]}
            for one in selectors.published_texts(cafe)
        ],
        "votes_withheld": result.withheld if result is not None else "",
        "votes": [
            {
                "statement": row.wording,
                "type": row.kind,
                "agree": row.result.agree,
                "disagree": row.result.disagree,
                "pass": row.result.passed,
                "seen": row.result.seen,
                "low": round(row.result.low, 6),
                "high": round(row.result.high, 6),
                "label": row.result.label,
            }
            for row in (result.rows if result is not None else ())
        ],
        "orientations": [
            {"what": one.what, "who": one.who, "due_on": one.due_on.isoformat() if one.due_on else None} for one in cafe.orientations.all()
        ],
        "ideas": [
            {
                "text": idea.text,
                "proposals": [
                    {"title": one.title, "answer": str(one.state), "commitments": one.promises, "url": one.url} for one in idea.outcomes
                ],
            }
            for idea in selectors.followed(cafe)
        ],
    }


_HEADER = ("ligne", "type", "theme", "texte", "nombre", "daccord", "pas_daccord", "passe", "vu", "bas", "haut", "mot", "qui", "pour")


def as_csv(cafe: Cafe) -> bytes:
    """The same in one table, a line per contribution, statement and orientation. Raises Refused before the vote is closed."""
    found = as_json(cafe)
    rows: list[list[object]] = []
    for one in found["contributions"]:
        rows.append(["contribution", one["type"], one["theme"], one["text"], one["count"], *[None] * 9])
    for one in found["votes"]:
        counts = [one[name] for name in ("agree", "disagree", "pass", "seen", "low", "high", "label")]
        rows.append(["vote", one["type"], None, one["statement"], None, *counts, None, None])
    for one in found["orientations"]:
        rows.append(["suite", None, None, one["what"], *[None] * 8, one["who"], one["due_on"]])
    return write_safe_table(_HEADER, rows)


def votes_csv(cafe: Cafe) -> bytes:
    """One line per ballot in random order, for `yole debates analyse`. Raises Refused before the closing or for a handful of ballots."""
    result = selectors.room_result(cafe)
    if result is None:
        raise Refused("Le vote n’est pas fermé.", code="not-closed")
    if result.withheld:
        raise Refused(result.withheld, code="too-few")
    return files.write_votes(selectors.ballots_of(cafe))
