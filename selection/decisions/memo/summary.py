"""First page of a memo: the bottom line, a line for each candidate, and what to know before deciding."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from cpc.grouping import grouped
from cpc.web import formats
from selection.decisions.memo.agencies import answered, dissent, doubts_of, name_of, silence
from selection.decisions.memo.attachments import against_the_score, certainty
from selection.decisions.memo.countries import VERBS, proposed
from selection.decisions.memo.facts import MemoFacts, MemoLine
from selection.decisions.memo.findings import FOUND, ON_FORMS, name_in_text
from selection.decisions.memo.length import WHOLE
from selection.decisions.memo.notes import heading_of, is_open, is_weighty, label_of, subject_of
from selection.decisions.memo.problem import caveat_of, tier_caveat
from selection.decisions.memo.type_widths import lines_of
from selection.decisions.memo.wording import (
    country_in_text,
    first_sentence,
    joined,
    line,
    money_and_term,
    quoted,
    sentence,
)
from selection.models import Action
from selection.notes.queries import Thread
from selection.runs.queries.all_in import all_in_findings

MOST_LINES = 5
SHORT = 170
"""Most characters of a note that the first page quotes; it refers to the full text of a longer one."""


def _names(rows: Sequence[MemoLine], most: int | None = None) -> str:
    return formats.listing([country_in_text(row.name) for row in rows], most=most)


# ---- bottom line ---------------------------------------------------------------------------------------------------


def bottom_line(memo: MemoFacts) -> list[str]:
    """Return at most five printed lines: what is recommended, the statute, objections, history, and money.

    A round with much to name loses first the history, then the limits, which page 2 repeats, and counts countries
    instead of naming them. Objections always stay.
    """
    for drop, most in ((0, None), (1, None), (2, None), (2, 3), (2, 1)):
        sentences = _bottom_line(memo, drop, most)
        if lines_of(" ".join(sentences), WHOLE, lead="BOTTOM LINE.") <= MOST_LINES:
            break
    return sentences


def _bottom_line(memo: MemoFacts, drop: int, most: int | None) -> list[str]:
    selected = memo.selected
    sentences = [_recommended(memo, most), _decided(memo)]
    if selected:
        sentences += [_statute(memo, most), _history(selected) if drop < 1 else "", _money(memo, drop < 2)]
    return [text for text in (*sentences, _objections(memo, most)) if text]


def _recommended(memo: MemoFacts, most: int | None) -> str:
    shortlisted = [row for row in memo.lines if row.action is Action.SHORTLIST]
    also_shortlisted = f", and keep {_names(shortlisted, most)} on the shortlist" if shortlisted else ""
    if memo.selected:
        return f"We recommend that you select {_names(memo.selected, most)}{also_shortlisted}."
    return f"We recommend that you select no country now{also_shortlisted}."


def _decided(memo: MemoFacts) -> str:
    decided = {
        action: [row for row in memo.lines if row.decision and not row.waits and row.decision.action == action]
        for action in Action
    }
    parts = [f"{action.label.lower()} ({_names(rows, 4)})" for action, rows in decided.items() if rows]
    if not parts:
        return ""
    waiting = sum(row.waits for row in memo.lines)
    more = f" {formats.spell_out(waiting, 'waits', 'wait')} for a decision." if waiting else ""
    return f"Decided: {'; '.join(parts)}.{more}"


def _statute(memo: MemoFacts, most: int | None) -> str:
    selected = memo.selected
    lacking = [row for row in selected if not row.criteria or set(row.answers.values()) - {FOUND, ON_FORMS}]
    cited = "the two criteria of the statute (22 U.S.C. 7103a(d)(5))"
    if not lacking:
        who = {1: "It meets", 2: "Both meet"}.get(len(selected), f"All {len(selected)} meet")
        if len(selected) < len(memo.detailed):  # "both" would be unclear after a shortlisted country
            who = f"{_named(selected, most)} {formats.agree(len(selected), 'meets', 'meet')}"
        return f"{who} {cited}."
    return f"{_names(lacking, most)} {formats.agree(len(lacking), 'is', 'are')} not found to meet {cited}."


def _history(selected: Sequence[MemoLine]) -> str:
    before = [row for row in selected if any(compact.signed for compact in row.compacts)]
    if not before:
        return ""
    if len(before) == len(selected):
        who = {1: "It", 2: "Both"}.get(len(selected), f"All {len(selected)}")
    else:
        who = _names(before)
        who = f"{who[:1].upper()}{who[1:]}"
    these = "this would not be its first" if len(before) == 1 else "these would not be their first"
    return f"{who} had a compact before, so {these}."


def _money(memo: MemoFacts, with_limits: bool) -> str:
    asked = [(row, *proposed(row)[:2]) for row in memo.selected]
    known = [(row, amount) for row, amount, _ in asked if amount]
    if not known:
        return "No amount is stated." if not any(months for _, _, months in asked) else ""
    if len(known) < len(asked):
        parts = [f"{formats.money(amount)} for {country_in_text(row.name)}" for row, amount in known]
        return f"Up to {formats.listing(parts)}; the amount of the others is not stated."
    total = sum(Decimal(str(amount)) for _, amount in known)
    start = "Together they would take" if len(known) > 1 else "It would take"
    limits = memo.limits
    over = limits is not None and any(
        (amount or 0) > limits.funding or (months or 0) > limits.months for _, amount, months in asked
    )
    within = ""
    if limits is not None and with_limits:
        each = " each" if len(known) > 1 else ""
        fits = "above" if over else "within"
        within = f", {fits} the policy limits of {formats.money(limits.funding)} and {limits.months} months{each}"
    return f"{start} up to {formats.money(total)}{within}."


def _objections(memo: MemoFacts, most: int | None) -> str:
    """Return who objects to whom; objections to countries that are not to be selected come last."""
    against = [
        (cell, row) for row in sorted(memo.lines, key=lambda row: row.action is not Action.SELECT)
        for cell in row.objections
    ]  # fmt: skip
    if not against:
        if not memo.selected or not memo.consultation.sent:
            return ""
        return f"No agency objects to {formats.agree(len(memo.selected), 'it', 'them')}."
    parts = [
        f"{name_of(cell.request.agency)} does not clear {country_in_text(row.name)}"
        + ("" if row.action is Action.SELECT else ", which we do not recommend")
        for cell, row in against
    ]
    shown = parts if most is None else [*parts[:most], *([f"{len(parts) - most} more"] if len(parts) > most else [])]
    return f"{'; '.join(shown)}."


# ---- lines to decide on --------------------------------------------------------------------------------------------

LEADS = {
    Action.SELECT: "Select {}",
    Action.SHORTLIST: "Keep {} on the shortlist",
    Action.NOT_SELECTED: "Do not select {}",
    Action.DEFER: "Defer {}",
}


def recommendation_of(row: MemoLine, memo: MemoFacts) -> dict[str, Any]:
    """Return the line that the approver decides on, with its decision if there is one."""
    recommendation, scored = row.recommendation, row.scored.row
    decision, current = (None, row.decision) if row.waits else (row.decision, None)
    amount, months, funding = proposed(row)
    asked = money_and_term(amount, months)
    return {
        "number": recommendation.place,
        "country": row.name,
        "code": row.deliberated.candidate.country.code,
        "action": VERBS[row.action],
        "label": recommendation.get_action_display(),
        "lead": LEADS[row.action].format(country_in_text(row.name)),
        "text": _line_text(row, asked),
        "amount": amount,
        "months": months,
        "funding": funding,
        "rationale": recommendation.rationale,
        "drafted_by": str(recommendation.drafted_by),
        "rank": scored.rank if scored else None,
        "score": scored.score if scored else None,
        "ranked": len(memo.page.ranking.ranked) if memo.page.ranking else 0,
        "decision": decision.get_action_display() if decision else "",
        "remarks": decision.remarks if decision else "",
        "decided_by": str(decision.decided_by) if decision else "",
        "decided_on": decision.at.date().isoformat() if decision else "",
        "supersedes": decision.supersedes.get_action_display() if decision and decision.supersedes else "",
        "in_effect": current.get_action_display() if current else "",
        "in_effect_since": current.at.date().isoformat() if current else "",
    }


def _line_text(row: MemoLine, asked: str) -> str:
    """Return what follows the lead: money and term, else the findings that are missing, else the reason."""
    if row.action is Action.SELECT:
        again = " again" if any(compact.signed for compact in row.compacts) else ""
        return f"{again}: {asked}." if asked else f"{again}: money and term are not stated."
    if asked:
        return f": {asked}."
    lacking = [
        f"{formats.listing([name_in_text(key) for key in keys])} {word.lower()}"
        for word, keys in grouped(row.answers, row.answers.__getitem__).items()
        if word not in (FOUND, ON_FORMS)
    ]
    against = [f"{name_of(cell.request.agency)} does not clear" for cell in row.objections]
    reasons = [*lacking, *against]
    return f": {'; '.join(reasons)}." if reasons else f": {_reason(row.recommendation.rationale)}"


def _reason(text: str) -> str:
    first = first_sentence(text)
    return first if len(first) <= SHORT else "the reason is in the table below."


# ---- before you decide ---------------------------------------------------------------------------------------------


def before_you_decide(memo: MemoFacts) -> list[dict[str, Any]]:
    """Return what to know before deciding, each with a bold name; nothing is left out because it is unwelcome."""
    came, asked = answered(memo.consultation)
    objections = dissent(memo.consultation.cells)
    weighty = [row for row in memo.notes if is_weighty(row)]
    lines = [
        line("Consultation.", joined([_count_of_answers(came, asked), *silence(memo.consultation), *_not_asked(memo)]))
    ]
    lines += [line("Dissent.", text) for text in objections]
    lines += [line(f"{'Open' if is_open(row) else 'Rejected'} note.", _note(row, memo)) for row in weighty]
    lines += [line("Statute.", _on_forms(memo)), line("Ranking.", _order(memo)), *_weak(memo)]
    return [row for row in lines if row["text"]]


def _on_forms(memo: MemoFacts) -> str:
    """Return the countries that meet a criterion by what the staff rated alone."""
    rows = [row for row in memo.detailed if ON_FORMS in row.answers.values()]
    if not rows:
        return ""
    verb = formats.agree(len(rows), "meets", "meet")
    but = formats.agree(len(rows), "its estimate of prevalence is", "their estimates of prevalence are")
    return f"{_named(rows)} {verb} (A) by the staff's rating of forms of child trafficking; {but} below the threshold."


def _order(memo: MemoFacts) -> str:
    """Return whether the ranks hold, and which country ranks above one to be selected without being selected."""
    ranked = memo.page.ranking.ranked if memo.page.ranking else ()
    rows = [{"country": row.name, "rank": row.rank, "low": row.low, "high": row.high} for row in ranked]
    return joined([certainty(rows), *against_the_score(memo)]) if rows else ""


def _count_of_answers(came: int, asked: int) -> str:
    if not asked:
        return "No agency was asked for a position."
    if came == asked:
        return f"All {asked} answers are in." if asked > 1 else "The one answer is in."
    return f"{came} of {asked} answers are in."


def _not_asked(memo: MemoFacts) -> list[str]:
    rows = [f"{name_of(row.agency)} was not asked: {sentence(row.reason)}" for row in memo.consultation.not_asked]
    missing = [name_of(agency) for agency in memo.consultation.missing]
    if missing:
        rows.append(f"{formats.listing(missing)} {formats.agree(len(missing), 'was', 'were')} not asked.")
    return rows


def _note(row: Thread, memo: MemoFacts) -> str:
    note = row.note
    head = f"{heading_of(row)}, on {subject_of(row)}"
    text = " ".join(note.text.split())
    detailed = {found.key for found in memo.detailed}
    where = "below" if note.candidate_id in detailed else "in Tab 2"
    return f"{head}: {quoted(text)}" if len(text) <= SHORT else f"{head}: {label_of(row)}, in full {where}."


def _weak(memo: MemoFacts) -> list[dict[str, Any]]:
    """Return lines on weak tiers and evidence, and on positions that rest on less than the evidence."""
    lines = [line("Tiers.", joined([_tiers(memo.lines), *_overdue(memo)]))]
    weak = grouped((row for row in memo.detailed if _evidence(row)), _evidence)
    lines.append(
        line(
            "Evidence.",
            joined(f"{_named(rows)}{', each' if len(rows) > 1 else ''}: {text}." for text, rows in weak.items()),
        )
    )
    doubts = [
        f"{name_of(cell.request.agency)} on {country_in_text(cell.candidate.country.name)} ({formats.listing(found)})"
        for cell in memo.consultation.cells
        if (found := doubts_of(cell))
    ]
    if doubts:
        lines.append(line("Positions.", f"{sentence('; '.join(doubts))}"))
    if memo.others:
        none = formats.agree(len(memo.others), "no recommendation", "no recommendations")
        lines.append(line("Not in this memo.", f"{formats.listing(memo.others)}: {none}."))
    return lines


def _overdue(memo: MemoFacts) -> list[str]:
    """Return a sentence on each edition that was due by the day of the score and is not loaded."""
    found = all_in_findings(memo.page.run.run) if memo.page.run else None
    return [
        f"The {row.edition} {row.report} has been due since {formats.day(row.due_on)} and is not loaded."
        for row in (found.overdue if found else ())
    ]


def _tiers(rows: Sequence[MemoLine]) -> str:
    """Return the tiers in doubt: "The 2025 tiers of Ghana and Malawi are not confirmed: why"."""
    doubtful = [row for row in rows if tier_caveat(row.facts)]
    sentences = []
    for (year, why), own in grouped(doubtful, lambda row: caveat_of(row.facts)).items():
        tiers = formats.agree(len(own), f"{year} tier of {_names(own)} is", f"{year} tiers of {_names(own)} are")
        sentences.append(f"The {tiers} not confirmed: {why}.")
    return joined(sentences)


def _named(rows: Sequence[MemoLine], most: int | None = None) -> str:
    """Return countries as a sentence begins with them."""
    names = _names(rows, most)
    return f"{names[:1].upper()}{names[1:]}"


def _evidence(row: MemoLine) -> str:
    """Return what weakens the evidence on a candidate, without its name."""
    scored, doubt = row.scored.row, row.scored.doubt
    if scored is None:
        return "no score"
    parts = []
    if doubt and doubt.unrated:
        parts.append(f"{formats.count_of(doubt.unrated, 'criterion is', 'criteria are')} not rated")
    if scored.weak.filled:
        parts.append(
            f"{formats.count_of(len(scored.weak.filled), 'scored value is', 'scored values are')} filled from similar "
            "countries"
        )
    if scored.weak.old:
        old = formats.count_of(len(scored.weak.old), "scored value is", "scored values are")
        parts.append(f"{old} older than 7 years")
    return formats.listing(parts)
