"""What each component tag writes: well-formed, escaped, and refusing what makes no sense."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from django import forms
from django.core.paginator import Paginator
from django.test import RequestFactory
from django.utils import timezone

from yole.base import gallery
from yole.base.components import Bar, BarChart, Column, Figure, IncompleteFigureError, Level, Step, Tab, Table
from yole.base.forms import PlainForm
from yole.base.maps import MapArea, MapMarker, MapView

Draw = Callable[..., str]
HOSTILE = "<script>alert('x')</script>\"&"
PARTS = 'name="Lieux" value=12345 unit="lieux" definition="D" definition_text="t" field="f" denominator="d" day=day source="s"'
FIGURE: dict[str, Any] = {
    "name": "Adultes",
    "value": 41,
    "unit": "%",
    "definition": "D8",
    "definition_text": "Part.",
    "field": "Adultes",
    "denominator": "adultes",
    "day": date(2026, 9, 1),
    "source": "Enquête fictive",
    "low": 37,
    "high": 45,
}


@pytest.mark.parametrize(
    "source",
    [
        '{% tag "ok" hostile %}',
        "{% note title=hostile %}{{ hostile }}{% endnote %}",
        "{% card title=hostile %}{{ hostile }}{% endcard %}",
        "{% empty title=hostile %}{{ hostile }}{% endempty %}",
        "{% tabs tabs hostile %}",
        "{% data_table table %}",
        "{% bar_chart chart %}",
        "{% map map %}",
        "{% figure figure %}",
        "{% steps steps %}",
        "{% levels levels %}",
        "{{ hostile|typo }}",
        "{{ hostile|telephone }}",
        "{% telephone_link hostile %}",
        "{% for bound in form %}{% field bound %}{% endfor %}",
        "{% error_summary form %}",
    ],
)
def test_hostile_text_is_escaped(draw: Draw, source: str) -> None:
    class Form(PlainForm):
        name = forms.CharField(label=HOSTILE, help_text=HOSTILE, initial=HOSTILE)
        pick = forms.ChoiceField(label=HOSTILE, choices=[(HOSTILE, HOSTILE)], widget=forms.RadioSelect)
        many = forms.MultipleChoiceField(choices=[(HOSTILE, HOSTILE)], widget=forms.CheckboxSelectMultiple)
        one = forms.ChoiceField(choices=[(HOSTILE, HOSTILE)])
        agree = forms.BooleanField(label=HOSTILE)

    html = draw(
        source,
        hostile=HOSTILE,
        form=Form({"name": "", "pick": HOSTILE + "!"}),
        tabs=[Tab(HOSTILE, HOSTILE, "?a=<b>")],
        table=Table(HOSTILE, [Column(HOSTILE), Column(HOSTILE)], [[HOSTILE, HOSTILE]]),
        chart=BarChart(HOSTILE, HOSTILE, [Bar(HOSTILE, 3, 2, 4)]),
        map=MapView("k", HOSTILE, HOSTILE, (0, 0, 9, 9), [MapArea("M0 0h1z", name=HOSTILE)], [MapMarker(1, 1, HOSTILE)], source=HOSTILE),
        figure=Figure(**{**FIGURE, "name": HOSTILE, "source": HOSTILE, "unit": HOSTILE}),
        steps=[Step(HOSTILE, "done", HOSTILE, "/?<x>")],
        levels=[Level(HOSTILE, HOSTILE, 1, 2)],
    )
    assert "alert" in html
    assert "<script" not in html.lower()


def test_icon(draw: Draw, xml: Callable[[str], Any]) -> None:
    drawn = xml(draw('{% icon "search" %}'))
    assert drawn.get("aria-hidden") == "true"
    assert drawn[0].get("href").endswith("yole/icons.svg#i-search")
    with pytest.raises(ValueError, match="unknown icon"):
        draw('{% icon "nothing" %}')


def test_every_icon_of_the_sprite_is_a_drawing() -> None:
    from lxml import etree

    from yole.base.templatetags.yole import SPRITE, icon_names

    sprite = etree.parse(str(SPRITE))
    symbols = {node.get("id").removeprefix("i-") for node in sprite.getroot() if isinstance(node.tag, str)}
    assert symbols == icon_names()
    assert len(symbols) >= 49


@pytest.mark.parametrize("source", ['{% tag "red" "x" %}', '{% note "red" %}x{% endnote %}'])
def test_unknown_kinds_are_refused(draw: Draw, source: str) -> None:
    with pytest.raises(ValueError, match="unknown kind"):
        draw(source)


def test_field_links_hint_and_error(draw: Draw, xml: Callable[[str], Any]) -> None:
    form = gallery.ExampleForm({"phone": "0696 12 34"})
    drawn = xml(draw("{% field form.phone %}", form=form))
    control = drawn.find(".//input")
    assert control.get("aria-invalid") == "true"
    assert control.get("aria-describedby") == "id_phone_hint id_phone_error"
    assert control.get("inputmode") == "tel"
    assert control.get("autocomplete") == "tel"
    assert control.get("value") == "0696 12 34"
    assert control.get("class") == "input"
    assert drawn.find("label").get("for") == control.get("id") == "id_phone"
    order = [node.get("id") or node.tag for node in drawn]
    assert order == ["label", "id_phone_hint", "id_phone", "id_phone_error"]
    assert "Il manque 2 chiffres" in "".join(drawn.itertext())


def test_right_field_says_nothing_wrong(draw: Draw) -> None:
    html = draw("{% field form.name %}", form=gallery.ExampleForm())
    assert "aria-invalid" not in html
    assert "_error" not in html


def test_group_is_a_fieldset_of_whole_cards(draw: Draw, xml: Callable[[str], Any]) -> None:
    drawn = xml(draw("{% field form.session %}", form=gallery.ExampleForm({})))
    assert drawn.tag == "fieldset"
    assert drawn.find("legend").text.strip() == "Quel jour ?"
    cards = drawn.findall(".//label")
    assert [card.get("class") for card in cards] == ["choice", "choice"]
    assert all(card.find("input").get("type") == "radio" for card in cards)
    assert cards[0].find(".//span[@class='hint']").text == "Il reste 3 places sur 10."
    assert drawn.get("aria-describedby") == "id_session_error"


def test_checkbox_field(draw: Draw, xml: Callable[[str], Any]) -> None:
    drawn = xml(draw("{% field form.agree %}", form=gallery.ExampleForm()))
    card = drawn.find("label")
    assert card.get("class") == "choice"
    assert card.find("input").get("aria-describedby") == card.find(".//span[@class='hint']").get("id") == "id_agree_hint"


def test_error_summary_leads_to_each_field(draw: Draw) -> None:
    form = gallery.context()["wrong_form"]
    html = draw("{% error_summary form %}{% for bound in form %}{% field bound %}{% endfor %}", form=form)
    targets = re.findall(r'<a href="#([^"]+)"', html)
    assert len(targets) == len(form.errors) >= 5
    assert all(f'id="{target}"' in html for target in targets)
    assert "autofocus" in html
    assert "7 réponses sont à revoir." in html
    assert draw("{% error_summary form %}", form=gallery.ExampleForm()).strip() == ""


def test_title_of_a_page_with_errors(draw: Draw) -> None:
    assert draw("{% error_prefix %}Titre", form=gallery.ExampleForm({})) == "Erreur : Titre"
    assert draw("{% error_prefix %}Titre", form=gallery.ExampleForm()) == "Titre"


def test_error_prefix_reads_no_lazy_value(draw: Draw) -> None:
    """Reading the account or the CSRF token on every public page would set a cookie on each."""
    from django.utils.functional import SimpleLazyObject

    def read() -> Any:
        raise AssertionError("read")

    assert draw("{% error_prefix %}", user=SimpleLazyObject(read)) == ""


@pytest.mark.parametrize("missing", ["name", "unit", "definition", "definition_text", "field", "denominator", "source", "low", "high"])
def test_figure_refuses_without_what_makes_it_a_fact(draw: Draw, missing: str) -> None:
    parts = {**FIGURE, missing: None if missing in {"low", "high"} else ""}
    with pytest.raises(IncompleteFigureError, match="low and high" if missing in {"low", "high"} else missing):
        Figure(**parts)


def test_figure_refuses_a_value_outside_its_interval_and_a_hidden_one_without_rule() -> None:
    with pytest.raises(IncompleteFigureError, match="outside"):
        Figure(**{**FIGURE, "value": 50})
    with pytest.raises(IncompleteFigureError, match="suppressed"):
        Figure(**{**FIGURE, "value": None})


def test_figure_tag_takes_parts(draw: Draw) -> None:
    with pytest.raises(IncompleteFigureError):
        draw(
            '{% figure name="x" value=3 unit="%" definition="D" definition_text="t" field="f" denominator="d" day=day source="s" %}',
            day=date(2026, 1, 1),
        )
    html = draw(
        f"{{% figure {PARTS} counted=True %}}",
        day=date(2026, 1, 1),
    )
    assert "comptage exact" in html
    assert "12\u202f345\u00a0lieux" in html
    assert "1<sup>er</sup>" not in html


def test_figure_shows_margin_and_suppression(draw: Draw) -> None:
    html = draw("{% figure f %}", f=Figure(**FIGURE))
    assert "entre 37 et 45\u00a0%" in html
    assert 'aria-label="41\u00a0%, entre 37 et 45\u00a0%"' in html
    hidden = draw("{% figure f %}", f=Figure(**{**FIGURE, "value": None, "suppressed": "moins de 5 personnes"}))
    assert "–" in hidden
    assert "moins de 5 personnes" in hidden
    assert "41" not in hidden


def test_interval_bar_geometry(draw: Draw, xml: Callable[[str], Any]) -> None:
    drawn = xml(draw("{% interval_bar 50.5 25 75 target=80 %}"))
    band = drawn.find("rect[@class='range']")
    assert (band.get("x"), band.get("width")) == ("50", "100")
    assert drawn.find("path").get("d") == "M160 0v24"
    with pytest.raises(ValueError, match="empty axis"):
        draw("{% interval_bar 1 0 2 least=5 greatest=5 %}")


def test_bar_chart_has_its_table(draw: Draw) -> None:
    html = draw("{% bar_chart chart %}", chart=BarChart("Venues", "venues", [Bar("A", 10), Bar("B", 1234.5, 1000, 1500)], decimals=1))
    assert html.count("<tr>") == 3
    assert "1\u202f234,5" in html
    assert 'width="400"' in html
    assert "10,0" in html


def test_table_refuses_ragged_rows() -> None:
    with pytest.raises(ValueError, match="3 cells for 2 columns"):
        Table("T", [Column("a"), Column("b")], [[1, 2, 3]])


def test_map_is_named_and_described(draw: Draw, xml: Callable[[str], Any]) -> None:
    view = MapView(
        "lieux", "Les lieux", "Deux lieux", (0, 0, 10.5, 9), [MapArea("M0 0h1z", "q2", hatched=True)], [MapMarker(1.5, 2, "1")], island=True
    )
    drawn = xml(draw("{% map view %}", view=view)).find(".//svg")
    assert drawn.get("role") == "img"
    assert drawn.get("viewBox") == "0 0 10.5 9"
    assert drawn.get("class") == "island"
    ids = drawn.get("aria-labelledby").split()
    assert [drawn.find(f".//*[@id='{i}']").text for i in ids] == ["Les lieux", "Deux lieux"]
    assert drawn.find("circle").get("cx") == "1.5"
    assert drawn.find("path[@class='h']").get("fill") == "url(#lieux-hatch)"
    assert drawn.find(".//pattern").get("id") == "lieux-hatch"


def test_map_draws_hatching_only_for_uncertainty(draw: Draw) -> None:
    assert "pattern" not in draw("{% map view %}", view=MapView("k", "t", "d", (0, 0, 1, 1), [MapArea("M0 0h1z", "q1")]))


def test_pagination_keeps_the_query(draw: Draw) -> None:
    request = RequestFactory().get("/lieux/", {"ou": "Le Robert & co", "page": "2"})
    html = draw("{% pagination page %}", page=Paginator(range(50), 10).page(2), request=request)
    assert 'href="?ou=Le+Robert+%26+co&amp;page=1"' in html
    assert 'href="?ou=Le+Robert+%26+co&amp;page=3"' in html
    assert "Page 2 sur 5" in html
    assert draw("{% pagination page %}", page=Paginator(range(5), 10).page(1), request=request).strip() == ""


def test_tabs_are_links(draw: Draw) -> None:
    html = draw("{% tabs items 'b' %}", items=[Tab("a", "Jour", "?v=a"), Tab("b", "Semaine", "?v=b", 3)])
    assert '<a href="?v=b" aria-current="page">Semaine <span class="num">(3)</span></a>' in html
    assert html.count("aria-current") == 1


def test_steps_and_levels(draw: Draw) -> None:
    html = draw(
        "{% steps steps %}{% levels levels %}",
        steps=[Step("A", "done"), Step("B", "current"), Step("C")],
        levels=[Level("L", "2 ou 3", 2, 3)],
    )
    assert html.count('aria-current="step"') == 1
    assert html.count('class="over"') == 2
    assert html.count('class="can"') == 1
    assert html.count("<i") == 4


def test_filters_in_both_languages(draw: Draw, settings: Any) -> None:
    settings.USE_TZ = True
    source = "{{ hour|hours }}|{{ day|day_fr:'year' }}|{{ km|distance }}|{{ n|number }}|{{ 'Non ?'|typo }}|{{ length|period }}"
    values = {"hour": time(8, 30), "day": date(2026, 12, 1), "km": 3.42, "n": 12345, "length": timedelta(days=30)}
    assert draw(source, **values) == (
        "8\u00a0h\u00a030|mardi 1<sup>er</sup>\u00a0décembre 2026|3,4\u00a0km|12\u202f345|Non\u00a0?|30 jours"
    )
    english = draw(source, language="en", **values)
    assert english.startswith("8:30\u00a0am|Tuesday 1\u00a0December 2026|3.4\u00a0km|12,345|Non ?|")


def test_hours_of_a_moment_are_those_of_the_territory(draw: Draw) -> None:
    with timezone.override("America/Martinique"):
        assert (
            draw("{{ at|hours }} {{ at|day_fr }}", at=datetime(2026, 11, 24, 2, 30, tzinfo=UTC))
            == "22\u00a0h\u00a030 lundi 23\u00a0novembre"
        )


@pytest.mark.parametrize(
    ("days", "words"),
    [(30, "30 jours"), (365, "1 an"), (3 * 365, "3 ans"), (6 * 365 + 1, "6 ans"), (180, "6 mois"), (2, "48 heures"), (90, "3 mois")],
)
def test_period(draw: Draw, days: int, words: str) -> None:
    assert draw("{{ value|period }}", value=timedelta(days=days)) == words


@pytest.mark.parametrize(("count", "words"), [(0, "0 place"), (1, "1 place"), (2, "2 places"), (1500, "1\u202f500 places")])
def test_plural(draw: Draw, count: int, words: str) -> None:
    assert draw("{{ n|plural:'place,places' }}", n=count).replace("\u00a0", " ") == words


def test_nothing_gives_nothing(draw: Draw) -> None:
    filters = ("hours", "day_fr", "telephone", "tel", "distance", "number", "duration", "period")
    assert draw("".join(f"{{{{ x|{name} }}}}" for name in filters) + "{% telephone_link x %}", x=None) == ""


def test_typography_block_only_in_french(draw: Draw) -> None:
    source = "{% typography %}<p title='a ?'>Oui ?</p>{% endtypography %}"
    assert draw(source) == "<p title='a ?'>Oui\u00a0?</p>"
    assert draw(source, language="en") == "<p title='a ?'>Oui ?</p>"
