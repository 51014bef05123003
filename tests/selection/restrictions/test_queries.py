"""Reads of reviews of several countries, and the conflict of two reviewers."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from cpc.accounts.models import User
from cpc.accounts.permissions import Role
from cpc.database.revisions import EditConflict
from indicators.models import Country
from selection.models import RestrictionFinding
from selection.restrictions import queries, services
from selection.restrictions.checklist import State
from tests.support.accounts import make_account

pytestmark = pytest.mark.django_db

ON = dt.date(2026, 11, 25)
DAY = dt.timedelta(days=1)


@pytest.fixture
def analyst() -> User:
    return make_account(Role.ANALYST)


def country(code: str) -> Country:
    return Country.objects.get(code=code)


def reviewed(analyst: User, code: str, restriction: str = "tier_3", **values: Any) -> RestrictionFinding:
    return services.record_restriction(
        **{
            "country": country(code),
            "code": restriction,
            "status": "triggered",
            "basis": "Memo",
            "reviewer": "L",
            "reviewed_on": ON,
            "actor": analyst,
            "today": ON + 400 * DAY,
            **values,
        }
    )


def test_triggered_restriction_that_applies_to_selection_bars_a_country(analyst: User) -> None:
    reviewed(analyst, "GHA")
    reviewed(analyst, "GHA", "coup")
    reviewed(analyst, "CIV", status="under_review")
    reviewed(analyst, "PER", "sanctions")
    reviewed(analyst, "COL", status="waived")
    reviewed(analyst, "ALB", expires_on=ON + DAY)
    reviewed(analyst, "XKX", reviewed_on=ON + DAY)
    reviewed(analyst, "TCD")
    reviewed(analyst, "TCD", status="clear")
    assert queries.barred(ON) == {
        "GHA": "TIP Report Tier 3: triggered; Military coup (FY 2027): triggered.",
        "ALB": "TIP Report Tier 3: triggered.",
    }
    assert queries.barred(ON + DAY).keys() == {"GHA", "ALB", "XKX"}
    assert queries.barred(ON + 2 * DAY).keys() == {"GHA", "XKX"}
    assert queries.barred(ON - DAY) == {}


def test_reviews_of_several_countries_are_kept_apart_in_the_order_asked_for(analyst: User) -> None:
    first, second = reviewed(analyst, "GHA"), reviewed(analyst, "GHA", status="clear")
    other = reviewed(analyst, "PER", status="waived")
    ghana, civ = queries.reviewed([country("GHA"), country("CIV")], ON)
    assert (ghana.country.code, civ.country.code) == ("GHA", "CIV")
    assert list(ghana.reviews) == ["tier_3"]
    assert list(ghana.reviews["tier_3"]) == [second, first]
    assert (ghana.newest, civ.newest) == (second.pk, 0)
    [found] = ghana.by_state(State.PASSES)
    assert found.review == second
    assert other.pk > second.pk
    assert queries.country_statuses(country("GHA"), ON)[0].review == second


def test_findings_by_country_are_those_against_selection(analyst: User) -> None:
    reviewed(analyst, "GHA", "sanctions")
    reviewed(analyst, "CIV", status="clear")
    reviewed(analyst, "CIV")
    ghana, civ = country("GHA").pk, country("CIV").pk
    found = queries.findings_by_country([ghana, civ], ON)
    assert [[one.code for one in found[key]] for key in (ghana, civ)] == [
        ["restrictions_not_reviewed"],
        ["restriction_bars", "restrictions_not_reviewed"],
    ]


@pytest.mark.parametrize(
    ("code", "values", "error"),
    [
        ("tier_3", {"reviewed_on": ON + DAY, "today": ON}, ("reviewed_on", "in_future")),
        ("tier_3", {"today": ON}, None),
        ("coup", {"expires_on": dt.date(2027, 10, 1)}, ("expires_on", "fiscal_year_over")),
        ("coup", {"expires_on": dt.date(2027, 9, 30)}, None),
        ("tier_3", {"expires_on": dt.date(2028, 10, 1)}, None),
        ("tier_3", {"expires_on": ON}, None),
        ("tier_3", {"expires_on": ON - DAY}, ("__all__", "expires_on")),
        ("other", {}, ("code", "code")),
    ],
)
def test_days_of_a_review(analyst: User, code: str, values: dict[str, Any], error: tuple[str, str] | None) -> None:
    if error is None:
        assert reviewed(analyst, "GHA", code, **values).fiscal_year == (2027 if code == "coup" else None)
        return
    with pytest.raises(ValidationError) as refused:
        reviewed(analyst, "GHA", code, **values)
    field, reason = error
    assert [one.code for one in refused.value.error_dict[field]] == [reason]


def test_spaces_around_the_basis_and_the_office_are_cut(analyst: User) -> None:
    found = reviewed(analyst, "GHA", basis=" Memo 4 ", reviewer=" H ")
    assert (found.basis, found.reviewer, found.recorded_by) == ("Memo 4", "H", analyst)


def test_newer_review_is_a_conflict_only_for_the_same_restriction(analyst: User) -> None:
    shown = reviewed(analyst, "GHA").pk
    reviewed(analyst, "PER")

    def again(revision: str | None, *codes: str) -> list[RestrictionFinding]:
        return services.review_restrictions(
            country=country("GHA"),
            codes=codes,
            status="clear",
            basis="Memo",
            reviewer="L",
            reviewed_on=ON,
            actor=analyst,
            expected_revision=revision,
            today=ON,
        )

    assert len(again(str(shown), "tier_3", "coup")) == 2
    for stale in (str(shown), "0", "what"):
        with pytest.raises(EditConflict) as refused:
            again(stale, "coup", "tier_3")
        assert f"tier_3: clear ({analyst}); coup: clear ({analyst})" in " ".join(refused.value.messages)
    assert len(again(str(shown), "children")) == 1
    assert len(again(None, "tier_3")) == 1


def test_country_page_redirects_lowercase_codes_and_rejects_unknown_parameters(analyst: User) -> None:
    client = Client()
    client.force_login(analyst)
    assert client.get("/countries/gha/restrictions/").headers["Location"] == "/countries/GHA/restrictions/"
    assert client.get("/countries/GHA/restrictions/?page=2").status_code == 400
    page = client.get("/countries/GHA/restrictions/").text
    assert ">Record a review</a>" in page
    assert "Next to expire" in page
    form = client.get("/countries/GHA/restrictions/review/?code=coup")
    assert form.context["form"].initial["codes"] == ["coup"]
    assert client.get("/countries/GHA/restrictions/review/").context["form"].initial["codes"] == []
    viewer = Client()
    viewer.force_login(make_account(Role.VIEWER, username="reader"))
    assert ">Record a review</a>" not in viewer.get("/countries/GHA/restrictions/").text
