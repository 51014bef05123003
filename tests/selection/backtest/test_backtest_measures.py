"""Measures of the backtest: percentiles, areas under the curve, the chance level, and the finding from them."""

from __future__ import annotations

import datetime as dt
import itertools
import json
import statistics
from typing import Any

import numpy as np
import pytest
from scipy.stats import mannwhitneyu  # type: ignore[import-untyped]  # scipy ships no types

from cpc.web import formats
from selection.backtest import (
    FEASIBILITY,
    NEED,
    Case,
    Findings,
    Known,
    Signature,
    Spot,
    Today,
    area_against,
    area_of_ranks,
    chance_within,
    cutoff_of,
    lacking,
    percentile,
)
from selection.backtest.presenters import findings as findings_presenters
from selection.backtest.presenters.limits import limits as limits_of

SIGNED = dt.date(2017, 4, 11)


def spot(rank: int, of: int = 100, within: float = 0.2) -> Spot:
    return Spot(rank, of, max(rank - 9, 1), min(rank + 9, of), within)


def case(code: str, need: int, feasibility: int, total: int = 40, **more: Any) -> Case:
    axes = {NEED: spot(need), FEASIBILITY: spot(feasibility)}
    given: dict[str, Any] = {"title": f"With {code}", "signed": SIGNED, "cutoff": dt.date(2016, 12, 31)}
    given |= {"edition": "2015", "tier": "Tier 2", "total": spot(total), "axes": axes}
    return Case(code, **(given | more))


def findings(*cases: Case, today: Today | None = None) -> Findings:
    return Findings(20, 1000, cases, today)


def eight(need: int, feasibility: int, **more: Any) -> tuple[Findings, dict[str, str]]:
    codes = [f"C{n:02}" for n in range(8)]
    return findings(*(case(code, need, feasibility, **more) for code in codes)), {
        code: f"Country {code}" for code in codes
    }


def test_the_cutoff_is_the_end_of_the_year_before_the_signature() -> None:
    assert cutoff_of(SIGNED) == dt.date(2016, 12, 31)
    assert cutoff_of(dt.date(2016, 1, 1)) == dt.date(2015, 12, 31)
    assert cutoff_of(SIGNED, 1) == dt.date(2015, 12, 31)
    assert Signature.from_dict(Signature("PER", "With Peru", SIGNED).to_dict()).day == SIGNED


def test_a_percentile_is_the_share_of_the_list_down_to_a_rank() -> None:
    assert percentile(27, 107) == pytest.approx(0.252, abs=0.001)
    assert percentile(110, 110) == 1


def test_the_area_of_ranks_is_the_mean_share_of_others_below() -> None:
    best = area_of_ranks([(1, 50), (1, 20)])
    last = area_of_ranks([(50, 50), (20, 20)])
    assert best is not None
    assert last is not None
    assert (best.value, last.value) == (1.0, 0.0)
    assert best.is_high
    assert last.is_low
    assert area_of_ranks([(1, 1)]) is None  # no other country to rank above
    assert area_of_ranks([]) is None


def test_the_standard_error_is_that_of_ranks_drawn_at_random() -> None:
    """Over all pairs of ranks in lists of 5 and of 7, the areas scatter by exactly the standard error."""
    areas = [area_of_ranks([(a, 5), (b, 7)]) for a, b in itertools.product(range(1, 6), range(1, 8))]
    values = [area.value for area in areas if area]
    assert statistics.fmean(values) == pytest.approx(0.5)
    assert areas[0] is not None
    assert areas[0].error == pytest.approx(statistics.pstdev(values))
    eight_lists = area_of_ranks([(50, 104)] * 8)
    assert eight_lists is not None
    assert eight_lists.error == pytest.approx(0.103, abs=0.001)


def test_the_area_against_the_rest_is_that_of_mann_and_whitney() -> None:
    rng = np.random.default_rng(3)
    scores = {f"C{n}": float(rng.integers(0, 12)) for n in range(60)}
    partners = {f"C{n}" for n in range(0, 60, 9)}
    own = [score for code, score in scores.items() if code in partners]
    rest = [score for code, score in scores.items() if code not in partners]
    expected = mannwhitneyu(own, rest).statistic / (len(own) * len(rest))
    assert area_against(scores, partners) == pytest.approx(expected)
    assert area_against(scores, set()) is None
    assert area_against(scores, set(scores)) is None


def test_chance_puts_the_share_of_the_first_into_each_list() -> None:
    assert chance_within([110, 107, 107, 101, 99, 107, 107, 154], 20) == pytest.approx(1.46, abs=0.005)
    assert chance_within([10, 0], 20) == 1.0  # a list shorter than N, and none


def test_findings_go_through_json_and_back() -> None:
    known = (
        Known("prevalence", "Prevalence", NEED, 0.3, "dropped"),
        Known("tier", "Tier", FEASIBILITY, 0.3, "published"),
    )
    one = case("PER", 50, 23, known=known, earlier={"": (34, 106), NEED: (58, 106)})
    lost = Case("XKX", "No place", SIGNED, cutoff_of(SIGNED), outside="Not listed.")
    found = findings(one, lost, today=Today(103, 7, {NEED: 0.42, "": 0.67}, ((0.0, 0.91), (1.0, 0.42))))
    assert Findings.from_dict(json.loads(json.dumps(found.to_dict()))) == found
    assert [known.key for known in lacking(one.known, NEED)] == ["prevalence"]
    assert [case.country for case, _ in found.placed] == ["PER"]
    assert found.mean_percentile(NEED) == pytest.approx(0.5)


