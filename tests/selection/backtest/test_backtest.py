"""Backtest of the shipped ranking: its cases and areas, and later editions don't change it."""

from __future__ import annotations

import datetime as dt
import json
from io import StringIO
from pathlib import Path
from typing import NamedTuple

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction
from django.test import Client

from cpc.accounts.models import User
from indicators.observations.as_of import current, known_values, known_values_on
from selection.backtest import FEASIBILITY, NEED, Findings
from selection.backtest.queries import (
    BacktestRequest,
    _Backtest,
    backtests,
    findings_of,
    is_current,
)
from selection.backtest.services import compute_backtest
from selection.model_definition.criteria_table import Stage
from selection.models import Backtest, ScoreRun
from selection.runs.queries.basis import _basis, basis_of
from selection.scoring_inputs.screening import select_from
from tests.support.ranking_runs import copied
from tests.support.rankings import publish_values, value

pytestmark = pytest.mark.world("newcomer")

RANKS, ENDS, SHARE = 3, 5, 0.03 + 0.005
"""Tolerances of the method in ranks, in ranks at the ends of an interval, and of a percentile with its rounding."""

WITHIN = 0.05


class Row(NamedTuple):
    """One case."""

    cutoff: int
    edition: str
    rank: int
    of: int
    low: int
    high: int
    within: float
    need: float
    feasibility: float
    earlier: int | None


# Version 4 of the method states no cases, only the areas of a close variant (total .59, need .42, feasibility .72).
# These cases are the ones that the engine found, with draws of tiers where an edition was overdue (2016, 2019).
TABLE = {
    "GHA": Row(2014, "2014", 7, 110, 1, 31, 0.81, 0.25, 0.05, 4),
    "PHL": Row(2016, "2015", 48, 107, 14, 83, 0.09, 0.64, 0.19, 47),
    "PER": Row(2016, "2015", 29, 107, 8, 76, 0.22, 0.47, 0.21, 34),
    "JAM": Row(2017, "2017", 79, 101, 35, 94, 0.01, 0.93, 0.27, 92),
    "MNG": Row(2019, "2018", 54, 99, 12, 86, 0.12, 0.44, 0.61, 56),
    "COL": Row(2021, "2021", 22, 107, 3, 65, 0.43, 0.72, 0.02, 23),
    "CIV": Row(2021, "2021", 18, 107, 5, 47, 0.48, 0.29, 0.50, 19),
    "ROU": Row(2023, "2023", 118, 154, 44, 137, 0.01, 0.95, 0.40, None),
}
OVERDUE = {2014: 0, 2016: 1, 2017: 0, 2019: 1, 2021: 0, 2023: 0}
"""Editions of the TIP Report that were due by the end of a year and are not stated in full."""

LACKING = {
    "GHA": {"prevalence": "dropped", "child_labour": "bridged", "ilab": "dropped"},
    "PER": {"prevalence": "dropped", "child_labour": "bridged", "ilab": "dropped"},
    "JAM": {"prevalence": "dropped", "child_labour": "bridged", "ilab": "published"},
    "MNG": {"prevalence": "published", "child_labour": "bridged", "marriage": "filled"},
    "ROU": {"prevalence": "published", "child_labour": "bridged", "ilab": "apart"},
}


@pytest.fixture
def shipped(db: None) -> Backtest:
    return Backtest.objects.get()


@pytest.fixture
def found(shipped: Backtest) -> Findings:
    return Findings.from_dict(shipped.result)


@pytest.fixture
def analyst(db: None) -> Client:
    client = Client()
    client.force_login(User.objects.get(username="analyst"))
    return client


def test_the_table_of_the_method(found: Findings) -> None:
    assert [case.country for case in found.cases] == list(TABLE)
    for case in found.cases:
        row, spot = TABLE[case.country], case.total
        assert spot is not None
        assert (case.cutoff.year, case.edition, spot.of) == (row.cutoff, row.edition, row.of)
        assert spot.rank == pytest.approx(row.rank, abs=RANKS), case.country
        assert (spot.low, spot.high) == pytest.approx((row.low, row.high), abs=ENDS), case.country
        assert spot.within == pytest.approx(row.within, abs=WITHIN), case.country
        assert case.axes[NEED].percentile == pytest.approx(row.need, abs=SHARE), case.country
        assert case.axes[FEASIBILITY].percentile == pytest.approx(row.feasibility, abs=SHARE), case.country
        if row.earlier is not None:
            assert case.earlier[""][0] == pytest.approx(row.earlier, abs=RANKS), case.country


