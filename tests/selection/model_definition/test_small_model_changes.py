"""Differences between two small models: each as text and as a change, with what it may move."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from selection.model_definition.changes import Bearing, applied, changes, plain_table
from selection.model_definition.criteria_table import ModelTable
from selection.model_definition.differences import differences
from tests.selection.model_definition.test_small_model_rules import (
    GOALPOSTS,
    SMALL,
    TABLE,
    TEST,
    Change,
    Plain,
    add,
    all_of,
    criterion,
    drop,
    gate,
    hurdles,
    node,
    put,
    put_function,
    put_method,
    put_model,
    row,
    series,
)

RULE: Plain = {"key": "E1", "label": "Known", "lacking": "Not known.", "criteria": ["tier"]}
CHOICE: Plain = {
    "key": "mean",
    "label": "Mean",
    "options": [{"key": "own", "label": "Own"}, {"key": "other", "label": "Other", "arithmetic": True}],
}


def table(*edits: Change) -> ModelTable:
    """Return the small model with a hurdle, an evidence rule, and a choice, after some edits."""
    data = copy.deepcopy(SMALL)
    for edit in (hurdles(poor=TEST), put_method(rules=[copy.deepcopy(RULE)], choices=[copy.deepcopy(CHOICE)]), *edits):
        edit(data)
    return ModelTable.from_dict(data)


def in_method(name: str, **values: Any) -> Change:
    return lambda data: data["method"][name][0].update(values)


RANK, FULL, TEXT, DOUBT, STATUTE = Bearing.RANK, Bearing.FULL, Bearing.TEXT, Bearing.DOUBT, Bearing.STATUTE
FUNCTION = "goalposts, lower 0, upper 10, more is better"

ONE_CHANGE: list[tuple[Change, tuple[str, str, str, Bearing, str, tuple[str, str]]]] = [
    # settings
    (put_model(note="Draft"), ("Note", "none", "Draft", TEXT, "note", ("", "note"))),
    (put_model(illustrative=False), ("Illustrative", "yes", "no", TEXT, "illustrative", ("", "illustrative"))),
    (put_model(root_tau=0.5), ("Known share required overall", "0", "0.5", RANK, "root_tau", ("", "root_tau"))),
    (put_model(rho=0.5), ("Spread of the weights in the draws", "0.25", "0.5", DOUBT, "rho", ("", "rho"))),
    (put_model(not_candidates={"USA": "Own"}),
     ("Never candidates", "none", "USA: Own", RANK, "not_candidates", ("", "not_candidates"))),
    (put_model(listing={"indicator": "x.tier", "reason": "Other"}),
     ("Listing", "indicator: x.tier; reason: Listed", "indicator: x.tier; reason: Other", RANK, "listing",
      ("", "listing"))),
    (put_model(aggregation="geometric"),
     ("Mean of need and feasibility", "arithmetic", "geometric", RANK, "aggregation", ("", "aggregation"))),
    (put_model(groupings={}),
     ("Groupings of countries", "region: x.region", "none", RANK, "groupings", ("", "groupings"))),
    # the method
    (put_method(short=1), ("Smaller number shown with it", "2", "1", DOUBT, "short", ("", "short"))),
    (put_method(facts=["labor", "births"]), ("Facts of need", "labor", "labor, births", RANK, "facts", ("", "facts"))),
    (put_method(peers=[["region"], ["own_class"]]),
     ("Countries used to fill a missing value", "region", "region; own class", RANK, "peers", ("", "peers"))),
    (put_method(region="own_class"), ("Grouping of the second rank", "none", "own class", DOUBT, "region",
                                      ("", "region"))),
    (lambda data: data["method"].pop("first"),
     ("How many are the first", "3", "none", DOUBT, "first", ("", "first"))),
    # nodes
    (put("will", parent=""), ("will: under", "feasibility", "the whole", RANK, "parent", ("nodes", "will"))),
    (put("will", parent="need"), ("will: under", "feasibility", "need", RANK, "parent", ("nodes", "will"))),
    (put("will", weight=3), ("will: weight", "1 of 2 points (25.0% of the whole)", "3 of 4 points (37.5% of the whole)",
                             RANK, "weight", ("nodes", "will"))),
    (put("need", weight=3), ("need: weight", "1 of 2 points (50.0% of the whole)", "3 of 4 points (75.0% of the whole)",
                             RANK, "weight", ("nodes", "need"))),
    (put("will", required=True), ("will: required", "no", "yes", RANK, "required", ("nodes", "will"))),
    (put("will", reason="Effort"), ("will: reason", "none", "Effort", TEXT, "reason", ("nodes", "will"))),
    (put("need", span=[0, 0.5]), ("need: axis", "none", "0 to 50 of 100", RANK, "span", ("nodes", "need"))),
    # criteria
    (put("labor", label="Work"), ("Work: label", "Labor", "Work", TEXT, "label", ("criteria", "labor"))),
    (put("tier", node="need"), ("Tier: under", "will", "need", RANK, "node", ("criteria", "tier"))),
    (put("labor", weight=3), ("Labor: weight", "1 of 2 points (25.0% of the whole)",
                              "3 of 4 points (37.5% of the whole)", RANK, "weight", ("criteria", "labor"))),
    (put("courts", weight=2), ("Courts: weight", "1 of 2 points (25.0% of the whole)",
                               "2 of 3 points (33.3% of the whole)", RANK, "weight", ("criteria", "courts"))),
    (put("forms", weight=0.5), ("Forms: weight", "1 of 2 points (25.0% of the whole)",
                                "0.5 of 1.5 points (16.7% of the whole)", FULL, "weight", ("criteria", "forms"))),
    (put("forms", reason="Other"), ("Forms: reason", "As measured.", "Other", TEXT, "reason", ("criteria", "forms"))),
    (put("forms", stage="screen"), ("Forms: stage", "full", "screen", RANK, "stage", ("criteria", "forms"))),
    (put("courts", stage="full"), ("Courts: stage", "screen", "full", RANK, "stage", ("criteria", "courts"))),
    (put("births", stage="full"), ("Births: stage", "shown", "full", RANK, "stage", ("criteria", "births"))),
    (put("labor", max_age=1), ("Labor: oldest value that counts", "any age", "1 year", RANK, "max_age",
                               ("criteria", "labor"))),
    (put("labor", max_age=15), ("Labor: oldest value that counts", "any age", "15 years", RANK, "max_age",
                                ("criteria", "labor"))),
    (put("labor", period="complete"),
     ("Labor: period", "the newest value of each country", "the newest complete period for all countries", RANK,
      "period", ("criteria", "labor"))),
    (put_function("labor", upper=20), ("Labor: value function", FUNCTION, FUNCTION.replace("10", "20"), RANK,
                                       "function", ("criteria", "labor"))),
    (put("tier", labels_missing={}), ("Tier: labels without a value", "Special: special_case", "none", RANK,
                                      "labels_missing", ("criteria", "tier"))),
    (put("forms", anchors=["none", "some"]), ("Forms: anchors", "0: 0; 1: 1; 2: 2; 3: 3; 4: 4", "0: none; 1: some",
                                              TEXT, "anchors", ("criteria", "forms"))),
    (put("labor", estimate={"measurement": 2}), ("Labor: best estimate and error", "none", "added", RANK, "estimate",
                                                 ("criteria", "labor"))),
    # hurdles, the statute, evidence, choices
    (lambda data: data["hurdles"][0].update(hurdle_kind="legal_bar"),
     ("Hurdle: kind", "advisory", "legal_bar", RANK, "hurdle_kind", ("hurdles", "poor"))),
    (lambda data: data["hurdles"][0].update(citation="22 U.S.C."),
     ("Hurdle: citation", "none", "22 U.S.C.", TEXT, "citation", ("hurdles", "poor"))),
    (put("mandatory/prevalence", needs=2), ("prevalence: conditions that must hold", "1", "2", STATUTE, "needs",
                                            ("mandatory", "prevalence"))),
    (put("mandatory/commitment", conditions=[{"criterion": "tier", "at_least": 1}]),
     ("commitment: conditions", "tier at 0.5 of 1 or more", "tier at 1 of 1 or more", STATUTE, "conditions",
      ("mandatory", "commitment"))),
    (put("mandatory/commitment", reason="Other"), ("commitment: reason", "none", "Other", TEXT, "reason",
                                                   ("mandatory", "commitment"))),
    (in_method("rules", within=3), ("Evidence rule E1 (Tier): oldest value that counts", "any age", "3 years", RANK,
                                    "within", ("rules", "E1"))),
    (in_method("rules", lacking="None."), ("Evidence rule E1 (Tier): sentence for a country that lacks it",
                                           "Not known.", "None.", TEXT, "lacking", ("rules", "E1"))),
    (in_method("rules", criteria=["labor", "lost"]),
     ("Evidence rule E1 (Labor, lost): criteria that need a value", "tier", "labor, lost", RANK, "criteria",
      ("rules", "E1"))),
    (in_method("choices", label="Average"), ("Average: label", "Mean", "Average", TEXT, "label", ("choices", "mean"))),
    (in_method("choices", options=CHOICE["options"][:1]),
     ("Mean: ways to make it", "Own; Other (arithmetic mean)", "Own", DOUBT, "options", ("choices", "mean"))),
    # whole rows
    (add("nodes", node("later", "need")),
     ("later (node)", "none", "added, 1 of 3 points (16.7% of the whole)", RANK, "", ("nodes", "later"))),
    (add("criteria", criterion("law", "will", GOALPOSTS, weight=3)),
     ("Law (criterion)", "none", "added, 3 of 4 points (18.8% of the whole)", RANK, "", ("criteria", "law"))),
    (add("criteria", criterion("plan", "need", GOALPOSTS, stage="full", weight=0)),
     ("Plan (criterion)", "none", "added, 0 of 2 points (0.0% of the whole)", FULL, "", ("criteria", "plan"))),
    (drop("criteria", "labor"),
     ("Labor (criterion)", "present, 1 of 2 points (25.0% of the whole)", "removed", RANK, "", ("criteria", "labor"))),
    (drop("criteria", "forms"),
     ("Forms (criterion)", "present, 1 of 2 points (25.0% of the whole)", "removed", FULL, "", ("criteria", "forms"))),
    (hurdles(rich=TEST), ("Hurdle (hurdle)", "none", "added", RANK, "", ("hurdles", "rich"))),
    (put_model(hurdles=[]), ("Hurdle (hurdle)", "present", "removed", RANK, "", ("hurdles", "poor"))),
    (add("mandatory", gate("other", ("tier", 1))),
     ("other (statute)", "none", "added", STATUTE, "", ("mandatory", "other"))),
    (drop("mandatory", "mandatory/prevalence"),
     ("prevalence (statute)", "present", "removed", STATUTE, "", ("mandatory", "prevalence"))),
    (put_method(rules=[]), ("Evidence rule E1 (Tier)", "present", "removed", RANK, "", ("rules", "E1"))),
    (put_method(choices=[]), ("Mean (choice)", "present", "removed", DOUBT, "", ("choices", "mean"))),
]  # fmt: skip


@pytest.mark.parametrize(("edit", "expected"), ONE_CHANGE)
def test_an_edit_is_one_change_that_makes_it(
    edit: Change, expected: tuple[str, str, str, Bearing, str, tuple[str, str]]
) -> None:
    before, after = table(), table(edit)
    [one] = changes(before, after)
    assert (one.location, one.before, one.after, one.bearing, one.field, one.subject) == expected
    assert applied(before, [one]) == plain_table(after)
    assert by_key(applied(after, changes(after, before))) == by_key(plain_table(before))
    assert applied(before, []) == plain_table(before)


def test_a_row_that_moves_names_both_nodes_by_their_labels() -> None:
    named = (put("need", label="Need of children"), put("will", label="Will to act"), put("feasibility", label="Means"))
    before = table(*named)
    moved = changes(before, table(*named, put("tier", node="need")))
    assert [(one.location, one.before, one.after) for one in moved] == [
        ("Tier: under", "Will to act", "Need of children")
    ]
    moved = changes(before, table(*named, put("will", parent="need")))
    assert [(one.location, one.before, one.after) for one in moved] == [
        ("Will to act: under", "Means", "Need of children")
    ]


def by_key(data: Plain) -> Plain:
    """Sort the rows of a table's lists: a removed row that is added again comes last."""
    lists = {name: sorted(data[name], key=lambda one: str(one["key"])) for name in LISTS if name in data}
    return {**data, **lists}


