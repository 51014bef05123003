"""Background tasks: how each kind ended, which runs failed and were not settled, and which scheduler sends them."""

from __future__ import annotations

from typing import Final

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.database.triggers import never_truncated, state_triggers
from cpc.lifecycle import StateMachine, Transition

LONGEST_REASON = 300
_DONE = "It is the outcome of a run; the record that the task writes has its own way back."
FAILED_TASK: Final = StateMachine(
    states=("failed", "tried_again", "succeeded", "given_up"),
    transitions=(
        Transition("try_again", "Try again", {"failed"}, "tried_again", Permission.MANAGE_PEOPLE, past="Tried again"),
        Transition("fail_again", "Fail again", {"tried_again"}, "failed", "", past="Failed again"),
        Transition(
            "succeed",
            "Succeed",
            {"failed", "tried_again"},
            "succeeded",
            "",
            irreversible_because=_DONE,
            past="Succeeded",
        ),
        Transition(
            "give_up",
            "Give up",
            {"failed"},
            "given_up",
            Permission.MANAGE_PEOPLE,
            needs_reason=True,
            irreversible_because="A later failure of the same task is a failure of its own.",
            past="Given up",
        ),
    ),
)


class BackgroundTask(models.Model):
    """Outcome of the last runs of one kind of task. A run that ends well settles the failures before it.

    `error` is only a type, because the text of an error may hold an address or a part of a file. `run` finds the text
    in the log.
    """

    name = models.CharField(max_length=80, unique=True, editable=False)
    succeeded_at = models.DateTimeField(null=True, editable=False)
    failing_since = models.DateTimeField(null=True, editable=False, help_text="The first failure since a success.")
    failed_at = models.DateTimeField(null=True, editable=False, help_text="The last failure since a success.")
    failures = models.PositiveIntegerField(default=0, editable=False)
    error = models.CharField(max_length=120, blank=True, editable=False)
    run = models.CharField(max_length=80, blank=True, editable=False, help_text="`task_id` of the failure in the log.")
    runs_succeeded = models.BigIntegerField(default=0, editable=False)
    runs_failed = models.BigIntegerField(default=0, editable=False)
    seconds = models.FloatField(default=0, editable=False, help_text="Time that all runs together took.")

    class Meta:
        ordering = ("name",)
        constraints = (
            models.CheckConstraint(
                name="background_task_fails_whole",
                condition=Q(failures=0, failing_since__isnull=True, failed_at__isnull=True, error="", run="")
                | (
                    Q(failures__gt=0, failing_since__isnull=False, failed_at__isnull=False)
                    & Q(failed_at__gte=F("failing_since"))
                    & ~Q(error="")
                ),
                violation_error_code="fails_whole",
            ),
        )

    def __str__(self) -> str:
        return self.name


class FailedTask(models.Model):
    """A task with its arguments that failed, until a run of it succeeds or somebody gives it up.

    Further failures of the same task with the same arguments are tries of one row. `error` is only a type, as above.
    """

    name = models.CharField(max_length=80, editable=False)
    arguments = models.JSONField(editable=False, help_text="Positional and named arguments, as the message has them.")
    fingerprint = models.CharField(max_length=64, editable=False, help_text="SHA-256 of the arguments.")
    run = models.CharField(max_length=80, editable=False, help_text="`task_id` of the last failure in the log.")
    error = models.CharField(max_length=120, editable=False)
    failed_at = models.DateTimeField(db_default=Now(), editable=False, help_text="The last failure.")
    tries = models.PositiveIntegerField(default=1, editable=False)
    state = models.CharField(max_length=12, default=FAILED_TASK.initial, editable=False)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", editable=False)
    decided_at = models.DateTimeField(null=True, editable=False)
    reason = models.CharField(max_length=LONGEST_REASON, blank=True, help_text="Why it is not tried again.")

    class Meta:
        ordering = ("-failed_at", "-pk")
        triggers = [never_truncated(), *state_triggers(FAILED_TASK)]
        constraints = (
            models.UniqueConstraint(
                fields=("name", "fingerprint"),
                name="failed_task_open_once",
                condition=Q(state__in=("failed", "tried_again")),
                violation_error_code="open_once",
            ),
            models.CheckConstraint(
                name="failed_task_decided_whole",
                condition=Q(decided_by__isnull=True, decided_at__isnull=True, reason="")
                | Q(decided_by__isnull=False, decided_at__isnull=False),
                violation_error_code="decided_whole",
            ),
            models.CheckConstraint(
                name="failed_task_given_up_with_reason",
                condition=~Q(state="given_up") | Q(decided_by__isnull=False, reason__regex=r"\S"),
                violation_error_code="reason",
                violation_error_message="Say why it is not tried again.",
            ),
            models.CheckConstraint(
                name="failed_task_tried_again_by_somebody",
                condition=~Q(state="tried_again") | Q(decided_by__isnull=False),
                violation_error_code="decided_whole",
            ),
        )

    def __str__(self) -> str:
        return self.name


class SchedulerLease(models.Model):
    """The one row that names the scheduler that sends, until when, and the moments of its last messages."""

    name = models.CharField(max_length=20, primary_key=True, editable=False)
    holder = models.CharField(max_length=120, blank=True, editable=False, help_text="Host, process, and a random part.")
    until = models.DateTimeField(editable=False, help_text="Another scheduler may take over from then on.")
    ticked_at = models.DateTimeField(null=True, editable=False)
    sent = models.JSONField(
        default=dict, editable=False, help_text="Entry of the schedule: moment of its last message."
    )

    def __str__(self) -> str:
        return self.name
