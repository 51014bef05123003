"""Pages of awards: description, ledger, sub-awards, reports, and close-out, inside the enforced limits."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from django.db import models
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook

from cpc.accounts.permissions import Role
from cpc.web.formats import DASH
from partnerships.amendments.presenters import describe_value
from partnerships.awards.forms import AwardForm
from partnerships.awards.presenters import description
from partnerships.awards.services import awards as awards_services
from partnerships.models import Award, LedgerEntry, LedgerKind, Partnership, ReportEvent, SubAward
from partnerships.models.partnership import money as dollar_column
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


AFTER_TERM = {"note": "Unused", "authority": "Terms of the award"}
"""The basis that an entry of today needs, because the term is over."""
NEW_AWARD = {
    "title": "Courts", "type": "grant", "recipient": "An organization", "recipient_type": "civil_society",
    "starts_on": "2022-01-01", "ends_on": "2023-12-31", "competed": "on",
}  # fmt: skip


def test_an_award_is_opened_once_edited_and_shows_what_to_know(analyst: Client, running: Partnership) -> None:
    url = f"/partnerships/{running.pk}/awards/new/"
    sent = filled_fields(analyst, url, **NEW_AWARD | {"recipient_type": "government"})
    first = analyst.post(url, sent)
    made = Award.objects.get(partnership=running)
    assert first["Location"] == analyst.post(url, sent)["Location"] == awards(made)
    text = page_text(analyst.get(awards(made)))
    assert "The recipient is a government." in text
    assert "No certification that staff" in text
    assert "No ledger entries yet" in text
    values = {"certifies_training": "on", "certifies_no_promotion": "on", "recipient_type": "expert"}
    values |= {"uei": "ABCDEFGHJKL1", "fain": "SLMAQM26CA0001"}
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
    response = send(analyst, f"/partnerships/{running.pk}/awards/new/", **NEW_AWARD | values)
    assert response.status_code == 422
    assert field in response.context["form"].errors
    assert not Award.objects.exists()


SHOWN = {
    "title": ("Courts in two regions", "Courts in two regions"),
    "program": ("", f"Program {DASH}"),
    "type": ("contract", "Instrument Contract"),
    "recipient": ("A university", "Recipient A university"),
    "recipient_type": ("expert", "(other expert entity)"),
    "uei": ("ABCDEF123456", "UEI ABCDEF123456"),
    "fain": ("S-GHA-26-1", "FAIN S-GHA-26-1"),
    "assistance_listing": ("19.019", "Assistance listing 19.019"),
    "starts_on": ("2020-12-15", "Days Dec 15, 2020 to"),
    "ends_on": ("2023-03-31", "to Mar 31, 2023"),
    "nofo": ("SFOP0001", "Notice of funding opportunity SFOP0001"),
    "competed": ("", "Competed No:"),
    "not_competed_because": ("No other body keeps the register", "No: No other body keeps the register"),
    "certifies_training": ("on", "Staff training Certified"),
    "certifies_no_promotion": ("on", "Prostitution Statement received"),
}
"""An entry for each field of the form, and the text on the page of the award."""


def test_the_page_of_an_award_shows_each_field_of_its_form(analyst: Client, award: Award) -> None:
    differing = sorted(set(SHOWN) ^ set(AwardForm._meta.fields or ()))
    assert not differing, f"SHOWN and the fields of AwardForm differ in {', '.join(differing)}."
    entries = {name: entry for name, (entry, _) in SHOWN.items()}
    assert send(analyst, awards(award, "edit"), **entries).status_code == 302
    page = page_text(analyst.get(awards(award)))
    missing = [text for _, text in SHOWN.values() if text not in page]
    award.refresh_from_db()
    assert not missing, f"The page lacks {missing}. It describes the award so: {description(award)}"


@pytest.mark.parametrize(
    ("column", "value", "text"),
    [
        (models.DateField(), date(2026, 11, 27), "Nov 27, 2026"),
        (models.DateField(), "2026-11-27", "Nov 27, 2026"),
        (models.IntegerField(name="children"), 0, "0"),
        (models.PositiveIntegerField(name="children"), 12500, "12,500"),
        (models.PositiveSmallIntegerField(name="fiscal_year"), 2027, "2027"),
        (models.IntegerField(choices=[(2, "Twice")]), 2, "Twice"),
        (dollar_column("awarded"), Decimal("1250000.50"), "$1,250,000.50"),
        (models.DecimalField(max_digits=5, decimal_places=2), Decimal("12.50"), "12.5"),
        (models.DecimalField(decimal_places=4), Decimal("4.5000"), "4.5"),
        (models.CharField(choices=[("a", "Region A")]), "a", "Region A"),
        (models.BooleanField(), False, "No"),
        (models.BooleanField(), True, "Yes"),
    ],
)
def test_a_column_is_shown_by_its_kind(column: models.Field[Any, Any], value: object, text: str) -> None:
    assert describe_value(column, value, {}) == text


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
    sent = filled_fields(analyst, url, kind="deobligation", amount="200000.00", note="Unused", authority="Terms")
    assert analyst.post(url, sent)["Location"] == f"{awards(award)}#ledger"
    assert "nothing was added" in page_text(analyst.post(url, sent, follow=True))
    assert LedgerEntry.objects.filter(award=award).count() == 4
    text = page_text(analyst.get(awards(award)))
    assert "\N{MINUS SIGN}$200,000.00 $1,500,000.00 $800,000.00 $500,000.00" in text
    whole = {"columns": "file", "format": "csv"}
    lines = b"".join(analyst.get(awards(award), whole)).decode("utf-8-sig").splitlines()
    assert lines[-1].startswith(f"{TODAY.isoformat()},")
    assert ",De-obligation,-200000.00,1500000.00,800000.00,500000.00," in lines[-1]
    book = load_workbook(BytesIO(b"".join(analyst.get(awards(award), {"format": "xlsx"}))))
    shown = list(book["Ledger"].iter_rows(values_only=True))
    assert len(shown) == 5
    assert shown[0][:8] == (
        "Movement", "Fiscal year of the funds", "Fund", "Reference", "Note", "Authority", "Day", "USD"
    )  # fmt: skip
    assert shown[-1][4:6] == ("Unused", "Terms")


PAST = [
    ("award", "2500000.01", "$4,000,000.01 would be awarded, $0.01 too much"),
    ("reduction", "500000.01", "$1,000,000.00 would be obligated, net, $0.01 too much"),
    ("obligation", "500000.01", "$1,500,000.01 would be obligated, net, $0.01 too much"),
    ("deobligation", "500000.01", "$500,000.00 would be disbursed, $0.01 too much"),
    ("disbursement", "500000.01", "$1,000,000.01 would be disbursed, $0.01 too much"),
]


@pytest.mark.parametrize("role", list(Role))
def test_no_role_gets_past_a_limit_through_the_pages(stage: Stage, award: Award, role: Role) -> None:
    account = {Role.ANALYST: stage.analyst, Role.APPROVER: stage.approver}.get(role) or make_account(role)
    client, url = client_of(account), awards(award, "ledger", "new")
    partnership = award.partnership
    notice = {"sent_on": "2021-01-01", "amount": "1000000.01", "reference": "CN 9"}
    sub = {"recipient": "Another", "purpose": "Courts", "amount": "1500000.01"}
    if role is not Role.ANALYST:
        for address in (url, money(partnership, "notifications", "new"), awards(award, "subawards", "new")):
            assert client.post(address, {"kind": "award", "amount": "1", "on": "2021-01-01"}).status_code in (403, 404)
        assert LedgerEntry.objects.count() == 3
        return
    for kind, amount, expected in PAST:
        response = send(client, url, kind=kind, amount=amount, on=START.isoformat())
        assert response.status_code == 422, kind
        message = " ".join(response.context["form"].errors["amount"])
        assert expected in message, kind
        assert "the largest lawful total is $" in message
        assert f'value="{amount}"' in response.content.decode()
    response = send(client, money(partnership, "notifications", "new"), **notice)
    assert "$5,000,000.01 would be notified to Congress, $0.01 too much" in response.context["form"].errors["amount"][0]
    response = send(client, awards(award, "subawards", "new"), **sub)
    assert "Sub-awards are part of the award" in response.context["form"].errors["amount"][0]
    partnership.refresh_from_db()
    assert (partnership.awarded_total, partnership.obligated_total) == (1_500_000, 1_000_000)


def test_no_obligation_before_timely_congressional_notification(analyst: Client, stage: Stage) -> None:
    partnership = stage.active("KEN", planned="100.00")
    made = stage.award(partnership, "100.00")
    day = START - timedelta(days=1)
    response = send(analyst, awards(made, "ledger", "new"), kind="obligation", amount="100", on=day.isoformat())
    assert response.status_code == 422
    assert "was notified to Congress at least 15 days before or is exempt" in " ".join(
        response.context["form"].errors["amount"]
    )


def test_stopped_award_rejects_an_obligation_at_its_field(analyst: Client, award: Award) -> None:
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
        (2021, timedelta(days=90)), (2021, timedelta(days=90)),
    ]  # fmt: skip
    url = awards(award, "reports", due[0].pk)
    assert award.recipient in dict(analyst.get(url).context["facts"])["Recipient"]
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
    text = page_text(analyst.get(awards(award)))
    assert "Returned Feb 2, 2022: Line 10e" in text
    assert "Late by" in text


def test_a_sub_award_is_replaced_not_edited(analyst: Client, award: Award) -> None:
    url = awards(award, "subawards", "new")
    assert send(analyst, url, recipient="Legal aid", purpose="Courts", amount="900000").status_code == 302
    row = SubAward.objects.get()
    replace = awards(award, "subawards", row.pk, "replace")
    assert send(analyst, replace, amount="1500000.00").status_code == 302
    award.refresh_from_db()
    assert award.subawarded_total == 1_500_000
    assert "1 replaced" in page_text(analyst.get(awards(award)))


def test_award_closes_once_steps_are_done_and_funds_liquidated(analyst: Client, award: Award) -> None:
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
    assert "$500,000.00 is obligated but not disbursed" in refused.context["form"].errors["state"][0]
    send(analyst, awards(award, "ledger", "new"), kind="deobligation", amount="500000", **AFTER_TERM)
    assert send(analyst, awards(award, "state"), state="closed", reason="Done").status_code == 302
    text = page_text(analyst.get(awards(award)))
    assert "Closed out" in text
    assert "No report was due" in text


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
        assert re.findall(r"/partnerships/[^\"]*/(?:new|replace)/", html) == []
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


@pytest.mark.parametrize("entry", ["3.000.000", "3,00"])
def test_an_ambiguous_amount_is_rejected(analyst: Client, award: Award, entry: str) -> None:
    refused = send(analyst, awards(award, "ledger", "new"), kind="reduction", amount=entry)
    assert refused.status_code == 422
    [error] = refused.context["form"].errors["amount"]
    assert f"“{entry}” is not a clear amount" in error


def test_amounts_are_taken_with_signs_and_commas(analyst: Client, award: Award) -> None:
    assert (
        send(analyst, awards(award, "ledger", "new"), kind="reduction", amount="$300,000.00", **AFTER_TERM).status_code
        == 302
    )
    assert LedgerEntry.objects.latest("pk").amount == 300_000
    sub = {"recipient": "Aid", "purpose": "X", "amount": "$1,000"}
    assert send(analyst, awards(award, "subawards", "new"), **sub).status_code == 302
