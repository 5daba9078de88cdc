"""The room through its pages: telephone, tablet, screen, desk; what each one shows and keeps to itself."""

from __future__ import annotations

import json
import re
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.debates.cafes import cast, keys, running, voting
from yole.debates import devices, selectors, services_room
from yole.debates import services_texts as texts
from yole.debates.engine import analysis
from yole.debates.enums import Opinion
from yole.debates.files import read_votes
from yole.debates.models import Ballot, Cafe, CafeContact, Contribution, Tablet, Vote
from yole.debates.services_statements import choose


def path(name: str, cafe: Cafe, *more: Any) -> str:
    by_code = name in {"room", "write", "texts", "vote", "contact", "screen", "tablet", "tablet-open"}
    return reverse(f"debates:{name}", args=[cafe.room_code if by_code else cafe.pk, *more])


def page(client: Client, url: str, status: int = 200, **sent: Any) -> str:
    response = client.post(url, sent) if sent else client.get(url)
    assert response.status_code == status, (response.status_code, response.content.decode()[:2000])
    return response.content.decode().replace("\u00a0", " ")


def signed_in(account: Any) -> Client:
    client = Client()
    client.force_login(account, backend="yole.organisations.backends.AccountBackend")
    return client


def shown_statement(html: str) -> int:
    found = re.search(r'name="statement" value="(\d+)"', html)
    assert found is not None
    return int(found.group(1))


def test_a_phone_votes_on_each_statement_once_in_its_own_order(house: SimpleNamespace) -> None:
    cafe = voting(house, statements=6)
    orders = []
    for _phone in range(4):
        phone, order = Client(), []
        html = page(phone, path("vote", cafe))
        for number in range(1, 7):
            assert f"Phrase {number} sur 6" in html
            order.append(shown_statement(html))
            response = phone.post(path("vote", cafe), {"statement": order[-1], "value": 1})
            assert response.status_code == 302
            html = page(phone, path("vote", cafe))
        assert "votre bulletin est complet" in html
        orders.append(order)
    assert all(sorted(order) == sorted(keys(cafe)) for order in orders)
    assert len({tuple(order) for order in orders}) > 1
    assert Ballot.objects.count() == 4 and Vote.objects.count() == 24


def test_a_phone_without_its_cookie_makes_no_ballot(house: SimpleNamespace) -> None:
    cafe = voting(house)
    html = page(Client(), path("vote", cafe), 409, statement=keys(cafe)[0], value=1)
    assert "n’a pas gardé votre bulletin" in html
    moved, other = Client(), voting(house, title="Autre (fictif)")
    page(moved, path("vote", cafe))
    moved.cookies[f"yole-cafe-vote-{other.pk}"] = moved.cookies[f"yole-cafe-vote-{cafe.pk}"].value
    page(moved, path("vote", other), 409, statement=keys(other)[0], value=1)
    assert not Ballot.objects.exists()


def test_no_choice_is_told_and_nothing_is_kept(house: SimpleNamespace) -> None:
    cafe = voting(house)
    phone = Client()
    statement = shown_statement(page(phone, path("vote", cafe)))
    html = page(phone, path("vote", cafe), 422, statement=statement)
    assert "Cette réponse manque." in html and not Vote.objects.exists()


def _everything(house: SimpleNamespace, cafe: Cafe, phone: Client) -> str:
    """Every page and file that somebody of the room, of the desk or of the public can open, as one text."""
    desk = signed_in(house.host)
    public = [path(name, cafe) for name in ("cafe", "result", "room", "texts", "screen", "contact", "write")] + [reverse("debates:list")]
    staff = [path(name, cafe) for name in ("desk-cafe", "desk-run", "desk-texts", "desk-statements", "desk-after", "desk-votes", "result")]
    files = [path(name, cafe) for name in ("result-json", "result-csv", "result-pdf")]
    answers = [client.get(url) for client, urls in ((phone, [*public, *files]), (desk, [*staff, *files])) for url in urls]
    return "\n".join(answer.content.decode("utf-8", "replace") for answer in answers)


