"""Services of the consultation: stored values, entries of the audit trail, and codes of refusals."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from cpc.accounts.models import Agency
from cpc.accounts.permissions import Role
from cpc.database.revisions import EditConflict
from selection.consultation.queries import revision_of, revision_of_position
from selection.consultation.services import dispositions, positions, requests
from selection.models import ConsultationRequest, PositionDraft, SelectionRound
from tests.support.accounts import make_account
from tests.support.outcomes import refusals, trail
from tests.support.rounds import DUE, ON, Office

pytestmark = [pytest.mark.django_db, pytest.mark.world("consultation")]
DAY = dt.timedelta(days=1)


@pytest.fixture
def found(office: Office) -> SelectionRound:
    return office.consulting()


@pytest.fixture
def labor(office: Office) -> Agency:
    return office.agency()


def drafted(office: Office, found: SelectionRound, agency: Agency, **changes: Any) -> ConsultationRequest:
    values: dict[str, Any] = {
        "role": "consult",
        "due_on": DUE,
        "questions": " Overlap? ",
        "candidates": found.candidates.filter(country__code__in=("GHA", "CIV")),
        "actor": office.analyst,
        "today": ON,
    }
    return requests.draft_request(selection_round=found, agency=agency, **values | changes)


def deeds(request: ConsultationRequest) -> list[tuple[str, str, Any, Any]]:
    """Return the entries of the trail without those on notices."""
    return [entry for entry in trail(request) if entry[1] != "notified"]


# ---- requests ------------------------------------------------------------------------------------------------------


def test_a_request_is_drafted_with_its_candidates(office: Office, found: SelectionRound, labor: Agency) -> None:
    request = drafted(office, found, labor)
    assert trail(request) == [
        (
            "analyst",
            "drafted",
            None,
            {
                "round": found.pk,
                "agency": labor.pk,
                "role": "consult",
                "due_on": DUE.isoformat(),
                "questions": "Overlap?",
                "drafted_by": office.analyst.pk,
            },
        ),
        ("analyst", "asked about candidates", None, {"candidates": ["CIV", "GHA"]}),
    ]
    assert {row.added_by for row in request.candidates.all()} == {office.analyst}


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({"due_on": None}, {"due_on": "due_on"}),
        ({"due_on": ON - DAY}, {"due_on": "due_past"}),
        ({"candidates": ()}, {"candidates": "candidates"}),
    ],
)
def test_a_request_is_refused_at_its_field(
    office: Office, found: SelectionRound, labor: Agency, changes: dict[str, Any], codes: dict[str, str]
) -> None:
    assert refusals(lambda: drafted(office, found, labor, **changes)) == codes
    request = drafted(office, found, labor)
    edit: dict[str, Any] = {
        "values": {"role": "consult", "due_on": changes.get("due_on", DUE), "questions": "Q"},
        "candidates": changes.get("candidates", found.candidates.filter(country__code="GHA")),
    }
    edit |= {"request": request, "actor": office.analyst, "today": ON}
    assert refusals(lambda: requests.edit_request(**edit)) == codes


def test_a_request_is_due_today_at_the_earliest_and_information_is_never_due(
    office: Office, found: SelectionRound, labor: Agency
) -> None:
    assert drafted(office, found, labor, due_on=ON).due_on == ON
    justice = office.agency("doj", "Department of Justice")
    assert drafted(office, found, justice, role="info", due_on=None).due_on is None


def test_an_agency_is_asked_once_and_a_closed_one_not_at_all(
    office: Office, found: SelectionRound, labor: Agency
) -> None:
    drafted(office, found, labor)
    assert refusals(lambda: drafted(office, found, labor)) == {"agency": "asked_already"}
    closed = Agency.objects.create(code="old", name="Old agency", is_active=False)
    assert refusals(lambda: drafted(office, found, closed)) == {"agency": "agency_closed"}


def test_a_candidate_out_of_the_pool_is_not_asked_about(office: Office, found: SelectionRound, labor: Agency) -> None:
    outside = found.candidates.exclude(excluded_because="").first() or found.candidates.filter(by_hand=True).first()
    assert outside
    refused = refusals(lambda: drafted(office, found, labor, candidates=[outside, office.candidate(found)]))
    assert refused == {"candidates": "not_in_pool"}


def test_a_draft_is_edited_until_it_is_sent(office: Office, found: SelectionRound, labor: Agency) -> None:
    request = drafted(office, found, labor)
    edit: dict[str, Any] = {
        "request": request,
        "values": {"role": "clear", "due_on": DUE + DAY, "questions": "Which?"},
        "candidates": found.candidates.filter(country__code__in=("GHA", "XKX")),
        "actor": office.second,
        "expected_revision": revision_of(request),
        "today": ON,
    }
    changed = requests.edit_request(**edit)
    assert (changed.role, changed.due_on, changed.questions) == ("clear", DUE + DAY, "Which?")
    codes = changed.candidates.values_list("candidate__country__code", flat=True)
    assert set(codes) == {"GHA", "XKX"}
    added, edited = trail(request)[-2:]
    assert added == ("analyst-2", "asked about candidates", None, {"candidates": ["XKX"]})
    assert edited[:2] == ("analyst-2", "changed")
    with pytest.raises(EditConflict):
        requests.edit_request(**edit)
    requests.send_request(request=request, actor=office.analyst, today=ON)
    sent = refusals(lambda: requests.edit_request(**edit | {"expected_revision": None}))
    assert sent == {"": "request_sent"}


def test_a_request_is_sent_by_a_person_and_changes_are_recorded(
    office: Office, found: SelectionRound, labor: Agency
) -> None:
    request = drafted(office, found, labor, candidates=found.candidates.filter(country__code="GHA"))
    adding: dict[str, Any] = {"candidates": [office.candidate(found, "CIV")], "actor": office.second}
    assert refusals(lambda: requests.add_candidates(request=request, **adding)) == {"": "not_sent"}
    sent = requests.send_request(request=request, actor=office.analyst, today=ON)
    assert (sent.sent_by, sent.is_sent) == (office.analyst, True)
    assert deeds(request)[-1][:2] == ("analyst", "sent")
    requests.add_candidates(request=request, **adding)
    assert deeds(request)[-1] == ("analyst-2", "asked about candidates", None, {"candidates": ["CIV"]})
    count = len(deeds(request))
    requests.add_candidates(request=request, **adding)
    assert len(deeds(request)) == count
    move: dict[str, Any] = {"request": request, "actor": office.second, "today": ON}
    assert refusals(lambda: requests.move_due(due_on=ON - DAY, reason="R", **move)) == {"due_on": "due_past"}
    assert refusals(lambda: requests.move_due(due_on=DUE + DAY, reason=" ", **move)) == {"reason": "reason"}
    moved = requests.move_due(due_on=DUE + DAY, reason=" Travel ", **move)
    assert moved.due_on == DUE + DAY
    change = moved.due_changes.get()
    stored = {
        "request": request.pk,
        "before": DUE.isoformat(),
        "after": (DUE + DAY).isoformat(),
        "reason": "Travel",
        "by": office.second.pk,
    }
    assert trail(change) == [("analyst-2", "moved the due date", None, stored)]
    assert refusals(lambda: requests.drop_request(request=request, reason=" ", actor=office.analyst)) == {
        "reason": "reason"
    }
    dropped = requests.drop_request(request=request, reason=" Not needed ", actor=office.analyst)
    assert (dropped.drop_reason, dropped.dropped_by) == ("Not needed", office.analyst)
    assert deeds(request)[-1][:2] == ("analyst", "dropped")
    again = requests.drop_request(request=request, reason="Other", actor=office.second)
    assert again.drop_reason == "Not needed"
    late = refusals(lambda: requests.move_due(due_on=DUE + 2 * DAY, reason="R", **move))
    assert late == {"": "not_sent"}


def test_action_on_a_changed_request_is_an_edit_conflict(office: Office, found: SelectionRound, labor: Agency) -> None:
    request = drafted(office, found, labor)
    old: dict[str, Any] = {"request": request, "actor": office.analyst, "expected_revision": "0"}
    attempts: list[Any] = [
        lambda: requests.send_request(today=ON, **old),
        lambda: requests.drop_request(reason="R", **old),
    ]
    for attempt in attempts:
        with pytest.raises(EditConflict):
            attempt()
    requests.send_request(request=request, actor=office.analyst, today=ON)
    with pytest.raises(EditConflict):
        requests.move_due(due_on=DUE + DAY, reason="R", today=ON, **old)


def test_a_dropped_draft_is_not_sent(office: Office, found: SelectionRound, labor: Agency) -> None:
    request = drafted(office, found, labor)
    requests.drop_request(request=request, reason="Not needed", actor=office.analyst)
    refused = refusals(lambda: requests.send_request(request=request, actor=office.analyst, today=ON))
    assert refused == {"": "request_dropped"}


def test_an_agency_without_a_contact_is_not_asked(office: Office, found: SelectionRound) -> None:
    alone = Agency.objects.create(code="new", name="New agency")
    request = drafted(office, found, alone)
    refused = refusals(lambda: requests.send_request(request=request, actor=office.analyst, today=ON))
    assert refused == {"": "no_contact"}
    informed = Agency.objects.create(code="info", name="Informed agency")
    request = drafted(office, found, informed, role="info", due_on=None)
    assert requests.send_request(request=request, actor=office.analyst, today=ON).is_sent


def test_why_a_statutory_consultee_is_not_asked_is_recorded(
    office: Office, found: SelectionRound, labor: Agency
) -> None:
    not_asked: dict[str, Any] = {"selection_round": found, "actor": office.analyst}
    named = Agency.objects.create(code="usaid2", name="Another agency", statutory=True)
    assert refusals(lambda: requests.record_not_applicable(agency=labor, reason="R", **not_asked)) == {
        "agency": "not_statutory"
    }
    assert refusals(lambda: requests.record_not_applicable(agency=named, reason=" ", **not_asked)) == {
        "reason": "reason"
    }
    row = requests.record_not_applicable(agency=named, reason=" Closed ", **not_asked)
    stored = {"round": found.pk, "agency": named.pk, "reason": "Closed", "recorded_by": office.analyst.pk}
    assert trail(row) == [("analyst", "recorded as not applicable", None, stored)]


@pytest.mark.parametrize("role", [Role.APPROVER, Role.VIEWER])
def test_other_roles_cannot_ask_agencies(office: Office, found: SelectionRound, labor: Agency, role: Role) -> None:
    request = office.ask(found, labor)
    by: dict[str, Any] = {"request": request, "actor": make_account(role, username="other")}
    ghana = [office.candidate(found)]
    for attempt in (
        lambda: requests.edit_request(values={"role": "clear", "due_on": DUE}, candidates=ghana, **by),
        lambda: requests.send_request(**by),
        lambda: requests.add_candidates(candidates=ghana, **by),
        lambda: requests.drop_request(reason="R", **by),
        lambda: requests.move_due(due_on=DUE, reason="R", **by),
        lambda: requests.record_not_applicable(selection_round=found, agency=labor, reason="R", actor=by["actor"]),
    ):
        with pytest.raises(PermissionDenied):
            attempt()


# ---- positions -----------------------------------------------------------------------------------------------------


def test_a_draft_is_the_agencys_own_and_settled_by_its_position(
    office: Office, found: SelectionRound, labor: Agency
) -> None:
    request = office.ask(found, labor, "GHA", "CIV")
    ghana = office.candidate(found)
    evidence = ghana.evidence.order_by("-number")[0]
    save: dict[str, Any] = {
        "request": request,
        "candidate": ghana,
        "value": "clear_with_edits",
        "text": " Name it ",
        "proposed_due_on": DUE,
        "evidence": evidence.pk,
    }
    draft = positions.save_draft(actor=office.member(labor), **save)
    assert (draft.value, draft.text, draft.proposed_due_on) == ("clear_with_edits", "Name it", None)
    who, action, before, after = trail(draft)[0]
    assert (who, action, before) == ("member-dol", "drafted", None)
    assert not {"value", "text", "proposed_due_on"} & set(after)
    other = positions.save_draft(actor=office.member(labor), **save | {"candidate": office.candidate(found, "CIV"),
        "evidence": office.candidate(found, "CIV").evidence.order_by("-number")[0].pk})  # fmt: skip
    changed = positions.save_draft(actor=office.member(labor), **save | {"value": "extension", "text": "More time"})
    assert (changed.pk, changed.value, changed.proposed_due_on) == (draft.pk, "extension", DUE)
    given = positions.submit_position(
        **save | {"proposed_due_on": None}, actor=office.contact(labor), taken_over=draft, today=ON
    )
    assert (given.given_by, given.drafted_by, given.agency) == (office.contact(labor), office.member(labor), labor)
    assert (given.value, given.text, given.evidence) == ("clear_with_edits", "Name it", evidence)
    assert ("contact-dol", "settled drafts by", None, {"authors": ["member-dol"]}) in trail(given)
    assert list(PositionDraft.objects.open()) == [other]


def test_a_position_is_replaced_and_confirmed(office: Office, found: SelectionRound, labor: Agency) -> None:
    request = office.ask(found, labor)
    first = office.answer(request, text="Reason", value="does_not_clear")
    assert office.answer(request, text="Reason", value="does_not_clear") == first
    second = office.answer(request)
    first.refresh_from_db()
    assert first.superseded_at
    assert trail(first)[-1][:2] == ("contact-dol", "superseded")
    give: dict[str, Any] = {
        "request": request,
        "candidate": second.candidate,
        "value": "clear",
        "text": "",
        "proposed_due_on": None,
        "evidence": second.evidence_id,
        "actor": office.contact(labor),
        "today": ON,
    }
    with pytest.raises(EditConflict):
        positions.submit_position(**give | {"expected_revision": revision_of_position(first), "value": "no_equities"})
    stale = refusals(
        lambda: positions.confirm_position(position=second, evidence=second.evidence_id, actor=office.contact(labor))
    )
    assert stale == {"": "not_stale"}
    assert refusals(lambda: positions.submit_position(**give | {"evidence": 0})) == {"": "evidence_changed"}
    with pytest.raises(PermissionDenied):
        positions.submit_position(**give | {"actor": office.member(labor)})


@pytest.mark.parametrize(
    ("value", "text", "day", "codes"),
    [
        ("clear_with_edits", " ", None, {"text": "text"}),
        ("clear_with_comments", " ", None, {"text": "text"}),
        ("does_not_clear", " ", None, {"text": "text"}),
        ("extension", "Travel", None, {"proposed_due_on": "proposed_due_on"}),
        ("extension", "Travel", DUE, {"proposed_due_on": "proposed_due_on"}),
        ("perhaps", "Travel", None, {"value": "value"}),
    ],
)
def test_a_position_is_refused_at_its_field(
    office: Office, found: SelectionRound, labor: Agency, value: str, text: str, day: dt.date, codes: dict[str, str]
) -> None:
    request = office.ask(found, labor)
    assert refusals(lambda: office.answer(request, value=value, text=text, day=day)) == codes


# ---- the office's answers ------------------------------------------------------------------------------------------


def test_an_objection_is_disposed_of(office: Office, found: SelectionRound, labor: Agency) -> None:
    request = office.ask(found, labor, "GHA", "CIV")
    clear = office.answer(request, "CIV")
    dispose: dict[str, Any] = {"text": " A court was added ", "actor": office.analyst}
    assert refusals(lambda: dispositions.dispose(position=clear, **dispose)) == {"": "nothing_to_dispose"}
    against = office.answer(request, value="does_not_clear", text="No")
    assert refusals(lambda: dispositions.dispose(position=against, text=" ", actor=office.analyst)) == {"text": "text"}
    row = dispositions.dispose(position=against, **dispose)
    stored = {"position": against.pk, "text": "A court was added", "by": office.analyst.pk}
    assert trail(row) == [("analyst", "disposed of", None, stored)]
    office.answer(request)
    assert refusals(lambda: dispositions.dispose(position=against, **dispose)) == {"": "superseded"}


@pytest.mark.parametrize(
    ("granted", "due_on", "reason", "codes"),
    [
        (True, None, "", {"due_on": "due_on"}),
        (True, DUE, "", {"due_on": "due_on"}),
        (False, None, " ", {"reason": "reason"}),
        (True, DUE + DAY, " Travel ", {}),
        (False, DUE + DAY, " Late ", {}),
    ],
)
def test_more_time_is_granted_with_a_day_or_declined_with_a_reason(
    office: Office, found: SelectionRound, labor: Agency, granted: bool, due_on: dt.date | None, reason: str,
    codes: dict[str, str],
) -> None:  # fmt: skip
    request = office.ask(found, labor)
    asked = office.answer(request, value="extension", text="Travel", day=DUE + 7 * DAY)
    answer: dict[str, Any] = {"position": asked, "granted": granted, "due_on": due_on, "reason": reason}
    answer |= {"actor": office.analyst, "today": ON}
    if codes:
        assert refusals(lambda: dispositions.answer_extension(**answer)) == codes
        return
    row = dispositions.answer_extension(**answer)
    assert (row.granted, row.due_on, row.reason) == (granted, due_on if granted else None, reason.strip())
    assert trail(row)[0][:2] == ("analyst", "granted" if granted else "declined")
    request.refresh_from_db()
    assert request.due_on == (due_on if granted else DUE)
    assert refusals(lambda: dispositions.answer_extension(**answer)) == {"": "answered_already"}
