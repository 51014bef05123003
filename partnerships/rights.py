"""Rights of the application's role to the tables of this app; `cpc.database.rights` explains them."""

from cpc.database.rights import ADD, EVERY, READ, Rights, editable

TERM = Rights(add=True, change=editable(), remove=True)
"""Rights to a row of terms, which a draft loses and which a trigger keeps after signature."""

EDITED = Rights(add=True, change=editable())

RIGHTS = {
    # The record. Triggers refuse other values for what they derive: status, limits, totals, version.
    "Partnership": Rights(add=True, change=EVERY),
    "PlanTakenIntoAccount": Rights(add=True, change=EVERY, remove=True),
    "OriginConfirmation": ADD,
    "OpeningTerms": ADD,
    "StatusChange": ADD,
    "Determination": ADD,
    "Correction": Rights(add=True, change=editable()),
    "Notice": ADD,
    "FigureStatement": ADD,
    # Only the owner loads what public statements document.
    "DocumentedLoad": READ,
    "GeneralEvent": READ,
    "EventConcern": READ,
    # Only triggers write the history.
    "History": READ,
    # Terms.
    "Objective": TERM,
    "Responsibility": TERM,
    "Participant": TERM,
    "Program": TERM,
    "ProgramAmount": ADD,
    "Activity": TERM,
    "Milestone": TERM,
    "Mechanism": TERM,
    "DataPlan": TERM,
    "SustainabilityStrategy": TERM,
    # Limits.
    "LimitPolicy": ADD,
    "LimitPolicyApproval": ADD,
    "LimitException": ADD,
    "LimitExceptionGrant": ADD,
    "LimitExceptionRefusal": ADD,
    # Amendments.
    "Amendment": Rights(add=True, change=EVERY),
    "AmendmentChange": Rights(add=True, change=EVERY, remove=True),
    # Clearance.
    "TextVersion": ADD,
    "TextFile": ADD,
    "ClearanceRequest": Rights(add=True, change=("due_on", "removed_on", "removed_because", "removed_by")),
    "ClearanceAnswer": ADD,
    "Silence": Rights(add=True, change=("decision", "decided_by", "decided_at", "note")),
    "LegalFinding": ADD,
    "Signing": ADD,
    "ClearanceReminder": ADD,
    # Money.
    "Fund": EDITED,
    "Contribution": ADD,
    "PlannedYear": ADD,
    "CongressionalNotification": ADD,
    "NotificationExemption": ADD,
    "Award": Rights(add=True, change=EVERY),
    "AwardStep": ADD,
    "LedgerEntry": ADD,
    "SubAward": ADD,
    "AwardBudget": ADD,
    "BudgetLine": ADD,
    "ExpendedPart": ADD,
    "ReportDue": Rights(add=True, change=("period_start", "period_end", "due_on")),
    "ReportEvent": ADD,
    "FinancialReport": ADD,
    "DifferenceExplanation": ADD,
    "CloseoutStep": EDITED,
    # Monitoring.
    "MonitoringPlan": Rights(add=True, change=EVERY),
    "PlanStep": ADD,
    "OutcomeIndicator": TERM,
    "OfficeIndicator": EDITED,
    "Target": ADD,
    "ReportingPeriod": Rights(add=True, change=EVERY),
    "PeriodStep": ADD,
    "Result": ADD,
    "ResultCell": ADD,
    "DoubleCount": ADD,
    # Only a trigger writes it.
    "PlannedMethod": READ,
    "PerformanceNarrative": ADD,
    "YearAssessment": Rights(add=True, change=EVERY),
    "YearAssessmentStep": ADD,
    "FieldCheck": EDITED,
    "FieldFinding": Rights(add=True, change=EVERY),
    "FieldFindingStep": ADD,
    # Dialogues.
    "Dialogue": Rights(add=True, change=EVERY),
    "DialogueStep": ADD,
    "AgendaItem": Rights(add=True, change=EVERY, remove=True),
    "KeyIndicator": Rights(add=True, change=EVERY, remove=True),
    "IndicatorMinute": EDITED,
    "ActionItem": EDITED,
    # Sustainability and documents.
    "SustainabilityMeasure": EDITED,
    "Risk": EDITED,
    "Evaluation": Rights(add=True, change=editable("published_at")),
    "Document": EDITED,
    "DocumentVersion": ADD,
    # Publication.
    "Withholding": Rights(add=True, change=("state", "decided_by", "decided_at", "decided_because")),
    "PublishedActivity": EDITED,
    "SectorSplit": TERM,
    "PublishedOrganization": EDITED,
    "PublishedDocument": EDITED,
    "DocumentTemplate": Rights(add=True, change=("state", "decided_by", "decided_at", "reason")),
}
