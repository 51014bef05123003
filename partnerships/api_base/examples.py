"""Examples of the schema. They show no real partnership."""

from __future__ import annotations

from typing import Any

BRIEF: dict[str, Any] = {
    "id": 7,
    "title": "Partnership to protect children in Ghana",
    "country": {"code": "GHA", "name": "Ghana"},
    "region": "Africa",
    "kind": "managed",
    "status": "active",
    "status_as_of": "2026-01-01",
    "term": {
        "starts_on": "2026-01-01",
        "ends_on": "2030-12-31",
        "signed_on": "2026-01-01",
        "ended_on": None,
        "limit_months": 60,
        "policy_months": 60,
        "counted_from": "2026-01-01",
        "latest_end": "2031-01-01",
    },
    "funding": {
        "currency": "USD",
        "limit": "5000000.00",
        "policy_limit": "5000000.00",
        "planned": "4000000.00",
        "notified": "4000000.00",
        "awarded": "2500000.00",
        "obligated": "1000000.00",
        "disbursed": "250000.00",
    },
    "updated_at": "2026-11-20T15:04:11.302145Z",
    "missing": {"term.ended_on": "not_yet"},
}

DETAIL: dict[str, Any] = {
    **BRIEF,
    "funding": {**BRIEF["funding"], "other_us_cash": "0.00"},
    "origin": {"reason": "", "decision": 12, "superseded_at": None, "confirmed_at": None},
    "focus_regions": ["Volta"],
    "forms": ["forced_labor"],
    "fund_account": "incle",
    "coordination_body": "Joint committee",
    "legal_review": {
        "result": "non_binding",
        "reviewed_on": "2025-11-20",
        "reported_to_congress_on": None,
        "published_on": None,
    },
    "limits_citation": "Fact sheet on Child Protection Compact Partnerships",
    "missing": {
        "term.ended_on": "not_yet",
        "origin.superseded_at": "not_yet",
        "origin.confirmed_at": "not_applicable",
        "legal_review.reported_to_congress_on": "not_set",
        "legal_review.published_on": "not_set",
    },
    "exceptions": [],
    "participants": [{"government": "partner", "name": "Ministry of Gender", "leads": True}],
    "objectives": [
        {
            "number": 1,
            "title": "Courts",
            "paradigm": "prosecution",
            "system": "justice",
            "outcome": "More cases are brought, and faster",
        }
    ],
    "programmes": [
        {
            "id": 3,
            "title": "Justice",
            "us_amount": "4000000.00",
            "partner_amount": None,
            "missing": {"partner_amount": "not_set"},
        }
    ],
    "national_plans": ["National plan of action 2026 to 2030"],
    "statements": [],
}

CHANGE: dict[str, Any] = {"ends_on": "2030-12-31"}

NEW_PARTNERSHIP: dict[str, Any] = {
    "country": "GHA",
    "title": "Partnership to protect children in Ghana",
    "decision": 12,
    "starts_on": "2026-01-01",
    "ends_on": "2030-12-31",
}
NEW_PROGRAMME: dict[str, Any] = {"title": "Justice", "description": "Courts and police that know the law"}
NEW_AMOUNTS: dict[str, Any] = {
    "amounts": [
        {"programme": 3, "government": "us", "amount": "4000000.00"},
        {"programme": 3, "government": "partner", "amount": "1000000.00"},
    ]
}

AMOUNT: dict[str, Any] = {
    "programme": 3,
    "government": "us",
    "amount": "4000000.00",
    "note": "",
    "stated_at": "2025-11-20T15:04:11.302145Z",
}

FINDING: dict[str, Any] = {
    "code": "element_g",
    "severity": "error",
    "message": "Child protection data: describe how child protection data is collected, tracked and managed.",
    "field": "data_plans",
    "citation": "22 U.S.C. 7103a(d)(2)(G)",
    "limit": "",
    "would_be": "",
}

STEPS: dict[str, Any] = {
    "status": "in_clearance",
    "steps": [
        {
            "name": "sign",
            "label": "Record the signature",
            "target": "signed",
            "needs_reason": False,
            "takes_determination": False,
            "allowed": True,
            "findings": [FINDING],
        }
    ],
}
STEP: dict[str, Any] = {"name": "invite", "on": "2026-11-20"}

STATED_REASON: dict[str, Any] = {
    "reason": "The ministry asked for a partnership.",
    "confirmed_at": None,
    "note": "",
    "missing": {"confirmed_at": "not_yet"},
}
CONFIRMATION: dict[str, Any] = {"note": "The ministry asked for it in writing."}

