"""Sentences on the certainty of a rank and on what would change it, on rows built by hand."""

from __future__ import annotations

from typing import Any

import pytest

from cpc.web import charts
from selection.countries.presenters.doubt import axes, changes, doubt, neighbors, ranges
from selection.countries.queries.screen import Axis, Neighbor
from selection.countries.queries.withdrawn import PublishedValue, Withdrawal
from tests.selection.countries.screens import (
    ALL_IN,
    OWN,
    PEERS,
    POOLED,
    VERSION_3,
    estimate,
    indicator,
    line,
    method,
    observation,
    outcome,
    screen,
    statement,
    withdrawal,
)
from tests.support.fragments import fragment_text
from tests.support.rows import ranking_row

DASH = "\N{EN DASH}"
WIDTHS = {"total": 9, "measurement": 2, "age": 7, "bridge": 0, "missing": 3, "weights": 1, "data": 8, "designs": 4}


def certainty(**widths: Any) -> Any:
    found = doubt(screen(detail={"widths": {**WIDTHS, **widths}}, group="open", table=VERSION_3))
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("widths", "finding"),
    [
        ({}, "Most of the doubt comes from the age of the figures (7 places)."),
        ({"measurement": 7}, "Most of the doubt comes from measurement (7 places)."),
        ({"weights": 8}, "Most of the doubt comes from the weights (8 places)."),
        ({"bridge": 8}, "Most of the doubt comes from the use of another series (8 places)."),
        ({"missing": 12}, "Most of the doubt comes from missing values (12 places)."),
        ({"age": 1, "measurement": 0, "missing": 0}, "Most of the doubt comes from the age of the figures (1 place)."),
        ({"total": 1}, "Most of the doubt comes from the age of the figures (7 places)."),
        ({"total": 0}, "The rank is the same in every draw."),
    ],
)
def test_the_largest_single_source_of_doubt_is_named(widths: dict[str, int], finding: str) -> None:
    assert certainty(**widths).finding == finding


def group_meaning(**values: Any) -> str:
    found = screen(detail={"widths": WIDTHS}, **values)
    limits = (found.table.method or {})["groups"]
    given: dict[str, Any] = {"group": found.score.group, "limits": limits, "doubt": doubt(found)}
    return fragment_text("countries/_group_meaning.html", screen=found, **given)


@pytest.mark.parametrize(
    ("group", "text"),
    [
        ("in", "Firmly in: in the first 20 in at least 80% of draws and 90% of methods."),
        (
            "open",
            "Open: neither in the first 20 in at least 80% of draws and 90% of methods, nor in under 5% of draws "
            "and of methods.",
        ),
        ("out", "Firmly out: in the first 20 in under 5% of draws and of methods."),
        ("", ""),
    ],
)
def test_the_group_is_explained_by_the_limits_of_the_model(group: str, text: str) -> None:
    assert group_meaning(group=group, table=VERSION_3) == text


@pytest.mark.parametrize(
    ("group", "text"),
    [
        ("in", "Firmly in: in the first 20 in at least 80% of draws."),
        ("open", "Open: in the first 20 in 5% to 80% of draws."),
        ("out", "Firmly out: in the first 20 in under 5%."),
    ],
)
def test_all_in_draws_decide_the_group_alone(group: str, text: str) -> None:
    assert group_meaning(group=group) == text


def test_sources_are_listed_from_all_together_to_other_methods() -> None:
    assert [(label, width) for label, width, _ in certainty().sources] == [
        ("All together", 9),
        ("All data", 8),
        ("Measurement", 2),
        ("Age of the figures", 7),
        ("Other series used", 0),
        ("Missing values", 3),
        ("Weights", 1),
        ("Other methods", 4),
    ]
    few = doubt(
        screen(detail={"widths": {key: WIDTHS[key] for key in ("total", "measurement", "age", "missing", "weights")}})
    )
    assert few is not None
    assert [label for label, *_ in few.sources] == [
        "All together", "Measurement", "Age of the figures", "Missing values", "Weights",
    ]  # fmt: skip


