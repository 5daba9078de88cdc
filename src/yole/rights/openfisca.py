"""The State's rules: drives OpenFisca-France on a cohort. The only module that imports it, and only when it is called."""

from __future__ import annotations

import gc
import importlib.metadata
import importlib.util
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

from yole.kernel.errors import InputError
from yole.rights import openfisca_speed
from yole.rights.engine.cohort import ACTIVITIES, HOUSINGS, SCHOOLING, Cohort, Floats, Outcomes, blank, join

CHUNK = 3000
# Inputs are set from January of this many years before the month asked; the cut graph looks further back than the full one.
YEARS_BACK, YEARS_BACK_CUT = 3, 7

_FRENCH = {"employed": "actif", "unemployed": "chomeur", "student": "etudiant", "retired": "retraite", "inactive": "inactif"}
_ACTIVITY = np.array([_FRENCH[activity] for activity in ACTIVITIES])
_HOUSING = np.array(HOUSINGS)
_SCHOOLING = np.array(SCHOOLING)
_ROLES = {
    "famille": np.array(["demandeur", "conjoint", "enfant"]),
    "foyer_fiscal": np.array(["declarant_principal", "conjoint", "personne_a_charge"]),
    "menage": np.array(["personne_de_reference", "conjoint", "enfant"]),
}

INDIVIDUAL = ("aah", "ass", "asi", "contrat_engagement_jeune", "bourse_criteres_sociaux")
FAMILY = ("rsa", "ppa", "aide_logement", "aspa", "af", "cf", "paje_base", "asf", "bourse_lycee", "bourse_college")
YEARLY = ("ars", "cheque_energie")
_CSS = ("cmu_c", "css_participation_forfaitaire")

# Set to nothing in the cut graph: what only a payslip feeds, and sums of sources that a situation cannot hold (independent work, capital,
# land, apprenticeship). That this changes no result is checked on random households by the tests and by the benchmark.
CUT = (
    *("salaire_super_brut", "cotisations_salariales", "cotisations_employeur", "rpns_auto_entrepreneur_benefice", "revenus_locatifs"),
    *("revenus_capital", "rente_viagere_titre_onereux", "rente_viagere_titre_onereux_net", "rpns_autres_revenus", "rpns_exon"),
    *("rpns_benefice_exploitant_agricole", "rpns_imposables", "rpns_info", "rpns_micro_entreprise_benefice", "rpns_pvce", "rpns_pvct"),
    *("revenus_capitaux_prelevement_forfaitaire_unique_ir", "revenus_capitaux_prelevement_liberatoire", "revenu_categoriel_capital"),
    *("revenu_categoriel_foncier", "revenu_categoriel_non_salarial", "revenu_categoriel_plus_values", "rente_accident_travail"),
    *("assiette_csg_plus_values", "remuneration_apprenti", "apprenti", "stagiaire", "deficit_ante", "abattements_plus_values"),
    *("charges_deduc", "rfr_cd", "rfr_plus_values_hors_rni", "rfr_rvcm_abattements_a_reintegrer", "revenus_non_salarie_nets"),
    *("moins_values_court_terme_non_salaries", "moins_values_long_terme_non_salaries", "ppa_rsa_derniers_revenus_tns_annuels_connus"),
    "aide_logement_base_revenus_fiscaux",
)


class RulesError(RuntimeError):
    """The rules gave something that is not a number, or lack a name that we count on: a defect, never shown as a result."""


def installed() -> bool:
    return importlib.util.find_spec("openfisca_france") is not None


def require() -> None:
    """Raises InputError in words when the rules are not installed."""
    if not installed():
        raise InputError(
            "le calcul des droits n'est pas installé (openfisca-france)", expected="l'installation de l'extra « rights » : make run"
        )


def versions() -> dict[str, str]:
    return {name: importlib.metadata.version(name.replace("_", "-")) for name in ("openfisca_france", "openfisca_core")}


