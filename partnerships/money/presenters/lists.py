from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from cpc.web import formats
from cpc.web.badges import Badge
from cpc.web.lists import ListPage, declare
from cpc.web.markup import badge, link
from cpc.web.tables import Column, Table
from partnerships.limit_position import headroom
from partnerships.limit_presenters import limit_label
from partnerships.limits import TOTAL_LABELS
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
from partnerships.valuation import contributions_sentence

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
    """One total of project funds, the rule that limits it, and the headroom under that rule."""

    name: str
    amount: Decimal
    limited_by: str
    left: Decimal | None

    @property
    def limit(self) -> Decimal | None:
        """Return the largest lawful amount, or None if nothing limits it."""
        return None if self.left is None else self.amount + self.left


def totals(partnership: Partnership) -> list[Total]:
    """Return the five totals with the tightest rule for each, and U.S. cash from other accounts."""
    now, left, other = partnership.totals, headroom(partnership), partnership.other_us_cash()
    # No total is above the funding limit, so the total above is always the tighter rule.
    return [
        Total("Planned", now.planned, limit_label(partnership), left.planned),
        Total("Notified to Congress", now.notified, limit_label(partnership), left.notified),
        Total("Awarded", now.awarded, f"Amount {TOTAL_LABELS['planned']}", left.awarded),
        Total("Obligated, net", now.obligated, f"Amount {TOTAL_LABELS['awarded']}", left.obligated),
        Total("Disbursed", now.disbursed, f"Amount {TOTAL_LABELS['obligated']}", left.disbursed),
        *(
            [Total("Other U.S. cash", other, "From other accounts, not counted toward the limit", None)]
            if other
            else []
        ),
    ]


def contributions_text(contributions: Sequence[Contribution], partnership: Partnership) -> str:
    """Return what each government gives, each amount in its own unit."""
    sides = {side: [row for row in contributions if row.government == side] for side in Government}
    return contributions_sentence(partnership.country.name, sides[Government.PARTNER], sides[Government.UNITED_STATES])


def government_name(row: Contribution) -> str:
    side = Government(row.government)
    return side.label if side is Government.UNITED_STATES else row.partnership.country.name


def stage_badge(row: Contribution) -> Badge:
    return Badge(STAGE_KINDS[ContributionStage(row.stage)], row.get_stage_display())


def value_text(row: Contribution) -> str:
    if row.amount_usd is not None:
        return formats.dollars(row.amount_usd)
    return "No value in dollars"


def original_value_text(row: Contribution) -> str:
    """Return the details of a contribution as text.

    They are the original amount with its rate, years of work, valuation method, and the account of cash.
    """
    parts = []
    if row.original_amount is not None:
        rate = f" at {formats.number(row.rate.normalize(), None)} ({row.rate_source})" if row.rate is not None else ""
        parts.append(f"{row.original_currency} {formats.number(row.original_amount, 2)}{rate}")
    if row.staff_years is not None:
        parts.append(f"{formats.number(row.staff_years, 2)} years of work")
    if row.valuation_method:
        parts.append(row.valuation_method)
    if row.account:
        parts.append(f"{row.get_account_display()}: {row.authority}")
    return "; ".join(parts)


def notification_badge(row: CongressionalNotification, counts: Decimal, today: date) -> Badge:
    """Return a badge with the day from which the notified money may be obligated.

    `counts` is the part that may be obligated already: while a raise waits, the amount that it replaces still counts.
    """
    first = may_obligate_from(row.sent_on)
    if not row.amount:
        return Badge("none", "Withdrawn")
    if first <= today:
        return Badge("good", f"Available to obligate since {formats.day(first)}")
    if counts == row.amount:
        return Badge("good", "Available to obligate: it replaces an amount that was notified in time")
    part = f"{formats.dollars(counts)} is available to obligate now; all of it" if counts else "Available to obligate"
    return Badge("info", f"{part} from {formats.day(first)}, {formats.relative_day(first, today)}")


def award_state(row: Award) -> Badge:
    return Badge(STATE_KINDS[AwardState(row.state)], row.get_state_display())


# ---- tables --------------------------------------------------------------------------------------------------------


NOT_LIMITED = Badge("none", "Not subject to the limit")

TOTALS: Table[Total] = Table(
    "Totals",
    [
        Column("Total", lambda row: row.name, detail=lambda row: row.limited_by),
        Column("U.S. dollars", lambda row: row.amount, "dollars"),
        Column("Maximum", lambda row: badge(NOT_LIMITED) if row.limit is None else row.limit, "dollars"),
        Column("Left", lambda row: row.left, "dollars"),
    ],
    caption="Totals of TIP Office project funds, each with its maximum",
)


AWARDS_LIST = declare(ListPage("awards", "Awards of a partnership", "award", "awards", "partnership-awards"))
CONTRIBUTIONS_LIST = declare(
    ListPage(
        "contributions",
        "Contributions to a partnership",
        "contribution",
        "contributions",
        "partnership-contributions",
        filters=("government", "stage", "show"),
    )
)


