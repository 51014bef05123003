from __future__ import annotations

import pytest

from indicators.sources import mcc_rules
from indicators.sources.mcc_rules import (
    Hurdle,
    RuleOutcome,
    Tally,
    indicators,
    judge,
    tally_card,
    year_rule,
)

PASS, FAIL, UNKNOWN = RuleOutcome.PASS, RuleOutcome.FAIL, RuleOutcome.UNKNOWN
HURDLES = {"control_of_corruption", "political_rights", "civil_liberties"}


def card(year: int, passing: set[str], unknown: frozenset[str] | set[str] = frozenset()) -> mcc_rules.CardResult:
    """Return a scorecard on which the named indicators pass, others are unknown, and the rest fail."""
    rule = year_rule(year)
    outcomes = {slot[0]: PASS if slot[0] in passing else FAIL for slot in rule.slots if slot[0] not in unknown}
    return tally_card(rule, outcomes)


def others(year: int, count: int) -> set[str]:
    """Return some indicators of the year that are no hurdles."""
    return set([slot[0] for slot in year_rule(year).slots if slot[0] not in HURDLES][:count])


@pytest.mark.parametrize(
    ("slug", "score", "median", "outcome"),
    [
        ("control_of_corruption", 0.01, 0.0, PASS),
        ("control_of_corruption", 0.0, 0.0, FAIL),
        ("control_of_corruption", -0.01, 0.0, FAIL),
        ("control_of_corruption", 0.5, None, UNKNOWN),
        ("control_of_corruption", None, 0.0, FAIL),
        ("control_of_corruption", None, None, FAIL),
        ("political_rights", 18, 30, PASS),
        ("political_rights", 17, 5, FAIL),
        ("civil_liberties", 26, None, PASS),
        ("civil_liberties", 25, None, FAIL),
        ("inflation", 14.9, 3.0, PASS),
        ("inflation", 15.0, 20.0, FAIL),
        ("inflation", -1.0, None, PASS),
        # immunization: above the lower of 90 and the median
        ("immunization_rates", 91, 95, PASS),
        ("immunization_rates", 90, 95, FAIL),
        ("immunization_rates", 85, 84, PASS),
        ("immunization_rates", 84, 84, FAIL),
        ("immunization_rates", 91, None, PASS),
        ("immunization_rates", 85, None, UNKNOWN),
    ],
)
def test_when_an_indicator_passes(slug: str, score: float | None, median: float | None, outcome: RuleOutcome) -> None:
    assert judge(indicators()[slug], score, median) is outcome


@pytest.mark.parametrize(
    ("passing", "outcome"),
    [
        (HURDLES | others(2025, 7), PASS),  # exactly 10 of 20
        (HURDLES | others(2025, 6), FAIL),  # 9 of 20
        ((HURDLES | others(2025, 17)) - {"control_of_corruption"}, FAIL),  # 19 of 20 without the hurdle
        ((HURDLES | others(2025, 8)) - {"political_rights"}, PASS),  # civil liberties alone are enough
        ((HURDLES | others(2025, 8)) - {"civil_liberties"}, PASS),
        ((HURDLES | others(2025, 17)) - {"political_rights", "civil_liberties"}, FAIL),
    ],
)
def test_when_a_card_passes(passing: set[str], outcome: RuleOutcome) -> None:
    result = card(2025, passing)
    assert (result.outcome, result.total) == (outcome, Tally(len(passing), 0, 20))


@pytest.mark.parametrize(
    ("passing", "unknown", "outcome"),
    [
        (HURDLES | others(2025, 6), {"access_to_credit"}, UNKNOWN),  # the tenth is open
        (HURDLES | others(2025, 5), {"access_to_credit"}, FAIL),  # nine at most
        (HURDLES | others(2025, 7), {"access_to_credit"}, PASS),  # enough without it
        (HURDLES | others(2025, 9), {"control_of_corruption"}, UNKNOWN),
        (HURDLES | others(2025, 9), {"political_rights"}, PASS),
        ({"control_of_corruption"} | others(2025, 9), {"political_rights"}, UNKNOWN),
        (others(2025, 9), {"political_rights"}, FAIL),  # corruption failed: nothing saves it
    ],
)
def test_an_unknown_is_carried_through(passing: set[str], unknown: set[str], outcome: RuleOutcome) -> None:
    assert card(2025, passing - unknown, unknown).outcome is outcome


def test_shares_of_the_categories() -> None:
    result = card(2025, HURDLES | {"fiscal_policy"}, {"child_health"})
    assert {name: tally.share() for name, tally in result.categories.items()} == {
        "ruling_justly": 50.0,
        "investing_in_people": None,
        "economic_freedom": 12.5,
    }
    assert [tally.of for tally in result.categories.values()] == [6, 6, 8]
    assert result.hurdles == {"Control of Corruption": PASS, "Democratic rights": PASS}


