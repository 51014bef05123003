"""IATI files in REST: of one partnership, and of the portfolio, with what they lack."""

from __future__ import annotations

import hashlib
from typing import Any

from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from cpc.accounts.permissions import Permission
from cpc.api.serializers import example
from cpc.api.views import Endpoint
from partnerships.page_frame import get_partnership_or_404
from partnerships.publication.assembly import PortfolioFile, Publication, assemble, portfolio
from partnerships.publication.checks import Check
from partnerships.publication.iati_file import MEDIA_TYPE

TAGS = ["partnerships"]
PARTNERSHIP = OpenApiParameter("id", int, OpenApiParameter.PATH, description="The number of a partnership.")
CHECK = {"name": "Schema", "passed": False, "text": "1 error: description"}
ONE = {
    "partnership": 9,
    "identifier": "US-GOV-11-CPC-GH-2015",
    "ready": False,
    "missing": ["description"],
    "checks": [CHECK],
    "withheld": 4,
}
FILE = {"sha256": "0" * 64, "bytes": 18212}


class CheckSerializer(serializers.Serializer[Check]):
    name = serializers.CharField(help_text="Schema, Code lists, Rules, Withheld items, or Money.")
    passed = serializers.BooleanField(source="is_good", help_text="Whether nothing was found.")
    text = serializers.CharField(help_text="The errors, or what was found good.")


@example("IATI activity", ONE)
class IatiActivitySerializer(serializers.Serializer[Publication]):
    """IATI activity of one partnership: whether it can go out, and what it lacks."""

    partnership = serializers.IntegerField(source="partnership.pk", help_text="The number of the partnership.")
    identifier = serializers.CharField(source="facts.identifier", help_text="Its `iati-identifier`.")
    ready = serializers.BooleanField(
        source="is_ready", help_text="Whether it is signed, no sample, lacks nothing, and passes every check."
    )
    missing = serializers.SerializerMethodField(help_text="Elements that lack something, by their tags.")
    checks = CheckSerializer(many=True, help_text="The checks of the file.")
    withheld = serializers.SerializerMethodField(
        help_text="Number of names and locations that are withheld (22 U.S.C. 2394c(b)(3))."
    )

    def get_missing(self, found: Publication) -> list[str]:
        return [one.tag for one in found.missing]

    def get_withheld(self, found: Publication) -> int:
        return len(found.outside.items)


@example("IATI file", {**ONE, **FILE})
class IatiFileSerializer(IatiActivitySerializer):
    """IATI file of one partnership, as the record is now."""

    sha256 = serializers.SerializerMethodField(help_text="SHA-256 of the file.")
    bytes = serializers.SerializerMethodField(help_text="Size of the file.")

    def get_sha256(self, found: Publication) -> str:
        return hashlib.sha256(found.file()).hexdigest()

    def get_bytes(self, found: Publication) -> int:
        return len(found.file())


@example("IATI file of the portfolio", {**FILE, "included": [], "left_out": [ONE]})
class IatiPortfolioSerializer(serializers.Serializer[PortfolioFile]):
    """IATI file of the portfolio: the partnerships in it, and those left out with what they lack."""

    sha256 = serializers.SerializerMethodField(help_text="SHA-256 of the file.")
    bytes = serializers.SerializerMethodField(help_text="Size of the file.")
    included = IatiActivitySerializer(many=True, help_text="Partnerships in the file.")
    left_out = IatiActivitySerializer(many=True, help_text="Signed partnerships that are not ready.")

    def get_sha256(self, found: PortfolioFile) -> str:
        return hashlib.sha256(found.file()).hexdigest()

    def get_bytes(self, found: PortfolioFile) -> int:
        return len(found.file())


class IatiRenderer(BaseRenderer):
    """Renderer of a file as it is; a problem document stays JSON."""

    media_type = MEDIA_TYPE
    format = "xml"
    charset = "utf-8"

    def render(self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None) -> bytes:
        return data if isinstance(data, bytes) else JSONRenderer().render(data)


class IatiEndpoint(Endpoint):
    required_permission = Permission.VIEW_PARTNERSHIPS
    renderer_classes = [JSONRenderer, IatiRenderer]

    def answer(
        self,
        request: Request,
        source: Publication | PortfolioFile,
        serializer: type[serializers.Serializer[Any]],
        name: str,
    ) -> Response:
        """Return the file or, as JSON, what it has and lacks.

        Raises `ValidationError` with code `withheld_found` rather than disclose an item.
        """
        if not isinstance(request.accepted_renderer, IatiRenderer):
            return Response(serializer(source).data)
        return Response(source.file(), headers={"Content-Disposition": f'attachment; filename="{name}"'})


class IatiOfPartnership(IatiEndpoint):
    @extend_schema(
        operation_id="partnership_iati",
        summary="IATI file of a partnership",
        description="What the IATI 2.03 activity file of a partnership has and lacks, built from the record as it is "
        "now. With `Accept: application/xml`, the file itself. Withheld names and locations are left out for every "
        "account (22 U.S.C. 2394c(b)(3)), and small counts as in other publications.",
        parameters=[PARTNERSHIP],
        responses={(200, "application/json"): IatiFileSerializer, (200, MEDIA_TYPE): OpenApiTypes.BINARY},
        tags=TAGS,
    )
    def get(self, request: Request, id: int) -> Response:
        (found,) = assemble([get_partnership_or_404(id)], timezone.now().date())
        return self.answer(request, found, IatiFileSerializer, f"iati-{found.facts.identifier.lower()}.xml")


class IatiOfPortfolio(IatiEndpoint):
    @extend_schema(
        operation_id="portfolio_iati",
        summary="IATI file of the portfolio",
        description="The signed partnerships in the IATI 2.03 activity file, and those left out with what they lack. "
        "With `Accept: application/xml`, the file itself. No sample is in it.",
        responses={(200, "application/json"): IatiPortfolioSerializer, (200, MEDIA_TYPE): OpenApiTypes.BINARY},
        tags=TAGS,
    )
    def get(self, request: Request) -> Response:
        return self.answer(request, portfolio(timezone.now().date()), IatiPortfolioSerializer, "iati-portfolio.xml")
