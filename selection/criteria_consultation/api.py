"""REST interface to the consultation on criteria: what each agency answered on a version. Read-only."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cpc.accounts.permissions import Permission
from cpc.api.row_serializers import RowSerializer
from cpc.api.serializers import CodeAndNameSerializer, NullIfEmpty, day_field, example
from cpc.api.views import Endpoint
from selection.lookups.adoptions import adoption_of
from selection.lookups.criteria_consultation import STATUSES, CriteriaFact, criteria_consultation
from selection.models import ScoringModel

EXAMPLE = {
    "model": 2,
    "adopted_on": "2026-12-20",
    "agencies": [
        {
            "agency": {"code": "dol", "name": "Department of Labor, Bureau of International Labor Affairs"},
            "status": "agrees_with_changes",
            "asked_on": "2026-12-01",
            "answered_on": "2026-12-14",
            "text": "Child labor should count more than child marriage.",
            "speaker": "Deputy Under Secretary for International Affairs",
            "document": None,
            "by_agency": True,
            "is_outdated": False,
            "adopted_without": None,
        }
    ],
}


class CriteriaFactSerializer(RowSerializer[CriteriaFact]):
    """Record of what one agency was asked on the criteria of the version, and answered."""

    agency = CodeAndNameSerializer()
    status = serializers.ChoiceField(choices=list(STATUSES.items()), help_text="The state of its answer.")
    asked_on = day_field("The day on which it was asked.")
    answered_on = day_field("The day of its answer.")
    text = NullIfEmpty(allow_null=True, help_text="The answer as the agency wrote it, or why it does not apply.")
    speaker = NullIfEmpty(allow_null=True, help_text="Who stated it.")
    document = NullIfEmpty(allow_null=True, help_text="The document from which the office recorded it.")
    by_agency = serializers.BooleanField(help_text="Whether the agency answered in the product.")
    is_outdated = serializers.BooleanField(help_text="Whether the draft changed after the answer.")
    adopted_without = NullIfEmpty(allow_null=True, help_text="Why the approver adopted without its answer.")


@example("Consultation on the criteria", EXAMPLE)
class CriteriaConsultationSerializer(serializers.Serializer[Any]):
    """The consultation on the criteria of a version (22 U.S.C. 7103a(d)(5))."""

    model = serializers.IntegerField(help_text="Key of the version.")
    adopted_on = day_field("The day on which the office adopted it.")
    agencies = CriteriaFactSerializer(many=True)


class CriteriaConsultation(Endpoint):
    required_permission = Permission.VIEW_RANKINGS

    @extend_schema(
        operation_id="criteria_consultation",
        summary="Consultation on criteria",
        description="What the agencies that the statute names, and others that were asked, answered on a version.",
        parameters=[OpenApiParameter("model", int, OpenApiParameter.PATH, description="The key of a version.")],
        responses=CriteriaConsultationSerializer,
        tags=["rankings"],
    )
    def get(self, request: Request, model: int) -> Response:
        version = ScoringModel.objects.filter(pk=model).first()
        if version is None:
            raise Http404
        adoption = adoption_of(version)
        plain = {
            "model": version.pk,
            "adopted_on": adoption.adopted_on if adoption else None,
            "agencies": criteria_consultation(version, reasons=adoption),
        }
        return Response(CriteriaConsultationSerializer(plain).data)
