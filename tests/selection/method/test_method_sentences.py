"""Sentences of the method's page, on figures of a run built by hand."""

from __future__ import annotations

import dataclasses
import re
from html import unescape
from types import SimpleNamespace
from typing import Any, NamedTuple

import pytest
from django.template.loader import render_to_string

from selection.method.presenters import details
from selection.method.presenters.page import page_facts
from selection.method.queries.run_figures import LeftOut, RegionCount, RunFigures
from selection.model_definition import method_labels
from selection.model_definition.criteria_table import ModelTable
from selection.model_versions.presenters.method import method_context
from selection.pool_rules.policy import REASONS, Reason
from tests.selection.countries.screens import TABLE

POOLING = {
    "noise": 0.5, "agreement": 0.25, "mean": 1.6094379124341003, "n": 81, "pairs": 80, "correlation": 0.456,
    "fitted": True,
}  # fmt: skip
BRIDGE = {"n": 40, "intercept": 0.1, "slope": 0.9, "residual": 0.3, "r": 0.8}
WIDTHS = {"total": 11, "data": 9, "age": 7, "measurement": 2.5, "weights": 4, "missing": 0}


def figures(**values: Any) -> RunFigures:
    run: Any = SimpleNamespace(pk=1)
    known: dict[str, Any] = {
        "run": run, "first": 20, "counts": {"ranked": 81, "provisional": 20, "not_rankable": 4, "outside_pool": 60},
        "outside": (), "failing": {}, "sources": {}, "filled": 90, "cells": 1134, "regions": (), "groups": {},
        "left_out": (), "with_need": None, "with_feasibility": None,
    }  # fmt: skip
    return RunFigures(**{**known, **values})


class Step(NamedTuple):
    choice: str
    reason: str
    effect: tuple[str, ...]


def text_of(html: str) -> str:
    return " ".join(unescape(re.sub("<[^>]*>", "", html)).split())


def steps(table: ModelTable, found: RunFigures | None) -> list[Step]:
    context = {"table": table, "method": method_context(table), "figures": found, **page_facts(table, found)}
    html = render_to_string("selection/method/_seven_steps.html", context)
    rows = [re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL) for row in html.split("<tr")[2:]]
    return [
        Step(text_of(choice), text_of(reason), tuple(map(text_of, re.findall(r"<p[ >].*?</p>", effect, re.DOTALL))))
        for choice, reason, effect in rows
    ]


def effect(number: int, **values: Any) -> tuple[str, ...]:
    return steps(TABLE, figures(**values))[number - 1].effect


def label(reason: Reason) -> str:
    return REASONS[reason].label


def test_without_a_run_no_step_has_an_effect() -> None:
    assert [step.effect for step in steps(TABLE, None)] == [()] * 7


def test_the_pool_is_counted_by_reason() -> None:
    outside = (
        (label(Reason.UNITED_STATES), 1),
        (label(Reason.HIGH_INCOME), 40),
        (label(Reason.TIER3), 19),
        ("A Rule", 2),
    )
    assert effect(1, outside=outside) == (
        "105 of 165 listed countries are in the pool.",
        "Outside: the United States, 40 with high income, 19 on Tier 3 and 2 a rule.",
    )
    assert effect(1) == ("105 of 165 listed countries are in the pool.",)


def test_evidence_is_counted_by_rule_in_the_order_of_the_model() -> None:
    assert effect(2, failing={"E3": 5, "E1": 24, "E2": 0}) == (
        "81 countries have a rank, 20 are provisional, 4 cannot be ranked.",
        "Countries that lack each fact: E1 24 and E3 5.",
    )
    assert len(effect(2)) == 1
    choice = steps(TABLE, None)[1].choice
    assert choice.startswith("A rank needs five facts, E1 to E5 below.")


