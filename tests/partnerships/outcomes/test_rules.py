"""Boundaries of the rules: pools, groups, windows, the pooled line, and the sentence."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest

from cpc.web.formats import DASH, MINUS
from indicators.queries import Known
from partnerships.outcomes.chance import Pooled, holm, pooled
from partnerships.outcomes.checks import LEAVE_ONE_OUT, PRETENDED, SIZES, CheckRow, failed_checks
from partnerships.outcomes.comparing import (
    TIED,
    Compared,
    NotCompared,
    _groups,
    compare,
    income_class,
    tier_before,
)
from partnerships.outcomes.measures import BY_KEY, RIGHTS, TIER, edition_of, income_year_of
from partnerships.outcomes.other_ways import by_regression, with_same_tier
from partnerships.outcomes.panel import Panel, Signature, pretended
from partnerships.outcomes.presenters import numbers
from partnerships.outcomes.presenters.folds import check_lines
from partnerships.outcomes.presenters.lead import lead_of
from partnerships.outcomes.presenters.plain_text import lead_text
from partnerships.outcomes.queries import series_of
from partnerships.outcomes.results import MeasureResult, OutcomeResults, compute
from partnerships.outcomes.verdict import Case, verdict_of
from tests.partnerships.outcomes.made_up import codes, flat, panel

DAY = dt.date(2015, 6, 1)  # edition 2016


def one(found: Panel) -> Compared:
    (signature,) = found.signatures
    compared = compare(found, TIER, signature)
    assert isinstance(compared, Compared)
    return compared


def others(count: int = 12, value: float = 3.0) -> dict[str, dict[int, float]]:
    return {code: flat(value) for code in codes(count)}


# ---- periods -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "edition"), [(dt.date(2016, 3, 31), 2016), (dt.date(2016, 4, 1), 2017), (dt.date(2016, 12, 31), 2017)]
)
def test_an_edition_covers_april_to_march(day: dt.date, edition: int) -> None:
    assert edition_of(day) == edition


def test_a_fiscal_year_of_the_world_bank_begins_in_july() -> None:
    assert income_year_of(dt.date(2016, 6, 30)) == 2016
    assert income_year_of(dt.date(2016, 7, 1)) == 2017


def test_the_period_of_signature_counts_on_neither_side() -> None:
    made = panel({"PAR": flat(3.0) | {2016: 1.0}}, others(), DAY)
    window = one(made).window
    assert (window.zero, window.before, window.after) == (2016, (2013, 2014, 2015), (2017, 2018, 2019, 2020))
    assert one(made).difference == 0.0


def test_a_partner_enters_with_the_second_period_after() -> None:
    early = panel({"PAR": flat(3.0, last=2017)}, {code: flat(3.0, last=2017) for code in codes(12)}, DAY)
    found = compare(early, TIER, early.signatures[0])
    assert isinstance(found, NotCompared)
    assert found.enters == 2018
    # Published is enough: the partner itself needs no value in that period.
    entered = panel({"PAR": flat(3.0, last=2017)}, others(), DAY)
    assert one(entered).window.after == (2017,)


def test_one_value_before_is_enough_and_has_no_trend() -> None:
    made = panel({"PAR": flat(3.0, first=2015)}, others(), DAY)
    found = one(made)
    assert (found.window.before, found.before, found.difference) == ((2015,), 3.0, 0.0)
    none = panel({"PAR": flat(3.0, first=2016)}, others(), DAY)
    lacking = compare(none, TIER, none.signatures[0])
    assert isinstance(lacking, NotCompared)
    assert lacking.enters is None


def test_a_pretended_signature_uses_nothing_from_the_true_period_on() -> None:
    made = panel({"PAR": flat(3.0, first=2008)}, {code: flat(3.0, first=2008) for code in codes(12)}, DAY)
    found = compare(made, TIER, made.signatures[0], pretended(TIER))
    assert isinstance(found, Compared)
    assert (found.window.before, found.window.after) == ((2009, 2010, 2011), (2013, 2014, 2015))
    late = panel({"PAR": flat(3.0, first=2010)}, {code: flat(3.0, first=2010) for code in codes(12)}, DAY)
    assert isinstance(compare(late, TIER, late.signatures[0], pretended(TIER)), NotCompared)


def test_a_leap_day_is_moved_to_february_28() -> None:
    assert pretended(RIGHTS).signed(Signature(dt.date(2016, 2, 29), "PAR")) == dt.date(2013, 2, 28)


# ---- complete editions ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("inferred", "counts"), [(3, True), (4, False)])
def test_an_edition_counts_with_at_most_three_inferred_values(inferred: int, counts: bool) -> None:
    rows = [
        Known(n, TIER.indicator, code, "2020", 2020, "", None, "Tier 2", "", None,
              "inferred" if n < inferred else "stated", "2020")
        for n, code in enumerate(codes(12))
    ]  # fmt: skip
    found = series_of(TIER, rows)
    assert (2020 in found.counted) is counts
    assert found.published == {2020}
    # An inferred value is in no figure, even of an edition that counts.
    assert len(found.stated) == 12 - inferred


def test_a_special_case_is_a_missing_value() -> None:
    row = Known(1, TIER.indicator, "YEM", "2020", 2020, "", None, "Special Case", "", None, "stated", "2020")
    assert series_of(TIER, [row]).values == {}


# ---- pools ---------------------------------------------------------------------------------------------------------


def test_a_country_without_a_value_in_one_period_is_in_no_pool() -> None:
    made = others()
    del made["N03"][2019]
    assert "N03" not in one(panel({"PAR": flat(3.0)}, made, DAY)).pool
    assert "N04" in one(panel({"PAR": flat(3.0)}, made, DAY)).pool


def test_tier_3_in_the_last_edition_before_is_out_and_in_an_earlier_one_is_not() -> None:
    made = others()
    made["N03"] |= {2015: 1.0}
    made["N04"] |= {2014: 1.0}
    pool = one(panel({"PAR": flat(3.0)}, made, DAY)).pool
    assert "N03" not in pool
    assert "N04" in pool
    assert tier_before(panel({}, {"N05": {2012: 3.0}}), "N05", DAY) is None
    assert tier_before(panel({}, {"N05": {2013: 3.0}}), "N05", DAY) == 3.0


def test_an_income_class_is_taken_from_at_most_three_years_before() -> None:
    made = panel({}, others())
    for last, expected in ((2015, "UM"), (2012, "UM"), (2011, None)):
        known = replace(made, income={"N00": {last: "UM"}})
        assert income_class(known, "N00", DAY) == expected, last


def test_high_income_is_compared_only_with_a_partner_of_high_income() -> None:
    made = panel({"PAR": flat(3.0)}, others(), DAY)
    rich = {**made.income, "N03": {2015: "H"}}
    assert "N03" not in one(replace(made, income=rich)).pool
    assert "N03" in one(replace(made, income={**rich, "PAR": {2015: "H"}})).pool


# ---- groups --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("apart", "size"), [(0.0, 11), (0.9 * TIED, 11), (2.0 * TIED, 10)])
def test_all_tied_with_the_tenth_are_in_the_group(apart: float, size: int) -> None:
    distances = np.zeros((14, 14))
    distances[-1, :10] = distances[:10, -1] = 1.0
    distances[-1, 10] = distances[10, -1] = 1.0 + apart
    distances[-1, 11:13] = distances[11:13, -1] = 5.0
    assert _groups(distances, 10)[-1].sum() == size


def test_the_partner_is_in_no_group() -> None:
    found = one(panel({"PAR": flat(3.0) | dict.fromkeys(range(2017, 2021), 4.0)}, others(), DAY))
    # All others are alike: had the partner been in their groups, their differences would not be zero.
    assert found.placebos.tolist() == [0.0] * 12
    assert (found.difference, found.rank, found.of, found.p) == (1.0, 1, 13, 1 / 13)


def test_a_difference_as_large_as_another_shares_its_rank() -> None:
    found = one(panel({"PAR": flat(3.0)}, others(), DAY))
    same = replace(found, placebos=np.array([0.5, -0.25, 0.0]), pool=("A", "B", "C"), group_change=-0.25)
    assert same.difference == 0.25
    assert (same.rank, same.of, same.p) == (2, 4, 3 / 4)
    assert replace(same, placebos=np.array([0.5, -0.25 - 0.9 * TIED, 0.0])).rank == 2
    assert replace(same, placebos=np.array([0.5, -0.25 - 2 * TIED, 0.0])).rank == 3


@pytest.mark.parametrize(("gap", "loose"), [(0.25, False), (0.2501, True), (-0.25, False), (-0.2501, True)])
def test_a_match_is_loose_beyond_a_quarter_of_a_standard_deviation(gap: float, loose: bool) -> None:
    assert replace(one(panel({"PAR": flat(3.0)}, others(), DAY)), gap=gap).is_loose is loose


def test_the_gap_is_in_standard_deviations_of_the_pool() -> None:
    made = {code: flat(2.0 if number % 2 else 4.0) for number, code in enumerate(codes(12))}
    # The standard deviation of the pool is 1; its ten nearest to 3 are all twelve, with a mean of 3.
    assert one(panel({"PAR": flat(3.0)}, made, DAY)).gap == pytest.approx(0.0)
    assert one(panel({"PAR": flat(3.0)}, {c: flat(2.5) for c in codes(12)}, DAY)).gap == pytest.approx(0.5)


# ---- the pooled line -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("partners", "has_line"), [(4, False), (5, True)])
def test_a_pooled_line_needs_five_partners(partners: int, has_line: bool) -> None:
    made = panel({f"P{n}": flat(3.0) for n in range(partners)}, others(), DAY)
    results = compute(made)
    assert (results.measures["tier"].pooled is not None) is has_line
    expected = Case.NOTHING if has_line else Case.TOO_FEW
    assert verdict_of(results).case is expected


def test_draws_that_name_a_country_twice_are_thrown_out() -> None:
    made = panel({f"P{n}": flat(3.0) for n in range(5)}, others(6), DAY)
    line = pooled(compute(made).measures["tier"].compared)
    assert line is not None
    # Of 6^5 draws, 6 * 5 * 4 * 3 * 2 name five different countries.
    assert line.draws / 100_000 == pytest.approx(720 / 7776, abs=0.003)
    assert line.p == 1.0


def test_holm_multiplies_by_the_tests_left_and_never_falls() -> None:
    assert holm({"a": 0.01, "b": 0.04, "c": 0.03, "d": 0.5}) == pytest.approx(
        {"a": 0.04, "b": 0.09, "c": 0.09, "d": 0.5}
    )
    assert holm({"a": 0.6, "b": 0.7}) == {"a": 1.0, "b": 1.0}


# ---- what may be said ----------------------------------------------------------------------------------------------


def rows(difference: float, p: float | None = 0.5, **changed: float | None) -> tuple[CheckRow, ...]:
    keys = (LEAVE_ONE_OUT, *(f"group_{size}" for size in SIZES), PRETENDED)
    return tuple(CheckRow(key, 7, changed.get(key, difference), p if key == PRETENDED else 0.01) for key in keys)


def result(adjusted: float, difference: float = 1.0, key: str = "tier", **checks: float | None) -> MeasureResult:
    line = Pooled(7, difference, -0.35, 0.46, (-0.4, 0.4), 0.4, 0.01, 0.587, 0.7, 80_000)
    periods = frozenset({2020})
    return MeasureResult(key, (), line, adjusted, rows(difference, **checks), periods, periods, frozenset())


def of(*measures: MeasureResult) -> OutcomeResults:
    return OutcomeResults({one.key: one for one in measures}, (), (), None)


@pytest.mark.parametrize(("adjusted", "case"), [(0.05, Case.HOLDS), (0.0501, Case.NOTHING)])
def test_a_difference_is_told_from_chance_up_to_five_percent(adjusted: float, case: Case) -> None:
    assert verdict_of(of(result(adjusted))).case is case


@pytest.mark.parametrize(
    ("changed", "failed"),
    [
        ({}, []),
        ({"group_15": -0.1}, ["group_15"]),
        ({"group_20": 0.0}, ["group_20"]),
        ({LEAVE_ONE_OUT: -0.1}, [LEAVE_ONE_OUT]),
        ({LEAVE_ONE_OUT: None}, [LEAVE_ONE_OUT]),
        ({"p": 0.10}, [PRETENDED]),
        ({"p": 0.1001}, []),
        ({"p": None}, [PRETENDED]),
    ],
)
def test_a_difference_holds_only_if_every_check_does(changed: dict[str, float | None], failed: list[str]) -> None:
    assert failed_checks(1.0, rows(1.0, **changed)) == failed


def test_one_sign_holds_below_zero_as_well() -> None:
    assert failed_checks(-1.0, rows(-1.0)) == []
    found = verdict_of(of(result(0.01, -1.0), result(0.01, 1.0, "cpi")))
    assert ([it.key for it in found.rose], [it.key for it in found.fell]) == (["cpi"], ["tier"])


def test_a_difference_that_does_not_hold_is_named_beside_the_sentence_on_chance() -> None:
    found = verdict_of(of(result(1.0), result(0.02, 1.0, "rights", group_5=-1.0)))
    assert (found.case, found.about.key if found.about else "") == (Case.DOES_NOT_HOLD, "tier")
    (doubtful,) = lead_of(found).doubtful
    assert (doubtful.name, doubtful.failed) == ("political rights", "not with 5 countries in each group")


def test_the_sentence_names_each_check_that_fails() -> None:
    rights = result(0.02, 1.0, "rights", leave_one_out=-1.0, group_5=-1.0, group_20=-1.0, p=0.05)
    assert lead_text(of(result(1.0, 0.002), rights)) == (
        "No difference can be told from chance. In seven partnerships with at least two years of data after signature, "
        f"the TIP tier moved as it did in comparable countries (95% range {MINUS}0.35 to 0.46). A difference of less "
        "than about 0.59 would often have been missed, so this does not show that partnerships had no effect. "
        "Political rights differ more than chance would often produce, but not when one partner is left out, "
        "not with 5 or 20 countries in each group and also at a signature pretended 3 years earlier; we do not count "
        "it as a finding."
    )


def test_several_differences_that_hold_are_one_sentence_a_direction() -> None:
    text = lead_text(of(result(0.01, 1.5), result(0.02, 3.0, "cpi"), result(0.004, -2.0, "rights")))
    ends = f"(95% range {MINUS}0.35 to 0.46)"
    other = f"(95% range {MINUS}0.4 to 0.5)"  # as printed for measures with one decimal
    assert text == (
        "After signature, the TIP tier and the Corruption Perceptions Index rose more in partners than in comparable "
        f"countries, by 1.50 of a tier {ends} and 3.0 points {other}; chance alone would rarely do this (p .01 and "
        ".02). After signature, political rights fell more in partners than in comparable countries, by 2.0 points "
        f"{other}; chance alone would rarely do this (p <.01). Partners were not chosen at random, so this does not "
        "show that the partnerships caused it."
    )


def test_a_country_that_signed_twice_is_left_out_one_partnership_at_a_time() -> None:
    partners = {f"P{n}": flat(3.0) for n in range(5)}
    once = panel(partners, others(), DAY)
    twice = replace(once, signatures=(*once.signatures, Signature(dt.date(2016, 6, 1), "P0")))
    labels = [line.label for line in check_lines(compute(twice), {})]
    assert labels[-6:] == ["Without P0 (2015)", *(f"Without P{n}" for n in range(1, 5)), "Without P0 (2016)"]


@pytest.mark.parametrize(
    ("difference", "direction", "amount"),
    [(0.0049, "", "0.00 of a tier"), (-0.0049, "", "0.00 of a tier"), (0.0051, "more", "0.01 of a tier"),
     (-0.354, "less", "0.35 of a tier")],
)  # fmt: skip
def test_a_difference_that_rounds_to_zero_has_no_direction(difference: float, direction: str, amount: str) -> None:
    line = lead_of(verdict_of(of(result(1.0, difference)))).about
    assert line is not None
    assert (line.direction, line.amount, line.low, line.high, line.detectable) == (
        direction, amount, f"{MINUS}0.35", "0.46", "0.59",
    )  # fmt: skip


def test_figures_have_a_true_minus_and_zero_no_sign() -> None:
    rights = BY_KEY["rights"]
    assert numbers.difference(TIER, -0.9) == f"{MINUS}0.90"
    assert numbers.difference(TIER, 0.65) == "+0.65"
    assert numbers.difference(rights, 1.1499999999999997) == "+1.2"
    assert [numbers.difference(rights, value) for value in (0.04, -0.04, 0.06)] == ["0.0", "0.0", "+0.1"]
    assert [numbers.chance(p) for p in (0.0099, 0.01, 0.274, 0.999, 1.0, None)] == [
        "<.01", ".01", ".27", "1.00", "1.00", DASH,
    ]  # fmt: skip


# ---- other ways ----------------------------------------------------------------------------------------------------


def test_a_regression_takes_out_what_level_and_trend_predict() -> None:
    made = {
        code: flat(2.0 + number % 4, last=2016) | dict.fromkeys(range(2017, 2021), 12.0 - number % 4)
        for number, code in enumerate(codes(12))
    }
    known = panel({"PAR": flat(2.0, last=2016) | dict.fromkeys(range(2017, 2021), 9.0)}, made, DAY)
    fitted = by_regression(known, TIER, one(known))
    # The pool changes by 14 - 2 * level: a partner at 2 is expected to change by 10, and changes by 7.
    assert fitted.difference == pytest.approx(-3.0)
    assert fitted.placebos == pytest.approx(np.zeros(12), abs=1e-9)


def test_chance_from_the_same_tier_draws_no_other_country() -> None:
    made = {**others(6), **{f"W{n}": flat(2.0) for n in range(6)}}
    found = one(panel({"PAR": flat(2.0)}, made, DAY))
    assert with_same_tier(panel({"PAR": flat(2.0)}, made, DAY), found).pool == tuple(f"W{n}" for n in range(6))
