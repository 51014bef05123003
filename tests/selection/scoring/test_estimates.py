"""Best estimates, bridges, pooling, peers, and evidence, compared with formulas computed in the tests."""

from __future__ import annotations

import math
import statistics

import numpy as np
import pytest

from selection.scoring import (
    CANDIDATES,
    POOL,
    WIDER,
    Aggregation,
    Column,
    Goalposts,
    Model,
    OrdinalMap,
    Rubric,
    SeriesColumn,
    Snapshot,
    Status,
    score,
)
from selection.scoring.fits import LEAST_PAIRS, fit_bridge, fit_pooling
from selection.scoring.method import Combine, Estimate, EvidenceRule, Fill, Method, Scale, Series, Transitions
from selection.scoring.result import Result

from .build import column, leaf, model, node, snapshot

SHARE = Goalposts(0.0, 100.0)
RNG = np.random.default_rng(11)


def series(values: list[float | None], ages: float = 1.0, **more: float) -> SeriesColumn:
    """Build a series over countries A, B, C ...; None is no value."""
    known = {chr(65 + i): v for i, v in enumerate(values) if v is not None} | more
    return SeriesColumn(known, dict.fromkeys(known, ages))


def of(cells: Result, key: str) -> np.ndarray:
    return cells.estimated.cells[key].u


# ---- fits ----------------------------------------------------------------------------------------------------------


def test_bridge_is_least_squares_with_leave_one_out_error() -> None:
    sister = {f"C{i:02d}": float(v) for i, v in enumerate(RNG.uniform(1, 60, 40))}
    own = {code: min(95.0, v * 0.8 + RNG.uniform(0, 10)) for code, v in sister.items()} | {"ZZZ": 12.0}
    ages = dict.fromkeys([*own, *sister], 1.0)
    bridge = fit_bridge(
        SeriesColumn(own, {c: ages[c] for c in own}), SeriesColumn(sister, {c: ages[c] for c in sister}), Scale.LOGIT
    )
    assert bridge is not None
    assert bridge.n == 40
    logit = np.vectorize(Scale.LOGIT.of)
    codes = sorted(sister)
    x, y = logit([sister[c] for c in codes]), logit([own[c] for c in codes])
    slope, intercept = np.polyfit(x, y, 1)
    assert (bridge.slope, bridge.intercept) == pytest.approx((slope, intercept), abs=1e-10)
    errors = []
    for i in range(len(x)):
        rest = np.arange(len(x)) != i
        s, a = np.polyfit(x[rest], y[rest], 1)
        errors.append(y[i] - a - s * x[i])
    assert bridge.residual == pytest.approx(math.sqrt(np.mean(np.square(errors))), abs=1e-10)
    assert bridge.r == pytest.approx(np.corrcoef(x, y)[0, 1], abs=1e-12)


def test_no_bridge_on_too_few_countries_or_on_a_sister_that_never_varies() -> None:
    few = series([1.0 + i for i in range(LEAST_PAIRS - 1)])
    assert fit_bridge(few, few, Scale.LOGIT) is None
    own = series([1.0 + i for i in range(LEAST_PAIRS)])
    assert fit_bridge(own, series([5.0] * LEAST_PAIRS), Scale.LOGIT) is None
    assert fit_bridge(own, own, Scale.LOGIT) is not None


def test_pooling_fits_noise_and_agreement_of_two_editions() -> None:
    truth = RNG.normal(1.5, 0.4, 60)
    old, new = (np.exp(truth + shift + RNG.normal(0, 0.3, 60)) for shift in (0.2, 0.0))
    codes = [f"C{i:02d}" for i in range(60)]
    editions = {
        name: SeriesColumn(dict(zip(codes, values.tolist(), strict=True)), dict.fromkeys(codes, 3.0))
        for name, values in (("old", old), ("new", new))
    }
    how = Estimate(Scale.LOG, (Series("old", "Old", "x"), Series("new", "New", "x")), Combine.POOLED)
    pooling = fit_pooling(how, editions, frozenset(codes))
    a, b = np.log(old), np.log(new)
    shift = statistics.median((b - a).tolist())
    assert pooling.shifts == {"old": pytest.approx(shift), "new": 0.0}
    assert pooling.noise == pytest.approx(np.std(b - a - shift, ddof=1) / math.sqrt(2))
    agreement = np.cov(a, b)[0, 1]
    assert pooling.agreement == pytest.approx(agreement)
    pull = agreement / (agreement + pooling.noise**2 / 2)
    best, error = pooling.estimate({"old": float(a[0]), "new": float(b[0])})
    assert best == pytest.approx(pooling.mean + pull * ((a[0] + shift + b[0]) / 2 - pooling.mean))
    assert error == pytest.approx(math.sqrt(pull) * pooling.noise / math.sqrt(2))
    assert pooling.pull(1) < pooling.pull(2) < 1


