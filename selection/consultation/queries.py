"""Reads of the consultation: requests, positions, and the answers that an agency owes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Max, Prefetch, Q, QuerySet

from cpc.accounts.models import Agency, User
from cpc.accounts.permissions import Role
from cpc.grouping import grouped
from selection.consultation.position_status import (
    AnswerChange,
    PositionStatus,
    changed_since,
    position_status,
)
from selection.lookups.rounds import statutory_consultees
from selection.models import (
    CLOSED,
    Candidate,
    ConsultationRequest,
    Disposition,
    EvidenceVersion,
    ExtensionAnswer,
    NotApplicable,
    Position,
    PositionDraft,
    ProceedWithout,
    RequestRole,
    SelectionRound,
)

ASKED = Q(request__sent_at__isnull=False, request__dropped_at__isnull=True) & ~Q(request__role=RequestRole.INFO)
"""Condition of a candidate on which an agency was asked for a position."""


@dataclass(frozen=True, slots=True)
class PositionCell:
    """Position of one agency on one candidate.

    `is_stale` is True if the evidence changed since the agency answered. `withdrawn` is the newest position that the
    agency withdrew, if it has given none since.
    """

    request: ConsultationRequest
    candidate: Candidate
    status: PositionStatus
    position: Position | None = None
    is_stale: bool = False
    proceeded: ProceedWithout | None = None
    drafts: tuple[PositionDraft, ...] = ()
    withdrawn: Position | None = None

    @property
    def is_unopened(self) -> bool:
        """Return True if the agency answered without opening the evidence."""
        return self.status.is_answer and self.position is not None and self.position.is_unopened

    @property
    def disposition(self) -> Disposition | None:
        return (
            list(self.position.dispositions.all())[-1] if self.position and self.position.dispositions.all() else None
        )

    @property
    def extension(self) -> ExtensionAnswer | None:
        return getattr(self.position, "extension_answer", None) if self.position else None

    @property
    def needs_disposition(self) -> bool:
        return self.status is PositionStatus.DOES_NOT_CLEAR and self.disposition is None

    @property
    def is_waited_for(self) -> bool:
        return not self.status.is_settled


def _with_positions(rows: QuerySet[ConsultationRequest], *, drafts: bool = False) -> list[ConsultationRequest]:
    related_rows = ("given_by", "drafted_by", "agency", "extension_answer", "evidence", "withdrawn_by")
    shown = Position.objects.filter(Q(superseded_at__isnull=True) | Q(withdrawn_by__isnull=False))
    shown = shown.select_related(*related_rows).order_by("pk")
    related: list[Any] = [
        "candidates__candidate__country",
        "proceeded__approved_by",
        Prefetch(
            "positions", shown.defer("evidence__cells").prefetch_related("dispositions__by"), to_attr="shown_positions"
        ),
    ]
    if drafts:
        open_drafts = PositionDraft.objects.open().select_related("author")
        related.append(Prefetch("drafts", open_drafts, to_attr="open_drafts"))
    return list(rows.select_related("round", "agency", "sent_by", "dropped_by").prefetch_related(*related))


def newest_versions(rounds: Iterable[SelectionRound]) -> Mapping[int, int]:
    rows = EvidenceVersion.objects.filter(candidate__round__in=list(rounds)).values("candidate").annotate(key=Max("pk"))
    return dict(rows.values_list("candidate", "key"))


def cells_of(request: ConsultationRequest, newest: Mapping[int, int], today: dt.date) -> list[PositionCell]:
    """Return the cells of a prefetched request, by country, without candidates that left the pool."""
    shown: Iterable[Position] = getattr(request, "shown_positions")  # noqa: B009  # set by the prefetch
    positions = {row.candidate_id: row for row in shown if row.superseded_at is None}
    withdrawn = {row.candidate_id: row for row in shown if row.superseded_at is not None}
    proceeded = {row.candidate_id: row for row in request.proceeded.all()}
    open_drafts: Iterable[PositionDraft] = getattr(request, "open_drafts", ())
    drafts = grouped(open_drafts, lambda draft: draft.candidate_id)
    cells = []
    for row in request.candidates.all():
        candidate = row.candidate
        if not candidate.in_pool:
            continue
        position = positions.get(candidate.pk)
        status = position_status(
            owes=request.owes,
            due_on=request.due_on,
            value=position.value if position else "",
            extension_open=position is not None and not hasattr(position, "extension_answer"),
            proceeded=candidate.pk in proceeded,
            today=today,
        )
        cells.append(
            PositionCell(
                request,
                candidate,
                status,
                position,
                position is not None and status.is_answer and newest.get(candidate.pk) != position.evidence_id,
                proceeded.get(candidate.pk),
                tuple(drafts.get(candidate.pk, ())),
                withdrawn.get(candidate.pk) if position is None else None,
            )
        )
    return sorted(cells, key=lambda cell: cell.candidate.country.name)


@dataclass(frozen=True)
class RequestSummary:
    request: ConsultationRequest
    cells: Mapping[int, PositionCell]

    @property
    def answered(self) -> int:
        return sum(cell.status.is_answer for cell in self.cells.values())


@dataclass(frozen=True)
class RoundConsultation:
    round: SelectionRound
    candidates: tuple[Candidate, ...]
    sent: tuple[RequestSummary, ...]
    drafts: tuple[RequestSummary, ...]
    dropped: tuple[ConsultationRequest, ...]
    not_asked: tuple[NotApplicable, ...]
    missing: tuple[Agency, ...]
    statutory: frozenset[int]

    @property
    def cells(self) -> list[PositionCell]:
        return [cell for asked in self.sent for cell in asked.cells.values()]


def consultation_of(selection_round: SelectionRound, today: dt.date) -> RoundConsultation:
    """Load the consultation of a round, by agency, in a fixed number of queries."""
    rows = _with_positions(selection_round.requests.order_by("agency__name", "pk"))
    newest = newest_versions([selection_round])
    asked = [
        RequestSummary(row, {cell.candidate.pk: cell for cell in cells_of(row, newest, today)})
        for row in rows
        if row.dropped_at is None
    ]
    sent = [row for row in asked if row.request.is_sent]
    columns = {cell.candidate.pk: cell.candidate for row in sent for cell in row.cells.values()}
    left_out = list(
        selection_round.not_asked.filter(superseded_at__isnull=True).select_related("agency", "recorded_by")
    )
    consultees = statutory_consultees()
    settled = {row.request.agency_id for row in sent if row.request.owes} | {row.agency_id for row in left_out}
    return RoundConsultation(
        selection_round,
        tuple(sorted(columns.values(), key=lambda candidate: candidate.country.name)),
        tuple(sent),
        tuple(row for row in asked if row.request.is_draft),
        tuple(row for row in rows if row.dropped_at is not None),
        tuple(left_out),
        tuple(agency for agency in consultees if agency.pk not in settled),
        frozenset(agency.pk for agency in consultees),
    )


def position_cells(
    rows: QuerySet[ConsultationRequest], today: dt.date, *, drafts: bool = False
) -> tuple[list[ConsultationRequest], list[PositionCell]]:
    """Return requests, and the cells of those that are not dropped, in a fixed number of queries."""
    requests = _with_positions(rows, drafts=drafts)
    newest = newest_versions({row.round_id: row.round for row in requests}.values())
    return requests, [cell for row in requests if row.dropped_at is None for cell in cells_of(row, newest, today)]


def owed_in(selection_round: SelectionRound, today: dt.date) -> list[PositionCell]:
    """Return the cells of a round on which agencies owe a position, by due date."""
    return position_cells(selection_round.requests.sent().exclude(role=RequestRole.INFO), today)[1]


def on_candidate(candidate: Candidate, today: dt.date) -> list[PositionCell]:
    page = consultation_of(candidate.round, today)
    return [asked.cells[candidate.pk] for asked in page.sent if candidate.pk in asked.cells]


def find_request(user: User, round_pk: int, pk: int) -> ConsultationRequest | None:
    rows = ConsultationRequest.objects.visible_to(user).filter(round=round_pk, pk=pk)
    return next(iter(_with_positions(rows)), None)


def revision_of(request: ConsultationRequest) -> str:
    """Return the revision of a request with its candidates, of which a draft may lose some."""
    keys = [row.pk for row in request.candidates.all()]
    return f"{request.current_revision()}-{len(keys)}.{max(keys, default=0)}"


def revision_of_position(position: Position | None) -> str:
    """Return the revision of an agency's position on a candidate, which is superseded and never edited: its key."""
    return str(position.pk if position else 0)


