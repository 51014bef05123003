from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from cpc.checked import CheckedModel
from cpc.database.audit_triggers import audits_writes
from cpc.database.triggers import append_only
from cpc.days import DayField
from partnerships.database.authority import closed_once, confirms_reason, determines
from partnerships.database.derived import moves_partnership
from partnerships.database.rows import (
    OWN,
    derives_partnership,
    history,
    makes_version,
    on_its_day,
    within_partnership,
)
from partnerships.decidable import records_authors
from partnerships.models.awards import Award
from partnerships.models.choices import Status
from partnerships.models.documents import DocumentVersion
from partnerships.models.partnership import Partnership


class DeterminationKind(models.TextChoices):
    """Kinds of determination that the Secretary makes under 22 U.S.C. 7103a(d)(6)."""

    SUSPENSION = "suspension", "Suspension"
    TERMINATION = "termination", "Termination"
    REINSTATEMENT = "reinstatement", "Reinstatement"


class Ground(models.TextChoices):
    """The three grounds of 22 U.S.C. 7103a(d)(6)(A)."""

    NATIONAL_SECURITY = "national_security", "Activities contrary to national security interests"
    ELIGIBILITY = "eligibility", "Pattern of actions inconsistent with the criteria of eligibility"
    RESPONSIBILITIES = "responsibilities", "Responsibilities under the compact not met"


class Scope(models.TextChoices):
    WHOLE = "whole", "In whole"
    PART = "part", "In part"


class SubjectKind(models.TextChoices):
    COUNTRY = "country", "The country"
    ENTITY = "entity", "An entity"


