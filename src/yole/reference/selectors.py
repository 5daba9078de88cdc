"""Reads of the library: search, pages, the sheet of a benefit."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.db.models import F, QuerySet
from django.utils import timezone

from yole.base.memo import remember
from yole.reference.engine.words import content_words, expansions, passage, search_text, sentences
from yole.reference.enums import Origin, Status
from yole.reference.models import Section, Sheet, SheetVersion, Synonym

STALE_AFTER = timedelta(days=365)
K1, B = 1.2, 0.75  # BM25
TITLE_WEIGHT = 3
SYNONYM_WEIGHT = 0.7  # of a word that the synonym table adds
COMMON = 0.35  # a word of more than this share of the sections does not choose a section, unless there is no other
OTHERS = 0.3  # of the next best section, in the score of a sheet
UNKNOWN = 0.75  # a word that stands in no sheet counts less in the weight of a question: people tell their story around what they ask
COVER_POWER = 0.5  # a sheet that holds more of the question goes first
LEAST_COVER = 0.42  # share of the question, by weight of words, that a sheet must hold
LEAST_SCORE = 3.0
LONGEST_QUESTION = 300
MOST_CANDIDATES = 800  # sections scored for one question, chosen by its rarest words


@dataclass(frozen=True, slots=True)
class Hit:
    """A quoted passage: `quote` is a substring of the section `path` of the sheet. `dated` is the date of this version."""

    code: str
    title: str
    path: tuple[str, ...]
    quote: str
    version: int
    dated: date | None
    verified_on: date | None
    url: str
    origin: str
    score: float
    cover: float


@dataclass(frozen=True, slots=True)
class Answer:
    """What the library answers: `hits`, best first, or none when no sheet answers well enough."""

    question: str
    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class _Term:
    lexeme: str
    weight: float
    concept: int  # position of the word of the question that it stands for
    held: int  # sections that have it
    common: bool


def published() -> QuerySet[SheetVersion]:
    """Current versions of published sheets."""
    return SheetVersion.objects.filter(is_current=True, sheet__status=Status.PUBLISHED).select_related("sheet")


def version(code: str) -> SheetVersion | None:
    """The current version of a sheet by its code."""
    return published().filter(sheet__code=code).select_related("sheet__verified_by").prefetch_related("sections").first()


def versions(code: str) -> list[SheetVersion]:
    """Every version of a published sheet, latest first."""
    return list(SheetVersion.objects.filter(sheet__code=code, sheet__status=Status.PUBLISHED).order_by("-number"))


def by_theme() -> list[tuple[str, list[SheetVersion]]]:
    """Published sheets by theme, both in alphabetical order; at most 2,000."""
    groups: dict[str, list[SheetVersion]] = {}
    for one in published().order_by("title")[:2000]:
        groups.setdefault(one.sheet.theme or "Autres fiches", []).append(one)
    return sorted(groups.items(), key=lambda group: search_text(group[0]))


def is_stale(sheet: Sheet, day: date | None = None) -> bool:
    """Whether nobody verified the sheet in the last twelve months; never verified is stale too."""
    today = day or timezone.localdate()
    return sheet.verified_on is None or sheet.verified_on < today - STALE_AFTER


def sheet_for(benefit_id: str) -> SheetVersion | None:
    """The sheet that explains a benefit (`rsa`, `css` …), for the rights room: the first by number. None when there is none."""
    return published().filter(sheet__benefits__contains=[benefit_id]).order_by("sheet__code").first()


def to_verify() -> QuerySet[SheetVersion]:
    """Published sheets, those never verified first, then the oldest verification."""
    return published().select_related("sheet__verified_by").order_by(F("sheet__verified_on").asc(nulls_first=True), "title")


def _synonyms() -> list[tuple[str, str]]:
    return remember("reference.synonyms", 60, lambda: list(Synonym.objects.order_by("pk").values_list("everyday_key", "official_key")))


def _size() -> tuple[int, float]:
    """How many current sections there are, and their mean number of words: read again each minute, not for each question."""

    def read() -> tuple[int, float]:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*), greatest(coalesce(avg(s.words), 1), 1)::float8 FROM reference_section s "
                "JOIN reference_sheetversion v ON v.id = s.version_id WHERE v.is_current"
            )
            sections, words = cursor.fetchone()
        return int(sections), float(words)

    return remember("reference.size", 60, read)


def _stems(words: Sequence[str]) -> list[list[str]]:
    """The lexemes of each word as PostgreSQL's French dictionary gives them; none for its empty words."""
    if not words:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tsvector_to_array(to_tsvector('french', w)) FROM unnest(%s::text[]) WITH ORDINALITY AS q(w, i) ORDER BY i",
            [list(words)],
        )
        return [row[0] for row in cursor.fetchall()]


