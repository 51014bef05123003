"""Records of a partnership that an approver decides on, and the parts whose authors cannot decide.

See `cpc.audit.decidable` for the rule. Models take the triggers of their parts from here, services and pages the check.
"""

from __future__ import annotations

from cpc.accounts.permissions import Permission
from cpc.audit.decidable import DecidedRecord, RecordPart, declare, records_authors
from cpc.lifecycle import StateMachine
from partnerships.states import ASSESSMENT as ASSESSMENT_STEPS
from partnerships.states import PERIOD as PERIOD_STEPS
from partnerships.states import PLAN as PLAN_STEPS

__all__ = (
    "AMENDMENT",
    "ASSESSMENT",
    "EXCEPTION",
    "FINDING",
    "LIMITS",
    "ORIGIN",
    "PERIOD",
    "PLAN",
    "SILENCE",
    "TEMPLATE",
    "TERMS",
    "WITHHOLDING",
    "records_authors",
)


def _last_approval_sql(steps: str, column: str) -> str:
    """Return the SQL for the time of the last approval; a revised plan or a reopened period is a new draft."""
    return f"SELECT max(s.at) FROM {steps} s WHERE s.{column} = {{key}} AND s.name = 'approve'"  # noqa: S608  # names of our own tables alone


def _no_decision(machine: StateMachine) -> str:
    """Return the SQL condition that the step `r` is not a decision of an approver."""
    steps = (step for step in machine.transitions if step.permission == Permission.APPROVE_PARTNERSHIPS)
    return f"r.name NOT IN ({', '.join(sorted(repr(step.name) for step in steps))})"


AMENDMENT = DecidedRecord("partnerships_amendment")
PLAN = DecidedRecord("partnerships_monitoringplan", since=_last_approval_sql("partnerships_planstep", "plan_id"))
PERIOD = DecidedRecord("partnerships_reportingperiod", since=_last_approval_sql("partnerships_periodstep", "period_id"))
ASSESSMENT = DecidedRecord(
    "partnerships_yearassessment", since=_last_approval_sql("partnerships_yearassessmentstep", "assessment_id")
)
FINDING = DecidedRecord("partnerships_fieldfinding")
TERMS = DecidedRecord("partnerships_partnership")
ORIGIN = DecidedRecord("partnerships_partnership", name="origin")
LIMITS = DecidedRecord("partnerships_limitpolicy")
EXCEPTION = DecidedRecord("partnerships_limitexception")
SILENCE = DecidedRecord("partnerships_silence")
TEMPLATE = DecidedRecord("partnerships_documenttemplate")
WITHHOLDING = DecidedRecord("partnerships_withholding")

_OF_PLAN = "(SELECT p.id FROM partnerships_monitoringplan p WHERE p.partnership_id = {partnership})"
_OF_INDICATOR = "(SELECT i.partnership_id FROM partnerships_outcomeindicator i WHERE i.id = r.indicator_id)"
_OF_DOCUMENT = "(SELECT d.partnership_id FROM partnerships_document d WHERE d.id = r.document_id)"

declare(
    RecordPart(
        "partnerships_amendment",
        AMENDMENT,
        author="requested_by_id",
        deciding=frozenset({"returned", "approved", "rejected", "applied"}),
    ),
    RecordPart("partnerships_amendmentchange", AMENDMENT, key="r.amendment_id", called="a change"),
    RecordPart("partnerships_monitoringplan", PLAN),
    RecordPart("partnerships_planstep", PLAN, key="r.plan_id", author="actor_id", only_if=_no_decision(PLAN_STEPS)),
    RecordPart("partnerships_outcomeindicator", PLAN, key=_OF_PLAN.format(partnership="r.partnership_id")),
    RecordPart("partnerships_target", PLAN, key=_OF_PLAN.format(partnership=_OF_INDICATOR), author="recorded_by_id"),
    RecordPart("partnerships_reportingperiod", PERIOD),
    RecordPart(
        "partnerships_periodstep", PERIOD, key="r.period_id", author="actor_id", only_if=_no_decision(PERIOD_STEPS)
    ),
    RecordPart("partnerships_result", PERIOD, key="r.period_id", author="recorded_by_id"),
    RecordPart("partnerships_doublecount", PERIOD, key="r.period_id", author="recorded_by_id"),
    RecordPart("partnerships_yearassessment", ASSESSMENT),
    RecordPart(
        "partnerships_yearassessmentstep",
        ASSESSMENT,
        key="r.assessment_id",
        author="actor_id",
        only_if=_no_decision(ASSESSMENT_STEPS),
    ),
    # Whoever records a finding may close it; the person responsible and whoever records the evidence may not.
    RecordPart("partnerships_fieldfinding", FINDING, author="person_id", audited=False),
    RecordPart(
        "partnerships_fieldfindingstep",
        FINDING,
        key="r.finding_id",
        author="actor_id",
        only_if="r.name = 'give_evidence'",
    ),
    RecordPart("partnerships_limitpolicy", LIMITS, author="proposed_by_id"),
    RecordPart("partnerships_limitexception", EXCEPTION, author="requested_by_id"),
    RecordPart("partnerships_silence", SILENCE, author="asked_by_id", deciding=frozenset({"agreed to", "refused"})),
    RecordPart(
        "partnerships_documenttemplate",
        TEMPLATE,
        author="uploaded_by_id",
        deciding=frozenset({"released", "rejected", "withdrawn"}),
    ),
    RecordPart(
        "partnerships_withholding",
        WITHHOLDING,
        author="proposed_by_id",
        deciding=frozenset({"determined", "rejected", "retracted"}),
    ),
    RecordPart("partnerships_textversion", AMENDMENT, key="r.amendment_id", author="drafted_by_id"),
    # The stated reason is written when the record is opened, and never again.
    RecordPart("partnerships_partnership", ORIGIN, author="opened_by_id", audited=False),
)

# The terms that a signature binds to: what an amendment can change afterward, and what the statute asks for besides.
declare(
    RecordPart("partnerships_partnership", TERMS, author="opened_by_id"),
    *(
        RecordPart(f"partnerships_{table}", TERMS, key="r.partnership_id")
        for table in (
            "participant",
            "mechanism",
            "dataplan",
            "objective",
            "responsibility",
            "program",
            "activity",
            "sustainabilitystrategy",
            "outcomeindicator",
        )
    ),
    RecordPart(
        "partnerships_milestone",
        TERMS,
        key="(SELECT a.partnership_id FROM partnerships_activity a WHERE a.id = r.activity_id)",
    ),
    RecordPart("partnerships_target", TERMS, key=_OF_INDICATOR, author="recorded_by_id"),
    RecordPart("partnerships_contribution", TERMS, key="r.partnership_id", author="recorded_by_id"),
    RecordPart(
        "partnerships_documentversion",
        TERMS,
        key=_OF_DOCUMENT,
        author="added_by_id",
        only_if="(SELECT d.kind FROM partnerships_document d WHERE d.id = r.document_id) = 'instrument'",
    ),
    RecordPart(
        "partnerships_textversion",
        TERMS,
        key="r.partnership_id",
        author="drafted_by_id",
        only_if="r.amendment_id IS NULL",
    ),
    RecordPart(
        "partnerships_statuschange",
        TERMS,
        key="r.partnership_id",
        author="actor_id",
        only_if="r.transition = 'submit_for_clearance'",
    ),
)
