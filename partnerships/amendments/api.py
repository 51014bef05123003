"""REST endpoints of amendments: draft, propose changes, submit, decide, and apply.

Another person decides on an amendment, and its changes are applied together.
"""

from __future__ import annotations

from typing import Any

from django.db import models, transaction
from django.shortcuts import get_object_or_404
from django.urls import reverse
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from cpc.accounts.access import user_of
from cpc.api.idempotency import idempotent
from cpc.finding_targets import RecordKeys
from partnerships.amendable import AMENDABLE
from partnerships.amendments.preconditions import AMENDMENT_CHECKS
from partnerships.amendments.queries import rows_of
from partnerships.amendments.serializers import (
    TERMS,
    AmendmentSerializer,
    AmendmentStepsSerializer,
    NewAmendmentSerializer,
    NewChangeSerializer,
    TakeAmendmentStepSerializer,
)
from partnerships.amendments.services import drafting
from partnerships.amendments.services.steps import take_amendment_step
from partnerships.api_base.endpoints import (
    EDIT,
    PK,
    TAGS,
    VIEW,
    PartnershipEndpoint,
    StepEndpoint,
    body_of,
    get_locked_or_404,
    get_or_400,
    if_match,
    number_of,
    record_response,
)
from partnerships.api_base.parts import PartRows, part
from partnerships.models import Amendment, AmendmentChange, Government, Partnership, Program, ProgramAmount
from partnerships.states import AMENDMENT

NUMBER = number_of("number", "The number of an amendment of the partnership.")


class _AmendmentEndpoint(PartnershipEndpoint):
    def get_record(self) -> Amendment:
        return get_object_or_404(_with_changes(self.partnership().amendments.all()), number=self.kwargs["number"])

    def record_keys(self) -> RecordKeys:
        return {**super().record_keys(), "amendment": self.kwargs["number"]}


def _with_changes(rows: models.QuerySet[Amendment]) -> models.QuerySet[Amendment]:
    return rows.prefetch_related(models.Prefetch("changes", AmendmentChange.objects.order_by("pk")))


def _representation(amendment: Amendment) -> dict[str, Any]:
    return dict(AmendmentSerializer(_with_changes(Amendment.objects.all()).get(pk=amendment.pk)).data)


AMENDMENTS = part(
    "amendments",
    "amendment",
    Amendment,
    prefix="",
    title="Amendments of a partnership",
    description="Every amendment with its changes, by number.",
    serializer=AmendmentSerializer,
    from_instances=True,
    rows=lambda _user: _with_changes(Amendment.objects.all()),
    order=("number",),
    has_own_urls=True,
)


@extend_schema_view(
    create=extend_schema(
        operation_id="amendment_draft",
        summary="Draft an amendment",
        description="Opens a draft amendment to a signed partnership. Then propose its changes one by one.",
        parameters=[PK],
        request=NewAmendmentSerializer,
        responses={201: AmendmentSerializer},
        tags=TAGS,
    ),
)
class Amendments(PartRows):
    resource = AMENDMENTS
    required_permission = {"GET": VIEW, "POST": EDIT}

    @idempotent
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        values = body_of(request, NewAmendmentSerializer)
        draft = drafting.draft_amendment(partnership=self.partnership(), actor=user_of(request), **values)
        address = reverse("api:partnership-amendment", args=[draft.partnership_id, draft.number])
        return record_response(request, _representation(draft), status=201, Location=address)


class OneAmendment(_AmendmentEndpoint):
    @extend_schema(
        operation_id="amendment",
        summary="One amendment",
        description="An amendment with its changes. Send its ETag when you take a step.",
        parameters=[PK, NUMBER],
        responses=AmendmentSerializer,
        tags=TAGS,
    )
    def get(self, request: Request, id: int, number: int) -> Response:
        return Response(AmendmentSerializer(self.get_record()).data)


