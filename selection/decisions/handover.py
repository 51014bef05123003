"""Sequels of a round's decisions.

The partnerships app registers a provider; this app depends on none.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from cpc.accounts.models import User
from cpc.findings import Finding, Severity
from selection.models import Candidate


@dataclass(frozen=True, slots=True)
class Sequel:
    """Sequel of a decision, or an offer to start one (`is_offer`): link text and URL.

    `note` describes its status; `outlived` is True if the decision that it came from was superseded.
    """

    label: str
    url: str
    note: str = ""
    is_offer: bool = False
    outlived: bool = False


Tell = Callable[[Sequence[Candidate], User], Mapping[int, Sequence[Sequel]]]
_tellers: list[Tell] = []


def register_sequels(tell: Tell) -> None:
    """Register a provider of sequels: by candidate key, as an account sees them."""
    if tell not in _tellers:
        _tellers.append(tell)


def sequels(candidates: Sequence[Candidate], user: User) -> dict[int, list[Sequel]]:
    """Return the sequels of the decisions on candidates of one round, in a fixed number of queries."""
    by_candidate: dict[int, list[Sequel]] = {candidate.pk: [] for candidate in candidates}
    for tell in _tellers:
        for key, records in tell(candidates, user).items():
            by_candidate[key] += records
    return by_candidate


def sequel_findings(candidate: Candidate, user: User) -> list[Finding]:
    """Warn of sequels that rest on the decision to be superseded.

    The warning does not block.
    """
    return [
        Finding(
            "sequel_stays",
            Severity.WARNING,
            f"{sequel.label} resulted from the recorded decision ({sequel.note}). A new decision does not change "
            f"it, but the people who run it see that its decision was superseded.",
        )
        for sequel in sequels([candidate], user)[candidate.pk]
        if not sequel.is_offer
    ]
