"""Badges and lines of determinations, from plain rows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pytest

from cpc.web.badges import Badge
from partnerships.models import Award, Correction, Determination, Ground
from partnerships.status.presenters import (
    corrected_sentence,
    determination_badge,
    ground_lines,
    missing,
    subject_text,
)
from tests.partnerships.unsaved import prefetched

FIRST, LAST = date(2023, 3, 15), date(2023, 3, 24)
ELIGIBILITY = "Pattern of actions inconsistent with the criteria of eligibility"
DUTIES = "Responsibilities under the compact not met"


def suspension(*corrections: tuple[Ground, date | None]) -> Determination:
    """Return a suspension on two grounds, with corrections closed on a day or open."""
    row = Determination(pk=1, kind="suspension", grounds=[Ground.RESPONSIBILITIES, Ground.ELIGIBILITY])
    prefetched(row, corrections=[Correction(ground=ground, closed_on=day) for ground, day in corrections])
    return row


@pytest.mark.parametrize(
    ("corrections", "marks", "lacks", "sentence"),
    [
        (
            [],
            [Badge("bad", "No correction recorded"), Badge("bad", "No correction recorded")],
            [f"{DUTIES}: no correction recorded", f"{ELIGIBILITY}: no correction recorded"],
            f"Still missing: {DUTIES}: no correction recorded; {ELIGIBILITY}: no correction recorded",
        ),
        (
            [(Ground.ELIGIBILITY, None)],
            [Badge("bad", "No correction recorded"), Badge("warn", "Correction open")],
            [f"{DUTIES}: no correction recorded", f"{ELIGIBILITY}: correction open"],
            f"Still missing: {DUTIES}: no correction recorded; {ELIGIBILITY}: correction open",
        ),
        (
            [(Ground.ELIGIBILITY, FIRST), (Ground.RESPONSIBILITIES, None)],
            [Badge("warn", "Correction open"), Badge("good", "Corrected Mar 15, 2023")],
            [f"{DUTIES}: correction open"],
            f"Still missing: {DUTIES}: correction open",
        ),
        (
            [(Ground.ELIGIBILITY, LAST), (Ground.RESPONSIBILITIES, FIRST)],
            [Badge("good", "Corrected Mar 15, 2023"), Badge("good", "Corrected Mar 24, 2023")],
            [],
            "Every ground is corrected, the last on Mar 24, 2023. The reinstatement can't be dated before that.",
        ),
    ],
)
def test_each_ground_has_its_correction_and_the_open_ones_are_missing(
    corrections: Sequence[tuple[Ground, date | None]], marks: list[Badge], lacks: list[str], sentence: str
) -> None:
    row = suspension(*corrections)
    lines = ground_lines(row)
    assert [(line.ground, line.label) for line in lines] == [
        (Ground.RESPONSIBILITIES, DUTIES),
        (Ground.ELIGIBILITY, ELIGIBILITY),
    ]
    assert [line.mark for line in lines] == marks
    closed = {str(ground): day for ground, day in corrections}
    assert {line.ground: line.correction.closed_on for line in lines if line.correction} == closed
    assert missing(row) == lacks
    assert corrected_sentence(row) == sentence


@pytest.mark.parametrize(
    ("row", "text"),
    [
        (Determination(subject="country", scope="whole"), "The country, in whole"),
        (Determination(subject="country", scope="part", part="Training"), "The country, in part: Training"),
        (
            Determination(subject="entity", scope="whole", award=Award(recipient="An organization", title="Courts")),
            "An organization: Courts, in whole",
        ),
    ],
)
def test_the_subject_of_a_determination(row: Determination, text: str) -> None:
    assert subject_text(row) == text


def test_determination_badge_shows_its_current_effect() -> None:
    row = Determination(kind="suspension")
    assert determination_badge(row) == Badge("bad", "Suspension in force")
    ended = Determination(kind="reinstatement", suspension=row, determined_on=LAST)
    assert determination_badge(ended) == Badge("good", "Reinstatement")
    assert determination_badge(row) == Badge("none", "Suspension, ended Mar 24, 2023")
    assert determination_badge(Determination(kind="termination")) == Badge("none", "Termination")