def test_the_bar_of_a_source_is_its_share_of_all_ranks() -> None:
    for ranked, share in ((80, 9 / 79), (10, 1.0), (1, 9.0)):
        found = doubt(screen(detail={"widths": WIDTHS}, ranked=ranked))
        assert found is not None
        assert found.sources[0][2] == charts.profile(share, width=150.0)


@pytest.mark.parametrize("values", [{"rank": None}, {"detail": {}}, {"detail": {"widths": {}}}])
def test_without_a_rank_or_draws_there_is_no_doubt(values: dict[str, Any]) -> None:
    assert doubt(screen(**{"detail": {"widths": WIDTHS}, **values})) is None


@pytest.mark.parametrize(
    ("short", "first", "names"),
    [
        (10, 20, ["1-5", "6-10", "11-20", "21-40", "41+"]),
        (1, 20, ["1", "2-20", "21-40", "41+"]),
        (3, 7, ["1", "2-3", "4-7", "8-14", "15+"]),
    ],
)
def test_the_bands_of_ranks_follow_the_settings_of_the_model(short: int, first: int, names: list[str]) -> None:
    shares = [0.5, 0.3, 0.15, 0.045, 0.005][: len(names)]
    found = doubt(screen(detail={"widths": WIDTHS, "bins": shares}, table=method(short=short, first=first)))
    assert found is not None
    texts = ["50%", "30%", "15%", "4%", "<1%"][: len(names)]
    assert list(found.bands) == [(name.replace("-", DASH), text) for name, text in zip(names, texts, strict=True)]


def test_the_picture_shows_the_interval_of_each_source_that_the_run_stored() -> None:
    ranges_of = {"data": (6, 13), "age": (7, 12), "weights": (8, 10)}
    detail = {"widths": WIDTHS, "ranges": ranges_of, "designs_interval": (2, 30)}
    found = doubt(screen(detail=detail, table=VERSION_3))
    assert found is not None
    assert found.picture is not None
    assert found.picture.context.startswith("Ranks in 90% of draws if only one source of doubt varies; dot: rank 9.")
    assert found.picture.table is not None
    cells = [tuple(map(str, row[:2])) for row in found.picture.table.rows]
    assert [row[0] for row in cells] == ["All together", "All data", "Age of the figures", "Weights", "Other methods"]
    assert "5" in cells[0][1]
    assert doubt(screen(detail={"widths": WIDTHS})).picture is None  # type: ignore[union-attr]


def test_chart_of_all_in_draws_leaves_out_parts_without_effect() -> None:
    ranges_of = {"data": [6, 13], "age": [7, 12], "overdue": [8, 11], "missing": [9, 9], "weights": [8, 10]}
    detail = {"widths": WIDTHS, "ranges": ranges_of, "designs_interval": [2, 30], **ALL_IN}
    found = doubt(screen(detail=detail))
    assert found is not None
    assert found.picture is not None
    assert found.picture.table is not None
    assert [str(row[0]) for row in found.picture.table.rows] == [
        "All together", "Data and weights", "All data", "Age of the figures", "Overdue report alone", "Weights",
        "Method",
    ]  # fmt: skip
    assert found.picture.context.endswith("Widths don\N{RIGHT SINGLE QUOTATION MARK}t add up.")


# ---- both axes and the neighbors -----------------------------------------------------------------------------------

NEED, ABLE = Axis(61.04, (50.0, 70.0), 60.0, 3), Axis(44.0, (50.0, 70.0), 60.0, 70)


@pytest.mark.parametrize(
    ("values", "findings"),
    [
        ({}, ["Need 61.0, rank 3 of 80", "Feasibility 44.0, rank 70 of 80"]),
        ({"status": "provisional"}, ["Need 61.0", "Feasibility 44.0"]),
        ({"status": "not_rankable"}, ["Need: anywhere from 0 to 100", "Feasibility 44.0"]),
        (
            {"feasibility": Axis(None, (), None, None)},
            ["Need 61.0, rank 3 of 80", "Feasibility: anywhere from 0 to 100"],
        ),
    ],
)
def test_an_axis_has_a_rank_only_for_ranked_countries(values: dict[str, Any], findings: list[str]) -> None:
    assert [chart.finding for chart in axes(screen(**{"need": NEED, "feasibility": ABLE, **values}))] == findings


