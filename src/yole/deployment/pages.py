"""What the pages and the printed plan show of a scenario: sentences, tables, map. Reads the result, computes nothing new."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import radians
from typing import Any

from django.utils.formats import number_format

from yole.base.components import Column, Table
from yole.base.maps import MapArea, MapLabel, MapLegend, MapMarker, MapView
from yole.deployment.enums import Demand, Rule
from yole.deployment.models import Scenario
from yole.kernel.geo import EARTH_RADIUS_KM
from yole.territory.engine.lines import Projection
from yole.territory.maps import IslandMap, island_map

NAMED_ON_MAP, DRAWN_WITH_REACH = 12, 99
SITES_SHOWN, GROUPS_SHOWN = 200, 120
MARKERS_AT_MOST, DOT = 600, 4  # more places than that are small squares in one path, of this side
FEW_AMONG = 4  # proposed places are drawn larger when today’s are this many times as many
LEAST_TOLD = 0.005  # per cent: what two decimals would write 0,00
TRIMMED, MARGIN = 0.004, 0.03  # shares: of the points left outside on each side of a map drawn for them; of its sides left empty
NBSP = "\u00a0"


def people(value: float) -> str:
    return number_format(round(value), 0, force_grouping=True)


def share(value: float, of: float, decimals: int = 1) -> str:
    return f"{number_format(100 * value / of if of else 0, decimals)}{NBSP}%"


def signed(value: float) -> str:
    """« +200 », « −200 », « 0 »."""
    return ("+" if value > 0 else "−" if value < 0 else "") + people(abs(value)) if round(value) else "0"


def kilometres(value: float | None) -> str:
    return "aucun lieu" if value is None else f"{number_format(value, 1)}{NBSP}km"


def setting_km(value: float) -> str:
    """A distance as somebody typed it."""
    return f"{number_format(value, 0 if value == int(value) else 1)}{NBSP}km"


@dataclass(frozen=True, slots=True)
class PlanPage:
    """One scenario that has a plan, in words. `scenario.result` is not None."""

    scenario: Scenario

    @property
    def result(self) -> dict[str, Any]:
        return self.scenario.result or {}

    @property
    def unit(self) -> str:
        return "habitants" if self.scenario.demand == Demand.POPULATION else "unités de besoin"

    @property
    def unit_title(self) -> str:
        return self.unit.capitalize()

    @property
    def covered(self) -> str:
        return people(self.result["covered"])

    @property
    def covered_share(self) -> str:
        return share(self.result["covered"], self.result["total"])

    @property
    def before(self) -> str:
        return people(self.result["before"])

    @property
    def before_share(self) -> str:
        return share(self.result["before"], self.result["total"])

    @property
    def gained(self) -> str:
        return signed(self.result["covered"] - self.result["before"])

    @property
    def proven(self) -> bool:
        return bool(self.result["gap"] <= 1e-8)

    @property
    def proof(self) -> str:
        """The gap in words, with the bound that proves it; under the fair rule the proof is about the worst group."""
        result = self.result
        if "worst_rate" in result:
            rate, limit = result["worst_rate"], result["worst_rate_bound"]
            told = f"Le groupe le moins couvert l’est à {share(rate, 1)}."
            if limit - rate <= 1e-6:
                return f"{told} Aucun plan ne peut faire mieux pour lui : c’est prouvé."
            return f"{told} Aucun plan ne peut dépasser {share(limit, 1)} pour lui."
        if self.proven:
            return "C’est le meilleur plan possible pour ces réglages : c’est prouvé."
        percent = 100 * (result["upper_bound"] - result["covered"]) / result["covered"] if result["covered"] else None
        if percent is not None and percent < LEAST_TOLD:
            return (
                f"Aucun plan ne peut mettre plus de {people(result['upper_bound'])} {self.unit} à portée : moins de 0,01{NBSP}% de mieux."
            )
        more = "…" if percent is None else number_format(percent, 2)
        return f"Aucun plan ne peut faire mieux que +{more}{NBSP}% ({people(result['upper_bound'])} {self.unit})."

    @property
    def sites(self) -> Table:
        """The most useful sites, for the printed plan."""
        return self.sites_table(self.result["sites"][:SITES_SHOWN])

    def sites_table(self, sites: list[dict[str, Any]]) -> Table:
        columns = [Column("Lieu"), Column("Groupe"), Column("À portée", numeric=True), Column("Couverts par ce lieu seul", numeric=True)]
        rows = [[one["name"], one["group"] or "–", people(one["reach"]), people(one["alone"])] for one in sites]
        return Table("Lieux proposés, du plus utile au moins utile", columns, rows)

    @property
    def sites_left_out(self) -> int:
        return max(0, len(self.result["sites"]) - SITES_SHOWN)

    @property
    def worst(self) -> Table:
        numbers = (self.unit_title, "Aujourd’hui", "Avec le plan")
        columns = [Column("Où"), *(Column(name, numeric=True) for name in numbers), Column("À portée")]
        rows = [
            [one["name"], people(one["weight"]), kilometres(one["before"]), kilometres(one["after"]), "oui" if one["covered"] else "non"]
            for one in self.result["worst"]
        ]
        return Table("Les plus éloignés d’un lieu avec ce plan", columns, rows)

    @property
    def groups(self) -> Table | None:
        groups = self.result["groups"]
        if len(groups) < 2:
            return None
        title = "Part à portée dans chaque groupe"
        if len(groups) > GROUPS_SHOWN:
            groups = sorted(groups, key=lambda one: one["after"] / one["total"] if one["total"] else 1.0)[:GROUPS_SHOWN]
            title = f"Part à portée : les {GROUPS_SHOWN} groupes les moins couverts"
        columns = [
            Column("Groupe"),
            Column(self.unit_title, numeric=True),
            Column("Aujourd’hui", numeric=True),
            Column("Avec le plan", numeric=True),
        ]
        rows = [
            [one["name"] or "sans groupe", people(one["total"]), share(one["before"], one["total"]), share(one["after"], one["total"])]
            for one in groups
        ]
        return Table(title, columns, rows)

    @property
    def variants(self) -> Table | None:
        if not self.result["variants"]:
            return None
        columns = [Column("Si…"), Column(f"{self.unit_title} à portée", numeric=True), Column("Différence", numeric=True)]
        rows = []
        for one in self.result["variants"]:
            value = one["value"]
            what = f"{people(value)} lieux" if one["kind"] == "count" else setting_km(value)
            rows.append([f"{what} au lieu de {self._now(one['kind'])}", people(one["covered"]), signed(one["change"])])
        return Table("Ce que change un autre réglage", columns, rows)

    def _now(self, kind: str) -> str:
        return people(self.scenario.count) if kind == "count" else setting_km(self.scenario.radius_km)

    @property
    def next_site(self) -> str:
        """The marginal value of the next site, in a sentence; empty when it was not computed."""
        wanted = self.scenario.count + 1
        found = next((one for one in self.result["variants"] if one["kind"] == "count" and one["value"] == wanted), None)
        if found is None:
            return ""
        if found["change"] <= 0:
            return "Un lieu de plus ne mettrait personne d’autre à portée."
        return f"Un lieu de plus mettrait {people(found['change'])} {self.unit} de plus à portée."

    @property
    def curve(self) -> Table | None:
        """What each least rate costs: the price of fairness. Of equal costs, the best rate is shown."""
        if len(self.result["curve"]) < 2:
            return None
        kept = {one["covered"]: one["floor"] for one in sorted(self.result["curve"], key=lambda one: one["floor"])}
        top = max(kept)
        columns = [
            Column("Groupe le moins couvert, au moins"),
            Column(f"{self.unit_title} à portée", numeric=True),
            Column("Prix", numeric=True),
        ]
        rows = [[share(floor, 1), people(covered), people(top - covered)] for covered, floor in kept.items()]
        return Table("Le prix de l’équité", columns, rows)

    @property
    def radius(self) -> str:
        return setting_km(self.scenario.radius_km)

    @property
    def rule_words(self) -> str:
        words = Rule(self.scenario.rule).label
        return f"{words}, lieux partagés entre les groupes" if self.scenario.by_quota else words

    @property
    def legs(self) -> list[tuple[str, str]]:
        """What was asked, line by line."""
        one = self.scenario
        return [
            ("Lieux à placer", people(one.count)),
            ("Distance acceptable", f"{setting_km(one.radius_km)} à vol d’oiseau"),
            ("Besoin compté", f"{one.inputs['source']}, {people(len(one.inputs['points']))} points"),
            ("Lieux d’aujourd’hui", f"{one.get_today_display()} ({people(len(one.inputs['today']))})"),
            ("Ils restent", "oui" if one.keeps_today else "non, le plan repart de zéro"),
            ("Règle", self.rule_words),
        ]

    def map(self, key: str = "plan") -> MapView:
        return plan_map(self.scenario, key)


def plan_map(scenario: Scenario, key: str) -> MapView:
    """The territory, today's places, the plan's sites and their reach."""
    drawn = _ground(scenario)
    result = scenario.result or {}
    sites = result.get("sites", [])
    told = ", ".join(one["name"] for one in sites[:NAMED_ON_MAP])
    also = f" et {len(sites) - NAMED_ON_MAP} autres" if len(sites) > NAMED_ON_MAP else ""
    words = f"{people(len(sites))} lieux proposés ({told}{also}) et {people(len(scenario.inputs['today']))} lieux d’aujourd’hui."
    view = drawn.view(key=key, title=f"Carte du plan : {scenario.title}", description=words)
    width, height = view.view_box[2], view.view_box[3]

    def shown(x: float, y: float) -> bool:
        return 0 <= x <= width and 0 <= y <= height

    today = [(x, y) for _, _, lat, lon in scenario.inputs["today"] for x, y in [drawn.xy(lat, lon)] if shown(x, y)]
    if len(today) + len(sites) > MARKERS_AT_MOST:
        placed = [(x, y) for one in sites for x, y in [drawn.xy(one["lat"], one["lon"])] if shown(x, y)]
        view.areas.extend([MapArea(_dots(today, DOT), "pt-m")] if today else [])
        # A few proposed among thousands are lost on a phone when they are no larger.
        size = 2 * DOT if FEW_AMONG * len(placed) < len(today) else DOT
        view.areas.extend([MapArea(_dots(placed, size), "pt-s")] if placed else [])
    else:
        view.markers.extend(MapMarker(x, y, kind="pt-m", radius=6) for x, y in today)
        _draw_sites(view, drawn, scenario, sites, shown)
    view.legend.append(MapLegend("pt-s", "lieu proposé"))
    if scenario.inputs["today"]:
        view.legend.append(
            MapLegend("pt-m", "lieu d’aujourd’hui" if scenario.keeps_today else "lieu d’aujourd’hui, non gardé dans ce plan")
        )
    if len(sites) <= DRAWN_WITH_REACH and any(area.kind == "zone" for area in view.areas):
        view.legend.append(MapLegend("zone", f"{setting_km(scenario.radius_km)} autour"))
    return view


def _draw_sites(
    view: MapView, drawn: IslandMap, scenario: Scenario, sites: list[dict[str, Any]], shown: Callable[[float, float], bool]
) -> None:
    """Each site with its number, its reach and, when there are few, its name."""
    degrees = scenario.radius_km / (radians(1) * EARTH_RADIUS_KM)
    few = len(sites) <= DRAWN_WITH_REACH
    for number, one in enumerate(sites, 1):
        x, y = drawn.xy(one["lat"], one["lon"])
        if not shown(x, y):
            continue
        reach = abs(drawn.xy(one["lat"] + degrees, one["lon"])[1] - y)
        if few:
            view.areas.append(MapArea(f"M{x - reach} {y}a{reach} {reach} 0 1 0 {2 * reach} 0a{reach} {reach} 0 1 0 {-2 * reach} 0", "zone"))
        view.markers.append(MapMarker(x, y, label=str(number) if few else "", kind="pt-s", radius=11 if few else 4))
        if len(sites) <= NAMED_ON_MAP:
            view.labels.append(MapLabel(x, y - 16, one["name"], minor=True))


def _dots(places: list[tuple[int, int]], size: int) -> str:
    """One path for many places, squares of `size` units; those that fall on the same spot are drawn once."""
    return "".join(f"M{x - size // 2} {y - size // 2}h{size}v{size}h-{size}z" for x, y in dict.fromkeys(places))


def _ground(scenario: Scenario) -> IslandMap:
    """The map of the territory; where most points of a file are elsewhere, a frame around nearly all of them."""
    drawn = island_map(scenario.territory)
    width, height = drawn.projection.width, drawn.projection.height
    points = scenario.inputs["points"]
    inside = sum(0 <= x <= width and 0 <= y <= height for x, y in (drawn.xy(row[2], row[3]) for row in points))
    if 2 * inside >= len(points):
        return drawn
    lats, lons = (sorted(row[place] for row in points) for place in (2, 3))
    cut = int(TRIMMED * len(points))
    (south, north), (west, east) = ((values[cut], values[-1 - cut]) for values in (lats, lons))
    up, aside = MARGIN * (north - south), MARGIN * (east - west)
    return IslandMap(Projection.fit(west - aside, south - up, east + aside, north + up), (), "")


def comparison(a: PlanPage, b: PlanPage) -> Table:
    """Today, plan A, plan B on the same measures. Today's column is the one of plan A."""

    def both(read: Any) -> list[str]:
        return [read(a.result), read(b.result)]

    def out_of(result: dict[str, Any], name: str) -> str:
        return f"{people(result[name])} sur {people(result['points'])}"

    first = a.result
    rows = [
        [f"{a.unit_title} à portée", a.before, *both(lambda r: people(r["covered"]))],
        ["Part", a.before_share, *both(lambda r: share(r["covered"], r["total"]))],
        ["Le plus loin d’un lieu", kilometres(first["farthest_before"]), *both(lambda r: kilometres(r["farthest_after"]))],
        ["Points hors de portée", out_of(first, "uncovered_before"), *both(lambda r: out_of(r, "uncovered_after"))],
        ["Lieux proposés", "–", *both(lambda r: people(len(r["sites"])))],
        ["Groupe le moins couvert", _worst(first, "before"), *both(lambda r: _worst(r, "after"))],
        ["Meilleur résultat possible, prouvé", "–", *both(lambda r: share(r["upper_bound"], r["total"]))],
        ["Écart à cette borne", "–", *both(_gap)],
    ]
    columns = [Column("Mesure"), *(Column(name, numeric=True) for name in ("Aujourd’hui", "Plan A", "Plan B"))]
    return Table("Comparaison des plans", columns, rows, hide_caption=True)


