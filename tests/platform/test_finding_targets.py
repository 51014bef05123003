"""Every finding of a rule leads to the page where it is resolved, or says why there is none."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import NoReverseMatch

from cpc.finding_targets import ANY, TARGETS, FindingTarget, target_of, url_of
from cpc.registry import Registry
from cpc.web.pages import all_pages
from partnerships.dialogues.preconditions import AGENDA_OF_EVERY_DIALOGUE
from partnerships.limits import TOTAL_LABELS

APPS = ("cpc", "indicators", "selection", "partnerships")
MAKERS = {"Finding": 0, "Finding.error": 0, "Finding.warning": 0}
"""Calls that create a finding, with the place of its code."""
OF_ROUNDS = MAKERS | {"Obstacle": 1}
"""Those of `selection/decisions`, where what stands in the way of a round becomes a finding."""

PASSED_ON = {
    "cpc/files/attachments.py": ["file_bomb", "file_empty", "file_kind", "file_locked", "file_macros"],
    "partnerships/agreements/origin.py": [
        "decision_country",
        "decision_selects",
        "decision_superseded",
        "decision_used",
        "round_undecided",
    ],
    "partnerships/agreements/opening.py": ["planned_amount", "planned_months"],
    "partnerships/amendments/preconditions.py": [],
    "partnerships/completeness.py": [f"element_{letter}" for letter in "abcdefg"],
    "partnerships/dialogues/preconditions.py": [f"agenda_{kind}" for kind in AGENDA_OF_EVERY_DIALOGUE],
    "partnerships/fund_days.py": [
        "fund_canceled",
        "fund_disbursed_over_obligated",
        "fund_expired",
        "fund_not_notified",
    ],
    "partnerships/limits.py": [
        *(f"{name}_limit" for name in TOTAL_LABELS),
        "awarded_over_planned",
        "obligated_over_awarded",
        "disbursed_over_obligated",
        "award_obligated_over_awarded",
        "award_disbursed_over_obligated",
        "not_notified",
        "term_limit_if_signed",
    ],
    "partnerships/status/preconditions.py": [
        "government_recipient",
        "training_not_certified",
        "statement_missing",
        "not_competed",
        "identifiers_missing",
    ],
    "selection/decisions/limits.py": ["proposed_amount", "proposed_months"],
    "selection/decisions/obstacles.py": [],
    "selection/decisions/rules_of_candidates.py": [
        "mandatory_not_met",
        "restriction_bars",
        "restriction_expired",
        "restrictions_not_reviewed",
    ],
    "selection/decisions/rules_of_consultation.py": [
        "critical_open",
        "critical_rejected",
        "edits_open",
        "edits_rejected",
        "major_open",
        "no_disposition",
        "note_rejected",
        "objection",
    ],
    "selection/model_definition/rules.py": [],
    "selection/model_definition/schema.py": [],
    "selection/model_versions/services/versions.py": [],
}
"""Codes of each module whose functions pass on a code.

An empty list is a module whose rules all have one page in common, that of the draft of a model or an amendment, or
that passes on the codes of other modules.
"""


def name_of(call: ast.Call) -> str:
    return ast.unparse(call.func)


def findings_in(file: Path) -> Iterator[ast.expr]:
    """Yield the expression of the code of each finding that a module creates; what is fine never becomes one."""
    makers = OF_ROUNDS if file.parent.name == "decisions" else MAKERS
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and name_of(node) in makers:
            if "Weight.FINE" in [ast.unparse(argument) for argument in node.args]:
                continue
            place = makers[name_of(node)]
            yield node.args[place] if node.args else next(k.value for k in node.keywords if k.arg == "code")


def modules() -> Iterator[tuple[str, Path]]:
    for app in APPS:
        for file in sorted((settings.BASE_DIR / app).rglob("*.py")):
            yield file.relative_to(settings.BASE_DIR).as_posix(), file


def all_codes() -> dict[str, str]:
    """Return each code of a finding with the module that creates it."""
    found = {code: name for name, codes in PASSED_ON.items() for code in codes}
    for name, file in modules():
        for code in findings_in(file):
            if isinstance(code, ast.Constant):
                found.setdefault(str(code.value), name)
    return found


def test_each_code_has_a_page_or_the_reason_why_it_has_none() -> None:
    declared = {target.code for target in TARGETS}
    lacking = {code: name for code, name in all_codes().items() if code not in declared}
    assert lacking == {}, "Declare a page for these codes in the app's finding_targets.py."


def test_codes_that_are_passed_on_are_listed_for_their_module() -> None:
    computed = {
        name for name, file in modules() if any(not isinstance(code, ast.Constant) for code in findings_in(file))
    }
    computed.discard("cpc/findings.py")  # creates a finding from the arguments of its own methods
    assert computed == set(PASSED_ON)


def test_a_listed_code_is_written_in_its_module() -> None:
    lost = [
        code
        for name, codes in PASSED_ON.items()
        for code in codes
        if code not in (settings.BASE_DIR / name).read_text(encoding="utf-8")
        and not code.startswith(("element_", "agenda_"))
        and not code.endswith("_limit")
        and "_over_" not in code
    ]
    assert lost == []


def test_each_target_has_either_a_page_that_exists_or_a_reason() -> None:
    pages = {page.name for page in all_pages()}
    for target in TARGETS:
        assert bool(target.page) != bool(target.reason), target
        if target.page:
            assert target.name in pages, target
            assert target.label, target
            keys = dict.fromkeys(target.needs, 7) | {"country": "GHA"}
            try:
                assert target.url(keys).startswith("/"), target
            except NoReverseMatch:
                pytest.fail(f"{target} needs other arguments.")


def test_no_code_is_declared_that_no_rule_has() -> None:
    of_services = {"two_people", "transition"}
    assert {target.code for target in TARGETS} - set(all_codes()) - of_services == {ANY}


@pytest.fixture
def two_pages() -> Iterator[Registry[FindingTarget]]:
    with TARGETS.only(
        FindingTarget("late", "award#ledger", "Open the ledger", ("partnership", "award")),
        FindingTarget("late", "partnership-money", "Open the money", ("partnership",)),
        FindingTarget("two_people", reason="Another person has to do it."),
        FindingTarget(ANY, "model#findings", "See the findings", ("model",)),
    ):
        yield TARGETS


@pytest.mark.usefixtures("two_pages")
@pytest.mark.parametrize(
    ("code", "keys", "url"),
    [
        ("late", {"partnership": 5, "award": 2}, "/partnerships/5/awards/2/#ledger"),
        ("late", {"partnership": 5}, "/partnerships/5/money/"),
        ("late", {}, ""),
        ("late", {"model": 3}, ""),
        ("other", {"model": 3}, "/models/3/#findings"),
        ("other", {"partnership": 5}, ""),
        ("two_people", {"model": 3, "partnership": 5}, ""),
    ],
)
def test_the_first_page_whose_needs_are_met_applies(code: str, keys: dict[str, int], url: str) -> None:
    assert url_of(code, keys) == url
    assert (target_of(code, keys) is None) == (url == "")
