"""Notes and restrictions in a memo."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any, cast

import pytest

from indicators.models import Country
from selection.decisions.memo import content
from selection.decisions.queries import Deliberated
from selection.models import Candidate, SelectionRound
from selection.restrictions.checklist import State

TODAY = dt.date(2026, 11, 25)


def test_disclosed_note_has_its_answer_and_the_concurrence_of_its_agency(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def thread(*, agency: str = "", outcome: str = "", concurs: bool | None = None) -> Any:
        note = SimpleNamespace(
            reference="DOL-1",
            agency=SimpleNamespace(name=agency) if agency else None,
            subject="Ghana",
            get_kind_display=lambda: "Critical",
            text="Wrong.",
        )
        answer = SimpleNamespace(get_outcome_display=lambda: outcome, rationale="Right.") if outcome else None
        agrees = None if concurs is None else SimpleNamespace(concurs=concurs, text="Still wrong.")
        return SimpleNamespace(note=note, answer=answer, agrees=agrees)

    threads = [
        thread(agency="Labor", outcome="Rejected", concurs=False),
        thread(agency="Labor", outcome="Rejected", concurs=True),
        thread(outcome="Rejected"),
        thread(agency="Labor"),
    ]
    monkeypatch.setattr(content, "disclosed_notes", lambda _round: threads)
    names = ("agency", "outcome", "rationale", "concurs", "disagreement")
    found = content._disclosed(SelectionRound())
    assert [tuple(line[name] for name in names) for line in found] == [
        ("Labor", "Rejected", "Right.", "no", "Still wrong."),
        ("Labor", "Rejected", "Right.", "yes", ""),
        ("The office", "Rejected", "Right.", "", ""),
        ("Labor", "", "", "", ""),
    ]
    assert (found[0]["number"], found[0]["subject"], found[0]["kind"], found[0]["text"]) == (
        "DOL-1", "Ghana", "Critical", "Wrong."
    )  # fmt: skip


def test_restrictions_with_one_review_share_an_entry_with_the_first_expiry(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def status(name: str, state: State, until: int | None = None, label: str = "Clear", basis: str = "Memo") -> Any:
        review = None
        if until is not None:
            review = SimpleNamespace(
                get_status_display=lambda: label,
                basis=basis,
                reviewer="L",
                expires_on=TODAY + dt.timedelta(days=until),
            )
        return SimpleNamespace(name=name, state=state, review=review)

    statuses = [
        status("Tier 3", State.PASSES, 30),
        status("Coup", State.NOT_REVIEWED),
        status("Debt", State.PASSES, 10),
        status("Children", State.EXPIRED, -5),
        status("Cuba", State.BARS, 10, "Triggered"),
        status("Terrorism", State.PASSES, 10, "Clear", "Other memo"),
        status("Expropriation", State.NOT_REVIEWED),
    ]
    monkeypatch.setattr(content, "country_statuses", lambda _country, on: statuses if on == TODAY else [])
    row = cast(Deliberated, SimpleNamespace(candidate=Candidate(country=Country(name="Ghana"))))
    found = content._restrictions(row, TODAY)
    names = ("country", "code", "status", "basis", "reviewer", "expires_on")
    assert [tuple(line[name] for name in names) for line in found] == [
        ("Ghana", "Tier 3; Debt", "Clear", "Memo", "L", "2026-12-05"),
        ("Ghana", "Coup; Expropriation", "Not reviewed", "", "", ""),
        ("Ghana", "Children", "Not reviewed: the review expired", "Memo", "L", "2026-11-20"),
        ("Ghana", "Cuba", "Triggered", "Memo", "L", "2026-12-05"),
        ("Ghana", "Terrorism", "Clear", "Other memo", "L", "2026-12-05"),
    ]