def revision_of_disposition(position: Position) -> str:
    """Return the revision of the disposition of a position: the key of the newest, since they are only added."""
    return str(max((row.pk for row in position.dispositions.all()), default=0))


def find_position(user: User, round_pk: int, pk: int) -> Position | None:
    rows = Position.objects.visible_to(user).filter(request__round=round_pk, pk=pk)
    related = ("request__round", "request__agency", "candidate__country", "candidate__round", "given_by", "agency")
    return rows.select_related(*related).first()


def agencies_to_ask(selection_round: SelectionRound) -> QuerySet[Agency]:
    live = ConsultationRequest.objects.live().filter(round=selection_round)
    return Agency.objects.filter(is_active=True, is_consulted=True).exclude(pk__in=live.values("agency"))


def to_leave_out(selection_round: SelectionRound) -> QuerySet[Agency]:
    """Return the statutory consultees that have no sent request and no record as not applicable."""
    sent = ConsultationRequest.objects.sent().exclude(role=RequestRole.INFO).filter(round=selection_round)
    recorded = selection_round.not_asked.filter(superseded_at__isnull=True)
    named = Agency.objects.filter(pk__in=[agency.pk for agency in statutory_consultees()])
    return named.exclude(pk__in=sent.values("agency")).exclude(pk__in=recorded.values("agency"))


