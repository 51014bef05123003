"""Programs and plans: stored values, entries of the audit trail, and refusals by field."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from pytest_django import Settings

from cpc.accounts.models import User
from cpc.accounts.permissions import Role
from cpc.database.revisions import EditConflict
from indicators.curated.services import record_authorized, record_row, replace_row, revision_of, withdraw_row
from indicators.models import Country, NationalPlan, USGProgram
from tests.support.accounts import make_account
from tests.support.outcomes import refusals, trail

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def analyst() -> User:
    return make_account(Role.ANALYST)


def ghana() -> Country:
    return Country.objects.get(code="GHA")


def program(**values: Any) -> USGProgram:
    basis = {
        "country": ghana(),
        "agency": "Department of Labor",
        "title": "Sample program",
        "sector": "child_labor",
        "source": "A sample",
    }
    return USGProgram(**basis | values)


def plan(**values: Any) -> NationalPlan:
    basis = {"country": ghana(), "kind": "action_plan", "title": "Plan", "status": "adopted", "source": "A sample"}
    return NationalPlan(**basis | values)


def test_a_program_is_recorded_with_who_recorded_it(analyst: User) -> None:
    row = record_row(row=program(amount=Decimal("5.00"), starts_on=dt.date(2025, 1, 2)), actor=analyst)
    row.refresh_from_db()
    assert (row.recorded_by, row.is_live, row.replaces) == (analyst, True, None)
    [(who, action, before, after)] = trail(row)
    assert (who, action, before) == ("analyst", "recorded", None)
    assert after is not None
    stored = {
        "country": ghana().pk,
        "agency": "Department of Labor",
        "title": "Sample program",
        "sector": "child_labor",
        "source": "A sample",
        "amount": "5.00",
        "starts_on": "2025-01-02",
        "recorded_by": analyst.pk,
    }
    assert {name: after.get(name) for name in stored} == stored
    of_no_one = record_authorized(row=plan(), actor=None)
    assert (of_no_one.recorded_by, trail(of_no_one)[0][:2]) == (None, ("System", "recorded"))


def test_a_replacement_says_only_what_differs_and_why(analyst: User) -> None:
    first = record_row(row=plan(ends_year=2025, starts_year=2021), actor=analyst)
    second = replace_row(
        row=first,
        values={"ends_year": 2026, "title": "Plan"},
        reason=" Extended ",
        actor=analyst,
        expected_revision=revision_of(first),
    )
    first.refresh_from_db()
    assert (first.superseded_at, first.superseded_by, first.superseded_reason) == (
        second.recorded_at,
        analyst,
        "Extended",
    )
    assert (second.replaces, second.recorded_by, second.is_live) == (first, analyst, True)
    assert (second.title, second.starts_year, second.ends_year, second.country) == ("Plan", 2021, 2026, ghana())
    assert trail(second) == [
        ("analyst", "replaced", {"ends_year": 2025}, {"ends_year": 2026, "reason": "Extended"}),
    ]
    assert [entry[1] for entry in trail(first)] == ["recorded"]


def test_a_replacement_is_refused_at_its_field(analyst: User) -> None:
    row = record_row(row=program(), actor=analyst)

    def replace(**changes: Any) -> object:
        values: dict[str, Any] = {"row": row, "values": {"title": "Other"}, "reason": "Corrected", "actor": analyst}
        return replace_row(**values | changes)

    assert refusals(lambda: replace(reason=" ")) == {"reason": "reason"}
    assert refusals(lambda: replace(values={"title": ""})) == {"title": "blank"}
    document = SimpleUploadedFile("report.exe", b"MZ")
    assert refusals(lambda: replace(values={"document": document})) == {"document": "file_kind"}
    with pytest.raises(ValidationError) as caught:
        replace(values={"title": "Other", "sum": 1, "color": "red"})
    assert (caught.value.code, caught.value.messages) == (
        "unknown_field",
        ["There is no field color, sum to replace."],
    )
    for name in ("id", "recorded_by", "superseded_at"):
        assert refusals(lambda name=name: replace(values={name: None})) == {"": "unknown_field"}  # type: ignore[misc]  # mypy can't infer the default
    with pytest.raises(EditConflict):
        replace(expected_revision=str(row.pk + 1))
    for role in (Role.APPROVER, Role.VIEWER):
        with pytest.raises(PermissionDenied):
            replace(actor=make_account(role))
    row.refresh_from_db()
    assert row.is_live
    replace()
    assert refusals(replace) == {"": "superseded"}


def test_a_withdrawal_is_on_record_once(analyst: User) -> None:
    row = record_row(row=program(), actor=analyst)
    assert refusals(lambda: withdraw_row(row=row, reason=" ", actor=analyst)) == {"reason": "reason"}
    with pytest.raises(PermissionDenied):
        withdraw_row(row=row, reason="Twice", actor=make_account(Role.VIEWER))
    gone = withdraw_row(row=row, reason=" Twice ", actor=analyst)
    assert (gone.pk, gone.superseded_by, gone.superseded_reason) == (row.pk, analyst, "Twice")
    assert trail(row)[1:] == [("analyst", "withdrew", None, {"reason": "Twice"})]
    assert withdraw_row(row=row, reason="Again", actor=analyst) == gone
    assert len(trail(row)) == 2
    first = record_row(row=plan(), actor=analyst)
    replace_row(row=first, values={"ends_year": 2026}, reason="Found", actor=analyst)
    assert refusals(lambda: withdraw_row(row=first, reason="Twice", actor=analyst)) == {"": "superseded"}


def test_a_new_document_is_kept_with_the_row(analyst: User) -> None:
    row = record_row(row=plan(), actor=analyst)
    document = SimpleUploadedFile("plan.pdf", b"%PDF-1.7 sample")
    second = replace_row(row=row, values={"document": document}, reason="Found", actor=analyst)
    assert second.document.read() == b"%PDF-1.7 sample"
    who, action, before, after = trail(second)[0]
    assert (who, action, before) == ("analyst", "replaced", {"document": ""})
    assert after == {"document": second.document.name, "reason": "Found"}
