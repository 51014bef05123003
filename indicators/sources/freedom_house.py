"""Freedom in the World: the workbook of all scores ("All data"), many editions in one sheet.

Edition N covers the year N - 1. Scores: political rights (PR) 0 to 40, civil liberties (CL) 0 to 60, their total
0 to 100; a question about deliberate change of a population's make-up subtracts up to 4 from PR, which can make it
negative. Ratings run from 1 (most free) to 7. The history of ratings is read by `freedom_house_ratings`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from indicators.countries import TERRITORY
from indicators.sources.base import (
    Direction,
    IndicatorSpec,
    Missing,
    Problem,
    Reading,
    ReadResult,
    Reason,
    Recognition,
    Severity,
    SourceSpec,
)
from indicators.sources.dating import Dating
from indicators.sources.documents import Document, FileFault, Row, UnreadableFile, cell_text, column_letters
from indicators.sources.grid import Table, fold, is_blank, number, shown, tables, year

SOURCE = SourceSpec(
    key="freedom_house",
    title="Freedom in the World",
    publisher="Freedom House",
    licence="Free to use with attribution",
    attribution="Freedom House, Freedom in the World",
    homepage="https://freedomhouse.org/report/freedom-world",
    note="Edition N covers the year N - 1. Territories are rated apart from the states that govern them.",
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


def _score(code: str, name: str, wording: str, maximum: float, minimum: float = 0) -> IndicatorSpec:
    return IndicatorSpec(f"fh.{code}", name, "points", wording, Direction.HIGHER, minimum, maximum)


def _rating(code: str, name: str, wording: str) -> IndicatorSpec:
    return IndicatorSpec(f"fh.{code}", name, "rating", wording, Direction.LOWER, 1, 7)


PR_RATING = _rating("pr_rating", "Political rights rating", "Political rights, from 1 (most free) to 7.")
CL_RATING = _rating("cl_rating", "Civil liberties rating", "Civil liberties, from 1 (most free) to 7.")
TOTAL = _score("total", "Total score", "Political rights and civil liberties together.", 100, -4)
POLITICAL_RIGHTS = _score("political_rights", "Political rights", "Categories A to C, less the deduction.", 40, -4)
CIVIL_LIBERTIES = _score("civil_liberties", "Civil liberties", "Categories D to G.", 60)

_CATEGORIES: Final = (
    ("a", "Electoral process", "How freely and fairly the executive and the legislature are elected.", 12),
    ("b", "Political pluralism and participation", "Freedom to organise, oppose, choose and take part.", 16),
    ("c", "Functioning of government", "Whether the elected govern, openly and without corruption.", 12),
    ("d", "Freedom of expression and belief", "Free media, religion, teaching and private speech.", 16),
    ("e", "Associational and organisational rights", "Freedom to assemble, and of associations and unions.", 12),
    ("f", "Rule of law", "Independent courts, due process, safety from force, equal treatment.", 16),
    ("g", "Personal autonomy and individual rights", "Freedom to move, own, decide, and from exploitation.", 16),
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
"""What is read, by the folded heading of its column."""

NAME, KIND, EDITION = "country/territory", "c/t", "edition"
_REQUIRED: Final = {NAME, KIND, EDITION, "status", "pr rating", "cl rating", "pr", "cl", "total"}
_PASSED_OVER: Final = re.compile(r"[a-g][1-4]|add [abq]|region")
JUMP: Final = 6
"""A total that moves by so many points in one year is shown to the reviewer."""


def edition_rank(edition: int) -> int:
    """Order of an edition among the editions: 2025 is 20250000."""
    return edition * 10_000


class FreedomHouseScores:
    """Reads the workbook of all scores, whichever editions it holds."""

    key = "freedom_house_scores"
    source = SOURCE
    indicators: Sequence[IndicatorSpec] = tuple(INDICATORS.values())

    def recognise(self, document: Document) -> Recognition | None:
        """Claim a workbook with a sheet of C/T, Edition, Status, PR, CL and Total."""
        table = self._table(document)
        if table is None:
            return None
        editions = [found for _, row in table.data() if (found := year(row[table.columns[EDITION]])) is not None]
        return Recognition(
            edition=str(max(editions, default="")),
            because=f"sheet {table.sheet}, header in row {table.header + 1}",
        )

    def read(self, document: Document, edition: str = "") -> ReadResult:
        """Read every row. Each row states its own edition; `edition` only labels the file as a whole."""
        table = self._table(document)
        if table is None:
            raise UnreadableFile(
                FileFault.UNKNOWN_LAYOUT,
                f"{document.name} has no sheet with the columns of Freedom in the World's scores.",
                "Upload the workbook of all data as Freedom House released it.",
            )
        reader = _Reader(table)
        for index, row in table.data():
            reader.row(index, row)
        reader.jumps()
        latest = max((reading.edition_rank for reading in reader.readings), default=0)
        return ReadResult(
            edition=edition or (str(latest // 10_000) if latest else ""),
            edition_rank=latest,
            rows_read=reader.count,
            readings=reader.readings,
            problems=reader.problems,
            layout=f"Freedom in the World, all data: sheet {table.sheet}",
        )

    def _table(self, document: Document) -> Table | None:
        return next(tables(document, _REQUIRED.issubset), None)


class _Reader:
    """One pass over the rows. Addresses and bounds are worked out once, as a file holds tens of thousands of cells."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.readings: list[Reading] = []
        self.problems = table.unknown_columns(self._known)
        self.count = 0
        self._seen: dict[tuple[str, str, int], int] = {}
        self._totals: dict[tuple[str, str, int], tuple[float, int]] = {}
        columns = table.columns
        self._name, self._kind, self._edition = columns[NAME], columns[KIND], columns[EDITION]
        self._numbers = [
            (
                spec.code,
                spec.minimum,
                spec.maximum,
                columns[heading],
                f"{table.sheet}!{column_letters(columns[heading])}",
            )
            for heading, spec in INDICATORS.items()
            if heading in columns and not spec.labels
        ]

    @staticmethod
    def _known(heading: str) -> bool:
        return heading in INDICATORS or heading in _REQUIRED or _PASSED_OVER.fullmatch(heading) is not None

    def row(self, index: int, row: Row) -> None:
        """One row of the sheet: a line of notes, a row that stays out, or the readings of a country."""
        name = row[self._name]
        if not isinstance(name, str) or not name.strip() or sum(cell != "" for cell in row) == 1:
            self._note(index, name)
            return
        self.count += 1
        edition = year(row[self._edition])
        if edition is None:
            message = f"{cell_text(row[self._edition])!r} is no edition of Freedom in the World."
            self._reject(Reason.UNREADABLE_YEAR, message, index, self._edition, name)
            return
        kind = fold(row[self._kind])
        if kind not in ("c", "t"):
            message = f"{cell_text(row[self._kind])!r} says neither country (c) nor territory (t)."
            self._reject(Reason.UNKNOWN_LABEL, message, index, self._kind, name)
            return
        key = (name, kind, edition)
        if key in self._seen:
            message = f"{name} already has a row for edition {edition}: row {self._seen[key] + 1}."
            self._reject(Reason.DUPLICATE_KEY, message, index, self._name, name)
            return
        self._seen[key] = index
        self._values(index, row, key)

    def _values(self, index: int, row: Row, key: tuple[str, str, int]) -> None:
        name, kind, edition = key
        code = TERRITORY if kind == "t" else ""
        period, label, rank, place = str(edition - 1), str(edition), edition_rank(edition), str(index + 1)
        self._status(index, row, Reading("", name, period, "", code=code, edition=label, edition_rank=rank))
        found: dict[str, float] = {}
        for indicator, minimum, maximum, column, letters in self._numbers:
            cell = row[column]
            value: float | None = cell if type(cell) is int else number(cell)
            missing: Missing | None = None
            if value is None:
                if not is_blank(cell):
                    message = f"{cell_text(cell)!r} is no number."
                    self._reject(Reason.UNREADABLE_NUMBER, message, index, column, name)
                    continue
                missing = Missing.NOT_COLLECTED
            elif not minimum <= value <= maximum:  # type: ignore[operator]
                message = f"{shown(value)} is outside {shown(minimum or 0)} to {shown(maximum or 0)}."
                self._reject(Reason.OUT_OF_RANGE, message, index, column, name)
                continue
            else:
                found[indicator] = value
            self.readings.append(
                Reading(
                    indicator,
                    name,
                    period,
                    letters + place,
                    value if value is None else float(value),
                    "",
                    missing,
                    str(cell),
                    code,
                    edition=label,
                    edition_rank=rank,
                )
            )
        self._check(index, key, found)

    def _status(self, index: int, row: Row, reading: Reading) -> None:
        column = self.table.columns["status"]
        text = cell_text(row[column])
        reading.indicator, reading.locator, reading.raw = STATUS.code, self.table.locator(index, column), text
        label = text.strip().upper()
        if label in STATUSES:
            reading.label = label
        elif is_blank(text):
            reading.missing = Missing.NOT_COLLECTED
        else:
            message = f"{text!r} is no status; there are {', '.join(STATUSES)}."
            self._reject(Reason.UNKNOWN_LABEL, message, index, column, reading.country)
            return
        self.readings.append(reading)

    def _check(self, index: int, key: tuple[str, str, int], found: Mapping[str, float]) -> None:
        rights, liberties = found.get(POLITICAL_RIGHTS.code), found.get(CIVIL_LIBERTIES.code)
        total = found.get(TOTAL.code)
        if rights is not None and rights < 0:
            message = f"Political rights are {shown(rights)}: below zero, as the deduction exceeds the points won."
            self._warn(Reason.OUT_OF_RANGE, message, index, "pr", key[0])
        if total is None:
            return
        self._totals[key] = (total, index)
        if rights is not None and liberties is not None and rights + liberties != total:
            message = f"PR {shown(rights)} and CL {shown(liberties)} do not add up to the total of {shown(total)}."
            self._warn(Reason.INCONSISTENT, message, index, "total", key[0])

    def jumps(self) -> None:
        """A warning for each total that differs from the edition before by `JUMP` points or more."""
        for (name, kind, edition), (total, index) in self._totals.items():
            before = self._totals.get((name, kind, edition - 1))
            if before is not None and abs(total - before[0]) >= JUMP:
                message = (
                    f"The total moved from {shown(before[0])} in edition {edition - 1} (row {before[1] + 1}) "
                    f"to {shown(total)} in edition {edition}."
                )
                self._warn(Reason.LARGE_CHANGE, message, index, "total", name)

    def _note(self, index: int, text: object) -> None:
        message = "A line without a country: left out."
        self.problems.append(
            self.table.problem(Severity.NOTE, Reason.NOT_A_COUNTRY, message, index, self._name, cell_text(text))
        )

    def _warn(self, reason: Reason, message: str, index: int, heading: str, country: str) -> None:
        column = self.table.columns[heading]
        self.problems.append(self.table.problem(Severity.WARNING, reason, message, index, column, country))

    def _reject(self, reason: Reason, message: str, index: int, column: int, country: str) -> None:
        problem: Problem = self.table.problem(Severity.REJECTED, reason, message, index, column, country)
        self.problems.append(problem)


FREEDOM_HOUSE_SCORES = FreedomHouseScores()
