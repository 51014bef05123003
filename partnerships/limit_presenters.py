"""Labels, badges, and drawings of one partnership's term and money against their limits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from cpc.web import charts, formats
from cpc.web.badges import Badge
from cpc.web.charts import Money, Svg, Term
from partnerships.limit_position import AHEAD, LimitPosition, limit_positions
from partnerships.models import FigureKind, FigureStatement, Partnership, Status
from partnerships.schedules import WARNING_DAYS
from partnerships.term_position import ExceptionState, Phase, TermPosition

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
    position: LimitPosition
    on_day: TermPosition
    exception_end: date | None
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
        return self.position.partnership


def partnership_summary(position: LimitPosition, today: date, *, top: Decimal) -> PartnershipSummary:
    """Return the list row of one partnership.

    `top` is the end of the common scale of money, in dollars.
    """
    row, money, on_day = position.partnership, money_of(position), position.term(today)
    return PartnershipSummary(
        position=position,
        on_day=on_day,
        exception_end=position.exception_end(today),
        name=row.country.name,
        status=row.get_status_display(),
        status_kind="warn" if on_day.phase is Phase.LAPSED else STATUS_KINDS[Status(row.status)],
        as_of=as_of(position),
        lapsed=lapsed_mark(position, today),
        term=term_text(on_day),
        months=months_text(on_day),
        limits=limits_mark(position, today),
        marks=attention(position, today),
        amounts=amounts_text(position),
        bar=charts.money_row(money, top=float(top)),
        card=charts.money_card(money),
        statement=stated_text(position) if position.is_documented else "",
        contribution=contribution_text(position),
    )


def top_of(positions: list[LimitPosition]) -> Decimal:
    """Return the end of a common scale that fits every amount and limit."""
    return Decimal(str(max((money_of(position).most for position in positions), default=1.0)))


# ---- drawings ------------------------------------------------------------------------------------------------------


def money_of(position: LimitPosition) -> Money:
    return Money(
        planned=position.planned,
        limit=position.policy_funding,
        obligated=position.obligated,
        disbursed=position.disbursed,
        stated=position.highest_stated,
        exception=position.exception_funding,
    )


def term_of(position: LimitPosition, today: date) -> Term:
    row, term = position.partnership, position.term(today)
    dated = row.starts_on is not None and row.ends_on is not None
    return Term(
        name=row.country.name,
        start=row.starts_on if dated else None,
        planned=position.planned_end if dated else None,
        end=term.last_day if dated else None,
        limit=term.policy_end if dated else None,
        exception=position.exception_end(today) if dated else None,
        running=dated and term.is_running,
        events=tuple(first for first, _ in position.dialogues),
        label=months_text(term),
        over=month_count(term.months_past_policy, "over") if term.months_past_policy else "",
    )


# ---- labels --------------------------------------------------------------------------------------------------------


def term_text(term: TermPosition) -> str:
    """Return the first and last day of the term as text, with the actual end if it came earlier."""
    if term.starts_on is None or term.ends_on is None:
        return "Not dated"
    days = f"{formats.day(term.starts_on)} to {formats.day(term.last_day)}"
    return f"{days}, agreed to {formats.day(term.ends_on)}" if term.ended_early else days


def months_text(term: TermPosition) -> str:
    """Return the months of the term as text.

    They are those as signed and those added since ("48 + 12 months"), or how long a term ran that ended early.
    """
    signed, added, agreed = term.signed_months, term.added_months, term.agreed_months
    if signed is None or agreed is None:
        return ""
    if term.ended_early:
        return f"{term.length} of {month_count(agreed)}"
    if not added:
        return month_count(signed)
    return f"{signed} {'+' if added > 0 else 'minus'} {month_count(abs(added))}"


def used_text(term: TermPosition) -> str:
    """Return how much of the limit has passed: "22 of 60 months used".

    Return "" without a dated term, and for a partnership that was canceled.
    """
    if term.months_used is None or not term.limit_months or term.phase is Phase.CANCELED:
        return ""
    return f"{term.months_used} of {month_count(term.limit_months)} used"


def end_sentence(term: TermPosition) -> str:
    """Return a sentence on the end of a dated term: when it comes, came, or was to come."""
    ends, ended = (formats.relative_day(day, term.today) for day in (term.ends_on, term.last_day))
    if term.phase is Phase.CANCELED:
        return "It was canceled before signature."
    if term.phase is Phase.PLANNED:
        is_past = term.ends_on is not None and term.ends_on < term.today
        return f"Its planned last day was {ends}." if is_past else f"It is planned to end {ends}."
    if term.is_running:
        return f"It ends {ends}."
    early = f", before its agreed last day, {formats.day(term.ends_on)}" if term.ended_early else ""
    return f"It ended {ended}{early}."


def lawful_days(term: TermPosition) -> str:
    """Return the latest lawful day as a fact, or both of them if it depends on the day of signature."""
    lawful, if_today = formats.day(term.lawful_end), term.lawful_end_if_signed_today
    if if_today is None or if_today == term.lawful_end:
        return lawful
    return f"{formats.day(if_today)} if both sign today; {lawful} if the months count from the first day"


def lawful_end_sentence(term: TermPosition) -> str:
    """Return a sentence on the latest lawful day; before signature, it depends on the day of signature."""
    lawful, if_today = formats.day(term.lawful_end), term.lawful_end_if_signed_today
    if if_today is not None and if_today != term.lawful_end:
        return (
            f"If both sign today, the months count from today, and the last day can be {formats.day(if_today)}. "
            f"Counted from the first day of the term, it can be {lawful}."
        )
    if term.is_full:
        return f"{lawful} is the latest lawful day; an extension needs an exception granted first."
    is_open = term.is_running or term.phase is Phase.PLANNED
    return f"{lawful} {'is' if is_open else 'was'} the latest lawful day."


def month_count(number: int | None, after: str = "") -> str:
    """Return a number of months as text: "1 month", "60 months over"."""
    return f"{formats.count_of(number or 0, 'month')} {after}".rstrip()


def as_of(position: LimitPosition) -> str:
    """Return the day of the documented status as text; "" for a managed partnership."""
    if not position.is_documented:
        return ""
    day = position.partnership.status_as_of
    return f"as of {formats.day(day)}" if day else "day not found"


def amounts_text(position: LimitPosition) -> str:
    planned = formats.money(position.planned) if position.planned is not None else "not found"
    if position.is_documented:
        stated = f"{stated_text(position)} stated" if position.stated else "later total: not found"
        return f"{planned} planned · {stated}"
    return f"{planned} planned · {formats.money(position.obligated)} obligated"


def when_stated(statement: FigureStatement) -> str:
    return formats.day(statement.stated_on) if statement.stated_on else statement.stated_in or "day not found"


def statement_text(statement: FigureStatement | None) -> str:
    return f"{formats.money(statement.amount)}, {when_stated(statement)}" if statement else NOT_FOUND


def stated_text(position: LimitPosition) -> str:
    """Return the stated total with its date, or both statements that disagree, the highest first."""
    stated = [statement for statement in (position.disputed, position.stated) if statement is not None]
    return "; ".join(statement_text(statement) for statement in stated) or NOT_FOUND


def stated_amount(statement: FigureStatement) -> str:
    """Return the amount of a statement in its own currency, or an en dash without an amount."""
    if statement.amount is None:
        return formats.DASH
    if statement.currency == "USD":
        return formats.money(statement.amount)
    return f"{statement.currency} {formats.number(statement.amount)}"


def contribution_text(position: LimitPosition) -> str:
    stated = [row for row in position.statements if row.kind == FigureKind.PARTNER_CONTRIBUTION]
    return stated[-1].text if stated else NOT_FOUND if position.is_documented else ""


def limits_mark(position: LimitPosition, today: date) -> Badge:
    """Return the badge of both figures against the policy's limits.

    It names the basis for a higher limit, and an exception that is not used.
    """
    months, dollars = position.term(today).months_past_policy, position.funding_over
    over = []
    if months:
        over.append((f"term {month_count(months, 'over')}", basis(position, today, of_term=True)))
    if dollars:
        over.append((f"money {formats.money(dollars)} over", basis(position, today, of_term=False)))
    if over:
        same = len({reason for _, reason in over}) == 1
        text = ", ".join(figure if same else f"{figure} ({BASES[reason][0]})" for figure, reason in over)
        return Badge("warn", f"{text[0].upper()}{text[1:]}{f'; {BASES[over[0][1]][0]}' if same else ''}")
    states, from_day = position.exception_states(today), position.term(today).waits_to_be_signed_until
    within = f"Within both limits if signed on {formats.day(from_day)} or later" if from_day else "Within both limits"
    if ExceptionState.GRANTED in states:
        return Badge("info", f"{within}; exception granted, not used")
    if ExceptionState.REQUESTED in states:
        return Badge("info", f"{within}; exception requested")
    if position.partnership.starts_on is None and not position.planned:
        return Badge("none", "Nothing planned yet")
    return Badge("info" if from_day else "good", within)


BASES: dict[ExceptionState | None, tuple[str, str]] = {
    ExceptionState.PRACTICE: ("known from practice, no exception found", "known only from practice"),
    ExceptionState.USED: ("exception granted", "under an exception"),
    ExceptionState.REQUESTED: ("exception requested", "with an exception requested"),
    None: ("no exception", "without an exception"),
}
"""Bases of a figure past a limit, for a badge and for a sentence."""


def basis(position: LimitPosition, today: date, *, of_term: bool) -> ExceptionState | None:
    """Return the basis of a term or of funding past the limit of the policy."""
    states = position.exception_states(today, of_term=of_term)
    return next((state for state in BASES if state in states), None)


def allowance_facts(partnership: Partnership, today: date) -> list[tuple[str, str]]:
    """Return the term and funding that the limits allow now, as facts above a form."""
    (position,) = limit_positions([partnership])
    on_day = position.term(today)
    term = used_text(on_day) or f"{month_count(partnership.term_limit_months)} allowed"
    if on_day.was_in_force and on_day.counted_from:
        term += f", counted from {formats.day(on_day.counted_from)}"
    funding = (
        f"{formats.dollars(partnership.funding_limit)}, of which {formats.dollars(partnership.planned_total)} planned"
    )
    return [("Term", term), ("Latest lawful day", lawful_days(on_day)), ("Funding allowed now", funding)]


def agreed_facts(partnership: Partnership, today: date) -> list[tuple[str, str]]:
    """Return the term and the plan on record against the limits, as facts above the form of a decision."""
    allowed, on_day = partnership.limits, partnership.term_position(today)
    term = "Not set"
    if on_day.starts_on and on_day.ends_on:
        months = f"{month_count(on_day.agreed_months)} of {formats.number(allowed.term_months)}"
        term = f"{formats.day(on_day.starts_on)} to {formats.day(on_day.ends_on)}, {months}"
    plan = f"{formats.dollars(partnership.planned_total)} of {formats.dollars(allowed.funding)} allowed"
    return [("Term", term), ("Plan", plan)]


def lapsed_mark(position: LimitPosition, today: date) -> Badge | None:
    term = position.term(today)
    if term.phase is not Phase.LAPSED:
        return None
    return Badge("warn", f"Term ended {formats.day(term.ends_on)}; no later status recorded")


def attention(position: LimitPosition, today: date) -> tuple[Badge, ...]:
    """Return badges of the points that need attention, most pressing first."""
    row, term, marks = position.partnership, position.term(today), []
    if row.status == Status.SUSPENDED:
        marks.append(Badge("bad", "Suspended by determination"))
    if lapsed := lapsed_mark(position, today):
        marks.append(lapsed)
    elif term.days_left is not None and term.days_left <= AHEAD:
        marks.append(Badge("warn", f"Ends {formats.relative_day(row.ends_on, today)}", "event"))
    if position.overdue:
        marks.append(Badge("warn", f"{position.overdue} overdue", "alarm"))
    if term.is_full:
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
    policy = partnership.limit_policy
    if policy is not None and partnership.funding_limit > policy.funding:
        return f"The limit of {formats.money(policy.funding)}, raised by an exception"
    return "The limit of a partnership"
