"""Rules of clearance, without a database."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from partnerships.clearing import (
    Answer,
    AnswerStatus,
    Asked,
    ClearingOffice,
    Version,
    asked_again,
    cell,
    clearance_findings,
    reminder_due,
)

ASKED, DUE = dt.date(2026, 11, 2), dt.date(2026, 11, 16)
DAY = dt.timedelta(days=1)
ENGLISH = frozenset({"English"})
FIRST, MATERIAL, EDITORIAL = Version(1, True, ENGLISH), Version(2, True, ENGLISH), Version(2, False, ENGLISH)


def office(
    *kinds: str, over: int = 1, asked: tuple[int, ...] = (1,), role: str = "clear", **more: Any
) -> ClearingOffice:
    return ClearingOffice(
        1,
        "Office",
        tuple(Asked(number, role, ASKED, DUE) for number in asked),
        tuple(Answer(over, key, kind, ASKED, "No.") for key, kind in enumerate(kinds)),
        **more,
    )


@pytest.mark.parametrize(
    ("today", "status"),
    [(DUE - DAY, AnswerStatus.WAITING), (DUE, AnswerStatus.WAITING), (DUE + DAY, AnswerStatus.LATE)],
)
def test_silence_is_late_from_the_day_after_the_due_day(today: dt.date, status: AnswerStatus) -> None:
    assert cell(office(), FIRST, [FIRST], today).status is status
    assert [f.code for f in clearance_findings([FIRST], [office()], [1], today)] == ["clearance_silence"]


@pytest.mark.parametrize(
    ("kind", "next_version", "status", "is_earlier"),
    [
        ("clear", EDITORIAL, "clear", True),
        ("clear", MATERIAL, "waiting", False),
        ("clear_with_comments", MATERIAL, "waiting", False),
        ("does_not_clear", EDITORIAL, "does_not_clear", True),
        ("does_not_clear", MATERIAL, "waiting", False),
        ("no_equities", MATERIAL, "no_equities", True),
        ("extension", EDITORIAL, "extension", False),
    ],
)
def test_a_material_change_ends_every_answer_but_no_equities(
    kind: str, next_version: Version, status: str, is_earlier: bool
) -> None:
    found = cell(office(kind), next_version, [FIRST, next_version], DUE)
    assert (found.status, found.is_earlier) == (status, is_earlier)


def test_the_column_of_an_earlier_version_shows_that_an_answer_no_longer_applies() -> None:
    for kind, next_version, ended in (
        ("clear", MATERIAL, True), ("clear", EDITORIAL, False), ("no_equities", MATERIAL, False)
    ):  # fmt: skip
        assert cell(office(kind), FIRST, [FIRST, next_version], DUE).has_ended is ended


def test_a_material_change_asks_all_offices_but_those_without_equities() -> None:
    clear, none, never = office("clear"), office("no_equities"), office(asked=())
    assert asked_again([clear, none, never, office()]) == [clear, office()]


def test_an_office_asked_again_owes_an_answer_though_the_change_is_not_material() -> None:
    again = office("clear", asked=(1, 2))
    assert cell(again, EDITORIAL, [FIRST, EDITORIAL], DUE).status is AnswerStatus.WAITING
    assert cell(again, FIRST, [FIRST, EDITORIAL], DUE).status is AnswerStatus.CLEAR


def test_the_later_answer_counts() -> None:
    assert cell(office("does_not_clear", "clear"), FIRST, [FIRST], DUE).status is AnswerStatus.CLEAR
    assert cell(office("clear", "does_not_clear"), FIRST, [FIRST], DUE).status is AnswerStatus.REFUSED


def test_who_is_informed_owes_no_answer() -> None:
    informed = office(role="info")
    assert cell(informed, FIRST, [FIRST], DUE + DAY).status is AnswerStatus.SENT
    assert [f.code for f in clearance_findings([FIRST], [informed], [1], DUE)] == ["clearance_not_asked"]


@pytest.mark.parametrize(
    ("consented", "versions", "codes"),
    [
        ((), [FIRST], ["clearance_silence"]),
        ((1,), [FIRST], ["went_on_without"]),
        ((1,), [FIRST, EDITORIAL], ["went_on_without"]),
        ((1,), [FIRST, MATERIAL], ["clearance_silence"]),
        ((2,), [FIRST, MATERIAL], ["went_on_without"]),
    ],
)
def test_silence_prints_with_consent_to_the_text_as_it_is(
    consented: tuple[int, ...], versions: list[Version], codes: list[str]
) -> None:
    found = clearance_findings(versions, [office(consented=consented)], [versions[-1].number], DUE + DAY)
    assert [finding.code for finding in found] == codes


@pytest.mark.parametrize(
    ("found_over", "versions", "codes"),
    [
        ([], [FIRST], ["legal_review"]),
        ([1], [FIRST], []),
        ([1], [FIRST, EDITORIAL], []),
        ([1], [FIRST, MATERIAL], ["legal_review"]),
        ([1, 2], [FIRST, MATERIAL], []),
    ],
)
def test_a_legal_finding_applies_until_a_material_change(
    found_over: list[int], versions: list[Version], codes: list[str]
) -> None:
    cleared = office("no_equities")
    assert [f.code for f in clearance_findings(versions, [cleared], found_over, DUE)] == codes


@pytest.mark.parametrize(
    ("languages", "second", "missing"),
    [
        ({"English"}, "", []),
        ({"English"}, "French", ["French"]),
        ({"French"}, "French", ["English"]),
        ({"English", "French"}, "French", []),
    ],
)
def test_both_languages_are_the_same_version(languages: set[str], second: str, missing: list[str]) -> None:
    assert Version(1, True, frozenset(languages), second).missing_languages == missing


def test_a_closed_office_owes_nothing_once_its_successor_is_asked() -> None:
    closed = office(successor=2)
    successor = ClearingOffice(2, "Successor", (Asked(1, "clear", ASKED, DUE),), (Answer(1, 9, "clear", ASKED),))
    assert [f.code for f in clearance_findings([FIRST], [closed], [1], DUE)] == ["clearance_silence"]
    assert clearance_findings([FIRST], [closed, successor], [1], DUE) == []


@pytest.mark.parametrize(
    ("today", "asked_on", "occasion"),
    [
        (dt.date(2026, 11, 11), ASKED, ""),
        (dt.date(2026, 11, 12), ASKED, "before"),
        (dt.date(2026, 11, 15), ASKED, "before"),
        (DUE, ASKED, "due"),
        (DUE + DAY, ASKED, ""),
        (dt.date(2026, 11, 13), dt.date(2026, 11, 12), ""),
    ],
)
def test_the_first_reminder_is_two_workdays_early_over_a_weekend(
    today: dt.date, asked_on: dt.date, occasion: str
) -> None:
    assert reminder_due(DUE, asked_on, today, dt.date(2026, 11, 12)) == occasion
