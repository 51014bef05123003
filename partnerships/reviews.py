"""How the monitoring plan, a reporting period and a dialogue move, as data, and what stands before each step.

The checks look at plain snapshots, so that a page, the REST interface and the gate ask the same functions.
GAO-23-105390 found that key indicators were not named before dialogues, that their data was not discussed, that
annual targets were missing, and that neither partners' contributions nor plans to sustain progress were tracked;
each has its rule here.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from cpc.accounts.permissions import Permission
from cpc.findings import Finding, Severity
from cpc.lifecycle import Lifecycle, Transition

GAO = "GAO-23-105390"
OUTCOMES = "22 U.S.C. 7103a(d)(2)(D)"


class Measure(enum.StrEnum):
    """What an indicator counts or measures. Only what is counted can be broken down into parts that add up."""

    PEOPLE = "people"
    THINGS = "things"
    PERCENT = "percent"
    MONEY = "money"
    SCORE = "score"


COUNTED = (Measure.PEOPLE, Measure.THINGS)


def _error(code: str, message: str, field: str = "", citation: str = "") -> Finding:
    return Finding(code, Severity.ERROR, message, field, citation)


def _warning(code: str, message: str, field: str = "", citation: str = "") -> Finding:
    return Finding(code, Severity.WARNING, message, field, citation)


# --- one result ---------------------------------------------------------------------------------------------------


def value_is_possible(measure: Measure, value: Decimal | None, no_data_reason: str) -> list[Finding]:
    """A result is a value the measure can have, or the reason why there is none; never both."""
    if value is None:
        return [] if no_data_reason else [_error("no_data_reason", "Give a value, or say why there is none.", "value")]
    if no_data_reason:
        return [_error("no_data_reason", "There is a value; take away the reason for its absence.", "no_data_reason")]
    if measure in COUNTED and (value < 0 or value != int(value)):
        return [_error("value", f"{value} is no count: give a whole number, zero or more.", "value")]
    if measure is Measure.PERCENT and not 0 <= value <= 100:
        return [_error("value", f"{value} is no share: give a percentage from 0 to 100.", "value")]
    return []


def parts_add_up(
    value: Decimal | None, expected: Iterable[str], parts: dict[str, Decimal], not_disaggregated: str
) -> list[Finding]:
    """Each breakdown adds up to the value, or the result says why it is not broken down.

    `expected` names the breakdowns that the indicator asks for, `parts` holds the sum of each that was given.
    """
    if not_disaggregated or value is None:
        return [
            _error("disaggregation", "Without a value, or marked as not broken down, there are no parts.", "cells")
            for _ in list(parts)[:1]
        ]
    wanted = set(expected)
    found = [
        _error("disaggregation", f"This indicator is not broken down by {name}.", "cells")
        for name in sorted(set(parts) - wanted)
    ]
    for name in sorted(wanted):
        if name not in parts:
            message = f"Break the value down by {name}, or say why it cannot be."
            found.append(_error("disaggregation", message, "cells"))
        elif parts[name] != value:
            message = f"The parts by {name} add up to {parts[name]}, the value is {value}: correct one of them."
            found.append(_error("disaggregation_sum", message, "cells"))
    return found


# --- the monitoring plan ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PlannedIndicator:
    """One indicator of a plan, and the fiscal years of the term for which it has no target."""

    title: str
    is_outcome: bool
    has_baseline: bool
    years_without_target: tuple[int, ...]
    has_life_target: bool
    targets_differ: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """What the rules look at in a monitoring plan; `has_term` says whether its years are known."""

    has_term: bool
    indicators: tuple[PlannedIndicator, ...]


def outcomes_measured(plan: Plan, _on: date) -> list[Finding]:
    """At least one indicator measures an outcome; outputs alone say what was done, not what changed."""
    if any(indicator.is_outcome for indicator in plan.indicators):
        return []
    return [_error("outcome_indicator_missing", "Add an indicator of an outcome.", "indicators", OUTCOMES)]


def targets_set(plan: Plan, _on: date) -> list[Finding]:
    """Every indicator has a target for each fiscal year of the term, and one for the whole of it."""
    if not plan.has_term:
        return [_error("term_missing", "Targets are set for each year: set the term first.", "ends_on", GAO)]
    found = []
    for indicator in plan.indicators:
        if indicator.years_without_target:
            years = ", ".join(str(year) for year in indicator.years_without_target)
            message = f"{indicator.title}: set the target of fiscal year {years}."
            found.append(_error("target_missing", message, "targets", GAO))
        if not indicator.has_life_target:
            message = f"{indicator.title}: set the target of the whole partnership."
            found.append(_error("target_missing", message, "targets", GAO))
    return found


def targets_agree(plan: Plan, _on: date) -> list[Finding]:
    """Targets of the years that miss the target of the whole term are flagged: one of the two is not meant."""
    return [
        _warning("targets_differ", f"{indicator.title}: {indicator.targets_differ}", "targets")
        for indicator in plan.indicators
        if indicator.targets_differ
    ]


def baselines_known(plan: Plan, _on: date) -> list[Finding]:
    """An indicator whose baseline is still to be collected is flagged."""
    return [
        _warning("baseline_missing", f"{indicator.title}: its baseline is to be collected.", "baseline_value")
        for indicator in plan.indicators
        if not indicator.has_baseline
    ]


# --- a reporting period -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ReportedIndicator:
    """One indicator in a period; `has_result` is true also where the result says why there is no data."""

    title: str
    is_due: bool
    has_result: bool
    has_value: bool
    has_baseline: bool
    needs_narrative: bool
    deviation: Decimal | None
    has_narrative: bool


@dataclass(frozen=True, slots=True)
class Period:
    """What the rules look at in a reporting period."""

    ends_on: date
    plan_approved: bool
    indicators: tuple[ReportedIndicator, ...]


def plan_approved(period: Period, _on: date) -> list[Finding]:
    """Results are held against targets that somebody approved."""
    if period.plan_approved:
        return []
    return [_error("plan_not_approved", "Have the monitoring plan approved first.", "plan", GAO)]


def period_over(period: Period, on: date) -> list[Finding]:
    """A period is reported when it is over."""
    if on > period.ends_on:
        return []
    return [_error("period_open", f"The period lasts until {period.ends_on}; submit it afterwards.", "ends_on")]


def results_present(period: Period, _on: date) -> list[Finding]:
    """Each indicator that is due has a result, or says why there is no data."""
    return [
        _error("result_missing", f"{row.title}: record its result, or why there is none.", "results")
        for row in period.indicators
        if row.is_due and not row.has_result
    ]


def deviations_explained(period: Period, _on: date) -> list[Finding]:
    """A year that misses its target by more than 10 percent, either way, is explained."""
    return [
        _error(
            "deviation_unexplained",
            f"{row.title}: the year is {'off its target of zero' if row.deviation is None else _off(row.deviation)}; "
            "say why in the narrative.",
            "narrative",
        )
        for row in period.indicators
        if row.needs_narrative and not row.has_narrative
    ]


def _off(deviation: Decimal) -> str:
    return f"{abs(deviation):.1f} percent {'above' if deviation > 0 else 'below'} its target"


def baselines_behind_values(period: Period, _on: date) -> list[Finding]:
    """A value without a baseline shows no change, and is flagged."""
    return [
        _warning("actual_without_baseline", f"{row.title}: it has a result but no baseline.", "baseline_value")
        for row in period.indicators
        if row.has_value and not row.has_baseline
    ]


# --- a dialogue ---------------------------------------------------------------------------------------------------

AGENDA_OF_EVERY_DIALOGUE = {
    "sustainability": "how progress will be sustained",
    "contributions": "what each participant contributed",
}


@dataclass(frozen=True, slots=True)
class KeyIndicatorState:
    """One key indicator of a dialogue, and whether its data and the discussion of it are in the minutes."""

    title: str
    is_minuted: bool


@dataclass(frozen=True, slots=True)
class AgendaPoint:
    """One point of the agenda; `kind` is one of the words of `AgendaKind`."""

    kind: str
    title: str
    is_minuted: bool


@dataclass(frozen=True, slots=True)
class DialogueState:
    """What the rules look at in a dialogue."""

    held_from: date | None
    ready_on: date | None
    key_indicators: tuple[KeyIndicatorState, ...]
    agenda: tuple[AgendaPoint, ...]
    partner_contributions: bool


def key_indicators_named(dialogue: DialogueState, _on: date) -> list[Finding]:
    """At least one key indicator is named before the dialogue."""
    if dialogue.key_indicators:
        return []
    return [_error("key_indicator_missing", "Name the key indicators to be discussed.", "key_indicators", GAO)]


def agenda_covers(dialogue: DialogueState, _on: date) -> list[Finding]:
    """The agenda has a point on sustaining progress and one on contributions."""
    kinds = {point.kind for point in dialogue.agenda}
    return [
        _error(f"agenda_{kind}", f"Put on the agenda {words}.", "agenda", GAO)
        for kind, words in AGENDA_OF_EVERY_DIALOGUE.items()
        if kind not in kinds
    ]


def contributions_tracked(dialogue: DialogueState, _on: date) -> list[Finding]:
    """Something is on record of what the partner government contributed."""
    if dialogue.partner_contributions:
        return []
    message = "Nothing is on record of what the partner government contributed; ask for it before the dialogue."
    return [_warning("partner_contributions_missing", message, "contributions", GAO)]


def dates_of_dialogue(dialogue: DialogueState, on: date) -> list[Finding]:
    """A dialogue was held on days that have come; key indicators named on its day or later are flagged."""
    if dialogue.held_from is None or dialogue.held_from > on:
        return [_error("held_from", "Say on which day it was held; that day has come.", "held_from")]
    if dialogue.ready_on is not None and dialogue.ready_on >= dialogue.held_from:
        message = f"The key indicators were settled on {dialogue.ready_on}, not before the dialogue."
        return [_warning("key_indicators_late", message, "key_indicators", GAO)]
    return []


def minutes_complete(dialogue: DialogueState, _on: date) -> list[Finding]:
    """The minutes hold the data of each key indicator and what was said about it, and cover the whole agenda."""
    return [
        _error(
            "indicator_not_minuted", f"{row.title}: put its data and the discussion into the minutes.", "minutes", GAO
        )
        for row in dialogue.key_indicators
        if not row.is_minuted
    ] + [
        _error("point_not_minuted", f"{point.title}: say in the minutes what came of it.", "minutes")
        for point in dialogue.agenda
        if not point.is_minuted
    ]


# --- the tables ---------------------------------------------------------------------------------------------------

_EDIT, _APPROVE = Permission.EDIT_PARTNERSHIPS, Permission.APPROVE_PARTNERSHIPS

PLAN: Lifecycle[Plan] = Lifecycle(
    states=("draft", "submitted", "approved"),
    transitions=(
        Transition(
            "submit",
            "Submit",
            frozenset({"draft"}),
            "submitted",
            _EDIT,
            checks=(outcomes_measured, targets_set, targets_agree, baselines_known),
        ),
        Transition("return", "Return", frozenset({"submitted"}), "draft", _APPROVE, needs_reason=True),
        Transition("approve", "Approve", frozenset({"submitted"}), "approved", _APPROVE),
        Transition("revise", "Revise", frozenset({"approved"}), "draft", _EDIT, needs_reason=True),
    ),
)

PERIOD: Lifecycle[Period] = Lifecycle(
    states=("no_data", "in_progress", "submitted", "returned", "approved"),
    transitions=(
        Transition(
            "begin",
            "Begin",
            frozenset({"no_data"}),
            "in_progress",
            _EDIT,
            final_because="Results are superseded, never taken away.",
        ),
        Transition(
            "submit",
            "Submit",
            frozenset({"in_progress", "returned"}),
            "submitted",
            _EDIT,
            checks=(plan_approved, period_over, results_present, deviations_explained, baselines_behind_values),
            final_because="It comes back as returned, with the reason, or is approved.",
        ),
        Transition("return", "Return", frozenset({"submitted"}), "returned", _APPROVE, needs_reason=True),
        Transition("approve", "Approve", frozenset({"submitted"}), "approved", _APPROVE),
        Transition("reopen", "Reopen", frozenset({"approved"}), "returned", _APPROVE, needs_reason=True),
    ),
)

DIALOGUE: Lifecycle[DialogueState] = Lifecycle(
    states=("planned", "ready", "held", "concluded", "cancelled"),
    transitions=(
        Transition(
            "set_ready",
            "Set ready",
            frozenset({"planned"}),
            "ready",
            _EDIT,
            checks=(key_indicators_named, agenda_covers, contributions_tracked),
        ),
        Transition("set_back", "Prepare further", frozenset({"ready"}), "planned", _EDIT, needs_reason=True),
        Transition(
            "hold",
            "Record that it was held",
            frozenset({"ready"}),
            "held",
            _EDIT,
            checks=(dates_of_dialogue,),
            final_because="It took place.",
        ),
        Transition("conclude", "Conclude the minutes", frozenset({"held"}), "concluded", _EDIT, (minutes_complete,)),
        Transition("reopen", "Reopen the minutes", frozenset({"concluded"}), "held", _APPROVE, needs_reason=True),
        Transition(
            "cancel",
            "Cancel",
            frozenset({"planned", "ready"}),
            "cancelled",
            _EDIT,
            needs_reason=True,
            final_because="It is planned anew; what was ready is prepared again.",
        ),
        Transition("plan_again", "Plan again", frozenset({"cancelled"}), "planned", _EDIT, needs_reason=True),
    ),
)
