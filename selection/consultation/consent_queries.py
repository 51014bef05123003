"""Reads of proposals to cut a consultation short, and of the answers that they are about."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.grouping import grouped
from selection.consultation.queries import ASKED, PositionCell, owed_in, position_cells
from selection.lookups.rounds import statutory_consultees
from selection.models import (
    ANSWERING,
    ConsultationRequest,
    CutShort,
    CutShortDecision,
    CutShortKind,
    CutShortLine,
    PoolReason,
    Position,
    ProceedWithout,
    RequestCandidate,
    RoundStep,
    SelectionRound,
)


def missing_by_request(
    selection_round: SelectionRound, today: dt.date
) -> list[tuple[ConsultationRequest, list[PositionCell]]]:
    """Return the requests on which answers are missing, those of agencies that the statute names first."""
    missing = grouped(
        (cell for cell in owed_in(selection_round, today) if cell.is_waited_for), lambda cell: cell.request.pk
    )
    named = {agency.pk for agency in statutory_consultees()}
    rows = [(cells[0].request, list(cells)) for cells in missing.values()]
    return sorted(rows, key=lambda row: (row[0].agency_id not in named, row[0].agency.name))


def covered_by(line: CutShortLine, today: dt.date) -> list[PositionCell]:
    """Return the answers that a proposal is about and that are still missing.

    Candidates that were added to the request later are not among them.
    """
    cells = position_cells(ConsultationRequest.objects.sent().filter(pk=line.request_id), today)[1]
    asked = set(line.request.candidates.filter(at__lte=line.at).values_list("candidate", flat=True))
    return [cell for cell in cells if cell.is_waited_for and cell.candidate.pk in asked]


def still_missing(line: str = "pk") -> QuerySet[RequestCandidate]:
    """Return the candidates of a line, named by `OuterRef`, on which its agency still owes an answer."""
    own = {"request": OuterRef("request"), "candidate": OuterRef("candidate")}
    return RequestCandidate.objects.filter(
        ASKED,
        ~Exists(Position.objects.live().final().filter(**own)),
        ~Exists(ProceedWithout.objects.filter(**own)),
        request__cut_short=OuterRef(line),
        at__lte=F("request__cut_short__at"),
        candidate__excluded_because=PoolReason.CANDIDATE,
    )


def waiting_lines() -> QuerySet[CutShortLine]:
    """Return the lines of open proposals to which no one has consented and of which something is left.

    A proposal is overtaken once the round has taken a step, or an earlier due day has become the day itself.
    """
    moved = RoundStep.objects.filter(round=OuterRef("proposal__round"), at__gt=OuterRef("proposal__at"))
    return CutShortLine.objects.filter(
        Q(due_on__isnull=True) | Q(due_on__lt=F("request__due_on")),
        Exists(still_missing()),
        ~Exists(moved),
        proposal__decision="",
        proposal__round__state__in=ANSWERING,
        consented_by__isnull=True,
    )


def open_proposals(selection_round: SelectionRound | None = None) -> QuerySet[CutShort]:
    """Return the proposals to cut a consultation short that wait for consent, of one round or of all."""
    rows = CutShort.objects.filter(Exists(waiting_lines().filter(proposal=OuterRef("pk"))))
    if selection_round is not None:
        rows = rows.filter(round=selection_round)
    return rows.select_related("round", "asked_by")


def find_proposal(selection_round: SelectionRound, pk: int) -> CutShort | None:
    rows = CutShort.objects.filter(round=selection_round, pk=pk)
    return rows.select_related("round", "asked_by", "decided_by").first()


def lines_of(proposal: CutShort) -> list[CutShortLine]:
    related = ("request__agency", "request__round", "consented_by")
    return list(proposal.lines.select_related(*related).order_by("pk"))


def newest_going_on(selection_round: SelectionRound) -> CutShort | None:
    """Return the newest proposal to go on without answers, whatever became of it."""
    rows = selection_round.cut_short.filter(kind=CutShortKind.GO_ON)
    return rows.select_related("asked_by", "decided_by").order_by("-pk").first()


def refused_shorter_times(request: ConsultationRequest) -> list[CutShortLine]:
    """Return the earlier due dates that an approver refused to set on a request, the newest first."""
    rows = request.cut_short.filter(proposal__kind=CutShortKind.SHORTEN, proposal__decision=CutShortDecision.REFUSED)
    return list(rows.select_related("proposal__asked_by", "proposal__decided_by").order_by("-pk"))


def find_line(user: User, pk: int) -> CutShortLine | None:
    """Return a line about the agency of an account, or None."""
    if not user.allows(Permission.CONSULT) or user.agency_id is None:
        return None
    rows = CutShortLine.objects.filter(pk=pk, request__agency=user.agency_id)
    return rows.select_related("proposal__asked_by", "request__agency", "request__round", "consented_by").first()


def day_of(requests: Sequence[ConsultationRequest], today: dt.date) -> tuple[int, int] | None:
    """Return which day of how many a consultation is in, from the first request to the last due day; None without one.

    The day on which the first request was sent is day 1. After the last due day, the count goes on.
    """
    sent = [request.sent_at.date() for request in requests if request.sent_at is not None and request.owes]
    due = [request.due_on for request in requests if request.due_on is not None and request.owes]
    if not sent or not due:
        return None
    return span_of(min(sent), max(due), today)


def span_of(first: dt.date, last: dt.date, today: dt.date) -> tuple[int, int]:
    """Return which day it is, from the first, and how many there are; the count goes on after the last."""
    return max((today - first).days + 1, 1), max((last - first).days + 1, 1)
