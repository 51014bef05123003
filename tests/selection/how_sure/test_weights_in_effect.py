"""Nominal weights and their effect: figures of the method, and sentences at their boundaries."""

from __future__ import annotations

from collections.abc import Collection
from html import unescape
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.utils.html import strip_tags

from selection.how_sure.presenters import in_effect as in_effect_presenters
from selection.how_sure.queries.importance import EffectOfWeight, Opposite, PublishedNeed, Weighing
from tests.selection.countries.screens import TABLE
from tests.support.fragments import fragment_text

OF_METHOD = {
    "prevalence": (0.150, 0.04, 0.01), "child_labour": (0.150, 0.25, 0.51), "marriage": (0.100, 0.35, 0.46),
    "births": (0.100, 0.29, 0.52), "tier": (0.158, 0.34, 0.54), "cpi": (0.079, 0.00, -0.04),
    "school_life": (0.015, 0.27, -0.32), "literacy": (0.015, 0.22, -0.36),
}  # fmt: skip
"""Nominal weight, effective importance, and r: method-4.md, section 6."""


def effect(key: str, nominal: float, effective: float | None, r: float | None = 0.5, **values: Any) -> EffectOfWeight:
    return EffectOfWeight(key, TABLE.row(key).label, False, nominal, effective, r)


def weighing(*rows: EffectOfWeight, **values: Any) -> Weighing:
    return Weighing(rows, **{"opposites": (), "published": None, **values})


def finding(found: Weighing) -> str:
    return fragment_text("how_sure/_effect_finding.html", effect=in_effect_presenters.effect_facts(found))


def sentences(found: Weighing, moving: Collection[str] = ()) -> list[str]:
    effect = in_effect_presenters.effect_facts(found, moving)
    html = render_to_string("selection/how_sure/_effects.html", {"effect": effect, "first": 20})
    return [" ".join(unescape(strip_tags(part)).split()) for part in html.split("</p>")[:-1]]


METHOD = weighing(
    *(effect(key, *figures) for key, figures in OF_METHOD.items()),
    EffectOfWeight("need", "Need", True, 0.5, 0.38, 0.59),
    EffectOfWeight("feasibility", "Feasibility", True, 0.5, 0.39, 0.53),
)


def test_the_finding_is_that_of_the_method() -> None:
    assert finding(METHOD) == (
        "prevalence weighs 15% and by itself explains almost nothing of the order; child marriage weighs 10% and "
        "explains most."
    )


@pytest.mark.parametrize(
    ("effective", "start"),
    [
        (0.0, "prevalence weighs 15% and by itself explains nothing of the order; "),
        (0.0049, "prevalence weighs 15% and by itself explains nothing of the order; "),
        (0.005, "prevalence weighs 15% and by itself explains almost nothing of the order; "),
        (0.0499, "prevalence weighs 15% and by itself explains almost nothing of the order; "),
        (0.05, "prevalence weighs 15% and by itself explains little of the order; "),
        (0.0999, "prevalence weighs 15% and by itself explains little of the order; "),
        (0.1, "child marriage weighs 10% and explains most."),
    ],
)
def test_a_weight_is_deceptive_if_its_effect_is_small(effective: float, start: str) -> None:
    found = weighing(effect("prevalence", 0.15, effective), effect("marriage", 0.1, 0.35))
    assert finding(found).startswith(start)


def test_without_figures_there_is_no_finding_on_weights() -> None:
    none = weighing(effect("prevalence", 0.15, None, None))
    assert finding(none) == "too few countries have a rank to tell what the weights do."
    assert [one.key for one in in_effect_presenters.rows(none)] == ["prevalence"]


