"""Sample fields of each document: templates are checked against them, and a draft is previewed with them.

Each list has a row with every field. Nothing in them is of a real country.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from partnerships.completeness import (
    ContributionLine,
    DataPlanLine,
    IndicatorLine,
    MechanismLine,
    ObjectiveLine,
    ParticipantLine,
    ProgramLine,
    Record,
    ResponsibilityLine,
    StrategyLine,
)
from partnerships.documents.instrument import instrument_fields
from partnerships.word_documents.wording import CLASSIFICATION, SAMPLE

COUNTRY = "Sample Country"
TITLE = "Child Protection Compact Partnership with Sample Country"
MADE_FROM = "Made from sample data, with a draft of the template."
FIRST, LAST = date(2026, 1, 15), date(2031, 1, 14)

RECORD = Record(
    title=TITLE,
    country=COUNTRY,
    starts_on=FIRST,
    ends_on=LAST,
    coordination_body="Joint technical committee",
    focus_regions=("North", "Coast"),
    forms=("sex_trafficking",),
    national_plans=("Sample National Plan of Action, 2025 to 2030",),
    participants=(
        ParticipantLine("us", "Office to Monitor and Combat Trafficking in Persons", True),
        ParticipantLine("partner", "Sample Ministry of Justice", True),
    ),
    objectives=(ObjectiveLine(1, "Try child traffickers", "More cases end with a judgment", "prosecution"),),
    responsibilities=(
        ResponsibilityLine("us", "Office to Monitor and Combat Trafficking in Persons", "Funds training", None),
        ResponsibilityLine("partner", "Sample Ministry of Justice", "Names judges", date(2027, 1, 15)),
    ),
    programs=(ProgramLine("Justice for children", "Trains judges", Decimal("900000.00"), Decimal("50000.00")),),
    indicators=(IndicatorLine("JU-1", "Convictions", "Final judgments of the year", True, "annual"),),
    contributions=(
        ContributionLine("us", 2026, "Cash", "Project funds", Decimal("900000.00"), True),
        ContributionLine("partner", 2027, "Staff", "Prosecutors", None, True, None, "", Decimal("4.00")),
    ),
    mechanisms=(MechanismLine("oversight", "Joint technical committee", "Meets twice a year", "Every six months"),),
    strategies=(StrategyLine("Sample Ministry of Justice", "Takes over the training", date(2030, 6, 30)),),
    data_plans=(
        DataPlanLine("Referrals", "Sample Ministry of Welfare", "One register", "Access by role", "Yearly plan"),
    ),
)

_MONEY_ROW = {"label": "Obligated, net", "in_year": "$400,000", "to_date": "$1,250,000"}
_CONTRIBUTION = {
    "who": COUNTRY,
    "kind": "cash",
    "pledged": "XTS 300,000",
    "reported": "XTS 410,000",
    "verified": "XTS 200,000",
}

NOTIFICATION: Mapping[str, Any] = {
    "classification": CLASSIFICATION,
    "sample_note": SAMPLE,
    "made_from": MADE_FROM,
    "country": COUNTRY,
    "title": TITLE,
    "reference": "SAMPLE CN 26-01",
    "is_sent": False,
    "sent_on": date(2026, 2, 2),
    "amount": Decimal("400000.00"),
    "account": "International Narcotics Control and Law Enforcement",
    "fund": "Fiscal years 2025 and 2026",
    "earliest": date(2026, 2, 17),
    "term": "January 15, 2026, to January 14, 2031",
    "as_of": date(2026, 1, 20),
    "opening": "The Department of State notifies the committees listed below that it intends to obligate $400,000.",
    "purpose": "To train judges who hear the cases of trafficked children.",
    "committees": ["Committee on Foreign Relations of the Senate"],
    "objectives": [
        {"number": 1, "title": "Try child traffickers", "outcome": "More cases end with a judgment"},
    ],
    "programs": [
        {
            "title": "Justice for children",
            "description": "Trains judges",
            "us_amount": Decimal("900000.00"),
            "partner_amount": Decimal("50000.00"),
        }
    ],
    "implementers": [
        {
            "recipient": "Sample Justice Institute",
            "title": "Courts for children",
            "kind": "Cooperative agreement",
            "awarded": Decimal("700000.00"),
            "obligated": Decimal("300000.00"),
        }
    ],
    "money": [{"label": "This notification", "amount": Decimal("400000.00")}],
    "to_complete": ["[Something that the record doesn't hold.]"],
}

ANNUAL_REPORT: Mapping[str, Any] = {
    "classification": CLASSIFICATION,
    "sample_note": SAMPLE,
    "made_from": MADE_FROM,
    "year": "FY 2026",
    "period": "October 1, 2025, to September 30, 2026",
    "is_over": True,
    "readers": "For the office",
    "lead": ["One partnership was run in FY 2026.", "Sample Country met 1 of 1 target for FY 2026."],
    "money": [_MONEY_ROW],
    "contributions": [_CONTRIBUTION],
    "overview": [
        {
            "country": COUNTRY,
            "status": "Active",
            "obligated": "$400,000",
            "disbursed": "$300,000",
            "targets": "1 of 1",
            "findings": "1",
        }
    ],
    "partnerships": [
        {
            "country": COUNTRY,
            "title": TITLE,
            "status": "Active on September 30, 2026",
            "term": "January 15, 2026, to January 14, 2031",
            "lead": ["Sample Country met 1 of 1 target for FY 2026."],
            "assessment": "Courts are on course; the register needs a backup.",
            "steps": ["January 15, 2026: started"],
            "money": [_MONEY_ROW],
            "contributions": [_CONTRIBUTION],
            "results": [
                {
                    "code": "JU-1",
                    "title": "Convictions",
                    "unit": "convictions",
                    "target": "10",
                    "result": "12",
                    "against": "Met, 20% above the target",
                    "to_date": "12",
                    "explanation": "Two trials ended early",
                }
            ],
            "dialogues": ["Dialogue 1, held March 11, 2026. Its minutes are concluded."],
            "findings": ["Major, due March 31, 2027: one register lacks a backup (Sample Ministry of Welfare)."],
            "next_steps": ["Dialogue 2 is planned for March 10, 2027."],
        }
    ],
    "documented": "One more partnership is known from public statements alone.",
    "notes": ["A target is met if the result is at or above it."],
}


def sample_instrument() -> dict[str, Any]:
    return instrument_fields(RECORD, MADE_FROM)
