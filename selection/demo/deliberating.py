"""Sample round in deliberation: one agency is silent, recommendations have money and term, and the memo is issued."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from cpc.web import formats
from selection.candidates.queries import round_page
from selection.consultation.services.cut_short import agree, propose_going_on
from selection.consultation.services.dispositions import EditOutcome, dispose
from selection.decisions.memo.findings import name_in_text
from selection.decisions.memo.services import issue_memo
from selection.decisions.services import recommend
from selection.demo.asking import answer, ask_agencies
from selection.demo.people import People
from selection.demo.scoring import candidates_of
from selection.model_definition.statutory_criteria import StatutoryAnswer, StatutoryCriterion
from selection.models import (
    Action,
    Candidate,
    NoteKind,
    NoteVisibility,
    Outcome,
    PositionValue,
    SelectionRound,
)
from selection.notes.services.adjudications import adjudicate, concur
from selection.notes.services.notes import Anchor, NoteContent, write_note
from selection.restrictions.checklist import checklist
from selection.restrictions.services import review_restrictions
from selection.rounds.services import take_round_step

DAYS_TO_DECIDE = 30
AMOUNT, MONTHS = Decimal(5_000_000), 48
SILENT = "state-f"
"""Agency that does not answer; the round goes on without it with the approver's consent."""

RECOMMENDED = (
    (Action.SELECT, "courts, ministries, and partners are ready to work on it."),
    (Action.SELECT, "what the first compact built is still there, and two regions are left."),
    (Action.SHORTLIST, "the funds of the year are enough for two countries."),
    (Action.DEFER, "the next report is due before a partnership could begin."),
    (Action.NOT_SELECTED, "an existing project works in the same districts."),
)
"""Recommendations by the order of the candidates; each reason begins with the findings on the candidate."""


def deliberate(people: People, selection_round: SelectionRound) -> None:
    """Take a scored round to deliberation, recommend on each candidate, and issue the memo for decision."""
    selection_round = take_round_step(selection_round=selection_round, name="open_consultation", actor=people.analyst)
    candidates = list(candidates_of(selection_round).values())
    _answers(people, selection_round, candidates)
    _note(people, selection_round, candidates)
    selection_round = take_round_step(selection_round=selection_round, name="deliberate", actor=people.analyst)
    criteria = round_page(selection_round).statutory_criteria
    for candidate, (action, reason) in zip(candidates, RECOMMENDED, strict=False):
        if action == Action.SELECT:
            _review(people, candidate)
        selected = action == Action.SELECT
        recommend(
            candidate=candidate,
            action=action,
            rationale=f"Sample reason: {_found(criteria.get(candidate.pk, ()))}; {reason}",
            proposed_amount=AMOUNT if selected else None,
            proposed_months=MONTHS if selected else None,
            funding="Sample account" if selected else "",
            actor=people.analyst,
        )
    decide_by = timezone.now().date() + timedelta(days=DAYS_TO_DECIDE)
    issue_memo(selection_round=selection_round, decide_by=decide_by, actor=people.analyst)


def _found(criteria: Sequence[StatutoryCriterion]) -> str:
    """Return the findings on the criteria of the statute: "commitment is not found"."""
    missed = [name_in_text(row.key) for row in criteria if row.answer is not StatutoryAnswer.MET]
    names = missed or [name_in_text(row.key) for row in criteria] or ["no criterion"]
    return f"{formats.listing(names)} {formats.agree(len(names), 'is', 'are')} {'not ' if missed else ''}found"


def _answers(people: People, selection_round: SelectionRound, candidates: Sequence[Candidate]) -> None:
    """Have every agency but one answer, answer what they object to or want edited, and go on without the silent one."""
    requests = ask_agencies(people, selection_round)
    first, _, third, *_, last = candidates
    for code, request in requests.items():
        for candidate in candidates if code != SILENT else ():
            value, text = PositionValue.CLEAR, ""
            if (code, candidate) == ("dol", last):
                value, text = PositionValue.DOES_NOT_CLEAR, "Sample objection: our project works in the same districts."
            elif (code, candidate) == ("dol", first):
                value, text = PositionValue.CLEAR_WITH_COMMENTS, "Sample comment: coordinate in two regions."
            elif (code, candidate) == ("doj", third):
                value, text = (
                    PositionValue.CLEAR_WITH_EDITS,
                    "Sample edit: name the units.\nSample edit: drop a sentence.",
                )
            elif code == "hhs":
                value = PositionValue.NO_EQUITIES
            position = answer(people, request, candidate, value, text)
            if value == PositionValue.CLEAR_WITH_EDITS:
                outcomes = (
                    EditOutcome(accepted=True),
                    EditOutcome(accepted=False, reason="Sample reason: it is true."),
                )
                dispose(position=position, outcomes=outcomes, actor=people.analyst)
            elif value == PositionValue.DOES_NOT_CLEAR:
                dispose(position=position, text="Sample answer: the country is not recommended.", actor=people.analyst)
            elif value == PositionValue.CLEAR_WITH_COMMENTS:
                dispose(position=position, text="Sample answer: the terms will say so.", actor=people.analyst)
    if SILENT in requests:
        reasons = {requests[SILENT].pk: "Sample reason: the year's funds must be planned this month."}
        proposal = propose_going_on(selection_round=selection_round, reasons=reasons, actor=people.analyst)
        agree(proposal=proposal, actor=people.approver)


def _note(people: People, selection_round: SelectionRound, candidates: Sequence[Candidate]) -> None:
    """Write a major note that stays open and one that is rejected, and answer a critical one."""
    labor = people.contacts.get("dol")
    if labor is None:
        return
    first, second, *_, last = candidates
    notes = [
        write_note(
            selection_round=selection_round,
            content=NoteContent(kind, f"Sample note: {text}", rationale="Sample reason."),
            visibility=NoteVisibility.ALL,
            actor=labor,
            candidate=candidate,
            anchor=Anchor(criterion=criterion),
        )
        for kind, text, candidate, criterion in (
            (NoteKind.MAJOR, "say which ministry would lead.", first, "protection"),
            (NoteKind.MAJOR, "count the program that ends this year.", second, "us_programs"),
            (NoteKind.CRITICAL, "the overlap with our project is not named.", last, "us_programs"),
        )
    ]
    _, refused, critical = notes
    adjudicate(note=refused, outcome=Outcome.REJECTED, rationale="Sample answer: it has ended.", actor=people.analyst)
    adjudicate(note=critical, outcome=Outcome.ACCEPTED, rationale="Sample answer: it is named.", actor=people.analyst)
    concur(note=critical, concurs=True, text="", actor=labor)


def _review(people: People, candidate: Candidate) -> None:
    """Review every restriction of a country that is recommended, as a sample."""
    review_restrictions(
        country=candidate.country,
        codes=[restriction.code for restriction in checklist()],
        status="clear",
        basis="Sample review, written for the demonstration.",
        reviewer="Sample reviewer",
        reviewed_on=timezone.now().date(),
        actor=people.analyst,
    )
