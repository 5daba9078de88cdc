"""The demonstration: the 20 France services of Martinique beside plans that are proven, on the population of the 34 communes."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from yole.base.registries import Note
from yole.deployment import inputs, services
from yole.deployment.enums import Demand, Rule, Today
from yole.deployment.models import Scenario
from yole.organisations.enums import Role
from yole.organisations.models import Account
from yole.territory.selectors import current

AS_MANY = "Autant de lieux qu’aujourd’hui, placés au mieux"
SCENARIOS: tuple[tuple[str, bool, int | None, float, str], ...] = (
    # title, today's places stay, sites (None: as many as today), kilometres, rule
    (AS_MANY, False, None, 5.0, Rule.MOST),
    ("Quatre lieux de plus, le plus d’habitants", True, 4, 3.0, Rule.MOST),
    ("Quatre lieux de plus, l’intercommunalité la moins couverte d’abord", True, 4, 3.0, Rule.FAIR),
)


def load(note: Note) -> None:
    """Asks and computes each scenario once. Without communes or a coordination, nothing is made."""
    territory = current()
    by = Account.objects.filter(territory=territory, role=Role.TERRITORY_COORDINATOR, is_active=True).order_by("pk").first()
    if territory.pk is None or by is None or Scenario.objects.filter(territory=territory).exists():
        return
    gathered = inputs.gather(territory, Demand.POPULATION, Today.FRANCE_SERVICES)
    if not gathered["today"]:
        return
    made = [_ask(by, gathered, *line) for line in SCENARIOS]
    for scenario in made:
        services.run(scenario.pk)
    note(f"Scénarios de déploiement : {len(made)}.")


@transaction.atomic
def _ask(by: Account, gathered: dict[str, Any], title: str, keeps: bool, count: int | None, radius_km: float, rule: str) -> Scenario:
    return services.store(
        by,
        gathered,
        title=title,
        demand=Demand.POPULATION,
        today=Today.FRANCE_SERVICES,
        keeps_today=keeps,
        count=count or len(gathered["today"]),
        radius_km=radius_km,
        rule=rule,
        by_quota=False,
    )
