"""Content of the memo: disclosed notes, restrictions grouped by equal reviews, and text alternatives for pictures."""

from __future__ import annotations

import datetime as dt
import io
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.test import Client
from docx import Document
from docx.oxml.ns import qn

from selection.decisions.memo import images
from selection.decisions.memo import services as memo_services
from selection.decisions.memo.document import Pictures, render_memo
from selection.decisions.memo.images import Picture, certainty_text
from selection.decisions.memo.sample import SAMPLE
from selection.models import Memo, SelectionRound
from selection.notes.services import adjudications as adjudications_services
from selection.notes.services import notes as notes_services
from selection.notes.services.notes import NoteContent
from selection.rounds import services as rounds_services
from tests.selection.decisions.deliberating import recommended, review
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
        ("critical", "Vetting has not begun.", "rejected"),
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


@pytest.mark.parametrize(
    ("intervals", "text"),
    [
        ([(1, 1), (2, 2)], "No rank moves in 90% of the draws."),
        ([(1, 2), (1, 2)], "Ranks of neighbors overlap: the order is not sure."),
        ([(None, None), (None, None)], "No draws were made: whether the order holds is not known."),
        ([(1, 1)], "One candidate is ranked, so there is no order."),
    ],
)
def test_an_order_is_sure_only_if_no_rank_moves(intervals: list[tuple[int | None, int | None]], text: str) -> None:
    rows = [{"rank": rank, "low": low, "high": high} for rank, (low, high) in enumerate(intervals, 1)]
    assert certainty_text(rows) == text


def test_ranking_image_counts_ratings_by_a_single_rater(office: Office) -> None:
    found = office.scored(title="Round 2")
    office.rate(office.candidate(found), step=3)
    rounds_services.score_round(selection_round=found, actor=office.analyst)
    office.step(found, "open_consultation", "deliberate")
    recommended(office, found)
    memo, text = issued(office, found)
    assert [(row["rated"], row["rated_by_one"]) for row in memo.content["ranking"] if row["country"] == "Ghana"] == [
        (1, 1)
    ]
    assert "leave out the judgment of raters" not in text  # its error of a step is drawn
    assert "is not rated" in text or "are not rated" in text
    assert "Every rank is sure" not in text


def test_open_notes_are_counted_where_no_note_is_disclosed(office: Office, client: Client) -> None:
    found = office.consulting()
    labor = office.agency()
    office.answer(office.ask(found, labor))
    for kind, answered in (("major", False), ("substantive", True)):
        note = notes_services.write_note(
            selection_round=found,
            candidate=office.candidate(found),
            content=NoteContent(kind=kind, text="Shelters are full.", rationale="Visited in May."),
            visibility="office",
            actor=office.contact(labor),
        )
        if answered:
            adjudications_services.adjudicate(note=note, outcome="accepted", rationale="Added.", actor=office.analyst)
    review(office, found)
    found = office.step(found, "deliberate")
    recommended(office, found)
    memo, text = issued(office, found)
    messages = [
        "No critical note was rejected, and no answer is disputed.",
        "One note is open: 1 major.",
        "One note waits for the word of its agency: 1 substantive.",
    ]
    assert memo.content["note_summary"] == messages
    assert "\n".join(messages) in text
    client.force_login(office.analyst)
    page = client.get(f"/rounds/{found.pk}/memo/{memo.number}/").content.decode()
    assert all(f"<p>{line}</p>" in page for line in messages)


def issued(office: Office, found: SelectionRound) -> tuple[Memo, str]:
    """Return the memo and the text of its document, one paragraph per line."""
    memo = memo_services.issue_memo(selection_round=found, actor=office.analyst, on=AFTER)
    with memo.file.open("rb") as file:
        document = Document(io.BytesIO(file.read()))
    return memo, "\n".join(paragraph.text for paragraph in document.paragraphs)


def test_memo_discloses_rejected_and_disputed_notes_and_missing_responses(office: Office) -> None:
    found = contested(office)
    recommended(office, found)
    memo, text = issued(office, found)
    assert "Note DOL-1, critical, Department of Labor, on Ghana: Vetting has not begun." in text
    assert "Rejected: It begins with the first award. The agency does not agree: Too late." in text
    assert "Note DOL-2, substantive, Department of Labor, on Ghana: Name online exploitation." in text
    went_on = "Proceeding without a response, approved by TIP Office approver: The office waited twice."
    assert f"Ghana: No response; proceeding without it. {went_on}" in text
    assert "Department of Justice gave no response, which does not count as clear." in text
    assert "Department of Labor: ok" in text
    assert "Department of Justice: no response" in text
    assert "Approve ________     Disapprove ________" in text
    assert "Approved by: ________________" in text
    page = memo.content["consultation"]
    labor = next(asked for asked in page if asked["agency"] == "Department of Labor")
    assert [row["country"] for row in labor["answers"]] == [f"{IVORY_COAST}, Ghana and Kosovo"]


def test_restrictions_with_the_same_review_share_a_row(office: Office) -> None:
    found = contested(office)
    review(office, found, "CIV", "triggered")
    recommended(office, found)
    recommended(office, found, "CIV", "defer")
    memo, _ = issued(office, found)
    rows = memo.content["restrictions"]
    assert [(row["country"], row["status"]) for row in rows] == [
        ("Ghana", "Clear"),
        (IVORY_COAST, "Triggered"),
        (IVORY_COAST, "Clear"),
    ]
    assert rows[1]["code"] == "TIP Report Tier 3"
    assert rows[0]["expires_on"] == "2027-09-30"  # restrictions of annual acts expire first
    unreviewed = office.candidate(found, "XKX")
    deciding.recommend(candidate=unreviewed, action="defer", rationale="Later", actor=office.analyst)
    memo, _ = issued(office, found)
    assert memo.content["restrictions"][-1]["status"] == "Not reviewed"


def test_who_does_not_see_the_document_can_read_it() -> None:
    document = Document(io.BytesIO(render_memo(SAMPLE, content_hash="0" * 64)))
    styles = [paragraph.style.name for paragraph in document.paragraphs if paragraph.style]
    assert styles.count("Title") == 1
    levels = [int(str(name)[-1]) for name in styles if str(name).startswith("Heading")]
    assert all(after <= before + 1 for before, after in zip([1, *levels], levels, strict=False))
    pictures = Pictures.of(SAMPLE).all
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
    drawn = Pictures.of(SAMPLE)
    assert drawn.ranking is not None
    assert images.draw_once.cache_info().misses == 0
    assert drawn.ranking.png.startswith(b"\x89PNG")
    again = Pictures.of(SAMPLE)
    assert again.ranking is not None
    assert again.ranking.png is drawn.ranking.png
    assert images.draw_once.cache_info().misses == 1
    unranked = {**SAMPLE, "ranking": [], "scorecards": SAMPLE["scorecards"]}
    assert [picture.caption for picture in Pictures.of(unranked).all] == [drawn.scorecards[0].caption]


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
    recommended(office, found)
    memo, _ = issued(office, found)
    assert memo_services.issue_memo(selection_round=found, actor=office.second, on=AFTER + dt.timedelta(days=1)) == memo
    assert ON < AFTER
