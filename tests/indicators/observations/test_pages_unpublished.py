"""Pages of a source on which people record that an edition is not published, and withdraw that; and REST."""

from __future__ import annotations

import datetime as dt
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from cpc.accounts.models import User
from cpc.accounts.permissions import Role
from cpc.api.run_once import new_key
from cpc.web import formats
from indicators.models import Source, UnpublishedEdition
from indicators.observations.services import record_unpublished
from tests.support.accounts import make_account
from tests.support.pages import published, tiers

pytestmark = pytest.mark.django_db
PAGE, FORM = "/data/sources/tip/", "/data/sources/tip/not-published/"
OFFERED = "Record that the 2026 edition is not published"


@pytest.fixture(autouse=True)
def own_files(settings: Any, tmp_path: Path) -> None:
    """Publish the tiers of 2025."""
    settings.MEDIA_ROOT = tmp_path / "files"
    published(tmp_path, tiers(("GHA", "Ghana", "Tier 2"), year=2025))


@pytest.fixture
def person() -> User:
    return make_account(Role.ANALYST)


@pytest.fixture
def analyst(client: Client, person: User) -> Client:
    client.force_login(person)
    return client


def today() -> dt.date:
    return timezone.now().date()


def entries(**changed: str) -> dict[str, str]:
    whole = {"edition": "2026", "as_of": today().isoformat(), "evidence": "looked at state.gov/reports"}
    return {"idempotency_key": str(new_key()), **whole, **changed}


def shown(client: Client, url: str = PAGE) -> str:
    response = client.get(url)
    assert response.status_code == HTTPStatus.OK
    return text(response)


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


def stated(person: User, edition: str = "2026") -> UnpublishedEdition:
    return record_unpublished(
        source=Source.objects.get(key="tip"), edition=edition, as_of=today(), evidence="state.gov", actor=person
    )


def test_the_link_prefills_the_form_and_the_statement_is_on_the_page(analyst: Client, person: User) -> None:
    assert f'<a href="{FORM}?edition=2026">{OFFERED}</a>' in shown(analyst)
    form = shown(analyst, f"{FORM}?edition=2026")
    assert 'name="edition" value="2026"' in form
    assert f'value="{today().isoformat()}"' in form
    response = analyst.post(f"{FORM}?edition=2026", entries())
    assert (response.status_code, response.headers["Location"]) == (HTTPStatus.FOUND, f"{PAGE}#not-published")
    page = shown(analyst)
    assert f"It is on record that edition 2026 was not published as of {formats.day(today())}." in page
    assert "looked at state.gov/reports" in page
    assert str(person) in page
    assert "In effect" in page
    assert f"/data/not-published/{UnpublishedEdition.objects.get().pk}/withdraw/" in page
    assert OFFERED not in page


def test_without_a_parameter_the_earliest_edition_that_is_due_is_prefilled(analyst: Client) -> None:
    assert 'name="edition" value="2026"' in shown(analyst, FORM)
    assert analyst.get(f"{FORM}?year=2026").status_code == HTTPStatus.BAD_REQUEST
    assert analyst.get("/data/sources/nowhere/not-published/").status_code == HTTPStatus.NOT_FOUND
    assert analyst.get("/data/not-published/987654/withdraw/").status_code == HTTPStatus.NOT_FOUND


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"edition": ""}, "Enter the edition as a year with four digits"),
        ({"edition": "20x6"}, "Enter the edition as a year with four digits"),
        ({"edition": "2025"}, "Edition 2025 is loaded, so it has been published."),
        ({"edition": "2024"}, "Edition 2025, a newer one, is loaded."),
        ({"as_of": "2026-06-29"}, "By the rule of the source, values of 2026 appear by Jun 30, 2026."),
        ({"as_of": "2098-01-01"}, "The date is in the future."),
        ({"as_of": "1066-10-14"}, "Enter a date from Jan 1, 1990 to Dec 31, 2099."),
        ({"as_of": ""}, "This field is required."),
        ({"evidence": " "}, "Enter where you looked."),
    ],
)
def test_an_error_is_at_its_field_and_everything_typed_stays(
    analyst: Client, changed: dict[str, str], expected: str
) -> None:
    response = analyst.post(FORM, entries(**changed))
    assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    page = text(response)
    assert expected in page
    (field,) = changed
    assert f'id="id_{field}-error"' in page
    assert not UnpublishedEdition.objects.exists()


