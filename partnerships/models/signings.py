"""Signing days of the instrument and its amendments, as on the documents."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from cpc.database.audit_triggers import audits_writes
from cpc.database.triggers import append_only
from cpc.days import DayField, spelled
from partnerships.database.clearance import signing_fits
from partnerships.database.rows import OWN, history, lock_first, makes_version, within_partnership
from partnerships.models.amendments import Amendment
from partnerships.models.documents import DocumentVersion
from partnerships.models.partnership import Partnership


class Signing(models.Model):
    """Days of a signature as on the document, beside the day of entry. A later row corrects an earlier one."""

    partnership = models.ForeignKey(Partnership, on_delete=models.PROTECT, related_name="signings")
    amendment = models.ForeignKey(Amendment, on_delete=models.PROTECT, null=True, blank=True, related_name="signings")
    us_signed_on = DayField("day signed by the United States", null=True, blank=True)
    partner_signed_on = DayField("day signed by the partner government", null=True, blank=True)
    in_effect_on = DayField("day in effect", null=True, blank=True)
    document = models.ForeignKey(DocumentVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ("partnership", "id")
        constraints = (
            models.CheckConstraint(
                name="signing_has_a_day",
                condition=Q(us_signed_on__isnull=False) | Q(partner_signed_on__isnull=False),
                violation_error_code="signing_day",
                violation_error_message="Enter the day on which at least one government signed.",
            ),
            models.CheckConstraint(
                name="signing_in_effect_later",
                condition=Q(in_effect_on__isnull=True)
                | (
                    (Q(us_signed_on__isnull=True) | Q(in_effect_on__gte=F("us_signed_on")))
                    & (Q(partner_signed_on__isnull=True) | Q(in_effect_on__gte=F("partner_signed_on")))
                ),
                violation_error_code="in_effect_on",
                violation_error_message="A text takes effect on the day of its last signature or later.",
            ),
        )
        triggers = [
            lock_first("NEW.partnership_id"),
            signing_fits(),
            within_partnership(amendment_id="amendment"),
            *makes_version(OWN),
            history("r.partnership_id"),
            audits_writes("partnerships.signing"),
            *append_only(),
        ]

    def __str__(self) -> str:
        return f"Signed {spelled(self.us_signed_on or self.partner_signed_on)}"
