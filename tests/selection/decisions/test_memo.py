"""Content of the memo: disclosed notes, restrictions grouped by equal reviews, and text alternatives for pictures."""

from __future__ import annotations

import datetime as dt
import io
import threading
from concurrent.futures import ThreadPoolExecutor
from html import unescape
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone
from django.utils.html import strip_tags
from docx import Document
from docx.oxml.ns import qn

from cpc.web import formats
from indicators.models import Observation
from selection.decisions.memo import images, length
from selection.decisions.memo import services as memo_services
from selection.decisions.memo.document import pictures_of, render_memo
from selection.decisions.memo.facts import memo_facts
from selection.decisions.memo.images import Picture
from selection.decisions.memo.problem import printed
from selection.decisions.memo.sample import SAMPLE
from selection.models import Memo, SelectionRound
from selection.notes.services import adjudications as adjudications_services
from selection.notes.services import notes as notes_services
from selection.notes.services.notes import NoteContent
from selection.restrictions.checklist import checklist
from tests.selection.decisions.deliberating import committed, recommended, review
from tests.selection.decisions.memo_reading import faults_in, faults_of, flat
from tests.support import deciding
from tests.support.rounds import DUE, ON, Office

pytestmark = [pytest.mark.django_db, pytest.mark.world("consultation")]

IVORY_COAST = "Côte d\N{RIGHT SINGLE QUOTATION MARK}Ivoire"
AFTER = DUE + dt.timedelta(days=1)


def contested(office: Office) -> SelectionRound:
    """Open a consultation with disputes: Justice is silent on one candidate, one note is rejected, another disputed.

    Labor clears all three candidates in the same way.
    """
    found = office.consulting()
    codes = [row.country.code for row in found.candidates.in_pool().select_related("country")]
    labor, justice = office.agency(), office.agency("doj", "Department of Justice")
    asked = office.ask(found, labor, *codes)
    for code in codes:
        office.answer(asked, code)
    office.ask(found, justice)
    review(office, found)
    for kind, text, outcome in (
        ("major", "Vetting has not begun.", "rejected"),
        ("substantive", "Name online exploitation.", "deferred"),
    ):
        note = notes_services.write_note(
            selection_round=found,
            candidate=office.candidate(found),
            content=NoteContent(kind=kind, text=text, rationale="22 U.S.C. 2378d"),
            visibility="office",
            actor=office.contact(labor),
        )
        adjudications_services.adjudicate(
            note=note, outcome=outcome, rationale="It begins with the first award.", actor=office.analyst
        )
        adjudications_services.concur(note=note, concurs=False, text="Too late.", actor=office.contact(labor))
    office.go_on(found, "The office waited twice.", AFTER)
    return office.step(found, "deliberate")


def test_ranking_image_counts_ratings_by_a_single_rater(office: Office) -> None:
    found = office.scored(title="Round 2")
    office.rate(office.candidate(found), "forms", step=3)
    committed(office, found)
    office.step(found, "open_consultation", "deliberate")
    recommended(office, found, action="defer")
    memo, text = issued(office, found)
    assert [(row["rated"], row["rated_by_one"]) for row in memo.content["ranking"] if row["country"] == "Ghana"] == [
        (4, 4)
    ]
    assert "leave out the judgment of raters" not in text  # its error of a step is drawn
    assert "is not rated" in text or "are not rated" in text
    assert "Every rank is sure" not in text


def issued(office: Office, found: SelectionRound) -> tuple[Memo, str]:
    """Return the memo and the text of its document, one paragraph per line."""
    memo = memo_services.issue_memo(selection_round=found, actor=office.analyst, on=AFTER)
    with memo.file.open("rb") as file:
        document = Document(io.BytesIO(file.read()))
    return memo, "\n".join(paragraph.text for paragraph in document.paragraphs)


def test_memo_discloses_rejected_and_disputed_notes_and_missing_responses(office: Office) -> None:
    found = contested(office)
    many(office, found, "select")
    memo, text = issued(office, found)
    assert "Rejected note. Labor, major, on Ghana: “Vetting has not begun.”" in text
    assert (
        "Notes\t1 rejected. Labor note 1, major: “Vetting has not begun.” Reason: 22 U.S.C. 2378d. Rejected: It" in text
    )
    assert "begins with the first award. Labor does not agree: Too late. One other note is in Tab 2." in text
    assert [row["number"] for row in memo.content["notes"]] == ["Labor 1", "Labor 2"]
    asked, due = formats.day(timezone.now().date()), formats.day(DUE)
    assert f"3 of 4 answers are in. Justice gave no answer on Ghana (due by {due}, asked on {asked}). " in text
    assert "agreed on" in text
    assert "to go on without it: The office waited twice." in text
    assert text.count("The office waited twice.") == 1
    assert "Department of Labor: ok" in text
    assert "Department of Justice: no response" in text
    assert "Approved by: ____________________" in text
    assert memo.content["matrix"]["rows"][0] == {"country": "Ghana", "marks": ["\N{EN DASH}", "C"]}
    assert faults_of(memo) == []