def awards_table(partnership: Partnership, *, compact: bool = False) -> Table[Award]:
    """Return the table of awards; `compact`, below other tables, has no programs and shows only its title."""
    program = Column[Award]("Program", lambda row: row.program.title if row.program else "")
    return Table(
        "Awards",
        [
            Column(
                "Recipient",
                lambda row: link(reverse("award", args=[row.partnership_id, row.pk]), row.recipient, f", {row.title}"),
                detail=award_detail,
                total="Total",
            ),
            *([] if compact else [program]),
            Column("State", award_state, "badge"),
            Column("Awarded", lambda row: row.awarded_total, "dollars", total=partnership.awarded_total),
            Column("Obligated", lambda row: row.obligated_total, "dollars", total=partnership.obligated_total),
            Column("Disbursed", lambda row: row.disbursed_total, "dollars", total=partnership.disbursed_total),
        ],
        caption="" if compact else "Awards with amounts awarded, obligated, and disbursed",
        show_caption=compact,
    )


def awards_list(partnership: Partnership) -> Table[Award]:
    """Return the table of awards with all the columns that people choose among."""
    more: list[Column[Award]] = [
        Column("Title", lambda row: row.title, css="is-wide", width=40),
        Column("Type", lambda row: row.get_type_display(), width=24),
        Column("Kind of recipient", lambda row: row.get_recipient_type_display(), width=24),
        Column("FAIN", lambda row: row.fain),
        Column("UEI", lambda row: row.uei),
        Column("Assistance listing", lambda row: row.assistance_listing),
        Column("Starts", lambda row: row.starts_on, "day"),
        Column("Ends", lambda row: row.ends_on, "day"),
        Column("Ended", lambda row: row.ended_on, "day"),
        Column("Competed", lambda row: "Yes" if row.competed else f"No: {row.not_competed_because}", css="is-wide"),
        Column("Sub-awarded", lambda row: row.subawarded_total, "dollars"),
    ]
    return replace(awards_table(partnership), more=more)


def award_detail(row: Award) -> str:
    to = " · a government" if row.recipient_type == RecipientType.GOVERNMENT else ""
    return f"{row.get_type_display()}: {row.title}{to}"


def contributions_table(*, records: bool) -> Table[Contribution]:
    """Return the table of contributions. With `records`, each row links to the form to replace it."""
    columns: list[Column[Contribution]] = [
        Column(
            "Contribution",
            lambda row: row.description,
            detail=_contribution_detail,
            name="description",
            holds=("description", "kind", "program", "source"),
        ),
        Column("Given by", government_name),
        Column("Fiscal year", lambda row: formats.fiscal_year(row.fiscal_year), css="u-nowrap"),
        Column("Stage", stage_badge, "badge"),
        Column("Value", value_text, "dollars", detail=original_value_text, name="usd", holds=VALUE),
    ]
    if records:
        columns.append(Column("Change", _replace_link, hidden_label=True, is_action=True))
    return Table("Contributions", columns, caption="Current contributions", file=CONTRIBUTION_FILE)


def _contribution_detail(row: Contribution) -> str:
    program = row.program.title if row.program else ""
    return " · ".join(part for part in (row.get_kind_display(), program, row.source) if part)


def _replace_link(row: Contribution) -> SafeString | None:
    """Return the link to the form that replaces a contribution, None for one that was replaced."""
    if hasattr(row, "replaced_by"):
        return None
    url = reverse("partnership-contribution-replace", args=[row.partnership_id, row.pk])
    return link(url, "Replace", f" contribution {row.pk}")


def _exact(value: Decimal | None) -> SafeString:
    """Return a number with its decimals, "" for none."""
    return format_html("{}", "" if value is None else formats.number(value.normalize(), None))


VALUE = (
    "usd",
    "original-amount",
    "original-currency",
    "rate",
    "source-of-the-rate",
    "valued-by",
    "years-of-work",
    "account",
    "authority",
)
"""Columns of the file that hold the value of a contribution and how it was found."""
CONTRIBUTION_FILE: Sequence[Column[Contribution]] = (
    Column("Fiscal year", lambda row: row.fiscal_year, width=12),
    Column("Given by", government_name, width=24),
    Column("Kind", lambda row: row.get_kind_display(), width=10),
    Column("Stage", lambda row: row.get_stage_display(), width=10),
    Column("Program", lambda row: row.program.title if row.program else "", width=30),
    Column("Description", lambda row: row.description, width=50),
    Column("USD", lambda row: row.amount_usd, "dollars"),
    Column("Original amount", lambda row: row.original_amount, html=lambda row: _exact(row.original_amount), css="num"),
    Column("Original currency", lambda row: row.original_currency),
    Column("USD per unit", lambda row: row.rate, html=lambda row: _exact(row.rate), name="rate", css="num"),
    Column("Source of the rate", lambda row: row.rate_source, width=30),
    Column("Valued by", lambda row: row.valuation_method, width=40),
    Column("Years of work", lambda row: row.staff_years, html=lambda row: _exact(row.staff_years), css="num"),
    Column("Account", lambda row: row.get_account_display(), width=30),
    Column("Authority", lambda row: row.authority, width=40),
    Column("Source", lambda row: row.source, width=50),
    Column("Number", lambda row: row.pk, width=10),
    Column("Replaces", lambda row: row.replaces_id, width=10),
    Column("Replaced by", lambda row: row.replaced_by.pk if hasattr(row, "replaced_by") else None, width=12),
    Column("Recorded", lambda row: row.at, "moment", width=20),
)
