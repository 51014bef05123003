"""Sample round of the demonstration: agencies are asked, and no agency's position is invented."""

from __future__ import annotations

from pathlib import Path

import pytest

from cpc.people.demo import load_accounts
from selection.demo import CANDIDATES, load_round
from selection.models import ConsultationRequest, Note, Position, Rating, RoundState, ScoreRun, SelectionRound
from tests.support.rankings import make_screen

pytestmark = pytest.mark.django_db


def quietly(done: int, total: int) -> None:
    """Show no progress bar."""


def test_the_sample_round_asks_every_agency_that_can_answer_once(ranking: ScoreRun) -> None:
    load_accounts(quietly)
    assert load_round(quietly) == f"Sample round in consultation about {CANDIDATES} countries"
    found = SelectionRound.objects.get()
    assert found.state == RoundState.CONSULTATION
    asked = ConsultationRequest.objects.select_related("agency")
    assert {request.agency.code for request in asked} == {"dol", "doj", "hhs", "state-f"}
    assert all(request.is_sent and request.candidates.count() == CANDIDATES for request in asked)
    assert not found.candidates.in_pool().filter(country__code="ROU").exists()  # a rich country
    for kind in (Rating, Position, Note):
        assert not kind.objects.exists()
    assert load_round(quietly) == ""
    assert SelectionRound.objects.count() == 1


def test_without_the_demonstration_s_people_or_a_ranking_nothing_is_opened(tmp_path: Path) -> None:
    assert load_round(quietly) == ""
    make_screen(tmp_path)
    assert load_round(quietly) == ""
    assert not SelectionRound.objects.exists()
