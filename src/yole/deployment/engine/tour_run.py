"""One computation of tours: the search in plain Python, PyVRP where it is installed, the better of the two."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec

from yole.deployment.engine.tour import Plan, Problem, value, why_never
from yole.deployment.engine.tour_search import search


def plan_tours(problem: Problem, *, seed: int, seconds_left: Callable[[], float], use_pyvrp: bool = True) -> Plan:
    """The best plan found. `seconds_left` is asked between rounds: half goes to the search at most, the rest to PyVRP."""
    allowed = seconds_left()
    with_pyvrp = use_pyvrp and find_spec("pyvrp") is not None
    keep = allowed / 2 if with_pyvrp else 0.0
    plan = search(problem, seed=seed, go_on=lambda: seconds_left() > keep)
    if with_pyvrp and plan.served():
        from yole.deployment.engine.tour_pyvrp import improve

        other = improve(problem, plan, seed=seed, seconds=seconds_left())
        if other is not None and value(problem, other) > value(problem, plan):
            return other
    return plan


def missing_required(problem: Problem, plan: Plan) -> list[tuple[str, str]]:
    """(id, why) of each required stop that the plan does not serve."""
    served = plan.served()
    found = []
    for i in problem.clients():
        stop = problem.stops[i]
        if stop.required and i not in served:
            alone = why_never(problem, i)
            found.append((stop.id, alone[1] if alone else "aucune place trouvée avec les autres arrêts obligatoires"))
    return found
