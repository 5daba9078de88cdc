"""The same arithmetic with less overhead: what the library redoes for each household is done once for each distinct value.

Nothing here changes a result: the differential test compares with situations computed before, and the tests of this module with the
library's own functions. Only `openfisca.py` calls this module, when the rules are loaded.
"""

from __future__ import annotations

from functools import lru_cache
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.intp]


@lru_cache(maxsize=1)
def lighten() -> None:
    """Applies every part below to the library, once per process."""
    _remember_calendar()
    _choose_parameters_by_value()
    _remember_roles()


def _remember_calendar() -> None:
    """Makes the library remember its calendar arithmetic, pure functions of a few hundred months that it otherwise redoes some thirty
    thousand times for each household: a third of the time of a computation."""
    periods = import_module("openfisca_core.periods")
    kept = lru_cache(maxsize=65_536)
    periods.Instant.offset = kept(periods.Instant.offset)
    periods.Period.offset = kept(periods.Period.offset)
    periods.Period.get_subperiods = kept(periods.Period.get_subperiods)
    for name in (
        "start",
        "stop",
        "size_in_months",
        "size_in_days",
        "first_month",
        "this_year",
        "last_month",
        "last_3_months",
        "last_year",
        "n_2",
    ):
        found = periods.Period.__dict__[name]
        setattr(periods.Period, name, property(kept(found.fget)))


def remembering(simulation: Any) -> Any:
    """The library's simulation, which finds a value already computed without its checks: they cost more than the arithmetic."""

    def calculate(self: Any, variable_name: str, period: Any) -> Any:
        known = self.__dict__.setdefault("_yole_storages", {})
        storage = known.get(variable_name)
        if storage is None:
            known[variable_name] = self.get_holder(variable_name)._memory_storage
        else:
            array = storage._arrays.get(period)
            if array is not None:
                return array
        return simulation.calculate(self, variable_name, period)

    return type("RememberingSimulation", (simulation,), {"calculate": calculate})


def distinct(key: Any) -> tuple[list[Any], Ints]:
    """The distinct values of an array of keys, and where each stands: `[values[code] for code in codes]` is the array again.

    The members of an enumeration are given by their names.
    """
    possible = getattr(key, "possible_values", None)
    if possible is not None:
        names = {int(item.index): item.name for item in possible}
        found, codes = np.unique(np.asarray(key, dtype=np.intp), return_inverse=True)
        if unknown := [int(code) for code in found if int(code) not in names]:
            raise ValueError(f"{possible.__name__} has no index {unknown}")
        return [names[int(code)] for code in found], codes.reshape(-1)
    if key.dtype == object:
        table: dict[Any, int] = {}
        codes = np.fromiter((table.setdefault(item, len(table)) for item in key), dtype=np.intp, count=len(key))
        return list(table), codes
    values, codes = np.unique(key, return_inverse=True)
    return list(values), codes.reshape(-1)


def _choose_parameters_by_value() -> None:
    """Parameters chosen by a column (a zone, a status, a date): looked up once per distinct value, not once per household.

    A third of the time of a batch went there.
    """
    vectorial = import_module("openfisca_core.parameters").VectorialParameterNodeAtInstant
    node_class = import_module("openfisca_core.parameters").ParameterNodeAtInstant
    enum_class = import_module("openfisca_core.indexed_enums").Enum

    class ByValue(vectorial):  # type: ignore[misc, valid-type]  # the library has no types
        """`vector` holds the distinct nodes, `codes` which one each household has."""

        def __init__(self, vector: list[Any], codes: Ints, name: str, instant: str) -> None:
            super().__init__(vector, name, instant)
            self.codes = codes

        def __getitem__(self, key: Any) -> Any:
            if isinstance(key, str):
                return chosen([node[key] for node in self.vector], self.codes, self)
            values, codes = distinct(key)
            names = [value.name if isinstance(value, enum_class) else value for value in values]
            pairs, both = np.unique(self.codes * len(values) + codes, return_inverse=True)
            nodes = [self.vector[pair // len(values)][names[pair % len(values)]] for pair in pairs.tolist()]
            return chosen(nodes, both.reshape(-1), self)

    def chosen(nodes: list[Any], codes: Ints, parent: Any) -> Any:
        if isinstance(nodes[0], node_class):
            return ByValue(nodes, codes, parent._name, parent._instant_str)
        return np.array(nodes)[codes]

    def build(node: Any, key: Any) -> Any:
        if not node.__dict__.get("_yole_vectorisable"):
            vectorial.check_node_vectorisable(node)
            node.__dict__["_yole_vectorisable"] = True
        values, codes = distinct(key)
        name_of = vectorial._get_appropriate_subnode_function(values[0])
        return chosen([node[name_of(node, value)] for value in values], codes, node)

    vectorial.build_from_node_name = staticmethod(build)


def _remember_roles() -> None:
    """Who has a role is compared once per simulation, not at each sum. The arrays are read-only: writing into one would fail loudly."""
    population = import_module("openfisca_core.populations").Population
    projectable = import_module("openfisca_core.projectors").projectable
    plain = population.has_role

    def has_role(self: Any, role: Any) -> Any:
        kept = self.__dict__.setdefault("_yole_roles", {})
        found = kept.get(role)
        if found is None:
            found = plain(self, role)
            if found is None:
                return None
            found.flags.writeable = False
            kept[role] = found
        return found

    population.has_role = projectable(has_role)
