"""Pages of suspension, correction, and reinstatement: ground by ground, with a list of what is missing."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from cpc.accounts.permissions import Role
from partnerships.models import Correction, Determination, Partnership
from tests.partnerships.sending import client_of, rejected_page, send
from tests.support.accounts import make_account
from tests.worlds.partnerships.build import END, Stage

TODAY = timezone.now().date()
SUSPENSION = {
    "grounds": ["eligibility", "responsibilities"],
    "text": "The register was not kept",
    "signatory": "The Secretary",
    "determined_on": "2022-01-01",
}


@pytest.fixture
def analyst(stage: Stage) -> Client:
    return client_of(stage.analyst)


@pytest.fixture
def approver(stage: Stage) -> Client:
    return client_of(stage.approver)


def test_from_suspension_to_reinstatement(stage: Stage, analyst: Client, approver: Client) -> None:
    partnership = stage.active("KEN")
    base = f"/partnerships/{partnership.pk}/determinations/"
    assert send(approver, f"{base}new/suspension/", **SUSPENSION).status_code == 302
    partnership.refresh_from_db()
    assert (partnership.status, partnership.ends_on) == ("suspended", END), "the term goes on running"
    suspension = Determination.objects.get()
    reinstatement = {
        "suspension": suspension.pk,
        "text": "Corrected",
        "signatory": "The Secretary",
        "determined_on": "2022-07-01",
    }
    for ground, label in (
        ("eligibility", "Pattern of actions inconsistent with the criteria of eligibility"),
        ("responsibilities", "Responsibilities under the compact not met"),
    ):
        html = analyst.get(base).content.decode()
        assert f"{label}: no correction recorded" in html
        assert "No closed correction" in rejected_page(send(approver, f"{base}new/reinstatement/", **reinstatement))
        opened = send(
            analyst, f"{base}{suspension.pk}/corrections/new/", ground=ground, description="Keep the register"
        )
        assert opened.status_code == 302
        assert f"{label}: correction open" in analyst.get(base).content.decode()
        close = f"/partnerships/{partnership.pk}/corrections/{Correction.objects.get(ground=ground).pk}/close/"
        assert analyst.get(close).status_code == 403
        assert "evidence" in rejected_page(send(approver, close, on="2022-06-01"))
        assert send(approver, close, evidence="A decree", on="2022-06-01").status_code == 302
    assert send(approver, f"{base}new/reinstatement/", **reinstatement).status_code == 302
    partnership.refresh_from_db()
    assert (partnership.status, partnership.ends_on) == ("active", END)
    html = analyst.get(base).content.decode()
    assert "Suspension, ended Jul 1, 2022" in html
    assert "still missing" not in html


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"grounds": []}, "This field is required."),
        ({"subject": "entity"}, "Choose an award for an entity, and none for a country."),
        ({"scope": "part"}, "Enter which part."),
        ({"signatory": ""}, "This field is required."),
        ({"determined_on": "2999-01-01"}, ""),
    ],
)
def test_what_the_statute_asks_is_refused_at_its_field(
    stage: Stage, approver: Client, values: dict[str, Any], expected: str
) -> None:
    partnership = stage.active("KEN")
    url = f"/partnerships/{partnership.pk}/determinations/new/suspension/"
    assert expected in rejected_page(send(approver, url, **SUSPENSION | values))
    partnership.refresh_from_db()
    assert partnership.status == "active"
    assert not Determination.objects.exists(), "a step that is refused leaves no determination"


def test_an_entity_is_suspended_and_the_partnership_goes_on(stage: Stage, approver: Client) -> None:
    partnership = stage.active("KEN")
    award = stage.award(partnership, "10.00")
    url = f"/partnerships/{partnership.pk}/determinations/"
    assert send(approver, f"{url}new/suspension/", **SUSPENSION, subject="entity", award=award.pk).status_code == 302
    partnership.refresh_from_db()
    assert partnership.status == "active"
    assert "An organization" in approver.get(url).content.decode()


def test_a_termination_ends_the_partnership(stage: Stage, approver: Client) -> None:
    partnership = stage.active("KEN")
    url = f"/partnerships/{partnership.pk}/determinations/new/termination/"
    assert send(approver, url, **SUSPENSION | {"determined_on": "2023-05-01"}).status_code == 302
    partnership = Partnership.objects.get(pk=partnership.pk)
    assert (partnership.status, str(partnership.ended_on)) == ("terminated", "2023-05-01")
    assert approver.get(url, follow=True).redirect_chain, "what is over takes no further determination"


@pytest.mark.parametrize("role", [Role.ANALYST, Role.VIEWER, Role.ADMINISTRATOR, Role.REVIEWER])
def test_only_who_may_approve_determines(stage: Stage, role: Role) -> None:
    partnership = stage.active("KEN")
    client = client_of(stage.analyst if role == Role.ANALYST else make_account(role))
    for kind in ("suspension", "termination", "reinstatement"):
        url = f"/partnerships/{partnership.pk}/determinations/new/{kind}/"
        assert client.post(url, SUSPENSION).status_code in (403, 404)
    assert not Determination.objects.exists()
