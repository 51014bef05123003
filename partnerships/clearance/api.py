from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from cpc.finding_targets import located
from partnerships.api_base.endpoints import PK, TAGS, PartnershipEndpoint, record_keys_at, today
from partnerships.api_base.parts import document_part
from partnerships.clearance import queries
from partnerships.clearance.serializers import ClearanceSerializer, TextRecord
from partnerships.lookups.clearance import clearance_of
from partnerships.models import Partnership, Signing


def clearance_record(partnership: Partnership) -> dict[str, Any]:
    """Return the clearance of all texts of a partnership, and what stops their signature today."""
    keys = record_keys_at(partnership.pk)
    texts = [
        TextRecord(text.amendment, text.clearance, located(text.stops, keys), text.signings)
        for text in _texts(partnership, today())
    ]
    return dict(ClearanceSerializer({"texts": texts}).data)


document_part("clearance", clearance_record)


class ClearanceOfTexts(PartnershipEndpoint):
    @extend_schema(
        operation_id="partnership_clearance",
        summary="Clearance of a partnership's texts",
        description=(
            "For the instrument and each amendment: versions of the text, who was asked and answered what, going on "
            "without an answer, legal findings, what stops the signature today, and signing days. The instrument comes "
            "first; an amendment without a text or signing days is left out."
        ),
        parameters=[PK],
        responses=ClearanceSerializer,
        tags=TAGS,
    )
    def get(self, request: Request, id: int) -> Response:
        return Response(clearance_record(self.partnership()))


def _texts(partnership: Partnership, on: date) -> Iterator[TextRecord]:
    signings: dict[int | None, list[Signing]] = defaultdict(list)
    for row in partnership.signings.order_by("pk"):
        signings[row.amendment_id].append(row)
    for amendment in (None, *queries.amendments_with_text(partnership)):
        clearance, signed = clearance_of(partnership, amendment), signings[amendment.pk if amendment else None]
        if amendment is None:
            stops = [] if partnership.signed_on else clearance.findings(on)
        elif clearance.versions or signed:
            stops = [] if amendment.state == "applied" or not clearance.versions else clearance.findings(on)
        else:
            continue
        yield TextRecord(amendment.number if amendment else None, clearance, stops, signed)
