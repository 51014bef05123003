"""The rule of failed sign-ins, at each of its boundaries."""

from __future__ import annotations

import datetime as dt

import pytest

from cpc.sessions.throttle_rules import Failures, Tried, Verdict, current, verdict, wait_after

NOW = dt.datetime(2026, 11, 24, 9, tzinfo=dt.UTC)
NONE = Failures()


def ago(count: int, seconds: float = 0) -> Failures:
    return Failures(count, NOW - dt.timedelta(seconds=seconds))


def tried(
    *, pair: Failures = NONE, address: Failures = NONE, name: Failures = NONE, device: Failures | None = None
) -> Tried:
    return Tried(pair, address, name, device)


@pytest.mark.parametrize(
    ("failures", "seconds"),
    [(0, 0), (4, 0), (5, 30), (6, 60), (7, 120), (8, 240), (9, 480), (10, 900), (11, 900), (99, 900), (10_000, 900)],
)
def test_the_wait_doubles_from_the_fifth_failure_up_to_15_minutes(failures: int, seconds: int) -> None:
    assert wait_after(failures) == dt.timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("case", "wait"),
    [
        (tried(), 0),
        (tried(pair=ago(4)), 0),
        (tried(pair=ago(5)), 30),
        (tried(pair=ago(5, 29.5)), 0.5),
        (tried(pair=ago(5, 30)), 0),
        # A count that was begun a moment after the try was.
        (tried(pair=ago(0, -0.01)), 0),
        # An office shares an address.
        (tried(address=ago(49)), 0),
        (tried(address=ago(50)), 30),
        (tried(pair=ago(6), address=ago(50)), 60),
        (tried(pair=ago(5), address=ago(51)), 60),
        # Failures from elsewhere make nobody wait here.
        (tried(name=ago(99)), 0),
        # A known device waits for its own failures only.
        (tried(device=ago(0), pair=ago(50), address=ago(500), name=ago(99)), 0),
        (tried(device=ago(4), pair=ago(50)), 0),
        (tried(device=ago(5)), 30),
        (tried(device=ago(99, 900)), 0),
        # After too many failures of its own it is as good as unknown.
        (tried(device=ago(100, 900), pair=ago(5)), 30),
    ],
)
def test_who_waits(case: Tried, wait: float) -> None:
    assert verdict(case, NOW) == Verdict(dt.timedelta(seconds=wait))


@pytest.mark.parametrize(
    ("case", "capped"),
    [
        (tried(name=ago(99)), False),
        (tried(name=ago(100)), True),
        (tried(name=ago(100, 10**7)), True),
        (tried(name=ago(100), device=ago(0)), False),
        (tried(name=ago(10**6), device=ago(99, 900)), False),
        (tried(name=ago(100), device=ago(100, 900)), True),
    ],
)
def test_the_cap_refuses_passwords_but_in_a_known_device(case: Tried, *, capped: bool) -> None:
    assert verdict(case, NOW).capped is capped
    assert verdict(case, NOW).allowed is not capped


@pytest.mark.parametrize(("hours", "counts"), [(0, 7), (23.99, 7), (24, 0), (48, 0)])
def test_an_address_is_forgotten_after_a_day_without_a_failure(hours: float, counts: int) -> None:
    assert current(ago(7, hours * 3600), NOW).count == counts
