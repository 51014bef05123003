"""Content of a round's memo as plain data, shared by the Word document and the print page.

The parts follow the practice of action memos: summary, recommendations with lines to approve, background, the
ranking, each agency's position and its disposition, dissent, restrictions, sources, clearances, page of record.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from operator import itemgetter
from typing import Any

from cpc.grouping import grouped
from cpc.web import formats
from selection.candidates.queries import RoundPage, ScoredCandidate, round_page
from selection.consultation.position_status import PositionStatus
from selection.consultation.queries import PositionCell, RoundConsultation, consultation_of
from selection.decisions.memo.provenance import record_of, sources_of
from selection.decisions.note_summary import note_summary
from selection.decisions.queries import Deliberated, deliberation
from selection.models import Action, SelectionRound
from selection.notes.queries import disclosed_notes, notes_by_status
from selection.pool_rules.pools import PoolRule
from selection.restrictions.checklist import RestrictionStatus, State
from selection.restrictions.queries import country_statuses
from selection.runs.labels import lowered

POSITION_LABELS = {
    PositionStatus.CLEAR: "Clear",
    PositionStatus.CLEAR_WITH_EDITS: "Clear with edits",
    PositionStatus.CLEAR_WITH_COMMENTS: "Clear with comments",
    PositionStatus.DOES_NOT_CLEAR: "Does not clear",
    PositionStatus.NO_EQUITIES: "No equities",
    PositionStatus.EXTENSION: "Extension requested",
    PositionStatus.WAITING: "No response yet",
    PositionStatus.NO_RESPONSE: "No response",
    PositionStatus.PROCEEDED: "No response; proceeding without it",
    PositionStatus.INFORMED: "For information",
}
CLEARANCES = {
    PositionStatus.CLEAR: "ok",
    PositionStatus.CLEAR_WITH_EDITS: "ok, with edits",
    PositionStatus.CLEAR_WITH_COMMENTS: "ok, with comments",
    PositionStatus.NO_EQUITIES: "no equities",
    PositionStatus.DOES_NOT_CLEAR: "does not clear",
    PositionStatus.INFORMED: "info",
}
STATES = {State.NOT_REVIEWED: "Not reviewed", State.EXPIRED: "Not reviewed: the review expired"}
VERBS = {
    Action.SELECT: "select",
    Action.SHORTLIST: "keep on the shortlist",
    Action.NOT_SELECTED: "do not select",
    Action.DEFER: "defer",
}


def memo_content(selection_round: SelectionRound, *, drafted_by: str, today: dt.date, number: int) -> dict[str, Any]:
    """Return the content of the memo.

    Days are ISO dates and figures are numbers; the renderer formats them.
    """
    page = round_page(selection_round)
    rows = [row for row in deliberation(selection_round) if row.recommendation is not None]
    consultation = consultation_of(selection_round, today)
    disclosed = _disclosed(selection_round)
    return {
        "number": number,
        "day": today.isoformat(),
        "round": selection_round.title,
        "fiscal_year": selection_round.fiscal_year,
        "drafted_by": drafted_by,
        "summary": _summary(page, rows, consultation),
        "recommendations": [_recommendation(row, page) for row in rows],
        "approved_by": list(dict.fromkeys(str(row.decision.decided_by) for row in rows if row.decision)),
        "background": _background(page),
        "ranking": _ranking(page),
        "scorecards": [card for row in rows if (card := _scorecard(row, page)) is not None],
        "consultation": [
            {
                "agency": asked.request.agency.name,
                "role": asked.request.get_role_display(),
                "answers": _answers(asked.cells.values()),
            }
            for asked in consultation.sent
        ],
        "not_asked": [{"agency": row.agency.name, "reason": row.reason} for row in consultation.not_asked],
        "dissent": _dissent(consultation.cells),
        "disclosed": disclosed,
        "note_summary": note_summary(disclosed, notes_by_status(selection_round)),
        "restrictions": [part for row in rows for part in _restrictions(row, today)],
        "sources": sources_of(page),
        "clearances": _clearances(consultation),
        "record": record_of(page),
    }


def _summary(page: RoundPage, rows: Sequence[Deliberated], consultation: RoundConsultation) -> list[str]:
    selected = [
        row.candidate.country.name for row in rows if row.recommendation and row.recommendation.action == Action.SELECT
    ]
    verb = f"to select {formats.listing(selected)}" if selected else "to select no country now"
    sentences = [
        f"The office recommends {verb} for a Child Protection Compact Partnership, from {len(page.candidates)} "
        f"candidates of fiscal year {page.round.fiscal_year}."
    ]
    decided = {
        action: [row.candidate.country.name for row in rows if row.decision and row.decision.action == action]
        for action in Action
    }
    if any(decided.values()):
        parts = [f"{action.label.lower()} ({', '.join(names)})" for action, names in decided.items() if names]
        waiting = sum(row.waits for row in rows)
        more = f" {formats.spell_out(waiting, 'waits', 'wait')} for a decision." if waiting else ""
        sentences.append(f"Decided: {'; '.join(parts)}.{more}")
    against = {cell.request.agency.name for cell in consultation.cells if cell.status is PositionStatus.DOES_NOT_CLEAR}
    silent = {cell.request.agency.name for cell in consultation.cells if cell.status in _SILENT}
    if consultation.sent:
        asked = len(consultation.sent)
        sentences.append(f"{formats.spell_out(asked, 'agency was', 'agencies were')} asked.")
    if against:
        sentences.append(
            f"{formats.listing(sorted(against))} {formats.agree(len(against), 'does', 'do')} not clear a candidate."
        )
    if silent:
        sentences.append(f"{formats.listing(sorted(silent))} gave no response, which does not count as clear.")
    return sentences


FILLED = ("peers", "range")
"""States of a criterion without a published value of the country."""

_SILENT = (PositionStatus.WAITING, PositionStatus.NO_RESPONSE, PositionStatus.PROCEEDED, PositionStatus.EXTENSION)


def _recommendation(row: Deliberated, page: RoundPage) -> dict[str, Any]:
    recommendation, score_row = row.recommendation, row.scored.row
    assert recommendation is not None
    decision = row.decision if row.decision and row.decision.recommendation_id == recommendation.pk else None
    current = row.decision if decision is None else None
    return {
        "place": recommendation.place,
        "country": row.candidate.country.name,
        "code": row.candidate.country.code,
        "action": VERBS[Action(recommendation.action)],
        "label": recommendation.get_action_display(),
        "rationale": recommendation.rationale,
        "drafted_by": str(recommendation.drafted_by),
        "rank": score_row.rank if score_row else None,
        "score": score_row.score if score_row else None,
        "ranked": len(page.ranking.ranked) if page.ranking else 0,
        "decision": decision.get_action_display() if decision else "",
        "remarks": decision.remarks if decision else "",
        "decided_by": str(decision.decided_by) if decision else "",
        "decided_on": decision.at.date().isoformat() if decision else "",
        "supersedes": decision.supersedes.get_action_display() if decision and decision.supersedes else "",
        "stands": current.get_action_display() if current else "",
        "stands_since": current.at.date().isoformat() if current else "",
    }


def _background(page: RoundPage) -> list[str]:
    selection_round = page.round
    rule = " ".join(PoolRule.from_dict(selection_round.pool_rule).descriptions)
    reasons = "; ".join(f"{lowered(label)}: {count}" for label, count in page.left_out)
    left_out = f" Left out: {reasons}." if reasons else " No country was left out."
    counted_to = formats.day(selection_round.reference_date)
    return [
        "A compact is a multi-year plan of the United States and one country to prosecute child trafficking, to care "
        "for child victims and to prevent child trafficking (22 U.S.C. 7103a). Countries are chosen after consulting "
        "other agencies; documented high prevalence and political motivation with sustained commitment are required.",
        f"The pool was drawn by rule. {rule}{left_out}",
        f"Scores come from {selection_round.model}, on what was published up to number {selection_round.as_of}"
        + (f", {formats.day(selection_round.as_of_at.date())}" if selection_round.as_of_at else "")
        + f"; ages are counted to {counted_to}. Scores inform the recommendation; they do not make it.",
    ]


def _ranking(page: RoundPage) -> list[dict[str, Any]]:
    raters = _raters(page)
    return [
        {
            "country": scored.name,
            "rank": row.rank,
            "low": row.low,
            "high": row.high,
            "score": row.score,
            "need": row.need,
            "feasibility": row.feasibility,
            "coverage": row.coverage,
            "tier": row.tier,
            "tier_quality": row.tier_quality,
            "reason": row.reason,
            "standing": _rank_limits(scored, page),
            "draws": page.draws,
            "rated": len(raters.get(row.code, ())),
            "rated_by_one": sum(count == 1 for count in raters.get(row.code, ())),
        }
        for scored in page.candidates
        if (row := scored.row) is not None
    ]


def _rank_limits(scored: ScoredCandidate, page: RoundPage) -> str:
    doubt, row = scored.doubt, scored.row
    if row is None or doubt is None:
        return row.reason if row else ""
    sentences = []
    if scored.is_provisional:
        span = (
            f", {formats.span(str(doubt.low), str(doubt.high), prose=True)} in 90% of {page.draws}" if doubt.low else ""
        )
        position = f" It would stand at {doubt.place}{span}." if doubt.place else ""
        sentences.append(f"Provisional: {row.reason}{position}")
    elif row.rank is None:
        sentences.append(row.reason)
    elif page.first and doubt.first is not None:
        sentences.append(f"In the first {page.first} in {formats.chance(doubt.first)} of {page.draws}.")
    if doubt.apart:
        sentences.append(f"Outside the pool of the desk screen: {doubt.apart}")
    if doubt.unrated:
        sentences.append(f"{formats.spell_out(doubt.unrated, 'criterion is', 'criteria are')} not rated.")
    return " ".join(sentences)


def _raters(page: RoundPage) -> dict[str, list[int]]:
    """Count the raters of each criterion that the score counts, by country."""
    ratings = page.run.run.inputs.get("ratings", {}) if page.run else {}
    counts = [(code, len(keys)) for by_country in ratings.values() for code, keys in by_country.items()]
    return {code: [count for _, count in own] for code, own in grouped(counts, itemgetter(0)).items()}


def _scorecard(row: Deliberated, page: RoundPage) -> dict[str, Any] | None:
    """Return each counted factor of a candidate on a scale of 0 to 1, with the candidates' median."""
    ranking, score_row = page.ranking, row.scored.row
    if ranking is None or score_row is None or page.run is None:
        return None
    score = page.run.run.countries.filter(country=row.candidate.country_id).first()
    if score is None:
        return None
    factors = [
        {
            "label": ranking.table.row(line["key"]).label,
            "u": line["u"] if not line["missing"] and line["state"] not in FILLED else None,
            "median": ranking.medians.get(line["key"]),
            "points": line["points"],
        }
        for line in score.lines
        if line["nominal_weight"] > 0
    ]
    return {"country": row.candidate.country.name, "factors": factors}


