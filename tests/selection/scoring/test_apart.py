"""The points between two countries, by hand, and the draws in which one ranks above the other."""

from __future__ import annotations

import math

import pytest

from selection.scoring import Goalposts, Model, Result, score
from selection.scoring.apart import gap, shares_above
from selection.scoring.method import Estimate, Method

from .build import column, leaf, model, node, snapshot
from .estimated import GEOMETRIC

NAN = math.nan


def between(a: list[float], b: list[float], c: list[float], **options: object) -> tuple[Result, float]:
    """Score A and B by an axis of two criteria, weighted 1 and 3, beside an axis of one.

    Return the result, and the points of 100 by which A leads.
    """
    data = {"a": column(a), "b": column(b, reason="not_applicable"), "c": column(c)}
    built = model(
        node("one", leaf("a"), leaf("b", 3.0)), node("two", leaf("c")), root=GEOMETRIC, root_tau=0.0, **options
    )
    result = score(snapshot(data), built, draws=0)
    return result, 100.0 * float(result.scores[0] - result.scores[1])


@pytest.mark.parametrize(
    ("a", "b", "c", "parts"),
    [
        # One criterion differs, and has it all.
        ([0.8, 0.4], [0.4, 0.4], [0.5, 0.5], (1, 0, 0)),
        ([0.4, 0.4], [0.4, 0.8], [0.5, 0.5], (0, 1, 0)),
        ([0.4, 0.4], [0.4, 0.4], [0.5, 0.2], (0, 0, 1)),
        # An axis is .35 and .4: of its -.05, the first criterion has .25 * .4 and the second .75 * -.2.
        ([0.8, 0.4], [0.2, 0.4], [0.5, 0.5], (-2, 3, 0)),
        # Both axes are equal, though criteria of the first differ: nothing can be divided.
        ([0.7, 0.4], [0.3, 0.4], [0.5, 0.5], (0, 0, 0)),
        # The second criterion applies to B alone, so that what it makes of equal first values is its own.
        ([0.4, 0.4], [NAN, 0.8], [0.5, 0.5], (0, 1, 0)),
        ([0.4, 0.4], [0.8, NAN], [0.5, 0.5], (0, 1, 0)),
    ],
)
def test_the_lead_is_divided_by_what_differs(
    a: list[float], b: list[float], c: list[float], parts: tuple[float, ...]
) -> None:
    result, lead = between(a, b, c)
    assert gap(result, 0, 1) == pytest.approx([part * lead for part in parts])
    assert gap(result, 1, 0) == pytest.approx([-part * lead for part in parts])


def test_two_axes_share_the_lead_by_their_logarithms() -> None:
    result, lead = between([0.8, 0.4], [0.8, 0.4], [0.3, 0.6])
    one = math.log(0.802 / 0.406)
    two = math.log(0.307 / 0.604)
    found = gap(result, 0, 1)
    assert found.sum() == pytest.approx(lead)
    assert found == pytest.approx(
        [lead * one / (one + two) / 4, lead * one / (one + two) * 3 / 4, lead * two / (one + two)]
    )


def test_lead_without_a_geometric_mean_is_the_difference_of_points() -> None:
    data = snapshot({"a": [0.8, 0.4], "b": [0.5, 0.6]})
    result = score(data, model(leaf("a"), leaf("b", 3.0)), draws=0)
    assert gap(result, 0, 1) == pytest.approx([10.0, -7.5])
    beside = score(data, model(leaf("a"), node("n", leaf("b")), root=GEOMETRIC), draws=0)
    assert gap(beside, 0, 1) == pytest.approx((beside.points[0] - beside.points[1]).tolist())


def doubtful(values: list[float], measurement: float) -> tuple[Model, Result]:
    item = leaf("x", 1.0, Goalposts(0.0, 100.0), estimate=Estimate(measurement=measurement))
    built = model(item, method=Method(peers=(), least_peers=1), root_tau=0.0, node_tau=0.0)
    return built, score(snapshot({"x": values}), built, draws=0)


@pytest.mark.parametrize(
    ("values", "measurement", "shares"),
    [
        ([60.0, 50.0, 90.0], 0.0, (1.0, 0.0)),
        ([50.0, 60.0, 90.0], 0.0, (0.0, 1.0)),
        ([60.0, 60.0, 90.0], 0.0, (0.0, 0.0)),
        # 10 points apart with a standard deviation of 14.14: Phi(0.7071).
        ([60.0, 50.0, 90.0], 10.0, (0.7602, 0.2398)),
    ],
)
def test_shares_of_draws_in_which_one_is_above_the_other(
    values: list[float], measurement: float, shares: tuple[float, float]
) -> None:
    built, result = doubtful(values, measurement)
    assert shares_above(built, result, (0, 1), draws=8000, seed=1) == pytest.approx(shares, abs=0.02)
    assert shares_above(built, result, (1, 0), draws=8000, seed=1) == pytest.approx(shares[::-1], abs=0.02)
