"""Positions of a round over REST: withdrawn ones, what was opened, and who reads them."""

from __future__ import annotations

import pytest

from selection.consultation.services.openings import record_opening
from selection.consultation.services.withdrawals import withdraw_position
from selection.evidence.queries import newest_evidence
from tests.partnerships.sending import client_of
from tests.support.rounds import Office

pytestmark = [pytest.mark.django_db, pytest.mark.world("consultation")]


def test_positions_with_what_was_opened_and_withdrawn(office: Office) -> None:
    request = office.ask(office.consulting(), office.agency(), "CIV", "GHA", "XKX")
    evidence = newest_evidence(office.candidate(request.round))
    assert evidence is not None
    record_opening(request=request, evidence=evidence, actor=office.member(request.agency))
    office.answer(request, "GHA", "clear_with_comments", "Lead with 20.1%.")
    office.answer(request, "CIV")
    mistaken = office.answer(request, "XKX")
    withdraw_position(position=mistaken, reason="Sent by mistake", actor=office.contact(request.agency))
    url = f"/api/v1/rounds/{request.round_id}/positions/"
    answer = client_of(office.analyst).get(url)
    assert answer.status_code == 200
    rows = {row["country"]["code"]: row for row in answer.json()["positions"]}
    shown = {code: (row["status"], row["text"], row["opened_evidence"]) for code, row in rows.items()}
    assert shown == {
        "GHA": ("clear_with_comments", "Lead with 20.1%.", 1), "CIV": ("clear", None, None), "XKX": (
            rows["XKX"]["status"], None, None)
    }  # fmt: skip
    assert rows["XKX"]["status"] in ("waiting", "no_response")
    assert (rows["XKX"]["withdrawn"]["position"], rows["XKX"]["withdrawn"]["reason"]) == ("clear", "Sent by mistake")
    assert rows["GHA"]["withdrawn"] is None
    for reader, status in ((office.approver, 200), (office.contact(request.agency), 404)):
        assert client_of(reader).get(url).status_code == status
    assert client_of(office.analyst).get("/api/v1/rounds/999999/positions/").status_code == 404