def _answers(cells: Iterable[PositionCell]) -> list[dict[str, Any]]:
    """Return an agency's positions by country, with countries of the same position in one entry."""
    groups: dict[str, tuple[dict[str, Any], list[str]]] = {}
    for cell in cells:
        answer = {
            "position": POSITION_LABELS[cell.status],
            "text": cell.position.text if cell.position else "",
            "given_by": str(cell.position.given_by) if cell.position else "",
            "day": cell.position.at.date().isoformat() if cell.position else "",
            "evidence": cell.position.evidence.number if cell.position else None,
            "stale": cell.is_stale,
            "disposition": cell.disposition.text if cell.disposition else "",
            "proceeded": cell.proceeded.reason if cell.proceeded else "",
            "approved_by": str(cell.proceeded.approved_by) if cell.proceeded else "",
        }
        groups.setdefault(repr(answer), (answer, []))[1].append(cell.candidate.country.name)
    return [{"country": formats.listing(countries), **answer} for answer, countries in groups.values()]


def _dissent(cells: Sequence[PositionCell]) -> list[dict[str, str]]:
    return [
        {
            "agency": cell.request.agency.name,
            "country": cell.candidate.country.name,
            "reason": cell.position.text if cell.position else "",
            "disposition": cell.disposition.text if cell.disposition else "",
        }
        for cell in cells
        if cell.status is PositionStatus.DOES_NOT_CLEAR
    ]


