"""Presentation of what is behind the lines of a memo, for the approver who signs them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from cpc.web import formats
from selection.consultation.position_status import PositionStatus
from selection.consultation.presenters import MARKS
from selection.consultation.queries import PositionCell
from selection.decisions.presenters import ACTION_MARKS
from selection.model_definition.criteria_table import ModelTable
from selection.model_definition.statutory_criteria import Condition, StatutoryAnswer, StatutoryCriterion
from selection.models import Action, Memo, NoteKind, NoteStatus, Recommendation
from selection.notes.queries import Thread
from selection.restrictions.checklist import State
from selection.runs.labels import lowered
from selection.runs.verdicts import Fact
from selection.signing.queries import Cases, CaseToDecide

FOUND: Mapping[StatutoryAnswer, tuple[str, str]] = {
    StatutoryAnswer.MET: ("good", "Found"),
    StatutoryAnswer.NOT_MET: ("warn", "Not found"),
    StatutoryAnswer.NOT_KNOWN: ("unknown", "No finding"),
}
SAID: Mapping[PositionStatus, str] = {
    PositionStatus.CLEAR: "clear",
    PositionStatus.CLEAR_WITH_COMMENTS: "with comments",
    PositionStatus.CLEAR_WITH_EDITS: "with edits",
    PositionStatus.NO_EQUITIES: "no equities",
}
"""Words of the answers in a count: "3 clear, 1 with edits". Every other status is no response."""
VERBS: Mapping[str, str] = {
    Action.SELECT: "select",
    Action.SHORTLIST: "keep on the shortlist",
    Action.NOT_SELECTED: "do not select",
    Action.DEFER: "defer",
}
FEW = 2
"""Most criteria that are named as what moves a score."""


def letter(criterion: StatutoryCriterion) -> str:
    """Return the letter of a criterion in its citation: "(A)" of 22 U.S.C. 7103a(d)(5)(A)."""
    mark = criterion.citation.rfind("(")
    return criterion.citation[mark:] if mark >= 0 else ""


def finding(criterion: StatutoryCriterion) -> dict[str, Any]:
    """Return the finding on a criterion of the statute, with what it rests on."""
    kind, word = FOUND[criterion.answer]
    return {
        "key": criterion.key,
        "letter": letter(criterion),
        "label": criterion.label,
        "kind": kind,
        "word": word,
        "rests": [_rests(condition) for condition in criterion.conditions],
        "needs": criterion.needs if criterion.needs < len(criterion.conditions) else 0,
    }


def _rests(condition: Condition) -> tuple[str, str]:
    """Return the word on one condition, and its sentence with the value and what is asked."""
    function, label = condition.row.function, condition.row.label
    word = FOUND[condition.answer][0]
    if condition.u is None:
        return word, f"{label}: {'not rated' if function['kind'] == 'rubric' else 'not published'}; {condition.asks}"
    if function["kind"] == "rubric":
        step = condition.u * (function["upper"] - function["lower"]) + function["lower"]
        return word, f"{label} rated {step:g}; asked: {condition.asks}"
    return word, f"{label}: {condition.states or formats.number(condition.u, 2)}; asked: {condition.asks}"


def facts(case: CaseToDecide, cases: Cases) -> list[Fact]:
    """Return score, rank with its interval, need, feasibility, and what is known."""
    row = case.scored.row if case.scored else None
    if row is None or row.score is None:
        return [Fact("Score", formats.DASH, "no score includes it")]
    ranked = len(cases.page.ranking.ranked) if cases.page.ranking else 0
    rank = f"of 100, rank {row.rank} of {ranked}" if row.rank is not None else "of 100, provisional"
    figures = [Fact("Score", formats.number(row.score, 1), rank)]
    if row.low is not None:
        figures.append(Fact("In 90% of draws", formats.span(str(row.low), str(row.high), prose=True), "rank"))
    figures += [Fact("Need", formats.number(row.need, 1)), Fact("Feasibility", formats.number(row.feasibility, 1))]
    if row.coverage is not None:
        figures.append(Fact("Known", formats.share(row.coverage), "of the weight"))
    return figures


def moves(case: CaseToDecide, table: ModelTable | None) -> dict[str, list[str]]:
    """Return the criteria that give the most points, and those that lose the most, each with its points."""
    if table is None:
        return {"gives": [], "loses": []}
    found = {}
    for name, column in (("gives", "points"), ("loses", "points_lost")):
        rows = [(float(str(line.get(column) or 0)), str(line["key"])) for line in case.lines]
        most = sorted((row for row in rows if row[0] > 0), reverse=True)[:FEW]
        found[name] = [f"{lowered(table.row(key).label)} ({formats.number(points, 1)})" for points, key in most]
    return found


def position(cell: PositionCell) -> dict[str, Any]:
    """Return a position as a row: the agency, its answer, its text, and what the office did."""
    text = cell.position.text if cell.position else ""
    disposition = cell.disposition
    did = disposition.text if disposition else cell.proceeded.reason if cell.proceeded else ""
    return {
        "agency": cell.request.agency.short,
        "mark": MARKS[cell.status],
        "text": text,
        "did": did,
        "by": cell.proceeded.approved_by if cell.proceeded and not disposition else None,
        "is_stale": cell.is_stale,
        "is_unopened": cell.is_unopened,
    }


def answers_in_short(cells: Sequence[PositionCell]) -> dict[str, Any]:
    """Return the answers in short: the agencies that do not clear by name, and the numbers of the other answers."""
    owed = [cell for cell in cells if cell.status is not PositionStatus.INFORMED]
    against = [cell.request.agency.short for cell in owed if cell.status is PositionStatus.DOES_NOT_CLEAR]
    counts = Counter(SAID.get(cell.status, "no response") for cell in owed if cell.request.agency.short not in against)
    order = [*SAID.values(), "no response"]
    return {
        "against": against,
        "counts": [f"{counts[word]} {word}" for word in order if counts[word]],
        "silent": counts["no response"],
        "answered": sum(cell.status.is_answer for cell in owed),
        "asked": len(owed),
    }


def note(thread: Thread) -> dict[str, Any]:
    """Return an open, disputed, or rejected note, with the office's answer."""
    row = thread.note
    states = {NoteStatus.OPEN: "open", NoteStatus.ESCALATED: "disputed"}
    return {
        "note": row,
        "who": row.agency.short if row.agency else "the office",
        "kind": row.get_kind_display().lower(),
        "state": states.get(NoteStatus(row.status), "rejected"),
        "stops": row.kind == NoteKind.CRITICAL and row.status == NoteStatus.OPEN,
        "answer": thread.answer,
        "about": thread.label,
    }


