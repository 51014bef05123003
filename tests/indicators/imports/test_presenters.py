"""Tables of an import: what an issue shows of its file, and the columns of the preview."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest

from cpc.accounts.models import User
from indicators.imports.comparison import PreviewRow
from indicators.imports.presenters import IMPORTS, ISSUES, ISSUES_FILE, MAPPED_HERE, mappings_table, preview_table
from indicators.models import Country, Import, ImportIssue, NameMapping, Source
from tests.support.cells import cells, links, marks

COLUMNS = {column.label: column for column in ISSUES.columns}


def text_of(label: str, issue: ImportIssue) -> str:
    """Return a cell of an issue's row as text."""
    return " ".join(re.sub(r"<[^>]+>", " ", str(COLUMNS[label].value(issue))).split())


@pytest.mark.parametrize(
    ("country", "raw", "rows", "text"),
    [
        ("Ghana", "Ghana", 1, "Ghana"),
        ("Ghana", "Ghana", 2, "Ghana 2 rows"),
        ("Ghana", "Ghana", 1200, "Ghana 1,200 rows"),
        ("Ghana", "", 1, "Ghana"),
        ("", "n/a", 1, "n/a"),
        ("", "n/a", 3, "n/a 3 rows"),
        ("Ghana", "n/a", 1, "Ghana In the file: n/a"),
        ("Ghana", "n/a", 2, "Ghana In the file: n/a 2 rows"),
        ("", "", 1, "\u2013"),
        ("Ghana", 121 * "x", 1, f"Ghana In the file: {119 * 'x'}…"),
        ("Ghana", 120 * "x", 1, f"Ghana In the file: {120 * 'x'}"),
    ],
)
def test_issue_shows_its_text_once_and_counts_rows(country: str, raw: str, rows: int, text: str) -> None:
    assert text_of("In the file", ImportIssue(country_text=country, raw_value=raw, rows=rows)) == text


def test_a_rejected_row_is_marked_otherwise_than_a_warning() -> None:
    cells = {
        severity: str(COLUMNS["What is wrong"].value(ImportIssue(severity=severity, reason="unknown_country")))
        for severity in ("rejected", "warning")
    }
    assert "c-status--bad" in cells["rejected"]
    assert "c-status--warn" in cells["warning"]


@pytest.mark.parametrize("shown", ["new", "changed", "unchanged"])
def test_current_value_is_shown_beside_a_changed_one(shown: str) -> None:
    labels = [column.label for column in preview_table(shown, shown.capitalize()).columns]
    assert labels[-3:] == (["In the file", "Value", "Quality"] if shown == "new" else ["Value", "Now", "Quality"])


DASH = "\N{EN DASH}"
AT = dt.datetime(2026, 11, 20, 9, 5, tzinfo=dt.UTC)
ANA, BEN = User(name="Ana"), User(name="Ben")
CPI = Source(key="cpi", title="Corruption Perceptions Index")


def test_a_file_of_issues_has_each_field_under_its_own_name() -> None:
    issue = ImportIssue(
        batch=Import(file_name="cpi.xlsx"),
        severity="rejected",
        reason="unknown_country",
        message="“Atlantis” is unknown.",
        remedy="Map the name.",
        locator="CPI!D5",
        sheet="CPI",
        row=5,
        column="D",
        raw_value="n/a",
        country_text="Atlantis",
        rows=3,
    )
    assert {column.label: column.cell(issue) for column in ISSUES_FILE} == {
        "Severity": "Rejected",
        "Reason": "Unknown country",
        "What is wrong": "“Atlantis” is unknown.",
        "What to do": "Map the name.",
        "File": "cpi.xlsx",
        "Sheet": "CPI",
        "Row": 5,
        "Column": "D",
        "Location": "CPI!D5",
        "In the file": "n/a",
        "Country in the file": "Atlantis",
        "Rows": 3,
    }
    assert cells(ISSUES.columns, issue) == {
        "Location": "CPI!D5",
        "In the file": "Atlantis / In the file: n/a / 3 rows",
        "What is wrong": "Unknown country / “Atlantis” is unknown.",
        "What to do": "Map the name.",
    }
    assert cells(ISSUES.columns, ImportIssue(reason="unknown_country"))["Location"] == DASH


