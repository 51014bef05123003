"""Scenarios: saved questions to a run. They are not part of any official result."""

from __future__ import annotations

import uuid
from typing import Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower, Now

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.accounts.triggers import roles_sql
from cpc.database.triggers import never_truncated
from cpc.typed import visible
from selection.database.pool_triggers import never_deleted, only
from selection.models.pool import SOMETHING
from selection.models.runs import ScoreRun

MOST_OPEN = 100
"""Most scenarios that a person can have at a time."""

MOST_BYTES = 4000
"""The most bytes of a question."""

_READERS = roles_sql(Permission.VIEW_RANKINGS)
_UNCHANGED = "A scenario cannot be changed, only shared once and withdrawn once."


def _shared_or_withdrawn_once() -> pgtrigger.Trigger:
    """Return a trigger that lets a scenario be shared once and withdrawn once, and sets the times."""
    return pgtrigger.Trigger(
        name="a_kept",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update,
        declare=[("kept", "selection_scenario%ROWTYPE")],
        func=f"""
            IF TG_OP = 'INSERT' THEN
                PERFORM pg_advisory_xact_lock(hashtextextended('scenarios of ' || NEW.author_id, 0));
                IF NEW.withdrawn_at IS NOT NULL THEN
                    PERFORM cpc_refuse('withdrawn', 'Save a scenario before you withdraw it.');
                ELSIF NOT cpc_may_approve(NEW.author_id, ARRAY[{_READERS}]) THEN
                    PERFORM cpc_refuse('may_not_keep', 'This account cannot save scenarios.');
                ELSIF octet_length(NEW.question::text) > {MOST_BYTES} THEN
                    PERFORM cpc_refuse('question_size', 'The question is too long to save.');
                ELSIF (SELECT count(*) FROM selection_scenario
                       WHERE author_id = NEW.author_id AND withdrawn_at IS NULL) >= {MOST_OPEN} THEN
                    PERFORM cpc_refuse(
                        'too_many', 'You have {MOST_OPEN} saved scenarios, the most allowed. Withdraw one.');
                END IF;
                IF NEW.shared_at IS NOT NULL THEN NEW.shared_at := clock_timestamp(); END IF;
                RETURN NEW;
            END IF;
            {only(("shared_at", "withdrawn_at"), "scenario_kept", _UNCHANGED)}
            IF OLD.withdrawn_at IS NOT NULL
               OR (NEW.shared_at IS NULL AND OLD.shared_at IS NOT NULL)
               OR (NEW.shared_at IS NOT NULL AND OLD.shared_at IS NOT NULL AND NEW.shared_at <> OLD.shared_at) THEN
                PERFORM cpc_refuse('scenario_kept', '{_UNCHANGED}');
            END IF;
            IF NEW.shared_at IS NOT NULL AND OLD.shared_at IS NULL THEN NEW.shared_at := clock_timestamp(); END IF;
            IF NEW.withdrawn_at IS NOT NULL THEN NEW.withdrawn_at := clock_timestamp(); END IF;
            RETURN NEW;
        """,  # noqa: S608  # names of our own tables and whole numbers alone
    )


class ScenarioQuerySet(models.QuerySet["Scenario"]):
    def of(self, user: User) -> ScenarioQuerySet:
        return self.filter(author=user, withdrawn_at__isnull=True)

    def visible_to(self, user: User) -> ScenarioQuerySet:
        """Return the person's own scenarios, withdrawn ones included, and those that others share."""
        return self.filter(Q(author=user) | Q(shared_at__isnull=False, withdrawn_at__isnull=True))


class Scenario(models.Model):
    """Question to a run, saved under a name: private, or shared with ranking readers who have its link.

    `key` is the unguessable part of its link. `question` is that of `selection.what_if.question`. A scenario never
    changes; sharing and withdrawing are recorded by the database, each once. Only its author can open a withdrawn
    scenario, and its name may be used again.
    """

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=80)
    run = models.ForeignKey(ScoreRun, on_delete=models.PROTECT, related_name="scenarios", editable=False)
    question: models.JSONField[Any, Any] = models.JSONField(editable=False)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="scenarios", editable=False
    )
    at = models.DateTimeField(db_default=Now(), editable=False)
    shared_at = models.DateTimeField(null=True, blank=True, editable=False)
    withdrawn_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = ScenarioQuerySet.as_manager()

    class Meta:
        ordering = ("-id",)
        triggers = [_shared_or_withdrawn_once(), never_deleted(), never_truncated()]
        constraints = (
            visible("name"),
            models.CheckConstraint(
                name="scenario_named",
                condition=Q(name__regex=SOMETHING),
                violation_error_code="name",
                violation_error_message="Enter a name for the scenario.",
            ),
            models.UniqueConstraint(
                "author",
                Lower("name"),
                name="scenario_name_once",
                condition=Q(withdrawn_at__isnull=True),
                violation_error_code="same_name",
                violation_error_message="You already have a scenario with this name. Choose another name, or "
                "withdraw that scenario.",
            ),
        )

    def __str__(self) -> str:
        # The audit trail shows this text, and not everyone who reads the trail may see a private scenario's name.
        return f"Scenario {self.pk}"

    @property
    def is_open(self) -> bool:
        return self.withdrawn_at is None
