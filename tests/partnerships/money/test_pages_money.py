"""Pages of money: contributions and notifications, with remedies beside errors."""

from __future__ import annotations

from decimal import Decimal
from io import BytesIO

import pytest
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook

from partnerships.models import Contribution, Partnership
from tests.partnerships.sending import client_of, filled_fields, page_text, send
from tests.worlds.partnerships.build import Active, Stage

TODAY = timezone.now().date()


@pytest.fixture
def analyst(stage: Stage) -> Client:
    return client_of(stage.analyst)


@pytest.fixture
def running(active: Active) -> Partnership:
    """Return a partnership with $4 million planned and notified to Congress."""
    return active.partnership


def money(partnership: Partnership, *parts: object) -> str:
    return "/".join(["", "partnerships", str(partnership.pk), "money", *map(str, parts), ""])


CASH = {
    "government": "partner", "kind": "cash", "stage": "pledged", "fiscal_year": "2026", "description": "Shelter staff",
    "amount_usd": "250000", "source": "Letter of the ministry",
}  # fmt: skip


# ---- contributions -------------------------------------------------------------------------------------------------


def test_a_contribution_is_recorded_once_and_replaced_by_a_later_statement(
    analyst: Client, running: Partnership
) -> None:
    url = money(running, "contributions", "new")
    before = Contribution.objects.count()
    sent = filled_fields(analyst, url, **CASH)
    assert analyst.post(url, sent).status_code == 302
    assert "nothing was added" in page_text(analyst.post(url, sent, follow=True))
    row = Contribution.objects.latest("pk")
    assert Contribution.objects.count() == before + 1
    replace = money(running, "contributions", row.pk, "replace")
    assert filled_fields(analyst, replace)["description"] == "Shelter staff"
    assert send(analyst, replace, stage="verified", amount_usd="240000.00").status_code == 302
    text = page_text(analyst.get(money(running)))
    assert "$240,000.00" in text
    assert "1 replaced" in text
    row.refresh_from_db()
    assert (row.stage, row.amount_usd) == ("pledged", Decimal("250000.00"))
    again = send(analyst, replace, stage="verified")
    assert again.status_code == 422


@pytest.mark.parametrize(
    ("values", "field", "expected"),
    [
        ({"kind": "in_kind"}, "valuation_method", "Explain how the in-kind contribution was valued."),
        ({"fiscal_year": "26"}, "fiscal_year", "Enter the U.S. fiscal year with four digits."),
        ({"original_amount": "5"}, "original_currency", "An original amount needs a currency, and a rate needs"),
        ({"amount_usd": "-1"}, "amount_usd", "An amount must be zero or more."),
        ({"amount_usd": "many"}, "amount_usd", "“many” is not a clear amount. Use commas between thousands"),
    ],
)
def test_a_contribution_that_cannot_be_is_refused_at_its_field(
    analyst: Client, running: Partnership, values: dict[str, str], field: str, expected: str
) -> None:
    before = Contribution.objects.count()
    response = send(analyst, money(running, "contributions", "new"), **CASH | values)
    assert response.status_code == 422
    assert response.context["form"].errors[field][0].startswith(expected)
    assert f'id="id_{field}-error"' in response.content.decode()
    assert "Letter of the ministry" in response.content.decode()
    assert Contribution.objects.count() == before


def test_money_is_shown_in_its_units_and_exported_with_what_was_replaced(analyst: Client, running: Partnership) -> None:
    url = money(running, "contributions", "new")
    send(analyst, url, **CASH | {"amount_usd": "", "kind": "staff", "staff_years": "4.5"})
    send(analyst, url, **CASH | {"original_amount": "900000", "original_currency": "KES"})
    text = page_text(analyst.get(money(running)))
    assert "KES 900,000" in text
    assert "4.50 years of work" in text
    assert "(staff-years)" in text
    assert analyst.get(money(running), {"format": "pdf"}).status_code == 400
    listed, rows = money(running, "contributions"), Contribution.objects.filter(partnership=running)
    whole: dict[str, str] = {"show": "all", "columns": "file"}
    for kind in ("pdf", "docx"):
        assert analyst.get(listed, whole | {"format": kind}).status_code == 400
    lines = b"".join(analyst.get(listed, whole | {"format": "csv"})).decode("utf-8-sig").splitlines()
    assert len(lines) == 1 + rows.count()
    book = load_workbook(BytesIO(b"".join(analyst.get(listed, whole | {"format": "xlsx"}))))
    assert "KES" in {row[8] for row in book["Contributions"].iter_rows(values_only=True)}
    assert analyst.get(listed).context["shown"].count == rows.filter(replaced_by=None).count()
    pledged = analyst.get(listed, {"stage": "pledged", "government": "partner"}).context["shown"]
    assert pledged.count == rows.filter(stage="pledged", government="partner", replaced_by=None).count()
    assert analyst.get(listed, {"stage": "promised"}).status_code == 400


def test_empty_page_explains_its_contents(analyst: Client, stage: Stage) -> None:
    text = page_text(analyst.get(money(stage.draft("PER"))))
    for expected in ("No contributions yet", "No awards yet", "No notifications yet"):
        assert expected in text


# ---- notification --------------------------------------------------------------------------------------------------


def test_a_notification_waits_for_its_fifteenth_day_and_an_exemption_does_not(
    analyst: Client, stage: Stage, running: Partnership
) -> None:
    url = money(running, "notifications", "new")
    values = {"sent_on": TODAY.isoformat(), "amount": "1000000", "reference": "CN 2"}
    assert send(analyst, url, **values).status_code == 302
    text = page_text(analyst.get(money(running)))
    assert "$1,000,000.00 for the 15th day" in text
    assert "in 15 days" in text
    approver = client_of(stage.approver)
    exempt = money(running, "exemptions", "new")
    values = {"kind": "emergency", "amount": "5", "from_on": TODAY.isoformat(), "authority": "634A(b)", "reason": "X"}
    assert send(approver, exempt, **values).status_code == 302
    assert "Exempt: $5.00" in page_text(approver.get(money(running)))
    assert analyst.get(exempt).status_code == 403
    refused = send(approver, exempt, **values | {"amount": "0"})
    assert "An exemption needs an amount" in refused.context["form"].errors["amount"][0]
    notice = running.notifications.get(reference="CN 2")
    assert send(analyst, money(running, "notifications", notice.pk, "replace"), amount="0").status_code == 302
    running.refresh_from_db()
    assert running.notified_total == 4_000_000


# ---- amounts as people type them -----------------------------------------------------------------------------------


def test_money_is_taken_as_it_is_typed(analyst: Client, running: Partnership) -> None:
    gift = CASH | {"amount_usd": "2,000,000.00", "original_amount": "7,500,000", "original_currency": "PEN"}
    assert send(analyst, money(running, "contributions", "new"), **gift).status_code == 302
    row = Contribution.objects.latest("pk")
    assert [row.amount_usd, row.original_amount] == [2_000_000, 7_500_000]
    values = {"sent_on": "2021-01-01", "amount": "$1,000", "reference": "CN 9"}
    assert send(analyst, money(running, "notifications", "new"), **values).status_code == 302
