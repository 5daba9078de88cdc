"""Juries, decisions, signatures, states and keys: what is done, and above all what is refused."""

from __future__ import annotations

import json
import stat
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from yole.base import paths
from yole.base.errors import Refused
from yole.journal.models import Entry
from yole.passport import checking, keys, retention, selectors, services_awards, services_jury, services_status
from yole.passport.contexts import processor
from yole.passport.engine import proofs, status
from yole.passport.engine.credential import CONTEXTS
from yole.passport.models import Award, Candidacy, Credential, IssuerKey, StatusEntry, StatusList
from yole.passport.services_jury import Given

pytestmark = pytest.mark.django_db
Make = Callable[..., Any]


def of(award: Award, kind: str = "niveau") -> Credential:
    return Credential.objects.get(award=award, kind=kind)


def text(award: Award, kind: str = "niveau") -> bytes:
    return of(award, kind).document.encode()


def codes(shown: checking.Shown) -> list[str]:
    return [reason.code for reason in shown.verdict.reasons]


def refused(code: str, act: Callable[[], object]) -> Refused:
    with pytest.raises(Refused) as caught:
        act()
    assert caught.value.code == code
    return caught.value


def test_an_award_is_signed_and_verifies(house: SimpleNamespace, award: Make) -> None:
    made = award()
    document = json.loads(text(made))
    assert document["@context"] == CONTEXTS and document["id"] == f"urn:uuid:{made.uuid}"
    assert document["credentialSubject"]["achievement"]["humanCode"] == "orange"
    assert [proof["cryptosuite"] for proof in document["proof"]] == [proofs.RDFC, proofs.JCS]
    assert isinstance(document["credentialStatus"], dict)
    shown = checking.check(text(made))
    assert (shown.verdict.status, shown.verdict.sound, shown.ours, shown.kind) == ("valid", True, True, "ok")
    assert shown.level is not None and shown.level.code == "orange" and shown.dated is not None
    assert shown.results == []


def test_the_areas_are_a_second_credential_with_the_same_place_in_the_list(award: Make) -> None:
    made = award()
    first, second = json.loads(text(made)), json.loads(text(made, "domaines"))
    assert first["credentialStatus"] == second["credentialStatus"] and first["id"] != second["id"]
    shown = checking.check(text(made, "domaines"))
    assert shown.verdict.sound
    # Four areas were measured; the fifth has too few answers and is not told.
    assert [(value, scale) for _name, value, scale in shown.results] == [("2", 4)] * 4
    assert "result" not in first["credentialSubject"]


def test_the_measure_proposes_and_another_level_needs_a_motive(house: SimpleNamespace, candidate: Make) -> None:
    one = candidate()
    assert services_jury.weighed(one)[2].code == "orange"  # type: ignore[union-attr]
    refused("motive-missing", lambda: services_jury.decide(house.evaluator, one.pk, Given("awarded", "vert")))
    refused("level", lambda: services_jury.decide(house.evaluator, one.pk, Given("awarded", "rose")))
    decided = services_jury.decide(house.evaluator, one.pk, Given("awarded", "vert", "Deux exercices difficiles réussis."))
    assert (decided.proposed.code, decided.level.code, decided.followed) == ("orange", "vert", False)  # type: ignore[union-attr]
    assert decided.probability == pytest.approx(0.08)
    refused(
        "awarded", lambda: services_jury.decide(house.evaluator, one.pk, Given("refused", "", "Une autre raison", "Autre chose à voir"))
    )


@pytest.mark.parametrize(
    ("probabilities", "supervised", "ago", "expected"),
    [
        ((0.0, 0.1, 0.85, 0.05), True, 1, "vert"),
        ((0.0, 0.3, 0.65, 0.05), True, 1, "orange"),  # not sure enough of green, sure of orange or above
        ((0.0, 0.1, 0.85, 0.05), False, 1, None),  # nobody was there
        ((0.0, 0.1, 0.85, 0.05), True, 400, None),  # too old
    ],
)
def test_what_is_proposed(candidate: Make, probabilities: Any, supervised: bool, ago: int, expected: str | None) -> None:
    one = candidate(probabilities, supervised=supervised, ago=timedelta(days=ago))
    proposed = services_jury.weighed(one)[2]
    assert (proposed.code if proposed else None) == expected