def test_all_partners_together(found: Findings) -> None:
    means = {axis: found.mean_percentile(axis) for axis in ("", NEED, FEASIBILITY)}
    assert means == pytest.approx({"": 0.41, NEED: 0.59, FEASIBILITY: 0.28}, abs=SHARE)
    areas = {axis: area for axis in means if (area := found.area(axis)) is not None}
    values = {axis: area.value for axis, area in areas.items()}
    assert values == pytest.approx({"": 0.59, NEED: 0.42, FEASIBILITY: 0.72}, abs=SHARE)
    assert [area.error for area in areas.values()] == pytest.approx([0.10] * 3, abs=0.005)
    assert [axis for axis, area in areas.items() if area.is_high] == [FEASIBILITY]
    assert found.within == 2
    assert found.chance_within == pytest.approx(1.5, abs=0.05)
    assert found.expected_within == pytest.approx(2.2, abs=0.1)


def test_on_the_data_of_the_run(found: Findings) -> None:
    now = found.today
    assert now is not None
    assert (now.of, now.partners) == (103, 7)  # Romania has high income
    assert now.areas == pytest.approx({"": 0.66, NEED: 0.41, FEASIBILITY: 0.92}, abs=0.01)
    shares = {0.0: 0.92, 0.2: 0.88, 0.4: 0.74, 0.5: 0.66, 0.6: 0.59, 0.8: 0.47, 1.0: 0.41}
    assert dict(now.by_share) == pytest.approx(shares, abs=0.02)


def test_tiers_are_drawn_where_the_model_calls_an_edition_overdue(shipped: Backtest) -> None:
    asked = BacktestRequest.from_dict(shipped.inputs)
    for run, exact in ((shipped.run, frozenset()), (ScoreRun.objects.get(model_version="3"), frozenset({"tier"}))):
        basis = basis_of(run)
        assert basis is not None
        lists = _Backtest(run, basis, asked, draws=0, seed=1)
        assert lists._of_the_listing == exact
    basis = basis_of(shipped.run)
    assert basis is not None
    lists = _Backtest(shipped.run, basis, asked, draws=0, seed=1)
    for year, late in OVERDUE.items():
        found = lists._lists[dt.date(year, 12, 31)]
        selection = select_from(
            lists.table,
            Stage.SCREEN,
            known=found.known,
            pool=found.pool,
            as_of=shipped.run.as_of,
            on=found.on,
            listed_regions=shipped.run.inputs.get("regions"),
        )
        assert selection.snapshot.overdue == {"tier": late}, year


def test_what_was_not_published_then(found: Findings) -> None:
    cases = {case.country: case for case in found.cases}
    for code, ways in LACKING.items():
        known = {one.key: one.how for one in cases[code].known}
        assert {key: known[key] for key in ways} == ways, code
    assert all({one.key: one.how for one in case.known}["child_labour"] == "bridged" for case in found.cases)
    assert cases["ROU"].outside_code == "high_income"
    assert not any(case.outside for case in found.cases if case.country != "ROU")
    for axis in (NEED, FEASIBILITY):
        assert sum(one.share for one in found.cases[0].known if one.axis == axis) == pytest.approx(1, abs=1e-5)


def test_the_same_question_again_gives_the_backtest_there_is(shipped: Backtest) -> None:
    assert compute_backtest(actor=None) == shipped
    assert Backtest.objects.count() == 1
    assert is_current(shipped)


def test_later_editions_change_nothing(shipped: Backtest, analyst: Client, tmp_path: Path) -> None:
    """Publish revised values and a new year, in files with days of publication before each partner was chosen."""
    page = analyst.get("/ranking/backtest/").content.decode()
    before, then = _printed(), dt.date(2016, 12, 31)
    revised = [
        value("cpi.score", "PER", "2015", "5", error="2.5"),
        value("wdi.child_marriage", "PER", "2012", "49.0"),
        value("wdi.child_marriage", "MNG", "2013", "49.0"),
        value("tip.tier", "PER", "2016", "Tier 3", quality="stated"),
        value("tip.tier", "PER", "2026", "Tier 1", quality="stated"),
    ]
    publish_values(tmp_path / "later", revised, edition="2026", out=dt.date(2013, 6, 1))
    pinned, now = (
        {v.period: v.value for v in known_values({"cpi.score"}, as_of=as_of, published_by=then) if v.country == "PER"}
        for as_of in (shipped.run.as_of, current())
    )
    assert now["2015"] == 5.0
    assert pinned["2015"] != 5.0  # so the import would matter

    assert compute_backtest(actor=None) == shipped
    _basis.cache_clear()
    basis = basis_of(shipped.run)
    assert basis is not None
    asked = BacktestRequest.from_dict(shipped.inputs)
    again = findings_of(shipped.run, basis, asked, draws=shipped.draws, seed=int(shipped.seed))
    assert json.loads(json.dumps(again.to_dict())) == shipped.result
    assert _printed() == before
    assert _without_token(analyst.get("/ranking/backtest/").content.decode()) == _without_token(page)


