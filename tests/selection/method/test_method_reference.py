"""Desk screen on the shipped facts, compared with the reference results of version 4 of the method: its list."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy.stats import spearmanr  # type: ignore[import-untyped]  # scipy ships no types

from selection.scoring.ranking import places
from selection.scoring.robustness.all_in import IN, OPEN, OUT, AllIn, group_by_draws
from selection.scoring.robustness.exact import axes
from selection.scoring.robustness.free_weights import LEAST_DRAWS
from selection.scoring.value_functions import FloatArray
from tests.selection.method import method_figures
from tests.selection.method.method_run import Reference, reference

SCORE, ROUNDING = 0.05, 0.005
SHARE, HOLDS = 0.02 + ROUNDING, 0.03 + ROUNDING
"""Tolerances of a share of draws, including the rounding of the reference to two decimals."""

ENDS = 3
"""Tolerance of the ends and widths of an interval, in ranks."""

IMPORTANCE, RELIABILITY, DECOMPOSITION = 0.02 + ROUNDING, 0.1 + 0.05, 0.03 + ROUNDING
NEAR = 0.02
"""Distance from a group's limit within which either group is right."""

pytestmark = pytest.mark.world("facts")


@pytest.fixture
def run(db: None) -> Reference:
    return reference()


def means(run: Reference, of: Callable[[AllIn], Any]) -> FloatArray:
    """Return the mean over the seeds of an array of what was found beside the all-in draws."""
    return np.asarray(np.mean([of(found) for found in run.all_in], axis=0))


def test_who_is_ranked(run: Reference) -> None:
    counts = Counter(status.value for status in run.result.statuses)
    assert counts == {"ranked": 81, "provisional": 18, "not_rankable": 2, "outside_pool": 82}
    assert set(run.codes("provisional")) == set(method_figures.PROVISIONAL)
    evidence = run.result.estimated
    assert evidence is not None
    fails = Counter(rule.key for rules in evidence.evidence.fails for rule in rules)
    assert fails == {"E1": 12, "E2": 10, "E3": 6, "E4": 3}


def test_scores_and_ranks(run: Reference) -> None:
    for code, row in method_figures.RANKED.items():
        found = run.result.country(code)
        nodes = {line.key: line.score for line in found.nodes}
        assert found.rank == row.rank, code
        assert 100 * (found.score or 0) == pytest.approx(row.score, abs=SCORE), code
        assert 100 * (nodes["need"] or 0) == pytest.approx(row.need, abs=SCORE + 1e-9), code
        assert 100 * (nodes["feasibility"] or 0) == pytest.approx(row.feasibility, abs=SCORE + 1e-9), code
    assert len(run.result.ranking()) == 81


def test_draws_of_data_and_weights(run: Reference) -> None:
    tens, twenties = means(run, lambda one: one.inner.within_short), means(run, lambda one: one.inner.within)
    ends = means(run, lambda one: one.inner.intervals)
    for code, row in method_figures.RANKED.items():
        k = run.codes("ranked").index(code)
        assert tens[k] == pytest.approx(row.within_10, abs=SHARE), code
        assert twenties[k] == pytest.approx(row.within_20, abs=SHARE), code
        assert ends[k, [0, 2]] == pytest.approx([row.low, row.high], abs=ENDS), code
    assert median_width(ends) == pytest.approx(50, abs=ENDS)
    assert median_width(ends[:20]) == pytest.approx(method_figures.WIDTH_OF_FIRST, abs=ENDS)
    assert bands(twenties) == pytest.approx(method_figures.INNER_BANDS, abs=2)


def test_all_in_draws(run: Reference) -> None:
    shares, holds = run.mean("within"), means(run, lambda one: one.holds)
    ends = np.mean([drawn.intervals for drawn in run.drawn], axis=0)
    for k, code in enumerate(run.codes("ranked")):
        if (row := method_figures.RANKED.get(code)) is None:
            continue
        assert shares[code] == pytest.approx(row.all_within, abs=SHARE), code
        assert ends[k, [0, 2]] == pytest.approx([row.all_low, row.all_high], abs=ENDS), code
        assert holds[k] == pytest.approx(row.holds, abs=HOLDS), code
    assert median_width(ends) == pytest.approx(55, abs=ENDS)
    assert median_width(ends[:20]) == pytest.approx(method_figures.ALL_IN_WIDTH_OF_FIRST, abs=ENDS)
    assert bands(np.array(list(shares.values()))) == pytest.approx(method_figures.ALL_IN_BANDS, abs=2)


def test_groups(run: Reference) -> None:
    shares, order = run.mean("within"), run.codes("ranked")
    for drawn in run.drawn:
        found = dict(zip(order, drawn.groups, strict=True))
        for code, row in method_figures.RANKED.items():
            if min(abs(shares[code] - limit) for limit in (0.80, 0.05)) > NEAR:
                assert found[code] == row.group, code
        counts = Counter(drawn.groups)
        assert counts[IN] == 0
        assert counts[OPEN] in (57, 58)
        assert counts[OUT] in (23, 24)


