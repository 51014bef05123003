"""File of the results of a fiscal year, and days of accounts."""

from __future__ import annotations

from dataclasses import dataclass

from cpc.web import formats
from cpc.web.tables import Column
from partnerships.models import Award, Result
from partnerships.year_results.presenters.page import METHODS, state_of
from partnerships.year_results.queries import Account
from partnerships.year_results.year_table import (
    IndicatorYear,
    YearTable,
)


def account_days(account: Account) -> str:
    """Return the days of an account: "Received Nov 9, 2026, 10 days late; accepted Nov 18, 2026"."""
    if account.received_on is None:
        return "Not received on record"
    late = f", {formats.count_of(account.days_late, 'day')} late" if account.days_late else ""
    received = f"Received {formats.day(account.received_on)}{late}"
    if account.accepted_on:
        return f"{received}; accepted {formats.day(account.accepted_on)}"
    return f"{received}; not verified" if account.narrative.participant else f"{received}; not accepted yet"


@dataclass(frozen=True, slots=True)
class ResultInFile:
    """One result of the year: of one reporter in one period, with the figure that it is part of."""

    row: IndicatorYear
    year: int
    award: Award | None
    result: Result | None


def file_rows(table: YearTable) -> list[ResultInFile]:
    rows = []
    for row in table.indicators:
        results = [result for total in row.totals for result in total.reported]
        rows += [ResultInFile(row, table.year, result.award, result) for result in results] or [
            ResultInFile(row, table.year, None, None)
        ]
    return rows


FILE: tuple[Column[ResultInFile], ...] = (
    Column("Code", lambda one: one.row.indicator.code, width=12),
    Column("Indicator", lambda one: one.row.indicator.title, width=40),
    Column("Unit", lambda one: one.row.indicator.unit, width=18),
    Column("Method", lambda one: METHODS[one.row.method], width=26),
    Column("Version of the plan", lambda one: one.row.version or None, width=12),
    Column("Reporter", lambda one: _reporter(one), width=30),
    Column("Period ends", lambda one: one.result.period.ends_on if one.result else None, "day", width=14),
    Column("Value", lambda one: one.result.value if one.result else None, width=12),
    Column("How many", lambda one: one.result.numerator if one.result else None, width=12),
    Column("Of how many", lambda one: one.result.denominator if one.result else None, width=12),
    Column("Why there is no value", lambda one: one.result.no_data_reason if one.result else "", width=30),
    Column("Explanation", lambda one: one.result.narrative if one.result else "", width=50),
    Column("Where it can be checked", lambda one: one.result.evidence if one.result else "", width=30),
    Column("Fiscal year", lambda one: one.year, width=12),
    Column("Less duplicates", lambda one: one.row.doubles or None, width=14),
    Column("Source of duplicates", lambda one: "; ".join(one.row.sources_of_doubles), width=30),
    Column("Figure of the year", lambda one: one.row.value, width=14),
    Column("Before correction", lambda one: one.row.was, width=14),
    Column("Target of the year", lambda one: one.row.line.target, width=14),
    Column("State", lambda one: state_of(one.row).text, width=24),
    Column("Open findings", lambda one: len(one.row.findings), width=12),
    Column("Findings", lambda one: "; ".join(row.text for row in one.row.findings), width=50),
)


def _reporter(one: ResultInFile) -> str:
    if one.result is None:
        return ""
    return one.award.recipient if one.award else "Government or office"
