"""Clearance in the queue: amendments whose text something stops, and offices that the sender waits for."""

from __future__ import annotations

from cpc.site.queue import Category
from cpc.site.queue_rows import Branch, Row, Shown, account
from cpc.web import formats
from partnerships.lookups.open_clearance import (
    amendments_stopped,
    clearance_stop,
    in_clearance_since,
    requests_to_answer,
    stop_count,
)
from partnerships.queue.branches import of_partnership, page, run_here

STOPS = {
    "clearance_text": "No office was asked to clear the text yet.",
    "clearance_language": "The text in one of its languages is missing.",
    "legal_review": "The Legal Adviser has made no finding on the text.",
    "clearance_not_asked": "No office is asked to clear the text.",
    "terms_changed": "The terms of the record changed after the text was sent. Add a version of the text.",
    "clearance_silence": "An office has not answered. Remind it, or ask an approver to go on without it.",
    "does_not_clear": "An office does not clear the text. Answer its point, or change the text.",
}
"""Why a signature has to wait, by code of `cpc_clearance_stop`."""


def text_of(row: Row) -> str:
    """Return which text a row is about, from its fact `number`."""
    return f"amendment {row.facts['number']}" if row.facts["number"] else "the instrument"


def points(row: Row) -> str:
    """Return what stops the signature: how many points if they are several, and the first of them."""
    count, first = row.facts["stops"], STOPS[row.facts["stop"]]
    return first if count < 2 else f"{formats.spell_out(count, 'point stops', 'points stop')} the signing. {first}"


def amendment_texts() -> Branch:
    """Return the amendments whose text was sent for clearance and can't be signed yet."""
    return of_partnership(
        "amendment-clear", Category.FOLLOW_UP, amendments_stopped().filter(run_here()),
        lambda row: Shown(
            f"Complete the clearance of amendment {row.facts['number']} to {row.subject}",
            page("partnership-clearance-text", row.partnership, row.facts["number"]),
            points(row), "Open", "edit",
        ),
        since=in_clearance_since(),
        facts={"number": "number", "stop": clearance_stop("partnership", "pk"), "stops": stop_count()},
    )  # fmt: skip


def offices_asked() -> Branch:
    """Return the offices that an account asked to clear a text, and that have not answered."""
    return of_partnership(
        "clearance-asked", Category.FOLLOW_UP, requests_to_answer().filter(run_here("version__partnership"),
        asked_by=account()),
        lambda row: Shown(
            f"{row.subject}, clearance of {text_of(row)}",
            page("partnership-clearance-request", row.partnership, row.facts["number"] or 0, row.id),
            "", "Open", "mail",
        ),
        prefix="version__partnership", due="due_on", since="asked_on", who="agency__name",
        facts={"number": "version__amendment__number"},
    )  # fmt: skip
