"""Bounds of entered dates: the same for every form, endpoint, and file, with one error code for dates outside."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, TypeVar

import pytest
from django import forms
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import connection, models
from django.test import Client
from django.urls import get_resolver, reverse
from django_filters import filters
from rest_framework import serializers

from cpc.accounts.permissions import Role
from cpc.api.filters import DayFilter
from cpc.api.serializers import BodySerializer, Day
from cpc.days import COLUMN_TYPE, DayField, DayFormField, why_no_day
from cpc.plausible import CODE, FIRST_DAY, LAST_DAY, is_plausible
from indicators.curated.services import record_authorized
from indicators.models import Country, USGProgram
from partnerships.agreements import services as agreements_services
from partnerships.models import DocumentVersion, Partnership
from selection.models import ConsultationRequest, RestrictionFinding, SelectionRound
from selection.restrictions.services import record_restriction
from tests.api.test_partnerships import JSON, as_program
from tests.partnerships.error_codes import db_error_code, error_codes, raw
from tests.partnerships.sending import client_of, send
from tests.support.accounts import make_account
from tests.support.rounds import Office
from tests.worlds.partnerships.build import Stage

SLIPS = (date(202, 1, 1), date(1989, 12, 31), date(2100, 1, 1), date(2326, 1, 1), date(9999, 12, 31))
APPS = ("cpc", "indicators", "selection", "partnerships")
OF_THE_CLOCK = {"notifications.Digest.day"}
"""Date fields that only code writes, always with today's date."""

BOUNDED_BY_A_GRANT = {"accounts.User.last_day"}
"""A trigger bounds it: from today, for 366 days. The type of days is made after the tables of accounts."""

T = TypeVar("T")


def of_ours(base: type[T]) -> Iterator[type[T]]:
    """Return every class of the product below `base`."""
    get_resolver().url_patterns  # noqa: B018  # loads every page and endpoint
    for kind in base.__subclasses__():
        if kind.__module__.split(".")[0] in APPS:
            yield kind
        yield from of_ours(kind)


# ---- declared once -------------------------------------------------------------------------------------------------


def test_every_column_of_days_is_bounded() -> None:
    columns = [
        (model, field)
        for model in apps.get_models()
        if model.__module__.split(".")[0] in APPS
        for field in model._meta.concrete_fields
        if isinstance(field, models.DateField) and not isinstance(field, models.DateTimeField)
    ]
    assert len(columns) > 50
    unbounded = {f"{model._meta.label}.{f.name}" for model, f in columns if not isinstance(f, DayField)}
    assert unbounded == OF_THE_CLOCK | BOUNDED_BY_A_GRANT


def test_every_column_of_days_is_bounded_in_the_database(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name || '.' || column_name, domain_name FROM information_schema.columns "
            "WHERE table_schema = 'public' AND data_type = 'date'"
        )
        found = dict(cursor.fetchall())
    assert found["partnerships_award.ends_on"] == COLUMN_TYPE
    free = {name for name, domain in found.items() if domain != COLUMN_TYPE}
    assert free == {"notifications_digest.day", "accounts_user.last_day"}


def test_every_field_of_a_form_filter_or_body_is_bounded() -> None:
    fields = [field for form in of_ours(forms.BaseForm) for field in form.base_fields.values()]  # type: ignore[attr-defined]  # classes of forms
    days = [field for field in fields if isinstance(field, forms.DateField)]
    assert len(days) > 15
    assert all(isinstance(field, DayFormField) for field in days)
    bodies = [field for body in of_ours(BodySerializer) for field in body().fields.values()]
    asked = [field for field in bodies if isinstance(field, serializers.DateField)]
    assert len(asked) >= 5
    assert all(isinstance(field, Day) for field in asked)
    from django_filters.rest_framework import FilterSet

    bounds = [item for kind in of_ours(FilterSet) for item in kind.base_filters.values()]
    by_day = [item for item in bounds if isinstance(item, filters.DateFilter)]
    assert len(by_day) >= 3
    assert all(isinstance(item, DayFilter) for item in by_day)


