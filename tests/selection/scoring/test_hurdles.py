"""Three-valued rules, eligibility and pass probabilities."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from selection.scoring import (
    AllOf,
    AnyOf,
    AtLeast,
    Column,
    Hurdle,
    HurdleKind,
    HurdleRef,
    Not,
    Operator,
    OrdinalMap,
    Predicate,
    SnapshotError,
    Status,
    Verdict,
    score,
)
from selection.scoring.hurdles import criteria_of

from .build import PERCENT, column, leaf, model, snapshot

NAN = math.nan
P, F, U = Verdict.PASS, Verdict.FAIL, Verdict.UNKNOWN


def above(key: str) -> Predicate:
    """Return a predicate that a criterion exceeds one half: 1 passes, 0 fails, NaN is unknown."""
    return Predicate(key, Operator.GREATER, 0.5)


def verdicts(expression: Any, rows: list[list[float]], **options: Any) -> list[int]:
    table = np.array(rows, dtype=float)
    leaves = [leaf(f"c{j}", 0.0) for j in range(table.shape[1])]
    built = model(leaf("base"), *leaves, hurdles=(Hurdle("h", "H", HurdleKind.ADVISORY, expression),))
    columns: dict[str, Any] = {f"c{j}": table[:, j] for j in range(table.shape[1])}
    result = score(snapshot({"base": np.full(len(table), 0.5), **columns}, **options), built, draws=0)
    return [int(v) for v in result.hurdles[0].verdicts]


VALUES = {1: 1.0, -1: 0.0, 0: NAN}
PAIRS = [[VALUES[a], VALUES[b]] for a in (1, 0, -1) for b in (1, 0, -1)]


def test_kleene_tables() -> None:
    both = (above("c0"), above("c1"))
    assert verdicts(AllOf(both), PAIRS) == [P, U, F, U, U, F, F, F, F]
    assert verdicts(AnyOf(both), PAIRS) == [P, P, P, P, U, U, P, U, F]
    assert verdicts(Not(above("c0")), [[1.0], [NAN], [0.0]]) == [F, U, P]


def test_k_of_n_with_unknowns() -> None:
    items = tuple(above(f"c{j}") for j in range(20))
    rows = [
        [1.0] * 10 + [0.0] * 10,
        [1.0] * 9 + [0.0] * 11,
        [1.0] * 9 + [NAN] + [0.0] * 10,
        [1.0] * 8 + [NAN] + [0.0] * 11,
        [1.0] * 10 + [NAN] * 10,
    ]
    assert verdicts(AtLeast(10, items), rows) == [P, F, U, F, P]


def test_scorecard_requires_its_hurdles_for_any_count() -> None:
    """A pass needs ten of twenty indicators, control of corruption, and political rights or civil liberties."""
    items = tuple(above(f"c{j}") for j in range(20))
    card = AllOf((AtLeast(10, items), above("c0"), AnyOf((above("c1"), above("c2")))))
    rows = [
        [0.0] + [1.0] * 19,
        [1.0] * 20,
        [1.0, 0.0, 1.0] + [1.0] * 8 + [0.0] * 9,
        [1.0, 0.0, 0.0] + [1.0] * 17,
    ]
    assert verdicts(card, rows) == [F, P, P, F]


def test_peer_medians_are_strict_and_groups_apart() -> None:
    beat = Predicate("c0", Operator.GREATER, peer_median="income")
    groups = {"income": ("low", "low", "low", "high", None)}
    assert verdicts(beat, [[1.0], [2.0], [3.0], [9.0], [9.0]], groupings=groups) == [F, F, P, F, U]


def test_missing_may_count_as_not_passed() -> None:
    lax = Predicate("c0", Operator.AT_LEAST, 0.5, missing_fails=True)
    assert verdicts(lax, [[0.5], [NAN]]) == [P, F]


def test_labels_and_normalized_values() -> None:
    tiers = OrdinalMap((("1", 1.0), ("2", 0.5), ("3", 0.0)))
    rule = AllOf(
        (Not(Predicate("tier", Operator.IN, labels=("3",))), Predicate("tier", Operator.AT_LEAST, 0.6, on="u"))
    )
    built = model(leaf("tier", 1.0, tiers), hurdles=(Hurdle("h", "H", HurdleKind.ADVISORY, rule),))
    labels = Column.categorical(["1", "2", "3", None], missing=[None, None, None, "suppressed"])
    result = score(snapshot({"tier": labels}), built, draws=0)
    assert result.hurdles[0].verdicts.tolist() == [P, F, F, U]


def gated(kind: HurdleKind) -> Any:
    gate = Hurdle("gate", "Gate", kind, above("g"))
    return model(leaf("a"), leaf("g", 0.0), hurdles=(gate, Hurdle("again", "Again", kind, HurdleRef("gate"))))


def test_a_binding_hurdle_decides_the_status_but_never_the_score() -> None:
    data = {"a": [0.9, 0.8, 0.7], "g": [0.0, NAN, 1.0]}
    result = score(snapshot(data), gated(HurdleKind.LEGAL_BAR), draws=0)
    assert result.statuses == (Status.SCREENED_OUT, Status.UNDETERMINED, Status.RANKED)
    assert result.scores.tolist() == [0.9, 0.8, 0.7]
    assert result.ranks.tolist() == [0, 0, 1]
    assert result.ranks_among_scored.tolist() == [1, 2, 3]
    assert result.reasons[0] == "does not pass: Gate, Again"
    advisory = score(snapshot(data), gated(HurdleKind.ADVISORY), draws=0)
    assert advisory.ranks.tolist() == [1, 2, 3]


def test_only_a_recorded_waiver_lifts_a_bar_and_none_a_mandatory_condition() -> None:
    waivers = {"gate": ("A",), "again": ("A", "B")}
    data = snapshot({"a": [0.9, 0.8], "g": [0.0, NAN]}, waivers=waivers)
    result = score(data, gated(HurdleKind.POLICY_HURDLE), draws=0)
    assert result.statuses == (Status.RANKED, Status.UNDETERMINED)
    assert result.country("A").hurdles[0].verdict == "fail"
    assert result.country("A").hurdles[0].waived
    with pytest.raises(SnapshotError, match="mandatory gate"):
        score(data, gated(HurdleKind.MANDATORY_GATE))


def test_pass_probability_of_one_predicate_is_closed_form() -> None:
    rule = Hurdle("h", "H", HurdleKind.ADVISORY, Predicate("a", Operator.LESS, 50.0))
    data = snapshot({"a": column([40.0, 50.0, 60.0, NAN], standard_errors=[10.0, 10.0, None, None])})
    result = score(data, model(leaf("a", 1.0, PERCENT), hurdles=(rule,)), draws=0)
    probabilities = [result.country(code).hurdles[0].probability for code in "ABCD"]
    assert probabilities == [pytest.approx(0.8413447460685429, abs=1e-15), 0.5, 0.0, None]


ONE_ERROR = 0.8413447460685429
"""Chance that a normal error is below one standard error."""


@pytest.mark.parametrize(
    ("operator", "chances", "sure"),
    [
        (Operator.GREATER, [1 - ONE_ERROR, 0.5, ONE_ERROR], [0.0, 0.0, 1.0]),
        (Operator.AT_LEAST, [1 - ONE_ERROR, 0.5, ONE_ERROR], [0.0, 1.0, 1.0]),
        (Operator.LESS, [ONE_ERROR, 0.5, 1 - ONE_ERROR], [1.0, 0.0, 0.0]),
        (Operator.AT_MOST, [ONE_ERROR, 0.5, 1 - ONE_ERROR], [1.0, 1.0, 0.0]),
    ],
)
def test_pass_probability_follows_the_direction_of_the_operator(
    operator: Operator, chances: list[float], sure: list[float]
) -> None:
    # One standard error below the limit, at it, and above it; then the same values without an error, and no value.
    values = [40.0, 50.0, 60.0, 40.0, 50.0, 60.0, 60.0, NAN]
    errors = [10.0, 10.0, 10.0, 0.0, 0.0, 0.0, None, None]
    rule = Hurdle("h", "H", HurdleKind.ADVISORY, Predicate("a", operator, 50.0))
    data = snapshot({"a": column(values, standard_errors=errors)})
    result = score(data, model(leaf("a", 1.0, PERCENT), hurdles=(rule,)), draws=0)
    found = [result.country(code).hurdles[0].probability for code in "ABCDEFGH"]
    assert found == [*(pytest.approx(chance, abs=1e-15) for chance in chances), *sure, sure[2], None]


def test_pass_probability_against_the_median_of_peers() -> None:
    rule = Hurdle("h", "H", HurdleKind.ADVISORY, Predicate("a", Operator.GREATER, peer_median="income"))
    groups = {"income": ("low", "low", "low", None)}
    data = snapshot({"a": column([40.0, 50.0, 60.0, 60.0], standard_errors=[10.0] * 4)}, groupings=groups)
    result = score(data, model(leaf("a", 1.0, PERCENT), hurdles=(rule,)), draws=0)
    low, median, high, alone = (result.country(code).hurdles[0].probability for code in "ABCD")
    assert [low, median, high] == [pytest.approx(1 - ONE_ERROR), 0.5, pytest.approx(ONE_ERROR)]
    assert alone is None


def test_pass_probability_of_a_combination_uses_the_draws_of_the_score() -> None:
    # Both leaves read the same noisy value, so the chance is that of one, not a product of two.
    twice = AllOf((Predicate("a", Operator.GREATER, 50.0), Predicate("a", Operator.GREATER, 40.0)))
    rule = Hurdle("h", "H", HurdleKind.ADVISORY, twice)
    data = snapshot({"a": column([50.0, 80.0, NAN], standard_errors=[10.0, None, None])})
    result = score(data, model(leaf("a", 1.0, PERCENT), hurdles=(rule,)))
    low, sure, unknown = (result.country(code).hurdles[0].probability for code in "ABC")
    assert low == pytest.approx(0.5, abs=0.02)
    assert (sure, unknown) == (1.0, None)
    fixed = score(snapshot({"a": [60.0, 30.0]}), model(leaf("a", 1.0, PERCENT), hurdles=(rule,)), draws=7)
    assert [fixed.country(code).hurdles[0].probability for code in "AB"] == [1.0, 0.0]


def test_expression_reads_criteria_of_its_parts_and_other_hurdles() -> None:
    other = Hurdle("other", "", HurdleKind.ADVISORY, AtLeast(1, (above("b"), Not(above("c")))))
    rule = AllOf((above("a"), AnyOf((HurdleRef("other"), above("a")))))
    assert criteria_of(rule, {"other": other}) == {"a", "b", "c"}


def test_combination_without_drawn_parts_passes_in_all_draws_or_none() -> None:
    columns = {"x": column([60.0, 40.0, 55.0], standard_errors=[5.0, 5.0, 5.0]), "y": column([1.0, 0.0, NAN])}
    hurdle = Hurdle("not_low", "Not low", HurdleKind.ADVISORY, AllOf((above("y"),)))
    built = model(leaf("x", function=PERCENT), leaf("y"), hurdles=(hurdle,))
    result = score(snapshot(columns), built, draws=5_000)
    assert [result.country(code).hurdles[0].probability for code in "ABC"] == [1.0, 0.0, None]
