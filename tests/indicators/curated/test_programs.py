"""Programs and plans: recorded, replaced, and withdrawn; program files imported, retracted, and exported."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import InternalError, transaction
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from cpc.accounts.models import User
from cpc.accounts.permissions import Role
from cpc.audit.models import AuditEntry
from indicators.curated.queries import (
    ENDED,
    NOT_BEGUN,
    RUNNING,
    UNKNOWN,
    assistance_of,
    plans_of,
    program_status,
    programs,
    programs_of,
)
from indicators.curated.services import record_row, replace_row, withdraw_row
from indicators.imports.publishing import publish, retract
from indicators.imports.reading import process
from indicators.imports.receiving import receive_path
from indicators.models import Country, Import, NationalPlan, PlanKind, USGProgram
from indicators.sources.usg_programs import COLUMNS
from tests.support.accounts import make_account
from tests.support.pages import previewed, published
from tests.support.rankings import publish_values, value
from tests.support.unguarded import owner_rights

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
    return USGProgram(
        **{
            "country": ghana(),
            "agency": "Department of Labor",
            "title": "Sample program",
            "sector": "child_labor",
            "source": "A sample",
            **values,
        }
    )


def form(*rows: dict[str, str]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    writer.writeheader()
    basis = {"country": "Ghana", "agency": "Department of Labor", "sector": "Child labor", "source": "A sample"}
    writer.writerows([{**basis, **row} for row in rows])
    return out.getvalue()


def live() -> dict[str, USGProgram]:
    return {row.title: row for row in USGProgram.objects.live()}


# ---- by hand -------------------------------------------------------------------------------------------------------


def test_replaced_version_stays_unchanged(analyst: User) -> None:
    first = record_row(row=program(amount=Decimal("5.00")), actor=analyst)
    between = timezone.now()
    second = replace_row(row=first, values={"amount": None}, reason="Corrected", actor=analyst)
    first.refresh_from_db()
    assert (first.amount, first.superseded_reason, first.superseded_by, first.superseded_at) == (
        Decimal("5.00"),
        "Corrected",
        analyst,
        second.recorded_at,
    )
    assert (second.amount, second.replaces, second.is_live) == (None, first, True)
    assert [row.pk for row in programs_of(ghana(), between).programs] == [first.pk]
    assert [row.pk for row in programs_of(ghana()).programs] == [second.pk]
    entry = AuditEntry.objects.filter(action="replaced").latest("pk")
    assert (entry.before["amount"], entry.after["reason"]) == ("5.00", "Corrected")


def test_the_database_itself_lets_no_version_be_edited_or_deleted(analyst: User) -> None:
    row = record_row(row=program(), actor=analyst)
    changes: tuple[Callable[[], object], ...] = (
        lambda: USGProgram.objects.filter(pk=row.pk).update(title="Another"),
        lambda: USGProgram.objects.filter(pk=row.pk).delete(),
    )
    for change in changes:
        with owner_rights(), pytest.raises(InternalError), transaction.atomic():
            change()
    withdraw_row(row=row, reason="Recorded twice", actor=analyst)
    with pytest.raises(InternalError), transaction.atomic():
        USGProgram.objects.filter(pk=row.pk).update(superseded_at=None)


def test_nothing_happens_where_nothing_differs_or_it_was_withdrawn_before(analyst: User) -> None:
    row = record_row(row=program(), actor=analyst)
    assert replace_row(row=row, values={"title": "Sample program"}, reason="Again", actor=analyst) == row
    withdraw_row(row=row, reason="Recorded twice", actor=analyst)
    entries = AuditEntry.objects.count()
    withdraw_row(row=row, reason="Pressed twice", actor=analyst)
    assert AuditEntry.objects.count() == entries
    row.refresh_from_db()
    assert row.superseded_reason == "Recorded twice"
    assert programs_of(ghana()).programs == []


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"title": "SAMPLE PROGRAM"}, "program_once"),
        ({"starts_on": dt.date(2025, 1, 2), "ends_on": dt.date(2025, 1, 1)}, "program_days"),
        ({"amount": Decimal("-1")}, "program_amount"),
        ({"sector": "health"}, "invalid_choice"),
        ({"source": ""}, "blank"),
    ],
)
def test_what_is_not_recorded(analyst: User, values: dict[str, Any], code: str) -> None:
    record_row(row=program(), actor=analyst)
    with pytest.raises(ValidationError) as caught:
        record_row(row=program(**{"title": "Another", **values}), actor=analyst)
    codes = {error.code for errors in caught.value.error_dict.values() for error in errors}
    assert codes == {code}


def test_a_version_that_is_no_longer_current_is_not_replaced(analyst: User) -> None:
    first = record_row(row=program(), actor=analyst)
    replace_row(row=first, values={"implementer": "One"}, reason="First", actor=analyst)
    calls: tuple[Callable[[], object], ...] = (
        lambda: replace_row(row=first, values={"implementer": "Two"}, reason="Second", actor=analyst),
        lambda: withdraw_row(row=first, reason="Second", actor=analyst),
    )
    for call in calls:
        with pytest.raises(ValidationError) as caught:
            call()
        assert caught.value.code == "superseded"
    with pytest.raises(ValidationError, match="Enter a reason"):
        replace_row(row=live()["Sample program"], values={"implementer": "Two"}, reason=" ", actor=analyst)
    assert live()["Sample program"].implementer == "One"


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ANALYST])
def test_only_analysts_record(role: Role) -> None:
    with pytest.raises(PermissionDenied):
        record_row(row=program(), actor=make_account(role))


@pytest.mark.parametrize(
    ("name", "content", "fault"),
    [
        ("report.exe", b"MZ", "Files of type"),
        ("report.pdf", b"<html>", "its content is something else"),
        ("report.docx", b"PK\x03\x04broken", "damaged"),
        ("report.txt", b"\xff\xfe\x00", "not valid UTF-8"),
        ("report.pdf", b"", "empty"),
    ],
)
def test_a_document_that_is_not_accepted(analyst: User, name: str, content: bytes, fault: str) -> None:
    with pytest.raises(ValidationError) as caught:
        record_row(row=program(document=SimpleUploadedFile(name, content)), actor=analyst)
    assert fault in str(caught.value.error_dict["document"])
    assert not USGProgram.objects.exists()


def test_a_document_stays_with_the_versions_that_follow(analyst: User) -> None:
    document = SimpleUploadedFile("../../plan.pdf", b"%PDF-1.7 sample")
    first = record_row(row=program(document=document), actor=analyst)
    second = replace_row(row=first, values={"implementer": "One"}, reason="Named", actor=analyst)
    assert second.document.name == first.document.name
    assert first.document.name is not None
    assert first.document.name.startswith("usg_programs/plan")


@pytest.mark.parametrize(
    ("starts", "ends", "status", "shown"),
    [
        ("2024-01-01", "2026-12-31", RUNNING, True),
        ("2026-01-01", None, NOT_BEGUN, False),
        (None, "2024-12-31", ENDED, False),
        ("2024-01-01", None, UNKNOWN, True),
        (None, None, UNKNOWN, True),
        ("2025-06-30", "2025-06-30", RUNNING, True),
    ],
)
def test_program_is_left_out_only_when_known_not_to_run(
    analyst: User, starts: str | None, ends: str | None, status: str, shown: bool
) -> None:
    day = dt.date(2025, 6, 30)
    days = [dt.date.fromisoformat(text) if text else None for text in (starts, ends)]
    row = record_row(row=program(starts_on=days[0], ends_on=days[1]), actor=analyst)
    assert program_status(row, day) == status
    assert programs(running_on=day).exists() is shown


def test_sums_keep_what_is_known_and_what_is_not_apart(analyst: User) -> None:
    for title, amount, sector in (("A", "10.50", "child_labor"), ("B", None, "child_labor"), ("C", "0", "rule_of_law")):
        record_row(row=program(title=title, amount=amount and Decimal(amount), sector=sector), actor=analyst)
    found = programs_of(ghana())
    assert (found.total.programs, found.total.known, found.total.without_amount) == (3, Decimal("10.50"), 1)
    assert [(part.label, part.programs, part.known, part.is_whole) for part in found.by_sector] == [
        ("Rule of law", 1, Decimal(0), True),
        ("Child labor", 2, Decimal("10.50"), False),
    ]


# ---- by import -----------------------------------------------------------------------------------------------------


def test_a_form_is_previewed_published_and_found_again_in_the_next(tmp_path: Path) -> None:
    first = published(tmp_path, form({"title": "A"}, {"title": "B", "amount_usd": "5"}), "first.csv")
    assert {title: (row.batch_id, row.locator) for title, row in live().items()} == {
        "A": (first.pk, "line 2, column 5"),
        "B": (first.pk, "line 3, column 5"),
    }
    text = form({"title": "a", "country": "", "iso3": "GHA"}, {"title": "B", "amount_usd": "5"}, {"title": "C"})
    second = previewed(tmp_path, text, "second.csv")
    counts = {key: second.counts[key] for key in ("new", "changed", "unchanged", "rejected", "programs")}
    assert counts == {"new": 1, "changed": 1, "unchanged": 1, "rejected": 0, "programs": 3}
    assert set(live()) == {"A", "B"}
    publish(batch_id=second.pk, actor=None)
    assert {title: row.batch_id for title, row in live().items()} == {"a": second.pk, "B": first.pk, "C": second.pk}
    assert live()["B"].statements.count() == 2
    again = previewed(tmp_path, text + "\n", "again.csv")
    assert (again.counts["new"], again.counts["changed"], again.counts["unchanged"]) == (0, 0, 3)


def test_two_rows_of_one_program_and_a_country_that_is_none(tmp_path: Path) -> None:
    batch = previewed(
        tmp_path, form({"title": "A"}, {"title": "A", "iso3": "GHA"}, {"country": "Atlantis", "title": "B"})
    )
    issues = {(issue.reason, issue.locator) for issue in batch.issues.all()}
    assert issues == {("duplicate_key", "line 3, column 5"), ("unknown_country", "line 4, column 5")}
    assert (batch.counts["new"], batch.counts["rejected"]) == (1, 2)


def test_taking_an_import_back_returns_what_it_had_replaced(tmp_path: Path, analyst: User) -> None:
    record_row(row=program(title="By hand", implementer="One"), actor=analyst)
    batch = published(tmp_path, form({"title": "By hand", "implementer": "Two"}, {"title": "New"}))
    assert (live()["By hand"].implementer, set(live())) == ("Two", {"By hand", "New"})
    during = timezone.now()
    retract(batch_id=batch.pk, actor=analyst, reason="The agency sent the wrong file")
    assert {title: (row.implementer, row.batch) for title, row in live().items()} == {"By hand": ("One", None)}
    assert {row.title for row in programs_of(ghana(), during).programs} == {"By hand", "New"}
    closed = USGProgram.objects.get(title="New")
    assert closed.superseded_reason == f"Import {batch.pk} was taken back: The agency sent the wrong file"


def test_program_stated_by_another_file_survives_retraction(tmp_path: Path) -> None:
    first = published(tmp_path, form({"title": "A"}), "first.csv")
    second = published(tmp_path, form({"title": "A"}, {"title": "B"}), "second.csv")
    retract(batch_id=first.pk, actor=None, reason="Wrong")
    assert {title: row.batch_id for title, row in live().items()} == {"A": second.pk, "B": second.pk}
    retract(batch_id=second.pk, actor=None, reason="Wrong, too")
    assert live() == {}


def test_program_replaced_by_hand_survives_retraction_of_its_import(tmp_path: Path, analyst: User) -> None:
    batch = published(tmp_path, form({"title": "A"}))
    replace_row(row=live()["A"], values={"implementer": "Mine"}, reason="Known better", actor=analyst)
    retract(batch_id=batch.pk, actor=None, reason="Wrong")
    assert live()["A"].implementer == "Mine"


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_an_export_is_a_filled_form(tmp_path: Path, analyst: User, client: Client, kind: str) -> None:
    record_row(
        row=program(
            title="Full",
            agency_code="DOL",
            starts_on=dt.date(2024, 1, 15),
            ends_on=dt.date(2027, 1, 14),
            amount=Decimal("1250000.50"),
            source_url="https://example.gov/x",
            assessment="- two districts\nand a third",
        ),
        actor=analyst,
    )
    record_row(row=program(title="Bare", implementer="=1+1"), actor=analyst)
    client.force_login(analyst)
    path = tmp_path / f"export.{kind}"
    path.write_bytes(client.get(f"/data/programs/?format={kind}&columns=file").getvalue())
    batch = process(batch_id=receive_path(path=path, actor=None).batch.pk, actor=None)
    assert batch.state == "preview", batch.error_message
    assert (batch.counts["unchanged"], batch.counts["rejected"], batch.counts["changed"]) == (2, 0, 0)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_empty_form_is_recognized_and_holds_nothing(
    tmp_path: Path, analyst: User, client: Client, kind: str
) -> None:
    client.force_login(analyst)
    response = client.get(f"/data/programs/form/{kind}/")
    path = tmp_path / f"form.{kind}"
    path.write_bytes(response.getvalue())
    batch: Import = process(batch_id=receive_path(path=path, actor=None).batch.pk, actor=None)
    assert (batch.adapter, batch.state, batch.rows_read) == ("usg_programs", "preview", 0)


# ---- plans and foreign assistance ----------------------------------------------------------------------------------


def test_the_plans_of_a_country_and_what_no_one_has_recorded(analyst: User) -> None:
    assert plans_of(ghana()).missing == list(PlanKind)
    plan = record_row(
        row=NationalPlan(country=ghana(), kind="action_plan", title="Plan", status="adopted", source="A sample"),
        actor=analyst,
    )
    between = timezone.now()
    newer = replace_row(row=plan, values={"ends_year": 2026}, reason="The year was found", actor=analyst)
    assert plans_of(ghana()).plans == [newer]
    assert plans_of(ghana(), between).plans == [plan]
    assert plans_of(ghana()).missing == [PlanKind.CHILD_PROTECTION]
    with pytest.raises(ValidationError, match="already recorded"):
        record_row(
            row=NationalPlan(country=ghana(), kind="action_plan", title="Plan", status="adopted", source="x"),
            actor=analyst,
        )


def test_foreign_assistance_is_beside_programs_by_fiscal_year(tmp_path: Path) -> None:
    publish_values(
        tmp_path / "fa",
        [
            value("fa.obligations", "GHA", "FY2022", "211104701"),
            value("fa.disbursements", "GHA", "FY2022", "211002006"),
            value("fa.obligations", "GHA", "FY2024", "5", quality="unconfirmed"),
            value("fa.obligations_by_sector", "GHA", "FY2022", "7", series="DOL: Labor Rights"),
        ],
        edition="2025",
    )
    found = assistance_of(ghana())
    assert [
        (year.period, year.obligated and year.obligated.value, year.disbursed and year.disbursed.value, year.is_partial)
        for year in found.years
    ] == [("FY2024", 5, None, True), ("FY2022", 211104701, 211002006, False)]
    assert [(part.series, len(part.years)) for part in found.sectors] == [("DOL: Labor Rights", 1)]
    assert assistance_of(ghana(), as_of=0).years == []
