"""Findings above the lists of a ranking, on rows built by hand."""

from __future__ import annotations

from typing import Any

import pytest

from selection.model_definition.criteria_table import ModelTable
from selection.models import CountryStatus
from selection.pool_rules.policy import Reason
from selection.ranking.presenters.lead import finding_of
from selection.ranking.queries.listing import NOT_RANKABLE, OUTSIDE, PROVISIONAL, ListTab
from selection.runs.queries.all_in import unconfirmed_of
from selection.runs.rows import Ranking, RankingRow
from tests.support.fragments import bold_and_rest, fragment_text
from tests.support.rows import former_table, ranking, ranking_row


def told(tab: ListTab, found: Ranking) -> tuple[str, str]:
    return bold_and_rest("ranking/_finding.html", finding=finding_of(tab, found, None))


def outside(code: str, place: int | None, **values: Any) -> RankingRow:
    known: dict[str, Any] = {"status": CountryStatus.OUTSIDE_POOL, "reason_code": Reason.TIER3, "place": place}
    return ranking_row(code, **{**known, **values})


@pytest.mark.parametrize(
    ("rows", "finding"),
    [
        ([outside("A", 20)], "Of 1 country outside the pool, 1 would be among the first 20: A at rank 20."),
        ([outside("A", 21)], "Of 1 country outside the pool, no country with the evidence"),
        (
            [outside("A", 19), outside("B", 3), outside("C", 21)],
            "Of 3 countries outside the pool, 2 would be among the first 20: B at rank 3 and A at rank 19.",
        ),
        ([outside("A", 5), outside("B", 5)], "2 would be among the first 20: A at rank 5 and B at rank 5."),
        ([outside("A", None)], "no country with the evidence for a rank would be among the first 20."),
        ([outside("A", 1, reason_code=Reason.UNITED_STATES)], "no country with the evidence"),
        ([outside("A", 1, fails=("E1",))], "no country with the evidence"),
    ],
)
def test_countries_outside_the_pool_count_up_to_the_last_first_score(rows: list[RankingRow], finding: str) -> None:
    assert finding in told(OUTSIDE, ranking(others=rows))[0]


def test_of_ten_countries_outside_nine_are_named() -> None:
    rows = [outside(f"C{number:02d}", number) for number in range(1, 11)]
    assert told(OUTSIDE, ranking(others=rows[:9]))[0].endswith("C08 at rank 8 and C09 at rank 9.")
    assert told(OUTSIDE, ranking(others=rows))[0].endswith("C09 at rank 9 and 1 more.")


@pytest.mark.parametrize(("low", "reach"), [(19, 1), (20, 1), (21, 0)])
def test_provisional_country_reaches_the_first_by_its_best_rank(low: int, reach: int) -> None:
    row = ranking_row("A", status=CountryStatus.PROVISIONAL, low=low, median=40, high=60)
    finding, context = told(PROVISIONAL, ranking(others=[row]))
    assert finding.startswith(f"{reach} of 1 provisional countries")
    assert ("A would rank between" in context) is bool(reach)


@pytest.mark.parametrize(("count", "named"), [(1, True), (9, True), (10, False)])
def test_at_most_nine_countries_that_cannot_be_ranked_are_named(count: int, named: bool) -> None:
    rows = [ranking_row(f"C{number:02d}", status=CountryStatus.NOT_RANKABLE) for number in range(count)]
    assert ("C00" in told(NOT_RANKABLE, ranking(others=rows))[0]) is named


@pytest.mark.parametrize(
    ("table", "doubt"),
    [
        (None, "The ranges of ranks do not count that a compiled tier may be wrong."),
        (former_table(), "The draws treat every tier as certain, so the ranges of ranks do not include this doubt."),
    ],
)
def test_unchecked_tiers_are_counted_among_the_first_and_among_all(table: ModelTable | None, doubt: str) -> None:
    rows = [ranking_row(f"C{n:02d}", rank=n, tier_quality="unconfirmed" if n > 18 else "stated") for n in range(1, 31)]
    assert unchecked_text(ranking(rows, table=table)) == (
        "Run 7: The tiers of 2 of the first 20 countries have not been checked against the TIP Report yet. "
        f"Of all 30 ranked countries, 12 have an unchecked tier. {doubt} "
        "Check a tier before you rely on a movement it causes."
    )
    one = unchecked_text(ranking([ranking_row("A", rank=1, tier_quality="unconfirmed")]))
    assert "Of all 1 ranked countries, 1 has an unchecked tier." in one


def unchecked_text(found: Ranking) -> str:
    tiers = unconfirmed_of(found.ranked, found.first)
    return fragment_text("shared/_unchecked_tiers.html", run={"pk": 7}, ranking=found, tiers=tiers)