def test_editions_that_do_not_agree_are_not_pulled_into_false_certainty() -> None:
    codes = [f"C{i:02d}" for i in range(40)]
    rising, falling = [1.0 + i for i in range(40)], [40.0 - i for i in range(40)]
    editions = {
        name: SeriesColumn(dict(zip(codes, values, strict=True)), dict.fromkeys(codes, 3.0))
        for name, values in (("old", rising), ("new", falling))
    }
    how = Estimate(Scale.LOG, (Series("old", "Old", "x"), Series("new", "New", "x")), Combine.POOLED)
    pooling = fit_pooling(how, editions, frozenset(codes))
    assert pooling.agreement < 0
    assert pooling.pull(2) == 1.0
    assert pooling.estimate({"new": 1.0})[1] == pytest.approx(pooling.noise)


def test_too_few_pairs_take_the_constants_of_the_model() -> None:
    how = Estimate(
        Scale.LOG,
        (Series("old", "Old", "x"), Series("new", "New", "x")),
        Combine.POOLED,
        measurement=0.5,
        agreement=0.1,
    )
    pooling = fit_pooling(how, {"old": series([4.0, None]), "new": series([None, 9.0])}, frozenset("AB"))
    assert (pooling.noise, pooling.agreement, pooling.fitted) == (0.5, 0.1, False)
    assert pooling.mean == pytest.approx((math.log(4) + math.log(9)) / 2)


@pytest.mark.parametrize(
    ("old", "new", "shifts", "mean", "n"),
    [
        ([None, None], [None, None], {"old": 0.0, "new": 0.0}, 0.0, 0),
        ([3.0, None], [None, None], {"old": 0.0, "new": 0.0}, 3.0, 1),
        ([3.0, None], [None, 5.0], {"old": 0.0, "new": 0.0}, 4.0, 2),
        ([3.0, 8.0, 1.0], [5.0, 9.0, None], {"old": 1.5, "new": 0.0}, (4.75 + 9.25 + 2.5) / 3, 3),
    ],
)
def test_editions_are_moved_to_the_level_of_the_newest(
    old: list[float | None], new: list[float | None], shifts: dict[str, float], mean: float, n: int
) -> None:
    editions = (Series("old", "Old", "x"), Series("new", "New", "x"))
    how = Estimate(Scale.POINTS, editions, Combine.POOLED, measurement=2.0, agreement=12.0)
    found = fit_pooling(how, {"old": series(old), "new": series(new)}, frozenset("ABC"))
    assert (found.shifts, found.n) == (shifts, n)
    assert found.mean == pytest.approx(mean)
    assert (found.noise, found.agreement, found.correlation, found.fitted) == (2.0, 12.0, None, False)
    assert found.pairs == sum(a is not None and b is not None for a, b in zip(old, new, strict=True))
    assert [found.pull(1), found.pull(2)] == pytest.approx([3 / 4, 6 / 7])
    assert [*found.estimate({"new": 10.0})] == pytest.approx([mean + 0.75 * (10.0 - mean), math.sqrt(3.0)])


def test_pooling_omits_other_countries_and_values_outside_the_scale() -> None:
    how = Estimate(Scale.LOG, (Series("old", "Old", "x"),), Combine.POOLED, measurement=1.0, agreement=1.0)
    found = fit_pooling(how, {"old": series([math.e, 0.0, math.e**3])}, frozenset("AB"))
    assert [found.mean, found.n] == pytest.approx([1.0, 1])


# ---- one criterion -------------------------------------------------------------------------------------------------


def estimated(
    how: Estimate,
    given: dict[str, SeriesColumn],
    size: int = 30,
    method: Method | None = None,
    **pools: tuple[str, ...],
) -> Result:
    """Score a model of one estimated criterion and one that is always known."""
    countries = tuple(chr(65 + i) if i < 26 else f"A{chr(65 + i - 26)}" for i in range(size))
    first = next(iter(given.values()))
    own = [first.values.get(code, math.nan) for code in countries]
    data = Snapshot(
        countries,
        {"x": column(own, ages=[first.ages.get(code) for code in countries]), "y": column([0.5] * size)},
        {"region": tuple("NS"[i % 2] for i in range(size))},
        pools,
        {},
        {"x": given},
    )
    built = model(
        leaf("x", 1.0, SHARE, estimate=how),
        leaf("y"),
        method=method or Method(peers=(("region",),), least_peers=3),
        root_tau=0.0,
        node_tau=0.0,
    )
    return score(data, built, draws=0)


