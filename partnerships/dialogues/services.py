from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.audit.services import record
from cpc.database.revisions import check_revision
from cpc.fiscal_years import fiscal_year
from cpc.validation import db_errors_as_validation
from partnerships.dialogues.preconditions import DIALOGUE_CHECKS
from partnerships.dialogues.queries import minutes_revision
from partnerships.lookups.locking import (
    audit_values,
    change,
    check_same_partnership,
    create,
    lock_partnership,
    lock_row,
    service,
)
from partnerships.lookups.rule_inputs import dialogue_state, newest_targets
from partnerships.lookups.steps import step
from partnerships.lookups.totals import live_results_by_indicator
from partnerships.models import (
    ActionItem,
    AgendaItem,
    AgendaKind,
    Dialogue,
    DialogueStep,
    IndicatorMinute,
    KeyIndicator,
    OutcomeIndicator,
    Participant,
    Partnership,
)
from partnerships.states import DIALOGUE

USUAL_AGENDA = (
    AgendaKind.INDICATORS,
    AgendaKind.CONTRIBUTIONS,
    AgendaKind.SUSTAINABILITY,
)


@service(Permission.EDIT_PARTNERSHIPS)
def plan_dialogue(
    *, partnership: Partnership, planned_on: date, actor: User, place: str = "", is_final: bool = False
) -> Dialogue:
    current = lock_partnership(partnership)
    newest = Dialogue.objects.filter(partnership=current).aggregate(newest=Max("number"))["newest"] or 0
    dialogue = create(
        Dialogue(partnership=current, number=newest + 1, planned_on=planned_on, place=place, is_final=is_final),
        actor=actor,
    )
    for number, kind in enumerate(USUAL_AGENDA, start=1):
        create(AgendaItem(dialogue=dialogue, number=number, kind=kind, title=kind.label), actor=actor)
    return dialogue


@service(Permission.EDIT_PARTNERSHIPS)
def edit_dialogue(
    *, dialogue: Dialogue, values: Mapping[str, Any], actor: User, expected_revision: str | None = None
) -> Dialogue:
    """Change the dates and location of a dialogue that was not held yet.

    Raises `EditConflict` if the row no longer has the `expected_revision`.
    """
    current = lock_row(dialogue)
    check_revision(current.current_revision(), expected_revision)
    return change(current, values, actor=actor)


@service(Permission.EDIT_PARTNERSHIPS)
def add_agenda_item(
    *, dialogue: Dialogue, kind: AgendaKind, title: str, actor: User, presenter: Participant | None = None
) -> AgendaItem:
    current = lock_row(dialogue)
    newest = current.agenda.aggregate(newest=Max("number"))["newest"] or 0
    item = AgendaItem(dialogue=current, number=newest + 1, kind=kind, title=title, presenter=presenter)
    check_same_partnership(current.partnership_id, presenter=presenter)
    return create(item, actor=actor)


@service(Permission.EDIT_PARTNERSHIPS)
def remove_agenda_item(*, item: AgendaItem, actor: User) -> None:
    record(actor=actor, action="removed", target=item, before=audit_values(item))
    with db_errors_as_validation():
        item.delete()


@service(Permission.EDIT_PARTNERSHIPS)
def select_key_indicator(
    *, dialogue: Dialogue, indicator: OutcomeIndicator, actor: User, why: str = ""
) -> KeyIndicator:
    """Select an indicator for discussion.

    Raises `ValidationError` with code `dialogue_fixed` once the dialogue is ready.
    """
    current = lock_row(dialogue)
    check_same_partnership(current.partnership_id, indicator=indicator)
    return create(KeyIndicator(dialogue=current, indicator=indicator, why=why, named_by=actor), actor=actor)


@service(Permission.EDIT_PARTNERSHIPS)
def remove_key_indicator(*, key_indicator: KeyIndicator, actor: User) -> None:
    record(actor=actor, action="removed", target=key_indicator, before=audit_values(key_indicator))
    with db_errors_as_validation():
        key_indicator.delete()


