"""Sample round in consultation: answers of every kind, an objection without our answer, and notes of every kind."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from cpc.accounts.models import User
from selection.consultation.services.positions import save_draft
from selection.demo.asking import answer, ask_agencies, due_day
from selection.demo.people import People
from selection.demo.scoring import candidates_of, sample_sentence
from selection.models import (
    Candidate,
    Note,
    NoteKind,
    NoteVisibility,
    Outcome,
    PositionValue,
    SelectionRound,
)
from selection.notes.services.adjudications import adjudicate, concur
from selection.notes.services.notes import Anchor, NoteContent, withdraw_note, write_note
from selection.rounds.services import take_round_step

MORE_DAYS = 10
PROFILE = "profile"
"""Section of the sample narrative about a sentence of which an agency writes a note."""


def consult(people: People, selection_round: SelectionRound) -> None:
    """Ask the agencies. Labor, Foreign Assistance, and Health answer in part; Justice, which the statute names, not."""
    selection_round = take_round_step(selection_round=selection_round, name="open_consultation", actor=people.analyst)
    candidates = list(candidates_of(selection_round).values())
    requests = ask_agencies(people, selection_round)
    first, second, third, *others = candidates
    if labor := requests.get("dol"):
        answer(
            people, labor, first, PositionValue.CLEAR_WITH_COMMENTS, "Sample comment: name our project in the terms."
        )
        answer(
            people, labor, second, PositionValue.DOES_NOT_CLEAR, "Sample objection: our project is in these districts."
        )
        for candidate in others[:3]:
            answer(people, labor, candidate, PositionValue.CLEAR)
        if (drafter := labor.agency.users.filter(is_contact=False, is_active=True).first()) is not None:
            shown = third.evidence.order_by("-number").first()
            assert shown is not None
            save_draft(
                request=labor,
                candidate=third,
                value=PositionValue.CLEAR,
                text="Sample draft of the agency.",
                proposed_due_on=None,
                evidence=shown.pk,
                actor=drafter,
            )
    if assistance := requests.get("state-f"):
        edits = "Sample edit: say which year the figure is of.\nSample edit: name the other donors."
        answer(people, assistance, first, PositionValue.CLEAR_WITH_EDITS, edits)
        for candidate in (second, third, *others):
            answer(people, assistance, candidate, PositionValue.CLEAR)
    if health := requests.get("hhs"):
        later = due_day() + timedelta(days=MORE_DAYS)
        answer(
            people, health, third, PositionValue.EXTENSION, "Sample reason: our country office is asked first.", later
        )
        for candidate in (first, *others[:2]):
            answer(people, health, candidate, PositionValue.NO_EQUITIES)
    _notes(people, selection_round, first, second, third)
    _note_on_a_sentence(people, selection_round, candidates)


def _notes(people: People, found: SelectionRound, first: Candidate, second: Candidate, third: Candidate) -> None:
    """Write notes of every kind: open, accepted, rejected without agreement, deferred, withdrawn, and private ones."""
    labor, health, assistance = (people.contacts.get(code) for code in ("dol", "hhs", "state-f"))
    if labor is None or health is None or assistance is None:
        return

    def note(kind: str, text: str, who: User, about: Candidate, criterion: str = "", seen: str = "office") -> Note:
        content = NoteContent(
            kind, f"Sample note: {text}", rationale="Sample reason." if kind == NoteKind.CRITICAL else ""
        )
        return write_note(
            selection_round=found,
            content=content,
            visibility=NoteVisibility(seen),
            actor=who,
            candidate=about,
            anchor=Anchor(criterion=criterion),
        )

    note(NoteKind.CRITICAL, "the figure of child labor is older than our own survey.", labor, second, "child_labour")
    major = note(NoteKind.MAJOR, "show child labor with chores beside it.", labor, first, "child_labour", "all")
    adjudicate(note=major, outcome=Outcome.ACCEPTED, rationale="Sample answer: both are shown.", actor=people.analyst)
    concur(note=major, concurs=True, text="", actor=labor)
    refused = note(NoteKind.MAJOR, "count our program as well.", assistance, third, "us_programs")
    adjudicate(note=refused, outcome=Outcome.REJECTED, rationale="Sample answer: it has ended.", actor=people.analyst)
    concur(note=refused, concurs=False, text="Sample reply: its last year is open.", actor=assistance)
    later = note(NoteKind.SUBSTANTIVE, "add the number of shelters.", health, first, "protection")
    adjudicate(note=later, outcome=Outcome.DEFERRED, rationale="Sample answer: no source yet.", actor=people.analyst)
    note(NoteKind.ADMINISTRATIVE, "the label of the figure has a typing error.", health, third)
    note(NoteKind.SUBSTANTIVE, "we ask our own office first.", labor, third, seen="agency")
    note(NoteKind.SUBSTANTIVE, "two raters differ here.", people.second, first, "prosecution")
    gone = note(NoteKind.ADMINISTRATIVE, "this is about another country.", assistance, second)
    withdraw_note(note=gone, reason="Sample reason: it belongs elsewhere.", actor=assistance)


def _note_on_a_sentence(people: People, found: SelectionRound, candidates: Sequence[Candidate]) -> None:
    """Write an agency's note about a sentence of the sample narrative, if a candidate has one."""
    labor = people.contacts.get("dol")
    quoted = ((candidate, sample_sentence(candidate, PROFILE)) for candidate in candidates)
    candidate, quote = next(((one, text) for one, text in quoted if text is not None), (None, None))
    if labor is None or candidate is None or quote is None:
        return
    section, text = quote
    write_note(
        selection_round=found,
        content=NoteContent(NoteKind.SUBSTANTIVE, "Sample note: our survey of this sector is newer."),
        visibility=NoteVisibility.ALL,
        actor=labor,
        candidate=candidate,
        anchor=Anchor(narrative=section.narrative, sentence=text, locator=section.locator),
    )