def restrictions(case: CaseToDecide) -> dict[str, Any]:
    """Return the restrictions that a selection requires: how many pass, and each that does not.

    `later` counts those that only an obligation requires, and those for information.
    """
    found = case.restrictions
    passes = found.by_state(State.PASSES)
    against = [
        (status, f"{status.review.get_status_display()}: {status.review.basis}")
        for status in found.by_state(State.BARS)
        if status.review is not None
    ]
    with_terms = [
        status for status in passes if status.review and status.review.status in ("triggered_exception", "waived")
    ]
    return {
        "passes": len(passes),
        "all": (required := sum(len(found.by_state(state)) for state in State)),
        "later": len(found.statuses) - required,
        "against": against,
        "terms": with_terms,
        "missing": [status.name for state in (State.NOT_REVIEWED, State.EXPIRED) for status in found.by_state(state)],
    }


def asked_for(recommendation: Recommendation, cases: Cases) -> dict[str, Any]:
    """Return money and term proposed, and how they compare with the limits of the day."""
    limits = cases.limits
    amount, months = recommendation.proposed_amount, recommendation.proposed_months
    at = [
        name
        for name, value, limit in (("money", amount, limits.funding), ("term", months, limits.months))
        if value == limit
    ]
    return {"amount": amount, "months": months, "funding": recommendation.funding, "at": at, "limits": limits}


