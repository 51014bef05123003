"""Presentation of recommendations, decisions, and the memo."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from cpc.findings import Finding, errors
from cpc.web import formats
from selection.decisions.handover import Sequel
from selection.decisions.queries import Deliberated
from selection.models import Action, Recommendation
from selection.page_frame import record_keys_of

ACTION_MARKS: Mapping[str, str] = {
    Action.SELECT: "good",
    Action.SHORTLIST: "info",
    Action.NOT_SELECTED: "none",
    Action.DEFER: "unknown",
}


def row(deliberated: Deliberated, findings: Sequence[Finding], came: Sequence[Sequel] = ()) -> dict[str, Any]:
    score_row, recommended, decided = deliberated.scored.row, deliberated.recommendation, deliberated.decision
    return {
        "candidate": deliberated.candidate,
        "rank": score_row.rank if score_row else None,
        "score": formats.number(score_row.score, 1) if score_row else formats.DASH,
        "recommendation": recommended,
        "recommended_mark": ACTION_MARKS[recommended.action] if recommended else "none",
        "decision": decided,
        "decided_mark": ACTION_MARKS[decided.action] if decided else "none",
        "waits": deliberated.waits,
        "stops": errors(findings),
        "record_keys": record_keys_of(deliberated.candidate.round, deliberated.candidate),
        "came": came,
    }


def counts(rows: Sequence[Deliberated]) -> list[tuple[str, int]]:
    decided = Counter(row.decision.action for row in rows if row.decision)
    figures = [
        ("Nothing recommended", sum(row.recommendation is None for row in rows)),
        ("Wait for the approver", sum(row.waits for row in rows)),
        *((Action(action).label, decided[action]) for action in Action.values if decided[action]),
    ]
    return [(label, count) for label, count in figures if count]


def history(rows: Sequence[Recommendation]) -> list[dict[str, Any]]:
    """Return superseded recommendations on a candidate, each with its decision."""
    return [
        {
            "recommendation": recommendation,
            "mark": ACTION_MARKS[recommendation.action],
            "decision": getattr(recommendation, "decision", None),
        }
        for recommendation in rows
        if recommendation.superseded_at is not None
    ]


def known_of(recommendation: Recommendation | None) -> list[tuple[str, str]]:
    if recommendation is None:
        return []
    pairs = [
        ("Recommended", recommendation.get_action_display()),
        ("Why", recommendation.rationale),
        ("Drafted by", f"{recommendation.drafted_by}, {formats.day(recommendation.at.date())}"),
    ]
    if hasattr(recommendation, "decision"):
        decision = recommendation.decision
        pairs.append(("Decided", f"{decision.get_action_display()}, {decision.decided_by}"))
    return pairs


def worded(content: Mapping[str, Any]) -> dict[str, Any]:
    """Return the content of a memo with days and figures formatted for display."""
    ranking = [
        {
            **line,
            "rank": formats.DASH if line["rank"] is None else str(line["rank"]),
            "interval": formats.DASH if line["low"] is None else formats.span(str(line["low"]), str(line["high"])),
            **{name: formats.number(line[name], 1) for name in ("score", "need", "feasibility")},
        }
        for line in content["ranking"]
    ]
    return {
        **content,
        "day": _day(content["day"]),
        "decide_by": _day(content["decide_by"]),
        "ranking": ranking,
        "recommendations": [
            {**line, "decided_on": _day(line["decided_on"]), "in_effect_since": _day(line["in_effect_since"])}
            for line in content["recommendations"]
        ],
        "restrictions": [{**line, "expires_on": _day(line["expires_on"])} for line in content["restrictions"]],
    }


def _day(text: str) -> str:
    return formats.day(dt.date.fromisoformat(text)) if text else ""