@pytest.mark.parametrize(
    ("changes", "first", "received"),
    [
        (
            {},
            "Corruption Perceptions Index 2025 / Import 12 cpi.xlsx",
            "Nov 20, 2026 / Ana",
        ),
        (
            {"via": "facts", "created_by": None},
            "Corruption Perceptions Index 2025 / Import 12, facts shipped with the project cpi.xlsx",
            "Nov 20, 2026 / System",
        ),
        ({"source": None}, "cpi.xlsx / Import 12", "Nov 20, 2026 / Ana"),
    ],
)
def test_a_row_of_the_list_of_imports(changes: dict[str, Any], first: str, received: str) -> None:
    row = Import(
        **{
            "pk": 12,
            "file_name": "cpi.xlsx",
            "source": CPI,
            "edition": "2025",
            "via": "upload",
            "state": "published",
            "counts": {"new": 1200, "changed": 30, "unchanged": 7, "rejected": 4},
            "created_at": AT,
            "created_by": ANA,
            **changes,
        }
    )
    assert cells(IMPORTS.columns, row) == {
        "Import": first,
        "State": "Published",
        "New": "1,200",
        "Changed": "30",
        "Rejected": "4",
        "Received": received,
    }
    assert links(IMPORTS.columns, row) == ["/data/imports/12/"]


@pytest.mark.parametrize(
    ("state", "text", "kind"),
    [
        ("received", "Reading", "info"),
        ("reading", "Reading", "info"),
        ("preview", "Ready for review", "warn"),
        ("published", "Published", "good"),
        ("retracted", "Taken back", "none"),
        ("discarded", "Discarded", "none"),
        ("failed", "Not readable", "bad"),
    ],
)
def test_the_state_of_an_import_that_has_no_counts_yet(state: str, text: str, kind: str) -> None:
    row = Import(pk=12, file_name="x", state=state, created_at=AT)
    assert cells(IMPORTS.columns, row)["State"] == text
    assert marks(IMPORTS.columns, row) == [kind]
    assert cells(IMPORTS.columns, row)["New"] == DASH


def mapping(**changes: Any) -> NameMapping:
    return NameMapping(
        **{
            "pk": 8,
            "name": "Iv. Coast",
            "source": CPI,
            "meaning": "country",
            "country": Country(name="Ivory Coast"),
            "recorded_at": AT,
            "recorded_by": ANA,
            **changes,
        }
    )


OVER = {
    "superseded_at": dt.datetime(2026, 11, 22, 10, 0, tzinfo=dt.UTC),
    "superseded_by": BEN,
    "superseded_reason": "A typo",
}


@pytest.mark.parametrize(
    ("changes", "means", "mapped", "state", "undo"),
    [
        ({}, "Ivory Coast", "Nov 20, 2026, 09:05 UTC / Ana", "In effect", True),
        ({"recorded_by": None}, "Ivory Coast", "Nov 20, 2026, 09:05 UTC", "In effect", True),
        (
            {"country": None, "meaning": "group"},
            "A group of countries / Set aside",
            "Nov 20, 2026, 09:05 UTC / Ana",
            "In effect",
            True,
        ),
        (
            OVER,
            "Ivory Coast",
            "Nov 20, 2026, 09:05 UTC / Ana",
            "Withdrawn / Nov 22, 2026, 10:00 UTC, Ben: A typo",
            False,
        ),
        (
            {**OVER, "superseded_by": None},
            "Ivory Coast",
            "Nov 20, 2026, 09:05 UTC / Ana",
            "Withdrawn / Nov 22, 2026, 10:00 UTC: A typo",
            False,
        ),
    ],
)
def test_a_row_of_the_mapped_names(changes: dict[str, Any], means: str, mapped: str, state: str, undo: bool) -> None:
    row = mapping(**changes)
    row.used = 3  # type: ignore[attr-defined]  # annotated by the query
    columns = mappings_table(may_import=True).columns
    assert cells(columns, row) == {
        "As written": "Iv. Coast",
        "Source": "Corruption Perceptions Index",
        "Means": means,
        "Mapped": mapped,
        "State": state,
        "Published imports": "3",
        "Undo": "Withdraw the mapping of Iv. Coast, Corruption Perceptions Index" if undo else DASH,
    }
    assert links(columns, row) == ["/data/sources/cpi/", *(["/data/names/8/withdraw/"] if undo else [])]
    assert "Undo" not in cells(mappings_table(may_import=False).columns, row)