def case(one: CaseToDecide, cases: Cases) -> dict[str, Any]:
    """Return all that the form on one recommendation shows beside its choices."""
    table = cases.page.ranking.table if cases.page.ranking else None
    row = one.scored.row if one.scored else None
    notes = [note(thread) for thread in one.notes]
    rejected = sum(line["state"] == "rejected" for line in notes)
    answers = answers_in_short(one.cells)
    return {
        "recommendation": one.recommendation,
        "form_title": f"Your decision on {one.candidate.country}",
        "recommended": f"Recommended: {VERBS[one.recommendation.action]}",
        "drafted": f"{one.recommendation.drafted_by}, {formats.day(one.recommendation.at.date())}",
        "progress": f"{cases.decided} of {cases.recommended} decided",
        "answered": f"{answers['answered']} of {answers['asked']} answered",
        "noted": f"{len(notes) - rejected} open, {rejected} rejected",
        "mark": ACTION_MARKS[one.recommendation.action],
        "verb": VERBS[one.recommendation.action],
        "facts": facts(one, cases),
        "moves": moves(one, table),
        "doubt": one.scored.doubt if one.scored else None,
        "findings": [finding(criterion) for criterion in one.criteria],
        "met": sum(criterion.answer is StatutoryAnswer.MET for criterion in one.criteria),
        "positions": [position(cell) for cell in one.cells],
        "answers": answers,
        "notes": notes,
        "open": [line for line in notes if line["state"] != "rejected"],
        "restrictions": restrictions(one),
        "compacts": one.compacts,
        "tier": row.tier if row else "",
        "is_tier_unconfirmed": bool(row and row.tier_quality == "unconfirmed"),
        "asked": asked_for(one.recommendation, cases),
        "questions": one.questions,
        "in_effect": one.in_effect,
    }


ORDINALS = ("", "First", "Second", "Third", "Fourth", "Fifth")


def line(one: CaseToDecide) -> dict[str, Any]:
    """Return one row of the signing page: score, findings, agencies, and what to know."""
    row = one.scored.row if one.scored else None
    signed = sum(compact.signed is not None for compact in one.compacts)
    return {
        "recommendation": one.recommendation,
        "candidate": one.candidate,
        "score": formats.number(row.score, 1) if row else formats.DASH,
        "rank": row.rank if row else None,
        "findings": [finding(criterion) for criterion in one.criteria],
        "answers": answers_in_short(one.cells),
        "partnership": ORDINALS[signed + 1] if 0 < signed < len(ORDINALS) - 1 else "",
        "tier": row.tier if row and row.tier not in ("", "Tier 2") else "",
        "is_unconfirmed": bool(row and row.tier_quality == "unconfirmed"),
        "notes": [note(thread) for thread in one.notes if thread.note.candidate_id is not None],
        "is_provisional": one.scored is not None and one.scored.is_provisional,
        "questions": one.questions,
        "in_effect": one.in_effect,
    }


def signing(lines: Sequence[Mapping[str, Any]], cases: Cases, memo: Memo | None) -> dict[str, Any]:
    """Return the texts around the rows of the signing page."""
    heads = lines[0]["findings"] if lines else []
    issued = f"Memo version {memo.number}, issued {formats.day(memo.at.date())}" if memo else ""
    return {
        "lines": lines,
        "heads": [{**found, "short": SHORT.get(found["key"], found["label"])} for found in heads],
        "title_of_lines": formats.spell_out(len(lines), "recommendation", "recommendations"),
        "memo_label": issued,
        "decided": cases.decided,
        "progress": f"{cases.decided} of {cases.recommended} decided",
    }


SHORT: Mapping[str, str] = {"prevalence": "Prevalence", "commitment": "Commitment"}
"""Headings of the statutory criteria in a table."""