def neighbor(code: str, chance: float | None) -> Neighbor:
    return Neighbor(ranking_row(code, f"Name of {code}"), chance)


@pytest.mark.parametrize(
    ("share", "above", "below"),
    [
        (0.39, "ahead of Ghana in only 39% of draws", "ahead of Ghana in 39% of draws"),
        (0.4, "ahead of Ghana in only 40% of draws", "ahead of Ghana in 40% of draws"),
        (
            0.41,
            "ahead of Ghana in only 41% of draws (too close to call)",
            "ahead of Ghana in 41% of draws (too close to call)",
        ),
        (
            0.5,
            "ahead of Ghana in 50% of draws (too close to call)",
            "ahead of Ghana in 50% of draws (too close to call)",
        ),
        (
            0.59,
            "ahead of Ghana in 59% of draws (too close to call)",
            "ahead of Ghana in 59% of draws (too close to call)",
        ),
        (0.6, "ahead of Ghana in 60% of draws", "ahead of Ghana in 60% of draws"),
        (None, "", ""),
    ],
)
def test_neighbors_are_close_strictly_between_forty_and_sixty_percent(
    share: float | None, above: str, below: str
) -> None:
    found = screen(above=neighbor("CIV", share), below=neighbor("XKX", share))
    assert [(label, one.row.code) for label, one in neighbors(found)] == [
        ("Next above in the list", "CIV"),
        ("Next below", "XKX"),
    ]
    texts = [fragment_text("countries/_neighbor_share.html", one=one, screen=found) for _, one in neighbors(found)]
    assert texts == [f", {text}." if text else "." for text in (above, below)]


def test_the_first_and_the_last_have_one_neighbor() -> None:
    assert neighbors(screen()) == []
    assert [one.row.code for _, one in neighbors(screen(below=neighbor("XKX", 0.3)))] == ["XKX"]


# ---- what would change it ------------------------------------------------------------------------------------------

PREVALENCE = [line("prevalence", estimate(POOLED))]
GSI = {
    "prevalence": (
        statement(observation(1, 4.8, 2016, series="GSI 2018"), "Global Slavery Index 2018"),
        statement(observation(2, 2.9, 2021, series="GSI 2023"), "Global Slavery Index 2023"),
    )
}
OLDER, NEWER = PublishedValue("gsi_2018", 1, 2016), PublishedValue("gsi_2023", 2, 2021)
SURVEYS = PublishedValue("own", 5, 2010), PublishedValue("activity", 6, 2010), PublishedValue("working", 7, 2012)


def changed(found: Withdrawal, **values: Any) -> tuple[str, str, str, str]:
    key = found.criterion
    (one,) = changes(screen(**{"lines": [line(key, estimate())], "withdrawals": [found], **values}))
    return one.what, one.position, one.move, one.then


@pytest.mark.parametrize(
    ("key", "published", "is_whole", "what"),
    [
        ("births", SURVEYS[:1], True, "value of 2010"),
        ("births", SURVEYS[:1], False, "value of 2010"),
        ("child_labour", SURVEYS[:2], False, "survey of 2010"),
        ("child_labour", SURVEYS[1:], False, "values of 2012 and 2010"),
        ("child_labour", SURVEYS, True, "all 3 values"),
        ("child_labour", SURVEYS[:2], True, "all 2 values"),
        ("prevalence", (NEWER,), False, "GSI 2023"),
        ("prevalence", (OLDER, NEWER), False, "GSI 2018 and GSI 2023"),
    ],
)
def test_withdrawn_values_are_named_by_year_or_edition(
    key: str, published: tuple[PublishedValue, ...], is_whole: bool, what: str
) -> None:
    found = withdrawal(key, outcome(9), *published, is_whole=is_whole)
    assert changed(found, statements=GSI)[0] == what


