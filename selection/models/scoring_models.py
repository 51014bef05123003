"""Scoring models as versioned data: drafted by one person, published by another, then never changed."""

from __future__ import annotations

from typing import Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from cpc.audit.decidable import refuse_deciders
from cpc.database.revisions import RevisionedModel, counts_revisions
from cpc.database.triggers import never_truncated, state_triggers
from cpc.typed import visible
from selection.database.pool_triggers import APPROVERS
from selection.decidable import MODEL, records_authors
from selection.model_definition.criteria_table import ModelTable
from selection.states import SCORING_MODEL


class ModelState(models.TextChoices):
    """States of a version of a model; see `selection.states.SCORING_MODEL`."""

    DRAFT = "draft", "Draft"
    PUBLISHED = "published", "Published"
    SUPERSEDED = "superseded", "Superseded"
    WITHDRAWN = "withdrawn", "Withdrawn"


def _published_by_another() -> pgtrigger.Trigger:
    """Return the trigger that permits publication only by an approver who wrote no part of the draft.

    A version that the project ships is published when it is stored, and names no person.
    """
    return pgtrigger.Trigger(
        name="b_published_by_another",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update,
        func=f"""
            IF TG_OP = 'INSERT' THEN
                IF NEW.state <> 'draft' AND (NEW.drafted_by_id IS NOT NULL OR NEW.published_by_id IS NOT NULL) THEN
                    PERFORM cpc_refuse('two_people', 'A version that a person drafted begins as a draft.');
                END IF;
            ELSIF NEW.published_by_id IS DISTINCT FROM OLD.published_by_id
                  OR NEW.state = 'published' AND OLD.state <> 'published' THEN
                {refuse_deciders(MODEL, "NEW.id", "NEW.published_by_id", APPROVERS, "publish a model")}
            END IF;
            RETURN NEW;
        """,
    )


class ScoringModel(RevisionedModel):
    """Version of a scoring model. `table` is the whole of it; see `selection.model_definition.criteria_table`.

    Only a draft can change. `drafted_by` and `published_by` are empty for the version that the project ships.
    """

    key = models.SlugField(max_length=60)
    number = models.PositiveSmallIntegerField("version")
    title = models.CharField(max_length=120)
    note = models.TextField("what is different, and why", blank=True)
    state = models.CharField(max_length=10, choices=ModelState.choices, default=ModelState.DRAFT, editable=False)
    table: models.JSONField[Any, Any] = models.JSONField()
    table_hash = models.CharField(max_length=64, editable=False)
    based_on = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="clones")
    drafted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    at = models.DateTimeField(db_default=Now(), editable=False)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    published_at = models.DateTimeField(null=True, blank=True, editable=False)
    superseded_at = models.DateTimeField(null=True, blank=True, editable=False)
    withdrawn_because = models.TextField("why it was withdrawn", blank=True, editable=False)

    class Meta:
        ordering = ("key", "-number")
        constraints = (
            visible("title"),
            models.UniqueConstraint(
                name="scoring_model_number_once",
                fields=("key", "number"),
                violation_error_code="model_number",
                violation_error_message="Another version of this model has this number.",
            ),
            models.UniqueConstraint(
                name="scoring_model_one_published",
                fields=("key",),
                condition=Q(state=ModelState.PUBLISHED),
                violation_error_code="model_published",
                violation_error_message="Only one version of a model can be published at a time. Supersede the "
                "other first.",
            ),
            models.CheckConstraint(
                name="scoring_model_published_dated",
                condition=Q(state__in=(ModelState.DRAFT, ModelState.WITHDRAWN), published_at__isnull=True)
                | Q(state__in=(ModelState.PUBLISHED, ModelState.SUPERSEDED), published_at__isnull=False),
                violation_error_code="published_at",
            ),
            models.CheckConstraint(
                name="scoring_model_withdrawn_with_reason",
                condition=Q(state=ModelState.WITHDRAWN) & ~Q(withdrawn_because="")
                | ~Q(state=ModelState.WITHDRAWN) & Q(withdrawn_because=""),
                violation_error_code="reason",
                violation_error_message="Enter the reason for withdrawing the draft.",
            ),
        )
        triggers = (
            *state_triggers(SCORING_MODEL),
            _published_by_another(),
            records_authors("selection_scoringmodel"),
            counts_revisions(),
            pgtrigger.Trigger(
                name="kept_once_published",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=~pgtrigger.Q(old__state=ModelState.DRAFT),
                declare=[("closed", "selection_scoringmodel%ROWTYPE")],
                func="""
                    closed := NEW;
                    closed.state := OLD.state;
                    closed.superseded_at := OLD.superseded_at;
                    IF closed IS DISTINCT FROM OLD THEN
                        RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation',
                            CONSTRAINT = 'model_published_kept',
                            MESSAGE = 'A published model cannot be changed. Clone it into a new draft.';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            never_truncated(),
        )

    def __str__(self) -> str:
        return f"{self.title}, version {self.number}"

    @property
    def as_table(self) -> ModelTable:
        """Return the version in table form. Raise what `ModelTable.from_dict` raises if a draft cannot be read."""
        return ModelTable.from_dict(self.table)