def test_a_refusal_needs_reasons_and_what_to_work_on(house: SimpleNamespace, candidate: Make) -> None:
    one = candidate()
    refused("motive-missing", lambda: services_jury.decide(house.evaluator, one.pk, Given("refused")))
    caught = refused(
        "to_work_on-missing", lambda: services_jury.decide(house.evaluator, one.pk, Given("refused", "", "Trop peu d’exercices."))
    )
    assert caught.field == "to_work_on"
    decided = services_jury.decide(house.evaluator, one.pk, Given("refused", "", "Trop peu d’exercices.", "Ouvrir une pièce jointe."))
    assert decided.decision == "refused" and decided.followed is False and not Award.objects.exists()
    # A review by a human may change it while the jury is open.
    assert services_jury.decide(house.evaluator, one.pk, Given("awarded", "orange")).followed is True


def test_only_an_evaluator_of_the_jury_decides(house: SimpleNamespace, candidate: Make) -> None:
    one = candidate()
    for account in (house.presenter, house.coordinator, house.mediator):
        refused("forbidden", lambda account=account: services_jury.decide(account, one.pk, Given("awarded", "orange")))  # type: ignore[misc]
    for account in (house.second, house.outsider):
        refused("unknown", lambda account=account: services_jury.decide(account, one.pk, Given("awarded", "orange")))  # type: ignore[misc]
    assert not Award.objects.exists()


def trained(house: SimpleNamespace, by: Any) -> Any:
    """A jury of both evaluators for a cohort that `by` trained."""
    from yole.bookings.models import Capacity
    from yole.workshops.models import Cohort, Programme, Session

    programme = Programme.objects.create(territory=house.territory, structure=house.structure, slug="p", title="Parcours", sort_key="p")
    today = timezone.localdate()
    cohort = Cohort.objects.create(
        programme=programme, name="Groupe", starts_on=today, ends_on=today, capacity=Capacity.objects.create(capacity=10)
    )
    start = timezone.now() - timedelta(hours=5)
    Session.objects.create(
        programme=programme, territory=house.territory, cohort=cohort, kind="cohort", starts_at=start, ends_at=start + timedelta(hours=2),
        half_days=["morning"], mediator=by,
    )  # fmt: skip
    return services_jury.create_jury(
        house.presenter, house.territory, scheme=house.scheme, title="Groupe", held_on=today, cohort=cohort,
        evaluators=[house.evaluator, house.second],
    )  # fmt: skip


def test_who_trained_does_not_evaluate_unless_a_second_person_signs(house: SimpleNamespace, sitting: Make) -> None:
    jury = trained(house, house.evaluator)
    one = services_jury.add_candidate(house.presenter, jury.pk, sitting_code=sitting().code)
    refused("trainer", lambda: services_jury.decide(house.evaluator, one.pk, Given("awarded", "orange", "Je connais ce groupe.")))
    refused("motive-missing", lambda: services_jury.ask_exception(house.evaluator, jury.pk, "non"))
    asked = services_jury.ask_exception(house.evaluator, jury.pk, "Personne d’autre n’est disponible cette semaine.")
    refused("trainer", lambda: services_jury.decide(house.evaluator, one.pk, Given("awarded", "orange")))
    refused("same-person", lambda: services_jury.sign_exception(house.evaluator, asked.pk))
    services_jury.sign_exception(house.second, asked.pk)
    decided = services_jury.decide(house.evaluator, one.pk, Given("awarded", "orange", "Vu pendant le parcours."))
    assert decided.decision == "awarded"
    actions = list(Entry.objects.filter(action__startswith="passport.").values_list("action", flat=True))
    assert {"passport.exception", "passport.exception-sign", "passport.decide"} <= set(actions)


def test_who_did_not_train_decides_for_a_cohort(house: SimpleNamespace, sitting: Make) -> None:
    jury = trained(house, house.mediator)
    one = services_jury.add_candidate(house.presenter, jury.pk, sitting_code=sitting().code)
    refused("not-trainer", lambda: services_jury.ask_exception(house.evaluator, jury.pk, "Un motif assez long."))
    assert services_jury.decide(house.evaluator, one.pk, Given("awarded", "orange", "Niveau vu.")).decision == "awarded"


def test_a_jury_closes_when_everybody_has_an_answer(house: SimpleNamespace, candidate: Make) -> None:
    one = candidate()
    refused("waiting", lambda: services_jury.close(house.presenter, house.jury.pk))
    services_jury.decide(house.evaluator, one.pk, Given("postponed", "", "Diagnostic à refaire."))
    services_jury.close(house.presenter, house.jury.pk)
    refused("closed", lambda: services_jury.decide(house.evaluator, one.pk, Given("awarded", "orange")))
    refused("closed", lambda: candidate())


