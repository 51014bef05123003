"""Going on without answers, and less time for an answer: only with consent of the agency or of another approver."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from cpc.accounts.models import User
from cpc.accounts.permissions import Role
from cpc.database.revisions import EditConflict
from selection.consultation import consent_queries
from selection.consultation.queries import owed_in, revision_of
from selection.consultation.services import cut_short, requests
from selection.models import (
    ConsultationRequest,
    CutShort,
    CutShortDecision,
    CutShortLine,
    DueChange,
    ProceedWithout,
    SelectionRound,
)
from selection.rounds import services as rounds_services
from tests.partnerships.error_codes import db_error_code
from tests.selection.consultation.test_consultation_requests import notified_of
from tests.support.accounts import make_account
from tests.support.outcomes import refusals
from tests.support.rounds import DUE, ON, Office
from tests.support.unguarded import unguarded

pytestmark = [pytest.mark.django_db, pytest.mark.world("consultation")]
DAY = dt.timedelta(days=1)


@pytest.fixture
def found(office: Office) -> SelectionRound:
    return office.consulting()


@pytest.fixture
def labor(office: Office, found: SelectionRound) -> ConsultationRequest:
    """Return the request to an agency that the statute names, about two candidates."""
    return office.ask(found, office.agency(statutory=True), "GHA", "CIV")


@pytest.fixture
def energy(office: Office, found: SelectionRound) -> ConsultationRequest:
    """Return the request to an agency that was invited."""
    return office.ask(found, office.agency("doe", "Department of Energy"), "GHA")


def statuses(found: SelectionRound, today: dt.date = ON) -> dict[str, str]:
    return {
        f"{cell.request.agency.code} {cell.candidate.country.code}": str(cell.status) for cell in owed_in(found, today)
    }


@pytest.mark.parametrize("today", [DUE - DAY, DUE, DUE + DAY])
def test_the_office_goes_on_only_with_the_approvers_consent(
    office: Office, found: SelectionRound, labor: ConsultationRequest, energy: ConsultationRequest, today: dt.date
) -> None:
    waiting = statuses(found, today)
    assert set(waiting.values()) == {"no_response" if today > DUE else "waiting"}
    proposal = office.propose(found, today=today)
    assert [line.request for line in consent_queries.lines_of(proposal)] == [labor, energy], "the statute's first"
    assert statuses(found, today) == waiting, "nothing moves before"
    assert refusals(lambda: office.step(found, "deliberate")) == {"requests": "no_response no_response"}
    cut_short.agree(proposal=proposal, actor=office.approver, today=today)
    assert set(statuses(found, today).values()) == {"proceeded"}
    assert {row.reason for row in ProceedWithout.objects.all()} == {"The year ends"}
    assert notified_of(office.contact(labor.agency))[-1].endswith("the round goes on without your position")
    assert notified_of(office.analyst)[-1] == "Agreed: Go on without answers"
    office.answer(labor)
    assert statuses(found, today)["dol GHA"] == "clear", "a later answer still counts"
    assert office.step(found, "deliberate").state == "deliberation"


def test_each_agency_needs_a_reason(
    office: Office, found: SelectionRound, labor: ConsultationRequest, energy: ConsultationRequest
) -> None:
    ask: dict[str, Any] = {"selection_round": found, "actor": office.analyst, "today": ON}
    lacking = refusals(lambda: cut_short.propose_going_on(reasons={}, **ask))
    assert lacking == {f"reason_{labor.pk}": "reason", f"reason_{energy.pk}": "reason"}
    lacking = refusals(lambda: cut_short.propose_going_on(reasons={energy.pk: "Holidays", labor.pk: " "}, **ask))
    assert lacking == {f"reason_{labor.pk}": "reason"}
    with pytest.raises(PermissionDenied):
        cut_short.propose_going_on(reasons={labor.pk: "A", energy.pk: "B"}, **ask | {"actor": office.approver})


def test_nothing_is_asked_where_nothing_is_missing(
    office: Office, found: SelectionRound, labor: ConsultationRequest
) -> None:
    office.answer(labor)
    office.answer(labor, "CIV", "extension", "Travel", day=DUE + DAY)
    assert office.propose(found).lines.get().request == labor, "more time is no answer"
    office.answer(labor, "CIV")
    assert refusals(lambda: office.propose(found)) == {"": "nothing_missing"}


def test_a_proposal_is_open_once_and_overtaken_by_the_last_answer(
    office: Office, found: SelectionRound, labor: ConsultationRequest
) -> None:
    proposal = office.propose(found)
    assert refusals(lambda: office.propose(found)) == {"": "asked_already"}
    office.answer(labor)
    office.answer(labor, "CIV")
    assert list(consent_queries.open_proposals(found)) == []
    assert refusals(lambda: cut_short.agree(proposal=proposal, actor=office.approver, today=ON)) == {"": "overtaken"}
    energy = office.ask(found, office.agency("doe", "Department of Energy"))
    again = office.propose(found)
    proposal.refresh_from_db()
    assert (proposal.decision, proposal.decided_by) == (CutShortDecision.OVERTAKEN, None)
    assert [line.request for line in again.lines.all()] == [energy]


def test_consent_covers_the_candidates_that_were_asked_about_then(
    office: Office, found: SelectionRound, labor: ConsultationRequest
) -> None:
    proposal = office.propose(found)
    office.answer(labor)
    requests.add_candidates(
        request=labor, candidates=found.candidates.filter(country__code="XKX"), actor=office.analyst
    )
    cut_short.agree(proposal=proposal, actor=office.approver, today=ON)
    assert statuses(found) == {"dol GHA": "clear", "dol CIV": "proceeded", "dol XKX": "waiting"}


def test_whoever_asked_or_may_not_decide_does_not_agree(
    office: Office, found: SelectionRound, labor: ConsultationRequest
) -> None:
    proposal = office.propose(found)
    with pytest.raises(PermissionDenied):
        cut_short.agree(proposal=proposal, actor=office.second, today=ON)
    with unguarded():
        User.objects.filter(pk=office.analyst.pk).update(role=Role.APPROVER)
    promoted = User.objects.get(pk=office.analyst.pk)
    assert refusals(lambda: cut_short.agree(proposal=proposal, actor=promoted, today=ON)) == {"": "two_people"}
    assert refusals(lambda: cut_short.refuse(proposal=proposal, note="No", actor=promoted)) == {"": "two_people"}


def test_declining_needs_a_reason_and_goes_back_to_the_asker(
    office: Office, found: SelectionRound, labor: ConsultationRequest
) -> None:
    proposal = office.propose(found)
    refuse: dict[str, Any] = {"proposal": proposal, "actor": office.approver}
    assert refusals(lambda: cut_short.refuse(note=" ", **refuse)) == {"note": "note"}
    assert cut_short.refuse(note=" Call them first. ", **refuse).note == "Call them first."
    assert notified_of(office.analyst)[-1] == "Refused: Go on without answers"
    assert notified_of(office.contact(labor.agency))[-1].endswith(": your position is due Fri, Dec 18, as before")
    second = make_account(Role.APPROVER, username="approver-2")
    late = refusals(lambda: cut_short.agree(proposal=proposal, actor=second, today=ON))
    assert late == {"": "decided_already"}
    assert statuses(found)["dol GHA"] == "waiting"
    assert office.propose(found).pk > proposal.pk


def test_two_approvers_and_a_second_click_do_it_once(
    office: Office, found: SelectionRound, labor: ConsultationRequest
) -> None:
    proposal = office.go_on(found)
    second = make_account(Role.APPROVER, username="approver-2")
    for actor in (office.approver, second):
        again = refusals(lambda actor=actor: cut_short.agree(proposal=proposal, actor=actor, today=ON))  # type: ignore[misc]
        assert again == {"": "decided_already"}
    assert ProceedWithout.objects.count() == 2


def test_a_withdrawn_proposal_is_closed(office: Office, found: SelectionRound, labor: ConsultationRequest) -> None:
    proposal = office.propose(found)
    with pytest.raises(PermissionDenied):
        cut_short.withdraw(proposal=proposal, actor=office.approver)
    assert cut_short.withdraw(proposal=proposal, actor=office.second).decision == "withdrawn"
    assert notified_of(office.contact(labor.agency))[-1].endswith("as before")
    late = refusals(lambda: cut_short.agree(proposal=proposal, actor=office.approver, today=ON))
    assert late == {"": "decided_already"}


def test_a_proposal_does_not_outlive_a_step_of_the_round(
    office: Office, found: SelectionRound, labor: ConsultationRequest
) -> None:
    proposal = office.propose(found)
    back = office.step(found, "return_to_scoring")
    assert refusals(lambda: office.propose(back)) == {"": "not_consulting"}
    office.step(back, "open_consultation")
    assert list(consent_queries.open_proposals(found)) == []
    assert refusals(lambda: cut_short.agree(proposal=proposal, actor=office.approver, today=ON)) == {"": "overtaken"}
    assert (
        db_error_code(
            lambda: CutShort.objects.filter(pk=proposal.pk).update(decision="agreed", decided_by=office.approver)
        )
        == "overtaken"
    )
    assert office.propose(found).pk > proposal.pk


# ---- the agency's own consent ----------------------------------------------------------------------------------------


def test_an_agency_consents_for_itself(
    office: Office, found: SelectionRound, labor: ConsultationRequest, energy: ConsultationRequest
) -> None:
    proposal = office.propose(found)
    line = proposal.lines.get(request=labor)
    for actor in (office.member(labor.agency), office.contact(energy.agency), office.approver):
        with pytest.raises(PermissionDenied):
            cut_short.consent_for_agency(line=line, actor=actor, today=ON)
    contact = office.contact(labor.agency)
    cut_short.consent_for_agency(line=line, actor=contact, today=ON)
    cut_short.consent_for_agency(line=line, actor=contact, today=ON)
    assert statuses(found) == {"dol GHA": "proceeded", "dol CIV": "proceeded", "doe GHA": "waiting"}
    assert {(row.approved_by, row.by_agency) for row in ProceedWithout.objects.all()} == {(contact, True)}
    assert notified_of(office.analyst)[-1] == "Department of Labor agrees"
    cut_short.agree(proposal=proposal, actor=office.approver, today=ON)
    assert ProceedWithout.objects.filter(by_agency=False).get().request == energy
    done = energy.cut_short.get()
    late = refusals(lambda: cut_short.consent_for_agency(line=done, actor=office.contact(energy.agency), today=ON))
    assert late == {"": "decided_already"}


# ---- less time -------------------------------------------------------------------------------------------------------


def test_one_person_gives_more_time_but_not_less(office: Office, labor: ConsultationRequest) -> None:
    move: dict[str, Any] = {"request": labor, "reason": "R", "actor": office.analyst, "today": ON}
    assert refusals(lambda: requests.move_due(due_on=DUE - DAY, **move)) == {"due_on": "no_consent"}
    assert requests.move_due(due_on=DUE + DAY, **move).due_on == DUE + DAY
    shorten: dict[str, Any] = {"request": labor, "actor": office.analyst, "today": ON}
    for due_on, reason, codes in (
        (ON - DAY, "R", {"due_on": "due_past"}),
        (DUE + DAY, "R", {"due_on": "due_on"}),
        (DUE, " ", {"reason": "reason"}),
    ):
        ask = {"due_on": due_on, "reason": reason, **shorten}
        assert refusals(lambda ask=ask: cut_short.propose_shorter_time(**ask)) == codes  # type: ignore[misc]
    with pytest.raises(EditConflict):
        cut_short.propose_shorter_time(due_on=ON, reason="R", expected_revision="0-0.0", **shorten)


@pytest.mark.parametrize("by_agency", [True, False])
def test_less_time_needs_the_consent_of_the_agency_or_an_approver(
    office: Office, labor: ConsultationRequest, by_agency: bool
) -> None:
    shorten: dict[str, Any] = {"request": labor, "actor": office.second, "today": ON}
    proposal = cut_short.propose_shorter_time(
        due_on=ON, reason=" The board meets ", expected_revision=revision_of(labor), **shorten
    )
    assert refusals(lambda: cut_short.propose_shorter_time(due_on=ON, reason="R", **shorten)) == {"": "asked_already"}
    labor.refresh_from_db()
    assert labor.due_on == DUE
    line = proposal.lines.get()
    if by_agency:
        cut_short.consent_for_agency(line=line, actor=office.contact(labor.agency), today=ON)
    else:
        cut_short.agree(proposal=proposal, actor=office.approver, today=ON)
    labor.refresh_from_db()
    change = labor.due_changes.get()
    assert (labor.due_on, change.before, change.after, change.reason, change.line) == (
        ON, DUE, ON, "The board meets", line,
    )  # fmt: skip
    assert notified_of(office.member(labor.agency))[-1].endswith(f"now due {ON:%a, %b} {ON.day}")
    assert notified_of(office.second)[-1].startswith("Department of Labor agrees" if by_agency else "Agreed: ")


def test_an_earlier_day_that_has_passed_is_overtaken(office: Office, labor: ConsultationRequest) -> None:
    proposal = cut_short.propose_shorter_time(request=labor, due_on=ON, reason="R", actor=office.analyst, today=ON)
    late = refusals(lambda: cut_short.agree(proposal=proposal, actor=office.approver, today=ON + DAY))
    assert late == {"": "overtaken"}


# ---- the database ----------------------------------------------------------------------------------------------------


def test_the_database_asks_for_consent_before_going_on(
    office: Office, found: SelectionRound, labor: ConsultationRequest, energy: ConsultationRequest
) -> None:
    proposal = office.propose(found)
    line, other = proposal.lines.get(request=labor), proposal.lines.get(request=energy)
    ghana = office.candidate(found)

    def go_on(**changes: Any) -> ProceedWithout:
        values: dict[str, Any] = {
            "request": labor, "candidate": ghana, "line": line, "reason": line.reason, "approved_by": office.approver,
        }  # fmt: skip
        return ProceedWithout(**values | changes)

    assert db_error_code(go_on().save) == "no_consent"
    assert db_error_code(go_on(by_agency=True, approved_by=office.contact(labor.agency)).save) == "no_consent"
    rows = CutShort.objects.filter(pk=proposal.pk)
    assert db_error_code(lambda: rows.update(decision="agreed", decided_by=office.analyst)) == "may_not_approve"
    assert db_error_code(lambda: rows.update(decision="agreed", decided_by=None)) == "two_people"
    assert db_error_code(lambda: rows.update(decision="refused", decided_by=office.approver)) in ("note", "decided_by")
    assert db_error_code(lambda: rows.update(kind="shorten", decision="agreed", decided_by=office.approver)) == (
        "proposal_kept"
    )
    lines = CutShortLine.objects.filter(pk=line.pk)
    for person in (office.approver, office.member(labor.agency), office.contact(energy.agency)):
        assert db_error_code(lambda person=person: lines.update(consented_by=person)) == "not_contact"  # type: ignore[misc]
    assert db_error_code(lambda: lines.update(reason="Another")) == "decided_already"
    rows.update(decision="agreed", decided_by=office.approver)
    assert db_error_code(lambda: rows.update(decision="refused", note="No")) == "decided_already"
    assert db_error_code(go_on(line=other).save) == "no_consent"
    assert db_error_code(go_on(reason="Another").save) == "no_consent"
    assert db_error_code(go_on(approved_by=office.second).save) == "no_consent"
    assert db_error_code(go_on(candidate=office.candidate(found, "XKX")).save) == "not_asked"
    office.answer(labor)
    assert db_error_code(go_on().save) == "answered_already"
    go_on(candidate=office.candidate(found, "CIV")).save()


def test_the_database_begins_no_deliberation_without_answers(
    office: Office, found: SelectionRound, labor: ConsultationRequest
) -> None:
    rows = SelectionRound.objects.filter(pk=found.pk)
    assert db_error_code(lambda: rows.update(state="deliberation")) == "no_response"
    office.answer(labor)
    assert db_error_code(lambda: rows.update(state="deliberation")) == "no_response"
    office.answer(labor, "CIV")
    justice = office.agency("doj", "Department of Justice", statutory=True)
    assert db_error_code(lambda: rows.update(state="deliberation")) == "statutory_not_asked"
    office.answer(office.ask(found, justice))
    rows.update(state="deliberation")


def test_the_database_asks_for_consent_to_less_time(office: Office, labor: ConsultationRequest) -> None:
    rows = ConsultationRequest.objects.filter(pk=labor.pk)
    assert db_error_code(lambda: rows.update(due_on=DUE - DAY)) == "no_consent"
    change = DueChange(request=labor, before=DUE, after=DUE - DAY, reason="R", by=office.analyst)
    assert db_error_code(change.save) == "no_consent"
    proposal = cut_short.propose_shorter_time(
        request=labor, due_on=DUE - DAY, reason="R", actor=office.analyst, today=ON
    )
    line = proposal.lines.get()
    change = DueChange(request=labor, before=DUE, after=DUE - DAY, reason="R", by=office.analyst, line=line)
    assert db_error_code(change.save) == "no_consent"
    cut_short.agree(proposal=proposal, actor=office.approver, today=ON)
    two_days = DueChange(request=labor, before=DUE, after=DUE - 2 * DAY, reason="R", by=office.analyst, line=line)
    assert db_error_code(two_days.save) == "no_consent"


def test_the_round_goes_on_and_each_agency_is_notified(
    office: Office, found: SelectionRound, labor: ConsultationRequest, energy: ConsultationRequest
) -> None:
    office.answer(labor)
    office.answer(labor, "CIV")
    office.answer(energy)
    rounds_services.take_round_step(selection_round=found, name="deliberate", actor=office.analyst, on=ON)
    for agency in (labor.agency, energy.agency):
        assert notified_of(office.member(agency))[-1].endswith("deliberation begins")
