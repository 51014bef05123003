"""The sheet of a period: results typed, pasted, or uploaded, saved together, and submitted in the same request."""

from __future__ import annotations

import io
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl import load_workbook

from cpc.accounts.permissions import Role
from cpc.web.models import SheetDraft
from partnerships.limits import add_months
from partnerships.models import OutcomeIndicator, Partnership, ReportingPeriod, Result
from partnerships.monitoring.forms import parts_of
from partnerships.monitoring.results_sheet import heading_of
from partnerships.monitoring.services.plans import add_indicator, edit_indicator, take_plan_step
from partnerships.monitoring.services.results import schedule_periods, take_period_step
from partnerships.schedules import ReportFrequency
from tests.partnerships.limit_exceptions.test_concurrency import all_at_once
from tests.partnerships.sending import client_of
from tests.partnerships.term_sheets.sending import SheetPage
from tests.support.accounts import make_account
from tests.worlds.partnerships.build import Stage

TODAY = timezone.now().date()
START = add_months(TODAY, -36)
NO_DATA = {"no_data_reason": "Not collected"}
GIRLS, BOYS = "part_female_12-17", "part_male_6-11"


@pytest.fixture
def analyst(stage: Stage) -> Client:
    return client_of(stage.analyst)


@pytest.fixture
def running(stage: Stage) -> Partnership:
    """Return a partnership with an approved plan of two indicators: children by sex and age, and a percentage."""
    return _running(stage)


def _running(stage: Stage) -> Partnership:
    partnership = stage.active("KEN", starts_on=START, ends_on=add_months(START, 48))
    for name, actor in (("submit", stage.analyst), ("approve", stage.approver)):
        take_plan_step(plan=partnership.monitoring_plan, name=name, actor=actor, on=TODAY)
    schedule_periods(partnership=partnership, frequency=ReportFrequency.ANNUAL, actor=stage.analyst)
    return partnership


def _period(running: Partnership, number: int = 0) -> ReportingPeriod:
    """Return a period by its place in time. The one at 1 begins with a fiscal year; the last is not over."""
    return list(running.reporting_periods.order_by("ends_on"))[number]


def _url(period: ReportingPeriod) -> str:
    return f"/partnerships/{period.partnership_id}/periods/{period.pk}/results/"


def sheet(client: Client, period: ReportingPeriod, query: str = "") -> SheetPage:
    return SheetPage(client, _url(period), query)


CHILDREN, SHARE = 0, 1


def _whole(page: SheetPage) -> SheetPage:
    """Fill in both rows without a value."""
    return page.enter("result", CHILDREN, **NO_DATA).enter("result", SHARE, **NO_DATA)


def _broken_down(page: SheetPage, value: int, **more: str) -> SheetPage:
    return page.enter("result", CHILDREN, value=str(value), **{GIRLS: str(value - 1), BOYS: "1"} | more)


def paste(page: SheetPage, *lines: tuple[str, ...]) -> Any:
    text = "\r\n".join("\t".join(line) for line in lines)
    return page.send("paste", **{"pasted-kind": "result", "pasted": text})


def upload(page: SheetPage, book: Any) -> Any:
    file = io.BytesIO()
    book.save(file)
    return page.send("upload", workbook=SimpleUploadedFile("results.xlsx", file.getvalue()))


def workbook(client: Client, period: ReportingPeriod) -> Any:
    return load_workbook(io.BytesIO(client.get(_url(period), {"format": "xlsx"}).content))


def put(book: Any, code: str, **cells: Any) -> None:
    """Fill in cells of an indicator by their headings."""
    page = book["Results"]
    headings = [cell.value for cell in page[2]]
    line = next(cells for cells in page.iter_rows(min_row=3) if cells[headings.index("Code")].value == code)
    for heading, value in cells.items():
        line[headings.index(heading)].value = value


def refusal(page: SheetPage) -> str:
    start = page.html.index("usa-alert--error")
    return " ".join(page.html[start : start + 900].split())


# --- saving -----------------------------------------------------------------------------------------------------


def test_a_sheet_saved_as_it_is_shown_records_nothing(analyst: Client, running: Partnership) -> None:
    page = sheet(analyst, _period(running))
    response = page.send()
    assert response.status_code == 302, page.errors
    assert not Result.objects.exists()
    assert "Nothing was changed." in analyst.get(response.url).content.decode()
    assert _period(running).state == "no_data"


