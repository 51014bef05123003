"""Rules of a model in table form, each on both sides of its boundary, in a model of five criteria."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from cpc.findings import Severity
from selection.model_definition.rules import MOST_TESTS, Measure, check
from selection.model_definition.schema import MOST_FINDINGS

Plain = dict[str, Any]
Change = Callable[[Plain], object]

GOALPOSTS: Plain = {"kind": "goalposts", "lower": 0, "upper": 10, "direction": 1, "log": False}
TABLE: Plain = {"kind": "ordinal", "table": [["High", 1], ["Low", 0]], "reason": "By effort."}
MEDIAN: Plain = {"kind": "threshold", "theta": None, "direction": 1, "soft": False}
RUBRIC: Plain = {"kind": "rubric", "lower": 0, "upper": 4, "direction": 1}


def criterion(key: str, node: str, function: Plain, **values: Any) -> Plain:
    return {
        "key": key,
        "label": key.title(),
        "factor": "Factor",
        "stage": "screen",
        "node": node,
        "weight": 1,
        "indicator": f"x.{key}",
        "series": "",
        "period": "latest",
        "max_age": None,
        "absent": "not_collected",
        "missing": "reweight",
        "function": function,
        "reason": "As measured.",
        "labels_missing": {},
        **values,
    }


def node(key: str, parent: str = "", **values: Any) -> Plain:
    return {"key": key, "label": key, "parent": parent, "weight": 1, "required": True, "reason": "", **values}


def gate(key: str, *conditions: tuple[str, float], needs: int = 1) -> Plain:
    tests = [{"criterion": name, "at_least": bound} for name, bound in conditions]
    return {"key": key, "label": key, "citation": "", "reason": "", "needs": needs, "conditions": tests}


SMALL: Plain = {
    "key": "small",
    "version": "1",
    "title": "Small model",
    "illustrative": True,
    "note": "",
    "root_tau": 0,
    "node_tau": 0,
    "rho": 0.25,
    "draws": 0,
    "not_candidates": {},
    "listing": {"indicator": "x.tier", "reason": "Listed"},
    "nodes": [node("need"), node("feasibility"), node("will", "feasibility", required=False)],
    "criteria": [
        criterion("labor", "need", GOALPOSTS),
        criterion("births", "need", GOALPOSTS, stage="shown", weight=0),
        criterion("forms", "need", RUBRIC, stage="full", indicator="", anchors=["0", "1", "2", "3", "4"]),
        criterion("tier", "will", TABLE, period="complete", labels_missing={"Special": "special_case"}),
        criterion("courts", "feasibility", GOALPOSTS),
    ],
    "hurdles": [],
    "mandatory": [gate("prevalence", ("labor", 0.5), ("forms", 0.5)), gate("commitment", ("tier", 0.5))],
    "groupings": {"region": "x.region"},
    "method": {"first": 3, "short": 2, "facts": ["labor"], "peers": [["region"]]},
}

MEASURES = {
    "x.labor": Measure(),
    "x.births": Measure(),
    "x.courts": Measure(),
    "x.sister": Measure(),
    "x.tier": Measure(("High", "Low", "Special")),
    "x.region": Measure(("North", "South")),
    "x.class": Measure(("Rich", "Poor")),
}


def row(data: Plain, key: str) -> Plain:
    names = ("mandatory", "hurdles") if "/" in key else ("nodes", "criteria")
    return next(one for name in names for one in data[name] if one["key"] == key.rpartition("/")[2])


def put(key: str, /, **values: Any) -> Change:
    return lambda data: row(data, key).update(values)


def put_function(key: str, /, **values: Any) -> Change:
    return lambda data: row(data, key).update(function={**row(data, key)["function"], **values})


def put_model(**values: Any) -> Change:
    return lambda data: data.update(values)


def put_method(**values: Any) -> Change:
    return lambda data: data["method"].update(values)


def add(name: str, *rows: Plain) -> Change:
    return lambda data: data[name].extend(rows)


def drop(name: str, key: str) -> Change:
    return lambda data: data[name].remove(row(data, key))


def all_of(*changes: Change) -> Change:
    return lambda data: [change(data) for change in changes]


def findings(*changes: Change) -> list[tuple[str, str, str]]:
    """Return code, field, and message of all findings about the small model with some changes."""
    data = copy.deepcopy(SMALL)
    for change in changes:
        change(data)
    return [(found.code, found.field, found.message) for found in check(data, MEASURES)]


def series(*indicators: str) -> list[Plain]:
    return [{"key": f"s{n}", "label": f"Series {n}", "indicator": code} for n, code in enumerate(indicators, 1)]


def rule(**values: Any) -> Change:
    base = {"key": "E1", "label": "Known", "lacking": "Not known.", "criteria": ["labor"]}
    return put_method(rules=[{**base, **values}])


def moves(due: str) -> Plain:
    return {"transitions": {"labels": ["Low", "High"], "steps": [[[0.9, 0.1], [0.2, 0.8]]], "due": due}}


def test_the_small_model_has_no_finding() -> None:
    assert findings() == []


ONE_FINDING: list[tuple[Change, str, str, str]] = [
    # indicators and stages
    (put_model(listing={"indicator": "x.none", "reason": ""}), "unknown_indicator", "",
     "The list uses x.none, which no source publishes."),
    (put("labor", indicator="x.none"), "unknown_indicator", "labor",
     "uses the indicator x.none, which no source publishes."),
    (put("courts", indicator=""), "no_indicator", "courts", "has no indicator. Choose one, or rate it with a rubric."),
    (put("forms", stage="shown"), "stage", "forms",
     "is rated by people, so it can count only in the full score."),
    (put("births", weight=1), "stage", "births", "is shown and not counted, so its weight must be 0."),
    # labels
    (put("courts", function=TABLE), "function_kind", "courts",
     "x.courts gives numbers. Use a function other than a table."),
    (put("tier", function=GOALPOSTS, labels_missing={}), "function_kind", "tier", "x.tier gives labels. Use a table."),
    (put("tier", labels_missing={}), "label_missed", "tier",
     "the table does not list Special. Give each label a value, or mark it as no value."),
    (put_function("tier", table=[["High", 1], ["Low", 0], ["None", 0], ["Lost", 0]]), "label_unknown", "tier",
     "x.tier has no label Lost, None."),
    (put("tier", labels_missing={"Special": "special_case", "Low": "stale", "High": "stale"}), "label_twice", "tier",
     "High, Low has a value and is also marked as no value."),
    # pools and groupings
    (put("courts", function={"kind": "zscore", "direction": 1, "pool": "some"}), "unknown_pool", "courts",
     "compares within the pool 'some'; the only pool is all."),
    (put("courts", function={**MEDIAN, "peer_median": "tribe"}), "unknown_grouping", "courts",
     "uses the grouping 'tribe', which does not exist. Use region."),
    (put_model(groupings={"region": "x.none"}), "unknown_indicator", "method/",
     "groups countries by x.none (region), which no source publishes."),
    (put_model(groupings={"region": "x.labor"}), "grouping_kind", "method/",
     "groups countries by x.labor (region), which gives numbers. Groups need labels."),
    (put_model(root_tau=0.5), "tau_with_method", "method/",
     "also requires a share of known weight, but with a method only evidence counts. Set both shares to 0."),
    (put_model(node_tau=0.5), "tau_with_method", "method/",
     "also requires a share of known weight, but with a method only evidence counts. Set both shares to 0."),
    (put_method(peers=[["region", "tribe"], ["tribe"]]), "unknown_grouping", "method/",
     "uses the grouping tribe, which the model does not have. Add it."),
    (put_method(region="tribe"), "unknown_grouping", "method/",
     "uses the grouping tribe, which the model does not have. Add it."),
    (all_of(put_model(groupings={"class": "x.class"}), put_method(peers=[["class"]])), "unknown_grouping", "method/",
     "uses the grouping region, which the model does not have. Add it."),
    (put_method(income_group="tribe"), "unknown_grouping", "method/",
     "uses the grouping tribe, which the model does not have. Add it."),
    # evidence
    (put_method(facts=[]), "facts", "method/", "has no fact of need. Choose at least one."),
    (lambda data: data["method"].pop("facts"), "facts", "method/", "has no fact of need. Choose at least one."),
    (rule(within=5, label="Known within 15 years"), "evidence_words", "rules/E1",
     "accepts values of 5 years, but its texts mention 15 years. Make them match."),
    (rule(within=15, lacking="Not within 15 years, nor 1 year."), "evidence_words", "rules/E1",
     "accepts values of 15 years, but its texts mention 1 years. Make them match."),
    (rule(label="Within 100 years", lacking="Not within 20 years."), "evidence_words", "rules/E1",
     "accepts values of any age, but its texts mention 20 years. Make them match."),
    # series
    (put("labor", estimate={"series": series("x.labor", "x.none")}), "unknown_indicator", "labor",
     "uses the indicator x.none, which no source publishes."),
    (put("labor", estimate={"series": series("x.labor", "x.tier")}), "series_kind", "labor",
     "uses x.tier as a series, but it gives labels. A series must have numbers."),
    (put("labor", estimate={"series": series("x.sister", "x.labor")}), "series_own", "labor",
     "has Series 1 as its first series. The first series must be its own indicator."),
    (put("labor", series="men", estimate={"series": series("x.labor", "x.sister")}), "series_own", "labor",
     "has Series 1 as its first series. The first series must be its own indicator."),
    (put("labor", estimate={
        "series": series("x.sister"), "combine": "pooled", "measurement": 1, "agreement": 1
    }), "series_own", "labor", "has Series 1 as its first series. The first series must be its own indicator."),
    # periods
    (put("tier", period="latest", estimate=moves("06-30")), "due_period", "tier",
     "counts editions that are due, so all countries must have the same one. Use the newest complete period."),
    (put("forms", period="newest"), "newest_period", "forms",
     "is rated by people, so it has no edition. Use the newest value of each country."),
    (put("labor", period="newest", estimate={"series": series("x.labor")}), "newest_period", "labor",
     "reads the newest value of each series, so no edition holds for all. Use each country's newest."),
    (put("courts", period="newest", max_age=0), "newest_age", "courts",
     "takes the newest edition whatever its age. Leave the maximum age empty."),
    # anchors
    (put("courts", anchors=["A"]), "anchors", "courts", "is not a rubric, so it cannot have anchors."),
    (put_function("forms", upper=5), "rubric_scale", "forms",
     "is rated in steps from 0 to 4. Set the goalposts to match."),
    (put_function("forms", lower=1), "rubric_scale", "forms",
     "is rated in steps from 0 to 4. Set the goalposts to match."),
    (put("forms", anchors=[]), "anchors", "forms", "has no anchors, so raters see steps without descriptions."),
    (put("forms", anchors=["", " "]), "anchors", "forms", "has no anchors, so raters see steps without descriptions."),
    (put("forms", anchors=["0", "1", " ", "3", "4"]), "anchors", "forms",
     "has 4 anchors. Write one for each step from 0 to 4."),
    # branches
    (put("need", required=False), "branches", "need",
     "is not required. Every ranking needs both need and feasibility."),
    (all_of(add("nodes", node("luck")), put("courts", node="luck")), "branches", "luck",
     "is beside need and feasibility. Move it under one of them."),
    (all_of(add("nodes", node("effort", "will")), put("tier", node="effort")), "too_deep", "effort",
     "is three nodes deep, under will. Move it under need or feasibility."),
    # what counts
    (add("nodes", node("later", "need")), "no_children", "later",
     "has nothing below it, so scoring leaves it out."),
    (put("tier", weight=0), "weights_zero", "will",
     "counts nothing: every weight below it is 0. Give one of them points."),
    (all_of(put("labor", stage="full"), put_method(facts=["tier"])), "weights_zero", "need",
     "has nothing below it that the desk screen counts, so no country would have a rank."),
    (put("labor", weight=0), "weights_zero", "need",
     "has nothing below it that the desk screen counts, so no country would have a rank."),
    (all_of(put("courts", stage="full"), put("will", weight=0)), "weights_zero", "feasibility",
     "has nothing below it that the desk screen counts, so no country would have a rank."),
    (put("births", reason=" "), "reason", "births",
     "has no reason. Explain the choice of its function and goalposts."),
    # the statute
    (put_model(mandatory=[gate("commitment", ("tier", 0.5))]), "mandatory_missing", "mandatory/prevalence",
     "is missing. The statute requires documented high prevalence, 22 U.S.C. 7103a(d)(5)(A) of every partner, and no "
     "weight makes up for it."),
    (put_model(mandatory=[gate("prevalence", ("labor", 0.5))]), "mandatory_missing", "mandatory/commitment",
     "is missing. The statute requires political motivation and sustained commitment, 22 U.S.C. 7103a(d)(5)(B) of "
     "every partner, and no weight makes up for it."),
    (put("mandatory/prevalence", needs=3), "needs", "mandatory/prevalence",
     "requires 3 of 2 conditions, so no country can meet it."),
    (add("mandatory", gate("other", ("luck", 0.5))), "unknown_criterion", "mandatory/other",
     "requires the criterion luck, which the model does not have."),
    (put("forms", weight=0, anchors=[]), "gate_not_rated", "mandatory/prevalence",
     "requires forms, which has the weight 0, so no one rates it. Give it points."),
    (add("mandatory", gate("other", ("births", 0))), "gate_empty", "mandatory/other",
     "requires births at 0 or more, which every country meets."),
]  # fmt: skip


@pytest.mark.parametrize(("change", "code", "field", "message"), ONE_FINDING)
def test_a_fault_is_the_only_finding(change: Change, code: str, field: str, message: str) -> None:
    assert findings(change) == [(code, field, message)]


SOUND: list[Change] = [
    put("courts", anchors=[]),
    put("births", indicator="x.labor", stage="full", weight=0),
    put("tier", function={**TABLE, "table": [["High", 1], ["Low", 0.5], ["Special", 0]]}, labels_missing={}),
    put("courts", function={"kind": "zscore", "direction": 1, "pool": "all"}),
    put("courts", function={**MEDIAN, "peer_median": "region"}),
    put_method(peers=[]),
    put_method(income_group=""),
    put_method(income_group="region"),
    all_of(put_model(groupings={"class": "x.class"}), put_method(peers=[], region="class")),
    rule(within=5, label="Known within 5 years", lacking="Not known within 5 years."),
    rule(within=1, label="Known within 1 year"),
    rule(label="Known for many years, since 2015"),
    put("labor", estimate={"series": series("x.labor", "x.sister")}),
    put("labor", series="men", estimate={"series": [{**series("x.labor")[0], "series": "men"}]}),
    put("labor", estimate={"series": series("x.sister", "x.labor"), "combine": "pooled"}),
    put("labor", estimate={"series": series("x.labor"), "combine": "pooled", "measurement": 1, "agreement": 1}),
    put("tier", estimate=moves("06-30")),
    put("tier", period="latest", estimate=moves("")),
    put("tier", period="latest", estimate={"transitions": None}),
    put("courts", period="newest"),
    put("courts", period="complete", max_age=3),
    put("courts", max_age=0),
    put("labor", period="latest", estimate={"series": series("x.labor")}),
    put_function("births", lower=1, upper=9),
    put("births", function=RUBRIC),
    add("nodes", node("place", "need", weight=0), node("effort", "need")),
    put("will", weight=0),
    put("forms", weight=0.001),
    put("mandatory/prevalence", needs=2),
    add("mandatory", gate("other", ("births", 0.001))),
    put("births", function={**RUBRIC, "upper": 9}),
    put("labor", stage="screen", weight=0.001),
    all_of(put("courts", stage="full"), put("will", weight=0.001)),
]  # fmt: skip
"""Changes just within the rules."""

EMPTY_NODES = {"place", "effort"}


@pytest.mark.parametrize("change", SOUND)
def test_a_change_within_the_rules_has_no_finding(change: Change) -> None:
    assert [one for one in findings(change) if one[1] not in EMPTY_NODES] == []


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (drop("nodes", "need"), [("unknown_parent", key) for key in ("labor", "births", "forms")]),
        (
            all_of(put("need", key="want"), *(put(key, node="want") for key in ("labor", "births", "forms"))),
            [("branches", "need"), ("branches", "want")],
        ),
        (
            put("need", parent="feasibility"),
            [("branches", "need")],
        ),
        (
            all_of(put("need", weight=0), put("feasibility", weight=0)),
            [("weights_zero", "need"), ("weights_zero", "feasibility")],
        ),
        (
            put("labor", indicator="x.none", estimate={"series": series("x.none")}, reason=""),
            [("unknown_indicator", "labor"), ("unknown_indicator", "labor"), ("reason", "labor")],
        ),
        (
            all_of(put("tier", weight=0), put("courts", weight=0)),
            [("weights_zero", "feasibility"), ("weights_zero", "will")],
        ),
        (
            add("mandatory", gate("a", ("tier", 0), ("luck", 0), needs=3), gate("b", ("births", 0.5))),
            [("needs", "mandatory/a"), ("gate_empty", "mandatory/a"), ("unknown_criterion", "mandatory/a"),
             ("gate_empty", "mandatory/a")],
        ),
        (
            put_model(mandatory=[]),
            [("mandatory_missing", "mandatory/prevalence"), ("mandatory_missing", "mandatory/commitment")],
        ),
        (
            put_method(rules=[
                {"key": key, "label": f"{years} years", "lacking": "-", "criteria": ["labor"], "within": 5}
                for key, years in (("E1", 4), ("E2", 5), ("E3", 6))
            ]),
            [("evidence_words", "rules/E1"), ("evidence_words", "rules/E3")],
        ),
        (
            all_of(put("births", anchors=["A"]), put_function("forms", upper=3), put("courts", anchors=["A"])),
            [("anchors", "births"), ("rubric_scale", "forms"), ("anchors", "courts")],
        ),
    ],
)  # fmt: skip
def test_several_faults_are_found_in_their_order(change: Change, expected: list[tuple[str, str]]) -> None:
    assert [(code, field) for code, field, _ in findings(change)] == expected


@pytest.mark.parametrize(
    ("change", "severity"),
    [
        (put("forms", anchors=[]), Severity.WARNING),
        (add("nodes", node("later", "need")), Severity.WARNING),
        (rule(within=5, label="Known within 15 years"), Severity.WARNING),
        (put("births", reason=""), Severity.ERROR),
        (put("need", required=False), Severity.ERROR),
    ],
)
def test_what_leaves_a_model_sound_is_a_warning(change: Change, severity: Severity) -> None:
    data = copy.deepcopy(SMALL)
    change(data)
    assert [found.severity for found in check(data, MEASURES)] == [severity]


# ---- hurdles -------------------------------------------------------------------------------------------------------

TEST: Plain = {"kind": "predicate", "criterion": "labor", "operator": ">", "value": 1}


def ref(key: str) -> Plain:
    return {"kind": "hurdle", "hurdle": key}


def both(*items: Plain) -> Plain:
    return {"kind": "all_of", "items": list(items)}


def hurdles(**rules: Plain) -> Change:
    base = {"label": "Hurdle", "hurdle_kind": "advisory", "citation": ""}
    return add("hurdles", *({**base, "key": key, "expression": rule} for key, rule in rules.items()))


TEN = both(*[TEST] * 9)
"""A rule of ten tests, its own included."""


@pytest.mark.parametrize(
    ("rules", "too_large"),
    [
        ({"a": both(*[TEN] * 49, *[TEST] * 9)}, []),
        ({"a": both(*[TEN] * 49, *[TEST] * 10)}, ["a"]),
        ({"b": both(*[TEN] * 49, *[TEST] * 8), "a": {"kind": "not", "item": ref("b")}}, []),
        ({"b": both(*[TEN] * 49, *[TEST] * 9), "a": {"kind": "not", "item": ref("b")}}, ["a"]),
        ({"a": {"kind": "not", "item": ref("b")}, "b": both(*[TEN] * 49, *[TEST] * 9)}, ["a"]),
        ({"b": both(*[TEN] * 49, *[TEST] * 9), "a": ref("b")}, []),
        ({"c": both(*[TEN] * 25), "a": both(ref("c"), ref("c"))}, ["a"]),
    ],
)
def test_a_hurdle_has_at_most_500_tests(rules: dict[str, Plain], too_large: list[str]) -> None:
    assert MOST_TESTS == 500
    assert findings(hurdles(**rules)) == [
        ("hurdle_too_large", f"hurdles/{key}",
         "needs more than 500 tests, including those of the hurdles it refers to.")
        for key in too_large
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ({"a": ref("a")}, [("hurdle_cycle", "hurdles/a")]),
        ({"a": ref("b"), "b": both(TEST, ref("a"))}, [("hurdle_cycle", "hurdles/a"), ("hurdle_cycle", "hurdles/b")]),
        ({"a": ref("gone")}, [("unknown_hurdle", "hurdles/a")]),
        ({"a": {**TEST, "criterion": "forms"}}, [("unknown_criterion", "hurdles/a")]),
        ({"a": {**TEST, "criterion": "luck"}}, [("unknown_criterion", "hurdles/a")]),
        ({"a": {"kind": "at_least", "k": 3, "items": [TEST, TEST]}}, [("k_out_of_range", "hurdles/a")]),
    ],
)
def test_faults_of_hurdles_are_found_once(rules: dict[str, Plain], expected: list[tuple[str, str]]) -> None:
    assert [(code, field) for code, field, _ in findings(hurdles(**rules))] == expected


def test_a_hurdle_on_a_rating_is_named_for_the_desk_screen() -> None:
    on_rating = {**TEST, "criterion": "forms"}
    assert findings(hurdles(a=on_rating)) == [
        ("unknown_criterion", "hurdles/a",
         "tests a criterion that is only in the full score. The desk screen needs this hurdle too.")
    ]  # fmt: skip


# ---- faults of the engine ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (put_function("labor", lower=10),
         [("goalposts", "labor", "goalposts are 10.0 and 10.0; the lower must be below the upper.")]),
        (put_method(short=4), [("first", "method/",
                                "shows the first 4 beside the first 3; the smaller number is at least 1.")]),
        (rule(criteria=["luck"]), [("evidence_criterion", "rules/E1",
                                    "requires luck, which is not a criterion of the desk screen.")]),
        (put("feasibility", span=[0.5, 0.5]),
         [("span", "feasibility", "has the axis 0.5 to 0.5; use two scores from 0 to 1, the lower first.")]),
        (put("will", span=[0.5, 1.5]),
         [("span", "will", "has the axis 0.5 to 1.5; use two scores from 0 to 1, the lower first.")]),
    ],
)  # fmt: skip
def test_a_fault_that_the_engine_finds_is_reported_once(change: Change, expected: list[tuple[str, str, str]]) -> None:
    assert findings(change) == expected


def test_at_most_fifty_findings_are_reported() -> None:
    assert MOST_FINDINGS == 50
    extra = [criterion(f"c{n}", "need", GOALPOSTS, indicator="x.none") for n in range(60)]
    found = findings(add("criteria", *extra))
    assert [field for _, field, _ in found] == [f"c{n}" for n in range(50)]