def test_nothing_of_a_vote_is_shown_before_the_host_closes_it(house: SimpleNamespace) -> None:
    """Counts are chosen to be found nowhere else: if one leaks, it is seen."""
    cafe = voting(house, people=400, statements=2)
    ballots = [Ballot(cafe=cafe, origin="phone", digest=devices.digest(f"t{n}")) for n in range(373)]
    Ballot.objects.bulk_create(ballots)
    Cafe.objects.filter(pk=cafe.pk).update(ballots_cast=373)
    one, two = keys(cafe)
    Vote.objects.bulk_create(Vote(ballot=b, statement_id=one, value=1 if n < 311 else -1) for n, b in enumerate(ballots))
    Vote.objects.bulk_create(Vote(ballot=b, statement_id=two, value=-1 if n < 257 else 0) for n, b in enumerate(ballots))
    phone = Client()
    told = _everything(house, cafe, phone)
    leaks = [word for word in ("311", "257", "116", "accord large", "Accord large", "désaccord", "Partagé") if word in told]
    assert leaks == []
    assert "Le résultat n’est pas encore là" in told.replace("\u00a0", " ")
    services_room.close_vote(house.host, cafe.pk)
    told = _everything(house, cafe, phone)
    assert all(word in told for word in ("311", "257", "116", "Accord large"))


def test_a_contact_leads_to_no_vote_and_no_text(house: SimpleNamespace) -> None:
    cafe = voting(house)
    phone = Client()
    statement = shown_statement(page(phone, path("vote", cafe)))
    page(phone, path("vote", cafe), 302, statement=statement, value=Opinion.AGREE)
    page(phone, path("write", cafe), 302, kind="idee", text="Une phrase à moi")
    page(phone, path("contact", cafe), 302, contact="moi@exemple.invalid", agreed="on")
    contact, ballot = CafeContact.objects.get(), Ballot.objects.get()
    assert b"exemple" not in bytes(contact.sealed) and str(contact.pk) != str(ballot.pk)
    # No table of the room has a column that could join the three, and none keeps an hour of writing or voting.
    for model in (CafeContact, Ballot, Vote, Contribution):
        names = {field.name for field in model._meta.get_fields()}
        assert not names & {"created_at", "account", "device", "session", "ip", "at"}, model
        related = {field.related_model for field in model._meta.get_fields() if field.is_relation}
        assert not ({CafeContact} & related), model
    assert not {Contribution, Ballot, Vote} & {field.related_model for field in CafeContact._meta.get_fields() if field.is_relation}
    # The cookies of the device hold two things that have nothing in common.
    held = {name: morsel.value for name, morsel in phone.cookies.items() if name.startswith("yole-cafe")}
    assert set(held) == {f"yole-cafe-vote-{cafe.pk}", f"yole-cafe-textes-{cafe.pk}"}
    assert ballot.digest not in str(held)
    told = _everything(house, cafe, phone)
    assert "moi@exemple" not in told
    services_room.close_vote(house.host, cafe.pk)
    assert "moi@exemple" not in _everything(house, cafe, phone)


def test_a_script_in_a_sentence_is_shown_as_text(house: SimpleNamespace) -> None:
    cafe = running(house)
    evil = "<script>alert(1)</script>"
    made = texts.write(cafe.pk, "idee", evil)
    desk = signed_in(house.host)
    assert evil not in page(desk, path("desk-texts", cafe))
    texts.publish(house.host, cafe.pk, made.pk)
    page(desk, path("desk-statement-act", cafe, "choisir"), 302, phrase=made.pk)
    services_room.set_phase(house.host, cafe.pk, "lecture")
    services_room.open_vote(house.host, cafe.pk)
    everywhere = _everything(house, cafe, Client()) + page(Client(), path("vote", cafe))
    assert evil not in everywhere and "&lt;script&gt;alert(1)&lt;/script&gt;" in everywhere
    cast(cafe, *[[1]] * 6)
    services_room.close_vote(house.host, cafe.pk)
    told = page(Client(), path("result", cafe))
    assert evil not in told and "&lt;script&gt;" in told
    assert json.loads(page(Client(), path("result-json", cafe)))["votes"][0]["statement"] == evil


