"""Limit exceptions: requested by one person and granted by another. No row ever changes."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from cpc.database.audit_triggers import audits_writes
from cpc.database.triggers import append_only
from cpc.days import DayField
from partnerships.database.derived import grants, refuses
from partnerships.database.rows import history
from partnerships.decidable import records_authors
from partnerships.limits import BEYOND_EXCEPTION, HIGHEST_FUNDING, LONGEST_MONTHS
from partnerships.models.documents import DocumentVersion, FigureStatement
from partnerships.models.limits import BEYOND
from partnerships.models.partnership import Partnership, money


class ExceptionKind(models.TextChoices):
    """Origins of a limit exception: granted, or documented practice."""

    GRANTED = "granted", "Granted"
    DOCUMENTED_PRACTICE = "documented_practice", "Documented practice"


class LimitException(models.Model):
    """A request for a higher limit for one partnership, usable until it expires.

    The new limit is as firm as the one it replaces. An expired exception still covers what was done under it, and
    nothing more. An exception of kind documented practice records past events: it belongs to a documented
    partnership, names the statement it is known from, and leaves unknown fields empty.
    """

    partnership = models.ForeignKey(Partnership, on_delete=models.PROTECT, related_name="limit_exceptions")
    kind = models.CharField(max_length=20, choices=ExceptionKind.choices, default=ExceptionKind.GRANTED)
    term_months = models.PositiveSmallIntegerField("new term limit, months", null=True, blank=True)
    funding = money("new funding limit", null=True, blank=True)
    reason = models.TextField(blank=True)
    expires_on = DayField(null=True, blank=True, help_text="The last day on which it can be used.")
    statement = models.ForeignKey(FigureStatement, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ("partnership", "id")
        constraints = (
            models.CheckConstraint(
                name="limit_exception_one_limit",
                # A comparison with NULL is unknown, and an unknown condition passes: a limit must be there, too.
                condition=Q(term_months__isnull=False, term_months__gt=0, funding__isnull=True)
                | Q(term_months__isnull=True, funding__isnull=False, funding__gt=0, funding__lt=BEYOND),
                violation_error_code="exception_limit",
                violation_error_message="Request one new limit: months for the term, or U.S. dollars.",
            ),
            models.CheckConstraint(
                name="limit_exception_plausible",
                condition=(Q(term_months__isnull=True) | Q(term_months__lte=LONGEST_MONTHS))
                & (Q(funding__isnull=True) | Q(funding__lte=HIGHEST_FUNDING)),
                violation_error_code="exception_beyond",
                violation_error_message=BEYOND_EXCEPTION,
            ),
            models.CheckConstraint(
                name="limit_exception_whole",
                condition=(
                    Q(kind=ExceptionKind.GRANTED, requested_by__isnull=False, expires_on__isnull=False) & ~Q(reason="")
                )
                | Q(kind=ExceptionKind.DOCUMENTED_PRACTICE, statement__isnull=False),
                violation_error_code="exception_whole",
                violation_error_message=(
                    "A request needs a person, a reason, and an expiration date; documented practice needs its "
                    "statement."
                ),
            ),
        )
        triggers = [
            records_authors("partnerships_limitexception"),
            audits_writes("partnerships.limitexception"),
            history("r.partnership_id"),
            *append_only(),
        ]

    def __str__(self) -> str:
        new = f"{self.term_months} months" if self.term_months else f"USD {self.funding:,.2f}"
        return f"Exception: {new}"

    @property
    def is_granted(self) -> bool:
        """Return True if another person granted it, or it is known from practice."""
        return hasattr(self, "grant")

    @property
    def is_refused(self) -> bool:
        return hasattr(self, "refusal")


class LimitExceptionGrant(models.Model):
    """Another person's grant of an exception, with authority and document.

    The grant takes effect at once.
    """

    exception = models.OneToOneField(LimitException, on_delete=models.PROTECT, related_name="grant")
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    authority = models.CharField(max_length=200, blank=True)
    document = models.ForeignKey(DocumentVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ("-id",)
        triggers = [*grants(), audits_writes("partnerships.limitexceptiongrant"), *append_only()]

    def __str__(self) -> str:
        return f"Granted: {self.exception}"


class LimitExceptionRefusal(models.Model):
    """Another person's rejection of an exception, with the reason.

    A rejected exception is never granted; a new one may be requested.
    """

    exception = models.OneToOneField(LimitException, on_delete=models.PROTECT, related_name="refusal")
    refused_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField()
    at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(
                name="exception_refusal_reasoned",
                condition=~Q(reason=""),
                violation_error_code="reason",
                violation_error_message="Explain why you refuse it.",
            ),
        )
        triggers = [refuses(), audits_writes("partnerships.limitexceptionrefusal"), *append_only()]

    def __str__(self) -> str:
        return f"Refused: {self.exception}"
