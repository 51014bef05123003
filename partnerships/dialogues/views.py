"""The yearly dialogue: prepared with key indicators, held, minuted, and followed by actions."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from cpc.accounts.access import requires, user_of
from cpc.accounts.permissions import Permission
from cpc.web.tables import check_parameters
from partnerships.dialogues import presenters, queries
from partnerships.dialogues.forms import (
    ActionForm,
    AgendaForm,
    CloseActionForm,
    KeyIndicatorForm,
    MinutesForm,
    PlanDialogueForm,
)
from partnerships.dialogues.services import (
    add_action,
    add_agenda_item,
    close_action,
    drop_key_indicator,
    edit_dialogue,
    minute_indicator,
    minute_item,
    name_key_indicator,
    plan_dialogue,
    remove_agenda_item,
    take_dialogue_step,
)
from partnerships.form_parts.rows import row_form
from partnerships.forms.former import WriteForm
from partnerships.lookups.locking import locked
from partnerships.lookups.rule_inputs import dialogue_state
from partnerships.models import ActionItem, AgendaKind, Dialogue, DialogueState, Partnership
from partnerships.page_frame import (
    METHODS,
    Act,
    answer,
    managed_or_404,
    page,
    sent,
    trail_of,
)
from partnerships.portfolio.presenters.overview import dialogue_mark, dialogue_note
from partnerships.reviews import DIALOGUE
from partnerships.step_pages import (
    Subject,
    comments,
    offered,
    step_page,
)
from partnerships.valuation import gives, stated_value

EDITED = ("planned_on", "held_from", "held_until", "place", "is_final")
LABELS = {
    "planned_on": "Planned for",
    "held_from": "First day, once it was held",
    "held_until": "Last day, once it was held",
    "is_final": "It is the final dialogue",
}
BEFORE = {"planned": "set_ready", "ready": "hold", "held": "conclude"}


@require_safe
@requires(Permission.VIEW_PARTNERSHIPS)
def dialogues(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Every dialogue, and every action that is still open."""
    check_parameters(request, ())
    partnership, today = managed_or_404(pk), timezone.now().date()
    rows = list(queries.dialogues_of(partnership))
    return page(
        request,
        "partnerships/dialogues.html",
        partnership,
        "partnership-dialogues",
        here="Dialogues",
        rows=[(row, dialogue_mark(row, today, documented=False), dialogue_note(row, documented=False)) for row in rows],
        actions=presenters.action_lines(queries.actions_open(partnership), today),
        may_edit=user_of(request).allows(Permission.EDIT_PARTNERSHIPS),
    )


@require_http_methods(METHODS)
@requires(Permission.EDIT_PARTNERSHIPS)
def new(request: HttpRequest, pk: int) -> HttpResponse:
    """Plan the next dialogue."""
    check_parameters(request, ())
    partnership = managed_or_404(pk)
    back = reverse("partnership-dialogues", args=[pk])
    form = PlanDialogueForm(sent(request))
    act = Act(
        "Plan a dialogue",
        "Plan the dialogue",
        back,
        trail_of(partnership, ("Dialogues", back)),
        "Its agenda begins with key indicators, contributions and sustaining progress.",
    )

    def work() -> str:
        made = plan_dialogue(partnership=partnership, actor=user_of(request), **form.values)
        return reverse("partnership-dialogue", args=[pk, made.number])

    return answer(request, partnership, form, act, work, "The dialogue is planned. Name its key indicators.")


def _dialogue(partnership: Partnership, number: int) -> Dialogue:
    row = partnership.dialogues.select_related("partnership__country").filter(number=number).first()
    if row is None:
        raise Http404
    return row


def _subject(partnership: Partnership, row: Dialogue) -> Subject:
    back = reverse("partnership-dialogue", args=[partnership.pk, row.number])
    above = ("Dialogues", reverse("partnership-dialogues", args=[partnership.pk]))
    return Subject(
        row=row,
        lifecycle=DIALOGUE,
        state=dialogue_state,
        take=partial(take_dialogue_step, dialogue=row),
        what=str(row).lower(),
        back=back,
        trail=trail_of(partnership, above, (str(row), back)),
    )


