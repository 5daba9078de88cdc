"""Juries: made, filled with candidates, decided by evaluators, closed. The machine proposes; every decision is somebody's act."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max, prefetch_related_objects
from django.utils import timezone

from yole.assessment import selectors as assessment
from yole.assessment.enums import SittingState
from yole.assessment.models import Sitting
from yole.base.errors import Refused
from yole.base.permissions import may, require
from yole.base.scope import system_scope
from yole.bookings.enums import LIVING
from yole.bookings.models import Booking
from yole.journal.references import reference
from yole.journal.services import record
from yole.organisations.acting import actor
from yole.organisations.enums import Role
from yole.organisations.models import Account
from yole.passport import permissions, selectors_evidence, services_awards
from yole.passport.enums import Decision, JuryState
from yole.passport.models import Award, Candidacy, Jury, Level, Scheme, TrainerException
from yole.passport.requirements import Evidence, whole
from yole.people import permissions as people_permissions
from yole.people import selectors as people
from yole.people import services as people_services
from yole.people.enums import Access
from yole.people.models import Person
from yole.territory.models import Territory
from yole.workshops.models import Cohort, Session

LEAST_WORDS = 10  # characters of a motive


def create_jury(
    account: Account | None,
    territory: Territory,
    *,
    scheme: Scheme,
    title: str,
    held_on: date,
    evaluators: Iterable[Account],
    cohort: Cohort | None = None,
    is_fictional: bool = False,
) -> Jury:
    """A jury with its candidates when it is for a cohort. Whoever makes it presents the candidates of their structure. Raises Refused."""
    if account is not None:
        require(account, permissions.PREPARE)
    chosen = list(evaluators)
    if not chosen or any(one.role != Role.EVALUATOR or one.territory_id != territory.pk or not one.is_active for one in chosen):
        raise Refused("Choisissez au moins une personne qui évalue.", field="evaluators", code="evaluators")
    if scheme.territory_id != territory.pk or (cohort is not None and cohort.programme.territory_id != territory.pk):
        raise Refused("Ce choix n’est pas de votre territoire.", code="elsewhere", status=404)
    structure = account.structure if account is not None and account.structure is not None else None
    if structure is None and cohort is not None:
        structure = cohort.programme.structure
    with transaction.atomic(), system_scope():
        jury = Jury.objects.create(
            territory=territory, structure=structure, scheme=scheme, cohort=cohort, title=title.strip(), held_on=held_on,
            created_by=account, is_fictional=is_fictional,
        )  # fmt: skip
        jury.evaluators.set(chosen)
        if cohort is not None:
            followers = Booking.objects.filter(capacity_id=cohort.capacity_id, state__in=LIVING, erased_at__isnull=True)
            for booking in followers.order_by("created_at", "pk"):
                _add(jury, booking.person, booking, None)
        record("passport.jury", actor(account), reference("jury", jury.pk), {"candidates": jury.candidacies.count()})
    return jury


def _add(jury: Jury, person: Person | None, booking: Booking | None, sitting: Sitting | None) -> Candidacy:
    number = (jury.candidacies.aggregate(last=Max("number"))["last"] or 0) + 1
    if person is not None and jury.candidacies.filter(person=person).exists():
        raise Refused("Cette personne est déjà devant ce jury.", code="twice")
    if person is not None:
        _check_retake(jury, person)
        sitting = sitting or _last_sitting(person)
    return Candidacy.objects.create(jury=jury, number=number, label=f"Candidat {number}", person=person, booking=booking, sitting=sitting)


def _last_sitting(person: Person) -> Sitting | None:
    """The latest finished diagnosis, one taken before the team first."""
    return (
        Sitting.objects.filter(person__in=people.group(person.pk), state=SittingState.FINISHED)
        .order_by("-supervised", "-finished_at")
        .first()
    )


def _check_retake(jury: Jury, person: Person) -> None:
    last = (
        Candidacy.objects.filter(person__in=people.group(person.pk), jury__scheme=jury.scheme, decision=Decision.REFUSED)
        .order_by("-decided_at")
        .first()
    )
    first = jury.scheme.levels.order_by("rank").first()
    if last is None or last.decided_at is None or first is None:
        return
    days = int(whole(first.requirements)["retake_after_days"])
    if timezone.now() - last.decided_at < timedelta(days=days):
        raise Refused(
            f"Une réponse négative date de moins de {days} jours.",
            remedy="Laissez à la personne le temps de travailler les points indiqués.",
            code="too-soon",
        )


def _open(account: Account, jury_id: int, act: str) -> Jury:
    """The jury, open, if the account takes part in it. Raises Refused."""
    require(account, act)
    jury = Jury.objects.select_for_update(of=("self",)).select_related("scheme", "cohort").filter(pk=jury_id).first()
    if jury is None or not takes_part(account, jury):
        raise Refused("Ce jury n’existe pas, ou n’est pas le vôtre.", code="unknown", status=404)
    if jury.state != JuryState.OPEN:
        raise Refused("Ce jury est clos.", remedy="Faites un nouveau jury.", code="closed")
    return jury


def takes_part(account: Account, jury: Jury) -> bool:
    """Evaluators of the jury, the structure that presents the candidates, those who coordinate the territory."""
    if jury.territory_id != account.territory_id:
        return False
    if account.role == Role.TERRITORY_COORDINATOR or (account.structure_id is not None and jury.structure_id == account.structure_id):
        return True
    return jury.evaluators.filter(pk=account.pk).exists()


def add_candidate(account: Account, jury_id: int, *, person_code: str = "", sitting_code: str = "") -> Candidacy:
    """Enters somebody by the code of their card, of their diagnosis, or both. Raises Refused."""
    with transaction.atomic():
        jury = _open(account, jury_id, permissions.PREPARE)
        person = people.by_code(account, person_code) if person_code.strip() else None
        if person_code.strip() and person is None:
            raise Refused("Aucune carte de votre structure n’a ce code.", field="person_code", code="no-person")
        sitting = _sitting(jury, sitting_code)
        if person is None and sitting is None:
            raise Refused("Donnez le code de la carte, ou celui du diagnostic.", field="person_code", code="nobody")
        with system_scope():
            made = _add(jury, person, None, sitting)
        record("passport.candidate", actor(account), reference("candidacy", made.pk), {"jury": reference("jury", jury.pk)})
    return made


def _sitting(jury: Jury, code: str) -> Sitting | None:
    if not code.strip():
        return None
    with system_scope():
        found = assessment.by_code(code)
    if found is None or found.territory_id != jury.territory_id:
        raise Refused("Aucun diagnostic n’a ce code.", field="sitting_code", code="no-sitting")
    if found.state != SittingState.FINISHED:
        raise Refused("Ce diagnostic n’est pas terminé.", field="sitting_code", code="sitting-open")
    return found


def link_sitting(account: Account, candidacy_id: UUID, code: str) -> Candidacy:
    """The diagnosis of a candidate, by its code. Raises Refused."""
    with transaction.atomic():
        candidacy = _candidacy(account, candidacy_id, permissions.PREPARE)
        found = _sitting(candidacy.jury, code)
        if found is None:
            raise Refused("Donnez le code du diagnostic.", field="code", code="no-sitting")
        candidacy.sitting = found
        candidacy.save(update_fields=["sitting"])
        record("passport.diagnosis", actor(account), reference("candidacy", candidacy.pk))
    return candidacy


def _candidacy(account: Account, candidacy_id: UUID, act: str) -> Candidacy:
    """The candidacy, locked, not awarded yet, of an open jury of the account. Raises Refused."""
    found = Candidacy.objects.select_for_update(of=("self",)).filter(pk=candidacy_id).first()
    if found is None:
        raise Refused("Ce candidat n’existe pas, ou n’est pas de votre jury.", code="unknown", status=404)
    found.jury = _open(account, found.jury_id, act)
    if found.decision == Decision.AWARDED:
        raise Refused("Ce passeport est déjà attribué.", remedy="Pour revenir en arrière, retirez le passeport.", code="awarded")
    return found


def is_trainer(account_id: int, jury: Jury) -> bool:
    """Whether somebody led a session of the jury's cohort."""
    return jury.cohort_id is not None and Session.objects.filter(cohort_id=jury.cohort_id, mediator_id=account_id).exists()


