"""The numbers this room publishes. One function per number; screens, exports, shared links and the API call these and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from yole.activities import indicators_read as read
from yole.activities.enums import Material, PlaceKind, V1AgeBand
from yole.activities.indicators_guard import KINDS, Beside, around, fewest, row_mask
from yole.activities.indicators_guard import lines as lines_around
from yole.activities.indicators_guard import mask as mask_of
from yole.activities.indicators_read import NOT_TOGETHER, Question, Sums
from yole.kernel.indicators import EXACT, Indicator, Value
from yole.kernel.protection import protect_line, protect_overlapping
from yole.people.enums import AgeBand, Gender, SocialStatus

SOURCE = "Activités saisies ou importées dans Yole"
_MONTHS = "Sommes par mois des tables de cumul, refaites à chaque changement et recomptées chaque nuit."

ACTIVITIES = Indicator(
    id="activities.activities",
    name="Activités",
    definition="Comptes rendus d’activité datés de la période. Un atelier de douze personnes est une activité.",
    unit="activités",
    population="Activités individuelles et collectives non supprimées ; les activités de coordination n’y sont pas.",
    how_computed=_MONTHS,
    source=SOURCE,
)
ACCOMPANIMENTS = Indicator(
    id="activities.accompaniments",
    name="Accompagnements",
    definition=(
        "Une personne présente à une activité fait un accompagnement. La même personne venue trois fois en fait trois. "
        "Une personne saisie par deux structures pour le même atelier n’en fait qu’un."
    ),
    unit="accompagnements",
    population="Personnes identifiées et personnes anonymes des activités non supprimées.",
    how_computed=_MONTHS,
    source=SOURCE,
)
PERSONS = Indicator(
    id="activities.persons",
    name="Personnes différentes",
    definition=(
        "Personnes identifiées (suivies, ou munies d’une carte) présentes à une activité au moins. Chacune compte une fois, "
        "quel que soit le nombre de ses venues. Les personnes anonymes n’y sont pas : on ne sait pas les reconnaître."
    ),
    unit="personnes",
    population="Personnes identifiées ; deux fiches réunies comptent une fois, dans toutes les périodes.",
    how_computed="Dénombrement des personnes du périmètre sur toute la période. Ne s’additionne ni entre mois, ni entre lieux.",
    source=SOURCE,
)
ANONYMOUS_SHARE = Indicator(
    id="activities.anonymous-share",
    name="Part des accompagnements anonymes",
    definition="Accompagnements de personnes que rien n’identifie, sur cent accompagnements.",
    unit="%",
    population="Tous les accompagnements de la période.",
    how_computed="Accompagnements anonymes divisés par tous les accompagnements.",
    source=SOURCE,
)
HOURS = Indicator(
    id="activities.hours",
    name="Temps d’accompagnement",
    definition="Somme des durées saisies. Un atelier de deux heures compte deux heures, quel que soit le nombre de personnes.",
    unit="heures",
    population="Activités dont la durée est connue.",
    how_computed=_MONTHS,
    source=SOURCE,
)
ALREADY_KNOWN = Indicator(
    id="activities.already-known",
    name="Accompagnements de personnes déjà venues",
    definition="Accompagnements pour lesquels « déjà accompagnée » a été coché.",
    unit="accompagnements",
    population="Tous les accompagnements de la période.",
    how_computed=_MONTHS,
    source=SOURCE,
)
BREAKDOWN = Indicator(
    id="activities.breakdown",
    name="Répartition",
    definition="Activités ou accompagnements de chaque ligne du tableau ; le dénominateur est écrit sous le tableau.",
    unit="activités ou accompagnements",
    population="Celle du tableau.",
    how_computed=_MONTHS,
    source=SOURCE,
)
INDICATORS: Mapping[str, Indicator] = {
    one.id: one for one in (ACTIVITIES, ACCOMPANIMENTS, PERSONS, ANONYMOUS_SHARE, HOURS, ALREADY_KNOWN, BREAKDOWN)
}


def masked_words(threshold: int) -> str:
    return f"masqué : moins de {threshold} personnes, ou permettrait de les retrouver"


@dataclass(frozen=True, slots=True)
class Measured:
    """The sums of a question, read once for all its numbers. `around`: the questions that hold it whole (`indicators_guard`)."""

    question: Question
    words: str
    sums: Sums
    persons: int | None
    as_of: datetime
    twice: Sequence[read.SharedRow] = ()
    around: Sequence[Beside] = ()
    lines: dict[str, list[tuple[str, int, int]]] = field(default_factory=dict, compare=False)

    @property
    def withheld(self) -> bool:
        """Whether nothing of it may be shown: too few persons are in it, or in what a question around it leaves beside it.

        Ten visits of one person are one person: identified people count once, anonymous ones each time.
        """
        question, people = self.question, self.sums["accompaniments"]
        if not question.protected or not people:
            return False
        if any(one.hides for one in self.around):
            return True
        different = people if self.persons is None else min(people, self.persons + people - self.sums["identified"])
        return min(different, self.fewest("accompaniments")) < question.threshold

    def fewest(self, name: str) -> int:
        """A sum, or what it leaves beside it in a question around, whichever is smaller."""
        own = self.sums[name]
        return fewest(own, (one.sums.get(name, own) for one in self.around))

    def value(self, indicator: Indicator, amount: float | None, *, behind: int, note: str = "") -> Value:
        """`behind`: how many persons are behind the number; under the threshold it is masked when the question is protected."""
        threshold = self.question.threshold
        if self.question.protected and amount is not None and (self.withheld or 0 < behind < threshold):
            return Value(indicator, self.question.period, self.words, None, self.as_of, masked=True, note=masked_words(threshold))
        return Value(indicator, self.question.period, self.words, amount, self.as_of, margin=EXACT, note=note)


def measure(question: Question) -> Measured:
    """Reads what every number of a question needs: four queries, and as many for each filter of a protected question."""
    twice = read.shared(question)
    sums, known = read.sums(question, twice), read.persons(question)
    return Measured(question, question.words, sums, known, read.as_of(question), twice, around(question))


def activities(found: Measured) -> Value:
    return found.value(ACTIVITIES, found.sums["activities"], behind=found.sums["accompaniments"])


def accompaniments(found: Measured) -> Value:
    return found.value(ACCOMPANIMENTS, found.sums["accompaniments"], behind=found.sums["accompaniments"])


def persons(found: Measured) -> Value:
    """Different identified persons; the note says the share of anonymous accompaniments, which are not in it."""
    if found.persons is None:
        return found.value(PERSONS, None, behind=0, note=f"non connu : {NOT_TOGETHER}")
    anonymous = anonymous_share(found)
    if anonymous.masked:
        note = f"les accompagnements anonymes n’y sont pas ({anonymous.note})"
    elif anonymous.value is None:
        note = "aucun accompagnement"
    else:
        note = f"les accompagnements anonymes ({anonymous.value:.0f} %) n’y sont pas"
    behind = fewest(found.persons, (one.persons for one in found.around if one.persons is not None))
    return found.value(PERSONS, found.persons, behind=behind, note=note)


def anonymous_share(found: Measured) -> Value:
    """Percentage. Masked when either side of it stands for too few persons: the count could be worked out."""
    whole, known = found.sums["accompaniments"], found.sums["identified"]
    if not whole:
        return found.value(ANONYMOUS_SHARE, None, behind=0, note="aucun accompagnement")
    unknown = fewest(whole - known, (one.sums["accompaniments"] - one.sums["identified"] for one in found.around))
    small = [count for count in (found.fewest("identified"), unknown) if 0 < count < found.question.threshold]
    return found.value(ANONYMOUS_SHARE, 100 * (whole - known) / whole, behind=min(small, default=whole))


def hours(found: Measured) -> Value:
    unknown = found.sums["duration_unknown"]
    few = found.question.protected and unknown < found.question.threshold
    count = "quelques activités" if few else "1 activité" if unknown == 1 else f"{unknown} activités"
    note = f"sans la durée inconnue de {count}" if unknown else ""
    return found.value(HOURS, found.sums["minutes"] / 60, behind=found.sums["accompaniments"], note=note)


def already_known(found: Measured) -> Value:
    return found.value(ALREADY_KNOWN, found.sums["already_known"], behind=found.fewest("already_known"))


NUMBERS: Mapping[str, Callable[[Measured], Value]] = {
    ACTIVITIES.id: activities,
    ACCOMPANIMENTS.id: accompaniments,
    PERSONS.id: persons,
    ANONYMOUS_SHARE.id: anonymous_share,
    HOURS.id: hours,
    ALREADY_KNOWN.id: already_known,
}


# --- tables -----------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a table; `value` is None once masked. `share` is the % of the denominator, None when either is masked or nought."""

    key: str
    label: str
    value: int | None
    share: float | None = None


