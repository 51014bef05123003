from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from cpc.web import formats
from cpc.web.badges import Badge
from cpc.web.tables import Column, Table
from partnerships.models import (
    ActionItem,
    ActionState,
    Contribution,
    Dialogue,
    DialogueState,
    KeyIndicator,
)
from partnerships.monitoring.figures import quantity
from partnerships.monitoring.presenters import ResultLine
from partnerships.valuation import stated_value


def action_badge(row: ActionItem, today: date) -> Badge:
    if row.state == ActionState.OPEN and (late := formats.late_by(row.due_on, today)):
        return Badge("warn", late)
    kinds = {ActionState.OPEN: "info", ActionState.DONE: "good", ActionState.DROPPED: "none"}
    return Badge(kinds[ActionState(row.state)], row.get_state_display())


@dataclass(frozen=True, slots=True)
class KeyLine:
    key: KeyIndicator
    shown: str
    discussion: str


def key_line(key: KeyIndicator) -> KeyLine:
    minute = getattr(key, "minute", None)
    if minute is None:
        return KeyLine(key, "", "")
    measure = key.indicator.measure
    if minute.value_shown is None:
        return KeyLine(key, f"No value: {minute.no_data_reason}", minute.discussion)
    target = quantity(minute.target_shown, measure)
    compared = f"target {target}" if target else "no target"
    period = f", period to {formats.day(minute.result.period.ends_on)}" if minute.result else ""
    return KeyLine(key, f"{quantity(minute.value_shown, measure)}; {compared}{period}", minute.discussion)


def dialogue_mark(row: Dialogue, today: date, *, documented: bool) -> Badge:
    if documented:
        return Badge("good", "Held")
    if row.state == DialogueState.PLANNED and row.planned_on < today:
        return Badge("warn", "Planned date has passed")
    kinds = {
        DialogueState.PLANNED: "info",
        DialogueState.READY: "info",
        DialogueState.HELD: "warn",
        DialogueState.CONCLUDED: "good",
        DialogueState.CANCELED: "none",
    }
    return Badge(kinds[DialogueState(row.state)], row.get_state_display())


def dialogue_note(row: Dialogue, *, documented: bool) -> str:
    if documented:
        return "Key indicators and minutes: not found."
    keys, actions = len(row.key_indicators.all()), list(row.actions.all())
    still = sum(action.state == "open" for action in actions)
    if row.state == DialogueState.PLANNED and not keys:
        return "Can't be marked ready: no key indicator is selected."
    summary = f"{formats.count_of(keys, 'key indicator')}."
    items = formats.count_of(len(actions), "action item")
    return f"{summary} {still} of {items} open." if actions else summary


OTHER_RESULTS: Table[ResultLine] = Table(
    "Other results",
    [
        Column("Indicator", lambda row: row.measured.indicator.title, css="c-ind"),
        Column("Target to date", lambda row: row.target, "number", phone="Target"),
        Column("Actual", lambda row: row.actual, "number"),
        Column("State and trend", lambda row: row.mark, "badge", detail=lambda row: row.trend, phone="State"),
    ],
    caption="Results of the other indicators",
)
CONTRIBUTIONS: Table[Contribution] = Table(
    "Contributions",
    [
        Column("Contribution", lambda row: row.description),
        Column("Year", lambda row: formats.fiscal_year(row.fiscal_year)),
        Column("Kind", lambda row: row.get_kind_display()),
        Column("Stage", lambda row: row.get_stage_display()),
        Column("Value", stated_value, "dollars"),
    ],
    caption="Contributions of the partner government",
)
