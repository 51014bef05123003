"""Publication day of an edition, and the source of that day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from cpc.web import formats
from indicators.models import Import
from indicators.sources.base import Problem, ReadResult, Reason, Severity, SourceSpec

ENTERED = "Entered by "
"""Prefix of `dated_by` for a day that a person entered."""

RECEIPT = "Date of receipt, which is earlier than the date by the source's rule"


@dataclass(frozen=True, slots=True)
class Dated:
    """Day of publication with its source; both are empty if nothing dates the edition."""

    published_on: date | None = None
    dated_by: str = ""


def date_edition(
    spec: SourceSpec, result: ReadResult, *, entered: Dated | None = None, received: date | None = None
) -> Dated:
    """Return the publication day of an edition, with its source.

    The day in the file takes precedence, then the day that a person entered, then the day by the source's rule. An
    edition cannot be received before it is published, so a rule gives no day after that of receipt.
    """
    if result.published_on is not None:
        return Dated(result.published_on, result.dated_by)
    if entered is not None and entered.published_on is not None:
        return entered
    day, because = spec.dating.edition_day(result.edition, result.edition_rank)
    if day is None:
        return Dated()
    if received is not None and received < day:
        return Dated(received, RECEIPT)
    return Dated(day, because[:300])


def entered_day(published_on: date | None, *, by: str, remark: str) -> Dated:
    if published_on is None:
        return Dated()
    return Dated(published_on, f"{ENTERED}{by}{f': {remark}' if remark else ''}"[:300])


def stored_entry(batch: Import) -> Dated:
    """Return the day that a person entered at an earlier reading of the file."""
    return Dated(batch.published_on, batch.dated_by) if batch.dated_by.startswith(ENTERED) else Dated()


def contradiction(result: ReadResult, entered: Dated) -> list[Problem]:
    """Warn if a person entered a different day than the file gives."""
    if result.published_on is None or entered.published_on in (None, result.published_on):
        return []
    message = (
        f"The file gives {formats.day(result.published_on)} as its publication date; "
        f"{formats.day(entered.published_on)} was entered. The file's date is used."
    )
    return [Problem(Severity.WARNING, Reason.INCONSISTENT, message, rows=0)]
