"""Labels, badges, and drawings of one partnership's term and money against their limits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from cpc.web import charts, formats
from cpc.web.badges import Badge
from cpc.web.charts import Money, Svg, Term
from partnerships.limit_position import AHEAD, LimitPosition
from partnerships.limits import months_needed
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
class Line:
    """A partnership as a list row or a card."""

    standing: LimitPosition
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
        return self.standing.partnership


def line(standing: LimitPosition, today: date, *, top: Decimal) -> Line:
    """Return the list row of one partnership.

    `top` is the end of the common scale of money, in dollars.
    """
    row, money = standing.partnership, money_of(standing)
    return Line(
        standing=standing,
        name=row.country.name,
        status=row.get_status_display(),
        status_kind="warn" if standing.has_lapsed(today) else STATUS_KINDS[Status(row.status)],
        as_of=as_of(standing),
        lapsed=lapsed_mark(standing, today),
        term=term_words(standing),
        months=months_words(standing),
        limits=limits_mark(standing),
        marks=attention(standing, today),
        amounts=amounts_words(standing),
        bar=charts.money_row(money, top=float(top)),
        card=charts.money_card(money),
        statement=statement_words(standing.stated) if standing.is_documented else "",
        contribution=contribution_words(standing),
    )


def top_of(standings: list[LimitPosition]) -> Decimal:
    """Return the end of a common scale that fits every amount and limit."""
    return Decimal(str(max((money_of(standing).most for standing in standings), default=1.0)))


# ---- drawings ------------------------------------------------------------------------------------------------------


def money_of(standing: LimitPosition) -> Money:
    """Return the amounts to draw."""
    return Money(
        planned=standing.planned,
        limit=standing.policy_funding,
        obligated=standing.obligated,
        disbursed=standing.disbursed,
        stated=standing.stated.amount if standing.stated else None,
        exception=standing.exception_funding,
    )


def term_of(standing: LimitPosition, today: date) -> Term:
    """Return the term to draw."""
    row = standing.partnership
    dated = row.starts_on is not None and row.ends_on is not None
    return Term(
        name=row.country.name,
        start=row.starts_on if dated else None,
        planned=standing.planned_end if dated else None,
        end=row.ends_on if dated else None,
        limit=standing.policy_end if dated else None,
        exception=standing.exception_end if dated else None,
        running=standing.is_in_force and dated and (row.ends_on or today) >= today,
        events=tuple(first for first, _ in standing.dialogues),
        label=months_words(standing),
        over=_months(standing.months_over, "over") if standing.months_over else "",
    )


# ---- labels --------------------------------------------------------------------------------------------------------


def term_words(standing: LimitPosition) -> str:
    """Return the first and last day of the term as text."""
    row = standing.partnership
    if row.starts_on is None or row.ends_on is None:
        return "Not dated"
    return f"{formats.day(row.starts_on)} to {formats.day(row.ends_on)}"


def months_words(standing: LimitPosition) -> str:
    """Return the months planned at signature and those added: "48 + 12 months"."""
    if standing.months is None:
        return ""
    first, added = standing.months
    return f"{first} + {added} months" if added else _months(first)


def used_words(standing: LimitPosition, today: date) -> str:
    """Return how much of the limit has passed: "22 of 60 months used"; "" without a dated term."""
    used = standing.months_used(today)
    if used is None or not standing.partnership.term_limit_months:
        return ""
    return f"{used} of {_months(standing.partnership.term_limit_months)} used"


def _months(number: int, after: str = "") -> str:
    return " ".join(part for part in (f"{number} month{'' if number == 1 else 's'}", after) if part)


def as_of(standing: LimitPosition) -> str:
    """Return the day of the documented status as text; "" for a managed partnership."""
    if not standing.is_documented:
        return ""
    day = standing.partnership.status_as_of
    return f"as of {formats.day(day)}" if day else "day not found"


def amounts_words(standing: LimitPosition) -> str:
    """Return the amounts as one line of text."""
    planned = formats.money(standing.planned) if standing.planned is not None else "not found"
    if standing.is_documented:
        stated = f"{formats.money(standing.stated.amount)} stated" if standing.stated else "later total: not found"
        return f"{planned} planned · {stated}"
    return f"{planned} planned · {formats.money(standing.obligated)} obligated"


def when_stated(statement: FigureStatement) -> str:
    """Return the day, month, or year of a statement as text, as far as known."""
    return formats.day(statement.stated_on) if statement.stated_on else statement.stated_in or "day not found"


def statement_words(statement: FigureStatement | None) -> str:
    """Return a stated total with its date as text."""
    return f"{formats.money(statement.amount)}, {when_stated(statement)}" if statement else NOT_FOUND


def stated_amount(statement: FigureStatement) -> str:
    """Return the amount of a statement in its own currency, or an en dash without an amount."""
    if statement.amount is None:
        return formats.DASH
    if statement.currency == "USD":
        return formats.money(statement.amount)
    return f"{statement.currency} {formats.number(statement.amount)}"


def contribution_words(standing: LimitPosition) -> str:
    """Return the partner government's contribution as last stated."""
    stated = [row for row in standing.statements if row.kind == FigureKind.PARTNER_CONTRIBUTION]
    return stated[-1].text if stated else NOT_FOUND if standing.is_documented else ""


