"""Field monitoring: site visits, data quality assessments, and desk reviews, with findings followed to closure."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from cpc.checked import CheckedModel
from cpc.database.revisions import RevisionedModel, counts_revisions
from cpc.days import DayField
from partnerships import decidable
from partnerships.database.lifecycle import follows_steps, takes_steps
from partnerships.database.results import in_a_region
from partnerships.database.rows import history_triggers, within_partnership
from partnerships.decidable import records_authors
from partnerships.models.awards import Award
from partnerships.models.documents import DocumentVersion
from partnerships.models.monitoring import NO_SINGLE_CHILD, OutcomeIndicator, Step
from partnerships.models.participants import Participant
from partnerships.models.partnership import Partnership
from partnerships.states import FINDING

WIDER_REGIONS = ("Elsewhere", "Several regions")
"""Choices of region besides the focus regions of a partnership."""


class FieldCheckKind(models.TextChoices):
    SITE_VISIT = "site_visit", "Site visit"
    DATA_QUALITY = "data_quality", "Data quality assessment"
    DESK_REVIEW = "desk_review", "Desk review"


class Tested(models.TextChoices):
    """Outcome of one test of data quality."""

    YES = "yes", "Yes"
    NO = "no", "No"
    NOT_TESTED = "not_tested", "Not tested"


TESTS = ("validity", "integrity", "precision", "reliability", "timeliness")
"""Tests of data quality, as the office's practice has them."""


def _test(help_text: str) -> models.CharField[str, str]:
    return models.CharField(max_length=10, choices=Tested.choices, blank=True, help_text=help_text)


