"""Actions behind buttons of other pages, and the texts and outcomes that every action page shares."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import path
from lxml import html

from cpc.accounts.models import Agency
from cpc.accounts.permissions import Permission, Role
from cpc.urls import handler400 as error_page
from cpc.urls import urlpatterns as urls_of_the_product
from cpc.web.actions import ActionForm, ActionView
from cpc.web.buttons import ButtonAction, ButtonForm
from tests.support.accounts import make_account

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]

BUTTON, PAGE = "/try/button/", "/try/page/"


class OpenForm(ButtonForm):
    name = forms.CharField(max_length=20)


class OpenAgency(ButtonAction):
    """A button that creates an agency, unless it exists."""

    permission = Permission.EDIT_PARTNERSHIPS
    form_class = OpenForm
    invalid = "The button sends a name."
    back = "home#agencies"
    done = "The agency is open."

    def perform(self, values: Mapping[str, Any]) -> str | None:
        if values["name"] == "Taken":
            raise ValidationError({"name": "There is one of that name."})
        if Agency.objects.filter(name=values["name"]).exists():
            self.unchanged = "It had been open already."
        else:
            Agency.objects.create(code=uuid.uuid4().hex[:20], name=values["name"])
        return "/elsewhere/" if values["name"] == "Led on" else None


class Rename(ActionView):
    """A page with its own texts; it reports that nothing changed if the name is the same."""

    permission = Permission.EDIT_PARTNERSHIPS
    form_class = type("RenameForm", (ActionForm,), {"name": forms.CharField()})
    heading = "Rename the agency?"
    here = "Rename"
    button = "Rename it"
    leave = "Keep its name"
    consequence = "Nothing was renamed."
    back = "home"

    def perform(self, values: Mapping[str, Any]) -> None:
        if values["name"] == "Same":
            self.unchanged = "You made no changes."


urlpatterns = [
    path("try/button/", OpenAgency.as_view(), name="try-button"),
    path("try/page/", Rename.as_view(), name="try-page"),
    *urls_of_the_product,
]
handler400 = error_page


@pytest.fixture
def analyst() -> Client:
    return signed_in(Role.ANALYST)


def signed_in(role: Role) -> Client:
    client = Client()
    client.force_login(make_account(role))
    return client


def text_of(response: Any) -> str:
    document: Any = html.fromstring(response.content.decode())
    return " ".join(document.xpath("string(//main)").split())


# ---- buttons -------------------------------------------------------------------------------------------------------


def test_a_button_performs_and_leads_back_with_a_message(analyst: Client) -> None:
    response = analyst.post(BUTTON, {"name": "Labor"}, follow=True)
    assert response.redirect_chain == [("/#agencies", 302)]
    assert "The agency is open." in text_of(response)
    assert Agency.objects.filter(name="Labor").count() == 1


def test_a_second_press_tells_that_nothing_changed(analyst: Client) -> None:
    analyst.post(BUTTON, {"name": "Labor"})
    analyst.get("/")
    shown = text_of(analyst.post(BUTTON, {"name": "Labor"}, follow=True))
    assert "It had been open already." in shown
    assert "The agency is open." not in shown
    assert Agency.objects.filter(name="Labor").count() == 1


def test_perform_of_a_button_may_lead_elsewhere(analyst: Client) -> None:
    assert analyst.post(BUTTON, {"name": "Led on"})["Location"] == "/elsewhere/"


def test_an_error_of_the_service_becomes_a_message(analyst: Client) -> None:
    response = analyst.post(BUTTON, {"name": "Taken"}, follow=True)
    assert response.redirect_chain == [("/#agencies", 302)]
    assert "There is one of that name." in text_of(response)


def test_what_no_button_sends_is_a_bad_request(analyst: Client) -> None:
    response = analyst.post(BUTTON, {"name": "n" * 21})
    assert response.status_code == 400
    assert "The button sends a name." in response.content.decode()
    assert analyst.post(f"{BUTTON}?of=1", {"name": "Labor"}).status_code == 400
    assert not Agency.objects.filter(name="Labor").exists()


@pytest.mark.parametrize("method", ["get", "head", "put", "patch", "delete", "options"])
def test_a_button_takes_posts_alone(method: str) -> None:
    assert getattr(signed_in(Role.VIEWER), method)(BUTTON).status_code == 405


@pytest.mark.parametrize(("role", "status"), [(Role.VIEWER, 403), (Role.REVIEWER, 404), (Role.ANALYST, 302)])
def test_the_permission_guards_a_button(role: Role, status: int) -> None:
    assert signed_in(role).post(BUTTON, {"name": "Labor"}).status_code == status
    assert Agency.objects.filter(name="Labor").exists() is (status == 302)


# ---- texts and outcomes of pages -----------------------------------------------------------------------------------


def test_a_page_has_its_own_texts(analyst: Client) -> None:
    page: Any = html.fromstring(analyst.get(PAGE).content.decode())
    (here,) = page.xpath("//li[@aria-current='page']")
    assert here.text_content() == "Rename"
    assert [link.text for link in page.xpath("//main//form//a")] == ["Keep its name"]
    assert "Nothing was renamed." in text_of(analyst.post(PAGE, {}))


def test_a_page_tells_what_changed_nothing(analyst: Client) -> None:
    form = {"name": "Same", "idempotency_key": uuid.uuid4().hex}
    assert "You made no changes." in text_of(analyst.post(PAGE, form, follow=True))
