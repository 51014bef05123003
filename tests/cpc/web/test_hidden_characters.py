"""Invisible characters: rejected in every text that people write, by every form, endpoint, and file."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models

from cpc.accounts.permissions import Role
from cpc.api.run_once import new_key
from cpc.text import hidden_fault, without_hidden
from cpc.typed import APPS, refuse_hidden
from indicators.imports.receiving import receive_stream
from partnerships.agreements.services import edit_partnership
from partnerships.amendments.services.drafting import draft_amendment, propose_change
from partnerships.models import AmendmentKind, Partnership
from tests.partnerships.error_codes import db_error_code, raw
from tests.partnerships.sending import client_of, page_text, send
from tests.support.accounts import make_account
from tests.worlds.partnerships.build import Active, Stage

RIGHT_TO_LEFT = "Partnership \u202egpj.exe"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("\x00", "U+0000 (nul), at the start"),
        ("a\x1b[31m", "U+001B (escape), after “a”"),
        ("Children\u202e first", "U+202E (right-to-left override), after “Children”"),
        ("a\u2066b", "U+2066 (left-to-right isolate)"),
        ("a\u200bb", "U+200B (zero width space)"),
        ("\ufeffa", "U+FEFF (zero width no-break space), at the start"),
        ("pass\u00adword", "U+00AD (soft hyphen)"),
        ("a\u200db", "U+200D (zero width joiner)"),
        ("\u200ca", "U+200C (zero width non-joiner)"),
        ("a\U000e0041", "U+E0041 (tag latin capital letter a)"),
        ("\ud800", "U+D800"),
    ],
)
def test_a_hidden_character_is_named_with_its_position_and_the_remedy(text: str, named: str) -> None:
    fault = hidden_fault(text)
    assert named in fault
    assert fault.endswith("Delete it, or retype the text around it.")
    with pytest.raises(ValidationError) as refused:
        refuse_hidden({"inside": [{"deep": text}]})
    assert refused.value.code == "hidden_character"
    assert hidden_fault(without_hidden(text)) == ""


@pytest.mark.parametrize(
    "text",
    [
        "First line\r\nsecond\tcolumn",
        "Côte d'Ivoire, Türkiye, São Tomé — “quoted” · 100 % 5",
        "می\u200cخواهم",  # noqa: RUF001  # Persian
        "क्\u200dष",
        "עברית العربية 中文 ไทย",
        "🙂",
    ],
)
def test_what_people_can_see_is_taken(text: str) -> None:
    assert hidden_fault(text) == ""
    assert without_hidden(text) == text
    refuse_hidden([text])


def test_every_column_of_text_of_the_product_has_the_rule() -> None:
    guarded, bare = 0, []
    for model in apps.get_models(include_auto_created=True):
        if model.__module__.partition(".")[0] not in APPS:
            continue
        for field in model._meta.concrete_fields:
            column = field.base_field if isinstance(field, ArrayField) else field
            if isinstance(column, models.CharField | models.TextField | models.JSONField) and not column.choices:
                guarded += refuse_hidden in column.validators
                bare += [] if refuse_hidden in column.validators else [f"{model.__name__}.{field.name}"]
    assert guarded > 200
    assert bare == []


@pytest.mark.django_db
def test_page_rest_and_service_refuse_it_the_same_way(stage: Stage) -> None:
    partnership, analyst = stage.draft(), stage.analyst
    client, url = client_of(analyst), f"/partnerships/{partnership.pk}/edit/"
    by_page = send(client, url, coordination_body="Joint \u202ecommittee")
    assert by_page.status_code == 422
    assert "U+202E (right-to-left override), after “Joint”" in page_text(by_page)
    at = f"/api/v1/partnerships/{partnership.pk}/"
    headers = {"If-Match": client.get(at)["ETag"]}
    by_rest = client.patch(at, {"title": RIGHT_TO_LEFT}, content_type="application/json", headers=headers)
    assert by_rest.status_code == 422
    assert [(error["field"], error["code"]) for error in by_rest.json()["errors"]] == [("title", "hidden_character")]
    with pytest.raises(ValidationError) as by_service:
        edit_partnership(partnership=partnership, values={"title": RIGHT_TO_LEFT}, actor=analyst)
    assert by_service.value.error_dict["title"][0].code == "hidden_character"
    partnership.refresh_from_db()
    assert partnership.title != RIGHT_TO_LEFT


@pytest.mark.django_db
def test_bulk_operations_and_sql_refuse_it_in_a_title(stage: Stage) -> None:
    partnership = stage.draft()
    rows = Partnership.objects.filter(pk=partnership.pk)
    assert db_error_code(lambda: rows.update(title=RIGHT_TO_LEFT)) == "hidden_character"
    statement = "UPDATE partnerships_partnership SET title = %s WHERE id = %s"
    assert db_error_code(lambda: raw(statement, RIGHT_TO_LEFT, partnership.pk)) == "hidden_character"
    made = Partnership(country=partnership.country, title=RIGHT_TO_LEFT, origin_reason="Why")
    assert db_error_code(lambda: Partnership.objects.bulk_create([made])) == "hidden_character"


def test_every_title_that_people_write_is_held_by_the_database() -> None:
    """Titles that no form writes are exempt: a publisher's title of a narrative, and those of our own sources."""
    titled = {
        model._meta.label
        for model in apps.get_models()
        if model.__module__.partition(".")[0] in APPS
        and any(field.name == "title" and isinstance(field, models.CharField) for field in model._meta.fields)
    }
    held = {
        model._meta.label
        for model in apps.get_models()
        if f"{model._meta.model_name}_title_visible" in [constraint.name for constraint in model._meta.constraints]
    }
    assert titled - held == {"indicators.Source", "indicators.Narrative"}


@pytest.mark.django_db
@pytest.mark.world("active")
def test_a_change_that_an_amendment_proposes_holds_none(active: Active) -> None:
    partnership, analyst = active.partnership, active.stage.analyst
    amendment = draft_amendment(
        partnership=partnership, kind=AmendmentKind.TERMS, title="Regions", reason="As agreed.", actor=analyst
    )
    for value in (["Vol\u202eta"], ["Vol\x00ta"]):
        with pytest.raises(ValidationError) as refused:
            propose_change(amendment=amendment, row=partnership, field="focus_regions", value=value, actor=analyst)
        assert "U+202E" in str(refused.value) or "U+0000" in str(refused.value)


@pytest.mark.django_db
def test_received_file_name_loses_hidden_characters(tmp_path: object, settings: object) -> None:
    settings.MEDIA_ROOT = tmp_path  # type: ignore[attr-defined]  # the settings of pytest-django
    receipt = receive_stream(chunks=[b"a,b\n"], name="report\u202evsc.exe", actor=None)
    assert receipt.batch.file_name == "reportvsc.exe"


@pytest.mark.django_db
def test_reason_in_the_audit_trail_has_no_hidden_characters() -> None:
    administrator, viewer = make_account(Role.ADMINISTRATOR), make_account(Role.VIEWER)
    form = {"reason": "Left\u202e us", "idempotency_key": new_key()}
    answer = client_of(administrator).post(f"/account/people/{viewer.pk}/disable/", form)
    assert answer.status_code == 422
    assert "U+202E (right-to-left override), after “Left”" in page_text(answer)
    viewer.refresh_from_db()
    assert viewer.is_active
