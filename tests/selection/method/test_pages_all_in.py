"""The page of the method for a model with all-in draws, on the shipped facts."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.test import Client

from cpc.accounts.permissions import Role
from selection.method import views
from selection.model_definition.criteria_table import ModelTable
from selection.models import ScoreRun
from tests.selection.countries.test_pages_country import text_of
from tests.support.accounts import make_account

pytestmark = pytest.mark.world("newcomer")


def client_of(role: Role) -> Client:
    client = Client()
    client.force_login(make_account(role, username="reader"))
    return client


@pytest.fixture
def viewer(newcomer: ScoreRun) -> Client:
    return client_of(Role.VIEWER)


def page(client: Client, query: str = "") -> str:
    response = client.get(f"/method/{query}")
    assert response.status_code == 200
    return unescape(text_of(response.content.decode()))


def test_page_shows_effect_of_weights_and_tiers_on_the_list(viewer: Client) -> None:
    text = page(viewer)
    for sentence in (
        "Axes at 50:50 have an effective importance of need 0.38 and feasibility 0.39.",
        "it decides little: 0.150 of the total, effective 0.04; 0.03 of the variance of need.",
        "7 of the first 20 have a newest published value below 4, the bound of the statutory check; 15 lie below 6.2, "
        "the median of 78 ranked countries.",
        "The Corruption Perceptions Index weighs 7.9% and decides nothing in this list (effective 0.00).",
        "School life expectancy and literacy move against the total (\N{MINUS SIGN}0.32 and \N{MINUS SIGN}0.36)",
        "In this run k = 1: the report of 2026 is due and not loaded.",
        "one of 1,152 designs, all equally likely",
        "In this run: 0 firmly in, 5",
        "If the overdue report changes no tier: 4 firmly in, 4",
        "With a floor of 0.35 their effective importance is 0.29 and 0.48, with 0.33 it is 0.38 and 0.39",
        "What the list cannot show",
    ):
        assert sentence in text, sentence
    assert re.search(r"Child marriage 0\.100 0\.3[3-7] \+0\.4[4-8]", text)
    assert "768 designs" not in text


def test_ghana_is_worked_out_to_its_printed_score(viewer: Client) -> None:
    text = page(viewer)
    assert "100 exp(0.5 \N{MULTIPLICATION SIGN} (" in text
    assert "= 51.34 Rank" in text
    assert "17 of 81 are higher: rank 18" in text
    assert "20.1 (2018) and 5.5 (2022): L(own) = \N{MINUS SIGN}1.3617; " in text
    assert "D = 4, w = 0.6417; " in text


@pytest.mark.parametrize(
    ("code", "sentences"),
    [
        ("TUR", ["Does not apply", "1 \N{MULTIPLICATION SIGN} 0.7 = 0.7", "49 of 81 are higher: rank 50"]),
        ("civ", ["9 of 81 are higher: it would rank 10"]),
        ("BTN", ["29 of 81 are higher: it would rank 30"]),
        ("SUR", ["22 of 81 are higher: rank 23"]),
    ],
)
def test_requested_country_is_worked_out_step_by_step(viewer: Client, code: str, sentences: list[str]) -> None:
    text = page(viewer, f"?country={code}")
    for sentence in sentences:
        assert sentence in text, sentence


def test_a_missing_value_names_how_many_peers_fill_it(viewer: Client) -> None:
    assert re.search(r"No value; mean u of \d+ peers: u = 0\.", page(viewer, "?country=MYS"))


@pytest.mark.parametrize("code", ["XXX", "FSM", "ghana"])
def test_a_country_without_a_score_is_refused(viewer: Client, code: str) -> None:
    response = viewer.get(f"/method/?country={code}")
    assert response.status_code == 400
    assert f"No country with the code “{code.upper()}” has a score in run" in unescape(response.content.decode())


def test_who_sees_no_ranking_gets_the_rules_and_no_score(newcomer: ScoreRun) -> None:
    reviewer = client_of(Role.REVIEWER)
    text = page(reviewer)
    assert "L(best) = L(v) \N{MINUS SIGN} 0.07 min(a, 5)" in text
    assert "o = 0.3403" in text
    for word in ("Ghana", "Work it out", "51.34", "are higher"):
        assert word not in text
    assert reviewer.get("/method/?country=GHA").status_code == 400


def test_a_model_of_version_3_keeps_its_page(viewer: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    table = ModelTable.from_dict(ScoreRun.objects.get(model_version="3").table)
    monkeypatch.setattr(views, "default_table", lambda: table)
    text = page(viewer)
    assert "Recompute a score" not in text
    assert "need from 0 to 85 and feasibility from 35 to 85" in text
    assert "768 designs" in text
    assert "Other methods (not in the interval)" in text


def test_before_a_run_the_rules_have_no_fitted_numbers(viewer: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "newest_run_on", lambda table: None)
    text = page(viewer)
    assert "best: pulled to the mean of the pool, as fitted in the run" in text
    assert "No run of this version yet." in text
    assert "Work it out" not in text
