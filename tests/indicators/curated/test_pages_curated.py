"""Pages of programs and plans: content by role, and rejected entries."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import Settings

from cpc.accounts.permissions import Role
from indicators.curated.services import replace_row
from indicators.models import NationalPlan, USGProgram
from tests.support.accounts import make_account

pytestmark = pytest.mark.django_db

SECRET = "Only the office says this."
FORM = {
    "country": "GHA",
    "agency": "Department of Labor",
    "title": "Sample program",
    "sector": "child_labor",
    "amount": "5000000.00",
    "source": "A sample",
    "assessment": SECRET,
}
PLAN = {
    "country": "GHA",
    "kind": "action_plan",
    "title": "Sample plan",
    "ends_year": "2026",
    "status": "adopted",
    "source": "A sample",
    "assessment": SECRET,
}
KINDS: dict[str, tuple[dict[str, str], type[USGProgram] | type[NationalPlan]]] = {
    "programs": (FORM, USGProgram),
    "plans": (PLAN, NationalPlan),
}


@pytest.fixture(autouse=True)
def media(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def of(db: None) -> Callable[[Role], Client]:
    def make(role: Role) -> Client:
        client = Client()
        client.force_login(make_account(role))
        return client

    return make


def text(response: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def hidden(response: Any, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', response.content.decode())
    assert found is not None
    return found[1]


def send(client: Client, url: str, **values: Any) -> Any:
    page = client.get(url)
    names = [name for name in ("idempotency_key", "revision") if f'name="{name}" value=' in page.text]
    return client.post(url, {name: hidden(page, name) for name in names} | values)


@pytest.mark.parametrize("kind", KINDS)
def test_a_row_is_added_once_however_often_the_form_is_sent(of: Callable[[Role], Client], kind: str) -> None:
    values, model = KINDS[kind]
    client, url = of(Role.ANALYST), f"/data/{kind}/new/"
    once = hidden(client.get(url), "idempotency_key")
    first = client.post(url, {"idempotency_key": once, **values})
    again = client.post(url, {"idempotency_key": once, **values})
    assert first.status_code == again.status_code == 302
    assert first["Location"] == again["Location"]
    row = model._default_manager.get()
    assert str(row.recorded_by) == "TIP Office analyst"
    page = text(client.get(first["Location"]))
    assert values["title"] in page
    assert SECRET in page


@pytest.mark.parametrize("kind", KINDS)
def test_empty_form_lists_required_fields(of: Callable[[Role], Client], kind: str) -> None:
    response = send(of(Role.ANALYST), f"/data/{kind}/new/")
    assert response.status_code == 422
    assert "Nothing was saved." in text(response)
    assert not KINDS[kind][1]._default_manager.exists()


@pytest.mark.parametrize("kind", KINDS)
def test_the_second_of_two_people_keeps_the_draft_and_sees_the_conflict(
    of: Callable[[Role], Client], kind: str
) -> None:
    values, model = KINDS[kind]
    client = of(Role.ANALYST)
    send(client, f"/data/{kind}/new/", **values)
    row: Any = model._default_manager.get()
    url = f"/data/{kind}/{row.pk}/replace/"
    page = client.get(url)
    opened = {name: hidden(page, name) for name in ("idempotency_key", "revision")}
    newer = replace_row(row=row, values={"source": "Another"}, reason="Somebody else", actor=None)
    mine = {**values, "source": "My draft", "reason": "Mine"}
    response = client.post(url, opened | mine)
    assert response.status_code == 422
    assert "Someone else saved changes while you were editing" in text(response)
    assert "Saved value: Another" in text(response)
    assert "My draft" in response.content.decode()
    assert f"/data/{kind}/{newer.pk}/" in response.content.decode()
    assert [item.source for item in model._default_manager.live()] == ["Another"]
    again = client.post(url, opened | mine | {"revision": hidden(response, "revision")})
    assert again.status_code == 302
    assert [item.source for item in model._default_manager.live()] == ["My draft"]


@pytest.mark.parametrize("kind", KINDS)
def test_replacing_and_withdrawing_need_a_reason_and_keep_what_was(of: Callable[[Role], Client], kind: str) -> None:
    values, model = KINDS[kind]
    client = of(Role.ANALYST)
    send(client, f"/data/{kind}/new/", **values)
    url = f"/data/{kind}/{model._default_manager.get().pk}/"
    changed = {**values, "source": "A better source"}
    assert "Enter a reason" in text(send(client, f"{url}replace/", **changed))
    location = send(client, f"{url}replace/", **changed, reason="A better source")["Location"]
    assert location != url
    page = text(client.get(url))
    assert "This version was replaced" in page
    assert "A better source" in page
    assert client.get(f"{url}replace/").status_code == 302
    assert client.post(f"{location}withdraw/").status_code == 422
    assert send(client, f"{location}withdraw/", reason="Recorded in error")["Location"] == location
    assert "Withdrawn" in text(client.get(location))
    assert values["title"] not in text(client.get(f"/data/{kind}/"))


@pytest.mark.parametrize("kind", KINDS)
def test_reviewer_sees_facts_without_assessments(of: Callable[[Role], Client], kind: str) -> None:
    values, model = KINDS[kind]
    send(of(Role.ANALYST), f"/data/{kind}/new/", **values)
    row = model._default_manager.get()
    for role, reads in ((Role.REVIEWER, False), (Role.VIEWER, True)):
        client = of(role)
        page = text(client.get(f"/data/{kind}/{row.pk}/"))
        assert values["title"] in page
        assert (SECRET in page) is reads
        export = client.get(f"/data/{kind}/?format=csv&columns=file").getvalue().decode()
        assert values["title"] in export
        assert (SECRET in export) is reads


def test_list_is_filtered_and_names_the_filters(of: Callable[[Role], Client]) -> None:
    client = of(Role.ANALYST)
    send(client, "/data/programs/new/", **FORM, starts_on="2024-01-01", ends_on="2025-12-31")
    send(client, "/data/programs/new/", **{**FORM, "country": "CIV", "title": "Another", "amount": ""})
    for query, shown in (
        ("", 2),
        ("?country=GHA", 1),
        ("?sector=rule_of_law", 0),
        ("?agency=Department+of+Labor", 2),
        ("?running_on=2025-06-30", 2),
        ("?running_on=2026-06-30", 1),
        ("?q=another", 1),
        ("?sort=-amount", 2),
    ):
        response = client.get(f"/data/programs/{query}")
        assert response.context["page"].paginator.count == shown, query
    assert [row.title for row in client.get("/data/programs/?sort=-amount").context["page"]] == [
        "Sample program",
        "Another",
    ]
    for query in ("?country=ZZZ", "?running_on=soon", "?sector=x", "?sort=size", "?color=blue", "?format=pdf"):
        assert client.get(f"/data/programs/{query}").status_code == 400, query


def test_a_document_is_checked_stored_and_sent_as_a_download_only(of: Callable[[Role], Client]) -> None:
    client = of(Role.ANALYST)
    refused = send(
        client, "/data/programs/new/", **FORM, document=SimpleUploadedFile("x.pdf", b"<script>alert(1)</script>")
    )
    assert refused.status_code == 422
    assert "its content is something else" in text(refused)
    location = send(
        client, "/data/programs/new/", **FORM, document=SimpleUploadedFile("paper.pdf", b"%PDF-1.7 sample")
    )["Location"]
    response = of(Role.REVIEWER).get(f"{location}document/")
    assert response.getvalue() == b"%PDF-1.7 sample"
    assert response["Content-Type"] == "application/octet-stream"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Disposition"].startswith('attachment; filename="paper')
    other = send(client, "/data/programs/new/", **{**FORM, "title": "Without"})["Location"]
    assert client.get(f"{other}document/").status_code == 404
