"""Charts and facts of limits for the page of one partnership."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from cpc.web import charts, formats
from cpc.web.charts import Chart
from partnerships.closing import CLOSED, OVER
from partnerships.limit_position import LimitPosition, headroom
from partnerships.limit_presenters import (
    BASES,
    NOT_RECORDED,
    basis,
    end_sentence,
    money_of,
    month_count,
    next_warning,
    stated_text,
    term_of,
    used_text,
    when_stated,
)
from partnerships.models import Partnership
from partnerships.term_position import ExceptionState, Phase


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
    term = position.term(today)
    used, when, lawful = used_text(term), end_sentence(term), formats.day(term.lawful_end)
    if term.months_past_policy:
        reason = BASES[basis(position, today, of_term=True)][1]
        counted = f", {term.counted_length} counted from entry into force" * (term.counted_length != term.length)
        past = f"{term.months_past_policy} past the limit of {term.policy_months}, {reason}"
        tail = f" {used}." if used else ""
        return f"Term: {month_count(term.length)}{counted}{',' if not counted else ';'} {past}.{tail}", when
    finding = f"Term: {used}. {when}" if used else f"Term: {month_count(term.length)}. {when}"
    if term.is_full:
        return finding, f"{lawful} is the latest lawful day; an extension needs an exception granted first."
    is_open = term.is_running or term.phase is Phase.PLANNED
    return finding, f"{lawful} {'is' if is_open else 'was'} the latest lawful day."


def money_chart(position: LimitPosition, today: date) -> Chart:
    return charts.money_figure(
        "money-limit",
        f"U.S. money for {position.partnership.country.name} against the limit",
        *_money_text(position, today),
        money_of(position),
    )


def _money_text(position: LimitPosition, today: date) -> tuple[str, str]:
    limit = f"The limit of the policy is {formats.money(position.policy_funding)}."
    over = position.funding_over
    reason = BASES[basis(position, today, of_term=False)][1]
    past = f", {formats.money(over)} past the limit, {reason}" if over else ", within the limit"
    if position.is_documented:
        if position.stated is None:
            planned = formats.money(position.planned) if position.planned is not None else "no amount"
            return f"Money: {planned} planned{past}; later totals were not found.", f"{limit} No ledger here."
        text = f"Money: {formats.money(position.stated.amount)} stated, {when_stated(position.stated)}{past}."
        if position.disputed is not None:
            text = f"Money: {stated_text(position)}. The statements disagree; counted from the highest{past}."
        return text, f"{limit} No ledger here; obligated and disbursed are not recorded."
    if not position.planned:
        return "Money: nothing is planned yet.", limit
    text = f"{formats.money(position.obligated)} of {formats.money(position.planned)} planned is obligated"
    return f"Money: {text}{past}.", limit


@dataclass(frozen=True, slots=True)
class Fact:
    term: str
    value: str
    note: str = ""


def limit_facts(position: LimitPosition, today: date, other_us_cash: Decimal) -> list[Fact]:
    row, term = position.partnership, position.term(today)
    is_practice = basis(position, today, of_term=True) is ExceptionState.PRACTICE
    label = "Latest end known from practice" if is_practice else "Latest lawful end"
    facts = [Fact(label, formats.day(term.lawful_end), used_text(term))]
    if position.is_documented:
        facts.append(Fact("Obligated", NOT_RECORDED, "no ledger here"))
    else:
        facts += _money_facts(row)
    if other_us_cash:
        facts.append(Fact("Other U.S. cash", formats.dollars(other_us_cash), "not counted toward the limit"))
    warning = next_warning(row, today) if term.is_running else None
    if warning:
        facts.append(Fact("Next warning", formats.day(warning[0]), f"{warning[1]} days before the end"))
    return facts


def _money_facts(row: Partnership) -> list[Fact]:
    """Return the headroom of each total. Once a partnership is over, return its sums, and what is left to settle."""
    left = headroom(row)
    to_disburse = Fact("Not yet disbursed", formats.dollars(left.disbursed))
    if row.status not in OVER:
        return [
            Fact("Room to plan", formats.dollars(left.planned)),
            Fact("Planned, not awarded", formats.dollars(left.awarded)),
            Fact("Awarded, not obligated", formats.dollars(left.obligated)),
            to_disburse,
        ]
    sums = [
        Fact("Planned", formats.dollars(row.planned_total)),
        Fact("Obligated, net", formats.dollars(row.obligated_total)),
        Fact("Disbursed", formats.dollars(row.disbursed_total)),
    ]
    return sums if row.status in CLOSED else [*sums, to_disburse]
