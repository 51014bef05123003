"""Presentation of the page “Consultation and decision”: candidates by agencies, the question, and proposals."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from cpc.accounts.models import Agency, User
from cpc.accounts.permissions import Permission
from cpc.audit.authors import why_not_decide
from cpc.web import formats
from cpc.web.badges import Badge
from selection.candidates.queries import round_page
from selection.consultation import consent_queries, presenters
from selection.consultation.edits import edits_of, rejected
from selection.consultation.position_status import PositionStatus
from selection.consultation.queries import PositionCell, RequestSummary, consultation_of
from selection.decisions.obstacles import Weight, obstacles_of, readable_by
from selection.decisions.queries import recommendations
from selection.models import (
    ANSWERING,
    ConsultationRequest,
    CutShort,
    CutShortKind,
    CutShortLine,
    RoundState,
    SelectionRound,
)

WORDS: Mapping[PositionStatus, str] = {
    PositionStatus.CLEAR: "Clear",
    PositionStatus.CLEAR_WITH_EDITS: "With edits",
    PositionStatus.CLEAR_WITH_COMMENTS: "With comments",
    PositionStatus.DOES_NOT_CLEAR: "Does not clear",
    PositionStatus.NO_EQUITIES: "No equities",
    PositionStatus.EXTENSION: "More time",
}
"""Words of the positions, short enough for a column; every other status is a dash."""
REASON_WORDS = 4
"""Words of a reason in a column."""
Missing = Sequence[tuple[ConsultationRequest, Sequence[PositionCell]]]


@dataclass(frozen=True, slots=True)
class ShownAnswer:
    """Cell of an agency on a candidate; `mark` is None where nothing came."""

    mark: Badge | None
    note: str = ""
    is_stale: bool = False
    stops: bool = False
    url: str = ""


def shown_answer(cell: PositionCell) -> ShownAnswer:
    """Return the answer of an agency on a candidate, with the beginning of its reason."""
    word = WORDS.get(cell.status)
    if word is None:
        return ShownAnswer(None, "consent to go on" if cell.status is PositionStatus.PROCEEDED else "")
    mark = presenters.MARKS[cell.status]
    return ShownAnswer(
        Badge(mark.kind, word, mark.icon),
        _note(cell),
        cell.is_stale,
        cell.status is PositionStatus.DOES_NOT_CLEAR,
        f"{reverse('round-request', args=[cell.request.round_id, cell.request.pk])}#c-{cell.candidate.country.code}",
    )


def _note(cell: PositionCell) -> str:
    position = cell.position
    assert position is not None
    if cell.status is PositionStatus.EXTENSION:
        return f"until {formats.day(position.proposed_due_on)}"
    if cell.status is PositionStatus.CLEAR_WITH_EDITS:
        edits = formats.count_of(len(edits_of(position)), "edit")
        if cell.disposition is None:
            return f"{edits}, open"
        refused = len(rejected(cell.disposition.outcomes))
        return f"{edits}, {refused} rejected" if refused else f"{edits}, accepted"
    reason = position.text.split()
    return " ".join(reason[:REASON_WORDS]) + ("…" if len(reason) > REASON_WORDS else "")


def named_for(agency: Agency, statutory: frozenset[int]) -> str:
    """Return why an agency is asked: the statute names it or its predecessor, or it was invited."""
    if agency.pk not in statutory:
        return "invited"
    before = (
        ""
        if agency.statutory
        else formats.listing([former.short for former in agency.predecessors.all() if former.statutory])
    )
    return f"for {before}, statutory" if before else "statutory"


def page(selection_round: SelectionRound, missing: Missing, user: User, today: dt.date) -> dict[str, Any]:
    """Return all that the page shows."""
    found = consultation_of(selection_round, today)
    columns = sorted(
        (asked for asked in found.sent if asked.request.owes),
        key=lambda asked: (asked.request.agency_id not in found.statutory, asked.request.agency.name),
    )
    may_run = user.allows(Permission.RUN_ROUNDS)
    waiting = list(consent_queries.open_proposals(selection_round))
    going_on = consent_queries.newest_going_on(selection_round)
    obstacles = readable_by(user, obstacles_of(selection_round, today))
    return {
        "round": selection_round,
        "tab": "round-consultation",
        "kicker": _kicker(selection_round, columns, today),
        "columns": [(asked, named_for(asked.request.agency, found.statutory)) for asked in columns],
        "rows": _rows(selection_round, columns),
        "obstacles": obstacles,
        "stopping": sum(row.weight is Weight.STOPS for row in obstacles),
        "totals": totals([cell for asked in columns for cell in asked.cells.values()]),
        "missing": sum(len(cells) for _, cells in missing),
        "due": due(missing, today),
        "complete": _complete(selection_round, missing),
        "may_ask": may_run and selection_round.state in ANSWERING and not waiting_to_go_on(waiting),
        "may_complete": selection_round.state == RoundState.CONSULTATION,
        "may_deliberate": may_run and selection_round.state == RoundState.CONSULTATION and not missing and columns,
        "proposals": [
            {
                "row": row,
                "question": question(row),
                "may_decide": user.allows(Permission.APPROVE_SELECTION) and not why_not_decide(row, user),
                "may_withdraw": may_run,
            }
            for row in waiting
        ],
        "refused": going_on if going_on and going_on.decision == "refused" and missing else None,
    }


def waiting_to_go_on(proposals: Sequence[CutShort]) -> bool:
    return any(row.kind == CutShortKind.GO_ON for row in proposals)


def _kicker(selection_round: SelectionRound, columns: Sequence[RequestSummary], today: dt.date) -> str:
    state = selection_round.get_state_display().lower()
    days = consent_queries.day_of([asked.request for asked in columns], today)
    counted = f", day {days[0]} of {days[1]}" if days and selection_round.state == RoundState.CONSULTATION else ""
    return f"{selection_round} · {state}{counted}"


def _rows(selection_round: SelectionRound, columns: Sequence[RequestSummary]) -> list[dict[str, Any]]:
    recommended = {row.candidate_id: row for row in recommendations(selection_round)}
    return [
        {
            "candidate": scored.candidate,
            "recommended": recommended.get(scored.candidate.pk),
            "score": scored.row.score if scored.row else None,
            "cells": [
                (asked, shown_answer(cell) if (cell := asked.cells.get(scored.candidate.pk)) else None)
                for asked in columns
            ],
        }
        for scored in round_page(selection_round).candidates
    ]


def totals(cells: Sequence[PositionCell]) -> dict[str, Any]:
    """Return the counts of the sentence under the table."""
    counts = Counter(cell.status for cell in cells)
    answered = [(WORDS[status], counts[status]) for status in WORDS if status.is_answer and counts[status]]
    parts = [f"{word if number == 0 else word.lower()} {count}" for number, (word, count) in enumerate(answered)]
    return {
        "owed": len(cells),
        "answered": sum(count for _, count in answered),
        "sentence": " · ".join(parts),
        "more_time": counts[PositionStatus.EXTENSION],
        "gone_on": counts[PositionStatus.PROCEEDED],
    }


def due(missing: Missing, today: dt.date) -> str:
    """Return when the missing answers are due, for the head of the question."""
    days = sorted({request.due_on for request, _ in missing if request.due_on is not None})
    if not days:
        return ""
    if len(days) == 1:
        return f"Due {formats.deadline(days[0])}, {formats.relative_day(days[0], today)}"
    return f"Due {formats.deadline(days[0])} to {formats.deadline(days[-1])}"


def _complete(selection_round: SelectionRound, missing: Missing) -> list[str]:
    waited_for = {cell.candidate.pk for _, cells in missing for cell in cells}
    pool = selection_round.candidates.in_pool().exclude(pk__in=waited_for).select_related("country")
    return [candidate.country.name for candidate in pool.order_by("country__name")]


# ---- proposals -------------------------------------------------------------------------------------------------------


def question(row: CutShort) -> str:
    """Return the question that a proposal asks an approver."""
    if row.kind == CutShortKind.GO_ON:
        return "Go on without the answers that are missing?"
    line = consent_queries.lines_of(row)[0]
    return (
        f"Give {line.request.agency.short} until {formats.day(line.due_on)} instead of {formats.day(line.was_due_on)}?"
    )


def question_to_agency(line: CutShortLine) -> str:
    if line.due_on is None:
        return "Can the round go on without your agency's position?"
    return f"Can your agency answer by {formats.day(line.due_on)} instead of {formats.day(line.was_due_on)}?"


def outcome(row: CutShort) -> str:
    """Return what became of a proposal, as a sentence."""
    by = f" by {row.decided_by}" if row.decided_by else ""
    note = f" {row.note}" if row.note else ""
    return f"{row.get_decision_display()}{by}.{note}"


def proposal(row: CutShort, today: dt.date) -> dict[str, Any]:
    """Return a proposal with its lines, for the page of the approver."""
    lines = []
    for line in consent_queries.lines_of(row):
        cells = consent_queries.covered_by(line, today)
        lines.append(
            {
                "line": line,
                "left": [cell.candidate.country.name for cell in cells],
                "due": formats.deadline(line.request.due_on),
                "days": formats.relative_day(line.request.due_on, today) if line.request.due_on else "",
            }
        )
    return {"proposal": row, "lines": lines}


def facts_of_line(line: CutShortLine, today: dt.date) -> list[tuple[str, str]]:
    """Return what an agency is asked to agree to."""
    cells = consent_queries.covered_by(line, today)
    assert line.request.due_on is not None
    facts = [
        ("Candidates", formats.listing([cell.candidate.country.name for cell in cells]) or formats.DASH),
        ("Due", f"{formats.day(line.request.due_on)}, {formats.relative_day(line.request.due_on, today)}"),
    ]
    if line.due_on is not None:
        facts.append(("Proposed", formats.day(line.due_on)))
    return [*facts, ("Why", line.reason), ("Asked by", f"{line.proposal.asked_by}, {formats.day(line.at)}")]
