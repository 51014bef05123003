"""Content of a round's memo as plain data: one text for the Word document and the page.

Three pages and four tabs, in the order of action memos: bottom line, recommendations to approve, what to know before
deciding, half a page for each country to select or shortlist, one row for each other, resources and law, and the
cleared list; then ranking, consultation record, restrictions, sources and hashes.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from operator import itemgetter
from typing import Any

from cpc.grouping import grouped
from cpc.web import formats
from selection.decisions.memo.agencies import clearances_of
from selection.decisions.memo.attachments import consultation_tab, ranking_tab, restrictions_tab
from selection.decisions.memo.countries import block_of, brief_of, proposed
from selection.decisions.memo.facts import MemoFacts, memo_facts
from selection.decisions.memo.findings import LETTERS
from selection.decisions.memo.problem import printed, tier_caveat
from selection.decisions.memo.provenance import record_of, sources_of
from selection.decisions.memo.summary import before_you_decide, bottom_line, recommendation_of
from selection.decisions.memo.wording import (
    CLASSIFICATION,
    DEMONSTRATION,
    SENDER,
    TO,
    country_in_text,
    joined,
    sentence,
)
from selection.models import MemoPurpose, SelectionRound

ATTACHMENTS = ("Tab 1 Ranking", "Tab 2 Consultation record", "Tab 3 Restrictions", "Tab 4 Sources and hashes")


def memo_content(
    selection_round: SelectionRound,
    *,
    drafted_by: str,
    today: dt.date,
    number: int,
    purpose: str = MemoPurpose.FOR_DECISION,
    decide_by: dt.date | None = None,
    longer_because: str = "",
    makes_proof: bool = True,
) -> dict[str, Any]:
    """Return the content of the memo.

    Days are ISO dates and figures are numbers; the renderer formats them. Sentences are ready to print.
    """
    with_decisions = purpose == MemoPurpose.WITH_DECISIONS
    memo = memo_facts(selection_round, today, with_decisions=with_decisions)
    return {
        "number": number,
        "purpose": str(purpose),
        "day": today.isoformat(),
        "decide_by": decide_by.isoformat() if decide_by else "",
        "longer_because": longer_because,
        "classification": CLASSIFICATION,
        "demonstration": DEMONSTRATION,
        "to": TO,
        "sender": SENDER,
        "subject": f"Selecting Countries for Child Protection Compact Partnerships, FY {selection_round.fiscal_year}",
        "round": selection_round.title,
        "fiscal_year": selection_round.fiscal_year,
        "drafted_by": drafted_by,
        "bottom_line": bottom_line(memo),
        "recommendations": [recommendation_of(row, memo) for row in memo.lines],
        "approved_by": _approved_by(memo),
        "before_you_decide": before_you_decide(memo),
        "countries": [block_of(row, memo) for row in memo.detailed],
        "others": [brief_of(row, memo) for row in memo.brief],
        **_others_heading(memo),
        "resources": _resources(memo),
        "attachments": list(ATTACHMENTS),
        "clearances": clearances_of(memo.consultation),
        **ranking_tab(memo),
        **consultation_tab(memo),
        **restrictions_tab(memo),
        "sources": sources_of(memo.page, [key for row in memo.lines for key in printed(row.facts)]),
        "record": record_of(memo.page, with_decisions=with_decisions, makes_proof=makes_proof),
    }


def _approved_by(memo: MemoFacts) -> list[str]:
    decided = [row.decision for row in memo.lines if row.decision and not row.waits]
    return list(dict.fromkeys(str(decision.decided_by) for decision in decided))


def _others_heading(memo: MemoFacts) -> dict[str, Any]:
    """Return the heading of the table of other countries, the names of its findings, and the note below it."""
    numbers_of = [row.recommendation.place for row in memo.brief]
    in_a_row = numbers_of and numbers_of == list(range(numbers_of[0], numbers_of[-1] + 1))
    numbers = _numbers(numbers_of[0], numbers_of[-1]) if in_a_row else ""
    criteria = [criterion for row in memo.lines for criterion in row.criteria]
    cited = {LETTERS.get(criterion.key, criterion.label): criterion.citation for criterion in criteria}
    starred = any(row.facts.newest("tip.tier") is not None for row in memo.brief)
    return {
        "others_heading": f"{numbers}. Not recommended now" if numbers else "Not recommended now",
        "criteria": list(cited),
        "others_note": joined(
            [
                sentence("; ".join(f"{name}: {citation}" for name, citation in cited.items())) if cited else "",
                "* The newest tier is not confirmed." if starred else "",
            ]
        ),
    }


def _numbers(first: int, last: int) -> str:
    return f"{first} and {last}" if last == first + 1 else formats.span(str(first), str(last), prose=True)


def _resources(memo: MemoFacts) -> list[str]:
    """Return what the selection would cost, from which funds, and what the law asks before money is obligated."""
    return [text for text in (_cost(memo), *_law(memo)) if text]


def _cost(memo: MemoFacts) -> str:
    asked: Sequence[tuple[str, float | None, str]] = [
        (country_in_text(row.name), *proposed(row)[::2]) for row in memo.selected
    ]
    if not asked:
        return "No country is to be selected, so nothing is asked for."
    known = [Decimal(str(amount)) for _, amount, _ in asked if amount]
    unknown = [name for name, amount, _ in asked if not amount]
    total = f"Up to {formats.money(sum(known))}" if known else ""
    lacking = f"the amount for {formats.listing(unknown)} is not stated" if unknown else ""
    by_source = grouped((row for row in asked if row[2]), itemgetter(2))
    funds = [f"{source} ({formats.listing([name for name, _, _ in rows])})" for source, rows in by_source.items()]
    unnamed = [name for name, _, funding in asked if not funding]
    named = sentence(f"Source of funds: {'; '.join(funds)}") if funds else ""
    open_ = f"The source of funds for {formats.listing(unnamed)} is to be named before notification." if unnamed else ""
    return joined([sentence("; ".join(part for part in (total, lacking) if part)), named, open_])


def _law(memo: MemoFacts) -> list[str]:
    tiers = [(row, row.facts.newest("tip.tier")) for row in memo.selected]
    third = [country_in_text(row.name) for row, tier in tiers if tier is not None and tier.label == "Tier 3"]
    on_third = f"On Tier 3: {formats.listing(third)}." if third else "No country to be selected is on Tier 3."
    if doubtful := [country_in_text(row.name) for row in memo.selected if tier_caveat(row.facts)]:
        verb = formats.agree(len(doubtful), "tier of {} is", "tiers of {} are").format(formats.listing(doubtful))
        on_third = f"{on_third} The {verb} not confirmed."
    return [
        "Congress is notified 15 days before an obligation where 22 U.S.C. 2394-1 applies.",
        f"{on_third if memo.selected else ''} Restrictions: Tab 3.".strip(),
    ]


def lasting(content: Mapping[str, Any]) -> dict[str, Any]:
    """Return the content without what passes: an issue that differs in nothing else has the same text."""
    passing = ("number", "day", "drafted_by", "changes")
    return {name: value for name, value in content.items() if name not in passing}
