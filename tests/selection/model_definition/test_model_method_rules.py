"""Faults of a model's method, each reported with its location, and options of a choice written as lines."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from cpc.findings import errors
from selection.model_definition.criteria_table import DEFAULT, ModelTable, Stage, read
from selection.model_definition.model_json import written
from selection.model_definition.options import read_option, written_option
from selection.model_definition.rules import check
from selection.reference_data import FORMER_MODELS
from selection.scoring import sha256_of, validate
from tests.selection.model_definition.test_model_rules import (
    MEASURES,
    Plain,
    function,
    measures,
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


def keep_series(data: Plain, key: str, count: int) -> None:
    """Remove all but the first series of a criterion."""
    row(data, key)["estimate"]["series"][count:] = []


def surveys_turned(data: Plain) -> None:
    """Put the second survey of child labor before its own."""
    row(data, "child_labour")["estimate"]["series"][:2] = row(data, "child_labour")["estimate"]["series"][1::-1]


def two_tables(data: Plain) -> None:
    """Give a table of two editions beside the one that is due each year."""
    steps = row(data, "tier")["estimate"]["transitions"]["steps"]
    steps.append(steps[0])


MINMAX = {"kind": "minmax", "direction": 1, "log": False, "pool": "all"}
MEDIAN = {"kind": "threshold", "theta": None, "peer_median": "income_group", "direction": 1, "soft": False}

FAULTS: list[tuple[str, Callable[[Plain], object], str, str]] = [
    ("an axis the wrong way round", setting("need", span=[0.85, 0]), "span", "need"),
    ("an axis beyond the scores", setting("need", span=[0, 1.2]), "span", "need"),
    ("no method", lambda data: data.pop("method"), "schema", ""),
    ("a method without settings", lambda data: data.update(method=None), "schema", "method/"),
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
    (
        "one edition pooled of another",
        lambda d: row(d, "prevalence")["estimate"]["series"].pop(),
        "series_own",
        "prevalence",
    ),
    ("one value pooled without agreement", estimate("balance", agreement=0), "pooled_series", "balance"),
    ("one value pooled without an error", estimate("balance", measurement=0), "pooled_series", "balance"),
    ("one value pooled of another indicator", series("balance", 0, indicator="cpi.score"), "series_own", "balance"),
    ("surveys without an error", estimate("child_labour", measurement=0, drift=0), "surveys_series", "child_labour"),
    ("one survey combined", lambda d: keep_series(d, "child_labour", 1), "surveys_series", "child_labour"),
    ("a survey of another first", surveys_turned, "series_own", "child_labour"),
    ("two surveys of labels", estimate("tier", combine="surveys"), "surveys_series", "tier"),
    ("a trend of fewer years than none", estimate("births", trend_years=-1), "schema", "births"),
    ("a trend of parts of years", estimate("births", trend_years=2.5), "schema", "births"),
    ("one end of values", estimate("balance", clip=[-100]), "schema", "balance"),
    ("ends of values that are equal", estimate("balance", clip=[60, 60]), "clip", "balance"),
    ("ends of values the wrong way round", estimate("balance", clip=[60, -100]), "clip", "balance"),
    ("a day that some years lack", moves("tier", due="02-29"), "transitions_due", "tier"),
    ("a day of no month", moves("tier", due="13-01"), "transitions_due", "tier"),
    ("a day in other words", moves("tier", due="6-30"), "transitions_due", "tier"),
    ("a due day and two tables", two_tables, "transitions_due", "tier"),
    ("a due day and the newest edition", setting("tier", period="newest"), "due_period", "tier"),
    ("a due day and each country's newest", setting("tier", period="latest"), "due_period", "tier"),
    ("the newest edition of several series", setting("births", period="newest"), "newest_period", "births"),
    ("the newest edition of a rating", setting("prosecution", period="newest"), "newest_period", "prosecution"),
    ("the newest edition within an age", setting("ilab", max_age=5), "newest_age", "ilab"),
    ("a period of no kind", setting("ilab", period="oldest"), "schema", "ilab"),
    ("an unknown field of an error", estimate("cpi", trend_months=3), "schema", "cpi"),
    ("an unknown field of moves", moves("tier", expected="06-30"), "schema", "tier"),
    ("an unknown field of the method", method(all_out=True), "schema", "method/"),
    ("a third rank by no grouping", method(income_group="continent"), "unknown_grouping", "method/"),
    ("designs drawn of no choice", method(choices=[]), "all_in", "method/"),
    ("percentiles the wrong way round", option("axes", 1, percentiles=[95, 5]), "option", "choices/axes"),
    ("percentiles that are equal", option("axes", 1, percentiles=[5, 5]), "option", "choices/axes"),
    ("percentiles beyond 100", option("axes", 1, percentiles=[5, 101]), "option", "choices/axes"),
    ("percentiles of unscaled axes", option("axes", 1, unscaled=True), "option", "choices/axes"),
    (
        "own first of one survey",
        option("child_labour", 1, values=[["births", "own_first"]]),
        "option",
        "choices/child_labour",
    ),
    (
        "the newest of editions",
        option("child_labour", 2, values=[["prevalence", "newest"]]),
        "option",
        "choices/child_labour",
    ),
    (
        "the mean of two surveys",
        option("child_labour", 1, values=[["child_labour", "mean"]]),
        "option",
        "choices/child_labour",
    ),
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
    ("own only without a bridge", option("scale", 1, own_only=["marriage"]), "option", "choices/scale"),
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


SOUND: list[tuple[str, Callable[[Plain], object]]] = [
    ("one value pooled with hardly an error", estimate("balance", measurement=0.001, agreement=0.001)),
    ("surveys with an error alone", estimate("child_labour", drift=0)),
    ("surveys with a drift alone", estimate("child_labour", measurement=0)),
    ("two surveys and no other series", lambda d: keep_series(d, "child_labour", 2)),
    ("a trend that is never credited", estimate("births", trend_years=0)),
    ("a trend without a limit", estimate("births", trend_years=None)),
    ("ends of values close together", estimate("balance", clip=[59.999, 60])),
    ("values without ends", estimate("balance", clip=None)),
    ("a due day at the end of a year", moves("tier", due="12-31")),
    ("a due day at the start of a year", moves("tier", due="01-01")),
    ("editions by age instead of a due day", moves("tier", due="", offset=1)),
    ("the newest edition of labels by age", lambda d: (moves("tier", due="")(d), setting("tier", period="newest")(d))),
    ("no third rank", method(income_group="")),
    ("a third rank by region", method(income_group="region")),
    ("draws of one design", method(all_in=False)),
    ("all percentiles", option("axes", 1, percentiles=[0, 100])),
]


@pytest.mark.parametrize("change", [s[1] for s in SOUND], ids=[s[0] for s in SOUND])
def test_what_is_just_within_the_rules_is_not_reported(change: Callable[[Plain], object]) -> None:
    data = shipped()
    change(data)
    assert check(data, MEASURES) == []


def test_both_shipped_models_are_sound_and_keep_their_hash() -> None:
    for path in (DEFAULT, *FORMER_MODELS):
        table = read(path)
        data = json.loads(written(table.to_dict()))
        assert check(data, measures(data)) == []
        assert ModelTable.from_dict(data).hash == table.hash == sha256_of(json.loads(path.read_text("utf-8")))


ENGINE = frozenset(
    {
        *("span", "scale", "transitions_rows", "evidence_least", "first_option", "option", "clip", "transitions_due"),
        *("surveys_series", "pooled_series", "all_in"),
    }
)
"""Codes of faults that the engine reports itself."""


def test_the_engine_refuses_what_the_table_refuses() -> None:
    for name, change, code, _ in FAULTS:
        if code not in ENGINE:
            continue
        data = shipped()
        change(data)
        found = {finding.code for finding in validate(ModelTable.from_dict(data).model(Stage.SCREEN))}
        assert code in found, name


@pytest.mark.parametrize("choice", list(shipped()["method"]["choices"]), ids=lambda choice: str(choice["key"]))
def test_the_ways_of_a_choice_are_read_back_from_their_lines(choice: Plain) -> None:
    for way in choice["options"]:
        lines = list(written_option(way))
        assert {"key": way["key"], "label": way["label"], **read_option("\r\n".join(lines))} == way
    assert list(written_option(choice["options"][0])) == []


@pytest.mark.parametrize(
    ("line", "ends"),
    [("axes at percentiles: 5 to 95", [5, 95]), ("Axes at percentiles:  2.5  to 97.5", [2.5, 97.5])],
)
def test_percentiles_are_read_from_a_line(line: str, ends: list[float]) -> None:
    assert read_option(line) == {"percentiles": ends}
    assert list(written_option({"percentiles": ends})) == [f"axes at percentiles: {ends[0]:g} to {ends[1]:g}"]


@pytest.mark.parametrize(
    "line",
    [
        "everything",
        "axes at percentiles: 5",
        "axes at percentiles: low to high",
        "weight of need: many",
        "label of tier: Tier 1",
        "value: x",
        "weight of",
    ],
)
def test_empty_line_is_named(line: str) -> None:
    with pytest.raises(ValueError, match="line 2"):
        read_option(f"arithmetic mean\n{line}")


@pytest.mark.parametrize(
    ("text", "option"),
    [
        ("", {}),
        ("\n  \n", {}),
        ("arithmetic mean", {"arithmetic": True}),
        ("Axes as  they are", {"unscaled": True}),
        ("value of prevalence: mean", {"values": [["prevalence", "mean"]]}),
        ("value of a: x\nvalue of b: y: z", {"values": [["a", "x"], ["b", "y: z"]]}),
        ("own series only: a, b,\nOWN SERIES ONLY: c", {"own_only": ["a", "b", "c"]}),
        ("logarithm: a", {"log": ["a"]}),
        ("label of tier: Tier 2 as Tier 1", {"relabel": [["tier", "Tier 2", "Tier 1"]]}),
        ("label of tier: low as mid as high", {"relabel": [["tier", "low", "mid as high"]]}),
        ("weight of need: 40\nweight of able: 2.5", {"weights": [["need", 40], ["able", 2.5]]}),
        ("weight of need: 40\narithmetic mean", {"weights": [["need", 40]], "arithmetic": True}),
    ],
)
def test_an_option_is_read_from_its_lines(text: str, option: Plain) -> None:
    assert read_option(text) == option


def test_an_option_is_written_as_its_lines() -> None:
    option = {
        "values": [["a", "x"], ["b", "y"]],
        "own_only": ["a", "b"],
        "log": ["c"],
        "relabel": [["tier", "Tier 2", "Tier 1"]],
        "weights": [["need", 40.0], ["able", 2.5]],
        "percentiles": [5.0, 97.5],
        "arithmetic": True,
        "unscaled": True,
    }
    assert list(written_option(option)) == [
        "value of a: x",
        "value of b: y",
        "own series only: a, b",
        "logarithm: c",
        "label of tier: Tier 2 as Tier 1",
        "weight of need: 40",
        "weight of able: 2.5",
        "axes at percentiles: 5 to 97.5",
        "arithmetic mean",
        "axes as they are",
    ]
    assert list(written_option({"key": "own", "label": "Own", "arithmetic": False})) == []
