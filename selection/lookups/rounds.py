"""What the services of rounds share: the lock of the round, and that a decided one does not change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db.models import Count, Q, QuerySet

from cpc.accounts.models import Agency, User
from indicators.models import Country
from selection.models import (
    Candidate,
    PoolReason,
    SelectionRound,
)

if TYPE_CHECKING:
    from selection.models import Candidate, SelectionRound

IN_POOL = Q(candidates__excluded_because=PoolReason.CANDIDATE)


def locked(selection_round: SelectionRound) -> SelectionRound:
    """The round as it is now, locked until the transaction ends; foreign keys may point at it meanwhile."""
    return SelectionRound.objects.select_for_update(of=("self",), no_key=True).get(pk=selection_round.pk)


def open_to_change(selection_round: SelectionRound) -> SelectionRound:
    """The locked round. Raises `ValidationError` `round_closed` once it is decided."""
    found = locked(selection_round)
    if not found.is_open:
        raise ValidationError(
            f"{found} is {found.get_state_display().lower()} and does not change.", code="round_closed"
        )
    return found


def rounds(user: User) -> QuerySet[SelectionRound]:
    """The rounds an account sees, newest first, with the size of their pools."""
    return (
        SelectionRound.objects.visible_to(user)
        .select_related("model", "opened_by")
        .annotate(pool_size=Count("candidates", filter=IN_POOL, distinct=True))
        .order_by("-fiscal_year", "-pk")
    )


def find_round(user: User, pk: int) -> SelectionRound | None:
    """One round, or None where there is none that this account sees."""
    return rounds(user).filter(pk=pk).first()


def countries_by_code() -> dict[str, str]:
    """The name of every country proper by its code."""
    return dict(Country.objects.states().values_list("code", "name"))


def candidate_of(user: User, pk: int, code: str) -> Candidate | None:
    """One country of a round, or None where there is none that this account sees."""
    rows = Candidate.objects.visible_to(user).select_related("country", "round__model")
    return rows.filter(round=pk, country__code=code).first()


def statutory_consultees() -> list[Agency]:
    """Whom the statute names and who is consulted now: an agency that closed is followed to its successor."""
    agencies = {agency.pk: agency for agency in Agency.objects.all()}
    found: dict[int, Agency] = {}
    for agency in agencies.values():
        while agency.statutory and not agency.is_active and agency.successor_id is not None:
            follower = agencies[agency.successor_id]
            follower.statutory = True  # in place of the one that the statute names; not saved
            agency = follower
        if agency.statutory and agency.is_active:
            found[agency.pk] = agency
    return sorted(found.values(), key=lambda agency: agency.name)