LISTS = ("nodes", "criteria", "hurdles", "mandatory")

SEVERAL = all_of(
    put_model(title="Other", draws=5),
    put_method(first=2),
    add("nodes", node("later", "need", weight=0)),
    put("courts", label="Justice", period="complete"),
    drop("criteria", "births"),
    put("mandatory/prevalence", needs=2),
    in_method("rules", label="Stated"),
    in_method("choices", label="Average"),
)


def test_changes_come_from_the_whole_to_the_rows_and_removed_rows_last() -> None:
    assert [(one.subject, one.field) for one in changes(table(), table(SEVERAL))] == [
        (("", "title"), "title"),
        (("", "draws"), "draws"),
        (("", "first"), "first"),
        (("nodes", "later"), ""),
        (("criteria", "courts"), "label"),
        (("criteria", "courts"), "period"),
        (("criteria", "births"), ""),
        (("mandatory", "prevalence"), "needs"),
        (("rules", "E1"), "label"),
        (("choices", "mean"), "label"),
    ]


def test_only_the_chosen_changes_are_applied() -> None:
    before, after = table(), table(SEVERAL)
    single = {(one.subject[1], one.field): one for one in changes(before, after)}
    assert applied(before, list(single.values())) == plain_table(after)
    assert applied(before, [single["courts", "period"]]) == plain_table(table(put("courts", period="complete")))
    assert applied(before, [single["births", ""]]) == plain_table(table(drop("criteria", "births")))
    assert applied(before, [single["first", "first"], single["later", ""]]) == plain_table(
        table(put_method(first=2), add("nodes", node("later", "need", weight=0)))
    )


