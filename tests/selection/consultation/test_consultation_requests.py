"""Requests to agencies: permissions, database guards, notifications, and preconditions of a round's steps."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cpc.accounts.models import Agency, User
from cpc.accounts.permissions import Role
from cpc.notifications.models import Notification
from cpc.people.agencies import close_agency
from selection.consultation.queries import revision_of
from selection.consultation.services import requests as requests_services
from selection.consultation.services.reminders import remind
from selection.decisions.obstacles import Step
from selection.models import ConsultationRequest, NotApplicable, RequestCandidate, SelectionRound
from selection.rounds import services as rounds_services
from tests.support.accounts import make_account
from tests.support.rounds import DUE, ON, Office, in_the_way

pytestmark = [pytest.mark.django_db, pytest.mark.world("consultation")]


def code_of(error: pytest.ExceptionInfo[ValidationError]) -> str:
    named: dict[str, list[ValidationError]] = getattr(error.value, "error_dict", None) or {"": error.value.error_list}
    return str(next(iter(named.values()))[0].code)


def notified_of(user: User) -> list[str]:
    return list(Notification.objects.filter(recipient=user).order_by("pk").values_list("subject", flat=True))


def test_a_request_is_sent_once_and_only_its_agency_is_notified(office: Office) -> None:
    labor, justice = office.agency(), office.agency("doj", "Department of Justice")
    found = office.consulting()
    request = office.draft(found, labor, "GHA", "CIV")
    assert ConsultationRequest.objects.visible_to(office.contact(labor)).count() == 0
    assert notified_of(office.contact(labor)) == []
    requests_services.send_request(request=request, actor=office.analyst, today=ON)
    requests_services.send_request(request=request, actor=office.second, today=ON)
    assert notified_of(office.contact(labor)) == [
        "Côte d\N{RIGHT SINGLE QUOTATION MARK}Ivoire, Ghana: your position is due by Fri, Dec 18"
    ]
    assert len(notified_of(office.member(labor))) == 1
    assert notified_of(office.contact(justice)) == []
    for reviewer, visible in ((office.contact(labor), 1), (office.contact(justice), 0)):
        assert ConsultationRequest.objects.visible_to(reviewer).count() == visible
        assert SelectionRound.objects.visible_to(reviewer).count() == visible
        assert found.candidates.visible_to(reviewer).count() == 2 * visible


@pytest.mark.parametrize("role", [Role.APPROVER, Role.VIEWER, Role.ADMINISTRATOR, Role.REVIEWER])
def test_only_the_office_asks_and_drops(office: Office, role: Role) -> None:
    labor, found = office.agency(), office.consulting()
    request, other = office.ask(found, labor), make_account(role, username="other")
    office.analyst = other
    with pytest.raises(PermissionDenied):
        office.draft(found, office.agency("doj", "Department of Justice"))
    with pytest.raises(PermissionDenied):
        requests_services.drop_request(request=request, reason="Not needed", actor=other)
    with pytest.raises(PermissionDenied):
        requests_services.record_not_applicable(selection_round=found, agency=labor, reason="None", actor=other)
    with pytest.raises(PermissionDenied):
        requests_services.move_due(
            request=request, due_on=DUE + dt.timedelta(1), reason="Needed", actor=other, today=ON
        )


@pytest.mark.world("scoring")
def test_each_fault_of_a_request_has_its_code(office: Office) -> None:
    labor, found = office.agency(), office.scored()
    with pytest.raises(ValidationError) as past:
        office.draft(found, labor, due_on=ON - dt.timedelta(1))
    assert (code_of(past), list(past.value.message_dict)) == ("due_past", ["due_on"])
    with pytest.raises(ValidationError) as nobody:
        office.draft(found, labor, "FRA")
    assert code_of(nobody) == "not_in_pool"
    request = office.draft(found, labor)
    with pytest.raises(ValidationError) as twice:
        office.draft(found, labor)
    assert code_of(twice) == "asked_already"
    with pytest.raises(ValidationError) as early:
        requests_services.send_request(request=request, actor=office.analyst, today=ON)
    assert code_of(early) == "not_consulting"
    office.step(found, "open_consultation")
    User.objects.filter(agency=labor).update(is_contact=False)
    with pytest.raises(ValidationError) as silent:
        requests_services.send_request(request=request, actor=office.analyst, today=ON)
    assert code_of(silent) == "no_contact"
    rounds_services.move_candidate(
        candidate=office.candidate(found), into_pool=False, reason="Withdrew", actor=office.analyst
    )
    with pytest.raises(ValidationError) as gone:
        office.draft(found, office.agency("doj", "Department of Justice"), "GHA")
    assert code_of(gone) == "not_in_pool"


@pytest.mark.world("scoring")
def test_the_second_of_two_editors_overwrites_nothing(office: Office) -> None:
    request = office.draft(office.scored(), office.agency())
    values = {"role": "clear", "due_on": DUE, "questions": "First"}
    chosen = [office.candidate(request.round, "CIV")]
    opened = revision_of(request)
    requests_services.edit_request(
        request=request, values=values, candidates=chosen, actor=office.analyst, expected_revision=opened, today=ON
    )
    with pytest.raises(ValidationError) as late:
        requests_services.edit_request(
            request=request,
            values={**values, "questions": "Second"},
            candidates=chosen,
            actor=office.second,
            expected_revision=opened,
            today=ON,
        )
    assert code_of(late) == "changed"
    request.refresh_from_db()
    assert (request.questions, request.role) == ("First", "clear")
    assert [row.candidate.country.code for row in request.candidates.all()] == ["CIV"]


def test_database_rejects_changes_to_a_sent_request(office: Office) -> None:
    labor = office.agency()
    request = office.ask(office.consulting(), labor)
    asked = RequestCandidate.objects.filter(request=request)
    rows = ConsultationRequest.objects.filter(pk=request.pk)
    justice = office.agency("doj", "Department of Justice")
    for change in ({"questions": "Other"}, {"role": "clear"}, {"sent_at": None}, {"agency": justice}):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.update(**change)
    for delete in (rows.delete, asked.delete):
        with pytest.raises(DatabaseError), transaction.atomic():
            delete()
    requests_services.drop_request(request=request, reason="Asked by mistake", actor=office.analyst)
    with pytest.raises(DatabaseError), transaction.atomic():
        rows.update(drop_reason="Another")
    again = office.ask(request.round, labor)
    assert again.pk != request.pk
    assert notified_of(office.contact(labor))[1] == "Ghana: your position is no longer needed"


def test_candidates_are_added_to_a_request_once_with_a_notification(office: Office) -> None:
    labor = office.agency()
    request = office.ask(office.consulting(), labor)
    both = request.round.candidates.filter(country__code__in=("GHA", "CIV"))
    requests_services.add_candidates(request=request, candidates=both, actor=office.analyst)
    requests_services.add_candidates(request=request, candidates=both, actor=office.analyst)
    assert request.candidates.count() == 2
    assert len(notified_of(office.contact(labor))) == 2


def test_moving_the_day_concerns_one_agency_and_leaves_a_record(office: Office) -> None:
    found = office.consulting()
    labor = office.ask(found, office.agency())
    justice = office.ask(found, office.agency("doj", "Department of Justice"))
    later = DUE + dt.timedelta(7)
    requests_services.move_due(request=labor, due_on=later, reason="Holidays", actor=office.analyst, today=ON)
    labor.refresh_from_db()
    justice.refresh_from_db()
    assert (labor.due_on, justice.due_on) == (later, DUE)
    (change,) = labor.due_changes.all()
    assert (change.before, change.after, change.reason) == (DUE, later, "Holidays")


def test_statutory_consultees_are_asked_or_recorded_before_deliberation(office: Office) -> None:
    labor = office.agency(statutory=True)
    justice = office.agency("doj", "Department of Justice", statutory=True)
    found = office.consulting()
    office.ask(found, labor, role="info")
    assert in_the_way(found, step=Step.DELIBERATE).count("statutory_not_asked") == 2, "informing is not asking"
    with pytest.raises(ValidationError) as closed:
        office.step(found, "deliberate")
    assert code_of(closed) == "statutory_not_asked"
    requests_services.record_not_applicable(
        selection_round=found, agency=labor, reason="No programs", actor=office.analyst
    )
    office.ask(found, justice)
    assert {"statutory_not_asked", "not_asked"} & set(in_the_way(found)) == {"not_asked"}
    with pytest.raises(ValidationError) as both:
        requests_services.record_not_applicable(
            selection_round=found, agency=justice, reason="None", actor=office.analyst
        )
    assert code_of(both) == "asked_already"
    hhs = office.agency("hhs", "Health and Human Services")
    with pytest.raises(ValidationError) as free:
        requests_services.record_not_applicable(selection_round=found, agency=hhs, reason="None", actor=office.analyst)
    assert code_of(free) == "not_statutory"


def test_a_request_supersedes_not_applicable(office: Office) -> None:
    labor, found = office.agency(statutory=True), office.consulting()
    requests_services.record_not_applicable(
        selection_round=found, agency=labor, reason="No programs", actor=office.analyst
    )
    office.ask(found, labor)
    row = NotApplicable.objects.get()
    assert row.superseded_at is not None
    with pytest.raises(DatabaseError), transaction.atomic():
        NotApplicable.objects.update(reason="Other")


@pytest.mark.parametrize(
    ("days_left", "expected"),
    [(8, ""), (7, "your position is due"), (6, "your position is due"), (0, "your position is due"), (-1, "is late")],
)
def test_reminders_by_day(office: Office, days_left: int, expected: str) -> None:
    labor, today = office.agency(), timezone.now().date()
    due = today + dt.timedelta(20)
    office.ask(office.consulting(), labor, due_on=due, today=today)
    for _ in range(2):
        remind(today=due - dt.timedelta(days_left))
    later = notified_of(office.contact(labor))[1:]
    assert len(later) == bool(expected)
    assert all(expected in subject for subject in later)


def test_each_milestone_reminds_once_and_an_answer_ends_it(office: Office) -> None:
    labor, today = office.agency(), timezone.now().date()
    due = today + dt.timedelta(20)
    request = office.ask(office.consulting(), labor, "GHA", "CIV", due_on=due, today=today)
    for days in range(9, -3, -1):
        remind(today=due - dt.timedelta(days))
        if days == 5:
            office.answer(request, "CIV")
    subjects = notified_of(office.contact(labor))[1:]
    assert len(subjects) == 4, subjects
    assert ["Ivoire" in subject for subject in subjects] == [True, False, False, False]
    assert notified_of(office.analyst)[-1] == "No response from Department of Labor"
    office.answer(request, "GHA", today=due + dt.timedelta(2))
    assert remind(today=due + dt.timedelta(3))["overdue"] == 0


def test_a_short_deadline_is_not_followed_by_a_reminder_at_once(office: Office) -> None:
    today = timezone.now().date()
    request = office.ask(office.consulting(), office.agency(), due_on=today + dt.timedelta(3), today=today)
    assert remind(today=today)["reminders"] == 0
    assert remind(today=today + dt.timedelta(1))["reminders"] == 2
    assert request.due_on == today + dt.timedelta(3)


def test_open_requests_follow_an_agency_to_its_successor(office: Office) -> None:
    usaid, state = office.agency("usaid", "USAID", statutory=True), Agency.objects.create(code="f", name="State F")
    found = office.consulting()
    request = office.ask(found, usaid, "GHA", "CIV")
    position = office.answer(request, "CIV")
    moved = close_agency(agency=usaid, successor=state, reason="Merged", actor=None)
    assert ("requests to agencies", 1) in {(row.label, row.count) for row in moved}
    request.refresh_from_db()
    position.refresh_from_db()
    assert (request.agency, position.agency) == (state, usaid)
    assert "statutory_not_asked" not in in_the_way(found), "the successor stands for the one that the statute names"
    contact = User.objects.get(username="contact-usaid")
    assert ConsultationRequest.objects.visible_to(contact).get() == request


def test_where_the_successor_is_asked_already_its_request_takes_the_candidates(office: Office) -> None:
    usaid, state = office.agency("usaid", "USAID"), office.agency("f", "State F")
    found = office.consulting()
    old, new = office.ask(found, usaid, "GHA", "CIV"), office.ask(found, state, "GHA")
    close_agency(agency=usaid, successor=state, reason="Merged", actor=None)
    old.refresh_from_db()
    assert "State F succeeds USAID" in old.drop_reason
    assert sorted(row.candidate.country.code for row in new.candidates.all()) == ["CIV", "GHA"]


@pytest.mark.world("consultation")
def test_a_request_shows_a_rater_no_rating_of_another_before_rating(office: Office, client: Client) -> None:
    found = office.consulting()
    request = office.ask(found, office.agency())
    office.answer(request)
    office.rate(office.candidate(found))
    url = reverse("round-request", args=[found.pk, request.pk])

    def shown(reader: User) -> tuple[bool, bool]:
        client.force_login(reader)
        page = client.get(url).text
        return "to rated 3 of 4" in page, "the office&#x27;s rating changed" in page

    assert shown(office.analyst) == (True, False)
    assert shown(office.approver) == (True, False)
    assert shown(office.second) == (False, True)
    office.rate(office.candidate(found), step=1, actor=office.second)
    assert "rated 2 of 4" in client.get(url).text
