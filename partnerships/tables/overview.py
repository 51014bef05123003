"""What the page of one partnership says and draws."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from cpc.accounts.permissions import Permission
from cpc.lifecycle import Transition
from cpc.web import charts, formats
from cpc.web.charts import Chart, Svg
from partnerships.lifecycle import BY_DETERMINATION, LIFECYCLE
from partnerships.models import (
    Contribution,
    Dialogue,
    DialogueState,
    FigureKind,
    FigureStatement,
    Government,
    LimitException,
    Measures,
    Partnership,
    Progress,
    Responsibility,
    Status,
    StatusChange,
)
from partnerships.progress import Standing as Against
from partnerships.progress import Trend
from partnerships.queries.overview import Element, Measured, Overview
from partnerships.queries.standing import Standing, stated_by
from partnerships.tables.standing import (
    NOT_FOUND,
    NOT_RECORDED,
    Mark,
    money_of,
    next_warning,
    stated_amount,
    term_of,
    when_stated,
)

ROAD = (
    Status.SELECTED,
    Status.INVITED,
    Status.NEGOTIATING,
    Status.IN_CLEARANCE,
    Status.SIGNED,
    Status.ACTIVE,
    Status.COMPLETED,
    Status.CLOSED,
)
TRENDS = {
    Trend.BETTER: "Better than the period before",
    Trend.SAME: "As in the period before",
    Trend.WORSE: "Worse than the period before",
    Trend.UNKNOWN: "No trend yet",
}


def road(status: str) -> tuple[list[str], int]:
    """The steps of the lifecycle in words, and which of them is now; an ending off the road takes its place."""
    names = [step.label for step in ROAD]
    if status == Status.SUSPENDED:
        names[ROAD.index(Status.ACTIVE)] = Status.SUSPENDED.label
        return names, ROAD.index(Status.ACTIVE)
    if status == Status.TERMINATED:
        names[ROAD.index(Status.COMPLETED)] = Status.TERMINATED.label
        return names, ROAD.index(Status.COMPLETED)
    if status == Status.CANCELLED:
        return [*names[:4], Status.CANCELLED.label], 4
    return names, ROAD.index(Status(status)) if status != Status.CLOSED else len(ROAD)


def next_steps(status: str, allows: Callable[[Permission], bool]) -> list[Transition[Partnership]]:
    """The steps that an account may take from a status, without those that follow a determination by statute."""
    return [
        step
        for step in LIFECYCLE.leaving(status)
        if allows(Permission(step.permission)) and step.name not in BY_DETERMINATION
    ]


# ---- limits --------------------------------------------------------------------------------------------------------


def term_chart(standing: Standing, today: date) -> Chart | None:
    """The term against its limit; None where it is not dated."""
    row = standing.partnership
    if row.starts_on is None or row.ends_on is None:
        return None
    return charts.term_bar(
        "term", f"Term of the partnership with {row.country.name}", *_term_words(standing, today),
        term_of(standing, today), today,
    )  # fmt: skip


def _term_words(standing: Standing, today: date) -> tuple[str, str]:
    row, policy = standing.partnership, standing.partnership.limit_policy
    assert row.ends_on is not None
    assert standing.months is not None
    months, limit = sum(standing.months), policy.term_months if policy else 0
    when = f"It {'ends' if row.ends_on >= today else 'ended'} {formats.relative_day(row.ends_on, today)}."
    if standing.months_over:
        basis = "known from practice alone" if standing.is_documented_practice else "under an exception"
        return f"Term: {months} months, {standing.months_over} past the limit of {limit}, {basis}.", when
    lawful = formats.day(standing.lawful_end)
    if row.ends_on == standing.lawful_end:
        finding = f"Term: all {months} months used. {when}"
        return finding, f"{lawful} is the latest lawful day; an extension needs an exception granted first."
    return f"Term: {months} of {limit} months used. {when}", f"{lawful} is the latest lawful day."


def money_chart(standing: Standing) -> Chart:
    """The money against its limit."""
    return charts.money_figure(
        "money-limit",
        f"U.S. money for {standing.partnership.country.name} against the limit",
        *_money_words(standing),
        money_of(standing),
    )


def _money_words(standing: Standing) -> tuple[str, str]:
    limit = f"The limit of the policy is {formats.money(standing.policy_funding)}."
    over = standing.funding_over
    basis = "known from practice alone" if standing.is_documented_practice else "under an exception"
    past = f", {formats.money(over)} past the limit, {basis}" if over else ", within the limit"
    if standing.is_documented:
        if standing.stated is None:
            planned = formats.money(standing.planned) if standing.planned is not None else "no amount"
            return f"Money: {planned} planned{past}; later totals were not found.", f"{limit} No ledger is held here."
        words = f"Money: {formats.money(standing.stated.amount)} stated, {when_stated(standing.stated)}{past}."
        return words, f"{limit} No ledger is held here; obligated and disbursed: not recorded."
    if not standing.planned:
        return "Money: nothing is planned yet.", limit
    words = f"{formats.money(standing.obligated)} of {formats.money(standing.planned)} planned is obligated"
    return f"Money: {words}{past}.", limit


@dataclass(frozen=True, slots=True)
class Fact:
    """One figure with a line about it."""

    term: str
    value: str
    note: str = ""


def limit_facts(standing: Standing, today: date) -> list[Fact]:
    """What is left, and what comes next."""
    row = standing.partnership
    found = [Fact("Latest lawful end", formats.day(standing.lawful_end))]
    if standing.is_documented:
        found.append(Fact("Obligated", NOT_RECORDED, "no ledger is held here"))
    else:
        found.append(Fact("Room to plan", formats.dollars(row.funding_limit - row.planned_total)))
        found.append(Fact("Planned, not awarded", formats.dollars(row.planned_total - row.awarded_total)))
        found.append(Fact("Awarded, not obligated", formats.dollars(row.awarded_total - row.obligated_total)))
        found.append(Fact("Not yet disbursed", formats.dollars(row.obligated_total - row.disbursed_total)))
    warning = next_warning(row, today) if standing.is_in_force else None
    if warning:
        found.append(Fact("Next warning", formats.day(warning[0]), f"{warning[1]} days before the end"))
    return found


# ---- elements, results ---------------------------------------------------------------------------------------------


def element_line(element: Element, *, documented: bool) -> tuple[Element, Mark, str]:
    """An element, whether it is complete, and what it lacks; a record of the past is silent, not incomplete."""
    if element.lacks is None:
        return element, Mark("good", "Complete"), ""
    if documented:
        return element, Mark("unknown", NOT_RECORDED), ""
    lacks = element.lacks.message.partition(": ")[2]
    return element, Mark("bad", "Gap"), f"{lacks[:1].upper()}{lacks[1:]}"


@dataclass(frozen=True, slots=True)
class ResultLine:
    """One indicator as a row of the table of results."""

    measured: Measured
    baseline: str
    target: str
    actual: str
    whole: str
    bar: Svg
    mark: Mark
    trend: str
    report: str


def result_line(measured: Measured) -> ResultLine:
    """What a row says of one indicator."""
    indicator = measured.indicator
    value = measured.figure.value
    return ResultLine(
        measured=measured,
        baseline=_quantity(indicator.baseline_value, indicator.measure) or "To collect",
        target=_quantity(measured.target, indicator.measure) or "No target",
        actual=_quantity(value, indicator.measure) or "No data",
        whole=_quantity(measured.whole, indicator.measure) or "No target",
        bar=_bullet(measured),
        mark=_against(measured),
        trend=TRENDS[measured.trend],
        report=_report(measured),
    )


def _quantity(value: Decimal | None, measure: str) -> str:
    if value is None:
        return ""
    if measure == Measures.PERCENT:
        return formats.percent(value)
    if measure == Measures.MONEY:
        return formats.money(value)
    return formats.number(value.normalize() if value else value, None if value % 1 else 0)


def _bullet(measured: Measured) -> Svg:
    marks = (measured.indicator.baseline_value, measured.target, measured.figure.value, measured.whole)
    if any(value is not None and value < 0 for value in marks):
        marks = (None, None, None, None)  # what can be negative has no bar from zero; its figures stand in the row
    baseline, target, actual, whole = marks
    return charts.bullet(baseline=baseline, target=target, actual=actual, whole=whole, width=190)


def _against(measured: Measured) -> Mark:
    found = measured.comparison
    percent = f" by {formats.percent(abs(found.deviation))}" if found.deviation else ""
    narrative = measured.newest is not None and measured.newest.narrative.strip() != ""
    if found.standing is Against.BEHIND:
        return Mark("warn" if narrative else "bad", f"Behind{percent}" + ("" if narrative else ", no narrative"))
    known = {
        Against.NO_DATA: Mark("unknown", "No data"),
        Against.NO_TARGET: Mark("unknown", "No target"),
        Against.AHEAD: Mark("good", f"Ahead{percent}"),
        Against.ON_TARGET: Mark("good", "On target"),
    }
    return known[found.standing]


def _report(measured: Measured) -> str:
    if measured.newest is None:
        return "Nothing reported"
    period = measured.newest.period
    said = f"{period.get_state_display()}, to {formats.day(period.ends_on)}"
    return f"{said}; {measured.figure.missing} without data" if measured.figure.is_partial else said


# ---- responsibilities, dialogues, exceptions -----------------------------------------------------------------------


def responsibility_mark(row: Responsibility, today: date) -> Mark:
    """How far it has come; late where its day has passed."""
    if row.status in (Progress.PLANNED, Progress.UNDER_WAY) and row.due_on and row.due_on < today:
        days = (today - row.due_on).days
        return Mark("warn", f"Late by {days:,} day{'' if days == 1 else 's'}")
    kinds = {Progress.DONE: "good", Progress.DROPPED: "none", Progress.UNDER_WAY: "info", Progress.PLANNED: "info"}
    return Mark(kinds[Progress(row.status)], row.get_status_display())


def dialogue_mark(row: Dialogue, today: date, *, documented: bool) -> Mark:
    """Whether it was held, and what it waits for."""
    if documented:
        return Mark("good", "Held")
    if row.state == DialogueState.PLANNED and row.planned_on < today:
        return Mark("warn", "Planned day has passed")
    kinds = {
        DialogueState.PLANNED: "info",
        DialogueState.READY: "info",
        DialogueState.HELD: "warn",
        DialogueState.CONCLUDED: "good",
        DialogueState.CANCELLED: "none",
    }
    return Mark(kinds[DialogueState(row.state)], row.get_state_display())


def dialogue_note(row: Dialogue, *, documented: bool) -> str:
    """Key indicators and open actions in a sentence."""
    if documented:
        return "Key indicators and minutes: not found."
    keys, actions = len(row.key_indicators.all()), list(row.actions.all())
    still = sum(action.state == "open" for action in actions)
    if row.state == DialogueState.PLANNED and not keys:
        return "Cannot be set ready: no key indicator is named for it."
    said = f"{keys} key indicator{'' if keys == 1 else 's'}."
    return f"{said} {still} of {len(actions)} action items open." if actions else said


def exception_words(row: LimitException, standing: Standing) -> str:
    """What the exception allows instead of what."""
    policy = standing.partnership.limit_policy
    if row.term_months:
        return (
            f"Term up to {row.term_months} months instead of {policy.term_months if policy else 'those of the policy'}."
        )
    return f"Funding up to {formats.dollars(row.funding)} instead of {formats.dollars(standing.policy_funding)}."


def exception_mark(row: LimitException, today: date) -> Mark:
    """Whether it binds."""
    if row.kind == "documented_practice":
        return Mark("warn", "Documented practice")
    if not hasattr(row, "grant"):
        return Mark("info", "Asked for, not granted")
    if row.expires_on and row.expires_on < today:
        return Mark("none", f"Expired {formats.day(row.expires_on)}")
    return Mark("good", f"Granted, usable until {formats.day(row.expires_on)}")


# ---- money ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class YearOfMoney:
    """What each government gives in one fiscal year; `unvalued` counts what has no amount in dollars."""

    year: int
    us: Decimal | None
    partner: Decimal | None
    unvalued: int


def by_year(contributions: Sequence[Contribution]) -> list[YearOfMoney]:
    """Contributions by fiscal year and government, in dollars where they are valued."""
    years = sorted({row.fiscal_year for row in contributions})
    return [
        YearOfMoney(
            year=year,
            us=_sum(contributions, year, Government.UNITED_STATES),
            partner=_sum(contributions, year, Government.PARTNER),
            unvalued=sum(row.fiscal_year == year and row.amount_usd is None for row in contributions),
        )
        for year in years
    ]


def _sum(rows: Sequence[Contribution], year: int, government: str) -> Decimal | None:
    known = [
        row.amount_usd
        for row in rows
        if row.fiscal_year == year and row.government == government and row.amount_usd is not None
    ]
    return sum(known, Decimal(0)) if known else None


# ---- statements, timeline ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One public statement as a row."""

    statement: FigureStatement
    when: str
    amount: str

    @property
    def has_amount(self) -> bool:
        """Whether it states an amount."""
        return self.statement.amount is not None