def test_an_applied_row_is_a_copy() -> None:
    before, after = table(), table(put_function("labor", upper=20), add("hurdles", {**HURDLE}))
    single = changes(before, after)
    first, second = applied(before, single), applied(before, single)
    row(first, "labor")["function"]["upper"] = 30
    row(first, "hurdles/rich")["expression"]["value"] = 9
    assert second == plain_table(after)


HURDLE: Plain = {
    "key": "rich",
    "label": "Rich",
    "hurdle_kind": "advisory",
    "citation": "",
    "expression": {"kind": "predicate", "criterion": "labor", "operator": ">", "value": 1},
}


@pytest.mark.parametrize(
    ("labels", "name"),
    [
        ({"labor": "Labor, by age"}, "Labor"),
        ({"labor": "Share of children"}, "Share"),
        ({"labor": "Labor, share of children"}, "Labor"),
    ],
)
def test_a_rule_is_named_by_the_short_labels_of_its_criteria(labels: dict[str, str], name: str) -> None:
    edits = [put(key, label=label) for key, label in labels.items()]
    before = table(*edits, in_method("rules", criteria=["labor"]))
    after = table(*edits, in_method("rules", criteria=["labor"], least=2))
    assert [one.location for one in changes(before, after)] == [
        f"Evidence rule E1 ({name}): how many of them are required"
    ]


