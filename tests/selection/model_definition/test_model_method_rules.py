"""Faults of a model's method, each reported with its location, and options of a choice written as lines."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from cpc.findings import errors
from selection.model_definition.criteria_table import ModelTable, Stage
from selection.model_definition.options import read_option, written_option
from selection.model_definition.rules import check
from selection.scoring import validate
from tests.selection.model_definition.test_model_rules import (
    MEASURES,
    Plain,
    function,
    row,
    setting,
    shipped,
)


def method(**values: Any) -> Callable[[Plain], None]:
    """Change settings of the method as a whole."""
    return lambda data: data["method"].update(values)


def rule(key: str, /, **values: Any) -> Callable[[Plain], None]:
    """Change an evidence rule."""
    return lambda data: next(one for one in data["method"]["rules"] if one["key"] == key).update(values)


def option(choice: str, index: int, /, **values: Any) -> Callable[[Plain], None]:
    """Change one option of a choice."""
    return lambda data: next(one for one in data["method"]["choices"] if one["key"] == choice)["options"][index].update(
        values
    )


def estimate(key: str, /, **values: Any) -> Callable[[Plain], None]:
    """Change an error model."""
    return lambda data: row(data, key).setdefault("estimate", {}).update(values)


def moves(key: str, /, **values: Any) -> Callable[[Plain], None]:
    """Change how labels move."""
    return lambda data: row(data, key)["estimate"]["transitions"].update(values)


def series(key: str, index: int, /, **values: Any) -> Callable[[Plain], None]:
    """Change one series."""
    return lambda data: row(data, key)["estimate"]["series"][index].update(values)


def many(data: Plain) -> None:
    """Add eight choices of three options each: 6,561 designs."""
    ways = [{"key": "a", "label": "A"}, *({"key": k, "label": k, "arithmetic": True} for k in ("b", "c"))]
    data["method"]["choices"] = [{"key": f"c{n}", "label": "C", "options": ways} for n in range(8)]


def no_method(data: Plain) -> None:
    """Remove the method, but leave its errors and axes."""
    data["method"] = None


MINMAX = {"kind": "minmax", "direction": 1, "log": False, "pool": "all"}
MEDIAN = {"kind": "threshold", "theta": None, "peer_median": "income_group", "direction": 1, "soft": False}

FAULTS: list[tuple[str, Callable[[Plain], object], str, str]] = [
    ("an axis the wrong way round", setting("need", span=[0.85, 0]), "span", "need"),
    ("an axis beyond the scores", setting("need", span=[0, 1.2]), "span", "need"),
    ("an axis without a method", no_method, "span_without_method", "need"),
    ("an error without a method", no_method, "estimate_without_method", "cpi"),
    ("an error of a function of the pool", setting("cpi", function=MINMAX), "estimate_function", "cpi"),
    ("an error of a group's median", setting("cpi", function=MEDIAN), "estimate_function", "cpi"),
    ("a negative error", estimate("cpi", measurement=-1), "schema", "cpi"),
    ("logarithms of negative values", function("prevalence", lower=-1), "scale", "prevalence"),
    ("logits beyond 100", function("marriage", upper=120), "scale", "marriage"),
    ("logarithms of labels", estimate("tier", scale="log"), "scale", "tier"),
    ("a published error on logits", estimate("marriage", published_error=True), "published_error", "marriage"),
    ("a series twice", series("child_labour", 2, key="activity"), "series_duplicate", "child_labour"),
    ("a series with a taken key", series("child_labour", 2, key="pooled"), "series_key", "child_labour"),
    ("a sister called own", series("child_labour", 2, key="own"), "series_key", "child_labour"),
    ("a sister first", series("child_labour", 0, indicator="wdi.child_employment"), "series_own", "child_labour"),
    ("a series nobody publishes", series("child_labour", 1, indicator="x.y"), "unknown_indicator", "child_labour"),
    ("a series of labels", series("child_labour", 1, indicator="tip.tier"), "series_kind", "child_labour"),
    ("one edition pooled", lambda d: row(d, "prevalence")["estimate"]["series"].pop(), "pooled_series", "prevalence"),
    ("the complement of points", estimate("births", scale="points"), "complement", "births"),
    ("labels with a drift", estimate("tier", drift=1), "labels_error", "tier"),
    ("labels that are pooled", estimate("tier", combine="pooled"), "labels_series", "tier"),
    (
        "numbers that move as labels",
        lambda d: row(d, "cpi")["estimate"].update(transitions=row(d, "tier")["estimate"]["transitions"]),
        "transitions",
        "cpi",
    ),
    ("a gap of any step without a rubric", estimate("cpi", fill="range"), "fill_range", "cpi"),
    (
        "moves that do not add up",
        moves("tier", steps=[[[0.5, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]]]),
        "transitions_rows",
        "tier",
    ),
    ("moves that are no square", moves("tier", steps=[[[1, 0], [0, 1]]]), "transitions_shape", "tier"),
    (
        "moves of a label the table lacks",
        moves("tier", labels=["Tier 4", "Tier 2 Watch List", "Tier 2", "Tier 1"]),
        "transitions_labels",
        "tier",
    ),
    ("a shorter list that is longer", method(short=30), "first", "method/"),
    ("in below out", method(groups={"in_draws": 0.04, "in_designs": 0.9, "out": 0.05}), "groups", "method/"),
    ("peers by nothing known", method(peers=[["continent"]]), "unknown_grouping", "method/"),
    ("a region that is no grouping", method(region="continent"), "unknown_grouping", "method/"),
    ("a fact that is no criterion", method(facts=["prevalence", "luck"]), "facts", "method/"),
    ("a fact that only a round rates", method(facts=["prevalence", "forms"]), "facts", "method/"),
    ("no fact at all", method(facts=[]), "facts", "method/"),
    ("a grouping that nobody publishes", lambda d: d["groupings"].update(region="x.y"), "unknown_indicator", "method/"),
    ("a grouping of numbers", lambda d: d["groupings"].update(region="cpi.score"), "grouping_kind", "method/"),
    ("a share of known weight beside evidence", lambda d: d.update(root_tau=0.5), "tau_with_method", "method/"),
    ("two rules of one key", rule("E2", key="E1"), "duplicate_key", "rules/E1"),
    ("evidence of nothing", rule("E2", criteria=["luck"]), "evidence_criterion", "rules/E2"),
    ("evidence that nobody has", rule("E3", least=3), "evidence_least", "rules/E3"),
    ("evidence by a bad shape", rule("E3", within=-1), "schema", "rules/E3"),
    ("too many designs", many, "too_many_designs", "method/"),
    ("a first way that changes something", option("root", 0, arithmetic=True), "first_option", "choices/root"),
    ("a way that changes nothing", option("root", 1, arithmetic=False), "options", "choices/root"),
    ("two ways of one key", option("root", 1, key="geometric"), "options", "choices/root"),
    (
        "a value of no series",
        option("prevalence", 1, values=[["prevalence", "gsi_2030"]]),
        "option",
        "choices/prevalence",
    ),
    ("the mean of no editions", option("prevalence", 1, values=[["marriage", "mean"]]), "option", "choices/prevalence"),
    ("own only without a bridge", option("bridge", 1, own_only=["marriage"]), "option", "choices/bridge"),
    ("the logarithm of a label", option("scale", 1, log=["tier"]), "option", "choices/scale"),
    ("a label that is none", option("tier", 1, relabel=[["tier", "Tier 1", "Tier 9"]]), "option", "choices/tier"),
    ("a weight of nothing", option("balance", 1, weights=[["luck", 40]]), "option", "choices/balance"),
]


@pytest.mark.parametrize(("change", "code", "field"), [f[1:] for f in FAULTS], ids=[f[0] for f in FAULTS])
def test_a_fault_of_the_method_is_reported_with_its_field(
    change: Callable[[Plain], object], code: str, field: str
) -> None:
    data = shipped()
    change(data)
    found = errors(check(data, MEASURES))
    assert (code, field) in {(finding.code, finding.field) for finding in found}
    for finding in found:
        assert finding.message.endswith("."), finding
        assert len(finding.message) < 400


def test_the_engine_refuses_what_the_table_refuses() -> None:
    for name, change, code, _ in FAULTS:
        if code not in ("span", "scale", "transitions_rows", "evidence_least", "first_option", "option"):
            continue
        data = shipped()
        change(data)
        found = {finding.code for finding in validate(ModelTable.from_dict(data).model(Stage.SCREEN))}
        assert code in found, name


@pytest.mark.parametrize("choice", list(shipped()["method"]["choices"]), ids=lambda choice: str(choice["key"]))
def test_the_ways_of_a_choice_are_read_back_from_their_lines(choice: Plain) -> None:
    for way in choice["options"]:
        lines = written_option(way)
        assert {"key": way["key"], "label": way["label"], **read_option("\r\n".join(lines))} == way
    assert written_option(choice["options"][0]) == []


@pytest.mark.parametrize(
    "line", ["everything", "weight of need: many", "label of tier: Tier 1", "value: x", "weight of"]
)
def test_a_line_that_says_nothing_is_named(line: str) -> None:
    with pytest.raises(ValueError, match="line 2"):
        read_option(f"arithmetic mean\n{line}")
