"""Lead and bars of a run with all-in draws, on findings built by hand."""

from __future__ import annotations

from typing import Any

import pytest

from selection.how_sure.presenters import all_in as all_in_presenters
from selection.runs.queries.all_in import AllInFindings
from tests.selection.how_sure.all_in import (
    PERIODS,
    SHARES,
    WIDTHS,
    facts,
    nothing_overdue,
    outcome,
    overdue,
    statement,
)
from tests.selection.how_sure.built import ranked, sure
from tests.support.fragments import bold_and_rest
from tests.support.rows import ranking_row

RANKED = ranked(81, group="open")
WHOLE = "A typical rank could be anywhere within 55 places, and most of that comes from old data."
DATA = "Data alone cause 55% of the differences between draws, 73% together with weights or method."


def lead(found: AllInFindings, rows: Any = None) -> tuple[str, str]:
    finding = all_in_presenters.lead(sure(RANKED if rows is None else rows), found, PERIODS)
    return bold_and_rest("how_sure/_finding_all_in.html", finding=finding)


def test_lead_gives_width_largest_cause_and_removable_part() -> None:
    removable = "One large part, the tiers of 2025, can be removed: load the 2026 TIP Report."
    assert lead(facts()) == (WHOLE, f"{DATA} {removable}")


@pytest.mark.parametrize(
    ("width", "start"), [(27.0, "One part, "), (27.5, "One large part, "), (28.0, "One large part, ")]
)
def test_a_part_is_large_from_half_of_the_whole(width: float, start: str) -> None:
    assert f"{DATA} {start}" in lead(facts(widths={**WIDTHS, "overdue": width}))[1]


def test_two_overdue_editions_are_removed_by_the_newest() -> None:
    found = facts(overdue=(overdue("2026"), overdue("2027")))
    assert lead(found)[1].endswith("One large part, the tiers of 2025, can be removed: load the 2027 TIP Report.")


def test_nothing_can_be_removed_if_no_edition_is_overdue() -> None:
    assert lead(nothing_overdue()) == (WHOLE, DATA)


@pytest.mark.parametrize(
    ("found", "sentence"),
    [
        (
            nothing_overdue(statements=(statement(),)),
            "A. Analyst recorded that the 2026 TIP Report was not published by Nov 20, 2026, so the tiers of 2025 "
            "are exact.",
        ),
        (
            nothing_overdue(statements=(statement(who=""),)),
            "By a recorded statement, the 2026 TIP Report was not published by Nov 20, 2026, so the tiers of 2025 are "
            "exact.",
        ),
        (
            facts(overdue=(overdue("2027"),), statements=(statement(),)),
            "A. Analyst recorded that the 2026 TIP Report was not published by Nov 20, 2026.",
        ),
    ],
)
def test_a_statement_that_counted_is_named(found: AllInFindings, sentence: str) -> None:
    assert lead(found)[1].endswith(f" {sentence}")


def shares(data: float, weights: float, designs: float) -> dict[str, Any]:
    alone = {"data": [data, 0.7], "weights": [weights, 0.6], "designs": [designs, 0.5]}
    return {"everyone": alone, "first": alone}


@pytest.mark.parametrize(
    ("parts", "widths", "end", "cause"),
    [
        (shares(0.5, 0.3, 0.1), {}, "most of that comes from old data.", "Data alone cause 50%"),
        (shares(0.49, 0.3, 0.1), {}, "the largest part of that comes from old data.", "Data alone cause 49%"),
        (
            shares(0.6, 0.1, 0.1),
            {"measurement": 44.0},
            "most of that comes from errors of the figures.",
            "Data alone cause 60%",
        ),
        (
            shares(0.3, 0.6, -0.001),
            {},
            "most of that comes from the weights.",
            "The weights alone cause 60% of the differences between draws, 60% together with data or method.",
        ),
        (
            shares(0.2, 0.3, 0.4),
            {},
            "the largest part of that comes from the choice of method.",
            "The choice of method alone causes 40% of the differences between draws, 50% together with data or",
        ),
    ],
)
def test_the_cause_is_the_group_with_the_largest_share(
    parts: dict[str, Any], widths: dict[str, float], end: str, cause: str
) -> None:
    finding, rest = lead(nothing_overdue(decomposition=parts, widths={**WIDTHS, **widths}))
    assert finding.endswith(end)
    assert rest.startswith(cause)


def test_a_run_in_which_nothing_varies_names_no_cause() -> None:
    found = nothing_overdue(decomposition=shares(0.0, 0.0, 0.0), widths={**WIDTHS, "total": 1.0})
    assert lead(found) == ("A typical rank could be anywhere within 1 place.", "")
    still = nothing_overdue(decomposition=shares(0.0, 0.0, 0.0), widths={**WIDTHS, "total": 0.0})
    assert lead(still) == ("No draw moves a typical rank.", "")


