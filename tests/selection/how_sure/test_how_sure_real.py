"""Confidence in the first ranking of the shipped facts, compared with the figures in method.md."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from indicators.observations.catalog import newest_editions
from selection.how_sure.presenters import page as page_presenters
from selection.how_sure.presenters.weights import tornado
from selection.how_sure.presenters.work_list import (
    reasons,
    steps,
    tasks,
    why,
)
from selection.how_sure.queries import RankDoubt, how_sure, sources
from selection.models import ScoreRun

pytestmark = pytest.mark.world("newcomer")


def test_the_figures_that_would_help_most_are_those_of_the_method(newcomer: ScoreRun) -> None:
    found = how_sure(newcomer)
    sums = {one.criterion.key: one.value for one in found.sums}
    assert list(sums)[:5] == ["ilab", "child_labour", "births", "prevalence", "marriage"]
    expected = {"ilab": 5.9, "child_labour": 5.5, "births": 3.3, "prevalence": 3.2, "marriage": 2.8}
    assert {key: sums[key] for key in expected} == pytest.approx(expected, abs=0.3)
    assert all(total < 1.6 for key, total in sums.items() if key not in expected)
    largest = [(one.row.code, one.criterion.key, one.value) for one in found.figures[:4]]
    assert [pair[:2] for pair in largest] == [
        ("MDA", "child_labour"),
        ("BGD", "ilab"),
        ("NAM", "child_labour"),
        ("SLE", "child_labour"),
    ]
    assert [value for *_, value in largest] == pytest.approx([0.26, 0.23, 0.21, 0.20], abs=0.02)
    assert steps(found, {}).startswith("First check the 64 tiers that are not checked against the report; ")
    assert "advancement against child labor" in steps(found, {}).lower()
    assert "child labor in Moldova" in steps(found, {})


def test_a_figure_names_the_edition_that_is_loaded(newcomer: ScoreRun) -> None:
    found = how_sure(newcomer)
    editions = newest_editions(dt.date(2026, 11, 27))
    moldova, bangladesh, *_ = tasks(found, sources(found.table), lambda row: None, 2, editions)
    assert moldova.loaded == (
        "Loaded here: edition 2025-06 (Jun 30, 2025); newer edition expected since June 2026. "
        "A newer survey of this country may not exist."
    )
    assert bangladesh.loaded == "Loaded here: edition 2022 (Sep 30, 2023); newer edition expected since September 2024."


def test_the_room_of_two_axes_is_one_finding(newcomer: ScoreRun) -> None:
    drawn = tornado(how_sure(newcomer))
    assert drawn is not None
    assert re.fullmatch(
        r"The split between need and feasibility has the least room: "
        r"with need below 4\d% or above 5\d%, the first 20 change\.",
        drawn.finding,
    )


def test_unchecked_tiers_are_counted_over_the_pool(newcomer: ScoreRun) -> None:
    found = how_sure(newcomer)
    assert (len(found.unchecked), found.pool) == (64, 101)


def test_the_finding_and_the_ways(newcomer: ScoreRun) -> None:
    found = how_sure(newcomer)
    finding, limits = page_presenters.verdict(found)
    assert finding == ("5 countries are firmly in the first 20: Tanzania, Nigeria, Madagascar, Zambia and Senegal.")
    assert "For the 18 provisional countries, the typical range is about" in limits[-1]
    assert len(found.ways) == 12
    assert found.ranking.designs == 768
    # Choices by their part in all differences (method.md, section 2): axes .37, need to feasibility .23, scale .18.
    assert [label for label, _ in found.choices[:3]] == ["Axes", "Need to feasibility", "Scale of need"]
    assert [share for _, share in found.choices[:3]] == pytest.approx([0.37, 0.23, 0.18], abs=0.01)


def test_the_room_of_each_weight_is_that_of_the_method(newcomer: ScoreRun) -> None:
    rooms = {one.key: one for one in how_sure(newcomer).weights}
    # method.md, section 2; these figures are of 80 countries, which moves an end by a step or two.
    assert rooms["need"].ranges[100] == pytest.approx((0.48, 0.55), abs=0.02)
    assert rooms["need"].ranges[90] == pytest.approx((0.40, 0.69), abs=0.02)
    assert rooms["child_labour"].ranges[90] == pytest.approx((0.16, 0.57), abs=0.02)
    assert rooms["births"].ranges[90] == pytest.approx((0.09, 0.37), abs=0.02)
    assert rooms["prevalence"].ranges[90] == pytest.approx((0.0, 0.54), abs=0.02)


def test_every_reason_for_doubt_occurs_and_is_counted(newcomer: ScoreRun) -> None:
    found = how_sure(newcomer)
    assert {one.doubt for one in found.figures} == set(RankDoubt)
    (labor,) = [one for one in found.sums if one.criterion.key == "child_labour"]
    assert sum(labor.doubts.values()) == labor.countries
    assert "from another series" in reasons(labor)
    namibia = next(one for one in labor.largest if one.row.code == "NAM")
    assert why(namibia).startswith(
        "No recent survey of this figure; estimated from “World Bank, employment at age 7 to 14”"
    )
    assert why(namibia).endswith("; without it, the country has no rank")
    assert not any(one.needed for one in found.figures if one.row.rank is not None)