def _gap(result: dict[str, Any]) -> str:
    """Points of share between a plan and its bound."""
    points = 100 * (result["upper_bound"] - result["covered"]) / result["total"] if result["total"] else 0.0
    return f"moins de 0,01{NBSP}point" if 0 < points < LEAST_TOLD else f"{number_format(points, 2)}{NBSP}point"


def _worst(result: dict[str, Any], when: str) -> str:
    rates = [one[when] / one["total"] for one in result["groups"] if one["total"]]
    if len(rates) < 2:
        return "–"
    return share(min(rates), 1)


def trade(a: PlanPage, b: PlanPage) -> str:
    """What plan B gives and takes beside plan A."""
    change = b.result["covered"] - a.result["covered"]
    if round(change) == 0:
        first = f"Les deux plans mettent autant de monde à portée ({a.covered} {a.unit})."
    else:
        first = f"Le plan B met {people(abs(change))} {a.unit} de {'plus' if change > 0 else 'moins'} à portée que le plan A."
    far_a, far_b = a.result["farthest_after"], b.result["farthest_after"]
    if far_a == far_b:
        return first
    return f"{first} Le plus loin d’un lieu passe de {kilometres(far_a)} (plan A) à {kilometres(far_b)} (plan B)."


def notes_of(scenario: Scenario) -> list[str]:
    """The hypotheses that a reader must know."""
    notes = ["Distances à vol d’oiseau : les mornes et les détours allongent la route. Le vrai chiffre peut changer de plusieurs points."]
    if scenario.demand == Demand.POPULATION:
        notes.insert(0, "Toute la population est placée au centre de sa commune.")
    if scenario.inputs["left_out"]:
        notes.append(f"{people(scenario.inputs['left_out'])} communes sans population ou sans position sont laissées de côté.")
    return notes
