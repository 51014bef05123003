"""Labels, badges, and drawings of one partnership's term and money against their limits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from cpc.web import charts, formats
from cpc.web.badges import Badge
from cpc.web.charts import Money, Svg, Term
from partnerships.limit_position import AHEAD, LimitPosition
from partnerships.models import FigureKind, FigureStatement, Partnership, Status
from partnerships.schedules import WARNING_DAYS

NOT_RECORDED = "Not recorded"
NOT_FOUND = "Not found"

STATUS_KINDS = {
    Status.SELECTED: "info",
    Status.INVITED: "info",
    Status.NEGOTIATING: "info",
    Status.IN_CLEARANCE: "info",
    Status.SIGNED: "good",
    Status.ACTIVE: "good",
    Status.SUSPENDED: "bad",
    Status.COMPLETED: "none",
    Status.CLOSED: "none",
    Status.TERMINATED: "none",
    Status.CANCELED: "none",
}


@dataclass(frozen=True, slots=True)
class PartnershipSummary:
    """A partnership as a list row or a card."""

    position: LimitPosition
    name: str
    status: str
    status_kind: str
    as_of: str
    lapsed: Badge | None
    term: str
    months: str
    limits: Badge
    marks: tuple[Badge, ...]
    amounts: str
    bar: Svg
    card: Svg
    statement: str
    contribution: str

    @property
    def partnership(self) -> Partnership:
        """Return the partnership."""
        return self.position.partnership


def partnership_summary(position: LimitPosition, today: date, *, top: Decimal) -> PartnershipSummary:
    """Return the list row of one partnership.

    `top` is the end of the common scale of money, in dollars.
    """
    row, money = position.partnership, money_of(position)
    return PartnershipSummary(
        position=position,
        name=row.country.name,
        status=row.get_status_display(),
        status_kind="warn" if position.has_lapsed(today) else STATUS_KINDS[Status(row.status)],
        as_of=as_of(position),
        lapsed=lapsed_mark(position, today),
        term=term_text(position),
        months=months_text(position),
        limits=limits_mark(position),
        marks=attention(position, today),
        amounts=amounts_text(position),
        bar=charts.money_row(money, top=float(top)),
        card=charts.money_card(money),
        statement=statement_text(position.stated) if position.is_documented else "",
        contribution=contribution_text(position),
    )


def top_of(positions: list[LimitPosition]) -> Decimal:
    """Return the end of a common scale that fits every amount and limit."""
    return Decimal(str(max((money_of(position).most for position in positions), default=1.0)))


# ---- drawings ------------------------------------------------------------------------------------------------------


def money_of(position: LimitPosition) -> Money:
    """Return the amounts to draw."""
    return Money(
        planned=position.planned,
        limit=position.policy_funding,
        obligated=position.obligated,
        disbursed=position.disbursed,
        stated=position.stated.amount if position.stated else None,
        exception=position.exception_funding,
    )


def term_of(position: LimitPosition, today: date) -> Term:
    """Return the term to draw."""
    row = position.partnership
    dated = row.starts_on is not None and row.ends_on is not None
    return Term(
        name=row.country.name,
        start=row.starts_on if dated else None,
        planned=position.planned_end if dated else None,
        end=row.ends_on if dated else None,
        limit=position.policy_end if dated else None,
        exception=position.exception_end if dated else None,
        running=position.is_in_force and dated and (row.ends_on or today) >= today,
        events=tuple(first for first, _ in position.dialogues),
        label=months_text(position),
        over=_months(position.months_over, "over") if position.months_over else "",
    )


# ---- labels --------------------------------------------------------------------------------------------------------


def term_text(position: LimitPosition) -> str:
    """Return the first and last day of the term as text."""
    row = position.partnership
    if row.starts_on is None or row.ends_on is None:
        return "Not dated"
    return f"{formats.day(row.starts_on)} to {formats.day(row.ends_on)}"


def months_text(position: LimitPosition) -> str:
    """Return the months planned at signature and those added: "48 + 12 months"."""
    if position.months is None:
        return ""
    first, added = position.months
    return f"{first} + {added} months" if added else _months(first)


def used_text(position: LimitPosition, today: date) -> str:
    """Return how much of the limit has passed: "22 of 60 months used"; "" without a dated term."""
    used = position.months_used(today)
    if used is None or not position.partnership.term_limit_months:
        return ""
    return f"{used} of {_months(position.partnership.term_limit_months)} used"


def _months(number: int, after: str = "") -> str:
    return " ".join(part for part in (f"{number} month{'' if number == 1 else 's'}", after) if part)


def as_of(position: LimitPosition) -> str:
    """Return the day of the documented status as text; "" for a managed partnership."""
    if not position.is_documented:
        return ""
    day = position.partnership.status_as_of
    return f"as of {formats.day(day)}" if day else "day not found"


def amounts_text(position: LimitPosition) -> str:
    """Return the amounts as one line of text."""
    planned = formats.money(position.planned) if position.planned is not None else "not found"
    if position.is_documented:
        stated = f"{formats.money(position.stated.amount)} stated" if position.stated else "later total: not found"
        return f"{planned} planned · {stated}"
    return f"{planned} planned · {formats.money(position.obligated)} obligated"


def when_stated(statement: FigureStatement) -> str:
    """Return the day, month, or year of a statement as text, as far as known."""
    return formats.day(statement.stated_on) if statement.stated_on else statement.stated_in or "day not found"


def statement_text(statement: FigureStatement | None) -> str:
    """Return a stated total with its date as text."""
    return f"{formats.money(statement.amount)}, {when_stated(statement)}" if statement else NOT_FOUND


def stated_amount(statement: FigureStatement) -> str:
    """Return the amount of a statement in its own currency, or an en dash without an amount."""
    if statement.amount is None:
        return formats.DASH
    if statement.currency == "USD":
        return formats.money(statement.amount)
    return f"{statement.currency} {formats.number(statement.amount)}"


def contribution_text(position: LimitPosition) -> str:
    """Return the partner government's contribution as last stated."""
    stated = [row for row in position.statements if row.kind == FigureKind.PARTNER_CONTRIBUTION]
    return stated[-1].text if stated else NOT_FOUND if position.is_documented else ""