def _terms(question: str, *, synonyms: bool) -> tuple[list[_Term], float]:
    """The weighted terms of a question, and the weight of the whole question."""
    own = content_words(question)
    pairs = _synonyms() if synonyms else []
    added = expansions(question, pairs)
    stems = _stems([*own, *added])
    lexemes = sorted({lexeme for found in stems for lexeme in found})
    if not lexemes:
        return [], 0.0
    total = _size()[0]
    with connection.cursor() as cursor:
        cursor.execute("SELECT word, sections FROM reference_lexeme WHERE word = ANY(%s)", [lexemes])
        counts: dict[str, int] = dict(cursor.fetchall())

    def rarity(lexeme: str) -> float:
        held = counts.get(lexeme, 0)
        return math.log(1 + (total - held + 0.5) / (held + 0.5))

    by_concept: dict[str, _Term] = {}
    whole = 0.0
    for position, found in enumerate(stems[: len(own)]):
        for lexeme in found:
            if lexeme not in by_concept:
                by_concept[lexeme] = _Term(lexeme, rarity(lexeme), position, counts.get(lexeme, 0), counts.get(lexeme, 0) > COMMON * total)
                whole += rarity(lexeme) * (1 if counts.get(lexeme) else UNKNOWN)
    meant = _meant(question, own, pairs)
    for word, found in zip(added, stems[len(own) :], strict=True):
        for lexeme in found:
            if lexeme not in by_concept and counts.get(lexeme, 0):
                common = counts[lexeme] > COMMON * total
                by_concept[lexeme] = _Term(lexeme, SYNONYM_WEIGHT * rarity(lexeme), meant.get(word, -1), counts[lexeme], common)
    return list(by_concept.values()), whole


def _meant(question: str, own: Sequence[str], pairs: Sequence[tuple[str, str]]) -> dict[str, int]:
    """{word that the table added: position of a word of the question that brought it}."""
    padded = f" {search_text(question)} "
    found: dict[str, int] = {}
    for sides in pairs:
        for said, added in (sides, sides[::-1]):
            if f" {said} " in padded:
                at = next((i for i, word in enumerate(own) if word in said.split()), -1)
                for word in added.split():
                    found.setdefault(word, at)
    return found


_SEARCH = """
WITH q AS (
    SELECT i, w, (quote_literal(l))::tsquery AS anywhere, (quote_literal(l) || ':A')::tsquery AS in_title
    FROM unnest(%(lexemes)s::text[], %(weights)s::float8[]) WITH ORDINALITY AS t(l, w, i)
)
SELECT s.id, v.sheet_id, sum(q.w * f.tf * %(k)s / (f.tf + %(k1)s * (1 - %(b)s + %(b)s * s.words / %(mean)s))) AS score, array_agg(q.i)
FROM reference_section s
JOIN reference_sheetversion v ON v.id = s.version_id AND v.is_current
JOIN reference_sheet t ON t.id = v.sheet_id AND t.status = 'published'
JOIN q ON s.search @@ q.anywhere
CROSS JOIN LATERAL (SELECT CASE WHEN s.search @@ q.in_title THEN %(title)s ELSE 1 END AS tf) f
WHERE s.search @@ %(any)s::tsquery
GROUP BY s.id, v.sheet_id
ORDER BY score DESC, s.id
LIMIT 60
"""


