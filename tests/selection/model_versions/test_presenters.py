"""Versions, criteria, hurdles, and the method as text."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from cpc.accounts.models import User
from cpc.findings import Finding
from selection.model_definition.criteria_table import ModelTable, NodeRow, Stage, read
from selection.model_versions.presenters import criteria, method, versions
from selection.models import ScoringModel
from tests.selection.model_versions.criteria import BRANCH, criterion, entry

MOMENT = dt.datetime(2026, 11, 24, 9, 30, tzinfo=dt.UTC)
TABLE = read()


# ---- versions ------------------------------------------------------------------------------------------------------


def version(key: str = "default", number: int = 1, **values: Any) -> ScoringModel:
    usual: dict[str, Any] = {
        "pk": 10 * number,
        "title": key.title(),
        "state": "published",
        "table_hash": f"{key}{number}",
    }
    return ScoringModel(key=key, number=number, at=MOMENT, **{**usual, **values})


def test_versions_are_listed_by_model_that_of_the_desk_screen_first() -> None:
    models = [version("b", 3), version("a", 2), version("c", 5), version("b", 1), version("c", 4)]
    found = versions.families(models, {"b3": 7, "c4": 2}, {30: 1, 50: 4}, "c")
    assert [(family.key, family.is_default) for family in found] == [("c", True), ("a", False), ("b", False)]
    assert [(row.model.number, row.runs, row.rounds) for row in found[0].rows] == [(5, 0, 4), (4, 2, 0)]
    assert [(row.model.number, row.runs, row.rounds) for row in found[2].rows] == [(3, 7, 1), (1, 0, 0)]


@pytest.mark.parametrize(
    ("state", "mark", "label"),
    [
        ("draft", "info", "Draft"),
        ("published", "good", "Published"),
        ("superseded", "none", "Superseded"),
        ("withdrawn", "none", "Withdrawn"),
    ],
)
def test_the_mark_of_a_version(state: str, mark: str, label: str) -> None:
    [family] = versions.families([version(state=state)], {}, {}, "")
    assert family.rows[0].mark == mark
    columns = {column.label: column for column in versions.versions_table("").columns}
    assert f"c-status--{mark}" in str(columns["State"].value(family.rows[0]))
    assert label in str(columns["State"].value(family.rows[0]))


def cells(model: ScoringModel, runs: int = 7, rounds: int = 2) -> dict[str, tuple[str, str]]:
    table = versions.versions_table("default")
    row = versions.VersionRow(model, "none", runs, rounds)
    return {
        column.label: (str((column.html or column.value)(row)), str(column.detail(row)) if column.detail else "")
        for column in table.columns
    }


def test_a_version_shows_who_drafted_and_who_published_it() -> None:
    later = MOMENT + dt.timedelta(days=3)
    found = cells(
        version(
            number=4,
            note="Weighs less.",
            drafted_by=User(username="ama"),
            published_by=User(username="kofi"),
            published_at=later,
        )
    )
    assert found["Version"][0] == '<a href="/models/40/">Version 4<span class="u-sr"> of Default</span></a>'
    assert found["What is different, and why"] == ("Weighs less.", "")
    assert "Nov 24, 2026" in found["Drafted"][0]
    assert "Nov 27, 2026" in found["Published"][0]
    assert (found["Drafted"][1], found["Published"][1]) == (str(User(username="ama")), str(User(username="kofi")))
    assert (found["Runs"][0], found["Rounds"][0]) == ("7", "2")


def test_a_shipped_version_and_a_withdrawn_draft() -> None:
    shipped = cells(version())
    assert (shipped["Drafted"], shipped["Published"]) == (("Shipped", ""), ("None", ""))
    gone = cells(version(withdrawn_because="Agreed otherwise."))
    assert gone["What is different, and why"][1] == "Withdrawn: Agreed otherwise."


def test_versions_are_grouped_by_model_and_a_file_names_the_model_in_each_row() -> None:
    table, row = versions.versions_table("default"), versions.VersionRow(version(number=2), "good", 0, 0)
    other = versions.VersionRow(version("narrow"), "good", 0, 0)
    assert table.group is not None
    assert table.group(row) == "Default, the desk screen uses its published version"
    assert table.group(other) == "Narrow, for rounds"
    assert [column.cell(row) for column in table.file_columns(table.columns)][:2] == ["Default, version 2", "Published"]


# ---- the tree ------------------------------------------------------------------------------------------------------


def small_table() -> ModelTable:
    nodes = (
        NodeRow("need", "Need", "", 60.0, True, ""),
        NodeRow("fit", "Feasibility", "", 40.0, True, "", (0.2, 0.8)),
        NodeRow("law", "Law", "fit", 1.0, False, ""),
    )
    rows = (
        criterion("a", node="need", weight=3.0),
        criterion("b", node="law", weight=1.0),
        criterion("c", node="fit", weight=1.0),
    )
    return replace(TABLE, nodes=nodes, criteria=rows)


def test_the_tree_has_criteria_before_the_nodes_beside_them() -> None:
    table = small_table()
    found = versions.tree(table, [entry(row) for row in table.criteria])
    assert [(row.key, row.level, row.kind, row.points) for row in found] == [
        ("need", 0, "nodes", 60.0),
        ("a", 1, "criteria", 3.0),
        ("fit", 0, "nodes", 40.0),
        ("c", 1, "criteria", 1.0),
        ("law", 1, "nodes", 1.0),
        ("b", 2, "criteria", 1.0),
    ]
    assert [round(row.percent) for row in found] == [60, 60, 40, 20, 20, 20]
    assert [row.axis for row in found if row.axis] == ["On its axis, 20 of 100 counts as 0 and 80 as 1."]
    assert all(row.error is None and row.anchors == [] for row in found)
    assert [(kind, row.key) for kind, row in versions.siblings(table, "fit")] == [("criteria", "c"), ("nodes", "law")]
    assert [(kind, row.key) for kind, row in versions.siblings(table, "")] == [("nodes", "need"), ("nodes", "fit")]


@pytest.mark.parametrize(
    ("points", "is_zero", "text"),
    [
        (0, True, "All points are 0, so nothing below need counts. Give at least one of them points."),
        (99.5, False, "The points add up to 99.5; each counts in proportion."),
        (100, False, "The points add up to 100."),
        (101, False, "The points add up to 101; each counts in proportion."),
    ],
)
def test_the_sum_of_points(points: float, is_zero: bool, text: str) -> None:
    found = versions.PointsTotal(points, "Need")
    assert (found.is_zero, found.text) == (is_zero, text)


# ---- hurdles -------------------------------------------------------------------------------------------------------

ROWS = {"cpi": criterion("cpi"), "income": criterion("income")}


def predicate(operator: str = ">=", **more: Any) -> dict[str, Any]:
    return {"kind": "predicate", "criterion": "cpi", "operator": operator, "value": 30, **more}


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        (predicate(">"), "CPI is above 30"),
        (predicate(">="), "CPI is at least 30"),
        (predicate("<"), "CPI is below 30"),
        (predicate("<="), "CPI is at most 30"),
        (predicate(on="u", value=0.5), "CPI, from 0 to 1, is at least 0.5"),
        (predicate(on="raw"), "CPI is at least 30"),
        (predicate(criterion="gone"), "gone is at least 30"),
        (predicate(peer_median="income_group"), "CPI is at least the median of its income group"),
        (predicate("in", labels=["L", "LM", "X"]), "CPI is Low or Lower middle or X"),
        (predicate(missing_fails=True), "CPI is at least 30, and fails if it is missing"),
        ({"kind": "not", "item": predicate()}, "not (CPI is at least 30)"),
        ({"kind": "hurdle", "hurdle": "h1"}, "“Corruption” passes"),
        ({"kind": "hurdle", "hurdle": "h2"}, "“h2” passes"),
        ({"kind": "all_of", "items": [predicate(), predicate("<")]}, "all of: CPI is at least 30; CPI is below 30"),
        ({"kind": "any_of", "items": [predicate()]}, "any of: CPI is at least 30"),
        ({"kind": "k_of_n", "k": 2, "items": [predicate()]}, "at least 2 of: CPI is at least 30"),
    ],
)
def test_the_rule_of_a_hurdle(rule: dict[str, Any], text: str) -> None:
    assert versions._rule(rule, ROWS, {"h1": "Corruption"}) == text


def test_hurdle_states_how_binding_it_is() -> None:
    kinds = {
        "legal_bar": "Legal bar: only a recorded waiver lifts it",
        "mandatory_gate": "Mandatory: never lifted",
        "policy_hurdle": "Policy: only a recorded waiver lifts it",
        "advisory": "Advisory: shown, but not binding",
    }
    specs = [
        {"key": kind, "label": kind, "hurdle_kind": kind, "expression": {"kind": "not", "item": predicate()}}
        for kind in kinds
    ]
    found = versions.hurdles(replace(TABLE, hurdles=tuple(specs), criteria=(criterion("cpi"),)))
    assert [row.kind for row in found] == list(kinds.values())
    assert {row.rule for row in found} == {"Not (CPI is at least 30)."}


def test_findings_lead_to_the_row_that_they_are_about() -> None:
    fields = {
        "need": ("nodes", "need"),
        "a": ("criteria", "a"),
        "weights/a": ("criteria", "a"),
        "rules/E1": ("rules", "E1"),
        "method/": ("method", ""),
        "rules/gone": ("", ""),
        "hurdles/h1": ("hurdles", "h1"),
        "": ("", ""),
    }
    table = replace(small_table(), hurdles=({"key": "h1", "label": "Corruption"},))
    assert "E1" in {rule["key"] for rule in table.method["rules"]}
    found = versions.located_findings([Finding.error("x", "X.", field) for field in fields], table)
    assert {row.finding.field: (row.kind, row.key) for row in found} == fields


# ---- criteria ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "missing", "age"),
    [
        ({}, "", "At most 15 years"),
        ({"max_age": 2.5}, "", "At most 2.5 years"),
        ({"max_age": None}, "", "Any age"),
        ({"period": "complete"}, "", "At most 15 years, newest complete edition"),
        ({"missing": "floor"}, "Counts as 0", "At most 15 years"),
        ({"indicator": ""}, "", "Rated for a round"),
        ({"estimate": {}, "missing": "floor"}, "filled from peers", "Any age"),
        ({"estimate": {"fill": "range"}}, "drawn from all steps", "Any age"),
        (
            {"estimate": {"fill": "peers"}, "period": "complete"},
            "filled from peers",
            "Any age, newest complete edition",
        ),
    ],
)
def test_the_rules_of_a_criterion(values: dict[str, Any], missing: str, age: str) -> None:
    found = criteria.line(entry(criterion(**values)))
    assert (found.missing, found.age) == (missing, age)


@pytest.mark.parametrize(
    ("function", "why"),
    [
        ({}, "It is measured."),
        ({"reason": "A scale."}, "A scale. It is measured."),
        ({"reason": "It is measured."}, "It is measured."),
    ],
)
def test_the_reason_of_a_criterion_follows_that_of_its_scale(function: dict[str, str], why: str) -> None:
    row = criterion()
    assert criteria.line(entry(replace(row, function={**row.function, **function}))).why == why


@pytest.mark.parametrize(
    ("stage", "text"),
    [("screen", "Screen and full"), ("full", "Full score only"), ("shown", "Shown, not counted")],
)
def test_the_stage_of_a_criterion(stage: str, text: str) -> None:
    assert criteria.line(entry(criterion(stage=stage))).stage == text


def test_criteria_are_grouped_by_node_in_the_order_of_the_tree() -> None:
    found = criteria.branches([entry(criterion("b")), entry(criterion("a"), BRANCH), entry(criterion("c"))])
    assert [(group.node.key, [line.entry.row.key for line in group.lines], group.is_branch) for group in found] == [
        ("law", ["b", "c"], False), ("fit", ["a"], True)
    ]  # fmt: skip


def test_coverage_is_listed_from_the_lowest_and_by_label() -> None:
    rows = [("c", 0.5), ("b", 0.5), ("d", None), ("a", 1.0), ("e", 0.0)]
    found = criteria.coverage([entry(criterion(key), known=known) for key, known in rows])
    assert [(one.row.key, one.share) for one in found] == [("e", 0.0), ("b", 0.5), ("c", 0.5), ("a", 1.0)]


# ---- method --------------------------------------------------------------------------------------------------------


def test_the_method_of_a_version_as_text() -> None:
    text = method.method_context(TABLE)
    assert (text["first"], text["short"], text["designs"]) == (20, 10, 1152)
    assert (text["region"], text["income_group"], text["drawn"]) == (
        "region", "income class", "data, weights, and method"
    )  # fmt: skip
    assert [row.spec["key"] for row in text["rules"]] == [rule["key"] for rule in TABLE.method["rules"]]
    bare = method.method_context(replace(TABLE, method={"choices": [], "facts": ["cpi", "gone"]}))
    assert (bare["short"], bare["rules"], bare["choices"], bare["designs"]) == (10, [], [], 1)
    assert (bare["income_group"], bare["drawn"]) == ("", "data and weights")
    assert bare["facts"] == [TABLE.row("cpi").label, "gone"]


def test_error_models_are_those_of_the_criteria_that_a_stage_counts() -> None:
    rows = (
        criterion("a", estimate={"measurement": 2, "source": "Paper"}),
        criterion("b"),
        criterion("c", estimate={}, weight=0.0),
        criterion("d", estimate={}, stage="full"),
    )
    table = replace(TABLE, criteria=rows)
    assert [one.row.key for one in method.errors_of(table)] == ["a", "c", "d"]
    assert [one.row.key for one in method.errors_of(table, Stage.SCREEN)] == ["a"]
    [found] = method.errors_of(table, Stage.SCREEN)
    assert (found.source, found.sentences, found.moves) == ("Paper", ("Error of one measurement: 2 in points.",), ())


def test_the_moves_of_a_label_are_numbered_by_editions_behind() -> None:
    moves = {"labels": ["1", "2"], "steps": [[[0.9, 0.1], [0.2, 0.8]], [[0.8, 0.2], [0.3, 0.7]]]}
    found = method.error_row(criterion(function={"kind": "ordinal"}, estimate={"transitions": moves}))
    assert found is not None
    assert [(table.behind, table.rows) for table in found.moves] == [
        (1, (("1", (0.9, 0.1)), ("2", (0.2, 0.8)))), (2, (("1", (0.8, 0.2)), ("2", (0.3, 0.7))))
    ]  # fmt: skip


def test_choices_lead_to_their_forms_only_in_a_draft() -> None:
    row = method.ChoiceRow(
        {"key": "m1", "label": "Mean"},
        (method.OptionRow("arithmetic", ""), method.OptionRow("geometric", "x as y"), method.OptionRow("other", "")),
    )
    plain, linked = ([str(column.value(row)) for column in method.choices_table(edits).columns] for edits in (None, 8))
    assert plain[:2] == ["Mean", "Arithmetic"]
    assert linked[0] == '<a href="/models/8/edit/choices/m1/">Mean</a>'
    assert plain[2] == (
        '<ul class="c-plain"><li>Geometric <span class="u-small u-muted">x as y</span></li><li>Other </li></ul>'
    )