@require_safe
@requires(Permission.VIEW_PARTNERSHIPS)
def dialogue(request: HttpRequest, pk: int, number: int) -> HttpResponseBase:
    """One dialogue from its agenda to its minutes and actions."""
    check_parameters(request, ())
    partnership, user, today = managed_or_404(pk), user_of(request), timezone.now().date()
    row = _dialogue(partnership, number)
    subject = _subject(partnership, row)
    may_edit = user.allows(Permission.EDIT_PARTNERSHIPS)
    ahead = BEFORE.get(row.state)
    return page(
        request,
        "partnerships/dialogue.html",
        partnership,
        "partnership-dialogues",
        here=str(row),
        trail=subject.trail[:-1],
        dialogue=row,
        mark=dialogue_mark(row, today, documented=False),
        keys=presenters.key_lines(queries.keys_of(row)),
        agenda=queries.agenda_of(row),
        actions=presenters.action_lines(queries.actions_of(row), today),
        findings=DIALOGUE.named(ahead).findings(dialogue_state(row), today) if ahead else [],
        ahead=DIALOGUE.named(ahead).label.lower() if ahead else "",
        steps=offered(subject, user),
        comments=comments(subject),
        may_edit=may_edit,
        may_plan=may_edit and row.state == DialogueState.PLANNED,
        may_date=may_edit and row.state in (DialogueState.PLANNED, DialogueState.READY),
        may_minute=may_edit and row.state == DialogueState.HELD,
    )


@require_http_methods(METHODS)
@requires(Permission.VIEW_PARTNERSHIPS)
def step(request: HttpRequest, pk: int, number: int, name: str) -> HttpResponse:
    """Take one step of a dialogue."""
    check_parameters(request, ())
    partnership = managed_or_404(pk)
    return step_page(request, partnership, _subject(partnership, _dialogue(partnership, number)), name)


@require_safe
@requires(Permission.VIEW_PARTNERSHIPS)
def pack(request: HttpRequest, pk: int, number: int) -> HttpResponseBase:
    """What to read before a dialogue, for print."""
    check_parameters(request, ())
    partnership, today = managed_or_404(pk), timezone.now().date()
    row = _dialogue(partnership, number)
    found = queries.pack_of(row, today)
    return page(
        request,
        "partnerships/pack.html",
        partnership,
        "partnership-dialogues",
        here="Preparation",
        trail=_subject(partnership, row).trail,
        dialogue=row,
        pack=found,
        contributions=[(row, stated_value(row)) for row in found.contributions],
        contributed=gives(partnership.country.name, found.contributions),
        keys=presenters.pack_keys(found),
        others=presenters.pack_others(found),
        actions=presenters.action_lines(found.actions, today),
        agenda=queries.agenda_of(row),
    )


def _act(partnership: Partnership, row: Dialogue, heading: str, button: str, **more: Any) -> Act:
    subject = _subject(partnership, row)
    return Act(heading, button, subject.back, subject.trail, **more)


