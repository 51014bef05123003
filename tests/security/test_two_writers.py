"""Edit conflicts: if two people send the same form, the second sees the first one's changes and loses no entry.

The case of every page and endpoint that writes describes the second writer. If the form changes an existing record,
two people open it and both send it. The second must get an error page with the first one's changes and their own
entries, and must be able to send the form again. Every other case gives the reason why no entry can be lost.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import unescape
from typing import Any

import lxml.html
import pytest
from django.test import Client
from django.urls import reverse

from cpc.accounts.permissions import Role
from tests.security.expected_table import METHODS, addresses, read_table
from tests.security.known_objects import ARGUMENT
from tests.support.accounts import make_account
from tests.support.all_cases import forms_of_two_writers, reasons_of_two_writers, url_arguments
from tests.support.page_cases import IF_MATCH, TwoWriters
from tests.worlds.small_world import World

pytestmark = pytest.mark.django_db

FORMS = forms_of_two_writers()
REASONS = reasons_of_two_writers()

READS = {"404", "405", "login", "401", "403"}
"""Answers to a method that a URL does not carry out."""


def writing() -> dict[str, list[str]]:
    """Return the methods that write, by URL name."""
    found: dict[str, list[str]] = {}
    for name, rows in read_table().items():
        for row in rows:
            if not set(row.answers) <= READS:
                found.setdefault(name, []).extend(method for method in row.methods if method != "GET")
    return {name: methods for name, methods in found.items() if methods}


def test_every_writing_url_declares_how_two_writers_fare() -> None:
    known = {*FORMS, *REASONS}
    missing = [f"{name} ({', '.join(methods)})" for name, methods in writing().items() if name not in known]
    assert not missing, (
        f"{'; '.join(missing)} can write, and nothing says what becomes of the second of two writers. In "
        "its page case give a form that sets what is there already, which is then tried with two people, as in\n    "
        'second_writer=TwoWriters(Role.ANALYST, {"title": ("What the first types", "What the second types")}),\n'
        "or say as `second_writer` why nothing of anybody's can be lost."
    )


def test_only_addresses_that_write_name_a_second_writer() -> None:
    assert set(METHODS) > {"POST"}
    listed = [*FORMS, *REASONS]
    assert set(listed) <= set(writing()), sorted(set(listed) - set(writing()))


def test_a_change_over_rest_names_what_it_has_read(client: Client) -> None:
    client.force_login(make_account(Role.ANALYST))
    described = client.get("/api/v1/schema/", headers={"Accept": "application/vnd.oai.openapi+json"}).json()["paths"]
    wrong = []
    for name, why in REASONS.items():
        if not name.startswith("api:"):
            continue
        route = next(address.route for address in addresses() if address.name == name)
        operations = described["/" + ARGUMENT.sub(r"{\2}", route)]
        for method in writing()[name]:
            asked = operations[method.lower()].get("parameters", ())
            required = any(one["name"] == "If-Match" and one.get("required") for one in asked)
            if required is not (why == IF_MATCH):
                wrong.append(f"{method} {name}: {why}")
    assert not wrong, "\n".join(wrong)


# ---- forms ---------------------------------------------------------------------------------------------------------


def people(form: TwoWriters) -> tuple[Client, Client]:
    """Sign in two people who may send a form."""
    clients = []
    for name in ("first", "second"):
        user = make_account(form.role, username=f"{name}-{form.role.value}")
        client = Client(raise_request_exception=False)
        client.force_login(user)
        clients.append(client)
    return clients[0], clients[1]


def opened(client: Client, page: str, at: str) -> dict[str, Any]:
    """Return the fields of the form that is sent to a URL, as its page shows them."""
    response = client.get(page)
    assert response.status_code == 200, f"{page} answers {response.status_code} {response.get('Location', '')}"
    return fields(response.content.decode(), page, at)


def fields(html: str, page: str, at: str) -> dict[str, Any]:
    """Return the fields of the page's form that is sent to a URL, as a browser would send them."""
    document: Any = lxml.html.fromstring(html)
    for form in document.forms:
        action = form.get("action") or page
        if form.method == "POST" and action.partition("#")[0] == at:
            values: dict[str, Any] = {}
            for control in form.inputs:
                for value in _sent(control):
                    values.setdefault(control.name, []).append(value)
            return {key: value if len(value) > 1 else value[0] for key, value in values.items()}
    raise AssertionError(f"{page} has no form that is sent to {at}")


