"""Choices shared by the models of partnerships."""

from django.db import models


class Status(models.TextChoices):
    SELECTED = "selected", "Selected"
    INVITED = "invited", "Invited"
    NEGOTIATING = "negotiating", "Negotiating"
    IN_CLEARANCE = "in_clearance", "In clearance"
    SIGNED = "signed", "Signed"
    ACTIVE = "active", "Active"
    SUSPENDED = "suspended", "Suspended"
    COMPLETED = "completed", "Completed"
    CLOSED = "closed", "Closed"
    TERMINATED = "terminated", "Terminated"
    CANCELED = "canceled", "Canceled before signature"


class RecordKind(models.TextChoices):
    """Kinds of record. Set at creation and never changed.

    A sample is run like a managed record, with Sample Country. No pool, ranking, or total has it.
    """

    MANAGED = "managed", "Run in this application"
    DOCUMENTED = "documented", "Known from public statements"
    SAMPLE = "sample", "Sample"


RUN_HERE = frozenset({RecordKind.MANAGED, RecordKind.SAMPLE})
"""Kinds of record that people run here, step by step, with terms, money, and results of their own."""


class Government(models.TextChoices):
    UNITED_STATES = "us", "United States"
    PARTNER = "partner", "Partner government"


class FundAccount(models.TextChoices):
    INCLE = "incle", "International Narcotics Control and Law Enforcement"
    ESF = "esf", "Economic Support Fund"
    OTHER = "other", "Another account"
    UNKNOWN = "unknown", "Not recorded"


class LegalReview(models.TextChoices):
    """Findings of the Office of the Legal Adviser on the instrument (1 U.S.C. 112b)."""

    NOT_REVIEWED = "not_reviewed", "Not reviewed"
    NON_BINDING = "non_binding", "Non-binding"
    QUALIFYING = "qualifying", "Qualifying non-binding instrument"
    BINDING = "binding", "Binding"


class TraffickingFormCode(models.TextChoices):
    SEX_TRAFFICKING = "sex_trafficking", "Child sex trafficking"
    ONLINE = "online", "Online sexual exploitation of children"
    SEX_TOURISM = "sex_tourism", "Child sex trafficking in tourism"
    FORCED_LABOR = "forced_labor", "Forced child labor"
    DOMESTIC_SERVITUDE = "domestic_servitude", "Domestic servitude"
    FORCED_BEGGING = "forced_begging", "Forced begging"
    FORCED_CRIMINALITY = "forced_criminality", "Forced criminality"
    RECRUITMENT = "recruitment", "Recruitment by armed groups"
    OTHER = "other", "Another form"


class MechanismKind(models.TextChoices):
    """Purposes of a mechanism. 22 U.S.C. 7103a(d)(2)(E) requires both."""

    IMPLEMENTATION = "implementation", "Implementation"
    OVERSIGHT = "oversight", "Oversight"


class Frequency(models.TextChoices):
    MONTHLY = "monthly", "Monthly"
    QUARTERLY = "quarterly", "Quarterly"
    SEMIANNUAL = "semiannual", "Every six months"
    ANNUAL = "annual", "Yearly"
    AS_NEEDED = "as_needed", "As needed"


class DocumentKind(models.TextChoices):
    INSTRUMENT = "instrument", "Instrument"
    AMENDMENT = "amendment", "Amendment"
    LEGAL_REVIEW = "legal_review", "Legal review"
    NOTIFICATION = "notification", "Congressional notification"
    AWARD = "award", "Award document"
    REPORT = "report", "Report"
    DETERMINATION = "determination", "Determination"
    EVIDENCE = "evidence", "Evidence"
    OTHER = "other", "Other"


class FigureKind(models.TextChoices):
    US_PLANNED = "us_planned", "United States amount planned"
    US_TOTAL = "us_total", "United States amount to date"
    PARTNER_CONTRIBUTION = "partner_contribution", "Partner government's contribution"
    TERM_MONTHS = "term_months", "Term in months"
    END_DATE = "end_date", "End date"
    STATUS = "status", "Status"
    SIGNATORY = "signatory", "Signatory"
    OBJECTIVE = "objective", "Objective"
    AWARD = "award", "Award"
    IMPLEMENTER = "implementer", "Implementer or sub-recipient"
    TARGET = "target", "Target"
    RESULT = "result", "Result"
    EVALUATION = "evaluation", "Evaluation or study"


class ClearanceRole(models.TextChoices):
    CLEARS = "clear", "Clears"
    INFORMED = "info", "For information"


class AnswerKind(models.TextChoices):
    CLEAR = "clear", "Clear"
    WITH_EDITS = "clear_with_edits", "Clear with edits"
    WITH_COMMENTS = "clear_with_comments", "Clear with comments"
    REFUSED = "does_not_clear", "Does not clear"
    NO_EQUITIES = "no_equities", "No equities"
    EXTENSION = "extension", "Extension requested"


class SilenceDecision(models.TextChoices):
    CONSENTED = "consented", "Agreed"
    REFUSED = "refused", "Refused"


class ReminderOccasion(models.TextChoices):
    BEFORE = "before", "Two workdays before the due day"
    DUE = "due", "On the due day"
    BY_HAND = "by_hand", "By hand"
