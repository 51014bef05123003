"""Findings of the draws as plain data, and the parts that a country's result takes from them: every number by hand."""

from __future__ import annotations

import math
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from selection.scoring import Goalposts, OrdinalMap
from selection.scoring.estimates import CellEstimates
from selection.scoring.method import Choice, Estimate, EvidenceRule, Groups, Method, Option, Scale, Transitions
from selection.scoring.missing import CellState
from selection.scoring.place import Place, placed
from selection.scoring.ranking import RankInterval, Status
from selection.scoring.robustness import Robustness, Stability
from selection.scoring.robustness.all_in import AllIn, Ranks, overdue_alone
from selection.scoring.robustness.decomposition import Decomposition, Shares
from selection.scoring.robustness.free_weights import FreeWeights
from selection.scoring.robustness.importance import Importance
from selection.scoring.robustness.reliability import Reliability
from selection.scoring.robustness.result import Details
from selection.scoring.robustness.stability import Change

from .build import leaf

NAN = math.nan
PERCENT = Goalposts(0.0, 100.0)

# Five countries: D and B are ranked, A is provisional, C is outside the pool, and E has no result.
COUNTRIES = ("A", "B", "C", "D", "E")
RANKED, PROVISIONAL, OUTSIDE = np.array([3, 1]), np.array([0]), np.array([2])

PLAIN, OTHER = Option("plain", "Plain"), Option("other", "Other", arithmetic=True)
METHOD = Method(
    first=2, short=1, groups=Groups(0.9, 0.8, 0.1), choices=(Choice("mean", "Mean", (PLAIN, OTHER)),), region="region"
)


def ranks(base: float) -> Ranks:
    """Return ranks of the two ranked countries and the places of A and C; `base` tells one of them from another."""
    whole = int(base * 10)
    return Ranks(
        intervals=np.array([[1, 2, whole], [2, 3, whole + 1]]),
        within=np.array([base + 0.0123456, base + 0.05]),
        within_short=np.array([base + 0.0333333, base + 0.01]),
        places=np.array([[3, 4, whole + 2], [4, 5, whole + 3]]),
        places_within=np.array([base + 0.0654321, base + 0.02]),
        counts=np.zeros((2, 2), dtype=np.int64),
    )


ALL_IN = AllIn(
    inner=ranks(0.1),
    overdue=("tier",),
    settled=ranks(0.2),
    holds=np.array([0.123456, 0.5, NAN]),
    outside=OUTSIDE,
    outside_ranks=(ranks(0.3), ranks(0.4)),
    importance=(Importance("a", 0.51234567, 0.21234567, -0.31234567), Importance("tier", 0.5, None, None)),
    reliability=Reliability(
        np.array([9.12345678, 8.5, 7.5, 6.5]), np.array([[0.0006, 0.0005], [1.5, 0.0], [0.0, 2.5], [1.23456, 2.0]])
    ),
    reliability_settled=np.array([9.56789012, 8.75, 7.75, 6.75]),
    free=FreeWeights(
        np.array([0.87654321, 0.25]),
        np.array([[1, 3], [2, 4]]),
        (np.array([[0.12345678, 0.87654322], [NAN, NAN]]), np.array([[0.4, 0.6], [NAN, NAN]])),
        np.array([0.65432109, NAN]),
    ),
    free_keys=(("need", ("a", "tier")), ("root", ("need", "able"))),
    decomposition=Decomposition(
        {"data": Shares(0.11111111, 0.22222222), "weights": Shares(0.33333333, 0.44444444)},
        {"data": Shares(0.55555555, 0.66666666)},
    ),
    ends={"need": np.array([[0.12345678, 0.9], [0.2, NAN]])},
)


def test_ranks_as_plain_data() -> None:
    assert ranks(0.1).to_dict() == {
        "intervals": [[1, 2, 1], [2, 3, 2]],
        "within": [0.1123, 0.15],
        "within_short": [0.1333, 0.11],
        "places": [[3, 4, 3], [4, 5, 4]],
        "places_within": [0.1654, 0.12],
    }
    one = ranks(0.1).beside(slice(1, 2))
    assert (one.places.tolist(), one.places_within.tolist()) == ([[4, 5, 4]], [pytest.approx(0.12)])
    assert (one.intervals.tolist(), one.within.tolist()) == (ranks(0.1).intervals.tolist(), ranks(0.1).within.tolist())


