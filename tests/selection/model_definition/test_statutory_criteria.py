"""Statutory criteria: conditions at their bounds, what they ask as text, and what prevents a selection."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from selection.model_definition import statutory_criteria
from selection.model_definition.statutory_criteria import (
    Condition,
    Documented,
    StatutoryAnswer,
    StatutoryCriterion,
    asks,
    documented,
)

MET, NOT_MET, NOT_KNOWN = StatutoryAnswer


def row(label: str = "Courts", **function: Any) -> Any:
    usual = {"kind": "rubric", "lower": 0, "upper": 4, "direction": 1, "log": False}
    return SimpleNamespace(key=label.lower(), label=label, reason="Why", function={**usual, **function})


@pytest.mark.parametrize(
    ("function", "at_least", "text"),
    [
        ({}, 0.5, "rated 2 or more"),
        ({"lower": 1, "upper": 5}, 0.25, "rated 2 or more"),
        ({"kind": "goalposts", "lower": 10, "upper": 30}, 0.25, "at 15 or more"),
        ({"kind": "goalposts", "lower": 10, "upper": 30, "direction": -1}, 0.25, "at 25 or less"),
        ({"kind": "goalposts", "log": True}, 0.25, "at 0.25 or more on the scale of 0 to 1"),
        ({"kind": "ordinal", "table": [["1", 1.0], ["2", 0.5], ["3", 0.2]]}, 0.5, "is 1 or 2"),
        ({"kind": "minmax"}, 0.5, "at 0.5 or more on the scale of 0 to 1"),
    ],
)
def test_a_bound_is_given_in_the_scale_of_the_criterion(function: dict[str, Any], at_least: float, text: str) -> None:
    assert asks(row(**function), at_least) == text


@pytest.mark.parametrize(
    ("u", "answer"),
    [(None, NOT_KNOWN), (0.5, MET), (0.5 - 1e-9, MET), (0.5 - 2e-9, NOT_MET), (0.0, NOT_MET), (1.0, MET)],
)
def test_a_condition_is_met_from_its_bound_on(u: float | None, answer: StatutoryAnswer) -> None:
    known = {} if u is None else {"courts": Documented(u, "40 published for 2025")}
    found = statutory_criteria._condition(row(), 0.5, known)
    assert (found.answer, found.u, found.asks) == (answer, u, "rated 2 or more")
    assert found.states == ("" if u is None else "40 published for 2025")


@pytest.mark.parametrize(
    ("values", "needs", "answer"),
    [
        ((1.0, 1.0, 0.0), 2, MET),
        ((1.0, 0.0, 0.0), 2, NOT_MET),
        ((1.0, None, 0.0), 2, NOT_KNOWN),
        ((1.0, None, 0.0), 1, MET),
        ((None, 0.0, 0.0), 2, NOT_MET),
        ((None, None, 0.0), 2, NOT_KNOWN),
        ((None,), 1, NOT_KNOWN),
    ],
)
def test_a_criterion_needs_a_number_of_its_conditions(
    values: tuple[float | None, ...], needs: int, answer: StatutoryAnswer
) -> None:
    keys = [str(number) for number in range(len(values))]
    spec = {
        "key": "will",
        "label": "Will",
        "citation": "22 U.S.C.",
        "reason": "Why",
        "needs": needs,
        "conditions": [{"criterion": key, "at_least": 0.5} for key in keys],
    }
    table = cast(Any, SimpleNamespace(row=row))
    known = {key: Documented(u) for key, u in zip(keys, values, strict=True) if u is not None}
    assert statutory_criteria._criterion(table, spec, known).answer is answer


def criterion(
    answer: StatutoryAnswer, *conditions: tuple[str, StatutoryAnswer, str], needs: int = 1
) -> StatutoryCriterion:
    rows = tuple(Condition(row(label), f"rated {label[0]}", 0.1, held, states) for label, held, states in conditions)
    return StatutoryCriterion("will", "Political will", "22 U.S.C. 7103a", "Why", needs, rows, answer)


CONDITIONS = (
    ("Courts", MET, ""),
    ("Police", NOT_MET, ""),
    ("Shelters", NOT_KNOWN, ""),
    ("Laws", NOT_MET, "40 published for 2025"),
)


def test_a_finding_names_what_is_missed_or_what_is_not_known() -> None:
    missed, unknown = criterion(NOT_MET, *CONDITIONS), criterion(NOT_KNOWN, *CONDITIONS, ("Schools", NOT_KNOWN, ""))
    found = statutory_criteria.findings([criterion(MET, *CONDITIONS), missed, unknown])
    assert [(one.code, one.field, one.citation, one.message) for one in found] == [
        (
            "mandatory_not_met",
            "will",
            "22 U.S.C. 7103a",
            "Political will: not met. Below the threshold: Police rated P; Laws rated L (40 published for 2025).",
        ),
        (
            "mandatory_not_known",
            "will",
            "22 U.S.C. 7103a",
            "Political will: not known. Rate or import Shelters; Schools, then compute the score again.",
        ),
    ]


@pytest.mark.parametrize(
    ("count", "needs", "text"),
    [
        (1, 1, "Courts rated C"),
        (2, 1, "1 of 2: Courts rated C; Police rated P"),
        (2, 2, "All of: Courts rated C; Police rated P"),
    ],
)
def test_criterion_states_how_many_conditions_it_needs(count: int, needs: int, text: str) -> None:
    assert criterion(MET, *CONDITIONS[:count], needs=needs).description == text


GOALPOSTS: dict[str, Any] = {"kind": "goalposts", "lower": 0, "upper": 100}


@pytest.mark.parametrize(
    ("line", "function", "expected"),
    [
        ({"state": "observed", "u": 0.7}, GOALPOSTS, Documented(0.7)),
        ({"state": "carried", "u": 0.7}, GOALPOSTS, Documented(0.7)),
        ({"state": "peers", "u": 0.7}, GOALPOSTS, None),
        ({"state": "range", "u": 0.7}, GOALPOSTS, None),
        ({"state": "observed", "u": None}, GOALPOSTS, None),
        (
            {"state": "observed", "u": 0.7, "estimate": {"published": [{"value": 40, "year": 2025}]}},
            GOALPOSTS,
            Documented(0.4, "40 published for 2025"),
        ),
        (
            {"state": "observed", "u": 0.7, "estimate": {"published": [{"value": 40, "year": 2025}]}},
            {},
            Documented(0.7),
        ),
        (
            {"state": "observed", "u": 0.7, "estimate": {"published": [{"value": None, "year": 2025}]}},
            GOALPOSTS,
            Documented(0.7),
        ),
    ],
)
def test_only_what_a_publisher_or_a_rater_states_is_documented(
    line: dict[str, Any], function: dict[str, Any], expected: Documented | None
) -> None:
    held = row(**function)
    held.counts = lambda value: value
    assert documented(held, line) == expected
