"""What became of the decisions of a round. The app of partnerships registers its answer; this app knows none."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from cpc.accounts.models import User
from cpc.findings import Finding, Severity
from selection.models import Candidate


@dataclass(frozen=True, slots=True)
class Sequel:
    """What came of the decision on a candidate, or may come of it where `is_offer`: words for a link, and its address.

    `note` says how it stands; `outlived` that the decision it came from was superseded.
    """

    label: str
    url: str
    note: str = ""
    is_offer: bool = False
    outlived: bool = False


Tell = Callable[[Sequence[Candidate], User], Mapping[int, Sequence[Sequel]]]
_tellers: list[Tell] = []


def register_sequels(tell: Tell) -> None:
    """Register who knows what came of decisions: sequels by the key of the candidate, as an account sees them."""
    if tell not in _tellers:
        _tellers.append(tell)


def sequels(candidates: Sequence[Candidate], user: User) -> dict[int, list[Sequel]]:
    """What came, or may come, of the decisions on some candidates of one round. A fixed number of queries."""
    found: dict[int, list[Sequel]] = {candidate.pk: [] for candidate in candidates}
    for tell in _tellers:
        for key, told in tell(candidates, user).items():
            found[key] += told
    return found


def sequel_findings(candidate: Candidate, user: User) -> list[Finding]:
    """What runs because of the decision that another one would supersede. It is said and bars nothing."""
    return [
        Finding(
            "sequel_stays",
            Severity.WARNING,
            f"{sequel.label} came from the decision on record ({sequel.note}). Another decision leaves it as it is; "
            "whoever runs it sees that its decision was superseded.",
        )
        for sequel in sequels([candidate], user)[candidate.pk]
        if not sequel.is_offer
    ]
