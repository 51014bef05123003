"""Planted text in the answers of agencies, in what the office does about them, and in what is decided."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from cpc.notifications.services import notify
from selection.consultation.services import cut_short
from selection.consultation.services import dispositions as dispositions_services
from selection.consultation.services import positions as positions_services
from selection.consultation.services import withdrawals as withdrawals_services
from selection.decisions.memo import services as memo_services
from selection.models import Candidate, ResponseUpload
from selection.review import services as review_services
from selection.signing import services as signing_services
from tests.security.canaries import JUSTICE, LABOR, ROUNDS, TREASURY
from tests.selection.decisions.deliberating import review
from tests.selection.signing.rating import rated
from tests.support import deciding
from tests.support.noting import sample_upload
from tests.support.rounds import DUE, ON

if TYPE_CHECKING:
    from tests.security.agencies_world import Consultees

AFTER = DUE + dt.timedelta(days=3)


def plant_positions(there: Consultees) -> None:
    """Write drafts and positions, the office's dispositions of them, and what goes on without an answer."""
    office, plant = there.office, there.plant
    _answers(there)
    for name, code, own in (("labor", "CIV", LABOR), ("justice", "XKX", JUSTICE)):
        candidate = there.candidate("first", code)
        positions_services.save_draft(
            request=there.requests[name],
            candidate=candidate,
            value="clear_with_edits",
            text=plant("selection.PositionDraft.text", own),
            proposed_due_on=None,
            evidence=_evidence(candidate),
            actor=there.users[f"{name} drafter"],
        )
    wish = office.answer(
        there.requests["justice"],
        "XKX",
        "extension",
        plant("selection.Position.text", ROUNDS, JUSTICE),
        day=DUE + dt.timedelta(days=9),
    )
    dispositions_services.answer_extension(
        position=wish,
        granted=False,
        due_on=None,
        reason=plant("selection.ExtensionAnswer.reason", ROUNDS, JUSTICE),
        actor=office.analyst,
        today=ON,
    )
    _cut_short(there)
    _notify(there)


def _answers(there: Consultees) -> None:
    """Submit positions on Ghana, each of which supersedes another: Labor asks for an edit, the others object.

    Labor withdraws its position on Cote d'Ivoire, and so owes it again.
    """
    office, plant = there.office, there.plant
    for name, own in (("labor", LABOR), ("justice", JUSTICE), ("treasury", TREASURY)):
        request, edits = there.requests[name], name == "labor"
        for value in ("clear_with_comments", "clear_with_edits" if edits else "does_not_clear"):
            text = plant("selection.Position.text", ROUNDS, own)
            position = office.answer(request, value=value, text=text)
        text, outcomes = plant("selection.Disposition.text", ROUNDS, own), []
        if edits:
            because = plant("selection.Disposition.outcomes", ROUNDS, own)
            outcomes = [dispositions_services.EditOutcome(accepted=False, reason=because)]
        dispositions_services.dispose(position=position, text=text, outcomes=outcomes, actor=office.analyst)
    withdrawals_services.withdraw_position(
        position=office.answer(there.requests["labor"], "CIV"),
        reason=plant("selection.Position.withdrawn_because", ROUNDS, LABOR),
        actor=there.users["labor"],
    )


def _evidence(candidate: Candidate) -> int:
    shown = candidate.evidence.order_by("-number").first()
    assert shown is not None
    return shown.pk


def _cut_short(there: Consultees) -> None:
    """Go on without an answer of Labor, by its own consent; Justice's waits, and less time was refused."""
    office, plant = there.office, there.plant
    labor, justice = there.requests["labor"], there.requests["justice"]
    shorter = cut_short.propose_shorter_time(
        request=justice,
        due_on=ON,
        reason=plant("selection.CutShortLine.reason", ROUNDS, JUSTICE),
        actor=office.analyst,
        today=ON,
    )
    cut_short.refuse(proposal=shorter, note=plant("selection.CutShort.note", ROUNDS), actor=office.approver)
    reasons = {
        labor.pk: plant("selection.ProceedWithout.reason", ROUNDS, LABOR),
        justice.pk: plant("selection.CutShortLine.reason", ROUNDS, JUSTICE),
    }
    proposal = cut_short.propose_going_on(
        selection_round=there.rounds["first"], reasons=reasons, actor=office.analyst, today=AFTER
    )
    line = proposal.lines.get(request=labor)
    cut_short.consent_for_agency(line=line, actor=office.contact(labor.agency), today=AFTER)


def _notify(there: Consultees) -> None:
    plant = there.plant
    for name in ("labor", "justice", "treasury", "analyst"):
        notify(
            recipients=[there.users[name]],
            kind="consultation.asked",
            values={
                "countries": plant("notifications.Notification.subject", frozenset({name})),
                "agency": "Department",
                "round": "Round",
                "due": "Fri, Dec 4",
                "action": "clear",
            },
            link="/consultation/",
            target=there.users[name],
            dedupe=f"planted {name}",
            actor=None,
        )


def plant_responses(there: Consultees, name: str, candidate: Candidate, own: frozenset[str]) -> ResponseUpload:
    """Upload a filled workbook of positions and notes of an agency; its rows are received, but not saved."""
    plant = there.plant
    position = {
        "line": 3,
        "key": str(candidate.pk),
        "revision": "",
        "cells": {"value": "clear_with_comments", "text": plant("selection.ResponseUpload.positions", own)},
        "misfits": {},
    }
    note = {
        "line": 3,
        "key": "",
        "revision": "",
        "cells": {
            "candidate": candidate.country.code,
            "kind": "major",
            "visibility": "agency",
            "text": plant("selection.ResponseUpload.notes", own),
        },
        "misfits": {},
    }
    return review_services.receive_responses(
        request=there.requests[name],
        file=sample_upload(f"{plant.plain('selection.ResponseUpload.name', own)}.xlsx"),
        positions=[position],
        notes=[note],
        actor=there.users[name],
    )


def plant_decision(there: Consultees) -> None:
    """Take the second round through deliberation, with a question of the approver, to its decision and memo."""
    office, plant = there.office, there.plant
    found, candidate = there.rounds["second"], there.candidate("second")
    review(office, found)
    rated(office, found, "GHA")
    found = there.rounds["second"] = office.step(found, "deliberate")
    recommendation = deciding.recommend(
        candidate=candidate,
        action="select",
        rationale=plant("selection.Recommendation.rationale", ROUNDS),
        funding=plant("selection.Recommendation.funding", ROUNDS),
        actor=office.analyst,
    )
    issued = deciding.memo_for(found, office.analyst, ON)
    line = signing_services.Line(recommendation, "discuss", plant("selection.Discussion.question", ROUNDS))
    asked = signing_services.sign(memo=issued, lines=[line], actor=office.approver, on=ON).discussions[0]
    answer = plant("selection.Discussion.answer", ROUNDS)
    signing_services.answer_discussion(discussion=asked, answer=answer, actor=office.analyst)
    deciding.decide(
        recommendation=recommendation,
        action="defer",
        remarks=plant("selection.Decision.remarks", ROUNDS),
        actor=office.approver,
        on=ON,
    )
    memo_services.issue_memo(selection_round=found, actor=office.analyst, on=ON)