def test_first_fresh_series_counts_else_the_first() -> None:
    rows: list[float | None] = [10.0 + i for i in range(26)]
    own = series(rows)
    old = SeriesColumn(own.values, {**own.ages, "A": 20.0, "B": 20.0})
    sister = series([2 * v if v is not None else None for v in rows])
    stale = SeriesColumn(sister.values, {**sister.ages, "B": 16.0})
    how = Estimate(Scale.LOGIT, (Series("own", "Own", "a"), Series("sister", "Sister", "b")), fresh=15, measurement=0.3)
    result = estimated(how, {"own": old, "sister": stale}, 26)
    cells = result.estimated.cells["x"]
    assert cells.sources[:3] == ("sister", "own", "own")
    bridge = cells.bridges["sister"]
    assert cells.best[0] == pytest.approx(bridge.at(Scale.LOGIT.of(20.0)))
    assert cells.parts["measurement"][0] == 0.0
    assert cells.parts["bridge"][0] == bridge.residual
    assert cells.parts["measurement"][1] == 0.3
    assert result.country("A").criteria[0].state == "bridged"


def test_a_bridged_value_is_carried_along_the_trend() -> None:
    rows: list[float | None] = [None, *[10.0 + 2 * i for i in range(25)]]
    sister = SeriesColumn({**series(rows).values, "A": 40.0}, {**series(rows).ages, "A": 4.0})
    how = Estimate(
        Scale.POINTS, (Series("own", "Own", "a"), Series("sister", "Sister", "b")), trend=-0.5, drift=3.0, fresh=9
    )
    cells = estimated(how, {"own": series(rows), "sister": sister}, 26).estimated.cells["x"]
    assert (cells.sources[0], cells.ages[0]) == ("sister", 4.0)
    assert cells.best[0] == pytest.approx(38.0)
    assert [cells.parts[name][0] for name in ("measurement", "age", "bridge")] == pytest.approx([0.0, 6.0, 0.0])
    assert cells.u[0] == pytest.approx(0.38)


def test_age_adds_error_and_the_trend_stops_at_the_ends_of_a_share() -> None:
    how = Estimate(Scale.LOGIT, (Series("own", "Own", "a"),), measurement=0.2, drift=0.1, trend=-0.5)
    values = SeriesColumn({"A": 40.0, "B": 1.0, "C": 0.0}, {"A": 4.0, "B": 90.0, "C": -1.0})
    result = estimated(how, {"own": values}, 3)
    cells = result.estimated.cells["x"]
    assert cells.best[0] == pytest.approx(Scale.LOGIT.of(40.0) - 2.0)
    assert cells.error[0] == pytest.approx(math.sqrt(0.04 + 0.01 * 4))
    assert cells.best[1] == Scale.LOGIT.of(0.0)
    assert cells.u[1] == 0.0
    # A value of next year is not of negative age.
    assert cells.error[2] == pytest.approx(0.2)


def test_peers_are_the_first_group_that_is_large_enough() -> None:
    how = Estimate(Scale.POINTS, (Series("own", "Own", "a"),))
    rows: list[float | None] = [None, None, *[float(i) for i in range(2, 10)]]
    result = estimated(how, {"own": series(rows)}, 10)
    assert of(result, "x")[0] == pytest.approx(np.mean([2, 4, 6, 8]) / 100)
    assert of(result, "x")[1] == pytest.approx(np.mean([3, 5, 7, 9]) / 100)
    wide = estimated(how, {"own": series(rows)}, 10, Method(peers=(("region",),), least_peers=5))
    assert of(wide, "x")[0] == pytest.approx(np.mean(range(2, 10)) / 100)
    assert result.country("A").criteria[0].state == "peers"


def test_country_outside_the_pool_has_peers_but_is_no_peer() -> None:
    how = Estimate(Scale.POINTS, (Series("own", "Own", "a"),))
    rows: list[float | None] = [None, None, 10.0, 20.0, 90.0]
    pools = {CANDIDATES: ("A", "C", "D"), POOL: ("A", "C", "D"), WIDER: ("A", "C", "D", "E")}
    result = estimated(how, {"own": series(rows)}, 5, Method(peers=(), least_peers=1), **pools)
    assert of(result, "x")[0] == pytest.approx(0.15)
    assert of(result, "x")[1] == pytest.approx(0.40)
    assert [status.value for status in result.statuses] == [
        "ranked",
        "outside_pool",
        "ranked",
        "ranked",
        "outside_pool",
    ]


