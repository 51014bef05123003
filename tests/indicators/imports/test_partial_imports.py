"""Files with whole fields that were not read: the preview lists the fields, and a person decides on publishing."""

from __future__ import annotations

import io
import json
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from cpc.accounts.permissions import Role
from cpc.audit.models import AuditEntry
from indicators.imports.publishing import FieldsNotRead, publish
from indicators.imports.reading import process
from indicators.imports.receiving import receive_path
from indicators.models import Import, ImportState, Observation, Publication
from tests.indicators.sources.test_world_factbook import profile, write_folder
from tests.support.accounts import make_account
from tests.support.pages import a_snapshot

pytestmark = pytest.mark.django_db
LOST = "Economy > Unemployment"


@pytest.fixture(autouse=True)
def own_files(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return a_snapshot(tmp_path)


@pytest.fixture
def batch(folder: Path) -> Import:
    return process(batch_id=receive_path(path=folder, actor=None).batch.pk, actor=None)


@pytest.fixture
def analyst(client: Client) -> Client:
    client.force_login(make_account(Role.ANALYST))
    return client


def nothing_is_published(batch: Import) -> bool:
    batch.refresh_from_db()
    return batch.state == ImportState.PREVIEW and not Publication.objects.exists() and not Observation.objects.exists()


def test_the_preview_names_each_field_with_its_profiles(analyst: Client, batch: Import) -> None:
    page = analyst.get(reverse("import", args=[batch.pk]))
    rows = {row["path"]: row for row in page.context["fields"]}
    lost = rows[LOST]
    assert (lost["carried"], lost["read"], len(lost["unread"]), lost["lost"]) == (2, 0, 2, True)
    assert lost["why"] == [("Unknown heading", 0, ["africa/gh.json", "africa/ng.json"])]
    literacy = rows["People and Society > Literacy > total population"]
    assert [literacy[name] for name in ("indicator", "carried", "read", "lost")] == ["Literacy", 2, 2, False]
    assert rows["Economy > Unemployment rate"]["carried"] == 0
    text = page.content.decode()
    for expected in (
        "One field was not read",
        LOST.replace(">", "&gt;"),
        "Publish without 1 field",
        "No profile has this field",
    ):
        assert expected in text


def test_the_page_publishes_it_by_choice_only(analyst: Client, batch: Import) -> None:
    shown = analyst.get(reverse("import", args=[batch.pk])).context["revision"]
    url = reverse("import-publish", args=[batch.pk])
    refused = analyst.post(url, {"revision": shown}, follow=True)
    assert "Nothing was published: 1 field of" in refused.content.decode()
    assert nothing_is_published(batch)
    taken = analyst.post(url, {"revision": shown, "partial": "on"}, follow=True)
    assert taken.status_code == HTTPStatus.OK
    batch.refresh_from_db()
    assert (batch.state, batch.is_partial) == (ImportState.PUBLISHED, True)
    assert Observation.objects.live().count() == 2
    entry = AuditEntry.objects.get(action="published", object_label__contains="factbook_2019-05")
    assert entry.after["fields_not_read"] == [LOST]
    assert LOST.replace(">", "&gt;") in analyst.get(reverse("import", args=[batch.pk])).content.decode()


def test_the_service_refuses_it_without_the_choice(batch: Import) -> None:
    with pytest.raises(FieldsNotRead, match=LOST) as caught:
        publish(batch_id=batch.pk, actor=None)
    assert caught.value.code == "fields_not_read"
    assert nothing_is_published(batch)
    assert publish(batch_id=batch.pk, actor=None, partial=True).batch.is_partial


def test_the_command_refuses_it_without_the_choice(folder: Path) -> None:
    out = io.StringIO()
    with pytest.raises(CommandError, match="fields were not read: factbook_2019-05; add --partial"):
        call_command("ingest", str(folder), "--publish", "--json", stdout=out)
    report = json.loads(out.getvalue())["imports"][0]
    assert (report["state"], report["error"]["code"]) == ("preview", "fields_not_read")
    assert nothing_is_published(Import.objects.get())
    call_command("ingest", str(folder), "--publish", "--partial", stdout=out)
    assert Import.objects.get().state == ImportState.PUBLISHED


@pytest.mark.parametrize("how", ["bulk", "sql"])
def test_the_database_refuses_it_without_the_choice(batch: Import, how: str) -> None:
    def write() -> None:
        if how == "bulk":
            Import.objects.filter(pk=batch.pk).update(state=ImportState.PUBLISHED)
        else:
            with connection.cursor() as cursor:
                cursor.execute("UPDATE indicators_import SET state = 'published' WHERE id = %s", [batch.pk])

    with pytest.raises(IntegrityError, match="import_partial_by_choice"), transaction.atomic():
        write()
    (constraint,) = [c for c in Import._meta.constraints if c.name == "import_partial_by_choice"]
    assert constraint.violation_error_code == FieldsNotRead.code


def test_a_single_figure_is_a_rejected_row_and_not_a_lost_field(tmp_path: Path) -> None:
    figures = {"gh": "about 70% (2018)", "ng": "70% (2018)", "cd": "71% (2018)"}
    names = {"gh": "Ghana", "ng": "Niger", "cd": "Chad"}
    files = {
        f"africa/{code}": profile(
            names[code], **{"People and Society": {"Literacy": {"total population": {"text": text}}}}
        )
        for code, text in figures.items()
    }
    path = write_folder(tmp_path / "factbook_2019-05", files)
    batch = process(batch_id=receive_path(path=path, actor=None).batch.pk, actor=None)
    assert (batch.lost_fields, batch.counts["rejected"]) == (0, 1)
    assert not publish(batch_id=batch.pk, actor=None).batch.is_partial
