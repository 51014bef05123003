"""General events: what happened outside any one partnership and concerns several."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q

from cpc.database.triggers import append_only
from cpc.days import DayField
from cpc.typed import visible
from partnerships.database.rows import OWN, makes_version
from partnerships.models.partnership import Partnership


class GeneralEvent(models.Model):
    """Event that concerns several partnerships, such as an order on all foreign assistance, with its source.

    Only the owner loads events, from the facts shipped with the project.
    """

    key = models.SlugField(max_length=40, unique=True)
    title = models.CharField(max_length=200)
    text = models.TextField()
    happened_on = DayField()
    source = models.CharField(max_length=500)

    class Meta:
        ordering = ("happened_on", "id")
        constraints = (
            visible("title"),
            models.CheckConstraint(
                name="general_event_sourced",
                condition=~Q(source=""),
                violation_error_code="source",
                violation_error_message="Enter where it can be read.",
            ),
        )
        triggers = append_only()

    def __str__(self) -> str:
        return self.title


class EventConcern(models.Model):
    """A partnership that a general event concerns, and what is known of it afterward; "" if nothing is."""

    partnership = models.ForeignKey(Partnership, on_delete=models.PROTECT, related_name="event_concerns")
    event = models.ForeignKey(GeneralEvent, on_delete=models.PROTECT, related_name="concerns")
    afterward = models.CharField(max_length=300, blank=True)
    source = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ("event__happened_on", "id")
        constraints = (
            models.UniqueConstraint(
                name="event_concern_once",
                fields=("partnership", "event"),
                violation_error_code="event_once",
                violation_error_message="This partnership already names the event.",
            ),
            models.CheckConstraint(
                name="event_concern_sourced",
                condition=Q(afterward="", source="") | (~Q(afterward="") & ~Q(source="")),
                violation_error_code="source",
                violation_error_message="What is known afterward needs a source.",
            ),
        )
        triggers = [*makes_version(OWN, pgtrigger.Insert), *append_only()]

    def __str__(self) -> str:
        return f"{self.event}: {self.partnership}"
