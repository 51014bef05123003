"""Freedom in the World, workbook of all scores ("All data"): many editions in one sheet.

Edition N covers the year N - 1. Scores: political rights (PR) 0 to 40, civil liberties (CL) 0 to 60, their total
0 to 100; a question about deliberate change of a population's make-up subtracts up to 4 from PR, which can make it
negative. Ratings run from 1 (most free) to 7. `freedom_house_ratings` reads the history of ratings.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from indicators.countries import TERRITORY
from indicators.sources.base import (
    BetterDirection,
    IndicatorSpec,
    Reading,
    ReadResult,
    Reason,
    SourceSpec,
    take_newest_edition,
)
from indicators.sources.checks import Labels, Numbers, fold, year
from indicators.sources.dating import Dating
from indicators.sources.documents import Document
from indicators.sources.table_finder import Header, SourceTable
from indicators.sources.table_reader import SourceRow, TableAdapter, rows_of, warn_of_unknown_columns

SOURCE = SourceSpec(
    key="freedom_house",
    title="Freedom in the World",
    publisher="Freedom House",
    license="Free to use with attribution",
    attribution="Freedom House, Freedom in the World",
    homepage="https://freedomhouse.org/report/freedom-world",
    note="Edition N covers the year N - 1. Territories are rated separately from the states that govern them.",
    dating=Dating(
        "An edition appears by the end of March of its year; it describes the year before.",
        years_after=1,
        month=3,
        day=31,
        edition_years_after=0,
    ),
)

STATUSES: Final = ("F", "PF", "NF")
STATUS = IndicatorSpec(
    code="fh.status",
    name="Freedom status",
    unit="status",
    wording="Whether a country is free (F), partly free (PF) or not free (NF), from its two ratings.",
    labels=STATUSES,
)


STATUS_LABELS: Final = Labels(
    lambda text: label if (label := fold(text).upper()) in STATUSES else None,
    f"{{raw!r}} is not a status; the statuses are {', '.join(STATUSES)}.",
)


def _score(code: str, name: str, wording: str, maximum: float, minimum: float = 0) -> IndicatorSpec:
    return IndicatorSpec(f"fh.{code}", name, "points", wording, BetterDirection.HIGHER, minimum, maximum)


def _rating(code: str, name: str, wording: str) -> IndicatorSpec:
    return IndicatorSpec(f"fh.{code}", name, "rating", wording, BetterDirection.LOWER, 1, 7)


PR_RATING = _rating("pr_rating", "Political rights rating", "Political rights, from 1 (most free) to 7.")
CL_RATING = _rating("cl_rating", "Civil liberties rating", "Civil liberties, from 1 (most free) to 7.")
TOTAL = _score("total", "Total score", "Political rights and civil liberties together.", 100, -4)
POLITICAL_RIGHTS = _score("political_rights", "Political rights", "Categories A to C, less the deduction.", 40, -4)
CIVIL_LIBERTIES = _score("civil_liberties", "Civil liberties", "Categories D to G.", 60)

_CATEGORIES: Final = (
    ("a", "Electoral process", "How freely and fairly the executive and the legislature are elected.", 12),
    ("b", "Political pluralism and participation", "Freedom to organize, oppose, choose, and participate.", 16),
    ("c", "Functioning of government", "Whether elected officials govern, openly and without corruption.", 12),
    ("d", "Freedom of expression and belief", "Free media, religion, teaching, and private speech.", 16),
    ("e", "Associational and organizational rights", "Freedom to assemble, and of associations and unions.", 12),
    ("f", "Rule of law", "Independent courts, due process, safety from force, equal treatment.", 16),
    ("g", "Personal autonomy and individual rights", "Freedom to move, own, and decide; no exploitation.", 16),
)

INDICATORS: Final[Mapping[str, IndicatorSpec]] = {
    "status": STATUS,
    "pr rating": PR_RATING,
    "cl rating": CL_RATING,
    "pr": POLITICAL_RIGHTS,
    "cl": CIVIL_LIBERTIES,
    "total": TOTAL,
    **{letter: _score(letter, name, wording, top) for letter, name, wording, top in _CATEGORIES},
}
"""Indicators that are read, by the folded heading of their column."""

SCORES: Final = Numbers(outside="{value:g} is outside {low:g} to {high:g}.")
_COLUMNS: Final = {"name": "country/territory", "kind": "c/t", "edition": "edition"}
_PASSED_OVER: Final = re.compile(r"[a-g][1-4]|add [abq]|region")
JUMP: Final = 6
"""Change of a total, in points in one year, from which the reviewer is warned."""

Key = tuple[str, str, int]
"""Name, kind (country or territory), and edition."""

Columns = Sequence[tuple[str, IndicatorSpec, int, str]]
"""Heading, indicator, position, and the address without the row ("FIW13-25!AR") of each column that is read."""


def edition_rank(edition: int) -> int:
    """Return the order of an edition among the editions: 2025 is 20250000."""
    return edition * 10_000


class FreedomHouseScores(TableAdapter):
    key = "freedom_house_scores"
    source = SOURCE
    indicators: Sequence[IndicatorSpec] = tuple(INDICATORS.values())
    header = Header(
        {**_COLUMNS, **{heading: heading for heading in INDICATORS}},
        required=[*_COLUMNS, "status", "pr rating", "cl rating", "pr", "cl", "total"],
    )
    lacks = (
        "has no sheet with the columns of Freedom in the World's scores",
        "Upload the workbook of all data as Freedom House released it.",
    )

    def start(self, document: Document, tables: Sequence[SourceTable], edition: str) -> ReadResult:
        """Start the result with the given edition; each row states its own."""
        return ReadResult(edition, 0, layout=f"Freedom in the World, all data: sheet {tables[0].sheet}")

    def read_table(self, table: SourceTable, result: ReadResult) -> None:
        """Read every row, and compare each total with that of the edition before."""
        warn_of_unknown_columns(
            table, result, _is_known, "The column {title!r} is not known to this reader and was not read."
        )
        totals: dict[Key, tuple[float, SourceRow]] = {}
        columns = [
            (heading, spec, table.columns[heading], table.address(heading))
            for heading, spec in INDICATORS.items()
            if heading in table.columns
        ]
        for row in rows_of(table, result):
            key = _key(row)
            result.rows_read += row.counts
            if key is not None:
                numbers = _read_values(row, key, columns)
                if TOTAL.code in numbers:
                    totals[key] = numbers[TOTAL.code], row
        _warn_of_jumps(totals)
        take_newest_edition(result)


def _is_known(heading: str) -> bool:
    return heading in INDICATORS or heading in _COLUMNS.values() or _PASSED_OVER.fullmatch(heading) is not None


def _key(row: SourceRow) -> Key | None:
    """Return name, kind, and edition of a row, or None if it stays out."""
    name = row.cell("name")
    row.country = row.raw("name")
    if not isinstance(name, str) or not name.strip() or len(row.cells) - row.cells.count("") == 1:
        row.leave_out("This row has no country and was left out.", "name")
        return None
    wording = "{raw!r} is not an edition of Freedom in the World."
    edition = row.find("edition", year, Reason.UNREADABLE_YEAR, wording)
    if edition is None:
        return None
    kind = fold(row.cell("kind"))
    if kind not in ("c", "t"):
        message = f"{row.raw('kind')!r} is neither country (c) nor territory (t)."
        row.reject(Reason.UNKNOWN_LABEL, message, "kind")
        return None
    key = (name, kind, edition)
    return None if row.repeats(key, f"{name} already has a row for edition {edition}", "name") else key


def _read_values(row: SourceRow, key: Key, columns: Columns) -> Mapping[str, float]:
    """Read the indicators of a row; return its numbers."""
    _, kind, edition = key
    row.code = code = TERRITORY if kind == "t" else ""
    period, label, rank, number = str(edition - 1), str(edition), edition_rank(edition), str(row.index + 1)
    cells, country, add = row.cells, row.country, row.result.readings.append
    numbers: dict[str, float] = {}
    for heading, spec, position, address in columns:
        cell = cells[position]
        low, high = spec.minimum, spec.maximum
        if type(cell) is int and low is not None and high is not None and low <= cell <= high:
            # Shortcut for nearly all of a file's 35,000 cells; through `add_reading` they take twice the time.
            numbers[spec.code] = value = float(cell)
            locator, raw = address + number, str(cell)
            add(
                Reading(
                    spec.code, country, period, locator, value, "", None, raw, code, edition=label, edition_rank=rank
                )
            )
            continue
        rule = STATUS_LABELS if spec.labels else SCORES
        reading = row.add_reading(spec, heading, rule, period=period, edition=label, edition_rank=rank)
        if reading is not None and reading.value is not None:
            numbers[spec.code] = reading.value
    _check_sums(row, numbers)
    return numbers


def _check_sums(row: SourceRow, numbers: Mapping[str, float]) -> None:
    rights, liberties = numbers.get(POLITICAL_RIGHTS.code), numbers.get(CIVIL_LIBERTIES.code)
    total = numbers.get(TOTAL.code)
    if rights is not None and rights < 0:
        message = f"Political rights are {rights:g}, below zero, because the deduction exceeds the points."
        row.warn(Reason.OUT_OF_RANGE, message, "pr")
    if None not in (rights, liberties, total) and (rights or 0) + (liberties or 0) != total:
        message = f"PR {rights:g} and CL {liberties:g} do not add up to the total of {total:g}."
        row.warn(Reason.INCONSISTENT, message, "total")


def _warn_of_jumps(totals: Mapping[Key, tuple[float, SourceRow]]) -> None:
    """Warn of each total that changed by `JUMP` points or more in one edition."""
    for (name, kind, edition), (total, row) in totals.items():
        before, earlier = totals.get((name, kind, edition - 1), (total, row))
        if abs(total - before) >= JUMP:
            message = (
                f"The total changed from {before:g} in edition {edition - 1} (row {earlier.number}) "
                f"to {total:g} in edition {edition}."
            )
            row.warn(Reason.LARGE_CHANGE, message, "total")


FREEDOM_HOUSE_SCORES = FreedomHouseScores()
