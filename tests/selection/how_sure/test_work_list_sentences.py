"""Sentences of the work list, on figures built by hand."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

import pytest
from django.template.loader import render_to_string

from selection.how_sure.presenters import work_list as work_list_presenters
from selection.how_sure.presenters.work_list import LOAD, DataLink
from selection.how_sure.queries.findings import Figure, FigureDoubt, Sum
from tests.selection.countries.screens import TABLE, indicator
from tests.selection.how_sure.built import ranked, sure
from tests.support.rows import ranking_row

UNICEF: Any = SimpleNamespace(key="unicef", publisher="UNICEF, United Nations", homepage="https://unicef.example/")
SOURCES: Any = {"births": UNICEF}


def published(value: float | None = 70.6, series: str = "", label: str = "", **values: Any) -> Any:
    return SimpleNamespace(value=value, series=series, label=label, indicator=indicator(), **values)


def figure(doubt: FigureDoubt = FigureDoubt.ERROR, key: str = "births", **values: Any) -> Figure:
    known: dict[str, Any] = {
        "row": ranking_row("GHA", "Ghana", rank=9), "criterion": TABLE.row(key), "value": 0.25, "now": 0.6, "low": 0.3,
        "high": 0.9, "year": 2018, "age": 8, "published": (published(),), "best": 70.6, "peers": 0, "observation": 1,
    }  # fmt: skip
    return Figure(doubt=doubt, **{**known, **values})


NAME = "Birth registration (higher is better)"


@pytest.mark.parametrize(
    ("found", "text"),
    [
        (figure(), f"{NAME}: 70.6%, of 2018, measured with error"),
        (figure(best=29.4), f"{NAME}: 70.6%, of 2018, counts as 29.4%, measured with error"),
        (figure(FigureDoubt.OLD, best=29.4), f"{NAME}: 70.6%, of 2018, counts as 29.4%: 8 years old"),
        (
            figure(FigureDoubt.EDITION, best=70.64),
            f"Only one edition. {NAME}: 70.6%; a second edition would often differ",
        ),
        (
            figure(FigureDoubt.EDITIONS, published=(published(4.8), published(2.9)), best=4.7),
            f"Its editions differ. {NAME}: 4.8% and 2.9%, counts as 4.7%",
        ),
        (
            figure(FigureDoubt.LEVEL, published=(published(None, label="Tier 2"),)),
            f"{NAME}: Tier 2, of 2018; it could have changed since",
        ),
        (
            figure(FigureDoubt.BRIDGED, "child_labour", published=(published(series="working"),)),
            "No recent survey of this figure; estimated from “Department of Labor, working children” of 2018",
        ),
        (
            figure(FigureDoubt.BRIDGED, "child_labour", published=(published(series="x"),)),
            "No recent survey of this figure; estimated from “another series” of 2018",
        ),
        (
            figure(FigureDoubt.SURVEYS, published=(published(5.5), published(20.1)), best=13.1),
            f"Two surveys that count work differently. {NAME}: 5.5% and 20.1%, counts as 13.1%",
        ),
        (
            figure(FigureDoubt.SWINGS, best=29.4),
            f"{NAME}: 70.6%, of 2018, counts as 29.4%; one year does not predict the next",
        ),
        (figure(FigureDoubt.MISSING, peers=1), "Not published; filled from 1 country similar to it"),
        (figure(FigureDoubt.MISSING, peers=14), "Not published; filled from 14 countries similar to it"),
        (figure(FigureDoubt.MISSING), "Not rated"),
        (figure(FigureDoubt.MISSING, peers=14, needed=True), "Not published; filled from 14 countries similar to it"),
        (
            figure(FigureDoubt.MISSING, peers=14, needed=True, row=ranking_row("A", status="provisional")),
            "Not published; filled from 14 countries similar to it; without it, the country has no rank",
        ),
        (figure(best=None), f"{NAME}: 70.6%, of 2018, measured with error"),
    ],
)
def test_figure_explains_its_uncertainty(found: Figure, text: str) -> None:
    assert work_list_presenters.why(found) == text


@pytest.mark.parametrize(("value", "text"), [(0.004, "<1"), (0.006, "1"), (0.25, "25"), (0.014, "1")])
def test_points_below_one_are_not_printed(value: float, text: str) -> None:
    assert work_list_presenters.points(value) == text


def task(found: Figure, kind: str = "good", day: dt.date | None = dt.date(2025, 5, 1)) -> Any:
    edition: Any = SimpleNamespace(label="2025", published_on=day)
    age: Any = SimpleNamespace(kind=kind, label="Old", detail="Expected by May 2026")
    return work_list_presenters.task(found, SOURCES, lambda row: DataLink(LOAD, "/load/"), {"unicef": (edition, age)})


SURVEY = "A newer survey of this country may not exist."


@pytest.mark.parametrize(
    ("found", "kind", "day", "loaded"),
    [
        (figure(), "good", dt.date(2025, 5, 1), "Loaded here: edition 2025 (May 1, 2025)."),
        (figure(), "good", None, "Loaded here: edition 2025."),
        (figure(), "none", None, "Loaded here: edition 2025; expected by May 2026."),
        (figure(), "warn", None, "Loaded here: edition 2025; old expected by May 2026."),
        (figure(FigureDoubt.OLD), "good", None, f"Loaded here: edition 2025. {SURVEY}"),
        (figure(FigureDoubt.MISSING), "good", None, f"Loaded here: edition 2025. {SURVEY}"),
        (
            figure(FigureDoubt.LEVEL, published=(published(None, label="L"),)),
            "good",
            None,
            "Loaded here: edition 2025.",
        ),
        (figure(key="marriage"), "good", None, ""),
    ],
)
def test_task_names_the_loaded_edition(found: Figure, kind: str, day: dt.date | None, loaded: str) -> None:
    assert task(found, kind, day)["loaded"] == loaded


def test_a_task_has_its_chance_its_publisher_and_its_page() -> None:
    one = task(figure(publisher="UNICEF, United Nations"))
    assert (one["label"], one["points"], one["chance"]) == (
        "Births not registered",
        "25",
        "Chance 30% if it is low, 90% if high",
    )
    assert (one["ask"], one["page"].label, one["record"]) == (
        "UNICEF, United Nations",
        "UNICEF: page of the data",
        "Recorded value (UNICEF)",
    )
    assert task(figure(low=None))["chance"] == task(figure(high=None))["chance"] == "60% now"
    other = task(figure(key="marriage"))
    assert (other["ask"], other["page"]) == ("The office's raters", None)


def total(value: float = 0.5, countries: int = 10, key: str = "births", **doubts: int) -> Sum:
    reasons = {FigureDoubt(name): count for name, count in (doubts or {"old": 10}).items()}
    return Sum(TABLE.row(key), value, countries, reasons, tuple([figure()] * 5))


def test_criteria_are_summed_over_the_countries_they_matter_for() -> None:
    found = sure(sums=(total(1.5, 10), total(0.006, 1, "cpi"), total(0.004, 1, "marriage")))
    rows = work_list_presenters.sums(found, SOURCES, lambda row: None)
    assert [(row["label"], row["whole"], row["points"], len(row["largest"])) for row in rows] == [
        ("Births not registered", "150 points, 10 countries", "15", 3),
        ("Corruption Perceptions Index", "1 point, 1 country", "1", 3),
    ]
    assert work_list_presenters.reasons(total(old=1)) == "1 value old"
    assert work_list_presenters.reasons(total(old=3, missing=20)) == "20 values not published, 3 old"


def test_the_order_of_the_work_is_one_sentence() -> None:
    tiers = tuple(ranked(2))
    births = (
        "get newer or more certain figures of “births not registered” (UNICEF), which would help most across all "
        "countries"
    )
    single = "get single figures, starting with births not registered in Ghana"
    steps = work_list_presenters.steps
    assert steps(sure(unchecked=tiers, sums=(total(),), figures=(figure(),)), SOURCES) == (
        f"First check the 2 tiers that are not checked against the report; then {births}; then {single}."
    )
    assert steps(sure(unchecked=tiers[:1]), SOURCES) == "Check the one tier that is not checked against the report."
    level = steps(sure(sums=(total(level=1, old=9),)), SOURCES)
    assert level.startswith("Get a newer edition of “births not registered” (UNICEF)")
    assert steps(sure(sums=(total(0.004),)), SOURCES) == ""


def finding(confirm: dict[str, Any]) -> str:
    """Return the sentence on unchecked tiers as the page shows it."""
    page = render_to_string("selection/how_sure/_tasks.html", {"confirm": confirm, "first": 20})
    return " ".join(page.split("<b>Check the tiers.</b> ")[1].split("</p>")[0].split())


def test_unchecked_tiers_are_parted_by_the_first() -> None:
    rows = ranked(22)
    found = work_list_presenters.confirmation(
        sure(rows, unchecked=(rows[19], rows[20])), {}, lambda row: DataLink(LOAD, "/load/")
    )
    assert found is not None
    assert (
        finding(found) == "2 of the 30 tiers of the pool are not checked against the report, 1 of them in the first 20."
    )
    assert ([row.rank for row in found["first"]], [row.rank for row in found["others"]]) == ([20], [21])
    assert found["link"] == DataLink("Load checked tiers", "/load/")
    other = work_list_presenters.confirmation(
        sure(rows, unchecked=(rows[20],)), {}, lambda row: DataLink("Rate", "/rate/")
    )
    assert other is not None
    assert finding(other) == "1 of the 30 tiers of the pool is not checked against the report."
    assert other["link"] == DataLink("Rate", "/rate/")
    assert work_list_presenters.confirmation(sure(rows), {}, lambda row: None) is None