def pool_of(selection_round: SelectionRound) -> QuerySet[Candidate]:
    return selection_round.candidates.in_pool().select_related("country")


def left_to_ask(request: ConsultationRequest) -> QuerySet[Candidate]:
    return pool_of(request.round).exclude(requests__request=request)


def contacts_of(agency: Agency) -> list[User]:
    return list(User.objects.filter(agency=agency, role=Role.REVIEWER, is_contact=True, is_active=True))


# ---- reads of an agency ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Queue:
    """Requests to an agency: to answer, answered (stale ones first), and for information.

    `changes` are those of the evidence since a position was given, by its key.
    """

    waiting: tuple[PositionCell, ...]
    answered: tuple[PositionCell, ...]
    informed: tuple[PositionCell, ...]
    dropped: tuple[ConsultationRequest, ...]
    changes: Mapping[int, tuple[AnswerChange, ...]]
    today: dt.date

    @property
    def next_due(self) -> dt.date | None:
        """Return the first due date of an open answer from today on, or None."""
        return min((due for cell in self.waiting if (due := cell.request.due_on) and due >= self.today), default=None)

    @property
    def late(self) -> int:
        return sum(cell.status is PositionStatus.NO_RESPONSE for cell in self.waiting)

    @property
    def stale(self) -> int:
        return sum(cell.is_stale for cell in self.answered)

    @property
    def is_empty(self) -> bool:
        return not (self.waiting or self.answered or self.informed or self.dropped)


def open_rounds_of(user: User) -> list[SelectionRound]:
    requests = ConsultationRequest.objects.visible_to(user).sent()
    return list(SelectionRound.objects.exclude(state__in=CLOSED).filter(pk__in=requests.values("round")))


def queue_of(user: User, today: dt.date) -> Queue:
    """Load the queue of a reviewer's agency in open rounds, in a fixed number of queries."""
    rows = ConsultationRequest.objects.visible_to(user).exclude(round__state__in=CLOSED)
    requests, cells = position_cells(rows.order_by("due_on", "pk"), today, drafts=True)
    waiting = [cell for cell in cells if cell.is_waited_for]
    answered = [cell for cell in cells if cell.request.owes and not cell.is_waited_for]
    return Queue(
        tuple(sorted(waiting, key=lambda cell: (cell.request.due_on or dt.date.max, cell.candidate.country.name))),
        tuple(sorted(answered, key=lambda cell: (not cell.is_stale, cell.candidate.country.name))),
        tuple(cell for cell in cells if not cell.request.owes),
        tuple(row for row in requests if row.dropped_at is not None),
        changes_of([cell.position for cell in answered if cell.is_stale and cell.position is not None]),
        today,
    )


def changes_of(positions: Sequence[Position]) -> Mapping[int, tuple[AnswerChange, ...]]:
    """Return the changes of the evidence since each position was given, by the position's key."""
    if not positions:
        return {}
    rows = EvidenceVersion.objects.filter(candidate__in=[row.candidate_id for row in positions]).order_by("number")
    versions = grouped(rows.defer("cells"), lambda version: version.candidate_id)
    return {
        row.pk: tuple(
            changed_since(
                version.changes
                for version in versions.get(row.candidate_id, ())
                if version.number > row.evidence.number
            )
        )
        for row in positions
    }


def find_own_request(user: User, pk: int) -> ConsultationRequest | None:
    """Return a request sent to the reviewer's agency, or None."""
    rows = ConsultationRequest.objects.visible_to(user).filter(pk=pk, agency=user.agency_id)
    return rows.select_related("round__model", "agency", "sent_by", "dropped_by").first()


def find_for_review(user: User, pk: int, code: str) -> tuple[ConsultationRequest, Candidate] | None:
    request = find_own_request(user, pk)
    if request is None:
        return None
    matching = Candidate.objects.in_pool().filter(requests__request=request, country__code=code)
    candidate = matching.select_related("country", "round__model").first()
    return (request, candidate) if candidate is not None else None


def history_of(request: ConsultationRequest, candidate: Candidate) -> list[Position]:
    rows = Position.objects.filter(request=request, candidate=candidate).order_by("-pk")
    related = ("given_by", "drafted_by", "agency", "evidence", "extension_answer", "withdrawn_by")
    return list(rows.select_related(*related).defer("evidence__cells").prefetch_related("dispositions__by"))


def drafts_of(user: User, request: ConsultationRequest, candidate: Candidate) -> list[PositionDraft]:
    rows = PositionDraft.objects.visible_to(user).open().filter(request=request, candidate=candidate)
    return list(rows.select_related("author", "evidence").defer("evidence__cells"))