NEW_CONTRIBUTION: dict[str, Any] = {
    "government": "partner",
    "kind": "in_kind",
    "stage": "reported",
    "fiscal_year": 2026,
    "description": "Rooms for two interview centres",
    "source": "Letter of the ministry of 2026-11-02",
    "amount_usd": "120000.00",
    "valuation_method": "Rent of comparable rooms",
}
CONTRIBUTION: dict[str, Any] = {
    "id": 12,
    **NEW_CONTRIBUTION,
    "programme": None,
    "original_amount": None,
    "original_currency": "",
    "rate": None,
    "rate_source": "",
    "staff_years": None,
    "account": "",
    "authority": "",
    "replaces": None,
    "recorded_at": "2026-11-20T15:04:11.302145Z",
    "missing": {
        "programme": "not_applicable",
        "original_amount": "not_applicable",
        "rate": "not_applicable",
        "staff_years": "not_applicable",
        "replaces": "not_applicable",
    },
}

NEW_ENTRY: dict[str, Any] = {"award": 4, "kind": "obligation", "amount": "250000.00", "on": "2026-11-20"}
ENTRY: dict[str, Any] = {
    "id": 31,
    **NEW_ENTRY,
    "fiscal_year": 2027,
    "reference": "",
    "note": "",
    "recorded_at": "2026-11-20T15:04:11.302145Z",
}

FINDINGS: dict[str, Any] = {"findings": [FINDING]}

RESULTS: dict[str, Any] = {
    "periods": [
        {
            "id": 5,
            "starts_on": "2026-01-01",
            "ends_on": "2026-09-30",
            "due_on": "2026-10-30",
            "state": "approved",
        }
    ],
    "indicators": [
        {
            "code": "PS.1",
            "title": "Children identified who received care",
            "level": "outcome",
            "measure": "people",
            "unit": "children",
            "baseline": "40.0000",
            "target": None,
            "value": "64.0000",
            "missing": {"target": "not_set"},
            "years": [{"fiscal_year": 2026, "target": "60.0000", "value": "64.0000", "missing": {}}],
            "parts": [
                {
                    "breakdown": "region",
                    "row": "Volta",
                    "column": "all",
                    "value": None,
                    "missing": {"value": "suppressed"},
                }
            ],
        }
    ],
}

NEW_RESULT: dict[str, Any] = {"period": 5, "indicator": "PS.1", "value": "64", "evidence": "Report of 2026-10-20"}
RESULT: dict[str, Any] = {
    "id": 18,
    "period": 5,
    "indicator": "PS.1",
    "value": "64.0000",
    "no_data_reason": "",
    "not_disaggregated": "",
    "narrative": "",
    "evidence": "Report of 2026-10-20",
    "replaces": None,
    "missing": {"replaces": "not_applicable"},
}

OFFERED: dict[str, Any] = {
    "name": "submit",
    "label": "Submit",
    "target": "submitted",
    "needs_reason": False,
    "allowed": True,
    "findings": [],
}
NEW_PERIODS: dict[str, Any] = {"frequency": "semiannual"}
PERIOD: dict[str, Any] = {
    "id": 5,
    "starts_on": "2026-01-01",
    "ends_on": "2026-09-30",
    "due_on": "2026-10-30",
    "state": "in_progress",
    "recorded": [{"indicator": "PS.1", "result": 18}],
}
PERIODS: dict[str, Any] = {"added": [PERIOD | {"state": "no_data", "recorded": []}]}
PERIOD_STEP: dict[str, Any] = {"name": "submit", "on": "2026-10-20"}
PERIOD_STEPS: dict[str, Any] = {"state": "in_progress", "steps": [OFFERED]}

NEW_AMENDMENT: dict[str, Any] = {
    "kind": "no_cost_extension",
    "title": "Half a year more for the courts",
    "reason": "Training began late",
}
NEW_CHANGE: dict[str, Any] = {"of": "partnership", "field": "ends_on", "value": "2030-12-31"}
NEW_AMOUNT_BY_AMENDMENT: dict[str, Any] = {"of": "amount", "row": 3, "government": "us", "amount": "4500000.00"}
AMENDMENT_STEP: dict[str, Any] = {"name": "approve"}
AMENDMENT_STEPS: dict[str, Any] = {"state": "draft", "steps": [OFFERED]}
AMENDMENT: dict[str, Any] = {
    "number": 1,
    **NEW_AMENDMENT,
    "state": "draft",
    "requested_at": "2026-11-20T15:04:11.302145Z",
    "decided_at": None,
    "decision_note": "",
    "applied_at": None,
    "missing": {"decided_at": "not_yet", "applied_at": "not_yet"},
    "changes": [
        {
            "id": 9,
            "action": "set",
            "of": "partnership",
            "row": 7,
            "field": "ends_on",
            "old": "2030-06-30",
            "new": "2030-12-31",
            "missing": {},
        }
    ],
}
