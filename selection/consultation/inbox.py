"""Positions and requests in the inbox: the position and its reason, for those who may read them."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from django.db.models import Count, Exists, Max, Min, OuterRef
from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.notifications import lines
from cpc.notifications.lines import Detail, DetailSource, Tally
from cpc.web import formats
from selection.consultation.consent_queries import span_of
from selection.consultation.queries import ASKED
from selection.consultation_notifications import ANSWERED, EXTENSION_ASKED
from selection.models import (
    ConsultationRequest,
    PoolReason,
    Position,
    PositionValue,
    RequestCandidate,
    RoundState,
    SelectionRound,
)

Tallies = Mapping[tuple[int, int | None], Tally]
"""Answers that are in, by round and agency; without an agency, of the round."""

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
    listed = list(rows)
    tallies = _tallies({row.request.round_id for row in listed}, user)
    return {str(row.pk): _position(row, user, tallies) for row in listed}


def _position(row: Position, user: User, tallies: Tallies) -> Detail:
    verb, after = PHRASES[PositionValue(row.value)]
    if row.proposed_due_on is not None:
        after = f", until {formats.deadline(row.proposed_due_on)}"
    title, url = section_of(row.request.round, user)
    agency, reason = row.agency.short, Truncator(row.text).chars(LONGEST)
    # An agency that took over the request of another one may have answered the rest.
    own = tallies.get((row.request.round_id, row.agency_id if row.agency_id == row.request.agency_id else 0))
    return Detail(
        title, url, agency, f"{agency} {verb}", row.candidate.country.name, after, reason,
        tallies.get((row.request.round_id, None)), own,
    )  # fmt: skip


def requests(keys: Sequence[str], user: User) -> Mapping[str, Detail]:
    """Return round and agency of the requests that the account may see."""
    rows = ConsultationRequest.objects.visible_to(user).filter(pk__in=list(keys)).select_related("agency", "round")
    listed = list(rows)
    tallies = _tallies({row.round_id for row in listed}, user)
    return {
        str(row.pk): Detail(
            *section_of(row.round, user), row.agency.short, tally=tallies.get((row.round_id, None)),
            who_tally=tallies.get((row.round_id, row.agency_id)),
        )
        for row in listed
    }  # fmt: skip


def _tallies(rounds: Collection[int], user: User) -> Tallies:
    """Return how many positions are in, by round and agency, and by round of all agencies that the account may see."""
    if not rounds:
        return {}
    final = Position.objects.live().final().filter(request=OuterRef("request"), candidate=OuterRef("candidate"))
    rows = RequestCandidate.objects.filter(
        ASKED,
        request__round__in=rounds,
        request__in=ConsultationRequest.objects.visible_to(user),
        candidate__excluded_because=PoolReason.CANDIDATE,
    )
    counted = rows.order_by().values_list("request__round", "request__agency", "request__round__state")
    found: Counter[tuple[int, int | None]] = Counter()
    asked: Counter[tuple[int, int | None]] = Counter()
    spans: dict[int, tuple[str, dt.datetime, dt.date]] = {}
    for key, agency, state, number, answered, sent, due in counted.annotate(
        number=Count("pk"), answered=Count("pk", filter=Exists(final)), sent=Min("request__sent_at"),
        due=Max("request__due_on"),
    ):  # fmt: skip
        for group in ((key, agency), (key, None)):
            asked[group] += number
            found[group] += answered
        before = spans.get(key, (state, sent, due))
        spans[key] = (state, min(sent, before[1]), max(due, before[2]))
    today = timezone.now().date()
    stages: dict[tuple[int, int | None], str] = {(key, None): _stage(*span, today) for key, span in spans.items()}
    return {group: Tally(found[group], number, stages.get(group, "")) for group, number in asked.items()}


def _stage(state: str, sent: dt.datetime, due: dt.date, today: dt.date) -> str:
    """Return the state of a round, in consultation with its day: "Consultation, day 18 of 28"."""
    label = RoundState(state).label
    if state != RoundState.CONSULTATION:
        return label
    day, last = span_of(sent.date(), due, today)
    return f"{label}, day {day} of {last}"


def section_of(selection_round: SelectionRound, user: User) -> tuple[str, str]:
    """Return title and URL of the section of a round; no URL for a reviewer, who has no page of it."""
    url = reverse("round", args=[selection_round.pk]) if user.allows(Permission.VIEW_ROUNDS) else ""
    return str(selection_round), url
