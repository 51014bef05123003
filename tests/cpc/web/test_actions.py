"""Action pages: performed once, errors that keep all entries, guards, and the page before the form is sent."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.db import connections
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.test import Client
from django.urls import path
from lxml import html

from cpc.accounts.models import Agency
from cpc.accounts.permissions import Permission, Role
from cpc.findings import Finding, Severity
from cpc.urls import urlpatterns as urls_of_the_product
from cpc.web.actions import ALREADY_DONE, ActionView
from cpc.web.edit_conflicts import RevisionForm
from tests.support.accounts import make_account

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]

URL = "/try/1/"


class AgencyForm(RevisionForm):
    error_fields = {"taken": "name"}

    name = forms.CharField(label="Name")
    short_name = forms.CharField(label="Short name", required=False)


class OpenAgency(ActionView):
    """An action with every hook; `hooks` contains the answers that a test wants from it."""

    permission = Permission.EDIT_PARTNERSHIPS
    parameters = ("of",)
    form_class = AgencyForm
    form: AgencyForm
    heading = "Open an agency"
    button = "Open the agency"
    done = "The agency is open."
    intro = "Two of a name are one too many."
    back = "home#agencies"
    hooks: dict[str, Any] = {}

    def load(self) -> None:
        if self.kwargs["pk"] == 404:
            raise Http404
        self.kicker = f"Number {self.kwargs['pk']}"

    def redirect_reason(self) -> str:
        return str(self.hooks.get("redirect_reason", ""))

    def blocked_reason(self) -> str:
        return str(self.hooks.get("blocked_reason", ""))

    def facts(self) -> list[tuple[str, Any]]:
        return [("Day", "today\nor tomorrow")]

    def findings(self) -> list[Finding]:
        return [
            Finding("open", Severity.ERROR, "A step is open.", citation="22 U.S.C. 7103a"),
            Finding("late", Severity.WARNING, "It is late."),
        ]

    def get_initial(self) -> dict[str, Any]:
        return {"name": "As shown"}

    def perform(self, values: Mapping[str, Any]) -> str | None:
        if Agency.objects.filter(name=values["name"]).exists():
            raise ValidationError("There is one of that name.", code="taken")
        made = Agency.objects.create(code=self.form.key.hex[:20], **values)
        if values["name"] == "Half":
            raise ValidationError({"short_name": ValidationError("Too short."), "": ValidationError("Not %(a)s.")})
        return f"/made/{made.pk}/" if values["name"] == "Led on" else None


class PressButton(OpenAgency):
    """An action whose button is on another page, and which can show its form again without an error."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return self.render() if "preview" in request.POST else super().post(request, *args, **kwargs)

    def show_conflict(self) -> None:
        self.form.replace_data(name="Saved by someone else")


urlpatterns = [
    path("try/<int:pk>/", OpenAgency.as_view(), name="try"),
    path("press/<int:pk>/", PressButton.as_view(), name="press"),
    *urls_of_the_product,
]


@pytest.fixture
def hooks(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    answers: dict[str, Any] = {}
    monkeypatch.setattr(OpenAgency, "hooks", answers)
    return answers


@pytest.fixture
def analyst() -> Client:
    return signed_in(Role.ANALYST)


def signed_in(role: Role, username: str = "") -> Client:
    client = Client()
    client.force_login(make_account(role, username=username))
    return client


def sent(name: str, **more: str) -> dict[str, str]:
    return {"name": name, "short_name": "A", "idempotency_key": uuid.uuid4().hex, **more}


def text_of(response: Any) -> str:
    document: Any = html.fromstring(response.content.decode())
    return " ".join(document.xpath("string(//main)").split())


# ---- once ----------------------------------------------------------------------------------------------------------


def test_second_submission_performs_nothing_and_redirects_alike(analyst: Client) -> None:
    form = sent("Labor")
    first, again = analyst.post(URL, form), analyst.post(URL, form)
    assert [(one.status_code, one["Location"]) for one in (first, again)] == [(302, "/#agencies")] * 2
    assert Agency.objects.filter(name="Labor").count() == 1
    page = text_of(analyst.get("/"))
    assert "The agency is open." in page
    assert ALREADY_DONE in page


def test_perform_may_lead_elsewhere(analyst: Client) -> None:
    form = sent("Led on")
    made = [analyst.post(URL, form)["Location"] for _ in range(2)]
    assert made == [f"/made/{Agency.objects.get(name='Led on').pk}/"] * 2


@pytest.mark.django_db(transaction=True)
def test_a_double_click_performs_once() -> None:
    client = signed_in(Role.ANALYST)
    form, cookies = sent("Labor"), client.cookies

    def press(_number: int) -> int:
        mine = Client()
        mine.cookies = cookies
        try:
            return mine.post(URL, form).status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(press, range(4))) == [302] * 4
    assert Agency.objects.filter(name="Labor").count() == 1


def test_each_opening_of_the_page_has_its_own_key(analyst: Client) -> None:
    keys = [analyst.get(URL).context["form"]["idempotency_key"].value() for _ in range(2)]
    assert len(set(keys)) == 2


def test_a_form_without_a_key_performs_nothing(analyst: Client) -> None:
    response = analyst.post(URL, {"name": "Labor"})
    assert response.status_code == 422
    assert not Agency.objects.filter(name="Labor").exists()


# ---- errors --------------------------------------------------------------------------------------------------------