@pytest.mark.parametrize("day", SLIPS)
def test_a_slip_is_refused_by_one_code(day: date) -> None:
    assert not is_plausible(day)
    for field in (DayFormField(), DayField()):
        with pytest.raises(ValidationError) as caught:
            field.run_validators(day)
        assert [error.code for error in caught.value.error_list] == [CODE]
    with pytest.raises(serializers.ValidationError) as refusal:
        Day().run_validation(day.isoformat())
    assert [detail.code for detail in refusal.value.detail] == [CODE]  # type: ignore[union-attr]  # a list of details


def test_the_bounds_themselves_are_lawful(db: None) -> None:
    ghana = Country.objects.get(code="GHA")
    program = USGProgram(country=ghana, agency="A", title="B", sector="other", source="C")
    program.starts_on, program.ends_on = FIRST_DAY, LAST_DAY
    record_authorized(row=program, actor=make_account(Role.ANALYST))
    assert USGProgram.objects.get().ends_on == LAST_DAY


# ---- on every way in -----------------------------------------------------------------------------------------------


def errors_of(response: Any, field: str) -> list[str]:
    assert response.status_code == 422
    return [str(error.code) for error in response.context["form"].errors[field].as_data()]


@pytest.mark.parametrize("day", SLIPS)
def test_a_partnership(stage: Stage, day: date) -> None:
    draft = stage.draft()
    rows, bulk = Partnership.objects.filter(pk=draft.pk), Partnership.objects.get(pk=draft.pk)
    bulk.ends_on = day
    edit: dict[str, Any] = {"partnership": draft, "actor": stage.analyst, "values": {"ends_on": day}}
    page, rest = client_of(stage.analyst), as_program(stage.analyst)
    here = f"/api/v1/partnerships/{draft.pk}/"
    etag = {"If-Match": rest.get(here)["ETag"]}
    assert errors_of(send(page, f"/partnerships/{draft.pk}/edit/", ends_on=day.isoformat()), "ends_on") == [CODE]
    answer = rest.patch(here, {"ends_on": day.isoformat()}, headers=etag, **JSON)  # type: ignore[arg-type]  # the arguments have several types
    assert [(error["field"], error["code"]) for error in answer.json()["errors"]] == [("ends_on", CODE)]
    assert error_codes(lambda: agreements_services.edit_partnership(**edit)) == [CODE]
    assert db_error_code(lambda: rows.update(ends_on=day)) == CODE
    assert db_error_code(lambda: Partnership.objects.bulk_update([bulk], ["ends_on"])) == CODE
    assert db_error_code(lambda: raw("UPDATE partnerships_partnership SET ends_on = %s", day)) == CODE
    assert db_error_code(lambda: raw("UPDATE partnerships_partnership SET ends_on = 'infinity'")) == CODE


def test_a_document(stage: Stage) -> None:
    version = stage.document(stage.draft())
    insert = (
        "INSERT INTO partnerships_documentversion (document_id, number, file, sha256, dated, language, note) "
        "SELECT document_id, 2, file, sha256, '9999-01-01', '', '' FROM partnerships_documentversion"
    )
    assert db_error_code(lambda: raw(insert)) == CODE
    other = DocumentVersion(document=version.document, number=2, file="x", sha256="0" * 64, dated=SLIPS[0])
    assert db_error_code(lambda: DocumentVersion.objects.bulk_create([other])) == CODE


@pytest.fixture
def office(contents: Office) -> Office:
    return contents


@pytest.mark.world("scoring")
def test_a_round_and_its_requests(office: Office) -> None:
    found, day = office.consulting(), SLIPS[-1]
    rounds = SelectionRound.objects.filter(pk=found.pk)
    assert db_error_code(lambda: rounds.update(reference_date=day)) == CODE
    assert db_error_code(lambda: raw("UPDATE selection_selectionround SET reference_date = %s", day)) == CODE
    request = office.ask(found, office.agency())
    assert db_error_code(lambda: ConsultationRequest.objects.filter(pk=request.pk).update(due_on=day)) == CODE
    client = client_of(office.analyst)
    new = send(client, reverse("round-new"), title="Round 2", reference_date=day.isoformat())
    assert errors_of(new, "reference_date") == [CODE]


