from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view

from cpc.accounts.models import User
from partnerships.api_base.endpoints import (
    IF_MATCH,
    PK,
    TAGS,
    PartnershipList,
    RevisionEndpoint,
    get_or_400,
    programs,
)
from partnerships.api_base.part_serializers import PartnershipProgramSerializer
from partnerships.api_base.serializers import PartnershipSerializer
from partnerships.models import Government, Partnership, Program, ProgramAmount
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
class Programs(RevisionEndpoint, PartnershipList[Program]):
    queryset = Program.objects.none()
    serializer_class = PartnershipProgramSerializer
    body_serializer = NewPartnershipProgramSerializer

    def get_queryset(self) -> QuerySet[Program]:
        return programs().filter(partnership=self.partnership()).order_by("title")

    def write(self, partnership: Partnership, values: dict[str, Any], actor: User) -> None:
        services.add_term(term=Program(partnership=partnership, **values), actor=actor)


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
class Amounts(RevisionEndpoint, PartnershipList[ProgramAmount]):
    queryset = ProgramAmount.objects.none()
    serializer_class = AmountSerializer
    body_serializer = NewAmountsSerializer

    def get_queryset(self) -> QuerySet[ProgramAmount]:
        rows = ProgramAmount.objects.filter(program__partnership=self.partnership())
        return AmountSerializer.tuples(rows.order_by("-pk"))

    def write(self, partnership: Partnership, values: dict[str, Any], actor: User) -> None:
        own = partnership.programs.filter(withdrawn=False)
        amounts = [
            (get_or_400(own, "program", row["program"]), Government(row["government"]), row["amount"])
            for row in values["amounts"]
        ]
        services.set_amounts(partnership=partnership, amounts=amounts, actor=actor)
