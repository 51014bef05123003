"""The yearly dialogue: key indicators, agenda, minutes, and action items.

Key indicators are selected before the dialogue; the minutes record their data.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from cpc.database.revisions import RevisionedModel, counts_revisions
from cpc.database.triggers import state_triggers
from cpc.days import DayField
from cpc.typed import visible
from partnerships.database.lifecycle import (
    agenda_written,
    edited_while,
    fixed_once,
    follows_steps,
    takes_steps,
    written_while,
)
from partnerships.database.rows import history_triggers
from partnerships.models.monitoring import NO_SINGLE_CHILD, OutcomeIndicator, Step, quantity
from partnerships.models.participants import Participant
from partnerships.models.partnership import Partnership
from partnerships.models.results import Result
from partnerships.states import ACTION_ITEM, DIALOGUE


class DialogueState(models.TextChoices):
    PLANNED = "planned", "Planned"
    READY = "ready", "Ready"
    HELD = "held", "Held, minutes open"
    CONCLUDED = "concluded", "Concluded"
    CANCELED = "canceled", "Canceled"


class Dialogue(RevisionedModel):
    """One dialogue of the participants. It needs a key indicator before it can be set ready."""

    partnership = models.ForeignKey(Partnership, on_delete=models.CASCADE, related_name="dialogues")
    number = models.PositiveSmallIntegerField()
    planned_on = DayField()
    held_from = DayField("first day", null=True, blank=True)
    held_until = DayField("last day", null=True, blank=True)
    place = models.CharField(max_length=200, blank=True)
    is_final = models.BooleanField("final dialogue", default=False)
    state = models.CharField(
        max_length=12, choices=DialogueState.choices, default=DialogueState.PLANNED, editable=False
    )

    class Meta:
        ordering = ("partnership", "number")
        constraints = (
            models.UniqueConstraint(
                name="dialogue_number_once",
                fields=("partnership", "number"),
                violation_error_code="dialogue_number",
                violation_error_message="Another dialogue has this number.",
            ),
            models.CheckConstraint(
                name="dialogue_days_ordered",
                condition=Q(held_from__isnull=True, held_until__isnull=True)
                | Q(held_from__isnull=False, held_until__isnull=False, held_until__gte=F("held_from")),
                violation_error_code="held_until",
                violation_error_message="Enter the first and last day in order.",
            ),
        )
        triggers = [
            follows_steps("partnerships_dialoguestep", "dialogue_id", DIALOGUE),
            edited_while(
                ("planned", "ready"),
                code="dialogue_fixed",
                message="The dates of a dialogue that was held or canceled cannot change.",
            ),
            counts_revisions(),
            *history_triggers("r.partnership_id"),
        ]

    def __str__(self) -> str:
        return f"Dialogue {self.number}"


_READY_NEEDS_KEY_INDICATOR = """
    IF NEW.name = 'set_ready'
       AND NOT EXISTS (SELECT 1 FROM partnerships_keyindicator k WHERE k.dialogue_id = NEW.dialogue_id) THEN
        PERFORM cpc_refuse('key_indicator_missing', 'Select the key indicators before you mark the dialogue ready.');
    END IF;
    IF NEW.name = 'hold' AND (p.held_from IS NULL OR p.held_from > cpc_today()) THEN
        PERFORM cpc_refuse('held_from', 'Enter the date on which the dialogue was held. It cannot be in the future.');
    END IF;
