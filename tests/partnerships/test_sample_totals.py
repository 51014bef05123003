"""The ranking, the pool, every list, and every total are the same with the sample as without it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from cpc.accounts.models import User
from cpc.people.demo import load_accounts
from indicators.models import SAMPLE_CODE
from partnerships.agreements import queries
from partnerships.demo import load_partnerships
from partnerships.models import Partnership, RecordKind
from partnerships.portfolio.queries import summary
from partnerships.sample.load import load_sample
from selection.lookups.pool import pool_facts, pool_inputs, pool_on
from selection.models import ScoreRun
from selection.runs.services import compute_screen, replay

DAY = date(2026, 11, 26)


def quiet(_done: int, _total: int) -> None:
    """Take no notice of progress."""


def told(client: Client) -> Mapping[str, object]:
    """Return every list, count, and total that includes partnerships or countries."""
    return {
        "pool": pool_on(DAY),
        "inputs": pool_inputs(DAY),
        "facts": pool_facts(),
        "partners": queries.in_partnership(DAY),
        "terms": queries.terms(),
        "signatures": queries.signatures(),
        "summary": summary(DAY),
        "countries": client.get("/api/v1/countries/").json(),
        "partnerships": client.get("/api/v1/partnerships/").json(),
        "export": client.get(reverse("partnerships"), {"format": "csv", "columns": "file"}).getvalue(),
        "attention": client.get(
            reverse("partnerships"), {"attention": "overdue", "format": "csv", "columns": "file"}
        ).getvalue(),
    }


@pytest.mark.world("ranking")
def test_with_the_sample_as_without_it(ranking: ScoreRun, client: Client) -> None:
    load_accounts(quiet)
    load_partnerships(quiet)
    client.force_login(User.objects.get(username="analyst"))
    before, run = told(client), compute_screen(actor=None, on=DAY)
    load_sample(quiet)
    assert Partnership.objects.filter(kind=RecordKind.SAMPLE).count() == 1
    after = told(client)
    assert [name for name, value in before.items() if after[name] != value] == []
    # The same question leads to the same run, and its replay gives the same bytes.
    assert compute_screen(actor=None, on=DAY) == run
    assert replay(run_id=run.pk) is None
    assert SAMPLE_CODE not in str((run.inputs, run.result))


@pytest.mark.world("ranking")
def test_the_search_names_it_last_and_tagged(ranking: ScoreRun, client: Client) -> None:
    load_accounts(quiet)
    load_partnerships(quiet)
    load_sample(quiet)
    client.force_login(User.objects.get(username="viewer"))
    samples = client.get(reverse("search"), {"q": "Sample Country"}).context["samples"]
    assert [result.described.title for result in samples] == [
        "Child Protection Compact Partnership with Sample Country"
    ]
    page = client.get(reverse("search"), {"q": "Child Protection Compact", "kind": "partnership"})
    assert page.context["title"] == "Child Protection Compact: 8 records"
    assert not any("Sample" in result.described.title for result in page.context["results"])
    assert [result.key.is_sample for result in page.context["samples"]] == [True]
