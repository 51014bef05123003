"""The office's own indicators, from the import page to the value: definition, day of publication, and faults."""

from __future__ import annotations

import io
from datetime import date, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client, TestCase
from django.urls import reverse
from django.utils import timezone

from cpc.accounts.permissions import Role
from cpc.api.run_once import new_key
from indicators.imports.publishing import DefinitionChanged, discard, publish
from indicators.imports.reading import process
from indicators.imports.receiving import receive_path
from indicators.models import Import, ImportState, Indicator, Observation, Publication
from indicators.observations.published import newer_editions
from indicators.sources import registry
from indicators.sources.base import Severity
from indicators.sources.documents import Document
from tests.support.accounts import make_account
from tests.support.forms import write_csv

pytestmark = pytest.mark.django_db

HEAD = "indicator,name,unit,direction,publisher,published_on,country,iso3,year,value,standard_error"
ROW = "school_meals,School meals,percent,higher is better,Sample agency,2026-05-01,Ghana,GHA,2024,41.5,1.2"
CODE = "own.school_meals"


@pytest.fixture(autouse=True)
def own_files(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"


class Uploads(Client):
    """A client whose uploads are read at once, because it runs the task when the request commits."""

    def post(self, *args: Any, **kwargs: Any) -> Any:
        with TestCase.captureOnCommitCallbacks(execute=True):
            return super().post(*args, **kwargs)


@pytest.fixture
def analyst() -> Client:
    client = Uploads()
    client.force_login(make_account(Role.ANALYST))
    return client


def upload(client: Client, file: SimpleUploadedFile, **more: str) -> Any:
    return client.post(reverse("imports"), {"file": file, "idempotency_key": new_key(), **more})


def send(client: Client, *rows: str, name: str = "own.csv", **more: str) -> Import:
    content = "\n".join([HEAD, *rows]).encode()
    response = upload(client, SimpleUploadedFile(name, content), **more)
    assert response.status_code == HTTPStatus.FOUND, response.content
    return Import.objects.latest("pk")


def page(client: Client, batch: Import) -> str:
    return client.get(reverse("import", args=[batch.pk])).content.decode()


def published(client: Client, *rows: str, name: str = "own.csv") -> Import:
    batch = send(client, *rows, name=name)
    return publish(batch_id=batch.pk, actor=None).batch


def test_a_file_is_read_published_and_shown_with_its_own_publisher(analyst: Client) -> None:
    batch = published(analyst, ROW)
    assert (batch.published_on, batch.dated_by) == (date(2026, 5, 1), "The form: line 2, column 6")
    value = Observation.objects.live().get(indicator__code=CODE)
    assert (value.value, value.standard_error, value.period) == (41.5, 1.2, "2024")
    assert "Released May 1, 2026. The form: line 2, column 6" in page(analyst, batch)
    assert "Sample agency" in analyst.get(reverse("indicator", args=[CODE])).content.decode()
    shown = analyst.get(reverse("observation", args=[value.pk])).content.decode()
    assert "Sample agency" in shown
    assert "May 1, 2026" in shown
    source = analyst.get(reverse("source", args=["own"])).content.decode()
    assert "School meals" in source
    assert "May 1, 2026" in source
    provenance = analyst.get("/api/v1/observations/", {"indicator": CODE}).json()["results"][0]["provenance"]
    assert (provenance["publisher"], provenance["published_on"]) == ("Sample agency", "2026-05-01")
    assert provenance["dated_by"] == "The form: line 2, column 6"
    assert analyst.get(f"/api/v1/indicators/{CODE}/").json()["publisher"] == "Sample agency"


def test_a_fault_is_shown_with_its_cell_and_remedy(analyst: Client) -> None:
    batch = send(analyst, ROW, "school_meals,,,,,,Togo,TGO,2024,about 38,", "school_meals,,,,,,Ruritania,,2024,38,")
    found = {(issue.reason, issue.locator) for issue in batch.issues.all()}
    assert found == {("unreadable_number", "line 3, column 10"), ("unknown_country", "line 4, column 10")}
    shown = page(analyst, batch)
    assert "line 3, column 10" in shown
    assert "Enter a plain number" in shown


@pytest.mark.parametrize(("part", "other", "column"), [("percent", "places", 3), ("higher", "lower", 4)])
def test_other_unit_or_direction_for_a_known_key_is_rejected_at_its_cell(
    analyst: Client, part: str, other: str, column: int
) -> None:
    published(analyst, ROW)
    batch = send(analyst, ROW.replace(part, other).replace("2026-05-01", "2026-06-01"), name="later.csv")
    (issue,) = batch.issues.filter(severity="rejected")
    assert issue.locator == f"line 2, column {column}"
    assert "Use a different key for a different indicator." in issue.message
    assert batch.staged.count() == 0
    assert Indicator.objects.get(code=CODE).unit == "percent"


def test_another_name_is_warned_of_and_not_taken_over(analyst: Client) -> None:
    published(analyst, ROW)
    later = ROW.replace("School meals", "Pupils with meals").replace("2026-05-01", "2026-06-01")
    batch = send(analyst, later.replace("41.5", "42"), name="later.csv")
    (issue,) = batch.issues.all()
    assert (issue.severity, issue.locator) == ("warning", "line 2, column 2")
    publish(batch_id=batch.pk, actor=None)
    value = Observation.objects.live().get(indicator__code=CODE)
    assert (value.value, value.indicator.name) == (42, "School meals")


def test_a_definition_that_nothing_uses_goes_with_its_import_and_may_change(analyst: Client) -> None:
    discard(batch_id=send(analyst, ROW).pk, actor=None)
    assert not Indicator.objects.filter(code=CODE).exists()
    send(analyst, ROW, name="again.csv")
    send(analyst, ROW.replace("percent", "places"), name="other.csv")
    assert Indicator.objects.get(code=CODE).unit == "places"
    used = published(analyst, ROW.replace("percent", "pupils"), name="used.csv")
    assert used.state == ImportState.PUBLISHED
    discard(batch_id=send(analyst, ROW.replace("41.5", "40").replace("percent", "pupils"), name="x.csv").pk, actor=None)
    assert Indicator.objects.filter(code=CODE).exists()


def test_the_upload_takes_the_day_of_publication(analyst: Client, tmp_path: Path) -> None:
    content = b"geo,time,sp_reg_brth_zs\ngha,2018,70\n"
    upload(analyst, SimpleUploadedFile("births.csv", content), published_on="2025-04-02", remark="release note")
    batch = Import.objects.get()
    assert batch.published_on == date(2025, 4, 2)
    assert batch.dated_by.startswith("Entered by ")
    assert batch.dated_by.endswith(": release note")
    assert "Released Apr 2, 2025. Entered by" in page(analyst, batch)


@pytest.mark.parametrize("day", ["tomorrow", "1066-01-01", "soon"])
def test_an_impossible_day_of_publication_is_refused_in_the_form(analyst: Client, day: str) -> None:
    text = (timezone.localdate() + timedelta(days=1)).isoformat() if day == "tomorrow" else day
    file = SimpleUploadedFile("births.csv", b"geo,time,sp_reg_brth_zs\ngha,2018,70\n")
    response = upload(analyst, file, published_on=text)
    assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "published_on" in response.context["form"].errors
    assert not Import.objects.exists()


def test_a_file_of_another_series_is_no_newer_edition(tmp_path: Path) -> None:
    for name, text in {
        "births.csv": "geo,time,sp_reg_brth_zs\ngha,2018,70\n",
        "literacy.csv": "geo,time,se_adt_litr_zs\ngha,2024,80\n",
        "births2.csv": "geo,time,sp_reg_brth_zs\nben,2022,90\n",
    }.items():
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        batch = receive_path(path=path, actor=None).batch
        process(batch_id=batch.pk, actor=None)
        publish(batch_id=batch.pk, actor=None)
    rows = list(Observation.objects.live().select_related("country"))
    newer = {row.country.code + row.period: newer_editions(rows).get(row.pk) for row in rows}
    assert newer == {"GHA2018": "2022", "GHA2024": None, "BEN2022": None}


def test_workbook_of_another_kind_is_rejected(tmp_path: Path, analyst: Client) -> None:
    path = write_csv(tmp_path / "x.csv", [["nothing", "known"], ["1", "2"]])
    file = SimpleUploadedFile("x.csv", path.read_bytes())
    upload(analyst, file, source="own")
    batch = Import.objects.get()
    assert batch.state == ImportState.FAILED
    assert "does not look like any publisher" in batch.error_message


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_empty_form_is_recognized_and_holds_nothing(analyst: Client, tmp_path: Path, kind: str) -> None:
    assert reverse("own-form", args=[kind]) in analyst.get(reverse("imports")).content.decode()
    response: Any = analyst.get(reverse("own-form", args=[kind]))
    path = tmp_path / f"form.{kind}"
    path.write_bytes(b"".join(response.streaming_content) if response.streaming else response.content)
    document = Document(path)
    adapter, _ = registry.recognize(document)
    result = adapter.read(document)
    assert adapter.key == "own_indicators"
    assert (result.rows_read, result.readings) == (0, [])
    assert {problem.severity for problem in result.problems} <= {Severity.NOTE}
    assert analyst.get(reverse("own-form", args=["pdf"])).status_code == HTTPStatus.NOT_FOUND


REMEDY = "Discard this import and import the file again."


def nothing_is_published(batch: Import) -> bool:
    batch.refresh_from_db()
    return batch.state == ImportState.PREVIEW and not Publication.objects.exists() and not Observation.objects.exists()


@pytest.mark.parametrize(
    ("other", "difference"),
    [
        (ROW.replace("percent", "places"), "unit is 'percent' in this file but now recorded as 'places'"),
        (
            ROW.replace("higher", "lower"),
            "direction is 'Higher is better' in this file but now recorded as 'Lower is better'",
        ),
    ],
)
def test_an_import_whose_indicator_was_redefined_is_not_published(analyst: Client, other: str, difference: str) -> None:
    batch = send(analyst, ROW)
    later = send(analyst, other, name="later.csv")
    with pytest.raises(DefinitionChanged) as refused:
        publish(batch_id=batch.pk, actor=None)
    assert str(refused.value) == (
        f"Nothing was published, because another file redefined what this one measures. {CODE}: {difference}. {REMEDY}"
    )
    assert refused.value.code == "definition_changed"
    assert nothing_is_published(batch)
    shown = analyst.get(reverse("import", args=[batch.pk])).context["revision"]
    answer = analyst.post(reverse("import-publish", args=[batch.pk]), {"revision": shown}, follow=True)
    assert REMEDY in answer.content.decode()
    assert nothing_is_published(batch)
    assert publish(batch_id=later.pk, actor=None).batch.state == ImportState.PUBLISHED


def test_the_remedy_of_a_redefined_indicator_works(analyst: Client) -> None:
    batch = send(analyst, ROW)
    later = send(analyst, ROW.replace("percent", "places"), name="later.csv")
    discard(batch_id=batch.pk, actor=None)
    assert published(analyst, ROW).state == ImportState.PUBLISHED
    with pytest.raises(DefinitionChanged):
        publish(batch_id=later.pk, actor=None)
    assert Observation.objects.get().indicator.unit == "percent"


def test_changed_definition_of_an_omitted_indicator_blocks_no_import(analyst: Client) -> None:
    batch = send(analyst, ROW)
    send(analyst, ROW.replace("School meals", "Pupils with meals"), name="named.csv")
    assert publish(batch_id=batch.pk, actor=None).batch.state == ImportState.PUBLISHED
    other = ROW.replace("school_meals", "school_buses").replace("2026-05-01", "2026-06-01")
    both = send(analyst, other, ROW.replace("percent", "places").replace("2026-05-01", "2026-06-01"), name="both.csv")
    assert both.counts["rejected"] == 1
    assert publish(batch_id=both.pk, actor=None).batch.state == ImportState.PUBLISHED


def test_the_command_reads_a_file_again_whose_indicator_was_redefined(tmp_path: Path) -> None:
    first, other = tmp_path / "first.csv", tmp_path / "other.csv"
    first.write_text("\n".join([HEAD, ROW]), encoding="utf-8")
    other.write_text("\n".join([HEAD, ROW.replace("percent", "places")]), encoding="utf-8")
    for path in (first, other):
        call_command("ingest", str(path), stdout=io.StringIO())
    call_command("ingest", str(first), "--publish", stdout=io.StringIO())
    assert Observation.objects.get().indicator.unit == "percent"
    assert list(Import.objects.order_by("pk").values_list("file_name", "state")) == [
        ("first.csv", ImportState.DISCARDED),
        ("other.csv", ImportState.PREVIEW),
        ("first.csv", ImportState.PUBLISHED),
    ]
