"""Counts, filters, order, and cells of a ranking's rows, on rows built by hand."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from typing import Any

import pytest
from django.utils.safestring import SafeString

from selection.models import CountryStatus
from selection.pool_rules.policy import AdmissionRow, PartnershipTerm, PolicyRow, Reason
from selection.pool_rules.pools import PoolInputs
from selection.ranking.presenters import cells as cells_presenters
from selection.ranking.presenters.export import fields
from selection.ranking.queries.findings import (
    Concentration,
    concentration,
    groups_of,
    median_widths,
    pool_counts,
)
from selection.ranking.queries.listing import NOT_RANKABLE, OUTSIDE, RANKED, Wanted, in_order, in_the_way, narrowed
from selection.runs.all_in_figures import AllInFigures, DrawnRanks, FreeWeighting
from selection.runs.rows import Chance, RankingRow
from tests.selection.countries.screens import DAY
from tests.support.rows import former_table, ranking, ranking_row

ONE = dt.timedelta(days=1)
DASH = "\N{EN DASH}"


def codes(rows: Any) -> str:
    return "".join(row.code for row in rows)


# ---- counts --------------------------------------------------------------------------------------------------------


def test_groups_follow_the_draws_and_open_countries_are_near_the_line() -> None:
    rows = [ranking_row(code, rank=rank, group=group) for code, rank, group in [
        ("A", 1, "in"), ("B", 19, "open"), ("C", 20, "open"), ("D", 21, "open"), ("E", 22, "out"),
    ]]  # fmt: skip
    found = groups_of(ranking(rows))
    assert found is not None
    assert (codes(found.inside), codes(found.open), codes(found.outside)) == ("A", "BCD", "E")
    assert groups_of(ranking([ranking_row("A", rank=1)])) is None


def test_the_region_with_most_of_the_first_is_named_by_name_in_a_tie() -> None:
    rows = [ranking_row(f"C{n}", rank=n, region="Near East" if n % 2 else "Africa") for n in range(1, 23)]
    assert concentration(ranking(rows)) == Concentration("Africa", 10, 20, 11, 22)
    assert concentration(ranking([*rows, ranking_row("X", rank=2, region="Near East")])) == Concentration(
        "Near East", 11, 21, 12, 23
    )
    assert concentration(ranking([ranking_row("A", rank=1, region="")])) is None


@pytest.mark.parametrize(("first", "uneven"), [(15, False), (16, True)])
def test_a_region_is_uneven_from_more_than_half_again(first: int, uneven: bool) -> None:
    assert Concentration("Africa", first, 20, 40, 80).uneven is uneven


def test_widths_are_medians_over_the_ranked_with_draws() -> None:
    rows = [ranking_row(code, rank=n, widths={"age": n * n}) for n, code in enumerate("ABC", 1)]
    assert median_widths(ranking([*rows, ranking_row("D", rank=4)])) == {"age": 4}
    assert median_widths(ranking([ranking_row("D", rank=4)])) == {}


def policy(day: dt.date, by: str) -> PolicyRow:
    return PolicyRow(1, Reason.TIER3, 1, ("Tier 3",), "", "", day, decided_by=by)


def test_the_pool_is_counted_by_reason_and_has_its_newest_decision() -> None:
    admission = AdmissionRow(1, "D", "Why", DAY, DAY + 9 * ONE, decided_by="Kim")
    inputs = PoolInputs(DAY, (policy(DAY - ONE, "Sam"), policy(DAY + ONE, "")), (admission,))
    others = [
        ranking_row("P", status=CountryStatus.PROVISIONAL),
        ranking_row("N", status=CountryStatus.NOT_RANKABLE),
        ranking_row("H", status=CountryStatus.OUTSIDE_POOL, reason_code="high_income"),
        ranking_row("T", status=CountryStatus.OUTSIDE_POOL, reason_code="tier3"),
        ranking_row("S", status=CountryStatus.OUTSIDE_POOL, reason_code="tier3"),
        ranking_row("USA", status=CountryStatus.NOT_LISTED),
        ranking_row("AND", status=CountryStatus.NOT_LISTED),
        ranking_row("HKG", status=CountryStatus.NOT_CANDIDATE),
    ]
    found = pool_counts(dataclasses.replace(ranking([ranking_row("D", rank=1)], others), pool=inputs))
    assert found is not None
    assert (found.inside, found.admitted, found.left_out, found.changed) == (3, 1, 6, admission)
    assert list(found.outside.items()) == [
        ("united_states", 1), ("tier3", 2), ("high_income", 1), ("not_listed", 1), ("not_candidate", 1),
    ]  # fmt: skip


# ---- filters and order ---------------------------------------------------------------------------------------------

ROWS = [
    ranking_row(
        "CIV",
        "Côte d'Ivoire",
        rank=1,
        income="LM",
        tier="Tier 2",
        group="in",
        hurdles={"corruption": Chance("pass", 0.99)},
    ),
    ranking_row(
        "GHA", "Ghana", rank=2, income="LM", tier="Tier 1", group="open", hurdles={"corruption": Chance("pass", 0.5)}
    ),
    ranking_row("NPL", "Nepal", rank=3, region="South and Central Asia", income="L", tier="Tier 2", group="open"),
]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({}, "CIV GHA NPL"),
        ({"q": "cote"}, "CIV"),
        ({"q": " gha "}, "GHA"),
        ({"q": "npl"}, "NPL"),
        ({"q": "np"}, ""),
        ({"q": "e"}, "CIV NPL"),
        ({"region": "Africa"}, "CIV GHA"),
        ({"income": "L"}, "NPL"),
        ({"tier": "Tier 2"}, "CIV NPL"),
        ({"tier": "Tier 2", "region": "Africa"}, "CIV"),
        ({"group": "open"}, "GHA NPL"),
        ({"hurdle": "open"}, "GHA"),
        ({"hurdle": "pass"}, "CIV"),
        ({"hurdle": "unknown"}, ""),
    ],
)
def test_rows_fit_every_filter(wanted: dict[str, str], found: str) -> None:
    assert " ".join(row.code for row in narrowed(ROWS, Wanted(**wanted))) == found


def test_the_filter_that_keeps_most_away_is_named() -> None:
    assert in_the_way(ROWS, Wanted(region="Africa", tier="Tier 3")) == ("tier", 2)
    assert in_the_way(ROWS, Wanted(region="Near East", tier="Tier 3")) is None
    assert in_the_way(ROWS, Wanted(region="Near East", tier="Tier 2")) == ("region", 2)


def test_the_widest_intervals_and_groups_sort_and_unknown_values_come_last() -> None:
    rows = [
        ranking_row("A", rank=3, low=1, high=9, group="out", p20=0.1),
        ranking_row("B", rank=2, low=7, high=9, group="in"),
        ranking_row("C", rank=1, group="open", p20=0.9),
        ranking_row("D", rank=4, low=2, high=4, p20=0.9),
    ]
    assert codes(in_order(rows, "interval")) == "BDAC"
    assert codes(in_order(rows, "-interval")) == "ABDC"
    assert codes(in_order(rows, "group")) == "BCAD"
    assert codes(in_order(rows, "-p20")) == "CDAB"
    assert codes(in_order(rows, "rank")) == "CBAD"


def test_reasons_sort_by_pool_rule_then_position() -> None:
    def outside(code: str, reason: str, place: int | None) -> RankingRow:
        return ranking_row(code, status=CountryStatus.OUTSIDE_POOL, reason_code=reason, place=place)

    rows = [
        ranking_row("Z", status=CountryStatus.NOT_LISTED),
        outside("A", "high_income", 1),
        outside("B", "tier3", None),
        outside("C", "tier3", 30),
        outside("D", "united_states", 5),
        ranking_row("P", status=CountryStatus.PROVISIONAL, reason_code="E1"),
    ]
    assert codes(in_order(rows, "reason")) == "PDCBAZ"


# ---- cells ---------------------------------------------------------------------------------------------------------


def text(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)).strip()


def cell(tab: Any, key: str, row: RankingRow, ranked: int = 3, *, all_in: bool = False) -> str:
    column = next(column for column in cells_presenters.COLUMNS[tab.key] if column.key == key)
    rows = [ranking_row(f"R{n}", rank=n) for n in range(1, ranked + 1)]
    return str(column.draw(row, ranking(rows, table=None if all_in else former_table())))


FULL = ranking_row(
    "A", rank=2, need=61.26, feasibility=44.0, score=51.9, low=1, high=7, median=3, p20=0.796, p10=0.31,
    designs=0.896, group="in", place=4, tier="Tier 2 Watch List", hurdles={"corruption": Chance("pass", 0.69)},
    region_rank=1, income="LM",
    all_in=AllInFigures(
        data_weights=DrawnRanks(1, 3, 5, 0.84, 0.4), settled=DrawnRanks(1, 3, 6, 0.91, 0.5, "in"), holds=0.88,
        income_rank=2, reliability=6.63, reliability_settled=7.4, lost={}, outside=None,
        free=FreeWeighting(0.41, 1, 30, 0.9, {}),
    ),
)  # fmt: skip
EMPTY = ranking_row("A", rank=2)


@pytest.mark.parametrize(
    ("key", "full", "empty"),
    [
        ("rank", "2", "2"),
        ("need", "61.3", DASH),
        ("feasibility", "44.0", DASH),
        ("score", "51.9", DASH),
        ("interval", f"1{DASH}7", DASH),
        ("p20", "79.6% of draws in the first 20", f"{DASH} of draws in the first 20"),
        ("p10", "31%", f"{DASH} none"),
        ("designs", "89.6%", f"{DASH} none"),
        ("group", "Firmly in", f"{DASH} none"),
        ("hurdle", "69% to pass", f"{DASH} none"),
        ("tier", "Watch List", DASH),
        ("region", "1 of 3", f"{DASH} none"),
        ("reliability", "6.6", DASH),
        ("data_weights", f"1{DASH}5", f"{DASH} none"),
        ("inner", "84%", f"{DASH} none"),
        ("holds", "88%", f"{DASH} none"),
        ("settled", "91%", f"{DASH} none"),
        ("free", "41%", f"{DASH} none"),
        ("former", f"{DASH} none", f"{DASH} none"),
    ],
)
def test_a_ranked_row_shows_each_value_in_its_own_column(key: str, full: str, empty: str) -> None:
    assert text(cell(RANKED, key, FULL)) == full
    assert text(cell(RANKED, key, EMPTY)) == empty


def test_card_omits_empty_cells_and_bolds_only_firm_countries() -> None:
    for key in ("designs", "group", "hurdle", "weak"):
        assert "is-none" in cell(RANKED, key, EMPTY)
    for key in ("designs", "group", "hurdle"):
        assert "is-none" not in cell(RANKED, key, FULL)
    assert "u-strong" in cell(RANKED, "group", FULL)
    assert "u-strong" not in cell(RANKED, "group", dataclasses.replace(FULL, group="open"))
    assert text(cell(RANKED, "p20", dataclasses.replace(FULL, group=""))) == "80% of draws in the first 20"


def test_no_limit_of_a_group_is_near_a_share_of_methods_that_decides_none() -> None:
    assert text(cell(RANKED, "designs", FULL, all_in=True)) == "90%"


def test_only_an_all_in_run_offers_its_columns() -> None:
    old, new = ranking(table=former_table()), ranking([FULL])

    def shown(of: Any) -> list[str]:
        return [column.key for column in cells_presenters.columns_of(RANKED, of, ())]

    assert shown(new) == ["rank", "interval", "p20", "need", "feasibility", "reliability"]
    assert shown(old) == ["rank", "interval", "p20", "need", "feasibility"]
    only = {column.key for column in cells_presenters.known_columns(RANKED, new)} - {
        column.key for column in cells_presenters.known_columns(RANKED, old)
    }
    assert only == {"reliability", "income", "data_weights", "inner", "holds", "settled", "free"}
    timely = [dataclasses.replace(FULL, all_in=dataclasses.replace(FULL.all_in, settled=None))]  # type: ignore[type-var]  # it has them
    of_timely = {column.key for column in cells_presenters.known_columns(RANKED, ranking(timely))}
    assert "reliability" in of_timely
    assert not {"holds", "settled"} & of_timely


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        ({"place": 4}, "4"),
        ({"place": 4, "fails": ("E1",)}, "4 if it had a rank"),
        ({"place": 4, "reason_code": Reason.UNITED_STATES}, DASH),
        ({"place": None, "fails": ("E1",)}, DASH),
    ],
)
def test_the_place_of_a_country_outside(values: dict[str, Any], shown: str) -> None:
    row = ranking_row("A", status=CountryStatus.OUTSIDE_POOL, **values)
    assert text(cell(OUTSIDE, "place", row)) == shown


def test_row_head_has_region_income_unusual_tier_and_decisions() -> None:
    term = PartnershipTerm("A", "Sample", dt.date(2015, 1, 1), dt.date(2020, 1, 1))
    row = ranking_row("A", region_rank=2, income="LM", tier="Tier 2 Watch List", former=(term,), admitted_until=DAY)
    told = text(cells_presenters._meta(row, {"Africa": 9}))
    assert told == "Africa, 2 of 9 · Lower middle · Watch List Partner 2015 to 2020 Admitted until Mar 1, 2026"
    plain = ranking_row("A", income="H", tier="Tier 2")
    assert text(cells_presenters._meta(plain, {"Africa": 9})) == "Africa · High"
    assert text(cells_presenters._meta(ranking_row("A", tier="Tier 1"), {})) == "Africa · Tier 1"


def test_columns_are_the_requested_and_the_fixed_ones() -> None:
    def keys(*asked: str) -> list[str]:
        return [column.key for column in cells_presenters.columns_of(NOT_RANKABLE, ranking(), asked)]

    assert keys() == ["reason", "feasibility", "weak"]
    assert keys("tier") == ["reason", "tier"]


@pytest.mark.parametrize(("cut", "lines"), [(1, [0]), (2, [2]), (3, [2]), (4, [3]), (None, [])])
def test_the_line_is_under_the_last_row_up_to_its_rank(cut: int | None, lines: list[int]) -> None:
    rows = [ranking_row(code, rank=rank) for code, rank in zip("ABCD", (1, 2, 2, 4), strict=True)]
    found = cells_presenters.RankingCells(dict.fromkeys("ABCD", SafeString("")), {row.code: {} for row in rows})
    html = str(found.rows(rows, (), cut))
    assert [n for n, row in enumerate(html.split("</tr>")[:-1]) if "is-cut" in row] == lines


def test_shared_title_appears_once_above_its_rows() -> None:
    rows = [
        ranking_row(code, status=CountryStatus.OUTSIDE_POOL, reason_code=reason)
        for code, reason in zip("ABC", ("tier3", "tier3", "high_income"), strict=True)
    ]
    titles = cells_presenters.titles_of(rows)
    heads = {code: SafeString(f"[{code}]") for code in "ABC"}
    found = cells_presenters.RankingCells(heads, {code: {} for code in "ABC"})
    first, second = text(titles["A"]), text(titles["C"])
    assert first.endswith(" 2")
    assert second.endswith(" 1")
    assert text(str(found.rows(rows, (), titles=titles))) == f"{first} [A] [B] {second} [C]"


def test_the_sheet_has_a_place_only_for_countries_without_a_rank() -> None:
    columns = {column.label: column.value for column in fields(ranking(table=former_table()))}
    row = dataclasses.replace(FULL, place=4, income="LM", fails=("E1", "E2"), former=(), best=1, worst=60)
    assert columns["Place it would take"](row) is None
    assert columns["Place it would take"](dataclasses.replace(row, rank=None)) == 4
    told = {
        "Rank": 2, "Score": 51.9, "Need": 61.26, "Feasibility": 44.0, "Income class": "Lower middle",
        "Rank in 5% of draws of data and weights or better": 1, "Median rank of the draws of data and weights": 3,
        "Rank in 95% of draws of data and weights or better": 7,
        "Share of draws in the first 10": 0.31, "Share of draws in the first 20": 0.796,
        "Share of methods in the first 20": 0.896, "Best case, place": 1, "Worst case, place": 60,
        "Evidence rules not met": "E1, E2", "Corruption hurdle": "69% to pass", "Probability to pass it": 0.69,
        "Not on Tier 3": "", "Why not ranked": "", "Standing": "Ranked",
    }  # fmt: skip
    assert {label: columns[label](row) for label in told} == told
    out = ranking_row("A", status=CountryStatus.OUTSIDE_POOL, reason="Tier 3.")
    assert (columns["Why not ranked"](out), columns["Probability to pass it"](out)) == ("Tier 3.", None)
