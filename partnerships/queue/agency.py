"""Texts that an agency is asked to clear, in the queue of its accounts; they answer the office by email."""

from __future__ import annotations

from functools import cache
from urllib.parse import quote

from django.conf import settings

from cpc.site.queue import Category, Desk, Lane
from cpc.site.queue_rows import Branch, Branches, Row, Shown, own_agency
from cpc.web import formats
from partnerships.lookups.open_clearance import requests_to_answer
from partnerships.queue.branches import is_sample, run_here


def lanes(desk: Desk) -> list[Lane]:
    return _branches().lanes(desk)


@cache
def _branches() -> Branches:
    before = "version__partnership__"
    return Branches(
        [
            Branch(
                "clearance-answer",
                Category.ANSWERS,
                requests_to_answer().filter(run_here("version__partnership"), agency=own_agency()),
                _shown,
                subject=f"{before}country__name",
                due="due_on",
                since="asked_on",
                who="asked_by__name",
                facts={
                    "amendment": "version__amendment__number",
                    "version": "version__number",
                    "agency": "agency__name",
                    "is_sample": is_sample(before),
                },
            )
        ]
    )


def _shown(row: Row) -> Shown:
    number = row.facts["amendment"]
    text = f"amendment {number} to {row.subject}" if number else f"the instrument with {row.subject}"
    office = settings.OFFICE_EMAIL
    subject = quote(f"{row.facts['agency']}: {text}, version {row.facts['version']}")
    return Shown(
        f"Tell the TIP Office whether your agency clears {text}",
        f"mailto:{office}?subject={subject}",
        f"Version {row.facts['version']}, asked on {formats.day(row.since)}. Answer by email to {office}, and ask "
        "there for the text. No response never counts as clear.",
        "Write",
        "mail",
    )