@dataclass(frozen=True, slots=True)
class Breakdown:
    """A table of one quantity. `denominator` says in words what the shares are of; `total` is None once masked.

    `adds_up`: each unit is in one line only. When it is false (themes) the lines exceed the total and the page says so.
    """

    id: str
    title: str
    unit: str
    rows: Sequence[Row]
    total: int | None
    denominator: str
    adds_up: bool = True
    note: str = ""

    @property
    def masked(self) -> bool:
        return self.total is None or any(row.value is None for row in self.rows)


def _breakdown(
    found: Measured, key: str, title: str, unit: str, lines: Sequence[tuple[str, str, int, int]], total: int, *, adds_up: bool = True,
    behind: int = 0, note: str = "", cross: str = "", order: Sequence[str] = (),
) -> Breakdown:  # fmt: skip
    """`lines`: (key, label, value, persons behind it). `total` counts in the unit, `behind` it stand so many persons.
    `cross`: the columns of the cross-table that has the same lines; `order`, their keys when it has another one."""
    question = found.question
    values, persons_behind = [line[2] for line in lines], [line[3] for line in lines]
    hidden, total_hidden = [False] * len(lines), False
    if found.withheld:
        hidden, total_hidden = [value > 0 for value in values], True
    elif cross and (shown := row_mask(question, found.around, cross)) is not None:
        said = dict(zip(order or [line[0] for line in lines], shown[0], strict=True))
        hidden, total_hidden = [said[line[0]] for line in lines], shown[1]
    elif question.protected and adds_up:
        hidden, total_hidden = protect_line(values, question.threshold, persons=persons_behind)
    elif question.protected:
        hidden = protect_overlapping(values, question.threshold, persons=persons_behind)
        total_hidden = 0 < behind < question.threshold
    shown_total = None if total_hidden else total
    rows = [
        Row(code, label, None if out else value, 100 * value / total if total and not out and not total_hidden else None)
        for (code, label, value, _), out in zip(lines, hidden, strict=True)
    ]
    amount = "masqué" if shown_total is None else f"{shown_total:,}".replace(",", "\u202f")
    return Breakdown(key, title, unit, rows, shown_total, f"{amount} {unit}", adds_up, note)


