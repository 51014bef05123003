"""Badges, values, and tables of amendments, from plain rows."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import models

from cpc.accounts.models import User
from cpc.web.badges import Badge
from partnerships.amendments.presenters import (
    AMENDMENTS,
    Difference,
    amendment_badge,
    changes_table,
    describe_value,
    field_label,
)
from partnerships.models import (
    Amendment,
    AmendmentChange,
    Contribution,
    Objective,
    Participant,
    Partnership,
    ProgramAmount,
    Responsibility,
)
from tests.partnerships.unsaved import cells, labels, prefetched


@pytest.mark.parametrize(
    ("state", "note", "badge"),
    [
        ("draft", "", Badge("info", "Draft")),
        ("draft", "Shorter", Badge("warn", "Returned for changes")),
        ("submitted", "Shorter", Badge("warn", "Waiting for approval")),
        ("approved", "", Badge("info", "Approved")),
        ("applied", "", Badge("good", "In effect")),
        ("rejected", "No", Badge("none", "Rejected")),
        ("withdrawn", "", Badge("none", "Withdrawn")),
    ],
)
def test_the_badge_of_an_amendment(state: str, note: str, badge: Badge) -> None:
    assert amendment_badge(Amendment(state=state, decision_note=note)) == badge


def column(model: type[models.Model], name: str) -> models.Field[Any, Any]:
    found = model._meta.get_field(name)
    assert isinstance(found, models.Field)
    return found


NAMED = {("partnerships_participant", 3): "Ministry", ("partnerships_objective", 3): "Objective 1: Courts"}


@pytest.mark.parametrize(
    ("model", "name", "value", "text"),
    [
        (Partnership, "title", None, "Nothing"),
        (Partnership, "title", "", "Nothing"),
        (Partnership, "forms", [], "Nothing"),
        (Partnership, "title", "A title", "A title"),
        (Partnership, "ends_on", "2026-01-31", "Jan 31, 2026"),
        (Partnership, "ends_on", date(2026, 1, 31), "Jan 31, 2026"),
        (Partnership, "focus_regions", ["Volta", "Central"], "Volta, Central"),
        (Participant, "is_lead", True, "Yes"),
        (Participant, "is_lead", False, "No"),
        (Participant, "government", "us", "United States"),
        (Objective, "number", 1000, "1,000"),
        (Objective, "paradigm", "prosecution", "Prosecution"),
        (Responsibility, "participant", 3, "Ministry"),
        (Responsibility, "objective", 3, "Objective 1: Courts"),
        (Responsibility, "participant", 4, "number 4"),
        (ProgramAmount, "amount", "1000000.5", "$1,000,000.50"),
        (ProgramAmount, "amount", Decimal(0), "$0.00"),
        (Contribution, "fiscal_year", 2026, "2026"),
        (Contribution, "original_amount", "1500.500", "1,500.5"),
    ],
)
def test_a_value_reads_as_its_column_means_it(model: type[models.Model], name: str, value: Any, text: str) -> None:
    assert describe_value(column(model, name), value, NAMED) == text


def test_forms_of_trafficking_have_their_labels() -> None:
    field = column(Partnership, "forms")
    choices = dict(field.base_field.flatchoices)  # type: ignore[attr-defined]  # of an array
    (first, label), (second, other) = list(choices.items())[:2]
    assert describe_value(field, [second, first], {}) == f"{other}, {label}"


@pytest.mark.parametrize(
    ("model", "name", "label"),
    [
        (Partnership, "starts_on", "First day of the term"),
        (Partnership, "ends_on", "Last day of the term"),
        (Partnership, "title", "Title"),
        (Partnership, "forms", "Forms of trafficking"),
        (Responsibility, "due_on", "Due date"),
        (Objective, "withdrawn", "Withdrawn from the terms"),
        (Objective, "outcome", "Intended outcome"),
    ],
)
def test_a_column_has_a_label(model: type[models.Model], name: str, label: str) -> None:
    assert field_label(column(model, name)) == label


# ---- tables --------------------------------------------------------------------------------------------------------

ASKED, DECIDED = (datetime(2023, 3, day, 9, tzinfo=UTC) for day in (15, 24))


def amendment(**more: Any) -> Amendment:
    values: dict[str, Any] = {
        "partnership": Partnership(pk=7),
        "number": 2,
        "kind": "extension",
        "title": "A year more",
        "requested_by": User(name="The analyst"),
        "requested_at": ASKED,
        **more,
    }
    row = Amendment(pk=1, **values)
    prefetched(row, changes=[AmendmentChange(), AmendmentChange()])
    return row


def test_the_list_names_who_asked_and_who_decided_and_when() -> None:
    row = amendment(state="approved", decided_by=User(name="The approver"), decided_at=DECIDED)
    assert cells(AMENDMENTS, row) == {
        "Amendment": f'<a href="/partnerships/7/amendments/2/">{row}</a>',
        "Kind": row.get_kind_display(),
        "Changes": 2,
        "Requested": "The analyst",
        "Decided": "The approver",
        "State": "Approved",
    }
    details = {one.label: one.detail(row) for one in AMENDMENTS.columns if one.detail}
    assert details == {"Requested": "Mar 15, 2023", "Decided": "Mar 24, 2023"}


def test_undecided_amendment_names_no_approver() -> None:
    row = amendment(decided_at=DECIDED)
    details = {one.label: one.detail(row) for one in AMENDMENTS.columns if one.detail}
    assert cells(AMENDMENTS, row)["Decided"] == details["Decided"] == ""


def test_changes_table_shows_both_values_and_removal_only_in_a_draft() -> None:
    line = Difference(AmendmentChange(pk=5), "The partnership", "Last day", "Jan 1, 2026", "Jan 1, 2027")
    table = changes_table(amendment(), is_draft=False)
    assert cells(table, line) == {
        "Item": "The partnership",
        "From": "<del>Jan 1, 2026</del>",
        "To": "<ins>Jan 1, 2027</ins>",
    }
    assert table.columns[0].detail is not None
    assert table.columns[0].detail(line) == "Last day"
    draft = changes_table(amendment(), is_draft=True)
    assert labels(draft) == ["Item", "From", "To", "Remove"]
    link = cells(draft, line)["Remove"]
    assert 'href="/partnerships/7/amendments/2/changes/5/' in link
    assert ": The partnership Last day</span>" in link