def test_rule_uses_the_newer_label_or_that_of_the_removed_criterion() -> None:
    before = table(in_method("rules", criteria=["labor", "births"]))
    after = table(
        in_method("rules", criteria=["labor", "births"], within=2),
        put("labor", label="Work"),
        drop("criteria", "births"),
    )
    assert "Evidence rule E1 (Work, Births): oldest value that counts" in {
        one.location for one in changes(before, after)
    }


@pytest.mark.parametrize(
    ("before", "after", "texts"),
    [
        ({"measurement": 1}, {"measurement": 2}, ("of one measurement: 1", "of one measurement: 2")),
        (
            {"measurement": 1, "fresh": 5},
            {"measurement": 2, "scale": "log"},
            (
                "of one measurement: 1; maximum age before the next series is used, years: 5; scale: none",
                "of one measurement: 2; maximum age before the next series is used, years: none; "
                "scale: logarithms: an error is a share of the value",
            ),
        ),
        (
            {"combine": "first", "clip": [0, 1]},
            {"combine": "pooled", "clip": [0, 2]},
            (
                "if there are several series: the first one with a recent enough value; later ones through a bridge; "
                "values beyond which the end counts: 0 and 1",
                "if there are several series: the mean of all editions, pulled toward the pool's mean if they agree "
                "little; values beyond which the end counts: 0 and 2",
            ),
        ),
        (
            {"fill": "peers"},
            {"fill": "range"},
            (
                "if a country has no value: the mean of its peers; in a draw, the value of any peer",
                "if a country has no value: the middle of the scale; in a draw, any step",
            ),
        ),
        ({"measurement": 1}, None, ("present", "removed")),
        (None, {"measurement": 1}, ("none", "added")),
    ],
)
def test_an_error_model_gives_the_fields_that_differ(
    before: Plain | None, after: Plain | None, texts: tuple[str, str]
) -> None:
    one, other = (table(put("labor", estimate=held)) for held in (before, after))
    assert [(found.before, found.after) for found in changes(one, other)] == [texts]


# ---- differences ---------------------------------------------------------------------------------------------------

Parts = list[tuple[str, str, str, str, list[tuple[str, str, str]]]]


def parts(before: ModelTable, after: ModelTable) -> Parts:
    return [
        (one.what, one.key, one.label, one.how, [(field.name, field.before, field.after) for field in one.fields])
        for one in differences(before, after)
    ]


