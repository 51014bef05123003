"""Sample memo with one line of every part, to try an uploaded template before it is accepted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

SAMPLE: Mapping[str, Any] = {
    "number": 2,
    "purpose": "for_decision",
    "day": "2026-01-31",
    "decide_by": "2026-02-28",
    "longer_because": "Why.",
    "classification": "UNCLASSIFIED",
    "demonstration": "A sentence.",
    "to": "The approver",
    "sender": "The office",
    "subject": "A subject",
    "round": "Sample round",
    "fiscal_year": 2027,
    "drafted_by": "An analyst",
    "changes": ["A sentence."],
    "bottom_line": ["A sentence."],
    "recommendations": [
        {
            "number": 1,
            "country": "Country",
            "code": "XXX",  # no country has this code
            "action": "select",
            "label": "Select",
            "lead": "Select Country",
            "text": ": up to $1.0M over 12 months.",
            "amount": 1_000_000.0,
            "months": 12,
            "funding": "An account",
            "rationale": "Why.",
            "drafted_by": "An analyst",
            "rank": 1,
            "score": 50.0,
            "ranked": 1,
            "decision": "Select",
            "remarks": "Remarks.",
            "decided_by": "An approver",
            "decided_on": "2026-01-31",
            "supersedes": "Defer",
            "in_effect": "Defer",
            "in_effect_since": "2026-01-30",
        }
    ],
    "approved_by": ["An approver"],
    "before_you_decide": [{"lead": "Consultation.", "text": "A sentence."}],
    "countries": [
        {
            "number": 1,
            "country": "Country",
            "code": "XXX",
            "heading": "1. Country: select",
            "rank_line": "Rank 1 of 1",
            "rows": [{"name": "Problem", "lead": "", "text": "A sentence."}],
        }
    ],
    "others_heading": "2. Not recommended now",
    "criteria": ["(A) Prevalence"],
    "others": [
        {
            "number": 2,
            "country": "Another country",
            "code": "XXY",
            "label": "Defer",
            "findings": [{"name": "(A) Prevalence", "brief": "Not found: forms 1", "word": "Not found"}],
            "tier": "2",
            "agencies": {"lead": "An agency does not clear.", "text": "Another agency: clear"},
            "why": "Why.",
        }
    ],
    "others_note": "A sentence.",
    "resources": ["A sentence."],
    "attachments": ["Tab 1 Ranking"],
    "clearances": [{"office": "An agency", "answer": "ok"}],
    "ranking_lead": {"lead": "One candidate is ranked.", "text": "A sentence."},
    "ranking": [
        {
            "country": "Country",
            "rank": 1,
            "low": 1,
            "high": 1,
            "score": 50.0,
            "lower": 45.0,
            "upper": 55.0,
            "need": 50.0,
            "feasibility": 50.0,
            "coverage": 1.0,
            "tier": "Tier 2",
            "tier_quality": "stated",
            "reason": "",
            "rank_limits": "A sentence.",
            "draws": "draws",
            "moves": "Prosecution (above)",
            "rated": 1,
            "rated_by_one": 1,
        }
    ],
    "method": ["A sentence."],
    "pool": ["A sentence."],
    "consultation_lead": {"lead": "1 of 1 answers are in.", "text": "C clear."},
    "matrix": {
        "agencies": [{"name": "An agency", "short": "Agency"}],
        "rows": [{"country": "Country", "marks": ["C"]}],
        "key": "C clear",
    },
    "statements": [
        {
            "lead": "Agency, Country: clear",
            "agency": "Agency",
            "position": "clear",
            "answer": "“Words.”",
            "by": "A reviewer, Jan 31, 2026",
            "did": "What.",
        }
    ],
    "notes": [
        {
            "number": "DOL-1",
            "kind": "critical",
            "from": "An agency, critical, on Country",
            "text": "Words.",
            "proposed": "Other words.",
            "reason": "Why.",
            "state": "Rejected: why.",
        }
    ],
    "notes_left": "A sentence.",
    "restrictions_lead": {"lead": "1 of 2 findings are clear.", "text": "A sentence."},
    "restrictions": [
        {
            "country": "Country",
            "code": "22 USC 7107",
            "status": "Triggered",
            "basis": "Why.",
            "reviewer": "L",
            "expires_on": "2027-01-31",
        }
    ],
    "restrictions_clear": "A restriction.",
    "restrictions_again": "A sentence.",
    "sources": [{"publisher": "P", "source": "S", "edition": "2025", "file": "f.xlsx", "sha256": "0"}],
    "record": [{"what": "Model", "value": "1"}],
}
