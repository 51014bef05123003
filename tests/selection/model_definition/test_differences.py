"""Differences between two models as text, and each as a change that can be applied alone."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from selection.model_definition import editing
from selection.model_definition.changes import Bearing, applied, changes, plain_table
from selection.model_definition.criteria_table import ModelTable, Stage, read
from selection.model_definition.differences import differences, format_value, is_equal
from selection.model_definition.method_tests import (
    EVIDENCE_4,
    TESTS,
    VERSION_3,
    MeasuredCoverage,
    coverage_of,
    evidence_of,
)
from selection.model_definition.method_tests import tests_of as measured_tests  # pytest would take its name for a test
from selection.reference_data import FORMER_MODELS

Plain = dict[str, Any]


def table(change: Callable[[Plain], None] = lambda _data: None) -> ModelTable:
    data = plain_table(read())
    change(data)
    return ModelTable.from_dict(data)


def row(data: Plain, name: str, key: str) -> Plain:
    return editing.find(data, name, key)


def set_in(name: str, key: str, **values: Any) -> Callable[[Plain], None]:
    def change(data: Plain) -> None:
        row(data, name, key).update(values)

    return change


def set_of(**values: Any) -> Callable[[Plain], None]:
    return lambda data: data.update(values)


def set_method(**values: Any) -> Callable[[Plain], None]:
    return lambda data: data["method"].update(values)


# ---- values as text ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("note", "", "none"),
        ("note", None, "none"),
        ("facts", [], "none"),
        ("required", True, "yes"),
        ("required", False, "no"),
        ("draws", 5000, "5000"),
        ("rho", 0.25, "0.25"),
        ("rho", 0, "0"),
        ("note", "Text", "Text"),
        ("facts", ["a", "b"], "a, b"),
        ("listing", {"indicator": "tier", "reason": "Not listed", "gone": ""}, "indicator: tier; reason: Not listed"),
        ("expression", [{"a": 1}], '[{"a": 1}]'),
        ("anchors", ["None", "Some"], "0: None; 1: Some"),
        ("conditions", [{"criterion": "cpi", "at_least": 0.5}], "cpi at 0.5 of 1 or more"),
        ("span", (0.2, 0.8), "20 to 80 of 100"),
        ("peers", [["own_a", "own_b"], ["own_c"]], "own a and own b; own c"),
        ("region", "own_region", "own region"),
        ("options", [{"label": "Mean"}, {"label": "Other", "weights": [["a", 2]]}], "Mean; Other (weight of a: 2)"),
        (
            "groups",
            {"in_draws": 0.7},
            "Firmly in: among the first 20 in at least 70% of draws and 90% of methods; "
            "Firmly out: among the first 20 in less than 5% of draws and of methods",
        ),
        ("function", {"kind": "rubric", "reason": "Why", "lower": 0, "upper": 4}, "rubric, lower 0, upper 4"),
        ("function", {"kind": "min_max", "direction": 1, "log": False}, "min max, more is better"),
        ("function", {"kind": "min_max", "direction": -1, "log": True}, "min max, less is better, log 1"),
        ("function", {"kind": "ordinal", "table": [["L", 0], ["H", 0.5]]}, "ordinal, L: 0, H: 0.5"),
        ("function", {"kind": "zscore"}, "zscore"),
        ("function", {"kind": "zscore", "pool": "", "theta": None, "soft": False}, "zscore"),
        ("function", {"kind": "zscore", "direction": 1, "pool": "all"}, "zscore, more is better, pool all"),
        ("function", {"kind": "percentile", "direction": -1, "ties": "mid"}, "percentile, less is better, ties mid"),
        ("function", {"kind": "piecewise_linear", "knots": [[0, 1], [2, 0.5]]}, "piecewise linear, 0: 1, 2: 0.5"),
        ("function", {"kind": "threshold", "theta": 2.5, "peer_median": None}, "threshold, theta 2.5"),
        ("function", {"kind": "target_band", "outer_lower": 0, "upper": 1.5}, "target band, outer lower 0, upper 1.5"),
        ("expression", [{"a": "é"}], '[{"a": "é"}]'),
        (
            "groups",
            {"in_draws": 0.5, "in_designs": 0.6, "out": 0.2},
            "Firmly in: among the first 20 in at least 50% of draws and 60% of methods; "
            "Firmly out: among the first 20 in less than 20% of draws and of methods",
        ),
        ("error.scale", "log", "logarithms: an error is a share of the value"),
        ("error.scale", "cube", "cube"),
        ("error.combine", "some", "some"),
        ("error.fill", "range", "the middle of the scale; in a draw, any step"),
        ("error.fill", "some", "some"),
        ("period", "oldest", "oldest"),
        ("error.series", [{"label": "Survey", "indicator": "a", "series": ""}], "Survey (a)"),
        (
            "error.series",
            [
                {"label": "Survey", "indicator": "a.b"},
                {"label": "Census", "indicator": "c.d", "series": "all", "complement": True},
            ],
            "Survey (a.b); Census (c.d all, 100 less the value)",
        ),
        (
            "error.transitions",
            {"labels": ["1", "2"], "steps": [[[0.9, 0.1], [0, 1]], [[0.8, 0.2], [0.3, 0.7]]]},
            "exact up to 1 year; to 1, 2; 1 behind: 1 0.9 0.1, 2 0 1; 2 behind: 1 0.8 0.2, 2 0.3 0.7",
        ),
        (
            "error.transitions",
            {"labels": ["1"], "steps": [[[1]]], "offset": 2},
            "exact up to 2 years; to 1; 1 behind: 1 1",
        ),
        (
            "error.transitions",
            {"labels": ["1"], "steps": [[[1]]], "due": "06-30"},
            "due on June 30 of each year; to 1; each edition behind: 1 1",
        ),
        ("error.clip", [-100, 60], "-100 and 60"),
        ("error.trend_years", 5, "5"),
        (
            "error.combine",
            "surveys",
            "both surveys combined, where the second one is newer; otherwise the first recent one, or a bridge",
        ),
        ("period", "latest", "the newest value of each country"),
        ("period", "complete", "the newest complete period for all countries"),
        ("period", "newest", "the newest edition for all countries"),
        ("all_in", True, "yes"),
        ("income_group", "income_group", "income class"),
        ("options", [{"label": "Other", "percentiles": [5, 95]}], "Other (axes at percentiles: 5 to 95)"),
    ],
)
def test_a_value_of_a_model_as_text(name: str, value: Any, text: str) -> None:
    assert format_value(name, value) == text


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        (None, "", True),
        ([], {}, True),
        ((1, 2), [1, 2], True),
        (1, 1.0, True),
        (0, None, False),
        (False, None, False),
        ("a", "b", False),
        ([1], [2], False),
    ],
)
def test_what_is_empty_is_the_same(one: Any, other: Any, equal: bool) -> None:
    assert is_equal(one, other) is equal


def test_tests_and_evidence_belong_to_a_version_of_the_default_model() -> None:
    assert [len(measured_tests("main", version, "main")) for version in ("3", "4", "5")] == [
        len(VERSION_3), len(TESTS["4"]), 0
    ]  # fmt: skip
    assert measured_tests("other", "4", "main") == ()
    assert [coverage_of("main", version, "main") for version in ("3", "4", "5")] == [
        MeasuredCoverage(150, 0.911), MeasuredCoverage(40, 0.905, 0.909), None
    ]  # fmt: skip
    assert coverage_of("other", "4", "main") is None
    assert evidence_of("main", "4", "main") == EVIDENCE_4
    assert (evidence_of("main", "3", "main"), evidence_of("other", "4", "main")) == ((), ())


# ---- differences ---------------------------------------------------------------------------------------------------


def said(before: ModelTable, after: ModelTable) -> list[tuple[str, str, str, list[tuple[str, str, str]]]]:
    return [
        (found.what, found.key, found.how, [(one.name, one.before, one.after) for one in found.fields])
        for found in differences(before, after)
    ]


def test_a_model_does_not_differ_from_itself() -> None:
    assert differences(read(), table()) == []
    assert changes(read(), table()) == []


def test_differences_go_from_the_whole_to_the_rows() -> None:
    def edit(data: Plain) -> None:
        data["title"] = "Other"
        data["method"]["first"] = 10
        row(data, "criteria", "cpi")["label"] = "Corruption"
        data["criteria"] = [one for one in data["criteria"] if one["key"] != "forms"]

    found = said(read(), table(edit))
    assert [(what, key, how) for what, key, how, _ in found if what in ("Model", "Method")] == [
        ("Model", "", "changed"), ("Method", "", "changed")
    ]  # fmt: skip
    assert found[0][3] == [("Title", read().title, "Other")]
    assert found[1][3] == [("How many are the first", "20", "10")]
    by_key = {key: (how, fields) for what, key, how, fields in found if what == "Criterion"}
    assert by_key["cpi"] == ("changed", [("Label", read().row("cpi").label, "Corruption")])
    assert by_key["forms"] == ("removed", [])
    assert [what for what, *_ in found][:2] == ["Model", "Method"]
    assert found[-1][:3] == ("Criterion", "forms", "removed")


def test_a_row_that_is_added_gives_all_its_fields() -> None:
    def edit(data: Plain) -> None:
        data["nodes"].append({**row(data, "nodes", "fit"), "key": "later", "label": "Later", "weight": 0})

    [(what, key, how, fields)] = said(read(), table(edit))
    assert (what, key, how) == ("Node", "later", "added")
    assert ("Label", "none", "Later") in fields
    [(_, _, how, fields)] = said(table(edit), read())
    assert (how, fields) == ("removed", [])


def test_another_weight_changes_the_shares_of_its_siblings_too() -> None:
    points = read().row("cpi").weight
    found = said(read(), table(set_in("criteria", "cpi", weight=2 * points)))
    by_key = {key: [name for name, *_ in fields] for _, key, _, fields in found}
    assert by_key["cpi"] == ["Weight, points", "Share of the whole"]
    siblings = [one.key for one in read().criteria if one.node == read().row("cpi").node and one.weight]
    assert set(by_key) == set(siblings)
    assert all(names == ["Share of the whole"] for key, names in by_key.items() if key != "cpi")


def test_version_4_differs_from_version_3_in_what_its_method_names() -> None:
    found = said(read(FORMER_MODELS[0]), read())
    named = {(what, key, name) for what, key, _, fields in found for name, _, _ in fields if name not in TEXTS}
    assert named == {
        ("Method", "", "Grouping of the third rank"),
        ("Method", "", "Draws vary the design too"),
        ("Node", "feasibility", "Axis"),
        ("Criterion", "child_labour", "Error: added per square root of a year"),
        ("Criterion", "child_labour", "Error: if there are several series"),
        ("Criterion", "births", "Error: most years for which the trend is credited"),
        ("Criterion", "tier", "Error: how labels move"),
        ("Criterion", "ilab", "Period"),
        ("Criterion", "balance", "Error: of one measurement"),
        ("Criterion", "balance", "Error: if there are several series"),
        ("Criterion", "balance", "Error: covariance of two editions"),
        ("Criterion", "balance", "Error: values beyond which the end counts"),
        ("Criterion", "balance", "Error: series"),
        ("Choice", "child_labour", "Label"),
        ("Choice", "child_labour", "Ways to make it"),
        ("Choice", "axes", "Ways to make it"),
    }
    assert [(what, key) for what, key, how, _ in found if how == "removed"] == [("Choice", "bridge")]
    after = {(key, name): text for _, key, _, fields in found for name, _, text in fields}
    assert after["feasibility", "Axis"] == "33 to 85 of 100"
    assert after["births", "Error: most years for which the trend is credited"] == "5"
    assert after["tier", "Error: how labels move"].startswith("due on June 30 of each year; ")


TEXTS = ("Reason", "Error: source of the numbers")


# ---- single changes ------------------------------------------------------------------------------------------------


def single(edit: Callable[[Plain], None]) -> list[tuple[str, str, str, Bearing]]:
    return [(one.location, one.before, one.after, one.bearing) for one in changes(read(), table(edit))]


CPI, RATED = read().row("cpi"), read().row("prosecution")


@pytest.mark.parametrize(
    ("edit", "location", "before", "after", "bearing"),
    [
        (set_of(title="Other"), "Title", read().title, "Other", Bearing.TEXT),
        (set_of(draws=100), "Draws", f"{read().draws}", "100", Bearing.DOUBT),
        (set_of(aggregation="arithmetic"), "Mean of need and feasibility", "geometric", "arithmetic", Bearing.RANK),
        (set_method(first=10), "How many are the first", "20", "10", Bearing.DOUBT),
        (set_method(all_in=False), "Draws vary the design too", "yes", "no", Bearing.DOUBT),
        (set_method(income_group="region"), "Grouping of the third rank", "income class", "region", Bearing.DOUBT),
        (
            set_in("criteria", "ilab", period="latest"),
            f"{read().row('ilab').label}: period",
            "the newest edition for all countries",
            "the newest value of each country",
            Bearing.RANK,
        ),
        (set_method(least_peers=3), "Minimum number of such countries", "12", "3", Bearing.RANK),
        (set_in("criteria", "cpi", label="Other"), "Other: label", CPI.label, "Other", Bearing.TEXT),
        (
            set_in("criteria", "cpi", max_age=1),
            f"{CPI.label}: oldest value that counts",
            "any age" if CPI.max_age is None else f"{CPI.max_age:g} years",
            "1 year",
            Bearing.RANK,
        ),
        (
            set_in("criteria", "prosecution", missing="floor"),
            f"{RATED.label}: if a value is missing",
            RATED.missing,
            "floor",
            Bearing.FULL,
        ),
        (
            set_in("criteria", "prosecution", stage="screen"),
            f"{RATED.label}: stage",
            "full",
            "screen",
            Bearing.RANK,
        ),
    ],
)
def test_change_gives_its_location_and_possible_effect(
    edit: Callable[[Plain], None], location: str, before: str, after: str, bearing: Bearing
) -> None:
    assert single(edit) == [(location, before, after, bearing)]


def test_all_differences_applied_to_version_3_give_version_4() -> None:
    former = read(FORMER_MODELS[0])
    made = applied(former, changes(former, read()))
    made["method"]["choices"].sort(key=lambda choice: ORDER.index(choice["key"]))
    assert ModelTable.from_dict({**made, "version": "4"}).hash == read().hash


ORDER = [choice["key"] for choice in (read().method or {})["choices"]]


def test_a_changed_weight_is_given_in_points_of_its_siblings() -> None:
    total = sum(one.weight for one in read().criteria if one.node == CPI.node)
    total += sum(node.weight for node in read().nodes if node.parent == CPI.node)
    share = read().weights()["cpi"]
    [(location, before, after, bearing)] = single(set_in("criteria", "cpi", weight=CPI.weight + 4))
    assert (location, bearing) == (f"{CPI.label}: weight", Bearing.RANK)
    assert before == f"{CPI.weight:g} of {total:g} points ({100 * share:.1f}% of the whole)"
    assert after.startswith(f"{CPI.weight + 4:g} of {total + 4:g} points (")


def test_rows_that_are_added_and_removed_say_their_points() -> None:
    def without(data: Plain) -> None:
        data["criteria"] = [one for one in data["criteria"] if one["key"] != "cpi"]
        data["mandatory"] = data["mandatory"][:1]

    found = changes(read(), table(without))
    gone = {one.location: (one.before.partition(",")[0], one.after, one.bearing) for one in found}
    assert gone[f"{CPI.label} (criterion)"] == ("present", "removed", Bearing.RANK)
    assert [bearing for *_, bearing in gone.values()].count(Bearing.STATUTE) == 1
    back = {one.location: (one.before, one.after.partition(",")[0]) for one in changes(table(without), read())}
    assert back[f"{CPI.label} (criterion)"] == ("none", "added")
    assert ModelTable.from_dict(applied(read(), found)).hash == table(without).hash


def test_choices_move_no_rank_and_a_rule_is_named_by_its_criteria() -> None:
    def edit(data: Plain) -> None:
        data["method"]["choices"] = data["method"]["choices"][1:]
        rule = data["method"]["rules"][0]
        rule["within"] = 3

    found = {one.location: one for one in changes(read(), table(edit))}
    assert [one.bearing for one in found.values()].count(Bearing.DOUBT) == 1
    [rule] = [one for one in found.values() if one.field == "within"]
    assert rule.location.startswith("Evidence rule ")
    assert rule.after == "3 years"


@pytest.mark.parametrize(
    ("before", "after", "texts"),
    [
        (None, {"measurement": 1}, ("none", "added")),
        ({"measurement": 1}, None, ("present", "removed")),
        ({"measurement": 1, "drift": 2}, {"measurement": 3, "drift": 2}, (
            "of one measurement: 1", "of one measurement: 3"
        )),
        ({"measurement": 1}, {"measurement": 1, "fresh": 2}, (
            "maximum age before the next series is used, years: none",
            "maximum age before the next series is used, years: 2",
        )),
    ],
)  # fmt: skip
def test_a_changed_error_model_gives_what_differs(
    before: Mapping[str, Any] | None, after: Mapping[str, Any] | None, texts: tuple[str, str]
) -> None:
    one, other = (table(set_in("criteria", "cpi", estimate=held)) for held in (before, after))
    [found] = changes(one, other)
    assert (found.before, found.after, found.field) == (*texts, "estimate")


# ---- edits ---------------------------------------------------------------------------------------------------------


def small() -> Plain:
    return {
        "nodes": [
            {"key": "a", "parent": "", "weight": 1},
            {"key": "b", "parent": "a", "weight": 1},
            {"key": "c", "parent": "", "weight": 1},
            {"key": "d", "parent": "b", "weight": 1},
        ],
        "criteria": [
            {"key": "x", "node": "a", "weight": 1},
            {"key": "y", "node": "d", "weight": 1},
            {"key": "z", "node": "a", "weight": 1},
        ],
        "hurdles": [],
    }


def keys(data: Plain, name: str) -> str:
    return "".join(one["key"] for one in data[name])


@pytest.mark.parametrize(
    ("name", "key", "by", "order"),
    [
        ("criteria", "x", -1, "xyz"),
        ("criteria", "x", 1, "zyx"),
        ("criteria", "z", -1, "zyx"),
        ("criteria", "z", 1, "xyz"),
        ("criteria", "y", 1, "xyz"),
        ("nodes", "a", 1, "cbad"),
        ("nodes", "c", -1, "cbad"),
        ("nodes", "b", -1, "abcd"),
    ],
)
def test_a_row_moves_among_its_siblings(name: str, key: str, by: int, order: str) -> None:
    data = small()
    assert keys(editing.with_row_moved(name, key, by)(data), name) == order
    assert data == small(), "the table that was given stays"


def test_a_node_is_removed_with_all_that_is_below_it() -> None:
    found = editing.without_row("nodes", "b")(small())
    assert (keys(found, "nodes"), keys(found, "criteria")) == ("ac", "xz")
    found = editing.without_row("criteria", "x")(small())
    assert (keys(found, "nodes"), keys(found, "criteria")) == ("abcd", "yz")
    assert editing.below(small(), "a") == {"a", "b", "d"}
    with pytest.raises(KeyError):
        editing.without_row("criteria", "gone")(small())


def test_weights_of_nodes_and_criteria_are_set_together() -> None:
    found = editing.with_weights({"a": 5, "y": 7})(small())
    weights = {one["key"]: one["weight"] for name in ("nodes", "criteria") for one in found[name]}
    assert weights == {"a": 5, "b": 1, "c": 1, "d": 1, "x": 1, "y": 7, "z": 1}


@pytest.mark.parametrize(
    ("before", "kept"),
    [({}, {"b": 2, "c": 3}), ({"a": 9}, {"a": 1, "b": 2, "c": 3})],
)
def test_a_usual_value_that_was_absent_stays_absent(before: Plain, kept: Plain) -> None:
    assert editing.short({"a": 1, "b": 2, "c": 3}, {"a": 1, "b": 1}, before) == kept


def test_the_settings_of_a_method_keep_its_lists() -> None:
    data = {**small(), "method": {"first": 20, "rules": [1], "choices": [2]}}
    found = editing.with_method({"first": 5}, rho=0.3)(data)
    assert (found["method"], found["rho"]) == ({"first": 5, "rules": [1], "choices": [2]}, 0.3)
    assert "mandatory" not in found
    kept = copy.deepcopy(editing.with_settings({"rho": 0.1})({**small(), "mandatory": [1]}))
    assert (kept["mandatory"], kept["rho"]) == ([1], 0.1)


def test_the_stages_of_a_table() -> None:
    stages = {stage: {one.stage for one in read().rows(stage)} for stage in Stage}
    assert stages[Stage.SCREEN] == {"screen", "shown"}
    assert stages[Stage.FULL] == {"screen", "full", "shown"}
    assert 0 < read().share_of_full(Stage.SCREEN) < read().share_of_full(Stage.FULL) == pytest.approx(1.0)