@require_http_methods(METHODS)
@requires(Permission.EDIT_PARTNERSHIPS)
def edit(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Change dates and place; the days on which it was held are said here before that step."""
    check_parameters(request, ())
    partnership = managed_or_404(pk)
    row = _dialogue(partnership, number)
    form = row_form(Dialogue, EDITED, partnership, labels=LABELS).of(row, sent(request))
    act = _act(partnership, row, f"Dates and place of {str(row).lower()}", "Save the dates")

    def work() -> None:
        edit_dialogue(dialogue=row, values=form.values, actor=user_of(request), seen=form.cleaned_data["seen"])

    return answer(request, partnership, form, act, work, "Saved.")


@require_http_methods(METHODS)
@requires(Permission.EDIT_PARTNERSHIPS)
def agenda_add(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Put a point on the agenda."""
    check_parameters(request, ())
    partnership = managed_or_404(pk)
    row = _dialogue(partnership, number)
    form = AgendaForm(partnership.participants.all(), sent(request))
    act = _act(partnership, row, "Add a point to the agenda", "Add the point")

    def work() -> None:
        asked = form.cleaned_data
        add_agenda_item(
            dialogue=row,
            kind=AgendaKind(asked["kind"]),
            title=asked["title"],
            presenter=asked["presenter"],
            actor=user_of(request),
        )

    return answer(request, partnership, form, act, work, "The point is on the agenda.")


@require_http_methods(METHODS)
@requires(Permission.EDIT_PARTNERSHIPS)
def agenda_remove(request: HttpRequest, pk: int, number: int, item: int) -> HttpResponse:
    """Take a point off the agenda."""
    check_parameters(request, ())
    partnership = managed_or_404(pk)
    row = _dialogue(partnership, number)
    found = row.agenda.filter(pk=item).first()
    if found is None:
        raise Http404
    form = WriteForm(sent(request))
    act = _act(partnership, row, "Take a point off the agenda", "Take it off", facts=[("Point", str(found))])

    def work() -> None:
        remove_agenda_item(item=found, actor=user_of(request))

    return answer(request, partnership, form, act, work, "The point is off the agenda.")


@require_http_methods(METHODS)
@requires(Permission.EDIT_PARTNERSHIPS)
def key_add(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Name a key indicator."""
    check_parameters(request, ())
    partnership = managed_or_404(pk)
    row = _dialogue(partnership, number)
    form = KeyIndicatorForm(queries.may_be_named(row), sent(request))
    act = _act(
        partnership,
        row,
        "Name a key indicator",
        "Name the indicator",
        lede="It is named before the dialogue is set ready, and its data are put into the minutes.",
    )

    def work() -> None:
        asked = form.cleaned_data
        name_key_indicator(dialogue=row, indicator=asked["indicator"], why=asked["why"], actor=user_of(request))

    return answer(request, partnership, form, act, work, "The key indicator is named.")


@require_http_methods(METHODS)
@requires(Permission.EDIT_PARTNERSHIPS)
def key_drop(request: HttpRequest, pk: int, number: int, key: int) -> HttpResponse:
    """Take a key indicator back."""
    check_parameters(request, ())
    partnership = managed_or_404(pk)
    row = _dialogue(partnership, number)
    found = row.key_indicators.select_related("indicator").filter(pk=key).first()
    if found is None:
        raise Http404
    form = WriteForm(sent(request))
    act = _act(partnership, row, "Take a key indicator back", "Take it back", facts=[("Indicator", str(found))])

    def work() -> None:
        drop_key_indicator(key_indicator=found, actor=user_of(request))

    return answer(request, partnership, form, act, work, "The key indicator is taken back.")


@require_http_methods(METHODS)
@requires(Permission.EDIT_PARTNERSHIPS)
def minutes(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Write the minutes; each key indicator is kept with the data that were shown."""
    check_parameters(request, ())
    partnership, user = managed_or_404(pk), user_of(request)
    row = _dialogue(partnership, number)
    keys, agenda = queries.keys_of(row), queries.agenda_of(row)
    form = MinutesForm(keys, agenda, queries.without_value(keys, row), sent(request))
    form.stand_on(form.standing())
    act = _act(
        partnership,
        row,
        f"Minutes of {str(row).lower()}",
        "Save the minutes",
        lede="The newest value of each key indicator and the target of its year are kept with what was said.",
    )

    def work() -> None:
        locked(partnership)
        now, points = queries.keys_of(row), queries.agenda_of(row)
        form.hold_against(MinutesForm(now, points, queries.without_value(now, row)).standing())
        for key, discussion, reason in form.discussed:
            minute_indicator(key_indicator=key, discussion=discussion, no_data_reason=reason, actor=user)
        for item, text in form.came_of:
            minute_item(item=item, minutes=text, actor=user)

    return answer(request, partnership, form, act, work, "The minutes are saved.")


@require_http_methods(METHODS)
@requires(Permission.EDIT_PARTNERSHIPS)
def action_add(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Record something to be done."""
    check_parameters(request, ())
    partnership = managed_or_404(pk)
    row = _dialogue(partnership, number)
    form = ActionForm(partnership.participants.all(), sent(request))
    act = _act(partnership, row, "Add an action", "Add the action")

    def work() -> None:
        asked = {name: form.cleaned_data[name] for name in ("text", "owner", "due_on")}
        add_action(dialogue=row, actor=user_of(request), **asked)

    return answer(request, partnership, form, act, work, "The action is recorded.")


def _stands(action: ActionItem) -> list[tuple[str, Any]]:
    return [("State", action.get_state_display()), ("What was done, or why it was dropped", action.outcome)]


@require_http_methods(METHODS)
@requires(Permission.EDIT_PARTNERSHIPS)
def action_close(request: HttpRequest, pk: int, action: int) -> HttpResponse:
    """Close an action as done or dropped."""
    check_parameters(request, ())
    partnership = managed_or_404(pk)
    found = queries.action_of(partnership, action)
    if found is None:
        raise Http404
    form = CloseActionForm(sent(request), initial={"on": timezone.now().date()})
    form.stand_on(_stands(found))
    act = _act(
        partnership,
        found.dialogue,
        "Close an action",
        "Close the action",
        facts=[("Action", found.text), ("Who", str(found.owner)), ("State", found.get_state_display())],
    )

    def work() -> None:
        locked(partnership)
        form.hold_against(_stands(type(found).objects.get(pk=found.pk)))
        asked = {name: form.cleaned_data[name] for name in ("state", "outcome", "on")}
        close_action(action=found, actor=user_of(request), **asked)

    return answer(request, partnership, form, act, work, "The action is closed.")
