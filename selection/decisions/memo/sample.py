"""Sample memo with one line of every part, to try an uploaded template before it is accepted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

SAMPLE: Mapping[str, Any] = {
    "number": 1,
    "day": "2026-01-31",
    "round": "Sample round",
    "fiscal_year": 2027,
    "drafted_by": "An analyst",
    "summary": ["A sentence."],
    "recommendations": [
        {
            "place": 1,
            "country": "Country",
            "code": "XXX",  # no country has this code
            "action": "select",
            "label": "Select",
            "rationale": "Why.",
            "drafted_by": "An analyst",
            "rank": 1,
            "score": 50.0,
            "ranked": 1,
            "decision": "Select",
            "remarks": "Remarks.",
            "decided_by": "An approver",
            "decided_on": "2026-01-31",
            "supersedes": "",
            "stands": "Defer",
            "stands_since": "2026-01-30",
        }
    ],
    "approved_by": ["An approver"],
    "background": ["A sentence."],
    "ranking": [
        {
            "country": "Country",
            "rank": 1,
            "low": 1,
            "high": 1,
            "score": 50.0,
            "need": 50.0,
            "feasibility": 50.0,
            "coverage": 1.0,
            "tier": "Tier 2",
            "tier_quality": "stated",
            "reason": "",
            "standing": "A sentence.",
            "rated": 1,
            "rated_by_one": 1,
        }
    ],
    "scorecards": [{"country": "Country", "factors": [{"label": "A", "u": 0.5, "median": 0.4, "points": 1.0}]}],
    "consultation": [
        {
            "agency": "An agency",
            "role": "Clear",
            "answers": [
                {
                    "country": "Country",
                    "position": "Clear",
                    "text": "Words.",
                    "given_by": "A reviewer",
                    "day": "2026-01-31",
                    "evidence": 1,
                    "stale": False,
                    "disposition": "",
                    "proceeded": "",
                    "approved_by": "",
                }
            ],
        }
    ],
    "not_asked": [{"agency": "An agency", "reason": "Why."}],
    "dissent": [{"agency": "An agency", "country": "Country", "reason": "Why.", "disposition": "What."}],
    "note_summary": ["A sentence."],
    "disclosed": [
        {
            "number": "DOL-1",
            "agency": "An agency",
            "subject": "Country",
            "kind": "Critical",
            "text": "Words.",
            "outcome": "Rejected",
            "rationale": "Why.",
            "concurs": "no",
            "disagreement": "Why the agency does not agree.",
        }
    ],
    "restrictions": [
        {
            "country": "Country",
            "code": "22 USC 7107",
            "status": "Clear",
            "basis": "Why.",
            "reviewer": "L",
            "expires_on": "2027-01-31",
        }
    ],
    "sources": [{"publisher": "P", "source": "S", "edition": "2025", "file": "f.xlsx", "sha256": "0"}],
    "clearances": [{"office": "An agency", "said": "ok"}],
    "record": [{"what": "Model", "value": "1"}],
}