def test_a_double_click_records_one(analyst: Client) -> None:
    sent = entries()
    for _ in range(2):
        assert analyst.post(FORM, sent).status_code == HTTPStatus.FOUND
    assert UnpublishedEdition.objects.count() == 1


def test_second_writer_sees_the_first_and_keeps_the_draft(analyst: Client, person: User) -> None:
    stated(make_account(Role.ANALYST, username="first"))
    response = analyst.post(FORM, entries(evidence="Called the office"))
    assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    page = text(response)
    assert "already recorded that edition 2026 was not published as of" in page
    assert "Called the office" in page
    assert UnpublishedEdition.objects.count() == 1


def test_withdrawal_shows_the_statement_and_needs_a_reason(analyst: Client, person: User) -> None:
    row = stated(person)
    url = f"/data/not-published/{row.pk}/withdraw/"
    day = formats.day(today())
    sentence = f"U.S. Department of State has not published Trafficking in Persons Report 2026, as of {day}."
    assert f"{sentence} Recorded by {person}: state.gov" in shown(analyst, url)
    empty = analyst.post(url, {"idempotency_key": str(new_key()), "reason": " "})
    assert (empty.status_code, UnpublishedEdition.objects.live().count()) == (HTTPStatus.UNPROCESSABLE_ENTITY, 1)
    assert "Enter a reason; it stays on file." in text(empty)
    response = analyst.post(url, {"idempotency_key": str(new_key()), "reason": "It is out"})
    assert response.headers["Location"] == f"{PAGE}#not-published"
    page = shown(analyst)
    assert "The statement on edition 2026 was withdrawn." in page
    assert f"{person}: It is out" in page
    assert "In effect" not in page
    assert OFFERED in page
    again = analyst.post(url, {"idempotency_key": str(new_key()), "reason": "Again"}, follow=True)
    assert "This statement was already withdrawn. Nothing changed." in text(again)
    assert UnpublishedEdition.objects.get().superseded_reason == "It is out"


@pytest.mark.parametrize("role", [Role.VIEWER, Role.REVIEWER, Role.APPROVER, Role.ADMINISTRATOR])
def test_others_read_the_statements_and_are_offered_nothing(client: Client, person: User, role: Role) -> None:
    client.force_login(make_account(role, username="other"))
    assert "Editions not published" not in shown(client)
    row = stated(person)
    page = shown(client)
    assert "state.gov" in page
    assert str(person) in page
    assert "not-published/" not in page
    for url in (FORM, f"/data/not-published/{row.pk}/withdraw/"):
        assert client.get(url).status_code == HTTPStatus.FORBIDDEN
        assert client.post(url, entries()).status_code == HTTPStatus.FORBIDDEN


def test_statement_on_a_loaded_edition_is_shown_without_effect(analyst: Client, person: User, tmp_path: Path) -> None:
    stated(person)
    published(tmp_path, tiers(("GHA", "Ghana", "Tier 2"), year=2026), "later.csv")
    page = shown(analyst)
    assert "No effect" in page
    assert "This edition is loaded now." in page
    assert "In effect" not in page
    assert OFFERED not in page


def test_a_page_as_known_earlier_shows_no_statement_of_today(analyst: Client, person: User) -> None:
    stated(person)
    assert "Editions not published" not in shown(analyst, f"{PAGE}?as_of=1")


@pytest.mark.parametrize("key", ["walk_free", "freedom_house", "cpi", "own"])
def test_no_statement_is_offered_where_no_edition_of_a_year_is_due(analyst: Client, key: str) -> None:
    assert "Editions not published" not in shown(analyst, f"/data/sources/{key}/")


def test_rest_shows_the_live_statements_of_each_source(client: Client, person: User) -> None:
    row = stated(person)
    client.force_login(person)
    expected = {
        "edition": "2026",
        "as_of": today().isoformat(),
        "evidence": "state.gov",
        "recorded_by": str(person),
    }
    (found,) = client.get("/api/v1/sources/tip/").json()["not_published"]
    assert found.pop("recorded_at").startswith(f"{row.recorded_at:%Y-%m-%dT%H}")
    assert found == expected
    listed = {one["key"]: one["not_published"] for one in client.get("/api/v1/sources/").json()["results"]}
    assert [one["edition"] for one in listed["tip"]] == ["2026"]
    assert listed["cpi"] == []
    client.post(f"/data/not-published/{row.pk}/withdraw/", {"idempotency_key": str(new_key()), "reason": "It is out"})
    assert client.get("/api/v1/sources/tip/").json()["not_published"] == []
