"""Positions and requests in the inbox: the position and its reason, for those who may read them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.urls import reverse
from django.utils.text import Truncator

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.notifications import lines
from cpc.notifications.lines import Detail, DetailSource
from cpc.web import formats
from selection.consultation_notifications import ANSWERED, EXTENSION_ASKED
from selection.models import ConsultationRequest, Position, PositionValue, SelectionRound

LONGEST = 160
"""Characters of a reason in a line; the page that it links has all of it."""
PHRASES = {
    PositionValue.CLEAR: ("clears", ""),
    PositionValue.CLEAR_WITH_EDITS: ("clears", " with edits"),
    PositionValue.CLEAR_WITH_COMMENTS: ("clears", " with comments"),
    PositionValue.DOES_NOT_CLEAR: ("does not clear", ""),
    PositionValue.NO_EQUITIES: ("has no equities in", ""),
    PositionValue.EXTENSION: ("asks for more time on", ""),
}


def register() -> None:
    lines.register(DetailSource("selection.position", positions, frozenset({ANSWERED, EXTENSION_ASKED})))
    lines.register(DetailSource("selection.consultationrequest", requests))


def positions(keys: Sequence[str], user: User) -> Mapping[str, Detail]:
    """Return the details of the positions whose request the account may see."""
    rows = Position.objects.visible_to(user).filter(pk__in=list(keys))
    rows = rows.select_related("agency", "candidate__country", "request__round")
    return {str(row.pk): _position(row, user) for row in rows}


def _position(row: Position, user: User) -> Detail:
    verb, after = PHRASES[PositionValue(row.value)]
    if row.proposed_due_on is not None:
        after = f", until {formats.deadline(row.proposed_due_on)}"
    title, url = section_of(row.request.round, user)
    agency, reason = row.agency.short, Truncator(row.text).chars(LONGEST)
    return Detail(title, url, agency, f"{agency} {verb}", row.candidate.country.name, after, reason)


def requests(keys: Sequence[str], user: User) -> Mapping[str, Detail]:
    """Return round and agency of the requests that the account may see."""
    rows = ConsultationRequest.objects.visible_to(user).filter(pk__in=list(keys)).select_related("agency", "round")
    return {str(row.pk): Detail(*section_of(row.round, user), row.agency.short) for row in rows}


def section_of(selection_round: SelectionRound, user: User) -> tuple[str, str]:
    """Return title and URL of the section of a round; no URL for a reviewer, who has no page of it."""
    url = reverse("round", args=[selection_round.pk]) if user.allows(Permission.VIEW_ROUNDS) else ""
    return str(selection_round), url