DIFFERENCES: list[tuple[Change, Parts]] = [
    (
        put_method(all_in=True, income_group="region", least_peers=3),
        [
            (
                "Method",
                "",
                "Method",
                "changed",
                [
                    ("Minimum number of such countries", "none", "3"),
                    ("Grouping of the third rank", "none", "region"),
                    ("Draws vary the design too", "none", "yes"),
                ],
            )
        ],
    ),
    (
        all_of(put_model(title="Other", draws=5), put_method(first=2, all_in=True)),
        [
            ("Model", "", "Other", "changed", [("Title", "Small model", "Other"), ("Draws", "0", "5")]),
            (
                "Method",
                "",
                "Method",
                "changed",
                [("How many are the first", "3", "2"), ("Draws vary the design too", "none", "yes")],
            ),
        ],
    ),
    (
        put_model(aggregation="geometric", groupings={"region": "x.class"}),
        [
            (
                "Model",
                "",
                "Small model",
                "changed",
                [
                    ("Mean of need and feasibility", "arithmetic", "geometric"),
                    ("Groupings of countries", "region: x.region", "region: x.class"),
                ],
            )
        ],
    ),
    (
        put("labor", weight=3, label="Work"),
        [
            (
                "Criterion",
                "labor",
                "Work",
                "changed",
                [("Label", "Labor", "Work"), ("Weight, points", "1", "3"), ("Share of the whole", "25.0%", "37.5%")],
            ),
            ("Criterion", "forms", "Forms", "changed", [("Share of the whole", "25.0%", "12.5%")]),
        ],
    ),
    (
        put("will", weight=3),
        [
            ("Node", "will", "will", "changed", [("Weight, points", "1", "3")]),
            ("Criterion", "tier", "Tier", "changed", [("Share of the whole", "25.0%", "37.5%")]),
            ("Criterion", "courts", "Courts", "changed", [("Share of the whole", "25.0%", "12.5%")]),
        ],
    ),
    (
        put("labor", weight=1.001),
        [("Criterion", "labor", "Labor", "changed", [("Weight, points", "1", "1.001")])],
    ),
    (
        add("nodes", node("later", "need", label="Later", weight=0, required=False)),
        [
            (
                "Node",
                "later",
                "Later",
                "added",
                [("Label", "none", "Later"), ("Under", "none", "need"), ("Weight, points", "none", "0"),
                 ("Required", "none", "no")],
            )
        ],
    ),
    (drop("criteria", "births"), [("Criterion", "births", "Births", "removed", [])]),
    (
        put("labor", estimate={"measurement": 2, "series": series("x.labor")}),
        [
            (
                "Criterion",
                "labor",
                "Labor",
                "changed",
                [
                    ("Best estimate and error", "none", "yes"),
                    ("Error: of one measurement", "none", "2"),
                    ("Error: series", "none", "Series 1 (x.labor)"),
                ],
            )
        ],
    ),
    (
        put("mandatory/prevalence", needs=2),
        [("Statute", "prevalence", "prevalence", "changed", [("Conditions that must hold", "1", "2")])],
    ),
    (
        lambda data: data["hurdles"][0].update(label="Poor"),
        [("Hurdle", "poor", "Poor", "changed", [("Label", "Hurdle", "Poor")])],
    ),
    (
        in_method("rules", within=3),
        [("Evidence", "E1", "Known", "changed", [("Maximum age, years", "none", "3")])],
    ),
    (put_method(choices=[]), [("Choice", "mean", "Mean", "removed", [])]),
    (put_method(rules=[]), [("Evidence", "E1", "Known", "removed", [])]),
    (put("tier", function={**TABLE, "table": [["High", 1], ["Low", 0.5]]}), [
        ("Criterion", "tier", "Tier", "changed", [
            ("Value function", "ordinal, High: 1, Low: 0", "ordinal, High: 1, Low: 0.5")
        ])
    ]),
]  # fmt: skip


@pytest.mark.parametrize(("edit", "expected"), DIFFERENCES)
def test_the_differences_of_two_models(edit: Change, expected: Parts) -> None:
    assert parts(table(), table(edit)) == expected


def test_an_added_criterion_has_its_share_in_no_field() -> None:
    [added, *others] = parts(table(), table(add("criteria", criterion("law", "need", GOALPOSTS))))[::-1]
    assert (added[1], added[3]) == ("law", "added")
    assert "Share of the whole" not in [name for name, _, _ in added[4]]
    assert [(key, fields) for _, key, _, _, fields in others] == [
        ("forms", [("Share of the whole", "25.0%", "16.7%")]),
        ("labor", [("Share of the whole", "25.0%", "16.7%")]),
    ]


def test_plain_tables_have_lists_and_name_the_arithmetic_mean() -> None:
    data = plain_table(table())
    assert data == json.loads(json.dumps(data))
    assert data["aggregation"] == "arithmetic"
    assert plain_table(table(put_model(aggregation="geometric")))["aggregation"] == "geometric"
