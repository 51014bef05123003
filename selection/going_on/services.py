"""Going on with the candidates on which every agency has answered."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.audit.audited_writes import require
from cpc.grouping import grouped
from cpc.web import formats
from selection.consultation.queries import owed_in
from selection.lookups.rounds import open_to_change
from selection.models import Candidate, SelectionRound
from selection.rounds.services import move_candidate, take_round_step


@transaction.atomic
def go_on_with_complete(
    *, selection_round: SelectionRound, actor: User, today: dt.date | None = None
) -> tuple[SelectionRound, list[Candidate]]:
    """Take the candidates with missing answers out of the pool, with the reason, and begin to deliberate on the others.

    Needs no consent, because no agency loses time or its say. Returns the round and the candidates set aside, which the
    office can put back. Raises `ValidationError` with `nothing_missing`, `none_complete`, or the codes of the step.
    """
    require(actor, Permission.RUN_ROUNDS)
    found = open_to_change(selection_round)
    day = today or timezone.now().date()
    missing = grouped((cell for cell in owed_in(found, day) if cell.is_waited_for), lambda cell: cell.candidate.pk)
    if not missing:
        raise ValidationError("No answer is missing: every candidate is complete.", code="nothing_missing")
    if found.candidates.in_pool().count() == len(missing):
        raise ValidationError("No candidate is complete: an answer is missing on each.", code="none_complete")
    set_aside = []
    for cells in missing.values():
        agencies = formats.listing([cell.request.agency.short for cell in cells])
        has = formats.agree(len(cells), "has", "have")
        reason = f"Set aside when the round went on: {agencies} {has} not answered."
        set_aside.append(move_candidate(candidate=cells[0].candidate, into_pool=False, reason=reason, actor=actor))
    return take_round_step(selection_round=found, name="deliberate", actor=actor, on=day), set_aside