def test_all_results_are_saved_and_submitted_at_once(analyst: Client, running: Partnership) -> None:
    period = _period(running)
    page = _whole(sheet(analyst, period))
    for _ in range(2):
        assert page.send("submit").status_code == 302, page.errors
    period.refresh_from_db()
    assert (period.state, period.results.count()) == ("submitted", 2)
    assert list(period.steps.order_by("pk").values_list("name", flat=True)) == ["begin", "submit"]


def test_results_may_be_saved_one_by_one_and_submitted_alone(analyst: Client, running: Partnership) -> None:
    period = _period(running)
    page = sheet(analyst, period).enter("result", CHILDREN, **NO_DATA)
    assert page.send().status_code == 302, page.errors
    page = sheet(analyst, period)
    assert page.send("submit").status_code == 422
    assert page.errors == ["SH-1, Value: Record its result, or explain why there is none."]
    assert sheet(analyst, period).enter("result", SHARE, value="50").send().status_code == 302
    before = Result.objects.count()
    assert sheet(analyst, period).send("submit").status_code == 302
    assert Result.objects.count() == before, "what was left as it was is not recorded again"


@pytest.mark.parametrize("number", ["1,200", "1200", " 1200.00 "])
def test_a_number_is_read_as_people_type_it_and_written_once(
    analyst: Client, running: Partnership, number: str
) -> None:
    period = _period(running)
    parts = {"value": "1200", GIRLS: "1000", BOYS: "200"}
    assert sheet(analyst, period).enter("result", CHILDREN, **parts).send().status_code == 302
    page = sheet(analyst, period)
    assert (page.value("result", CHILDREN, "value"), page.value("result", CHILDREN, GIRLS)) == ("1,200", "1,000")
    assert page.enter("result", CHILDREN, value=number).send().status_code == 302, page.errors
    assert Result.objects.count() == 1, "the same number is no change"


def test_a_result_is_replaced_with_its_parts(analyst: Client, running: Partnership) -> None:
    period = _period(running)
    for value in (7, 9):
        page = _broken_down(sheet(analyst, period), value, narrative="Counted twice")
        assert page.send().status_code == 302, page.errors
    first, second = Result.objects.order_by("pk")
    assert second.replaces == first
    assert sorted(cell.value for cell in second.cells.all()) == [1, 8]


# --- errors at their cells --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cells", "errors"),
    [
        ({"value": "-1", GIRLS: "1"}, ["CV-1, Value: -1 is not a count. Enter a whole number, zero or more."]),
        ({"value": "1.5"}, ["CV-1, Value: 1.5 is not a count."]),
        ({"value": "many"}, ["CV-1, Value: “many” is not a clear number."]),
        ({"value": "7"}, ["CV-1, Why it is not broken down: Break the value down by sex and age"]),
        ({"value": "7", GIRLS: "6"}, ["CV-1, Value: The parts by sex and age add up to 6, but the value is 7."]),
        ({"value": "7", GIRLS: "7", BOYS: "1"}, ["CV-1, Value: The parts by sex and age add up to 8"]),
        ({"value": "7", GIRLS: "8", BOYS: "-1"}, ["CV-1, Male, 6 to 11: Ensure this value is greater than or equal"]),
        ({"value": "7", "no_data_reason": "None"}, ["CV-1, Why there is no value: There is a value."]),
        ({"narrative": "Only this"}, ["CV-1, Value: Enter a value, or explain why there is none."]),
        ({"no_data_reason": "None", GIRLS: "1"}, ["CV-1, Why it is not broken down: Leave the parts blank"]),
    ],
)
def test_one_wrong_cell_saves_nothing_and_is_named(
    analyst: Client, running: Partnership, cells: dict[str, str], errors: list[str]
) -> None:
    page = sheet(analyst, _period(running)).enter("result", CHILDREN, **cells).enter("result", SHARE, value="50")
    assert page.send().status_code == 422
    assert any(error.startswith(errors[0]) for error in page.errors), page.errors
    assert not Result.objects.exists()
    assert page.value("result", SHARE, "value") == "50", "what was typed stays"


