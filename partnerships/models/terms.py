from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from cpc.database.revisions import RevisionedModel, counts_revisions
from cpc.database.triggers import append_only
from cpc.days import DayField
from cpc.typed import visible
from partnerships.database.rows import (
    OWN,
    by_amendment,
    derives_partnership,
    history,
    history_triggers,
    locks_partnership,
    makes_version,
    within_partnership,
)
from partnerships.database.withdrawal import of_objective_in_effect, withdrawn_with_its_terms
from partnerships.models.choices import Government
from partnerships.models.limits import BEYOND
from partnerships.models.participants import Participant
from partnerships.models.partnership import Partnership, money


class Paradigm(models.TextChoices):
    """The four Ps of anti-trafficking policy."""

    PROSECUTION = "prosecution", "Prosecution"
    PROTECTION = "protection", "Protection"
    PREVENTION = "prevention", "Prevention"
    PARTNERSHIP = "partnership", "Partnership"


class System(models.TextChoices):
    """Systems that the statute seeks to build: 22 U.S.C. 7103a(d)(1)(B)."""

    JUSTICE = "justice", "Justice"
    PREVENTION = "prevention", "Prevention"
    PROTECTION = "protection", "Protection"


class Progress(models.TextChoices):
    PLANNED = "planned", "Planned"
    UNDER_WAY = "under_way", "In progress"
    DONE = "done", "Done"
    DROPPED = "dropped", "Dropped"


class Objective(RevisionedModel):
    """An outcome that both governments expect during the term: 22 U.S.C. 7103a(d)(2)(A)."""

    partnership = models.ForeignKey(Partnership, on_delete=models.CASCADE, related_name="objectives")
    number = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=200)
    text = models.TextField(blank=True)
    paradigm = models.CharField("P", max_length=12, choices=Paradigm.choices)
    system = models.CharField(max_length=12, choices=System.choices)
    outcome = models.TextField("intended outcome", blank=True)  # signature needs it: partnerships.completeness
    withdrawn = models.BooleanField(default=False)

    class Meta:
        ordering = ("partnership", "number")
        constraints = (
            visible("title"),
            models.UniqueConstraint(
                name="objective_number_once",
                fields=("partnership", "number"),
                violation_error_code="objective_number",
                violation_error_message="Another objective has this number.",
            ),
            models.CheckConstraint(
                name="objective_words_known",
                condition=Q(paradigm__in=Paradigm.values, system__in=System.values),
                violation_error_code="objective_words",
            ),
        )
        triggers = [
            *by_amendment(
                "r.partnership_id", ("number", "title", "text", "paradigm", "system", "outcome", "withdrawn")
            ),
            withdrawn_with_its_terms(),
            *makes_version(OWN),
            counts_revisions(),
            *history_triggers("r.partnership_id"),
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.title}"


class Responsibility(RevisionedModel):
    """A responsibility that one participant takes on: 22 U.S.C. 7103a(d)(2)(B)."""

    partnership = models.ForeignKey(Partnership, on_delete=models.CASCADE, related_name="responsibilities")
    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="responsibilities")
    objective = models.ForeignKey(
        Objective, on_delete=models.PROTECT, null=True, blank=True, related_name="responsibilities"
    )
    text = models.TextField("what it does")
    due_on = DayField(null=True, blank=True)
    status = models.CharField(max_length=10, choices=Progress.choices, default=Progress.PLANNED)
    evidence = models.TextField(blank=True, help_text="Evidence. Nothing about an individual child.")
    withdrawn = models.BooleanField(default=False)

    class Meta:
        ordering = ("partnership", "participant", "due_on", "id")
        verbose_name_plural = "responsibilities"
        constraints = (
            models.CheckConstraint(
                name="responsibility_done_shown",
                condition=~Q(status=Progress.DONE) | ~Q(evidence=""),
                violation_error_code="evidence",
                violation_error_message="Enter evidence that it is done.",
            ),
        )
        triggers = [
            within_partnership(participant_id="participant", objective_id="objective"),
            of_objective_in_effect("partnerships_responsibility"),
            *by_amendment("r.partnership_id", ("participant_id", "objective_id", "text", "due_on", "withdrawn")),
            *makes_version(OWN),
            counts_revisions(),
            *history_triggers("r.partnership_id"),
        ]

    def __str__(self) -> str:
        return self.text[:80]


class Program(RevisionedModel):
    """A program or initiative. `ProgramAmount` holds each government's allocation to it."""

    partnership = models.ForeignKey(Partnership, on_delete=models.CASCADE, related_name="programs")
    title = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    withdrawn = models.BooleanField(default=False)

    class Meta:
        ordering = ("partnership", "title")
        constraints = (
            visible("title"),
            models.UniqueConstraint(
                name="program_once",
                fields=("partnership", "title"),
                violation_error_code="program_once",
                violation_error_message="This program is already recorded.",
            ),
        )
        triggers = [
            *by_amendment("r.partnership_id", ("title", "description", "withdrawn")),
            *makes_version(OWN),
            counts_revisions(),
            *history_triggers("r.partnership_id"),
        ]

    def __str__(self) -> str:
        return self.title


