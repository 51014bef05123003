"""Services to confirm the outcome of recommendations in the next edition."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.audit.audited_writes import audit_values, create, require
from cpc.audit.services import record
from cpc.database.revisions import EditConflict, check_revision
from indicators.models import Country, MatchKind, Recommendation, RecommendationMatch
from indicators.publications import numbering
from indicators.tip_recommendations.queries import PROPOSED, Comparison, comparison

CHANGED = (
    "After you opened the page, someone decided on this recommendation or another narrative was published. "
    "Nothing was saved. Review the page, then confirm again."
)


@transaction.atomic
def confirm_match(
    *,
    country: Country,
    years: tuple[int, int],
    older: Recommendation | None,
    newer: Recommendation | None,
    kind: str,
    reviewer: User,
    similarity: float | None = None,
    expected_revision: str | None = None,
) -> RecommendationMatch:
    """Confirm or correct a recommendation's outcome between two editions.

    `years` are those of the editions, older first. Earlier matches of either text are closed. Confirming the same
    again adds nothing. Raises `EditConflict` if no row has the `expected_revision` any more, and `ValidationError` if a
    text is not of these editions, or kind and texts do not fit together.
    """
    require(reviewer, Permission.CONFIRM_NARRATIVES)
    numbering.lock()
    now = comparison(country, *years)
    if now is None:
        raise ValidationError("These two editions are not consecutive.", code="years")
    if expected_revision is not None and expected_revision not in {row.revision for row in now.rows}:
        raise EditConflict(CHANGED)
    for text, listed in ((older, now.older_list), (newer, now.newer_list)):
        if text is not None and text not in listed:
            raise ValidationError("This recommendation is not in either edition.", code="not_of_edition")
    return _confirm(now, older, newer, kind, similarity, reviewer)


@transaction.atomic
def confirm_proposals(
    *, country: Country, years: tuple[int, int], reviewer: User, expected_revision: str | None = None
) -> int:
    """Confirm every proposal of a comparison; return the number of proposals.

    Raises `EditConflict` if the comparison no longer has the `expected_revision`.
    """
    require(reviewer, Permission.CONFIRM_NARRATIVES)
    numbering.lock()
    now = comparison(country, *years)
    if now is None:
        raise EditConflict(CHANGED)
    check_revision(now.revision, expected_revision, CHANGED)
    waiting = [row for row in now.rows if row.state == PROPOSED]
    for row in waiting:
        _confirm(now, row.older, row.newer, row.kind, row.similarity, reviewer)
    return len(waiting)


def _confirm(
    now: Comparison,
    older: Recommendation | None,
    newer: Recommendation | None,
    kind: str,
    similarity: float | None,
    reviewer: User,
) -> RecommendationMatch:
    concerned = [
        row.match
        for row in now.rows
        if row.match is not None and ((older and row.older == older) or (newer and row.newer == newer))
    ]
    for match in concerned:
        if (match.kind, match.older_id, match.newer_id) == (kind, older and older.pk, newer and newer.pk):
            return match
    moment = numbering.moment()
    before = [audit_values(match, {"kind": 0, "older": 0, "newer": 0}) for match in concerned]
    for match in concerned:
        match.close(at=moment, by=reviewer, reason="Corrected by an analyst")
    match = RecommendationMatch(
        country=now.country,
        older_year=now.older.report_year,
        newer_year=now.newer.report_year,
        older=older,
        newer=newer,
        kind=kind if kind in MatchKind.values else "",
        similarity=similarity,
        recorded_at=moment,
        recorded_by=reviewer,
        replaces=concerned[0] if concerned else None,
    )
    action = "corrected" if concerned else "confirmed"
    made = create(match, actor=reviewer, action=action)
    if before:
        record(actor=reviewer, action="superseded", target=made, before={"matches": before})
    return made
