"""Cells of the rating grid as a rater leaves them: compared with the rating on record, and checked. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from cpc.text import without_hidden
from selection.evidence.evidence_options import key_of
from selection.models import STEPS, Rating
from selection.ratings.services import revision_of

NONE_FOUND = "n"
"""Entry for a cell on which the evidence is insufficient."""

_STEP = re.compile(rf"([0-{STEPS}])(?:\.0+)?")
_WITH_REASON = re.compile(r"\s*(\S+?)\s*:\s+(\S.*)", re.DOTALL)


class CellKey(NamedTuple):
    """A cell: the country's code and the criterion. Its text names the fields of the form."""

    code: str
    criterion: str

    def __str__(self) -> str:
        return f"{self.code}.{self.criterion}"


@dataclass(frozen=True, slots=True)
class Entry:
    """A cell as the rater left it.

    `evidence` are keys of offers, `seen` is the revision of the rating that the page showed, and `refused` the error of
    the last attempt to save it.
    """

    key: CellKey
    text: str
    reason: str = ""
    evidence: tuple[str, ...] = ()
    document: str = ""
    seen: str = "0"
    refused: str = ""

    @property
    def is_step_or_none(self) -> bool:
        return self.text == NONE_FOUND or self.step is not None

    @property
    def step(self) -> int | None:
        """Return the step; None for “no evidence found”, an empty cell, and a text that is no step."""
        found = _STEP.fullmatch(self.text)
        return int(found[1]) if found else None

    @property
    def has_evidence(self) -> bool:
        return bool(self.evidence or self.document)

    def matches(self, other: Entry) -> bool:
        return (self.text, self.reason, set(self.evidence), self.document) == (
            other.text,
            other.reason,
            set(other.evidence),
            other.document,
        )

    def completed(self, reason: str, document: str) -> Entry:
        """Return the entry with a reason and a document for all cells, where it lacks them."""
        if not self.is_step_or_none:
            return self
        needs_document = self.step is not None and not self.has_evidence
        return replace(
            self, reason=self.reason or reason, document=document if needs_document and document else self.document
        )

    def as_json(self) -> dict[str, Any]:
        return {
            "cell": [*self.key],
            "text": self.text,
            "reason": self.reason,
            "evidence": [*self.evidence],
            "document": self.document,
            "seen": self.seen,
            "refused": self.refused,
        }

    @classmethod
    def from_json(cls, row: dict[str, Any]) -> Entry:
        rest = {name: row[name] for name in ("text", "reason", "document", "seen", "refused")}
        return cls(CellKey(*row["cell"]), evidence=tuple(row["evidence"]), **rest)


def tidy(text: str) -> str:
    """Return the text of a cell as it is stored: a step without decimals, n in lower case, anything else as typed."""
    stripped = one_line(text)
    if stripped.lower() == NONE_FOUND:
        return NONE_FOUND
    found = _STEP.fullmatch(stripped)
    return found[1] if found else stripped


def split_reason(text: str) -> tuple[str, str]:
    """Return the step and the reason of a pasted cell such as “3: Shelters are funded.”; the reason may be empty."""
    found = _WITH_REASON.fullmatch(text)
    if found and (_STEP.fullmatch(found[1]) or found[1].lower() == NONE_FOUND):
        return tidy(found[1]), found[2].strip()
    return tidy(text), ""


def one_line(text: str) -> str:
    """Return a text on one line, without invisible characters."""
    return " ".join(without_hidden(text).split())


def plain_lines(text: str) -> str:
    """Return a text as forms compare it: with one kind of line ends, without invisible characters."""
    return without_hidden(text).strip().replace("\r\n", "\n")


def text_of(rating: Rating | None) -> str:
    if rating is None:
        return ""
    return NONE_FOUND if rating.step is None else str(rating.step)


def entry_of(key: CellKey, rating: Rating | None) -> Entry:
    """Return the cell as it is on record."""
    if rating is None:
        return Entry(key, "")
    links = list(rating.evidence.all())
    return Entry(
        key,
        text_of(rating),
        reason=plain_lines(rating.rationale),
        evidence=tuple(key_of(link) for link in links if not link.document),
        document="; ".join(link.document for link in links if link.document),
        seen=revision_of(rating),
    )


class EntryFault(NamedTuple):
    """Why a cell can't be saved as it is; `code` is what it lacks: `step`, `changed`, `reason`, `evidence`, or `other`.

    `message` follows the name of the cell: “Nepal, child strategy: …”.
    """

    code: str
    message: str


def fault_of(entry: Entry, own: Rating | None) -> EntryFault | None:
    """Return what the cell lacks; `own` is the rating on record. None for one that can be saved."""
    if entry.text and not entry.is_step_or_none:
        return EntryFault("step", f"{entry.text} is not a step. Use 0 to {STEPS}, or {NONE_FOUND}.")
    if entry.seen != revision_of(own):
        now = f"rated it {text_of(own)}" if own else "withdrew the rating"
        return EntryFault(
            "changed", f"you {now} in another window. What you wrote is still here; save again to put it on record."
        )
    if entry.refused:
        return EntryFault("other", entry.refused)
    return next(_lacks(entry, own), None)


def _lacks(entry: Entry, own: Rating | None) -> Iterator[EntryFault]:
    if not entry.text:
        if own is None:
            yield EntryFault("step", f"it has a reason or evidence, but no step. Use 0 to {STEPS}, or {NONE_FOUND}.")
        elif not entry.reason.strip() or entry.reason == plain_lines(own.rationale):
            yield EntryFault("reason", "to withdraw your rating, write why instead of its reason.")
    else:
        needs_evidence = entry.step is not None and not entry.has_evidence
        if needs_evidence and not entry.reason.strip():
            yield EntryFault("evidence", "needs evidence and a reason.")
        elif needs_evidence:
            yield EntryFault("evidence", "needs evidence: a sentence, a fact, or a document.")
        elif not entry.reason.strip():
            yield EntryFault("reason", "needs a reason. One sentence is enough.")