def test_every_printed_figure_has_its_file_among_the_sources(office: Office) -> None:
    """Aid is printed and no score counts it; a tier of a third party's list must not pass for the publisher's."""
    found = contested(office)
    many(office, found, "select", "defer")
    memo, _ = issued(office, found)
    shown = {key for row in memo_facts(found, ON).lines for key in printed(row.facts)}
    files = set(Observation.objects.filter(pk__in=shown).values_list("file__sha256", flat=True))
    assert files
    assert files <= {row["sha256"] for row in memo.content["sources"]}
    marked = {row["sha256"] for row in memo.content["sources"] if "third-party" in row["source"]}
    doubtful = Observation.objects.filter(indicator__code="tip.tier", quality="unconfirmed")
    assert marked == set(doubtful.values_list("file__sha256", flat=True)) != set()


def test_restrictions_are_printed_by_exception(office: Office) -> None:
    found = contested(office)
    many(office, found, "select", "defer")
    review(office, found, "CIV", "triggered")
    memo, text = issued(office, found)
    [row] = memo.content["restrictions"]
    assert (row["country"], row["code"], row["status"], row["basis"]) == (
        IVORY_COAST, "TIP Report Tier 3", "Triggered", "Placed on Tier 3"
    )  # fmt: skip
    each = len(checklist())
    of_two = f"{each} restrictions apply to each of 2 countries. All are clear for Ghana, {each - 1} of {each} for"
    assert f"{of_two} {IVORY_COAST}." in text
    assert "TIP Report Tier 3" not in memo.content["restrictions_clear"]
    committed(office, found, "XKX")
    unreviewed = office.candidate(found, "XKX")
    deciding.recommend(candidate=unreviewed, action="defer", rationale="Later", actor=office.analyst)
    memo, text = issued(office, found)
    assert "Kosovo is not reviewed." in text
    assert (memo.content["restrictions"][-1]["code"], memo.content["restrictions"][-1]["status"]) == (
        f"All {each}", "Not reviewed"
    )  # fmt: skip
    assert faults_of(memo) == []


def many(office: Office, found: SelectionRound, *actions: str) -> None:
    """Recommend on the candidates in order, each with another action."""
    for code, action in zip(("GHA", "CIV", "XKX"), actions, strict=False):
        review(office, found, code)
        office.rate(office.candidate(found, code), "forms", 3)
        committed(office, found, code)
        recommended(office, found, code, action)


@pytest.mark.parametrize(
    "actions",
    [("select",), ("select", "select", "shortlist"), ("not_selected", "defer", "defer"), ("shortlist", "defer")],
)
def test_a_memo_has_everything_of_the_record(office: Office, actions: tuple[str, ...]) -> None:
    found = contested(office)
    many(office, found, *actions)
    memo, _ = issued(office, found)
    assert faults_of(memo) == []
    assert len(memo.content["countries"]) == sum(action in ("select", "shortlist") for action in actions)
    assert length.lines_over(memo.content) == 0


def test_a_text_with_quotes_marks_and_great_length_is_printed_whole(office: Office, client: Client) -> None:
    found = contested(office)
    text = f"Say “A & B”, <not> {{{{ C }}}} 'D'. {'Very long. ' * 700}End."
    notes_services.write_note(
        selection_round=found,
        candidate=office.candidate(found),
        content=NoteContent(kind="major", text=text, rationale="Because & so."),
        visibility="office",
        actor=office.contact(office.agency()),
    )
    many(office, found, "select")
    with pytest.raises(ValidationError) as caught:
        issued(office, found)
    [message] = caught.value.messages
    assert caught.value.error_dict["longer_because"][0].code == "memo_too_long"
    assert "lines too long for three pages. The longest parts are Ghana, Notes (" in message
    memo = memo_services.issue_memo(
        selection_round=found, actor=office.analyst, on=AFTER, longer_because="Labor's note prints in full."
    )
    assert faults_of(memo) == []
    client.force_login(office.analyst)
    page = client.get(f"/rounds/{found.pk}/memo/{memo.number}/").content.decode()
    assert "Say “A &amp; B”, &lt;not&gt; {{ C }} &#x27;D&#x27;." in page
    assert "This memo is longer than three pages: Labor&#x27;s note prints in full." in page


