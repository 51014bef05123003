"""Faults of the fields of version 4 of the method, each at its boundary, as the engine reports them."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest

from selection.scoring import (
    Goalposts,
    MinMax,
    Model,
    OrdinalMap,
    Percentile,
    PiecewiseLinear,
    Rubric,
    TargetBand,
    Threshold,
    validate,
)
from selection.scoring.method import (
    Choice,
    Combine,
    Estimate,
    EvidenceRule,
    Fill,
    Groups,
    Method,
    Option,
    Scale,
    Series,
    Transitions,
)

from .build import leaf, model, node

SHARE = Goalposts(0.0, 100.0)
LABELS = OrdinalMap((("high", 1.0), ("low", 0.0)))
ONE, TWO = (Series("own", "Own", "a"),), (Series("own", "Own", "a"), Series("part", "Part", "b"))
STEP = ((0.8, 0.2), (0.3, 0.7))
PLAIN, OTHER = Option("plain", "Plain"), Option("other", "Other", arithmetic=True)
ROOT = Choice("root", "Root", (PLAIN, OTHER))


def of(how: Estimate, function: Any = SHARE, method: Method | None = None) -> list[tuple[str, str]]:
    """Return the codes and paths of the findings about a model with one such criterion."""
    leaves = (leaf("x", 1.0, function, estimate=how), leaf("y", 1.0, SHARE, estimate=Estimate()))
    return found(model(*leaves, method=method or Method(first=2, short=1), root_tau=0, node_tau=0))


def found(built: Model) -> list[tuple[str, str]]:
    """Return the codes and paths of the findings about a model; each has a sentence and is an error."""
    findings = validate(built)
    assert all(finding.message and finding.severity == "error" for finding in findings)
    return [(finding.code, finding.path) for finding in findings]


def both(measurement: float = 0.0, drift: float = 0.0, series: tuple[Series, ...] = TWO) -> Estimate:
    return Estimate(Scale.LOGIT, series, Combine.SURVEYS, measurement=measurement, drift=drift)


def one_pooled(measurement: float, agreement: float, series: tuple[Series, ...] = ONE) -> Estimate:
    return Estimate(Scale.POINTS, series, Combine.POOLED, measurement=measurement, agreement=agreement)


@pytest.mark.parametrize(
    ("how", "codes"),
    [
        (Estimate(trend_years=-1), ["trend"]),
        (Estimate(trend_years=0), []),
        (Estimate(trend_years=1), []),
        (Estimate(clip=(1.0, 0.0)), ["clip"]),
        (Estimate(clip=(1.0, 1.0)), ["clip"]),
        (Estimate(clip=(1.0, math.nextafter(1.0, 2.0))), []),
        (Estimate(clip=(-math.inf, 1.0)), ["clip"]),
        (Estimate(clip=(0.0, math.inf)), ["clip"]),
        (Estimate(clip=(math.nan, 1.0)), ["clip"]),
        (both(), ["surveys_series"]),
        (both(measurement=1e-9), []),
        (both(drift=1e-9), []),
        (both(0.1, series=ONE), ["surveys_series"]),
        (both(0.1, series=(*TWO, Series("third", "Third", "c"))), []),
        (both(0.1, series=()), ["surveys_series"]),
        (both(0.1, series=(ONE[0], Series("combined", "Part", "b"))), ["series_key"]),
        (both(0.1, series=(ONE[0], Series("own_first", "Part", "b"))), ["series_key"]),
        (both(0.1, series=(ONE[0], Series("newest", "Part", "b"))), ["series_key"]),
        (one_pooled(0.0, 1.0), ["pooled_series"]),
        (one_pooled(1.0, 0.0), ["pooled_series"]),
        (one_pooled(1e-9, 1e-9), []),
        (one_pooled(1.0, 1.0, ()), ["pooled_series"]),
        (one_pooled(0.0, 0.0, TWO), []),
    ],
)
def test_faults_of_an_estimate(how: Estimate, codes: list[str]) -> None:
    assert of(how) == [(code, "root/x") for code in codes]


@pytest.mark.parametrize(
    ("due", "is_day"),
    [
        ("06-30", True), ("06-31", False), ("02-28", True), ("02-29", False), ("01-01", True), ("12-31", True),
        ("12-32", False), ("00-01", False), ("13-01", False), ("01-00", False), ("6-30", False), ("06-3", False),
        ("0630", False), ("06-30 ", False), ("June 30", False),
    ],
)  # fmt: skip
def test_a_due_day_is_a_day_that_every_year_has(due: str, is_day: bool) -> None:
    how = Estimate(transitions=Transitions(("low", "high"), (STEP,), due=due))
    assert of(how, LABELS) == ([] if is_day else [("transitions_due", "root/x")])


@pytest.mark.parametrize(("tables", "due", "codes"), [
    (1, "06-30", []), (2, "06-30", ["transitions_due"]), (2, "", []), (0, "06-30", ["transitions_shape"]),
])  # fmt: skip
def test_a_due_day_has_one_table(tables: int, due: str, codes: list[str]) -> None:
    how = Estimate(transitions=Transitions(("low", "high"), (STEP,) * tables, due=due))
    assert of(how, LABELS) == [(code, "root/x") for code in codes]


@pytest.mark.parametrize(
    ("choices", "all_in", "codes"),
    [((), True, ["all_in"]), ((), False, []), ((ROOT,), True, []), ((ROOT,), False, [])],
)
def test_designs_are_drawn_only_where_there_is_a_choice(
    choices: tuple[Choice, ...], all_in: bool, codes: list[str]
) -> None:
    method = Method(first=2, short=1, choices=choices, all_in=all_in)
    assert of(Estimate(), method=method) == [(code, "method/") for code in codes]


@pytest.mark.parametrize(
    ("ends", "unscaled", "is_sound"),
    [
        ((5.0, 95.0), False, True),
        ((0.0, 100.0), False, True),
        ((-0.1, 95.0), False, False),
        ((5.0, 100.1), False, False),
        ((50.0, 50.0), False, False),
        ((95.0, 5.0), False, False),
        ((5.0, 95.0), True, False),
    ],
)
def test_percentiles_are_two_of_the_countries_the_lower_first(
    ends: tuple[float, float], unscaled: bool, is_sound: bool
) -> None:
    way = Option("other", "Other", percentiles=ends, unscaled=unscaled)
    method = Method(first=2, short=1, choices=(Choice("axes", "Axes", (PLAIN, way)),))
    assert of(Estimate(), method=method) == ([] if is_sound else [("option", "choices/axes")])


def test_percentiles_change_something_and_so_are_not_the_model_s_own_way() -> None:
    way = replace(PLAIN, percentiles=(5.0, 95.0))
    method = Method(first=2, short=1, choices=(Choice("axes", "Axes", (way, OTHER)),))
    assert of(Estimate(), method=method) == [("first_option", "choices/axes")]


@pytest.mark.parametrize("name", ["own_first", "newest"])
@pytest.mark.parametrize(
    ("how", "is_sound"),
    [
        (both(0.1), True),
        (replace(both(0.1), combine=Combine.FIRST), False),
        (one_pooled(1.0, 1.0, TWO), False),
        (Estimate(), False),
    ],
)
def test_only_two_surveys_have_other_ways_to_take_them(name: str, how: Estimate, is_sound: bool) -> None:
    way = Option("other", "Other", values=(("x", name),))
    method = Method(first=2, short=1, choices=(Choice("surveys", "Surveys", (PLAIN, way)),))
    assert of(how, method=method) == ([] if is_sound else [("option", "choices/surveys")])


@pytest.mark.parametrize(("name", "is_sound"), [("mean", False), ("pooled", False), ("part", True), ("gone", False)])
def test_two_surveys_are_no_editions(name: str, is_sound: bool) -> None:
    way = Option("other", "Other", values=(("x", name),))
    method = Method(first=2, short=1, choices=(Choice("surveys", "Surveys", (PLAIN, way)),))
    assert of(both(0.1), method=method) == ([] if is_sound else [("option", "choices/surveys")])


def test_fields_of_version_4_leave_the_hash_of_a_model_without_them() -> None:
    plain = Method(first=2, short=1, choices=(ROOT,))
    built = model(
        leaf("x", 1.0, LABELS, estimate=Estimate(transitions=Transitions(("low", "high"), (STEP,)))), method=plain
    )
    written = str(built.to_dict())
    for name in ("due", "trend_years", "clip", "percentiles", "all_in", "income_group"):
        assert f"'{name}':" not in written
    assert Model.from_dict(built.to_dict()) == built
    again = replace(built, method=replace(plain, all_in=True, income_group="income"))
    assert Model.from_dict(again.to_dict()) == again
    assert again.hash != built.hash


# ---- axes, errors, scales ------------------------------------------------------------------------------------------

BELOW_ZERO, ABOVE_ONE = -math.ulp(0.0), math.nextafter(1.0, 2.0)


@pytest.mark.parametrize(
    ("span", "codes"),
    [
        ((0.0, 1.0), []),
        ((0.5, math.nextafter(0.5, 1.0)), []),
        ((0.5, 0.5), ["span"]),
        ((0.6, 0.5), ["span"]),
        ((BELOW_ZERO, 1.0), ["span"]),
        ((0.0, ABOVE_ONE), ["span"]),
    ],
)
def test_an_axis_is_two_scores_the_lower_first(span: tuple[float, float], codes: list[str]) -> None:
    tree = node("n", leaf("x", 1.0, SHARE, estimate=Estimate()), span=span)
    assert found(model(tree, method=Method(), root_tau=0, node_tau=0)) == [(code, "root/n") for code in codes]


@pytest.mark.parametrize(
    ("how", "codes"),
    [
        (Estimate(measurement=0.0, drift=0.0, agreement=0.0), []),
        (Estimate(measurement=BELOW_ZERO), ["error_negative"]),
        (Estimate(drift=BELOW_ZERO), ["error_negative"]),
        (Estimate(agreement=BELOW_ZERO), ["error_negative"]),
        (Estimate(measurement=math.inf), ["error_negative"]),
        (Estimate(drift=math.nan), ["error_negative"]),
        (Estimate(measurement=-1.0, drift=-1.0), ["error_negative", "error_negative"]),
        (Estimate(trend=-3.0), []),
        (Estimate(trend=math.inf), ["trend"]),
        (Estimate(fresh=0), []),
        (Estimate(fresh=-1), ["fresh"]),
        (Estimate(series=(ONE[0], ONE[0])), ["series_duplicate", "series_key"]),
        (Estimate(series=(TWO[1], TWO[1])), ["series_duplicate"]),
        (Estimate(series=(TWO[1], ONE[0])), ["series_key"]),
        (Estimate(series=(Series("pooled", "A", "a"), Series("mean", "B", "b"))), ["series_key"]),
        (Estimate(series=(Series("own", "Own", "a", complement=True),)), ["complement"]),
        (Estimate(Scale.LOGIT, (Series("own", "Own", "a", complement=True),)), []),
        (Estimate(fill=Fill.RANGE), ["fill_range"]),
        (Estimate(published_error=True), []),
        (Estimate(Scale.LOG, published_error=True), ["published_error"]),
        (Estimate(Scale.LOGIT, published_error=True), ["published_error"]),
        (Estimate(transitions=Transitions(("low", "high"), (STEP,))), ["transitions"]),
    ],
)
def test_errors_and_series_at_their_bounds(how: Estimate, codes: list[str]) -> None:
    assert of(how) == [(code, "root/x") for code in codes]


@pytest.mark.parametrize(
    "key", ["pooled", "mean", "combined", "peers", "range", "moved", "exact", "own_first", "newest"]
)
def test_a_series_has_none_of_the_names_that_a_run_uses(key: str) -> None:
    assert of(Estimate(series=(ONE[0], Series(key, "Part", "b")))) == [("series_key", "root/x")]


def band(lower: float, upper: float) -> TargetBand:
    return TargetBand(lower, 20.0, 30.0, upper)


@pytest.mark.parametrize(
    ("function", "log", "logit"),
    [
        (Goalposts(0.0, 100.0), True, True),
        (Goalposts(BELOW_ZERO, 100.0), False, False),
        (Goalposts(0.0, 100.1), True, False),
        (Rubric(0.0, 4.0), True, True),
        (Rubric(-1.0, 4.0), False, False),
        (band(0.0, 100.0), True, True),
        (band(-1.0, 100.0), False, False),
        (band(0.0, 101.0), True, False),
        (PiecewiseLinear(((0.0, 0.0), (100.0, 1.0))), True, True),
        (PiecewiseLinear(((-1.0, 0.0), (100.0, 1.0))), False, False),
        (PiecewiseLinear(((0.0, 0.0), (50.0, 0.5), (101.0, 1.0))), True, False),
        (Threshold(theta=0.0), True, True),
        (Threshold(theta=100.0), True, True),
        (Threshold(theta=-1.0), False, False),
        (Threshold(theta=101.0), True, False),
        (LABELS, False, False),
    ],
)
def test_a_scale_takes_every_value_that_counts(function: Any, log: bool, logit: bool) -> None:
    assert of(Estimate(Scale.POINTS), function) == []
    assert of(Estimate(Scale.LOG), function) == ([] if log else [("scale", "root/x")])
    assert of(Estimate(Scale.LOGIT), function) == ([] if logit else [("scale", "root/x")])


@pytest.mark.parametrize("function", [MinMax(), Percentile(), Threshold(peer_median="income")])
def test_a_function_of_other_countries_has_no_best_estimate(function: Any) -> None:
    assert of(Estimate(), function) == [("estimate_function", "root/x")]


# ---- labels --------------------------------------------------------------------------------------------------------

HALVES, HIGH_LOW = ((0.5, 0.5), (0.5, 0.5)), ("high", "low")


def labels(**changes: Any) -> Estimate:
    return Estimate(transitions=Transitions(**{"labels": HIGH_LOW, "steps": (HALVES,), **changes}))


def first_row(*shares: float) -> Estimate:
    return labels(steps=((shares, (0.5, 0.5)),))


@pytest.mark.parametrize(
    ("how", "codes"),
    [
        (labels(), []),
        (replace(labels(), fill=Fill.RANGE), ["fill_range"]),
        (replace(labels(), series=ONE), ["labels_series"]),
        (replace(labels(), series=TWO, combine=Combine.POOLED), ["labels_series"]),
        (replace(labels(), measurement=0.1), ["labels_error"]),
        (replace(labels(), drift=0.1), ["labels_error"]),
        (replace(labels(), trend=-0.1), ["labels_error"]),
        (replace(labels(), published_error=True), ["labels_error"]),
        (labels(offset=0), []),
        (labels(offset=-1), ["transitions_shape"]),
        (labels(steps=()), ["transitions_shape"]),
        (labels(labels=(), steps=((),)), ["transitions_labels"]),
        (labels(labels=("high", "high")), ["transitions_labels"]),
        (labels(labels=("high", "middle")), ["transitions_labels"]),
        (labels(steps=(HALVES[:1],)), ["transitions_shape"]),
        (labels(steps=(HALVES, (*HALVES, (0.5, 0.5)))), ["transitions_shape"]),
        (labels(steps=(((0.5, 0.25, 0.25), (0.5, 0.5)),)), ["transitions_shape"]),
        (first_row(0.0, 1.0), []),
        (first_row(0.5, 0.51), []),
        (first_row(0.5, 0.49), []),
        (first_row(0.5, 0.52), ["transitions_rows"]),
        (first_row(0.5, 0.48), ["transitions_rows"]),
        (first_row(-0.01, 1.01), ["transitions_rows"]),
        (first_row(-0.01, 1.0), ["transitions_rows"]),
        (first_row(0.0, 1.01), ["transitions_rows"]),
    ],
)
def test_moves_of_labels_at_their_bounds(how: Estimate, codes: list[str]) -> None:
    assert of(how, LABELS) == [(code, "root/x") for code in codes]


# ---- the method ----------------------------------------------------------------------------------------------------


def groups(in_draws: float, in_designs: float, out: float) -> Method:
    return Method(groups=Groups(in_draws, in_designs, out))


@pytest.mark.parametrize(
    ("method", "codes"),
    [
        (Method(first=1, short=1), []),
        (Method(first=2, short=1), []),
        (Method(first=1, short=2), ["first"]),
        (Method(first=1, short=0), ["first"]),
        (groups(1.0, 1.0, 0.0), []),
        (groups(0.1, 0.1, 0.09), []),
        (groups(0.1, 0.2, 0.1), ["groups"]),
        (groups(0.2, 0.1, 0.1), ["groups"]),
        (groups(ABOVE_ONE, 1.0, 0.0), ["groups"]),
        (groups(1.0, ABOVE_ONE, 0.0), ["groups"]),
        (groups(1.0, 1.0, BELOW_ZERO), ["groups"]),
        (Method(least_peers=1), []),
        (Method(least_peers=0), ["least_peers"]),
        (Method(peers=()), []),
        (Method(peers=(("region",), ("income",), ("region", "income"))), []),
        (Method(peers=(("region",), ())), ["peers"]),
        (Method(peers=(("region", "region"),)), ["peers"]),
        (Method(peers=(("region",), ("region",))), ["peers"]),
        (Method(facts=("x", "y")), []),
        (Method(facts=("x", "y", "x")), ["facts"]),
        (Method(facts=("x", "luck")), ["facts"]),
        (Method(facts=("root",)), ["facts"]),
    ],
)
def test_settings_of_the_method_at_their_bounds(method: Method, codes: list[str]) -> None:
    assert of(Estimate(), method=method) == [(code, "method/") for code in codes]


RULE = EvidenceRule("e", "Evidence", "has no survey", ("x", "y"), least=1)


@pytest.mark.parametrize(
    ("rule", "codes"),
    [
        (RULE, []),
        (replace(RULE, least=2), []),
        (replace(RULE, least=0), ["evidence_least"]),
        (replace(RULE, least=3), ["evidence_least"]),
        (replace(RULE, criteria=()), ["evidence_least"]),
        (replace(RULE, criteria=("x", "luck")), ["evidence_criterion"]),
        (replace(RULE, criteria=("x", "x")), ["evidence_criterion"]),
        (replace(RULE, within=0), []),
        (replace(RULE, within=-1), ["evidence_within"]),
        (replace(RULE, lacking=" "), ["evidence_lacking"]),
    ],
)
def test_evidence_at_its_bounds(rule: EvidenceRule, codes: list[str]) -> None:
    assert of(Estimate(), method=Method(rules=(rule,))) == [(code, "rules/e") for code in codes]


def test_keys_of_rules_and_choices_are_unique() -> None:
    method = Method(rules=(RULE, replace(RULE, key="f"), RULE), choices=(ROOT, replace(ROOT, key="b"), ROOT))
    assert of(Estimate(), method=method) == [("duplicate_key", "rules/e"), ("duplicate_key", "choices/root")]


def of_options(*counts: int) -> Method:
    """Return a method with choices of so many options."""
    options = [
        PLAIN,
        *(Option(f"o{number}", "Other", weights=(("x", float(number)),)) for number in range(max(counts))),
    ]
    return Method(choices=tuple(Choice(f"c{n}", "Choice", tuple(options[:count])) for n, count in enumerate(counts)))


@pytest.mark.parametrize(
    ("counts", "codes"), [((5, 5, 5, 5, 8), []), ((3, 1667), [("too_many_designs", "method/")]), ((1, 1), [])]
)
def test_five_thousand_designs_are_the_most(counts: tuple[int, ...], codes: list[tuple[str, str]]) -> None:
    assert of(Estimate(), method=of_options(*counts)) == codes


POOLED = one_pooled(1.0, 1.0, TWO)
LOGARITHM = Goalposts(0.0, ABOVE_ONE)


@pytest.mark.parametrize(
    ("option", "how", "function", "faults"),
    [
        (Option("o", "O", values=(("x", "pooled"),)), POOLED, SHARE, 0),
        (Option("o", "O", values=(("x", "mean"),)), POOLED, SHARE, 0),
        (Option("o", "O", values=(("x", "part"),)), POOLED, SHARE, 0),
        (Option("o", "O", values=(("x", "mean"),)), Estimate(series=TWO), SHARE, 1),
        (Option("o", "O", values=(("x", "part"),)), Estimate(), SHARE, 1),
        (Option("o", "O", values=(("luck", "part"),)), Estimate(series=TWO), SHARE, 1),
        (Option("o", "O", values=(("luck", "a"), ("x", "gone"))), Estimate(series=TWO), SHARE, 2),
        (Option("o", "O", own_only=("x",)), Estimate(series=TWO), SHARE, 0),
        (Option("o", "O", own_only=("x",)), Estimate(series=ONE), SHARE, 1),
        (Option("o", "O", own_only=("x",)), POOLED, SHARE, 1),
        (Option("o", "O", own_only=("luck", "x")), Estimate(), SHARE, 2),
        (Option("o", "O", log=("x",)), Estimate(), LOGARITHM, 0),
        (Option("o", "O", log=("x",)), Estimate(), Goalposts(0.0, 1.0), 1),
        (Option("o", "O", log=("x",)), Estimate(), Rubric(0.0, 4.0), 1),
        (Option("o", "O", log=("luck", "x")), Estimate(), LABELS, 2),
        (Option("o", "O", relabel=(("x", "high", "low"),)), Estimate(), LABELS, 0),
        (Option("o", "O", relabel=(("x", "high", "gone"),)), Estimate(), LABELS, 1),
        (Option("o", "O", relabel=(("x", "gone", "lost"),)), Estimate(), LABELS, 2),
        (Option("o", "O", relabel=(("y", "high", "low"),)), Estimate(), LABELS, 2),
        (Option("o", "O", weights=(("x", 0.0), ("y", 9.0))), Estimate(), SHARE, 0),
        (Option("o", "O", weights=(("x", BELOW_ZERO), ("y", math.inf))), Estimate(), SHARE, 2),
        (Option("o", "O", weights=(("root", 1.0), ("luck", 1.0))), Estimate(), SHARE, 2),
        (Option("o", "O", unscaled=True), Estimate(), SHARE, 0),
    ],
)
def test_what_an_option_may_change(option: Option, how: Estimate, function: Any, faults: int) -> None:
    method = Method(choices=(Choice("c", "Choice", (PLAIN, option)),))
    assert of(how, function, method) == [("option", "choices/c")] * faults


@pytest.mark.parametrize(
    ("options", "codes"),
    [
        ((), ["options"]),
        ((PLAIN,), []),
        ((PLAIN, OTHER), []),
        ((OTHER, PLAIN), ["first_option", "options"]),
        ((PLAIN, OTHER, OTHER), ["options"]),
        ((PLAIN, Option("same", "Same"), Option("again", "Again")), ["options", "options"]),
    ],
)
def test_the_first_option_changes_nothing_and_each_other_something(
    options: tuple[Option, ...], codes: list[str]
) -> None:
    method = Method(choices=(Choice("c", "Choice", options),))
    assert of(Estimate(), method=method) == [(code, "choices/c") for code in codes]