@pytest.mark.parametrize(("share", "is_refused"), [("0", False), ("100", False), ("100.01", True), ("-0.01", True)])
def test_a_percentage_is_from_0_to_100(analyst: Client, running: Partnership, share: str, is_refused: bool) -> None:
    page = sheet(analyst, _period(running)).enter("result", SHARE, value=share)
    assert page.send().status_code == (422 if is_refused else 302)
    assert [error.partition(":")[0] for error in page.errors] == (["SH-1, Value"] if is_refused else [])


def test_the_errors_of_all_rows_appear_at_once(analyst: Client, running: Partnership) -> None:
    page = sheet(analyst, _period(running)).enter("result", CHILDREN, value="-1").enter("result", SHARE, value="101")
    assert page.send().status_code == 422
    assert {error.partition(",")[0] for error in page.errors} == {"CV-1", "SH-1"}


@pytest.mark.parametrize(("value", "is_refused"), [(89, True), (90, False), (100, False), (110, False), (111, True)])
def test_a_year_off_its_target_needs_its_reason_before_it_is_submitted(
    analyst: Client, running: Partnership, value: int, is_refused: bool
) -> None:
    """The target of the year is 100 children; 10 percent either way need no narrative."""
    period = _period(running)
    page = _broken_down(sheet(analyst, period), value).enter("result", SHARE, **NO_DATA)
    assert page.send("submit").status_code == (422 if is_refused else 302)
    if is_refused:
        (error,) = page.errors
        assert error.startswith("CV-1, What explains the value: The year is 11.0 percent")
        assert not Result.objects.exists(), "all is saved, or nothing"
        page.enter("result", CHILDREN, narrative="The register of one province came late")
        assert page.send("submit").status_code == 302, page.errors
    assert Result.objects.filter(period=period).count() == 2


def test_an_explanation_can_follow_a_saved_value(analyst: Client, running: Partnership) -> None:
    page = _broken_down(sheet(analyst, _period(running)), 50)
    assert page.send().status_code == 302, "saving alone asks for no reason"


@pytest.mark.parametrize("step", ["save", "submit"])
def test_a_period_that_runs_takes_results_but_is_not_submitted(
    analyst: Client, running: Partnership, step: str
) -> None:
    period = _period(running, -1)
    page = _whole(sheet(analyst, period))
    assert 'value="submit"' not in page.html, "saving is the only button"
    assert "can be submitted after that" in page.html
    assert page.send(step).status_code == (302 if step == "save" else 400)


@pytest.mark.parametrize("name", ["submit", "approve"])
def test_a_locked_period_takes_no_sheet_and_can_be_downloaded(
    stage: Stage, analyst: Client, running: Partnership, name: str
) -> None:
    period = _period(running)
    page = sheet(analyst, period).enter("result", CHILDREN, narrative="Late", **NO_DATA)
    assert _whole(sheet(analyst, period)).send("submit").status_code == 302
    if name == "approve":
        take_period_step(period=period, name=name, actor=stage.approver, on=TODAY)
    before = Result.objects.count()
    assert page.send().status_code == 422
    assert any(error.startswith("CV-1: ") for error in page.errors), page.errors
    assert Result.objects.count() == before
    assert "its results are locked" in analyst.get(_url(period), follow=True).content.decode()
    book = workbook(analyst, period)
    assert {cell.value for cell in book["Results"]["B"][2:]} == {"CV-1", "SH-1"}


# --- two people -------------------------------------------------------------------------------------------------


def test_another_persons_result_is_a_conflict_at_its_row(analyst: Client, running: Partnership) -> None:
    period = _period(running)
    mine = sheet(analyst, period).enter("result", CHILDREN, no_data_reason="The register burned")
    assert sheet(analyst, period).enter("result", CHILDREN, **NO_DATA).send().status_code == 302
    assert mine.send().status_code == 422
    assert "CV-1, Why there is no value: Saved value: Not collected" in mine.errors
    assert any("Someone else saved this row" in error for error in mine.errors)
    assert Result.objects.get().no_data_reason == "Not collected"
    assert mine.send().status_code == 302, mine.errors
    assert Result.objects.get(replaced_by__isnull=True).no_data_reason == "The register burned"


def test_two_people_who_fill_in_different_rows_are_not_in_conflict(analyst: Client, running: Partnership) -> None:
    period = _period(running)
    mine = sheet(analyst, period).enter("result", CHILDREN, **NO_DATA)
    assert sheet(analyst, period).enter("result", SHARE, value="50").send().status_code == 302
    assert mine.send().status_code == 302, mine.errors
    assert Result.objects.count() == 2


