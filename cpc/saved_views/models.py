"""Saved views of lists, and their versions. A view knows its list and query parameters, never rows."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower, Now

from cpc.accounts.models import User
from cpc.audit.decidable import records_authors
from cpc.saved_views.triggers import decided_by_another, made_by_those_who_may, supersedes, withdrawn_once
from cpc.typed import visible

LONGEST_NAME = 60


class Audience(models.TextChoices):
    PRIVATE = "private", "Only me"
    OFFICE = "office", "The TIP Office"
    EVERYONE = "everyone", "Everyone who signs in"


class Outcome(models.TextChoices):
    """Outcomes of a view that everyone is to see; empty while it waits, and for every other view."""

    CONSENTED = "consented", "Consented to"
    REFUSED = "refused", "Refused"


class SavedView(models.Model):
    """A named view of a list. Its name and list never change; what it shows is in its versions."""

    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", editable=False)
    list_key = models.SlugField("list", max_length=40, db_index=False, editable=False)
    name = models.CharField(max_length=LONGEST_NAME)
    at = models.DateTimeField(db_default=Now(), editable=False)
    withdrawn_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", editable=False)
    withdrawn_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ("name", "pk")
        triggers = withdrawn_once()
        constraints = (
            visible("name"),
            models.CheckConstraint(
                name="saved_view_named",
                condition=Q(name__regex=r"\S"),
                violation_error_code="name",
                violation_error_message="Enter a name.",
            ),
            models.UniqueConstraint(
                "owner",
                "list_key",
                Lower("name"),
                name="saved_view_name_once",
                condition=Q(withdrawn_at__isnull=True),
                violation_error_code="name_taken",
                violation_error_message="You already have a view of this list with this name. Use another name.",
            ),
            models.CheckConstraint(
                name="saved_view_withdrawn_whole",
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
                violation_error_code="withdrawn",
            ),
        )

    def __str__(self) -> str:
        return self.name


class SavedViewVersion(models.Model):
    """Filter, order, and columns of a view as query parameters, and who sees it, from one change to the next.

    A version for everyone takes effect once another person consents to it; until then only its owner sees it.
    """

    view = models.ForeignKey(SavedView, on_delete=models.PROTECT, related_name="versions", editable=False)
    parameters = models.CharField(max_length=2000, blank=True, editable=False)
    audience = models.CharField("who sees it", max_length=10, choices=Audience.choices)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", editable=False)
    at = models.DateTimeField(db_default=Now(), editable=False)
    superseded_at = models.DateTimeField(null=True, editable=False)
    outcome = models.CharField(max_length=10, choices=Outcome.choices, blank=True, editable=False)
    reason = models.CharField(max_length=300, blank=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", editable=False)
    decided_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ("-pk",)
        triggers = [
            made_by_those_who_may(),
            supersedes(),
            *decided_by_another(),
            records_authors("saved_views_savedviewversion"),
        ]
        constraints = (
            models.CheckConstraint(
                name="saved_view_audience_known",
                condition=Q(audience__in=Audience.values) & Q(outcome__in=["", *Outcome.values]),
                violation_error_code="audience",
                violation_error_message="Choose who sees the view.",
            ),
            models.CheckConstraint(
                name="saved_view_keeps_no_page",
                condition=~Q(parameters__regex=r"(^|&)(page|format|saved)="),
                violation_error_code="parameters",
                violation_error_message="A view keeps filter, order, and columns, and no page or file.",
            ),
            models.CheckConstraint(
                name="saved_view_decided_whole",
                condition=Q(outcome="", decided_by__isnull=True, decided_at__isnull=True, reason="")
                | Q(
                    ~Q(outcome=""),
                    audience=Audience.EVERYONE,
                    decided_by__isnull=False,
                    decided_at__isnull=False,
                ),
                violation_error_code="decided",
            ),
            models.CheckConstraint(
                name="saved_view_refused_with_reason",
                condition=~Q(outcome=Outcome.REFUSED) | Q(reason__regex=r"\S"),
                violation_error_code="reason",
                violation_error_message="Enter the reason, so that the owner can change the view.",
            ),
        )
        indexes = (
            models.Index(fields=("view", "-id"), condition=Q(superseded_at__isnull=True), name="saved_view_current"),
        )

    def __str__(self) -> str:
        return str(self.view)

    @property
    def is_waiting(self) -> bool:
        return self.audience == Audience.EVERYONE and not self.outcome and self.superseded_at is None

    @property
    def is_shared(self) -> bool:
        """Return whether others than the owner see it."""
        return self.audience == Audience.OFFICE or self.outcome == Outcome.CONSENTED
