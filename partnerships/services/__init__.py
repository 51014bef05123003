"""What may be done with partnerships: the writes that pages, commands, tasks and the REST interface call.

Every service takes keyword arguments, asks for the permission, runs in one transaction and leaves an audit entry.
It raises `PermissionDenied` where the account may not, and `ValidationError` where a rule refuses; the code is the
same whether the rule spoke in Python or in the database.
"""

from partnerships.services.amendments import (
    decide_amendment,
    draft_amendment,
    drop_change,
    propose_addition,
    propose_amount,
    propose_change,
    return_amendment,
    submit_amendment,
    withdraw_amendment,
)
from partnerships.services.award_reports import (
    plan_closeout,
    record_closeout_step,
    record_report_event,
    schedule_reports,
)
from partnerships.services.awards import (
    change_award_state,
    create_award,
    edit_award,
    record_ledger_entry,
    record_subaward,
)
from partnerships.services.documenting import documenting
from partnerships.services.due import DueSummary, run_due
from partnerships.services.lifecycle import (
    close_correction,
    determine,
    open_correction,
    record_determination,
    take_step,
)
from partnerships.services.limits import (
    approve_policy,
    document_practice,
    grant_exception,
    propose_policy,
    refuse_exception,
    request_exception,
)
from partnerships.services.money import exempt_from_notification, record_contribution, record_notification
from partnerships.services.partnership import (
    add_document_version,
    confirm_origin,
    create_partnership,
    document_partnership,
    edit_partnership,
    leave_out_national_plan,
    open_document,
    record_national_plan,
    state_figure,
)
from partnerships.services.taking_effect import amendment_findings, apply_amendment
from partnerships.services.terms import add_term, edit_term, remove_term, set_amounts

__all__ = (
    "DueSummary",
    "add_document_version",
    "add_term",
    "amendment_findings",
    "apply_amendment",
    "approve_policy",
    "change_award_state",
    "close_correction",
    "confirm_origin",
    "create_award",
    "create_partnership",
    "decide_amendment",
    "determine",
    "document_partnership",
    "document_practice",
    "documenting",
    "draft_amendment",
    "drop_change",
    "edit_award",
    "edit_partnership",
    "edit_term",
    "exempt_from_notification",
    "grant_exception",
    "leave_out_national_plan",
    "open_correction",
    "open_document",
    "plan_closeout",
    "propose_addition",
    "propose_amount",
    "propose_change",
    "propose_policy",
    "record_closeout_step",
    "record_contribution",
    "record_determination",
    "record_ledger_entry",
    "record_national_plan",
    "record_notification",
    "record_report_event",
    "record_subaward",
    "refuse_exception",
    "remove_term",
    "request_exception",
    "return_amendment",
    "run_due",
    "schedule_reports",
    "set_amounts",
    "state_figure",
    "submit_amendment",
    "take_step",
    "withdraw_amendment",
)
