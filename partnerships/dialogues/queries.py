from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from cpc.database.revisions import revision_of_set
from partnerships.lookups.totals import live_results_by_indicator
from partnerships.models import (
    ActionItem,
    ActionState,
    AgendaItem,
    Contribution,
    Dialogue,
    DialogueState,
    Government,
    IndicatorMinute,
    KeyIndicator,
    OutcomeIndicator,
    Partnership,
    Risk,
    RiskState,
    SustainabilityMeasure,
    SustainabilityStrategy,
)
from partnerships.monitoring.queries import Measured, YearLine, results_by_year


def dialogues_of(partnership: Partnership) -> QuerySet[Dialogue]:
    rows: QuerySet[Dialogue] = partnership.dialogues.order_by("-number")
    return rows.prefetch_related("key_indicators__indicator", "key_indicators__minute", "actions")


def next_unready(dialogue: Dialogue) -> Dialogue | None:
    """Return the next other dialogue of the partnership that is planned and not ready yet."""
    rows = Dialogue.objects.filter(partnership=dialogue.partnership_id, state=DialogueState.PLANNED)
    return rows.exclude(pk=dialogue.pk).order_by("planned_on", "pk").first()


def keys_of(dialogue: Dialogue) -> list[KeyIndicator]:
    return list(dialogue.key_indicators.select_related("indicator", "minute__result__period").order_by("pk"))


def agenda_of(dialogue: Dialogue) -> list[AgendaItem]:
    return list(dialogue.agenda.select_related("presenter").order_by("number"))


def minutes_revision(dialogue: Dialogue) -> str:
    """Return the combined revision of the agenda points and the minutes of key indicators."""
    minutes = IndicatorMinute.objects.filter(key_indicator__dialogue=dialogue).order_by("pk")
    return f"{revision_of_set(dialogue.agenda.order_by('pk'))}/{revision_of_set(minutes)}"


def actions_of(dialogue: Dialogue) -> list[ActionItem]:
    return list(dialogue.actions.select_related("owner").order_by("due_on", "pk"))


def partnership_actions(partnership: Partnership) -> QuerySet[ActionItem]:
    rows = ActionItem.objects.filter(dialogue__partnership=partnership)
    return rows.select_related("dialogue", "owner").order_by("due_on", "pk")


def actions_open(partnership: Partnership) -> list[ActionItem]:
    return list(partnership_actions(partnership).filter(state=ActionState.OPEN))


def indicators_to_discuss(partnership: Partnership | int) -> QuerySet[OutcomeIndicator]:
    rows = OutcomeIndicator.objects.filter(partnership=partnership, withdrawn=False)
    return rows.order_by("objective__number", "code")


def selectable_indicators(dialogue: Dialogue) -> QuerySet[OutcomeIndicator]:
    return indicators_to_discuss(dialogue.partnership_id).exclude(key_in__dialogue=dialogue)


def without_value(keys: Sequence[KeyIndicator], dialogue: Dialogue) -> set[int]:
    """Return the keys of key indicators without a value by the day of the dialogue.

    The minutes must give a reason for each of them.
    """
    day, totals = dialogue.held_from or dialogue.planned_on, live_results_by_indicator(dialogue.partnership_id)
    known = {
        indicator
        for indicator, rows in totals.items()
        if any(row.value is not None and row.period.ends_on <= day for row in rows)
    }
    return {key.pk for key in keys if key.indicator_id not in known}


@dataclass(frozen=True, slots=True)
class Pack:
    """The information that participants read before a dialogue."""

    keys: Sequence[tuple[KeyIndicator, Measured, Sequence[YearLine]]]
    others: Sequence[Measured]
    contributions: Sequence[Contribution]
    actions: Sequence[ActionItem]
    strategies: Sequence[SustainabilityStrategy]
    measures: Sequence[SustainabilityMeasure]
    risks: Sequence[Risk]


def pack_of(dialogue: Dialogue, today: date) -> Pack:
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