@pytest.mark.parametrize(
    ("count", "values", "finding"),
    [
        (0, {}, "No country is ranked, so there is no order to assess."),
        (1, {"group": "in"}, "One country is ranked, so it is certain to be in the first 20."),
        (20, {"group": "in"}, "All 20 countries with a rank are in the first 20."),
        (21, {"group": "open"}, WHOLE),
    ],
)
def test_the_finding_depends_on_how_many_are_ranked(count: int, values: dict[str, Any], finding: str) -> None:
    widths = {**WIDTHS, "total": 0.0} if count == 1 else WIDTHS
    assert lead(facts(widths=widths), ranked(count, **values))[0] == finding


def test_few_ranked_countries_are_all_in_and_their_order_is_still_in_doubt() -> None:
    assert lead(facts(), ranked(20, group="in"))[1].startswith(f"{WHOLE} ")


def test_without_draws_there_is_no_width() -> None:
    found = facts(now=outcome(0, None), settled=None, widths={}, decomposition={})
    assert lead(found, ranked(25))[0] == "25 countries are ranked, and no draws were made."
    assert all_in_presenters.bars(sure(ranked(25)), found, PERIODS, adopted=False) == []
    assert all_in_presenters.shares(found) == []


# ---- bars ----------------------------------------------------------------------------------------------------------


def bars(found: AllInFindings, *, adopted: bool = False) -> list[tuple[str, str, int, str]]:
    drawn = all_in_presenters.bars(sure([ranking_row("A", rank=1)]), found, PERIODS, adopted=adopted)
    return [(bar["label"], bar["note"], bar["width"], bar["kind"]) for bar in drawn]


NONE_MISSING = "filled from similar countries; in at least half of the countries, none moves the rank"


def test_bars_are_sorted_and_tiers_are_a_part_of_age() -> None:
    assert bars(facts()) == [
        ("Age of the figures, tiers included", "what may have changed since", 43, ""),
        ("of that: tiers of 2025", "2026 TIP Report missing", 28, "is-part"),
        ("Weights", "not adopted by the office", 20, ""),
        ("Method", "1,152 ways to make the list", 20, ""),
        ("Error of the figures", "as measured or published", 16, ""),
        ("Other series used", "for a missing one", 3, ""),
        ("Missing values", NONE_MISSING, 0, ""),
        ("All together", "47 if no tier changes", 55, "is-sum"),
    ]


def test_a_bar_of_missing_values_that_is_not_0_needs_no_median() -> None:
    notes = {label: note for label, note, *_ in bars(facts(widths={**WIDTHS, "missing": 0.6}))}
    assert notes["Missing values"] == "filled from similar countries"


def test_without_an_overdue_edition_there_is_neither_a_part_nor_a_post() -> None:
    drawn = all_in_presenters.bars(sure([ranking_row("A", rank=1)]), nothing_overdue(), PERIODS, adopted=True)
    assert [bar["label"] for bar in drawn][:2] == ["Age of the figures", "Weights"]
    assert drawn[1]["note"] == "as the office adopted them"
    assert (drawn[-1]["label"], drawn[-1]["note"]) == ("All together", "")
    assert "k-medline" not in drawn[-1]["mark"]
    assert not any(bar["kind"] == "is-part" for bar in drawn)


def test_the_post_is_at_the_width_if_no_tier_changes() -> None:
    *_, whole = all_in_presenters.bars(sure([ranking_row("A", rank=1)]), facts(), PERIODS, adopted=False)
    # The scale of 420 ends at 60, the next ten above 55: 47 is at 329, 55 at 385.
    assert 'd="M329 0L329 16"' in whole["mark"]
    assert 'width="385"' in whole["mark"]


def test_widest_doubt_comes_first() -> None:
    found = facts(widths={**WIDTHS, "weights": 44.0})
    labels = [label for label, *_ in bars(found)]
    assert labels[:3] == ["Weights", "Age of the figures, tiers included", "of that: tiers of 2025"]


def test_two_missing_editions_are_named() -> None:
    found = facts(overdue=(overdue("2026"), overdue("2027")))
    assert bars(found)[1][1] == "2026 TIP Report and 2027 TIP Report missing"


def test_shares_are_of_all_and_of_the_first() -> None:
    rows = all_in_presenters.shares(facts())
    assert [(row.label, row.alone, row.together, row.first_alone, row.first_together) for row in rows] == [
        ("Data", "55%", "73%", "61%", "80%"),
        ("Weights", "14%", "27%", "11%", "25%"),
        ("Choice of method", "11%", "24%", "7%", "18%"),
    ]
    below = {**SHARES, "first": {**SHARES["first"], "designs": [-0.004, 0.01]}}
    assert all_in_presenters.shares(facts(decomposition=below))[2].first_alone == "0%"
