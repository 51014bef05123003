"""Columns of terms that change by amendment, and rules of each kind of amendment. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from cpc.findings import Finding
from partnerships.states import IN_FORCE

AMENDABLE: Mapping[str, tuple[str, ...]] = {
    "partnership": (
        "title",
        "starts_on",
        "ends_on",
        "focus_regions",
        "forms",
        "other_forms",
        "coordination_body",
        "overlap_reason",
    ),
    "participant": ("government", "name", "is_lead"),
    "objective": ("number", "title", "text", "paradigm", "system", "outcome", "withdrawn"),
    "responsibility": ("participant", "objective", "text", "due_on", "withdrawn"),
    "program": ("title", "description", "withdrawn"),
    "activity": ("objective", "program", "title", "planned_start", "planned_end", "withdrawn"),
    "milestone": ("title", "planned_on"),
    "mechanism": ("kind", "body", "procedure", "frequency", "withdrawn"),
    "dataplan": ("what", "institution", "system", "safeguards", "use", "withdrawn"),
    "sustainabilitystrategy": ("institution", "approach", "due_on", "withdrawn"),
}
"""The terms by model name, with the columns that only an amendment changes after signature."""

ADDED_WITH: Mapping[str, tuple[str, ...]] = {
    "participant": ("government", "name", "is_lead", "contact_office"),
    "objective": ("number", "title", "text", "paradigm", "system", "outcome"),
    "responsibility": ("participant", "objective", "text", "due_on"),
    "program": ("title", "description"),
    "activity": ("objective", "program", "title", "place", "implementer", "planned_start", "planned_end"),
    "milestone": ("activity", "title", "planned_on"),
    "mechanism": ("kind", "body", "procedure", "frequency"),
    "dataplan": ("what", "institution", "system", "safeguards", "use"),
    "sustainabilitystrategy": ("institution", "approach", "due_on"),
}
"""Columns that an amendment fills in terms that it adds."""

FIRST_DAY_FROZEN = (
    "The first day cannot change after the partnership enters into force. To fix a wrong date, draft "
    "an amendment of the kind “Correction” with the document that shows the right date. Another person must approve it."
)


@dataclass(frozen=True, slots=True)
class Effect:
    """Term and money before an amendment of a kind, and after it."""

    kind: str
    has_document: bool
    status: str
    status_as_of: date | None
    starts_on: date | None
    ends_on: date | None
    ends_on_then: date | None
    starts_on_then: date | None
    planned: Decimal
    planned_then: Decimal
    sets_amounts: bool


def open_for(kind: str, status: str) -> list[Finding]:
    """Require a correction once the partnership is over."""
    if status in IN_FORCE or kind == "correction":
        return []
    return [
        Finding.error("partnership_status", f"The partnership is {status}. Only a correction can be recorded.", "kind")
    ]


def has_whole_term(effect: Effect) -> list[Finding]:
    """Require a first and a last day, with the last day on or after the newest step."""
    if effect.starts_on_then is None or effect.ends_on_then is None:
        return [Finding.error("term_missing", "A signed partnership needs a first and a last day.", "ends_on")]
    if effect.status in IN_FORCE and effect.status_as_of is not None and effect.ends_on_then < effect.status_as_of:
        message = (
            f"The partnership has been {effect.status} since {effect.status_as_of}. It cannot end before that date."
        )
        return [Finding.error("ends_before_step", message, "ends_on")]
    return []


def leaves_first_day(effect: Effect) -> list[Finding]:
    """Require that the first day changes only as a correction with a document."""
    if effect.starts_on_then == effect.starts_on:
        return []
    return first_day_open(effect.kind, has_document=effect.has_document)


def first_day_open(kind: str, *, has_document: bool) -> list[Finding]:
    """Require a correction with a document to change the first day.

    `kind` is empty without an amendment.
    """
    if kind == "correction" and has_document:
        return []
    return [Finding.error("first_day_frozen", FIRST_DAY_FROZEN, "starts_on")]


def matches_its_kind(effect: Effect) -> list[Finding]:
    """Require the effect that the kind of amendment promises.

    An extension needs a later last day, a no-cost extension sets no amounts, and a top-up needs more money.
    """
    messages = []
    later = effect.ends_on is None or (effect.ends_on_then is not None and effect.ends_on_then > effect.ends_on)
    if effect.kind in ("extension", "no_cost_extension") and not later:
        messages.append(
            "An extension must move the last day of the term to a later date. Add that change, or draft another kind "
            "of amendment."
        )
    if effect.kind == "no_cost_extension" and effect.sets_amounts:
        messages.append("A no-cost extension can't change amounts. Draft an extension or a top-up instead.")
    if effect.kind == "top_up" and effect.planned_then <= effect.planned:
        messages.append(
            "A top-up must raise the amount that the United States plans. Enter a larger amount, or draft another "
            "kind of amendment."
        )
    return [Finding.error("amendment_kind", message, "kind") for message in messages]


def effect_findings(effect: Effect) -> list[Finding]:
    """Return the findings against an amendment, without those of the limits."""
    return [
        *open_for(effect.kind, effect.status),
        *leaves_first_day(effect),
        *has_whole_term(effect),
        *matches_its_kind(effect),
    ]
