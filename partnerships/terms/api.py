"""Programmes over REST: they are opened, and both governments' amounts stated, until the signature."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_serializer, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cpc.accounts.access import user_of
from cpc.api.idempotency import idempotent
from cpc.api.serializers import BodySerializer
from partnerships.api_base import examples, representation
from partnerships.api_base.endpoints import (
    EDIT,
    IF_MATCH,
    PK,
    TAGS,
    VIEW,
    ListOfPartnership,
    answer_about,
    as_read,
    body_of,
    one_of,
)
from partnerships.api_base.serializers import (
    PartnershipSerializer,
    ProgrammeSerializer,
    a_text,
    optional,
)
from partnerships.models import Government, Programme, ProgrammeAmount
from partnerships.terms import services


@extend_schema_serializer(examples=[OpenApiExample("A programme to open", value=examples.NEW_PROGRAMME)])
class NewProgrammeSerializer(BodySerializer):
    """A programme or initiative of the partnership."""

    title = serializers.CharField(max_length=200, help_text="Its title.")
    description = optional("What it is for.", 2000)


class NewAmountSerializer(BodySerializer):
    """What one government allocates to one programme."""

    programme = serializers.IntegerField(help_text="The number of a programme of the partnership.")
    government = serializers.ChoiceField(choices=Government.choices, help_text="Which government.")
    amount = serializers.DecimalField(max_digits=14, decimal_places=2, min_value=0, help_text="In U.S. dollars.")


@extend_schema_serializer(examples=[OpenApiExample("Amounts to state", value=examples.NEW_AMOUNTS)])
class NewAmountsSerializer(BodySerializer):
    """Amounts that are stated together: all of them count from now on, or none."""

    amounts = NewAmountSerializer(many=True, allow_empty=False)


@extend_schema_serializer(examples=[OpenApiExample("An amount", value=examples.AMOUNT)])
class AmountSerializer(serializers.Serializer[ProgrammeAmount]):
    """What one government allocated to one programme; of several the newest counts."""

    programme = serializers.IntegerField(source="programme_id", help_text="The number of the programme.")
    government = serializers.ChoiceField(choices=Government.choices, help_text="Which government.")
    amount = serializers.DecimalField(max_digits=14, decimal_places=2, help_text="In U.S. dollars.")
    note = a_text("What it came with, such as the number of an amendment.")
    stated_at = serializers.DateTimeField(source="at", help_text="When it was stated.")


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
class Programmes(ListOfPartnership[Programme]):
    """Programmes of a partnership."""

    required_permission = {"GET": VIEW, "POST": EDIT}
    queryset = Programme.objects.none()
    serializer_class = ProgrammeSerializer

    def get_queryset(self) -> QuerySet[Programme]:
        """Those that were not withdrawn, with their amounts."""
        return representation.programmes().filter(partnership=self.partnership(), withdrawn=False).order_by("title")

    @idempotent
    @transaction.atomic
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Open another one, as the service allows."""
        values = body_of(request, NewProgrammeSerializer)
        current = as_read(request, kwargs["id"])
        services.add_term(term=Programme(partnership=current, **values), actor=user_of(request))
        return answer_about(request, current.pk, status=201)


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
class Amounts(ListOfPartnership[ProgrammeAmount]):
    """What both governments allocate to programmes."""

    required_permission = {"GET": VIEW, "POST": EDIT}
    queryset = ProgrammeAmount.objects.none()
    serializer_class = AmountSerializer

    def get_queryset(self) -> QuerySet[ProgrammeAmount]:
        """All that were stated."""
        return ProgrammeAmount.objects.filter(programme__partnership=self.partnership()).order_by("-pk")

    @idempotent
    @transaction.atomic
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """State them, as the service allows."""
        stated: list[dict[str, Any]] = body_of(request, NewAmountsSerializer)["amounts"]
        current = as_read(request, kwargs["id"])
        programmes = current.programmes.filter(withdrawn=False)
        amounts = [
            (one_of(programmes, "programme", row["programme"]), Government(row["government"]), row["amount"])
            for row in stated
        ]
        services.set_amounts(partnership=current, amounts=amounts, actor=user_of(request))
        return answer_about(request, current.pk, status=201)
