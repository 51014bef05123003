"""Background tasks: when each ended well, and since when it has been failing."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q


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