def _fields(found: Measured, prefix: str, labels: Sequence[tuple[str, str]]) -> list[tuple[str, str, int, int]]:
    names = [f"{prefix}_{i}" for i in range(len(labels))]
    return [(code, label, found.sums[name], found.fewest(name)) for name, (code, label) in zip(names, labels, strict=True)]


def by_gender(found: Measured) -> Breakdown:
    return _people(found, "gender", "Genre", Gender.choices)


def by_status(found: Measured) -> Breakdown:
    return _people(found, "status", "Statut", SocialStatus.choices)


def _people(found: Measured, prefix: str, title: str, labels: Sequence[tuple[str, str]], note: str = "") -> Breakdown:
    lines = _fields(found, prefix, labels)
    return _breakdown(found, prefix, title, "accompagnements", lines, sum(line[2] for line in lines), note=note, cross=prefix)


_AGE_NOTE = "L’âge est celui du jour de l’activité et ne change plus."


def by_age(found: Measured) -> Breakdown:
    """Age bands of La Coop when nothing comes from the first tool; else only the bands that both know."""
    if found.sums["v1_group"]:
        return by_common_age(found)
    return _people(found, "age", "Âge", AgeBand.choices, _AGE_NOTE)


COMMON_AGES = (
    ("0-11", "Moins de 12 ans", (0,), (0,)),
    ("12-17", "12 à 17 ans", (1,), (1,)),
    ("18-59", "18 à 59 ans", (2, 3, 4), (2, 3)),
    ("60+", "60 ans et plus", (5, 6), (4,)),
)
"""(key, label, positions in the bands of La Coop, positions in those of the first tool): the only bands that both know."""


