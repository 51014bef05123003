"""Programmes over REST: they are opened, and both governments' amounts stated, until the signature."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response

from cpc.accounts.access import user_of
from cpc.api.idempotency import idempotent
from partnerships.api_base.endpoints import (
    EDIT,
    IF_MATCH,
    PK,
    TAGS,
    VIEW,
    PartnershipList,
    body_of,
    get_at_revision,
    get_or_400,
    programmes,
    updated_response,
)
from partnerships.api_base.part_serializers import ProgrammeSerializer
from partnerships.api_base.serializers import PartnershipSerializer
from partnerships.models import Government, Programme, ProgrammeAmount
from partnerships.terms import services
from partnerships.terms.serializers import (
    AmountSerializer,
    NewAmountsSerializer,
    NewProgrammeSerializer,
)


@extend_schema_view(
    list=extend_schema(
        operation_id="programmes",
        summary="Programmes of a partnership",
        description="Programmes and what each government allocates to them now.",
        parameters=[PK],
        responses=ProgrammeSerializer,
        tags=TAGS,
    ),
    create=extend_schema(
        operation_id="programme_open",
        summary="Open a programme",
        description="Adds a programme before the signature. Answers with the partnership as it then is.",
        parameters=[PK, IF_MATCH],
        request=NewProgrammeSerializer,
        responses={201: PartnershipSerializer},
        tags=TAGS,
    ),
)
class Programmes(PartnershipList[Programme]):
    """Programmes of a partnership."""

    required_permission = {"GET": VIEW, "POST": EDIT}
    queryset = Programme.objects.none()
    serializer_class = ProgrammeSerializer

    def get_queryset(self) -> QuerySet[Programme]:
        """Those that were not withdrawn, with their amounts."""
        return programmes().filter(partnership=self.partnership()).order_by("title")

    @idempotent
    @transaction.atomic
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Open another one, as the service allows."""
        values = body_of(request, NewProgrammeSerializer)
        current = get_at_revision(request, kwargs["id"])
        services.add_term(term=Programme(partnership=current, **values), actor=user_of(request))
        return updated_response(request, current.pk, status=201)


@extend_schema_view(
    list=extend_schema(
        operation_id="amounts",
        summary="Amounts of programmes",
        description="Every amount that was stated for a programme, the newest first.",
        parameters=[PK],
        responses=AmountSerializer,
        tags=TAGS,
    ),
    create=extend_schema(
        operation_id="amounts_state",
        summary="State amounts of programmes",
        description=(
            "States what each government allocates to programmes (22 U.S.C. 7103a(d)(2)(C)), before the signature. "
            "What would pass the limit of funding is 422 with code, limit, would-be and citation."
        ),
        parameters=[PK, IF_MATCH],
        request=NewAmountsSerializer,
        responses={201: PartnershipSerializer},
        tags=TAGS,
    ),
)
class Amounts(PartnershipList[ProgrammeAmount]):
    """What both governments allocate to programmes."""

    required_permission = {"GET": VIEW, "POST": EDIT}
    queryset = ProgrammeAmount.objects.none()
    serializer_class = AmountSerializer

    def get_queryset(self) -> QuerySet[ProgrammeAmount]:
        """Return all that were stated, as tuples."""
        rows = ProgrammeAmount.objects.filter(programme__partnership=self.partnership())
        return AmountSerializer.tuples(rows.order_by("-pk"))

    @idempotent
    @transaction.atomic
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """State them, as the service allows."""
        stated: list[dict[str, Any]] = body_of(request, NewAmountsSerializer)["amounts"]
        current = get_at_revision(request, kwargs["id"])
        own = current.programmes.filter(withdrawn=False)
        amounts = [
            (get_or_400(own, "programme", row["programme"]), Government(row["government"]), row["amount"])
            for row in stated
        ]
        services.set_amounts(partnership=current, amounts=amounts, actor=user_of(request))
        return updated_response(request, current.pk, status=201)