"""


class DialogueStep(Step):
    dialogue = models.ForeignKey(Dialogue, on_delete=models.PROTECT, related_name="steps")
    stepped = property(lambda self: self.dialogue)

    class Meta(Step.Meta):
        triggers = takes_steps("partnerships_dialogue", "dialogue_id", DIALOGUE, also=_READY_NEEDS_KEY_INDICATOR)


_PARTNERSHIP = "(SELECT d.partnership_id FROM partnerships_dialogue d WHERE d.id = r.dialogue_id)"


class AgendaKind(models.TextChoices):
    """Subjects of an agenda item. Every agenda includes sustainability and contributions."""

    INDICATORS = "indicators", "Key indicators and their targets"
    SUSTAINABILITY = "sustainability", "Sustaining progress"
    CONTRIBUTIONS = "contributions", "Contributions of the participants"
    ACTIVITIES = "activities", "Activities"
    RISKS = "risks", "Risks"
    OTHER = "other", "Other"


class AgendaItem(RevisionedModel):
    dialogue = models.ForeignKey(Dialogue, on_delete=models.CASCADE, related_name="agenda")
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=14, choices=AgendaKind.choices)
    title = models.CharField(max_length=200)
    presenter = models.ForeignKey(Participant, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    minutes = models.TextField(blank=True, help_text=f"The outcome. {NO_SINGLE_CHILD}")

    class Meta:
        ordering = ("dialogue", "number")
        constraints = (
            visible("title"),
            models.UniqueConstraint(
                name="agenda_item_number_once",
                fields=("dialogue", "number"),
                violation_error_code="agenda_number",
                violation_error_message="Another agenda item has this number.",
            ),
            models.CheckConstraint(
                name="agenda_item_kind_known",
                condition=Q(kind__in=AgendaKind.values),
                violation_error_code="agenda_kind",
            ),
        )
        triggers = [agenda_written(), counts_revisions(), *history_triggers(_PARTNERSHIP)]

    def __str__(self) -> str:
        return f"{self.number}. {self.title}"


class KeyIndicator(models.Model):
    """An indicator that the participants will discuss, selected while the dialogue is planned."""

    dialogue = models.ForeignKey(Dialogue, on_delete=models.CASCADE, related_name="key_indicators")
    indicator = models.ForeignKey(OutcomeIndicator, on_delete=models.PROTECT, related_name="key_in")
    why = models.CharField(max_length=300, blank=True, help_text="Reason to discuss it this time.")
    named_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ("dialogue", "id")
        constraints = (
            models.UniqueConstraint(
                name="key_indicator_once",
                fields=("dialogue", "indicator"),
                violation_error_code="key_indicator_once",
                violation_error_message="This indicator is already selected.",
            ),
        )
        triggers = [
            written_while(
                "partnerships_dialogue",
                "r.dialogue_id",
                ("planned",),
                code="dialogue_fixed",
                message="Select key indicators before you mark the dialogue ready.",
            ),
            *history_triggers(_PARTNERSHIP),
        ]

    def __str__(self) -> str:
        return str(self.indicator)


class IndicatorMinute(RevisionedModel):
    """The data of a key indicator as shown at the dialogue, with the discussion about it."""

    key_indicator = models.OneToOneField(KeyIndicator, on_delete=models.PROTECT, related_name="minute")
    result = models.ForeignKey(
        Result,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="The newest result at that time, or one of several that make the value shown.",
    )
    value_shown = quantity("value shown", null=True, blank=True)
    target_shown = quantity("target shown", null=True, blank=True)
    no_data_reason = models.CharField(max_length=300, blank=True)
    discussion = models.TextField(help_text=NO_SINGLE_CHILD)

    class Meta:
        ordering = ("key_indicator",)
        constraints = (
            models.CheckConstraint(
                name="indicator_minute_whole",
                condition=(
                    Q(value_shown__isnull=False, no_data_reason="")
                    | (Q(value_shown__isnull=True) & ~Q(no_data_reason=""))
                )
                & ~Q(discussion=""),
                violation_error_code="minutes",
                violation_error_message="Enter the value shown, or why there was none, and the discussion.",
            ),
        )
        triggers = [
            written_while(
                "partnerships_dialogue",
                "(SELECT k.dialogue_id FROM partnerships_keyindicator k WHERE k.id = r.key_indicator_id)",
                ("held",),
                code="dialogue_fixed",
                message="Write minutes after the dialogue is held and before they are concluded.",
            ),
            counts_revisions(),
            *history_triggers(
                "(SELECT d.partnership_id FROM partnerships_dialogue d JOIN partnerships_keyindicator k "
                "ON k.dialogue_id = d.id WHERE k.id = r.key_indicator_id)"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key_indicator}: {self.no_data_reason or self.value_shown}"


class ActionState(models.TextChoices):
    OPEN = "open", "Open"
    DONE = "done", "Done"
    DROPPED = "dropped", "Dropped"


class ActionItem(RevisionedModel):
    dialogue = models.ForeignKey(Dialogue, on_delete=models.PROTECT, related_name="actions")
    text = models.TextField("action", help_text=NO_SINGLE_CHILD)
    owner = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="actions")
    due_on = DayField()
    state = models.CharField(max_length=8, choices=ActionState.choices, default=ActionState.OPEN)
    closed_on = DayField(null=True, blank=True)
    outcome = models.TextField(blank=True, help_text=f"What was done, or why it was dropped. {NO_SINGLE_CHILD}")

    class Meta:
        ordering = ("dialogue", "due_on", "id")
        indexes = (models.Index(fields=("state", "due_on"), name="action_item_due"),)
        constraints = (
            models.CheckConstraint(
                name="action_item_closed_whole",
                condition=Q(state=ActionState.OPEN, closed_on__isnull=True)
                | (Q(state__in=(ActionState.DONE, ActionState.DROPPED), closed_on__isnull=False) & ~Q(outcome="")),
                violation_error_code="action_item",
                violation_error_message="A closed action item needs a date and a note on what was done, or why not.",
            ),
        )
        triggers = [
            *state_triggers(ACTION_ITEM, code="action_item_closed"),
            fixed_once(
                "TG_OP = 'DELETE' AND OLD.state <> 'open'",
                code="action_item_closed",
                message="A closed action item cannot be reopened.",
            ),
            counts_revisions(),
            *history_triggers(_PARTNERSHIP),
        ]

    def __str__(self) -> str:
        return self.text[:80]
