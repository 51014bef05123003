"""Reports due from recipients of awards, and the steps of an award's close-out."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from cpc.database.triggers import append_only
from cpc.days import DayField
from partnerships import states
from partnerships.database.financial_reports import ends_with_quarter
from partnerships.database.lifecycle import events_follow, fixed_once, takes_steps
from partnerships.database.rows import bounds_schedule, locks_partnership, on_its_day
from partnerships.models.awards import Award
from partnerships.models.documents import DocumentVersion
from partnerships.models.monitoring import Step
from partnerships.schedules import ReportFrequency, ReportKind

_PARTNERSHIP = "(SELECT a.partnership_id FROM partnerships_award a WHERE a.id = NEW.award_id)"


class ReportKinds(models.TextChoices):
    """Kinds of report that a recipient submits; see `partnerships.schedules`."""

    PERFORMANCE = ReportKind.PERFORMANCE.value, "Performance report"
    FINANCIAL = ReportKind.FINANCIAL.value, "Financial report"


class ReportFrequencies(models.TextChoices):
    """Reporting frequencies; see `partnerships.schedules`."""

    QUARTERLY = ReportFrequency.QUARTERLY.value, "Quarterly"
    SEMIANNUAL = ReportFrequency.SEMIANNUAL.value, "Every six months"
    ANNUAL = ReportFrequency.ANNUAL.value, "Yearly"
    FINAL = ReportFrequency.FINAL.value, "Final"


class ReportDue(models.Model):
    award = models.ForeignKey(Award, on_delete=models.CASCADE, related_name="reports_due")
    kind = models.CharField(max_length=12, choices=ReportKinds.choices)
    frequency = models.CharField(max_length=10, choices=ReportFrequencies.choices)
    period_start = DayField()
    period_end = DayField()
    due_on = DayField()

    class Meta:
        ordering = ("due_on", "id")
        verbose_name_plural = "reports due"
        constraints = (
            models.UniqueConstraint(
                name="report_due_once",
                fields=("award", "kind", "frequency", "period_end"),
                violation_error_code="report_due_once",
                violation_error_message="This report is already scheduled.",
            ),
            models.CheckConstraint(
                name="report_due_ordered",
                condition=Q(period_end__gte=F("period_start"), due_on__gt=F("period_end")),
                violation_error_code="period",
                violation_error_message="A report must be due after the end of its period.",
            ),
        )
        triggers = [
            locks_partnership(_PARTNERSHIP),
            bounds_schedule("partnerships_reportdue", "award_id", "kind", "frequency"),
            ends_with_quarter(),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} to {self.period_end}"


class ReportEventKind(models.TextChoices):
    RECEIVED = "received", "Received"
    ACCEPTED = "accepted", "Accepted"
    RETURNED = "returned", "Returned"
    WAIVED = "waived", "Waived"


class ReportEvent(models.Model):
    """One event of a report: received, accepted, returned, or waived. The newest event counts."""

    report = models.ForeignKey(ReportDue, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=10, choices=ReportEventKind.choices)
    on = DayField("day")
    document = models.ForeignKey(DocumentVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    note = models.CharField(max_length=500, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ("report", "-id")
        constraints = (
            models.CheckConstraint(
                name="report_event_reason",
                condition=~Q(kind__in=(ReportEventKind.RETURNED, ReportEventKind.WAIVED)) | Q(note__regex=r"\S"),
                violation_error_code="note",
                violation_error_message="Explain what needs to change in the report, or why it is waived.",
            ),
        )
        triggers = [
            events_follow(
                "partnerships_reportevent", "partnerships_reportdue", "report_id", states.REPORT, code="report_state"
            ),
            *append_only(),
        ]

    def __str__(self) -> str:
        return f"{self.report}: {self.get_kind_display()}"


class CloseoutKind(models.TextChoices):
    """Steps of the close-out of an award (2 CFR 200.344)."""

    FINAL_PERFORMANCE = "final_performance", "Final performance report accepted"
    FINAL_FINANCIAL = "final_financial", "Final financial report accepted"
    PROPERTY = "property", "Property accounted for"
    DEOBLIGATION = "deobligation", "Unused funds de-obligated"
    LESSONS = "lessons", "Lessons recorded"
    SUSTAINABILITY = "sustainability", "Sustainability checked"


class CloseoutStep(models.Model):
    """One step of one award's close-out: done, or not applicable with a reason."""

    award = models.ForeignKey(Award, on_delete=models.CASCADE, related_name="closeout_steps")
    kind = models.CharField(max_length=20, choices=CloseoutKind.choices)
    due_on = DayField()
    done_on = DayField(null=True, blank=True)
    not_applicable_because = models.CharField(max_length=300, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ("award", "due_on", "id")
        constraints = (
            models.UniqueConstraint(
                name="closeout_step_once",
                fields=("award", "kind"),
                violation_error_code="closeout_step_once",
                violation_error_message="This step is already on the list.",
            ),
        )
        triggers = [
            fixed_once(
                "OLD.done_on IS NOT NULL OR OLD.not_applicable_because <> ''",
                code="closeout_step",
                message="This step is already recorded and cannot be changed.",
            )
        ]

    def __str__(self) -> str:
        return self.get_kind_display()

    @property
    def is_done(self) -> bool:
        return self.done_on is not None or self.not_applicable_because != ""


_CLOSED_WHOLE = f"""
    IF NEW.name = 'close' AND (SELECT count(*) FROM partnerships_closeoutstep c WHERE c.award_id = p.id
            AND (c.done_on IS NOT NULL OR c.not_applicable_because <> '')) < {len(CloseoutKind)} THEN
        PERFORM cpc_refuse('closeout_open', 'Finish all close-out steps first.');
    ELSIF NEW.name = 'close' AND p.obligated_total <> p.disbursed_total THEN
        PERFORM cpc_refuse('not_liquidated', 'First disburse or de-obligate what is obligated.');
    END IF;
"""  # noqa: S608  # names of our own tables alone


class AwardStep(Step):
    """One step of an award.

    The actor is empty if the obligation that activated the award has no recorder.
    """

    award = models.ForeignKey(Award, on_delete=models.PROTECT, related_name="steps")
    stepped = property(lambda self: self.award)
    actor = models.ForeignKey(  # type: ignore[assignment]  # the other steps have one
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    on = DayField("day")

    class Meta(Step.Meta):
        triggers = [
            locks_partnership(_PARTNERSHIP),
            on_its_day("on"),
            *takes_steps("partnerships_award", "award_id", states.AWARD, also=_CLOSED_WHOLE),
        ]
