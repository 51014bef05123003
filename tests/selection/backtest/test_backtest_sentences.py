"""Sentences of a backtest, on cases built by hand."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from selection.backtest import FEASIBILITY, NEED, AreaUnderCurve, Case, Findings, Known, Spot
from selection.backtest.cases import Today
from selection.backtest.presenters import findings as findings_presenters
from selection.backtest.presenters.limits import example, limits

NAMES = {"GHA": "Ghana", "PER": "Peru", "PHL": "Philippines", "JAM": "Jamaica", "ALB": "Albania"}
CODES = tuple(NAMES)


def spot(rank: int, of: int = 100, within: float = 0.5) -> Spot:
    return Spot(rank, of, max(rank - 3, 1), rank + 5, within)


def case(code: str, total: int | None = 10, need: int = 10, able: int = 10, year: int = 2020, **values: Any) -> Case:
    placed: dict[str, Any] = (
        {"total": spot(total), "axes": {NEED: spot(need), FEASIBILITY: spot(able)}} if total else {}
    )
    day = dt.date(year, 6, 1)
    return Case(code, "Sample", day, dt.date(year - 1, 12, 31), **{**placed, **values})


def findings(*cases: Case, **values: Any) -> Findings:
    return Findings(20, 1000, cases, **values)


def of_axes(*places: tuple[int, int], **values: Any) -> Findings:
    return findings(*(case(code, 10, need, able, **values) for code, (need, able) in zip(CODES, places, strict=False)))


HIGH, MIDDLE, LOW = 5, 50, 95


@pytest.mark.parametrize(
    ("need", "able", "finding"),
    [
        (HIGH, HIGH, "The partners stand out both for the level of need and for what they could do."),
        (HIGH, MIDDLE, "The partners stand out for the level of need, not for what they could do."),
        (HIGH, LOW, "The partners stand out for the level of need, but could do less than other countries."),
        (MIDDLE, HIGH, "The partners stand out for what they could do, not for the level of need."),
        (MIDDLE, MIDDLE, "The partners do not stand out, either for the level of need or for what they could do."),
        (MIDDLE, LOW, "The partners could do less than other countries and do not stand out for the level of need."),
        (LOW, HIGH, "The partners stand out for what they could do, but their need was lower than elsewhere."),
        (LOW, MIDDLE, "The partners' need was lower than elsewhere, and they do not stand out for what they could do."),
        (LOW, LOW, "The partners ranked lower than other countries, both in need and in what they could do."),
    ],
)
def test_the_finding_is_that_of_both_axes(need: int, able: int, finding: str) -> None:
    assert findings_presenters.verdict(of_axes(*[(need, able)] * 5), NAMES)[0][0] == finding


def test_an_axis_near_the_range_of_chance_is_reported_as_close() -> None:
    close = findings_presenters.verdict(of_axes(*[(22, MIDDLE)] * 5), NAMES)[0][0]
    assert close.endswith("for what they could do. This is close to what chance could produce.")
    far = findings_presenters.verdict(of_axes(*[(20, MIDDLE)] * 5), NAMES)[0][0]
    assert far == "The partners stand out for the level of need, not for what they could do."


def test_the_context_gives_both_axes_and_the_range_of_chance() -> None:
    found = findings_presenters.verdict(of_axes((26, 25), (51, 24), (50, 51)), NAMES)[0][1]
    assert found == (
        "On feasibility they ranked above 67% of the other countries on average; on need, above 58%. By chance "
        "alone it "
        "would be 50%, and with three partners anything from 16% to 84% could be chance. Of the three in the pool "
        "of their "
        "year, two ranked in the top quarter on feasibility and one in the lower half; none ranked in the top "
        "quarter on "
        "need and one in the lower half."
    )
    one = findings_presenters.verdict(of_axes((25, 50)), NAMES)[0][1]
    assert "with one partner anything from 0% to 100% could be chance." in one
    assert one.endswith(
        "Of the one in the pool of their year, none ranked in the top quarter on feasibility and none in the lower "
        "half; "
        "one (Ghana) ranked in the top quarter on need and none in the lower half."
    )
    outside = findings_presenters.verdict(of_axes((25, 50), outside="On Tier 3."), NAMES)[0][1]
    assert outside.endswith("could be chance.")


def test_no_position_gives_no_finding() -> None:
    found = findings_presenters.verdict(findings(case("GHA", None)), NAMES)
    assert [bold for bold, _ in found] == ["No finding is possible about the partners."]


@pytest.mark.parametrize(
    ("rank", "of", "below"), [(53, 107, False), (54, 107, False), (55, 107, True), (50, 100, False), (51, 100, True)]
)
def test_the_middle_of_a_list_is_not_in_its_lower_half(rank: int, of: int, below: bool) -> None:
    assert findings_presenters.is_below_middle(rank, of) is below


@pytest.mark.parametrize(
    ("value", "kind"),
    [(0.75, "high"), (0.74, "level"), (0.26, "level"), (0.25, "low"), (0.5, "level")],
)
def test_an_area_is_more_than_chance_from_two_errors_on(value: float, kind: str) -> None:
    assert findings_presenters.against_chance(AreaUnderCurve(value, 0.125)) == kind
    assert findings_presenters.against_chance(None) == "level"


def test_small_numbers_of_partners_are_spelled_out() -> None:
    texts = [findings_presenters.partners(count) for count in (1, 2, 9, 10)]
    assert texts == ["the partner", "the two partners", "the nine partners", "the 10 partners"]


def earlier(*places: tuple[int, int], then: tuple[tuple[int, int], ...]) -> list[tuple[str, str]]:
    cases = [
        case(code, 10, need, able, earlier={"": (10, 100), NEED: (was[0], 100), FEASIBILITY: (was[1], 100)})
        for code, (need, able), was in zip(CODES, places, then, strict=False)
    ]
    return list(findings_presenters.verdict(findings(*cases), NAMES)[1:-1])


def test_data_of_a_year_earlier_give_the_same_finding_or_another() -> None:
    assert earlier(*[(HIGH, MIDDLE)] * 5, then=((10, 45),) * 5) == [
        (
            "With data from one year earlier, the finding is the same.",
            "They ranked above 56% on feasibility and 91% on need of the other countries.",
        )
    ]
    lost = ((45, 50), (80, 50), (31, 50), (30, 50), (70, 50))
    assert earlier(*[(HIGH, MIDDLE)] * 5, then=lost) == [
        (
            "With data from one year earlier, the finding is different.",
            "On need they ranked above 49% of the other countries, which chance could explain. Ghana, Peru, "
            "Philippines "
            "and Albania ranked much lower then.",
        )
    ]
    found = earlier(*[(MIDDLE, MIDDLE)] * 5, then=((HIGH, MIDDLE),) * 5)[0][1]
    assert found.startswith("On need they ranked above 96% of the other countries, which chance does not explain.")
    assert found.endswith("Ghana, Peru, Philippines, Jamaica and Albania ranked much higher then.")
    assert findings_presenters.verdict(of_axes(*[(HIGH, HIGH)] * 5), NAMES)[1][0].startswith("The first 20")


@pytest.mark.parametrize(
    ("ranks", "bold", "rest"),
    [
        (
            (20, 21, 90),
            "The first 20 of the lists would have included 1 of the 3 (Ghana).",
            "ranked above 57% of the others, which could be chance.",
        ),
        (
            (1, 2, 3, 4, 5),
            "The first 20 of the lists would have included 5 of the 5.",
            "ranked above 98% of the others, which is more than chance could produce.",
        ),
        (
            (96, 97, 98, 99, 100),
            "The first 20 of the lists would have included 0 of the 5.",
            "ranked above 2% of the others, which is less than chance could produce.",
        ),
    ],
)
def test_partners_among_the_first_are_compared_with_chance(ranks: tuple[int, ...], bold: str, rest: str) -> None:
    cases = [case(code, rank) for code, rank in zip(CODES, ranks, strict=False)]
    found = findings_presenters.verdict(findings(*cases), NAMES)[-1]
    assert found[0] == bold
    assert found[1].endswith(rest)
    chance, draws = {3: ("0.6", "1.5"), 5: ("1.0", "2.5")}[len(cases)]
    average = f"picked at random would average {chance}; across all draws of the lists, the average is {draws}. On need"
    assert average in found[1]


# ---- charts and cases ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("places", "caption"),
    [
        ((25, 26, 50), "One of three in the top quarter of the pool; none in the lower half."),
        ((26, 51, 30), "None of three in the top quarter of the pool; Peru lowest, in the lower half."),
        ((10, 20, 75), "Two of three in the top quarter of the pool; Philippines lowest, in the lower half."),
        ((10, 76, 60), "One of three in the top quarter of the pool; Peru in the last quarter."),
    ],
)
def test_chart_description_names_its_quarters(places: tuple[int, ...], caption: str) -> None:
    found = of_axes(*((place, 99) for place in places))
    chart = findings_presenters.chart(found, NEED, NAMES)
    assert chart.finding == caption
    assert "Farther left is higher need." in chart.context
    assert "Farther left is better." in findings_presenters.chart(found, FEASIBILITY, NAMES).context
    out = of_axes((5, 5), outside="On Tier 3.")
    assert findings_presenters.chart(out, NEED, NAMES).finding == "No partner was in its year's pool."


def known(
    share: float, how: str = "filled", axis: str = NEED, key: str = "births", label: str = "Births, all"
) -> Known:
    return Known(key, label, axis, share, how)


def test_the_published_share_counts_what_is_filled_or_dropped_on_its_axis() -> None:
    found = case(
        "GHA", known=(known(0.25), known(0.125, "dropped"), known(0.5, "bridged"), known(0.5, axis=FEASIBILITY))
    )
    assert findings_presenters.published_share(found, NEED) == 0.625
    assert findings_presenters.published_share(found, FEASIBILITY) == 0.5


def test_the_key_names_who_was_outside_and_what_had_been_published() -> None:
    full = case("GHA")
    partly = case("PER", known=(known(0.1001),), outside="On Tier 3.")
    enough = case("PHL", known=(known(0.1),))
    texts = [item.label for item in findings_presenters.legend(findings(full, partly), NAMES)]
    assert any("At least 90% of the weight had been published by then" in text for text in texts)
    assert any("Less had been published by then" in text for text in texts)
    assert any("Outside that year's pool, placed as if in it (Peru: On Tier 3)" in text for text in texts)
    only = [item.label for item in findings_presenters.legend(findings(full, enough), NAMES)]
    assert not any("Less had been" in text or "Outside" in text for text in only)


def test_a_case_has_each_place_with_its_interval_and_its_end_of_the_list() -> None:
    (row,) = findings_presenters.case_rows(
        findings(
            case(
                "GHA", 27, 4, 95, edition="2019", tier="Tier 2", earlier={"": (30, 90), NEED: (1, 90)},
                known=(
                    known(0.1, "bridged"), known(0.1, "filled", label="Prevalence of modern slavery"),
                    known(0.1, "dropped", label="Index"), known(0.1, "dropped", label="Rights"),
                ),
            )
        ),
        NAMES,
    )  # fmt: skip
    assert row.columns == [
        ("Place", ("27 of 100", "24 to 32", "top 27%")),
        ("Need", ("4 of 100", "1 to 9", "top 4%")),
        ("Feasibility", ("95 of 100", "92 to 100", "bottom 6%")),
    ]
    assert (row.signed, row.cutoff, row.tier, row.within, row.by_chance, row.earlier) == (
        "Jun 1, 2020", 2019, "Tier 2 (2019)", "50%", "20%", "30 of 90",
    )  # fmt: skip
    assert row.lacking == (
        "For any country: index, rights", "For this country: prevalence", "Estimated from a related series: births",
    )  # fmt: skip
    (without,) = findings_presenters.case_rows(findings(case("GHA", None, outside="Not listed.")), NAMES)
    assert (without.total, without.axis(NEED), without.earlier, without.tier) == (
        ("No place", "", ""), ("\N{EN DASH}", "", ""), "\N{EN DASH}", "",
    )  # fmt: skip
    (new,) = findings_presenters.case_rows(findings(case("GHA", 5)), NAMES)
    assert new.earlier == "\N{EN DASH}"


def test_all_partners_together_on_each_axis() -> None:
    rows = findings_presenters.sums(of_axes(*[(HIGH, LOW)] * 5, earlier={"": (10, 100), NEED: (50, 100)}))
    assert [(row.label, row.mean, row.above, row.finding, row.earlier) for row in rows] == [
        ("Need and feasibility together", "10%", "91%", "More than chance", "91%"),
        ("Need", "5%", "96%", "More than chance", "51%"),
        ("Feasibility", "95%", "5%", "Less than chance", "\N{EN DASH}"),
    ]
    nothing = findings_presenters.sums(findings())
    assert (nothing[0].mean, nothing[0].above, nothing[0].finding) == ("\N{EN DASH}",) * 3
    (level, *_) = findings_presenters.sums(findings(case("GHA", 50)))
    assert level.finding == "Could be chance"


# ---- limits --------------------------------------------------------------------------------------------------------


def told(found: Findings) -> dict[str, str]:
    return dict(limits(found, NAMES))


def test_the_median_partner_in_the_pool_is_the_example() -> None:
    ranks = {"GHA": 30, "PER": 10, "PHL": 20, "JAM": 40}
    cases = [case(code, rank) for code, rank in ranks.items()]
    found = example(findings(*cases, case("ALB", 1, outside="On Tier 3.")))
    assert found is not None
    assert found[0].country == "PHL"
    assert example(findings(case("ALB", 1, outside="On Tier 3."))) is None
    assert told(findings(*cases))["A single place proves little."].startswith(
        "On what was published by the end of 2019, Philippines would have ranked 20 of 100, and between 17 and 25 "
        "in 90% of "
        "draws. It was in the first 20 in 50% of draws; by chance alone it would be 20%."
    )


def test_cases_of_one_list_are_named_and_counted() -> None:
    found = told(findings(case("GHA"), case("PER"), case("PHL", year=2021)))
    assert (
        "Some were placed in the same list: Ghana and Peru. One office"
        in (found["Three cases are few, and not independent."])
    )
    assert "same list" not in told(findings(case("GHA")))["One case is few, and not independent."]


def test_partners_before_prevalence_was_published_are_named() -> None:
    title = "Before prevalence was published, no country could have been ranked."
    dropped = case("GHA", known=(known(0.1, "dropped", key="prevalence"),))
    assert told(findings(dropped, case("PER")))[title].startswith("For Ghana, no prevalence estimate")
    for other in (known(0.1, "filled", key="prevalence"), known(0.1, "dropped", key="births")):
        assert title not in told(findings(case("GHA", known=(other,))))


@pytest.mark.parametrize(
    ("by_share", "share", "wins"),
    [
        (((0.0, 0.8), (0.5, 0.7), (1.0, 0.4)), "above most other countries (80%) if need gets 0%", True),
        (((0.0, 0.6), (0.5, 0.7), (1.0, 0.4)), "above most other countries (70%) if need gets 50%", False),
        (((0.0, 0.7), (0.5, 0.7), (1.0, 0.4)), "above most other countries (70%) if need gets 0%", True),
        (((0.25, 0.8), (0.5, 0.7)), "above most other countries (80%) if need gets 25%", False),
    ],
)
def test_nothing_is_tuned_to_the_weight_of_need_that_does_best(
    by_share: tuple[tuple[float, float], ...], share: str, wins: bool
) -> None:
    found = findings(case("GHA"), today=Today(81, 5, {}, by_share))
    text = told(found)["Nothing is tuned to this result."]
    assert share in text
    assert ("A list without need would" in text) is wins
    assert findings_presenters.today_text(found).startswith("Five of the partners against the other 76 countries")


def test_without_the_values_of_the_run_nothing_is_compared() -> None:
    assert "Nothing is tuned to this result." not in told(findings(case("GHA")))
    assert findings_presenters.today_text(findings()) == ""
    assert findings_presenters.shares(findings()) == []
    found = findings(today=Today(81, 5, {}, ((0.0, 0.8), (0.5, 0.7), (1.0, 0.4))))
    assert findings_presenters.shares(found) == [
        ("0%: feasibility alone", "80%"), ("50%", "70%"), ("100%: need alone", "40%"),
    ]  # fmt: skip
