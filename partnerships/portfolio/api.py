from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response

from cpc.accounts.access import user_of
from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.api.conditional import etag_from, is_held, not_modified, tagged
from cpc.api.idempotency import idempotent
from cpc.api.shapes import EXPAND
from cpc.api.views import Rows, fields_of
from cpc.finding_targets import RecordKeys, located
from cpc.lifecycle import Transition
from indicators.models import SAMPLE_CODE, Country
from partnerships.agreements import services as agreements_services
from partnerships.agreements.serializers import (
    ConfirmOriginSerializer,
    NewPartnershipSerializer,
    PartnershipChangeSerializer,
    StatedReasonSerializer,
)
from partnerships.api_base.endpoints import (
    EDIT,
    IF_MATCH,
    PK,
    TAGS,
    VIEW,
    PartnershipEndpoint,
    RevisionEndpoint,
    StepEndpoint,
    body_of,
    get_at_revision,
    get_locked_or_404,
    get_or_400,
    partnership_etag,
    partnership_in_full,
    partnership_response,
    partnerships,
    record_keys_at,
    state_of_all,
    today,
    updated_response,
)
from partnerships.api_base.outside import masked, texts_in
from partnerships.api_base.parts import PARTS, document_part
from partnerships.api_base.serializers import PartnershipBriefSerializer, PartnershipSerializer
from partnerships.api_base.step_serializers import FindingsSerializer, StepsSerializer, TakeStepSerializer
from partnerships.closing import CANCELED
from partnerships.completeness import not_recorded, open_gaps
from partnerships.lookups.rule_inputs import record_of
from partnerships.models import Partnership, RecordKind
from partnerships.portfolio import filters
from partnerships.states import PARTNERSHIP
from partnerships.status import services as status_services
from partnerships.status.preconditions import (
    PARTNERSHIP_CHECKS,
    award_warnings,
    cash_beside_the_limit,
    within_limits,
)
from partnerships.withheld import naming, seen_by, sees_withheld
from selection.models import Decision