def test_a_tablet_takes_people_one_after_the_other(house: SimpleNamespace) -> None:
    cafe = voting(house, people=2, statements=2)
    desk, tablet = signed_in(house.host), Client()
    html = page(desk, path("desk-tablet", cafe), 200, go="1")
    address = re.search(r'class="fingerprint">[^<]*?(/cafe-ia/salle/[^<]+)<', html)
    assert address is not None
    page(Client(), path("tablet", cafe), 409)  # a device that the host did not open
    assert page(tablet, address.group(1), 302) == ""
    assert "C’est mon tour" in page(tablet, path("tablet", cafe))
    stale = ""
    for person in range(2):
        page(tablet, path("tablet", cafe), 302, act="tour")
        for _statement in range(2):
            html = page(tablet, path("tablet", cafe))
            mark = re.search(r'name="mark" value="([0-9a-f]+)"', html)
            assert mark is not None
            if person == 1:
                # The page of the person before comes back with the button « back »: it writes nothing.
                page(tablet, path("tablet", cafe), 409, statement=shown_statement(html), value=-1, mark=stale)
            page(tablet, path("tablet", cafe), 302, statement=shown_statement(html), value=1, mark=mark.group(1))
        stale = mark.group(1)
    assert "Tous les bulletins de la salle sont utilisés" in page(tablet, path("tablet", cafe))
    page(tablet, path("tablet", cafe), 302, act="tour")
    html = page(tablet, path("tablet", cafe))
    mark = re.search(r'name="mark" value="([0-9a-f]+)"', html)
    assert mark is not None
    assert "déjà utilisés" in page(tablet, path("tablet", cafe), 409, statement=shown_statement(html), value=1, mark=mark.group(1))
    assert Ballot.objects.filter(origin="tablet").count() == 2 and Vote.objects.filter(value=1).count() == 4
    assert tablet.get(path("tablet", cafe)).headers["Cache-Control"] == "no-store"
    page(desk, path("desk-run-act", cafe, "fermer-tablettes"), 302, go="1")
    assert not Tablet.objects.filter(closed_at__isnull=True).exists()
    page(tablet, path("tablet", cafe), 409)


def test_the_whole_day_through_the_desk(house: SimpleNamespace) -> None:
    desk, phone = signed_in(house.host), Client()
    html = page(
        desk, reverse("debates:desk-new"), 302, title="Café du desk (fictif)", day="2026-12-01", starts="17:00", ends="18:30",
        place=house.place.pk, people_expected=20, public="tous", format="debat", themes=["travail"], pillars=["discussion"],
    )  # fmt: skip
    cafe = Cafe.objects.get()
    page(desk, path("desk-announce", cafe), 302, go="1")
    assert "Café du desk" in page(phone, reverse("debates:list"))
    page(desk, path("desk-run-act", cafe, "ouvrir"), 302, go="1")
    cafe.refresh_from_db()
    assert phone.post(reverse("debates:enter"), {"code": cafe.room_code.replace("-", " ").lower()}).status_code == 302
    assert "Aucune salle ouverte" in page(phone, reverse("debates:enter"), 422, code="MANGUE-000")
    page(phone, path("write", cafe), 302, kind="crainte", text="Une machine décide pour moi", theme="Travail")
    text = Contribution.objects.get()
    assert "Une machine décide pour moi" not in page(phone, path("texts", cafe)) + page(phone, path("screen", cafe))
    page(desk, path("desk-text-act", cafe, "publier"), 302, texte=text.pk)
    assert "Une machine décide pour moi" in page(phone, path("texts", cafe))
    page(desk, path("desk-texts", cafe), 302, kind="idee", text="Un guichet avec une personne", theme="")
    page(desk, path("desk-statement-act", cafe, "choisir"), 302, phrase=text.pk)
    page(desk, path("desk-statements", cafe), 302, kind="idee", text="Dire où une IA est utilisée")
    html = page(desk, path("desk-run-act", cafe, "ouvrir-vote"), 302, go="1")
    assert "Comptez d’abord" in page(desk, path("desk-run", cafe))
    page(desk, path("desk-run-act", cafe, "compter"), 302, people=12)
    page(desk, path("desk-run-act", cafe, "ouvrir-vote"), 302, go="1")
    cast(cafe, *[[1, n % 3 - 1] for n in range(11)])
    page(desk, path("desk-run-act", cafe, "fermer-vote"), 302, go="1")
    page(desk, path("desk-after", cafe), 302, what="Un atelier en décembre", who="Médiathèque", due_on="2026-12-20")
    page(desk, path("desk-run-act", cafe, "terminer"), 302, go="1")
    html = page(phone, path("result", cafe))
    assert "Accord large" in html and "Un atelier en décembre" in html and "20 décembre 2026" in html
    page(desk, path("desk-after-act", cafe, "envoyer"), 302, phrase=keys(cafe)[0])
    assert "Ce que deviennent les idées" in page(phone, path("result", cafe))
    assert [idea.support for idea in selectors.ideas_for_roadmap(house.territory)] == [11]
    assert html