class FieldCheck(CheckedModel, RevisionedModel):
    """One site visit, data quality assessment, or desk review.

    The region is as near as it is ever recorded: no address of a shelter, and roles and offices instead of people.
    """

    partnership = models.ForeignKey(Partnership, on_delete=models.CASCADE, related_name="field_checks")
    kind = models.CharField(max_length=12, choices=FieldCheckKind.choices)
    first_on = DayField("first day")
    last_on = DayField("last day")
    region = models.CharField(
        max_length=80, blank=True, help_text="A focus region. Never an address, least of all that of a shelter."
    )
    took_part = models.CharField(
        "who took part", max_length=300, help_text="Roles and offices, such as embassy, program officer; no names."
    )
    award = models.ForeignKey(Award, on_delete=models.PROTECT, null=True, blank=True, related_name="field_checks")
    indicator = models.ForeignKey(
        OutcomeIndicator, on_delete=models.PROTECT, null=True, blank=True, related_name="field_checks"
    )
    summary = models.TextField("what was seen", blank=True, help_text=NO_SINGLE_CHILD)
    validity = _test("The data measure what the indicator means.")
    integrity = _test("The data are protected against being changed or made up, and so are the people in them.")
    precision = _test("The data are detailed enough for decisions.")
    reliability = _test("The same method is used each time, by everyone.")
    timeliness = _test("The data are recent and frequent enough for decisions.")
    document = models.ForeignKey(
        DocumentVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="report"
    )
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ("partnership", "-last_on", "-id")
        constraints = (
            models.CheckConstraint(
                name="field_check_ordered",
                condition=Q(last_on__gte=F("first_on")),
                violation_error_code="dates_order",
                violation_error_message="The last day cannot be before the first day.",
            ),
            models.CheckConstraint(
                name="field_check_choices_known",
                condition=Q(kind__in=FieldCheckKind.values)
                & Q(**{f"{name}__in": ["", *Tested.values] for name in TESTS}),
                violation_error_code="field_check_choice",
            ),
            models.CheckConstraint(
                name="field_check_tested",
                condition=(
                    Q(kind=FieldCheckKind.DATA_QUALITY, indicator__isnull=False)
                    & ~Q(validity="") & ~Q(integrity="") & ~Q(precision="") & ~Q(reliability="") & ~Q(timeliness="")
                )
                | (~Q(kind=FieldCheckKind.DATA_QUALITY) & Q(**dict.fromkeys(TESTS, ""))),
                violation_error_code="tests",
                violation_error_message=(
                    "A data quality assessment names its indicator and the outcome of all five tests; nothing else has "
                    "them."
                ),
            ),
            models.CheckConstraint(
                name="field_check_somewhere",
                condition=~Q(kind=FieldCheckKind.SITE_VISIT) | ~Q(region=""),
                violation_error_code="region",
                violation_error_message="Choose the region of the site visit.",
            ),
        )  # fmt: skip
        triggers = [
            within_partnership(award_id="award", indicator_id="outcomeindicator"),
            in_a_region(),
            counts_revisions(),
            *history_triggers("r.partnership_id"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.last_on}"


class FindingWeight(models.TextChoices):
    MAJOR = "major", "Major"
    MINOR = "minor", "Minor"


class FindingState(models.TextChoices):
    OPEN = "open", "Open"
    EVIDENCE = "evidence", "Evidence in, check it"
    REOPENED = "reopened", "Reopened"
    CLOSED = "closed", "Closed"


class FieldFinding(CheckedModel, RevisionedModel):
    """One finding of a field check: who does what by when.

    The recipient of an award, an office that takes part, or one person of the TIP Office is responsible. Neither that
    person nor the one who records the evidence can close it. A finding on an indicator marks its values until then.
    """

    partnership = models.ForeignKey(Partnership, on_delete=models.CASCADE, related_name="field_findings")
    field_check = models.ForeignKey(FieldCheck, on_delete=models.PROTECT, related_name="findings")
    text = models.CharField("finding", max_length=300, help_text=NO_SINGLE_CHILD)
    weight = models.CharField(max_length=6, choices=FindingWeight.choices)
    award = models.ForeignKey(Award, on_delete=models.PROTECT, null=True, blank=True, related_name="field_findings")
    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    action = models.CharField(max_length=300, help_text=NO_SINGLE_CHILD)
    due_on = DayField("due")
    indicator = models.ForeignKey(
        OutcomeIndicator, on_delete=models.PROTECT, null=True, blank=True, related_name="field_findings"
    )
    state = models.CharField(max_length=12, choices=FindingState.choices, default=FindingState.OPEN, editable=False)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ("partnership", "due_on", "id")
        indexes = (models.Index(fields=("state", "due_on"), name="field_finding_due"),)
        constraints = (
            models.CheckConstraint(
                name="field_finding_one_responsible",
                condition=Q(award__isnull=False, participant__isnull=True, person__isnull=True)
                | Q(award__isnull=True, participant__isnull=False, person__isnull=True)
                | Q(award__isnull=True, participant__isnull=True, person__isnull=False),
                violation_error_code="responsible",
                violation_error_message="Choose who is responsible: the recipient of an award, an office, or a person.",
            ),
            models.CheckConstraint(
                name="field_finding_choices_known",
                condition=Q(weight__in=FindingWeight.values),
                violation_error_code="finding_choice",
            ),
            models.CheckConstraint(
                name="field_finding_written",
                condition=Q(text__regex=r"\S", action__regex=r"\S"),
                violation_error_code="text",
                violation_error_message="Enter what was found and what is to be done.",
            ),
        )
        triggers = [
            follows_steps("partnerships_fieldfindingstep", "finding_id", FINDING),
            within_partnership(
                field_check_id="fieldcheck",
                award_id="award",
                participant_id="participant",
                indicator_id="outcomeindicator",
            ),
            records_authors("partnerships_fieldfinding"),
            counts_revisions(),
            *history_triggers("r.partnership_id"),
        ]

    def __str__(self) -> str:
        return self.text[:80]

    @property
    def responsible(self) -> str:
        """Return who must resolve it."""
        return self.award.recipient if self.award else str(self.participant or self.person)


class FieldFindingStep(Step):
    """One step of a finding; `reason` is the evidence, or why it is not enough."""

    finding = models.ForeignKey(FieldFinding, on_delete=models.PROTECT, related_name="steps")
    document = models.ForeignKey(
        DocumentVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="evidence"
    )
    stepped = property(lambda self: self.finding)

    class Meta(Step.Meta):
        triggers = [
            *takes_steps("partnerships_fieldfinding", "finding_id", FINDING, decides=decidable.FINDING),
            records_authors("partnerships_fieldfindingstep"),
        ]
