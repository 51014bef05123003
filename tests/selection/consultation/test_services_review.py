"""Positions withdrawn, given for several, and given without opening the evidence."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, transaction
from django.utils import timezone

from cpc.accounts.models import User
from cpc.notifications.models import Notification
from selection.consultation.position_status import PositionStatus
from selection.consultation.queries import consultation_of, owed_in, revision_of_position
from selection.consultation.services import dispositions as dispositions_services
from selection.consultation.services.openings import record_opening
from selection.consultation.services.several import Chosen, SomeRefused, submit_for_several
from selection.consultation.services.withdrawals import withdraw_position
from selection.decisions.obstacles import obstacles_of
from selection.evidence.queries import newest_evidence
from selection.models import Candidate, ConsultationRequest, EvidenceOpening, Position
from selection.queue.branches import owed
from tests.selection.consultation.test_consultation_requests import code_of, notified_of
from tests.support.rounds import DUE, ON, Office, in_the_way

pytestmark = [pytest.mark.django_db, pytest.mark.world("consultation")]
DAY = dt.timedelta(1)


@pytest.fixture
def request_(office: Office) -> ConsultationRequest:
    return office.ask(office.consulting(), office.agency(), "GHA", "CIV", "XKX")


def status_on(request: ConsultationRequest, today: dt.date, code: str = "GHA") -> PositionStatus:
    cells = owed_in(request.round, today)
    return next(cell.status for cell in cells if cell.candidate.country.code == code)


# ---- withdrawn -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("today", "expected"),
    [(DUE - DAY, PositionStatus.WAITING), (DUE, PositionStatus.WAITING), (DUE + DAY, PositionStatus.NO_RESPONSE)],
)
def test_a_withdrawn_position_is_no_answer(
    office: Office, request_: ConsultationRequest, today: dt.date, expected: PositionStatus
) -> None:
    position = office.answer(request_)
    assert status_on(request_, today) is PositionStatus.CLEAR
    contact = office.contact(request_.agency)
    withdraw_position(position=position, reason=" Sent by mistake ", actor=contact)
    assert status_on(request_, today) is expected
    position.refresh_from_db()
    assert (position.withdrawn_because, position.withdrawn_by) == ("Sent by mistake", contact)
    [cell] = [cell for cell in consultation_of(request_.round, today).cells if cell.candidate.country.code == "GHA"]
    assert (cell.position, cell.withdrawn) == (None, position)
    assert owed().filter(candidate__country__code="GHA").exists()
    assert notified_of(office.analyst)[-1] == "Department of Labor withdrew its position on Ghana"
    assert "mistake" not in "".join(Notification.objects.values_list("text", flat=True)), "mail holds nothing written"
    if today > DUE:
        [missing] = [row for row in obstacles_of(request_.round, today) if row.code == "no_response"]
        assert "It withdrew its position on Ghana." in missing.detail


def test_after_a_withdrawal_the_agency_answers_again(office: Office, request_: ConsultationRequest) -> None:
    first = office.answer(request_, value="does_not_clear", text="A third partner overlaps.")
    assert "no_disposition" in in_the_way(request_.round)
    withdraw_position(position=first, reason="We looked at last year's text", actor=office.contact(request_.agency))
    assert not {"no_disposition", "objection"} & set(in_the_way(request_.round))
    second = office.answer(request_, value="clear")
    assert Position.objects.live().get(candidate=first.candidate) == second
    [cell] = [cell for cell in owed_in(request_.round, ON) if cell.candidate == first.candidate]
    assert (cell.position, cell.withdrawn) == (second, None)


def test_only_the_contact_withdraws_and_only_what_counts(office: Office, request_: ConsultationRequest) -> None:
    labor, position = request_.agency, office.answer(request_)
    stranger = office.contact(office.agency("doj", "Department of Justice"))
    for actor in (office.member(labor), stranger, office.analyst, office.approver):
        with pytest.raises(PermissionDenied):
            withdraw_position(position=position, reason="Why not", actor=actor)
    contact = office.contact(labor)
    refusals = []
    for reason, revision in ((" ", None), ("Mistake", "0")):
        with pytest.raises(ValidationError) as refused:
            withdraw_position(position=position, reason=reason, actor=contact, expected_revision=revision)
        refusals.append(code_of(refused))
    assert refusals == ["reason", "changed"]
    withdraw_position(
        position=position, reason="Mistake", actor=contact, expected_revision=revision_of_position(position)
    )
    with pytest.raises(ValidationError) as twice:
        withdraw_position(position=position, reason="Mistake", actor=contact)
    assert code_of(twice) == "superseded"


def test_an_answered_request_for_more_time_stays(office: Office, request_: ConsultationRequest) -> None:
    open_ = office.answer(request_, value="extension", text="Travel", day=DUE + DAY)
    withdraw_position(position=open_, reason="Not needed", actor=office.contact(request_.agency))
    assert status_on(request_, DUE) is PositionStatus.WAITING
    answered = office.answer(request_, value="extension", text="Travel", day=DUE + 2 * DAY)
    dispositions_services.answer_extension(
        position=answered, granted=False, due_on=None, reason="The board meets", actor=office.analyst, today=ON
    )
    with pytest.raises(ValidationError) as refused:
        withdraw_position(position=answered, reason="Not needed", actor=office.contact(request_.agency))
    assert code_of(refused) == "answered"


def test_the_database_guards_withdrawals(office: Office, request_: ConsultationRequest) -> None:
    position = office.answer(request_)
    now, contact = timezone.now(), office.contact(request_.agency)
    whole = {"superseded_at": now, "withdrawn_by": contact, "withdrawn_because": "Mistake"}
    for change in (
        {"withdrawn_because": "Mistake"},
        {"superseded_at": now, "withdrawn_by": contact},
        {"withdrawn_by": contact, "withdrawn_because": "Mistake"},
        whole | {"withdrawn_by": office.member(request_.agency)},
        whole | {"withdrawn_by": office.analyst},
        whole | {"value": "no_equities"},
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            Position.objects.filter(pk=position.pk).update(**change)
    assert Position.objects.filter(pk=position.pk).update(**whole) == 1
    with pytest.raises(DatabaseError), transaction.atomic():
        Position.objects.filter(pk=position.pk).update(withdrawn_because="Another")


def test_outside_of_consultation_nothing_is_withdrawn(office: Office, request_: ConsultationRequest) -> None:
    position, contact = office.answer(request_), office.contact(request_.agency)
    office.step(request_.round, "return_to_scoring")
    with pytest.raises(ValidationError) as refused:
        withdraw_position(position=position, reason="Mistake", actor=contact)
    assert code_of(refused) == "not_consulting"
    values = {"superseded_at": timezone.now(), "withdrawn_by": contact, "withdrawn_because": "Mistake"}
    with pytest.raises(DatabaseError), transaction.atomic():
        Position.objects.filter(pk=position.pk).update(**values)


# ---- opened ----------------------------------------------------------------------------------------------------------


def test_a_position_tells_whether_its_agency_had_opened_the_evidence(
    office: Office, request_: ConsultationRequest
) -> None:
    labor = request_.agency
    unopened = office.answer(request_, "CIV")
    assert (unopened.opened_number, unopened.is_unopened) == (None, True)
    evidence = newest_evidence(office.candidate(request_.round))
    assert evidence is not None
    strangers = (office.analyst, office.contact(office.agency("doj", "Department of Justice")))
    for actor in (*strangers, office.member(labor), office.member(labor)):
        record_opening(request=request_, evidence=evidence, actor=actor)
    opening = EvidenceOpening.objects.get()
    assert (opening.opened_by, opening.agency, opening.evidence) == (office.member(labor), labor, evidence)
    opened = office.answer(request_, "GHA")
    assert (opened.opened_number, opened.is_unopened) == (1, False)
    unopened_names = {cell.candidate.country.code for cell in owed_in(request_.round, ON) if cell.is_unopened}
    assert unopened_names == {"CIV"}
    for change in (EvidenceOpening.objects.update, lambda **_: EvidenceOpening.objects.all().delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            change(at=timezone.now())
    assert not EvidenceOpening.objects.visible_to(strangers[1]).exists()
    assert EvidenceOpening.objects.visible_to(office.contact(labor)).count() == 1


# ---- several ---------------------------------------------------------------------------------------------------------


def chosen_of(request: ConsultationRequest, *codes: str, only: str = "") -> list[Chosen]:
    rows = Candidate.objects.filter(round=request.round, country__code__in=codes).select_related("country")
    found = []
    for row in rows:
        evidence = newest_evidence(row)
        assert evidence is not None
        found.append(Chosen(row, evidence.pk, "0", only if row.country.code == "GHA" else ""))
    return found


def submit(
    request: ConsultationRequest, chosen: list[Chosen], actor: User, value: str = "no_equities", text: str = ""
) -> list[Position]:
    return submit_for_several(
        request=request, chosen=chosen, value=value, text=text, proposed_due_on=None, actor=actor, today=ON
    )


def test_one_submission_gives_each_candidate_its_own_position(office: Office, request_: ConsultationRequest) -> None:
    contact = office.contact(request_.agency)
    made = submit(request_, chosen_of(request_, "GHA", "CIV", only="Cocoa: see our list."), contact, text="No program.")
    texts = {row.candidate.country.code: row.text for row in made}
    assert texts == {"GHA": "No program.\n\nCocoa: see our list.", "CIV": "No program."}
    assert len({row.evidence_id for row in made}) == 2
    assert status_on(request_, ON, "XKX") is PositionStatus.WAITING
    assert submit(request_, chosen_of(request_, "XKX"), contact)[0].text == ""


@pytest.mark.parametrize(
    ("codes", "value", "code"),
    [
        ((), "clear", "candidates"),
        (("GHA", "CIV"), "does_not_clear", "one_at_a_time"),
        (("GHA", "CIV"), "", "some_refused"),
    ],
)
def test_what_several_cannot_get(
    office: Office, request_: ConsultationRequest, codes: tuple[str, ...], value: str, code: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        submit(request_, chosen_of(request_, *codes), office.contact(request_.agency), value, "Words")
    assert code_of(refused) == code
    assert not Position.objects.exists()


def test_an_objection_goes_to_one(office: Office, request_: ConsultationRequest) -> None:
    contact = office.contact(request_.agency)
    [made] = submit(request_, chosen_of(request_, "GHA"), contact, "does_not_clear", "Overlaps.")
    assert made.value == "does_not_clear"


def test_a_colleague_who_was_faster_is_named_and_nothing_is_saved(
    office: Office, request_: ConsultationRequest
) -> None:
    chosen = chosen_of(request_, "GHA", "CIV", "XKX")
    office.answer(request_, "CIV")
    with pytest.raises(SomeRefused) as refused:
        submit(request_, chosen, office.contact(request_.agency))
    assert list(refused.value.by_code) == ["CIV"]
    assert refused.value.by_code["CIV"].error_list[0].code == "changed"
    assert Position.objects.count() == 1
    for actor in (office.member(request_.agency), office.analyst):
        with pytest.raises(PermissionDenied):
            submit(request_, chosen_of(request_, "GHA"), actor)