def _disclosed(selection_round: SelectionRound) -> list[dict[str, Any]]:
    return [
        {
            "number": thread.note.reference,
            "agency": thread.note.agency.name if thread.note.agency else "The office",
            "subject": thread.note.subject,
            "kind": thread.note.get_kind_display(),
            "text": thread.note.text,
            "outcome": thread.answer.get_outcome_display() if thread.answer else "",
            "rationale": thread.answer.rationale if thread.answer else "",
            "concurs": "" if thread.agrees is None else ("yes" if thread.agrees.concurs else "no"),
            "disagreement": "" if thread.agrees is None or thread.agrees.concurs else thread.agrees.text,
        }
        for thread in disclosed_notes(selection_round)
    ]


def _restrictions(row: Deliberated, today: dt.date) -> list[dict[str, str]]:
    """Return the restrictions with their newest reviews, those with the same review in one entry.

    `expires_on` is the first day on which one of them expires. Restrictions without a review are marked as not
    reviewed.
    """
    country = row.candidate.country

    def shown(found: RestrictionStatus) -> tuple[str, str, str]:
        if (review := found.review) is None:
            return STATES[found.state], "", ""
        return STATES.get(found.state) or review.get_status_display(), review.basis, review.reviewer

    return [
        {
            "country": country.name,
            "code": "; ".join(found.name for found in group),
            "status": status,
            "basis": basis,
            "reviewer": reviewer,
            "expires_on": min((found.review.expires_on.isoformat() for found in group if found.review), default=""),
        }
        for (status, basis, reviewer), group in grouped(country_statuses(country, today), shown).items()
    ]


def _clearances(consultation: RoundConsultation) -> list[dict[str, str]]:
    """Return "Office: ok | info | no response" for each agency, by candidate if they differ."""
    lines = []
    for asked in consultation.sent:
        positions = {
            cell.candidate.country.name: CLEARANCES.get(cell.status, "no response") for cell in asked.cells.values()
        }
        different = sorted(set(positions.values()))
        summary = (
            different[0] if len(different) == 1 else "; ".join(f"{name}: {word}" for name, word in positions.items())
        )
        lines.append({"office": asked.request.agency.name, "said": summary or "info"})
    return lines
