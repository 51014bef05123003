"""Filters of the templates of a notification and of the annual report, and the sentences that both print."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from cpc.files.word_documents import Filters
from cpc.web import formats
from partnerships.models import Partnership

CLASSIFICATION = "UNCLASSIFIED"
SAMPLE = "Sample for demonstration: no country, money, or result in it is real."


def sample_note(*, is_sample: bool) -> str:
    return SAMPLE if is_sample else ""


def day(value: date | None) -> str:
    """Return a day as a document has it: "November 17, 2026"."""
    if value is None:
        return "[date]"
    if not isinstance(value, date):
        raise TypeError("“|day” shows a day")
    return f"{value:%B} {value.day}, {value.year}"


def dollars(amount: Decimal | None) -> str:
    """Return U.S. dollars, with cents only if there are any: "$400,000", "$1,234.50"."""
    if amount is None:
        return "[amount]"
    if not isinstance(amount, Decimal):
        raise TypeError("“|dollars” shows an amount of U.S. dollars")
    return formats.dollars(amount).removesuffix(".00")


def term_of(partnership: Partnership) -> str:
    """Return the term as the rest of a sentence, or that it isn't set."""
    if partnership.starts_on is None or partnership.ends_on is None:
        return "[term not set]"
    return f"{day(partnership.starts_on)}, to {day(partnership.ends_on)}"


FILTERS: Filters = {"day": day, "dollars": dollars}
