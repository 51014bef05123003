"""Forms of the steps of a partnership: what the person who takes the step reads there."""

from __future__ import annotations

import pytest

from partnerships.models import Partnership
from tests.partnerships.sending import client_of, rejected_page, send
from tests.worlds.partnerships import life
from tests.worlds.partnerships.build import Stage


@pytest.fixture
def in_clearance(stage: Stage) -> Partnership:
    partnership = stage.draft("GHA")
    stage.program(partnership, "4000000.00")
    for name in ("invite", "open_negotiations", "submit_for_clearance"):
        stage.step(partnership, name, is_cleared=False)
    partnership.refresh_from_db()
    return partnership


def test_the_form_of_the_signature_tells_what_is_signed(stage: Stage, in_clearance: Partnership) -> None:
    url = f"/partnerships/{in_clearance.pk}/step/sign/"
    html = client_of(stage.approver).get(url).content.decode()
    assert "$4,000,000.00 of $5,000,000.00 allowed" in html
    assert "60 months of 60" in html
    assert "No version was sent for clearance." in html
    assert '<button\n          class="usa-button usa-button--outline"' in html, "what is blocked is no filled button"
    stage.clear(in_clearance)
    html = client_of(stage.approver).get(url).content.decode()
    assert "Finding of the Legal Adviser" in html
    assert "Version 1 of" in html
    assert "Cleared by" in html


def test_after_an_error_the_facts_stay(stage: Stage, in_clearance: Partnership) -> None:
    stage.clear(in_clearance)
    page = rejected_page(send(client_of(stage.approver), f"/partnerships/{in_clearance.pk}/step/sign/"))
    assert "Finding of the Legal Adviser" in page


def test_completion_claims_nothing_false_before_the_last_day(stage: Stage) -> None:
    active = stage.active()
    html = client_of(stage.approver).get(f"/partnerships/{active.pk}/step/complete/").content.decode()
    assert "Once completed, it does not run again." in html
    assert "The term is over" not in html


def test_completion_is_not_offered_before_the_last_day(stage: Stage) -> None:
    running = life.live(stage)
    html = client_of(stage.analyst).get(f"/partnerships/{running.pk}/").content.decode()
    assert "step/complete/" not in html
