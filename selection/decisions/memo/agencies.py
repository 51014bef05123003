"""Answers of the agencies in a memo: by candidate in sentences, as a matrix, in their own text, and as clearances."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from cpc.accounts.models import Agency
from cpc.grouping import grouped
from cpc.web import formats
from selection.consultation.position_status import PositionStatus
from selection.consultation.queries import PositionCell, RequestSummary, RoundConsultation
from selection.decisions.memo.wording import (
    CODES,
    NONE,
    SILENT,
    agency_in_text,
    country_in_text,
    joined,
    line,
    quoted,
    sentence,
)
from selection.models import Disposition, ProceedWithout

CLEARANCES = {
    PositionStatus.CLEAR: "ok",
    PositionStatus.CLEAR_WITH_EDITS: "ok, with edits",
    PositionStatus.CLEAR_WITH_COMMENTS: "ok, with comments",
    PositionStatus.NO_EQUITIES: "no equities",
    PositionStatus.DOES_NOT_CLEAR: "does not clear",
    PositionStatus.INFORMED: "info",
}
"""Words of the cleared list; any other status is no response."""


def name_of(agency: Agency) -> str:
    return agency_in_text(agency.name, agency.short)


def _verb(status: PositionStatus, count: int) -> str:
    return {
        PositionStatus.CLEAR: formats.agree(count, "clears", "clear"),
        PositionStatus.NO_EQUITIES: f"{formats.agree(count, 'has', 'have')} no equities",
        PositionStatus.CLEAR_WITH_COMMENTS: "clears with comments",
        PositionStatus.CLEAR_WITH_EDITS: "clears with edits",
        PositionStatus.DOES_NOT_CLEAR: "does not clear",
        PositionStatus.EXTENSION: "asked for more time and gave no response",
        PositionStatus.INFORMED: formats.agree(count, "is informed", "are informed"),
    }.get(status, "gave no response")


def did(disposition: Disposition | None) -> str:
    """Return what the office did about a position; its text has the outcome of each edit that the agency asked for."""
    return joined(map(sentence, disposition.text.splitlines())) if disposition is not None else ""


def went_on(proceeded: ProceedWithout) -> str:
    """Return who agreed to go on without an answer, when, and why."""
    day = formats.day(proceeded.at.date())
    early = ", before the due date," if proceeded.before_due else ""
    return f"{proceeded.approved_by} agreed on {day}{early} to go on without it: {sentence(proceeded.reason)}"


def doubts_of(cell: PositionCell) -> list[str]:
    """Return what weakens a position: older evidence, or evidence that no one of the agency opened."""
    doubts = ["given on older evidence"] if cell.is_stale else []
    if cell.position is not None and cell.status.is_answer and cell.position.is_unopened:
        doubts.append("given without opening the evidence")
    return doubts


def answers_on(cells: Sequence[PositionCell]) -> str:
    """Return the positions on one candidate by name; those without a text of their own share a sentence.

    The first page tells who agreed to go on without an answer, once for all candidates.
    """
    if not cells:
        return NONE
    plain, stated = [], []
    for cell in cells:
        own_text = cell.position.text if cell.position else ""
        if own_text or cell.disposition or doubts_of(cell):
            stated.append(_stated(cell))
        else:
            plain.append(cell)
    shared = [
        f"{formats.listing([name_of(cell.request.agency) for cell in own])} {_verb(own[0].status, len(own))}."
        for own in grouped(plain, lambda cell: _verb(cell.status, 1)).values()
    ]
    return joined([*shared, *stated])


def _stated(cell: PositionCell) -> str:
    doubts = "".join(f" ({doubt})" for doubt in doubts_of(cell))
    text = f": {quoted(cell.position.text)}" if cell.position and cell.position.text else ""
    first = f"{name_of(cell.request.agency)} {_verb(cell.status, 1)}{doubts}{text}"
    return joined([sentence(first), did(cell.disposition)])


def answers_in_brief(cells: Sequence[PositionCell]) -> dict[str, Any]:
    """Return the positions for a cell of a table: objections by name, then the others by name and word."""
    against = [cell for cell in cells if cell.status is PositionStatus.DOES_NOT_CLEAR]
    lead = joined(f"{name_of(cell.request.agency)} does not clear." for cell in against)
    others = grouped((cell for cell in cells if cell not in against), lambda cell: CODES[cell.status][1])
    parts = [
        f"{formats.listing([name_of(cell.request.agency) for cell in own])}: {word}" for word, own in others.items()
    ]
    return line(lead, "; ".join(parts) if cells else NONE)


def dissent(cells: Iterable[PositionCell]) -> list[str]:
    """Return each objection by name: "Labor does not clear Nepal: “…” What the office did." """
    return [
        joined(
            [
                f"{name_of(cell.request.agency)} does not clear {country_in_text(cell.candidate.country.name)}: "
                f"{quoted(cell.position.text) if cell.position else ''}",
                did(cell.disposition),
            ]
        )
        for cell in cells
        if cell.status is PositionStatus.DOES_NOT_CLEAR
    ]


def answered(consultation: RoundConsultation) -> tuple[int, int]:
    """Return how many answers are in, and how many were asked for."""
    owed = [cell for cell in consultation.cells if cell.status is not PositionStatus.INFORMED]
    return sum(cell.status.is_answer for cell in owed), len(owed)


def silence(consultation: RoundConsultation) -> list[str]:
    """Return each agency that left candidates without an answer, and who agreed to go on."""
    return [_silent(asked, left) for asked in consultation.sent if (left := _left(asked))]


def _left(asked: RequestSummary) -> list[PositionCell]:
    return [cell for cell in asked.cells.values() if cell.status in SILENT]


def _silent(asked: RequestSummary, left: Sequence[PositionCell]) -> str:
    agency = asked.request.agency
    whole = len(left) == len(asked.cells)
    gave = f"none of its {len(left)} answers" if whole and len(left) > 1 else _no_answer(left)
    before = formats.listing([row.short for row in agency.predecessors.all()])
    asked_for = f", asked instead of {before}," if before else ""
    agreed = list(dict.fromkeys(went_on(cell.proceeded) for cell in left if cell.proceeded))
    sent, due = asked.request.sent_at, asked.request.due_on
    when = f" by {formats.day(due)}, asked on {formats.day(sent.date())}" if sent and due else ""
    return joined([f"{name_of(agency)}{asked_for} gave {gave}{f' (due{when})' if when else ''}.", *agreed])


def _no_answer(left: Sequence[PositionCell]) -> str:
    return f"no answer on {formats.listing([country_in_text(cell.candidate.country.name) for cell in left])}"


# ---- Tab 2 ---------------------------------------------------------------------------------------------------------


def matrix_of(consultation: RoundConsultation, order: Sequence[int]) -> dict[str, Any]:
    """Return the marks of all positions, candidates in the given order by agencies, with the key of the marks."""
    used: dict[str, str] = {}
    rows = []
    names = {candidate.pk: candidate.country.name for candidate in consultation.candidates}
    for key in [*(key for key in order if key in names), *(key for key in names if key not in order)]:
        marks = []
        for asked in consultation.sent:
            cell = asked.cells.get(key)
            mark, meaning = CODES[cell.status] if cell else ("", "")
            if mark:
                used[mark] = meaning
            marks.append(mark or "not asked")
        rows.append({"country": names[key], "marks": marks})
    agencies = [
        {"name": asked.request.agency.name, "short": name_of(asked.request.agency)} for asked in consultation.sent
    ]
    meanings = {mark: used[mark] for mark, _ in CODES.values() if mark in used}
    legend = ", ".join(f"{mark} {meaning}" for mark, meaning in meanings.items())
    return {"agencies": agencies, "rows": rows, "key": legend}


def statements_of(consultation: RoundConsultation) -> list[dict[str, Any]]:
    """Return every position with a text, a doubt, or a disposition, objections first, equal ones in one row."""
    rows: dict[str, tuple[dict[str, Any], list[str]]] = {}
    stated = [
        cell
        for cell in consultation.cells
        if (cell.position and cell.position.text) or cell.disposition or cell.proceeded or doubts_of(cell)
    ]
    for cell in sorted(stated, key=lambda cell: cell.status is not PositionStatus.DOES_NOT_CLEAR):
        given = f"{cell.position.given_by}, {formats.day(cell.position.at.date())}" if cell.position else ""
        row = {
            "agency": name_of(cell.request.agency),
            "position": CODES[cell.status][1],
            "answer": quoted(cell.position.text) if cell.position and cell.position.text else "",
            "by": "; ".join([given, *doubts_of(cell)]).strip("; "),
            "did": joined([did(cell.disposition), went_on(cell.proceeded) if cell.proceeded else ""]),
        }
        rows.setdefault(repr(row), (row, []))[1].append(country_in_text(cell.candidate.country.name))
    return [
        {**row, "lead": f"{row['agency']}, {formats.listing(countries)}: {row['position']}"}
        for row, countries in rows.values()
    ]


def clearances_of(consultation: RoundConsultation) -> list[dict[str, str]]:
    """Return "Office: ok | info | no response" for each agency asked, by candidate where answers differ."""
    lines = []
    for asked in consultation.sent:
        by_answer = grouped(asked.cells.values(), lambda cell: CLEARANCES.get(cell.status, "no response"))
        if len(by_answer) < 2:
            answer = next(iter(by_answer), "info")
        else:
            answer = "; ".join(_cleared(word, own) for word, own in by_answer.items())
        lines.append({"office": asked.request.agency.name, "answer": answer})
    lines += [
        {"office": row.agency.name, "answer": f"not asked: {sentence(row.reason)}"} for row in consultation.not_asked
    ]
    return lines


def _cleared(word: str, cells: Sequence[PositionCell]) -> str:
    """Return "ok on 3" or "does not clear Nepal"."""
    objects = cells[0].status is PositionStatus.DOES_NOT_CLEAR
    return f"{word}{'' if objects else ' on'} {_named_or_counted(cells)}"


def _named_or_counted(cells: Sequence[PositionCell]) -> str:
    names = [country_in_text(cell.candidate.country.name) for cell in cells]
    weighty = cells[0].status in (*SILENT, PositionStatus.DOES_NOT_CLEAR)
    return formats.listing(names) if weighty or len(names) < 3 else str(len(names))
