"""Benchmark of many partnerships: pages against a tenth of the data, and the REST list against its bare rows.

1,000 partnerships of 200 rows each are read through whole requests, and before that 100 of them, in one process and
one database. A bare view lists the same rows by `values()` through the same base class, with the same token,
throttle, parameters, pages, and validators. It has no nested objects, no reasons for nulls, and no filters.
"""

from __future__ import annotations

import tempfile
from typing import Any

from django.db import transaction
from django.test import Client, override_settings
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
from tests.bench.measuring import Row, getting, medians, query_count, row
from tests.support.accounts import make_account

MANY, ROUNDS = 1000, 30
SLOT_THAT_RUNS = 5
LIST = "/api/v1/partnerships/?page_size=50"
COLUMNS = PartnershipBriefSerializer.columns()


class Bare(Rows[Partnership]):
    """The same rows in the same order, by `values()` only."""

    required_permission = Permission.VIEW_PARTNERSHIPS
    queryset = Partnership.objects.order_by("country__name", "-starts_on", "-pk")
    serializer_class = PartnershipBriefSerializer

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


def run() -> list[Row]:
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

        make_many(range(MANY // 10), shape=FULL, writer=analyst, actor=signs, today=today)
        large = Partnership.objects.order_by("pk")[SLOT_THAT_RUNS].pk
        pages = {
            "portfolio": "/partnerships/",
            "overview": f"/partnerships/{large}/",
            "results": f"/partnerships/{large}/results/",
        }
        before = {name: _read(page, url) for name, url in pages.items()}
        rows = make_many(range(MANY // 10, MANY), shape=FULL, writer=analyst, actor=signs, today=today)
        found = [_grown(name, before[name], _read(page, url), f"{MANY} partnerships") for name, url in pages.items()]
        assert rows >= 200 * (MANY - MANY // 10), rows
        make_many([MANY + SLOT_THAT_RUNS], shape=TENTH, writer=analyst, actor=signs, today=today)
        small = f"/partnerships/{Partnership.objects.latest('pk').pk}/"
        calls = getting(page, small), getting(page, pages["overview"])
        few, all_rows = zip(medians(*calls, rounds=ROUNDS), map(query_count, calls), strict=True)
        found.append(_grown("overview", few, all_rows, "200 rows, not 20"))
        found += _rest(program)
        transaction.set_rollback(True)
        return found


def _read(client: Client, url: str) -> tuple[float, int]:
    """Return the milliseconds and the queries of a page."""
    call = getting(client, url)
    return medians(call, rounds=ROUNDS)[0], query_count(call)


def _grown(name: str, before: tuple[float, int], after: tuple[float, int], what: str) -> Row:
    assert before[1] == after[1], f"{name} takes {before[1]} queries, and {after[1]} with {what}"
    detail = f"{after[0]:.1f} ms against {before[0]:.1f} ms, {after[1]} queries both"
    return row(f"{name} with {what}", after[0], before[0], 2.0, detail)


def _rest(program: Client) -> list[Row]:
    etags = {url: getting(program, url)().headers["ETag"] for url in (LIST, LIST.replace("50", "1000"))}
    calls = [getting(program, LIST), getting(program, "/bare/?page_size=50")]
    calls += [getting(program, url, 304, **{"If-None-Match": etag}) for url, etag in etags.items()]
    calls += [getting(program, LIST.replace("50", "1000")), getting(program, "/nothing/")]
    nested, bare, held, held_all, everything, nothing = medians(*calls, rounds=ROUNDS)
    shared = f"{nothing:.1f} ms of each are what an empty answer takes: middleware, token, throttle"
    return [
        _against("API list of 50 against bare values()", nested, bare, 1.5),
        _against("API 304 against 200, list of 50", held, nested, 0.2, f"; {shared}"),
        _against("API 304 against 200, list of all", held_all, everything, 0.2),
    ]


def _against(name: str, ours: float, floor: float, goal: float, more: str = "") -> Row:
    return row(name, ours, floor, goal, f"{ours:.1f} ms against {floor:.1f} ms{more}")