def limits_mark(standing: LimitPosition) -> Badge:
    """Return the badge of both figures against the policy's limits.

    It names the basis for a higher limit.
    """
    over = []
    if standing.months_over:
        over.append(f"term {_months(standing.months_over, 'over')}")
    if standing.funding_over:
        over.append(f"money {formats.money(standing.funding_over)} over")
    if over:
        basis = "documented practice" if standing.is_documented_practice else "exception granted"
        text = ", ".join(over)
        return Badge("warn", f"{text[0].upper()}{text[1:]}; {basis}")
    if standing.exceptions:
        return Badge("info", "Within both; exception requested")
    if standing.partnership.starts_on is None and not standing.planned:
        return Badge("none", "Nothing planned yet")
    return Badge("good", "Within both")


def lapsed_mark(standing: LimitPosition, today: date) -> Badge | None:
    """Return a badge for a "signed" or "active" status after the last day of the term, or None."""
    if not standing.has_lapsed(today):
        return None
    return Badge("warn", f"Term ended {formats.day(standing.partnership.ends_on)}; no later status recorded")


def attention(standing: LimitPosition, today: date) -> tuple[Badge, ...]:
    """Return badges of the points that need attention, most pressing first."""
    row, marks = standing.partnership, []
    if row.status == Status.SUSPENDED:
        marks.append(Badge("bad", "Suspended by determination"))
    if lapsed := lapsed_mark(standing, today):
        marks.append(lapsed)
    elif standing.is_in_force and row.ends_on and (row.ends_on - today).days <= AHEAD:
        marks.append(Badge("warn", f"Ends {formats.relative_day(row.ends_on, today)}", "event"))
    if standing.overdue:
        marks.append(Badge("warn", f"{standing.overdue} overdue", "alarm"))
    if standing.is_in_force and row.ends_on == standing.lawful_end and row.ends_on and row.ends_on >= today:
        marks.append(Badge("info", "Ends on the latest lawful day: an extension needs an exception"))
    if standing.is_documented and standing.stated is None:
        marks.append(Badge("unknown", "Later totals not found"))
    if standing.is_documented and standing.is_in_force:
        marks.append(Badge("unknown", f"Status {as_of(standing)}"))
    return tuple(marks)


def next_warning(row: Partnership, today: date) -> tuple[date, int] | None:
    """Return the next day of an expiry warning, and its days before the end of the term.

    Return None without a last day or a coming warning.
    """
    if row.ends_on is None:
        return None
    days = [(row.ends_on - timedelta(days=before), before) for before in WARNING_DAYS]
    return min(((day, before) for day, before in days if day >= today), default=None)


def months_left(standing: LimitPosition) -> int:
    """Return the months, whole or begun, between the last day and the limit in force."""
    row = standing.partnership
    if row.ends_on is None or standing.lawful_end is None:
        return 0
    return months_needed(row.ends_on, standing.lawful_end)


def limit_words(partnership: Partnership) -> str:
    """Return a label of the limit of funding in force, from the policy or an exception."""
    policy = partnership.limit_policy
    if policy is not None and partnership.funding_limit > policy.funding:
        return f"The limit of {formats.money(policy.funding)}, raised by an exception"
    return "The limit of a partnership"
