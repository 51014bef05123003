"""Download of publishers' files, for users who import them."""

from __future__ import annotations

from django.http import FileResponse, Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from cpc.accounts.access import requires
from cpc.accounts.permissions import Permission
from cpc.parameters import check_parameters
from indicators.models import SourceFile


@require_safe
@requires(Permission.IMPORT_DATA)
def file(request: HttpRequest, sha256: str) -> FileResponse:
    """Return the stored bytes as a download.

    Raises `Http404` if only the name is known or it is a folder.
    """
    check_parameters(request, ())
    known = get_object_or_404(SourceFile, sha256=sha256)
    if not known.path.is_file():
        raise Http404
    response = FileResponse(
        known.path.open("rb"), as_attachment=True, filename=known.name, content_type="application/octet-stream"
    )
    response["X-Content-Type-Options"] = "nosniff"
    return response