def test_groups_if_the_overdue_report_changes_no_tier(run: Reference) -> None:
    assert {one.overdue for one in run.all_in} == {("tier",)}
    shares = means(run, lambda one: one.settled.within if one.settled else np.zeros(0))
    groups = group_by_draws(shares, run.drawn[0].method.groups)
    assert Counter(groups) == method_figures.SETTLED
    within = {code for code, group in zip(run.codes("ranked"), groups, strict=True) if group == IN}
    assert within == method_figures.SETTLED_IN
    ends = means(run, lambda one: one.settled.intervals if one.settled else np.zeros((0, 3)))
    assert median_width(ends) == pytest.approx(method_figures.SETTLED_WIDTH, abs=ENDS)


def median_width(ends: FloatArray) -> float:
    """Return the median distance of the outer ends of intervals (m, 3)."""
    return float(np.median(ends[:, 2] - ends[:, 0]))


def bands(shares: FloatArray) -> tuple[int, ...]:
    """Return how many countries have shares from .5, .2, .05, and 0 on."""
    limits = (1.1, 0.5, 0.2, 0.05, 0.0)
    pairs = itertools.pairwise(limits)
    return tuple(int(((low <= shares) & (shares < high)).sum()) for high, low in pairs)


def test_ranks_within_regions_and_income_groups(run: Reference) -> None:
    for code, rank in method_figures.IN_REGION.items():
        assert run.result.place(code).region_rank == rank, code
    for code, rank in method_figures.IN_INCOME_GROUP.items():
        assert run.result.place(code).income_rank == rank, code
    for code, rank in method_figures.RANKS.items():
        assert run.result.country(code).rank == rank, code
    groups = run.selection.snapshot.groupings["income_group"]
    ranked = Counter(groups[run.position(code)] for code in run.codes("ranked"))
    assert ranked == method_figures.INCOME_GROUPS


def test_provisional_countries_have_places_and_no_rank(run: Reference) -> None:
    order = run.codes("provisional")
    ends, shares = means(run, lambda one: one.inner.places), means(run, lambda one: one.inner.places_within)
    for code, (low, middle, high, within) in method_figures.PROVISIONAL.items():
        k = order.index(code)
        assert run.result.country(code).rank is None
        assert ends[k] == pytest.approx([low, middle, high], abs=ENDS), code
        assert shares[k] == pytest.approx(within, abs=SHARE), code
    k, row = order.index("BTN"), method_figures.BHUTAN
    assert run.result.place("BTN").place == row.rank
    assert 100 * run.result.scores[run.position("BTN")] == pytest.approx(row.score, abs=SCORE)
    all_in = np.mean([drawn.places[k] for drawn in run.drawn], axis=0)
    assert all_in[[0, 2]] == pytest.approx([row.all_low, row.all_high], abs=ENDS)
    assert run.mean("places_within")["BTN"] == pytest.approx(row.all_within, abs=SHARE)
    reliability = run.all_in[0].reliability.values[len(run.codes("ranked")) + k]
    assert reliability == pytest.approx(row.reliability, abs=RELIABILITY)


def test_places_of_countries_outside(run: Reference) -> None:
    ranked = np.array([status.value == "ranked" for status in run.result.statuses])
    found = places(run.result.scores, ranked)
    for code, place in method_figures.OUTSIDE_PLACES.items():
        assert found[run.position(code)] == place, code
        assert run.result.country(code).rank is None
    row, one = method_figures.COLOMBIA, run.all_in[0]
    k = one.outside.tolist().index(run.position("COL"))
    all_in, inner = means(run, lambda one: [ranks.places[k] for ranks in one.outside_ranks])
    assert all_in[[0, 2]] == pytest.approx([row.all_low, row.all_high], abs=ENDS)
    assert inner[[0, 2]] == pytest.approx([row.low, row.high], abs=ENDS)
    whole, own = means(run, lambda one: [ranks.places_within[k] for ranks in one.outside_ranks])
    assert (whole, own) == pytest.approx((row.all_within, row.within_20), abs=SHARE)
    drawn = len(run.codes("ranked")) + len(run.codes("provisional"))
    assert one.reliability.values[drawn + k] == pytest.approx(row.reliability, abs=RELIABILITY)


def test_how_sure_a_country_is_above_another(run: Reference) -> None:
    above = np.mean([drawn.pairs for drawn in run.drawn], axis=0)
    for apart, share in method_figures.P_ABOVE.items():
        assert np.median(np.diagonal(above, apart)) == pytest.approx(share, abs=0.01 + ROUNDING), apart