def test_fy2012_asks_for_one_in_each_category() -> None:
    investing = {s for s, rule in indicators().items() if rule.category == "investing_in_people"}
    passing = {slot[0] for slot in year_rule(2012).slots} - investing
    assert card(2012, passing).outcome is FAIL
    assert card(2012, passing | {"child_health"}).outcome is PASS
    assert card(2013, passing).outcome is PASS


@pytest.mark.parametrize("slug", ["girls_primary_completion", "girls_secondary_enrollment"])
def test_girls_education_is_one_or_the_other(slug: str) -> None:
    rule = year_rule(2024)
    outcomes = {slot[0]: FAIL for slot in rule.slots if len(slot) == 1} | {slug: PASS}
    assert tally_card(rule, outcomes).total == Tally(1, 0, 20)


@pytest.mark.parametrize(
    ("year", "complete", "business", "employment"),
    [*((year, True, year < 2023, year >= 2023) for year in range(2012, 2026)), (2026, False, False, False)],
)
def test_every_year_on_record(year: int, complete: bool, business: bool, employment: bool) -> None:
    rule = year_rule(year)
    assert rule.complete is complete
    assert bool(rule.incomplete_because) is not complete
    assert len(rule.slots) == (20 if complete else 0)
    assert (("business_start_up",) in rule.slots, ("employment_opportunity",) in rule.slots) == (business, employment)
    assert (rule.needed, rule.of) == ((10, 20) if complete else (11, 22))
    assert set(mcc_rules.years()) == set(range(2012, 2027))
    listed = [slug for slot in rule.slots for slug in slot] + [slug for h in rule.hurdles for slug in h.any_of]
    assert set(listed) <= set(indicators())
    assert rule.basis


def test_income_groups_where_they_were_found() -> None:
    found = {year: rule.income_groups for year, rule in mcc_rules.years().items() if rule.income_groups}
    assert sorted(found) == [2016, 2018, 2019, 2025]
    assert found[2025] == ((None, 2165), (2166, 4515), (4516, 7895))


@pytest.mark.parametrize("year", [2026, 2031])
def test_a_year_that_is_not_fully_known_is_not_recomputed(year: int) -> None:
    with pytest.raises(ValueError, match="not recomputed"):
        tally_card(year_rule(year), {})


def test_cards_before_fy2012_had_another_rule() -> None:
    with pytest.raises(ValueError, match="FY2012"):
        year_rule(2011)


def test_names_of_indicators() -> None:
    for name in ("Girls\N{RIGHT SINGLE QUOTATION MARK} primary completion rate", "girls_primary_completion"):
        found = mcc_rules.find(name)
        assert found is not None
        assert found.slug == "girls_primary_completion"
    assert mcc_rules.find("Happiness") is None
    with pytest.raises(KeyError):
        year_rule(2025).slot_of("business_start_up")


def test_the_rules_of_a_year_are_read_whole() -> None:
    for cached in (mcc_rules.years, mcc_rules.indicators, mcc_rules.categories):
        cached.cache_clear()
    rule = year_rule(2025)
    assert rule.year == 2025
    assert rule.hurdles == (
        Hurdle("Control of Corruption", ("control_of_corruption",)),
        Hurdle("Democratic rights", ("political_rights", "civil_liberties")),
    )
    assert (rule.each_category, year_rule(2012).each_category) == (0, 1)
    assert rule.slot_of("inflation") == ("inflation",)
    assert sorted(rule.slot_of("girls_primary_completion")) == [
        "girls_primary_completion",
        "girls_secondary_enrollment",
    ]
    assert year_rule(2026).slot_of("anything") == ("anything",)
    assert (rule.incomplete_because, year_rule(2026).complete) == ("", False)
    assert list(mcc_rules.categories()) == ["ruling_justly", "investing_in_people", "economic_freedom"]
    inflation = indicators()["inflation"]
    assert (inflation.slug, inflation.rule, inflation.value) == ("inflation", mcc_rules.Rule.BELOW, 15)
    assert inflation.category == "economic_freedom"
    assert (inflation.higher_is_better, indicators()["rule_of_law"].higher_is_better) == (False, True)


def test_a_year_that_is_not_on_record_is_not_complete() -> None:
    rule = year_rule(2031)
    assert (rule.year, rule.complete, rule.incomplete_because) == (2031, False, "no rule for FY2031 is recorded")
    assert (rule.slots, rule.of, rule.needed, rule.hurdles) == ((), None, None, ())


@pytest.mark.parametrize(
    ("tally", "share", "at_least_two"),
    [
        (Tally(1, 0, 4), 25.0, FAIL),
        (Tally(2, 0, 4), 50.0, PASS),
        (Tally(1, 1, 4), None, UNKNOWN),
        (Tally(2, 1, 4), None, PASS),
        (Tally(0, 1, 4), None, FAIL),
        (Tally(0, 0, 0), None, FAIL),
    ],
)
def test_the_share_and_number_that_passed(tally: Tally, share: float | None, at_least_two: RuleOutcome) -> None:
    assert (tally.share(), tally.at_least(2)) == (share, at_least_two)