def by_common_age(found: Measured) -> Breakdown:
    wholes = [_common_ages(one.sums) for one in found.around if "age_0" in one.sums]
    labels = [*((code, label) for code, label, _, _ in COMMON_AGES), ("unknown", "Non communiqué")]
    lines = [
        (code, label, count, fewest(count, (whole[i] for whole in wholes)))
        for i, ((code, label), count) in enumerate(zip(labels, _common_ages(found.sums), strict=True))
    ]
    note = f"{_AGE_NOTE} Une partie vient du premier outil national : seules les tranches communes aux deux sont données."
    return _breakdown(found, "age", "Âge (tranches communes)", "accompagnements", lines, sum(line[2] for line in lines), note=note)


def _common_ages(sums: Sums) -> list[int]:
    """Counts in the order of COMMON_AGES, then those that have no band."""
    counts = [sum(sums[f"age_{i}"] for i in ours) + sum(sums[f"v1_age_{i}"] for i in theirs) for _, _, ours, theirs in COMMON_AGES]
    return [*counts, sums["age_7"] + sums["v1_group"] - sum(sums[f"v1_age_{i}"] for i in range(len(V1AgeBand.values)))]


DURATIONS = (("0-30", "Moins de 30 min"), ("30-60", "De 30 à 59 min"), ("60-120", "De 1 h à 1 h 59"), ("120+", "2 h et plus"))


def by_duration(found: Measured) -> Breakdown:
    """Activities by duration; a missing duration has its own line, nought minutes is a duration."""
    lines = [(code, label, f"duration_{i}") for i, (code, label) in enumerate(DURATIONS)]
    lines.append(("unknown", "Durée inconnue", "duration_unknown"))
    return _activities(found, "duration", "Durée", lines)


def by_where(found: Measured) -> Breakdown:
    lines = [(code, label, f"where_{i}") for i, (code, label) in enumerate(PlaceKind.choices)]
    return _activities(found, "where", "Type de lieu", lines)


def by_material(found: Measured) -> Breakdown:
    lines = [(code, label, f"material_{i}") for i, (code, label) in enumerate(Material.choices)]
    return _activities(found, "material", "Matériel", lines, adds_up=False)


def _activities(found: Measured, key: str, title: str, lines: Sequence[tuple[str, str, str]], *, adds_up: bool = True) -> Breakdown:
    """Lines (code, label, measure) that count activities: how many persons are behind each is not kept, at least one each is assumed."""
    full = [(code, label, found.sums[name], found.fewest(name)) for code, label, name in lines]
    note = "" if adds_up else "Une activité peut compter dans plusieurs lignes : les lignes ne s’additionnent pas."
    return _breakdown(
        found, key, title, "activités", full, found.sums["activities"], adds_up=adds_up,
        behind=found.sums["accompaniments"], note=note, cross=key if adds_up else "",
    )  # fmt: skip


GROUPED = {
    "structure": "Structures",
    "mediator": "Médiation",
    "place": "Lieux",
    "commune": "Communes",
    "kind": "Type d’activité",
    "month": "Mois",
}


def _lines(found: Measured, by: str) -> list[tuple[str, int, int]]:
    """(key, activities, persons behind or left beside) of each line."""
    if by not in found.lines:
        own, *wholes = lines_around(found.question, by, list(found.twice), found.around)
        found.lines[by] = [
            (key, one["activities"], fewest(one["accompaniments"], (whole[key]["accompaniments"] for whole in wholes if key in whole)))
            for key, one in own.items()
        ]
    return found.lines[by]


def grouped(found: Measured, by: str) -> Breakdown:
    """Activities by structure, mediator, place, commune, kind or month, most first (months in order)."""
    counted = _lines(found, by)
    names = read.names(by, [key for key, _, _ in counted])
    lines = [(key, names[key], activities, behind) for key, activities, behind in counted]
    lines.sort(key=lambda line: line[0] if by == "month" else (-line[2], line[1]))
    cross = by if by == "kind" else ""
    return _breakdown(found, by, GROUPED[by], "activités", lines, found.sums["activities"], cross=cross, order=KINDS)