def test_leave_one_out_gives_the_largest_and_smallest_change() -> None:
    rows = tuple(
        LeftOut(TABLE.row(key), change, remaining)
        for key, change, remaining in (("births", 4.25, 17), ("prevalence", 9.5, 15), ("marriage", 2.0, 19))
    )
    assert effect(3, left_out=rows) == (
        "Ranks by need change by 9.5 places on average without prevalence, by 2.0 without child marriage.",
        "Whichever one is left out, at least 15 of the first 20 by need remain.",
    )
    choice = steps(TABLE, None)[2].choice
    assert choice.startswith("Need is based on four facts: prevalence (30%), child labor (30%), child marriage (20%)")


def test_fits_are_described_by_pull_and_own_surveys() -> None:
    found = effect(
        4,
        fits={"prevalence": {"pooling": POOLING}, "child_labour": {"bridges": {"activity": BRIDGE, "working": BRIDGE}}},
        sources={"child_labour": {"own": 50, "activity": 7, "working": 4, "peers": 9}},
    )
    assert found == (
        "Prevalence of modern slavery is pulled 33% of the way toward the pool's mean. The editions correlate 0.46 "
        "over 80 countries.",
        "Child labor, activity or chores: 50 ranked countries have their own survey; 11 use a bridge.",
        "90 of 1,134 values of the ranked countries come from similar countries.",
    )
    without = effect(4, fits={"prevalence": {"pooling": {**POOLING, "correlation": None}}})
    assert without[0].endswith("the pool's mean.")


def test_axes_draws_and_groups_have_their_own_figures() -> None:
    assert effect(5, with_need=0.61, with_feasibility=0.48) == (
        "Order by score correlates with order by need (0.61) and by feasibility (0.48); 1 is the same order, 0 no "
        "relation.",
    )
    assert effect(5, with_need=0.61) == effect(5, with_feasibility=0.48) == ()
    assert effect(6, drawn={"median_widths": WIDTHS}) == (
        "Half of the intervals are 11 places wide or more. Data alone: 9 (age 7, measurement 2.5); weights: 4. Widths "
        "don't add up.",
    )
    assert effect(6) == ()
    assert [tuple(row) for row in details.widths(figures(drawn={"median_widths": WIDTHS}))] == [
        ("Errors of measurement", 2.5),
        ("Age of the values", 7),
        ("Values filled from peers", 0),
        ("All data together", 9),
        ("Weights", 4),
        ("Data and weights (the interval shown)", 11),
    ]
    both = {"median_widths": {**WIDTHS, "overdue": 5, "data_weights": 10, "designs": 6}, "all_in": {}}
    assert [tuple(row) for row in details.widths(figures(drawn=both))] == [
        ("Errors of measurement", 2.5),
        ("Age of the values", 7),
        ("The overdue report alone (a part of age)", 5),
        ("Values filled from peers", 0),
        ("All data together", 9),
        ("Weights", 4),
        ("Method", 6),
        ("Data and weights", 10),
        ("Data, weights, and method (the interval shown)", 11),
    ]
    anova = {"scale": 0.1, "axes": 0.4, "tier": 0.25, "child_labour": 0.3}
    assert effect(7, groups={"in": 7, "out": 30, "open": 44}, drawn={"anova": anova}) == (
        "7 countries are firmly in, 30 are firmly out, and 44 are open.",
        "Choices that matter most to the differences in ranks between methods: axes (40%), child labor (30%) and tier "
        "1 (25%).",
    )
    assert effect(7) == ()


def test_choices_are_those_of_the_model() -> None:
    shipped = steps(TABLE, None)
    mean = method_labels.AGGREGATIONS["geometric"]
    assert shipped[4].choice == (
        f"Each counts between fixed ends: need from 0 to 85 and feasibility from 33 to 85. The score is their {mean}."
    )
    assert shipped[4].reason.endswith("neither makes up for a lack of the other.")
    assert "of the score is " in shipped[5].choice
    assert shipped[2].reason.endswith("because they measure the response.")
    nodes = tuple(dataclasses.replace(node, span=None) for node in TABLE.nodes)
    rows = tuple(row for row in TABLE.criteria if row.key != "detected")
    plain = steps(dataclasses.replace(TABLE, nodes=nodes, criteria=rows, aggregation="arithmetic"), None)
    assert plain[4].choice.startswith("The score is their ")
    assert plain[4].reason.endswith("each has its intended influence.")
    assert plain[2].reason.endswith("children supplement it.")


