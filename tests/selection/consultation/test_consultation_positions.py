"""Positions: submitters, evidence versions, history, dispositions, and the decision that requires them."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, transaction

from cpc.accounts.models import Agency, User
from cpc.accounts.permissions import Role
from cpc.notifications.models import Notification
from selection.consultation.position_status import (
    PositionStatus,
    changed_since,
    position_status,
    reminder_due,
)
from selection.consultation.queries import revision_of_position
from selection.consultation.services import dispositions as dispositions_services
from selection.consultation.services import positions as positions_services
from selection.consultation.services import requests as requests_services
from selection.decisions.obstacles import Step
from selection.evidence import services as evidence_services
from selection.models import Candidate, ConsultationRequest, Position, PositionDraft, SelectionRound
from tests.selection.consultation.test_consultation_requests import code_of, notified_of
from tests.support.accounts import make_account
from tests.support.rankings import publish_values, value
from tests.support.rounds import DUE, ON, Office, in_the_way

pytestmark = [pytest.mark.django_db, pytest.mark.world("consultation")]
LATE = DUE + dt.timedelta(1)


@pytest.fixture
def labor(office: Office) -> Agency:
    return office.agency()


@pytest.fixture
def request_(office: Office, labor: Agency) -> ConsultationRequest:
    return office.ask(office.consulting(), labor, "GHA", "CIV")


@pytest.mark.parametrize(
    ("owes", "value", "extension_open", "proceeded", "today", "expected"),
    [
        (True, "", False, False, DUE, PositionStatus.WAITING),
        (True, "", False, False, LATE, PositionStatus.NO_RESPONSE),
        (True, "", False, True, LATE, PositionStatus.PROCEEDED),
        (True, "clear", False, True, LATE, PositionStatus.CLEAR),
        (True, "no_equities", False, False, LATE, PositionStatus.NO_EQUITIES),
        (True, "extension", True, False, LATE, PositionStatus.EXTENSION),
        (True, "extension", False, False, DUE, PositionStatus.WAITING),
        (True, "extension", False, False, LATE, PositionStatus.NO_RESPONSE),
        (False, "", False, False, LATE, PositionStatus.INFORMED),
    ],
)
def test_position_status(
    owes: bool, value: str, extension_open: bool, proceeded: bool, today: dt.date, expected: PositionStatus
) -> None:
    status = position_status(
        owes=owes, due_on=DUE, value=value, extension_open=extension_open, proceeded=proceeded, today=today
    )
    assert status is expected


def test_silence_is_no_answer() -> None:
    silent = {
        PositionStatus.WAITING,
        PositionStatus.NO_RESPONSE,
        PositionStatus.PROCEEDED,
        PositionStatus.INFORMED,
        PositionStatus.EXTENSION,
    }
    assert not any(status.is_answer for status in silent)


def test_reminder_is_omitted_if_its_day_had_passed() -> None:
    assert reminder_due(due_on=DUE, known_since=DUE - dt.timedelta(3), today=DUE - dt.timedelta(3)) is None
    assert reminder_due(due_on=DUE, known_since=DUE - dt.timedelta(3), today=DUE - dt.timedelta(2)) == 2


def test_value_that_changed_back_is_not_a_change() -> None:
    one = [{"key": "cpi", "label": "CPI", "before": "42", "after": "43"}]
    back = [{"key": "cpi", "label": "CPI", "before": "43", "after": "42"}]
    rated = [{"key": "will", "label": "Will", "before": "not rated", "after": "rated 3 of 4"}]
    assert changed_since([one, back]) == []
    assert [change.description for change in changed_since([one, rated])] == [
        "CPI changed from 42 to 43",
        "Will: the office's rating changed",
    ]


@pytest.mark.parametrize(
    ("value", "text", "code"),
    [
        ("does_not_clear", "", "text"),
        ("clear_with_edits", " ", "text"),
        ("clear_with_comments", "", "text"),
        ("extension", "Travel", "proposed_due_on"),
        ("", "", "value"),
        ("no_response", "", "value"),
    ],
)
def test_position_without_required_text_or_date_is_rejected(
    office: Office, request_: ConsultationRequest, value: str, text: str, code: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        office.answer(request_, value=value, text=text)
    assert (code_of(refused), list(refused.value.message_dict)) == (code, [code])


def test_only_the_point_of_contact_of_the_agency_submits(office: Office, request_: ConsultationRequest) -> None:
    labor, justice = request_.agency, office.agency("doj", "Department of Justice")
    candidate = office.candidate(request_.round)
    shown = candidate.evidence.get()
    others = (office.member(labor), office.contact(justice), office.analyst, make_account(Role.VIEWER))
    for actor in others:
        with pytest.raises(PermissionDenied):
            _submit(request_, candidate, shown.pk, actor)
    for actor in others[1:]:
        with pytest.raises(PermissionDenied):
            _draft(request_, candidate, shown.pk, actor, "clear")
    made = _submit(request_, candidate, shown.pk, office.contact(labor))
    assert (made.evidence, made.run_id, made.agency) == (shown, shown.run_id, labor)
    assert notified_of(office.analyst)[-1] == "Department of Labor answered on Ghana"


def _submit(
    request: ConsultationRequest,
    candidate: Candidate,
    evidence: int,
    actor: User,
    value: str = "clear",
    *,
    seen: Position | None = None,
    taken_over: PositionDraft | None = None,
) -> Position:
    return positions_services.submit_position(
        request=request,
        candidate=candidate,
        value=value,
        text="Words" if value != "clear" else "",
        proposed_due_on=None,
        evidence=evidence,
        expected_revision=revision_of_position(seen),
        actor=actor,
        taken_over=taken_over,
        today=ON,
    )


def _draft(
    request: ConsultationRequest, candidate: Candidate, evidence: int, actor: User, value: str, revision: str = "0"
) -> PositionDraft:
    return positions_services.save_draft(
        request=request,
        candidate=candidate,
        value=value,
        text="",
        proposed_due_on=None,
        evidence=evidence,
        actor=actor,
        expected_revision=revision,
    )


def test_only_the_agency_sees_drafts_and_its_contact_takes_them_over(
    office: Office, request_: ConsultationRequest
) -> None:
    labor, candidate = request_.agency, office.candidate(request_.round)
    member, contact, shown = office.member(labor), office.contact(labor), candidate.evidence.get()
    draft = _draft(request_, candidate, shown.pk, member, "does_not_clear")
    _draft(request_, candidate, shown.pk, contact, "")
    assert PositionDraft.objects.visible_to(contact).count() == 2
    for stranger in (office.analyst, office.approver, office.contact(office.agency("doj", "Justice"))):
        assert not PositionDraft.objects.visible_to(stranger).exists()
    made = _submit(request_, candidate, shown.pk, contact, "does_not_clear", taken_over=draft)
    assert (made.given_by, made.drafted_by) == (contact, member)
    assert not PositionDraft.objects.open().exists()
    with pytest.raises(DatabaseError), transaction.atomic():
        PositionDraft.objects.filter(pk=draft.pk).update(text="Later")


def test_nothing_is_lost_between_two_windows_or_two_people(office: Office, request_: ConsultationRequest) -> None:
    labor, candidate = request_.agency, office.candidate(request_.round)
    member, contact, shown = office.member(labor), office.contact(labor), candidate.evidence.get()
    _draft(request_, candidate, shown.pk, member, "clear")
    for revision in ("0", "7"):
        with pytest.raises(ValidationError) as overtaken:
            _draft(request_, candidate, shown.pk, member, "no_equities", revision)
        assert code_of(overtaken) == "changed"
    assert _draft(request_, candidate, shown.pk, member, "no_equities", "1").revision == 2
    first = _submit(request_, candidate, shown.pk, contact)
    with pytest.raises(ValidationError) as second:
        _submit(request_, candidate, shown.pk, contact, "does_not_clear")
    assert code_of(second) == "changed"
    assert _submit(request_, candidate, shown.pk, contact, seen=first) == first, "the same again changes nothing"
    assert Position.objects.count() == 1


def test_positions_are_superseded_never_edited(office: Office, request_: ConsultationRequest) -> None:
    first = office.answer(request_)
    second = office.answer(request_, value="does_not_clear", text="A third partner overlaps.")
    first.refresh_from_db()
    assert [row.superseded_at is None for row in (first, second)] == [False, True]
    for change in ({"text": "Other"}, {"value": "clear"}, {"superseded_at": None}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Position.objects.filter(pk=first.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        Position.objects.filter(pk=second.pk).delete()
    for reviewer, count in ((office.contact(request_.agency), 2), (office.contact(office.agency("doj", "J")), 0)):
        assert Position.objects.visible_to(reviewer).count() == count


def test_a_publication_makes_positions_stale_and_confirming_makes_a_new_one(
    office: Office, request_: ConsultationRequest, tmp_path: Path
) -> None:
    labor, candidate = request_.agency, office.candidate(request_.round)
    position = office.answer(request_, value="clear_with_comments", text="Lead with 20.1%.")
    office.answer(request_, "CIV")
    publish_values(tmp_path / "later", [value("cpi.score", "GHA", "2026", "44", error="2.5")], edition="2026", name="l")
    found = SelectionRound.objects.get(pk=request_.round_id)
    assert evidence_services.fresh_evidence(selection_round=found) == 1
    assert evidence_services.fresh_evidence(selection_round=SelectionRound.objects.get(pk=found.pk)) == 0
    assert "position_stale" in in_the_way(found)
    assert notified_of(office.contact(labor))[-1] == "Ghana: the evidence changed since your agency answered"
    newest = candidate.evidence.order_by("-number").first()
    assert newest is not None
    with pytest.raises(ValidationError) as unseen:
        _submit(request_, candidate, position.evidence_id, office.contact(labor), seen=position)
    assert code_of(unseen) == "evidence_changed"
    again = positions_services.confirm_position(position=position, evidence=newest.pk, actor=office.contact(labor))
    position.refresh_from_db()
    assert (again.text, again.evidence, position.superseded_at is None) == (position.text, newest, False)
    assert "position_stale" not in in_the_way(found)


def test_an_objection_waits_for_a_disposition_and_does_not_block_itself(
    office: Office, request_: ConsultationRequest
) -> None:
    position = office.answer(request_, value="does_not_clear", text="A third partner overlaps.")
    found = request_.round
    assert "no_disposition" in in_the_way(found)
    with pytest.raises(PermissionDenied):
        dispositions_services.dispose(position=position, text="Narrowed", actor=office.approver)
    dispositions_services.dispose(position=position, text="The scope leaves out fishing.", actor=office.analyst)
    assert "no_disposition" not in in_the_way(found)
    assert "objection" in in_the_way(found), "an objection prints in any case"
    assert notified_of(office.contact(request_.agency))[-1] == "Ghana: the office responded to your agency's position"
    assert "fishing" not in "".join(Notification.objects.values_list("text", flat=True)), "mail holds nothing written"
    office.answer(request_, value="clear")
    with pytest.raises(ValidationError) as old:
        dispositions_services.dispose(position=position, text="Again", actor=office.analyst)
    assert code_of(old) == "superseded"


def test_more_time_is_granted_for_one_agency_or_declined_with_a_reason(
    office: Office, request_: ConsultationRequest
) -> None:
    day = DUE + dt.timedelta(10)
    position = office.answer(request_, value="extension", text="Travel", day=day)
    assert "no_response" in in_the_way(request_.round, DUE, Step.DELIBERATE)
    with pytest.raises(ValidationError) as silent:
        dispositions_services.answer_extension(
            position=position, granted=False, due_on=None, reason="", actor=office.analyst, today=ON
        )
    assert code_of(silent) == "reason"
    dispositions_services.answer_extension(
        position=position, granted=True, due_on=day, reason="", actor=office.analyst, today=ON
    )
    request_.refresh_from_db()
    assert (request_.due_on, request_.due_changes.get().after) == (day, day)
    with pytest.raises(ValidationError) as twice:
        dispositions_services.answer_extension(
            position=position, granted=True, due_on=day, reason="", actor=office.analyst, today=ON
        )
    assert code_of(twice) == "answered_already"
    later = office.answer(request_, value="extension", text="More", day=day + dt.timedelta(5))
    dispositions_services.answer_extension(
        position=later, granted=False, due_on=None, reason="The board meets", actor=office.analyst, today=ON
    )
    request_.refresh_from_db()
    assert request_.due_on == day
    assert notified_of(office.contact(request_.agency))[-1].startswith("Ghana: still due")


def test_nothing_is_answered_where_nothing_is_asked(office: Office, labor: Agency) -> None:
    found = office.consulting()
    informed = office.ask(found, labor, role="info")
    with pytest.raises(ValidationError) as info:
        office.answer(informed)
    assert code_of(info) == "not_asked"
    justice = office.ask(found, office.agency("doj", "Department of Justice"))
    with pytest.raises(ValidationError) as other:
        office.answer(justice, "CIV")
    assert code_of(other) == "not_asked"
    office.step(found, "return_to_scoring")
    with pytest.raises(ValidationError) as early:
        office.answer(justice)
    assert code_of(early) == "not_consulting"
    requests_services.drop_request(request=justice, reason="Mistake", actor=office.analyst)
    with pytest.raises(ValidationError) as dropped:
        office.answer(justice)
    assert code_of(dropped) == "not_asked"


@pytest.mark.parametrize(
    ("due_on", "today", "asked", "is_accepted"),
    [
        (DUE, ON, DUE, False),
        (DUE, ON, DUE + dt.timedelta(1), True),
        # After the due day, the new day must be after today as well.
        (DUE, DUE, DUE, False),
        (DUE, DUE + dt.timedelta(9), DUE + dt.timedelta(1), False),
        (DUE, DUE + dt.timedelta(9), DUE + dt.timedelta(9), False),
        (DUE, DUE + dt.timedelta(9), DUE + dt.timedelta(10), True),
        (DUE, ON, None, False),
    ],
)
def test_more_time_is_asked_for_up_to_a_day_to_come(
    office: Office,
    request_: ConsultationRequest,
    due_on: dt.date,
    today: dt.date,
    asked: dt.date | None,
    is_accepted: bool,
) -> None:
    assert request_.due_on == due_on
    if is_accepted:
        made = office.answer(request_, value="extension", text="Travel", day=asked, today=today)
        assert made.proposed_due_on == asked
        return
    with pytest.raises(ValidationError) as refused:
        office.answer(request_, value="extension", text="Travel", day=asked, today=today)
    assert code_of(refused) == "proposed_due_on"
    assert not Position.objects.exists()


def test_a_day_comes_only_with_a_request_for_more_time(office: Office, request_: ConsultationRequest) -> None:
    with pytest.raises(ValidationError) as refused:
        office.answer(request_, value="clear", day=DUE + dt.timedelta(1))
    assert code_of(refused) == "proposed_due_on"


def test_the_same_request_for_more_time_is_new_only_after_the_office_answered(
    office: Office, request_: ConsultationRequest
) -> None:
    day, later = DUE + dt.timedelta(10), DUE + dt.timedelta(20)
    first = office.answer(request_, value="extension", text="Travel", day=day)
    assert office.answer(request_, value="extension", text=" Travel ", day=day) == first
    assert office.answer(request_, value="extension", text="Travel", day=later) != first
    open_ = office.answer(request_, value="extension", text="Leave", day=later)
    dispositions_services.answer_extension(
        position=open_, granted=False, due_on=None, reason="The board meets", actor=office.analyst, today=ON
    )
    again = office.answer(request_, value="extension", text="Leave", day=later)
    assert again != open_
    assert Position.objects.live().get() == again