@pytest.mark.tampers
def test_newer_ranking_needs_a_new_backtest_and_the_page_names_the_shown_run(
    shipped: Backtest, analyst: Client, tmp_path: Path
) -> None:
    publish_values(tmp_path / "later", [value("cpi.score", "GHA", "2025", "60", error="2.5")], edition="2026")
    later = copied(shipped.run, lambda row: None)
    html = analyst.get("/ranking/backtest/").content.decode()
    assert f"This is the backtest of run {shipped.run_id}." in html
    assert f"run {later.pk}</a>, which has no backtest yet" in html
    assert "Not computed yet" in analyst.get(f"/ranking/backtest/?run={later.pk}").content.decode()
    assert backtests(later).first() is None


def test_a_backtest_never_changes(shipped: Backtest) -> None:
    for attempt in (lambda: shipped.delete(), lambda: Backtest.objects.update(seed="1")):
        with pytest.raises(DatabaseError), transaction.atomic():
            attempt()


def test_several_days_at_once_give_what_each_gives_alone(shipped: Backtest) -> None:
    days = [dt.date(2014, 12, 31), dt.date(2021, 12, 31)]
    codes = {"cpi.score", "factbook.literacy", "gsi.prevalence"}
    together = known_values_on(codes, days=days, as_of=shipped.run.as_of)
    for day in days:
        assert together[day] == known_values(codes, as_of=shipped.run.as_of, published_by=day)
    assert len(together[days[0]]) < len(together[days[1]])


# ---- the command ---------------------------------------------------------------------------------------------------


def _printed(*arguments: str) -> str:
    out = StringIO()
    call_command("backtest", *arguments, stdout=out)
    return out.getvalue()


def _without_token(html: str) -> str:
    return "\n".join(line for line in html.splitlines() if "csrf" not in line)


def test_the_command_prints_the_table_the_sums_and_the_limits(shipped: Backtest) -> None:
    text = _printed()
    lines = text.splitlines()
    peru = next(line for line in lines if line.startswith("Peru"))
    assert peru.split()[:5] == ["Peru", "2016", "29", "of", "107"]
    assert "Romania*" in text
    assert "* Romania: High income by the World Bank's classes." in text
    assert any(line.startswith("Feasibility") and "More than chance" in line for line in lines)
    assert "What this does not show" in text
    assert "9. Nothing is tuned to this result." in text
    assert all(len(line) <= 110 for line in lines)
    assert json.loads(_printed("--json")) == shipped.result


def test_the_command_refuses_what_it_cannot_answer(shipped: Backtest) -> None:
    with pytest.raises(CommandError, match="there is no desk screen run 999"):
        _printed("--run", "999")
    with pytest.raises(CommandError, match="Move the cutoff by 0 to 5 years"):
        _printed("--cutoff-shift", "9")


def test_a_cutoff_a_year_earlier_is_a_backtest_of_its_own(shipped: Backtest) -> None:
    text = _printed("--cutoff-shift", "1")
    assert "every cutoff moved back by 1" in text
    moved = Backtest.objects.get(shift=1)
    first, other = Findings.from_dict(shipped.result), Findings.from_dict(moved.result)
    for case, earlier in zip(first.cases, other.cases, strict=True):
        assert earlier.total is not None
        assert case.earlier[""] == (earlier.total.rank, earlier.total.of), case.country
        assert earlier.cutoff.year == case.cutoff.year - 1
    assert list(backtests(shipped.run)) == [shipped]  # the page goes on to show the one without a shift


def test_a_run_before_any_signature_has_no_partner_to_place(shipped: Backtest) -> None:
    run = ScoreRun.objects.get(pk=shipped.run_id)
    run.reference_date = dt.date(2015, 1, 1)
    with pytest.raises(ValidationError) as caught:
        compute_backtest(actor=None, run=run)
    assert caught.value.code == "no_partner"