@service(Permission.EDIT_PARTNERSHIPS)
def write_minutes(
    *,
    dialogue: Dialogue,
    discussed: Iterable[tuple[KeyIndicator, str, str]],
    changed_minutes: Iterable[tuple[AgendaItem, str]],
    actor: User,
    expected_revision: str | None = None,
) -> None:
    """Write the minutes of key indicators and of agenda points together.

    Each key indicator comes with its discussion and the reason for no value. `expected_revision` is the
    `minutes_revision` from when the writer opened the form. Raises `EditConflict` if minutes were written since, and
    the errors of `minute_indicator` and `minute_item`.
    """
    check_revision(minutes_revision(lock_row(dialogue)), expected_revision)
    for key_indicator, discussion, reason in discussed:
        minute_indicator(key_indicator=key_indicator, discussion=discussion, no_data_reason=reason, actor=actor)
    for item, text in changed_minutes:
        minute_item(item=item, minutes=text, actor=actor)


@service(Permission.EDIT_PARTNERSHIPS)
def minute_indicator(
    *, key_indicator: KeyIndicator, discussion: str, actor: User, no_data_reason: str = ""
) -> IndicatorMinute:
    """Write the discussion of a key indicator, with its newest total and the year's target.

    The data shown are stored as they were at the dialogue. Raises `ValidationError` with code `minutes` if there is
    neither a value nor a reason, and `dialogue_fixed` before the dialogue is held or after its minutes are concluded.
    """
    dialogue = lock_row(key_indicator.dialogue)
    day = dialogue.held_from or dialogue.planned_on
    totals = live_results_by_indicator(dialogue.partnership_id)[key_indicator.indicator_id]
    known = [total for total in totals if total.value is not None and total.period.ends_on <= day]
    newest = known[-1] if known else None
    targets = newest_targets([key_indicator.indicator_id])
    shown = {
        "result": next((row for row in newest.reported if row.value is not None), None) if newest else None,
        "value_shown": newest.value if newest else None,
        "target_shown": targets.get((key_indicator.indicator_id, fiscal_year(newest.period.ends_on)))
        if newest
        else None,
        "no_data_reason": "" if newest else no_data_reason.strip(),
        "discussion": discussion.strip(),
    }
    minute = IndicatorMinute.objects.filter(key_indicator=key_indicator).first()
    if minute is None:
        return create(IndicatorMinute(key_indicator=key_indicator, **shown), actor=actor)
    return change(minute, shown, actor=actor)


@service(Permission.EDIT_PARTNERSHIPS)
def minute_item(*, item: AgendaItem, minutes: str, actor: User) -> AgendaItem:
    lock_row(item.dialogue)
    return change(AgendaItem.objects.get(pk=item.pk), {"minutes": minutes.strip()}, actor=actor)


@service(Permission.EDIT_PARTNERSHIPS)
def add_action(*, dialogue: Dialogue, text: str, owner: Participant, due_on: date, actor: User) -> ActionItem:
    """Record an action item, with its owner and due day, while the dialogue is held.

    Raises `ValidationError` with code `dialogue_fixed` at any other time.
    """
    current = lock_row(dialogue)
    if current.state != "held":
        raise ValidationError("You can add action items only while the minutes are open.", code="dialogue_fixed")
    check_same_partnership(current.partnership_id, owner=owner)
    return create(ActionItem(dialogue=current, text=text, owner=owner, due_on=due_on), actor=actor)


@service(Permission.EDIT_PARTNERSHIPS)
def close_action(
    *, action: ActionItem, state: str, outcome: str, on: date, actor: User, expected_revision: str | None = None
) -> ActionItem:
    """Close an action item as done or dropped, with its outcome. A closed item stays closed.

    Raises `EditConflict` if the action item no longer has the `expected_revision`.
    """
    current = lock_row(action)
    check_revision(current.current_revision(), expected_revision)
    values = {"state": state, "closed_on": on, "outcome": outcome.strip()}
    return change(current, values, actor=actor, action="closed")


@transaction.atomic
def take_dialogue_step(*, dialogue: Dialogue, name: str, actor: User, on: date, reason: str = "") -> Dialogue:
    """Take one step of a dialogue: set ready or back, hold, conclude, reopen, or cancel it.

    Setting it ready needs a key indicator and agenda points on sustainability and contributions
    (`key_indicator_missing`, `agenda_sustainability`, `agenda_contributions`). Concluding needs minutes of all of
    them.
    """
    return step(
        lock_row(dialogue),
        DIALOGUE,
        name=name,
        checks=DIALOGUE_CHECKS,
        state=dialogue_state,
        make=partial(DialogueStep, dialogue=dialogue),
        actor=actor,
        on=on,
        reason=reason,
    )