@pytest.mark.parametrize("lost", ["Vetting has not begun.", "Commitment", "Justice", "The office waited twice."])
def test_the_reader_finds_what_is_missing_from_a_document(office: Office, lost: str) -> None:
    found = contested(office)
    many(office, found, "select")
    memo, _ = issued(office, found)
    with memo.file.open("rb") as file:
        document = Document(io.BytesIO(file.read()))
    cells = [cell for table in document.tables for row in table.rows for cell in row.cells]
    for paragraph in [*document.paragraphs, *(paragraph for cell in cells for paragraph in cell.paragraphs)]:
        if lost in paragraph.text:
            paragraph.clear()
    written = io.BytesIO()
    document.save(written)
    assert faults_in(written.getvalue(), found, memo.content_hash)


def test_the_page_and_the_document_have_the_same_text(office: Office, client: Client) -> None:
    found = contested(office)
    many(office, found, "select", "shortlist", "defer")
    memo, text = issued(office, found)
    client.force_login(office.analyst)
    page = flat(unescape(strip_tags(client.get(f"/rounds/{found.pk}/memo/{memo.number}/").content.decode())))
    for part in memo.content["countries"]:
        for row in part["rows"]:
            assert row["text"] in page
            assert row["text"] in flat(text)
    for row in (*memo.content["before_you_decide"], *memo.content["recommendations"]):
        assert row["text"].strip() in page


def test_who_does_not_see_the_document_can_read_it() -> None:
    document = Document(io.BytesIO(render_memo(SAMPLE, content_hash="0" * 64)))
    styles = [paragraph.style.name for paragraph in document.paragraphs if paragraph.style]
    assert styles.count("Title") == 1
    levels = [int(str(name)[-1]) for name in styles if str(name).startswith("Heading")]
    assert all(after <= before + 1 for before, after in zip([1, *levels], levels, strict=False))
    pictures = pictures_of(SAMPLE)
    assert styles.count("Caption") == len(pictures) == len(document.inline_shapes)
    for shape, picture in zip(document.inline_shapes, pictures, strict=True):
        assert (shape._inline.docPr.get("descr"), shape._inline.docPr.get("title")) == (picture.alt, picture.caption)
    for table in document.tables:
        heading = table.rows[0]._tr.trPr
        assert heading is not None
        assert heading.find(qn("w:tblHeader")) is not None
        assert all(cell.text for cell in table.rows[0].cells)
        caption: Any = table._tbl.tblPr.find(qn("w:tblCaption"))
        assert caption.get(qn("w:val"))
    assert document.core_properties.language == "en-US"
    language: Any = document.styles.element.find(".//" + qn("w:lang"))
    assert language.get(qn("w:val")) == "en-US"


def test_a_picture_is_drawn_once_and_only_when_it_is_asked_for() -> None:
    images.draw_once.cache_clear()
    [drawn] = pictures_of(SAMPLE)
    assert images.draw_once.cache_info().misses == 0
    assert drawn.png.startswith(b"\x89PNG")
    [again] = pictures_of(SAMPLE)
    assert again.png is drawn.png
    assert images.draw_once.cache_info().misses == 1
    assert drawn.alt == (
        "Chart of the rank of each candidate with its ranks in 90% of the draws. Country: rank 1, 1 in 90%, score 50.0."
    )
    assert pictures_of({**SAMPLE, "ranking": []}) == []


def test_pictures_asked_for_at_once_are_drawn_one_after_the_other() -> None:
    """If two threads import Matplotlib first at the same time, it stays broken for the life of the process."""
    meet = threading.Barrier(2)

    def draw(_: Any) -> bytes:
        try:
            meet.wait(timeout=0.2)
        except threading.BrokenBarrierError:
            return b"alone"
        return b"together"

    with ThreadPoolExecutor(2) as pool:
        drawn = list(pool.map(lambda picture: picture.png, [Picture("", "", draw, [{}]), Picture("", "", draw, [])]))
    assert drawn == [b"alone", b"alone"]


def test_the_day_alone_issues_no_other_memo(office: Office) -> None:
    found = contested(office)
    many(office, found, "select")
    memo, _ = issued(office, found)
    assert memo_services.issue_memo(selection_round=found, actor=office.second, on=AFTER + dt.timedelta(days=1)) == memo
    assert ON < AFTER
