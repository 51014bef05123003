"""Signatures of partnerships, and the day by which data must be published to count before a signature."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Signature:
    country: str
    title: str
    day: dt.date

    def to_dict(self) -> dict[str, str]:
        return {"country": self.country, "title": self.title, "day": self.day.isoformat()}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Read a signature. Raise `KeyError` or `ValueError` for data of another shape."""
        return cls(data["country"], data["title"], dt.date.fromisoformat(data["day"]))


def cutoff_of(signed: dt.date, shift: int = 0) -> dt.date:
    """Return the end of the year before a signature, or of `shift` years earlier."""
    return dt.date(signed.year - 1 - shift, 12, 31)


Signatures = Callable[[], Sequence[Signature]]
_signatures: list[Signatures] = []


def register_signatures(tell: Signatures) -> None:
    """Register a function that returns the signatures of all partnerships that ever came into force."""
    if tell not in _signatures:
        _signatures.append(tell)


def signatures() -> tuple[Signature, ...]:
    """Return the signatures of all partnerships that ever came into force, as the record has them now, in order."""
    registered = (signature for tell in _signatures for signature in tell())
    return tuple(sorted(registered, key=lambda signature: (signature.day, signature.country, signature.title)))
