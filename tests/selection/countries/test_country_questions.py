"""Readers' questions that the country pages alone must answer, on the shipped facts."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.test import Client

from indicators.models import Country
from partnerships.demo import load_partnerships
from selection.countries.queries.withdrawn import without_value
from selection.models import CountryScore, ScoreRun
from selection.runs.services import compute_screen
from tests.selection.countries.test_pages_country import get, text_of

pytestmark = pytest.mark.world("facts")


@pytest.fixture
def screen(db: None) -> ScoreRun:
    load_partnerships(lambda done, total: None)
    return compute_screen(actor=None, on=dt.date(2026, 11, 26))


def test_the_five_questions(screen: ScoreRun, analyst: Client) -> None:
    html = get(analyst, "GHA")
    ghana = text_of(html)
    # Why is Ghana where it is?
    assert "Ghana is above the median of the 81 ranked countries on both need and feasibility" in ghana
    assert "It ranks 9 of 81" in ghana
    assert (
        "Published Birth registration (higher is better): 70.6% (2018) ; counts as 19.1%, adjusted by the trend; "
        "today 6 to 45% in 90% of draws."
    ) in ghana
    assert (
        "Published Prevalence of modern slavery (lower is better): 4.8 (GSI 2018) and 2.9 (GSI 2023) ; counts as 4.7: "
        "the editions agree little across all countries"
    ) in ghana
    assert "so each country&#x27;s figure is moved 61% of the way to the pool&#x27;s mean of 5.3" in ghana
    # How sure is that?
    row = CountryScore.objects.get(run=screen, country__code="GHA")
    assert f"{row.rank_low} to {row.rank_high} in 90% of draws" in ghana
    assert f"Most of the doubt comes from the age of the figures ({row.detail['widths']['age']} places)." in ghana
    # Whom does it come right after, and where would it have ranked before it was chosen?
    above = CountryScore.objects.get(run=screen, rank=8).country
    assert f'href="/ranking/compare/?c=GHA&amp;c={above.code}"' in html
    assert re.search(rf"Next above in the list: {above.name} , ahead of Ghana in (only )?\d+% of draws", ghana)
    assert 'href="/ranking/backtest/#bt-GHA"' in html
    # Of which year is a figure whose survey has no stated year?
    assert "(report of 2022)" in text_of(get(analyst, "MDA"))
    # Why is Saudi Arabia not ranked?
    saudi_arabia = text_of(get(analyst, "SAU"))
    assert "Saudi Arabia is outside the pool: high income by the World Bank&#x27;s classes." in saudi_arabia
    # What is missing for Malaysia?
    malaysia = text_of(get(analyst, "MYS"))
    assert "Malaysia is provisional and has no rank: child labor is not measured within 15 years" in malaysia
    assert "For a rank it needs child labor (" in malaysia
    # What would Albania gain by withdrawing its survey of 2010?
    albania = text_of(get(analyst, "ALB"))
    asked = albania.split("Child labor, activity or chores, survey of 2010")[1]
    assert asked.split()[:3] == ["42", "no", "change"]
    assert "Not used today; Department of Labor, working children still counts" in asked[:200]


def test_what_albania_would_gain_by_withdrawing_its_survey_of_2010(screen: ScoreRun) -> None:
    albania = Country.objects.get(code="ALB")
    of_2010 = without_value(screen, albania, "child_labour", ["own", "activity", "employment"])
    assert of_2010 is not None
    assert (of_2010.status, of_2010.place, of_2010.source) == ("ranked", 42, "working")
    newer = without_value(screen, albania, "child_labour", ["working"])
    assert newer is not None
    assert (newer.status, newer.fails, newer.source) == ("provisional", ("E2",), "own")
