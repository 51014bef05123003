"""Remedies: an overdue edition, figures to get, and tiers to confirm, on findings built by hand."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from selection.how_sure.presenters import remedies as remedies_presenters
from selection.how_sure.presenters.export import TaskRow
from selection.how_sure.presenters.remedies import Remedy
from selection.how_sure.presenters.work_list import LOAD, DataLink
from selection.how_sure.queries.findings import FigureDoubt, Sum
from selection.runs.queries.all_in import AllInFindings, Unconfirmed
from tests.selection.countries.screens import TABLE
from tests.selection.how_sure.all_in import facts, nothing_overdue, outcome, overdue
from tests.selection.how_sure.built import ranked, sure
from tests.selection.how_sure.test_work_list_sentences import figure
from tests.support.rows import ranking_row

STATE = "U.S. Department of State"


def source(key: str, publisher: str, **values: Any) -> Any:
    known = {"homepage": f"https://{key}.example/", "is_frozen": False, **values}
    return SimpleNamespace(key=key, publisher=publisher, **known)


SOURCES: Any = {
    "tier": source("tip_report", STATE),
    "ilab": source("ilab", "U.S. Department of Labor, Bureau of International Labor Affairs"),
    "child_labour": source("unicef", "UNICEF, United Nations"),
    "births": source("wdi", "World Bank"),
    "cpi": source("cpi", "Transparency International", homepage=""),
    "literacy": source("factbook", "Central Intelligence Agency", is_frozen=True),
}


def gains(*names: str) -> tuple[Any, ...]:
    return tuple(figure(row=ranking_row(name[:3].upper(), name, rank=9), value=0.24) for name in names)


def summed(key: str, value: float, countries: int = 87, **doubts: int) -> Sum:
    found = {FigureDoubt(name): count for name, count in (doubts or {"old": countries}).items()}
    return Sum(TABLE.row(key), value, countries, found, gains("Bangladesh", "Moldova", "Togo"))


SUMS = (
    summed("tier", 6.93),
    summed("ilab", 5.62, level=80),
    summed("child_labour", 5.22),
    summed("births", 3.51),
    summed("cpi", 0.004),
)


def listed(found: AllInFindings, sums: Any = SUMS, *, imports: bool = True, editions: Any = None) -> list[Remedy]:
    def links(row: Any) -> DataLink:
        return DataLink(LOAD, f"/load/{row.key}/") if imports else DataLink("About the source", f"/about/{row.key}/")

    return remedies_presenters.remedies(sure(ranked(25), sums=sums), found, SOURCES, links, editions or {})


def test_edition_that_settles_most_comes_first_and_tiers_last() -> None:
    assert [one.title for one in listed(facts())] == [
        "Load the 2026 TIP Report",
        "Load a newer edition: advancement against child labor",
        "Get newer figures: child labor",
        "Confirm 52 tiers",
    ]


@pytest.mark.parametrize(
    ("points", "at"),
    [(6.93, 0), (5.3, 1), (5.21, 2), (0.1, 2)],
)
def test_an_edition_that_settles_no_country_has_the_rank_of_its_points(points: float, at: int) -> None:
    found = facts(now=outcome(4), settled=outcome(4, 47.0))
    titles = [one.title for one in listed(found, (summed("tier", points), *SUMS[1:]))]
    assert titles.index("Load the 2026 TIP Report") == at
    assert len(titles) == 4


def test_edition_that_puts_more_in_comes_first_despite_few_points() -> None:
    found = facts(now=outcome(3), settled=outcome(4))
    assert listed(found, (summed("tier", 0.02), *SUMS[1:]))[0].title == "Load the 2026 TIP Report"


def test_the_figures_of_an_overdue_edition_are_not_listed_twice() -> None:
    assert not any("tier" in one.title.lower() for one in listed(facts())[1:-1])
    titles = [one.title for one in listed(nothing_overdue())]
    assert titles[0] == "Get newer figures: TIP Report tier"
    assert "Load the 2026 TIP Report" not in titles


@pytest.mark.parametrize(
    ("now", "then", "note"),
    [
        ((0, 55.0), (4, 47.0), "4 countries firmly in instead of none, and the middle range 47 instead of 55 places."),
        ((0, 55.0), (1, 54.0), "1 country firmly in instead of none, and the middle range 54 instead of 55 places."),
        ((1, 2.0), (2, 1.0), "2 countries firmly in instead of 1, and the middle range 1 instead of 2 places."),
        ((4, 47.0), (4, 47.0), "4 countries firmly in, as now."),
        ((0, 47.0), (0, 46.0), "no country firmly in, as now, and the middle range 46 instead of 47 places."),
        ((2, 47.0), (1, 47.0), "1 country firmly in instead of 2."),
    ],
)
def test_edition_lists_what_it_would_settle(now: Any, then: Any, note: str) -> None:
    found = facts(now=outcome(*now), settled=outcome(*then))
    (one,) = [row for row in listed(found) if row.title.startswith("Load the")]
    worth = "Worth 693 points over 87 countries, most for Bangladesh (24) and Moldova (24)."
    assert one.note == f"{worth} If no tier changes: {note}"
    (one,) = [row for row in listed(found, SUMS[1:]) if row.title.startswith("Load the")]
    assert one.note == f"If no tier changes: {note}"


def test_each_has_one_step_for_those_who_may_take_it() -> None:
    load, newer, other, confirm = listed(facts())
    assert (load.link, load.is_main) == (DataLink("Load it", "/load/tier/"), True)
    assert newer.link == DataLink("Where to find it", "https://ilab.example/")
    assert other.link == DataLink("Where to find it", "https://unicef.example/")
    assert (confirm.link, confirm.is_main) == (DataLink("Confirm tiers", "/data/tiers/"), False)
    load, _, _, confirm = listed(facts(), imports=False)
    assert (load.link, load.is_main) == (DataLink("Where to find it", "https://tip_report.example/"), False)
    assert confirm.link == DataLink("Where to find it", "https://tip_report.example/")


def test_a_source_without_a_page_of_its_own_leads_to_ours(settings: Any) -> None:
    (one,) = listed(nothing_overdue(unconfirmed=Unconfirmed(0, 81, 0, 20)), (summed("cpi", 1.0),))
    assert one.link == DataLink("Where to find it", "/data/sources/cpi/")


def test_a_frozen_source_asks_for_figures_of_ones_own() -> None:
    one = listed(nothing_overdue(), (summed("literacy", 1.0),))[0]
    assert (one.title, one.link) == ("Get figures of your own: literacy", DataLink(LOAD, "/load/literacy/"))


@pytest.mark.parametrize(
    ("found", "note"),
    [
        (summed("births", 5.62), "562 points over 87 countries, most for Bangladesh (24) and Moldova (24)."),
        (summed("births", 0.01, 2), "1 point over 2 countries, most for Bangladesh (24) and Moldova (24)."),
        (summed("births", 0.24, 1), "24 points, all for Bangladesh."),
    ],
)  # fmt: skip
def test_a_figure_has_its_points_and_who_gains_most(found: Sum, note: str) -> None:
    assert listed(nothing_overdue(), (found,))[0].note == f"World Bank. Worth {note}"


@pytest.mark.parametrize(
    ("kind", "text"), [("good", "edition 2022 loaded."), ("warn", "edition 2022 loaded, newer edition expected.")]
)
def test_a_figure_names_its_publisher_and_the_edition_that_is_loaded(kind: str, text: str) -> None:
    age = SimpleNamespace(kind=kind, label="Newer edition expected", detail="")
    one = listed(facts(), editions={"ilab": (SimpleNamespace(label="2022"), age)})[1]
    assert one.note.startswith(f"U.S. Department of Labor, {text} Worth 562 points")


@pytest.mark.parametrize(("value", "listed_there"), [(0.0049, False), (0.0051, True)])
def test_a_figure_worth_less_than_a_point_is_left_out(value: float, listed_there: bool) -> None:
    found = listed(nothing_overdue(unconfirmed=Unconfirmed(0, 81, 0, 20)), (summed("births", value),))
    assert bool(found) is listed_there


@pytest.mark.parametrize(
    ("count", "first", "others", "title", "note"),
    [
        (52, 18, 12, "Confirm 64 tiers", "52 ranked (18 of the first 20) and 12 others."),
        (1, 0, 0, "Confirm 1 tier", "1 ranked (0 of the first 20)."),
        (0, 0, 1, "Confirm 1 tier", "0 ranked (0 of the first 20) and 1 other."),
    ],
)
def test_confirming_removes_a_mark_and_no_doubt(count: int, first: int, others: int, title: str, note: str) -> None:
    unchecked = tuple(ranking_row(f"U{n:02d}") for n in range(others)) + tuple(ranked(count))
    found = sure(ranked(25), sums=SUMS, unchecked=unchecked)
    known = facts(unconfirmed=Unconfirmed(count, 81, first, 20))
    one = remedies_presenters.remedies(found, known, SOURCES, lambda row: None, {})[-1]
    assert one.title == title
    assert one.note.startswith(f"{note} Removes the mark “not confirmed”, not a doubt: ")
    assert one.note.endswith("ranks and ranges move only if a tier turns out different.")


def test_confirmed_tiers_and_certain_figures_leave_nothing_to_do() -> None:
    assert listed(nothing_overdue(unconfirmed=Unconfirmed(0, 81, 0, 20)), ()) == []


def test_the_task_list_begins_with_overdue_editions_the_newest_first() -> None:
    found = facts(overdue=(overdue("2026"), overdue("2027")))
    tasks = remedies_presenters.task_rows(sure(ranked(25)), found, SOURCES, lambda row: None)
    why = "If no tier changes: 4 countries firmly in instead of none, and the middle range 47 instead of 55 places."
    assert tasks == [TaskRow("Load", f"{year} TIP Report", why, STATE, None) for year in ("2027", "2026")]
    assert remedies_presenters.task_rows(sure(ranked(25)), nothing_overdue(), SOURCES, lambda row: None) == []