def test_of_many_sheets_at_once_one_is_saved(transactional_db: None, tmp_path: Any, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    stage = Stage()
    period, writers = _period(_running(stage)), 8
    pages = [
        sheet(client_of(stage.analyst), period).enter("result", SHARE, value=str(40 + number))
        for number in range(writers)
    ]
    answers: list[int] = []
    assert set(all_at_once([partial(_send, page, answers) for page in pages])) == {""}
    assert sorted(answers) == [302, *[422] * (writers - 1)]
    assert Result.objects.count() == 1


def _send(page: SheetPage, answers: list[int]) -> None:
    answers.append(page.client.post(page.url, page.fields | {"step": "save"}).status_code)


def test_an_indicator_withdrawn_meanwhile_loses_no_other_result(
    stage: Stage, analyst: Client, running: Partnership
) -> None:
    period = _period(running)
    page = _whole(sheet(analyst, period))
    plan = running.monitoring_plan
    take_plan_step(plan=plan, name="revise", actor=stage.approver, on=TODAY, reason="Not collected any more")
    gone = OutcomeIndicator.objects.get(code="SH-1", partnership=running)
    edit_indicator(indicator=gone, values={"withdrawn": True}, actor=stage.analyst)
    assert page.send().status_code == 422
    assert not Result.objects.exists()
    assert any("Someone else removed this row." in error for error in page.errors), page.errors


# --- spreadsheets -----------------------------------------------------------------------------------------------


def test_a_block_with_codes_fills_in_the_rows_of_its_indicators(analyst: Client, running: Partnership) -> None:
    period = _period(running)
    page = sheet(analyst, period)
    answer = paste(
        page,
        ("Code", "Value", "Female, 12 to 17", "Male, 6 to 11", "What explains the value"),
        ("sh-1", "62.5", "", "", ""),
        ("CV-1", "1,100", "1,000", "100", "A new register"),
    )
    assert answer.status_code == 200, page.errors
    assert "The block has 2 rows on record, of which 2 differ from it. Nothing is saved yet." in page.html
    assert not Result.objects.exists()
    assert page.send("submit").status_code == 422, "the share is off its target"
    assert page.enter("result", SHARE, narrative="More inspectors").send("submit").status_code == 302, page.errors
    assert {str(one.indicator.code): one.value for one in Result.objects.all()} == {"CV-1": 1100, "SH-1": 62.5}


def test_a_block_without_headings_has_the_columns_of_the_sheet(analyst: Client, running: Partnership) -> None:
    page = sheet(analyst, _period(running))
    line = ("SH-1", "Shelters inspected each year", "percent of shelters", "50", "52", "Nearly all")
    assert paste(page, line).status_code == 200, page.errors
    assert (page.value("result", SHARE, "value"), page.value("result", SHARE, "narrative")) == ("52", "Nearly all")


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ([("Code", "Value"), ("XX-9", "1")], "No indicator “XX-9” is on this sheet."),
        ([("Code", "Value"), ("", "1")], "A row of the block has no code, which tells the indicator it is about."),
        ([("Code", "Value"), ("CV-1", "1"), ("cv-1", "2")], "Two rows of the block are indicator CV-1."),
        ([("Code", "Value", "Valu"), ("CV-1", "1", "2")], "“Valu” is not a column"),
        (
            [("Value", "Unit"), ("1", "children")],
            "A row of the block has no code, which tells the indicator it is about.",
        ),
    ],
)
def test_a_block_that_does_not_fit_is_refused(
    analyst: Client, running: Partnership, lines: list[tuple[str, ...]], message: str
) -> None:
    page = sheet(analyst, _period(running))
    assert paste(page, *lines).status_code == 422
    assert message in refusal(page)


def test_what_is_fixed_stays_and_is_named(analyst: Client, running: Partnership) -> None:
    page = sheet(analyst, _period(running))
    headings = ("Code", "Target of the year", "Female, 12 to 17", "Value")
    paste(page, headings, ("SH-1", "60", "5", "50"), ("CV-1", "100.00", "", ""))
    assert set(page.errors) == {
        "SH-1, Target of the year: The block has “60”, but it is “50”, and can't be changed here.",
        "SH-1, Female, 12 to 17: The block has “5”, but it is not filled in for this indicator.",
    }
    assert page.value("result", SHARE, "value") == "50"


