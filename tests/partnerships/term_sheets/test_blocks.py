"""Blocks of a spreadsheet program on a sheet: pasted text and workbooks, read as unsaved rows."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import Workbook, load_workbook

from partnerships.models import Activity, Objective, Participant, Partnership, Program
from tests.partnerships.sending import client_of
from tests.partnerships.term_sheets.sending import SheetPage
from tests.partnerships.term_sheets.test_terms_sheet import sheet
from tests.worlds.partnerships.build import Stage

HEADINGS = ("Government", "Ministry or office", "Leads for its government", "Contact office")


@pytest.fixture
def analyst(stage: Stage) -> Client:
    return client_of(stage.analyst)


@pytest.fixture
def draft(stage: Stage) -> Partnership:
    return stage.draft("KEN", starts_on=dt.date(2026, 10, 1), ends_on=dt.date(2028, 9, 30))


def block(*lines: tuple[str, ...]) -> str:
    return "\r\n".join("\t".join(line) for line in lines)


def paste(page: SheetPage, kind: str, text: str) -> Any:
    return page.send("paste", **{"pasted-kind": kind, "pasted": text})


def workbook(**tabs: list[list[Any]]) -> SimpleUploadedFile:
    book = Workbook()
    for title, lines in tabs.items():
        page = book.create_sheet(title)
        for line in lines:
            page.append(line)
    del book["Sheet"]
    file = io.BytesIO()
    book.save(file)
    return SimpleUploadedFile("terms.xlsx", file.getvalue())


def errors_of(page: SheetPage) -> str:
    start = page.html.index("usa-alert--error")
    return " ".join(page.html[start : start + 900].split())


@pytest.mark.parametrize("headed", [True, False])
def test_a_pasted_block_becomes_rows_that_are_saved_only_with_the_sheet(
    analyst: Client, draft: Partnership, headed: bool
) -> None:
    lines = [("Partner government", "Ministry of Labor", "No", ""), ("united states", "Embassy", "", "Political")]
    page = sheet(analyst, draft, "people")
    assert paste(page, "participant", block(*([HEADINGS] if headed else []), *lines)).status_code == 200
    assert "The block has 2 new rows" in page.html
    assert draft.participants.count() == 2
    assert page.send().status_code == 302, page.errors
    assert Participant.objects.get(name="Embassy").contact_office == "Political"


def test_governments_go_by_their_usual_names(analyst: Client, draft: Partnership) -> None:
    names = (draft.country.name, draft.country.name.upper(), "U.S.", "us", "United States")
    page = sheet(analyst, draft, "people")
    first = draft.participants.count()
    lines = [(name, f"Office {n}") for n, name in enumerate(names)]
    assert paste(page, "participant", block(*lines)).status_code == 200
    shown = [page.value("participant", first + n, "government") for n in range(len(names))]
    assert shown == ["Partner government"] * 2 + ["United States"] * 3


def test_a_pasted_text_that_is_no_choice_stays_in_its_cell_with_the_error(analyst: Client, draft: Partnership) -> None:
    page = sheet(analyst, draft, "people")
    first = draft.participants.count()
    message = "“Atlantis” is not one of the choices: United States; Partner government."
    lines = [("Atlantis", "Ministry", "perhaps"), (draft.country.name, "Police", "no")]
    assert paste(page, "participant", block(*lines)).status_code == 422
    for _ in range(2):  # as pasted, and as saved
        assert page.value("participant", first, "government") == "Atlantis"
        assert page.value("participant", first, "is_lead") == "perhaps"
        assert [error.partition(": ")[2] for error in page.errors] == [
            message, "“perhaps” is not one of the choices: Yes; No."
        ]  # fmt: skip
        assert "This field is required" not in page.html
        assert page.send().status_code == 422
    assert draft.participants.count() == first
    page.enter("participant", first, government="Partner government", is_lead="No")
    assert page.send().status_code == 302, page.errors
    assert draft.participants.count() == first + 2


def test_one_cell_is_a_block_and_short_lines_leave_cells_empty(analyst: Client, draft: Partnership) -> None:
    page = sheet(analyst, draft, "people")
    assert paste(page, "mechanism", "Oversight").status_code == 200
    assert paste(page, "mechanism", block(("Oversight", "Committee"), ("Implementation",))).status_code == 200
    assert [page.value("mechanism", n, "body") for n in range(3)] == ["", "Committee", ""]
    assert page.send().status_code == 422
    assert len([error for error in page.errors if "Body" in error]) == 2


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "There is nothing to add."),
        (
            block(("Oversight", "A", "B", "Quarterly", "more")),
            "Row 1 of the block has 5 cells, but there are 4 columns.",
        ),
        (block(("For", "Body", "Color"), ("Oversight", "A", "red")), "“Color” is not a column of mechanisms."),
        (block(("For", "Body", "Body"), ("Oversight", "A", "B")), "Two columns have the same heading."),
        (block(*[("Oversight", f"Body {n}") for n in range(251)]), "The block has 251 rows."),
    ],
)
def test_a_block_that_does_not_fit_is_refused(analyst: Client, draft: Partnership, text: str, message: str) -> None:
    page = sheet(analyst, draft, "people")
    assert paste(page, "mechanism", text).status_code == 422
    assert message in errors_of(page)


def test_pasted_activities_go_under_the_objective_that_they_name(analyst: Client, draft: Partnership) -> None:
    row = Objective(partnership=draft, number=2, title="Care", paradigm="protection", system="protection")
    row.save()
    page = sheet(analyst, draft, "plan")
    text = block(
        ("Objective", "Title", "Planned start", "Planned end"),
        ("2", "Referral", "2026-10-01", "2027-01-01"),
        ("care", "Shelters", "Oct 2, 2026", "2027-01-01"),
        ("Nowhere", "Lost", "2026-10-01", "2027-01-01"),
    )
    assert paste(page, "activity", text).status_code == 422
    assert any("Objective: no row is called “Nowhere”." in error for error in page.errors)
    assert page.send().status_code == 422
    assert page.errors == ["Activity 1, Objective: This field is required."]
    page.fields = {name: value for name, value in page.fields.items() if not name.startswith("row0-")}
    assert page.send().status_code == 302, page.errors
    assert {str(one.objective) for one in Activity.objects.filter(partnership=draft)} == {"2. Care"}


def test_a_downloaded_workbook_comes_back_changed(analyst: Client, draft: Partnership) -> None:
    """The workbook has headings, help, lists to choose from, and the key of each row."""
    url = f"/partnerships/{draft.pk}/terms/sheet/all/"
    response = analyst.get(url, {"format": "xlsx"})
    assert response.status_code == 200
    book = load_workbook(io.BytesIO(response.content))
    assert book.sheetnames[:3] == ["Participants", "Programs", "Objectives"]
    page = book["Participants"]
    assert [cell.value for cell in page[2]] == ["Key", *HEADINGS]
    assert page["A1"].value == "Leave empty for a new row."
    assert page["C3"].value == "Lead partner"
    assert page.data_validations.dataValidation
    page["C3"] = "Ministry of Justice"
    page.append([None, "Partner government", "Ministry of Labor", False])
    book["Programs"].append([None, "Courts", "For children", 1_000_000.5, 250_000])
    activities = book["Activities"]
    names = [cell.value for cell in activities[2]]
    values = {"Objective": draft.objectives.get().title, "Title": "Train", "Program": "Courts",
              "Planned start": dt.datetime(2026, 11, 1), "Planned end": "2027-01-01"}  # fmt: skip
    activities.append([values.get(str(name)) for name in names])
    file = io.BytesIO()
    book.save(file)
    opened = sheet(analyst, draft, "all")
    sent = opened.send("upload", workbook=SimpleUploadedFile("terms.xlsx", file.getvalue()))
    assert sent.status_code == 200, errors_of(opened)
    assert not Program.objects.filter(partnership=draft).exists()
    assert opened.send().status_code == 302, opened.errors
    assert {row.name for row in draft.participants.all()} == {"Ministry of Justice", "Lead us", "Ministry of Labor"}
    made = Activity.objects.get(partnership=draft)
    assert (str(made.program), made.planned_start) == ("Courts", dt.date(2026, 11, 1))
    draft.refresh_from_db()
    assert f"{draft.planned_total:.2f}" == "1000000.50"


def test_a_row_of_a_workbook_that_someone_changed_since_is_an_edit_conflict(
    analyst: Client, draft: Partnership
) -> None:
    url = f"/partnerships/{draft.pk}/terms/sheet/people/"
    book = load_workbook(io.BytesIO(analyst.get(url, {"format": "xlsx"}).content))
    book["Participants"]["E3"] = "Unit 1"
    file = io.BytesIO()
    book.save(file)
    assert sheet(analyst, draft, "people").enter("participant", 0, contact_office="Unit 2").send().status_code == 302
    page = sheet(analyst, draft, "people")
    assert page.send("upload", workbook=SimpleUploadedFile("a.xlsx", file.getvalue())).status_code == 200
    assert page.send().status_code == 422
    assert "Participant 1, Contact office: Saved value: Unit 2" in page.errors


@pytest.mark.parametrize(
    ("tabs", "message"),
    [
        ({"Mechanisms": [["For", "Body"], ["Oversight", "=A1"]]}, "Mechanisms!B2 holds a formula or an error."),
        ({"Mechanisms": [["For", "Color", "Body"]]}, "Mechanisms!B1 has the heading “Color”, which is not a column."),
        ({"Mechanisms": [["For", "Body", "body"]]}, "repeats the heading"),
        ({"Mechanisms": [["Nothing", "known"]]}, "has no row of headings."),
        ({"Mechanisms": [["For", "Body"]]}, "It has no filled rows."),
        ({"Mechanisms": [["For", "Body"], ["Oversight", "A", "x"]]}, "Mechanisms!C2 is filled in"),
        ({"Birds": [["For", "Body"]]}, "The tab “Birds” is not part of it."),
        ({"Mechanisms": [["For", "Body"], *[["Oversight", f"B{n}"] for n in range(251)]]}, "It has 251 rows."),
    ],
)
def test_a_workbook_that_does_not_fit_is_refused_with_its_cell(
    analyst: Client, draft: Partnership, tabs: dict[str, list[list[Any]]], message: str
) -> None:
    page = sheet(analyst, draft, "people")
    assert page.send("upload", workbook=workbook(**tabs)).status_code == 422
    assert message in errors_of(page)


def test_a_file_that_is_no_workbook_is_refused(analyst: Client, draft: Partnership) -> None:
    page = sheet(analyst, draft, "people")
    assert page.send("upload").status_code == 422
    assert "Choose a workbook first." in errors_of(page)
    assert page.send("upload", workbook=SimpleUploadedFile("a.xlsx", b"a,b")).status_code == 422


def test_the_rows_are_copied_as_text_with_tabs(analyst: Client, draft: Partnership) -> None:
    url = f"/partnerships/{draft.pk}/terms/sheet/people/"
    text = analyst.get(url, {"format": "tsv"}).content.decode()
    first, second = text.splitlines()[:2]
    assert first.split("\t") == ["Key", *HEADINGS]
    assert second.split("\t")[1:] == ["Partner government", "Lead partner", "Yes", ""]
    assert analyst.get(url, {"format": "pdf"}).status_code == 400


def test_without_a_script_buttons_add_empty_rows(analyst: Client, draft: Partnership) -> None:
    page = sheet(analyst, draft, "plan")
    assert page.send("add activity 0").status_code == 200
    page.enter("activity", 0, title="Train", planned_start="2026-11-01", planned_end="2026-12-01")
    assert page.send("add objective").status_code == 200
    assert page.send().status_code == 302, page.errors
    assert Activity.objects.get(partnership=draft).objective == draft.objectives.get()
