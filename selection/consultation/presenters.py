"""Presentation of the consultation: badges, sentences, figures, and export columns."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterable
from typing import Any

from cpc.web import formats
from cpc.web.badges import Badge
from cpc.web.tables import Column
from selection.consultation.position_status import AnswerChange, PositionStatus
from selection.consultation.queries import PositionCell, RoundConsultation
from selection.countries.presenters import country as country_presenters
from selection.countries.published import published
from selection.evidence.queries import EvidenceLine
from selection.models import ConsultationRequest
from selection.runs import labels

SOON = 2
"""Days before the due date from which a task shows as urgent."""


MARKS = {
    PositionStatus.CLEAR: Badge("good", "Clear", "check_circle"),
    PositionStatus.CLEAR_WITH_EDITS: Badge("info", "Clear with edits", "edit"),
    PositionStatus.CLEAR_WITH_COMMENTS: Badge("info", "Clear with comments", "comment"),
    PositionStatus.DOES_NOT_CLEAR: Badge("bad", "Does not clear", "highlight_off"),
    PositionStatus.NO_EQUITIES: Badge("none", "No equities", "remove"),
    PositionStatus.EXTENSION: Badge("warn", "Extension requested", "alarm"),
    PositionStatus.WAITING: Badge("none", "Waiting", "schedule"),
    PositionStatus.NO_RESPONSE: Badge("bad", "Late, no response", "alarm"),
    PositionStatus.PROCEEDED: Badge("warn", "No response, proceeded without", "arrow_forward"),
    PositionStatus.INFORMED: Badge("none", "For information", "info_outline"),
}


def mark(cell: PositionCell) -> Badge:
    return MARKS[cell.status]


def change_texts(changes: Iterable[AnswerChange], hidden: Collection[str]) -> list[str]:
    """Describe changes of the evidence for the office, without ratings of the criteria that the reader rates first."""
    return [
        change.description if change.key in hidden else f"{change.label} changed from {change.before} to {change.after}"
        for change in changes
    ]


def due_mark(request: ConsultationRequest, today: dt.date) -> Badge | None:
    """Return a badge for a due date that is near or past, or None."""
    if request.due_on is None or not request.owes:
        return None
    days = (request.due_on - today).days
    if days < 0:
        return Badge("bad", formats.deadline(request.due_on), "alarm")
    return Badge("warn", formats.deadline(request.due_on), "alarm") if days <= SOON else None


def questions(request: ConsultationRequest) -> list[str]:
    return [line.strip() for line in request.questions.splitlines() if line.strip()]


def facts(page: RoundConsultation) -> dict[str, int]:
    cells = [cell for cell in page.cells if cell.request.owes]
    statuses = Counter(cell.status for cell in cells)
    return {
        "owed": len(cells),
        "answered": sum(cell.status.is_answer for cell in cells),
        "late": statuses[PositionStatus.NO_RESPONSE],
        "proceeded": statuses[PositionStatus.PROCEEDED],
        "against": statuses[PositionStatus.DOES_NOT_CLEAR],
        "stale": sum(cell.is_stale for cell in cells),
        "undisposed": sum(cell.needs_disposition for cell in cells),
    }


def line(evidence_line: EvidenceLine) -> dict[str, Any]:
    observation = evidence_line.observation
    return {
        "row": evidence_line.row,
        "published": published(evidence_line.row, observation, evidence_line.estimate) if observation else None,
        "on_record": country_presenters.on_record(evidence_line.row, observation) if observation else "",
        "missing": _missing(evidence_line.missing),
        "observation": observation,
        "edition": labels.edition(observation.edition) if observation else "",
        "publisher": observation.indicator.source.publisher if observation else "",
        "quality": labels.QUALITY[observation.quality] if observation else "",
    }


def _missing(reason: str) -> str:
    return formats.missing(reason) if reason in formats.MISSING_LABELS else reason.replace("_", " ").capitalize()


FIELDS: tuple[Column[PositionCell], ...] = (
    Column("Agency", lambda cell: cell.request.agency.name),
    Column("Role", lambda cell: cell.request.get_role_display()),
    Column("Candidate", lambda cell: cell.candidate.country.name),
    Column("Code", lambda cell: cell.candidate.country.code),
    Column("Position", lambda cell: MARKS[cell.status].text),
    Column("Text", lambda cell: cell.position.text if cell.position else ""),
    Column("Given by", lambda cell: str(cell.position.agency) if cell.position else ""),
    Column("Given", lambda cell: cell.position.at if cell.position else None),
    Column("Evidence version", lambda cell: cell.position.evidence.number if cell.position else None),
    Column("On older evidence", lambda cell: "yes" if cell.is_stale else "no" if cell.position else ""),
    Column("Evidence opened", lambda cell: "" if cell.position is None else "no" if cell.is_unopened else "yes"),
    Column("Withdrawn: reason", lambda cell: cell.withdrawn.withdrawn_because if cell.withdrawn else ""),
    Column("Disposition", lambda cell: cell.disposition.text if cell.disposition else ""),
    Column("Gone on without: reason", lambda cell: cell.proceeded.reason if cell.proceeded else ""),
    Column("Due", lambda cell: cell.request.due_on),
)
