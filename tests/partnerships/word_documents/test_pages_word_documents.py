"""Pages of templates, and of the documents that are made with them."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from docx import Document
from pytest_django import Settings

from cpc.accounts.permissions import Role
from partnerships.demo import load_partnerships
from partnerships.models import DocumentTemplate, DocumentVersion, Partnership
from partnerships.money.services import record_notification
from partnerships.word_documents.annual_report import covered
from partnerships.word_documents.report_year import ReportYear
from tests.partnerships.sending import client_of, page_text, send
from tests.partnerships.word_documents.document_reading import Reading
from tests.partnerships.word_documents.uploads import built_in, marked, upload
from tests.support.accounts import make_account
from tests.worlds.partnerships.build import END, Stage

pytestmark = pytest.mark.django_db
LIST = "/partnerships/templates/"


@pytest.fixture(autouse=True)
def media(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def analyst(stage: Stage) -> Client:
    return client_of(stage.analyst)


@pytest.fixture
def approver(stage: Stage) -> Client:
    return client_of(stage.approver)


def notified(stage: Stage) -> Partnership:
    partnership = stage.active()
    record_notification(
        partnership=partnership, sent_on=date(2021, 2, 1), amount=Decimal("2500.50"), reference="CN 2", actor=None
    )
    return partnership


def sending(data: bytes, name: str = "template.docx") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)


# ---- templates -----------------------------------------------------------------------------------------------------


def test_a_template_goes_from_upload_to_use(analyst: Client, approver: Client) -> None:
    new = f"{LIST}notification/new/"
    refused = send(analyst, new, file=sending(marked("{{ amuont }}")))
    assert refused.status_code == 422
    assert "“amuont” in the text, at “{{ amuont }}”" in page_text(refused)
    data = marked("Own line")
    assert send(analyst, new, file=sending(data), note="Our own line").status_code == 302
    again = send(analyst, new, file=sending(data))
    assert "This file is version 2 already." in page_text(analyst.get(again["Location"]))
    own = page_text(analyst.get(LIST))
    assert ": Our own line" in own
    assert "Waiting for release" in own
    assert "Release or reject" not in own
    decide = f"{LIST}notification/2/decide/"
    assert analyst.get(decide).status_code == 403
    assert "Release or reject" in page_text(approver.get(LIST))
    sample = Document(io.BytesIO(approver.get(f"{LIST}notification/2/sample/").content))
    assert [paragraph.text for paragraph in sample.paragraphs][-1] == "Own line"
    without_reason = send(approver, decide, decision="reject", reason="")
    assert "Enter a reason." in without_reason.context["form"].errors["reason"][0]
    assert send(approver, decide, decision="release", reason="").status_code == 302
    assert "Version 2 is in use" in page_text(approver.get(LIST))
    late = approver.get(decide)
    assert late.status_code == 302
    assert "released already" in page_text(approver.get(late["Location"]))


def test_an_approver_reads_why_another_must_release(stage: Stage, approver: Client) -> None:
    upload(stage.approver, built_in())
    assert "so an approver other than you must decide" in page_text(approver.get(LIST))
    page = approver.get(f"{LIST}notification/2/decide/")
    assert "so an approver other than you must decide" in page_text(page)
    refused = send(approver, f"{LIST}notification/2/decide/", decision="release", reason="")
    assert refused.status_code == 422
    assert DocumentTemplate.objects.get().state == "draft"


def test_a_draft_is_withdrawn_once(stage: Stage, analyst: Client) -> None:
    upload(stage.analyst, built_in())
    withdraw = f"{LIST}notification/2/withdraw/"
    assert analyst.post(withdraw)["Location"] == LIST
    assert DocumentTemplate.objects.get().state == "withdrawn"
    analyst.post(withdraw)
    assert "is not a step from “withdrawn”" in page_text(analyst.get(LIST))


@pytest.mark.parametrize(
    "path", ["memo/new/", "memo/1/", "notification/2/", "notification/0/", "notification/2/sample/"]
)
def test_an_unknown_kind_or_version_is_not_found(analyst: Client, path: str) -> None:
    assert analyst.get(f"{LIST}{path}").status_code == 404


# ---- documents -----------------------------------------------------------------------------------------------------


def test_a_recorded_notification_is_downloaded_and_a_replaced_one_is_not(stage: Stage, analyst: Client) -> None:
    partnership = notified(stage)
    row = partnership.notifications.get(reference="CN 2")
    url = f"/partnerships/{partnership.pk}/notifications/{row.pk}/document/"
    assert url in analyst.get(f"/partnerships/{partnership.pk}/money/").content.decode()
    answer = analyst.get(url)
    assert answer["Content-Disposition"].startswith('attachment; filename="notification-')
    read = Reading.of(answer.content)
    assert read.row_of("Facts of the notification", "Amount") == ["Amount", "$2,500.50"]
    assert read.row_of("Facts of the notification", "First obligation not before")[1] == "February 16, 2021"
    assert "Draft" not in read.text
    record_notification(
        partnership=partnership, sent_on=date(2021, 3, 1), amount=Decimal(0), reference="CN 3", actor=None, replaces=row
    )
    assert analyst.get(url).status_code == 404
    other = stage.draft("PER")
    assert analyst.get(f"/partnerships/{other.pk}/notifications/{row.pk}/document/").status_code == 404


@pytest.mark.parametrize(
    ("amount", "has_paragraph"), [("1000000.00", False), ("1000000.01", True)]
)  # fmt: skip
def test_a_draft_amount_is_downloaded_or_stored(
    stage: Stage, analyst: Client, amount: str, *, has_paragraph: bool
) -> None:
    partnership = notified(stage)
    url = f"/partnerships/{partnership.pk}/notifications/write/"
    draft = {"notification": "", "amount": amount, "sent_on": "", "fund": "", "reference": "", "purpose": "Own reason."}
    read = Reading.of(send(analyst, url, then="download", **draft).content)
    assert "Draft: this notification has not been sent." in read.text
    assert ("2394-1(a)(2)" in read.text) is has_paragraph
    assert read.row_of("Facts of the notification", "Day of notification")[1] == "[date]"
    assert "Own reason." in read.text
    assert not DocumentVersion.objects.filter(document__kind="notification").exists()
    stored = send(analyst, url, **draft)
    assert stored["Location"] == f"/partnerships/{partnership.pk}/documents/#documents"
    version = DocumentVersion.objects.get(document__kind="notification")
    assert version.document.title == "Draft notification"
    assert version.note.startswith("Made from version ")
    with version.file.open("rb") as file:
        assert "Own reason." in Reading.of(file.read()).text


def test_a_notification_is_recorded_or_a_draft_and_never_both(stage: Stage, analyst: Client) -> None:
    partnership = notified(stage)
    url = f"/partnerships/{partnership.pk}/notifications/write/"
    nothing = {"notification": "", "amount": "", "sent_on": "", "fund": "", "reference": "", "purpose": ""}
    for then in ("", "download"):
        refused = send(analyst, url, then=then, **nothing)
        assert "choose a notification" in refused.context["form"].errors["amount"][0]
    both = {**nothing, "notification": partnership.notifications.get(reference="CN 2").pk, "amount": "5"}
    assert "not both" in send(analyst, url, **both).context["form"].errors["notification"][0]
    for amount in ("0", "-1", "x"):
        assert send(analyst, url, **nothing | {"amount": amount}).status_code == 422


def test_the_text_of_an_instrument_is_stored_with_its_source(stage: Stage, analyst: Client) -> None:
    partnership = stage.draft("KEN")
    keep = f"/partnerships/{partnership.pk}/instrument/keep/"
    assert send(analyst, keep).status_code == 302
    version = DocumentVersion.objects.get(document__kind="instrument")
    assert (version.document.title, version.added_by) == ("Text of the instrument", stage.analyst)
    assert version.note.startswith("Made from version ")
    assert client_of(make_account(Role.VIEWER)).post(keep).status_code == 403


def test_a_changed_template_stops_the_document_and_not_the_page(stage: Stage, analyst: Client) -> None:
    partnership = stage.draft("KEN")
    template = upload(stage.analyst, built_in("instrument"), kind="instrument")
    send(client_of(stage.approver), f"{LIST}instrument/2/decide/", decision="release", reason="")
    Path(template.file.path).write_bytes(b"PK")
    page = page_text(analyst.get(f"/partnerships/{partnership.pk}/documents/"))
    assert "No text can be made" in page
    download = analyst.get(f"/partnerships/{partnership.pk}/instrument/")
    assert download["Location"] == f"/partnerships/{partnership.pk}/documents/"
    assert "No document was made. The file of version 2" in page_text(analyst.get(download["Location"]))
    refused = send(analyst, f"/partnerships/{partnership.pk}/instrument/keep/")
    assert refused.status_code == 422
    assert not DocumentVersion.objects.exists()


# ---- annual report -------------------------------------------------------------------------------------------------


def test_the_report_covers_what_was_run_in_the_year(stage: Stage, analyst: Client) -> None:
    partnership = notified(stage)
    page = page_text(analyst.get("/partnerships/annual-report/?year=2021"))
    assert f"{partnership.country.name} , active on Sep 30, 2021" in page
    read = Reading.of(analyst.get("/partnerships/annual-report/document/?year=2021").content)
    country = partnership.country.name
    assert read.row_of(f"Money of {country}", "Notified to Congress")[1:] == ["$4,002,500.50", "$4,002,500.50"]
    assert "One partnership was run in FY 2021. On September 30, 2021, it was in force." in read.text


def test_two_partnerships_are_added_in_dollars_and_in_their_own_units(stage: Stage, analyst: Client) -> None:
    first, second = notified(stage), stage.active("PER")
    record_notification(
        partnership=second, sent_on=date(2021, 9, 30), amount=Decimal("1000.00"), reference="CN 9", actor=None
    )
    read = Reading.of(analyst.get("/partnerships/annual-report/document/?year=2021").content)
    assert read.row_of("Money of all partnerships", "Notified to Congress")[1:] == ["$8,003,500.50", "$8,003,500.50"]
    assert [row[0] for row in read.tables["Partnerships in the year"]] == sorted(
        [first.country.name, second.country.name]
    )
    assert "Two partnerships were run in FY 2021. On September 30, 2021, 2 were in force." in read.text


@pytest.mark.parametrize(
    "query", ["year=1999", "year=x", "readers=all", "records=documented", "readers=", "of=sample"]
)  # fmt: skip
def test_a_report_that_cannot_be_is_an_error(analyst: Client, query: str) -> None:
    for page in ("", "document/"):
        assert analyst.get(f"/partnerships/annual-report/{page}?{query}").status_code == 400


@pytest.mark.parametrize(("closed_on", "is_covered"), [(date(2026, 9, 30), False), (date(2026, 10, 1), True)])
def test_a_partnership_is_reported_from_its_first_step_to_the_year_of_its_close(
    stage: Stage, closed_on: date, *, is_covered: bool
) -> None:
    partnership = stage.active()
    first = partnership.status_changes.earliest("effective_on").effective_on
    assert first.month == 12  # fiscal year 2021, whose last day is September 30
    over = stage.step(stage.step(partnership, "complete", END), "close", closed_on)
    today = date(2027, 10, 1)
    found = {year: [row.partnership for row in covered(ReportYear(year, today))] for year in range(2020, 2029)}
    expected = range(2021, 2028 if is_covered else 2027)
    assert {year for year, rows in found.items() if rows} == set(expected)
    (row,) = covered(ReportYear(2026, today))
    assert (row.partnership, row.status) == (over, "completed" if is_covered else "closed")
    assert [change.transition for change in row.steps] == ["complete", *([] if is_covered else ["close"])]


def test_partnerships_known_from_public_statements_alone_are_named_without_figures(
    stage: Stage, analyst: Client
) -> None:
    load_partnerships(lambda *_: None)
    number = Partnership.objects.filter(kind="documented").count()
    read = Reading.of(analyst.get("/partnerships/annual-report/document/?year=2026").content)
    assert number == 8
    assert "Eight more partnerships are known from public statements alone, and not in these figures: " in read.text
    assert "Colombia" in read.text
    assert read.tables == {}
