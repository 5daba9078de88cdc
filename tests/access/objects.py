"""The objects of the routes that take an argument, all of the structure `own` and of its territory.

A room that gains such a route adds a line to `ARGUMENTS`: a piece of the address as the urls files write it, and what to put in it. The
first line whose piece is in the address serves.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date, time, timedelta
from typing import Any

from tests.access import (
    objects_advisers,
    objects_ai_register,
    objects_debates,
    objects_deployment,
    objects_events,
    objects_measured,
    objects_reference,
    objects_rights,
    objects_roadmap,
    objects_tours,
)
from tests.access.fixtures import OWN, World

Arguments = Callable[[World], dict[str, Any]]


def message(world: World) -> Any:
    from yole.workshops.models import OutboundMessage

    return OutboundMessage.objects.get(booking=world.booking)


def quartier(world: World) -> Any:
    from yole.territory.models import Commune, Quartier

    commune = Commune.objects.create(
        code="97224", name="Saint-Joseph", sort_key="saint-joseph", search_key="saint-joseph", departement="972", source="essai",
        source_date="2026",
    )  # fmt: skip
    return Quartier.objects.create(
        commune=commune, name="Quartier (fictif)", sort_key="quartier", search_key="quartier", lat=14.6, lon=-61.0, added_by="essai"
    )


def bus(world: World) -> Any:
    from yole.places.models import Place

    return Place.objects.create(
        territory=world.territory, kind="itinerant", source="essai", source_id="bus", slug="bus", name="Bus (fictif)",
        commune_name="Saint-Joseph", postcode="97212", insee_code="97224", address="2 rue", updated_on="2026-01-01", sort_key="bus",
        name_key="bus", address_key="2 rue",
    )  # fmt: skip


def stop(world: World) -> Any:
    from yole.places.models import Stop

    return Stop.objects.create(place=world.thing(bus), name="Place de la mairie")


def line(world: World) -> Any:
    from yole.places.models import StopTime

    return StopTime.objects.create(stop=world.thing(stop), weekday="Mo", starts=time(9), ends=time(12))


def cancellation(world: World) -> Any:
    from yole.places.models import StopCancellation

    return StopCancellation.objects.create(place=world.thing(bus), on_date=date(2030, 1, 7), reason="Essai")


def change(world: World) -> Any:
    from yole.places.models import PlaceChange

    return PlaceChange.objects.create(place=world.place, before={"room": ""}, after={"room": "x"}, why="essai")


def report(world: World) -> Any:
    from yole.places.services import report_error

    return report_error(world.place, kind="hours", text="Fermé le lundi", contact="", key=uuid.uuid4())


def decision(world: World) -> Any:
    from yole.places.models import PairDecision

    return PairDecision.objects.create(kept=world.place, other=world.thing(bus), same=False, score=0.5)


def place_import(world: World) -> Any:
    from yole.places.desk_services_imports import map_columns, receive_list

    by = world.account("territory-coordinator", OWN)
    row = "id,nom,adresse,code_postal,commune,date_maj\n1,Essai (fictif),1 rue,97212,Saint-Joseph,2026-01-01\n"
    made = receive_list(world.territory, data=row.encode(), file_name="essai.csv", source="essai", by=by)
    return map_columns(made, columns={name: name for name in row.split("\n")[0].split(",")}, constants={}, by=by)


def own_member(world: World) -> Any:
    return world.account("volunteer", OWN)


def membership(world: World) -> Any:
    from yole.organisations.models import Membership

    return Membership.objects.get(account=world.thing(own_member), is_current=True)


def invitation(world: World) -> Any:
    from django.utils import timezone

    from yole.organisations.models import Invitation

    return Invitation.objects.create(
        email="invitee@exemple.invalid", role="mediator", territory=world.territory, structure=world.structures[OWN], token_hash="0" * 64,
        sent_at=timezone.now(), expires_at=timezone.now(), invited_by=world.account("structure-coordinator", OWN),
    )  # fmt: skip


def reset(world: World) -> Any:
    from django.utils import timezone

    from yole.organisations.models import ResetRequest

    return ResetRequest.objects.create(
        account=world.thing(own_member), asked_by=world.account("structure-coordinator", OWN), expires_at=timezone.now() + timedelta(days=1)
    )


def followed(world: World) -> Any:
    from yole.people.engine.identity import Identity
    from yole.people.services import About, Agreed, create_followed

    by = world.account("mediator", OWN)
    return create_followed(by, Identity("Lucette", "Marignan (fictif)"), Agreed(["suivi"], "oral_fiche"), About(1951))


def twin(world: World) -> Any:
    from yole.people.services import About, create_anonymous

    return create_anonymous(world.account("mediator", OWN), About(1951))


def pair(world: World) -> Any:
    from yole.people.models import Pair

    world.thing(agreement)  # sharing a card looks for pairs again, and would take this one away
    first, second = sorted((world.thing(followed), world.thing(twin)), key=lambda one: one.pk)
    return Pair.objects.create(first=first, second=second, structure=world.structures[OWN], score=9.0, likely=True)


def merged(world: World) -> Any:
    from yole.people.models import Merge
    from yole.people.services import About, create_anonymous

    other = create_anonymous(world.account("mediator", OWN), About(1952))
    made = Merge.objects.create(person=other, into=world.thing(followed))
    type(other).objects.filter(pk=other.pk).update(canonical=made.into)
    return made


def agreement(world: World) -> Any:
    from yole.organisations.services import create_structure
    from yole.people.services_consent import share

    third = create_structure(world.territory, "Structure trois (fictif)")
    return share(world.account("mediator", OWN), world.thing(followed).pk, third.pk, "oral_fiche")


def people_import(world: World) -> Any:
    from yole.people.services_import import receive

    return receive(world.account("mediator", OWN), b"nom;prenom\nEssai (fictif);Lucie\n", "essai.csv")


def factor(world: World) -> Any:
    from allauth.mfa.models import Authenticator

    return Authenticator.objects.create(user=world.thing(own_member), type=Authenticator.Type.TOTP, data={})


def link_token(world: World) -> Any:
    from yole.workshops.links import link_token as sign

    return sign(world.booking)


def calendar_token(world: World) -> Any:
    from django.core import signing

    return signing.Signer(salt="yole.workshops.calendar").sign(str(world.booking.pk))


def activity(world: World) -> Any:
    from django.utils import timezone

    from yole.activities.models import Activity

    return Activity.objects.create(
        territory=world.territory, structure=world.structures[OWN], mediator=world.account("mediator", OWN), kind="individuel",
        date=timezone.localdate(), minutes=30, themes=["prendre_en_main_du_materiel"], place_kind="a_distance", participants=1,
        gender_counts=[0] * 3, age_counts=[0] * 8, status_counts=[0] * 5,
    )  # fmt: skip


def coordination(world: World) -> Any:
    from django.utils import timezone

    from yole.activities.models import Coordination

    return Coordination.objects.create(
        territory=world.territory, structure=world.structures[OWN], coordinator=world.account("structure-coordinator", OWN),
        kind="evenement", date=timezone.localdate(), event_kind="grand_public", organisers=["ma_structure"], participants=3,
    )  # fmt: skip


def report_import(world: World) -> Any:
    from yole.activities.models import ImportBatch

    return ImportBatch.objects.create(
        territory=world.territory, structure=world.structures[OWN], account=world.account("mediator", OWN), file_name="essai.csv",
        sha256="0" * 64, schema="yole", counts={"rows": 1},
    )  # fmt: skip


def statistics_link(world: World) -> Any:
    from django.utils import timezone

    from yole.activities.models_rollup import StatisticsLink

    return StatisticsLink.objects.create(
        territory=world.territory, structure=world.structures[OWN], label="Essai", token_digest="0" * 64, question={},
        created_by=world.account("structure-coordinator", OWN), expires_at=timezone.now() + timedelta(days=1),
    )  # fmt: skip


ARGUMENTS: list[tuple[str, Arguments]] = [
    *objects_advisers.ARGUMENTS,
    *objects_ai_register.ARGUMENTS,
    *objects_debates.ARGUMENTS,
    *objects_deployment.ARGUMENTS,
    *objects_events.ARGUMENTS,
    *objects_measured.ARGUMENTS,
    *objects_reference.ARGUMENTS,
    *objects_rights.ARGUMENTS,
    *objects_roadmap.ARGUMENTS,
    *objects_tours.ARGUMENTS,
    ("journee/a-regler/", lambda w: {"key": uuid.UUID(int=7)}),
    ("<str:version>/<str:name>.js", lambda w: {"version": "x", "name": "inconnu"}),
    ("compte/connexion/lien/<str:token>", lambda w: {"token": "inconnu"}),
    ("compte/invitation/<str:token>", lambda w: {"token": "inconnu"}),
    ("compte/reinitialiser/<str:token>", lambda w: {"token": "inconnu"}),
    ("compte/adresse/<str:token>", lambda w: {"token": "inconnu"}),
    ("compte/securite/<int:pk>", lambda w: {"pk": w.thing(factor).pk}),
    ("rattachements/<int:pk>", lambda w: {"pk": w.thing(membership).pk}),
    ("invitations/<int:pk>", lambda w: {"pk": w.thing(invitation).pk}),
    ("reinitialisations/<int:pk>", lambda w: {"pk": w.thing(reset).pk}),
    ("compte/equipe/<int:pk>", lambda w: {"pk": w.thing(membership).pk}),
    ("compte/structures/<int:pk>", lambda w: {"pk": w.structures[OWN].pk}),
    ("<int:quartier_id>", lambda w: {"quartier_id": w.thing(quartier).pk}),
    ("revenir/<int:change>", lambda w: {"pk": w.place.pk, "change": w.thing(change).pk}),
    ("bus/arret/<int:stop>", lambda w: {"pk": w.thing(bus).pk, "stop": w.thing(stop).pk}),
    ("bus/passage/<int:line>", lambda w: {"pk": w.thing(bus).pk, "line": w.thing(line).pk}),
    ("bus/annuler/<int:cancellation>", lambda w: {"pk": w.thing(bus).pk, "cancellation": w.thing(cancellation).pk}),
    ("<int:pk>/bus/", lambda w: {"pk": w.thing(bus).pk}),
    ("signalements/<int:pk>", lambda w: {"pk": w.thing(report).pk}),
    ("decisions/<int:pk>", lambda w: {"pk": w.thing(decision).pk}),
    ("<int:first>-<int:second>", lambda w: {"first": w.place.pk, "second": w.thing(bus).pk}),
    ("lieux/coordination/imports/<int:pk>", lambda w: {"pk": w.thing(place_import).pk}),
    ("lieux/<int:pk>-<slug:slug>", lambda w: {"pk": w.place.pk, "slug": w.place.slug}),
    ("lieux/coordination/<int:pk>", lambda w: {"pk": w.place.pk}),
    ("lieux/<int:pk>", lambda w: {"pk": w.place.pk}),
    ("api/v1/places/<int:pk>", lambda w: {"pk": w.place.pk}),
    ("ateliers/programme/<slug:slug>", lambda w: {"slug": w.programme.slug}),
    ("equipe/programmes/<int:pk>", lambda w: {"pk": w.programme.pk}),
    ("attestation-<int:booking>", lambda w: {"pk": w.session.pk, "booking": w.booking.pk}),
    ("equipe/seances/<int:pk>", lambda w: {"pk": w.session.pk}),
    ("seance/<int:pk>", lambda w: {"pk": w.session.pk}),
    ("equipe/inscriptions/<int:pk>", lambda w: {"pk": w.booking.pk}),
    ("equipe/messages/<int:pk>", lambda w: {"pk": w.thing(message).pk}),
    ("inscription/", lambda w: {"pk": w.session.pk}),
    ("agenda/<str:token>", lambda w: {"token": w.thing(calendar_token)}),
    ("annuler/<str:token>", lambda w: {"token": w.thing(link_token)}),
    ("offre/<str:token>", lambda w: {"token": w.thing(link_token)}),
    ("personnes/doublons/<int:pk>", lambda w: {"pk": w.thing(pair).pk}),
    ("personnes/reunions/<int:pk>", lambda w: {"pk": w.thing(merged).pk}),
    ("personnes/partages/<int:pk>", lambda w: {"pk": w.thing(agreement).pk}),
    ("personnes/import/<uuid:pk>", lambda w: {"pk": w.thing(people_import).pk}),
    ("personnes/<uuid:pk>", lambda w: {"pk": w.thing(followed).pk}),
    ("activites/importer/<int:pk>", lambda w: {"pk": w.thing(report_import).pk}),
    ("coordination/nouvelle/<slug:kind>", lambda w: {"kind": "evenement"}),
    ("activites/coordination/<uuid:pk>", lambda w: {"pk": w.thing(coordination).pk}),
    ("statistiques/tableau/<slug:key>", lambda w: {"key": "age"}),
    ("statistiques/partages/<uuid:pk>", lambda w: {"pk": w.thing(statistics_link).pk}),
    ("statistiques/partage/<str:token>", lambda w: {"token": "inconnu"}),
    ("activites-<int:year>.csv", lambda w: {"year": 2026}),
    ("activites/<uuid:pk>", lambda w: {"pk": w.thing(activity).pk}),
]

FORMS: dict[str, dict[str, str]] = {
    "people:decide": {"answer": "different"},
}
"""What is sent to a route that would refuse an empty form before it looks for its object."""

KEPT: dict[tuple[str, str], Callable[[World], dict[str, Any]]] = {("anonymous", OWN): objects_measured.holder}
"""What the session of somebody keeps: the visitor is the one who typed the code of the passport."""

WRONG = {"token": "inconnu", "code": "INCONNU", "key": "inconnu", "number": 9999, "year": 1999, "name": "inconnu", "pk": 999_999_999}
"""Arguments that open nothing, for the routes whose argument is itself the right to enter."""
