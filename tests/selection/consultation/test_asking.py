"""Requests to several agencies in one form: all or nothing, with a preview that saves nothing."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cpc.accounts.models import Agency, User
from cpc.notifications.models import Notification
from selection.consultation.services.asking import AgenciesRefused, Ask, ask_agencies, preview_of
from selection.models import ConsultationRequest, NotApplicable, SelectionRound
from tests.partnerships.sending import client_of, filled_fields, page_text
from tests.selection.consultation.test_consultation_requests import code_of
from tests.support.rounds import DUE, ON, Office

pytestmark = [pytest.mark.django_db, pytest.mark.world("consultation")]


@pytest.fixture
def agencies(office: Office) -> dict[str, Agency]:
    names = {"dol": "Department of Labor", "doj": "Department of Justice", "hhs": "Health and Human Services"}
    return {code: office.agency(code, name, statutory=code != "doj") for code, name in names.items()}


@pytest.fixture
def found(office: Office) -> SelectionRound:
    return office.consulting()


def code_of_error(error: ValidationError) -> str:
    named = error.error_dict if hasattr(error, "error_dict") else {"": error.error_list}
    return str(next(iter(named.values()))[0].code)


def given(office: Office, found: SelectionRound, *asks: Ask, left_out: tuple[tuple[Agency, str], ...] = ()) -> dict:  # type: ignore[type-arg]  # arguments of two functions
    return {
        "selection_round": found,
        "asks": asks,
        "candidates": list(found.candidates.in_pool()),
        "questions": "Does your work overlap?",
        "left_out": left_out,
        "actor": office.analyst,
        "today": ON,
    }


def test_one_submission_sends_to_each(office: Office, found: SelectionRound, agencies: dict[str, Agency]) -> None:
    labor, justice, health = agencies.values()
    asks = (Ask(labor, "clear", DUE, "Which figure?"), Ask(justice, "info", None))
    asked = ask_agencies(**given(office, found, *asks, left_out=((health, "No program there."),)))
    requests = {row.agency.code: row for row in ConsultationRequest.objects.filter(round=found)}
    assert {code: (row.role, row.due_on, row.is_sent) for code, row in requests.items()} == {
        "dol": ("clear", DUE, True), "doj": ("info", None, True)
    }  # fmt: skip
    assert requests["dol"].questions == "Does your work overlap?\nWhich figure?"
    assert {row.candidates.count() for row in requests.values()} == {3}
    assert NotApplicable.objects.get().agency == health
    assert len(asked.requests) == 2
    assert "Your position" not in asked.requests[1][1].message.text
    notified = set(Notification.objects.values_list("recipient__agency__code", flat=True))
    assert notified == {"dol", "doj"}


def test_a_preview_shows_the_messages_and_saves_nothing(
    office: Office, found: SelectionRound, agencies: dict[str, Agency]
) -> None:
    asked = preview_of(**given(office, found, Ask(agencies["dol"], "consult", DUE)))
    [(request, message)] = asked.requests
    assert (request.agency, len(message.recipients)) == (agencies["dol"], 2)
    assert "Department of Labor" in message.message.text
    assert not ConsultationRequest.objects.exists()
    assert not Notification.objects.exists()


def test_one_bad_agency_stops_all_and_is_named(
    office: Office, found: SelectionRound, agencies: dict[str, Agency]
) -> None:
    labor, justice, health = agencies.values()
    User.objects.filter(agency=health).update(is_contact=False)
    asks = (Ask(labor, "consult", DUE), Ask(justice, "consult", ON - dt.timedelta(1)), Ask(health, "consult", DUE))
    with pytest.raises(AgenciesRefused) as refused:
        ask_agencies(**given(office, found, *asks))
    codes = {code: code_of_error(error) for code, error in refused.value.by_code.items()}
    assert codes == {"doj": "due_past", "hhs": "no_contact"}
    assert not ConsultationRequest.objects.exists()
    with pytest.raises(ValidationError) as nothing:
        ask_agencies(**given(office, found))
    assert code_of(nothing) == "agencies"
    with pytest.raises(PermissionDenied):
        ask_agencies(**{**given(office, found, asks[0]), "actor": office.approver})


# ---- the page --------------------------------------------------------------------------------------------------------


@pytest.fixture
def client(office: Office) -> Client:
    return client_of(office.analyst)


def url_of(found: SelectionRound) -> str:
    return reverse("round-requests-ask", args=[found.pk])


def entries(**more: str) -> dict[str, str]:
    due = (timezone.now().date() + dt.timedelta(9)).isoformat()
    return {"whole_pool": "on", "due_on": due, "ask-dol": "on", "role-dol": "consult", **more}


@pytest.mark.usefixtures("agencies")
def test_the_page_previews_and_sends_in_one_request(found: SelectionRound, client: Client) -> None:
    fields = filled_fields(client, url_of(found), act="preview", **entries(**{"reason-hhs": "No program there."}))
    shown = client.post(url_of(found), fields)
    text = page_text(shown)
    assert shown.status_code == 200
    assert "Nothing is sent yet" in text
    assert "Send 1 request" in text
    assert not ConsultationRequest.objects.exists()
    sent = client.post(url_of(found), fields | {"act": "send"})
    assert sent.status_code == 302
    assert client.post(url_of(found), fields | {"act": "send"}).status_code == 302, "the same again is carried out once"
    assert ConsultationRequest.objects.get().is_sent
    assert NotApplicable.objects.get().reason == "No program there."
    assert "1 request sent. 1 agency recorded as not applicable." in page_text(client.get(sent.headers["Location"]))


@pytest.mark.usefixtures("agencies")
def test_the_preview_names_who_has_neither_request_nor_reason(found: SelectionRound, client: Client) -> None:
    fields = filled_fields(client, url_of(found), act="preview", **entries())
    assert "Without a request or a reason:" in page_text(client.post(url_of(found), fields))


@pytest.mark.usefixtures("agencies")
@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"whole_pool": ""}, "Choose at least one candidate."),
        ({"role-dol": ""}, "Choose a role."),
        ({"due_on": ""}, "Enter the date by which the agency must answer."),
        ({"reason-dol": "Typed"}, "but not both."),
        ({"questions-doj": "Typed"}, "which is not chosen."),
        ({"ask-dol": ""}, "Choose at least one agency."),
        ({"due-dol": "2020-01-01"}, "has passed."),
    ],
)
def test_a_refused_form_keeps_everything(
    found: SelectionRound, client: Client, more: dict[str, str], message: str
) -> None:
    sent = {name: text for name, text in entries(**more).items() if text}
    refused = client.post(url_of(found), filled_fields(client, url_of(found), questions="Typed too", **sent))
    assert refused.status_code == 422
    assert message in page_text(refused)
    assert "Typed too" in refused.content.decode()
    assert not ConsultationRequest.objects.exists()


@pytest.mark.world("scoring")
def test_before_consultation_the_page_leads_back(office: Office) -> None:
    found = office.scored()
    assert client_of(office.analyst).get(url_of(found)).status_code == 302