def test_all_in_findings_as_plain_data() -> None:
    assert ALL_IN.to_dict() == {
        "inner": ranks(0.1).to_dict(),
        "overdue": ["tier"],
        "settled": ranks(0.2).to_dict(),
        "holds": [0.1235, 0.5, None],
        "outside": [2],
        "outside_all_in": ranks(0.3).to_dict(),
        "outside_inner": ranks(0.4).to_dict(),
        "importance": [["a", 0.5123, 0.2123, -0.3123], ["tier", 0.5, None, None]],
        "reliability": [9.1235, 8.5, 7.5, 6.5],
        "reliability_settled": [9.5679, 8.75, 7.75, 6.75],
        "free": {
            "within": [0.8765, 0.25],
            "intervals": [[1, 3], [2, 4]],
            "confidence": [0.6543, None],
            "weights": {"need": [[0.1235, 0.8765], [None, None]], "root": [[0.4, 0.6], [None, None]]},
        },
        "decomposition": {
            "everyone": {"data": [0.1111, 0.2222], "weights": [0.3333, 0.4444]},
            "first": {"data": [0.5556, 0.6667]},
        },
        "ends": {"need": [[0.1235, 0.9], [0.2, None]]},
    }
    assert replace(ALL_IN, settled=None).to_dict()["settled"] is None


# ---- robustness ----------------------------------------------------------------------------------------------------

DESIGNS = SimpleNamespace(
    ranks={(0,): np.array([1, 2]), (1,): np.array([2, 1])},
    choices=("mean",),
    singles=[(0, 1, np.array([2, 1]))],
    total={"mean": 0.98765432},
    first_order={"mean": 0.87654321},
    share_within=lambda first: np.array([1.0, 0.34567891]) if first == 2 else None,
    intervals=lambda points: np.array([[1, 2], [1, 3]]) if points == (5, 95) else None,
)

DRAWN = Robustness(
    draws=400,
    seed=7,
    method=METHOD,
    ranked=RANKED,
    provisional=PROVISIONAL,
    criteria=("a", "tier"),
    counts=np.array([[300, 100], [100, 300]]),
    intervals=np.array([[1, 1, 2], [1, 2, 2]]),
    within=np.array([0.95678901, 0.5]),
    within_short=np.array([0.75678901, 0.25]),
    bands=((1, 1), (2, 2)),
    bins=np.array([[0.75555555, 0.25], [0.25, 0.75]]),
    places=np.array([[1, 2, 3]]),
    places_within=np.array([0.61234567]),
    best=np.array([1, 2, 3]),
    worst=np.array([4, 5, 6]),
    widths={"age": np.array([1, 3]), "total": np.array([2, 5])},
    designs=cast(Any, DESIGNS),
    pairs=np.array([[NAN, 0.76543], [0.23457, NAN]]),
    datum=np.array([[0.12345678, 0.5], [0.25, 0.125], [0.01234567, 0.0]]),
    stability=(
        Stability("need", 0.51234567, {100: (0.41234567, 0.61234567), 90: (0.3, 0.7)}, Change(0.41, (0,), (1,)), None),
    ),
    groups=("in", "open"),
    details=Details(
        {"age": np.array([[1, 2], [2, 3]])},
        {"need": np.array([[12.345678, 56.5], [NAN, 60.0], [20.0, 30.123456]])},
        np.array([[[0.1234, 0.8765], [NAN, NAN]], [[0.25, 0.75], [0.5, 0.6]], [[0.0, 1.0], [NAN, NAN]]]),
    ),
)


def test_robustness_as_plain_data() -> None:
    assert DRAWN.to_dict() == {
        "draws": 400,
        "seed": 7,
        "first": 2,
        "short": 1,
        "ranked": [3, 1],
        "provisional": [0],
        "intervals": [[1, 1, 2], [1, 2, 2]],
        "within": [0.9568, 0.5],
        "within_short": [0.7568, 0.25],
        "bands": [[1, 1], [2, 2]],
        "bins": [[0.7556, 0.25], [0.25, 0.75]],
        "places": [[1, 2, 3]],
        "places_within": [0.6123],
        "best": [1, 2, 3],
        "worst": [4, 5, 6],
        "widths": {"age": [1, 3], "total": [2, 5]},
        "median_widths": {"age": 2.0, "total": 3.5},
        "designs": [1.0, 0.3457],
        "designs_intervals": [[1, 2], [1, 3]],
        "anova": {"mean": 0.9877},
        "anova_alone": {"mean": 0.8765},
        "pairs": [[None, 0.765], [0.235, None]],
        "datum": {"a": [0.1235, 0.25, 0.0123], "tier": [0.5, 0.125, 0.0]},
        "data": {"a": 0.3858, "tier": 0.625},
        "stability": [
            {
                "key": "need",
                "now": 0.5123,
                "ranges": {"100": [0.4123, 0.6123], "90": [0.3, 0.7]},
                "below": [0.41, [3], [1]],
                "above": None,
            }
        ],
        "groups": ["in", "open"],
        "ranges": {"age": [[1, 2], [2, 3]]},
        "axes": {"need": [[12.3457, 56.5], [None, 60.0], [20.0, 30.1235]]},
        "singles": [["", "", [1, 2]], ["mean", "other", [2, 1]]],
        "datum_low": {"a": [0.123, 0.25, 0.0], "tier": [None, 0.5, None]},
        "datum_high": {"a": [0.876, 0.75, 1.0], "tier": [None, 0.6, None]},
    }
    with_all_in = replace(DRAWN, all_in=ALL_IN).to_dict()
    assert with_all_in == {**DRAWN.to_dict(), "all_in": ALL_IN.to_dict()}


