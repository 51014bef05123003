"""The settings of a method as sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from selection.model_definition import method_labels as labels
from selection.model_definition.criteria_table import read


@pytest.mark.parametrize(("count", "text"), [(1, "1 year"), (0.5, "0.5 years"), (2, "2 years"), (15.0, "15 years")])
def test_years(count: float, text: str) -> None:
    assert labels.years(count) == text


@pytest.mark.parametrize(("value", "text"), [(0.8, "80%"), (0.05, "5%"), (0.125, "12.5%")])
def test_shares(value: float, text: str) -> None:
    assert labels.share(value) == text


PARTS = [{"label": "Survey", "complement": True}, {"label": "Census"}, {"label": "Model"}]


@pytest.mark.parametrize(
    ("estimate", "sentences"),
    [
        ({}, ["Exact: the value counts as published."]),
        ({"measurement": 2}, ["Error of one measurement: 2 in points."]),
        ({"measurement": 0.2, "scale": "log"}, ["Error of one measurement: 0.2 of the logarithm."]),
        ({"measurement": 0.2, "scale": "logit"}, ["Error of one measurement: 0.2 of the logit."]),
        (
            {"measurement": 2, "drift": 1.5},
            ["Error of one measurement: 2 in points.", "Age adds 1.5 per square root of a year, in points."],
        ),
        ({"drift": 1.5}, ["Age adds 1.5 per square root of a year, in points."]),
        (
            {"published_error": True, "measurement": 2},
            ["Error: the publisher's standard error, or 2 if there is none."],
        ),
        ({"trend": 0.3}, [
            "Exact: the value counts as published.",
            "An old value is adjusted by 0.3 per year, the trend of the series.",
        ]),
        ({"fill": "range"}, ["Exact: the value counts as published.", "Without a value, any step is possible."]),
        ({"fill": "peers"}, ["Exact: the value counts as published."]),
        ({"series": PARTS[:1]}, [
            "The score uses 100 minus the published value.", "Exact: the value counts as published."
        ]),
        ({"series": PARTS[1:2]}, ["Exact: the value counts as published."]),
        ({"series": PARTS[1:]}, [
            "Census; else, through a bridge fitted in the run, Model.", "Exact: the value counts as published."
        ]),
        ({"series": PARTS, "fresh": 10}, [
            "Survey if not older than 10 years; else, through a bridge fitted in the run, Census or Model.",
            "The score uses 100 minus the published value.",
            "Exact: the value counts as published.",
        ]),
        ({"series": PARTS[1:], "combine": "pooled", "measurement": 2, "agreement": 0.6, "drift": 1}, [
            "The mean of Census and Model, pulled toward the pool's mean if they agree little.",
            "The run estimates the error of one edition and the agreement of two; without enough pairs, they are 2 "
            "and 0.6 in points.",
        ]),
        ({"trend": -0.07, "trend_years": 5}, [
            "Exact: the value counts as published.",
            "An old value is adjusted by -0.07 per year, the trend of the series, credited for 5 years at most.",
        ]),
        ({"trend": -0.07, "trend_years": 0}, [
            "Exact: the value counts as published.",
            "An old value is adjusted by -0.07 per year, the trend of the series, credited for 0 years at most.",
        ]),
        ({"trend_years": 5}, ["Exact: the value counts as published."]),
        ({"clip": [-100, 60]}, [
            "Values beyond -100 and 60 count as the end.", "Exact: the value counts as published."
        ]),
        ({"series": PARTS[1:], "combine": "surveys", "fresh": 15}, [
            "Census if not older than 15 years; else, through a bridge fitted in the run, Model.",
            "Where Model comes from a newer survey than Census, and neither is older than 15 years, both surveys are "
            "combined by their errors, with the mean difference between them added to the second. In the same year, a "
            "larger value also means another survey.",
            "Exact: the value counts as published.",
        ]),
        ({"series": PARTS[1:], "combine": "surveys"}, [
            "Census; else, through a bridge fitted in the run, Model.",
            "Where Model comes from a newer survey than Census, both surveys are combined by their errors, with the "
            "mean difference between them added to the second. In the same year, a larger value also means another "
            "survey.",
            "Exact: the value counts as published.",
        ]),
        ({"series": PARTS[1:2], "combine": "pooled", "measurement": 18, "agreement": 166.9091}, [
            "The newest value of Census, pulled toward the pool's mean, because single values agree little.",
            "Error of one value: 18 in points. The pull retains 34% of its distance from the mean.",
        ]),
        ({"series": PARTS[1:2], "combine": "pooled", "measurement": 2, "agreement": 0}, [
            "The newest value of Census, pulled toward the pool's mean, because single values agree little.",
            "Error of one value: 2 in points. The pull retains 100% of its distance from the mean.",
        ]),
    ],
)  # fmt: skip
def test_an_estimate_of_numbers(estimate: Mapping[str, Any], sentences: Sequence[str]) -> None:
    assert labels.describe_estimate(estimate) == sentences


@pytest.mark.parametrize(
    ("estimate", "sentence"),
    [
        ({}, "Exact: the label counts as published."),
        (
            {"transitions": {"steps": [1]}},
            "Exact up to 1 year of age. Draws vary an older label by how labels have moved, one edition behind.",
        ),
        (
            {"transitions": {"steps": [1, 2], "offset": 2}},
            "Exact up to 2 years of age. Draws vary an older label by how labels have moved, one to 2 editions behind.",
        ),
    ],
)
def test_an_estimate_of_labels(estimate: Mapping[str, Any], sentence: str) -> None:
    assert labels.describe_estimate(estimate, is_ordinal=True) == [sentence]


def test_labels_of_editions_that_are_due() -> None:
    assert labels.describe_estimate({"transitions": {"steps": [1], "due": "06-30"}}, is_ordinal=True) == [
        "Editions are due on June 30 of each year. Exact until a newer edition than the one loaded is due.",
        "Each edition that is due and not loaded moves the label in the draws once, by how labels have moved.",
    ]


@pytest.mark.parametrize(
    ("due", "text"),
    [
        ("06-30", "due on June 30 of each year"),
        ("01-01", "due on January 1 of each year"),
        ("12-31", "due on December 31 of each year"),
        ("13-01", "due on 13-01 of each year"),
    ],
)
def test_a_due_day(due: str, text: str) -> None:
    assert labels.due_each_year(due) == text


NAMES = {"a": "Alpha", "b": "Beta"}


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        ({"criteria": ["a"]}, "A value of Alpha, of any age."),
        ({"criteria": ["a"], "within": 1}, "A value of Alpha, not older than 1 year."),
        ({"criteria": ["a", "b"]}, "A value of Alpha or Beta, of any age."),
        ({"criteria": ["a", "b"], "least": 2, "within": 15}, "Values of Alpha and Beta, not older than 15 years."),
        ({"criteria": ["a", "b", "c"], "least": 2}, "At least 2 of Alpha, Beta and c, of any age."),
    ],
)
def test_an_evidence_rule(rule: Mapping[str, Any], text: str) -> None:
    assert labels.describe_rule(rule, NAMES) == text


def test_the_peers_of_a_missing_value() -> None:
    assert labels.describe_peers({}) == (
        "A missing value is filled with the mean u of all countries in the pool that have one."
    )
    found = labels.describe_peers({"peers": [["own_one", "own_two"], ["own_two"]], "least_peers": 9})
    assert found == (
        "A missing value is filled with the mean u of countries in the pool, ranked or provisional, that have one: "
        "those of the same own one and own two, else of the same own two, in each case if they are at "
        "least 9; otherwise all."
    )
    assert "at least 12; otherwise" in labels.describe_peers({"peers": [["own_one"]]})


def test_the_groups_of_ranked_countries() -> None:
    assert labels.describe_groups({}) == [
        ("Firmly in", "among the first 20 in at least 80% of draws and 90% of methods"),
        ("Firmly out", "among the first 20 in less than 5% of draws and of methods"),
        ("Open", "every other ranked country"),
    ]
    found = labels.describe_groups({"first": 5, "groups": {"in_draws": 0.7, "in_designs": 0.6, "out": 0.1}})
    assert [text for _, text in found][:2] == [
        "among the first 5 in at least 70% of draws and 60% of methods",
        "among the first 5 in less than 10% of draws and of methods",
    ]


def test_the_groups_where_draws_include_the_designs() -> None:
    assert labels.describe_groups({"all_in": True, "first": 5, "groups": {"in_draws": 0.7, "out": 0.1}}) == [
        ("Firmly in", "among the first 5 in at least 70% of draws of data, weights, and method"),
        ("Firmly out", "among the first 5 in less than 10% of draws of data, weights, and method"),
        ("Open", "every other ranked country"),
    ]


@pytest.mark.parametrize(
    ("option", "text"),
    [
        ({"values": [["child_labour", "own_first"]]}, "Child labor, activity or chores from its own survey where "
         "recent, never combined"),
        ({"values": [["child_labour", "newest"]]}, "Child labor, activity or chores from the newest survey alone, "
         "without the mean difference"),
        ({"values": [["child_labour", "activity"]]}, "Child labor, activity or chores from UNICEF, economic activity"),
        ({"percentiles": [5, 97.5]}, "axes from percentile 5 to percentile 97.5 of the ranked countries"),
        ({}, ""),
    ],
)  # fmt: skip
def test_what_an_option_changes(option: Mapping[str, Any], text: str) -> None:
    assert labels.describe_changes(option, read()) == text


def test_the_span_of_an_axis() -> None:
    assert labels.describe_span(None) == ""
    assert labels.describe_span((0.25, 0.75)) == "On its axis, 25 of 100 counts as 0 and 75 as 1."


@pytest.mark.parametrize(("sizes", "count"), [((), 1), ((2,), 2), ((2, 3), 6), ((1, 4), 4)])
def test_designs_are_every_combination_of_the_choices(sizes: Sequence[int], count: int) -> None:
    assert labels.designs_of({"choices": [{"options": [{}] * size} for size in sizes]}) == count