class Changes(_AmendmentEndpoint):
    required_permission = {"GET": VIEW, "POST": EDIT}

    @extend_schema(
        operation_id="amendment_changes",
        summary="Changes of an amendment",
        description="The amendment with its changes: old and new values.",
        parameters=[PK, NUMBER],
        responses=AmendmentSerializer,
        tags=TAGS,
    )
    def get(self, request: Request, id: int, number: int) -> Response:
        return Response(AmendmentSerializer(self.get_record()).data)

    @extend_schema(
        operation_id="amendment_change",
        summary="Propose a change",
        description=(
            "Adds a change to a draft: a new value for a field or a new amount for a program. Returns the updated "
            "amendment."
        ),
        parameters=[PK, NUMBER],
        request=NewChangeSerializer,
        responses={201: AmendmentSerializer},
        tags=TAGS,
    )
    @idempotent
    @transaction.atomic
    def post(self, request: Request, id: int, number: int) -> Response:
        draft = self.get_record()
        values = body_of(request, NewChangeSerializer)
        row = _row_to_change(draft.partnership, values["of"], values["row"])
        if isinstance(row, ProgramAmount):
            drafting.propose_amount(
                amendment=draft,
                program=row.program,
                government=Government(values["government"]),
                amount=values["amount"],
                actor=user_of(request),
            )
        else:
            drafting.propose_change(
                amendment=draft,
                row=row,
                field=_field_to_change(row, values["field"]),
                value=values["value"],
                actor=user_of(request),
            )
        return record_response(request, _representation(draft), status=201)


def _row_to_change(partnership: Partnership, of: str, number: int | None) -> models.Model:
    """Return the row that a change concerns.

    For an amount this is an unsaved `ProgramAmount` of the program.
    """
    if of == "partnership":
        return partnership
    model = Program if of == "amount" else TERMS[of]
    row: Any = get_or_400(rows_of(partnership, model), "row", number)
    if row is None:
        raise ValidationError({"row": ["Give the number of the row."]})
    changed: models.Model = ProgramAmount(program=row) if of == "amount" else row
    return changed


def _field_to_change(row: models.Model, name: str) -> str:
    """Return `name` if the field can be changed.

    Raises `ValidationError` (400), which lists the fields that can be changed.
    """
    known = AMENDABLE[str(row._meta.model_name)]
    if name not in known:
        raise ValidationError(
            {"field": [f"“{name}” is not a field that an amendment can change. The fields are: {', '.join(known)}."]}
        )
    return name


@extend_schema_view(
    get=extend_schema(
        operation_id="amendment_transitions",
        summary="Steps of an amendment",
        description="The steps available from the current state, and what blocks each of them today.",
        parameters=[PK, NUMBER],
        responses=AmendmentStepsSerializer,
        tags=TAGS,
    ),
    post=extend_schema(
        operation_id="amendment_step",
        summary="Take a step of an amendment",
        description=(
            "Submits, returns, approves, rejects, or withdraws the amendment, or puts it into effect. No one who "
            "wrote, changed, or submitted part of it can decide on it (`two_people`). An amendment that would exceed a "
            "limit returns 422 with code, limit, would_be, and citation."
        ),
        parameters=[PK, NUMBER, if_match("amendment")],
        request=TakeAmendmentStepSerializer,
        responses=AmendmentSerializer,
        tags=TAGS,
    ),
)
class AmendmentTransitions(_AmendmentEndpoint, StepEndpoint[Amendment]):
    machine, checks = AMENDMENT, AMENDMENT_CHECKS
    steps_serializer, body_serializer = AmendmentStepsSerializer, TakeAmendmentStepSerializer

    def get_locked_record(self) -> Amendment:
        return get_locked_or_404(self.partnership().amendments.all(), number=self.kwargs["number"])

    def represent(self, row: Amendment) -> dict[str, Any]:
        return _representation(row)

    def take(self, row: Amendment, **step: Any) -> None:
        take_amendment_step(amendment=row, **step)
