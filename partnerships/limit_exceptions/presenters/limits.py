"""Charts and facts of limits for the page of one partnership."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from cpc.web import charts, formats
from cpc.web.charts import Chart
from partnerships.limit_position import LimitPosition, headroom
from partnerships.limit_presenters import (
    NOT_RECORDED,
    money_of,
    next_warning,
    term_of,
    used_words,
    when_stated,
)


def term_chart(standing: LimitPosition, today: date) -> Chart | None:
    """Return a chart of the term against its limit, or None without a dated term."""
    row = standing.partnership
    if row.starts_on is None or row.ends_on is None:
        return None
    return charts.term_bar(
        "term", f"Term of the partnership with {row.country.name}", *_term_words(standing, today),
        term_of(standing, today), today,
    )  # fmt: skip


def _term_words(standing: LimitPosition, today: date) -> tuple[str, str]:
    row, policy = standing.partnership, standing.partnership.limit_policy
    assert row.ends_on is not None
    assert standing.months is not None
    months, limit = sum(standing.months), policy.term_months if policy else 0
    used = used_words(standing, today)
    when = f"It {'ends' if row.ends_on >= today else 'ended'} {formats.relative_day(row.ends_on, today)}."
    if standing.months_over:
        basis = "known only from practice" if standing.is_documented_practice else "under an exception"
        return f"Term: {months} months, {standing.months_over} past the limit of {limit}, {basis}. {used}.", when
    lawful = formats.day(standing.lawful_end)
    if row.ends_on == standing.lawful_end:
        note = f"{lawful} is the latest lawful day; an extension needs an exception granted first."
        return f"Term: {used}. {when}", note
    return f"Term: {used}. {when}", f"{lawful} is the latest lawful day."


def money_chart(standing: LimitPosition) -> Chart:
    """Return a chart of the money against its limit."""
    return charts.money_figure(
        "money-limit",
        f"U.S. money for {standing.partnership.country.name} against the limit",
        *_money_words(standing),
        money_of(standing),
    )


def _money_words(standing: LimitPosition) -> tuple[str, str]:
    limit = f"The limit of the policy is {formats.money(standing.policy_funding)}."
    over = standing.funding_over
    basis = "known only from practice" if standing.is_documented_practice else "under an exception"
    past = f", {formats.money(over)} past the limit, {basis}" if over else ", within the limit"
    if standing.is_documented:
        if standing.stated is None:
            planned = formats.money(standing.planned) if standing.planned is not None else "no amount"
            return f"Money: {planned} planned{past}; later totals were not found.", f"{limit} No ledger here."
        words = f"Money: {formats.money(standing.stated.amount)} stated, {when_stated(standing.stated)}{past}."
        return words, f"{limit} No ledger here; obligated and disbursed are not recorded."
    if not standing.planned:
        return "Money: nothing is planned yet.", limit
    words = f"{formats.money(standing.obligated)} of {formats.money(standing.planned)} planned is obligated"
    return f"Money: {words}{past}.", limit


@dataclass(frozen=True, slots=True)
class Fact:
    """One figure with a note on it."""

    term: str
    value: str
    note: str = ""


def limit_facts(standing: LimitPosition, today: date, other_us_cash: Decimal) -> list[Fact]:
    """Return facts on the headroom, other U.S. cash, and the next expiry warning."""
    row = standing.partnership
    found = [Fact("Latest lawful end", formats.day(standing.lawful_end), used_words(standing, today))]
    if standing.is_documented:
        found.append(Fact("Obligated", NOT_RECORDED, "no ledger here"))
    else:
        left = headroom(row)
        found.append(Fact("Room to plan", formats.dollars(left.planned)))
        found.append(Fact("Planned, not awarded", formats.dollars(left.awarded)))
        found.append(Fact("Awarded, not obligated", formats.dollars(left.obligated)))
        found.append(Fact("Not yet disbursed", formats.dollars(left.disbursed)))
    if other_us_cash:
        found.append(Fact("Other U.S. cash", formats.dollars(other_us_cash), "not counted toward the limit"))
    warning = next_warning(row, today) if standing.is_in_force else None
    if warning:
        found.append(Fact("Next warning", formats.day(warning[0]), f"{warning[1]} days before the end"))
    return found
