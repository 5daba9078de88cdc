"""What people type wrong: each answer is a clear sentence, nothing is lost, nothing is done."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import NoReverseMatch, get_resolver, reverse

from yole.bookings.models import Booking
from yole.kernel.codes import show_code
from yole.workshops import throttle

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("field", "typed", "says"),
    [
        ("size", "500", "Une inscription est pour 1 à 10 personnes."),
        ("size", "0", "Une inscription est pour 1 à 10 personnes."),
        ("size", "deux", "Écrivez un nombre en chiffres."),
        ("size", "9" * 60, "Une inscription est pour 1 à 10 personnes."),
        ("name", "", "Cette réponse manque."),
        ("name", "A" * 2000, "Un nom a 80 caractères au plus. Vous en avez écrit 2000."),
        ("name", "nul\x00", "caractère nul"),
        ("contact", "0696 12 34", "Il manque 2 chiffres. Un numéro a 10 chiffres."),
        ("contact", "aline@", "Cette adresse e-mail n’est pas complète."),
        ("consent", "", "Cochez la case pour dire que vous êtes d’accord."),
        ("needs", "fusée", "fusée"),
        ("needs_note", "x" * 201, "200 caractères au plus."),
        ("date", "999999", "Cette date n’est plus ouverte."),
        ("date", "", "Cette réponse manque."),
    ],
)
def test_enrolment_says_how_to_repair_and_keeps_what_was_typed(
    world: Any, client: Client, session_url: str, enrol_data: Any, field: str, typed: str, says: str
) -> None:
    answer = client.post(session_url, enrol_data(world.session, **{"name": "Aline fictive", field: typed}))
    text = answer.content.decode().replace("\u00a0", " ")
    assert answer.status_code == 422
    assert says in text
    assert "<title>Erreur" in text
    assert 'id="erreurs"' in text
    if field != "name":
        assert 'value="Aline fictive"' in text
    if field == "contact":
        assert f'value="{typed}"' in text
        assert 'aria-invalid="true"' in text
    assert not Booking.objects.exists()


def test_group_larger_than_the_room_is_told(world: Any, client: Client, session_url: str, enrol_data: Any) -> None:
    text = client.post(session_url, enrol_data(world.session, size="7")).content.decode()
    assert "Il y a 3 places en tout." in text
    assert 'value="7"' in text


def test_past_cancelled_and_drop_in_sessions_have_no_form(world: Any, client: Client, session_url: str, enrol_data: Any) -> None:
    from yole.workshops.services_planning import cancel_session

    other = world.make_session(starts_at=world.session.starts_at + timedelta(days=7))
    data = enrol_data(world.session)
    world.past(world.session)
    page = client.get(session_url).content.decode()
    assert "Les inscriptions sont fermées." in page
    assert client.post(session_url, data).status_code == 422
    cancel_session(None, other.pk, reason="Salle inondée")
    page = client.get(reverse("workshops:session", args=[other.pk])).content.decode()
    assert "Salle inondée" in page
    drop_in = world.make_session(kind="drop-in", capacity=None, starts_at=other.starts_at + timedelta(days=1))
    page = client.get(reverse("workshops:session", args=[drop_in.pk])).content.decode()
    assert "Sans inscription" in page
    assert "<form method" not in page.replace('class="languages" method', "")
    assert not Booking.objects.exists()


def ways_to_type(code: str) -> list[str]:
    shown = show_code(code)
    return [
        code,
        shown,
        shown.lower(),
        shown.replace("-", " "),
        f"  {shown} ",
        shown.replace("-", "–"),
        shown.replace("0", "O").replace("1", "l"),
        " ".join(code),
        shown.replace("V", "u"),
    ]


def test_code_is_read_however_it_is_typed(world: Any) -> None:
    booking = world.book(world.session, "Aline fictive")
    for typed in ways_to_type(booking.code):
        assert Client().post(reverse("workshops:code"), {"code": typed}).status_code == 302, typed


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("", "Cette réponse manque."),
        ("7H4K", "Vous en avez écrit 4."),
        ("7H4K-2M9P-QXXXX", "Vous en avez écrit 13."),
        ("ZZZZ-ZZZZ-ZZ", "la lettre Z"),
        ("éééééééééé", "ni d’accent"),
        ("0000-0000-01", "Nous ne trouvons pas ce code."),
        ("' OR 1=1 --", "Un code a 10 lettres et chiffres."),
        ("x" * 500, "Un code a 10 lettres et chiffres."),
    ],
)
def test_wrong_code_says_what_is_wrong_in_its_writing(world: Any, client: Client, typed: str, says: str) -> None:
    world.book(world.session, "Aline fictive")
    answer = client.post(reverse("workshops:code"), {"code": typed})
    assert answer.status_code == 422
    assert says in answer.content.decode()


def test_codes_tried_at_random_are_stopped_for_everybody_at_this_address(world: Any, client: Client) -> None:
    booking = world.book(world.session, "Aline fictive")
    url = reverse("workshops:code")
    for _ in range(throttle.CODES.tries):
        assert client.post(url, {"code": "0000-0000-01"}).status_code == 422
    stopped = client.post(url, {"code": booking.code})
    assert stopped.status_code == 429
    assert "Attendez 15 minutes" in stopped.content.decode().replace("\u00a0", " ")
    assert Client(REMOTE_ADDR="203.0.113.9").post(url, {"code": booking.code}).status_code == 302


def test_right_codes_are_not_counted(world: Any, client: Client) -> None:
    booking = world.book(world.session, "Aline fictive")
    for _ in range(throttle.CODES.tries + 2):
        assert client.post(reverse("workshops:code"), {"code": booking.code}).status_code == 302


@pytest.mark.parametrize(
    "query",
    [
        {"jour": "31/31/2026"}, {"theme": "rien"}, {"km": "-5"}, {"semaine": "9"}, {"pres": "<b>Nulle part</b>"}, {"q": "x" * 5000},
        {"q": "\x00"}, {"page": "9999999999"}, {"page": "-1"}, {"page": "é"}, {"pres": "Paris"},
        {"libre": "on", "semaine": "3", "public": "seniors", "langue": "gcf"},
    ],
)  # fmt: skip
def test_wrong_filters_show_a_page(world: Any, client: Client, query: dict[str, str]) -> None:
    answer = client.get(reverse("workshops:list"), query)
    assert answer.status_code == 200
    assert "<b>Nulle" not in answer.content.decode()


def test_filters_find(world: Any, client: Client) -> None:
    url = reverse("workshops:list")

    def found(**query: str) -> bool:
        return "1 date à venir" in client.get(url, query).content.decode()

    assert found(q="MOTS de pâsse")
    assert found(q="fictive")
    assert not found(q="jardinage", theme="")
    assert found(theme="securite_numerique")
    assert found(langue="gcf")
    assert not found(langue="es")
    assert found(public="seniors")  # open to everybody
    assert found(jour=world.session.starts_at.date().isoformat())
    assert found(pres="97212")
    assert found(libre="on")
    assert not found(jour="2030-01-01")


@pytest.mark.parametrize(
    "query", [{"vue": "siècle"}, {"vue": "mois", "jour": "0001-01-01"}, {"vue": "semaine", "jour": "9999-12-31"}, {"jour": "bientôt"}]
)
def test_wrong_calendar_addresses_show_a_page(world: Any, client: Client, query: dict[str, str]) -> None:
    assert client.get(reverse("workshops:calendar"), query).status_code == 200
    assert world.client(world.mediator).get(reverse("workshops:desk-agenda"), query).status_code == 200


def test_hostile_text_stays_text_everywhere(world: Any, client: Client, session_url: str, enrol_data: Any) -> None:
    attack = "<script>alert(1)</script>{{ 7*7 }}"
    client.post(session_url, enrol_data(world.session, name=attack, needs_note=attack))
    booking = Booking.objects.get()
    desk = world.client(world.mediator)
    pages = [client.get(reverse("workshops:mine")), client.get(reverse("workshops:confirmation"))]
    pages += [desk.get(reverse(f"workshops:{name}", args=[world.session.pk])) for name in ("desk-session", "desk-attendance")]
    pages.append(desk.get(reverse("workshops:desk-booking", args=[booking.pk])))
    for page in pages:
        text = page.content.decode()
        assert "<script>alert" not in text
        assert "49" not in text.split("alert(1)", 1)[-1][:60]


def routes() -> list[str]:
    return sorted(
        name for name in get_resolver().namespace_dict["workshops"][1].reverse_dict if isinstance(name, str) and name.startswith("desk-")
    )


def test_the_desk_is_closed_to_the_public_and_to_other_roles(world: Any, client: Client) -> None:
    booking = world.book(world.session, "Aline fictive", contact="aline@exemple.invalid")
    message = booking.messages.get()
    ids = {"desk-booking": booking.pk, "desk-card": booking.pk, "desk-message": message.pk}
    stranger = world.client(world.stranger)
    for name in routes():
        for arguments in (
            [],
            [world.programme.pk if "programme" in name or name.endswith("-new") else ids.get(name, world.session.pk)],
            [world.session.pk, booking.pk],
        ):
            try:
                url = reverse(f"workshops:{name}", args=arguments)
            except NoReverseMatch:
                continue
            answer = client.get(url)
            assert answer.status_code == 302, name
            assert "/compte/" in answer.headers["Location"]
            assert client.post(url, {"act": "cancel"}).status_code == 302
            if "statistics" not in name:
                assert stranger.get(url).status_code == 403, name
                assert stranger.post(url, {"act": "cancel"}).status_code == 403, name
    booking.refresh_from_db()
    assert booking.state == "inscrit"


def test_another_territory_sees_nothing(world: Any) -> None:
    from yole.organisations.enums import Role
    from yole.organisations.services import create_account
    from yole.territory.models import Territory

    booking = world.book(world.session, "Aline fictive", contact="aline@exemple.invalid")
    elsewhere = Territory.objects.create(slug="ailleurs", name="Ailleurs", languages=["fr"])
    foreign = world.client(
        create_account(email="f@yole.invalid", name="Ailleurs", role=Role.ADMINISTRATOR, territory=elsewhere, password="x" * 14)
    )
    for name, pk in (
        ("desk-session", world.session.pk),
        ("desk-booking", booking.pk),
        ("desk-attendance", world.session.pk),
        ("desk-enrolments-csv", world.session.pk),
    ):
        assert foreign.get(reverse(f"workshops:{name}", args=[pk])).status_code == 404
    assert "Aline" not in foreign.get(reverse("workshops:desk-outbox")).content.decode()
    assert "Mes mots de passe" not in foreign.get(reverse("workshops:desk-agenda"), {"vue": "liste", "structure": ""}).content.decode()


def test_no_public_page_or_feed_names_anybody(world: Any, client: Client) -> None:
    world.book(world.session, "Zébulon Secret", contact="zebulon@exemple.invalid", needs=["lecture"], needs_note="note privée")
    for n in range(3):
        world.book(world.session, f"Zébulon {n}", contact=f"069600000{n}")
    slug, pk = world.programme.slug, world.session.pk
    urls = [reverse(f"workshops:{name}") for name in ("list", "calendar", "rss", "code")]
    urls += [reverse("workshops:programme", args=[slug]), reverse("workshops:programme-ics", args=[slug])]
    urls += [reverse("workshops:session", args=[pk]), reverse("workshops:session-ics", args=[pk]), reverse("workshops:noted", args=[pk])]
    for url in urls:
        text = client.get(url).content.decode()
        for secret in ("Zébulon", "zebulon", "0696", "96 00 00", "note privée"):
            assert secret not in text, (url, secret)


def test_opinions_are_for_the_team(world: Any, client: Client) -> None:
    from yole.workshops.services_attendance import evaluate

    world.past(world.session)
    evaluate(world.session, smiley=1, line="Salle trop chaude", key=uuid.uuid4())
    url = reverse("workshops:programme", args=[world.programme.slug])
    assert "Salle trop chaude" not in client.get(url).content.decode()
    assert "Salle trop chaude" in world.client(world.mediator).get(url).content.decode()


def test_lists_and_calendars_take_few_queries(world: Any, client: Client, django_assert_max_num_queries: Any) -> None:
    for day in range(20):
        session = world.make_session(starts_at=world.session.starts_at + timedelta(days=day, hours=3), mediator=world.mediator)
        world.book(session, f"Fictif {day}")
    desk = world.client(world.mediator)
    client.get(reverse("workshops:list"))  # what the process remembers of the territory
    for url, query in (
        ("list", {}),
        ("list", {"q": "mots", "pres": "Saint-Joseph"}),
        ("calendar", {"vue": "mois"}),
        ("calendar", {"vue": "semaine"}),
        ("rss", {}),
    ):
        with django_assert_max_num_queries(12):
            client.get(reverse(f"workshops:{url}"), query)
    with django_assert_max_num_queries(12):
        client.get(reverse("workshops:session", args=[world.session.pk]))
    with django_assert_max_num_queries(12):
        client.get(reverse("workshops:programme", args=[world.programme.slug]))
    for vue in ("jour", "semaine", "mois", "liste"):
        with django_assert_max_num_queries(12):
            desk.get(reverse("workshops:desk-agenda"), {"vue": vue})
    with django_assert_max_num_queries(18):
        desk.get(reverse("workshops:desk-session", args=[world.session.pk]))
    with django_assert_max_num_queries(12):
        desk.get(reverse("workshops:desk-attendance", args=[world.session.pk]))


def test_crowded_month_shows_every_day(world: Any) -> None:
    from yole.workshops.selectors import calendar

    first = world.session.starts_at + timedelta(days=3)
    for n in range(6):
        world.make_session(starts_at=first + timedelta(minutes=n))
    world.make_session(starts_at=first + timedelta(days=1))
    days = {one.day: one for one in calendar(world.territory, "week", first.date(), most=5)}
    assert sum(one.total for one in calendar(world.territory, "day", first.date())) == 6
    crowded, after = days.get(first.date()), days.get((first + timedelta(days=1)).date())
    assert crowded is not None
    assert (crowded.total, len(crowded.rows)) == (6, 1)
    if after is not None:  # the same week
        assert (after.total, len(after.rows)) == (1, 1)