@contextmanager
def _kept_for_good() -> Iterator[None]:
    """What is made in the block lives as long as the process: the collector neither looks through it while it is made (a third of the time
    of a start) nor ever again (most of the time of a collection between two chunks)."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
        gc.collect()
        gc.freeze()
    finally:
        if enabled:
            gc.enable()


class Rules:
    """The rules, built once (some seconds), then computed as often as wanted. Safe to call from several threads, one at a time.

    `overrides` are (parameter path, first day "YYYY-MM-DD", value): values newer than the rules' own, applied as a reform.
    """

    def __init__(self, overrides: tuple[tuple[str, str, float], ...] = ()) -> None:
        require()
        openfisca_speed.lighten()
        with _kept_for_good():
            system = import_module("openfisca_france").CountryTaxBenefitSystem()
            self.system = _reformed(system, overrides) if overrides else system
        self._simulation = openfisca_speed.remembering(import_module("openfisca_core.simulations").Simulation)
        self._lock = threading.Lock()
        self._check_names()

    def _check_names(self) -> None:
        wanted = {*_inputs_of(blank()), *CUT, *INDIVIDUAL, *FAMILY, *YEARLY, *_CSS, "date_naissance"}
        if missing := sorted(wanted - set(self.system.variables)):
            raise RulesError(f"openfisca-france {versions()['openfisca_france']} no longer knows: {', '.join(missing)}")

    def compute(self, cohort: Cohort, month: str, *, full: bool = False) -> Outcomes:
        """The outcomes of every household at `month` ("YYYY-MM"), in chunks so that memory stays flat.

        `full` keeps the whole graph (slow; the reference of the tests). Raises RulesError when a result is not a finite number.
        """
        with self._lock:
            return join(list(self._chunks(cohort, month, full)))

    def trace(self, cohort: Cohort, month: str, names: list[str]) -> Iterator[Any]:
        """Every step of the computation of some variables, as the library's tracer notes them: some times slower than `compute`."""
        periods = import_module("openfisca_core.periods")

        with self._lock:
            simulation = self._build(cohort, month, full=False, traced=True)
            for name in names:
                yearly = self.system.variables[name].definition_period == "year"
                simulation.calculate(name, periods.period(month[:4] if yearly else month))
            steps: Iterator[Any] = simulation.tracer.browse_trace()
            return steps

    def _chunks(self, cohort: Cohort, month: str, full: bool) -> Iterator[Outcomes]:
        for start in range(0, cohort.households, CHUNK):
            part = cohort if cohort.households <= CHUNK else cohort.chunk(start, min(start + CHUNK, cohort.households))
            yield self._run(part, month, full)
            if cohort.households > CHUNK:
                gc.collect()

    def _run(self, cohort: Cohort, month: str, full: bool) -> Outcomes:
        periods = import_module("openfisca_core.periods")

        simulation = self._build(cohort, month, full)
        now, year = periods.period(month), periods.period(month[:4])
        amounts: dict[str, Floats] = {}
        try:
            with np.errstate(divide="raise", invalid="raise"):
                for name in INDIVIDUAL:
                    each = np.asarray(simulation.calculate(name, now), dtype=float)
                    amounts[name] = np.bincount(cohort.household, weights=each, minlength=cohort.households).astype(float)
                for name in (*FAMILY, *YEARLY):
                    amounts[name] = np.asarray(simulation.calculate(name, year if name in YEARLY else now), dtype=float)
                free = np.asarray(simulation.calculate(_CSS[0], now), dtype=bool)
                charge = np.asarray(simulation.calculate(_CSS[1], now), dtype=float)
        except FloatingPointError as error:
            raise RulesError(f"the rules divided by nothing ({error}): a role or an input is wrong") from error
        amounts["css"] = (free | (charge > 0)).astype(float)
        for name, values in (*amounts.items(), ("css_participation_forfaitaire", charge)):
            if not np.isfinite(values).all():
                raise RulesError(f"{name} is not a number for {int((~np.isfinite(values)).sum())} households")
        return Outcomes({name: np.round(np.maximum(values, 0.0), 2) for name, values in amounts.items()}, free, np.round(charge, 2))

    def _build(self, cohort: Cohort, month: str, full: bool, *, traced: bool = False) -> Any:
        periods = import_module("openfisca_core.periods")

        builder = import_module("openfisca_core.simulations").SimulationBuilder()
        builder.create_entities(self.system)
        builder.declare_person_entity("individu", np.arange(len(cohort.role)))
        for entity, keys in _ROLES.items():
            group = builder.declare_entity(entity, np.arange(cohort.households))
            known = {role.key for role in group.entity.flattened_roles}
            if not set(keys) <= known:
                raise RulesError(f"{entity} has no role {sorted(set(keys) - known)}")
            builder.join_with_persons(group, cohort.household, keys[cohort.role])
        kind = import_module("openfisca_core.simulations").Simulation if traced else self._simulation
        simulation = kind(self.system, builder.populations)
        simulation.trace = traced
        year = int(month[:4])
        months = _months(year - (YEARS_BACK if full else YEARS_BACK_CUT), month)
        years = [periods.period(str(number)) for number in range(year - YEARS_BACK_CUT, year + 1)]
        simulation.set_input("date_naissance", "ETERNITY", cohort.birth)
        for name, values in _inputs_of(cohort).items():
            # The same array serves every month: the hypothesis is that nothing moved.
            holder = simulation.get_holder(name)
            holder.set_input(months[0], values)
            array = holder.get_array(months[0])
            for period in months[1:]:
                holder._memory_storage._arrays[period] = array
        if not full:
            for name in CUT:
                holder = simulation.get_holder(name)
                nothing = holder.default_array()
                for period in months if self.system.variables[name].definition_period == "month" else years:
                    holder._memory_storage._arrays[period] = nothing
        return simulation


