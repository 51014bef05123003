"""What the services of rounds share: the lock of the round, and that a decided one does not change."""

from __future__ import annotations

from django.core.exceptions import ValidationError

from selection.models import SelectionRound


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
