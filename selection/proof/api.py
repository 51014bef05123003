"""Endpoint of proof bundles: the hashes and files of a run's bundle, or the bundle itself."""

from __future__ import annotations

import datetime as dt

from django.http import Http404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from cpc.accounts.access import check
from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.api.archives import ZipRenderer
from cpc.api.permissions import check_scope
from cpc.api.serializers import example
from cpc.api.views import Endpoint
from selection.models import ProofBundle
from selection.proof import queries, services
from selection.runs.queries.stored_runs import find_run

RUN = OpenApiParameter("run", int, OpenApiParameter.PATH, description="The number of a run.")
TAGS = ["rankings"]

BUNDLE_EXAMPLE = {
    "run": 1,
    "manifest_sha256": "0" * 64,
    "sha256": "0" * 64,
    "bytes": 641203,
    "made_at": "2026-11-21T09:12:44.018277Z",
    "files": [{"name": "cells.csv", "bytes": 1403848}],
}


class BundleFileSerializer(serializers.Serializer[queries.BundleFile]):
    name = serializers.CharField(help_text="Name of the file in the bundle.")
    bytes = serializers.IntegerField(source="size", help_text="Size of the file, unpacked.")


@example("Proof bundle", BUNDLE_EXAMPLE)
class ProofSerializer(serializers.Serializer[ProofBundle]):
    """Proof bundle of a run. The memo prints `manifest_sha256`; `sha256` is that of the ZIP."""

    run = serializers.IntegerField(source="run_id", help_text="The number of the run.")
    manifest_sha256 = serializers.CharField(help_text="SHA-256 of the manifest: the proof, as the memo prints it.")
    sha256 = serializers.CharField(help_text="SHA-256 of the ZIP.")
    bytes = serializers.IntegerField(source="size", help_text="Size of the ZIP.")
    made_at = serializers.DateTimeField(source="at", help_text="When the bundle was made. It never changes.")
    files = BundleFileSerializer(source="contents", many=True)


class ProofOfRun(Endpoint):
    """The proof bundle of one run: its hashes and files as JSON, or the ZIP itself."""

    required_permission = Permission.VIEW_RANKINGS
    renderer_classes = [JSONRenderer, ZipRenderer]
    found: ProofBundle | None = None

    def last_modified(self) -> dt.datetime | None:
        return self.found.at if self.found else None

    @extend_schema(
        operation_id="proof",
        summary="Proof of a run",
        description="The hash that proves a run, and the files of its bundle. With `Accept: application/zip`, the "
        "bundle itself, with which anybody can recompute the run offline. 404 until the bundle is made.",
        parameters=[RUN],
        responses={
            (200, "application/json"): ProofSerializer,
            (200, ZipRenderer.media_type): OpenApiTypes.BINARY,
        },
        tags=TAGS,
    )
    def get(self, request: Request, run: int) -> Response:
        """Return the bundle's hashes and files, or its bytes. Raise Http404 if there is no run or no bundle."""
        user = request.user
        assert isinstance(user, User)
        self.found = _bundle(request, user, run)
        if not isinstance(request.accepted_renderer, ZipRenderer):
            self.found.contents = queries.files_of(self.found)  # type: ignore[attr-defined]  # for the serializer
            return Response(ProofSerializer(self.found).data)
        with services.open_bundle(bundle=self.found, actor=user) as file:
            data = file.read()
        return Response(data, headers={"Content-Disposition": f'attachment; filename="proof-of-run-{run}.zip"'})


def _bundle(request: Request, user: User, number: int) -> ProofBundle:
    """Return the bundle of a run. Raise `Http404` for no run, `NotFound` for one without a bundle."""
    run = find_run(str(number), None)
    if run is None:
        raise Http404
    permission = queries.permission_for(run)
    check_scope(request, permission)
    check(user, permission)
    found = queries.bundle_of(run)
    if found is None:
        raise NotFound(f"Run {number} has no proof bundle yet. Somebody can make it at /runs/{number}/proof/.")
    return found
