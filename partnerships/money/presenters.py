"""What the page of money says, draws and exports."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.urls import reverse
from django.utils.safestring import SafeString

from cpc.web import charts, formats
from cpc.web.charts import Chart, Pair
from cpc.web.markup import badge, link
from cpc.web.tables import Column, Table
from partnerships.limit_presenters import Mark
from partnerships.limits import WORDS
from partnerships.models import (
    Award,
    AwardState,
    CongressionalNotification,
    Contribution,
    ContributionStage,
    Government,
    Partnership,
    RecipientType,
)
from partnerships.portfolio.presenters.overview import by_year
from partnerships.schedules import may_obligate_from
from partnerships.status.preconditions import award_within_term, obligations_since
from partnerships.valuation import both_give

STATE_KINDS = {
    AwardState.PLANNED: "info",
    AwardState.ACTIVE: "good",
    AwardState.STOP_WORK: "bad",
    AwardState.TERMINATED: "bad",
    AwardState.ENDED: "warn",
    AwardState.CLOSED: "none",
}
STAGE_KINDS = {
    ContributionStage.PLEDGED: "none",
    ContributionStage.REPORTED: "info",
    ContributionStage.VERIFIED: "good",
}


@dataclass(frozen=True, slots=True)
class Total:
    """One total of project funds, what holds it, and what is left under that."""

    name: str
    amount: Decimal
    held_by: str
    limit: Decimal | None

    @property
    def left(self) -> Decimal | None:
        """Return what may be added; None where nothing limits it."""
        return None if self.limit is None else self.limit - self.amount


def limit_words(partnership: Partnership) -> str:
    """Which limit of funding binds: that of the policy, or the one that an exception allows instead."""
    policy = partnership.limit_policy
    if policy is not None and partnership.funding_limit > policy.funding:
        return f"The limit of {formats.money(policy.funding)}, raised by an exception"
    return "The limit of a partnership"


def totals(partnership: Partnership) -> list[Total]:
    """Return the five totals, each against the tightest rule that holds it, and U.S. cash from other accounts."""
    row, limit, other = partnership, partnership.funding_limit, partnership.other_us_cash()

    def under(name: str, amount: Decimal, above: str, total: Decimal) -> Total:
        return Total(name, amount, f"What is {WORDS[above]}", total) if total <= limit else at_most(name, amount)

    def at_most(name: str, amount: Decimal) -> Total:
        return Total(name, amount, limit_words(partnership), limit)

    return [
        at_most("Planned", row.planned_total),
        at_most("Notified to Congress", row.notified_total),
        under("Awarded", row.awarded_total, "planned", row.planned_total),
        under("Obligated, net", row.obligated_total, "awarded", row.awarded_total),
        under("Disbursed", row.disbursed_total, "obligated", row.obligated_total),
        *([Total("Other U.S. cash", other, "Beside the limit, from other accounts", None)] if other else []),
    ]


def year_chart(contributions: Sequence[Contribution], partnership: Partnership) -> Chart | None:
    """What each government gives by fiscal year; None where nothing is on record."""
    years = by_year(contributions)
    if not years:
        return None
    country = partnership.country.name
    sides = {side: [row for row in contributions if row.government == side] for side in Government}
    finding = both_give(country, sides[Government.PARTNER], sides[Government.UNITED_STATES])
    unvalued = sum(row.unvalued for row in years)
    context = "Contributions in U.S. dollars by fiscal year; none of them counts against the limit."
    if unvalued:
        context += f" {unvalued} without a value in dollars {'is' if unvalued == 1 else 'are'} not drawn."
    return charts.paired_columns(
        "by-year",
        "Contributions by fiscal year and government",
        finding,
        context,
        ("United States", country),
        [Pair(row.year, row.us, row.partner, row.unvalued) for row in years],
    )


def giver(row: Contribution) -> str:
    """Who gives it."""
    side = Government(row.government)
    return side.label if side is Government.UNITED_STATES else row.partnership.country.name


def stage_mark(row: Contribution) -> Mark:
    """How firm it is."""
    return Mark(STAGE_KINDS[ContributionStage(row.stage)], row.get_stage_display())


def value_words(row: Contribution) -> str:
    """Its value in dollars, or in what else it was stated."""
    if row.amount_usd is not None:
        return formats.dollars(row.amount_usd)
    return "No value in dollars"


def original_words(row: Contribution) -> str:
    """Return the original amount with its rate, years of work, how it was valued, and the account of cash."""
    said = []
    if row.original_amount is not None:
        rate = f" at {formats.number(row.rate, None)} ({row.rate_source})" if row.rate is not None else ""
        said.append(f"{row.original_currency} {formats.number(row.original_amount, 2)}{rate}")
    if row.staff_years is not None:
        said.append(f"{formats.number(row.staff_years, 2)} years of work")
    if row.valuation_method:
        said.append(row.valuation_method)
    if row.account:
        said.append(f"{row.get_account_display()}: {row.authority}")
    return "; ".join(said)


def wait_mark(row: CongressionalNotification, today: date) -> Mark:
    """From when the money may be obligated."""
    first = may_obligate_from(row.sent_on)
    if first <= today:
        return Mark("good", f"May be obligated since {formats.day(first)}")
    return Mark("info", f"May be obligated from {formats.day(first)}, {formats.relative_day(first, today)}")


def award_state(row: Award) -> Mark:
    """Where it stands."""
    return Mark(STATE_KINDS[AwardState(row.state)], row.get_state_display())


def award_warnings(row: Award) -> list[str]:
    """What somebody should know before money moves under it."""
    said = []
    if row.recipient_type == RecipientType.GOVERNMENT:
        said.append(
            "The recipient is a government. The law allows it (22 U.S.C. 7103a(d)(3)); the office gives "
            "to civil society, international organizations and other expert entities."
        )
    if not row.certifies_training:
        said.append("No certificate on training of staff who serve victims is on record (22 U.S.C. 7105a(b)).")
    if not row.certifies_no_promotion:
        said.append("No statement on prostitution is on record (22 U.S.C. 7110(g)).")
    if not row.competed:
        said.append(f"Not competed: {row.not_competed_because}")
    days = [*award_within_term(row, row.partnership), *obligations_since(row.partnership, row.partnership.counted_from)]
    return said + [finding.message for finding in days]


# ---- tables --------------------------------------------------------------------------------------------------------


def _limit(row: Total) -> Decimal | SafeString:
    return badge(Mark("none", "Not held by the limit")) if row.limit is None else row.limit


TOTALS: Table[Total] = Table(
    "Totals",
    [
        Column("Total", lambda row: row.name, detail=lambda row: row.held_by),
        Column("U.S. dollars", lambda row: row.amount, "dollars"),
        Column("At most", _limit, "dollars"),
        Column("Left", lambda row: row.left, "dollars"),
    ],
    caption="Totals of TIP Office project funds, each against what holds it",
)


def awards_table(partnership: Partnership) -> Table[Award]:
    """Return the awards of a partnership with their sums."""
    return Table(
        "Awards",
        [
            Column("Recipient", award_link, detail=award_words, total="Together"),
            Column("Program", lambda row: row.programme.title if row.programme else ""),
            Column("State", award_state, "badge"),
            Column("Awarded", lambda row: row.awarded_total, "dollars", total=partnership.awarded_total),
            Column("Obligated", lambda row: row.obligated_total, "dollars", total=partnership.obligated_total),
            Column("Disbursed", lambda row: row.disbursed_total, "dollars", total=partnership.disbursed_total),
        ],
        caption="Awards with what was awarded, obligated and disbursed",
    )


def award_link(row: Award) -> SafeString:
    """Return a link to an award, named by its recipient."""
    return link(reverse("award", args=[row.partnership_id, row.pk]), row.recipient, f", {row.title}")


def award_words(row: Award) -> str:
    """Return the type and title of an award, and whether a government receives it."""
    to = " · a government" if row.recipient_type == RecipientType.GOVERNMENT else ""
    return f"{row.get_type_display()}: {row.title}{to}"


def contributions_table(*, records: bool) -> Table[Contribution]:
    """Return the contributions; with `records` each leads to the form that replaces it."""
    columns: list[Column[Contribution]] = [
        Column("Contribution", lambda row: row.description, detail=_contribution_words),
        Column("Given by", giver),
        Column("Fiscal year", lambda row: formats.fiscal_year(row.fiscal_year), css="u-nowrap"),
        Column("Stage", stage_mark, "badge"),
        Column("Value", value_words, "dollars", detail=original_words),
    ]
    if records:
        columns.append(Column("Change", _replace_link, hidden_label=True))
    caption = "Contributions that no later statement replaces"
    return Table("Contributions", columns, caption=caption, file=CONTRIBUTION_FILE)


def _contribution_words(row: Contribution) -> str:
    program = row.programme.title if row.programme else ""
    return " · ".join(part for part in (row.get_kind_display(), program, row.source) if part)


def _replace_link(row: Contribution) -> SafeString:
    url = reverse("partnership-contribution-replace", args=[row.partnership_id, row.pk])
    return link(url, "Replace", f" contribution {row.pk}")


CONTRIBUTION_FILE: Sequence[Column[Contribution]] = (
    Column("Fiscal year", lambda row: row.fiscal_year, width=12),
    Column("Given by", giver, width=24),
    Column("Kind", lambda row: row.get_kind_display(), width=10),
    Column("Stage", lambda row: row.get_stage_display(), width=10),
    Column("Program", lambda row: row.programme.title if row.programme else "", width=30),
    Column("Description", lambda row: row.description, width=50),
    Column("USD", lambda row: row.amount_usd),
    Column("Original amount", lambda row: row.original_amount),
    Column("Original currency", lambda row: row.original_currency),
    Column("USD per unit", lambda row: row.rate),
    Column("Source of the rate", lambda row: row.rate_source, width=30),
    Column("Valued by", lambda row: row.valuation_method, width=40),
    Column("Years of work", lambda row: row.staff_years),
    Column("Account", lambda row: row.get_account_display(), width=30),
    Column("Authority", lambda row: row.authority, width=40),
    Column("Source", lambda row: row.source, width=50),
    Column("Number", lambda row: row.pk, width=10),
    Column("Replaces", lambda row: row.replaces_id, width=10),
    Column("Replaced by", lambda row: row.replaced_by.pk if hasattr(row, "replaced_by") else None, width=12),
    Column("Recorded", lambda row: row.at, width=20),
)
