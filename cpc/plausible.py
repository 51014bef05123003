"""Bounds of plausible days. Pure.

A day outside is a typing error: the statute is of 2013, and no plan extends into the next century.
"""

from __future__ import annotations

from datetime import date

FIRST_DAY, LAST_DAY = date(1990, 1, 1), date(2099, 12, 31)
CODE = "implausible_day"
MESSAGE = "Enter a date from Jan 1, 1990 to Dec 31, 2099."
PATTERN = (
    r"^((199\d|20\d\d)-((0[13578]|1[02])-(0[1-9]|[12]\d|3[01])|(0[469]|11)-(0[1-9]|[12]\d|30)|02-(0[1-9]|1\d|2[0-8]))"
    r"|(199[26]|20([02468][048]|[13579][26]))-02-29)$"
)
"""Bounds of days as ISO text, for the schema of the REST interface."""


def is_plausible(day: date) -> bool:
    return FIRST_DAY <= day <= LAST_DAY