def test_the_template_comes_back_filled_in(analyst: Client, running: Partnership) -> None:
    """An implementer gets the workbook with the indicators, fills it in, and the office uploads it."""
    period = _period(running)
    book = workbook(analyst, period)
    page = book["Results"]
    headings = [cell.value for cell in page[2]]
    assert headings[:3] == ["Key", "Code", "Indicator"]
    assert {"Unit", "Value", "Definition", "Female, 12 to 17", "Sex not known, age not known"} <= {*headings}
    first = dict(zip(headings, page[3], strict=True))
    assert (first["Code"].value, first["Unit"].value, first["Value"].value) == ("CV-1", "children", None)
    assert first["Code"].fill.fgColor.rgb.endswith("EDEFF0"), "what is fixed is gray"
    assert first["Value"].fill.fill_type is None
    put(book, "CV-1", **{"Value": 100, "Female, 12 to 17": 99, "Male, 6 to 11": 1})
    put(book, "SH-1", **{"Value": 0.5, "What explains the value": "Inspections began late"})
    opened = sheet(analyst, period)
    assert upload(opened, book).status_code == 200, refusal(opened)
    assert opened.errors == []
    assert opened.send("submit").status_code == 302, opened.errors
    assert sorted(one.value for one in Result.objects.all()) == [0.5, 100]


def test_a_percentage_in_a_workbook_is_read_as_it_is_shown(analyst: Client, running: Partnership) -> None:
    """A spreadsheet program stores 85% as 0.85."""
    book = workbook(analyst, _period(running))
    put(book, "SH-1", Value=0.855)
    value = next(cell for line in book["Results"].iter_rows(min_row=3) for cell in line if cell.value == 0.855)
    value.number_format = "0.0%"
    page = sheet(analyst, _period(running))
    assert upload(page, book).status_code == 200, refusal(page)
    assert page.value("result", SHARE, "value") == "85.5"


def test_a_workbook_of_another_period_is_refused(analyst: Client, running: Partnership) -> None:
    book = workbook(analyst, _period(running, 1))
    put(book, "SH-1", Value=50)
    page = sheet(analyst, _period(running))
    assert upload(page, book).status_code == 422
    assert "This block is from another reporting period." in refusal(page)
    assert page.value("result", SHARE, "value") == ""


def test_a_workbook_of_terms_is_refused(analyst: Client, running: Partnership) -> None:
    url = f"/partnerships/{running.pk}/terms/sheet/plan/"
    book = load_workbook(io.BytesIO(analyst.get(url, {"format": "xlsx"}).content))
    page = sheet(analyst, _period(running))
    assert upload(page, book).status_code == 422
    assert "is not part of it" in refusal(page)


def test_a_result_recorded_after_the_download_is_a_conflict(analyst: Client, running: Partnership) -> None:
    period = _period(running)
    book = workbook(analyst, period)
    put(book, "SH-1", Value=50)
    assert sheet(analyst, period).enter("result", SHARE, value="49").send().status_code == 302
    page = sheet(analyst, period)
    assert upload(page, book).status_code == 200, refusal(page)
    assert page.send().status_code == 422
    assert "SH-1, Value: Saved value: 49" in page.errors
    assert Result.objects.get().value == 49


def test_keys_that_were_mixed_up_are_named(analyst: Client, running: Partnership) -> None:
    """Sorting some columns of a workbook and not the others gives each key another code."""
    book = workbook(analyst, _period(running))
    page = book["Results"]
    page["A3"].value, page["A4"].value = page["A4"].value, page["A3"].value
    put(book, "SH-1", Value=50)
    opened = sheet(analyst, _period(running))
    upload(opened, book)
    assert "CV-1, Code: The block has “SH-1”, but it is “CV-1”, and can't be changed here." in opened.errors


# --- drafts and access ------------------------------------------------------------------------------------------


def test_a_draft_is_stored_and_dropped_once_the_sheet_is_saved(analyst: Client, running: Partnership) -> None:
    period = _period(running)
    page = sheet(analyst, period).enter("result", SHARE, value="51")
    assert page.send("draft").status_code == 302
    assert not Result.objects.exists()
    assert "You have a draft of this sheet" in sheet(analyst, period).html
    assert "You have a draft of this sheet" not in sheet(analyst, _period(running, 1)).html
    again = sheet(analyst, period, "?draft=open")
    assert again.value("result", SHARE, "value") == "51"
    assert again.send().status_code == 302, again.errors
    assert not SheetDraft.objects.exists()