def test_heavy_criteria_without_effect_have_a_sentence() -> None:
    prevalence = "Prevalence weighs 15% and by itself explains almost nothing of the order (effective importance 0.04)."
    index = "The Corruption Perceptions Index weighs 7.9% and by itself explains nothing of the order"
    index += " (effective importance 0.00)"
    assert sentences(METHOD) == [prevalence, f"{index}."]
    assert sentences(METHOD, {"cpi"}) == [
        prevalence,
        f"{index}; moved far enough, its weight still changes who is in the first 20.",
    ]
    light = weighing(effect("cpi", 0.0499, 0.0), effect("marriage", 0.1, 0.35))
    assert sentences(light) == []
    felt = weighing(effect("cpi", 0.05, 0.05), effect("marriage", 0.1, 0.35))
    assert sentences(felt) == []


def published(**values: Any) -> PublishedNeed:
    known: dict[str, Any] = {
        "criterion": TABLE.row("prevalence"), "first": 20, "bound": 4.0, "below": 7, "measured": 78, "median": 6.2,
        "edition": "Global Slavery Index 2023", "under": 15,
    }  # fmt: skip
    return PublishedNeed(**{**known, **values})


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        (
            {},
            "7 of the first 20 have a newest published prevalence below 4, the bound of the statutory check; 15 of 20 "
            "lie below 6.2, the median of the 78 ranked countries with a value in Global Slavery Index 2023.",
        ),
        (
            {"below": 1, "under": 1},
            "1 of the first 20 has a newest published prevalence below 4, the bound of the statutory check; 1 of 20 "
            "lies below 6.2, the median of the 78 ranked countries with a value in Global Slavery Index 2023.",
        ),
        (
            {"below": 0, "under": 0, "first": 2},
            "0 of the first 2 have a newest published prevalence below 4, the bound of the statutory check; 0 of 2 "
            "lie below 6.2, the median of the 78 ranked countries with a value in Global Slavery Index 2023.",
        ),
    ],
)
def test_published_prevalence_is_held_against_the_statute_and_the_median(values: dict[str, Any], sentence: str) -> None:
    assert sentences(weighing(published=published(**values))) == [sentence]
    assert sentences(weighing(published=published(first=0))) == []


def test_criteria_that_go_against_the_total_are_explained() -> None:
    facts = ("Child labor, activity or chores", "Child marriage", "Births not registered")
    both = Opposite(("School life expectancy", "Literacy"), facts)
    fewer = "countries with more points there have fewer on child labor, child marriage and births not registered."
    one = Opposite(("Literacy",), ("Child marriage",))
    assert sentences(weighing(opposites=(both, one))) == [
        f"School life expectancy and literacy go against the total: {fewer}",
        "Literacy goes against the total: countries with more points there have fewer on child marriage.",
    ]


def test_rows_are_sorted_by_effect_and_the_axes_come_last() -> None:
    rows = in_effect_presenters.rows(METHOD)
    assert [one.key for one in rows] == [
        "marriage", "tier", "births", "school_life", "child_labour", "literacy", "prevalence", "cpi", "need",
        "feasibility",
    ]  # fmt: skip
    values = [[column.value(one) for column in in_effect_presenters.TABLE.columns] for one in rows]
    assert values[1] == ["TIP Report tier", "15.8%", "0.34", "rise with it, +0.54"]
    assert values[3] == ["School life expectancy", "1.5%", "0.27", "fall with it, \N{MINUS SIGN}0.32"]
    assert values[7] == ["Corruption Perceptions Index", "7.9%", "0.00", "fall with it, \N{MINUS SIGN}0.04"]
    assert values[-1] == ["Feasibility (axis)", "50%", "0.39", "rise with it, +0.53"]
    assert in_effect_presenters.direction(effect("cpi", 0.1, None, None)) == ""


@pytest.mark.parametrize(
    ("r", "text"),
    [
        (0.0051, "rise with it, +0.01"),
        (0.0049, "neither, 0.00"),
        (-0.0049, "neither, 0.00"),
        (-0.0051, "fall with it, \N{MINUS SIGN}0.01"),
    ],
)
def test_points_go_neither_way_if_the_correlation_is_zero_as_printed(r: float, text: str) -> None:
    assert in_effect_presenters.direction(effect("cpi", 0.1, 0.0, r)) == text
