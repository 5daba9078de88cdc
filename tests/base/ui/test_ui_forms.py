from __future__ import annotations

import pytest
from django import forms
from hypothesis import given
from hypothesis import strategies as st

from yole.base.errors import Refused
from yole.base.forms import PhoneField, PlainForm, clean_phone


class Form(PlainForm):
    phone = PhoneField(label="Téléphone")
    name = forms.CharField(label="Nom", required=False)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("06 96 12 34 56", "0696123456"),
        ("0696.12.34.56", "0696123456"),
        ("+596 696 12 34 56", "0696123456"),
        ("00596 596 57 48 69", "0596574869"),
        ("+33 6 12 34 56 78", "0612345678"),
        ("+1 758 555 1234", "+17585551234"),
    ],
)
def test_usual_writings_of_a_number(typed: str, kept: str) -> None:
    assert clean_phone(typed) == kept


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("0696 12 34", "Il manque 2 chiffres. Un numéro a 10 chiffres."),
        ("069612345", "Il manque 1 chiffre. Un numéro a 10 chiffres."),
        ("069612345678", "Il y a 2 chiffres de trop. Un numéro a 10 chiffres."),
        ("mon numéro", "Un numéro n’a que des chiffres. Exemple : 06 96 12 34 56."),
        ("6961234567", "Un numéro commence par 0. Exemple : 06 96 12 34 56."),
        ("+12", "Ce numéro n’a pas la bonne longueur. Vérifiez les chiffres après le +."),
        ("٠٦٩٦١٢٣٤٥٦", "Un numéro n’a que des chiffres. Exemple : 06 96 12 34 56."),
    ],
)
def test_what_is_wrong_is_said(typed: str, said: str) -> None:
    form = Form({"phone": typed})
    assert form.errors["phone"] == [said]


@given(st.text(max_size=20))
def test_any_text_is_cleaned_or_refused(text: str) -> None:
    try:
        kept = clean_phone(text)
    except forms.ValidationError:
        return
    assert kept.lstrip("+").isdigit()
    assert clean_phone(kept) == kept


def test_missing_answer_in_plain_words() -> None:
    assert Form({}).errors["phone"] == ["Cette réponse manque."]


def test_refusal_goes_to_its_field_or_to_the_form() -> None:
    form = Form({"phone": "0696123456"})
    form.apply_refusal(Refused("Ce numéro est déjà inscrit.", remedy="Appelez le lieu.", field="phone"))
    form.apply_refusal(Refused("La séance est annulée.", field="elsewhere"))
    assert form.errors["phone"] == ["Ce numéro est déjà inscrit. Appelez le lieu."]
    assert form.non_field_errors() == ["La séance est annulée."]
