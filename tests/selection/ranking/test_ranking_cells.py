"""Every cell of the lists of a ranking, for a country that has all figures and one that has none, and all headings."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from cpc.web import charts
from selection.models import CountryStatus, ScoreRun
from selection.ranking.presenters import cells
from selection.ranking.queries.listing import NOT_RANKABLE, OUTSIDE, PROVISIONAL, RANKED
from tests.selection.ranking.test_ranking_export import GHANA
from tests.support.rows import ranking, ranking_row
from tests.support.tables import cells_in, headings_in

DASH = "\N{EN DASH}"
RANKING = ranking([GHANA, ranking_row("X", rank=4), ranking_row("Y", rank=5, income="LM")])
TOGO = ranking_row("TGO", "Togo", status=CountryStatus.PROVISIONAL, reason="Tier 3.")
WEAK = "Filled from peers: births not registered; Child labor from another series; 1 more"
OWN = "c-ranks__own"
NONE = f"{DASH} none"

CELLS: dict[Any, dict[str, tuple[str, str]]] = {
    RANKED: {
        "rank": ("3 / num c-ranks__no", "None / num c-ranks__no"),
        "interval": (f"1{DASH}12 / c-ranks__int", f"{DASH} / c-ranks__int"),
        "p20": (
            "79.6% of draws in the first 20 / c-ranks__p",
            f"{DASH} of draws in the first 20 / c-ranks__p",
        ),
        "need": ("Need: 61.3 / num c-ranks__more", f"Need: {DASH} / num c-ranks__more"),
        "feasibility": ("Feasibility: 44.0 / num c-ranks__more", f"Feasibility: {DASH} / num c-ranks__more"),
        "reliability": ("Reliability: 6.8 / num c-ranks__more", f"Reliability: {DASH} / num c-ranks__more"),
        "group": (f"Group: Open / {OWN} u-nowrap", f"Group: {NONE} / {OWN} u-nowrap is-none"),
        "score": (f"Score: 51.9 / {OWN} num", f"Score: {DASH} / {OWN} num"),
        "p10": (f"In the first 10: 31% / {OWN} num", f"In the first 10: {NONE} / {OWN} num is-none"),
        "region": (f"In the region: 2 of 3 / {OWN} num", f"In the region: {NONE} / {OWN} num is-none"),
        "income": (f"In the income group: 4 of 2 / {OWN} num", f"In the income group: {NONE} / {OWN} num is-none"),
        "data_weights": (
            f"Data and weights: 2{DASH}9 / {OWN} num",
            f"Data and weights: {NONE} / {OWN} num is-none",
        ),
        "inner": (f"Data and weights: 81% / {OWN} num", f"Data and weights: {NONE} / {OWN} num is-none"),
        "holds": (f"If its tier holds: 83% / {OWN} num", f"If its tier holds: {NONE} / {OWN} num is-none"),
        "settled": (f"If no tier changes: 82% / {OWN} num", f"If no tier changes: {NONE} / {OWN} num is-none"),
        "designs": (f"Methods: 90% / {OWN} num", f"Methods: {NONE} / {OWN} num is-none"),
        "free": (f"Of free weightings: 84% / {OWN} num", f"Of free weightings: {NONE} / {OWN} num is-none"),
        "weak": (
            f"Missing or old:: {WEAK} / {OWN} u-small c-ranks__text",
            f"Missing or old:: {NONE} / {OWN} u-small c-ranks__text is-none",
        ),
        "hurdle": (f"Corruption:: 69% to pass / {OWN}", f"Corruption:: {NONE} / {OWN} is-none"),
        "tier": (f": Tier 2 * , not confirmed / {OWN}", f": {DASH} / {OWN}"),
        "former": (f"Partnership:: Partner 2015 to 2020 / {OWN}", f"Partnership:: {NONE} / {OWN} is-none"),
    },
    PROVISIONAL: {
        "reason": ("Why::  / c-rank2__ms u-small", "Why:: Tier 3. / c-rank2__ms u-small"),
        "need": ("Need: 61.3 / c-rank2__ax c-rank2__ax--need", f"Need: {DASH} / c-rank2__ax c-rank2__ax--need"),
        "feasibility": (
            "Feasibility: 44.0 / c-rank2__ax c-rank2__ax--feas",
            f"Feasibility: {DASH} / c-rank2__ax c-rank2__ax--feas",
        ),
        "bounds": (f"1{DASH}12 median 4 / c-rank2__int", f"{DASH} / c-rank2__int"),
        "p20": ("In first 20: 79.6% / c-rank2__ch", f"In first 20: {DASH} / c-rank2__ch"),
        "reliability": ("Reliability: 6.8 / c-rank2__more num", f"Reliability: {DASH} / c-rank2__more num"),
        "weak": (
            f"Missing or old:: {WEAK} / c-rank2__ms u-small",
            f"Missing or old:: {NONE} / c-rank2__ms u-small is-none",
        ),
        "hurdle": ("Corruption:: 69% to pass / c-rank2__cc", f"Corruption:: {NONE} / c-rank2__cc is-none"),
        "tier": ("Tier: Tier 2 * , not confirmed / c-rank2__more", f"Tier: {DASH} / c-rank2__more"),
    },
}
CELLS[OUTSIDE] = {
    "reason": (" / c-rank2__wh u-small", "Tier 3. / c-rank2__wh u-small"),
    "need": CELLS[PROVISIONAL]["need"],
    "feasibility": CELLS[PROVISIONAL]["feasibility"],
    "place": ("Would rank: 40 if it had a rank / c-rank2__pl num", f"{DASH} / c-rank2__pl num is-none"),
    "range": (f"7{DASH}11 / c-rank2__more num", f"{DASH} / c-rank2__more num"),
    "chance": ("85% / c-rank2__more num", f"{DASH} / c-rank2__more num"),
    "reliability": CELLS[PROVISIONAL]["reliability"],
    "weak": CELLS[PROVISIONAL]["weak"],
    "tier": CELLS[PROVISIONAL]["tier"],
}
CELLS[NOT_RANKABLE] = {
    "reason": CELLS[OUTSIDE]["reason"],
    "feasibility": CELLS[PROVISIONAL]["feasibility"],
    "weak": CELLS[PROVISIONAL]["weak"],
    "tier": CELLS[PROVISIONAL]["tier"],
}


@pytest.mark.parametrize("tab", CELLS, ids=lambda tab: tab.key)
def test_each_cell_of_a_list(tab: Any) -> None:
    found = {
        column.key: tuple(cells_in(str(column.draw(row, RANKING)))[0] for row in (GHANA, TOGO))
        for column in cells.COLUMNS[tab.key]
    }
    assert found == CELLS[tab]
    assert list(found) == list(CELLS[tab])


@pytest.mark.parametrize(
    ("tab", "key", "drawing"),
    [
        (RANKED, "interval", charts.whisk(3, 1, 12, 3, first=20, width=310)),
        (RANKED, "p20", charts.chance_bar(0.796, width=84)),
        (PROVISIONAL, "need", charts.axis_bar(61.26, "need")),
        (PROVISIONAL, "feasibility", charts.axis_bar(44.0, "feas")),
        (PROVISIONAL, "bounds", charts.bounds(1, 61, 1, 12, 4, first=20, width=240)),
        (PROVISIONAL, "p20", charts.chance_bar(0.796)),
    ],
)
def test_a_figure_stands_beside_its_drawing(tab: Any, key: str, drawing: str) -> None:
    column = next(column for column in cells.COLUMNS[tab.key] if column.key == key)
    assert drawing in str(column.draw(GHANA, RANKING))


# ---- headings ------------------------------------------------------------------------------------------------------


HEADINGS = {
    PROVISIONAL: [
        "Country country",
        "Why no rank reason",
        "Need -need",
        "Feasibility -feasibility",
        "Would rank131 middle",
        "In first 20, of draws p20 descending",
        "Reliability num -reliability",
        "Missing or old",
        "Corruption hurdle -hurdle",
        "Tier tier",
    ],
    OUTSIDE: [
        "Country country",
        "Why outside -reason ascending",
        "Need -need",
        "Feasibility -feasibility",
        "Would rank num place",
        "Would rank, in 90% of draws num range",
        "In first 20, of draws num -chance",
        "Reliability num -reliability",
        "Missing or old",
        "Tier tier",
    ],
    NOT_RANKABLE: [
        "Country -country ascending",
        "Why no rank",
        "Feasibility -feasibility",
        "Missing or old",
        "Tier tier",
    ],
    RANKED: [
        "Rank num -rank ascending",
        "Country country",
        "Range of ranks in 90% of draws130 interval",
        "In the first 20, of draws -p20",
        "Need num -need",
        "Feasibility num -feasibility",
        "Reliability num -reliability",
        "Group group",
        "Score num -score",
        "In the first 10 num -p10",
        "Rank in the region num region",
        "Rank in the income group num income",
        "Range from data and weights alone num data_weights",
        "First 20, data and weights alone num -inner",
        "First 20, if its tier holds num -holds",
        "First 20, if no tier changes num -settled",
        "First 20, of methods num -designs",
        "First 20, of free weightings num -free",
        "Missing or old",
        "Corruption hurdle -hurdle",
        "Tier tier",
        "Former partner",
    ],
}


@pytest.mark.django_db
@pytest.mark.world("ranking")
@pytest.mark.parametrize("tab", HEADINGS, ids=lambda tab: tab.key)
def test_each_heading_has_its_label_and_the_order_that_it_asks_for(
    ranking: ScoreRun, analyst: Client, tab: Any
) -> None:
    keys = [column.key for column in cells.COLUMNS[tab.key] if column.optional]
    query = "&".join([f"tab={tab.key}", *(f"columns={key}" for key in keys)])
    html = analyst.get(f"/ranking/?{query}").text
    assert [re.sub(r" \?\S*sort=(\S+)#list", r" \1", heading) for heading in headings_in(html)] == HEADINGS[tab]
