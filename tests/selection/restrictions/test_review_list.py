"""One review of the whole list of restrictions, with a result for each."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from cpc.accounts.permissions import Role
from cpc.fiscal_years import fiscal_year
from indicators.models import Country
from selection.models import RestrictionFinding
from selection.restrictions.checklist import Scope, checklist, last_day
from selection.restrictions.queries import restriction_findings
from tests.partnerships.sending import client_of, filled_fields, rejected_page, send
from tests.support.accounts import make_account

pytestmark = pytest.mark.django_db

TODAY = timezone.now().date()
URL = "/countries/KEN/restrictions/list/"
REVIEW = {"reviewer": "L", "reviewed_on": TODAY.isoformat(), "basis": "A memo of this month"}


@pytest.fixture
def kenya() -> Country:
    return Country.objects.get_or_create(code="KEN", defaults={"name": "Kenya", "numeric": "404"})[0]


@pytest.fixture
def analyst(kenya: Country) -> Client:
    return client_of(make_account(Role.ANALYST))


def _results(status: str = "clear") -> dict[str, str]:
    return {f"{row.code}-status": status for row in checklist()}


def test_each_restriction_gets_its_own_result_in_one_form(analyst: Client, kenya: Country) -> None:
    own = {"tier_3-status": "waived", "tier_3-basis": "A waiver"}
    sent = filled_fields(analyst, URL, **REVIEW, **_results("not_applicable") | own)
    for _ in range(2):
        assert analyst.post(URL, sent).status_code == 302
    found = {row.code: (row.status, row.basis) for row in RestrictionFinding.objects.filter(country=kenya)}
    assert found.pop("tier_3") == ("waived", "A waiver")
    assert set(found.values()) == {("not_applicable", "A memo of this month")}
    assert len(found) == len(checklist()) - 1
    assert not restriction_findings(kenya, TODAY, Scope.OBLIGATION)


def test_what_was_not_reviewed_is_left_out(analyst: Client) -> None:
    assert "at least one restriction" in rejected_page(send(analyst, URL, **REVIEW))
    assert send(analyst, URL, **REVIEW, **{"tier_3-status": "clear"}).status_code == 302
    assert list(RestrictionFinding.objects.values_list("code", flat=True)) == ["tier_3"]


@pytest.mark.parametrize(("on", "passes"), [(TODAY, True), (TODAY + timedelta(days=1), False)])
def test_the_review_is_not_in_the_future(analyst: Client, on: date, passes: bool) -> None:
    response = send(analyst, URL, **REVIEW | {"reviewed_on": on.isoformat()}, **_results())
    assert response.status_code == (302 if passes else 422)
    assert RestrictionFinding.objects.exists() is passes


def test_a_review_of_an_annual_section_ends_with_its_fiscal_year(analyst: Client) -> None:
    until = TODAY + timedelta(days=800)
    assert send(analyst, URL, **REVIEW, expires_on=until.isoformat(), **_results()).status_code == 302
    ends = {row.annual: {RestrictionFinding.objects.get(code=row.code).expires_on} for row in checklist()}
    assert ends[True] == {last_day(fiscal_year(TODAY))}
    assert ends[False] == {until}


def test_a_basis_without_a_result_saves_nothing(analyst: Client) -> None:
    html = rejected_page(send(analyst, URL, **REVIEW, **{"tier_3-status": "clear", "tier_2-basis": "A memo"} | _one()))
    assert "Choose a result." in html
    assert not RestrictionFinding.objects.exists()


def _one() -> dict[str, str]:
    code = next(row.code for row in checklist() if row.code != "tier_3")
    return {f"{code}-basis": "A memo"}


def test_the_second_of_two_reviewers_keeps_the_entries(analyst: Client) -> None:
    late = filled_fields(analyst, URL, **REVIEW, **{"tier_3-status": "triggered", "tier_3-basis": "The list"})
    assert send(analyst, URL, **REVIEW, **{"tier_3-status": "clear"}).status_code == 302
    html = rejected_page(analyst.post(URL, late))
    assert "Reviewed since the page was opened" in html
    assert "The list" in html