def ask_exception(account: Account, jury_id: int, motive: str) -> TrainerException:
    """An evaluator who trained the cohort writes why they must decide all the same; another person has to sign. Raises Refused."""
    with transaction.atomic():
        jury = _open(account, jury_id, permissions.DECIDE)
        if not is_trainer(account.pk, jury):
            raise Refused("Vous n’avez pas formé ce groupe : aucune exception n’est nécessaire.", code="not-trainer")
        _check_words("motive", motive, "Dites pourquoi personne d’autre ne peut évaluer.")
        made, _created = TrainerException.objects.update_or_create(
            jury=jury, evaluator=account, defaults={"motive": motive.strip()[:300], "second": None, "signed_at": None}
        )
        record("passport.exception", actor(account), reference("jury", jury.pk), {"motive": sha256(made.motive.encode()).hexdigest()})
    return made


def sign_exception(account: Account, exception_id: int) -> TrainerException:
    """The second signature: somebody else, who did not train the cohort either. Raises Refused."""
    with transaction.atomic():
        held = TrainerException.objects.filter(pk=exception_id).first()
        if held is None:
            raise Refused("Cette demande n’existe pas.", code="unknown", status=404)
        jury = _open(account, held.jury_id, permissions.SECOND)
        if account.pk == held.evaluator_id or is_trainer(account.pk, jury):
            raise Refused("La seconde signature est celle d’une autre personne, qui n’a pas formé ce groupe.", code="same-person")
        held.second, held.signed_at = account, timezone.now()
        held.save(update_fields=["second", "signed_at"])
        record(
            "passport.exception-sign", actor(account), reference("jury", jury.pk), {"evaluator": reference("account", held.evaluator_id)}
        )
    return held


