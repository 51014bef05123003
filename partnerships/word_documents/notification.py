"""Text of a congressional notification under 22 U.S.C. 2394-1, from a recorded one or from an amount not sent yet.

The section asks that four committees are notified fifteen days before an obligation. Only for some reprogrammings does
it list contents: nature and purpose, and the country that would have had the funds (subsection (a)(1) and (2)). What
the record doesn't hold is printed in brackets, for a person to complete.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from cpc.web import formats
from partnerships.completeness import ProgramLine
from partnerships.lookups.rule_inputs import record_of
from partnerships.models import Award, CongressionalNotification, Fund, FundAccount, Partnership
from partnerships.schedules import NOTIFICATION_DAYS
from partnerships.word_documents.wording import CLASSIFICATION, day, dollars, sample_note, term_of

COMMITTEES = (
    "Committee on Foreign Relations of the Senate",
    "Committee on Foreign Affairs of the House of Representatives",
    "Committee on Appropriations of the Senate",
    "Committee on Appropriations of the House of Representatives",
)
"""The committees that 22 U.S.C. 2394-1(a) names."""
REPROGRAMMING = Decimal(1_000_000)
"""Amount above which 22 U.S.C. 2394-1(a) lists contents of a notification of a reprogramming."""
ZERO = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class NotifiedAmount:
    """One notification: `recorded` once it was sent. Without its own purpose, the text states that of the programs."""

    amount: Decimal
    sent_on: date | None = None
    reference: str = ""
    fund: Fund | None = None
    purpose: str = ""
    recorded: CongressionalNotification | None = None


def notice_of(row: CongressionalNotification, purpose: str = "") -> NotifiedAmount:
    return NotifiedAmount(row.amount, row.sent_on, row.reference, row.fund, purpose, recorded=row)


def notifications_in_effect(partnership: Partnership) -> list[CongressionalNotification]:
    """Return the notifications that no later one replaces, the newest first; one of zero withdraws and is no text."""
    rows = partnership.notifications.filter(replaced_by__isnull=True, amount__gt=0).select_related("fund")
    return list(rows.order_by("-sent_on", "-pk"))


def notification_fields(
    partnership: Partnership, notice: NotifiedAmount, made_from: str, today: date
) -> Mapping[str, Any]:
    """Return the fields of the template, which `docs/word-documents.md` lists."""
    record, country = record_of(partnership), partnership.country.name
    awards = list(partnership.awards.select_related("program").order_by("pk"))
    earliest = notice.sent_on + timedelta(days=NOTIFICATION_DAYS) if notice.sent_on else None
    return {
        "classification": CLASSIFICATION,
        "sample_note": sample_note(is_sample=partnership.is_sample),
        "made_from": made_from,
        "country": country,
        "title": partnership.title,
        "reference": notice.reference or "[reference]",
        "is_sent": notice.recorded is not None,
        "sent_on": notice.sent_on,
        "amount": notice.amount,
        "account": _account(partnership, notice.fund),
        "fund": _years_of(notice.fund),
        "earliest": earliest,
        "term": term_of(partnership),
        "as_of": today,
        "opening": _opening(country, notice, earliest),
        "purpose": notice.purpose.strip() or _purpose(country, record.programs),
        "committees": list(COMMITTEES),
        "objectives": [
            {"number": row.number, "title": row.title, "outcome": row.outcome or "[intended outcome]"}
            for row in record.objectives
        ],
        "programs": [
            {
                "title": row.title,
                "description": row.description or "[description]",
                "us_amount": row.us_amount,
                "partner_amount": row.partner_amount,
            }
            for row in record.programs
        ],
        "implementers": [_implementer(row) for row in awards],
        "money": _money(partnership, notice),
        "to_complete": _to_complete(country, notice),
    }


def _years_of(fund: Fund | None) -> str:
    if fund is None:
        return "[fiscal years of the funds]"
    first, last = fund.first_fiscal_year, fund.last_fiscal_year
    return f"Fiscal year {first}" if first == last else f"Fiscal years {first} to {last}"


def _account(partnership: Partnership, fund: Fund | None) -> str:
    if fund is not None:
        return fund.account_name or fund.get_account_display()
    if partnership.fund_account == FundAccount.UNKNOWN:
        return "[account]"
    return partnership.get_fund_account_display()


def _opening(country: str, notice: NotifiedAmount, earliest: date | None) -> str:
    when = day(earliest) if earliest else f"{NOTIFICATION_DAYS} days after the day of this notification"
    return (
        f"Under 22 U.S.C. 2394-1(a), the Department of State notifies the committees listed below that it intends to "
        f"obligate up to {dollars(notice.amount)} for the Child Protection Compact Partnership with {country}. The "
        f"first obligation will follow no earlier than {when}."
    )


def _purpose(country: str, programs: Sequence[ProgramLine]) -> str:
    titles = [f"“{row.title}”" for row in programs]
    noun = formats.agree(len(titles), "program", "programs")
    shares = f"the {noun} {formats.listing(titles)}" if titles else "[programs]"
    return (
        f"To carry out {shares}, so that violence, exploitation, and abuse against children in {country} are prevented "
        "and child trafficking is reduced (22 U.S.C. 7103a(d)(1))."
    )


def _implementer(award: Award) -> dict[str, Any]:
    return {
        "recipient": award.recipient,
        "title": award.title,
        "kind": award.get_type_display(),
        "awarded": award.awarded_total,
        "obligated": award.obligated_total,
    }


def _money(partnership: Partnership, notice: NotifiedAmount) -> list[dict[str, Any]]:
    own = notice.recorded.pk if notice.recorded else None
    others = sum((row.amount for row in notifications_in_effect(partnership) if row.pk != own), ZERO)
    rows = [
        ("Planned by the United States for the whole term", partnership.planned_total),
        ("Other notifications in effect", others),
        ("This notification", notice.amount),
        ("Notified in all, this notification included", others + notice.amount),
        ("Obligated to date, net", partnership.obligated_total),
        ("Disbursed to date", partnership.disbursed_total),
    ]
    return [{"label": label, "amount": amount} for label, amount in rows]


def _to_complete(country: str, notice: NotifiedAmount) -> list[str]:
    """Return what a person must still add, since the record doesn't hold it."""
    if notice.amount <= REPROGRAMMING:
        return []
    return [
        f"[If this is a reprogramming, and the total for {country} in the fiscal year exceeds by more than $5,000,000 "
        "the amount specified for it in the report under 22 U.S.C. 2413(a): add the country for which the funds would "
        "otherwise have been obligated, to the extent possible (22 U.S.C. 2394-1(a)(2)). Else, delete this.]"
    ]
