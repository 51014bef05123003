"""REST interface to the positions of agencies in a round, withdrawn ones included. Read-only."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cpc.accounts.access import user_of
from cpc.accounts.permissions import Permission
from cpc.api.resources import Resource
from cpc.api.serializers import CodeAndNameSerializer, NullIfEmpty, day_field, example, text_field
from cpc.api.views import Endpoint
from selection.consultation.position_status import PositionStatus
from selection.consultation.queries import PositionCell, consultation_of
from selection.lookups.rounds import rounds
from selection.models import (
    ConsultationRequest,
    Disposition,
    ExtensionAnswer,
    NotApplicable,
    Position,
    PositionValue,
    RequestRole,
    SelectionRound,
)

EXAMPLE = {
    "round": 1,
    "state": "consultation",
    "positions": [
        {
            "agency": {"code": "dol", "name": "Department of Labor"},
            "country": {"code": "GHA", "name": "Ghana"},
            "role": "consult",
            "due_on": "2026-12-18",
            "status": "waiting",
            "text": None,
            "given_at": None,
            "evidence": None,
            "opened_evidence": None,
            "on_older_evidence": False,
            "withdrawn": {
                "position": "clear",
                "given_at": "2026-11-20T15:00:00Z",
                "withdrawn_at": "2026-11-23T15:00:00Z",
                "reason": "It was meant for another country.",
            },
        }
    ],
}
ANSWERS = ", ".join(PositionValue.values)


@dataclass(frozen=True, slots=True)
class RoundPositions:
    """Positions of a round: one entry for each agency asked and each candidate."""

    round: SelectionRound
    cells: Sequence[PositionCell]


class WithdrawnSerializer(serializers.Serializer[Position]):
    """The newest position that the agency withdrew without giving another."""

    position = text_field(f"The position: {ANSWERS}.", source="value")
    given_at = serializers.DateTimeField(source="at", help_text="The time at which it was given.")
    withdrawn_at = serializers.DateTimeField(source="superseded_at", help_text="The time at which it was withdrawn.")
    reason = text_field("The reason of the agency.", source="withdrawn_because")


class PositionCellSerializer(serializers.Serializer[PositionCell]):
    """Answer of one agency on one candidate, or that there is none yet."""

    agency = CodeAndNameSerializer(source="request.agency")
    country = CodeAndNameSerializer(source="candidate.country")
    role = text_field(f"The agency's role: {', '.join(RequestRole.values)}.", source="request.role")
    due_on = day_field("The last day for a timely answer; null for information.", source="request.due_on")
    status = text_field(f"The position, or the state of a missing answer: {', '.join(PositionStatus)}.")
    text = serializers.SerializerMethodField(help_text="The edits, comments, or reason; null if there are none.")
    given_at = serializers.SerializerMethodField(help_text="The time at which it was given; null without a position.")
    evidence = serializers.SerializerMethodField(help_text="The version of the evidence that it rests on.")
    opened_evidence = serializers.SerializerMethodField(
        help_text="The newest version that somebody of the agency had opened by then; null if none was opened."
    )
    on_older_evidence = serializers.BooleanField(source="is_stale", help_text="Whether the evidence changed since.")
    withdrawn = WithdrawnSerializer(allow_null=True, help_text="The position that the agency withdrew, if any.")

    def get_text(self, cell: PositionCell) -> str | None:
        """Return the text of the position."""
        return (cell.position.text or None) if cell.position else None

    def get_given_at(self, cell: PositionCell) -> dt.datetime | None:
        """Return the time of the position."""
        return cell.position.at if cell.position else None

    def get_evidence(self, cell: PositionCell) -> int | None:
        """Return the number of the version."""
        return cell.position.evidence.number if cell.position else None

    def get_opened_evidence(self, cell: PositionCell) -> int | None:
        """Return the number of the version that was opened."""
        return cell.position.opened_number if cell.position else None


@example("Positions of a round", EXAMPLE)
class RoundPositionsSerializer(serializers.Serializer[RoundPositions]):
    """The positions of a round by agency and country."""

    round = serializers.IntegerField(source="round.pk", help_text="Key of the round.")
    state = NullIfEmpty(source="round.state", help_text="State of the round.")
    positions = PositionCellSerializer(source="cells", many=True)


class PositionsOfRound(Endpoint):
    required_permission = Permission.VIEW_ROUNDS

    @extend_schema(
        operation_id="round_positions",
        summary="Positions of agencies in a round",
        description="For each agency that was asked and each candidate: the position with the evidence that it rests "
        "on and whether the agency had opened it, or the state of a missing answer. No response never counts as clear.",
        parameters=[OpenApiParameter("id", int, OpenApiParameter.PATH, description="Key of the round.")],
        responses=RoundPositionsSerializer,
        tags=["rounds"],
    )
    def get(self, request: Request, pk: int) -> Response:
        found = get_object_or_404(rounds(user_of(request)), pk=pk)
        page = consultation_of(found, timezone.now().date())
        return Response(RoundPositionsSerializer(RoundPositions(found, page.cells)).data)


SHARED: dict[str, Any] = {
    "permission": Permission.VIEW_ROUNDS,
    "tag": "rounds",
    "prefix": "selection_",
    "url_prefix": "selection-",
}
REQUESTS = Resource(
    name="consultation-requests",
    noun="consultation request",
    model=ConsultationRequest,
    title="Requests to agencies",
    description="Each request of a round to an agency: its role, the due day, and the questions.",
    fields=(
        "id round agency=agency.code agency_name=agency.name role due_on questions at sent_at sent_by=sent_by.name "
        "dropped_at drop_reason"
    ),
    notes={
        "round": "The number of the round.",
        "agency": "Code of the agency.",
        "agency_name": "Its name.",
        "role": "The agency's role.",
        "due_on": "The last day for a timely answer.",
        "questions": "The questions.",
        "sent_at": "When it was sent.",
        "sent_by": "The person who sent it.",
        "dropped_at": "When it was dropped.",
        "drop_reason": "Why it was dropped.",
    },
    reasons={
        "due_on": "not_applicable",
        "sent_at": "not_yet",
        "sent_by": "not_yet",
        "dropped_at": "not_applicable",
    },
    order=("-round_id", "agency__code", "pk"),
    filters="round role",
    rows=lambda user: ConsultationRequest.objects.visible_to(user),
    **SHARED,
)
POSITIONS = Resource(
    name="positions",
    noun="position",
    model=Position,
    title="Positions of agencies",
    description=(
        "Each position that an agency gave on a candidate, superseded and withdrawn ones included. The positions of a "
        "round with the missing answers are at `rounds/<id>/positions/`."
    ),
    fields=(
        "id request round=candidate.round candidate country=candidate.country.code agency=agency.code value text "
        "proposed_due_on evidence evidence_number=evidence.number opened_number run given_by=given_by.name at "
        "superseded_at withdrawn_because"
    ),
    notes={
        "request": "The number of the request.",
        "round": "The number of the round.",
        "candidate": "The number of the candidate.",
        "country": "Code of the country.",
        "agency": "Code of the agency.",
        "value": "The position.",
        "text": "The edits, comments, or reason.",
        "proposed_due_on": "The day that a request for more time proposes.",
        "evidence": "The number of the version of the evidence that it rests on.",
        "evidence_number": "The number of that version of this candidate.",
        "opened_number": "The newest version that somebody of the agency had opened by then.",
        "run": "The number of the full score that the agency saw.",
        "given_by": "The person who gave it.",
        "superseded_at": "When a later one replaced it, or it was withdrawn; null while it counts.",
        "withdrawn_because": "Why the agency withdrew it; empty otherwise.",
    },
    reasons={
        "proposed_due_on": "not_applicable",
        "opened_number": "not_applicable",
        "run": "not_applicable",
        "superseded_at": "not_applicable",
    },
    order=("-candidate__round_id", "pk"),
    filters="round candidate request value",
    rows=lambda user: Position.objects.visible_to(user),
    **SHARED,
)
DISPOSITIONS = Resource(
    name="dispositions",
    noun="disposition",
    model=Disposition,
    title="Dispositions of positions",
    description="What the office did about each objection or edit; the newest of a position counts.",
    fields="id position round=position.candidate.round text outcomes by=by.name at",
    notes={
        "position": "The number of the position.",
        "round": "The number of the round.",
        "text": "What the office did.",
        "outcomes": "For each edit of the position, in order, whether it was accepted, and else why not.",
    },
    filters="position round",
    rows=lambda user: Disposition.objects.filter(position__in=Position.objects.visible_to(user)),
    **SHARED,
)
EXTENSIONS = Resource(
    name="extension-answers",
    noun="extension answer",
    model=ExtensionAnswer,
    title="Answers to requests for more time",
    description="What the office answered to each request of an agency for more time.",
    fields="id position round=position.candidate.round granted due_on reason by=by.name at",
    notes={
        "position": "The number of the position that asks for more time.",
        "round": "The number of the round.",
        "granted": "Whether it was granted.",
        "due_on": "The new due day.",
        "reason": "The reason.",
    },
    reasons={"due_on": "not_applicable"},
    filters="position round",
    rows=lambda user: ExtensionAnswer.objects.filter(position__in=Position.objects.visible_to(user)),
    **SHARED,
)
NOT_ASKED = Resource(
    name="agencies-not-asked",
    noun="agency not asked",
    model=NotApplicable,
    title="Agencies that are not asked",
    description="Each agency that a round does not ask although the statute names it, with the reason.",
    fields="id round agency=agency.code reason recorded_by=recorded_by.name at superseded_at",
    notes={
        "round": "The number of the round.",
        "agency": "Code of the agency.",
        "reason": "The reason.",
        "superseded_at": "When it ended; null while it counts.",
    },
    reasons={"superseded_at": "not_applicable"},
    filters="round",
    rows=lambda user: NotApplicable.objects.filter(round__in=rounds(user).order_by().values("pk")),
    **SHARED,
)
RESOURCES = (REQUESTS, POSITIONS, DISPOSITIONS, EXTENSIONS, NOT_ASKED)
