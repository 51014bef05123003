"""Origins of partnerships: decisions without a partnership, and partnerships by candidate."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet
from django.utils import timezone

from cpc.web import formats
from indicators.models import Country
from partnerships.models import OpeningTerms, Partnership, RecordKind
from partnerships.states import BEFORE_SIGNATURE, DECIDED_ROUND, IN_FORCE, ONCE_IN_FORCE
from selection.models import Action, Candidate, Decision
from selection.queries import PartnershipTerm, Signature


@dataclass(frozen=True, slots=True)
class Origin:
    """The decision that a partnership came from, with its memo, and the money and term of the opening.

    `later` is the decision in effect if another one superseded it.
    """

    decision: Decision
    later: Decision | None
    memo: int
    terms: OpeningTerms | None = None


def origin_of(partnership: Partnership) -> Origin | None:
    """Return the decision of a partnership, or None if it has a stated reason."""
    decision = decisions().filter(partnerships=partnership).first()
    if decision is None:
        return None
    later = None
    if decision.superseded_at is not None:
        later = decisions().filter(candidate=decision.candidate_id, superseded_at__isnull=True).first()
    terms = OpeningTerms.objects.filter(partnership=partnership).select_related("recorded_by").first()
    return Origin(decision, later, decision.memo.number, terms)


def waiting_decisions() -> QuerySet[Decision]:
    """Return decisions that select and have no partnership yet, newest first."""
    rows = decisions().filter(
        action=Action.SELECT,
        superseded_at__isnull=True,
        candidate__round__state__in=DECIDED_ROUND,
        partnerships__isnull=True,
    )
    with_partnership = Partnership.objects.counted().exclude(status="canceled").values("decision__candidate")
    return rows.exclude(candidate__in=with_partnership.filter(decision__isnull=False)).order_by("-pk")


def decisions() -> QuerySet[Decision]:
    related = ("candidate__country", "candidate__round", "decided_by", "recommendation__drafted_by", "memo")
    return Decision.objects.select_related(*related)


def partnerships_by_candidate(candidates: Iterable[Candidate]) -> dict[int, list[Partnership]]:
    rows = Partnership.objects.filter(decision__candidate__in=list(candidates)).select_related("decision", "country")
    by_candidate: dict[int, list[Partnership]] = {}
    for row in rows.order_by("pk"):
        assert row.decision is not None
        by_candidate.setdefault(row.decision.candidate_id, []).append(row)
    return by_candidate


def partnerships_of_country(country: Country) -> list[Partnership]:
    rows = (
        Partnership.objects.counted()
        .filter(country=country)
        .select_related("decision__candidate__round", "limit_policy")
    )
    return list(rows.order_by("-starts_on", "-pk"))


def in_partnership(today: date | None = None) -> Mapping[str, str]:
    """Return the label of each country in a partnership on a day, by country code.

    The partnership is being prepared, or is in force and not over. A documented partnership counts by its last
    documented status, until its last day.
    """
    day = today or timezone.now().date()
    rows = (
        Partnership.objects.counted()
        .filter(status__in=BEFORE_SIGNATURE | IN_FORCE)
        .filter(Q(ends_on__isnull=True) | Q(ends_on__gte=day), Q(ended_on__isnull=True) | Q(ended_on__gte=day))
    )
    return {row.country.code: _status_sentence(row) for row in rows.select_related("country").order_by("pk")}


def terms() -> list[PartnershipTerm]:
    """Return the term of every partnership that ever came into force, in any status now.

    Without a first day, the term counts from the signature, or from the day of the documented status.
    """
    rows = Partnership.objects.counted().filter(status__in=ONCE_IN_FORCE).select_related("country").order_by("pk")
    return [
        PartnershipTerm(row.country.code, row.title, start, row.ended_on or row.ends_on)
        for row in rows
        if (start := row.starts_on or row.signed_on or row.status_as_of) is not None
    ]


def signatures() -> list[Signature]:
    """Return the signature of every partnership that ever came into force.

    Without a day of signature, the first day counts.
    """
    rows = Partnership.objects.counted().filter(status__in=ONCE_IN_FORCE).select_related("country").order_by("pk")
    return [
        Signature(row.country.code, row.title, signed)
        for row in rows
        if (signed := row.signed_on or row.starts_on) is not None
    ]


def _status_sentence(row: Partnership) -> str:
    status = row.get_status_display().lower()
    if row.kind == RecordKind.DOCUMENTED and row.status_as_of:
        status = f"{status}, last documented {formats.day(row.status_as_of)}"
    is_planned = row.status in BEFORE_SIGNATURE
    ends = "it is planned to end" if is_planned else "it ends"
    until = f"; {ends} {formats.day(row.ends_on)}" if row.ends_on else ""
    return f"In a partnership: {row.title} ({status}{until})."
