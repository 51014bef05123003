"""The position of a term on a day, at each boundary, and the sentences made from it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from partnerships.limit_presenters import end_sentence, month_count, months_text, term_text, used_text
from partnerships.models import Status
from partnerships.states import BEFORE_SIGNATURE, IN_FORCE, ONCE_IN_FORCE, PARTNERSHIP
from partnerships.term_position import ExceptionState, Phase, TermPosition, exception_state, phase_of

DAY = timedelta(days=1)
SIGNED, START, END = date(2020, 12, 1), date(2021, 1, 1), date(2025, 1, 1)
ENDED = date(2023, 3, 15)


def on(today: date, status: str = "active", **more: object) -> TermPosition:
    """Return a term of 48 months, signed a month before its first day."""
    values: dict[str, object] = {"starts_on": START, "ends_on": END, "limit_months": 60, "policy_months": 60, **more}
    if status in ONCE_IN_FORCE:
        values = {"signed_on": SIGNED, **values}
    return TermPosition(today, status, **values)  # type: ignore[arg-type]  # the values have several types


# ---- phases --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "today", "phase"),
    [
        ("selected", START, Phase.PLANNED),
        ("in_clearance", END + DAY, Phase.PLANNED),
        ("signed", START - DAY, Phase.AHEAD),
        ("signed", START, Phase.RUNNING),
        ("active", START + DAY, Phase.RUNNING),
        ("active", END, Phase.RUNNING),
        ("active", END + DAY, Phase.LAPSED),
        ("suspended", END, Phase.RUNNING),
        ("suspended", END + DAY, Phase.LAPSED),
        ("completed", END, Phase.ENDED),
        ("terminated", START, Phase.ENDED),
        ("closed", END + DAY, Phase.ENDED),
        ("canceled", START, Phase.CANCELED),
    ],
)
def test_the_phase_follows_from_status_and_days(status: str, today: date, phase: Phase) -> None:
    assert on(today, status).phase is phase
    assert on(today, status).is_running is (phase in (Phase.AHEAD, Phase.RUNNING))


def test_every_status_has_a_phase_with_and_without_days() -> None:
    groups = (BEFORE_SIGNATURE, IN_FORCE, ONCE_IN_FORCE - IN_FORCE, {"canceled"})
    assert sorted(one for group in groups for one in group) == sorted(PARTNERSHIP.states)
    for status in Status.values:
        bare = phase_of(status, starts_on=None, ends_on=None, today=END)
        assert bare in {Phase.PLANNED, Phase.RUNNING, Phase.ENDED, Phase.CANCELED}


@pytest.mark.parametrize(
    ("today", "status", "ended_on", "left"),
    [
        (END - DAY, "active", None, 1),
        (END, "active", None, 0),
        (END + DAY, "active", None, None),
        (END + DAY, "completed", END, None),
        (ENDED, "terminated", ENDED, None),
        (ENDED, "canceled", None, None),
        (ENDED, "negotiating", None, None),
    ],
)
def test_days_left_count_to_the_last_day(today: date, status: str, ended_on: date | None, left: int | None) -> None:
    assert on(today, status, ended_on=ended_on).days_left == left


# ---- months --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("today", "status", "more", "used"),
    [
        (SIGNED - DAY, "signed", {}, 0),
        (SIGNED, "signed", {}, 0),
        (date(2020, 12, 31), "signed", {}, 0),
        (START, "signed", {}, 1),
        (date(2021, 1, 31), "active", {}, 1),
        (END, "active", {}, 49),
        (END + 400 * DAY, "active", {}, 49),
        (END + 400 * DAY, "completed", {"ended_on": END}, 49),
        (END + 400 * DAY, "terminated", {"ended_on": ENDED}, 27),
        (END + 400 * DAY, "closed", {"ended_on": ENDED}, 27),
        (END, "in_clearance", {}, 0),
        (END, "selected", {}, 0),
        (END, "canceled", {}, 0),
        (END, "selected", {"starts_on": None, "ends_on": None}, None),
        (END, "active", {"signed_on": None}, 48),
    ],
)
def test_months_are_used_from_signature_or_first_day_to_the_end(
    today: date, status: str, more: dict[str, object], used: int | None
) -> None:
    assert on(today, status, **more).months_used == used


@pytest.mark.parametrize(
    ("ends_on", "length", "counted", "past"),
    [
        (date(2021, 1, 2), 1, 2, 0),
        (date(2025, 12, 1), 59, 60, 0),
        (date(2025, 12, 2), 60, 61, 1),
        (date(2026, 1, 1), 60, 61, 1),
        (date(2026, 1, 2), 61, 62, 2),
    ],
)
def test_the_limit_counts_from_signature_and_the_length_from_the_first_day(
    ends_on: date, length: int, counted: int, past: int
) -> None:
    found = on(START, ends_on=ends_on)
    assert (found.length, found.counted_length, found.months_past_policy) == (length, counted, past)
    assert found.lawful_end == found.policy_end == date(2025, 12, 1)
    assert found.is_full is (ends_on == date(2025, 12, 1))


@pytest.mark.parametrize(
    ("signed_end", "signed", "added"),
    [(None, 48, 0), (date(2024, 1, 1), 36, 12), (date(2026, 1, 1), 60, -12)],
)
def test_months_as_signed_and_added_since(signed_end: date | None, signed: int, added: int) -> None:
    found = on(START, signed_end=signed_end)
    assert (found.signed_months, found.added_months, found.agreed_months) == (signed, added, 48)


def test_a_term_that_ended_early_is_as_long_as_it_ran() -> None:
    long = on(END, "terminated", ends_on=date(2028, 1, 1), ended_on=ENDED)
    assert (long.length, long.agreed_months, long.months_past_policy, long.ended_early) == (27, 84, 0, True)
    assert not on(END, "completed", ended_on=END).ended_early


# ---- exceptions ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("more", "state"),
    [
        ({}, ExceptionState.REQUESTED),
        ({"expires_on": END - DAY}, ExceptionState.REQUESTED),
        ({"is_refused": True}, ExceptionState.REFUSED),
        ({"is_granted": True, "expires_on": END + DAY}, ExceptionState.GRANTED),
        ({"is_granted": True, "expires_on": END}, ExceptionState.GRANTED),
        ({"is_granted": True, "expires_on": END - DAY}, ExceptionState.EXPIRED),
        ({"is_granted": True, "expires_on": END, "is_needed": True}, ExceptionState.USED),
        ({"is_granted": True, "expires_on": END - DAY, "is_needed": True}, ExceptionState.USED),
        ({"is_needed": True}, ExceptionState.REQUESTED),
        ({"is_practice": True, "is_granted": True}, ExceptionState.PRACTICE),
    ],
)
def test_an_exception_is_requested_granted_used_or_expired(more: dict[str, object], state: ExceptionState) -> None:
    assert exception_state(today=END, **more) is state  # type: ignore[arg-type]  # the values have several types


# ---- sentences -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("position", "sentence"),
    [
        (on(END - 9 * DAY), "It ends in 9 days."),
        (on(END), "It ends today."),
        (on(END + DAY), "It ended yesterday."),
        (on(START - DAY, "signed"), "It ends in 1,462 days."),
        (on(END - 9 * DAY, "in_clearance"), "It is planned to end in 9 days."),
        (on(END + 9 * DAY, "in_clearance"), "Its planned last day was 9 days ago."),
        (on(END - 9 * DAY, "canceled"), "It was canceled before signature."),
        (on(END + 9 * DAY, "completed", ended_on=END), "It ended 9 days ago."),
        (
            on(ENDED + 9 * DAY, "terminated", ended_on=ENDED),
            "It ended 9 days ago, before its agreed last day, Jan 1, 2025.",
        ),
        (
            on(ENDED + 9 * DAY, "closed", ended_on=ENDED),
            "It ended 9 days ago, before its agreed last day, Jan 1, 2025.",
        ),
    ],
)
def test_the_sentence_on_the_end(position: TermPosition, sentence: str) -> None:
    assert end_sentence(position) == sentence


def test_texts_of_days_and_months() -> None:
    ended = on(END, "terminated", ended_on=ENDED)
    assert term_text(ended) == "Jan 1, 2021 to Mar 15, 2023, agreed to Jan 1, 2025"
    assert term_text(on(START)) == "Jan 1, 2021 to Jan 1, 2025"
    assert term_text(on(START, "selected", ends_on=None)) == "Not dated"
    assert months_text(ended) == "27 of 48 months"
    assert months_text(on(START)) == "48 months"
    assert months_text(on(START, signed_end=date(2024, 1, 1))) == "36 + 12 months"
    assert months_text(on(START, signed_end=date(2025, 2, 1))) == "49 minus 1 month"
    assert used_text(ended) == "27 of 60 months used"
    assert used_text(on(END, "selected")) == "0 of 60 months used"
    assert used_text(on(END, "canceled")) == ""
    assert [month_count(number) for number in (0, 1, 60)] == ["0 months", "1 month", "60 months"]
