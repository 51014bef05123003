"""A canceled partnership is closed for what plans: no gap is to be filled in it, and what is wrong can be corrected."""

from __future__ import annotations

from html import unescape

import pytest

from partnerships.agreements import services as agreements_services
from partnerships.models import Partnership
from tests.api.test_partnerships import as_program, url_of
from tests.partnerships.sending import client_of, page_text, send
from tests.worlds.partnerships.build import Stage

CORRECT = "This partnership is canceled. Correct what is recorded; to try again, open another partnership."


@pytest.fixture
def draft(stage: Stage) -> Partnership:
    return stage.draft("KEN", is_confirmed=False)


@pytest.fixture
def canceled(stage: Stage, draft: Partnership) -> Partnership:
    return stage.step(draft, "cancel", reason="Elections")


def shown(stage: Stage, partnership: Partnership, page: str = "") -> str:
    response = client_of(stage.analyst).get(f"/partnerships/{partnership.pk}/{page}")
    return unescape(page_text(response))


def test_its_page_lists_no_gap_to_fill(stage: Stage, draft: Partnership) -> None:
    before = shown(stage, draft)
    assert "1 of 7" in before
    assert before.count(" Gap ") == 6
    assert "Add an outcome indicator that is collected regularly." in before
    after = shown(stage, stage.step(draft, "cancel", reason="Elections"))
    assert "1 of 7" in after
    assert after.count(" Not completed ") == 6
    assert "Gap" not in after
    assert "outcome indicator that is collected regularly" not in after
    assert "The partnership was canceled before signature, which needs all seven." in after


def test_its_elements_lead_to_no_form(stage: Stage, canceled: Partnership) -> None:
    html = client_of(stage.analyst).get(f"/partnerships/{canceled.pk}/").content.decode()
    elements = html.partition('id="elements"')[2].partition("</section>")[0]
    assert "Objectives for the term" in elements
    assert "<a " not in elements


def test_rest_and_the_instrument_lack_nothing_either(stage: Stage, draft: Partnership) -> None:
    program = as_program(stage.analyst)

    def codes() -> list[str]:
        return [found["code"] for found in program.get(url_of(draft, "findings/")).json()["findings"]]

    assert codes() == [f"element_{letter}" for letter in "bcdefg"]
    assert "Incomplete" in shown(stage, draft, "documents/")
    stage.step(draft, "cancel", reason="Elections")
    assert codes() == []
    text = shown(stage, draft, "documents/")
    assert "Incomplete" not in text
    assert "All seven elements" not in text


def test_it_offers_a_correction_and_not_an_edit(stage: Stage, draft: Partnership) -> None:
    for page, edits, corrects in (
        ("", "Edit the record", "Correct the record"),
        ("terms/", "Edit term and focus", "Correct term and focus"),
    ):
        text = shown(stage, draft, page)
        assert edits in text
        assert corrects not in text
    stage.step(draft, "cancel", reason="Elections")
    assert "Edit the record" not in shown(stage, draft)
    assert "Correct the record" in shown(stage, draft)
    assert "Correct term and focus" in shown(stage, draft, "terms/")
    assert CORRECT in shown(stage, draft, "edit/")
    response = send(client_of(stage.analyst), f"/partnerships/{draft.pk}/edit/", title="The right title")
    assert response.status_code == 302
    draft.refresh_from_db()
    assert draft.title == "The right title"


def test_the_terms_offer_no_new_row_and_keep_their_corrections(stage: Stage, draft: Partnership) -> None:
    def offered() -> tuple[bool, bool, bool]:
        html = client_of(stage.analyst).get(f"/partnerships/{draft.pk}/terms/").content.decode()
        edit = f"/terms/objective/{draft.objectives.get().pk}/" in html
        return "/terms/objective/new/" in html, "Take one into account" in html, edit

    assert offered() == (True, True, True)
    stage.step(draft, "cancel", reason="Elections")
    assert offered() == (False, False, True)


def test_stated_reason_of_a_canceled_partnership_awaits_no_one(stage: Stage, draft: Partnership) -> None:
    def origin() -> str:
        text = unescape(page_text(client_of(stage.approver).get(f"/partnerships/{draft.pk}/")))
        return text.partition("Where it came from")[2].partition("Participants")[0]

    assert "confirms the reason before the partnership moves on" in origin()
    assert "Confirm the reason" in origin()
    stage.step(draft, "cancel", reason="Elections")
    assert "Not confirmed" in origin()
    assert "moves on" not in origin()
    assert "Confirm the reason" not in origin()


def test_canceled_partnership_without_a_term_needs_none(stage: Stage, draft: Partnership) -> None:
    bare = agreements_services.create_partnership(
        country=draft.country, title="Bare", origin_reason="Asked for", actor=stage.analyst
    )
    assert "Not dated: set the first and the last day" in shown(stage, bare)
    stage.step(bare, "cancel", reason="Elections")
    text = shown(stage, bare)
    assert "Not dated." in text
    assert "set the first and the last day" not in text
