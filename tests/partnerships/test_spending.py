"""Monthly spending and the end of the pipeline, computed by hand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from partnerships.spending import (
    Expended,
    NoPace,
    Spending,
    expended_by_year,
    last_day_of,
    months_left,
    outlook_of,
    spending_of,
)
from tests.support.outcomes import values

SEP_2025, DEC_2025, MAR_2026, JUN_2026, SEP_2026 = (
    date(2025, 9, 30), date(2025, 12, 31), date(2026, 3, 31), date(2026, 6, 30), date(2026, 9, 30),
)  # fmt: skip


def spent(*reports: tuple[date, int], obligated: int = 1_500_000, start: date | None = date(2024, 4, 15),
          ended: date | None = None) -> Spending:  # fmt: skip
    return spending_of(Decimal(obligated), [Expended(on, Decimal(sum_)) for on, sum_ in reports], start, ended)


def test_pace_of_the_last_four_quarters_and_the_day_on_which_the_pipeline_ends() -> None:
    award = spent((SEP_2025, 548_000), (DEC_2025, 700_000), (SEP_2026, 1_062_000))
    assert award.a_month == Decimal(514_000) / 12  # 1,062,000 less 548,000
    assert award.pipeline == 438_000
    assert award.lasts_months is not None
    assert round(award.lasts_months, 3) == Decimal("10.226")
    # Ten months after September 30, 2026, are over on July 31, 2027; .226 of August is 6 of its 31 days.
    assert award.lasts_to == date(2027, 8, 6)


def test_pace_over_a_longer_time_if_no_report_ends_a_year_before() -> None:
    award = spent((date(2025, 6, 30), 450_000), (SEP_2026, 1_062_000))
    assert (award.a_month, award.months) == (Decimal(612_000) / 15, 15)
    # 438,000 at 40,800 a month: 10.735 months; .735 of August 2027 is 22 days.
    assert award.lasts_to == date(2027, 8, 22)


def test_the_quarter_of_the_start_counts_whole() -> None:
    award = spent((date(2025, 9, 30), 60_000), (JUN_2026, 240_000), obligated=480_000, start=date(2025, 7, 1))
    assert values(award.a_month, award.months) == (20_000, 12)
    assert award.lasts_months == 12
    assert award.lasts_to == date(2027, 6, 30)
    assert spent((JUN_2026, 240_000), start=date(2025, 9, 30)).a_month == 20_000


@pytest.mark.parametrize("start", [date(2025, 10, 1), date(2026, 1, 1)])
def test_too_early_under_four_reported_quarters(start: date) -> None:
    assert spent((JUN_2026, 240_000), start=start).no_pace is NoPace.TOO_EARLY
    assert spent((JUN_2026, 240_000), start=None).no_pace is NoPace.TOO_EARLY


def test_no_pace_without_a_report_or_expenditure_or_after_the_end() -> None:
    assert spent().no_pace is NoPace.NO_REPORT
    still = spent((SEP_2025, 300_000), (SEP_2026, 300_000))
    assert (still.no_pace, still.lasts_to) == (NoPace.NOTHING_SPENT, None)
    # A refund can lower what was expended.
    assert spent((SEP_2025, 300_000), (SEP_2026, 299_999)).no_pace is NoPace.NOTHING_SPENT
    assert spent((SEP_2025, 300_000), (SEP_2026, 300_001)).a_month == Decimal(1) / 12
    over = spent((SEP_2025, 300_000), (DEC_2025, 338_500), obligated=350_000, ended=DEC_2025)
    assert values(over.no_pace, over.pipeline, over.lasts_to) == (NoPace.ENDED, 11_500, None)
    assert spent(ended=DEC_2025).no_pace is NoPace.ENDED


def test_more_expended_than_obligated_lasts_no_longer() -> None:
    award = spent((SEP_2025, 0), (SEP_2026, 1_600_000))
    assert values(award.pipeline, award.lasts_months, award.lasts_to) == (-100_000, 0, SEP_2026)


@pytest.mark.parametrize(
    ("months", "day"),
    [("0", (2026, 9, 30)), ("0.5", (2026, 10, 15)), ("1", (2026, 10, 31)), ("4.5", (2027, 2, 14)),
     ("12", (2027, 9, 30)), ("17", (2028, 2, 29))],
)  # fmt: skip
def test_last_day_of_months(months: str, day: tuple[int, int, int]) -> None:
    assert last_day_of(SEP_2026, Decimal(months)) == date(*day)


@pytest.mark.parametrize(
    ("last_day", "months"),
    [((2026, 9, 29), Decimal(0)), ((2026, 9, 30), Decimal(0)), ((2026, 10, 1), Decimal(1) / 31),
     ((2026, 10, 31), Decimal(1)), ((2027, 2, 14), Decimal("4.5")), ((2028, 2, 14), 16 + Decimal(14) / 29)],
)  # fmt: skip
def test_months_left(last_day: tuple[int, int, int], months: Decimal) -> None:
    assert months_left(SEP_2026, date(*last_day)) == months


def test_outlook_over_awards_leaves_out_what_an_ended_award_did_not_spend() -> None:
    justice = spent((SEP_2025, 548_000), (SEP_2026, 1_062_000))
    care = spent((SEP_2025, 573_500), (SEP_2026, 1_148_000), obligated=1_750_000)
    survey = spent((SEP_2025, 207_500), (DEC_2025, 338_500), obligated=350_000, ended=DEC_2025)
    outlook = outlook_of([justice, care, survey])
    assert values(outlook.obligated, outlook.expended, outlook.pipeline) == (3_600_000, 2_548_500, 1_051_500)
    assert round(outlook.a_month, 2) == Decimal("90708.33")
    assert values(outlook.left, outlook.through) == (1_040_000, SEP_2026)
    # 1,040,000 at 90,708.33: 11.465 months; .465 of September 2027 is 13 days.
    assert outlook.lasts_to == date(2027, 9, 13)
    # 16 months and 14 of 29 days are left of the term.
    needed = outlook.needed_a_month(Decimal(4_600_000), date(2028, 2, 14))
    assert needed is not None
    assert round(needed, 2) == Decimal("124463.39")
    by_then = outlook.spent_by(date(2028, 2, 14))
    assert by_then is not None
    assert round(by_then) == 4_043_624
    assert outlook.needed_a_month(Decimal(2_000_000), date(2028, 2, 14)) == 0
    assert outlook.needed_a_month(Decimal(4_600_000), SEP_2026) is None


def test_an_older_report_is_carried_to_the_newest_at_its_pace() -> None:
    newest = spent((SEP_2025, 0), (SEP_2026, 120_000), obligated=240_000)
    older = spent((date(2025, 6, 30), 0), (JUN_2026, 120_000), obligated=180_000)
    outlook = outlook_of([newest, older])
    # Of the older award, 60,000 were left on June 30, and 30,000 of them three months later.
    assert values(outlook.left, outlook.a_month) == (150_000, 20_000)
    assert (outlook.through, outlook.oldest_through) == (SEP_2026, JUN_2026)
    assert outlook.lasts_to == date(2027, 5, 15)


def test_the_end_is_not_known_while_an_award_with_money_has_no_pace() -> None:
    known = spent((SEP_2025, 0), (SEP_2026, 120_000), obligated=240_000)
    outlook = outlook_of([known, spent(obligated=1)])
    assert (outlook.unknown, outlook.lasts_to, outlook.spent_by(date(2027, 9, 30))) == (1, None, None)
    assert outlook_of([known, spent(obligated=0)]).lasts_to == date(2027, 9, 30)
    assert outlook_of([]).lasts_to is None


def test_expended_by_fiscal_year() -> None:
    reports = [Expended(SEP_2026, Decimal(700)), Expended(date(2024, 9, 30), Decimal(96)),
               Expended(SEP_2025, Decimal(548)), Expended(DEC_2025, Decimal(600))]  # fmt: skip
    amounts, missing = expended_by_year(reports, date(2024, 4, 15), None, 2026)
    assert values(amounts, missing) == ({2024: 96, 2025: 452, 2026: 152}, frozenset())
    # Without the report to September 30, 2025, its year is not known, and the next one makes up for it.
    amounts, missing = expended_by_year([reports[1], reports[0]], date(2024, 4, 15), None, 2026)
    assert values(amounts, missing) == ({2024: 96, 2026: 604}, frozenset({2025}))
    # An award that ended is known to its last day.
    last = [Expended(SEP_2025, Decimal(207)), Expended(DEC_2025, Decimal(338))]
    assert expended_by_year(last, date(2025, 6, 3), DEC_2025, 2026)[1] == frozenset()
    assert expended_by_year(last[:1], date(2025, 6, 3), DEC_2025, 2026)[1] == frozenset({2026})
    assert expended_by_year([], date(2025, 10, 1), None, 2025) == ({}, frozenset())
    assert expended_by_year([], date(2025, 9, 30), None, 2025) == ({}, frozenset({2025}))
