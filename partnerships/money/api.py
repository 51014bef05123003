from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response

from cpc.accounts.access import user_of
from cpc.api.idempotency import idempotent
from partnerships.api_base.endpoints import MONEY, PK, TAGS, VIEW, PartnershipList, body_of, get_or_400
from partnerships.models import Contribution
from partnerships.money import serializers, services


@extend_schema_view(
    list=extend_schema(
        operation_id="contributions",
        summary="Contributions to a partnership",
        description="Contributions of both governments by fiscal year, without those that were replaced.",
        parameters=[PK],
        responses=serializers.ContributionSerializer,
        tags=TAGS,
    ),
    create=extend_schema(
        operation_id="contribution_record",
        summary="Record a contribution",
        description="Records a contribution, or a replacement for an earlier one.",
        parameters=[PK],
        request=serializers.NewContributionSerializer,
        responses={201: serializers.ContributionSerializer},
        tags=TAGS,
    ),
)
class Contributions(PartnershipList[Contribution]):
    required_permission = {"GET": VIEW, "POST": MONEY}
    queryset = Contribution.objects.none()
    serializer_class = serializers.ContributionSerializer

    def get_queryset(self) -> QuerySet[Contribution]:
        rows = self.partnership().contributions.filter(replaced_by__isnull=True)
        return serializers.ContributionSerializer.tuples(rows.order_by("fiscal_year", "government", "pk"))

    @idempotent
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        partnership = self.partnership()
        values = body_of(request, serializers.NewContributionSerializer)
        values["program"] = get_or_400(partnership.programs.all(), "program", values["program"])
        values["replaces"] = get_or_400(partnership.contributions.all(), "replaces", values["replaces"])
        row = services.record_contribution(
            contribution=Contribution(partnership=partnership, **values), actor=user_of(request)
        )
        return Response(serializers.ContributionSerializer(row).data, status=201)
