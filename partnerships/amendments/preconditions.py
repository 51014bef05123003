"""Checks of amendments: outdated values, limits, constraints, and terms that would lose their objective."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone

from cpc.findings import Finding, Severity
from cpc.lifecycle import Checks
from partnerships import limits
from partnerships.amendable import Effect, effect_findings
from partnerships.amendments.queries import current_amounts, model_of_table, stored_value
from partnerships.clearing import CITATION
from partnerships.lookups.clearance import Clearance, clearance_of
from partnerships.models import (
    Activity,
    Amendment,
    AmendmentChange,
    AmendmentKind,
    Government,
    Objective,
    OutcomeIndicator,
    Partnership,
    Program,
    ProgramAmount,
    Responsibility,
)
from partnerships.status.preconditions import obligations_since, obligations_until
from partnerships.terms.services import planned_with

OF_OBJECTIVE = (Activity, Responsibility, OutcomeIndicator)
ChangedRows = dict[tuple[str, int], models.Model]
"""The rows that an amendment changes, by table and key; the partnership is always among them."""


def amendment_findings(*, amendment: Amendment, on: date) -> list[Finding]:
    changes = list(amendment.changes.select_related("amendment").order_by("row_table", "row_id", "id"))
    partnership = Partnership.objects.get(pk=amendment.partnership_id)
    rows: ChangedRows = {(partnership._meta.db_table, partnership.pk): partnership}
    for change in changes:
        if change.row_id is not None and (change.row_table, change.row_id) not in rows:
            row = model_of_table(change.row_table)._default_manager.get(pk=change.row_id)
            rows[change.row_table, change.row_id] = row
    findings = change_findings(partnership, changes, rows, on)
    known = {finding.code for finding in findings}
    return findings + [finding for finding in _violated_constraints(changes, rows) if finding.code not in known]


def _findings_against(amendment: Amendment, on: date) -> list[Finding]:
    return amendment_findings(amendment=amendment, on=on)


def clearance_warnings(amendment: Amendment, _on: date, clearance: Clearance | None = None) -> list[Finding]:
    """Warn of what still stops the signing of the text. A correction records what was signed, so it has no new text.

    Whether an answer is late depends on today, not on the day whose limits apply.
    """
    record = clearance or clearance_of(amendment.partnership, amendment)
    if amendment.kind == AmendmentKind.CORRECTION and not record.versions:
        return []
    return [replace(finding, severity=Severity.WARNING) for finding in record.findings(timezone.now().date())]


def cleared(amendment: Amendment, _on: date) -> list[Finding]:
    """Require the clearance of a text that was sent; warn of an amendment whose text was not sent to any office.

    Whether an answer is late depends on today, not on the day whose limits apply.
    """
    record = clearance_of(amendment.partnership, amendment)
    if record.versions:
        return record.findings(timezone.now().date())
    if amendment.kind == AmendmentKind.CORRECTION:
        return []
    message = "No office was asked to clear a text of this amendment. It can take effect without one."
    return [Finding.warning("clearance_text", message, "", CITATION)]


AMENDMENT_CHECKS: Checks[Amendment] = {
    "submit": (_findings_against,),
    "approve": (clearance_warnings,),
    "apply": (_findings_against, cleared),
}


@dataclass(frozen=True, slots=True)
class Then:
    """The term and the plan of a partnership once changes are made, and the limits that bind them."""

    starts_on: date | None
    ends_on: date | None
    totals: limits.Totals
    binding: limits.Limits


def position_then(partnership: Partnership, changes: Sequence[AmendmentChange], on: date) -> Then:
    amounts = [change.new for change in changes if change.row_table == ProgramAmount._meta.db_table]
    totals = planned_with(
        partnership,
        [ProgramAmount(**{**columns, "amount": Decimal(columns["amount"])}) for columns in amounts],
        withdrawn={
            change.row_id: change.new
            for change in changes
            if change.row_id is not None and change.row_table == Program._meta.db_table and change.column == "withdrawn"
        },
    )
    new = {change.column: change.new for change in changes if change.row_table == partnership._meta.db_table}
    # Amounts and terms that are already in use stay lawful if a limit fell since they were agreed.
    on_day, in_use = partnership.limits_on(on), partnership.limits
    binding = limits.Limits(
        max(on_day.term_months, in_use.term_months), max(on_day.funding, in_use.funding), on_day.citation
    )
    starts_on, ends_on = (_day_after(new, partnership, name) for name in ("starts_on", "ends_on"))
    return Then(starts_on, ends_on, totals, binding)


def change_findings(
    partnership: Partnership, changes: Sequence[AmendmentChange], rows: ChangedRows, on: date
) -> list[Finding]:
    """Return the findings against the changes, without the constraints of the database."""
    then = position_then(partnership, changes, on)
    starts_on, ends_on = then.starts_on, then.ends_on
    effect = Effect(
        kind=changes[0].amendment.kind if changes else "",
        has_document=bool(changes) and changes[0].amendment.document_id is not None,
        status=partnership.status,
        status_as_of=partnership.status_as_of,
        starts_on=partnership.starts_on,
        ends_on=partnership.ends_on,
        ends_on_then=ends_on,
        starts_on_then=starts_on,
        planned=partnership.planned_total,
        planned_then=then.totals.planned,
        sets_amounts=any(change.row_table == ProgramAmount._meta.db_table for change in changes),
    )
    first = limits.counted_from(starts_on, partnership.signed_on)
    return [
        *_outdated_changes(partnership, changes, rows),
        *effect_findings(effect),
        *objectives_with_their_terms(partnership, changes),
        *limits.term_within_limit(first, ends_on, then.binding, used=partnership.term_position(on).months_used or 0),
        *obligations_since(partnership, first),
        *obligations_until(partnership, partnership.ended_on or ends_on),
        *limits.funding_within_limits(then.totals, then.binding),
    ]


def _day_after(new: Mapping[str, str | None], partnership: Partnership, name: str) -> date | None:
    if name not in new:
        unchanged: date | None = getattr(partnership, name)
        return unchanged
    text = new[name]
    return date.fromisoformat(text) if text else None


def _outdated_changes(partnership: Partnership, changes: Iterable[AmendmentChange], rows: ChangedRows) -> list[Finding]:
    amounts = current_amounts(partnership.pk)
    findings = []
    for change in changes:
        if change.row_id is not None:
            row = rows[change.row_table, change.row_id]
            what, now = f"{change.column} of {row}", stored_value(getattr(row, change.column))
        elif change.row_table == ProgramAmount._meta.db_table:
            key = change.new["program_id"], change.new["government"]
            what, now = f"The amount ({Government(key[1]).label})", stored_value(amounts.get(key))
        else:
            continue
        if now != change.old:
            message = f"{what} is no longer {change.old}. Remove this change and add it again."
            findings.append(Finding("amendment_outdated", Severity.ERROR, message))
    return findings


def objectives_with_their_terms(partnership: Partnership, changes: Iterable[AmendmentChange]) -> list[Finding]:
    """Require that no term in effect refers to a withdrawn objective once the changes are made."""
    then: dict[tuple[str, int | None, str], Any] = {(c.row_table, c.row_id, c.column): c.new for c in changes}
    findings = []
    for objective in partnership.objectives.all():
        if not then.get((Objective._meta.db_table, objective.pk, "withdrawn"), objective.withdrawn):
            continue
        for model in OF_OBJECTIVE:
            table = model._meta.db_table
            for row in model._default_manager.filter(partnership=partnership):
                now = {"withdrawn": row.withdrawn, "objective_id": row.objective_id}
                state = {column: then.get((table, row.pk, column), value) for column, value in now.items()}
                if state["objective_id"] == objective.pk and not state["withdrawn"]:
                    findings.append(Finding.error("objective_in_use", _still_needed(objective, row)))
    return findings


def _still_needed(objective: Objective, row: Activity | Responsibility | OutcomeIndicator) -> str:
    term = str(row._meta.verbose_name)
    if isinstance(row, OutcomeIndicator):
        return (
            f"The amendment withdraws {objective}, but the indicator {row} belongs to it. First, revise the monitoring "
            "plan and withdraw the indicator there."
        )
    return (
        f"The amendment withdraws {objective}, but the {term} “{row}” belongs to it. Withdraw the {term} in this "
        "amendment too, or move it to another objective."
    )


def added_row(change: AmendmentChange) -> models.Model:
    model = model_of_table(change.row_table)
    columns = {field.attname: field for field in model._meta.concrete_fields}
    return model(**{name: columns[name].to_python(value) for name, value in change.new.items()})


def set_column(row: models.Model, change: AmendmentChange) -> str:
    """Set the new value of a change on its row, which is not saved, and return the name of the field."""
    column = next(field for field in row._meta.concrete_fields if field.attname == change.column)
    setattr(row, change.column, column.to_python(change.new))
    return column.name


def _violated_constraints(changes: Iterable[AmendmentChange], rows: ChangedRows) -> list[Finding]:
    """Return the constraint violations of the rows after the changes, which change them in memory alone."""
    changed: list[models.Model] = []
    for change in changes:
        if change.row_id is None:
            changed.append(added_row(change))
            continue
        row = rows[change.row_table, change.row_id]
        set_column(row, change)
        if row not in changed:
            changed.append(row)
    findings = []
    for row in changed:
        try:
            row.validate_constraints()
        except ValidationError as error:
            lists = error.error_dict.values() if hasattr(error, "error_dict") else [error.error_list]
            for violation in (violation for violations in lists for violation in violations):
                message = f"{row}: {' '.join(violation.messages)}"
                findings.append(Finding(str(violation.code), Severity.ERROR, message))
    return findings