def test_a_width_of_no_country_has_no_median() -> None:
    nobody = np.zeros(0, dtype=np.int64)
    assert replace(DRAWN, widths={"age": nobody, "total": np.array([4])}).median_widths == {"total": 4.0}


# ---- a country's place ---------------------------------------------------------------------------------------------


def cells(how: Estimate | None, function: Any = PERCENT, **values: Any) -> CellEstimates:
    """Return the cells of one criterion over the five countries; the best estimates are 10 with an error of 2."""
    usual: dict[str, Any] = {
        "best": np.full(5, 10.0),
        "parts": {"measurement": np.full(5, 2.0)},
        "u": np.full(5, 0.5),
        "sources": ("own",) * 5,
        "ages": np.zeros(5),
        "transform": lambda t: t,
    }
    return CellEstimates(leaf("a", 1.0, function, estimate=how), **{**usual, **values})


def places_of(found: CellEstimates | None = None, drawn: Robustness | None = None, **more: Any) -> dict[str, Place]:
    """Return the places of five countries of which D and B are ranked."""
    values: dict[str, Any] = {
        "countries": COUNTRIES,
        "scores": np.array([0.7, 0.6, 0.5, 0.8, NAN]),
        "statuses": [
            Status.PROVISIONAL, Status.RANKED, Status.SCREENED_OUT, Status.RANKED, Status.UNRANKED_REQUIRED
        ],
        "ranks": np.array([0, 2, 0, 1, 0]),
        "model": SimpleNamespace(method=METHOD),
        "snapshot": SimpleNamespace(groupings={"region": ("N", "N", "S", "N", None)}),
        "estimated": SimpleNamespace(
            evidence=SimpleNamespace(fails=[(RULE,), (), (RULE, replace(RULE, key="f")), (), ()]),
            cells={} if found is None else {"a": found},
        ),
        "plan": SimpleNamespace(criteria=[leaf("tier"), leaf("a")]),
        "robustness": drawn,
        "states": np.array([[CellState.MISSING, CellState.OBSERVED]] * 4 + [[CellState.OBSERVED, CellState.MISSING]]),
    }  # fmt: skip
    return placed(cast(Any, SimpleNamespace(**{**values, **more})))


RULE = EvidenceRule("e", "Evidence", "has none", ("a",))


def test_a_place_without_draws_has_rank_region_and_evidence() -> None:
    found = places_of()
    assert found == {
        "A": Place(("e",), 2, "N", None),
        "B": Place((), 2, "N", 2),
        "C": Place(("e", "f"), 3, "S", None),
        "D": Place((), 1, "N", 1),
        "E": Place((), None, "", None),
    }
    assert found["B"].official() == {"fails": [], "place": 2, "region": "N", "region_rank": 2, "estimates": {}}


