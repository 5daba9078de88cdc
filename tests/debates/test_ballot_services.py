"""Paper ballots from the printer to the count: never guessed, never twice, images gone once looked at."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from yole.base.errors import Refused

BLANK = 9


def printed(house: SimpleNamespace, statements: int = 3, ballots: int = 4, people: int = 12) -> tuple[Any, Any]:
    from tests.debates.cafes import voting
    from yole.debates.services_ballots import print_form

    cafe = voting(house, people, statements)
    return cafe, print_form(house.host, cafe.pk, ballots)


def type_twice(house: SimpleNamespace, cafe: Any, form: Any, page: int, cells: list[int]) -> Any:
    from yole.debates.services_ballots import type_in

    type_in(house.host, cafe.pk, form.code, page, cells)
    return type_in(house.coordinator, cafe.pk, form.code, page, cells)


def votes(cafe: Any) -> list[list[int]]:
    from yole.debates.models import Vote

    found: dict[Any, dict[int, int]] = {}
    for ballot, order, value in Vote.objects.filter(ballot__cafe=cafe).values_list("ballot_id", "statement__order", "value"):
        found.setdefault(ballot, {})[order] = value
    return sorted([one[order] for order in sorted(one)] for one in found.values())


def test_two_people_type_and_equal_sheets_are_counted_once(house: SimpleNamespace) -> None:
    from yole.debates.models import Ballot, BallotSheet, Cafe
    from yole.debates.services_ballots import count, type_in

    cafe, form = printed(house)
    assert type_twice(house, cafe, form, 1, [1, -1, 0]).state == "ready"
    with pytest.raises(Refused, match="déjà"):
        type_in(house.host, cafe.pk, form.code, 1, [1, 1, 1])
    done = count(house.host, cafe.pk)
    assert (done.ballots, done.blank, done.waiting) == (1, 0, 0)
    assert votes(cafe) == [[1, -1, 0]]
    sheet = BallotSheet.objects.get()
    assert (sheet.state, sheet.votes, sheet.first, sheet.second) == ("counted", [], [], [])
    assert count(house.host, cafe.pk).ballots == 0
    assert Ballot.objects.filter(cafe=cafe).count() == Cafe.objects.get(pk=cafe.pk).ballots_cast == 1
    with pytest.raises(Refused, match="déjà"):
        type_in(house.coordinator, cafe.pk, form.code, 1, [1, 1, 1])


def test_one_person_never_types_a_sheet_twice(house: SimpleNamespace) -> None:
    from yole.debates.services_ballots import type_in

    cafe, form = printed(house)
    type_in(house.host, cafe.pk, form.code, 1, [1, 1, 1])
    with pytest.raises(Refused, match="déjà tapé"):
        type_in(house.host, cafe.pk, form.code, 1, [1, 1, 1])


def test_differences_are_shown_and_a_person_settles_each(house: SimpleNamespace) -> None:
    from yole.debates.services_ballots import count, differences, settle, type_in

    cafe, form = printed(house)
    type_in(house.host, cafe.pk, form.code, 2, [1, 1, BLANK])
    sheet = type_in(house.coordinator, cafe.pk, form.code, 2, [1, -1, 0])
    assert sheet.state == "differs"
    assert differences(sheet) == [(1, 1, -1), (2, BLANK, 0)]
    assert count(house.host, cafe.pk).ballots == 0
    with pytest.raises(Refused):
        settle(house.host, cafe.pk, sheet.pk, {1: -1})
    settle(house.host, cafe.pk, sheet.pk, {1: -1, 2: 0})
    assert count(house.host, cafe.pk).ballots == 1
    assert votes(cafe) == [[1, -1, 0]]


def test_blank_sheets_count_for_nothing(house: SimpleNamespace) -> None:
    from yole.debates.models import Ballot
    from yole.debates.services_ballots import count

    cafe, form = printed(house)
    type_twice(house, cafe, form, 1, [BLANK] * 3)
    done = count(house.host, cafe.pk)
    assert (done.ballots, done.blank) == (0, 1)
    assert not Ballot.objects.filter(cafe=cafe).exists()


def test_a_ballot_of_two_sheets_waits_for_both(house: SimpleNamespace) -> None:
    from yole.debates.models import Ballot
    from yole.debates.services_ballots import count, pages_of, rows_of

    cafe, form = printed(house, statements=14, ballots=2)
    assert list(pages_of(form)) == [1, 2, 3, 4]
    type_twice(house, cafe, form, 1, [1] * len(rows_of(form, 1)))
    assert count(house.host, cafe.pk).waiting == 1
    type_twice(house, cafe, form, 2, [-1] * len(rows_of(form, 2)))
    type_twice(house, cafe, form, 4, [0] * len(rows_of(form, 4)))
    done = count(house.host, cafe.pk)
    assert (done.ballots, done.waiting) == (1, 1)
    assert votes(cafe) == [[1] * 7 + [-1] * 7]
    assert count(house.host, cafe.pk, incomplete=True).ballots == 1
    assert Ballot.objects.filter(cafe=cafe).count() == 2


def test_no_more_ballots_than_people_and_all_or_nothing(house: SimpleNamespace) -> None:
    from yole.debates.models import Ballot, BallotSheet
    from yole.debates.services_ballots import count

    cafe, form = printed(house, people=4, ballots=6)
    for page in range(1, 6):
        type_twice(house, cafe, form, page, [1, 1, 1])
    with pytest.raises(Refused, match="déjà utilisés"):
        count(house.host, cafe.pk)
    assert not Ballot.objects.filter(cafe=cafe).exists()
    assert BallotSheet.objects.filter(state="ready").count() == 5


def test_forms_of_elsewhere_and_pages_never_printed_are_refused(house: SimpleNamespace) -> None:
    from tests.debates.cafes import voting
    from yole.debates.services_ballots import print_form, type_in

    cafe, form = printed(house)
    other = voting(house, title="Autre café (fictif)")
    with pytest.raises(Refused, match="pas de ce café"):
        type_in(house.host, other.pk, form.code, 1, [1, 1, 1])
    with pytest.raises(Refused, match="pas été imprimée"):
        type_in(house.host, cafe.pk, form.code, 5, [1, 1, 1])
    for cells in ([1, 1], [1, 1, 7], [1, 1, 8]):
        with pytest.raises(Refused):
            type_in(house.host, cafe.pk, form.code, 1, cells)
    for account in (house.neighbour, house.outsider, house.volunteer):
        with pytest.raises(Refused):
            print_form(account, cafe.pk, 3)


def test_after_the_closing_nothing_is_counted(house: SimpleNamespace) -> None:
    from yole.debates.services_ballots import count
    from yole.debates.services_room import close_vote

    cafe, form = printed(house)
    type_twice(house, cafe, form, 1, [1, 1, 1])
    close_vote(house.host, cafe.pk)
    with pytest.raises(Refused, match="fermé"):
        count(house.host, cafe.pk)


def test_old_images_are_deleted_every_night(house: SimpleNamespace) -> None:
    from django.utils import timezone

    from yole.base.registries import RETENTION
    from yole.debates.models import BallotCut, BallotSheet

    _cafe, form = printed(house)
    sheet = BallotSheet.objects.create(form=form, page=1, origin="scan", state="doubtful", votes=[8, 1, 1])
    now = timezone.now()
    BallotCut.objects.create(sheet=sheet, row=0, image=b"x", made_at=now - timedelta(days=8))
    BallotCut.objects.create(sheet=sheet, row=1, image=b"x", made_at=now - timedelta(days=6))
    assert RETENTION["debates_ballotcut"].purge() == 1
    assert RETENTION["debates_ballotcut"].purge() == 0
    assert BallotSheet.objects.filter(pk=sheet.pk).exists()


def test_photos_become_ballots_and_doubt_goes_to_a_person(house: SimpleNamespace, client: Any) -> None:
    pytest.importorskip("cv2")
    pytest.importorskip("zxingcpp")
    import cv2
    import pypdfium2
    from django.core.files.uploadedfile import SimpleUploadedFile

    from tests.debates import ballot_pages as pages
    from yole.debates.ballot_sheets import ballots_pdf
    from yole.debates.engine import ballot_layout as layout
    from yole.debates.models import BallotCut, BallotSheet

    cafe, form = printed(house)
    rng = np.random.default_rng(3)
    drawn = ballots_pdf(form.code, cafe.title, ["Une", "Deux", "Trois"], [1, 2])
    document = pypdfium2.PdfDocument(drawn)
    files = []
    for number in range(2):
        pixels = document[number].render(scale=pages.DPI / 72, grayscale=True).to_numpy()
        sheet = np.ascontiguousarray(pixels.reshape(pixels.shape[:2]))
        cells = layout.circles(3)
        chosen = [cells[0], cells[4], cells[8]] + ([cells[1]] if number else [])  # the second sheet has two marks on its first row
        for cell in chosen:
            centre = (round(cell.x * pages.SCALE), round(cell.y * pages.SCALE))
            cv2.circle(sheet, centre, 18, 30, -1, cv2.LINE_AA)
        files.append(SimpleUploadedFile(f"photo{number}.jpg", pages.scanned(sheet, rng), "image/jpeg"))
    document.close()
    files.append(SimpleUploadedFile("vacances.jpg", b"pas une image", "image/jpeg"))
    client.force_login(house.host)
    address = f"/cafe-ia/equipe/{cafe.pk}/bulletins/"
    page = client.post(f"{address}lire/", {"sheets": files}, follow=True).content.decode()
    assert "vacances.jpg" in page
    assert "Feuilles à regarder" in page
    assert BallotSheet.objects.get(page=1).votes == [1, -1, 0]
    doubtful = BallotSheet.objects.get(page=2)
    assert (doubtful.state, doubtful.votes) == ("doubtful", [8, -1, 0])
    look = client.get(f"{address}feuilles/{doubtful.pk}/").content.decode()
    assert look.count("data:image/png;base64,") == 1
    assert client.post(f"{address}feuilles/{doubtful.pk}/", {}).status_code == 422
    client.post(f"{address}feuilles/{doubtful.pk}/", {"row0": "9"})
    assert not BallotCut.objects.exists()
    files[0].seek(0)
    page = client.post(f"{address}lire/", {"sheets": [files[0]]}, follow=True).content.decode()
    assert "La feuille 1 est déjà lue" in page
    page = client.post(f"{address}compter/", follow=True).content.decode()
    assert "Bulletins comptés\u00a0: 2" in page
    assert votes(cafe) == [[-1, 0], [1, -1, 0]]


def test_pages_print_and_type(house: SimpleNamespace, client: Any) -> None:
    from tests.debates.cafes import voting
    from yole.debates.models import BallotForm

    cafe = voting(house)
    client.force_login(house.host)
    address = f"/cafe-ia/equipe/{cafe.pk}/bulletins/"
    assert "Préparer les bulletins" in client.get(address).content.decode()
    assert client.post(f"{address}imprimer/", {"ballots": "61"}).status_code == 422
    client.post(f"{address}imprimer/", {"ballots": "2"})
    form = BallotForm.objects.get()
    made = client.get(f"{address}{form.code}/bulletins.pdf")
    assert made.content.startswith(b"%PDF-")
    page = client.get(f"{address}taper/", {"code": form.code, "page": "1"}).content.decode()
    assert page.count('type="radio"') == 12
    assert client.get(f"{address}taper/", {"code": form.code, "page": "9"}).status_code == 422
    sent = {"code": form.code, "page": "1", "row0": "1", "row1": "0", "row2": "9"}
    assert client.post(f"{address}taper/", sent).status_code == 302
    client.force_login(house.coordinator)
    assert client.post(f"{address}taper/", sent | {"row0": "-1"}).status_code == 302
    sheet = form.sheets.get()
    page = client.get(f"{address}feuilles/{sheet.pk}/differences/").content.decode()
    assert "Première saisie" in page
    assert client.post(f"{address}feuilles/{sheet.pk}/differences/", {"row0": "-1"}).status_code == 302
    assert form.sheets.get().votes == [-1, 0, 9]
    client.post(f"{address}feuilles/{sheet.pk}/oublier/")
    assert not form.sheets.exists()
    client.force_login(house.neighbour)
    assert client.get(address).status_code == 403