@extend_schema_view(
    list=extend_schema(
        operation_id="partnerships",
        summary="Partnerships",
        description="All partnerships in brief, by country, newest first.",
        responses=PartnershipBriefSerializer,
        tags=TAGS,
    ),
    create=extend_schema(
        operation_id="partnership_open",
        summary="Open a partnership",
        description=(
            "Opens a partnership with a selected country, from either a decision of a selection round or a stated "
            "reason. It starts with the status “selected”; take steps to move it forward."
        ),
        request=NewPartnershipSerializer,
        responses={201: PartnershipSerializer},
        tags=TAGS,
    ),
    retrieve=extend_schema(
        operation_id="partnership",
        summary="One partnership",
        description="The terms, money, limits, and public statements. Send its ETag when you change it.",
        parameters=[PK],
        responses=PartnershipSerializer,
        tags=TAGS,
    ),
    partial_update=extend_schema(
        operation_id="partnership_change",
        summary="Change a partnership",
        description=(
            "Changes the fields that you send. A term longer than its limit returns 422 with code, limit, and "
            "would_be. After signature, terms change only by amendment."
        ),
        parameters=[PK, IF_MATCH],
        request=PartnershipChangeSerializer,
        responses=PartnershipSerializer,
        tags=TAGS,
    ),
)
class Partnerships(Rows[Partnership]):
    required_permission = {"GET": VIEW, "POST": EDIT, "PATCH": EDIT}
    queryset = Partnership.objects.none()
    serializer_class = PartnershipBriefSerializer
    filterset_class = filters.PartnershipFilter
    lookup_field = "id"
    parts = PARTS

    def get_queryset(self) -> QuerySet[Partnership]:
        """Return the partnerships of a list without samples, unless a kind or Sample Country is asked for."""
        asked = self.request.query_params
        is_whole = self.action == "list" and not asked.get("kind") and SAMPLE_CODE not in asked.getlist("country")
        return PartnershipBriefSerializer.tuples(partnerships().counted() if is_whole else partnerships())

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Return a page of partnerships; one query if the client's copy is current.

        Expanded parts show more than the partnerships, so that their validator is the digest of the answer.
        """
        if EXPAND in request.query_params:
            return super().list(request, *args, **kwargs)
        state = f"{request.build_absolute_uri()} {state_of_all()} {sees_withheld(user_of(request))}"
        etag = etag_from(request, state)
        if is_held(request, etag):
            return not_modified(etag)
        return tagged(super().list(request, *args, **kwargs), etag)

    def field_names(self) -> Sequence[str]:
        """Return the fields of a partnership in a list, or of the single one, which has more."""
        return fields_of(PartnershipSerializer) if self.action == "retrieve" else super().field_names()

    def presented(self, data: Any) -> Any:
        """Replace what is withheld outside in partnerships and in their parts."""
        user, records = user_of(self.request), data.get("results", [data])
        keys = {record["id"] for record in records}
        if self.action == "list" and EXPAND not in self.request.query_params and not sees_withheld(user):
            keys = naming({record["id"]: "\n".join(texts_in(record)) for record in records})
        outside = seen_by(user, keys)
        shown = [masked(record, outside, record["id"]) if record["id"] in keys else record for record in records]
        return {**data, "results": shown} if "results" in data else shown[0]

    @idempotent
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        values = body_of(request, NewPartnershipSerializer)
        named = ("title", "origin_reason")
        decisions = Decision.objects.select_related("candidate__country", "candidate__round")
        opened = agreements_services.create_partnership(
            country=get_or_400(Country.objects.all(), "country", values.pop("country"), by="code"),
            decision=get_or_400(decisions, "decision", values.pop("decision")),
            actor=user_of(request),
            **{name: values.pop(name) for name in named},
            values=values,
        )
        answer = updated_response(request, opened.pk, status=201)
        answer["Location"] = reverse("api:partnership", args=[opened.pk])
        return answer

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        if request.query_params:
            return Response(PartnershipSerializer(partnership_in_full(kwargs["id"])).data)
        etag = partnership_etag(request, kwargs["id"])
        return not_modified(etag) if is_held(request, etag) else partnership_response(kwargs["id"], etag)

    def record_keys(self) -> RecordKeys:
        return record_keys_at(self.kwargs["id"]) if "id" in self.kwargs else {}

    @transaction.atomic
    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        values = body_of(request, PartnershipChangeSerializer)
        current = get_at_revision(request, kwargs["id"])
        agreements_services.edit_partnership(partnership=current, actor=user_of(request), values=values)
        return updated_response(request, current.pk)


def origin_of(partnership: Partnership) -> dict[str, Any]:
    return dict(StatedReasonSerializer(partnership).data)


document_part("origin", origin_of)


class StatedOrigin(PartnershipEndpoint):
    @extend_schema(
        operation_id="partnership_stated_reason",
        summary="Origin of a partnership",
        description="Why a partnership was opened without a decision, and when an approver confirmed it.",
        parameters=[PK],
        responses=StatedReasonSerializer,
        tags=TAGS,
    )
    def get(self, request: Request, id: int) -> Response:
        return Response(origin_of(self.partnership()))


class OriginConfirmations(RevisionEndpoint, PartnershipEndpoint):
    body_serializer = ConfirmOriginSerializer
    also_requires = Permission.APPROVE_PARTNERSHIPS

    @extend_schema(
        operation_id="partnership_origin",
        summary="The stated reason and its confirmation",
        description="Why a partnership was opened without a decision, and when an approver confirmed it.",
        parameters=[PK],
        responses=StatedReasonSerializer,
        tags=TAGS,
    )
    def get(self, request: Request, id: int) -> Response:
        return Response(StatedReasonSerializer(self.partnership()).data)

    @extend_schema(
        operation_id="partnership_origin_confirm",
        summary="Confirm the stated reason",
        description=(
            "Confirms the stated reason for a partnership that no decision started. Until then, it can't move toward "
            "signature. The person who opened it can't confirm it: 422 with the code two_people."
        ),
        parameters=[PK, IF_MATCH],
        request=ConfirmOriginSerializer,
        responses={201: PartnershipSerializer},
        tags=TAGS,
    )
    def post(self, request: Request, id: int) -> Response:
        return self.create(request, id=id)

    def write(self, partnership: Partnership, values: dict[str, Any], actor: User) -> None:
        agreements_services.confirm_origin(partnership=partnership, actor=actor, note=values["note"])


class Findings(PartnershipEndpoint):
    @extend_schema(
        operation_id="partnership_findings",
        summary="What a partnership lacks",
        description=(
            "Missing elements of the seven in 22 U.S.C. 7103a(d)(2), exceeded limits, and warnings about U.S. cash "
            "that doesn't count toward the limit and about awards (22 U.S.C. 7105a and 7110), by the same rules as on "
            "the page and before signature. What a documented partnership doesn't state is a note, not an error. A "
            "canceled partnership has no missing elements. An empty list means no findings."
        ),
        parameters=[PK],
        responses=FindingsSerializer,
        tags=TAGS,
    )
    def get(self, request: Request, id: int) -> Response:
        partnership = self.partnership()
        record = record_of(partnership)
        documented = partnership.kind == RecordKind.DOCUMENTED
        findings = [
            *(not_recorded(record) if documented else open_gaps(record, is_canceled=partnership.status in CANCELED)),
            *within_limits(partnership, today()),
            *([] if documented else cash_beside_the_limit(partnership, today())),
            *award_warnings(partnership, today()),
        ]
        return Response(FindingsSerializer({"findings": located(findings, self.record_keys())}).data)


@extend_schema_view(
    get=extend_schema(
        operation_id="partnership_transitions",
        summary="Steps of a partnership",
        description="The steps available from the current state, and what blocks each of them today.",
        parameters=[PK],
        responses=StepsSerializer,
        tags=TAGS,
    ),
    post=extend_schema(
        operation_id="partnership_step",
        summary="Take a step",
        description="Takes one step, which is the only way to change the status. Returns the updated partnership.",
        parameters=[PK, IF_MATCH],
        request=TakeStepSerializer,
        responses=PartnershipSerializer,
        tags=TAGS,
    ),
)
class Transitions(StepEndpoint[Partnership]):
    machine, checks = PARTNERSHIP, PARTNERSHIP_CHECKS
    steps_serializer, body_serializer = StepsSerializer, TakeStepSerializer
    state_field = "status"

    def get_record(self) -> Partnership:
        return self.partnership()

    def get_locked_record(self) -> Partnership:
        return get_locked_or_404(Partnership.objects.all(), pk=self.kwargs["id"])

    def offered_steps(self, row: Partnership) -> Sequence[Transition]:
        # Nothing about a documented partnership can be changed, so it has no steps, here as on its page.
        return super().offered_steps(row) if row.is_run_here else ()

    def current_etag(self, request: Request, row: Partnership) -> str:
        # One query, where the representation of the whole partnership would take a dozen.
        return partnership_etag(request, row.pk)

    def respond(self, request: Request, row: Partnership) -> Response:
        return updated_response(request, row.pk)

    def take(self, row: Partnership, **step: Any) -> None:
        number = step.pop("determination")
        determination = get_or_400(row.determinations.all(), "determination", number)
        status_services.take_step(partnership=row, determination=determination, **step)
