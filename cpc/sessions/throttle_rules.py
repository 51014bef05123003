"""The rule of failed sign-ins: who waits, how long, and when passwords are refused.

Failures are counted per user name and address, per known device, per address, and per user name. A stranger's failures
make the stranger wait. They never make a known device wait, nor another address, until the account has 100 failures in
a row (NIST SP 800-63B); from then on, only known devices can use the password.

Codes of a second factor are counted per account, from everywhere: whoever tries one knows the password.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

CAP = 100
"""Failures in a row of one account after which its password is refused (NIST SP 800-63B, rate limiting)."""
FREE = 4
"""Failures in a row at one address or device after which the next one makes it wait."""
FREE_AT_ADDRESS = 49
"""The same for one address with any user name. An office may share one address."""
FIRST_WAIT = dt.timedelta(seconds=30)
LONGEST_WAIT = dt.timedelta(minutes=15)
FORGOTTEN_AFTER = dt.timedelta(hours=24)
"""Time without a failure after which those of an address or device no longer count. Those of an account always do."""


@dataclass(frozen=True, slots=True)
class Failures:
    """Failures in a row, and when the last one was."""

    count: int = 0
    last_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Tried:
    """Earlier failures that a sign-in is judged by. `device` is None for a device that is not known."""

    name_at_address: Failures
    address: Failures
    name: Failures
    device: Failures | None = None

    @property
    def from_known_device(self) -> bool:
        """Return whether the device counts as known: after too many failures of its own, it no longer does."""
        return self.device is not None and self.device.count < CAP


@dataclass(frozen=True, slots=True)
class Verdict:
    """The rule's answer: how long to wait, and whether passwords are refused until the owner lifts that."""

    wait: dt.timedelta = dt.timedelta()
    capped: bool = False

    @property
    def allowed(self) -> bool:
        return not self.capped and not self.wait


def wait_after(failures: int, free: int = FREE) -> dt.timedelta:
    """Return the wait after so many failures in a row: none at first, then 30 s, doubled each time up to 15 minutes."""
    if failures <= free:
        return dt.timedelta()
    doublings: int = 2 ** min(failures - free - 1, 10)
    return min(FIRST_WAIT * doublings, LONGEST_WAIT)


def verdict(tried: Tried, now: dt.datetime) -> Verdict:
    """Return whether a password may be tried at `now`."""
    if tried.device is not None and tried.from_known_device:
        return Verdict(_left(tried.device, FREE, now))
    if tried.name.count >= CAP:
        return Verdict(capped=True)
    return Verdict(max(_left(tried.name_at_address, FREE, now), _left(tried.address, FREE_AT_ADDRESS, now)))


def verdict_on_code(codes: Failures, now: dt.datetime) -> Verdict:
    """Return whether a code of an account may be tried at `now`, after these failures."""
    return Verdict(capped=True) if codes.count >= CAP else Verdict(_left(codes, FREE, now))


def _left(failures: Failures, free: int, now: dt.datetime) -> dt.timedelta:
    """Return how long to wait still."""
    wait = wait_after(failures.count, free)
    return max(failures.last_at + wait - now, dt.timedelta()) if failures.last_at and wait else dt.timedelta()


def current(failures: Failures, now: dt.datetime) -> Failures:
    """Return the failures of an address or device that still count at `now`."""
    is_over = failures.last_at is not None and now - failures.last_at >= FORGOTTEN_AFTER
    return Failures() if is_over else failures
