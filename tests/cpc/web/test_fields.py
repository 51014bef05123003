"""Fields of forms: lists by lines, the words of a choice, and the errors of a form in order."""

from __future__ import annotations

from typing import Any

import pytest
from django import forms
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models

from cpc.accounts.models import User
from cpc.web import fields
from cpc.web.edit_conflicts import _as_saved, _display
from cpc.web.fields import LinesField, form_field_for, is_money, problems

LETTERS = [("a", "Alpha"), ("b", "Beta")]


def test_a_list_is_typed_line_by_line() -> None:
    field = LinesField(required=False)
    assert field.clean(" one \n\n  \r\ntwo\n") == ["one", "two"]
    assert field.clean("") == []
    assert field.prepare_value(["one", "two"]) == "one\ntwo"
    assert field.prepare_value("one\n") == "one\n"
    assert not field.has_changed(["one", "two"], "one\r\n two ")
    assert field.has_changed(["one"], "one\ntwo")
    assert not field.has_changed(None, "")


def column(kind: Any, *args: Any, **options: Any) -> Any:
    found = kind(*args, **options)
    found.set_attributes_from_name("sample_field")
    return found


def test_a_list_of_choices_is_boxes_and_any_other_list_lines() -> None:
    boxes: Any = form_field_for(column(ArrayField, models.CharField(max_length=2, choices=LETTERS), blank=True))
    assert isinstance(boxes, forms.MultipleChoiceField)
    choices: Any = boxes.choices
    assert (boxes.label, boxes.required, list(choices)) == ("Sample field", False, LETTERS)
    lines = form_field_for(column(ArrayField, models.CharField(max_length=9)))
    assert isinstance(lines, LinesField)
    assert (lines.required, lines.help_text) == (True, "One per line.")
    named: Any = form_field_for(column(ArrayField, models.CharField(max_length=9)), label="Terms", help_text="Each.")
    assert (named.label, named.help_text) == ("Terms", "Each.")


def test_nothing_is_chosen_for_the_writer() -> None:
    field: Any = form_field_for(column(models.CharField, max_length=2, choices=LETTERS))
    assert list(field.choices) == [("", "Choose"), *LETTERS]
    agency = User._meta.get_field("agency")
    optional: Any = form_field_for(agency)
    required: Any = form_field_for(agency, required=True)
    assert (optional.empty_label, required.empty_label) == ("None", "Choose")
    text: Any = form_field_for(column(models.TextField))
    assert text.widget.attrs["rows"] == 3


@pytest.mark.parametrize(
    ("digits", "decimals", "money"), [(14, 2, True), (13, 2, False), (18, 2, True), (14, 3, False)]
)
def test_money_is_large_and_exact_to_the_cent(digits: int, decimals: int, money: bool) -> None:
    assert is_money(models.DecimalField(max_digits=digits, decimal_places=decimals)) is money


class SampleForm(forms.Form):
    name = forms.CharField(label="Name")
    sure = forms.CharField(label="Are you sure?")
    kind = forms.ChoiceField(choices=LETTERS, widget=forms.RadioSelect)
    secret = forms.CharField(label="Secret", widget=forms.HiddenInput)

    def clean(self) -> None:
        raise ValidationError("It is closed.", code="closed")


def test_form_errors_follow_field_order_after_general_ones() -> None:
    assert [tuple(problem) for problem in problems(SampleForm({}))] == [
        ("", "It is closed.", "closed"),
        ("id_name", "Name: This field is required.", "required"),
        ("id_sure", "Are you sure? This field is required.", "required"),
        ("id_kind", "Kind: This field is required.", "required"),
        ("", "Secret: This field is required.", "required"),
    ]


def test_the_control_of_a_field_names_its_hint_and_error() -> None:
    form = SampleForm({})
    name = fields.context(form["name"], "As printed.")
    assert (name["kind"], name["ident"], name["hint"]) == ("input", "id_name", "As printed.")
    assert 'class="usa-input usa-input--error"' in name["control"]
    assert 'aria-describedby="id_name-error id_name-hint"' in name["control"]
    radio = fields.context(form["kind"])
    assert (radio["kind"], radio["ident"], "control" in radio) == ("radio", "id_kind", False)
    calm = fields.context(SampleForm()["name"])
    assert "aria-" not in calm["control"].replace('aria-required="true"', "")


@pytest.mark.parametrize(
    ("field", "value", "text"),
    [
        (forms.CharField(), None, "\N{EN DASH}"),
        (forms.CharField(), "", "\N{EN DASH}"),
        (LinesField(), [], "\N{EN DASH}"),
        (LinesField(), ["one", "two"], "one, two"),
        (forms.BooleanField(), True, "Yes"),
        (forms.BooleanField(), False, "No"),
        (forms.ChoiceField(choices=LETTERS), "b", "Beta"),
        (forms.ChoiceField(choices=LETTERS), "z", "z"),
        (forms.MultipleChoiceField(choices=LETTERS), ["b", "a"], "Beta, Alpha"),
        (forms.IntegerField(), 0, "0"),
    ],
)
def test_a_saved_value_is_shown_as_people_read_it(field: forms.Field, value: Any, text: str) -> None:
    assert _display(field, value) == text


def test_line_ends_of_a_browser_are_no_change() -> None:
    assert (_as_saved("a\r\nb"), _as_saved(["a\r\n"]), _as_saved(None)) == ("a\nb", ["a\r\n"], None)