def _check_words(field: str, text: str, asked: str) -> None:
    if len(text.strip()) < LEAST_WORDS:
        raise Refused(asked, remedy="Une phrase suffit, sans nom.", field=field, code=f"{field}-missing")


@dataclass(frozen=True, slots=True)
class Given:
    """What an evaluator decides. `level`: its code, for an award."""

    decision: str
    level: str = ""
    motive: str = ""
    to_work_on: str = ""


def may_decide(account: Account, jury: Jury) -> str:
    """Why an evaluator may not decide here, in one sentence; empty when they may."""
    if not may(account, permissions.DECIDE) or not jury.evaluators.filter(pk=account.pk).exists():
        return "Seules les personnes qui évaluent pour ce jury décident."
    if is_trainer(account.pk, jury):
        signed = TrainerException.objects.filter(jury=jury, evaluator=account, signed_at__isnull=False).exists()
        if not signed:
            return "Vous avez formé ce groupe : une autre personne doit décider, ou signer une exception écrite."
    return ""


def decide(account: Account, candidacy_id: UUID, given: Given, *, sign: bool = True) -> Candidacy:
    """The decision of an evaluator: awarded at a level, refused with reasons and what to work on, or postponed with a reason.

    A level other than the proposed one needs a motive; both are kept. Raises Refused: `trainer`, `motive-missing`, `to_work_on-missing`,
    `level`, `awarded`, `closed`, `unknown`.
    """
    award = None
    with transaction.atomic():
        candidacy = _candidacy(account, candidacy_id, permissions.DECIDE)
        jury = candidacy.jury
        if why := may_decide(account, jury):
            raise Refused(why, code="trainer" if is_trainer(account.pk, jury) else "forbidden", status=403)
        found, levels, proposed = weighed(candidacy)
        level = next((one for one in levels if one.code == given.level), None) if given.decision == Decision.AWARDED else None
        _check_decision(given, level, proposed)
        rank = level.rank if level else proposed.rank if proposed else found.measured_rank
        candidacy.evidence, candidacy.proposed = found.as_json(), proposed
        candidacy.probability = found.probability(rank) if rank else None
        candidacy.decision, candidacy.level = given.decision, level
        candidacy.motive, candidacy.to_work_on = given.motive.strip()[:1000], given.to_work_on.strip()[:1000]
        candidacy.followed = None if given.decision == Decision.POSTPONED else level == proposed
        candidacy.decided_by, candidacy.decided_at = account, timezone.now()
        candidacy.save()
        if level is not None:
            award = services_awards.make(candidacy, level)
        record("passport.decide", actor(account), reference("candidacy", candidacy.pk), _told(candidacy, award))
    if award is not None and sign:
        services_awards.sign_award(award)
    return candidacy


