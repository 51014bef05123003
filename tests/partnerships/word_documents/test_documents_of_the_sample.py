"""The three Word documents of the sample partnership against its record, and the reader against changed documents."""

from __future__ import annotations

import io
import random
import re
from collections.abc import Callable, Iterator
from copy import deepcopy
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from docx import Document
from pytest_django import Settings

from cpc.people.demo import load_accounts
from cpc.web.formats import DASH
from partnerships.documents.drafts import instrument_of
from partnerships.models import Partnership, RecordKind
from partnerships.sample.load import load_sample
from partnerships.word_documents.making import make_notification, make_report
from partnerships.word_documents.notification import notice_of, notifications_in_effect
from partnerships.word_documents.report_year import Readers, ReportYear
from tests.partnerships.word_documents.document_reading import (
    Reading,
    instrument_faults,
    notification_faults,
    report_faults,
)

pytestmark = pytest.mark.django_db
YEARS = (2024, 2025, 2026)


@pytest.fixture
def sample(db: None, settings: Settings, tmp_path: Path) -> Partnership:
    settings.MEDIA_ROOT = tmp_path / "media"
    load_accounts(lambda *_: None)
    load_sample(lambda *_: None)
    return Partnership.objects.get(kind=RecordKind.SAMPLE)


def report_on(year: int, readers: Readers = Readers.OFFICE, *, sample: bool = True) -> bytes:
    return make_report(ReportYear(year, timezone.now().date()), readers, sample=sample).data


Check = Callable[[bytes], list[str]]


def documents(sample: Partnership) -> Iterator[tuple[str, bytes, Check]]:
    """Yield the name, the file, and the check of each document of the sample."""
    today = timezone.now().date()
    yield "instrument", instrument_of(sample, today).document, lambda data: instrument_faults(data, sample)
    for row in notifications_in_effect(sample):
        made = make_notification(sample, notice_of(row), today).data
        yield row.reference, made, lambda data, row=row: notification_faults(data, row)  # type: ignore[misc]
    for year in YEARS:
        yield f"report {year}", report_on(year), lambda data, year=year: report_faults(data, sample, year)  # type: ignore[misc]


def test_each_document_states_what_the_record_has(sample: Partnership) -> None:
    found = {name: check(data) for name, data, check in documents(sample)}
    assert len(found) == 7
    assert {name: faults for name, faults in found.items() if faults} == {}


# ---- the reader finds what was changed -----------------------------------------------------------------------------

UNCHECKED = (
    "Notifications are those now in effect",
    "Contributions are stated in their own units",
    "A target is met if",
    "Results marked",
    "Money is project funds",
    "Expended is the Federal share",
)
"""Beginnings of fixed sentences, which no record is compared with."""


def _paragraphs(document: Any) -> list[Any]:
    """Return the paragraphs of cells and, in the text, of those with a number."""
    cells = [p for table in document.tables for row in table.rows[1:] for cell in row.cells for p in cell.paragraphs]
    texts = [p for p in document.paragraphs if not p.text.startswith(UNCHECKED)]
    return [p for p in (*cells, *texts) if re.search(r"\d", p.text)]


def _changed_number(paragraph: Any, chance: random.Random) -> None:
    """Replace one digit of a number, but none of a citation."""
    text = re.sub(r"\d+ U\.S\.C\. [\w()-]+|FY \d+|ISO \d+|[A-Z]{2}-\d", lambda m: "x" * len(m.group()), paragraph.text)
    places = [match.start() for match in re.finditer(r"\d", text)]
    if not places:
        return
    place = chance.choice(places)
    old = paragraph.text
    digit = str((int(old[place]) + 1 + chance.randrange(8)) % 10)
    paragraph.text = f"{old[:place]}{digit}{old[place + 1 :]}"


def _saved(document: Any) -> bytes:
    made = io.BytesIO()
    document.save(made)
    return made.getvalue()


def _rows(document: Any) -> list[Any]:
    return [row for table in document.tables for row in table.rows[1:]]


