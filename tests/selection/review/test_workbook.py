"""Positions and notes by workbook: filled in as a person does, previewed, and saved as far as the rows are right."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import Workbook, load_workbook

from selection.models import ConsultationRequest, Note, Position, ResponseUpload
from tests.partnerships.sending import client_of, filled_fields, page_text
from tests.support.rounds import Office

pytestmark = [pytest.mark.django_db, pytest.mark.world("consultation")]
IVORY = "Côte d\N{RIGHT SINGLE QUOTATION MARK}Ivoire"
GOOD_NOTE = ["Ghana", "", "Major", "The office and my agency", "Show both figures."]


@pytest.fixture
def request_(office: Office) -> ConsultationRequest:
    today = timezone.now().date()
    labor = office.agency()
    return office.ask(office.consulting(), labor, "CIV", "GHA", "XKX", due_on=today + dt.timedelta(9), today=today)


@pytest.fixture
def contact(office: Office, request_: ConsultationRequest) -> Client:
    return client_of(office.contact(request_.agency))


def download(client: Client, request: ConsultationRequest) -> Workbook:
    response = client.get(reverse("consultation-workbook", args=[request.pk]))
    assert response.status_code == 200
    return load_workbook(io.BytesIO(response.content))


def answer(book: Workbook, country: str, *cells: str) -> None:
    """Fill in the row of a country: position, text, and day."""
    page = book["Positions"]
    row = next(line for line in page.iter_rows(min_row=3) if line[1].value == country)
    for cell, text in zip(row[2:], cells, strict=False):
        cell.value = text or None


def note(book: Workbook, cells: list[str], line: int = 3) -> None:
    for column, text in enumerate(cells, start=2):
        book["Notes"].cell(line, column, text or None)


def upload(client: Client, request: ConsultationRequest, book: Workbook) -> Any:
    content = io.BytesIO()
    book.save(content)
    url = reverse("consultation-upload", args=[request.pk])
    file = SimpleUploadedFile("positions.xlsx", content.getvalue())
    return client.post(url, filled_fields(client, url) | {"file": file})


def preview(client: Client, sent: Any) -> Any:
    assert sent.status_code == 302, page_text(sent)
    return client.get(sent.headers["Location"])


def save(client: Client, sent: Any) -> Any:
    url = sent.headers["Location"]
    return client.post(url, filled_fields(client, url))


def test_the_workbook_offers_lists_and_names_each_candidate(
    office: Office, request_: ConsultationRequest, contact: Client
) -> None:
    office.answer(request_, "GHA")
    book = download(contact, request_)
    assert book.sheetnames == ["Positions", "Notes", "Lists"]
    rows = {row[1].value: row for row in book["Positions"].iter_rows(min_row=3)}
    assert {name: row[5].value for name, row in rows.items()} == {
        IVORY: "Waiting",
        "Ghana": "Clear",
        "Kosovo": "Waiting",
    }
    offered = {cell.value for column in book["Lists"].iter_cols(min_row=2) for cell in column if cell.value}
    assert {"Clear", "Does not clear", "Ghana", "Major", "My agency only"} <= offered
    assert len(book["Positions"].data_validations.dataValidation) == 1
    assert len(book["Notes"].data_validations.dataValidation) == 4


def test_one_bad_row_does_not_block_the_good_ones(request_: ConsultationRequest, contact: Client) -> None:
    book = download(contact, request_)
    answer(book, IVORY, "No equities")
    answer(book, "Ghana", "Does not clear", "")
    answer(book, "Kosovo", "Extension requested", "Travel", "2020-01-01")
    note(book, GOOD_NOTE)
    note(book, ["Ghana", "", "Grave", "The office and my agency", "Typed"], line=4)
    sent = upload(contact, request_, book)
    shown = page_text(preview(contact, sent))
    assert (Position.objects.count(), Note.objects.count()) == (0, 0), "nothing is saved before the preview"
    assert "1 position and 1 note would be saved." in shown
    for message in (
        "Enter the reason. It is printed in the memo.",
        "Enter the date by which you will answer, after the due date and after today.",
        "“Grave” is not one of the choices: Critical; Major; Substantive; Administrative.",
    ):
        assert message in shown
    assert save(contact, sent).status_code == 302
    assert [(row.candidate.country.code, row.value) for row in Position.objects.all()] == [("CIV", "no_equities")]
    made = Note.objects.get()
    assert (made.reference, made.kind, made.text) == ("DOL-1", "major", "Show both figures.")
    again = page_text(contact.get(sent.headers["Location"]))
    assert "Saved: 1 position and 1 note." in again
    assert "3 rows refused." in again
    assert save(contact, sent).status_code == 422, "a file is saved once"
    assert (Position.objects.count(), Note.objects.count()) == (1, 1)


def test_the_corrected_file_adds_only_what_is_missing(request_: ConsultationRequest, contact: Client) -> None:
    book = download(contact, request_)
    answer(book, IVORY, "No equities")
    answer(book, "Ghana", "Clear with comments", "")
    note(book, GOOD_NOTE)
    save(contact, upload(contact, request_, book))
    answer(book, "Ghana", "Clear with comments", "Lead with 20.1%.")
    sent = upload(contact, request_, book)
    shown = page_text(preview(contact, sent))
    assert "1 position and 0 notes would be saved." in shown
    assert shown.count("Unchanged") == 2
    save(contact, sent)
    assert {row.value for row in Position.objects.live()} == {"no_equities", "clear_with_comments"}
    assert Note.objects.count() == 1


def test_a_colleague_who_was_faster_is_named(office: Office, request_: ConsultationRequest, contact: Client) -> None:
    book = download(contact, request_)
    answer(book, "Ghana", "Clear")
    answer(book, IVORY, "Clear")
    office.answer(request_, "GHA", "does_not_clear", "Overlaps")
    sent = upload(contact, request_, book)
    shown = page_text(preview(contact, sent))
    assert "Somebody submitted a position for your agency" in shown
    save(contact, sent)
    assert {row.candidate.country.code: row.value for row in Position.objects.live()} == {
        "GHA": "does_not_clear", "CIV": "clear"
    }  # fmt: skip


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda page: page["A3"].__setattr__("value", None), "This row has no key."),
        (lambda page: page["A3"].__setattr__("value", "r999999v1.0"), "This row has no key."),
        (lambda page: page["A3"].__setattr__("value", page["A4"].value), "has another row"),
        (lambda page: page["B3"].__setattr__("value", "France"), "but names “France”"),
        (
            lambda page: page["A3"].__setattr__("value", page["A3"].value.split("v")[0] + "v999999.0"),
            "The evidence changed",
        ),
    ],
)
def test_a_row_that_does_not_fit_its_key_is_refused(
    request_: ConsultationRequest, contact: Client, change: Any, message: str
) -> None:
    book = download(contact, request_)
    for country in (IVORY, "Ghana"):
        answer(book, country, "Clear")
    change(book["Positions"])
    assert message in page_text(preview(contact, upload(contact, request_, book)))


def test_a_member_saves_notes_only(office: Office, request_: ConsultationRequest) -> None:
    member = client_of(office.member(request_.agency))
    book = download(member, request_)
    answer(book, "Ghana", "Clear")
    note(book, GOOD_NOTE)
    sent = upload(member, request_, book)
    assert "Only the point of contact" in page_text(preview(member, sent))
    save(member, sent)
    assert (Position.objects.count(), Note.objects.count()) == (0, 1)


def test_another_file_is_not_read(request_: ConsultationRequest, contact: Client) -> None:
    empty = Workbook()
    assert upload(contact, request_, empty).status_code == 422
    book = download(contact, request_)
    book["Positions"]["D3"] = "=1+1"
    refused = upload(contact, request_, book)
    assert refused.status_code == 422
    assert "Positions!D3" in page_text(refused)
    assert not ResponseUpload.objects.exists()


def test_uploads_of_an_agency_are_its_own(office: Office, request_: ConsultationRequest, contact: Client) -> None:
    book = download(contact, request_)
    answer(book, "Ghana", "Clear", "")
    sent = upload(contact, request_, book)
    justice = office.ask(request_.round, office.agency("doj", "Department of Justice"), "GHA")
    stranger = client_of(office.contact(justice.agency))
    key = ResponseUpload.objects.get().pk
    for url in (
        sent.headers["Location"],
        reverse("consultation-responses", args=[justice.pk, key]),
        reverse("consultation-upload", args=[request_.pk]),
        reverse("consultation-workbook", args=[request_.pk]),
    ):
        assert stranger.get(url).status_code == 404
        assert client_of(office.analyst).get(url).status_code == 404
    assert stranger.post(sent.headers["Location"]).status_code == 404