def _sent(control: Any) -> list[str]:
    """Return the values that a browser sends for an unchanged control."""
    if not control.name or control.get("disabled") is not None:
        return []
    if control.tag == "select":
        options = list(control.iter("option"))
        chosen = [option for option in options if option.get("selected") is not None]
        return [option.get("value", "") for option in chosen or ([] if control.multiple else options[:1])]
    if control.tag == "textarea":
        return [(control.text or "").removeprefix("\n")]
    kind = control.get("type", "text")
    if kind in ("checkbox", "radio"):
        return [control.get("value", "on")] if control.get("checked") is not None else []
    return [] if kind in ("submit", "button", "file", "image", "reset") else [control.get("value", "")]


@pytest.mark.parametrize("name", FORMS)
def test_the_second_of_two_sees_the_conflict_and_keeps_the_draft(world: World, name: str) -> None:
    form = FORMS[name]
    kwargs = dict(url_arguments()[name](world))
    if form.prepare is not None:
        form.prepare(kwargs)
    at = reverse(name, kwargs=kwargs)
    page = reverse(form.page, kwargs={key: kwargs[key] for key in form.page_arguments}) if form.page else at
    first, second = people(form)
    sent = [opened(client, page, at) for client in (first, second)]
    for index, values in enumerate(sent):
        values.update(form.also)
        values.update({named(field, values): typed[index] for field, typed in form.entries.items()})
    answer = first.post(at, sent[0])
    assert answer.status_code == 302, f"the first is refused: {message_of(answer)}"
    refused = second.post(at, sent[1])
    assert refused.status_code == 422, f"the second is not refused: {refused.status_code} {refused.get('Location', '')}"
    html = refused.content.decode()
    redisplayed = fields(html, page, at)
    for field, (_, draft) in form.entries.items():
        found = redisplayed.get(named(field, redisplayed))
        assert as_text(found) == as_text(draft), f"{field} is not kept: {found!r}"
    firsts = [typed[0] for typed in form.entries.values()]
    for text in firsts if form.shown_to_second is None else form.shown_to_second:
        assert text in plain(html), f"{text!r} of the first is not shown to the second: {message_of(refused)}"
    if form.second_may_send_again:
        once_more = second.post(at, redisplayed)
        assert once_more.status_code == 302, f"the second cannot send it again: {message_of(once_more)}"


def named(field: str, values: Mapping[str, Any]) -> str:
    """Return the name of a field; for a name with a star at its end, the first field that starts so."""
    if not field.endswith("*"):
        return field
    found = [name for name in values if name.startswith(field[:-1])]
    assert found, f"no field begins with {field[:-1]}; there are {', '.join(values)}"
    return found[0]


def as_text(value: Any) -> Any:
    return [str(one) for one in value] if isinstance(value, list) else str(value).replace("\r\n", "\n")


def plain(html: str) -> str:
    document: Any = lxml.html.fromstring(html)
    return " ".join(unescape(" ".join(document.itertext())).split())


def message_of(response: Any) -> str:
    """Return the error messages of a page."""
    found: Any = lxml.html.fromstring(response.content.decode() or "<p/>")
    marks = found.xpath("//*[contains(@class, 'usa-error-message') or contains(@class, 'usa-alert__body')]")
    return " | ".join(" ".join(mark.text_content().split()) for mark in marks) or plain(response.content.decode())[:300]