def test_a_rank_within_an_income_group_is_given_if_the_method_names_one() -> None:
    groupings = {"region": ("N", "S", "S", "N", None), "income": ("L", "L", "L", "H", "L")}
    found = places_of(
        model=SimpleNamespace(method=replace(METHOD, income_group="income")),
        snapshot=SimpleNamespace(groupings=groupings),
    )
    assert [found[code].income_rank for code in COUNTRIES] == [None, 1, None, 1, None]
    assert [found[code].region_rank for code in COUNTRIES] == [None, 1, None, 1, None]
    assert found["B"].official()["income_rank"] == 1
    assert "income_rank" not in found["A"].official()


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (cells(Estimate()), {"best": 10.0, "low": 6.71029, "high": 13.28971, "error": 2.0}),
        (cells(None), {"best": 10.0, "low": 6.71029, "high": 13.28971, "error": 2.0}),
        (cells(Estimate(), best=np.full(5, 1.0)), {"best": 1.0, "low": 0.0, "high": 4.28971, "error": 2.0}),
        (cells(Estimate(), best=np.full(5, 0.0)), {"best": 0.0, "low": 0.0, "high": 3.28971, "error": 2.0}),
        (cells(Estimate(), best=np.full(5, -1.0)), {"best": -1.0, "low": -4.28971, "high": 2.28971, "error": 2.0}),
        (
            cells(Estimate(), Goalposts(1.0, 9.0), best=np.full(5, 1.0)),
            {"best": 1.0, "low": -2.28971, "high": 4.28971, "error": 2.0},
        ),
        (
            cells(Estimate(Scale.LOG), best=np.full(5, math.log(10.0)), parts={"m": np.full(5, 0.5)}),
            {"best": 10.0, "low": 4.39364, "high": 22.76017, "error": 0.5},
        ),
        (cells(Estimate(), best=np.full(5, NAN)), {}),
    ],
)
def test_an_estimate_has_the_middle_90_percent_in_its_unit(found: CellEstimates, expected: dict[str, float]) -> None:
    entry = dict(places_of(found)["B"].estimates["a"])
    fixed = {name: entry.pop(name) for name in ("source", "age", "measured")}
    assert fixed == {"source": "own", "age": 0, "measured": True}
    assert entry == pytest.approx(expected, abs=1e-5)


def test_an_estimate_names_its_source_age_and_whether_it_was_measured() -> None:
    found = places_of(
        cells(
            None,
            best=np.full(5, NAN),
            sources=("own", "peers", "combined", "", "sister"),
            ages=np.array([3.9, NAN, -0.5, 0.0, 12.0]),
            peers={0: np.array([1]), 1: np.array([3, 0])},
            shares=np.array([0.1, 0.2, 0.3, 0.4, 0.5]),
        )
    )
    assert {code: place.estimates["a"] for code, place in found.items()} == {
        "A": {"source": "own", "age": 3, "measured": True},
        "B": {"source": "peers", "age": None, "peers": ["D", "A"], "measured": True},
        "C": {"source": "combined", "age": 0, "share": 0.3, "measured": True},
        "D": {"source": "", "age": 0, "measured": True},
        "E": {"source": "sister", "age": 12, "measured": False},
    }


def test_an_estimate_of_a_label_that_moves_has_the_shares_of_every_label() -> None:
    how = Estimate(transitions=Transitions(("low", "high"), (((0.8, 0.2), (0.3, 0.7)),)))
    table = OrdinalMap((("high", 1.0), ("low", 0.0)))
    found = places_of(cells(how, table, best=np.full(5, NAN), moves={1: np.array([0.8, 0.2])}))
    assert found["B"].estimates["a"]["moves"] == {"low": 0.8, "high": 0.2}
    assert "moves" not in found["A"].estimates["a"]
    assert "moves" not in places_of(cells(None, table, moves={1: np.array([0.8, 0.2])}))["B"].estimates["a"]


def test_an_estimate_has_the_value_of_its_datum_where_the_country_is_drawn() -> None:
    found = places_of(cells(None, best=np.full(5, NAN)), DRAWN)
    values = {
        code: {name: value for name, value in place.estimates["a"].items() if name.startswith("datum")}
        for code, place in found.items()
    }
    assert values == {
        "A": {"datum": 0.0123, "datum_ends": [0.0, 1.0]},
        "B": {"datum": 0.25, "datum_ends": [0.25, 0.75]},
        "C": {"datum": None},
        "D": {"datum": 0.1235, "datum_ends": [0.123, 0.876]},
        "E": {"datum": None},
    }
    estimates = found["D"].official()["estimates"]
    assert estimates == {"a": {"source": "own", "age": 0, "measured": True}}
    exact = np.full((3, 2, 2), NAN)
    still = places_of(cells(None), replace(DRAWN, details=replace(DRAWN.details, ends=exact)))
    assert "datum_ends" not in still["D"].estimates["a"]


