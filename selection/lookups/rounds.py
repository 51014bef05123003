"""Lookups shared by the services of rounds: the locked round, the check that it is open, and candidates."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db.models import Count, Q, QuerySet

from cpc.accounts.models import Agency, User
from indicators.models import Country
from selection.models import Candidate, PoolReason, SelectionRound

IN_POOL = Q(candidates__excluded_because=PoolReason.CANDIDATE)


def locked(selection_round: SelectionRound) -> SelectionRound:
    """Return the round as it is now, locked until the transaction ends.

    The lock allows other transactions to insert rows with a foreign key to the round.
    """
    return SelectionRound.objects.select_for_update(of=("self",), no_key=True).get(pk=selection_round.pk)


def open_to_change(selection_round: SelectionRound) -> SelectionRound:
    """Return the locked round. Raise `ValidationError` `round_closed` if it is decided or archived."""
    found = locked(selection_round)
    if not found.is_open:
        raise ValidationError(
            f"{found} is {found.get_state_display().lower()}, so you can't change it.", code="round_closed"
        )
    return found


def rounds(user: User) -> QuerySet[SelectionRound]:
    """Return the rounds that an account may see, newest first, with the size of their pools."""
    return (
        SelectionRound.objects.visible_to(user)
        .select_related("model", "opened_by")
        .annotate(pool_size=Count("candidates", filter=IN_POOL, distinct=True))
        .order_by("-fiscal_year", "-pk")
    )


def countries_by_code() -> dict[str, str]:
    return dict(Country.objects.states().values_list("code", "name"))


def candidate_of(user: User, pk: int, code: str) -> Candidate | None:
    """Return one country of a round, or None if the account may see no such country."""
    rows = Candidate.objects.visible_to(user).select_related("country", "round__model")
    return rows.filter(round=pk, country__code=code).first()


def statutory_consultees() -> list[Agency]:
    """Return the agencies that the statute requires to be consulted.

    An agency that was closed is replaced by its successor.
    """
    agencies = {agency.pk: agency for agency in Agency.objects.all()}
    found: dict[int, Agency] = {}
    for agency in agencies.values():
        while agency.statutory and not agency.is_active and agency.successor_id is not None:
            follower = agencies[agency.successor_id]
            follower.statutory = True  # replaces the agency that the statute names; not saved
            agency = follower
        if agency.statutory and agency.is_active:
            found[agency.pk] = agency
    return sorted(found.values(), key=lambda agency: agency.name)
