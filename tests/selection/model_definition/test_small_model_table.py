"""The table of a small model: its rows, shares, plain data, and the engine's model of each stage; and its edits."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from selection.model_definition import editing
from selection.model_definition.criteria_table import CriterionRow, ModelTable, Stage
from selection.model_definition.method_labels import describe_changes
from selection.scoring import Aggregation, Criterion, Node, Policy
from tests.selection.model_definition.test_small_model_rules import (
    GOALPOSTS,
    RUBRIC,
    SMALL,
    TABLE,
    Change,
    Plain,
    add,
    all_of,
    criterion,
    node,
    put,
    put_method,
    put_model,
    row,
)


def table(*changes: Change) -> ModelTable:
    data = copy.deepcopy(SMALL)
    for change in changes:
        change(data)
    return ModelTable.from_dict(data)


# ---- rows ----------------------------------------------------------------------------------------------------------

OWN: Plain = {"key": "own", "label": "Own", "indicator": "x.a", "series": "men", "complement": True}
SISTER: Plain = {"key": "sister", "label": "Sister", "indicator": "x.b"}


def of(function: Plain = GOALPOSTS, **values: Any) -> CriterionRow:
    return CriterionRow.of(criterion("a", "need", function, **values))


@pytest.mark.parametrize(
    ("values", "is_rated"),
    [
        ({"function": RUBRIC, "indicator": ""}, True),
        ({"function": RUBRIC, "indicator": "", "weight": 0.001}, True),
        ({"function": RUBRIC, "indicator": "", "weight": 0}, False),
        ({"function": RUBRIC, "indicator": "x.a"}, False),
        ({"function": GOALPOSTS, "indicator": ""}, False),
    ],
)
def test_a_counted_rubric_without_an_indicator_is_rated(values: Plain, is_rated: bool) -> None:
    assert of(**values).is_rated is is_rated


def test_a_row_knows_the_indicators_of_its_series() -> None:
    found = of(estimate={"series": [OWN, SISTER]})
    assert found.indicators == {"x.a", "x.b"}
    assert of().indicators == {"x.a"}
    assert of(indicator="").indicators == frozenset()
    assert (of().series_rows, of(estimate={}).series_rows) == ((), ())
    assert (of(TABLE).is_ordinal, of().is_ordinal) == (True, False)
    assert [found.series_of("x.a", "men"), found.series_of("x.a"), found.series_of("x.b")] == ["own", "", "sister"]
    assert [found.indicator_of("own"), found.indicator_of("sister"), found.indicator_of("")] == ["x.a", "x.b", "x.a"]


@pytest.mark.parametrize(
    ("series", "name", "counted"),
    [
        ([OWN, SISTER], "", 70.0),
        ([OWN, SISTER], "own", 70.0),
        ([OWN, SISTER], "sister", 30.0),
        ([OWN, SISTER], "gone", 70.0),
        ([SISTER, OWN], "", 30.0),
        ([SISTER, OWN], "own", 70.0),
        ([SISTER, OWN], "sister", 30.0),
        ([], "", 30.0),
    ],
)
def test_a_published_value_counts_as_it_is_or_as_100_less_it(series: list[Plain], name: str, counted: float) -> None:
    found = of(estimate={"series": series})
    assert found.counts(30.0, name) == counted
    assert found.is_complement is (found.counts(30.0) == 70.0)


@pytest.mark.parametrize(
    ("estimate", "due"),
    [
        (None, None),
        ({}, None),
        ({"transitions": None}, None),
        ({"transitions": {"due": ""}}, None),
        ({"transitions": {}}, None),
        ({"transitions": {"due": "06-30"}}, (6, 30)),
    ],
)
def test_the_day_on_which_an_edition_is_due(estimate: Plain | None, due: tuple[int, int] | None) -> None:
    assert of(estimate=estimate).due == due


def test_rows_keep_anchors_and_spans_as_tuples() -> None:
    found = table(put("need", span=[0, 0.5]))
    assert [one.span for one in found.nodes] == [(0, 0.5), None, None]
    assert found.row("forms").anchors == ("0", "1", "2", "3", "4")
    assert found.row("labor").anchors == ()
    with pytest.raises(KeyError):
        found.row("luck")


# ---- the whole table -----------------------------------------------------------------------------------------------


def test_a_table_is_read_back_from_its_plain_data() -> None:
    for found in (table(), table(put_model(aggregation="geometric"), put("need", span=[0, 0.5]))):
        assert ModelTable.from_dict(found.to_dict()) == found
    with pytest.raises(ValueError, match="criterion births is under 'luck', which is not a node"):
        table(put("births", node="luck"))
    with pytest.raises(TypeError):
        table(put_model(color="red"))


def test_plain_data_leaves_out_what_older_tables_do_not_have() -> None:
    data = table(put_model(mandatory=[], groupings={})).to_dict()
    assert {"mandatory", "groupings", "aggregation"} & set(data) == set()
    assert "span" not in data["nodes"][0]
    assert [set(one) & {"anchors", "estimate"} for one in data["criteria"]] == [set(), set(), {"anchors"}, set(), set()]
    full = table(put_model(aggregation="geometric"), put("need", span=[0, 0.5]), put("labor", estimate={"drift": 1}))
    data = full.to_dict()
    assert (data["aggregation"], data["groupings"]) == ("geometric", {"region": "x.region"})
    assert (data["nodes"][0]["span"], data["criteria"][0]["estimate"]) == ((0, 0.5), {"drift": 1})
    assert len(data["mandatory"]) == 2


def test_the_content_hash_leaves_out_the_version_alone() -> None:
    first, second, other = table(), table(put_model(version="2")), table(put_model(note="Other"))
    assert first.content_hash == second.content_hash != other.content_hash
    assert first.hash != second.hash


@pytest.mark.parametrize(("method", "first", "is_all_in"), [({}, 20, False), ({"first": 3, "all_in": True}, 3, True)])
def test_settings_of_the_method(method: Plain, first: int, is_all_in: bool) -> None:
    found = table(put_model(method=method))
    assert (found.first, found.is_all_in) == (first, is_all_in)


def test_each_stage_has_its_rows() -> None:
    keys = {stage: [one.key for one in table().rows(stage)] for stage in Stage}
    assert keys == {
        Stage.SCREEN: ["labor", "births", "tier", "courts"],
        Stage.FULL: ["labor", "births", "forms", "tier", "courts"],
    }


@pytest.mark.parametrize(
    ("changes", "shares"),
    [
        ((), {"need": 0.5, "feasibility": 0.5, "will": 0.25, "labor": 0.25, "births": 0.0, "forms": 0.25,
              "tier": 0.25, "courts": 0.25}),
        ((put("need", weight=3), put("will", weight=4)),
         {"need": 0.75, "feasibility": 0.25, "will": 0.2, "labor": 0.375, "births": 0.0, "forms": 0.375, "tier": 0.2,
          "courts": 0.05}),
        ((put("labor", weight=0), put("forms", weight=0)),
         {"need": 0.5, "feasibility": 0.5, "will": 0.25, "labor": 0.0, "births": 0.0, "forms": 0.0, "tier": 0.25,
          "courts": 0.25}),
    ],
)  # fmt: skip
def test_shares_of_the_whole(changes: tuple[Change, ...], shares: dict[str, float]) -> None:
    found = table(*changes)
    assert found.shares() == pytest.approx(shares)
    assert found.weights() == pytest.approx({one.key: shares[one.key] for one in found.criteria})


def test_the_share_that_a_stage_has() -> None:
    assert table().share_of_full(Stage.SCREEN) == pytest.approx(0.75)
    assert table().share_of_full(Stage.FULL) == pytest.approx(1.0)


# ---- the engine's model --------------------------------------------------------------------------------------------


def paths(found: ModelTable, stage: Stage) -> list[str]:
    return ["/".join(path) for _, path in found.model(stage).walk()]


def test_the_model_of_a_stage_has_criteria_before_nodes() -> None:
    assert paths(table(), Stage.SCREEN) == [
        "total",
        "total/need",
        "total/need/labor",
        "total/need/births",
        "total/feasibility",
        "total/feasibility/courts",
        "total/feasibility/will",
        "total/feasibility/will/tier",
    ]
    assert [path for path in paths(table(), Stage.FULL) if path not in paths(table(), Stage.SCREEN)] == [
        "total/need/forms"
    ]


def test_a_node_with_nothing_at_a_stage_is_left_out() -> None:
    without = table(put("tier", stage="full"), add("nodes", node("later", "need")))
    assert "total/feasibility/will" not in paths(without, Stage.SCREEN)
    assert "total/feasibility/will" in paths(without, Stage.FULL)
    assert "total/need/later" not in paths(without, Stage.FULL)


def test_the_model_of_a_stage_has_the_settings_of_the_table() -> None:
    found = table(
        put_model(root_tau=0.5, node_tau=0.4, rho=0.2, draws=7, aggregation="geometric"),
        put("need", span=[0.1, 0.9], weight=2, label="Need"),
        put("labor", max_age=3, missing="floor", estimate={"drift": 2}, weight=4),
    )
    model = found.model(Stage.SCREEN)
    assert (model.key, model.version) == ("small-screen", "1")
    assert (model.root_tau, model.node_tau, model.rho, model.draws) == (0.5, 0.4, 0.2, 7)
    assert (model.method.first, model.method.short, model.method.facts) == (3, 2, ("labor",))
    root = model.root
    assert (root.key, root.label, root.weight, root.aggregation) == ("total", "Score", 1.0, Aggregation.GEOMETRIC)
    need, feasibility = root.children
    assert isinstance(need, Node)
    assert isinstance(feasibility, Node)
    assert (need.label, need.weight, need.required, need.span) == ("Need", 2, True, (0.1, 0.9))
    assert (feasibility.span, feasibility.children[1].required) == (None, False)  # type: ignore[union-attr]  # a node
    labor = need.children[0]
    assert isinstance(labor, Criterion)
    assert (labor.label, labor.weight, labor.indicator, labor.max_age) == ("Labor", 4, "x.labor", 3)
    assert (labor.note, labor.missing.policy, labor.value_function.kind) == ("As measured.", Policy.FLOOR, "goalposts")
    assert labor.estimate is not None
    assert labor.estimate.drift == 2
    assert need.children[1].estimate is None  # type: ignore[union-attr]  # a criterion
    assert found.model(Stage.FULL).key == "small-full"


# ---- edits ---------------------------------------------------------------------------------------------------------


def edited(change: editing.Change, *before: Change) -> Plain:
    data = copy.deepcopy(SMALL)
    for edit in before:
        edit(data)
    held = copy.deepcopy(data)
    result = change(data)
    assert data == held
    return result


def keys(rows: list[Plain]) -> list[str]:
    return [one["key"] for one in rows]


def test_a_row_is_replaced_by_its_key_or_added_last() -> None:
    other = criterion("work", "need", GOALPOSTS)
    assert keys(edited(editing.with_row("criteria", "births", other))["criteria"]) == [
        "labor", "work", "forms", "tier", "courts"
    ]  # fmt: skip
    assert edited(editing.with_row("criteria", "", other))["criteria"][-1] == other
    with pytest.raises(KeyError):
        edited(editing.with_row("criteria", "luck", other))


def test_a_first_evidence_rule_and_choice_begin_their_lists() -> None:
    for name in ("rules", "choices"):
        assert edited(editing.with_row(name, "", {"key": "a"}))["method"][name] == [{"key": "a"}]
        found = edited(editing.with_row(name, "a", {"key": "b"}), put_method(**{name: [{"key": "a"}, {"key": "c"}]}))
        assert found["method"][name] == [{"key": "b"}, {"key": "c"}]
        assert edited(editing.without_row(name, "a"), put_method(**{name: [{"key": "a"}]}))["method"][name] == []


def test_a_first_hurdle_begins_its_list_and_the_last_statutory_criterion_ends_it() -> None:
    def lose(name: str) -> Change:
        return lambda data: data.pop(name)

    assert edited(editing.with_row("hurdles", "", {"key": "a"}), lose("hurdles"))["hurdles"] == [{"key": "a"}]
    assert edited(editing.with_row("mandatory", "", {"key": "a"}), lose("mandatory"))["mandatory"] == [{"key": "a"}]
    found = edited(editing.without_row("mandatory", "commitment"))
    assert keys(found["mandatory"]) == ["prevalence"]
    assert "mandatory" not in edited(editing.without_row("mandatory", "a"), put_model(mandatory=[{"key": "a"}]))


@pytest.mark.parametrize(("name", "key"), [("nodes", "will"), ("criteria", "tier"), ("mandatory", "commitment")])
def test_a_row_is_found_by_its_key(name: str, key: str) -> None:
    assert editing.find(SMALL, name, key)["key"] == key
    with pytest.raises(KeyError, match="luck"):
        editing.find(SMALL, name, "luck")


def test_a_row_of_the_method_is_found_by_its_key_if_there_is_one() -> None:
    data = {**SMALL, "method": {"rules": [{"key": "E1"}, {"key": "E2", "least": 2}]}}
    assert editing.find(data, "rules", "E2") == {"key": "E2", "least": 2}
    for name in ("choices", "hurdles"):
        with pytest.raises(KeyError, match="E2"):
            editing.find(data, name, "E2")


def test_an_estimate_is_set_and_removed() -> None:
    found = edited(editing.with_estimate("births", {"drift": 1}))
    assert [one.get("estimate") for one in found["criteria"]] == [None, {"drift": 1}, None, None, None]
    assert "estimate" not in row(edited(editing.with_estimate("labor", None), put("labor", estimate={"a": 1})), "labor")
    assert "estimate" not in row(edited(editing.with_estimate("labor", None)), "labor")


def test_a_removed_node_takes_its_criteria_along_and_a_criterion_only_itself() -> None:
    found = edited(editing.without_row("nodes", "feasibility"))
    assert (keys(found["nodes"]), keys(found["criteria"])) == (["need"], ["labor", "births", "forms"])
    found = edited(editing.without_row("criteria", "tier"))
    assert (len(found["nodes"]), keys(found["criteria"])) == (3, ["labor", "births", "forms", "courts"])


@pytest.mark.parametrize(
    ("key", "by", "order"),
    [
        ("labor", 1, ["births", "labor", "forms", "tier", "courts"]),
        ("births", 1, ["labor", "forms", "births", "tier", "courts"]),
        ("forms", 1, ["labor", "births", "forms", "tier", "courts"]),
        ("labor", -1, ["labor", "births", "forms", "tier", "courts"]),
        ("forms", -1, ["labor", "forms", "births", "tier", "courts"]),
    ],
)
def test_a_criterion_moves_among_those_of_its_node(key: str, by: int, order: list[str]) -> None:
    assert keys(edited(editing.with_row_moved("criteria", key, by))["criteria"]) == order


# ---- options of a choice -------------------------------------------------------------------------------------------

SERIES = {"series": [{"key": "own", "label": "Own survey"}, {"key": "sister", "label": "Sister survey"}]}


@pytest.mark.parametrize(
    ("option", "text"),
    [
        ({}, ""),
        ({"values": [["labor", "sister"]]}, "Labor from Sister survey"),
        ({"values": [["labor", "mean"]]}, "Labor from the published mean of its editions"),
        ({"values": [["births", "sister"]]}, "Births from sister"),
        ({"values": [["luck", "sister"]]}, "luck from sister"),
        ({"values": [["labor", "own"], ["births", "pooled"]]},
         "Labor from Own survey; Births from its editions, pulled toward the pool's mean"),
        ({"relabel": [["tier", "Low", "High"]]}, "Low counts as High"),
        ({"weights": [["labor", 2.5], ["will", 40], ["luck", 1]]},
         "Labor with 2.5 points; Will to act with 40 points; luck with 1 points"),
        ({"percentiles": [5, 95]}, "axes from percentile 5 to percentile 95 of the ranked countries"),
        ({"own_only": ["labor", "births"]}, "own series only: Labor and Births"),
        ({"log": ["labor", "births", "luck"]}, "logarithm: Labor, Births and luck"),
        ({"arithmetic": True}, "arithmetic mean"),
        ({"unscaled": True}, "axes as they are"),
        ({"arithmetic": True, "log": ["forms"]}, "logarithm: Forms; arithmetic mean"),
    ],
)  # fmt: skip
def test_an_option_tells_what_it_changes(option: Plain, text: str) -> None:
    found = table(all_of(put("labor", estimate=SERIES), put("will", label="Will to act")))
    assert describe_changes(option, found) == text