def test_a_ranked_and_a_provisional_country_take_their_rows_of_the_draws() -> None:
    found = places_of(drawn=DRAWN)
    assert (found["D"].first_share, found["D"].short_share, found["D"].designs) == (0.95678901, 0.75678901, 1.0)
    assert (found["D"].group, found["B"].group, found["A"].group) == ("in", "open", "")
    assert found["D"].detail == {
        "bins": [0.75555555, 0.25],
        "widths": {"age": 1, "total": 2},
        "best": 1,
        "worst": 4,
        "designs_interval": [1, 2],
        "ranges": {"age": [1, 2]},
        "singles": [1, 2],
        "axes": {"need": [12.3457, 56.5]},
    }
    assert found["B"].detail == {
        "bins": [0.25, 0.75],
        "widths": {"age": 3, "total": 5},
        "best": 2,
        "worst": 5,
        "designs_interval": [1, 3],
        "ranges": {"age": [2, 3]},
        "singles": [2, 1],
        "axes": {},
    }
    assert (found["A"].first_share, found["A"].interval) == (0.61234567, RankInterval(1, 2, 3))
    assert found["A"].detail == {"best": 3, "worst": 6, "axes": {"need": [20.0, 30.1235]}}
    assert (found["C"].detail, found["E"].detail) == ({}, {})


def test_all_in_draws_add_what_a_list_needs_to_be_read() -> None:
    drawn = replace(DRAWN, all_in=ALL_IN)
    found, plain = places_of(drawn=drawn), places_of(drawn=DRAWN)
    added = {
        code: {name: value for name, value in found[code].detail.items() if name not in plain[code].detail}
        for code in COUNTRIES
    }
    assert added == {
        "D": {
            "data_weights": {"low": 1, "median": 2, "high": 1, "p20": 0.1123, "p10": 0.1333},
            "holds": 0.1235,
            "reliability": {"value": 9.123, "lost": {"a": 0.001}, "settled": 9.568},
            "settled": {"low": 1, "median": 2, "high": 2, "p20": 0.2123, "p10": 0.2333, "group": "open"},
            "free": {
                "share": 0.8765,
                "low": 1,
                "high": 3,
                "confidence": 0.6543,
                "weights": {"a": 0.123, "tier": 0.877, "need": 0.4, "able": 0.6},
            },
        },
        "B": {
            "data_weights": {"low": 2, "median": 3, "high": 2, "p20": 0.15, "p10": 0.11},
            "holds": 0.5,
            "reliability": {"value": 8.5, "lost": {"a": 1.5}, "settled": 8.75},
            "settled": {"low": 2, "median": 3, "high": 3, "p20": 0.25, "p10": 0.21, "group": "open"},
            "free": {"share": 0.25, "low": 2, "high": 4, "confidence": None, "weights": None},
        },
        "A": {
            "data_weights": {"low": 3, "median": 4, "high": 3, "p20": 0.1654},
            "holds": None,
            "reliability": {"value": 7.5, "lost": {"tier": 2.5}, "settled": 7.75},
            "settled": {"low": 3, "median": 4, "high": 4, "p20": 0.2654},
        },
        "C": {
            "all_in": {"low": 3, "median": 4, "high": 5, "p20": 0.3654},
            "data_weights": {"low": 3, "median": 4, "high": 6, "p20": 0.4654},
            "reliability": {"value": 6.5, "lost": {"a": 1.235, "tier": 2.0}, "settled": 6.75},
        },
        "E": {},
    }


def test_without_an_overdue_edition_nothing_is_settled() -> None:
    found = places_of(drawn=replace(DRAWN, all_in=replace(ALL_IN, overdue=(), settled=None)))
    for code in "DBA":
        assert "settled" not in found[code].detail
        assert "settled" not in found[code].detail["reliability"]


@pytest.mark.parametrize(("share", "group"), [(0.9, "in"), (0.89, "open"), (0.1, "open"), (0.09, "out")])
def test_the_group_of_settled_draws_has_the_bounds_of_the_method(share: float, group: str) -> None:
    settled = replace(ranks(0.2), within=np.array([share, 0.5]))
    found = places_of(drawn=replace(DRAWN, all_in=replace(ALL_IN, settled=settled)))
    assert found["D"].detail["settled"]["group"] == group


def test_only_the_labels_of_overdue_editions_are_left_in_doubt() -> None:
    moving = cells(None, moves={1: np.array([1.0])}, peers={0: np.array([1])})
    inputs = cast(Any, SimpleNamespace(u=np.zeros((5, 2)), cells={"a": moving, "tier": moving}))
    found = overdue_alone(inputs, ("tier",))
    assert found["tier"] is moving
    assert (found["a"].moves, found["a"].peers, found["a"].error.tolist()) == ({}, {}, [0.0] * 5)
    assert set(found["a"].parts) == {"measurement", "age", "bridge"}
