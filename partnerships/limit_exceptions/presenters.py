"""Table and badges of exceptions, and charts and facts of limits."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.urls import reverse
from django.utils.safestring import SafeString

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.audit.authors import why_not_decide
from cpc.web import charts, formats
from cpc.web.badges import Badge
from cpc.web.charts import Chart
from cpc.web.markup import badge, lines, link, small
from cpc.web.tables import Column, Table
from partnerships.closing import CLOSED, OVER
from partnerships.limit_position import LimitPosition, headroom
from partnerships.limit_presenters import (
    BASES,
    NOT_RECORDED,
    basis,
    end_sentence,
    lawful_days,
    lawful_end_sentence,
    money_of,
    month_count,
    next_warning,
    stated_text,
    term_of,
    used_text,
    when_stated,
)
from partnerships.models import (
    LimitException,
    LimitPolicy,
    Partnership,
)
from partnerships.term_position import ExceptionState


@dataclass(frozen=True, slots=True)
class PolicyLine:
    policy: LimitPolicy
    mark: Badge
    is_open: bool


def policy_lines(policies: Iterable[LimitPolicy], today: date) -> list[PolicyLine]:
    """Return each policy with its status. `policies` are ordered by latest first day."""
    lines, is_current = [], True
    for row in policies:
        if not hasattr(row, "approval"):
            lines.append(PolicyLine(row, Badge("info", "Proposed"), is_open=True))
        elif row.effective_from > today:
            lines.append(
                PolicyLine(row, Badge("info", f"Takes effect {formats.day(row.effective_from)}"), is_open=False)
            )
        else:
            mark = Badge("good", "In force") if is_current else Badge("none", "Replaced")
            lines.append(PolicyLine(row, mark, is_open=False))
            is_current = False
    return lines


def policies_table(user: User) -> Table[PolicyLine]:
    """Return the table of limit policies.

    An approver gets a link to approve those that another person proposed.
    """
    may_approve = user.allows(Permission.APPROVE_PARTNERSHIPS)

    def state(row: PolicyLine) -> SafeString:
        policy, way = row.policy, SafeString("")
        if row.is_open and why_not_decide(policy, user):
            way = small("Another person must approve it.")
        elif row.is_open and may_approve:
            url = reverse("limit-policy-approve", args=[policy.pk])
            way = link(url, "Approve", f" the limits from {formats.day(policy.effective_from)}")
        return lines(badge(row.mark), way)

    return Table(
        "Policies",
        [
            Column("From", lambda row: formats.day(row.policy.effective_from), css="u-nowrap"),
            Column("Longest term", lambda row: f"{row.policy.term_months} months", "number", phone="Term"),
            Column("Largest funding", lambda row: row.policy.funding, "dollars", phone="Funding"),
            Column("Awards after the term", lambda row: f"{row.policy.award_months} months", "number"),
            Column("Set by", lambda row: row.policy.citation, detail=_set_by, css="is-wide"),
            Column("State", state),
        ],
        caption="Limits by effective date",
    )


def _set_by(row: PolicyLine) -> str:
    policy = row.policy
    if not policy.proposed_by:
        return "Installed with the software"
    approved = "" if row.is_open else f", approved by {policy.approval.approved_by}"
    return f"Proposed by {policy.proposed_by}{approved}"


def policy_facts(policy: LimitPolicy) -> list[tuple[str, str]]:
    return [
        ("From", formats.day(policy.effective_from)),
        ("Longest term", f"{policy.term_months} months"),
        ("Largest funding", formats.dollars(policy.funding)),
        ("Awards after the term", f"{policy.award_months} months"),
        ("Set by", policy.citation),
        ("Proposed by", str(policy.proposed_by or "The software")),
    ]


def is_open(row: LimitException) -> bool:
    return row.kind == "granted" and not row.is_granted and not row.is_refused


def exception_summary(row: LimitException, position: LimitPosition) -> str:
    policy = position.partnership.limit_policy
    if row.term_months:
        return (
            f"Term up to {row.term_months} months instead of {policy.term_months if policy else 'those of the policy'}."
        )
    return f"Funding up to {formats.dollars(row.funding)} instead of {formats.dollars(position.policy_funding)}."


def exception_mark(row: LimitException, position: LimitPosition, today: date) -> Badge:
    state, expired = position.state_of(row, today), row.expires_on is not None and row.expires_on < today
    day = formats.day(row.expires_on)
    if state is ExceptionState.PRACTICE:
        return Badge("warn", "Known from practice; no exception found")
    if state is ExceptionState.REFUSED:
        return Badge("none", f"Refused {formats.day(row.refusal.at)}")
    if state is ExceptionState.REQUESTED:
        return Badge("info", "Requested, not granted")
    if state is ExceptionState.EXPIRED:
        return Badge("none", f"Expired {day}, not used")
    if state is ExceptionState.USED:
        return Badge("good", f"Granted and used; {'expired' if expired else 'usable until'} {day}")
    return Badge("good", f"Granted, not used; usable until {day}")


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
    used, when = used_text(term), end_sentence(term)
    if term.months_past_policy:
        reason = BASES[basis(position, today, of_term=True)][1]
        counted = f", {term.counted_length} counted from entry into force" * (term.counted_length != term.length)
        past = f"{term.months_past_policy} past the limit of {term.policy_months}, {reason}"
        tail = f" {used}." if used else ""
        return f"Term: {month_count(term.length)}{counted}{',' if not counted else ';'} {past}.{tail}", when
    finding = f"Term: {used}. {when}" if used else f"Term: {month_count(term.length)}. {when}"
    return finding, lawful_end_sentence(term)


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
    facts = [Fact(label, lawful_days(term), used_text(term))]
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
