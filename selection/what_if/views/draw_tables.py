"""Tables from which a browser computes the draws of a question. The page's worker loads them once."""

from __future__ import annotations

import gzip
from functools import lru_cache

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response, patch_cache_control, patch_vary_headers
from django.views.decorators.http import require_safe

from cpc.accounts.access import requires
from cpc.accounts.permissions import Permission
from cpc.parameters import check_parameters
from selection.models import ScoreRun
from selection.ranking.views.listing import asked_run
from selection.runs.queries.basis import basis_of
from selection.what_if.laws import MAGIC, tables


@require_safe
@requires(Permission.VIEW_RANKINGS)
def draws(request: HttpRequest) -> HttpResponseBase:
    """Send the tables of a run. A run never changes: a client that has them gets 304 before anything is computed."""
    check_parameters(request, ("run",))
    run = asked_run(request)
    if run is None:
        raise Http404
    etag = f'W/"{MAGIC.decode()}-{run.pk}-{run.snapshot_hash[:16]}-{run.model_hash[:16]}"'
    response = get_conditional_response(request, etag, response=_answer(request, run, etag))
    assert response is not None  # one was given
    return response


def _answer(request: HttpRequest, run: ScoreRun, etag: str) -> HttpResponse:
    if request.headers.get("If-None-Match") == etag:
        response = HttpResponse()
    else:
        content = _compressed(run.pk, run.snapshot_hash)
        zipped = "gzip" in request.headers.get("Accept-Encoding", "")
        response = HttpResponse(content if zipped else gzip.decompress(content))
        if zipped:
            response["Content-Encoding"] = "gzip"
    response["Content-Type"] = "application/octet-stream"
    # A script reads it; no page shows it.
    response["Content-Disposition"] = f'attachment; filename="draws-{run.pk}.bin"'
    response["ETag"] = etag
    # The browser revalidates it on each use: an account that signed out or lost its permission gets nothing.
    patch_cache_control(response, private=True, no_cache=True)
    patch_vary_headers(response, ("Accept-Encoding", "Cookie"))
    return response


@lru_cache(maxsize=2)
def _compressed(run_id: int, _snapshot_hash: str) -> bytes:
    basis = basis_of(ScoreRun.objects.defer("result").get(pk=run_id))
    if basis is None:
        raise BadRequest(
            f"Draws from run {run_id} are not available: a different engine computed it. "
            "Use a run of the current method."
        )
    return gzip.compress(tables(basis), mtime=0)