def statement_lines(statements: Sequence[FigureStatement]) -> list[StatementLine]:
    """Statements by what they are about and by time, those without a day first."""
    order = list(FigureKind.values)
    rows = sorted(statements, key=lambda row: (order.index(row.kind), stated_by(row) or date.min, row.pk))
    return [StatementLine(row, when_stated(row), stated_amount(row)) for row in rows]


@dataclass(frozen=True, slots=True)
class Event:
    """One point of the timeline; `day` orders it and `when` is how it is written."""

    day: date
    when: str
    text: str
    is_next: bool = False


def timeline(page: Overview, today: date) -> list[Event]:
    """What happened and what comes next, newest first."""
    standing, row = page.standing, page.standing.partnership
    found = [Event(step.effective_on, formats.day(step.effective_on), _step_words(step)) for step in page.steps]
    for statement in standing.statements:
        day = stated_by(statement)
        if day and statement.kind in (FigureKind.STATUS, FigureKind.US_TOTAL):
            found.append(Event(day, when_stated(statement), statement.text))
    if standing.is_documented and row.signed_on:
        found.append(Event(row.signed_on, formats.day(row.signed_on), "Signed"))
    for amendment in page.amendments:
        if amendment.applied_at:
            day = amendment.applied_at.date()
            found.append(Event(day, formats.day(day), f"{amendment} in effect"))
    for held in page.dialogues:
        if held.held_from and not standing.is_documented:
            found.append(Event(held.held_from, formats.day(held.held_from), f"{held} held"))
    if row.ends_on:
        coming = row.ends_on >= today
        words = "Term ends" if coming else "Last day of the term"
        when = f"{formats.day(row.ends_on)}, {formats.relative_day(row.ends_on, today)}" if coming else ""
        found.append(Event(row.ends_on, when or formats.day(row.ends_on), words, is_next=coming))
    return sorted(found, key=lambda event: event.day, reverse=True)


def _step_words(step: StatusChange) -> str:
    target = step.get_to_status_display()
    return f"{target}, recorded by {step.actor}" if step.actor else target


def participants_words(page: Overview) -> list[tuple[str, str]]:
    """Each government and its offices, the one that leads first."""
    found = []
    for government in Government:
        offices = [row for row in page.participants if row.government == government]
        said = ", ".join(f"{row.name} (leads)" if row.is_lead else row.name for row in offices)
        name = government.label if government == Government.UNITED_STATES else page.standing.partnership.country.name
        found.append((name, said or (NOT_FOUND if page.standing.is_documented else "Not named yet")))
    return found