def _told(candidacy: Candidacy, award: Award | None) -> dict[str, Any]:
    return {
        "decision": candidacy.decision,
        "level": candidacy.level.code if candidacy.level else "",
        "proposed": candidacy.proposed.code if candidacy.proposed else "",
        "followed": candidacy.followed,
        "award": reference("award", award.pk) if award else "",
    }


def _check_decision(given: Given, level: Level | None, proposed: Level | None) -> None:
    people_services.check_text([("motive", given.motive), ("to_work_on", given.to_work_on)], confirmed=True)
    if given.decision not in Decision.values:
        raise Refused("Choisissez une décision.", field="decision", code="decision")
    if given.decision == Decision.AWARDED:
        if level is None:
            raise Refused("Choisissez le niveau attribué.", field="level", code="level")
        if level != proposed:
            _check_words("motive", given.motive, "Ce n’est pas le niveau proposé : dites pourquoi.")
        return
    _check_words("motive", given.motive, "Dites la raison : la personne la lira.")
    if given.decision == Decision.REFUSED:
        _check_words("to_work_on", given.to_work_on, "Dites ce qu’il faut travailler : la personne le lira.")


def weighed(candidacy: Candidacy) -> tuple[Evidence, list[Level], Level | None]:
    """(evidence as it stands now, levels weakest first, the level the machine proposes)."""
    with system_scope():
        found = selectors_evidence.evidence(candidacy.sitting, candidacy.jury.cohort, candidacy.booking)
        levels = list(candidacy.jury.scheme.levels.order_by("rank"))
    return found, levels, selectors_evidence.proposal(levels, found)


def award_many(account: Account, jury_id: int, chosen: Iterable[UUID]) -> int:
    """Awards the proposed level to the candidates that an evaluator ticked; their passports are signed by the worker. Returns how many."""
    from yole.passport import tasks

    done = 0
    for candidacy_id in chosen:
        candidacy = Candidacy.objects.filter(pk=candidacy_id, jury_id=jury_id, decision="").select_related("jury__scheme").first()
        proposed = weighed(candidacy)[2] if candidacy is not None else None
        if candidacy is not None and proposed is not None:
            decide(account, candidacy.pk, Given(Decision.AWARDED, proposed.code), sign=False)
            done += 1
    if done:
        tasks.sign_jury.enqueue(jury_id)
    return done


def close(account: Account, jury_id: int) -> Jury:
    """Ends a jury whose candidates all have an answer. Raises Refused."""
    with transaction.atomic():
        jury = _open(account, jury_id, permissions.PREPARE)
        waiting = jury.candidacies.filter(decision="").count()
        if waiting:
            raise Refused(f"Il reste {waiting} sans réponse.", remedy="Donnez une réponse à chaque candidat.", code="waiting")
        jury.state = JuryState.CLOSED
        jury.save(update_fields=["state"])
        record("passport.jury-close", actor(account), reference("jury", jury.pk))
    return jury


def reads_names(account: Account, jury: Jury) -> bool:
    """Names are for the evaluators of the jury, and for the team that presents the candidates and follows people."""
    if jury.territory_id != account.territory_id:
        return False
    if account.structure_id is not None and jury.structure_id == account.structure_id and may(account, people_permissions.SEE):
        return True
    return may(account, permissions.DECIDE) and jury.evaluators.filter(pk=account.pk).exists()


def read_names(account: Account, jury: Jury, candidacies: Iterable[Candidacy]) -> dict[UUID, str]:
    """The name of each candidate for a screen or a print of the jury; the card of each notes that it was read. Empty for who may not."""
    if not reads_names(account, jury):
        return {}
    names, read = {}, []
    with system_scope():
        rows = list(candidacies)
        prefetch_related_objects(rows, "person", "booking")
        for candidacy in rows:
            if candidacy.person is not None:
                names[candidacy.pk] = people.identity(candidacy.person).full_name
                read.append(candidacy.person)
            elif candidacy.booking is not None:
                names[candidacy.pk] = candidacy.booking.name
        people_services.note_accesses(account, read, Access.SEEN, f"Jury du passeport {jury.pk}")
    return {key: name for key, name in names.items() if name}
