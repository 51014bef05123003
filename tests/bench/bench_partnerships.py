"""Benchmark of many partnerships: pages against a tenth of the data, and the REST list against its bare rows.

1,000 partnerships of 200 rows each are read through whole requests, and before that 100 of them, in one process and
one database. A bare view lists the same rows by `values()` through the same base class, with the same token,
throttle, parameters, pages, and validators. It has no nested objects, no reasons for nulls, and no filters.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from typing import Any

from django.db import connection, transaction
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import path
from django.utils import timezone
from rest_framework.response import Response

from cpc.accounts.permissions import Permission, Role
from cpc.accounts.scopes import scopes_for
from cpc.api.views import Endpoint, Rows
from cpc.api_tokens.services import issue_token
from cpc.urls import urlpatterns as product
from partnerships.api_base.serializers import PartnershipBriefSerializer
from partnerships.models import Partnership
from tests.bench.many import FULL, TENTH, make_many
from tests.support.accounts import make_account

MANY, ROUNDS = 1000, 30
SLOT_THAT_RUNS = 5
LIST = "/api/v1/partnerships/?page_size=50"
COLUMNS = PartnershipBriefSerializer.columns()


class Bare(Rows[Partnership]):
    """The same rows in the same order, by `values()` only."""

    required_permission = Permission.VIEW_PARTNERSHIPS
    queryset = Partnership.objects.order_by("country__name", "-starts_on", "-pk")

    def list(self, request: Any, *args: Any, **kwargs: Any) -> Response:
        """Return a page of the rows."""
        page = self.paginate_queryset(self.get_queryset().values(*COLUMNS))
        return self.get_paginated_response(page)


class Nothing(Endpoint):
    """Baseline endpoint that costs only the shared parts: middleware, token, throttle, and permission."""

    required_permission = Permission.VIEW_PARTNERSHIPS

    def get(self, request: Any) -> Response:
        """Return an empty response."""
        return Response({})


urlpatterns = [
    path("nothing/", Nothing.as_view(), name="nothing"),
    path("bare/", Bare.listing(), name="bare"),
    *product,
]


def _medians(*calls: Callable[[], object]) -> list[float]:
    times: list[list[float]] = [[] for _ in calls]
    for i in range(ROUNDS + 3):
        for call, spent in zip(calls, times, strict=True):
            start = time.perf_counter()
            call()
            if i >= 3:
                spent.append((time.perf_counter() - start) * 1e3)
    return [statistics.median(spent) for spent in times]


def _queries(client: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        client.get(url)
    return len(queries)


def _get(client: Client, url: str, status: int = 200, **headers: str) -> Callable[[], Any]:
    def get() -> Any:
        response = client.get(url, headers=headers)
        assert response.status_code == status, f"{url} answers {response.status_code}"
        return response

    return get


def run() -> list[dict[str, Any]]:
    """Measure pages at ten times the data (goal 2), the list of 50 (goal 1.5), and 304 against 200 (goal a fifth).

    All rows are removed afterwards: a partnership in force excludes its country from the pool that other modules
    rank.
    """
    with (
        transaction.atomic(),
        tempfile.TemporaryDirectory() as folder,
        override_settings(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"], MEDIA_ROOT=folder, API_REQUESTS_A_MINUTE=10**9),
    ):
        analyst, signs = make_account(Role.ANALYST), make_account(Role.APPROVER)
        today = timezone.now().date()
        page = Client()
        page.force_login(analyst)
        owner = make_account(Role.API_CLIENT)
        issued = issue_token(owner=owner, name="Bench", scopes=scopes_for(owner.permissions), days=1)
        program = Client(headers={"Authorization": f"Bearer {issued.secret}"})

        make_many(range(MANY // 10), shape=FULL, actor=signs, today=today)
        large = Partnership.objects.order_by("pk")[SLOT_THAT_RUNS].pk
        pages = {"portfolio": "/partnerships/", "overview": f"/partnerships/{large}/"}
        before = {name: (_medians(_get(page, url))[0], _queries(page, url)) for name, url in pages.items()}
        rows = make_many(range(MANY // 10, MANY), shape=FULL, actor=signs, today=today)
        found = [
            _grown(name, before[name], (_medians(_get(page, url))[0], _queries(page, url)), f"{MANY} partnerships")
            for name, url in pages.items()
        ]
        assert rows >= 200 * (MANY - MANY // 10), rows
        make_many([MANY + SLOT_THAT_RUNS], shape=TENTH, actor=signs, today=today)
        small = f"/partnerships/{Partnership.objects.latest('pk').pk}/"
        few, all_rows = _medians(_get(page, small), _get(page, pages["overview"]))
        counts = (_queries(page, small), _queries(page, pages["overview"]))
        found.append(_grown("overview", (few, counts[0]), (all_rows, counts[1]), "200 rows, not 20"))
        found += _rest(program)
        transaction.set_rollback(True)
        return found


def _grown(name: str, before: tuple[float, int], after: tuple[float, int], what: str) -> dict[str, Any]:
    assert before[1] == after[1], f"{name} takes {before[1]} queries, and {after[1]} with {what}"
    detail = f"{after[0]:.1f} ms against {before[0]:.1f} ms, {after[1]} queries both"
    return {"name": f"{name} with {what}", "ratio": after[0] / before[0], "goal": 2.0, "detail": detail}


def _rest(program: Client) -> list[dict[str, Any]]:
    etags = {url: _get(program, url)()["ETag"] for url in (LIST, LIST.replace("50", "1000"))}
    calls = [_get(program, LIST), _get(program, "/bare/?page_size=50")]
    calls += [_get(program, url, 304, **{"If-None-Match": etag}) for url, etag in etags.items()]
    calls += [_get(program, LIST.replace("50", "1000")), _get(program, "/nothing/")]
    nested, bare, held, held_all, everything, nothing = _medians(*calls)
    shared = f"{nothing:.1f} ms of each are what an empty answer takes: middleware, token, throttle"
    return [
        {
            "name": "API list of 50 against bare values()",
            "ratio": nested / bare,
            "goal": 1.5,
            "detail": f"{nested:.1f} ms against {bare:.1f} ms",
        },
        {
            "name": "API 304 against 200, list of 50",
            "ratio": held / nested,
            "goal": 0.2,
            "detail": f"{held:.1f} ms against {nested:.1f} ms; {shared}",
        },
        {
            "name": "API 304 against 200, list of all",
            "ratio": held_all / everything,
            "goal": 0.2,
            "detail": f"{held_all:.1f} ms against {everything:.1f} ms",
        },
    ]
