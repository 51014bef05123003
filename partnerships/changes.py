"""Changes of partnerships that the feed tells: every table below a partnership, and those of the whole office."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import models as django_models

from cpc.accounts.permissions import Permission
from cpc.changes.feed import at, feed, leave_out, subject_of
from cpc.changes.tables import Url
from partnerships import models
from partnerships.models.sealing import models_below, partnership_sql

VIEW = Permission.VIEW_PARTNERSHIPS
RECORD = (
    "SELECT p.version AS revision, p.kind = 'sample' AS is_sample FROM partnerships_partnership p "
    "WHERE p.id = {partnership}"
)
WHOLE = at("partnership", "partnership")
"""A record without a URL of its own has that of its partnership."""

# The numbers of few people do not leave the office, so an event has no result: read them at the URL, where small counts
# are held back.
PRIVATE: Mapping[str, tuple[str, ...]] = {
    "result": ("value", "numerator", "denominator"),
    "double_count": ("value",),
    "outcome_indicator": ("baseline_value",),
    "indicator_minute": ("value_shown", "target_shown"),
}
URLS: Mapping[str, Url] = {
    "amendment": at("partnership-amendments", "partnership"),
    "amendment_change": at("partnership-amendments", "partnership"),
    "contribution": at("partnership-contributions", "partnership"),
    "ledger_entry": at("partnership-ledger", "partnership"),
    "financial_report": at("partnership-financial-reports", "partnership"),
    "reporting_period": at("partnership-period", "partnership", "key"),
    "period_step": at("partnership-periods", "partnership"),
    "result": at("partnership-results", "partnership"),
    "program": at("partnership-programs", "partnership"),
    "program_amount": at("partnership-amounts", "partnership"),
    "text_version": at("partnership-clearance", "partnership"),
    "clearance_request": at("partnership-clearance", "partnership"),
    "clearance_answer": at("partnership-clearance", "partnership"),
    "legal_finding": at("partnership-clearance", "partnership"),
    "silence": at("partnership-clearance", "partnership"),
    "signing": at("partnership-clearance", "partnership"),
}
ALSO: Mapping[str, tuple[str, ...]] = {
    "amendment_change": ("column", "action"),
    "status_change": ("transition", "from_status", "to_status"),
    "outcome_indicator": ("code",),
    **dict.fromkeys(
        ("plan_step", "award_step", "period_step", "dialogue_step", "field_finding_step", "year_assessment_step"),
        ("name", "source", "target"),
    ),
}


def _below(model: type[django_models.Model]) -> None:
    subject = subject_of(model)
    # The event has its partnership anyway.
    options: dict[str, Any] = {
        "private": PRIVATE.get(subject, ()),
        "also": ALSO.get(subject, ()),
        "hidden": ("partnership",),
    }
    feed(
        model,
        VIEW,
        url=URLS.get(subject, WHOLE),
        partnership=partnership_sql(model, "{r}"),
        record=RECORD,
        **options,
    )


def register() -> None:
    """Put the tables of this app into the feed."""
    leave_out("It is the same changes again, with their texts.", models.History)
    leave_out("The parts of a result come with the result, and count few people.", models.ResultCell)
    leave_out(
        "The methods of a plan are stored as it is approved: monitoring_plan.state_changed.", models.PlannedMethod
    )
    leave_out("What public statements say is loaded with an update of the software.", models.DocumentedLoad)
    leave_out("The events come with an update of the software; event_concern tells of them.", models.GeneralEvent)
    feed(
        models.Partnership,
        VIEW,
        url=WHOLE,
        partnership="{r}.id",
        hidden=("load",),
        record="SELECT {r}.version AS revision, {r}.kind = 'sample' AS is_sample",
    )
    named = {models.ResultCell, models.PlannedMethod}
    for model in models_below():
        if model not in named:
            _below(model)
    for model in (
        models.Fund,
        models.LimitPolicy,
        models.LimitPolicyApproval,
        models.OfficeIndicator,
        models.DocumentTemplate,
    ):
        feed(model, VIEW)
