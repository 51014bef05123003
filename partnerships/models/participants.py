from __future__ import annotations

from django.db import models
from django.db.models import Q

from cpc.database.revisions import RevisionedModel, counts_revisions
from partnerships.database.rows import (
    OWN,
    by_amendment,
    history_triggers,
    makes_version,
)
from partnerships.models.choices import (
    Government,
)
from partnerships.models.partnership import Partnership


class Participant(RevisionedModel):
    """A ministry or office that takes part for one government. One office leads for each."""

    partnership = models.ForeignKey(Partnership, on_delete=models.CASCADE, related_name="participants")
    government = models.CharField(max_length=8, choices=Government.choices)
    name = models.CharField("ministry or office", max_length=200)
    is_lead = models.BooleanField("leads", default=False)
    contact_office = models.CharField(max_length=200, blank=True, help_text="An office, not a person.")

    class Meta:
        ordering = ("government", "-is_lead", "name")
        constraints = (
            models.UniqueConstraint(
                name="participant_once",
                fields=("partnership", "government", "name"),
                violation_error_code="participant_once",
                violation_error_message="This office is already a participant.",
            ),
            models.UniqueConstraint(
                name="participant_one_lead",
                fields=("partnership", "government"),
                condition=Q(is_lead=True),
                violation_error_code="participant_lead",
                violation_error_message="Another office already leads for this government.",
            ),
            models.CheckConstraint(
                name="participant_government_known",
                condition=Q(government__in=Government.values),
                violation_error_code="government",
            ),
        )
        triggers = [
            *by_amendment("r.partnership_id", ("government", "name", "is_lead")),
            *makes_version(OWN),
            counts_revisions(),
            *history_triggers("r.partnership_id"),
        ]

    def __str__(self) -> str:
        return self.name
