"""A past record as text, and the changes since, from rows as the history stores them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from partnerships.history import presenters
from partnerships.history.presenters import PastRow, PastTable, RecordChange

PARTNERSHIP = "partnerships_partnership"
PARTICIPANT = "partnerships_participant"
PROGRAM = "partnerships_program"
AMOUNT = "partnerships_programamount"
INDICATOR = "partnerships_outcomeindicator"
TARGET = "partnerships_target"
ACTIVITY = "partnerships_activity"
MILESTONE = "partnerships_milestone"
NOTIFICATION = "partnerships_congressionalnotification"
LEDGER = "partnerships_ledgerentry"
PERIOD = "partnerships_reportingperiod"
POLICY = "partnerships_limitpolicy"
Rows = dict[str, list[dict[str, Any]]]


def row(pk: int, **values: Any) -> dict[str, Any]:
    return {"id": pk, "partnership_id": 7, **values}


def only(tables: Rows) -> PastTable:
    (table,) = presenters.past_tables(tables)
    return table


# ---- which tables and rows -----------------------------------------------------------------------------------------


def test_the_record_comes_first_then_its_terms_then_the_rest_by_name() -> None:
    tables: Rows = {
        name: [] for name in (TARGET, AMOUNT, PROGRAM, LEDGER, PARTNERSHIP, PARTICIPANT, "partnerships_objective",
                              "partnerships_responsibility", ACTIVITY, "selection_decision")
    }  # fmt: skip
    assert [table.label for table in presenters.past_tables(tables)] == [
        "The record", "Participants", "Objectives", "Responsibilities", "Programs", "Program amounts",
        "Activities", "Ledger entries", "Targets",
    ]  # fmt: skip


def test_past_row_shows_filled_columns_without_keys_people_and_times() -> None:
    state = row(
        3, number=2, title="Courts", outcome="", paradigm="prosecution", system="justice", withdrawn=False,
        objective_id=None,
    )  # fmt: skip
    record = {
        "id": 7, "country_id": 1, "limit_policy_id": 2, "version": 9, "title": "A compact", "opened_by_id": 4,
        "starts_on": "2021-01-01", "forms": [], "planned_total": 4000000.00, "term_limit_months": 60,
        "updated_at": "2021-01-01T00:00:00Z", "coordination_body": "", "legal_reviewed_on": None,
    }  # fmt: skip
    first, second = presenters.past_tables({"partnerships_objective": [state], PARTNERSHIP: [record]})
    assert dict(first.rows[0].pairs) == {
        "Title": "A compact",
        "First day of the term": "Jan 1, 2021",
        "Planned": "$4,000,000.00",
        "Term limit months": "60",
    }
    assert ("Title", "Courts") in second.rows[0].pairs
    assert {"Intended outcome", "Withdrawn from the terms"}.isdisjoint(dict(second.rows[0].pairs))


def test_zero_is_a_value_and_is_shown() -> None:
    table = only({NOTIFICATION: [row(1, reference="CN 1", sent_on="2021-01-01", amount=0, replaces_id=None)]})
    assert dict(table.rows[0].pairs) == {"Sent on": "Jan 1, 2021", "Amount": "$0.00", "Reference": "CN 1"}


def test_a_row_that_another_names_is_shown_by_its_name() -> None:
    programs = [row(5, title="Justice"), row(6, title="Shelters")]
    amounts = [row(1, program_id=6, government="us", amount=10.5)]
    _, table = presenters.past_tables({AMOUNT: amounts, PROGRAM: programs})
    assert table.rows[0].pairs[:2] == [("Program", "Shelters"), ("Government", "United States")]


# ---- names ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("table", "values", "name"),
    [
        (PROGRAM, {"title": "Justice"}, "Justice"),
        (PROGRAM, {"title": "J" * 90}, "J" * 80),
        (PARTICIPANT, {"name": "Ministry", "government": "partner"}, "Ministry"),
        ("partnerships_sustainabilitystrategy", {"institution": "Ministry"}, "Ministry"),
        (PERIOD, {"starts_on": "2024-01-05", "ends_on": "2024-03-31"}, "Jan 5, 2024 to Mar 31, 2024"),
        (PERIOD, {"starts_on": "2024-01-05", "ends_on": None}, "Reporting period"),
        ("partnerships_award", {"title": "Courts", "starts_on": "2024-01-05", "ends_on": "2024-03-31"}, "Courts"),
        (LEDGER, {"kind": "deobligation", "amount": 20.5, "fiscal_year": 2024}, "Ledger entry: De-obligation, $20.50"),
        (LEDGER, {"kind": "refund", "amount": 0}, "Ledger entry: Refund, $0.00"),
        ("partnerships_dialogue", {"number": 3}, "Dialogue: 3"),
        (TARGET, {"indicator_id": 1, "fiscal_year": 2024, "value": 9}, "Target: 2024"),
        (TARGET, {"indicator_id": 1, "fiscal_year": None, "value": 9}, "Target"),
        (NOTIFICATION, {"amount": 5, "reference": "CN 1"}, "Congressional notification"),
        (AMOUNT, {"government": "partner", "amount": None, "program_id": 1}, "Program amount: Partner government"),
    ],
)  # fmt: skip
def test_a_row_is_named_by_what_identifies_it(table: str, values: Mapping[str, Any], name: str) -> None:
    found = only({table: [row(1, **values)]})
    assert found.rows[0].name == name


# ---- rows that no longer counted -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ended", "count"),
    [
        ([], "0"),
        ([""], "1"),
        (["", "withdrawn", ""], "2, and 1 that no longer counted"),
        (["replaced", "withdrawn"], "0, and 2 that no longer counted"),
    ],
)
def test_the_count_tells_the_rows_apart_that_no_longer_counted(ended: list[str], count: str) -> None:
    assert PastTable("Rows", [PastRow("A row", [], why) for why in ended]).count == count


def endings(tables: Rows, label: str) -> list[str]:
    (table,) = [table for table in presenters.past_tables(tables) if table.label == label]
    return [row.ended for row in table.rows]


def test_a_row_that_another_names_as_replaced_no_longer_counted() -> None:
    rows = [row(1, replaces_id=None), row(2, replaces_id=1), row(3, replaces_id=None)]
    assert endings({NOTIFICATION: rows}, "Congressional notifications") == ["replaced", "", ""]


def test_the_newest_amount_of_a_program_and_government_counts() -> None:
    rows = [
        row(1, program_id=5, government="us", amount=1),
        row(2, program_id=5, government="partner", amount=2),
        row(3, program_id=6, government="us", amount=3),
        row(4, program_id=5, government="us", amount=4),
    ]
    tables = {PROGRAM: [row(5, title="Justice"), row(6, title="Shelters")], AMOUNT: rows}
    assert endings(tables, "Program amounts") == ["replaced", "", "", ""]


def test_the_newest_target_of_an_indicator_and_year_counts() -> None:
    rows = [
        row(1, indicator_id=5, fiscal_year=2024, value=1),
        row(2, indicator_id=5, fiscal_year=2025, value=1),
        row(3, indicator_id=5, fiscal_year=None, value=1),
        row(4, indicator_id=6, fiscal_year=2024, value=1),
        row(5, indicator_id=5, fiscal_year=2024, value=2),
        row(6, indicator_id=5, fiscal_year=None, value=2),
    ]
    assert endings({TARGET: rows}, "Targets") == ["replaced", "", "replaced", "", "", ""]


def test_what_belongs_to_a_withdrawn_row_is_withdrawn_with_it() -> None:
    tables = {
        PROGRAM: [row(1, title="Justice", withdrawn=True), row(2, title="Shelters", withdrawn=False)],
        AMOUNT: [
            row(1, program_id=1, government="us", amount=1),
            row(2, program_id=1, government="us", amount=2),
            row(3, program_id=2, government="us", amount=3),
        ],
        INDICATOR: [row(1, title="Cases", withdrawn=True)],
        TARGET: [row(1, indicator_id=1, fiscal_year=2024, value=1)],
        ACTIVITY: [row(1, title="Training", withdrawn=True), row(2, title="Visits")],
        MILESTONE: [
            row(1, activity_id=1, title="Begun"),
            row(2, activity_id=2, title="Begun"),
            row(3, activity_id=1, title="Over", withdrawn=True),
        ],
    }
    assert endings(tables, "Programs") == ["withdrawn", ""]
    assert endings(tables, "Program amounts") == ["replaced", "withdrawn with its program", ""]
    assert endings(tables, "Targets") == ["withdrawn with its outcome indicator"]
    assert endings(tables, "Milestones") == ["withdrawn with its activity", "", "withdrawn"]


# ---- changes since -------------------------------------------------------------------------------------------------


def test_a_changed_column_is_one_change_with_its_old_and_new_value() -> None:
    then = {PARTNERSHIP: [{"id": 7, "title": "Old", "ends_on": "2025-01-01", "version": 1, "opened_by_id": 1}]}
    now = {PARTNERSHIP: [{"id": 7, "title": "New", "ends_on": "2026-01-01", "version": 2, "opened_by_id": 2}]}
    assert presenters.changed_since(then, now) == [
        RecordChange("Partnership: New", "Title", "Old", "New"),
        RecordChange("Partnership: New", "Last day of the term", "Jan 1, 2025", "Jan 1, 2026"),
    ]


@pytest.mark.parametrize(("year", "name"), [(None, "Target"), (2024, "Target: 2024")])
def test_unnamed_row_is_named_by_its_kind_once(year: int | None, name: str) -> None:
    then, now = ({TARGET: [row(1, fiscal_year=year, indicator_id=2, value=value)]} for value in (1, 0))
    assert presenters.changed_since(then, now) == [RecordChange(name, "Target", "1", "0")]
    assert presenters.changed_since({}, now) == [RecordChange(name, "", "Not recorded", "Added")]


def test_added_and_removed_rows_are_changes_in_table_order() -> None:
    then = {PROGRAM: [row(1, title="Justice"), row(2, title="Same")], ACTIVITY: [row(3, title="Old")]}
    now = {PROGRAM: [row(2, title="Same"), row(4, title="Shelters")], PARTICIPANT: [row(5, name="Ministry")]}
    assert presenters.changed_since(then, now) == [
        RecordChange("Participant: Ministry", "", "Not recorded", "Added"),
        RecordChange("Program: Justice", "", "Recorded", "Removed"),
        RecordChange("Program: Shelters", "", "Not recorded", "Added"),
        RecordChange("Activity: Old", "", "Recorded", "Removed"),
    ]


def test_changed_reference_is_named_as_of_its_own_time() -> None:
    amount = {"program_id": 1, "government": "us", "amount": 5}
    then = {PROGRAM: [row(1, title="Before"), row(2, title="Gone")], AMOUNT: [row(9, **amount | {"program_id": 2})]}
    now = {PROGRAM: [row(1, title="After")], AMOUNT: [row(9, **amount)]}
    changes = presenters.changed_since(then, now)
    assert RecordChange("Program amount: United States, $5.00", "Program", "Gone", "After") in changes


def test_tables_of_other_apps_are_left_out() -> None:
    assert presenters.changed_since({}, {"selection_decision": [row(1, title="A decision")]}) == []


def test_a_change_is_shown_then_and_now() -> None:
    change = RecordChange("Program: Justice", "Title", "Old", "New")
    assert [column.label for column in presenters.CHANGES.columns] == ["Item", "Then", "Now"]
    assert [column.value(change) for column in presenters.CHANGES.columns] == ["Program: Justice", "Old", "New"]
    detail = presenters.CHANGES.columns[0].detail
    assert detail is not None
    assert detail(change) == "Title"


@pytest.mark.parametrize(
    ("count", "sentence"),
    [
        (0, "Nothing has changed since."),
        (1, "One change since."),
        (2, "Two changes since."),
        (10, "10 changes since."),
    ],
)
def test_the_sentence_counts_the_changes(count: int, sentence: str) -> None:
    assert presenters.changes_sentence([RecordChange("Row", "Title", "a", "b")] * count) == sentence


@pytest.mark.parametrize(
    ("decided", "state"),
    [({}, "Requested"), ({"limitexceptiongrant": 1}, "Granted"), ({"limitexceptionrefusal": 1}, "Refused"),
     ({"limitexceptionrefusal": 2}, "Requested")],
)  # fmt: skip
def test_an_exception_tells_what_became_of_it(decided: dict[str, int], state: str) -> None:
    exception = row(1, kind="granted", funding=5400000)
    tables: Rows = {"partnerships_limitexception": [exception]} | {
        f"partnerships_{name}": [row(4, exception_id=key)] for name, key in decided.items()
    }
    (shown,) = [table for table in presenters.past_tables(tables) if table.label == "Limit exceptions"]
    assert shown.rows[0].pairs == [("State", state), ("New funding limit", "$5,400,000.00")]


@pytest.mark.parametrize(("count", "folded"), [(1, False), (2, True)])
def test_rows_without_a_name_are_folded_together(count: int, folded: bool) -> None:
    tables: Rows = {"partnerships_textfile": [row(pk, language="English") for pk in range(count)]}
    assert only(tables).folded is folded