def test_a_missing_rating_lies_in_the_middle_of_its_range() -> None:
    how = Estimate(measurement=1.0, published_error=True, fill=Fill.RANGE)
    data = snapshot({"r": column([4.0, None, 1.0], standard_errors=[math.nan, math.nan, 0.5]), "y": [0.5] * 3})
    built = model(leaf("r", 1.0, Rubric(0, 4), estimate=how), leaf("y"), method=Method(), root_tau=0, node_tau=0)
    result = score(data, built, draws=500)
    assert of(result, "r").tolist() == [1.0, 0.5, 0.25]
    assert result.estimated.cells["r"].error.tolist() == [1.0, 0.0, 0.5]
    assert result.country("B").criteria[0].state == "range"


def test_a_level_is_exact_until_an_edition_is_behind() -> None:
    table = OrdinalMap((("high", 1.0), ("low", 0.0)))
    steps = Transitions(("low", "high"), (((0.8, 0.2), (0.3, 0.7)), ((0.6, 0.4), (0.5, 0.5))), offset=1)
    data = snapshot(
        {
            "level": Column.categorical(
                ["high", "high", "low", None], missing=[None, None, None, "not_applicable"], ages=[1, 2, 9, None]
            ),
            "y": [0.4, 0.4, 0.4, 0.4],
        }
    )
    built = model(
        leaf("level", 1.0, table, estimate=Estimate(transitions=steps)),
        leaf("y"),
        method=Method(),
        root_tau=0,
        node_tau=0,
    )
    result = score(data, built, draws=0)
    cells = result.estimated.cells["level"]
    assert {i: row.tolist() for i, row in cells.moves.items()} == {1: [0.3, 0.7], 2: [0.6, 0.4]}
    # What does not apply gives its weight to its sibling.
    assert result.scores.tolist() == pytest.approx([0.7, 0.7, 0.2, 0.4])


# ---- evidence and axes ---------------------------------------------------------------------------------------------

RULES = (
    EvidenceRule("E1", "x is published", "x is not published.", ("x",)),
    EvidenceRule("E2", "two of x, y, z within 5 years", "Too little is recent.", ("x", "y", "z"), least=2, within=5),
)


def evidence(**columns: Column) -> Result:
    built = model(
        *(leaf(key, estimate=Estimate()) for key in columns),
        method=Method(rules=RULES, facts=("x", "y"), peers=(), least_peers=1),
        root_tau=0,
        node_tau=0,
    )
    return score(snapshot(columns), built, draws=0)


def test_a_rank_needs_every_rule_and_bounds_need_a_fact() -> None:
    result = evidence(
        x=column([0.5, None, 0.5, None], ages=[1, None, 1, None]),
        y=column([0.5, 0.5, 0.5, None], ages=[1, 1, 9, None]),
        z=column([0.5, 0.5, None, 0.5], ages=[6, 1, None, 1]),
    )
    assert list(result.statuses) == [
        Status.RANKED,
        Status.PROVISIONAL,
        Status.PROVISIONAL,
        Status.NOT_RANKABLE,
    ]
    assert [result.country(code).reason for code in "ABC"] == ["", "x is not published.", "Too little is recent."]
    assert result.place("D").fails == ("E1", "E2")
    assert math.isnan(result.scores[3])
    assert result.country("B").rank is None
    assert result.place("B").place == 1


def test_two_axes_and_a_geometric_mean() -> None:
    """Need from 0 to 0.85 and feasibility from 0.35 to 0.85 are joined as 100 exp(0.5 ln N' + 0.5 ln F')."""
    n, f = RNG.uniform(0, 1, 40), RNG.uniform(0, 1, 40)
    built = Model(
        "axes",
        "1",
        node(
            "total",
            node("need", leaf("n"), weight=3.0, span=(0.0, 0.85)),
            node("feasibility", leaf("f"), weight=2.0, span=(0.35, 0.85)),
            aggregation=Aggregation.GEOMETRIC,
        ),
        method=Method(),
        root_tau=0,
        node_tau=0,
    )
    result = score(snapshot({"n": n, "f": f}), built, draws=0)
    need = 0.01 + 0.99 * np.clip(n / 0.85, 0, 1)
    feasibility = 0.01 + 0.99 * np.clip((f - 0.35) / 0.5, 0, 1)
    wanted = np.exp(0.6 * np.log(need) + 0.4 * np.log(feasibility))
    assert np.max(np.abs(result.scores - wanted)) < 1e-12
    for code in result.countries:
        found = result.country(code)
        assert math.fsum(line.points for line in found.criteria) == pytest.approx(100 * (found.score or 0), abs=1e-9)
        assert all(line.points >= 0 and line.points_lost >= 0 for line in found.criteria)
    nodes = {line.key: line.score for line in result.country("C003").nodes}
    assert nodes["need"] == pytest.approx(n[3], abs=1e-15)  # the axis scales what enters the root, not what is shown