def by_theme(found: Measured, *, administrative: bool = False) -> Breakdown:
    """Activities that have each theme. An activity has one theme or several: shares are of all activities and exceed 100 %."""
    labels = read.THEME_LABELS[administrative]
    lines = [(code, labels[code], count, behind) for code, count, behind in _lines(found, "theme") if code in labels]
    lines.sort(key=lambda line: (-line[2], line[1]))
    note = (
        "Une activité peut avoir plusieurs thèmes : le total des lignes dépasse 100 %. Chaque part est calculée sur toutes les activités."
    )
    if found.sums["v1_activities"]:
        note += " Thèmes harmonisés : une partie vient du premier outil national, dont les mots ont été traduits."
    title, key = ("Démarches administratives", "administrative") if administrative else ("Thèmes", "theme")
    return _breakdown(
        found, key, title, "activités", lines, found.sums["activities"], adds_up=False,
        behind=found.sums["accompaniments"], note=note,
    )  # fmt: skip


def compared(question: Question) -> Question:
    """The same question over the period before."""
    return replace(question, period=question.period.previous())


CROSS_LINES = ("structure", "place", "commune", "kind", "month", "theme")
CROSS_COLUMNS = {
    "gender": "Genre",
    "age": "Âge",
    "status": "Statut",
    "duration": "Durée",
    "where": "Type de lieu",
    "kind": "Type d’activité",
}
_JOINT = (
    "non connu : les groupes anonymes ne donnent que leurs totaux, et les totaux ne disent pas combien de personnes ont les deux "
    "caractères à la fois. Yole n’invente pas de personnes pour remplir les cases."
)


@dataclass(frozen=True, slots=True)
class Cross:
    """A table of two characters. `cells[i][j]` is None once masked; `unknown` says why there is no table at all."""

    title: str
    unit: str
    lines: Sequence[str]
    columns: Sequence[str]
    cells: Sequence[Sequence[int | None]]
    row_totals: Sequence[int | None]
    column_totals: Sequence[int | None]
    total: int | None
    unknown: str = ""


def cross(found: Measured, lines: str, columns: str) -> Cross:
    """Lines by a character of activities, columns by one of people or of activities.

    Two characters of people need their joint distribution, which margins do not hold: the table says « non connu ».
    Raises KeyError for a character that does not exist.
    """
    names = CROSS_COLUMNS | GROUPED | {"theme": "Thèmes"}
    title = f"{names[lines]} et {names[columns].lower()}"
    of_people = columns in ("gender", "age", "status")
    unit = "accompagnements" if of_people else "activités"
    if lines not in CROSS_LINES or lines == columns or lines == "theme" or found.question.theme:
        why = _JOINT if lines in CROSS_COLUMNS else "non connu : ce croisement n’est pas tenu."
        return Cross(title, unit, [], [], [], [], [], None, why)
    if found.withheld:
        return Cross(title, unit, [], [], [], [], [], None, masked_words(found.question.threshold))
    if columns == "age" and found.sums["v1_group"]:
        return Cross(title, unit, [], [], [], [], [], None, "non connu : deux outils, deux listes de tranches d’âge.")
    table, heads = read.crossed(found.question, lines, columns, found.twice)
    labels = read.names(lines, table)
    order = sorted(table, key=lambda key: int(key) if lines == "month" else labels[key])
    kept = [j for j in range(len(heads)) if any(row[j] for row in table.values())]
    values = [[table[key][j] for j in kept] for key in order]
    rows, sums = [sum(row) for row in values], [sum(row[j] for row in values) for j in range(len(kept))]
    names_of_lines, heads = [labels[key] for key in order], [heads[j] for j in kept]
    if not found.question.protected:
        return Cross(title, unit, names_of_lines, heads, values, rows, sums, sum(rows))
    hidden, place = mask_of(table, found.question.threshold), {key: n for n, key in enumerate(sorted(table))}
    cells = [
        [None if hidden.cells[place[key]][j] else value for j, value in zip(kept, row, strict=True)]
        for key, row in zip(order, values, strict=True)
    ]
    return Cross(
        title,
        unit,
        names_of_lines,
        heads,
        cells,
        [None if hidden.rows[place[key]] else value for key, value in zip(order, rows, strict=True)],
        [None if hidden.columns[j] else value for j, value in zip(kept, sums, strict=True)],
        None if hidden.total else sum(rows),
    )
