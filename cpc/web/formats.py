"""Formats of numbers, dates, and missing values.

Pure: pages, exports, and charts share one format. Figures use a true minus sign (U+2212) and commas for thousands. A
value that is not measured is an en dash, never a zero and never a blank.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Mapping, Sequence
from decimal import ROUND_HALF_EVEN, Decimal

Number = int | float | Decimal

DASH = "\N{EN DASH}"
MINUS = "\N{MINUS SIGN}"

# The label for readers, when it applies, its effect on the score. The key is the value in a file.
MISSING_LABELS: Mapping[str, tuple[str, str, str]] = {
    "not_rated": ("Not rated", "An analyst has not rated it yet", "Left out; the others in its group share its weight"),
    "not_collected": ("No estimate", "The publisher covers the country but gives no value", "Left out; lowers “known”"),
    "not_yet_published": ("Not yet published", "The edition has not been released", "Left out; lowers “known”"),
    "not_applicable": (
        "Not applicable",
        "No scorecard above the income ceiling",
        "Left out of the score and of “known”",
    ),
    "suppressed": ("Withheld", "A count under 5, or a determination under 22 U.S.C. 2394c(b)(3)", DASH),
    "special_case": ("Special Case", "The TIP Report does not rank the country", "Not ranked"),
    "unknown": ("Not found", "No public figure, as for some award amounts", DASH),
    "not_listed": ("Not listed", "The TIP Report has no tier for the country", "Not ranked"),
    "not_loaded": ("None loaded", "No file with this value has been published here yet", "Left out; lowers “known”"),
    "stale": ("Old", "Older than the criterion allows", "Carried or left out, depending on the model"),
}


def _decimal(value: Number) -> Decimal:
    """Return the value as a Decimal of the digits a reader would see; a float in its shortest form.

    Raises `ValueError` if it is not finite.
    """
    exact = value if isinstance(value, Decimal) else Decimal(repr(value) if isinstance(value, float) else value)
    if not exact.is_finite():
        raise ValueError(f"{value!r} is not a number that can be shown; give None for a value that is not known.")
    return exact


def number(value: Number | None, places: int | None = 0) -> str:
    """Return `1234.5` with one decimal as "1,234.5", a negative with a true minus.

    `places=None` preserves the digits given. Raises `ValueError` if the value is not finite.
    """
    if value is None:
        return DASH
    exact = _decimal(value)
    if places is not None:
        exact = exact.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_EVEN)
    text = f"{abs(exact):,f}"
    return f"{MINUS}{text}" if exact < 0 else text


def signed(value: Number | None, places: int = 0) -> str:
    """Return a change with its sign in both directions: "+3"; "0" has none."""
    text = number(value, places)
    return f"+{text}" if value is not None and any(c in "123456789" for c in text) and value > 0 else text


def share(value: Number | None) -> str:
    """Return a share between 0 and 1 as a percentage: no decimals, but one below 10%."""
    return DASH if value is None else percent(_decimal(value) * 100)


def percent(value: Number | None) -> str:
    """Return a value in percent: no decimals, but one below 10%, with its sign."""
    if value is None:
        return DASH
    exact = _decimal(value)
    return f"{number(exact, 1 if 0 < abs(exact) < 10 else 0)}%"


def chance(value: Number | None, *, prose: bool = False, limits: Collection[float] = ()) -> str:
    """Return a share of draws as a whole percentage, "<1%" and ">99%" at the ends: draws can't prove never or always.

    It has a decimal if rounding would move it across one of the `limits`: 0.795 is "79.5%" near a limit of 0.8. Raises
    `ValueError` outside 0 to 1.
    """
    if value is None:
        return DASH
    exact = _decimal(value)
    if not 0 <= exact <= 1:
        raise ValueError(f"{value!r} is not a share of draws; use a number from 0 to 1.")
    whole = int((exact * 100).quantize(Decimal(1), rounding=ROUND_HALF_EVEN))
    if exact < Decimal("0.01"):
        return "under 1%" if prose else "<1%"
    if exact > Decimal("0.99"):
        return "over 99%" if prose else ">99%"
    if any((100 * exact >= bound) != (whole >= bound) for bound in (_decimal(limit) * 100 for limit in limits)):
        return f"{number(100 * exact, 1)}%"
    return f"{whole}%"


def money(value: Number | None) -> str:
    """Return U.S. dollars for charts and lists: "$9.6M", "$921,760"; a minus precedes the dollar sign."""
    if value is None:
        return DASH
    size, sign = abs(_decimal(value)), MINUS if value < 0 else ""
    for unit, suffix in ((10**9, "B"), (10**6, "M")):
        if size >= unit:
            return f"{sign}${number(size / unit, 1)}{suffix}"
    return f"{sign}${number(size)}"


def dollars(value: Number | None) -> str:
    """Return U.S. dollars to the cent for ledgers, forms, and errors: "$9,600,000.00"."""
    if value is None:
        return DASH
    return f"{MINUS if value < 0 else ''}${number(abs(_decimal(value)), 2)}"


def day(value: dt.date | None) -> str:
    """Return a date: "Nov 24, 2026". A date with a time is shown by its UTC date."""
    if value is None:
        return DASH
    value = _utc(value)
    return f"{value:%b} {value.day}, {value.year}"


_ISO_DAY = re.compile(r"(?<![\w-])(\d{4}-\d{2}-\d{2})(?![\w-])")
_USD = re.compile(r"\bUSD (?=\d)")
_QUOTED = re.compile(r"(“[^”]*”)")


def as_shown(text: str) -> str:
    """Return the sentence of a rule, which programs read too, with days and dollars as pages print them.

    What it quotes stays as somebody wrote it. Errors of forms and sheets, and findings on pages, pass through here.
    """

    def shown(match: re.Match[str]) -> str:
        try:
            return day(dt.date.fromisoformat(match[1]))
        except ValueError:
            return match[1]

    parts = _QUOTED.split(text)
    parts[::2] = [_USD.sub("$", _ISO_DAY.sub(shown, part)) for part in parts[::2]]
    return "".join(parts)


def deadline(value: dt.date | None) -> str:
    """Return a date in a list of deadlines: "Fri, Dec 4"."""
    if value is None:
        return DASH
    value = _utc(value)
    return f"{value:%a, %b} {value.day}"


def moment(value: dt.datetime | None) -> str:
    """Return a time of the data: "Nov 24, 2026, 09:00 UTC".

    Raises `ValueError` if it has no time zone.
    """
    return DASH if value is None else f"{day(value)}, {time(value)}"


def time(value: dt.datetime) -> str:
    """Return a time without its day: "09:00 UTC".

    Raises `ValueError` if it has no time zone.
    """
    if value.tzinfo is None:
        raise ValueError(f"{value!r} has no time zone; give an aware datetime.")
    return f"{value.astimezone(dt.UTC):%H:%M} UTC"


def relative_day(value: dt.date | None, today: dt.date) -> str:
    """Write the distance to a day: "in 10 days", "today", "yesterday", "2 days ago".

    Today is given, never taken from a clock.
    """
    if value is None:
        return DASH
    days = (_plain_date(value) - _plain_date(today)).days
    if days in (-1, 0, 1):
        return {-1: "yesterday", 0: "today", 1: "tomorrow"}[days]
    return f"in {days:,} days" if days > 0 else f"{-days:,} days ago"


def late_by(due_on: dt.date, today: dt.date) -> str:
    """Return how late something unfinished is: "Late by 1 day", or "" until the end of its due day."""
    days = (_plain_date(today) - _plain_date(due_on)).days
    return f"Late by {count_of(days, 'day')}" if days > 0 else ""


def fiscal_year(value: int | None) -> str:
    return DASH if value is None else f"FY {value}"


def span(low: str, high: str, *, prose: bool = False) -> str:
    """Return a range of two formatted figures: "2 to 14" in prose, with an en dash in a cell."""
    if low == high:
        return low
    return f"{low} to {high}" if prose else f"{low}{DASH}{high}"


def missing(reason: str, year: int | None = None) -> str:
    """Return the text for a missing value; raise `ValueError` for an unknown reason."""
    try:
        word = MISSING_LABELS[reason][0]
    except KeyError:
        known = ", ".join(MISSING_LABELS)
        raise ValueError(f"{reason!r} is not a reason for a missing value; use one of {known}.") from None
    return f"{word}: {year}" if year is not None else word


def plain(value: object) -> str:
    """Return the value of a field for display: yes or no, an en dash for no value, else text.

    Values of a list, or of named parts, are joined by commas.
    """
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(map(plain, value)) or DASH
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {plain(part)}" for name, part in value.items()) or DASH
    return DASH if value is None or value == "" else str(value)


def count_of(count: Number, one: str, many: str = "") -> str:
    """Return a count with its noun: "1 year", "1,500 years"; `many` if the plural is not `one` with an s."""
    whole = int(count)
    return f"{number(whole if whole == count else count, None)} {agree(count, one, many or f'{one}s')}"


def agree(count: Number, one: str, many: str) -> str:
    """Return the form of a word that agrees with a count: "is" or "are", "its" or "their"."""
    return one if count == 1 else many


def with_article(noun: str) -> str:
    """Return a noun with its article: "a risk", "an objective"."""
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"


def listing(items: Sequence[str], last: str = "and", most: int | None = None) -> str:
    """Return "A, B and C".

    With `most`, items beyond it are counted: "A, B and 5 more". A single one beyond it is named, since "1 more" would
    be no shorter.
    """
    if most is not None and len(items) > most + 1:
        items = [*items[:most], f"{len(items) - most} more"]
    return "".join(items) if len(items) < 2 else f"{', '.join(items[:-1])} {last} {items[-1]}"


def spell_out(value: int, one: str = "", many: str = "") -> str:
    """Return a count for the start of a sentence: "No", "One" to "Nine", digits from ten on.

    `one` and `many` are the text after it that agrees with the count: "One note is", "Three notes are".
    """
    numerals = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine")
    numeral = numerals[value] if 0 <= value < len(numerals) else number(value)
    return f"{numeral} {agree(value, one, many)}" if one else numeral


def _utc(value: dt.date) -> dt.date:
    return value.astimezone(dt.UTC) if isinstance(value, dt.datetime) and value.tzinfo else value


def _plain_date(value: dt.date) -> dt.date:
    value = _utc(value)
    return value.date() if isinstance(value, dt.datetime) else value
