"""Presentation of the workbench: the list of candidates, lines of evidence with their trend, and what changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cpc.web.badges import Badge
from cpc.web.charts.svg import Svg, circle, path, tag
from selection.consultation import presenters as consultation_presenters
from selection.consultation.position_status import PositionStatus
from selection.consultation.queries import PositionCell
from selection.countries.published import value as published_value
from selection.evidence.queries import EvidenceLine, text_of
from selection.evidence.trends import EvidenceTrend
from selection.models import EvidenceVersion
from selection.notes.presenters import notes as notes_presenters
from selection.notes.queries import Thread
from selection.review.queries import NoteRow, ReadNarrative, Workbench, criterion_row

FEW = 8
"""Most lines of evidence that are all shown at once."""


# ---- the list --------------------------------------------------------------------------------------------------------


def status_of(cell: PositionCell) -> Badge:
    """Return the badge of a candidate in the list: the position, and what is still to do."""
    if cell.is_stale:
        return Badge("warn", f"{consultation_presenters.mark(cell).text}; changed", "warning")
    if cell.status in (PositionStatus.WAITING, PositionStatus.NO_RESPONSE) and cell.drafts:
        return Badge("info", "Draft", "edit")
    if cell.status is PositionStatus.WAITING:
        return Badge("info", "Withdrawn; to do" if cell.withdrawn else "To do", "schedule")
    if cell.status is PositionStatus.NO_RESPONSE:
        return Badge("bad", "Withdrawn; late" if cell.withdrawn else "Late", "alarm")
    return consultation_presenters.mark(cell)


def listed(bench: Workbench) -> list[tuple[PositionCell, Badge]]:
    return [(cell, status_of(cell)) for cell in bench.cells]


# ---- evidence --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ShownTrend:
    """Picture of a trend with its first value, or the reason why there is none."""

    picture: Svg | None
    first: str
    first_year: int | None
    why: str
    others: tuple[tuple[str, int, str], ...] = ()


def shown_trend(trend: EvidenceTrend) -> ShownTrend:
    others = tuple((published_value(row), row.year, row.series or row.edition) for row in trend.others)
    if trend.first is None:
        return ShownTrend(None, "", None, str(trend.why or ""), others)
    return ShownTrend(spark(trend.points), published_value(trend.first), trend.first.year, "")


def spark(points: Sequence[tuple[int, float]]) -> Svg:
    """Draw values by year as a line without axes, the newest value as a dot."""
    years, values = [year for year, _ in points], [value for _, value in points]
    span, low, rise = max(years[-1] - years[0], 1), min(values), (max(values) - min(values)) or 1
    flat = max(values) == min(values)
    drawn = [
        (4 + 67 * (year - years[0]) / span, 12.0 if flat else 19 - 14 * (value - low) / rise) for year, value in points
    ]
    line, dot = path([drawn], "k-line"), circle(*drawn[-1], 3, "k-dot")
    return tag("svg", line, dot, class_="k", viewBox="0 0 76 24", width=76, height=24, aria_hidden="true",
               focusable="false")  # fmt: skip


@dataclass(frozen=True, slots=True)
class ShownLine:
    """Line of evidence with its trend, the notes on it, and what a note on it is about."""

    line: Mapping[str, Any]
    row: NoteRow
    trend: ShownTrend | None
    moved: bool
    rated: str = ""
    notes: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class ShownEvidence:
    """Lines of evidence: first those that moved, have a note, or weigh most; the others; those beside the score."""

    first: tuple[ShownLine, ...]
    rest: tuple[ShownLine, ...]
    beside: tuple[ShownLine, ...]

    @property
    def count(self) -> int:
        return len(self.first) + len(self.rest)

    @property
    def lines(self) -> tuple[ShownLine, ...]:
        return (*self.first, *self.rest, *self.beside)


def shown_evidence(
    version: EvidenceVersion,
    evidence: Iterable[EvidenceLine],
    trends: Mapping[str, EvidenceTrend],
    notes: NotesByRow,
    opened: str,
) -> ShownEvidence:
    """Return the evidence as the workbench shows it; `opened` is the key of the row with an open note form."""
    lines = [_line(version, found, trends.get(found.row.key), notes) for found in evidence]
    counted = [line for line in lines if line.rated or line.line["row"].weight > 0]
    beside = tuple(line for line in lines if line not in counted)
    if len(counted) <= FEW:
        return ShownEvidence(tuple(counted), (), beside)
    first = [line for line in counted if line.moved or line.notes or line.row.key == opened]
    heaviest = sorted(counted, key=lambda line: line.line["row"].weight, reverse=True)
    first += [line for line in heaviest if line not in first][: max(FEW - len(first), 0)]
    keys = {line.row.key for line in first}
    shown, rest = ([line for line in counted if (line.row.key in keys) is wanted] for wanted in (True, False))
    return ShownEvidence(tuple(shown), tuple(rest), beside)


def _line(version: EvidenceVersion, found: EvidenceLine, trend: EvidenceTrend | None, notes: NotesByRow) -> ShownLine:
    row = criterion_row(found.row.key, found.row.label)
    rated = text_of(version.cells[found.row.key]) if found.is_rated else ""
    threads = [*notes.of(row.key)]
    if found.observation is not None:
        threads += notes.on_observation(found.observation.pk)
    return ShownLine(
        consultation_presenters.line(found),
        row,
        shown_trend(trend) if trend else None,
        trend is not None and trend.moved,
        rated[:1].upper() + rated[1:],
        tuple(threads),
    )


# ---- notes -----------------------------------------------------------------------------------------------------------


@dataclass
class NotesByRow:
    """Notes that the reader sees, by the row that they are about; `rest` has those without a row on this page."""

    lines: list[dict[str, Any]]
    placed: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    seen: set[int] = field(default_factory=set)

    def of(self, key: str) -> list[dict[str, Any]]:
        """Return the notes on a criterion."""
        criterion = key.removeprefix("e-")
        return self._take([line for line in self.lines if line["note"].criterion == criterion], key)

    def on_observation(self, pk: int) -> list[dict[str, Any]]:
        return self._take([line for line in self.lines if line["note"].observation_id == pk], f"o-{pk}")

    def on_sentence(self, row: NoteRow) -> list[dict[str, Any]]:
        narrative = row.anchor.narrative
        pk = narrative.pk if narrative is not None else None
        own = [
            line
            for line in self.lines
            if pk is not None and line["note"].narrative_id == pk and line["note"].sentence == row.anchor.sentence
        ]
        return self._take(own, row.key)

    def _take(self, own: list[dict[str, Any]], key: str) -> list[dict[str, Any]]:
        for line in own:
            self.seen.add(line["note"].pk)
            line["row"] = key
        return own

    @property
    def rest(self) -> list[dict[str, Any]]:
        return [line for line in self.lines if line["note"].pk not in self.seen]


def notes_by_row(threads: Iterable[Thread]) -> NotesByRow:
    return NotesByRow([notes_presenters.line(thread) | {"row": ""} for thread in threads])


def shown_narrative(read: ReadNarrative | None, notes: NotesByRow, opened: str) -> dict[str, Any] | None:
    """Return sections and recommendations with the notes on each sentence.

    A section is open if it is the first, or if it has a note or the open form.
    """
    if read is None:
        return None
    sections = []
    for number, section in enumerate(read.sections):
        rows = [(row, notes.on_sentence(row)) for row in section.rows]
        is_open = not number or any(found or row.key == opened for row, found in rows)
        sections.append({"section": section, "rows": rows, "is_open": is_open})
    recommendations = [(one, notes.on_sentence(one.row) if one.row else []) for one in read.recommendations]
    return {
        "narrative": read.narrative,
        "older_year": read.older_year,
        "sections": [section for section in sections if section["rows"]],
        "recommendations": recommendations,
    }