def told(found: RunFigures | None = None, *, measured: bool = False) -> dict[str, str]:
    context = {"table": TABLE, "figures": found, "tests": measured, **page_facts(TABLE, found)}
    html = render_to_string("selection/method/_limit_list.html", context)
    limits = {
        text_of(title): text_of(text) for title, text in re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", html, re.DOTALL)
    }
    assert len(limits) == context["limit_count"]
    return limits


def test_limits_name_the_first_region_and_the_distances_of_neighbors() -> None:
    regions = (RegionCount("Africa", 15, 40), RegionCount("Near East", 5, 10), RegionCount("Eurasia", 0, 31))
    text = told(figures(regions=regions))["Balance between regions"]
    assert text.startswith(
        "15 of the first 20 countries are in the region Africa, as are 40 of all 81 ranked countries."
    )
    assert "Balance between regions" not in told(figures(regions=regions[2:]))
    assert "Balance between regions" not in told()
    pairs = [[0.5, 0.6], [0.4, 0.5]]
    assert told(figures(drawn={"pairs": pairs}))["Order of neighbors"].startswith(
        "The higher of two countries stays ahead: one rank apart in 60% of draws (medians)."
    )
    far = [[0.75] * 21] * 21
    assert (
        "one rank apart in 75% of draws and 20 ranks apart in 75% of draws"
        in (told(figures(drawn={"pairs": far}))["Order of neighbors"])
    )
    assert told(measured=True)["Errors of single countries"] != told()["Errors of single countries"]


@pytest.mark.parametrize(("run", "count"), [(None, 6), (figures(), 6)])
def test_limits_that_need_no_figure_are_always_there(run: RunFigures | None, count: int) -> None:
    assert len(told(run)) == count


# ---- tables --------------------------------------------------------------------------------------------------------


def test_choices_data_and_weights_are_sorted_by_what_they_move() -> None:
    drawn = {
        "anova": {"scale": 0.1, "axes": 0.4, "x": 0.2}, "anova_alone": {"axes": 0.3},
        "data": {"births": 0.5, "cpi": 0.0, "prevalence": 2.0},
        "stability": [
            {"key": "need", "now": 0.5, "ranges": {"100": [0.4, 0.6], "90": [0.2, 0.9]}},
            {"key": "births", "now": 0.2, "ranges": {"100": [0.0, 1.0], "90": [0.1, 0.3]}},
        ],
    }  # fmt: skip
    found = figures(drawn=drawn)
    assert [tuple(row) for row in details.choice_shares(TABLE, found)] == [
        ("Axes", 0.3, 0.4), ("x", 0.0, 0.2), ("Scale of need", 0.0, 0.1),
    ]  # fmt: skip
    assert [tuple(row) for row in details.data_values(TABLE, found)] == [
        ("Prevalence of modern slavery", 2.0), ("Births not registered", 0.5),
    ]  # fmt: skip
    assert [tuple(row) for row in details.stable(TABLE, found)] == [
        ("Births not registered", 0.2, (0.0, 1.0), (0.1, 0.3)), ("Need", 0.5, (0.4, 0.6), (0.2, 0.9)),
    ]  # fmt: skip


def test_fits_are_rows_in_the_order_of_the_series() -> None:
    fits = {
        "child_labour": {"bridges": {"working": BRIDGE, "activity": {**BRIDGE, "n": 50}}},
        "prevalence": {"pooling": POOLING},
    }
    found = figures(fits=fits, sources={"child_labour": {"working": 4}})
    assert [(row.series, row.fit["n"], row.used) for row in details.bridges(TABLE, found)] == [
        ("UNICEF, economic activity", 50, 0),
        ("Department of Labor, working children", 40, 4),
    ]
    (row,) = details.poolings(TABLE, found)
    assert (round(row.mean, 6), row.fit["n"], row.fit["pairs"], row.fit["fitted"]) == (5.0, 81, 80, True)
    assert [(count, round(share, 6)) for count, share in row.retained] == [(1, 0.5), (2, 0.666667)]