def test_a_review_of_a_restriction(stage: Stage) -> None:
    country, day = Country.objects.get(code="GHA"), SLIPS[-1]
    review: dict[str, Any] = {
        "country": country, "code": "tier_3", "status": "clear", "basis": "Reviewed", "reviewer": "L",
        "reviewed_on": date(2026, 1, 1), "actor": stage.analyst,
    }  # fmt: skip
    assert error_codes(lambda: record_restriction(**review, expires_on=day)) == [CODE]
    record_restriction(**review, expires_on=date(2027, 1, 1))
    row = RestrictionFinding.objects.get()
    row.pk, row.expires_on = None, day
    assert db_error_code(lambda: RestrictionFinding.objects.bulk_create([row])) == CODE


def test_a_program_recorded_by_hand(db: None) -> None:
    client = client_of(make_account(Role.ANALYST))
    values = {
        "country": "GHA",
        "agency": "A",
        "title": "B",
        "sector": "other",
        "source": "C",
        "starts_on": "1022-01-01",
    }
    assert errors_of(send(client, "/data/programs/new/", **values), "starts_on") == [CODE]
    row = USGProgram(country=Country.objects.get(code="GHA"), agency="A", title="B", sector="other", source="C")
    row.starts_on = SLIPS[0]
    assert error_codes(lambda: record_authorized(row=row, actor=None)) == [CODE]
    assert db_error_code(lambda: USGProgram.objects.bulk_create([row])) == CODE


@pytest.mark.parametrize(
    "address",
    [
        "/data/programs/?running_on=9999-12-31",
        "/api/v1/programs/?running_on=9999-12-31",
        "/api/v1/partnerships/?starts_from=0202-01-01",
        "/data/narratives/?as_of=9999-12-31",
    ],
)
def test_a_filter(stage: Stage, address: str) -> None:
    client: Client = as_program(stage.analyst) if address.startswith("/api/") else client_of(stage.analyst)
    response = client.get(address)
    assert response.status_code == 400, response.status_code
    if address.startswith("/api/"):
        assert [error["code"] for error in response.json()["errors"]] == [CODE]
    else:
        assert "Dec 31, 2099" in response.content.decode() or "nor a date" in response.content.decode()


def test_the_filters_of_the_trail_and_of_the_record_at_a_day(stage: Stage) -> None:
    trail = client_of(make_account(Role.ADMINISTRATOR)).get("/audit/?since=9999-12-31")
    assert "Dec 31, 2099" in trail.content.decode()
    draft = stage.draft()
    assert client_of(stage.analyst).get(f"/partnerships/{draft.pk}/as-of/?date=9999-12-31").status_code == 400


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("2025-11-30", ""),
        ("2025-11-31", "November has 30 days. Enter a day from 1 to 30."),
        ("Nov 31, 2025", "November has 30 days. Enter a day from 1 to 30."),
        ("November 31 2025", "November has 30 days. Enter a day from 1 to 30."),
        ("Nov 30, 2025", ""),
        ("Now 31, 2025", ""),
        ("11/31/2025", "November has 30 days. Enter a day from 1 to 30."),
        ("2025-12-31", ""),
        ("2025-12-32", "December has 31 days. Enter a day from 1 to 31."),
        ("2025-12-0", "December has 31 days. Enter a day from 1 to 31."),
        ("2024-02-29", ""),
        ("2025-02-29", "February 2025 has 28 days. Enter a day from 1 to 28."),
        ("2024-02-30", "February 2024 has 29 days. Enter a day from 1 to 29."),
        ("2025-13-01", "There is no month 13. Enter a month from 1 to 12."),
        ("2025-00-01", "There is no month 0. Enter a month from 1 to 12."),
        ("0000-02-30", ""),
        ("tomorrow", ""),
    ],
)
def test_a_day_that_does_not_exist_is_refused_with_the_reason(text: str, why: str) -> None:
    assert why_no_day(text) == why
    if why:
        with pytest.raises(ValidationError) as caught:
            DayFormField().clean(text)
        assert (caught.value.messages, caught.value.code) == ([why], "invalid")


def test_what_is_no_day_at_all_keeps_its_message() -> None:
    with pytest.raises(ValidationError) as caught:
        DayFormField().clean("tomorrow")
    assert caught.value.messages == ["Enter a valid date."]