def _inputs_of(cohort: Cohort) -> dict[str, NDArray[Any]]:
    """The columns of a cohort under the names of the rules."""
    wage, pension, benefit = cohort.wage, cohort.pension, cohort.unemployment_benefit
    return {
        "activite": _ACTIVITY[cohort.activity],
        "salaire_net": wage,
        "salaire_imposable": wage,
        "salaire_de_base": np.round(wage / 0.78, 2),
        "retraite_nette": pension,
        "retraite_imposable": pension,
        "retraite_brute": pension,
        "chomage_net": benefit,
        "chomage_imposable": benefit,
        "chomage_brut": benefit,
        "taux_incapacite": cohort.disability_rate / 100,
        "handicap": cohort.disability_rate > 0,
        "aah_restriction_substantielle_durable_acces_emploi": cohort.work_restriction,
        "enceinte": cohort.pregnant,
        "nationalite": cohort.nationality,
        "duree_possession_titre_sejour": cohort.residence_permit_years,
        "ass_precondition_remplie": cohort.ass_work_history,
        "pensions_invalidite": cohort.invalidity_pension,
        "indemnites_journalieres_maladie": cohort.sick_pay,
        "pensions_alimentaires_percues": cohort.alimony_received,
        "pensions_alimentaires_versees_individu": cohort.alimony_paid,
        "livret_a": cohort.savings,
        "scolarite": _SCHOOLING[cohort.schooling],
        "statut_occupation_logement": _HOUSING[cohort.housing],
        "loyer": cohort.rent,
        "coloc": cohort.shared_housing,
        "logement_chambre": cohort.single_room,
        "proprietaire_proche_famille": cohort.landlord_is_family,
        "depcom": cohort.commune,
    }


def _months(first_year: int, last: str) -> list[Any]:
    periods = import_module("openfisca_core.periods")

    names = (f"{year}-{month:02d}" for year in range(first_year, int(last[:4]) + 1) for month in range(1, 13))
    return [periods.period(name) for name in names if name <= last]


def _reformed(system: Any, overrides: tuple[tuple[str, str, float], ...]) -> Any:
    def modified(parameters: Any) -> Any:
        for path, first_day, value in overrides:
            node = parameters
            for part in path.split("."):
                node = node.children[part]
            node.update(start=first_day, value=value)
        return parameters

    def apply(self: Any) -> None:
        self.modify_parameters(modifier_function=modified)

    reform = import_module("openfisca_core.reforms").Reform
    return type("Revaluations", (reform,), {"apply": apply})(system)
