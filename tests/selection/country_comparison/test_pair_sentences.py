"""Sentences on pairs of countries and their cards, on rows built by hand."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any, cast

import pytest

from selection.countries.queries.screen import Screen
from selection.country_comparison.presenters.sentences import (
    cards,
    neighbors_first,
    pair_rows,
    verdict,
    what_if_weights,
)
from selection.country_comparison.queries import Compared, CountryPair, FlipChange, closest
from selection.models import CountryStatus
from selection.pool_rules.policy import PartnershipTerm
from selection.runs.rows import Chance, RankingRow, Weak
from tests.selection.countries import screens
from tests.selection.countries.screens import DAY, estimate, indicator, observation, statement
from tests.support.fragments import fragment_text
from tests.support.rows import ranking, ranking_row

NAMES = {"A": "Ghana", "B": "Senegal", "C": "Nepal"}
BIRTHS = indicator(code="wdi.birth_registration")


def screen(code: str, **values: Any) -> Screen:
    lines = [screens.line("births", estimate(low=6.0, high=45.0, error=0.3))]
    used = {"births": (statement(observation(1, 70.6, indicator=BIRTHS)),)}
    found = screens.screen(lines=lines, statements=used, **values)
    return dataclasses.replace(found, country=type(found.country)(code=code, name=NAMES[code]))


def pair(first: str = "A", second: str = "B", share: float | None = 0.7, **values: Any) -> CountryPair:
    known: dict[str, Any] = {"crossing": None, "now": None, "axis_favors": "", "change": None, "gaps": {"cpi": 2.04}}
    return CountryPair(first, second, share, **{**known, **values})


def compared(*pairs: CountryPair, rows: tuple[RankingRow, ...] = (), is_asked_again: bool = True) -> Compared:
    found = rows or tuple(ranking_row(code, NAMES[code], rank=number) for number, code in enumerate(NAMES, 7))
    shown = tuple(screen(row.code) for row in found)
    return Compared(cast("Any", None), ranking(found), found, shown, pairs, is_asked_again)


def verdict_text(found: Compared) -> str:
    return fragment_text("country_comparison/_verdict.html", verdict=verdict(found, pair_rows(found)))


TWO = (ranking_row("A", "Ghana", rank=7), ranking_row("B", "Senegal", rank=9))
SCORES = "Ghana scores 2.0 points higher. In its favor: Corruption Perceptions Index (+2.0)."
NOTHING = "No single change would reverse the order."


@pytest.mark.parametrize(
    ("share", "first", "rest"),
    [
        (0.7, "Ghana is ahead of Senegal.", "Ghana is above in 70% of draws."),
        (0.6, "Ghana is ahead of Senegal.", "Ghana is above in 60% of draws."),
        (0.59, "Ghana and Senegal are too close to call.", "Ghana is above in 59% of draws."),
        (0.41, "Ghana and Senegal are too close to call.", "Ghana is above in 41% of draws."),
        (
            0.4,
            "Senegal is ahead of Ghana in most draws.",
            "Ghana is above in 40% of draws, although best estimates put Ghana above.",
        ),
    ],
)
def test_pair_sentence_gives_the_share_of_draws(share: float, first: str, rest: str) -> None:
    text = verdict_text(compared(pair(share=share), rows=TWO))
    assert text == f"{first} Ghana is ranked 7 and Senegal 9. {rest} {SCORES} {NOTHING}"


@pytest.mark.parametrize(
    ("status", "text"),
    [
        (CountryStatus.PROVISIONAL, "Senegal has no rank: it is provisional. "),
        (CountryStatus.OUTSIDE_POOL, "Senegal has no rank: it is outside the pool. "),
    ],
)
def test_pair_explains_a_missing_rank(status: str, text: str) -> None:
    rows = (TWO[0], ranking_row("B", "Senegal", status=status))
    assert f"Senegal. {text}Ghana is above in 70%" in verdict_text(compared(pair(), rows=rows))


def test_countries_that_are_in_no_pair_cannot_be_placed() -> None:
    rows = (
        *TWO,
        ranking_row("C", "Nepal", status=CountryStatus.NOT_RANKABLE),
    )
    assert verdict_text(compared(pair(), rows=rows)).endswith(
        " Nepal cannot be placed: no fact of need has been published."
    )
    assert verdict_text(compared(rows=(dataclasses.replace(TWO[0], rank=None),))) == (
        "These countries cannot be put in order. Their values are below. Ghana cannot be placed: its figures do not "
        "result in a score."
    )


def test_pair_without_values_gives_only_the_ranks() -> None:
    rows = (TWO[1], ranking_row("C", "Nepal"), TWO[0])
    text = verdict_text(compared(rows=rows, is_asked_again=False))
    assert text.startswith("In the list: Ghana 7 and Senegal 9. More detail is not available")
    text = verdict_text(compared(rows=rows[1:2], is_asked_again=False))
    assert text.startswith("These countries cannot be put in order. More detail")


def test_without_draws_the_order_is_that_of_the_best_estimates() -> None:
    text = verdict_text(compared(pair(share=None), pair("A", "C"), pair("B", "C")))
    assert text.startswith("By best estimates Ghana is above Senegal and Nepal. This run has no draws")


def test_of_three_those_without_a_rank_and_the_widest_gap_are_named() -> None:
    rows = (*TWO, ranking_row("C", "Nepal", status=CountryStatus.PROVISIONAL))
    pairs = (
        pair(gaps={"cpi": 2.0, "births": -5.5}),
        pair("A", "C", 0.9, gaps={"marriage": 5.4}),
        pair("B", "C", 0.9, gaps={}),
    )
    text = verdict_text(compared(*pairs, rows=rows))
    assert "It is above Senegal in 70% of draws and Nepal in 90%." in text
    assert "The widest gap is births not registered: Senegal is 5.5 points ahead of Ghana." in text
    assert text.endswith("Nepal has no rank: it is provisional.")
    turned = tuple(dataclasses.replace(one, gaps={key: -value for key, value in one.gaps.items()}) for one in pairs)
    assert "births not registered: Ghana is 5.5 points ahead of Senegal." in verdict_text(compared(*turned, rows=rows))
    none = tuple(dataclasses.replace(one, gaps={}) for one in pairs)
    assert "widest" not in verdict_text(compared(*none, rows=rows))


@pytest.mark.parametrize(
    ("gaps", "text"),
    [
        ({"cpi": 2.04}, "Ghana scores 2.0 points higher. In its favor: Corruption Perceptions Index (+2.0)."),
        (
            {"cpi": 3.0, "births": -1.0},
            "Ghana scores 2.0 points higher. In its favor: Corruption Perceptions Index (+3.0). In favor of "
            "Senegal: births not registered (+1.0).",
        ),
        (
            {"cpi": 0.1, "births": 0.09},
            "Ghana scores 0.2 points higher. In its favor: Corruption Perceptions Index (+0.1). All other factors "
            "together add 0.1 to the lead.",
        ),
        (
            {"cpi": 1.0, "births": 0.02},
            "Ghana scores 1.0 points higher. In its favor: Corruption Perceptions Index (+1.0).",
        ),
        (
            {"tier": 5.0, "cpi": 4.0, "births": -3.0, "marriage": 2.0, "literacy": -1.0},
            "Ghana scores 7.0 points higher. In its favor: TIP Report tier (+5.0), Corruption Perceptions Index "
            "(+4.0) and child marriage (+2.0). In favor of Senegal: births not registered (+3.0). All other factors "
            "together take 1.0 from the lead.",
        ),
    ],
)
def test_a_lead_is_explained_by_its_four_largest_factors(gaps: dict[str, float], text: str) -> None:
    (row,) = pair_rows(compared(pair(gaps=gaps), rows=TWO))
    assert fragment_text("country_comparison/_pair_why.html", row=row) == text


CHANGE = FlipChange("A", "births", 1.0, 29.4, 33.25)
FIGURE = "births not registered in Ghana were 33.2% or higher (now counted as 29.4%; 6 to 45% in 90% of draws)"
CLOSEST = FIGURE.replace("were", "at")


@pytest.mark.parametrize(
    ("values", "flips", "cannot"),
    [
        ({}, (), ("No single figure would, even far outside its usual range.",)),
        ({"change": CHANGE}, (FIGURE,), ()),
        ({"change": dataclasses.replace(CHANGE, errors=-1.645)}, (FIGURE,), ()),
        (
            {"change": dataclasses.replace(CHANGE, errors=1.646)},
            (),
            (f"No single figure would within its usual range. The closest: {CLOSEST}.",),
        ),
        (
            {"change": dataclasses.replace(CHANGE, errors=-1.646)},
            (),
            (f"No single figure would within its usual range. The closest: {CLOSEST}.",),
        ),
        (
            {"change": dataclasses.replace(CHANGE, value=20.0)},
            (FIGURE.replace("33.2% or higher", "20.0% or lower"),),
            (),
        ),
        (
            {"change": dataclasses.replace(CHANGE, value=29.41)},
            (FIGURE.replace("33.2%", "29.410%").replace("29.4%;", "29.400%;"),),
            (),
        ),
        (
            {"change": CHANGE, "now": 0.5, "crossing": 0.62},
            ("need counted for about 62% of the score or more (now 50%)", FIGURE),
            (),
        ),
        (
            {"change": CHANGE, "now": 0.5, "crossing": 0.38},
            ("need counted for about 38% of the score or less (now 50%)", FIGURE),
            (),
        ),
        (
            {"change": CHANGE, "now": 0.5, "crossing": 0.504},
            ("need counted for about 50.4% of the score or more (now 50%)", FIGURE),
            (),
        ),
        (
            {"change": CHANGE, "now": 0.5},
            (FIGURE,),
            ("No weight of need against feasibility would: Ghana leads on both.",),
        ),
    ],
)
def test_what_reverses_a_pair_and_what_does_not(
    values: dict[str, Any], flips: tuple[str, ...], cannot: tuple[str, ...]
) -> None:
    text = fragment_text("country_comparison/_pair_table.html", rows=pair_rows(compared(pair(**values), rows=TWO)))
    sentences = " ".join(filter(None, (", or if ".join(flips), *cannot)))
    assert text.endswith(f"{SCORES} {sentences}")


def test_the_verdict_names_changes_without_their_ranges() -> None:
    text = verdict_text(compared(pair(change=CHANGE, now=0.5, crossing=0.62), rows=TWO))
    assert text.endswith(
        "The order would reverse if need counted for about 62% of the score or more (now 50%), or if births not "
        "registered in Ghana were 33.2% or higher (now counted as 29.4%)."
    )


def test_pairs_of_neighbors_come_before_the_others() -> None:
    found = compared(pair(), pair("A", "C", 0.5), pair("B", "C", None))
    beside, rest = neighbors_first(pair_rows(found))
    assert [(row.first.name, row.second.name, row.outcome) for row in beside] == [
        ("Ghana", "Senegal", "ahead"),
        ("Senegal", "Nepal", ""),
    ]
    assert [(row.first.name, row.second.name, row.outcome) for row in rest] == [("Ghana", "Nepal", "level")]


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0.7, "Ghana and Senegal 70%of draws have Ghana above"),
        (0.5, "Ghana and Senegal 50%of draws have Ghana above: too close to call"),
        (None, "Ghana and Senegal \N{EN DASH}"),
    ],
)
def test_a_pair_shows_its_share_of_draws(share: float | None, text: str) -> None:
    rows = pair_rows(compared(pair(share=share), rows=TWO))
    assert f" {text} {SCORES}" in fragment_text("country_comparison/_pair_table.html", rows=rows)


@pytest.mark.parametrize(
    ("crossing", "now", "share"),
    [
        (0.62, 0.5, "63"),
        (0.625, 0.5, "63"),
        (0.38, 0.5, "37"),
        (0.375, 0.5, "37"),
        (0.999, 0.5, "100"),
        (1.0, 0.5, "100"),
        (0.001, 0.5, "0"),
        (0.0, 0.5, "0"),
        (None, 0.5, ""),
        (0.5, None, ""),
    ],
)
def test_the_weights_that_reverse_a_pair_are_a_whole_step_beyond(
    crossing: float | None, now: float | None, share: str
) -> None:
    found = compared(pair(now=0.5), pair("A", "C", crossing=crossing, now=now), pair("B", "C", crossing=0.9, now=None))
    expected = [("w-need", share), ("w-feasibility", str(100 - int(share)))] if share else []
    assert what_if_weights(found) == expected


# ---- cards ---------------------------------------------------------------------------------------------------------

ONE = dt.timedelta(days=1)


def card(row: RankingRow, **values: Any) -> list[tuple[str, str, str]]:
    found = Compared(cast("Any", None), ranking([row]), (row,), (screen("A", **values),), (), True)
    return [(fact.term, fact.value, fact.note) for fact in cards(found)[0].facts]


@pytest.mark.parametrize(
    ("values", "fact"),
    [
        ({"rank": 7, "low": 3, "high": 12, "place": 8}, ("Rank", "7", "3 to 12")),
        ({"rank": 7}, ("Rank", "7", "")),
        ({"status": "provisional", "low": 3, "high": 12, "place": 8}, ("Rank", "Provisional", "place 3 to 12")),
        ({"status": "provisional"}, ("Rank", "Provisional", "")),
        ({"status": "outside_pool", "low": 3, "high": 12, "place": 8}, ("Rank", "None", "would take 8")),
        ({"status": "outside_pool"}, ("Rank", "None", "")),
        ({"status": "not_rankable", "place": 8}, ("Rank", "None", "")),
    ],
)
def test_a_card_has_the_rank_or_the_place(values: dict[str, Any], fact: tuple[str, str, str]) -> None:
    assert card(ranking_row("A", "Ghana", **values))[0] == fact


def test_a_card_has_the_chance_both_axes_the_hurdle_partnerships_and_gaps() -> None:
    row = ranking_row(
        "A", "Ghana", rank=7, p20=0.796, need=61.26, feasibility=44.0, hurdles={"corruption": Chance("pass", 0.97)},
        former=(PartnershipTerm("A", "Old", dt.date(2015, 6, 1), dt.date(2020, 6, 1)),),
        weak=Weak(filled=("births", "marriage")),
    )  # fmt: skip
    now = PartnershipTerm("A", "New", DAY, DAY + ONE)
    assert card(row, terms=[now])[1:] == [
        ("First 20", "79.6%", ""),
        ("Need", "61.3", ""),
        ("Feasibility", "44.0", ""),
        ("Corruption hurdle", "Likely pass", ""),
        ("Partnership", "2015 to 2020 and since 2026", ""),
        ("Not known or old", "Filled from peers: births not registered and child marriage", ""),
    ]
    assert ("Partnership", "Since 2026", "") in card(ranking_row("A", "Ghana", rank=7), terms=[now])
    ended = PartnershipTerm("A", "New", DAY - ONE, DAY)
    bare = ranking_row("A", "Ghana", status="not_rankable", need=50.0, weak=Weak(filled=("births", "marriage", "cpi")))
    assert card(bare, terms=[ended])[2:] == [
        ("Need", "Not known", ""),
        ("Feasibility", "\N{EN DASH}", ""),
        ("Partnership", "None recorded", ""),
        ("Not known or old", "3 of 1 values not known", ""),
    ]
    assert card(ranking_row("A", "Ghana", rank=1))[-1] == ("Not known or old", "Nothing", "")


# ---- countries to compare with -------------------------------------------------------------------------------------


def numbered(count: int) -> list[RankingRow]:
    return [ranking_row(f"C{n}", rank=n, place=n, need=10.0 * n, feasibility=50.0) for n in range(1, count + 1)]


@pytest.mark.parametrize(
    ("place", "neighbors"),
    [(1, ["C2", "C3"]), (2, ["C1", "C3"]), (5, ["C4", "C6"]), (8, ["C6", "C7"])],
)
def test_the_neighbors_of_a_country_stand_on_either_side(place: int, neighbors: list[str]) -> None:
    rows = numbered(8)
    found, _ = closest(ranking(rows), rows[place - 1])
    assert [row.code for row in found] == neighbors


def test_unranked_country_has_neighbors_by_position_and_by_likeness() -> None:
    rows = numbered(8)
    apart = ranking_row("X", status="provisional", place=4, need=71.0, feasibility=50.0)
    neighbors, similar = closest(ranking(rows, [apart]), apart)
    assert [row.code for row in neighbors] == ["C3", "C4"]
    assert [row.code for row in similar] == ["C7", "C8"]
    nowhere = dataclasses.replace(apart, place=None)
    neighbors, similar = closest(ranking(rows, [nowhere]), nowhere)
    assert [row.code for row in neighbors] == ["C1", "C2"]
    assert similar == ()