def test_many_are_awarded_then_signed_and_the_work_goes_on_after_a_stop(house: SimpleNamespace, candidate: Make) -> None:
    ones = [candidate() for _ in range(3)] + [candidate((0.9, 0.1, 0.0, 0.0), supervised=False)]
    assert services_jury.award_many(house.evaluator, house.jury.pk, [one.pk for one in ones]) == 3
    assert services_awards.unsigned(house.jury.pk).count() == 6
    services_awards.sign(services_awards.unsigned(house.jury.pk).first())
    assert services_awards.sign_waiting(house.jury.pk) == 5
    assert services_awards.sign_waiting(house.jury.pk) == 0
    assert all(checking.check(made.document.encode()).verdict.sound for made in Credential.objects.all())


def test_states_change_the_list_at_once(house: SimpleNamespace, award: Make) -> None:
    made = award()
    refused("reason", lambda: services_awards.suspend(house.evaluator, made.pk, "non"))
    refused("forbidden", lambda: services_awards.revoke(house.presenter, made.pk, "Une raison claire"))
    refused("unknown", lambda: services_awards.revoke(house.outsider, made.pk, "Une raison claire"))
    services_awards.suspend(house.evaluator, made.pk, "Doute sur le candidat")
    suspended = checking.check(text(made))
    assert (suspended.verdict.status, codes(suspended), suspended.kind) == ("suspended", ["suspended"], "error")
    services_awards.lift(house.evaluator, made.pk, "Doute levé par le jury")
    assert checking.check(text(made)).verdict.sound
    services_awards.revoke(house.evaluator, made.pk, "Erreur de candidat")
    revoked = checking.check(text(made, "domaines"))
    assert (revoked.verdict.status, codes(revoked)) == ("revoked", ["revoked"])
    refused("revoked", lambda: services_awards.lift(house.evaluator, made.pk, "Une raison claire"))


def test_a_verifier_that_knows_only_the_withdrawals_refuses_a_suspended_passport(house: SimpleNamespace, award: Make) -> None:
    from yole.passport.engine import verification

    made = award()
    services_awards.suspend(house.evaluator, made.pk, "Doute sur le candidat")
    lists = [json.loads(StatusList.objects.get().withdrawn)]
    verdict = verification.verify(json.loads(text(made)), at=timezone.now(), processor=processor(), documents=keys.documents(), lists=lists)
    assert (verdict.status, verdict.sound) == ("revoked", False)


def test_a_replaced_key_keeps_its_signatures_and_a_stolen_one_does_not(house: SimpleNamespace, award: Make) -> None:
    made = award()
    before, old = text(made), IssuerKey.objects.get()
    refused("forbidden", lambda: services_awards.rotate(house.evaluator, "replaced", "Une raison claire"))
    services_awards.rotate(house.coordinator, "replaced", "Renouvellement annuel")
    assert checking.check(before).verdict.sound and text(made) == before
    newer = text(award())
    assert json.loads(newer)["proof"][0]["verificationMethod"] != json.loads(before)["proof"][0]["verificationMethod"]
    services_awards.rotate(house.coordinator, "compromised", "Ordinateur volé")
    shown = checking.check(newer)
    assert not shown.verdict.verified and set(codes(shown)) == {"key-revoked"}
    assert checking.check(before).verdict.sound, "the key replaced before the theft still holds"
    assert services_awards.sign_waiting() == 2
    again = Credential.objects.exclude(award=made).get(kind="niveau")
    assert checking.check(again.document.encode()).verdict.sound
    assert next(method["id"].partition("#")[2] for method in keys.document()["verificationMethod"]) == old.public  # type: ignore[index]


def test_a_thief_who_writes_an_old_date_is_refused(house: SimpleNamespace, award: Make) -> None:
    from datetime import UTC, datetime

    made = award()
    stolen = keys.signing_key(IssuerKey.objects.get())
    services_awards.rotate(house.coordinator, "compromised", "Ordinateur volé")
    document = proofs.without_proof(
        json.loads(Credential.objects.filter(award=made).first().document or "{}") or services_awards.content(of(made))
    )  # type: ignore[union-attr]
    forged = proofs.sign_set(document, stolen, datetime(2001, 1, 1, tzinfo=UTC), processor())
    assert not checking.check(json.dumps(forged).encode()).verdict.verified


def test_the_secret_is_a_closed_file_and_nowhere_in_the_database(award: Make) -> None:
    award()
    row = IssuerKey.objects.get()
    path = paths.keys_dir() / f"passport-{row.public}.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    secret = json.loads(path.read_text())["secretKeyMultibase"]
    assert all(secret not in str(value) for value in IssuerKey.objects.values_list().get())
    assert keys.health()[0] and services_status.health()[0]
    path.unlink()
    assert not keys.health()[0]


