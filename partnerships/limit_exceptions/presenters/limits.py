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
    used_text,
    when_stated,
)


def term_chart(position: LimitPosition, today: date) -> Chart | None:
    """Return a chart of the term against its limit, or None without a dated term."""
    row = position.partnership
    if row.starts_on is None or row.ends_on is None:
        return None
    return charts.term_bar(
        "term", f"Term of the partnership with {row.country.name}", *_term_text(position, today),
        term_of(position, today), today,
    )  # fmt: skip


def _term_text(position: LimitPosition, today: date) -> tuple[str, str]:
    row, policy = position.partnership, position.partnership.limit_policy
    assert row.ends_on is not None
    assert position.months is not None
    months, limit = sum(position.months), policy.term_months if policy else 0
    used = used_text(position, today)
    when = f"It {'ends' if row.ends_on >= today else 'ended'} {formats.relative_day(row.ends_on, today)}."
    if position.months_over:
        basis = "known only from practice" if position.is_documented_practice else "under an exception"
        return f"Term: {months} months, {position.months_over} past the limit of {limit}, {basis}. {used}.", when
    lawful = formats.day(position.lawful_end)
    if row.ends_on == position.lawful_end:
        note = f"{lawful} is the latest lawful day; an extension needs an exception granted first."
        return f"Term: {used}. {when}", note
    return f"Term: {used}. {when}", f"{lawful} is the latest lawful day."


def money_chart(position: LimitPosition) -> Chart:
    """Return a chart of the money against its limit."""
    return charts.money_figure(
        "money-limit",
        f"U.S. money for {position.partnership.country.name} against the limit",
        *_money_text(position),
        money_of(position),
    )


def _money_text(position: LimitPosition) -> tuple[str, str]:
    limit = f"The limit of the policy is {formats.money(position.policy_funding)}."
    over = position.funding_over
    basis = "known only from practice" if position.is_documented_practice else "under an exception"
    past = f", {formats.money(over)} past the limit, {basis}" if over else ", within the limit"
    if position.is_documented:
        if position.stated is None:
            planned = formats.money(position.planned) if position.planned is not None else "no amount"
            return f"Money: {planned} planned{past}; later totals were not found.", f"{limit} No ledger here."
        text = f"Money: {formats.money(position.stated.amount)} stated, {when_stated(position.stated)}{past}."
        return text, f"{limit} No ledger here; obligated and disbursed are not recorded."
    if not position.planned:
        return "Money: nothing is planned yet.", limit
    text = f"{formats.money(position.obligated)} of {formats.money(position.planned)} planned is obligated"
    return f"Money: {text}{past}.", limit


@dataclass(frozen=True, slots=True)
class Fact:
    """One figure with a note on it."""

    term: str
    value: str
    note: str = ""


def limit_facts(position: LimitPosition, today: date, other_us_cash: Decimal) -> list[Fact]:
    """Return facts on the headroom, other U.S. cash, and the next expiry warning."""
    row = position.partnership
    found = [Fact("Latest lawful end", formats.day(position.lawful_end), used_text(position, today))]
    if position.is_documented:
        found.append(Fact("Obligated", NOT_RECORDED, "no ledger here"))
    else:
        left = headroom(row)
        found.append(Fact("Room to plan", formats.dollars(left.planned)))
        found.append(Fact("Planned, not awarded", formats.dollars(left.awarded)))
        found.append(Fact("Awarded, not obligated", formats.dollars(left.obligated)))
        found.append(Fact("Not yet disbursed", formats.dollars(left.disbursed)))
    if other_us_cash:
        found.append(Fact("Other U.S. cash", formats.dollars(other_us_cash), "not counted toward the limit"))
    warning = next_warning(row, today) if position.is_in_force else None
    if warning:
        found.append(Fact("Next warning", formats.day(warning[0]), f"{warning[1]} days before the end"))
    return found
