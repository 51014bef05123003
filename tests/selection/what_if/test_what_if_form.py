"""Scripts of the What if form, run in Node: they refuse, write, and rank what the server does, up to each limit."""

from __future__ import annotations

import json
from typing import Any

import pytest

from selection.what_if.question import NUMBER_HINT, YEARS_HINT, Question, faults_of
from tests.selection.what_if.test_what_if_question import ASKABLE
from tests.support import node

NUMBERS = {
    "": True, "0": True, "0.0001": True, "47.4": True, "99.9999": True, "100": True, "1e2": True,
    "-0.0001": False, "-1": False, "100.0001": False, "101": False, "many": False,
}  # fmt: skip
YEARS = {
    "": True, "1": True, "15": True, "59": True, "60": True, "060": True,
    "0": False, "61": False, "-1": False, "1.5": False, "1000": False, "many": False,
}  # fmt: skip


HINTS = f"module.useHints({json.dumps({'number': NUMBER_HINT, 'years': YEARS_HINT})});"


def test_server_and_browser_reject_the_same_weights() -> None:
    body = f"{HINTS} return given.map((value) => module.weightFault({{ value, badInput: false, was: '50' }}));"
    written = node.call("what_if/form.js", body, list(NUMBERS))
    assert dict(zip(NUMBERS, written, strict=True)) == {
        value: "" if is_asked else NUMBER_HINT for value, is_asked in NUMBERS.items()
    }
    assert {value: not faults_of({"w-need": [value]}, ASKABLE) for value in NUMBERS} == NUMBERS


def test_server_and_browser_reject_the_same_limits() -> None:
    body = f"{HINTS} return given.map((value) => module.yearsFault({{ value, badInput: false, min: 1, max: 60 }}));"
    written = node.call("what_if/form.js", body, list(YEARS))
    assert dict(zip(YEARS, written, strict=True)) == {
        value: "" if is_asked else YEARS_HINT for value, is_asked in YEARS.items()
    }
    assert {value: not faults_of({"rule-E2": [value]}, ASKABLE) for value in YEARS} == YEARS


def test_a_number_that_the_browser_cannot_read_is_refused() -> None:
    body = (
        HINTS
        + """
    const bad = { value: '', badInput: true, was: '50', min: 1, max: 60 };
    return [module.weightFault(bad), module.yearsFault(bad)];
    """
    )
    assert node.call("what_if/form.js", body, None) == [NUMBER_HINT, YEARS_HINT]


def test_the_number_of_the_model_is_never_refused() -> None:
    body = f"{HINTS} return module.weightFault({{ value: given, badInput: false, was: given }});"
    assert node.call("what_if/form.js", body, "100.00001") == ""


@pytest.mark.parametrize(
    "question",
    [
        Question(),
        Question({"need": 100.0, "feasibility": 0.0}),
        Question({"will": 33.33333}, frozenset({"tier3", "high_income"}), {"E2": None, "E1": 30}),
        Question(evidence={"E2": 1}),
        Question(let_in=frozenset({"tier3"})),
    ],
)
def test_server_and_browser_build_the_same_addresses(question: Question) -> None:
    body = "return [module.pairsOf(given), module.isOfficial(given)];"
    pairs, is_official = node.call("what_if/form.js", body, question.to_dict())
    assert [tuple(pair) for pair in pairs] == question.pairs()
    assert is_official == question.is_official


# ---- rules of evidence ---------------------------------------------------------------------------------------------


def country(age: float | None, **more: Any) -> dict[str, Any]:
    return {"code": "GHA", "status": "ranked", "reason": "", "u": [0.5], "evidence": {"E2": age}, **more}


OUTSIDE = {"status": "outside_pool", "reason": "tier3"}


@pytest.mark.parametrize(
    ("of", "question", "status", "failing"),
    [
        (country(14), {}, "ranked", []),
        (country(15), {}, "ranked", []),
        (country(15.5), {}, "provisional", ["E2"]),
        (country(16), {}, "provisional", ["E2"]),
        (country(None), {}, "provisional", ["E2"]),
        (country(16), {"evidence": {"E2": "off"}}, "ranked", []),
        (country(16), {"evidence": {"E2": 16}}, "ranked", []),
        (country(15), {"evidence": {"E2": 14}}, "provisional", ["E2"]),
        (country(None), {"evidence": {"E2": "off"}}, "ranked", []),
        (country(0), {"evidence": {"E2": 1}}, "ranked", []),
        (country(15, **OUTSIDE), {}, "outside_pool", []),
        (country(15, **OUTSIDE), {"let_in": ["tier3"]}, "ranked", []),
        (country(16, **OUTSIDE), {"let_in": ["tier3"]}, "provisional", ["E2"]),
        (country(15, **OUTSIDE), {"let_in": ["income"]}, "outside_pool", []),
        (country(15, **OUTSIDE | {"reason": "united_states"}), {"let_in": ["united_states"]}, "outside_pool", []),
    ],
)
def test_a_country_meets_a_rule_of_evidence_up_to_its_limit(
    of: dict[str, Any], question: dict[str, Any], status: str, failing: list[str]
) -> None:
    payload = {
        "countries": [of],
        "criteria": [{}],
        "evidence": [{"key": "E2", "within": 15}],
        "unknown": [],
        "barred": [],
        "choices": [],
        "levels": [],
        "pool": [{"key": "united_states", "fixed": True}, {"key": "tier3", "fixed": False}],
        "branches": [],
    }
    body = """
    const prepared = module.prepare(given.payload);
    return [module.statuses(prepared, given.question), module.failing(prepared, given.question, 0)];
    """
    found = node.call("what_if/official.js", body, {"payload": payload, "question": question})
    assert found == [[status], failing]