@pytest.mark.parametrize(
    ("after", "score", "position", "move"),
    [
        (outcome(9), {}, "9", "no change"),
        (outcome(8), {}, "8", "gains 1"),
        (outcome(12), {}, "12", "loses 3"),
        (outcome(None), {}, "None", "no change"),
        (outcome(9), {"place": None}, "9", "no change"),
        (outcome(12, "provisional"), {}, "(12)", "loses its rank"),
        (outcome(None, "not_rankable"), {}, "None", "loses its rank"),
        (outcome(12, "provisional"), {"status": "provisional", "rank": None, "place": 10}, "(12)", "loses 2"),
        (outcome(None, "not_rankable"), {"status": "provisional", "rank": None}, "None", "no place"),
    ],
)
def test_a_place_after_a_withdrawal_is_compared_with_the_one_before(
    after: Any, score: dict[str, Any], position: str, move: str
) -> None:
    assert changed(withdrawal("births", after, SURVEYS[0]), **score)[1:3] == (position, move)


@pytest.mark.parametrize(
    ("used", "published", "after", "lacks", "then"),
    [
        (
            "working",
            SURVEYS[:2],
            outcome(9, source="working"),
            (),
            "Not used today; Department of Labor, working children still counts",
        ),
        ("working", SURVEYS, outcome(9, source=PEERS, peers=14), (), "The mean of 14 peers"),
        (OWN, SURVEYS[:2], outcome(9, source=POOLED), (), "Only the other edition"),
        (OWN, SURVEYS[:2], outcome(9, source="working"), (), "Department of Labor, working children"),
        (OWN, SURVEYS[:2], outcome(9, source="elsewhere"), (), "elsewhere"),
        (PEERS, SURVEYS[:2], outcome(9, source="working"), (), "Department of Labor, working children"),
        (
            OWN,
            SURVEYS,
            outcome(None, "not_rankable", PEERS, peers=14, fails=("E1",)),
            (),
            "The mean of 14 peers; no fact of need would remain",
        ),
        (
            OWN,
            SURVEYS,
            outcome(9, "provisional", PEERS, peers=14, fails=("E2",)),
            (),
            "The mean of 14 peers; provisional: child labor is not measured within 15 years",
        ),
        (
            OWN,
            SURVEYS,
            outcome(9, "provisional", PEERS, peers=1, fails=("E1", "E2")),
            ("E1",),
            "The mean of 1 peers; also missing: child labor is not measured within 15 years",
        ),
        (OWN, SURVEYS, outcome(9, "provisional", PEERS, peers=14, fails=("E1",)), ("E1",), "The mean of 14 peers"),
    ],
)
def test_what_would_then_count_and_what_would_be_missing(
    used: str, published: tuple[PublishedValue, ...], after: Any, lacks: tuple[str, ...], then: str
) -> None:
    found = withdrawal("child_labour", after, *published)
    assert changed(found, lines=[line("child_labour", estimate(used))], lacks=lacks)[3] == then


def test_ranges_are_listed_by_the_places_that_they_move_the_country() -> None:
    lines = [
        line("births", estimate(low=6.0, high=45.0, error=0.3)),
        line("prevalence", estimate(PEERS, best=None, peers=["A", "B", "C"])),
        line("ilab", estimate(best=None)),
        line("cpi", estimate(low=31.2, high=36.4, error=2.5, best=33.0)),
    ]
    points = observation(7, 33.0, indicator=indicator(unit="points", decimals=0))
    statements = {"cpi": (statement(observation(6), is_used=False), statement(points))}
    ends = {"births": (20, 11), "prevalence": (3, 30), "ilab": (9, 9), "cpi": (8, 17)}
    found = ranges(screen(lines=lines, ends=ends, statements=statements))
    assert [(one.label, one.between, one.places, one.width) for one in found] == [
        ("Prevalence of modern slavery", "not known; any value of its 3 peers", f"3{DASH}30", 27),
        ("Births not registered", "6 to 45%", f"11{DASH}20", 9),
        ("Corruption Perceptions Index", "31 to 36", f"8{DASH}17", 9),
        ("Advancement against child labor", "if its level has changed since", "9", 0),
    ]
    assert ranges(screen()) == []
    assert changes(screen()) == []
