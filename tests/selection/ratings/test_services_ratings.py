"""Ratings and reviews of restrictions: stored values, entries of the audit trail, and codes of refusals."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from cpc.accounts.permissions import Role
from cpc.database.revisions import EditConflict
from selection.models import Candidate, Rating, RatingEvidence
from selection.ratings import services
from tests.support.accounts import make_account
from tests.support.outcomes import refusals, trail
from tests.support.rounds import Office

pytestmark = [pytest.mark.django_db, pytest.mark.world("scoring")]


@pytest.fixture
def ghana(office: Office) -> Candidate:
    return office.candidate(office.scored())


def rate(office: Office, candidate: Candidate, **changes: Any) -> Rating:
    values: dict[str, Any] = {
        "candidate": candidate,
        "criterion": "prosecution",
        "step": 3,
        "rationale": " Cases rose ",
        "evidence": [RatingEvidence(document="Report")],
        "actor": office.analyst,
    }
    return services.rate(**values | changes)


def test_a_rating_is_stored_with_its_evidence_and_superseded_by_the_next(office: Office, ghana: Candidate) -> None:
    first = rate(office, ghana, expected_revision="0")
    stored = {
        "candidate": ghana.pk,
        "criterion": "prosecution",
        "rater": office.analyst.pk,
        "step": 3,
        "rationale": "Cases rose",
    }
    who, action, before, after = trail(first)[0]
    assert (who, action, before) == ("analyst", "rated", None)
    assert {name: after.get(name) for name in stored} == stored
    link = first.evidence.get()
    assert (link.document, link.rating) == ("Report", first)
    assert trail(link)[0][:2] == ("analyst", "linked evidence to")
    assert rate(office, ghana) == first
    for changes in ({"step": 2}, {"rationale": "They fell"}, {"evidence": [RatingEvidence(document="Other")]}):
        newer = rate(office, ghana, **changes)
        first.refresh_from_db()
        assert first.superseded_at
        who, action, _, after = trail(first)[-1]
        assert (who, action, after) == ("analyst", "superseded", {"by": newer.pk})
        first = newer
    with pytest.raises(EditConflict):
        rate(office, ghana, step=1, expected_revision="0")
    other = rate(office, ghana, actor=office.second)
    first.refresh_from_db()
    assert (other.rater, first.superseded_at) == (office.second, None)


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({"criterion": "tier"}, {"criterion": "criterion"}),
        ({"evidence": ()}, {"evidence": "no_evidence"}),
        ({"step": None, "evidence": ()}, {}),
    ],
)
def test_a_step_needs_evidence_and_a_rated_criterion(
    office: Office, ghana: Candidate, changes: dict[str, Any], codes: dict[str, str]
) -> None:
    if codes:
        assert refusals(lambda: rate(office, ghana, **changes)) == codes
    else:
        assert rate(office, ghana, **changes).step is None


def test_a_rating_is_withdrawn_by_its_rater_with_a_reason(office: Office, ghana: Candidate) -> None:
    rating = rate(office, ghana)
    withdraw: dict[str, Any] = {"rating": rating, "actor": office.analyst, "expected_revision": str(rating.pk)}
    other = refusals(lambda: services.withdraw_rating(reason="R", **withdraw | {"actor": office.second}))
    assert other == {"": "not_own"}
    assert refusals(lambda: services.withdraw_rating(reason=" ", **withdraw)) == {"reason": "reason"}
    gone = services.withdraw_rating(reason=" Wrong year ", **withdraw)
    assert gone.withdrawn_because == "Wrong year"
    assert gone.superseded_at
    who, action, before, after = trail(rating)[-1]
    assert (who, action, before["step"], after) == ("analyst", "withdrew", 3, {"reason": "Wrong year"})
    with pytest.raises(EditConflict):
        services.withdraw_rating(reason="R", **withdraw)


def test_other_roles_rate_nothing(office: Office, ghana: Candidate) -> None:
    rating, viewer = rate(office, ghana), make_account(Role.VIEWER)
    with pytest.raises(PermissionDenied):
        rate(office, ghana, actor=viewer)
    with pytest.raises(PermissionDenied):
        services.withdraw_rating(rating=rating, reason="R", actor=viewer)
