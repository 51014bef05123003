"""One country in a memo: half a page if it is to be selected or shortlisted, one row of a table if not."""

from __future__ import annotations

from typing import Any

from cpc.web import formats
from selection.decisions.memo.agencies import answers_in_brief, answers_on
from selection.decisions.memo.facts import MemoFacts, MemoLine
from selection.decisions.memo.notes import is_weighty, on_candidate
from selection.decisions.memo.problem import aid, problem, tier, tier_caveat
from selection.decisions.memo.wording import joined, line, money_and_term, sentence
from selection.lookups.earlier_compacts import PolicyLimits
from selection.models import Action

VERBS = {
    Action.SELECT: "select",
    Action.SHORTLIST: "keep on the shortlist",
    Action.NOT_SELECTED: "do not select",
    Action.DEFER: "defer",
}
NO_HISTORY = "No compact before."


def block_of(row: MemoLine, memo: MemoFacts) -> dict[str, Any]:
    """Return half a page on one country, always with the same rows in the same order, also if a row has "None"."""
    notes = on_candidate(memo.notes, row.key)
    rows = [
        line("", problem(row.facts), name="Problem"),
        *({**found, "name": found["name"]} for found in row.findings),
        _history(row),
        line("", tier(row.facts), name="Tier"),
        _asked_for(row, memo.limits),
        line("", answers_on(row.cells), name="Agencies"),
        line(*notes, name="Notes"),
    ]
    return {
        "number": row.recommendation.place,
        "country": row.name,
        "code": row.deliberated.candidate.country.code,
        "heading": f"{row.recommendation.place}. {row.name}: {VERBS[row.action]}",
        "rank_line": rank_line(row, memo),
        "rows": rows,
    }


def brief_of(row: MemoLine, memo: MemoFacts) -> dict[str, Any]:
    """Return one row of the table of the countries that are not recommended now."""
    weighty = sum(is_weighty(note) for note in memo.notes if note.note.candidate_id == row.key)
    noted = f"{formats.spell_out(weighty, 'note', 'notes')} in full in Tab 2." if weighty else ""
    history = joined(f"{compact.name}." for compact in row.compacts)
    known = [tier_of(row), "*" if tier_caveat(row.facts) else ""]
    return {
        "number": row.recommendation.place,
        "country": row.name,
        "code": row.deliberated.candidate.country.code,
        "label": row.recommendation.get_action_display(),
        "findings": [{"name": found["name"], "brief": found["brief"], "word": found["word"]} for found in row.findings],
        "tier": "".join(known),
        "agencies": answers_in_brief(row.cells),
        "why": joined([sentence(row.recommendation.rationale), history, noted]),
    }


def tier_of(row: MemoLine) -> str:
    newest = row.facts.newest("tip.tier")
    return newest.label.removeprefix("Tier ") if newest is not None else "No tier"


def rank_line(row: MemoLine, memo: MemoFacts) -> str:
    """Return the rank with its range: "Rank 2 of 8, score 56.0; rank 2 to 3 in 90% of draws"."""
    scored = row.scored.row
    if scored is None:
        return "No score"
    if scored.rank is None:
        return scored.reason or "No rank"
    ranked = len(memo.page.ranking.ranked) if memo.page.ranking else 0
    rank = f"Rank {scored.rank} of {ranked}, score {formats.number(scored.score, 1)}"
    if scored.low is None or scored.high is None:
        return f"{rank}; no draws were made"
    return f"{rank}; rank {formats.span(str(scored.low), str(scored.high), prose=True)} in 90% of draws"


def _history(row: MemoLine) -> dict[str, Any]:
    """Return every earlier compact with its days and money, and all U.S. aid of the newest year."""
    compacts = [compact.sentence for compact in row.compacts]
    lead = NO_HISTORY if not compacts else joined(compacts)
    return line(lead if not compacts else "", joined([*compacts, aid(row.facts)]), name="History") | (
        {"names": [compact.name for compact in row.compacts]} if compacts else {}
    )


def proposed(row: MemoLine) -> tuple[float | None, int | None, str]:
    """Return the money in U.S. dollars, the months, and the source of funds that the office proposes."""
    recommendation = row.recommendation
    amount = recommendation.proposed_amount
    return (
        float(amount) if amount is not None else None,
        recommendation.proposed_months,
        recommendation.funding.strip(),
    )


def _asked_for(row: MemoLine, limits: PolicyLimits | None) -> dict[str, Any]:
    amount, months, funding = proposed(row)
    if not amount and not months:
        first = "Nothing now." if row.action is not Action.SELECT else "Money and term are not stated."
    else:
        missing = "" if amount and months else f" The {'term' if amount else 'amount'} is not stated."
        first = joined([sentence(money_and_term(amount, months)), missing.strip(), compared(amount, months, limits)])
    source = f"Source of funds: {sentence(funding)}" if funding else ""
    return line("", joined([first, source, f"Reason: {sentence(row.recommendation.rationale)}"]), name="Asked for")


def compared(amount: float | None, months: int | None, limits: PolicyLimits | None) -> str:
    """Return how money and term compare with the limits of the office's policy."""
    if limits is None:
        return "No policy on limits is in force."
    over = [
        text
        for text, is_over in (
            (f"{formats.money(limits.funding)}", amount is not None and amount > limits.funding),
            (f"{limits.months} months", months is not None and months > limits.months),
        )
        if is_over
    ]
    if over:
        noun = formats.agree(len(over), "limit", "limits")
        return f"Above the policy {noun} of {formats.listing(over)}: an exception is needed."
    if amount == limits.funding and months == limits.months:
        return "At both policy limits, so any extension needs an exception."
    if amount is None or months is None:
        return "Within the policy limit as far as stated."
    return "Within both policy limits; no exception needed."
