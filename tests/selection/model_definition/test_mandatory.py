"""Statutory requirements, tested only on documented data: a rating, or a value as published."""

from __future__ import annotations

from typing import Any

import pytest

from selection.model_definition.criteria_table import read
from selection.model_definition.statutory_criteria import StatutoryAnswer, findings, statutory_criteria_of


def line(key: str, u: float | None, state: str = "observed", **estimate: Any) -> dict[str, Any]:
    return {"key": key, "u": u, "state": state, **({"estimate": estimate} if estimate else {})}


def published(value: float, year: int = 2021) -> dict[str, Any]:
    return {"value": value, "label": "", "year": year, "series": "gsi_2023"}


def prevalence(*lines: dict[str, Any]) -> StatutoryAnswer:
    return next(criterion.answer for criterion in statutory_criteria_of(read(), lines) if criterion.key == "prevalence")


@pytest.mark.parametrize(
    ("lines", "answer"),
    [
        # Pulled to the pool's mean, 2.9 per 1,000 counts as 4.7, above the bound of 4; that is not documented.
        ([line("prevalence", 0.29, source="pooled", published=[published(2.9), published(4.84, 2016)])], "not_known"),
        ([line("prevalence", 0.20, source="pooled", published=[published(4.1), published(1.0, 2016)])], "met"),
        ([line("prevalence", 0.33, "peers", source="peers", published=[])], "not_known"),
        ([line("prevalence", 0.60, "bridged", source="sister", published=[published(9.9)])], "not_known"),
        ([line("prevalence", 0.20, source="pooled", published=[published(2.9)]), line("forms", 0.75)], "met"),
        ([line("prevalence", 0.20, source="pooled", published=[published(2.9)]), line("forms", 0.25)], "not_met"),
        (
            [line("prevalence", 0.20, source="pooled", published=[published(2.9)]), line("forms", 0.5, "range")],
            "not_known",
        ),
        ([], "not_known"),
    ],
)
def test_only_what_is_documented_meets_the_statute(lines: list[dict[str, Any]], answer: str) -> None:
    assert prevalence(*lines).value == answer


def test_inverted_published_share_is_read_in_the_models_direction() -> None:
    plain = read().to_dict()
    asked = [{**plain["mandatory"][0], "conditions": [{"criterion": "births", "at_least": 0.5}]}]
    table = read().from_dict({**plain, "mandatory": asked})
    (criterion,) = statutory_criteria_of(
        table, [line("births", 0.1, source="own", published=[published(70.0)])]
    )  # 30 of 60: one half
    assert criterion.answer is StatutoryAnswer.MET
    assert criterion.conditions[0].states == "70 published for 2021, counts as 30"


def test_rating_counts_by_median_and_an_unmet_rule_names_the_value() -> None:
    lines = [
        line("prevalence", 0.31, source="pooled", published=[published(2.9)]),
        line("forms", 0.25, source="own", published=[]),
    ]
    criteria = statutory_criteria_of(read(), lines)
    messages = [finding.message for finding in findings(criteria)]
    assert any("(2.9 published for 2021)" in message for message in messages)


def test_a_carried_value_without_an_estimate_is_documented() -> None:
    criteria = statutory_criteria_of(read(), [line("prevalence", 0.3, "carried")])
    assert criteria[0].answer is StatutoryAnswer.MET