_PROGRAM = "(SELECT g.partnership_id FROM partnerships_program g WHERE g.id = {row}.program_id)"


class ProgramAmount(models.Model):
    """One government's allocation to one program, in U.S. dollars. The newest row counts.

    22 U.S.C. 7103a(d)(2)(C). The planned total of a partnership is the sum over the United States' rows.
    """

    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="amounts")
    government = models.CharField(max_length=8, choices=Government.choices)
    amount = money("amount")
    note = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ("program", "government", "-id")
        indexes = (models.Index(fields=("program", "government", "-id"), name="program_amount_newest"),)
        constraints = (
            models.CheckConstraint(
                name="program_amount_not_negative",
                condition=Q(amount__gte=0, amount__lt=BEYOND),
                violation_error_code="amount",
                violation_error_message="An amount must be zero or more.",
            ),
            models.CheckConstraint(
                name="program_amount_government",
                condition=Q(government__in=Government.values),
                violation_error_code="government",
            ),
        )
        triggers = [
            locks_partnership(_PROGRAM.format(row="NEW")),
            *by_amendment(_PROGRAM.format(row="r"), ("program_id", "government", "amount")),
            derives_partnership(
                "SELECT g.partnership_id FROM new_rows n JOIN partnerships_program g ON g.id = n.program_id"
            ),
            history(_PROGRAM.format(row="r")),
            *append_only(),
        ]

    def __str__(self) -> str:
        return f"{self.get_government_display()}: USD {self.amount:,.2f}"


class Activity(RevisionedModel):
    """Planned work for an objective, with planned and actual dates."""

    partnership = models.ForeignKey(Partnership, on_delete=models.CASCADE, related_name="activities")
    objective = models.ForeignKey(Objective, on_delete=models.PROTECT, related_name="activities")
    program = models.ForeignKey(Program, on_delete=models.PROTECT, null=True, blank=True, related_name="activities")
    title = models.CharField(max_length=200)
    place = models.CharField(max_length=200, blank=True, help_text="A region or town, never the address of a shelter.")
    implementer = models.CharField(max_length=200, blank=True)
    planned_start = DayField()
    planned_end = DayField()
    actual_start = DayField(null=True, blank=True)
    actual_end = DayField(null=True, blank=True)
    status = models.CharField(max_length=10, choices=Progress.choices, default=Progress.PLANNED)
    withdrawn = models.BooleanField(default=False)

    class Meta:
        ordering = ("partnership", "planned_start", "id")
        verbose_name_plural = "activities"
        constraints = (
            visible("title"),
            models.CheckConstraint(
                name="activity_planned_ordered",
                condition=Q(planned_end__gte=F("planned_start")),
                violation_error_code="planned_end",
                violation_error_message="The last day cannot be before the first day.",
            ),
            models.CheckConstraint(
                name="activity_actual_ordered",
                condition=Q(actual_end__isnull=True) | Q(actual_start__isnull=False, actual_end__gte=F("actual_start")),
                violation_error_code="actual_end",
                violation_error_message="An actual end needs an actual start, and cannot be before it.",
            ),
            models.CheckConstraint(
                name="activity_done_ended",
                condition=~Q(status=Progress.DONE) | Q(actual_end__isnull=False),
                violation_error_code="actual_end",
                violation_error_message="Enter the day on which it ended, or choose another status.",
            ),
        )
        triggers = [
            within_partnership(objective_id="objective", program_id="program"),
            of_objective_in_effect("partnerships_activity"),
            *by_amendment(
                "r.partnership_id",
                ("objective_id", "program_id", "title", "planned_start", "planned_end", "withdrawn"),
            ),
            *makes_version(OWN),
            counts_revisions(),
            *history_triggers("r.partnership_id"),
        ]

    def __str__(self) -> str:
        return self.title


class Milestone(RevisionedModel):
    activity = models.ForeignKey(Activity, on_delete=models.CASCADE, related_name="milestones")
    title = models.CharField(max_length=200)
    planned_on = DayField()
    reached_on = DayField(null=True, blank=True)

    class Meta:
        ordering = ("activity", "planned_on", "id")
        constraints = (visible("title"),)
        triggers = [
            *by_amendment(
                "(SELECT a.partnership_id FROM partnerships_activity a WHERE a.id = r.activity_id)",
                ("activity_id", "title", "planned_on"),
            ),
            *makes_version(
                "SELECT a.partnership_id FROM {rows} t JOIN partnerships_activity a ON a.id = t.activity_id"
            ),
            counts_revisions(),
            *history_triggers("(SELECT a.partnership_id FROM partnerships_activity a WHERE a.id = r.activity_id)"),
        ]

    def __str__(self) -> str:
        return self.title
