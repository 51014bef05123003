"""Adoptions of scoring models: the office's decisions that a published version is its own."""

from __future__ import annotations

from typing import Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from cpc.audit.decidable import refuse_authors
from cpc.database.triggers import never_truncated
from cpc.days import DayField
from selection.database.criteria_triggers import CRITERIA_CONSULTED
from selection.database.pool_triggers import APPROVERS, never_deleted, only
from selection.decidable import MODEL
from selection.models.pool import SOMETHING
from selection.models.scoring_models import ScoringModel

WITHDRAWN = ("withdrawn_on", "withdrawn_by_id", "withdrawn_because", "changed_at")


def _adopts() -> pgtrigger.Trigger:
    """Return a trigger that requires an approver and a published version, and permits one withdrawal."""
    return pgtrigger.Trigger(
        name="a_adopts",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update,
        declare=[("kept", "selection_adoption%ROWTYPE"), ("m", "selection_scoringmodel%ROWTYPE")],
        func=f"""
            NEW.changed_at := clock_timestamp();
            IF TG_OP = 'INSERT' THEN
                SELECT * INTO m FROM selection_scoringmodel WHERE id = NEW.model_id FOR SHARE;
                IF NEW.withdrawn_on IS NOT NULL THEN
                    PERFORM cpc_refuse('withdrawn', 'Record an adoption before you withdraw it.');
                ELSIF m.state <> 'published' THEN
                    PERFORM cpc_refuse('not_published', 'Only the published version of a model can be adopted.');
                ELSIF NOT cpc_may_approve(NEW.adopted_by_id, ARRAY[{APPROVERS}]) THEN
                    PERFORM cpc_refuse('may_not_approve', 'This account cannot adopt a model.');
                END IF;
                {refuse_authors(MODEL, "NEW.model_id", "NEW.adopted_by_id")}
                IF NEW.adopted_on > cpc_today() THEN
                    PERFORM cpc_refuse('in_future', 'The date is in the future. Enter the date of the decision.');
                ELSIF NEW.adopted_on < (m.published_at AT TIME ZONE 'UTC')::date THEN
                    PERFORM cpc_refuse('before_publication', 'The version was published after that date.');
                END IF;{CRITERIA_CONSULTED}
                RETURN NEW;
            END IF;
            IF OLD.withdrawn_on IS NOT NULL OR NEW.withdrawn_by_id IS NULL THEN
                PERFORM cpc_refuse('adoption_kept', 'An adoption cannot be changed, only withdrawn once.');
            END IF;
            {only(WITHDRAWN, "adoption_kept", "An adoption cannot be changed, only withdrawn once.")}
            IF NOT cpc_may_approve(NEW.withdrawn_by_id, ARRAY[{APPROVERS}]) THEN
                PERFORM cpc_refuse('may_not_approve', 'This account cannot withdraw an adoption.');
            END IF;
            NEW.withdrawn_on := cpc_today();
            RETURN NEW;
        """,  # noqa: S608  # names of our own tables alone
    )


class Adoption(models.Model):
    """Adoption of a published version by the office: the person, day, reason, and document.

    Until a version is adopted, its weights are illustrative. An adoption is never edited; it may be withdrawn once,
    with the reason, and the version may then be adopted again. `changed_at` is the time of the adoption or of its
    withdrawal, written by the database.

    `unanswered` has, by the code of the agency, why the approver adopts without its answer on the criteria.
    """

    model = models.ForeignKey(ScoringModel, on_delete=models.PROTECT, related_name="adoptions")
    reason = models.TextField()
    document = models.CharField(max_length=300, blank=True)
    unanswered: models.JSONField[Any, Any] = models.JSONField(default=dict, db_default={}, blank=True)
    adopted_on = DayField()
    adopted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", editable=False)
    at = models.DateTimeField(db_default=Now(), editable=False)
    withdrawn_on = DayField(null=True, blank=True, editable=False)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    withdrawn_because = models.TextField(blank=True, editable=False)
    changed_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ("-id",)
        triggers = [_adopts(), never_deleted(), never_truncated()]
        constraints = (
            models.UniqueConstraint(
                name="adoption_once",
                fields=("model",),
                condition=Q(withdrawn_on__isnull=True),
                violation_error_code="adopted_already",
                violation_error_message="This version has already been adopted.",
            ),
            models.CheckConstraint(
                name="adoption_reasoned",
                condition=Q(reason__regex=SOMETHING),
                violation_error_code="reason",
                violation_error_message="Enter the reason.",
            ),
            models.CheckConstraint(
                name="adoption_withdrawn_with_reason",
                condition=Q(withdrawn_on__isnull=True, withdrawn_by__isnull=True, withdrawn_because="")
                | Q(
                    withdrawn_on__isnull=False,
                    withdrawn_on__gte=F("adopted_on"),
                    withdrawn_by__isnull=False,
                    withdrawn_because__regex=SOMETHING,
                ),
                violation_error_code="withdrawn_because",
                violation_error_message="Withdrawing an adoption needs a person and a reason.",
            ),
        )

    def __str__(self) -> str:
        return f"Adoption of {self.model}"