def limits_mark(position: LimitPosition) -> Badge:
    """Return the badge of both figures against the policy's limits.

    It names the basis for a higher limit.
    """
    over = []
    if position.months_over:
        over.append(f"term {_months(position.months_over, 'over')}")
    if position.funding_over:
        over.append(f"money {formats.money(position.funding_over)} over")
    if over:
        basis = "documented practice" if position.is_documented_practice else "exception granted"
        text = ", ".join(over)
        return Badge("warn", f"{text[0].upper()}{text[1:]}; {basis}")
    if position.exceptions:
        return Badge("info", "Within both; exception requested")
    if position.partnership.starts_on is None and not position.planned:
        return Badge("none", "Nothing planned yet")
    return Badge("good", "Within both")


def lapsed_mark(position: LimitPosition, today: date) -> Badge | None:
    """Return a badge for a "signed" or "active" status after the last day of the term, or None."""
    if not position.has_lapsed(today):
        return None
    return Badge("warn", f"Term ended {formats.day(position.partnership.ends_on)}; no later status recorded")


def attention(position: LimitPosition, today: date) -> tuple[Badge, ...]:
    """Return badges of the points that need attention, most pressing first."""
    row, marks = position.partnership, []
    if row.status == Status.SUSPENDED:
        marks.append(Badge("bad", "Suspended by determination"))
    if lapsed := lapsed_mark(position, today):
        marks.append(lapsed)
    elif position.is_in_force and row.ends_on and (row.ends_on - today).days <= AHEAD:
        marks.append(Badge("warn", f"Ends {formats.relative_day(row.ends_on, today)}", "event"))
    if position.overdue:
        marks.append(Badge("warn", f"{position.overdue} overdue", "alarm"))
    if position.is_in_force and row.ends_on == position.lawful_end and row.ends_on and row.ends_on >= today:
        marks.append(Badge("info", "Ends on the latest lawful day: an extension needs an exception"))
    if position.is_documented and position.stated is None:
        marks.append(Badge("unknown", "Later totals not found"))
    if position.is_documented and position.is_in_force:
        marks.append(Badge("unknown", f"Status {as_of(position)}"))
    return tuple(marks)


def next_warning(row: Partnership, today: date) -> tuple[date, int] | None:
    """Return the next day of an expiry warning, and its days before the end of the term.

    Return None without a last day or a coming warning.
    """
    if row.ends_on is None:
        return None
    days = [(row.ends_on - timedelta(days=before), before) for before in WARNING_DAYS]
    return min(((day, before) for day, before in days if day >= today), default=None)


def limit_label(partnership: Partnership) -> str:
    """Return a label of the limit of funding in force, from the policy or an exception."""
    policy = partnership.limit_policy
    if policy is not None and partnership.funding_limit > policy.funding:
        return f"The limit of {formats.money(policy.funding)}, raised by an exception"
    return "The limit of a partnership"
