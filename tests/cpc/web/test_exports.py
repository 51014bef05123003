from __future__ import annotations

import csv
import datetime as dt
import io
from decimal import Decimal
from typing import Any

import openpyxl
import pytest

from cpc.web import exports
from cpc.web.exports import ExportError
from cpc.web.tables import Column

FIELDS: list[Column[Any]] = [
    Column("Country", lambda row: row[0], width=30),
    Column("Value", lambda row: row[1]),
]
ATTACKS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", '=HYPERLINK("x")', "-2 to 3", "\uff1d1+1"]


def body(response: Any) -> bytes:
    return b"".join(response.streaming_content)


def read_csv(response: Any) -> list[list[str]]:
    return list(csv.reader(io.StringIO(body(response).decode("utf-8-sig"), newline="")))


def read_xlsx(response: Any) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(body(response)))


def test_csv_has_a_heading_a_file_name_and_figures_as_figures() -> None:
    moment = dt.datetime(2026, 11, 24, 4, 0, tzinfo=dt.timezone(dt.timedelta(hours=-5)))
    values = [-2, 0.1, Decimal("-1E+2"), True, None, dt.date(2026, 4, 26), moment]
    response = exports.csv_response(
        [("Côte d\N{RIGHT SINGLE QUOTATION MARK}Ivoire", v) for v in values], FIELDS, "All, 2026"
    )
    assert response["Content-Disposition"] == 'attachment; filename="all-2026.csv"'
    rows = read_csv(response)
    assert rows[0] == ["Country", "Value"]
    assert [row[1] for row in rows[1:]] == ["-2", "0.1", "-100", "yes", "", "2026-04-26", "2026-11-24T09:00:00Z"]


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_formula_in_csv_is_only_text(attack: str) -> None:
    cells = [cell for row in read_csv(exports.csv_response([(attack, attack)], FIELDS, "x"))[1:] for cell in row]
    assert cells == [f"'{attack}"] * 2


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_formula_in_a_workbook_is_quoted_text_and_unchanged(attack: str) -> None:
    cell = read_xlsx(exports.xlsx_response([(attack, -2)], FIELDS, "x", sheet="List"))["List"]["A2"]
    assert (cell.data_type, cell.quotePrefix) == ("s", True)
    assert str(cell.value).strip() == attack.strip()


def test_workbook_holds_types_frozen_heading_and_notes() -> None:
    moment = dt.datetime(2026, 11, 24, 9, 0, tzinfo=dt.UTC)
    rows = [("Ghana", v) for v in (-2, Decimal("1.25"), None, dt.date(2026, 4, 26), moment)]
    notes = [("Data as known", "=now"), ("Filters", "none")]
    response = exports.xlsx_response(rows, FIELDS, "Ranking", sheet="Rank: [1/2]?", notes=notes)
    book = read_xlsx(response)
    assert book.sheetnames == ["Rank   1 2", "About"]
    sheet = book.worksheets[0]
    assert (sheet.freeze_panes, sheet.auto_filter.ref, sheet["A1"].font.bold) == ("A2", "A1:B6", True)
    values = [sheet.cell(row, 2).value for row in range(2, 7)]
    naive = moment.replace(tzinfo=None)
    assert values == [-2, 1.25, None, dt.datetime(2026, 4, 26), naive]  # a workbook has no zones
    assert book["About"]["B1"].data_type == "s"
    assert 'filename="ranking.xlsx"' in response["Content-Disposition"]


def test_an_empty_list_has_its_heading() -> None:
    assert read_csv(exports.csv_response([], FIELDS, "x")) == [["Country", "Value"]]
    sheet = read_xlsx(exports.xlsx_response([], FIELDS, "x", sheet="")).worksheets[0]
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [["Country", "Value"]]


def test_control_characters_and_long_texts_stay_visible() -> None:
    long = "a" * 40_000
    sheet = read_xlsx(exports.xlsx_response([("a\x00b", long)], FIELDS, "x", sheet="L"))["L"]
    assert sheet["A2"].value == "a\N{REPLACEMENT CHARACTER}b"
    assert len(sheet["B2"].value) == exports.CELL_LIMIT
    assert sheet["B2"].value.endswith("can hold 32,767 characters]")


@pytest.mark.parametrize("value", [float("nan"), float("-inf"), dt.datetime(2026, 1, 1)])
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_an_unusable_value_names_its_row_and_column(kind: str, value: Any) -> None:
    with pytest.raises(ExportError, match="Row 3, Value"):
        body(exports.response(kind, [("Ghana", 1), ("Peru", value)], FIELDS, "x", sheet="L"))


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(ExportError, match="csv or xlsx"):
        exports.response("pdf", [], FIELDS, "x", sheet="L")


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("'Values'", "Values"),
        ("", "List"),
        ("[]", "List"),
        (31 * "x", 31 * "x"),
        (32 * "x", 31 * "x"),
        (f"{30 * 'x'} y", 30 * "x"),
    ],
)
def test_the_title_of_a_sheet(title: str, shown: str) -> None:
    assert exports.sheet_title(title) == shown


def test_a_text_that_just_fits_a_cell_is_whole() -> None:
    whole = exports.CELL_LIMIT * "a"
    sheet = read_xlsx(exports.xlsx_response([(whole, "")], FIELDS, "x", sheet="L"))["L"]
    assert (sheet["A2"].value == whole, sheet["B2"].value) == (True, None)


@pytest.mark.parametrize(("rows", "fits"), [(2, True), (3, False)])
def test_more_rows_than_a_sheet_has_are_refused(monkeypatch: pytest.MonkeyPatch, rows: int, fits: bool) -> None:
    monkeypatch.setattr(exports, "ROW_LIMIT", 3)
    response = [("Ghana", 1)] * rows
    if fits:
        assert read_xlsx(exports.xlsx_response(response, FIELDS, "x", sheet="L"))["L"].max_row == 3
        return
    with pytest.raises(ExportError, match="More than 3 rows do not fit in a sheet"):
        body(exports.xlsx_response(response, FIELDS, "x", sheet="L"))


@pytest.mark.parametrize(
    ("value", "written"), [(False, "no"), (0, "0"), (0.0, "0.0"), (1e16, "1e+16"), (Decimal("0.10"), "0.10"), ("", "")]
)
def test_a_value_in_csv(value: Any, written: str) -> None:
    assert read_csv(exports.csv_response([("Ghana", value)], FIELDS, "x"))[1][1] == written