@pytest.mark.parametrize(
    ("changes", "means", "undo"),
    [
        ({}, "Ivory Coast", "Withdraw the mapping of IV COAST"),
        ({"country": None, "meaning": "no_row"}, "An area without its own data / Set aside", None),
        (OVER, "Ivory Coast", "Withdrawn"),
    ],
)
def test_a_mapped_name_of_one_file(changes: dict[str, Any], means: str, undo: str | None) -> None:
    issue = ImportIssue(country_text="IV COAST", rows=1200, mapping=mapping(**changes))
    assert cells(MAPPED_HERE.columns, issue) == {
        "In the file": "IV COAST",
        "Means": means,
        "Rows": "1,200",
        "Mapped": "Nov 20, 2026, 09:05 UTC / Ana",
        "Undo": undo or "Withdraw the mapping of IV COAST",
    }


def preview(**changes: Any) -> PreviewRow:
    return PreviewRow(
        **{
            "status": "changed",
            "locator": "CPI!D5",
            "country_code": "GHA",
            "country": "Ghana",
            "indicator": "Score",
            "unit": "points",
            "decimals": 1,
            "period": "2024",
            "series": "",
            "value": 43.25,
            "label": "",
            "missing": "",
            "raw_text": "43.249",
            "edition": "2025",
            "quality": "stated",
            "old_value": 42.0,
            "old_label": "",
            "old_missing": "",
            "old_quality": "inferred",
            **changes,
        }
    )


def test_preview_row_has_new_and_current_value() -> None:
    found = {
        "Location": "CPI!D5",
        "Country": "Ghana GHA",
        "Indicator": "Score",
        "Period": "2024",
        "In the file": "43.249",
        "Value": "43.2",
        "Now": "42.0",
        "Quality": "Stated",
    }
    table = preview_table("changed", "Changed")
    assert (table.caption, cells(table.columns, preview())) == ("Changed values, in the order of the file", found)
    new = preview_table("new", "New")
    assert cells(new.columns, preview()) == {label: text for label, text in found.items() if label != "Now"}
    labels = preview(value=None, label="Tier 2", old_value=None, old_missing="not_collected", series="Urban")
    assert {name: cells(table.columns, labels)[name] for name in ("Value", "Now", "Indicator")} == {
        "Value": "Tier 2",
        "Now": "No estimate",
        "Indicator": "Score, Urban",
    }
    swapped = preview(value=None, missing="suppressed", old_value=None, old_label="Tier 3", quality="unconfirmed")
    assert {name: cells(table.columns, swapped)[name] for name in ("Value", "Now", "Quality")} == {
        "Value": "Withheld",
        "Now": "Tier 3",
        "Quality": "Unconfirmed",
    }
    assert cells(table.columns, preview(value=0.0, raw_text=25 * "x"))["Value"] == "0.0"


@pytest.mark.parametrize(("length", "shown"), [(24, 24 * "x"), (25, f"{23 * 'x'}…")])
def test_a_long_text_of_the_file_is_cut(length: int, shown: str) -> None:
    assert cells(preview_table("new", "New").columns, preview(raw_text=length * "x"))["In the file"] == shown


@pytest.mark.parametrize(
    ("quality", "text"),
    [
        ("stated", "Stated"),
        ("computed", "Computed"),
        ("estimated", "Estimate"),
        ("inferred", "Inferred"),
        ("unconfirmed", "Unconfirmed"),
    ],
)
def test_the_quality_of_a_value(quality: str, text: str) -> None:
    assert cells(preview_table("new", "New").columns, preview(quality=quality))["Quality"] == text
