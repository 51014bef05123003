"""Values for a reader, and fields of forms, without a page."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import models

from partnerships.agreements.forms import RECORDED, RecordForm
from partnerships.form_parts.base import NoteForm, ReasonForm, choice, display_value, document_field, dollars
from partnerships.models import Activity, Contribution, Participant, Partnership
from tests.partnerships.unsaved import partnership

DASH = "\N{EN DASH}"


@pytest.mark.parametrize(
    ("row", "name", "text"),
    [
        (Partnership(title="Shelters"), "title", "Shelters"),
        (Partnership(title=""), "title", DASH),
        (Partnership(), "starts_on", DASH),
        (Partnership(starts_on=date(2021, 1, 31)), "starts_on", "Jan 31, 2021"),
        (Partnership(legal_review="non_binding"), "legal_review", "Non-binding"),
        (Partnership(focus_regions=[]), "focus_regions", DASH),
        (Partnership(focus_regions=["Volta", "Central"]), "focus_regions", "Volta, Central"),
        (Participant(is_lead=True), "is_lead", "Yes"),
        (Participant(is_lead=False), "is_lead", "No"),
        (Contribution(amount_usd=Decimal("1500.50")), "amount_usd", "1,500.50"),
        (Contribution(amount_usd=Decimal(0)), "amount_usd", "0"),
        (Contribution(fiscal_year=2026), "fiscal_year", "2026"),
        (Activity(), "actual_start", DASH),
    ],
)
def test_a_value_reads_as_its_column_means_it(row: models.Model, name: str, text: str) -> None:
    assert display_value(row, name) == text


def test_forms_of_trafficking_have_their_labels() -> None:
    field: Any = Partnership._meta.get_field("forms")
    (first, label), (second, other) = field.base_field.flatchoices[:2]
    assert display_value(Partnership(forms=[second, first]), "forms") == f"{other}, {label}"


def test_an_amount_of_dollars_is_exact_to_the_cent() -> None:
    field = dollars("Amount")
    assert field.clean("1,234.56") == Decimal("1234.56")
    for wrong in ("1.234", "1234567890123.00", ""):
        with pytest.raises(Exception, match=r"."):
            field.clean(wrong)
    assert dollars("Amount", required=False).clean("") is None


def test_a_choice_has_nothing_selected_at_first() -> None:
    field: Any = choice("Kind", [("a", "A")])
    assert [value for value, _ in field.choices] == ["", "a"]
    assert document_field().required is False


def test_a_reason_is_required_and_a_note_is_not() -> None:
    row = partnership()
    assert NoteForm({"note": ""}, partnership=row).fields["note"].required is False
    assert ReasonForm({"note": ""}, partnership=row).fields["note"].required is True


def test_signed_row_has_editable_recorded_fields_and_locked_facts() -> None:
    row = Partnership(title="Shelters", starts_on=date(2021, 1, 31))
    form = RecordForm(partnership=row, instance=row, editable=RECORDED)
    assert set(form.columns) == set(RECORDED)
    assert form.locked_facts[:3] == [
        ("Title", "Shelters"),
        ("First day of the term", "Jan 31, 2021"),
        ("Last day of the term", DASH),
    ]
    assert len(form.locked_facts) == 8
    draft = RecordForm(partnership=row, instance=row)
    assert draft.locked_facts == []
    assert len(draft.columns) == 11
