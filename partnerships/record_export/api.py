"""The whole record of a partnership over REST, as a ZIP."""

from __future__ import annotations

from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from cpc.accounts.access import user_of
from cpc.api.archives import ZipRenderer
from cpc.api.views import Endpoint
from partnerships.api_base.endpoints import PK, TAGS, VIEW, PartnershipChild
from partnerships.record_export.services import export_partnership


class RecordArchive(PartnershipChild, Endpoint):
    """Everything that the account may see of one partnership, in an archive that opens without the product."""

    required_permission = VIEW
    renderer_classes = [ZipRenderer]

    @extend_schema(
        operation_id="partnership_record",
        summary="Whole record of a partnership",
        description=(
            "A ZIP with all parts of the record as a page, as CSV files, and as JSON; with files, audit trail, and "
            "every version of each row for accounts that run partnerships. `manifest.json` has the SHA-256 of each "
            "member and what is left out. The audit trail records each download."
        ),
        parameters=[PK],
        responses={(200, ZipRenderer.media_type): OpenApiTypes.BINARY},
        tags=TAGS,
    )
    def get(self, request: Request, id: int) -> HttpResponseBase:
        return export_partnership(partnership=self.partnership(), actor=user_of(request))
