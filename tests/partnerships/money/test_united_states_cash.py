"""Cash from the United States: project funds are recorded only as awards, and other cash names its account."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest

from cpc.findings import Severity
from partnerships.models import Contribution
from partnerships.money import services as money_services
from partnerships.status.preconditions import PARTNERSHIP_CHECKS, cash_beside_the_limit
from tests.api.test_partnerships import as_program, post, problem, url_of
from tests.partnerships.error_codes import db_error_code, error_codes, raw
from tests.partnerships.sending import client_of, filled_fields, page_text, send
from tests.worlds.partnerships.build import START, Active

FIFTY = "50000000.00"
CASH: Mapping[str, Any] = {
    "government": "us",
    "kind": "cash",
    "stage": "verified",
    "fiscal_year": 2026,
    "description": "Shelters",
    "amount_usd": FIFTY,
    "source": "A letter",
}
NAMED = {**CASH, "account": "esf", "authority": "Section 531 of the Foreign Assistance Act"}


def insert(values: Mapping[str, Any], partnership: int) -> None:
    columns = {"partnership_id": partnership, "account": "", "authority": "", **values}
    columns |= {"original_currency": "", "rate_source": "", "valuation_method": ""}
    marks = ", ".join(["%s"] * len(columns))
    raw(f"INSERT INTO partnerships_contribution ({', '.join(columns)}) VALUES ({marks})", *columns.values())


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({}, "account"),
        ({"account": "esf"}, "account"),
        ({"account": "esf", "authority": " "}, "account"),
        ({"authority": "Section 531"}, "account"),
        ({"account": "tip_project", "authority": "Section 531"}, "project_funds"),
        ({"account": "tip_project"}, "project_funds"),
        ({"government": "partner", "account": "esf", "authority": "Section 531"}, "account"),
        ({"kind": "staff", "account": "esf", "authority": "Section 531"}, "account"),
    ],
)
def test_cash_without_account_and_authority_is_refused_by_every_route(
    active: Active, more: Mapping[str, Any], code: str
) -> None:
    values = {**CASH, **more}
    partnership, analyst = active.partnership, active.stage.analyst
    url = f"/partnerships/{partnership.pk}/money/contributions/new/"
    page = send(client_of(analyst), url, **values)
    assert page.status_code == 422
    answer = problem(post(as_program(analyst), partnership, "contributions/", dict(values)), 422, "refused")
    assert [error["code"] for error in answer["errors"]] == [code]

    def row() -> Contribution:
        return Contribution(partnership=partnership, **{**values, "amount_usd": Decimal(FIFTY)})

    assert error_codes(lambda: money_services.record_contribution(contribution=row(), actor=analyst)) == [code]
    assert db_error_code(lambda: Contribution.objects.bulk_create([row()])) == code
    assert db_error_code(lambda: insert(values, partnership.pk)) == code
    assert not Contribution.objects.filter(partnership=partnership, description="Shelters").exists()


def test_rejected_project_funds_are_reported_at_the_account_with_a_way_to_awards(active: Active) -> None:
    client = client_of(active.stage.analyst)
    url = f"/partnerships/{active.partnership.pk}/money/contributions/new/"
    page = client.post(url, filled_fields(client, url, **{**NAMED, "account": "tip_project"}))
    [error] = page.context["form"].errors["account"]
    assert "project funds as an award" in error


def test_other_cash_is_beside_the_limit_with_a_warning(active: Active) -> None:
    partnership, stage = active.partnership, active.stage
    client, program = client_of(stage.analyst), as_program(stage.analyst)
    here = f"/partnerships/{partnership.pk}/"
    assert cash_beside_the_limit(partnership, START) == []
    assert program.get(url_of(partnership)).json()["funding"]["other_us_cash"] == "0.00"
    assert send(client, f"{here}money/contributions/new/", **NAMED).status_code == 302
    [finding] = cash_beside_the_limit(partnership, START)
    assert (finding.code, finding.severity) == ("us_cash_beside_limit", Severity.WARNING)
    assert "50,000,000.00" in finding.message
    assert "5,000,000.00" in finding.message
    assert cash_beside_the_limit in PARTNERSHIP_CHECKS["sign"]
    for page in (here, f"{here}money/"):
        text = page_text(client.get(page))
        assert "Other U.S. cash" in text
        assert "$50,000,000.00" in text
        assert "Check that none of it is TIP Office project money" in text
    assert "Section 531 of the Foreign Assistance Act" in page_text(client.get(f"{here}money/"))
    body = program.get(url_of(partnership)).json()
    assert body["funding"]["other_us_cash"] == FIFTY
    found = program.get(url_of(partnership, "findings/")).json()["findings"]
    assert [row["severity"] for row in found if row["code"] == "us_cash_beside_limit"] == ["warning"]
    [row] = [row for row in program.get(url_of(partnership, "contributions/")).json()["results"] if row["account"]]
    assert (row["account"], row["authority"]) == (NAMED["account"], NAMED["authority"])


def test_later_statement_replaces_the_earlier_one(active: Active) -> None:
    first = money_services.record_contribution(
        contribution=Contribution(partnership=active.partnership, **{**NAMED, "amount_usd": Decimal(FIFTY)}),
        actor=active.stage.analyst,
    )
    money_services.record_contribution(
        contribution=Contribution(
            partnership=active.partnership, replaces=first, **{**NAMED, "amount_usd": Decimal("7.00")}
        ),
        actor=active.stage.analyst,
    )
    assert active.partnership.other_us_cash() == Decimal("7.00")