def test_axes(run: Reference) -> None:
    plan = run.result.plan
    of_axes = np.array([0.01, 0.01])
    for code, ends in method_figures.AXES.items():
        logs = axes(plan, run.result.u[run.position(code)])
        assert (np.exp(logs) - of_axes) / 0.99 == pytest.approx(ends, abs=0.0005), code
    ranked = [run.position(code) for code in run.codes("ranked")]
    keys, designs = [branch.key for branch in plan.branches], run.drawn[0].designs
    only = [int(choice == "axes") for choice in designs.choices]  # the model's own design but for its axes
    percentiles = int(np.ravel_multi_index(only, designs.ranks.shape[:-1]))
    for key, limits in method_figures.AXIS_RANGES.items():
        scores = run.result.node_scores[ranked, keys.index(key)]
        assert (np.min(scores), np.max(scores)) == pytest.approx(limits, abs=0.0006), key
        assert run.all_in[0].ends[key][percentiles] == pytest.approx(method_figures.ENDS[key], abs=0.0006), key


def test_effective_importance(run: Reference) -> None:
    found = {item.key: item for item in run.all_in[0].importance}
    assert found.keys() == method_figures.IMPORTANCE.keys()
    for key, (nominal, effective, r) in method_figures.IMPORTANCE.items():
        assert found[key].nominal == pytest.approx(nominal, abs=0.0006), key
        assert found[key].effective == pytest.approx(effective, abs=IMPORTANCE), key
        if r is not None:
            assert found[key].r == pytest.approx(r, abs=0.005 + 1e-3), key
    assert min(found[key].effective or 0 for key in ("need", "feasibility")) >= method_figures.LEAST_AXIS


def test_shares_of_the_doubt(run: Reference) -> None:
    for one in run.all_in:
        for group, (alone, together, alone_first, together_first) in method_figures.DECOMPOSITION.items():
            everyone, first = one.decomposition.everyone[group], one.decomposition.first[group]
            found = (everyone.alone, everyone.together, first.alone, first.together)
            assert found == pytest.approx((alone, together, alone_first, together_first), abs=DECOMPOSITION), group


def test_widths_by_source_and_design(run: Reference) -> None:
    for drawn in run.drawn:
        assert drawn.median_widths == pytest.approx(method_figures.MEDIAN_WIDTHS, abs=ENDS)
    designs = run.drawn[0].designs
    assert len(designs.table) == method_figures.DESIGNS
    assert designs.total == pytest.approx(method_figures.ANOVA, abs=ROUNDING + 1e-3)


def test_reliability(run: Reference) -> None:
    order = run.codes("ranked")
    for one in run.all_in:
        values = one.reliability.values[: len(order)]
        for code, row in method_figures.RANKED.items():
            assert values[order.index(code)] == pytest.approx(row.reliability, abs=RELIABILITY), code
        assert (np.min(values), np.max(values)) == pytest.approx(method_figures.RELIABILITY_RANGE, abs=RELIABILITY)
        quartiles = np.percentile(values, (25, 50, 75))
        assert quartiles == pytest.approx(method_figures.RELIABILITY_QUARTILES, abs=RELIABILITY)
        gain = one.reliability_settled[: len(order)] - values
        assert gain.mean() == pytest.approx(method_figures.RELIABILITY_GAIN, abs=RELIABILITY)
    correlation = spearmanr(run.all_in[0].reliability.values[: len(order)], run.drawn[0].widths["data"]).statistic
    assert correlation == pytest.approx(method_figures.RELIABILITY_WIDTH, abs=0.03)


def test_free_weights(run: Reference) -> None:
    order = run.codes("ranked")
    shares = means(run, lambda one: one.free.acceptability)
    confidence = means(run, lambda one: one.free.confidence)
    keys = [key for key, _ in run.all_in[0].free_keys]
    root = keys.index(run.result.plan.branches[-1].key)
    central = means(run, lambda one: one.free.central[root][:, 0])
    for code, (within, need, sure) in method_figures.FREE.items():
        k = order.index(code)
        assert shares[k] == pytest.approx(within, abs=SHARE), code
        assert central[k] == pytest.approx(need, abs=SHARE), code
        assert confidence[k] == pytest.approx(sure, abs=SHARE), code
    assert max(shares) < 0.80
    assert (shares >= 0.5).sum() == pytest.approx(method_figures.FREE_OFTEN, abs=1)
    assert (shares < 0.05).sum() == pytest.approx(method_figures.FREE_SELDOM, abs=1)
    ends = means(run, lambda one: one.free.intervals)
    assert np.median(ends[:, 1] - ends[:, 0]) == pytest.approx(method_figures.FREE_WIDTH, abs=ENDS)
    for one in run.all_in:
        lacking = np.isnan(one.free.confidence)
        assert {order[k] for k in np.flatnonzero(lacking)} >= method_figures.NO_CENTRAL
        assert np.array_equal(lacking, one.free.acceptability < LEAST_DRAWS / 10_000)
