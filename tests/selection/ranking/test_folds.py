"""Findings folded below the list of a ranking."""

from __future__ import annotations

import pytest

from selection.ranking.presenters import folds
from selection.ranking.queries.findings import pool_counts
from selection.runs.queries.all_in import (
    AllInFindings,
    Unconfirmed,
)
from selection.runs.rows import Ranking
from tests.selection.ranking.test_lead import findings, outcome
from tests.support.fragments import fragment_text
from tests.support.rows import former_table, ranking, ranking_row


def fold_text(name: str, found: Ranking, drawn: AllInFindings | None = None) -> str:
    facts = folds.folds(found, pool_counts(found), drawn)
    return fragment_text(f"ranking/_fold_{name}.html", folds=facts, ranking=found, run={"pk": 7}, is_newest=True)


def test_first_countries_outside_the_commonest_region_are_named() -> None:
    rows = [ranking_row(f"C{n:02d}", rank=n) for n in range(1, 19)]
    rows += [ranking_row(f"D{n}", rank=n, region="Near East") for n in range(19, 26)]
    told = fold_text("region", ranking(rows))
    assert told.startswith("Before you drop a country. The figures on need do not show every form of trafficking.")
    assert told.endswith(
        "18 of the first 20 are in Africa. Of all 25 ranked countries, 18 are. "
        "The first outside it are D19 (19), D20 (20), D21 (21), D22 (22) and D23 (23)."
    )
    assert "The first outside it is D19 (19)." in fold_text("region", ranking(rows[:19]))
    assert "outside it" not in fold_text("region", ranking(rows[:1]))


@pytest.mark.parametrize(("share", "can"), [(0.59, "cannot"), (0.6, "can"), (0.61, "can")])
def test_neighbors_are_distinct_from_sixty_percent_of_draws(share: float, can: str) -> None:
    told = fold_text("neighbors", ranking(table=former_table(), neighbors={1: share, 20: 0.75}))
    assert told == (
        f"Neighbors in the list {can} be told apart. The higher one comes out ahead in {round(100 * share)}% of draws. "
        "By rank, it is 75% for two that are 20 apart. How sure is the order?"
    )
    assert "These draws vary data and weights, not the method." in fold_text("neighbors", ranking(neighbors={1: share}))
    other = ranking(neighbors={20: 0.75})
    assert folds.folds(other, pool_counts(other), None)["neighbors"] is None


@pytest.mark.parametrize(
    ("parts", "sentence"),
    [
        (
            {"data": [0.55, 0.73], "weights": [0.14, 0.27], "designs": [0.11, 0.24]},
            "Most of the doubt is data: 55% of the variance of ranks, with interactions 73%.",
        ),
        (
            {"data": [0.4, 0.5], "weights": [0.14, 0.27], "designs": [0.501, 0.6]},
            "Most of the doubt is method: 50% of the variance of ranks, with interactions 60%.",
        ),
        (
            {"data": [0.3, 0.7], "weights": [0.5, 0.6], "designs": [0.2, 0.3]},
            "The largest part of the doubt is weights: 50% of the variance of ranks, with interactions 60%.",
        ),
    ],
)
def test_most_of_the_doubt_is_named_with_its_share_alone_and_together(
    parts: dict[str, list[float]], sentence: str
) -> None:
    found = AllInFindings((), (), outcome(0, 1, 0), None, Unconfirmed(0, 1, 0, 1), {"everyone": parts})
    assert sentence in fold_text("neighbors", ranking(neighbors={1: 0.5}), found)
    assert "doubt" not in fold_text("neighbors", ranking(neighbors={1: 0.5}), findings(outcome(0, 1, 0)))


def test_without_draws_of_the_method_the_widest_source_of_doubt_is_named() -> None:
    widths = {"age": 5, "missing": 9, "weights": 5, "total": 12, "data": 11}
    rows = [ranking_row("A", rank=1, widths=widths)]
    assert fold_text("neighbors", ranking(rows, table=former_table(), neighbors={1: 0.5})).startswith(
        "Neighbors in the list cannot be told apart. The higher one comes out ahead in 50% of draws. "
        "Most of the doubt comes from values filled from peers: it alone spreads a typical rank over 9 places."
    )
    rows = [ranking_row("A", rank=1, widths={"total": 3})]
    assert folds.most_doubt(ranking(rows), None) is None


def test_unconfirmed_tiers_are_counted_among_the_first_and_among_all() -> None:
    rows = [ranking_row(f"C{n:02d}", rank=n, tier_quality="unconfirmed" if n > 18 else "stated") for n in range(1, 31)]
    told = fold_text("tiers", ranking(rows))
    assert told.startswith("Not confirmed: the tiers of 2 of the first 20, and of 12 of the 30. They are compiled")
    assert told.endswith("removes a mark, not a doubt.")


@pytest.mark.parametrize(
    ("found", "terms"),
    [
        (
            ranking([ranking_row("A", rank=1, group="in")]),
            "A draw computes the list again with values, weights, and method varied within their doubt. Firmly in "
            "means in the first 20 in at least 80% of draws, firmly out in under 5%, and open is everything between.",
        ),
        (
            ranking([ranking_row("A", rank=1, group="in")], table=former_table()),
            "A draw computes the list again with other values and weights, within their doubt. A method is another way "
            "to compute it (768 methods). Firmly in means in the first 20 in at least 80% of draws and 90% of methods, "
            "firmly out in under 5% of draws and of methods, and open is everything between.",
        ),
        (ranking([ranking_row("A", rank=1)]), ""),
    ],
)
def test_the_groups_are_defined_as_in_the_model_of_the_run(found: Ranking, terms: str) -> None:
    facts = folds.folds(found, pool_counts(found), None)
    told = fragment_text("ranking/_ranking_terms.html", folds=facts, ranking=found)
    assert told == f"Need and feasibility run from 0 to 100. {terms}".strip()
