"""A dialogue planned, recorded, and concluded, and action items closed, in one form each."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from partnerships.limits import add_months
from partnerships.models import ActionItem, Dialogue, Partnership
from tests.partnerships.sending import client_of, filled_fields, rejected_page, send
from tests.worlds.partnerships.build import Stage

TODAY = timezone.now().date()
START = add_months(TODAY, -36)
YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)


@pytest.fixture
def analyst(stage: Stage) -> Client:
    return client_of(stage.analyst)


@pytest.fixture
def running(stage: Stage) -> Partnership:
    return stage.active("KEN", starts_on=START, ends_on=add_months(START, 48))


def _planned(analyst: Client, running: Partnership, on: date = YESTERDAY, *, is_ready: bool = True) -> Dialogue:
    keys = [row.pk for row in running.outcome_indicators.order_by("code")]
    ready = {"is_ready": "on"} if is_ready else {}
    url = f"/partnerships/{running.pk}/dialogues/new/"
    assert send(analyst, url, planned_on=on.isoformat(), key_indicators=keys, **ready).status_code == 302
    return Dialogue.objects.get()


def _minutes(dialogue: Dialogue) -> dict[str, str]:
    said = {f"minutes-item_{item.pk}": "Agreed" for item in dialogue.agenda.all()}
    for key in dialogue.key_indicators.all():
        said |= {f"minutes-key_{key.pk}": "More districts", f"minutes-reason_{key.pk}": "No report yet"}
    return said


def _held(on: date) -> dict[str, str]:
    return {"held-held_from": on.isoformat(), "held-held_until": on.isoformat()}


def test_a_dialogue_is_planned_with_its_key_indicators_and_ready(analyst: Client, running: Partnership) -> None:
    dialogue = _planned(analyst, running)
    assert (dialogue.state, dialogue.key_indicators.count()) == ("ready", running.outcome_indicators.count())
    assert list(dialogue.steps.values_list("name", flat=True)) == ["set_ready"]


def test_without_a_key_indicator_it_is_not_marked_ready(analyst: Client, running: Partnership) -> None:
    url = f"/partnerships/{running.pk}/dialogues/new/"
    html = rejected_page(send(analyst, url, planned_on=YESTERDAY.isoformat(), is_ready="on"))
    assert "Select the key indicators to discuss." in html
    assert not Dialogue.objects.exists()


@pytest.mark.parametrize("is_ready", [True, False], ids=["ready", "planned"])
def test_a_dialogue_is_recorded_and_concluded_at_once(analyst: Client, running: Partnership, is_ready: bool) -> None:
    dialogue = _planned(analyst, running, is_ready=is_ready)
    url, owner = f"/partnerships/{running.pk}/dialogues/1/record/", running.participants.get(government="partner").pk
    actions = {
        f"action{number}-{name}": value
        for number in (1, 2)
        for name, value in (("text", f"Item {number}"), ("owner", owner), ("due_on", TOMORROW.isoformat()))
    }
    sent = filled_fields(analyst, url, then="conclude", **_held(YESTERDAY), **_minutes(dialogue), **actions)
    for _ in range(2):
        assert analyst.post(url, sent).status_code == 302
    dialogue.refresh_from_db()
    assert (dialogue.state, dialogue.held_from, dialogue.actions.count()) == ("concluded", YESTERDAY, 2)
    assert list(dialogue.steps.order_by("pk").values_list("name", flat=True)) == ["set_ready", "hold", "conclude"]
    assert "is concluded" in analyst.get(url, follow=True).content.decode()


def test_nothing_is_recorded_of_a_dialogue_that_can_not_be_concluded(analyst: Client, running: Partnership) -> None:
    dialogue = _planned(analyst, running)
    url = f"/partnerships/{running.pk}/dialogues/1/record/"
    html = rejected_page(send(analyst, url, then="conclude", **_held(YESTERDAY)))
    assert "enter its outcome in the minutes" in html
    dialogue.refresh_from_db()
    assert dialogue.state == "ready"
    assert send(analyst, url, **_held(YESTERDAY)).status_code == 302, "without concluding, what is known is saved"
    dialogue.refresh_from_db()
    assert dialogue.state == "held"
    assert send(analyst, url, then="conclude", **_minutes(dialogue)).status_code == 302
    dialogue.refresh_from_db()
    assert dialogue.state == "concluded"


@pytest.mark.parametrize(("on", "passes"), [(YESTERDAY, True), (TODAY, True), (TOMORROW, False)])
def test_the_days_held_have_come(analyst: Client, running: Partnership, on: date, passes: bool) -> None:
    _planned(analyst, running)
    response = send(analyst, f"/partnerships/{running.pk}/dialogues/1/record/", **_held(on))
    if passes:
        assert response.status_code == 302
    else:
        assert "held-held_from-error" in rejected_page(response)


def test_action_items_are_closed_together_or_not_at_all(analyst: Client, running: Partnership) -> None:
    dialogue = _planned(analyst, running)
    owner = running.participants.get(government="partner").pk
    actions = {
        f"action{number}-{name}": value
        for number in (1, 2, 3)
        for name, value in (("text", f"Item {number}"), ("owner", owner), ("due_on", TOMORROW.isoformat()))
    }
    send(analyst, f"/partnerships/{running.pk}/dialogues/1/record/", **_held(YESTERDAY), **actions)
    url = f"/partnerships/{running.pk}/actions/close/"
    one, two, _ = dialogue.actions.order_by("pk")
    assert "at least one action item" in rejected_page(send(analyst, url))
    done = {f"action{one.pk}-{name}": value for name, value in (("state", "done"), ("outcome", "It came"))}
    half = {f"action{two.pk}-state": "dropped", f"action{two.pk}-on": TODAY.isoformat()}
    day = {f"action{one.pk}-on": TODAY.isoformat()}
    rejected_page(send(analyst, url, **done, **day, **half))
    assert not ActionItem.objects.exclude(state="open").exists()
    late = filled_fields(analyst, url, **done | day | {f"action{one.pk}-outcome": "What the second types"})
    assert send(analyst, url, **done, **day, **half, **{f"action{two.pk}-outcome": "Moot"}).status_code == 302
    states = dict(ActionItem.objects.values_list("text", "state"))
    assert states == {"Item 1": "done", "Item 2": "dropped", "Item 3": "open"}
    assert "What the second types" in rejected_page(analyst.post(url, late)), "the second keeps the text"