def test_the_reader_finds_each_row_taken_out_and_each_number_changed(sample: Partnership) -> None:
    chance = random.Random(7)
    unnoticed = []
    for name, data, check in documents(sample):
        if name in ("report 2024", "report 2025", "SAMPLE CN 24-01"):
            continue  # one document of each kind has the same parts
        for index in range(len(_rows(Document(io.BytesIO(data))))):
            document = Document(io.BytesIO(data))
            row = _rows(document)[index]
            text = " | ".join(cell.text for cell in row.cells)
            row._tr.getparent().remove(row._tr)
            if not check(_saved(document)):
                unnoticed.append(f"{name}: without the row {text}")
        for index, paragraph in enumerate(_paragraphs(Document(io.BytesIO(data)))):
            document = Document(io.BytesIO(data))
            before = deepcopy(paragraph.text)
            changed = _paragraphs(document)[index]
            _changed_number(changed, chance)
            if changed.text != before and not check(_saved(document)):
                unnoticed.append(f"{name}: {before} as {changed.text}")
    assert unnoticed == []


def test_the_reader_finds_a_missing_section_marking_and_source(sample: Partnership) -> None:
    (_, notification, check), *_ = [row for row in documents(sample) if row[0].startswith("SAMPLE")]
    for change in (
        lambda document: document.sections[0].header.paragraphs[0].clear(),
        lambda document: document.sections[0].footer.paragraphs[1].clear(),
        lambda document: document.tables[1]._tbl.getparent().remove(document.tables[1]._tbl),
        lambda document: [p.clear() for p in document.paragraphs if p.text.startswith("Sample for demonstration")],
        lambda document: [p.clear() for p in document.paragraphs if p.text.startswith("Committee on Appropriations")],
        lambda document: document.add_paragraph("{{ amount }}"),
    ):
        document = Document(io.BytesIO(notification))
        change(document)
        assert check(_saved(document))


# ---- readers, samples, years ---------------------------------------------------------------------------------------


def test_small_counts_are_withheld_outside_the_office(sample: Partnership) -> None:
    inside, outside = Reading.of(report_on(2025)), Reading.of(report_on(2025, Readers.OUTSIDE))
    assert "fewer than 5" not in inside.text
    by_title = {row[0]: row for row in outside.tables["Results of Sample Country"]}
    assert by_title["CA-1: Child victims who received services (children)"][4] == DASH
    assert "Corrected from 187" in inside.text
    assert "Corrected from 187" not in outside.text
    assert "A count of people from 1 to 4 reads “fewer than 5”" in outside.text
    waiting = Reading.of(report_on(2026, Readers.OUTSIDE)).tables["Results of Sample Country"]
    assert {row[2] for row in waiting} == {"none approved"}


def test_samples_are_in_no_other_report(sample: Partnership) -> None:
    read = Reading.of(report_on(2026, sample=False))
    assert "Sample" not in read.text
    assert "No partnership was run in this application in FY 2026." in read.text
    assert "Results against targets" not in read.text


@pytest.mark.parametrize(
    ("today", "first", "last", "is_over"),
    [
        (date(2026, 9, 30), date(2025, 10, 1), date(2026, 9, 30), False),
        (date(2026, 10, 1), date(2025, 10, 1), date(2026, 9, 30), True),
        (date(2026, 3, 1), date(2025, 10, 1), date(2026, 3, 1), False),
    ],
)
def test_a_year_is_over_the_day_after_its_last(today: date, first: date, last: date, is_over: bool) -> None:
    report = ReportYear(2026, today)
    assert (report.first, report.last, report.is_over) == (first, last, is_over)
    assert (report.has(first), report.has(last)) == (True, True)
    assert not report.has(date(2025, 9, 30))
    assert not report.has(date(2026, 10, 1))
    assert not report.has(None)


def test_a_year_under_way_calls_no_target_met(sample: Partnership) -> None:
    today = timezone.now().date()
    read = Reading.of(make_report(ReportYear(2027, today), Readers.OFFICE, sample=True).data)
    if today <= date(2027, 9, 30):
        assert "FY 2027 is under way, so no target of it is met or missed yet." in read.text
        assert {row[3] for row in read.tables["Results of Sample Country"]} <= {DASH, "Year under way"}
