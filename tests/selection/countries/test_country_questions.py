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
    assert "It ranks 18 of 81" in ghana
    assert (
        "Published Birth registration (higher is better): 70.6% (2018) ; that leaves 29.4%; used 22.6%, because "
        "the trend is credited for five years at most; today 8 to 50% in 90% of draws."
    ) in ghana
    assert (
        "20.1% (2018) and 5.5% for work alone (2022) ; used 13.1%, because the two surveys differ. The newer survey "
        "has 64% of the weight; 6 to 27% in 90% of draws."
    ) in ghana
    assert (
        "Published Prevalence of modern slavery (lower is better): 4.8 (GSI 2018) and 2.9 (GSI 2023) ; counts as 4.7: "
        "the editions agree little across all countries"
    ) in ghana
    assert "so each country's figure is moved 61% of the way to the pool's mean of 5.3" in ghana
    # How sure is that?
    row = CountryScore.objects.get(run=screen, country__code="GHA")
    assert f"{row.rank_low} to {row.rank_high} in 90% of draws" in ghana
    assert f"Most of the doubt comes from the age of the figures ({row.detail['widths']['age']} places)." in ghana
    # What would the overdue report do, what would raise the reliability, and which weights favor it?
    assert re.search(r"in the first 20 in 6\d% of draws; in 6\d% if its tier holds\.", ghana)
    assert "If the 2026 TIP Report changes no tier: rank 1 to 4" in ghana
    assert "Reliability 7.0 of 10; loading the 2026 TIP Report would add 0.7" in ghana
    assert re.search(
        r"Ghana is in the first 20 in (49|50|51)% of weightings; typically those that give need 3\d%", ghana
    )
    # Whom does it come right after, and where would it have ranked before it was chosen?
    above = CountryScore.objects.get(run=screen, rank=17).country
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
    # Which levels does the newest edition lack?
    turkey = text_of(get(analyst, "TUR"))
    assert "its weight goes to the TIP Report tier. Earlier levels are never scored." in turkey
    assert re.search(r"On record: [^:]+: Moderate Advancement \(2018\), not counted", turkey)
    assert "its weight goes to the TIP Report tier. No loaded edition has a level." in text_of(get(analyst, "VNM"))
    # What would Albania gain by withdrawing its survey of 2010?
    albania = text_of(get(analyst, "ALB"))
    asked = albania.split("Child labor, activity or chores, survey of 2010")[1]
    assert asked.split()[:3] == ["44", "no", "change"]
    assert "Not used today; Department of Labor, working children still counts" in asked[:200]


def test_what_albania_would_gain_by_withdrawing_its_survey_of_2010(screen: ScoreRun) -> None:
    albania = Country.objects.get(code="ALB")
    of_2010 = without_value(screen, albania, "child_labour", ["own", "activity", "employment"])
    assert of_2010 is not None
    assert (of_2010.status, of_2010.place, of_2010.source) == ("ranked", 44, "working")
    newer = without_value(screen, albania, "child_labour", ["working"])
    assert newer is not None
    assert (newer.status, newer.fails, newer.source) == ("provisional", ("E2",), "own")
