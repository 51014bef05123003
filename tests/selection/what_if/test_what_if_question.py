"""Questions to a run: parsed from query parameters, shortened, and rejected with location and remedy. No database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

import pytest

from selection.runs.movements import Move
from selection.scoring.method import Choice, Option
from selection.what_if.askable import Askable, AskableGroup, AskableWeight, Overdue, PoolReasonOption, Rule
from selection.what_if.effect import effect
from selection.what_if.question import Question, QuestionError, from_dict, from_query, names_of

ASKABLE = Askable(
    (
        AskableGroup(
            "total",
            "Need against feasibility",
            "",
            (AskableWeight("need", "Need", 50), AskableWeight("feasibility", "Fe", 50)),
        ),
        AskableGroup(
            "feasibility",
            "Inside feasibility",
            "total",
            tuple(
                AskableWeight(key, key.title(), 100 * points / 38)
                for key, points in (("will", 18), ("rule", 12), ("dev", 8))
            ),
        ),
    ),
    (PoolReasonOption("tier3", "Tier 3", 18), PoolReasonOption("high_income", "High income", 56)),
    (Rule("E1", "Prevalence published", None), Rule("E2", "Child labor measured", 15)),
    (
        Choice("survey", "Child labor", (Option("both", "both surveys"), Option("own", "own survey first"))),
        Choice("tier", "Tier 1", (Option("as_is", "above Tier 2"), Option("merged", "as Tier 2"))),
    ),
    (Overdue("tier", "TIP Report tier"),),
)


def read(**given: str | Sequence[str]) -> Question:
    """Parse query parameters whose names have an underscore instead of the hyphen."""
    values = {name.replace("_", "-", 1): [value] if isinstance(value, str) else value for name, value in given.items()}
    return from_query(values, ASKABLE)


def test_an_address_without_a_question_asks_for_the_run_itself() -> None:
    assert read() == Question()
    assert read().is_official
    assert read().pairs() == []


def test_only_what_differs_is_saved_and_written() -> None:
    question = read(w_need="60", w_feasibility="40", w_will="47.4", pool=["tier3"], rule_E2="15", off=["E1"])
    assert question == Question({"need": 60.0, "feasibility": 40.0}, frozenset({"tier3"}), {"E1": None})
    assert urlencode(question.pairs()) == "w-feasibility=40&w-need=60&pool=tier3&off=E1"
    assert question.changes_who
    assert not question.is_official


def test_option_equal_to_the_models_is_left_out() -> None:
    question = read(take_survey="own", take_tier="as_is", hold=["tier"])
    assert question == Question(options={"survey": "own"}, held=frozenset({"tier"}))
    assert urlencode(question.pairs()) == "take-survey=own&hold=tier"
    assert not question.is_official
    assert not question.changes_who
    assert read(take_survey="both", take_tier="").is_official
    assert ASKABLE.phrases({"tier": "merged", "survey": "own"}) == [
        "child labor “own survey first”",
        "Tier 1 “as Tier 2”",
    ]


def test_scenarios_without_choices_are_stored_as_before_there_were_any() -> None:
    assert Question({"need": 60.0}).to_dict() == {"weights": {"need": 60.0}, "let_in": [], "evidence": {}}


@pytest.mark.parametrize(
    ("given", "official"),
    [
        ({"w_need": "25", "w_feasibility": "25"}, True),  # the same proportions
        ({"w_will": "47.4", "w_rule": "31.6", "w_dev": "21.1"}, True),  # as the fields show them
        ({"w_will": "36", "w_rule": "24", "w_dev": "16"}, True),
        ({"w_will": "47.3", "w_rule": "31.6", "w_dev": "21.1"}, False),
        ({"w_need": "50", "w_feasibility": "50.1"}, False),
        ({"w_need": "", "w_feasibility": " "}, True),
    ],
)
def test_what_leaves_every_share_as_it_is_changes_nothing(given: Mapping[str, str], official: bool) -> None:
    assert read(**given).is_official is official


def test_who_is_not_named_keeps_the_models_percentage() -> None:
    question = read(w_will="80")
    assert question.numbers(ASKABLE.groups[1], ASKABLE) == [80.0, 100 * 12 / 38, 100 * 8 / 38]


def test_all_of_a_group_may_be_0() -> None:
    assert read(w_need="0", w_feasibility="0").weights == {"need": 0.0, "feasibility": 0.0}


@pytest.mark.parametrize(
    "question",
    [
        Question(),
        Question({"need": 33.3333, "will": 0.0}, frozenset({"tier3", "high_income"}), {"E1": None, "E2": 30}),
        Question(options={"survey": "own", "tier": "merged"}, held=frozenset({"tier"})),
    ],
)
def test_a_question_goes_through_an_address_and_through_plain_data(question: Question) -> None:
    values: dict[str, list[str]] = {}
    for name, value in question.pairs():
        values.setdefault(name, []).append(value)
    assert set(values) <= names_of(ASKABLE)
    assert from_query(values, ASKABLE) == question
    assert from_dict(question.to_dict(), ASKABLE) == question


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"w_need": "many"}, "The weight of Need is “many”. Enter a number from 0 to 100, such as 47.4."),
        ({"w_need": "nan"}, "The weight of Need is “nan”. Enter a number"),
        ({"w_need": "inf"}, "The weight of Need is “inf”. Enter a number"),
        ({"w_need": "-1"}, "The weight of Need is -1. Enter a number from 0 to 100."),
        ({"w_need": "101"}, "The weight of Need is 101. Enter a number from 0 to 100."),
        ({"w_luck": "1"}, "This run has no weight “luck”. Use one of: dev, feasibility, need, rule, will."),
        ({"rule_E2": "0"}, "The limit of rule E2 is 0 years. Enter 1 to 60."),
        ({"rule_E2": "61"}, "The limit of rule E2 is 61 years. Enter 1 to 60."),
        ({"rule_E2": "1.5"}, "The limit of rule E2 is “1.5”. Enter whole years, 1 to 60."),
        ({"rule_E2": "٣"}, "The limit of rule E2 is “٣”. Enter whole years"),
        ({"rule_E1": "5"}, "Rule E1 has no limit in years. You can only turn it off, with off=E1."),
        ({"rule_E9": "5"}, "This run has no rule of evidence “E9”. Use one of: E1, E2."),
        ({"take_luck": "own"}, "This run has no choice “luck” to ask about. Use one of: survey, tier."),
        ({"take_survey": "mine"}, "Choice survey has no option “mine”. Use one of: both, own."),
        ({"hold": ["will"]}, "This run has no overdue edition of “will”. Use one of: tier."),
        ({"off": ["E9"]}, "This run has no rule of evidence “E9”. Use one of: E1, E2."),
        (
            {"pool": ["united_states"]},
            "“united_states” is not a reason for which you can include countries. "
            "Use one or more of: high_income, tier3.",
        ),
    ],
)
def test_impossible_question_is_rejected_with_field_and_remedy(given: dict[str, Any], message: str) -> None:
    with pytest.raises(QuestionError) as refusal:
        read(**given)
    assert str(refusal.value).startswith(message)


@pytest.mark.parametrize(
    "data",
    [
        [],
        {"weights": {}, "luck": 1},
        {"weights": []},
        {"let_in": "tier3"},
        {"weights": {"need": "many"}},
        {"weights": {"need": -1}},
        {"evidence": {"E9": "off"}},
        {"evidence": {"E2": 1.5}},
        {"options": ["own"]},
        {"options": {"survey": "mine"}},
        {"held": "tier"},
        {"held": ["will"]},
    ],
)
def test_plain_data_of_another_shape_are_refused(data: object) -> None:
    with pytest.raises(QuestionError):
        from_dict(data, ASKABLE)


def test_movements_between_two_lists() -> None:
    before = {"A": 1, "B": 2, "C": 3, "D": 9, "E": 10}
    after = {"B": 1, "D": 2, "A": 3, "C": 4, "F": 5}
    found = effect(before, after, 2)
    assert found.enters == (Move("D", 9, 2),)
    assert found.leaves == (Move("A", 1, 3),)
    assert (found.far, found.nearest, found.moved, found.gained, found.lost) == (1, 2, 4, 1, 1)
    assert (found.ranked, found.within, found.stay) == (5, 2, 1)


@pytest.mark.parametrize(
    ("after", "named"),
    [
        ((1, 2, 3, 4, 5, 6, 7, 8, 9), []),
        ((2, 1, 3, 4, 5, 6, 7, 8, 9), ["B"]),  # equally far: the one that is better now
        ((5, 1, 2, 3, 4, 6, 7, 8, 9), ["A"]),  # by four places: the farthest alone
        ((6, 1, 2, 3, 4, 5, 7, 8, 9), ["A"]),
        ((7, 8, 9, 1, 2, 3, 4, 5, 6), ["A", "B", "C"]),
        ((9, 8, 7, 6, 5, 4, 3, 2, 1), ["I", "A", "H"]),  # three at most
    ],
)
def test_the_farthest_movements(after: Sequence[int], named: list[str]) -> None:
    codes = "ABCDEFGHI"
    before = {code: rank for rank, code in enumerate(codes, 1)}
    found = effect(before, dict(zip(codes, after, strict=True)), 3)
    assert [move.code for move in found.farthest] == named


def test_countries_with_equal_ranks_are_all_within_the_first() -> None:
    found = effect({"A": 1, "B": 2, "C": 3}, {"A": 1, "B": 2, "C": 2}, 2)
    assert found.within == 3
    assert found.enters == (Move("C", 3, 2),)
    assert found.leaves == ()
    assert found.stay == 2