def test_the_debrief_as_files_and_the_votes_for_the_command(house: SimpleNamespace, tmp_path: Any) -> None:
    cafe = voting(house, people=30)
    texts.write_for_the_room(house.host, cafe.pk, "idee", "=SUM(A1)")
    services_room.add_orientation(house.host, cafe.pk, "Suite", "Mairie")
    cast(cafe, *[[1, n % 3 - 1, None if n % 2 else 0] for n in range(20)])
    assert Client().get(path("result-json", cafe)).status_code == 409
    desk = signed_in(house.host)
    assert desk.get(path("desk-votes", cafe)).status_code == 409
    cafe = services_room.close_vote(house.host, cafe.pk)
    found = json.loads(page(Client(), path("result-json", cafe)))
    assert (found["people_counted"], found["ballots"], found["licence"]) == (30, 20, "CC BY 4.0")
    assert {vote["statement"]: (vote["agree"], vote["seen"]) for vote in found["votes"]}["Phrase 1 mise au vote"] == (20, 20)
    assert found["contributions"] == [{"type": "idee", "theme": "", "text": "=SUM(A1)", "count": 1, "merged": []}]
    assert found["orientations"] == [{"what": "Suite", "who": "Mairie", "due_on": None}]
    assert "'=SUM(A1)" in page(Client(), path("result-csv", cafe))
    file = tmp_path / "votes.csv"
    file.write_bytes(desk.get(path("desk-votes", cafe)).content)
    ballots = read_votes(file)
    done = analysis.analyse(ballots)
    result = selectors.room_result(cafe)
    assert result is not None and len(ballots.participants) == 20
    assert {row.name: row.result for row in result.rows} == {ballots.statements[one.statement]: one for one in done.results}


def test_the_printed_sheets_are_tagged_pdf(house: SimpleNamespace) -> None:
    cafe = voting(house, people=45, people_expected=45)
    cast(cafe, *[[1, -1, 0]] * 12)
    services_room.close_vote(house.host, cafe.pk)
    desk = signed_in(house.host)
    for name in ("desk-kit", "desk-poster", "result-pdf"):
        content = desk.get(path(name, cafe)).content
        assert content.startswith(b"%PDF-"), name
    import pypdfium2

    kit = pypdfium2.PdfDocument(desk.get(path("desk-kit", cafe)).content)
    assert len(kit) == 1
    kit.close()
    document = pypdfium2.PdfDocument(desk.get(path("result-pdf", cafe)).content)
    assert len(document) == 1
    words = document[0].get_textpage().get_text_range()
    assert "Accord large" in words and "12" in words
    document.close()


@pytest.mark.parametrize(("letters", "statements"), [(75, 20), (280, 20), (30, 3)])
def test_the_result_is_one_page_whatever_was_written(house: SimpleNamespace, letters: int, statements: int) -> None:
    import pypdfium2

    cafe = running(house)
    for number in range(statements):
        words = (f"{number} " + "Une phrase assez longue sur ce que la machine décide. " * 6)[:letters]
        text = texts.write_for_the_room(house.host, cafe.pk, "crainte", words)
        choose(house.host, cafe.pk, text.pk)
    for number in range(5):
        services_room.add_orientation(house.host, cafe.pk, f"Suite {number} : un atelier par mois à la médiathèque", "Médiathèque")
    services_room.open_vote(house.host, cafe.pk)
    cast(cafe, *[[1] * statements] * 5)
    services_room.close_vote(house.host, cafe.pk)
    document = pypdfium2.PdfDocument(Client().get(path("result-pdf", cafe)).content)
    pages = len(document)
    document.close()
    assert pages == 1


@pytest.mark.parametrize(("asked", "count"), [("", 3), ("?q=travail", 1), ("?q=saint joseph", 3), ("?q=rien", 0), ("?etat=open", 3)])
def test_the_desk_list_is_searched(house: SimpleNamespace, asked: str, count: int) -> None:
    from yole.territory.models import Commune

    Commune.objects.create(
        code="97224",
        name="Saint-Joseph",
        sort_key="saint joseph",
        search_key="saint joseph",
        departement="972",
        source="essai",
        source_date="2026",
    )
    for title in ("Travailler (fictif)", "Parler (fictif)", "Apprendre (fictif)"):
        running(house, title=title)
    html = page(signed_in(house.neighbour), reverse("debates:desk") + asked)
    assert html.count('data-t="Structure"') == count