class Determination(CheckedModel):
    """A suspension, termination, or reinstatement under 22 U.S.C. 7103a(d)(6). Written once."""

    partnership = models.ForeignKey(Partnership, on_delete=models.PROTECT, related_name="determinations")
    kind = models.CharField(max_length=14, choices=DeterminationKind.choices)
    scope = models.CharField(max_length=6, choices=Scope.choices, default=Scope.WHOLE)
    part = models.CharField("which part", max_length=300, blank=True)
    subject = models.CharField(max_length=8, choices=SubjectKind.choices, default=SubjectKind.COUNTRY)
    award = models.ForeignKey(
        Award,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="determinations",
        help_text="The award of the entity.",
    )
    grounds = ArrayField(models.CharField(max_length=20, choices=Ground.choices), default=list, blank=True)
    text = models.TextField("determination")
    signatory = models.CharField(max_length=200, help_text="The office that signed, as in the document.")
    determined_on = DayField()
    document = models.ForeignKey(DocumentVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    suspension = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="reinstatement"
    )
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ("partnership", "determined_on", "id")
        constraints = (
            models.CheckConstraint(
                name="determination_grounds",
                condition=Q(kind=DeterminationKind.REINSTATEMENT, suspension__isnull=False)
                | (
                    Q(
                        kind__in=(DeterminationKind.SUSPENSION, DeterminationKind.TERMINATION),
                        suspension__isnull=True,
                        grounds__contained_by=list(Ground.values),
                    )
                    & ~Q(grounds=[])
                ),
                violation_error_code="grounds",
                violation_error_message=(
                    "A suspension or termination names one or more of the three grounds; a reinstatement names the "
                    "suspension it ends (22 U.S.C. 7103a(d)(6))."
                ),
            ),
            models.CheckConstraint(
                name="determination_part_named",
                condition=Q(scope=Scope.WHOLE) | ~Q(part=""),
                violation_error_code="part",
                violation_error_message="Enter which part.",
            ),
            models.CheckConstraint(
                name="determination_entity_named",
                condition=Q(subject=SubjectKind.COUNTRY, award__isnull=True)
                | Q(subject=SubjectKind.ENTITY, award__isnull=False),
                violation_error_code="entity",
                violation_error_message="Choose an award for an entity, and none for a country.",
            ),
            models.CheckConstraint(
                name="determination_signed",
                condition=~Q(text="") & ~Q(signatory=""),
                violation_error_code="signatory",
                violation_error_message="A determination needs a text and a signatory.",
            ),
        )
        triggers = [
            determines(),
            on_its_day("determined_on"),
            within_partnership(award_id="award"),
            history("r.partnership_id"),
            audits_writes("partnerships.determination"),
            *append_only(),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of {self.determined_on}"

    @property
    def stops_the_partnership(self) -> bool:
        return self.scope == Scope.WHOLE and self.subject == SubjectKind.COUNTRY


class Correction(models.Model):
    """A correction of one ground of a suspension: 22 U.S.C. 7103a(d)(6)(B). Closed once."""

    determination = models.ForeignKey(Determination, on_delete=models.PROTECT, related_name="corrections")
    ground = models.CharField(max_length=20, choices=Ground.choices)
    description = models.TextField()
    closed_on = DayField(null=True, blank=True)
    evidence = models.TextField(blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ("determination", "ground")
        constraints = (
            models.UniqueConstraint(
                name="correction_once",
                fields=("determination", "ground"),
                violation_error_code="correction_once",
                violation_error_message="A correction of this ground is already recorded.",
            ),
            models.CheckConstraint(
                name="correction_closed_whole",
                condition=Q(closed_on__isnull=True) | (Q(closed_by__isnull=False) & ~Q(evidence="")),
                violation_error_code="evidence",
                violation_error_message="A closed correction needs a person and evidence.",
            ),
        )
        triggers = [*closed_once()]

    def __str__(self) -> str:
        return f"Correction: {self.get_ground_display()}"


class StatusChange(models.Model):
    """One step of the lifecycle. The newest row gives the status of the partnership."""

    partnership = models.ForeignKey(Partnership, on_delete=models.PROTECT, related_name="status_changes")
    transition = models.CharField(max_length=30)
    from_status = models.CharField(max_length=14, choices=Status.choices)
    to_status = models.CharField(max_length=14, choices=Status.choices)
    effective_on = DayField()
    reason = models.TextField(blank=True)
    determination = models.OneToOneField(
        Determination, on_delete=models.PROTECT, null=True, blank=True, related_name="status_change"
    )
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ("partnership", "id")
        indexes = (models.Index(fields=("partnership", "-id"), name="status_change_newest"),)
        triggers = [
            records_authors("partnerships_statuschange"),
            *moves_partnership(),
            derives_partnership("SELECT partnership_id FROM new_rows"),
            audits_writes("partnerships.statuschange"),
            *append_only(),
        ]

    def __str__(self) -> str:
        """Name the country, because the audit trail and home name a step by this."""
        return f"Partnership with {self.partnership.country}: {self.get_to_status_display().lower()}"


class OriginConfirmation(models.Model):
    """An approver's confirmation of the stated reason for a partnership without a decision.

    It is written once.
    """

    partnership = models.OneToOneField(Partnership, on_delete=models.PROTECT, related_name="origin_confirmation")
    note = models.TextField(blank=True)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        triggers = [
            confirms_reason(),
            *makes_version(OWN, pgtrigger.Insert),
            history("r.partnership_id"),
            audits_writes("partnerships.originconfirmation"),
            *append_only(),
        ]

    def __str__(self) -> str:
        return f"Confirmation of the stated reason for {self.partnership}"


class NoticeKind(models.TextChoices):
    EXPIRY = "expiry", "The term ends"
    EXPIRED = "expired", "The term has ended"
    REPORT_OVERDUE = "report_overdue", "A report is overdue"
    RESPONSIBILITY_OVERDUE = "responsibility_overdue", "A responsibility is overdue"
    PERIOD_OVERDUE = "period_overdue", "The report of a period is overdue"
    ACTION_OVERDUE = "action_overdue", "An action item is overdue"
    REVIEW_OVERDUE = "review_overdue", "A review is overdue"


class Notice(models.Model):
    """A notice that something fell due. `key` ensures that it is raised only once."""

    partnership = models.ForeignKey(Partnership, on_delete=models.PROTECT, related_name="notices")
    kind = models.CharField(max_length=24, choices=NoticeKind.choices)
    key = models.CharField(max_length=80, unique=True)
    text = models.CharField(max_length=300)
    due_on = DayField()
    raised_on = DayField()

    class Meta:
        ordering = ("-raised_on", "-id")
        triggers = append_only()

    def __str__(self) -> str:
        return self.text
