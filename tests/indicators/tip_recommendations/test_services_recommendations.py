"""Confirmations of recommendations: stored values, entries of the audit trail, refusals, and what stays as it was."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from pytest_django import Settings

from cpc.accounts.models import User
from cpc.accounts.permissions import Role
from cpc.database.revisions import EditConflict
from indicators.models import Country, Recommendation, RecommendationMatch
from indicators.tip_recommendations.queries import Comparison, comparison
from indicators.tip_recommendations.services import confirm_match, confirm_proposals
from tests.indicators.tip_recommendations.test_pages_recommendations import EARLIER, LATER
from tests.support.accounts import make_account
from tests.support.outcomes import refusals, trail
from tests.support.pages import published

pytestmark = pytest.mark.django_db

TRAIN, PUBLISH, FUND = 0, 1, 2
TRAIN_AGAIN, PUBLISH_AGAIN, ADOPT = 0, 1, 2
"""Places of the recommendations in the two lists."""


@pytest.fixture
def ghana(settings: Settings, tmp_path: Path) -> Country:
    """Publish two editions about Ghana: one recommendation reworded, one repeated, one dropped, and one new."""
    settings.MEDIA_ROOT = tmp_path / "media"
    published(tmp_path, EARLIER, "ghana_2022.txt")
    published(tmp_path, LATER, "ghana_2023.txt")
    return Country.objects.get(code="GHA")


@pytest.fixture
def analyst(db: None) -> User:
    return make_account(Role.ANALYST)


def now(country: Country) -> Comparison:
    found = comparison(country, 2022, 2023)
    assert found is not None
    return found


def confirm(
    country: Country, actor: User, older: int | None, newer: int | None, kind: str, **more: Any
) -> RecommendationMatch:
    """Confirm the outcome of the texts at these places of the two lists."""
    found = now(country)
    texts: dict[str, Recommendation | None] = {
        "older": None if older is None else found.older_list[older],
        "newer": None if newer is None else found.newer_list[newer],
    }
    return confirm_match(
        **{"country": country, "years": (2022, 2023), "kind": kind, "reviewer": actor, **texts, **more}
    )


def live() -> set[int]:
    return set(RecommendationMatch.objects.live().values_list("pk", flat=True))


def test_a_confirmation_is_stored_with_its_texts_and_who_made_it(ghana: Country, analyst: User) -> None:
    row = confirm(ghana, analyst, TRAIN, TRAIN_AGAIN, "reworded", similarity=0.75)
    row.refresh_from_db()
    found = now(ghana)
    assert (row.country, row.older_year, row.newer_year) == (ghana, 2022, 2023)
    assert (row.older, row.newer) == (found.older_list[TRAIN], found.newer_list[TRAIN_AGAIN])
    assert (row.kind, row.similarity, row.recorded_by, row.replaces) == ("reworded", 0.75, analyst, None)
    assert row.is_live
    [(actor, action, before, after)] = trail(row)
    assert (actor, action, before) == ("analyst", "confirmed", None)
    assert {name: after[name] for name in ("kind", "older", "newer", "similarity")} == {
        "kind": "reworded",
        "older": row.older_id,
        "newer": row.newer_id,
        "similarity": 0.75,
    }


def test_the_same_confirmation_again_adds_nothing(ghana: Country, analyst: User) -> None:
    row = confirm(ghana, analyst, TRAIN, TRAIN_AGAIN, "reworded")
    assert confirm(ghana, analyst, TRAIN, TRAIN_AGAIN, "reworded") == row
    assert len(trail(row)) == 1
    dropped = confirm(ghana, analyst, FUND, None, "dropped")
    assert confirm(ghana, analyst, FUND, None, "dropped") == dropped
    new = confirm(ghana, analyst, None, ADOPT, "new")
    assert confirm(ghana, analyst, None, ADOPT, "new") == new
    assert live() == {row.pk, dropped.pk, new.pk}


def test_a_correction_closes_each_earlier_confirmation_of_either_text(ghana: Country, analyst: User) -> None:
    trained = confirm(ghana, analyst, TRAIN, TRAIN_AGAIN, "reworded")
    dropped = confirm(ghana, analyst, FUND, None, "dropped")
    repeated = confirm(ghana, analyst, PUBLISH, PUBLISH_AGAIN, "repeated")
    other = make_account(Role.ANALYST, username="second")
    made = confirm(ghana, other, FUND, TRAIN_AGAIN, "reworded")
    assert live() == {repeated.pk, made.pk}
    for row in (trained, dropped):
        row.refresh_from_db()
        assert (row.superseded_by, row.superseded_reason) == (other, "Corrected by an analyst")
        assert row.superseded_at == made.recorded_at
    assert made.replaces == trained
    first, second = trail(made)
    assert first[:3] == ("second", "corrected", None)
    assert second[:2] == ("second", "superseded")
    assert second[2] == {
        "matches": [
            {"kind": "reworded", "older": trained.older_id, "newer": trained.newer_id},
            {"kind": "dropped", "older": dropped.older_id, "newer": None},
        ]
    }


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ((None, TRAIN_AGAIN, "new"), (None, ADOPT, "new")),
        ((TRAIN, None, "dropped"), (FUND, None, "dropped")),
        ((None, TRAIN_AGAIN, "new"), (TRAIN, None, "dropped")),
    ],
)
def test_a_text_that_is_not_there_is_not_the_same_text(
    ghana: Country, analyst: User, first: tuple[Any, Any, str], second: tuple[Any, Any, str]
) -> None:
    rows = [confirm(ghana, analyst, *values) for values in (first, second)]
    assert live() == {row.pk for row in rows}
    assert [row.replaces for row in rows] == [None, None]


def test_the_same_texts_of_another_kind_are_a_correction(ghana: Country, analyst: User) -> None:
    row = confirm(ghana, analyst, TRAIN, TRAIN_AGAIN, "reworded")
    made = confirm(ghana, analyst, TRAIN, TRAIN_AGAIN, "repeated")
    assert (made.replaces, live()) == (row, {made.pk})


def test_texts_and_editions_that_do_not_belong_together(ghana: Country, analyst: User) -> None:
    found = now(ghana)
    assert refusals(lambda: confirm(ghana, analyst, TRAIN, None, "dropped", years=(2021, 2022))) == {"": "years"}
    older, newer = found.older_list[TRAIN], found.newer_list[TRAIN_AGAIN]
    for texts in ((newer, newer), (older, older), (newer, None), (None, older)):
        assert refusals(
            lambda texts=texts: confirm_match(  # type: ignore[misc]  # mypy can't infer the default
                country=ghana, years=(2022, 2023), older=texts[0], newer=texts[1], kind="reworded", reviewer=analyst
            )
        ) == {"": "not_of_edition"}
    assert list(refusals(lambda: confirm(ghana, analyst, TRAIN, TRAIN_AGAIN, "rewritten"))) == ["kind"]
    assert refusals(lambda: confirm(ghana, analyst, TRAIN, TRAIN_AGAIN, "new")) == {"__all__": "match_kind"}
    assert not RecommendationMatch.objects.exists()


def test_a_row_that_changed_since_the_page_was_opened(ghana: Country, analyst: User) -> None:
    revision = now(ghana).rows[TRAIN].revision
    row = confirm(ghana, analyst, TRAIN, TRAIN_AGAIN, "reworded", expected_revision=revision)
    with pytest.raises(EditConflict) as caught:
        confirm(ghana, analyst, FUND, TRAIN_AGAIN, "reworded", expected_revision=revision)
    assert "After you opened the page, someone decided on this recommendation" in str(caught.value)
    assert live() == {row.pk}


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ANALYST])
def test_only_analysts_confirm(ghana: Country, role: Role) -> None:
    other = make_account(role)
    with pytest.raises(PermissionDenied):
        confirm(ghana, other, TRAIN, TRAIN_AGAIN, "reworded")
    with pytest.raises(PermissionDenied):
        confirm_proposals(country=ghana, years=(2022, 2023), reviewer=other)


# ---- all proposals at once -----------------------------------------------------------------------------------------


def test_every_proposal_that_waits_is_confirmed_as_it_was_proposed(ghana: Country, analyst: User) -> None:
    own = confirm(ghana, analyst, None, ADOPT, "new")
    proposed = {(row.older, row.newer): row for row in now(ghana).rows}
    assert confirm_proposals(country=ghana, years=(2022, 2023), reviewer=analyst) == 3
    rows = RecommendationMatch.objects.live().exclude(pk=own.pk)
    assert sorted(row.kind for row in rows) == ["dropped", "repeated", "reworded"]
    for row in rows:
        of_texts = proposed[row.older, row.newer]
        assert (row.kind, row.similarity, row.recorded_by) == (of_texts.kind, of_texts.similarity, analyst)
        assert [entry[:2] for entry in trail(row)] == [("analyst", "confirmed")]
    assert confirm_proposals(country=ghana, years=(2022, 2023), reviewer=analyst) == 0


def test_proposals_that_changed_since_the_page_was_opened(ghana: Country, analyst: User) -> None:
    revision = now(ghana).revision
    confirm(ghana, analyst, None, ADOPT, "new")
    for years, expected in (((2022, 2023), revision), ((2020, 2023), None)):
        with pytest.raises(EditConflict) as caught:
            confirm_proposals(country=ghana, years=years, reviewer=analyst, expected_revision=expected)
        assert "Review the page, then confirm again." in str(caught.value)
    assert len(live()) == 1
    assert confirm_proposals(country=ghana, years=(2022, 2023), reviewer=analyst, expected_revision=now(ghana).revision)
