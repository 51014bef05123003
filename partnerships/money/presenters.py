"""What the page of money says, draws and exports."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from cpc.web import charts, formats
from cpc.web.charts import Chart, Pair
from cpc.web.exports import Field
from partnerships.limit_position import headroom
from partnerships.limit_presenters import Mark, limit_words
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
    """One total of project funds, the rule that holds it, and what is left under that rule."""

    name: str
    amount: Decimal
    held_by: str
    left: Decimal

    @property
    def limit(self) -> Decimal:
        """The largest lawful amount."""
        return self.amount + self.left


def totals(partnership: Partnership) -> list[Total]:
    """Return the five totals, each with the tightest rule that holds it."""
    now, left = partnership.totals, headroom(partnership)

    def held_by(above: str) -> str:
        is_tighter = getattr(now, above) <= partnership.funding_limit
        return f"What is {WORDS[above]}" if is_tighter else limit_words(partnership)

    return [
        Total("Planned", now.planned, limit_words(partnership), left.planned),
        Total("Notified to Congress", now.notified, limit_words(partnership), left.notified),
        Total("Awarded", now.awarded, held_by("planned"), left.awarded),
        Total("Obligated, net", now.obligated, held_by("awarded"), left.obligated),
        Total("Disbursed", now.disbursed, held_by("obligated"), left.disbursed),
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


CONTRIBUTION_FIELDS: Sequence[Field[Contribution]] = (
    Field("Fiscal year", lambda row: row.fiscal_year, 12),
    Field("Given by", giver, 24),
    Field("Kind", lambda row: row.get_kind_display(), 10),
    Field("Stage", lambda row: row.get_stage_display(), 10),
    Field("Program", lambda row: row.programme.title if row.programme else "", 30),
    Field("Description", lambda row: row.description, 50),
    Field("USD", lambda row: row.amount_usd),
    Field("Original amount", lambda row: row.original_amount),
    Field("Original currency", lambda row: row.original_currency),
    Field("USD per unit", lambda row: row.rate),
    Field("Source of the rate", lambda row: row.rate_source, 30),
    Field("Valued by", lambda row: row.valuation_method, 40),
    Field("Years of work", lambda row: row.staff_years),
    Field("Account", lambda row: row.get_account_display(), 30),
    Field("Authority", lambda row: row.authority, 40),
    Field("Source", lambda row: row.source, 50),
    Field("Number", lambda row: row.pk, 10),
    Field("Replaces", lambda row: row.replaces_id, 10),
    Field("Replaced by", lambda row: row.replaced_by.pk if hasattr(row, "replaced_by") else None, 12),
    Field("Recorded", lambda row: row.at, 20),
)


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
