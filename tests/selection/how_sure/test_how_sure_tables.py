"""Tables of How sure: headings, which of their columns are figures, and whole rows."""

from __future__ import annotations

from selection.how_sure.presenters import folds, in_effect, weights
from selection.how_sure.presenters.all_in import ShareRow
from selection.how_sure.presenters.weights import WeightRow
from tests.selection.how_sure import all_in
from tests.selection.how_sure.built import ranked, sure
from tests.selection.how_sure.test_how_sure_export import GHANA
from tests.support.rows import ranking_row
from tests.support.tables import body, headings, look, rendered

STACKED, FIGURES = "usa-table c-stack", "usa-table c-stack c-figures"
DASH = "\N{EN DASH}"
FOUND = sure([GHANA, *ranked(3)])
BARE = ranking_row("TGO", "Togo", rank=4)


def test_each_country_has_its_ranges_and_shares() -> None:
    table = folds.countries_table(FOUND, all_in.facts(), "?run=7")
    assert headings(table) == [
        "Rank num",
        "Country",
        "Range, all together num",
        "Data and weights alone num",
        "Draws in the first 20 num",
        "Data and weights alone num",
        "Range if no tier changes num",
        "In the first 20 if no tier changes num",
    ]
    assert look(table) == (FIGURES, 0)
    assert body(table, [GHANA, BARE]) == [
        [
            "Rank: 3 / num",
            "Ghana head",
            f"Range: 1{DASH}12 / num u-nowrap",
            f"Data and weights alone: 1{DASH}43 / num u-nowrap",
            "Draws in the first: 79.6% / num",
            "Data and weights alone: 82% / num",
            f"Range if no tier changes: 1{DASH}32 / num u-nowrap",
            "In the first 20 if no tier changes: 86% / num",
        ],
        [
            "Rank: 4 / num",
            "Togo head",
            f"Range: {DASH} / num u-nowrap",
            f"Data and weights alone: {DASH} / num u-nowrap",
            f"Draws in the first: {DASH} / num",
            f"Data and weights alone: {DASH} / num",
            f"Range if no tier changes: {DASH} / num u-nowrap",
            f"In the first 20 if no tier changes: {DASH} / num",
        ],
    ]
    assert 'href="/countries/GHA/?run=7"' in rendered(table, [GHANA])
    assert headings(folds.countries_table(FOUND, all_in.nothing_overdue(), ""))[6:] == []


def test_countries_under_free_weights() -> None:
    table = folds.free_table(FOUND, "?run=7")
    assert headings(table) == [
        "Country",
        "Rank num",
        "Weightings in the first 20 num",
        "Typical weight of need in those num",
        "Draws in the first 20 with typical weights num",
    ]
    assert look(table) == (FIGURES, 0)
    few = ranking_row("TGO", "Togo", rank=4, all_in=all_in.figures(0.02, None))
    assert body(table, [GHANA, few]) == [
        [
            "Ghana head",
            "Rank: 3 / num",
            "Weightings in the first 20: 84% / num",
            "Typical weight of need in those: 61% / num",
            "Draws in the first 20 with typical weights: 95% / num",
        ],
        [
            "Togo head",
            "Rank: 4 / num",
            "Weightings in the first 20: 2% / num",
            f"Typical weight of need in those: {DASH} / num",
            f"Draws in the first 20 with typical weights: {DASH} / num",
        ],
    ]
    assert 'href="/countries/GHA/?run=7"' in rendered(table, [GHANA])


def test_shares_of_the_differences_and_choices() -> None:
    shares = folds.shares_table(12)
    heads = ["What varies", "Alone num", "With the others num", "Alone, first 12 num", "With the others, first 12 num"]
    assert (headings(shares), look(shares)) == (heads, (FIGURES, 0))
    assert body(shares, [ShareRow("Data", "55%", "73%", "61%", "80%")]) == [
        [
            "Data head",
            "Alone: 55% / num",
            "With the others: 73% / num",
            "Alone, first 12: 61% / num",
            "With the others, first 12: 80% / num",
        ]
    ]
    choices = folds.choices_table(FOUND)
    share = f"Share of the differences between {FOUND.ranking.designs:,} lists"
    assert (headings(choices), look(choices)) == (["Choice", f"{share} num"], (STACKED, 0))
    assert body(choices, [("Scale of need", "as is; logarithmic", "12%")]) == [
        ["Scale of need as is; logarithmic head", f"{share}: 12% / num"]
    ]


def test_the_room_of_each_weight() -> None:
    table = weights.weights_table(FOUND)
    assert headings(table) == ["Weight", "Today num", "All 4 stay num", "4 stay num", "3 stay num", "Below", "Above"]
    assert look(table) == (STACKED, 0)
    row = WeightRow("Need", "50%", "48% to 55%", "40% to 60%", "30% to 70%", "48%: Togo", "55%: Mali")
    assert body(table, [row]) == [
        [
            "Need head",
            "Today: 50% / num",
            "All 4 stay: 48% to 55% / num u-nowrap",
            "4 stay: 40% to 60% / num u-nowrap",
            "3 stay: 30% to 70% / num u-nowrap",
            "Below: 48%: Togo",
            "Above: 55%: Mali",
        ]
    ]


def test_weights_in_effect_are_figures() -> None:
    assert headings(in_effect.TABLE) == [
        "Criterion",
        "Nominal weight num",
        "Effective importance num",
        "Do its points rise with the total?",
    ]
    assert look(in_effect.TABLE) == (FIGURES, 0)