def search(question: str, *, limit: int = 3, synonyms: bool = True) -> Answer:
    """Passages that answer a question in everyday words, at most one per sheet. No hit when nothing covers enough of the question."""
    question = " ".join(question.split())[:LONGEST_QUESTION]
    terms, whole = _terms(question, synonyms=synonyms)
    chosen = _chosen(terms)
    if not chosen:
        return Answer(question, ())
    with connection.cursor() as cursor:
        cursor.execute(
            _SEARCH,
            {
                "lexemes": [term.lexeme for term in terms],
                "weights": [term.weight for term in terms],
                "any": " | ".join(f"'{term.lexeme}'" for term in chosen),
                "k": K1 + 1,
                "k1": K1,
                "b": B,
                "title": TITLE_WEIGHT,
                "mean": _size()[1],
            },
        )
        rows = cursor.fetchall()
    sheets: dict[int, list[tuple[float, int, set[int]]]] = {}
    for section, sheet, score, matched in rows:
        sheets.setdefault(sheet, []).append((score, section, {at - 1 for at in matched}))
    ranked = []
    for found in sheets.values():
        score = found[0][0] + OTHERS * (found[1][0] if len(found) > 1 else 0.0)
        cover = _cover(terms, set().union(*(matched for _score, _section, matched in found)), whole)
        ranked.append((score * cover**COVER_POWER, cover, found[0][1]))
    ranked.sort(key=lambda one: (-one[0], one[2]))
    kept = [one for one in ranked[: limit * 4] if one[0] >= LEAST_SCORE and one[1] >= LEAST_COVER][:limit]
    return Answer(question, tuple(_hits(kept, {term.lexeme: term.weight for term in terms})))


def _chosen(terms: Sequence[_Term]) -> list[_Term]:
    """The words that choose the sections to score: the rarest, until they stand in enough sections; never those in none."""
    known = sorted((term for term in terms if term.held), key=lambda term: term.held)
    kept: list[_Term] = []
    for term in [term for term in known if not term.common] or known:
        if kept and sum(one.held for one in kept) + term.held > MOST_CANDIDATES:
            break
        kept.append(term)
    return kept


def _cover(terms: Sequence[_Term], matched: set[int], whole: float) -> float:
    """Share of the question that a sheet holds: a word counts when it, or what the synonym table gives for it, stands in the sheet."""
    concepts = {terms[at].concept for at in matched}
    own: dict[int, float] = {}
    for term in terms:
        own[term.concept] = max(own.get(term.concept, 0.0), term.weight)
    held = sum(weight for concept, weight in own.items() if concept in concepts and concept >= 0)
    return held / max(whole, held, 1e-9)


def _hits(kept: Sequence[tuple[float, float, int]], weights: dict[str, float]) -> list[Hit]:
    found = {one.pk: one for one in Section.objects.filter(pk__in=[section for _s, _c, section in kept]).select_related("version__sheet")}
    spans = {pk: sentences(one.content) for pk, one in found.items()}
    flat = [(pk, span) for pk, of_text in spans.items() for span in of_text]
    stems = _stems([search_text(found[pk].content[start:end]) for pk, (start, end) in flat])
    scores: dict[int, list[float]] = {pk: [] for pk in found}
    for (pk, _span), lexemes in zip(flat, stems, strict=True):
        scores[pk].append(sum(weights.get(lexeme, 0.0) for lexeme in lexemes))
    hits = []
    for score, cover, pk in kept:
        one = found[pk]
        sheet = one.version.sheet
        hits.append(
            Hit(
                sheet.code, one.version.title, tuple(one.path), passage(one.content, spans[pk], scores[pk]), one.version.number,
                one.version.dated, sheet.verified_on, sheet.url, Origin(sheet.origin).label, round(score, 3), round(cover, 3),
            )
        )  # fmt: skip
    return hits


def as_json(answer: Answer) -> dict[str, Any]:
    """What `yole reference search --json` prints."""
    return {
        "question": answer.question,
        "answered": bool(answer.hits),
        "hits": [
            {
                "sheet": hit.code,
                "title": hit.title,
                "path": list(hit.path),
                "quote": hit.quote,
                "version": hit.version,
                "dated": hit.dated.isoformat() if hit.dated else None,
                "verified_on": hit.verified_on.isoformat() if hit.verified_on else None,
                "url": hit.url,
                "score": hit.score,
            }
            for hit in answer.hits
        ],
    }
