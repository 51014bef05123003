"""The whole record of a partnership over REST: what an export has, and the ZIP itself."""

from __future__ import annotations

from typing import Any

from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from cpc.accounts.access import user_of
from cpc.api.archives import ZipRenderer
from cpc.api.serializers import example
from cpc.api.views import Endpoint
from partnerships.api_base.endpoints import PK, TAGS, VIEW, PartnershipChild
from partnerships.record_export.queries import ExportTable, RecordExport, record_export
from partnerships.record_export.services import export_partnership

EXAMPLE = {
    "partnership": 9,
    "version": 41,
    "tables": [{"name": "risks", "title": "Risks", "rows": 3}],
    "files": 2,
    "left_out": [],
}


class ExportedTableSerializer(serializers.Serializer[ExportTable]):
    """A table of the export."""

    name = serializers.CharField(help_text="The name of its CSV file, without the folder and the ending.")
    title = serializers.CharField(help_text="What it holds.")
    rows = serializers.SerializerMethodField(help_text="The number of its rows.")

    def get_rows(self, table: ExportTable) -> int:
        return len(table.rows)


@example("Whole record of a partnership", EXAMPLE)
class RecordArchiveSerializer(serializers.Serializer[RecordExport]):
    """Contents of the ZIP of a partnership, as the account sees it now."""

    partnership = serializers.IntegerField(source="partnership.pk", help_text="The number of the partnership.")
    version = serializers.IntegerField(source="partnership.version", help_text="Its revision.")
    tables = ExportedTableSerializer(many=True, help_text="The tables that have rows.")
    files = serializers.SerializerMethodField(help_text="The number of its files.")
    left_out = serializers.ListField(
        child=serializers.CharField(), help_text="A sentence for each part that the account may not see."
    )

    def get_files(self, export: RecordExport) -> int:
        return len(export.files)


class RecordArchive(PartnershipChild, Endpoint):
    """Everything that the account may see of one partnership: what it is, or the archive itself."""

    required_permission = VIEW
    renderer_classes = [JSONRenderer, ZipRenderer]

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        return self.name_sample(super().finalize_response(request, response, *args, **kwargs))

    @extend_schema(
        operation_id="partnership_record",
        summary="Whole record of a partnership",
        description=(
            "What the ZIP of the record has. With `Accept: application/zip`, the ZIP itself, streamed: all parts as a "
            "page, as CSV files, and as JSON; with files, audit trail, and every version of each row for accounts that "
            "run partnerships. Its `manifest.json` has the SHA-256 of each member. The audit trail records each "
            "download."
        ),
        parameters=[PK],
        responses={
            (200, "application/json"): RecordArchiveSerializer,
            (200, ZipRenderer.media_type): OpenApiTypes.BINARY,
        },
        tags=TAGS,
    )
    def get(self, request: Request, id: int) -> HttpResponseBase:
        partnership, user = self.partnership(), user_of(request)
        if not isinstance(request.accepted_renderer, ZipRenderer):
            return Response(RecordArchiveSerializer(record_export(partnership, user)).data)
        return export_partnership(partnership=partnership, actor=user)
