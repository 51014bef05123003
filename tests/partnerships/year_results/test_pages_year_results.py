"""The page of a year: the answer in its title, who reported what, corrections, findings that mark values, its file."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from cpc.accounts.permissions import Role
from partnerships.models import Award, FieldCheck, FieldFinding, Result
from partnerships.monitoring.services.results import record_result, take_period_step
from partnerships.visits.services import add_finding, record_check, take_finding_step
from partnerships.year_results.year_table import groups_of, year_table
from tests.partnerships.monitoring.test_monitoring import LATER, children
from tests.partnerships.monitoring.test_reporters import Reported
from tests.partnerships.sending import client_of, page_text, rejected_page, send
from tests.support.accounts import make_account

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture
def there() -> Reported:
    return Reported()


def reported(there: Reported) -> None:
    """Report and approve fiscal year 2024: two awards and the government."""
    there.record(there.people, there.justice, 142)
    there.record(there.people, there.care, 38)
    there.doubles(22)
    there.record(there.rooms, there.justice, 4)
    there.record(there.rooms, None, 4)
    there.record(there.share, there.care, None, numerator=D(163), denominator=D(214))
    there.record(there.share, None, None, numerator=D(41), denominator=D(88))
    for period in (there.first, there.second):
        there.record(there.made.children, None, 40, period=period, parts=children(40, girls=2))
        there.record(there.made.share, None, None, no_data_reason="The survey is late", narrative="", period=period)
    there.close(there.first, there.second)


def text_of(there: Reported, query: str = "", role: Any = None) -> str:
    user = make_account(role, username="reads") if role else there.made.analyst
    return page_text(client_of(user).get(f"/partnerships/{there.made.partnership.pk}/results/{query}"))


def rest(there: Reported) -> dict[str, dict[str, Any]]:
    client = client_of(there.made.analyst)
    answer = client.get(f"/api/v1/partnerships/{there.made.partnership.pk}/results/")
    return {row["code"]: row for row in answer.json()["indicators"]}


def file_of(there: Reported) -> list[dict[str, Any]]:
    answer = client_of(there.made.analyst).get(
        f"/partnerships/{there.made.partnership.pk}/results/", {"year": "2024", "format": "xlsx"}
    )
    sheet = load_workbook(io.BytesIO(b"".join(answer)))["Results"]
    rows: list[list[Any]] = [list(row) for row in sheet.iter_rows(values_only=True)]
    start = next(number for number, row in enumerate(rows) if row[0] == "Code")
    return [dict(zip(rows[start], row, strict=True)) for row in rows[start + 1 :] if row[0]]


def test_the_title_answers_and_the_rows_show_how_it_adds_up(there: Reported) -> None:
    reported(there)
    text = text_of(there, "?year=2024&indicator=PE-1")
    assert "One of four indicators met the FY 2024 target" in text
    assert "Three are behind; “Title RO-1” is farthest behind, 4 of 100." in text
    assert "“Shelters inspected each year” has no value: The survey is late." in text
    for part in ("142", "38", "Trained by both", "158", "same 4", "counted once", "163 of 214", "204 of 302"):
        assert part in text, part
    assert "Method: sum, each counted once." in text
    assert "version 1; a change needs the approver and redraws no past year" in text
    assert "FY 2025 is under way" not in text_of(there)


def test_a_correction_shows_what_it_was_on_its_year_and_later(there: Reported) -> None:
    reported(there)
    assert "was 158" not in text_of(there, "?year=2024")
    period = there.first
    period = take_period_step(period=period, name="reopen", actor=there.made.approver, on=LATER, reason="Counted again")
    there.record(there.people, there.justice, 131)
    for name, actor in (("submit", there.made.analyst), ("approve", there.made.approver)):
        period = take_period_step(period=period, name=name, actor=actor, on=LATER)
    assert "was 158" in text_of(there, "?year=2024")
    later = text_of(there, "?year=2025&indicator=PE-1")
    assert "FY 2024, corrected" in later
    assert "147 was 158" in later
    assert [row["Before correction"] for row in file_of(there) if row["Code"] == "PE-1"] == [158, 158]


def test_a_finding_marks_the_values_until_somebody_else_closes_it(there: Reported) -> None:
    reported(there)

    def marks() -> tuple[bool, int, set[Any]]:
        on_page = "1 open finding on Title PE-1" in text_of(there, "?year=2024")
        in_file = {row["Open findings"] for row in file_of(there) if row["Code"] == "PE-1"}
        years = client_of(there.made.analyst).get(f"/partnerships/{there.made.partnership.pk}/results/years/")
        assert ("1 open finding." in page_text(years)) is on_page
        return on_page, rest(there)["PE-1"]["open_findings"], in_file

    assert marks() == (False, 0, {0})
    check = FieldCheck(
        partnership=there.made.partnership, kind="desk_review", first_on=LATER, last_on=LATER, took_part="An office"
    )
    finding = add_finding(
        finding=FieldFinding(
            partnership=there.made.partnership, field_check=record_check(check=check, actor=there.made.analyst),
            text="Counted again", weight="major", action="One register", due_on=date(2026, 1, 31),
            indicator=there.people, award=there.care,
        ),
        actor=there.made.analyst,
    )  # fmt: skip
    assert marks() == (True, 1, {1})
    take_finding_step(finding=finding, name="give_evidence", actor=there.made.analyst, reason="The register")
    assert marks() == (True, 1, {1})
    take_finding_step(finding=finding, name="close", actor=there.made.approver)
    assert marks() == (False, 0, {0})
    assert rest(there)["RO-1"]["open_findings"] == 0


def test_groups_add_up_to_the_total_with_what_is_not_recorded_and_less_duplicates(there: Reported) -> None:
    for award, count, parts in (
        (there.justice, 50, children(50, girls=20)),
        (there.care, 30, ()),
    ):
        record_result(
            period=there.first, indicator=there.made.children, award=award, value=D(count), parts=parts,
            not_disaggregated="" if parts else "No register", actor=there.made.analyst, on=LATER,
        )  # fmt: skip
    table = year_table(there.made.partnership, 2024, LATER)
    row = next(row for row in table.indicators if row.indicator == there.made.children)
    groups = groups_of(row)
    assert groups["sex"] == {"female": 20, "male": 30, "unknown": 30}
    assert groups["age"] == {"12-17": 20, "6-11": 30, "unknown": 30}
    assert all(sum(parts.values()) - row.doubles == row.value == 80 for parts in groups.values())


def test_a_small_count_reads_so_outside_and_the_page_tells(there: Reported) -> None:
    reported(there)
    parts = {(part["row"], part["column"]): part for part in rest(there)["CV-1"]["parts"]}
    hidden = {key: part["missing"]["value"] for key, part in parts.items() if part["value"] is None}
    assert set(hidden.values()) <= {"fewer_than_5", "held_back"}
    assert hidden[("female", "12-17")] == "fewer_than_5"
    # Nothing of one reporter, of part of a year, or from before a correction is out.
    out = str(rest(there)["PE-1"])
    assert not any(text in out for text in ("142", "38.", "22."))
    assert "fewer than 5" in text_of(there, "?year=2024&indicator=CV-1")


def test_the_page_takes_a_fixed_number_of_queries(there: Reported) -> None:
    reported(there)
    client = client_of(there.made.analyst)
    address = f"/partnerships/{there.made.partnership.pk}/results/?year=2024&indicator=PE-1"
    client.get(address)
    with CaptureQueriesContext(connection) as before:
        assert client.get(address).status_code == 200
    third, *_ = there.made.partnership.reporting_periods.order_by("ends_on")[2:]
    for number in range(4):
        award = Award.objects.create(
            partnership=there.made.partnership, title=f"Award {number}", type="grant", recipient=f"Recipient {number}",
            recipient_type="civil_society",
        )  # fmt: skip
        for row in (there.people, there.rooms):
            there.record(row, award, 10 + number, period=third)
    assert Result.objects.count() > 12
    with CaptureQueriesContext(connection) as after:
        assert (
            client.get(f"/partnerships/{there.made.partnership.pk}/results/?year=2025&indicator=PE-1").status_code
            == 200
        )
    assert len(after) <= len(before)


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("?year=2024x", 400),
        ("?year=1999", 400),
        (f"?year={'9' * 5000}", 400),
        ("?year=٢٠٢٤", 400),
        ("?indicator=NO", 404),
    ],
)
def test_what_is_not_there_is_named(there: Reported, query: str, status: int) -> None:
    address = f"/partnerships/{there.made.partnership.pk}/results/{query}"
    assert client_of(there.made.analyst).get(address).status_code == status


def test_a_reader_is_offered_no_writing(there: Reported) -> None:
    reported(there)
    text = text_of(there, "?year=2024", Role.VIEWER)
    for offer in ("Record a visit", "Record an account", "Draft it", "Report results"):
        assert offer not in text


def test_accounts_the_assessment_and_duplicates_are_written_on_their_pages(there: Reported) -> None:
    analyst, approver = client_of(there.made.analyst), client_of(there.made.approver)
    root = f"/partnerships/{there.made.partnership.pk}"
    there.record(there.people, there.justice, 142)
    there.record(there.people, there.care, 38)
    doubles = f"{root}/periods/{there.first.pk}/duplicates/{there.people.pk}/"
    assert "Duplicates" in page_text(analyst.get(f"{root}/periods/{there.first.pk}/"))
    assert "at most" in page_text(analyst.get(doubles)).lower()
    refused = rejected_page(send(analyst, doubles, value="39", source="Lists"))
    assert "the total less the largest reporter is 38" in refused
    assert send(analyst, doubles, value="22", source="Trained by both").status_code == 302
    office = f"{root}/results/2024/offices/{there.made.ministry.pk}/account/"
    assert send(analyst, office, text="Seven convictions", received_on="2024-11-12").status_code == 302
    assessment = f"{root}/results/2024/assessment/"
    assert send(analyst, assessment, text="Training is ahead").status_code == 302
    text = text_of(there, "?year=2024")
    for part in (
        "“Seven convictions”",
        "Received Nov 12, 2024; not verified",
        "“Training is ahead”",
        "\N{MINUS SIGN}22",
    ):
        assert part in text, part
    assert send(analyst, f"{assessment}step/submit/", note="").status_code == 302
    assert "an approver other than you must decide" in text_of(there, "?year=2024")
    assert send(approver, f"{assessment}step/approve/", note="Agreed").status_code == 302
    assert "Approved; " in text_of(there, "?year=2024")
    assert analyst.get(assessment).status_code == 302, "an approved assessment is revised before it is edited"