def test_second_writer_sees_the_conflict_and_keeps_the_entry(analyst: Client) -> None:
    other = signed_in(Role.APPROVER, "other")
    assert analyst.post(URL, sent("Labor", short_name="Mine")).status_code == 302
    form = sent("Labor", short_name="Theirs")
    response = other.post(URL, form)
    assert response.status_code == 422
    page = response.content.decode()
    assert 'value="Theirs"' in page
    assert 'aria-describedby="id_name-error"' in page, "the error of a code goes to the field that error_fields names"
    assert "There is one of that name." in page
    assert form["idempotency_key"] in page.replace("-", ""), "the form may be sent again under its key"
    assert other.post(URL, form | {"name": "Labour"}).status_code == 302
    assert Agency.objects.filter(name__startswith="Lab").count() == 2


def test_an_error_of_the_service_undoes_what_it_wrote(analyst: Client) -> None:
    response = analyst.post(URL, sent("Half"))
    assert response.status_code == 422
    assert response.context["form"].errors == {"short_name": ["Too short."], "__all__": ["Not %(a)s."]}
    assert "Nothing was saved." in text_of(response)
    assert not Agency.objects.filter(name="Half").exists()


def test_an_invalid_form_is_shown_again_with_what_was_typed(analyst: Client) -> None:
    response = analyst.post(URL, sent("", short_name="Kept"))
    assert response.status_code == 422
    assert 'value="Kept"' in response.content.decode()


def test_show_conflict_is_called_after_an_error_of_the_service(analyst: Client, monkeypatch: Any) -> None:
    monkeypatch.setattr(OpenAgency, "show_conflict", lambda page: page.form.add_error(None, "Saved by someone else."))
    analyst.post(URL, sent("Labor"))
    assert "Saved by someone else." in text_of(analyst.post(URL, sent("Labor")))
    assert "Saved by someone else." not in text_of(analyst.post(URL, sent("")))


def test_action_may_replace_submitted_values_after_an_error(analyst: Client) -> None:
    analyst.post(URL, sent("Labor"))
    response = analyst.post("/press/1/", sent("Labor", short_name="Mine"))
    assert response.status_code == 422
    assert 'value="Saved by someone else"' in response.content.decode()
    assert 'value="Mine"' in response.content.decode()
    assert "There is one of that name." in text_of(response)


def test_form_shown_again_without_an_error_returns_200(analyst: Client) -> None:
    response = analyst.post("/press/1/", sent("Labor", preview="1"))
    assert response.status_code == 200
    assert 'value="Labor"' in response.content.decode()
    assert not Agency.objects.filter(name="Labor").exists()


# ---- guards --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["get", "post"])
def test_an_unknown_query_parameter_is_refused(analyst: Client, method: str) -> None:
    response = getattr(analyst, method)(f"{URL}?of=1&by=2", sent("Labor") if method == "post" else None)
    assert response.status_code == 400
    assert getattr(analyst, method)(f"{URL}?of=1").status_code == (422 if method == "post" else 200)
    assert not Agency.objects.filter(name="Labor").exists()


@pytest.mark.parametrize(("role", "status"), [(Role.VIEWER, 403), (Role.REVIEWER, 404), (Role.ANALYST, 302)])
def test_the_permission_guards_reading_and_writing(role: Role, status: int) -> None:
    client = signed_in(role)
    assert client.get(URL).status_code == (200 if status == 302 else status)
    assert client.post(URL, sent("Labor")).status_code == status
    assert Agency.objects.filter(name="Labor").exists() is (status == 302)


def test_a_visitor_is_led_to_sign_in() -> None:
    assert Client().get(URL)["Location"].startswith("/account/sign-in/")


def test_the_page_tells_the_navigation_its_permission() -> None:
    page: Any = OpenAgency.as_view()
    assert page.required_permission is Permission.EDIT_PARTNERSHIPS


@pytest.mark.parametrize("method", ["put", "patch", "delete", "options"])
def test_other_methods_are_refused_before_the_permission(method: str) -> None:
    assert getattr(signed_in(Role.VIEWER), method)(URL).status_code == 405


def test_an_action_without_a_page_of_its_own_only_takes_a_post(analyst: Client) -> None:
    assert analyst.get("/press/1/").status_code == analyst.head("/press/1/").status_code == 405
    assert analyst.post("/press/1/", sent("Labor")).status_code == 302


def test_what_load_does_not_find_is_not_there(analyst: Client) -> None:
    assert analyst.get("/try/404/").status_code == 404
    assert analyst.post("/try/404/", sent("Labor")).status_code == 404


# ---- what the page shows -------------------------------------------------------------------------------------------


def test_a_page_shows_texts_facts_findings_and_initial_values(analyst: Client) -> None:
    response = analyst.get(URL)
    shown = text_of(response)
    for part in (
        "Number 1", "Open an agency", "Two of a name are one too many.", "today", "A step is open. 22 U.S.C. 7103a",
        "It is late.", "Open the agency", "Leave",
    ):  # fmt: skip
        assert part in shown
    content = response.content.decode()
    assert 'value="As shown"' in content
    assert 'href="/#agencies"' in content
    assert "<title>Open an agency" in content


def test_findings_are_left_to_the_errors_once_the_form_was_sent(analyst: Client) -> None:
    shown = text_of(analyst.post(URL, sent("")))
    assert "A step is open." not in shown
    assert "today" in shown


def test_a_blocked_account_sees_why_and_no_button(analyst: Client, hooks: dict[str, Any]) -> None:
    hooks["blocked_reason"] = "You asked for this."
    shown = text_of(analyst.get(URL))
    assert "You asked for this." in shown
    assert "Open the agency" not in shown
    assert "Back" in shown


def test_unavailable_action_redirects_back_with_the_reason(analyst: Client, hooks: dict[str, Any]) -> None:
    hooks["redirect_reason"] = "It is signed."
    for response in (analyst.get(URL, follow=True), analyst.post(URL, sent("Labor"), follow=True)):
        assert response.redirect_chain == [("/#agencies", 302)]
        assert "It is signed." in text_of(response)
    assert not Agency.objects.filter(name="Labor").exists()
