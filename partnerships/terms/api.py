"""REST endpoints of programs and of both governments' amounts, until signature."""

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
    programs,
    updated_response,
)
from partnerships.api_base.part_serializers import PartnershipProgramSerializer
from partnerships.api_base.serializers import PartnershipSerializer
from partnerships.models import Government, Program, ProgramAmount
from partnerships.terms import services
from partnerships.terms.serializers import (
    AmountSerializer,
    NewAmountsSerializer,
    NewPartnershipProgramSerializer,
)


@extend_schema_view(
    list=extend_schema(
        operation_id="partnership_programs",
        summary="Programs of a partnership",
        description="Programs and what each government allocates to them now.",
        parameters=[PK],
        responses=PartnershipProgramSerializer,
        tags=TAGS,
    ),
    create=extend_schema(
        operation_id="partnership_program_open",
        summary="Open a program",
        description="Adds a program before signature. Returns the updated partnership.",
        parameters=[PK, IF_MATCH],
        request=NewPartnershipProgramSerializer,
        responses={201: PartnershipSerializer},
        tags=TAGS,
    ),
)
class Programs(PartnershipList[Program]):
    """Programs of a partnership."""

    required_permission = {"GET": VIEW, "POST": EDIT}
    queryset = Program.objects.none()
    serializer_class = PartnershipProgramSerializer

    def get_queryset(self) -> QuerySet[Program]:
        """Return the active programs with their amounts."""
        return programs().filter(partnership=self.partnership()).order_by("title")

    @idempotent
    @transaction.atomic
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Open a program."""
        values = body_of(request, NewPartnershipProgramSerializer)
        current = get_at_revision(request, kwargs["id"])
        services.add_term(term=Program(partnership=current, **values), actor=user_of(request))
        return updated_response(request, current.pk, status=201)


@extend_schema_view(
    list=extend_schema(
        operation_id="amounts",
        summary="Amounts of programs",
        description="Every amount stated for a program, newest first.",
        parameters=[PK],
        responses=AmountSerializer,
        tags=TAGS,
    ),
    create=extend_schema(
        operation_id="amounts_state",
        summary="State amounts of programs",
        description=(
            "States what each government allocates to programs (22 U.S.C. 7103a(d)(2)(C)), before signature. Amounts "
            "that would exceed the funding limit return 422 with code, limit, would_be, and citation."
        ),
        parameters=[PK, IF_MATCH],
        request=NewAmountsSerializer,
        responses={201: PartnershipSerializer},
        tags=TAGS,
    ),
)
class Amounts(PartnershipList[ProgramAmount]):
    """Allocations of both governments to programs."""

    required_permission = {"GET": VIEW, "POST": EDIT}
    queryset = ProgramAmount.objects.none()
    serializer_class = AmountSerializer

    def get_queryset(self) -> QuerySet[ProgramAmount]:
        """Return every allocation on record, as tuples."""
        rows = ProgramAmount.objects.filter(program__partnership=self.partnership())
        return AmountSerializer.tuples(rows.order_by("-pk"))

    @idempotent
    @transaction.atomic
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """State amounts together."""
        stated: list[dict[str, Any]] = body_of(request, NewAmountsSerializer)["amounts"]
        current = get_at_revision(request, kwargs["id"])
        own = current.programs.filter(withdrawn=False)
        amounts = [
            (get_or_400(own, "program", row["program"]), Government(row["government"]), row["amount"]) for row in stated
        ]
        services.set_amounts(partnership=current, amounts=amounts, actor=user_of(request))
        return updated_response(request, current.pk, status=201)
