"""Structures, posts and candidates of the demonstration, all invented. One adviser is in post; the round of the others is to be run."""

from __future__ import annotations

from datetime import date, timedelta

from yole.advisers import demo_training, services_candidates, services_hosts, services_ledger
from yole.advisers.enums import CandidateState, Envelope, HostKind, HostState, Opinion, Situation
from yole.advisers.models import GrantRate, Host
from yole.base.registries import Note
from yole.base.scope import system_scope
from yole.organisations.models import Account
from yole.territory.models import Commune, Territory
from yole.territory.selectors import today

MILLION = 100_000_000  # cents
_ENVELOPES = ((Envelope.POSTS, 200), (Envelope.SPACES, 40), (Envelope.CONNECT, 10))
_HOSTS = (
    ("Mairie de démonstration (fictif)", HostKind.COMMUNE, "97209", 2),
    ("Médiathèque de démonstration (fictif)", HostKind.COMMUNE, "97228", 1),
    ("Association de démonstration (fictif)", HostKind.PRIVATE, "97222", 1),
)
# (commune, kilometres, years, situation, days before free)
_PEOPLE = (
    ("97209", 10, 3, Situation.LOOKING, 0), ("97213", 20, 1, Situation.JOB, 0), ("97224", 15, 0, Situation.GRADUATED, 0),
    ("97228", 10, 2, Situation.LEARNING, 0), ("97222", 5, 5, Situation.LOOKING, 0), ("97220", 5, 4, Situation.LOOKING, 0),
    ("97209", 5, 0, Situation.LOOKING, 0), ("97212", 40, 2, Situation.LEARNING, 400), ("97230", 40, 1, Situation.GRADUATED, 0),
)  # fmt: skip


def load(note: Note) -> None:
    territory = Territory.objects.filter(is_default=True).first()
    coordinator = Account.objects.filter(is_fictional=True, role="territory-coordinator", territory=territory).first()
    if territory is None or coordinator is None or not _communes():
        return
    with system_scope():
        if Host.objects.filter(territory=territory).exists():
            return
        _load(territory, coordinator)
    note("yole : conseillers de démonstration (fictif) : 4 structures, 4 postes, 9 candidatures, une personne en poste.")


def _communes() -> dict[str, Commune]:
    wanted = {code for _, _, code, _ in _HOSTS} | {entry[0] for entry in _PEOPLE}
    found = Commune.objects.in_bulk(wanted)
    return found if len(found) == len(wanted) and all(one.lat is not None for one in found.values()) else {}


def siret(number: int) -> str:
    """A SIRET that passes its check and belongs to nobody."""
    return next(text for last in range(10) if _holds(text := f"{99900000000000 + number * 10 + last}"))


def _holds(text: str) -> bool:
    doubled = [int(c) * (2 if i % 2 == 0 else 1) for i, c in enumerate(text)]
    return sum(d - 9 if d > 9 else d for d in doubled) % 10 == 0


def _load(territory: Territory, coordinator: Account) -> None:
    communes, start = _communes(), today() + timedelta(days=60)
    if not GrantRate.objects.exists():
        for private, cents in ((False, 5_000_000), (True, 4_000_000)):
            GrantRate.objects.create(
                territory=territory, private=private, valid_from=date(2020, 11, 17), cents=cents, source="Barème de démonstration (fictif)"
            )
    for envelope, millions in _ENVELOPES:
        services_ledger.open_envelope(None, territory, envelope, millions * MILLION, "Plan de novembre 2020 (démonstration)")
    demo_training.load(territory, coordinator, communes["97209"], siret(len(_HOSTS)))
    for number, (name, kind, commune, asked) in enumerate(_HOSTS):
        form = services_hosts.HostForm(
            name, siret(number), kind, communes[commune], "Des habitants demandent de l’aide chaque jour (fictif).", asked, start,
            "Personne fictive", f"structure{number}@exemple.invalid",
        )  # fmt: skip
        host = services_hosts.apply(territory, form, is_fictional=True)
        if number < 2:
            services_hosts.give_opinion(coordinator, host.pk, Opinion.FAVOURABLE, "Besoin avéré (fictif).")
            services_hosts.decide(coordinator, host.pk, HostState.ACCEPTED, "COSELEC-DEMO-1", granted=asked)
    for number, (commune, reach, years, situation, wait) in enumerate(_PEOPLE):
        candidate = services_candidates.apply(
            territory,
            services_candidates.CandidateForm(
                f"Candidature {number + 1} (fictif)", f"candidat{number}@exemple.invalid", communes[commune], reach,
                today() + timedelta(days=wait), situation, years, consent=True,
            ),
            is_fictional=True,
        )  # fmt: skip
        if number != 1:
            services_candidates.by_candidate(candidate, CandidateState.AVAILABLE)
