from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response

from cpc.accounts.access import user_of
from cpc.api.idempotency import idempotent
from partnerships.api_base.endpoints import MONEY, PK, TAGS, VIEW, body_of, get_or_400
from partnerships.api_base.parts import PartRows, part
from partnerships.models import CongressionalNotification, Contribution, NotificationExemption
from partnerships.money import serializers, services

CONTRIBUTIONS = part(
    "contributions",
    "contribution",
    Contribution,
    prefix="",
    title="Contributions to a partnership",
    description="Contributions of both governments by fiscal year, without those that were replaced.",
    serializer=serializers.ContributionSerializer,
    rows=lambda _user: Contribution.objects.filter(replaced_by__isnull=True),
    order=("fiscal_year", "government", "pk"),
)
NOTIFICATIONS = part(
    "congressional-notifications",
    "congressional notification",
    CongressionalNotification,
    title="Congressional notifications of a partnership",
    description="Every notification, in effect and replaced, by the day on which it was sent.",
    fields="id sent_on amount reference fund document replaces recorded_by=recorded_by.name at",
    notes={
        "sent_on": "The day on which it was sent.",
        "amount": "In U.S. dollars.",
        "document": "The number of the document's version.",
    },
    reasons={"fund": "not_recorded"},
    order=("sent_on", "pk"),
)
EXEMPTIONS = part(
    "notification-exemptions",
    "notification exemption",
    NotificationExemption,
    title="Exemptions from notification",
    description="Every amount that may be obligated without a notification or before 15 days have passed, and why.",
    fields="id kind amount from_on authority reason recorded_by=recorded_by.name at",
    notes={"amount": "In U.S. dollars.", "from_on": "The day from which it holds."},
    order=("from_on", "pk"),
)


@extend_schema_view(
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
class Contributions(PartRows):
    resource = CONTRIBUTIONS
    required_permission = {"GET": VIEW, "POST": MONEY}

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
