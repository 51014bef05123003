"""Codes of the IATI Standard that the office chooses from, declared with their publisher and edition.

The lists are those of the International Aid Transparency Initiative for version 2.03 of its standard, as published in
June 2026. Its lists of flow, finance, aid, tied status, collaboration, and sector replicate those of the OECD
Development Assistance Committee. Only what an activity of this program can need is here, in American spelling.
"""

from __future__ import annotations

from django.db.models import TextChoices

VERSION = "2.03"
PUBLISHER = "International Aid Transparency Initiative"
EDITION = "lists of version 2.03, June 2026"


class OrganizationType(TextChoices):
    """Types of organization."""

    GOVERNMENT = "10", "Government"
    LOCAL_GOVERNMENT = "11", "Local government"
    OTHER_PUBLIC = "15", "Other public sector"
    INTERNATIONAL_NGO = "21", "International NGO"
    NATIONAL_NGO = "22", "National NGO"
    REGIONAL_NGO = "23", "Regional NGO"
    PARTNER_COUNTRY_NGO = "24", "Partner country based NGO"
    PUBLIC_PRIVATE = "30", "Public-private partnership"
    MULTILATERAL = "40", "Multilateral"
    FOUNDATION = "60", "Foundation"
    PRIVATE = "70", "Private sector"
    ACADEMIC = "80", "Academic, training, and research"
    OTHER = "90", "Other"


class OrganizationRole(TextChoices):
    """Roles of organizations."""

    FUNDING = "1", "funding"
    ACCOUNTABLE = "2", "accountable"
    EXTENDING = "3", "extending"
    IMPLEMENTING = "4", "implementing"


class ActivityStatus(TextChoices):
    """ActivityStatus."""

    PIPELINE = "1", "pipeline or identification"
    IMPLEMENTATION = "2", "implementation"
    FINALIZATION = "3", "finalization"
    CLOSED = "4", "closed"
    CANCELED = "5", "canceled"
    SUSPENDED = "6", "suspended"


class DateType(TextChoices):
    """ActivityDateType."""

    PLANNED_START = "1", "planned start"
    ACTUAL_START = "2", "actual start"
    PLANNED_END = "3", "planned end"
    ACTUAL_END = "4", "actual end"


class TransactionType(TextChoices):
    """TransactionType."""

    COMMITMENT = "2", "outgoing commitment"
    DISBURSEMENT = "3", "disbursement"


class ResultType(TextChoices):
    """ResultType."""

    OUTPUT = "1", "output"
    OUTCOME = "2", "outcome"
    IMPACT = "3", "impact"


class IndicatorMeasure(TextChoices):
    """IndicatorMeasure."""

    UNIT = "1", "unit"
    PERCENTAGE = "2", "percentage"


class Sector(TextChoices):
    """Sector, purpose codes of five digits of the Development Assistance Committee.

    No code is human trafficking alone. These name trafficking, child labor, children, or the systems of the statute.
    """

    JUSTICE = "15130", "15130 Legal and judicial development"
    POLICE = "15132", "15132 Police"
    PROSECUTORS_AND_COURTS = "15134", "15134 Judicial affairs"
    HUMAN_RIGHTS = "15160", "15160 Human rights"
    VIOLENCE = "15180", "15180 Ending violence against women and girls"
    MIGRATION = "15190", "15190 Orderly, safe, regular, and responsible migration and mobility"
    CHILD_SOLDIERS = "15261", "15261 Child soldiers: prevention and demobilization"
    SOCIAL_PROTECTION = "16010", "16010 Social protection"
    SOCIAL_SERVICES = "16015", "16015 Social services, youth development, women, and children"
    STATISTICS = "16062", "16062 Statistical capacity building"
    LABOR_RIGHTS = "16070", "16070 Labor rights"


class FlowType(TextChoices):
    """FlowType."""

    ODA = "10", "ODA"
    OTHER_OFFICIAL = "21", "Non-export credit OOF"
    OTHER = "50", "Other flows"


class FinanceType(TextChoices):
    """FinanceType."""

    GRANT = "110", "Standard grant"
    REIMBURSABLE = "422", "Reimbursable grant"


class AidType(TextChoices):
    """AidType, vocabulary of the Development Assistance Committee."""

    CORE_NGO = "B01", "Core support to NGOs, other private bodies, and research institutes"
    SPECIFIC_FUND = "B03", "Contributions to specific-purpose programs of international organizations"
    PROJECT = "C01", "Project-type interventions"
    DONOR_PERSONNEL = "D01", "Donor country personnel"
    TECHNICAL = "D02", "Other technical assistance"


class TiedStatus(TextChoices):
    """TiedStatus."""

    PARTIALLY = "3", "Partially tied"
    TIED = "4", "Tied"
    UNTIED = "5", "Untied"


class CollaborationType(TextChoices):
    """CollaborationType."""

    BILATERAL = "1", "Bilateral"
    CORE_NGO = "3", "Bilateral, core contributions to NGOs"
    MULTILATERAL = "4", "Multilateral outflows"


class DocumentCategory(TextChoices):
    """DocumentCategory, those of an activity."""

    APPRAISAL = "A01", "A01 Impact appraisal before or after"
    OBJECTIVES = "A02", "A02 Objectives or purpose"
    BENEFICIARIES = "A03", "A03 Intended beneficiaries"
    CONDITIONS = "A04", "A04 Conditions"
    BUDGET = "A05", "A05 Budget"
    CONTRACT_SUMMARY = "A06", "A06 Summary of a contract"
    REVIEW = "A07", "A07 Review of performance and evaluation"
    RESULTS = "A08", "A08 Results, outcomes, and outputs"
    MEMORANDUM = "A09", "A09 Memorandum of understanding, agreed to by all parties"
    TENDER = "A10", "A10 Tender"
    CONTRACT = "A11", "A11 Contract"
    WEB_PAGE = "A12", "A12 Web page of the activity"


class Language(TextChoices):
    """Language, ISO 639-1: English and those of partner governments so far, with what their neighbors speak."""

    ENGLISH = "en", "English"
    ARABIC = "ar", "Arabic"
    FRENCH = "fr", "French"
    MONGOLIAN = "mn", "Mongolian"
    PORTUGUESE = "pt", "Portuguese"
    ROMANIAN = "ro", "Romanian"
    SPANISH = "es", "Spanish"
    SWAHILI = "sw", "Swahili"
    TAGALOG = "tl", "Tagalog"
