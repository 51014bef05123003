"""Dialogues: agenda, key indicators with their data, actions, and what to prepare."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from cpc.database.revisions import revision_of_set
from partnerships.models import (
    ActionItem,
    ActionState,
    AgendaItem,
    Contribution,
    Dialogue,
    Government,
    IndicatorMinute,
    KeyIndicator,
    OutcomeIndicator,
    Partnership,
    Result,
    Risk,
    RiskState,
    SustainabilityMeasure,
    SustainabilityStrategy,
)
from partnerships.monitoring.measured import Measured
from partnerships.monitoring.queries import YearLine, results_by_year


def dialogues_of(partnership: Partnership) -> QuerySet[Dialogue]:
    """Every dialogue, the newest first."""
    rows: QuerySet[Dialogue] = partnership.dialogues.order_by("-number")
    return rows.prefetch_related("key_indicators__indicator", "key_indicators__minute", "actions")


def keys_of(dialogue: Dialogue) -> list[KeyIndicator]:
    """The key indicators with their minutes."""
    return list(dialogue.key_indicators.select_related("indicator", "minute__result__period").order_by("pk"))


def agenda_of(dialogue: Dialogue) -> list[AgendaItem]:
    """The points of the agenda in order."""
    return list(dialogue.agenda.select_related("presenter").order_by("number"))


def minutes_revision(dialogue: Dialogue) -> str:
    """Return the revision of the minutes: that of every point of the agenda and of every minute of a key indicator."""
    minutes = IndicatorMinute.objects.filter(key_indicator__dialogue=dialogue).order_by("pk")
    return f"{revision_of_set(dialogue.agenda.order_by('pk'))}/{revision_of_set(minutes)}"


def actions_of(dialogue: Dialogue) -> list[ActionItem]:
    """What a dialogue left to do, by the day it is due."""
    return list(dialogue.actions.select_related("owner").order_by("due_on", "pk"))


def action_of(partnership: Partnership, pk: int) -> ActionItem | None:
    """One action, with its dialogue."""
    rows = ActionItem.objects.select_related("dialogue", "owner")
    return rows.filter(dialogue__partnership=partnership, pk=pk).first()


def actions_open(partnership: Partnership) -> list[ActionItem]:
    """What is still to be done after any dialogue, the oldest first."""
    rows = ActionItem.objects.filter(dialogue__partnership=partnership, state=ActionState.OPEN)
    return list(rows.select_related("dialogue", "owner").order_by("due_on", "pk"))


def may_be_named(dialogue: Dialogue) -> QuerySet[OutcomeIndicator]:
    """Indicators that are in the plan and not named for this dialogue yet."""
    rows = OutcomeIndicator.objects.filter(partnership=dialogue.partnership_id, withdrawn=False)
    return rows.exclude(key_in__dialogue=dialogue).order_by("objective__number", "code")


def without_value(keys: Sequence[KeyIndicator], dialogue: Dialogue) -> set[int]:
    """Key indicators that have no value by the day of the dialogue, so that the minutes say why."""
    values = Result.objects.filter(
        indicator__in=[key.indicator_id for key in keys],
        value__isnull=False,
        replaced_by__isnull=True,
        period__ends_on__lte=dialogue.held_from or dialogue.planned_on,
    )
    known = set(values.values_list("indicator_id", flat=True))
    return {key.pk for key in keys if key.indicator_id not in known}


@dataclass(frozen=True, slots=True)
class Pack:
    """What the participants read before a dialogue."""

    keys: Sequence[tuple[KeyIndicator, Measured, Sequence[YearLine]]]
    others: Sequence[Measured]
    contributions: Sequence[Contribution]
    actions: Sequence[ActionItem]
    strategies: Sequence[SustainabilityStrategy]
    measures: Sequence[SustainabilityMeasure]
    risks: Sequence[Risk]


def pack_of(dialogue: Dialogue, today: date) -> Pack:
    """Key indicators with their data, the other results, contributions, open actions, sustainability and risks."""
    partnership = dialogue.partnership
    results = {measured.indicator.pk: (measured, lines) for measured, lines in results_by_year(partnership, today)}
    keys = [(key, *results[key.indicator_id]) for key in keys_of(dialogue) if key.indicator_id in results]
    named = {key.indicator_id for key, _, _ in keys}
    contributions = partnership.contributions.filter(replaced_by__isnull=True, government=Government.PARTNER)
    return Pack(
        keys=keys,
        others=[measured for pk, (measured, _) in results.items() if pk not in named],
        contributions=list(contributions.order_by("fiscal_year", "pk")),
        actions=actions_open(partnership),
        strategies=list(partnership.strategies.filter(withdrawn=False)),
        measures=list(partnership.sustainability_measures.select_related("owner").order_by("review_on", "pk")),
        risks=list(partnership.risks.exclude(state=RiskState.CLOSED).select_related("owner")),
    )
