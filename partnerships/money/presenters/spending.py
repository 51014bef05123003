"""Title, facts, chart, and tables of the money page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.urls import reverse

from cpc.fiscal_years import last_day_of_year
from cpc.web import charts, formats
from cpc.web.charts import Chart
from cpc.web.charts.spending import DayAmount
from cpc.web.markup import link
from cpc.web.tables import Column, Table
from partnerships.budgets.queries import BudgetInEffect
from partnerships.models import Award, Partnership
from partnerships.money.presenters.plan import quantity
from partnerships.money.spending_queries import PROJECT_FUNDS, AwardSpending, Position
from partnerships.spending import NoPace, Outlook

WHY_NO_PACE = {
    NoPace.NO_REPORT: "No report yet",
    NoPace.TOO_EARLY: "Too early: under four quarters",
    NoPace.NOTHING_SPENT: "Nothing in a year",
    NoPace.ENDED: "Ended",
}


@dataclass(frozen=True, slots=True)
class ChainFact:
    term: str
    value: str
    note: str


def month(day: date) -> str:
    return f"{day:%B %Y}"


def title(outlook: Outlook, last_day: date | None) -> str:
    """Return the answer of the page: how long obligated money lasts, or why that is not known."""
    if not outlook.obligated:
        return "Nothing is obligated yet"
    if outlook.lasts_to is not None:
        if last_day is not None and outlook.lasts_to >= last_day:
            return "Obligated money lasts to the end of the term"
        return f"Obligated money lasts to {month(outlook.lasts_to)}"
    if outlook.through is None:
        return f"{formats.money(outlook.obligated)} is obligated; no financial report is accepted yet"
    return f"{formats.money(outlook.expended)} of {formats.money(outlook.obligated)} obligated is spent"


def lede(partnership: Partnership, position: Position) -> str:
    """Return the end of the term, how spending compares with the plan, and what is promised but not obligated."""
    parts = []
    last = partnership.term_last_day
    if last is not None:
        parts.append(f"The term ends {formats.day(last)}.")
    group = position.group(PROJECT_FUNDS)
    if group is not None and group.total.difference:
        bound = ("at most " if group.total.difference < 0 else "at least ") if group.total.is_at_least else ""
        side = "behind" if group.total.difference < 0 else "ahead of"
        parts.append(f"Spending is {bound}${quantity(abs(group.total.difference))} {side} plan.")
    promised = partnership.awarded_total - partnership.obligated_total
    if promised > 0:
        parts.append(f"The awards promise ${quantity(promised)} that is not obligated yet.")
    if position.outlook.unknown:
        awards = formats.count_of(position.outlook.unknown, "award")
        parts.append(f"Of {awards} with money left, no pace is known yet.")
    return " ".join(parts)


def chain(partnership: Partnership, position: Position, *, may_obligate: Decimal, limit: str) -> list[ChainFact]:
    """Return the facts from the limit to the pipeline; each counts at most the one before it."""
    outlook = position.outlook
    left = partnership.funding_limit - partnership.planned_total
    room = max(may_obligate - partnership.obligated_total, Decimal(0))
    through = f"SF-425 to {formats.day(outlook.through)}" if outlook.through else "no accepted SF-425"
    older = outlook.oldest_through
    if outlook.through and older and older < outlook.through:
        through = f"{through}; the oldest to {formats.day(older)}"
    return [
        ChainFact("Limit", formats.money(partnership.funding_limit), limit),
        ChainFact("Planned", formats.money(partnership.planned_total), f"{formats.money(left)} under the limit"),
        ChainFact("Notified", formats.money(partnership.notified_total), f"{formats.money(room)} open to obligation"),
        ChainFact(
            "Obligated",
            formats.money(partnership.obligated_total),
            f"{formats.count_of(len(position.awards), 'award')} of {formats.money(partnership.awarded_total)}",
        ),
        ChainFact("Disbursed", formats.money(partnership.disbursed_total), "by the ledger"),
        ChainFact("Expended", formats.money(outlook.expended), through),
        ChainFact("Pipeline", formats.money(outlook.pipeline), "obligated, not yet spent"),
    ]


def spending_figure(partnership: Partnership, position: Position, today: date) -> Chart | None:
    """Return the chart of spending over the term; None without a dated term or anything to draw."""
    first, last = partnership.starts_on, partnership.term_last_day
    if first is None or last is None or not (position.obligated or position.expended):
        return None
    outlook = position.outlook
    course = charts.Course(
        first_day=first,
        last_day=last,
        today=today,
        limit=partnership.funding_limit,
        planned=_planned(position, first, last),
        obligated=position.obligated,
        expended=[(first, Decimal(0)), *position.expended] if position.expended else [],
        expected=outlook.spent_by(last),
        runs_out=outlook.lasts_to,
    )
    finding, context = _pace_text(partnership, position, last)
    return charts.spending_chart("spending", f"Spending in {partnership.country.name}", finding, context, course)


def _planned(position: Position, first: date, last: date) -> list[DayAmount]:
    """Return what is planned to be spent by the end of each fiscal year, which counts even within the year."""
    group = position.group(PROJECT_FUNDS)
    if group is None or group.total.whole is None:
        return []
    points, total = [(first, Decimal(0))], Decimal(0)
    for cell in group.total.years:
        total += cell.planned or Decimal(0)
        end = min(last_day_of_year(cell.year), last)
        if end > points[-1][0]:
            points.append((end, total))
        else:
            points[-1] = (points[-1][0], total)
    return points


def _pace_text(partnership: Partnership, position: Position, last: date) -> tuple[str, str]:
    outlook = position.outlook
    group = position.group(PROJECT_FUNDS)
    planned = group.total.whole if group is not None else None
    planned = partnership.planned_total if planned is None else planned
    if not outlook.a_month:
        return "No monthly pace is known yet.", "It takes the accepted SF-425s of four quarters."
    least = "At least " if outlook.unknown else ""
    finding = f"{least}{_dollars(outlook.a_month)} a month over the last four reported quarters"
    needed = outlook.needed_a_month(planned, last)
    finding += f"; finishing the plan takes {_dollars(needed)} a month." if needed else "."
    by_then = outlook.spent_by(last)
    if by_then is None:
        return finding, "Of some awards with money left, no pace is known, so the end can't be computed."
    short = planned - by_then
    against = f"{formats.money(abs(short))} {'less' if short > 0 else 'more'} than planned"
    return finding, f"At this pace {formats.money(by_then)} would be spent by {formats.day(last)}: {against}."


def _dollars(value: Decimal) -> str:
    return f"${formats.number(value)}"


# ---- awards --------------------------------------------------------------------------------------------------------


def awards_table(partnership: Partnership, outlook: Outlook) -> Table[AwardSpending]:
    """Return the awards with what is expended, left, and how long that lasts. U.S. dollars."""

    total = outlook.lasts_months
    return Table(
        "Awards",
        [
            Column(
                "Award",
                lambda row: link(
                    reverse("award", args=[row.award.partnership_id, row.award.pk]),
                    row.award.recipient,
                    f", {row.award.title}",
                ),
                detail=_described,
                total="Total",
            ),
            Column("Awarded", lambda row: row.award.awarded_total, "number", total=partnership.awarded_total),
            Column(
                "Obligated",
                lambda row: row.award.obligated_total,
                "number",
                detail=lambda row: _to_come(row.award),
                total=partnership.obligated_total,
            ),
            Column("Disbursed", lambda row: row.award.disbursed_total, "number", total=partnership.disbursed_total),
            Column("Expended", lambda row: row.spending.expended if row.last else None, "number",
                   detail=_through, total=outlook.expended),
            Column("Pipeline", lambda row: row.spending.pipeline, "number", total=outlook.pipeline),
            Column("Spent a month", lambda row: row.spending.a_month, "number",
                   detail=_longer, total=outlook.a_month or None),
            Column(
                "Pipeline lasts",
                _lasts,
                detail=lambda row: f"to {row.spending.lasts_to:%b %Y}" if row.spending.lasts_to else "",
                total=f"{formats.number(total, 1)} months" if total is not None else None,
            ),
        ],
        caption="Awards: awarded, obligated, disbursed, expended, pipeline, and pace, in U.S. dollars",
    )  # fmt: skip


def _described(row: AwardSpending) -> str:
    award = row.award
    days = f"{formats.day(award.starts_on)} to {formats.day(award.last_day)}"
    return " · ".join(part for part in (award.get_type_display(), award.fain, days) if part)


def _lasts(row: AwardSpending) -> str:
    months = row.spending.lasts_months
    if months is None:
        return WHY_NO_PACE[row.spending.no_pace or NoPace.NO_REPORT]
    return f"{formats.number(months, 1)} months"


def _to_come(award: Award) -> str:
    left = award.awarded_total - award.obligated_total
    return f"{quantity(left)} to come" if left else ""


def _through(row: AwardSpending) -> str:
    return f"to {formats.day(row.spending.through)}" if row.spending.through else ""


def _longer(row: AwardSpending) -> str:
    """Return over how many months the pace counts, if they are more than the usual twelve."""
    return f"over {row.spending.months} months" if row.spending.months > 12 else ""


@dataclass(frozen=True, slots=True)
class BudgetRow:
    """One category of a budget, or its total, as text. `years` has each fiscal year with its amount."""

    name: str
    years: Sequence[tuple[int, str]]
    budget: str
    expended: str
    left: str


@dataclass(frozen=True, slots=True)
class BudgetText:
    """The budget of one award. `gap` is how it differs from the award, if it does."""

    award: Award
    basis: str
    source: str
    years: Sequence[int]
    rows: Sequence[BudgetRow]
    total: BudgetRow
    gap: str
    through: str


def budget_texts(rows: Sequence[AwardSpending]) -> list[BudgetText]:
    return [_budget_text(row, row.budget) for row in rows if row.budget is not None]


def _budget_text(row: AwardSpending, budget: BudgetInEffect) -> BudgetText:
    amounts, years = budget.by_category(), budget.years
    parts = row.parts
    names = [*budget.categories, *(category for category in parts if category not in amounts)]
    lines = [
        _budget_row(category, years, amounts.get(category, {}), parts.get(category) if parts else None)
        for category in names
    ]
    sums = {year: sum((of.get(year, Decimal(0)) for of in amounts.values()), Decimal(0)) for year in years}
    total = _budget_row("Total", years, sums, sum(parts.values(), Decimal(0)) if parts else None)
    gap = row.award.awarded_total - budget.total
    more = f"The award is ${quantity(abs(gap))} {'more' if gap > 0 else 'less'} than this budget. Record a new one."
    through = f"Expended through {formats.day(row.spending.through)}." if parts else ""
    basis = budget.budget.get_basis_display().lower()
    return BudgetText(row.award, basis, budget.budget.source, years, lines, total, more if gap else "", through)


def _budget_row(name: str, years: Sequence[int], of: Mapping[int, Decimal], expended: Decimal | None) -> BudgetRow:
    budget = sum(of.values(), Decimal(0))
    left = quantity(budget - expended) if expended is not None else formats.DASH
    cells = [(year, quantity(of.get(year))) for year in years]
    return BudgetRow(name, cells, quantity(budget), quantity(expended), left)