@pytest.mark.parametrize(("role", "status"), [(Role.VIEWER, 403), (Role.REVIEWER, 404)])
def test_only_those_who_edit_partnerships_open_it(running: Partnership, role: Role, status: int) -> None:
    client, url = client_of(make_account(role, username="other")), _url(_period(running))
    answers = [client.get(url), client.post(url, {"step": "save"}), client.get(url, {"format": "xlsx"})]
    assert [answer.status_code for answer in answers] == [status] * 3


def test_the_period_of_another_partnership_is_not_found(stage: Stage, analyst: Client, running: Partnership) -> None:
    other = stage.draft("NPL")
    assert analyst.get(f"/partnerships/{other.pk}/periods/{_period(running).pk}/results/").status_code == 404


def test_pages_lead_to_the_sheet(analyst: Client, running: Partnership) -> None:
    period = _period(running)
    assert _url(period) in analyst.get(f"/partnerships/{running.pk}/results/").text
    assert _url(period) in analyst.get(f"/partnerships/{running.pk}/periods/{period.pk}/").text


def test_the_number_of_queries_does_not_grow_with_the_indicators(
    stage: Stage, analyst: Client, running: Partnership
) -> None:
    period = _period(running)
    analyst.get(_url(period))
    with CaptureQueriesContext(connection) as few:
        analyst.get(_url(period))
    take_plan_step(plan=running.monitoring_plan, name="revise", actor=stage.approver, on=TODAY, reason="More to count")
    for number in range(5):
        copied = running.outcome_indicators.get(code="CV-1")
        copied.pk, copied.code = None, f"NEW-{number}"
        add_indicator(indicator=copied, actor=stage.analyst)
    with CaptureQueriesContext(connection) as many:
        assert "NEW-4" in analyst.get(_url(period)).text
    assert len(many) <= len(few)


def test_each_part_has_a_heading_of_its_own(running: Partnership) -> None:
    both = OutcomeIndicator(by_sex=True, by_age=True, by_form=True, by_region=True)
    sex, age = OutcomeIndicator(by_sex=True), OutcomeIndicator(by_age=True)
    headings = [heading_of(part, label) for row in (both, sex, age) for _, part, label in parts_of(row, running)]
    assert len({text.casefold() for text in headings}) == len(headings), headings
    assert {"Sex not known", "Age not known", "Female", "Region: Elsewhere"} <= {*headings}


# --- several reporters ------------------------------------------------------------------------------------------


def test_each_award_under_way_has_rows_of_its_own(analyst: Client, running: Partnership, stage: Stage) -> None:
    period = _period(running, 1)
    award = stage.award(running)
    page = sheet(analyst, period)
    page = page.enter("result", 1, value="7", **{GIRLS: "6", BOYS: "1"})
    page = page.enter("result", 3, numerator="41", denominator="88")
    assert page.send().status_code == 302, page.errors
    assert [(row.indicator.code, row.award, row.value) for row in Result.objects.order_by("indicator__code")] == [
        ("CV-1", award, 7), ("SH-1", award, Decimal("46.5909")),
    ]  # fmt: skip
    again = sheet(analyst, period)
    assert (again.value("result", 3, "numerator"), again.value("result", 3, "value")) == ("41", "")
    assert again.send().status_code == 302
    assert Result.objects.count() == 2, "what was left as it was is not recorded again"
    wrong = sheet(analyst, period).enter("result", 3, denominator="40")
    assert wrong.send().status_code == 422
    assert wrong.errors == [
        f"SH-1, {award.recipient}, Of how many: 41 of 40 is not a share. Enter how many, of how many."
    ]


def test_a_row_of_an_award_is_found_by_its_name_in_a_pasted_block(
    analyst: Client, running: Partnership, stage: Stage
) -> None:
    award, period = stage.award(running), _period(running, 1)
    page = sheet(analyst, period)
    paste(page, ("Code", "Why there is no value"), (f"SH-1, {award.recipient}", "Not asked"))
    assert page.send().status_code == 302, page.errors
    assert Result.objects.get().award == award