# ---- the finding can be another ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("need", "feasibility", "message"),
    [
        (50, 10, "The partners stand out for what they could do, not for the level of need."),
        (10, 50, "The partners stand out for the level of need, not for what they could do."),
        (10, 10, "The partners stand out both for the level of need and for what they could do."),
        (50, 50, "The partners do not stand out, either"),
        (95, 10, "but their need was lower than elsewhere."),
        (95, 95, "The partners ranked lower than other countries, both in need and in what they could do."),
        (50, 95, "The partners could do less than other countries"),
    ],
)
def test_the_finding_follows_the_figures(need: int, feasibility: int, message: str) -> None:
    found, names = eight(need, feasibility)
    assert message in findings_presenters.verdict(found, names)[0][0]


def test_finding_close_to_chance_opens_by_saying_so() -> None:
    far, names = eight(50, 10)
    assert "close to what chance" not in findings_presenters.verdict(far, names)[0][0]
    area = far.area(FEASIBILITY)
    assert area is not None
    edge = next(
        rank
        for rank in range(60, 0, -1)
        if findings_presenters.against_chance(eight(50, rank)[0].area(FEASIBILITY)) == "high"
    )
    near, names = eight(50, edge)
    assert findings_presenters.verdict(near, names)[0][0].endswith("This is close to what chance could produce.")


def test_a_place_is_counted_from_the_nearer_end() -> None:
    found = findings(case("ROU", 96, 60), case("PER", 4, 1))
    rows = {row.code: row for row in findings_presenters.case_rows(found, {"ROU": "Romania", "PER": "Peru"})}
    assert rows["ROU"].axis(NEED)[2] == "bottom 5%"
    assert rows["PER"].axis(NEED)[2] == "top 4%"


def test_finding_that_another_year_changes_is_thin_and_names_who_moved() -> None:
    then = {"": (40, 100), NEED: (50, 100), FEASIBILITY: (50, 100)}
    found, names = eight(50, 10, earlier=then)
    _, (bold, rest), *_ = findings_presenters.verdict(found, names)
    assert bold == "With data from one year earlier, the finding is different."
    assert "On feasibility they ranked above 51% of the other countries, which chance could explain" in rest
    assert "Country C00" in rest
    assert "ranked much lower then" in rest
    held, _ = eight(50, 10, earlier=then | {FEASIBILITY: (12, 100)})
    assert findings_presenters.verdict(held, names)[1][0] == "With data from one year earlier, the finding is the same."


def test_the_first_are_counted_beside_what_chance_gives() -> None:
    found, names = eight(50, 10)
    bold, rest = findings_presenters.verdict(found, names)[-1]
    assert bold == "The first 20 of the lists would have included 0 of the 8."
    assert (
        "The same number of countries picked at random would average 1.6; across all draws of the lists, the "
        "average is 1.6." in rest
    )


def test_one_case_is_written_in_the_singular_and_proves_nothing() -> None:
    found = findings(case("PER", 47, 1, total=27))
    names = {"PER": "Peru"}
    assert findings_presenters.partners(1) == "the partner"
    assert findings_presenters.partners(8) == "the eight partners"
    assert (
        "do not stand out" in findings_presenters.verdict(found, names)[0][0]
    )  # the best rank of one case can be chance
    assert "with one partner anything from" in findings_presenters.verdict(found, names)[0][1]
    limits = dict(limits_of(found, names))
    assert "One case is few, and not independent." in limits
    assert (
        "Peru would have ranked 27 of 100, and between 18 and 36 in 90% of "
        "draws." in limits["A single place proves little."]
    )


def test_without_any_place_nothing_is_claimed() -> None:
    found = findings(
        Case("PER", "With Peru", SIGNED, cutoff_of(SIGNED), outside="No TIP Report of the time is loaded.")
    )
    names = {"PER": "Peru"}
    assert findings_presenters.verdict(found, names)[0][0] == "No finding is possible about the partners."
    assert findings_presenters.case_rows(found, names)[0].total[0] == "No place"
    assert findings_presenters.chart(found, NEED, names).finding == "No partner was in its year's pool."
    assert limits_of(found, names)
    assert findings_presenters.sums(found)[0].above == formats.DASH


def test_a_list_without_need_that_would_win_is_called_what_it_is() -> None:
    today = Today(103, 7, {}, ((0.0, 0.91), (0.5, 0.67), (1.0, 0.42)))
    found, names = findings(case("PER", 47, 20), today=today), {"PER": "Peru"}
    assert "would “win”" in dict(limits_of(found, names))["Nothing is tuned to this result."]
    other = findings(case("PER", 47, 20), today=Today(103, 7, {}, ((0.0, 0.4), (1.0, 0.8))))
    assert "would “win”" not in dict(limits_of(other, names))["Nothing is tuned to this result."]


@pytest.mark.parametrize(
    ("rank", "of", "below"), [(54, 107, False), (55, 107, True), (50, 100, False), (51, 100, True), (1, 1, False)]
)
def test_the_place_in_the_middle_is_not_in_the_lower_half(rank: int, of: int, below: bool) -> None:
    assert findings_presenters.is_below_middle(rank, of) is below