def test_places_are_drawn_and_a_half_full_list_is_followed_by_another(house: SimpleNamespace, award: Make, monkeypatch: Any) -> None:
    drawn = [award().entry.index for _ in range(3)]
    assert len(set(drawn)) == 3 and sorted(drawn) != list(range(3))
    monkeypatch.setattr(services_status, "FULL", 3)
    assert award().entry.status_list_id == 2


def test_a_new_code_closes_the_old_one(house: SimpleNamespace, award: Make) -> None:
    made = award()
    old = made.claim
    assert selectors.by_claim(old.lower()) == made
    renewed = services_awards.reissue(house.mediator, made.pk)
    assert selectors.by_claim(old) is None and selectors.held(made.pk, old) is None
    assert selectors.by_claim(renewed.claim) == made


def test_the_journal_and_the_credential_name_nobody(house: SimpleNamespace) -> None:
    from yole.people.engine.identity import Identity
    from yole.people.services import About, Agreed, create_followed

    agreed = Agreed(["suivi"], "oral")
    try:
        person = create_followed(house.mediator, Identity("Zéphirine", "Canari"), agreed, About())
    except Refused:
        from yole.people.enums import How, Purpose

        person = create_followed(house.mediator, Identity("Zéphirine", "Canari"), Agreed([Purpose.FOLLOW], How.SPOKEN_WITH_SHEET), About())
    from tests.passport.conftest import make_sitting

    make_sitting(house, person=person)
    one = services_jury.add_candidate(house.presenter, house.jury.pk, person_code=person.code)
    refused("twice", lambda: services_jury.add_candidate(house.presenter, house.jury.pk, person_code=person.code))
    services_jury.decide(house.evaluator, one.pk, Given("awarded", "orange"))
    rows = [Candidacy.objects.select_related("person", "booking").get(pk=one.pk)]
    assert services_jury.read_names(house.evaluator, house.jury, rows) == {one.pk: "Zéphirine Canari"}
    assert services_jury.read_names(house.presenter, house.jury, rows) != {}
    assert services_jury.read_names(house.coordinator, house.jury, rows) == {}
    assert services_jury.read_names(house.second, house.jury, rows) == {}
    kept = json.dumps([list(map(str, row)) for row in Entry.objects.values_list()]) + "".join(
        Credential.objects.values_list("document", flat=True)
    )
    kept += json.dumps([list(map(str, row)) for row in Candidacy.objects.values_list()])
    assert "Canari" not in kept and "Zéphirine" not in kept


def test_retention_and_erasure_keep_the_place_of_the_list(house: SimpleNamespace, award: Make, candidate: Make) -> None:
    from yole.passport import person_data

    made = award()
    assert (retention.purge_awards(), retention.purge_candidacies()) == (0, 0)
    services_awards.revoke(house.evaluator, made.pk, "Erreur de candidat")
    Award.objects.update(state_changed_at=timezone.now() - timedelta(days=366))
    type(house.jury).objects.update(held_on=timezone.localdate() - timedelta(days=366))
    assert (retention.purge_awards(), retention.purge_candidacies()) == (1, 1)
    assert (retention.purge_awards(), retention.purge_candidacies()) == (0, 0)
    assert not Award.objects.exists() and StatusEntry.objects.get().withdrawn
    assert Candidacy.objects.get().decision == "awarded" and Candidacy.objects.get().sitting is None
    assert person_data.erase(uuid.uuid4()) == 0 and person_data.collect(uuid.uuid4()) == []


def test_figures_hide_small_counts(house: SimpleNamespace, award: Make) -> None:
    for _ in range(2):
        award()
    figures = selectors.figures(house.territory)
    assert all(row.count in (None, 0) for row in figures.by_level)
    for _ in range(4):
        award()
    figures = selectors.figures(house.territory)
    assert {row.label: row.count for row in figures.by_level}["Passeport numérique – Orange"] == 6


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_two_decisions_at_once_take_two_places_and_one_candidate_gets_one_award() -> None:
    from django.db import connection

    from tests.passport.conftest import make_candidate, make_house

    house = make_house()
    keys.ensure()
    ones = [make_candidate(house) for _ in range(4)]

    def decide(pk: Any) -> str:
        try:
            services_jury.decide(house.evaluator, pk, Given("awarded", "orange"))
            return "done"
        except Refused as refusal:
            return refusal.code
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(decide, [ones[0].pk, ones[0].pk, *(one.pk for one in ones[1:]), ones[1].pk]))
    assert sorted(answers) == ["awarded", "awarded", "done", "done", "done", "done"]
    entries = list(StatusEntry.objects.values_list("status_list", "index"))
    assert len(entries) == len(set(entries)) == 4 == Award.objects.count()
    assert len(entries) < status.LENGTH
