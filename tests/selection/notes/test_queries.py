"""Reads of notes: filters and order of the matrix, its figures, what the memo discloses, and what waits."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import Settings

from cpc.accounts.models import User
from cpc.accounts.permissions import Role
from selection.models import Note, SelectionRound
from selection.notes import queries
from selection.notes.services import adjudications as adjudications_services
from selection.notes.services import notes as notes_services
from tests.support.accounts import make_account
from tests.support.noting import Desk
from tests.support.unguarded import unguarded

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(db: None, tmp_path: Path, settings: Settings) -> Desk:
    settings.MEDIA_ROOT = tmp_path / "media"
    return Desk.make()


def answer(desk: Desk, note: Note, outcome: str, concurs: bool | None = None) -> Note:
    desk.answer(note, outcome)
    note.refresh_from_db()
    if concurs is not None:
        adjudications_services.concur(
            note=note, concurs=concurs, text="" if concurs else "It is older.", actor=desk.labor_contact
        )
    return note


def of_labor(desk: Desk, kind: str = "substantive", **more: Any) -> Note:
    return desk.write(desk.labor_contact, kind=kind, **{"rationale": "By law.", **more})


def written(desk: Desk) -> dict[str, Note]:
    """Write a note in each state."""
    found = {
        "closed": answer(desk, of_labor(desk), "accepted", concurs=True),
        "answered": answer(desk, of_labor(desk, "major"), "rejected"),
        "disputed": answer(desk, of_labor(desk), "modified", concurs=False),
        "rejected": answer(desk, of_labor(desk, "critical"), "rejected"),
        "own": of_labor(desk, "critical", visibility="agency"),
        "major": of_labor(desk, "major", code="CIV", proposed_text="Use the later series."),
        "critical": of_labor(desk, "critical", code=None),
        "of office": desk.write(desk.office.second, text="Check the source."),
        "of justice": desk.write(desk.justice_contact),
        "withdrawn": of_labor(desk, "critical"),
    }
    notes_services.withdraw_note(note=found["withdrawn"], reason="Sent twice", actor=desk.labor_contact)
    return found


def named(found: dict[str, Note], rows: Any) -> list[str]:
    names = {note.pk: name for name, note in found.items()}
    return [names[row.pk] for row in rows]


def test_the_matrix_is_filtered_and_its_open_critical_notes_come_first(desk: Desk) -> None:
    found = written(desk)

    def shown(user: User = desk.office.analyst, **asked: str) -> list[str]:
        return named(found, queries.matrix(desk.round, user, **asked))

    assert shown() == [
        "critical", "major", "of office", "of justice", "rejected", "answered", "disputed", "closed"
    ]  # fmt: skip
    assert shown(status="open") == ["critical", "major", "of office", "of justice"]
    assert shown(status="escalated") == ["disputed"]
    assert shown(status="taken_back") == ["withdrawn"]
    assert shown(kind="critical") == ["critical", "rejected"]
    assert shown(agency="office") == ["of office"]
    assert shown(agency="doj") == ["of justice"]
    assert shown(candidate="CIV") == ["major"]
    assert shown(q="LATER SERIES") == ["major"]
    assert shown(q="source") == ["of office"]
    assert shown(q="by law", kind="major") == ["major", "answered"]
    assert shown(q="nothing") == []
    assert "own" in shown(desk.labor_contact)
    assert "of justice" not in shown(desk.labor_contact)


def test_the_figures_above_the_matrix(desk: Desk) -> None:
    found = written(desk)
    made = queries.summary(desk.round, desk.office.analyst)
    assert named(found, made.pop("blocking")) == ["critical"]
    assert made == {
        "total": 8,
        "agencies": 2,
        "open": 4,
        "closed": 1,
        "escalated": 1,
        "open_critical": 1,
        "open_major": 1,
        "agreed": 1,
        "disclosed": 2,
        "answered": {"accepted": 1, "rejected": 2, "modified": 1},
    }


def test_at_most_three_notes_that_block_are_named_the_oldest_first(desk: Desk) -> None:
    notes = [of_labor(desk, "critical") for _ in range(4)]
    assert queries.summary(desk.round, desk.office.analyst)["blocking"] == notes[:3]


def test_memo_counts_and_discloses_notes_that_the_office_sees(desk: Desk) -> None:
    found = written(desk)
    disclosed = [thread.note for thread in queries.disclosed_notes(desk.round)]
    assert named(found, disclosed) == ["disputed", "rejected"]
    assert queries.notes_by_status(desk.round) == {
        ("open", "critical"): 1,
        ("open", "major"): 1,
        ("open", "substantive"): 2,
        ("adjudicated", "major"): 1,
        ("adjudicated", "critical"): 1,
        ("escalated", "substantive"): 1,
        ("closed", "substantive"): 1,
    }


def test_an_answer_that_was_replaced_no_longer_counts(desk: Desk) -> None:
    note = answer(desk, of_labor(desk, "critical"), "rejected")
    answer(desk, note, "accepted", concurs=True)
    assert queries.disclosed_notes(desk.round) == []
    made = queries.summary(desk.round, desk.office.analyst)
    assert (made["answered"], made["disclosed"]) == ({"accepted": 1}, 0)
    [earlier] = queries.earlier_answers(note)
    assert earlier.outcome == "rejected"
    thread = queries.find_thread(desk.round.pk, note.reference, desk.office.analyst)
    assert thread is not None
    assert thread.answer is not None
    assert thread.agrees is not None
    assert (thread.answer.outcome, thread.agrees.concurs) == ("accepted", True)


def test_the_newest_concurrence_counts(desk: Desk) -> None:
    note = answer(desk, of_labor(desk), "modified", concurs=False)
    note.refresh_from_db()
    adjudications_services.concur(note=note, concurs=True, text="", actor=desk.labor_contact)
    thread = queries.find_thread(desk.round.pk, note.reference, desk.office.analyst)
    assert thread is not None
    assert thread.agrees is not None
    assert thread.agrees.concurs


def test_filters_offer_only_agencies_and_candidates_with_visible_notes(desk: Desk) -> None:
    written(desk)
    office = desk.office.analyst
    assert queries.agencies_in(desk.round, office) == [
        ("doj", "Department of Justice"), ("dol", "Department of Labor")
    ]  # fmt: skip
    assert queries.agencies_in(desk.round, desk.labor_contact) == [("dol", "Department of Labor")]
    assert [code for code, _ in queries.candidates_in(desk.round, office)] == ["CIV", "GHA"]
    assert [code for code, _ in queries.candidates_in(desk.round, desk.justice_contact)] == ["GHA"]


def test_an_agency_writes_on_the_candidates_that_it_is_asked_about_now(desk: Desk) -> None:
    def codes(user: User) -> list[str]:
        return [row.country.code for row in queries.candidates_to_note(desk.round, user)]

    assert codes(desk.office.analyst) == ["CIV", "GHA", "XKX"]
    assert codes(desk.labor_member) == ["CIV", "GHA"]
    assert codes(desk.justice_contact) == ["GHA"]
    desk.round.requests.filter(agency=desk.justice).update(
        dropped_at=timezone.now(), dropped_by=desk.office.analyst, drop_reason="Not now"
    )
    assert codes(desk.justice_contact) == []
    assert [agency.code for agency in queries.agencies_asked(desk.round)] == ["dol"]


def test_who_answers_for_a_note_and_who_concurs(desk: Desk) -> None:
    of_member, of_office = desk.write(desk.labor_member), desk.write(desk.office.analyst)
    entered = desk.write(desk.office.analyst, on_behalf_of=desk.labor)

    def answers(note: Note) -> list[bool]:
        people = (desk.labor_member, desk.labor_contact, desk.justice_contact, desk.office.analyst, desk.office.second)
        return [queries.may_answer_for(note, user) for user in people]

    assert answers(of_member) == [True, True, False, False, False]
    assert answers(of_office) == [False, False, False, True, False]
    assert answers(entered) == [False, True, False, True, False]
    speak = [
        queries.speaks_on(of_member, user) for user in (desk.labor_member, desk.labor_contact, desk.justice_contact)
    ]
    assert speak == [True, True, False]
    assert not queries.speaks_on(entered, desk.labor_member)
    assert not queries.speaks_on(of_office, desk.office.analyst)


def test_who_writes_notes(desk: Desk) -> None:
    approver = desk.office.approver
    people = (desk.office.analyst, approver, desk.labor_member, make_account(Role.VIEWER, username="reader"))
    assert [queries.writes_notes(user) for user in people] == [True, True, True, False]


def test_a_closed_round_has_no_open_notes(desk: Desk) -> None:
    written(desk)
    with unguarded():
        SelectionRound.objects.filter(pk=desk.round.pk).update(state="deliberation")
    assert queries.open_notes_about(["GHA"], desk.office.analyst)
    with unguarded():
        SelectionRound.objects.filter(pk=desk.round.pk).update(state="decided")
    assert queries.open_notes_about(["GHA"], desk.office.analyst) == []


def test_open_notes_are_those_about_the_countries(desk: Desk) -> None:
    found = written(desk)
    office = desk.office.analyst
    assert named(found, queries.open_notes_about(["GHA"], office)) == ["of justice", "of office"]
    assert named(found, queries.open_notes_about(["GHA", "CIV"], office)) == ["of justice", "of office", "major"]


@pytest.mark.parametrize("reference", ["DOL", "DOL-", "DOL-x", "DOL-1234567890", "DOL-\N{SUPERSCRIPT TWO}"])
def test_a_malformed_reference_calls_no_note(desk: Desk, reference: str) -> None:
    of_labor(desk)
    assert queries.find_thread(desk.round.pk, reference, desk.office.analyst) is None
    assert queries.find_thread(desk.round.pk, "DOL-1", desk.office.analyst) is not None


def test_notes_on_a_candidate_are_in_force_and_the_oldest_first(desk: Desk) -> None:
    found = written(desk)
    rows = [thread.note for thread in queries.notes_on(desk.candidate(), desk.office.analyst)]
    assert named(found, rows) == ["closed", "answered", "disputed", "rejected", "of office", "of justice"]


def test_the_revision_of_a_note_changes_with_each_act_on_it(desk: Desk) -> None:
    note = of_labor(desk, visibility="agency")
    seen = [queries.revision_of(note)]

    def after(act: Any) -> None:
        act()
        note.refresh_from_db()
        seen.append(queries.revision_of(note))

    after(lambda: notes_services.share_note(note=note, visibility="office", actor=desk.labor_contact))
    after(lambda: desk.answer(note))
    after(lambda: adjudications_services.concur(note=note, concurs=True, text="", actor=desk.labor_contact))
    after(lambda: notes_services.withdraw_note(note=note, reason="Sent twice", actor=desk.labor_contact))
    assert len(set(seen)) == 5
