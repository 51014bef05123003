"""Page of the backtest: its states, permissions, and query parameters."""

from __future__ import annotations

from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.test import Client

from cpc.accounts.permissions import Role
from indicators.models import Country
from partnerships.demo import record_documented
from selection.backtest.queries import findings_of
from selection.backtest.services import compute_backtest
from selection.models import Backtest, ScoreRun
from tests.support.ranking_runs import copied

URL, COMPUTE = "/ranking/backtest/", "/ranking/backtest/compute/"
pytestmark = pytest.mark.django_db


def sign(code: str, day: str = "2026-02-03") -> None:
    """Record a partnership as signed on a day."""
    term = {
        "starts_on": day,
        "signed_on": day,
        "status_as_of": day,
        "ends_on": f"{int(day[:4]) + 4}{day[4:]}",
        "ended_on": None,
    }
    parts: dict[str, list[str]] = {
        name: [] for name in ("participants", "statements", "exceptions", "dialogues", "focus_regions", "forms")
    }
    country = Country.objects.get(code=code)
    entry = {"title": f"With {country}", "status": "signed", "coordination_body": "", **term, **parts}
    record_documented(country, entry)


def read(client: Client, url: str = URL) -> str:
    response = client.get(url)
    assert response.status_code == 200
    return " ".join(unescape(response.content.decode()).split())


@pytest.mark.world("empty")
def test_page_before_any_run_names_the_first_step(analyst: Client) -> None:
    assert "No ranking yet" in read(analyst)
    sent = analyst.post(COMPUTE, {}, follow=True)
    assert "No ranking yet. Compute one first." in sent.content.decode()


def test_without_a_partnership_no_partner_is_ranked(run: ScoreRun, analyst: Client) -> None:
    html = read(analyst)
    assert "No partnership to place" in html
    assert "Compute the backtest" not in html
    sent = analyst.post(COMPUTE, {"run": run.pk}, follow=True)
    assert f"No recorded partnership was signed by the date of run {run.pk}." in sent.content.decode()
    assert not Backtest.objects.exists()


def test_an_analyst_computes_it_once_and_a_viewer_reads_it(
    run: ScoreRun, analyst: Client, as_role: Callable[[Role], Client]
) -> None:
    sign("GHA")
    viewer = as_role(Role.VIEWER)
    assert "An analyst can compute it." in read(viewer)
    assert "Compute the backtest" in read(analyst)
    for text in ("has been computed.", "was already computed."):
        sent = analyst.post(COMPUTE, {"run": run.pk}, follow=True)
        assert sent.redirect_chain == [(URL, 302)]
        assert f"The backtest of run {run.pk} {text}" in sent.content.decode()
    found = Backtest.objects.get()
    assert found.computed_by is not None
    html = read(viewer)
    assert "Backtest: the partner" in html
    assert "signed Feb 3, 2026" in html
    assert "The partners do not stand out" in html  # the best rank of one partner can be chance
    assert "A single place proves little." in html
    assert "2025" in html


def test_only_those_who_compute_rankings_may_compute_it(run: ScoreRun, as_role: Callable[[Role], Client]) -> None:
    sign("GHA")
    assert as_role(Role.VIEWER).post(COMPUTE, {"run": run.pk}).status_code == 403
    assert as_role(Role.REVIEWER).get(URL).status_code == 404
    assert as_role(Role.ADMINISTRATOR).get(URL).status_code == 200
    assert not Backtest.objects.exists()


def test_who_asks_the_same_at_the_same_time_gets_the_one_that_was_stored(
    run: ScoreRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign("GHA")
    others: list[Backtest | None] = []

    def overtaken(*arguments: Any, **more: Any) -> Any:
        if not others:
            others.append(None)  # before the other asks, so that this happens once
            others[0] = compute_backtest(actor=None)
        return findings_of(*arguments, **more)

    monkeypatch.setattr("selection.backtest.services.findings_of", overtaken)
    made = compute_backtest(actor=None)
    assert made == others[0]
    assert Backtest.objects.count() == 1


def test_a_partner_outside_the_pool_and_one_not_listed_say_so(run: ScoreRun, analyst: Client) -> None:
    for code in ("GHA", "ROU", "AND"):
        sign(code)
    sign("CIV", "2020-05-01")
    compute_backtest(actor=None)
    html = read(analyst)
    assert "Outside the pool:</b> High income by the World Bank's classes. Placed as if such countries" in html
    assert "No place:</b> Not listed as a state in the TIP Report of 2025." in html
    assert "No place:</b> No TIP Report of the time is loaded." in html
    assert "Backtest: the four partners" in html


def test_partnerships_recorded_later_are_a_new_question(run: ScoreRun, analyst: Client) -> None:
    sign("GHA")
    compute_backtest(actor=None)
    assert "have changed since" not in read(analyst)
    sign("KEN" if Country.objects.filter(code="KEN").exists() else "CIV")
    assert "The recorded partnerships have changed since this backtest." in read(analyst)
    analyst.post(COMPUTE, {"run": run.pk})
    assert Backtest.objects.count() == 2
    html = read(analyst)
    assert "Backtest: the two partners" in html
    assert "have changed since" not in html


@pytest.mark.tampers
def test_newer_run_shows_the_older_backtest_with_its_run(run: ScoreRun, analyst: Client) -> None:
    sign("GHA")
    compute_backtest(actor=None)
    later = copied(run, lambda row: None)
    html = read(analyst)
    assert f"This is the backtest of run {run.pk}." in html
    assert f'value="{later.pk}"' in html  # the button computes the newer one
    assert "Pages show" in read(analyst, f"{URL}?run={run.pk}")
    assert "Not computed yet" in read(analyst, f"{URL}?run={later.pk}")


@pytest.mark.tampers
def test_run_by_an_unknown_engine_has_no_backtest(run: ScoreRun, analyst: Client) -> None:
    sign("GHA")
    older = copied(run, lambda row: None, engine="0.9")
    html = read(analyst, f"{URL}?run={older.pk}")
    assert f"Run {older.pk} was not made by the current method." in html
    sent = analyst.post(COMPUTE, {"run": older.pk}, follow=True)
    assert "was not made by the current method" in sent.content.decode()
    assert not Backtest.objects.exists()


def test_what_an_address_or_a_form_cannot_mean_is_refused(run: ScoreRun, analyst: Client) -> None:
    assert analyst.get(f"{URL}?run=999").status_code == 404
    assert analyst.get(f"{URL}?run=x").status_code == 404
    assert analyst.get(f"{URL}?sort=size").status_code == 400
    assert analyst.post(COMPUTE, {"run": "x"}).status_code == 400
    assert analyst.post(COMPUTE, {"run": "999"}).status_code == 404
