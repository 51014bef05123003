"""Dialogues on pages."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from partnerships.dialogues.services import plan_dialogue, select_key_indicator, take_dialogue_step
from partnerships.dialogues.views.dialogues import EDITED
from partnerships.limits import add_months
from partnerships.models import ActionItem, Dialogue, Partnership
from tests.partnerships.sending import client_of, filled_fields, rejected_page, send
from tests.worlds.partnerships.build import Stage

TODAY = timezone.now().date()
START = add_months(TODAY, -36)
BEFORE = (TODAY - timedelta(days=1)).isoformat()


@pytest.fixture
def analyst(stage: Stage) -> Client:
    return client_of(stage.analyst)


@pytest.fixture
def running(stage: Stage) -> Partnership:
    return stage.active("KEN", starts_on=START, ends_on=add_months(START, 48))


def test_from_the_plan_of_a_dialogue_to_its_last_action(analyst: Client, running: Partnership, stage: Stage) -> None:
    base = f"/partnerships/{running.pk}/dialogues/"
    assert "No dialogues planned" in analyst.get(base).content.decode()
    url = send(analyst, f"{base}new/", planned_on=BEFORE, place="Nairobi")["Location"]
    assert "Select the key indicators" in rejected_page(send(analyst, f"{url}step/set_ready/"))
    indicator = running.outcome_indicators.get(code="CV-1")
    assert send(analyst, f"{url}key-indicators/new/", indicator=indicator.pk, why="Behind").status_code == 302
    send(analyst, f"{url}agenda/new/", kind="risks", title="Elections")
    pack = analyst.get(f"{url}pack/").content.decode()
    for text in ("Elections", "CV-1: Child victims identified", "Running costs of shelters", "Drafts it with"):
        assert text in pack
    assert send(analyst, f"{url}step/set_ready/").status_code == 302
    rejected_page(send(analyst, f"{url}key-indicators/new/", indicator=running.outcome_indicators.get(code="SH-1").pk))
    assert "date on which the dialogue was held" in rejected_page(send(analyst, f"{url}step/hold/"))
    fields = analyst.get(f"{url}edit/").context["form"].fields
    assert {name: fields[name].label for name in EDITED} == {
        "planned_on": "Planned for",
        "held_from": "First day held",
        "held_until": "Last day held",
        "place": "Location",
        "is_final": "This is the final dialogue",
    }
    assert send(analyst, f"{url}edit/", held_from=BEFORE, held_until=BEFORE).status_code == 302
    assert send(analyst, f"{url}step/hold/").status_code == 302
    rejected_page(send(analyst, f"{url}step/conclude/"))
    dialogue = Dialogue.objects.get()
    key = dialogue.key_indicators.get()
    minutes = {f"item_{item.pk}": "Agreed" for item in dialogue.agenda.all()} | {f"key_{key.pk}": "Registers are late"}
    assert "why there was none" in rejected_page(send(analyst, f"{url}minutes/", **minutes))
    assert send(analyst, f"{url}minutes/", **minutes, **{f"reason_{key.pk}": "No report yet"}).status_code == 302
    owner = running.participants.get(government="partner", is_lead=True)
    action = filled_fields(analyst, f"{url}actions/new/", text="Send the register", owner=owner.pk, due_on=BEFORE)
    for _ in range(2):
        assert analyst.post(f"{url}actions/new/", action).status_code == 302
    assert send(analyst, f"{url}step/conclude/").status_code == 302
    html = analyst.get(base).content.decode()
    assert "Late by 1 day" in html
    close = f"/partnerships/{running.pk}/actions/{ActionItem.objects.get().pk}/close/"
    rejected_page(send(analyst, close, state="done"))
    assert send(analyst, close, state="done", outcome="It came").status_code == 302
    assert "No open action items." in analyst.get(base).content.decode()
    assert analyst.get(f"{url}step/reopen/").status_code == 403, "minutes are reopened by who may approve"
    assert client_of(stage.approver).get(f"{url}step/reopen/").status_code == 200


@pytest.mark.parametrize(("days", "asks"), [(-1, True), (0, True), (1, False)])
def test_the_day_held_is_asked_for_from_the_planned_day_on(
    analyst: Client, running: Partnership, stage: Stage, days: int, asks: bool
) -> None:
    planned = TODAY + timedelta(days=days)
    dialogue = plan_dialogue(
        partnership=running, planned_on=planned, place="Nairobi", is_final=False, actor=stage.analyst
    )
    select_key_indicator(
        dialogue=dialogue, indicator=running.outcome_indicators.get(code="CV-1"), why="Behind", actor=stage.analyst
    )
    take_dialogue_step(dialogue=dialogue, name="set_ready", actor=stage.analyst, on=TODAY)
    url = f"/partnerships/{running.pk}/dialogues/{dialogue.number}/"
    html = analyst.get(url).text
    assert ("Enter the date on which the dialogue was held" in html) is asks
    assert "is not ready yet" not in html
    other = plan_dialogue(
        partnership=running, planned_on=TODAY + timedelta(days=60), place="", is_final=False, actor=stage.analyst
    )
    html = " ".join(analyst.get(url).text.split())
    assert f'/dialogues/{other.number}/">{other}</a>, planned for' in html
    assert "is not ready yet" in html
