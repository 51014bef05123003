"""Endpoints of bulk packages: those that are stored, and the file of one."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from cpc.accounts.permissions import Permission
from cpc.api.archives import ZipRenderer, streamed_file
from cpc.api.serializers import example
from cpc.api.views import Endpoint, Rows
from indicators.bulk import services
from indicators.models import BulkPackage

NUMBER = OpenApiParameter(
    "as_of", int, OpenApiParameter.PATH, description="The number of the publication that the package is as of."
)
TAGS = ["observations"]
EXAMPLE = {
    "as_of": 15,
    "url": "http://testserver/api/v1/bulk/15/",
    "file_name": "observations-15.zip",
    "bytes": 6412030,
    "sha256": "0" * 64,
    "observations": 251804,
    "built_at": "2026-11-21T09:12:44.018277Z",
}


@example("Package of publication 15", EXAMPLE)
class BulkPackageSerializer(serializers.ModelSerializer[BulkPackage]):
    """A data package (Frictionless) of all observations as of one publication. It never changes."""

    as_of = serializers.IntegerField(help_text="The number of the publication that it is as of.")
    url = serializers.HyperlinkedIdentityField(
        view_name="api:bulk-package",
        lookup_field="as_of",
        help_text="Its URL. With `Accept: application/zip`, the response is the file.",
    )
    file_name = serializers.CharField(read_only=True, help_text="The name of the file.")
    bytes = serializers.IntegerField(source="size", help_text="The size of the file.")
    sha256 = serializers.CharField(help_text="SHA-256 of the file, in hexadecimal.")
    observations = serializers.IntegerField(help_text="The number of observations in it.")
    built_at = serializers.DateTimeField(source="at", help_text="When it was built.")

    class Meta:
        model = BulkPackage
        fields = ("as_of", "url", "file_name", "bytes", "sha256", "observations", "built_at")


@extend_schema_view(
    list=extend_schema(
        operation_id="bulk_packages",
        summary="Bulk packages",
        description="Data packages (Frictionless) of the whole history of observations, newest first. A worker builds "
        "one after each publication; the newest three are stored. Sources whose license does not let their values be "
        "passed on are left out, and named in `datapackage.json` under `left_out`.",
        tags=TAGS,
    )
)
class BulkPackages(Rows[BulkPackage]):
    """Packages of all observations, newest first."""

    required_permission = Permission.VIEW_OBSERVATIONS
    queryset = BulkPackage.objects.order_by("-as_of")
    serializer_class = BulkPackageSerializer


class BulkPackageFile(Endpoint):
    """One package: its size and checksum as JSON, or the ZIP itself."""

    required_permission = Permission.VIEW_OBSERVATIONS
    renderer_classes = [JSONRenderer, ZipRenderer]
    found: BulkPackage | None = None

    def last_modified(self) -> dt.datetime | None:
        return self.found.at if self.found else None

    @extend_schema(
        operation_id="bulk_package",
        summary="One bulk package",
        description="Size and checksum of a package. With `Accept: application/zip`, the ZIP itself, streamed, with "
        "its length; its ETag begins with the checksum. To resume a download, send Range with that ETag in If-Range. "
        "404 once newer packages have replaced it.",
        parameters=[NUMBER],
        responses={
            (200, "application/json"): BulkPackageSerializer,
            (200, ZipRenderer.media_type): OpenApiTypes.BINARY,
        },
        tags=TAGS,
    )
    def get(self, request: Request, as_of: int) -> HttpResponseBase:
        self.found = package = get_object_or_404(BulkPackage, as_of=as_of)
        if not isinstance(request.accepted_renderer, ZipRenderer):
            context: dict[str, Any] = {"request": request}
            return Response(BulkPackageSerializer(package, context=context).data)
        try:
            file = services.open_package(package)
        except FileNotFoundError:
            raise Http404 from None
        etag = f'"{package.sha256[:32]}"'
        return streamed_file(request, file, size=package.size, etag=etag, name=package.file_name)
