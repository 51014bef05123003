"""Revisions: a number for each state of a record, to detect edit conflicts.

    class Award(RevisionedModel):
        class Meta:
            triggers = [counts_revisions(besides=("obligated_total",)), ...]

    @transaction.atomic
    def edit_award(*, award: Award, values: ..., actor: User, expected_revision: str | None = None) -> Award:
        current = locked_award(award)
        check_revision(current.current_revision(), expected_revision)
        return change(current, values, actor=actor)

A form sends the revision that its page showed (`cpc.web.edit_conflicts.RevisionForm`) to the service. A
set of rows that are only added, such as amounts, has the key of its newest row as its revision.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pgtrigger
from django.core.exceptions import ValidationError
from django.db import models

REVISION = "revision"
CONFLICT = (
    "Someone else saved changes while you were editing. Your entries are still here. Review the current values, then "
    "save again."
)


class EditConflict(ValidationError):
    """Another user saved this record after it was read."""

    def __init__(self, message: str = CONFLICT) -> None:
        super().__init__(message, code="changed")


def check_revision(current: str, expected: str | None, message: str = CONFLICT) -> None:
    """Raise `EditConflict` unless the locked record has the revision that the writer saw.

    None passes: scripts and the demonstration read the record in the same transaction.
    """
    if expected is not None and expected != current:
        raise EditConflict(message)


class RevisionedModel(models.Model):
    """A model whose rows people edit.

    Its `Meta.triggers` include `counts_revisions()`.
    """

    revision = models.PositiveBigIntegerField(default=1, editable=False)

    class Meta:
        abstract = True

    def current_revision(self) -> str:
        return str(self.revision)


def revision_of_set(rows: Iterable[RevisionedModel]) -> str:
    """Return one revision for rows that are edited together: it changes when a row is added, changed, or removed."""
    return "-".join(f"{row.pk}.{row.revision}" for row in rows)


def counts_revisions(*, besides: Sequence[str] = ()) -> pgtrigger.Trigger:
    """Return the trigger that raises the revision with every change of a row and prevents any other change of it.

    `besides` names columns that the database derives: a new total is no reason to reject an edit.
    """
    left_out = f"ARRAY[{', '.join(repr(column) for column in (REVISION, *besides))}]"
    return pgtrigger.Trigger(
        name="z_counts_revisions",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update,
        func=f"""
            IF TG_OP = 'INSERT' THEN
                NEW.{REVISION} := 1;
            ELSIF to_jsonb(NEW) - {left_out} IS DISTINCT FROM to_jsonb(OLD) - {left_out} THEN
                NEW.{REVISION} := OLD.{REVISION} + 1;
            ELSE
                NEW.{REVISION} := OLD.{REVISION};
            END IF;
            RETURN NEW;
        """,
    )
