"""Pages of money and awards: recorded amounts, remedies beside errors, and enforced limits."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from django import forms
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook

from cpc.accounts.permissions import Role
from partnerships.awards.forms import AwardForm
from partnerships.awards.services import awards as awards_services
from partnerships.models import Award, Contribution, LedgerEntry, LedgerKind, Partnership, ReportEvent, SubAward
from tests.partnerships.sending import client_of, filled_fields, page_text, send
from tests.support.accounts import make_account
from tests.worlds.partnerships.build import START, Active, Stage

TODAY = timezone.now().date()


@pytest.fixture
def analyst(stage: Stage) -> Client:
    return client_of(stage.analyst)


@pytest.fixture
def running(active: Active) -> Partnership:
    """Return a partnership with $4 million planned and notified to Congress."""
    return active.partnership


@pytest.fixture
def award(stage: Stage, running: Partnership) -> Award:
    """Return its award of $1.5 million: $1 million obligated, $500,000 disbursed."""
    made = stage.award(running, "1500000.00")
    stage.move(made, LedgerKind.OBLIGATION, "1000000.00")
    stage.move(made, LedgerKind.DISBURSEMENT, "500000.00")
    return made


def money(partnership: Partnership, *parts: object) -> str:
    return "/".join(["", "partnerships", str(partnership.pk), "money", *map(str, parts), ""])


def awards(award: Award, *parts: object) -> str:
    return "/".join(["", "partnerships", str(award.partnership_id), "awards", str(award.pk), *map(str, parts), ""])


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
    said = page_text(analyst.get(money(running)))
    assert "$240,000.00" in said
    assert "1 replaced" in said
    row.refresh_from_db()
    assert (row.stage, row.amount_usd) == ("pledged", Decimal("250000.00"))
    again = send(analyst, replace, stage="verified")
    assert again.status_code == 422


@pytest.mark.parametrize(
    ("values", "field", "words"),
    [
        ({"kind": "in_kind"}, "valuation_method", "Explain how the in-kind contribution was valued."),
        ({"fiscal_year": "26"}, "fiscal_year", "Enter the U.S. fiscal year with four digits."),
        ({"original_amount": "5"}, "original_currency", "An original amount needs a currency, and a rate needs"),
        ({"amount_usd": "-1"}, "amount_usd", "An amount must be zero or more."),
        ({"amount_usd": "many"}, "amount_usd", "“many” is not a clear amount. Use commas between thousands"),
    ],
)
def test_a_contribution_that_cannot_be_is_refused_at_its_field(
    analyst: Client, running: Partnership, values: dict[str, str], field: str, words: str
) -> None:
    before = Contribution.objects.count()
    response = send(analyst, money(running, "contributions", "new"), **CASH | values)
    assert response.status_code == 422
    assert response.context["form"].errors[field][0].startswith(words)
    assert f'id="id_{field}-error"' in response.content.decode()
    assert "Letter of the ministry" in response.content.decode()
    assert Contribution.objects.count() == before


def test_money_is_drawn_by_year_and_exported_with_what_was_replaced(analyst: Client, running: Partnership) -> None:
    url = money(running, "contributions", "new")
    send(analyst, url, **CASH | {"amount_usd": "", "kind": "staff", "staff_years": "4.5"})
    send(analyst, url, **CASH | {"original_amount": "900000", "original_currency": "KES"})
    page = analyst.get(money(running))
    said = page_text(page)
    assert "1 without a value in dollars is not shown" in said
    assert "4.50 years of work" in said
    assert 'id="by-year-wide-t"' in page.content.decode()
    lines = b"".join(analyst.get(money(running), {"format": "csv"})).decode("utf-8-sig").splitlines()
    assert len(lines) == 1 + Contribution.objects.filter(partnership=running).count()
    book = load_workbook(BytesIO(b"".join(analyst.get(money(running), {"format": "xlsx"}))))
    assert "KES" in {row[8] for row in book["Contributions"].iter_rows(values_only=True)}
    assert analyst.get(money(running), {"format": "pdf"}).status_code == 400


def test_an_empty_page_says_what_belongs_there(analyst: Client, stage: Stage) -> None:
    said = page_text(analyst.get(money(stage.draft("PER"))))
    for words in ("No contributions yet", "No awards yet", "No notifications yet"):
        assert words in said


# ---- notification --------------------------------------------------------------------------------------------------


def test_a_notification_waits_for_its_fifteenth_day_and_an_exemption_does_not(
    analyst: Client, stage: Stage, running: Partnership
) -> None:
    url = money(running, "notifications", "new")
    values = {"sent_on": TODAY.isoformat(), "amount": "1000000", "reference": "CN 2"}
    assert send(analyst, url, **values).status_code == 302
    said = page_text(analyst.get(money(running)))
    assert "$1,000,000.00 for the 15th day" in said
    assert "in 15 days" in said
    approver = client_of(stage.approver)
    exempt = money(running, "exemptions", "new")
    values = {"kind": "emergency", "amount": "5", "from_on": TODAY.isoformat(), "authority": "634A(b)", "reason": "X"}
    assert send(approver, exempt, **values).status_code == 302
    assert "Exempt: $5.00" in page_text(approver.get(money(running)))
    assert analyst.get(exempt).status_code == 403
    refused = send(approver, exempt, **values | {"amount": "0"})
    assert "An exemption needs an amount" in refused.context["form"].errors["amount"][0]
    told = running.notifications.get(reference="CN 2")
    assert send(analyst, money(running, "notifications", told.pk, "replace"), amount="0").status_code == 302
    running.refresh_from_db()
    assert running.notified_total == 4_000_000


# ---- awards --------------------------------------------------------------------------------------------------------


AWARD = {
    "title": "Courts", "type": "grant", "recipient": "An organization", "recipient_type": "civil_society",
    "starts_on": "2022-01-01", "ends_on": "2023-12-31", "competed": "on",
}  # fmt: skip


def test_an_award_is_opened_once_edited_and_shows_what_to_know(analyst: Client, running: Partnership) -> None:
    url = f"/partnerships/{running.pk}/awards/new/"
    sent = filled_fields(analyst, url, **AWARD | {"recipient_type": "government"})
    first = analyst.post(url, sent)
    made = Award.objects.get(partnership=running)
    assert first["Location"] == analyst.post(url, sent)["Location"] == awards(made)
    said = page_text(analyst.get(awards(made)))
    assert "The recipient is a government." in said
    assert "No certification that staff" in said
    assert "No ledger entries yet" in said
    values = {"certifies_training": "on", "certifies_no_promotion": "on", "recipient_type": "expert"}
    assert send(analyst, awards(made, "edit"), **values).status_code == 302
    assert "Before you record money" not in page_text(analyst.get(awards(made)))


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"uei": "abc"}, "uei"),
        ({"assistance_listing": "19019"}, "assistance_listing"),
        ({"competed": ""}, "not_competed_because"),
        ({"ends_on": "2021-12-31"}, "ends_on"),
        ({"recipient": ""}, "recipient"),
    ],
)
def test_an_award_that_cannot_be_is_refused_at_its_field(
    analyst: Client, running: Partnership, values: dict[str, str], field: str
) -> None:
    response = send(analyst, f"/partnerships/{running.pk}/awards/new/", **AWARD | values)
    assert response.status_code == 422
    assert field in response.context["form"].errors
    assert not Award.objects.exists()


TEXTS = {
    "title": "Courts in two regions",
    "recipient": "A university",
    "uei": "ABCDEF123456",
    "fain": "S-GHA-26-1",
    "assistance_listing": "19.019",
    "nofo": "SFOP0001",
    "not_competed_because": "No other body keeps the register",
}


def test_the_page_of_an_award_shows_each_text_that_describes_it(analyst: Client, award: Award) -> None:
    asked = {name for name in AwardForm.Meta.fields if type(AwardForm.base_fields[name]) is forms.CharField}
    assert asked == set(TEXTS), "Give each text that the form asks for a value, and see it on the page."
    assert send(analyst, awards(award, "edit"), **TEXTS | {"competed": ""}).status_code == 302
    page = page_text(analyst.get(awards(award)))
    assert [text for text in TEXTS.values() if text not in page] == []


def test_an_edit_of_an_award_that_somebody_overtook_is_not_lost(analyst: Client, stage: Stage, award: Award) -> None:
    mine = filled_fields(analyst, awards(award, "edit"), title="Mine")
    awards_services.edit_award(award=award, actor=stage.analyst, values={"title": "Theirs"})
    response = analyst.post(awards(award, "edit"), mine)
    assert response.status_code == 422
    assert "Saved value: Theirs" in page_text(response)
    award.refresh_from_db()
    assert award.title == "Theirs"


def test_a_movement_is_in_the_ledger_once_with_running_totals(analyst: Client, award: Award) -> None:
    url = awards(award, "ledger", "new")
    sent = filled_fields(analyst, url, kind="deobligation", amount="200000.00", note="Unused")
    assert analyst.post(url, sent)["Location"] == f"{awards(award)}#ledger"
    assert "nothing was added" in page_text(analyst.post(url, sent, follow=True))
    assert LedgerEntry.objects.filter(award=award).count() == 4
    said = page_text(analyst.get(awards(award)))
    assert "\N{MINUS SIGN}$200,000.00 $1,500,000.00 $800,000.00 $500,000.00" in said
    lines = b"".join(analyst.get(awards(award), {"format": "csv"})).decode("utf-8-sig").splitlines()
    assert lines[-1].startswith(f"{TODAY.isoformat()},")
    assert ",De-obligation,-200000.00,1500000.00,800000.00,500000.00," in lines[-1]
    book = load_workbook(BytesIO(b"".join(analyst.get(awards(award), {"format": "xlsx"}))))
    assert book["Ledger"].max_row == 5


PAST = [
    ("award", "2500000.01", "USD 4,000,000.01 would be awarded, USD 0.01 too much"),
    ("reduction", "500000.01", "USD 1,000,000.00 would be obligated, net, USD 0.01 too much"),
    ("obligation", "500000.01", "USD 1,500,000.01 would be obligated, net, USD 0.01 too much"),
    ("deobligation", "500000.01", "USD 500,000.00 would be disbursed, USD 0.01 too much"),
    ("disbursement", "500000.01", "USD 1,000,000.01 would be disbursed, USD 0.01 too much"),
]


@pytest.mark.parametrize("role", list(Role))
def test_no_role_gets_past_a_limit_through_the_pages(stage: Stage, award: Award, role: Role) -> None:
    account = {Role.ANALYST: stage.analyst, Role.APPROVER: stage.approver}.get(role) or make_account(role)
    client, url = client_of(account), awards(award, "ledger", "new")
    partnership = award.partnership
    told = {"sent_on": "2021-01-01", "amount": "1000000.01", "reference": "CN 9"}
    sub = {"recipient": "Another", "purpose": "Courts", "amount": "1500000.01"}
    if role is not Role.ANALYST:
        for address in (url, money(partnership, "notifications", "new"), awards(award, "subawards", "new")):
            assert client.post(address, {"kind": "award", "amount": "1", "on": "2021-01-01"}).status_code in (403, 404)
        assert LedgerEntry.objects.count() == 3
        return
    for kind, amount, words in PAST:
        response = send(client, url, kind=kind, amount=amount, on=START.isoformat())
        assert response.status_code == 422, kind
        said = " ".join(response.context["form"].errors["amount"])
        assert words in said, kind
        assert "the largest lawful total is USD" in said
        assert f'value="{amount}"' in response.content.decode()
    response = send(client, money(partnership, "notifications", "new"), **told)
    assert (
        "USD 5,000,000.01 would be notified to Congress, USD 0.01 too much"
        in response.context["form"].errors["amount"][0]
    )
    response = send(client, awards(award, "subawards", "new"), **sub)
    assert "Sub-awards are part of the award" in response.context["form"].errors["amount"][0]
    partnership.refresh_from_db()
    assert (partnership.awarded_total, partnership.obligated_total) == (1_500_000, 1_000_000)


def test_nothing_is_obligated_before_congress_was_told_in_time(analyst: Client, stage: Stage) -> None:
    partnership = stage.active("KEN", planned="100.00")
    made = stage.award(partnership, "100.00")
    day = START - timedelta(days=1)
    response = send(analyst, awards(made, "ledger", "new"), kind="obligation", amount="100", on=day.isoformat())
    assert response.status_code == 422
    assert "was notified to Congress at least 15 days ago or is exempt" in " ".join(
        response.context["form"].errors["amount"]
    )


def test_a_stopped_award_takes_no_obligation_and_the_refusal_stands_at_what_moves(
    analyst: Client, award: Award
) -> None:
    url = awards(award, "state")
    assert send(analyst, url, state="stop_work", reason="").status_code == 422
    assert send(analyst, url, state="stop_work", reason="Order of the Secretary").status_code == 302
    assert "Stop-work ordered" in page_text(analyst.get(awards(award)))
    response = send(analyst, awards(award, "ledger", "new"), kind="obligation", amount="1", on=START.isoformat())
    assert "The award is stop-work ordered" in response.context["form"].errors["kind"][0]
    offered = {value for value, _ in analyst.get(url).context["form"].fields["state"].choices}
    assert offered == {"", "active", "terminated", "ended"}


def test_reports_are_scheduled_received_returned_and_accepted(analyst: Client, award: Award) -> None:
    schedule = awards(award, "reports", "schedule")
    assert send(analyst, schedule, kind="financial", frequency="annual").status_code == 302
    assert send(analyst, schedule, kind="financial", frequency="annual").status_code == 302
    due = list(award.reports_due.all())
    assert [(row.period_start.year, row.due_on - row.period_end) for row in due][:2] == [
        (2021, timedelta(days=90)), (2022, timedelta(days=90)),
    ]  # fmt: skip
    url = awards(award, "reports", due[0].pk)
    refused = send(analyst, url, kind="accepted", on="2022-02-01")
    assert "The report is not received" in refused.context["form"].errors["kind"][0]
    assert send(analyst, url, kind="received", on="2022-02-01").status_code == 302
    refused = send(analyst, url, kind="returned", on="2022-02-02")
    assert refused.context["form"].errors["note"] == [
        "Explain what needs to change in the report, or why it is waived."
    ]
    assert send(analyst, url, kind="returned", on="2022-02-02", note="Line 10e").status_code == 302
    assert send(analyst, url, kind="received", on="2022-02-09").status_code == 302
    assert send(analyst, url, kind="accepted", on="2022-02-10").status_code == 302
    assert ReportEvent.objects.filter(report=due[0]).count() == 4
    said = page_text(analyst.get(awards(award)))
    assert "Returned Feb 2, 2022: Line 10e" in said
    assert "Late by" in said


def test_a_sub_award_is_replaced_not_edited(analyst: Client, award: Award) -> None:
    url = awards(award, "subawards", "new")
    assert send(analyst, url, recipient="Legal aid", purpose="Courts", amount="900000").status_code == 302
    row = SubAward.objects.get()
    replace = awards(award, "subawards", row.pk, "replace")
    assert send(analyst, replace, amount="1500000.00").status_code == 302
    award.refresh_from_db()
    assert award.subawarded_total == 1_500_000
    assert "1 replaced" in page_text(analyst.get(awards(award)))


def test_an_award_is_closed_once_every_step_is_done_and_all_is_liquidated(analyst: Client, award: Award) -> None:
    assert send(analyst, awards(award, "state"), state="ended", reason="Its term is over").status_code == 302
    assert send(analyst, awards(award, "closeout")).status_code == 302
    refused = send(analyst, awards(award, "state"), state="closed", reason="Done")
    assert "Still to do: Final performance report accepted" in refused.context["form"].errors["state"][0]
    steps = list(award.closeout_steps.all())
    assert len(steps) == 6
    for step in steps[1:]:
        assert send(analyst, awards(award, "closeout", step.pk), done_on=TODAY.isoformat()).status_code == 302
    first = awards(award, "closeout", steps[0].pk)
    both = send(analyst, first, done_on=TODAY.isoformat(), not_applicable_because="No report was due")
    assert both.status_code == 422
    assert send(analyst, first, done_on="", not_applicable_because="No report was due").status_code == 302
    refused = send(analyst, awards(award, "state"), state="closed", reason="Done")
    assert "USD 500,000.00 is obligated and not disbursed" in refused.context["form"].errors["state"][0]
    send(analyst, awards(award, "ledger", "new"), kind="deobligation", amount="500000")
    assert send(analyst, awards(award, "state"), state="closed", reason="Done").status_code == 302
    said = page_text(analyst.get(awards(award)))
    assert "Closed out" in said
    assert "No report was due" in said


def test_awards_of_others_are_not_found_and_readers_are_offered_nothing(
    analyst: Client, stage: Stage, award: Award
) -> None:
    other = stage.draft("PER")
    assert analyst.get(f"/partnerships/{other.pk}/awards/{award.pk}/").status_code == 404
    assert analyst.get(awards(award, "reports", 99)).status_code == 404
    assert analyst.get(awards(award, "closeout", 99)).status_code == 404
    viewer = client_of(make_account(Role.VIEWER))
    for url in (awards(award), money(award.partnership)):
        html = viewer.get(url).content.decode()
        assert "/new/" not in html
        assert "/replace/" not in html
        assert viewer.get(url, {"x": "1"}).status_code == 400


def test_pages_of_money_ask_no_more_of_the_database_for_more_rows(
    analyst: Client, stage: Stage, award: Award, django_assert_max_num_queries: Any
) -> None:
    for number in range(5):
        stage.move(award, LedgerKind.DISBURSEMENT, "1.00", on=date(2022, 1, 1 + number))
    with django_assert_max_num_queries(28):
        analyst.get(awards(award))
    with django_assert_max_num_queries(32):
        analyst.get(money(award.partnership))


# ---- amounts as people type them -----------------------------------------------------------------------------------


def test_money_is_taken_as_it_is_typed_and_what_is_ambiguous_is_told(
    analyst: Client, award: Award, running: Partnership
) -> None:
    url = awards(award, "ledger", "new")
    assert send(analyst, url, kind="reduction", amount="$300,000.00").status_code == 302
    assert LedgerEntry.objects.latest("pk").amount == 300_000
    gift = CASH | {"amount_usd": "2,000,000.00", "original_amount": "7,500,000", "original_currency": "PEN"}
    assert send(analyst, money(running, "contributions", "new"), **gift).status_code == 302
    row = Contribution.objects.latest("pk")
    assert [row.amount_usd, row.original_amount] == [2_000_000, 7_500_000]
    assert (
        send(analyst, awards(award, "subawards", "new"), recipient="Aid", purpose="X", amount="$1,000").status_code
        == 302
    )
    assert (
        send(
            analyst, money(running, "notifications", "new"), sent_on="2021-01-01", amount="$1,000", reference="CN 9"
        ).status_code
        == 302
    )
    for typed in ("3.000.000", "3,00"):
        refused = send(analyst, url, kind="reduction", amount=typed)
        assert refused.status_code == 422
        [error] = refused.context["form"].errors["amount"]
        assert f"“{typed}” is not a clear amount" in error
