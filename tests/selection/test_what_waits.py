"""Work of a selection that waits, by role."""

from __future__ import annotations

import pytest
from django.test import Client

from cpc.accounts.models import User
from selection.decisions.memo import services as memo_services
from selection.notes.services import adjudications as adjudications_services
from selection.notes.services import notes as notes_services
from selection.notes.services.notes import NoteContent
from selection.rounds import services as rounds_services
from tests.selection.decisions.deliberating import Deliberation, recommended
from tests.support.deciding import decide
from tests.support.queues import titles_for
from tests.support.rounds import ON, Office


def home_of(user: User) -> str:
    """Return the home page of a person."""
    client = Client()
    client.force_login(user)
    return " ".join(client.get("/").content.decode().split())


def test_missing_ratings_of_a_round_are_tasks_of_raters(office: Office) -> None:
    found = office.scored()
    (before,) = [title for title in titles_for(office.analyst) if title.startswith("Rate ")]
    number = int(before.removeprefix("Rate ").partition(" ")[0])
    assert number > 1
    office.rate(office.candidate(found))
    assert f"Rate {number - 1} open cells, {found}" in titles_for(office.analyst)
    assert not any(title.startswith("Rate ") for title in titles_for(office.approver))
    office.step(found, "open_consultation")
    assert not any(title.startswith("Rate ") for title in titles_for(office.analyst))


@pytest.mark.world("consultation")
def test_notes_wait_for_the_office_and_answers_for_the_agency(office: Office) -> None:
    found = office.consulting()
    labor = office.agency()
    office.ask(found, labor)
    contact, member = office.contact(labor), office.member(labor)
    content = NoteContent(kind="major", text="Shelters are full.", rationale="Visited in May.")
    note = notes_services.write_note(
        selection_round=found, candidate=office.candidate(found), content=content, visibility="office", actor=contact
    )
    why = "None of them is critical, so none holds up the decision of the round."
    assert why in home_of(office.analyst)
    to_answer, to_judge = (
        f"Adjudicate 1 note, {found}",
        f"Agree with 1 answer to your agency's notes, or dispute it: {found}",
    )
    assert to_answer in titles_for(office.analyst)
    assert to_judge not in titles_for(contact)
    adjudications_services.adjudicate(note=note, outcome="rejected", rationale="Two have room.", actor=office.analyst)
    assert to_answer not in titles_for(office.analyst)
    assert to_judge in titles_for(contact)
    assert to_judge not in titles_for(member)
    office.answer(found.requests.get(agency=labor))
    assert f"One item waits for {labor.short}" in home_of(contact)
    adjudications_services.concur(note=note, concurs=True, text="", actor=contact)
    assert to_judge not in titles_for(contact)


@pytest.mark.world("consultation")
def test_a_note_of_the_office_waits_for_somebody_else_of_it(office: Office) -> None:
    found = office.consulting()
    content = NoteContent(kind="critical", text="The figure is old.", rationale="A newer one is out.")
    notes_services.write_note(
        selection_round=found,
        candidate=office.candidate(found),
        content=content,
        visibility="office",
        actor=office.analyst,
    )
    assert not any(title.startswith("Adjudicate ") for title in titles_for(office.analyst))
    assert f"Adjudicate 1 note, {found}" in titles_for(office.second)
    assert "One is critical and must be answered before the decision." in home_of(office.second)
    assert "critical" not in home_of(office.analyst)


def test_a_round_that_may_be_closed_waits_for_the_approver(deliberation: Deliberation) -> None:
    office, found = deliberation.office, deliberation.round
    close = f"Close {found} as decided"
    made = recommended(office, found)
    memo = memo_services.issue_memo(selection_round=found, actor=office.analyst, on=ON)
    assert close not in titles_for(office.approver)
    decide(recommendation=made, memo=memo, actor=office.approver, on=ON)
    assert close in titles_for(office.approver)
    assert close not in titles_for(office.analyst)
    rounds_services.take_round_step(selection_round=found, name="decide", actor=office.approver, on=ON)
    assert close not in titles_for(office.approver)
