"""Tables of decisions: a write without the application is recorded, whichever table it is."""

from __future__ import annotations

import pgtrigger
from django.apps import apps
from django.db import models

from cpc.database.audit_triggers import audits_writes

DECIDING = (
    "approved_by",
    "confirmed_by",
    "adopted_by",
    "decided_by",
    "granted_by",
    "refused_by",
    "withdrawn_by",
    "consented_by",
    "published_by",
    "issued_by",
    "lifted_by",
)
"""Names of the columns of the person who decided."""

OUTCOMES = ("decision", "outcome", "state", "verdict")
OURS = ("cpc", "selection", "partnerships", "indicators")


def deciding_columns(model: type[models.Model]) -> list[str]:
    """Return the columns of a table that say who decided, and what; none for a table without decisions."""
    fields = {field.name: field.attname for field in model._meta.concrete_fields}
    deciders = [fields[name] for name in DECIDING if name in fields]
    return [*deciders, *(name for name in OUTCOMES if name in fields)] if deciders else []


def audit_decisions() -> None:
    """Register the trigger on every table of decisions that declares none itself."""
    for model in apps.get_models():
        columns = deciding_columns(model)
        declared = {trigger.name for trigger in getattr(model._meta, "triggers", ())}
        if columns and model.__module__.startswith(OURS) and "audits_writes" not in declared:
            label = model._meta.label_lower
            pgtrigger.register(audits_writes(label, *columns, only_outside=True))(model)
