"""Documents, their versions, and public statements over REST."""

from __future__ import annotations

from django.http import Http404
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from cpc.accounts.access import user_of
from cpc.api.binary import FileRenderer
from partnerships.agreements.services import open_document
from partnerships.api_base.endpoints import PK, TAGS, PartnershipEndpoint, number_of
from partnerships.api_base.parts import part
from partnerships.models import Document, DocumentVersion, EventConcern, FigureStatement
from partnerships.withheld import sees_withheld

DOCUMENTS = part(
    "documents",
    "document",
    Document,
    title="Documents of a partnership",
    description="Every document. Its files are under document versions.",
    fields="id kind title",
    order=("title", "pk"),
    filters="kind",
)
VERSIONS = part(
    "document-versions",
    "document version",
    DocumentVersion,
    title="Versions of documents of a partnership",
    description="Every file of every document with its SHA-256, in order. Download one at its URL followed by `file/`.",
    fields="id document number sha256 dated language note added_by=added_by.name at",
    notes={
        "sha256": "The SHA-256 digest of the file.",
        "dated": "The date of the document.",
        "language": "The language.",
        "added_by": "The person who added it.",
    },
    reasons={"dated": "not_recorded", "added_by": "not_applicable"},
    filters="document",
)
STATEMENTS = part(
    "statements",
    "statement",
    FigureStatement,
    title="Public statements on a partnership",
    description="Figures that public sources stated. Statements disagree over time; none is overwritten.",
    fields="id kind text amount currency day stated_on stated_in source recorded_by=recorded_by.name at",
    notes={
        "text": "The figure as stated.",
        "day": "The day that the statement names.",
        "stated_on": "The day of the statement.",
        "source": "Where to read it.",
    },
    reasons={"amount": "not_applicable", "day": "not_applicable", "stated_on": "not_recorded"},
    filters="kind",
)
EVENTS = part(
    "events",
    "event",
    EventConcern,
    title="Events that concern a partnership",
    description="Events outside of the partnership, and what is known of the partnership afterward.",
    fields="id title=event.title happened_on=event.happened_on text=event.text afterward source",
    notes={
        "happened_on": "The day on which it began.",
        "text": "What happened.",
        "afterward": "What is known of the partnership afterward; empty if nothing is.",
        "source": "Where to read that.",
    },
    order=("event__happened_on", "pk"),
)


WITHHELD_FILE = (
    "A file may name what is withheld outside (22 U.S.C. 2394c(b)(3)). A token with the scope partnerships:write or "
    "partnerships:money can read it."
)


class DocumentFile(PartnershipEndpoint):
    renderer_classes = [FileRenderer]

    @extend_schema(
        operation_id="partnership_document_file",
        summary="File of a document",
        description=(
            "The file of a version as it was received. The audit trail records each download. It may name what is "
            "withheld outside, so that only accounts that run partnerships can read it; for others it is a 403."
        ),
        parameters=[PK, number_of("row", "The number of a document version.")],
        responses={(200, FileRenderer.media_type): OpenApiTypes.BINARY},
        tags=TAGS,
    )
    def get(self, request: Request, id: int, row: int) -> Response:
        versions = DocumentVersion.objects.filter(document__partnership=self.partnership())
        version = get_object_or_404(versions, pk=row)
        if not version.file.name or not version.file.storage.exists(version.file.name):
            raise Http404
        if not sees_withheld(user_of(request)):
            raise PermissionDenied(WITHHELD_FILE)
        with open_document(version=version, actor=user_of(request)) as file:
            content = file.read()
        name = f"document-{version.document_id}-v{version.number}"
        return Response(content, headers={"Content-Disposition": f'attachment; filename="{name}"'})
