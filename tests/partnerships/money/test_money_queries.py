"""Rows for the pages of money and of an award: those that count and those that were replaced, in their order."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from partnerships.awards.services import awards as awards_services
from partnerships.awards.services import reports as reports_services
from partnerships.models import CongressionalNotification, Contribution, LedgerKind, SubAward
from partnerships.money import queries
from partnerships.money import services as money_services
from partnerships.schedules import ReportFrequency, ReportKind
from tests.partnerships.sending import client_of, filled_fields, page_text
from tests.worlds.partnerships.build import END, START, Active

DAY = timedelta(days=1)


def give(active: Active, description: str, **values: Any) -> Contribution:
    usual: dict[str, Any] = {"government": "partner", "kind": "cash", "stage": "reported", "fiscal_year": 2022}
    row = Contribution(partnership=active.partnership, description=description, source="A letter", **usual | values)
    return money_services.record_contribution(contribution=row, actor=active.stage.analyst)


def notify(active: Active, reference: str, amount: str, sent_on: date, **more: Any) -> CongressionalNotification:
    return money_services.record_notification(
        partnership=active.partnership, sent_on=sent_on, amount=Decimal(amount), reference=reference,
        actor=active.stage.analyst, **more,
    )  # fmt: skip


def test_replaced_contributions_are_apart_and_the_rest_is_by_year_and_government(active: Active) -> None:
    wrong = give(active, "wrong", fiscal_year=2024)
    for description, year, government in (
        ("third", 2023, "partner"), ("first", 2022, "partner"), ("fourth", 2023, "partner"), ("second", 2022, "us"),
    ):  # fmt: skip
        kind = "staff" if government == "us" else "cash"
        give(active, description, fiscal_year=year, government=government, kind=kind)
    give(active, "right", fiscal_year=2024, replaces=wrong)
    found = queries.money_of(active.partnership, START)
    names = ("first", "second", "third", "fourth", "right", "wrong")
    assert [row.description for row in found.contributions if row.description in names] == [
        "first", "second", "third", "fourth", "right",
    ]  # fmt: skip
    assert [row.description for row in found.replaced] == ["wrong"]


@pytest.mark.parametrize(("days", "waiting", "may"), [(14, 500, 3_000), (15, 0, 3_500)])
def test_what_waits_is_what_was_notified_and_does_not_count_yet(
    active: Active, days: int, waiting: int, may: int
) -> None:
    first = active.partnership.notifications.get()
    notify(active, "later", "500.00", START + 100 * DAY)
    notify(active, "earlier", "1000.00", START + 50 * DAY)
    notify(active, "CN 1, less", "2000.00", START + 60 * DAY, replaces=first)
    found = queries.money_of(active.partnership, START + (100 + days) * DAY)
    assert [row.reference for row in found.notifications] == ["earlier", "CN 1, less", "later"]
    assert [row.reference for row in found.withdrawn] == ["CN 1"]
    assert [found.waiting, found.may_obligate] == [Decimal(waiting), Decimal(may)]
    assert sum(found.counts.values()) == may


def test_award_page_has_the_ledger_by_day_and_current_subawards(active: Active) -> None:
    stage = active.stage
    award = stage.award(active.partnership, "1000.00")
    stage.move(award, LedgerKind.OBLIGATION, "20.00", START + 20 * DAY)
    stage.move(award, LedgerKind.OBLIGATION, "10.00", START + 10 * DAY)
    stage.move(award, LedgerKind.OBLIGATION, "5.00", START + 10 * DAY)
    given = {"award": award, "recipient": "A shelter", "purpose": "Beds"}
    first = awards_services.record_subaward(subaward=SubAward(**given, amount=Decimal(300)), actor=stage.analyst)
    awards_services.record_subaward(
        subaward=SubAward(**given, amount=Decimal(200), replaces=first), actor=stage.analyst
    )
    found = queries.award_page(award)
    assert [row.amount for row in found.ledger] == [1000, 10, 5, 20]
    assert [row.amount for row in found.subawards] == [200]
    assert [row.amount for row in found.replaced] == [300]
    assert not found.is_suspended
    assert list(queries.awards_of(active.partnership)) == [award]
    assert not queries.awards_of(stage.draft("KEN"))


def test_the_newest_event_of_a_report_counts(active: Active) -> None:
    stage = active.stage
    award = stage.award(active.partnership)
    reports_services.schedule_reports(
        award=award, kind=ReportKind.FINANCIAL, frequency=ReportFrequency.ANNUAL, actor=stage.analyst
    )
    first, second, *_ = queries.reports_of(award)
    for kind, note in (("received", ""), ("returned", "The totals differ")):
        reports_services.record_report_event(report=first, kind=kind, on=END, note=note, actor=stage.analyst)
    reports_services.record_report_event(report=second, kind="received", on=END, actor=stage.analyst)
    assert [row.newest_kind for row in queries.reports_of(award)][:3] == ["returned", "received", None]  # type: ignore[attr-defined]
    assert not queries.reports_of(stage.award(active.partnership, title="Shelters"))


# ---- the limit of what is notified ---------------------------------------------------------------------------------


def test_a_notification_may_reach_the_limit_and_a_replacement_counts_its_difference(active: Active) -> None:
    first = active.partnership.notifications.get()
    with pytest.raises(ValidationError) as caught, transaction.atomic():
        notify(active, "CN 2", "1000000.01", START)
    [message] = caught.value.messages
    assert "With this, USD 5,000,000.01 would be notified to Congress, USD 0.01 too much" in message
    with pytest.raises(ValidationError, match=r"USD 5,000,000\.01 would be notified"), transaction.atomic():
        notify(active, "CN 1, more", "5000000.01", START, replaces=first)
    notify(active, "CN 2", "1000000.00", START)
    notify(active, "CN 1 again", "4000000.00", START, replaces=first)


# ---- pages ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("day", "is_over"), [(END, False), (END + DAY, True)])
def test_nothing_new_is_open_to_obligation_after_the_last_day(
    active: Active, monkeypatch: pytest.MonkeyPatch, day: date, is_over: bool
) -> None:
    noon = timezone.now().replace(year=day.year, month=day.month, day=day.day, hour=12)
    monkeypatch.setattr(timezone, "now", lambda: noon)
    text = page_text(client_of(active.stage.analyst).get(f"/partnerships/{active.partnership.pk}/money/"))
    expected = (
        "Open to obligation $0.00 the term is over: by policy of the office, nothing new is obligated"
        if is_over
        else "Open to obligation $4,000,000.00 notified in time or exempt, and not yet obligated"
    )
    assert expected in text


def test_a_new_contribution_begins_with_the_current_fiscal_year(
    active: Active, monkeypatch: pytest.MonkeyPatch
) -> None:
    for month, year in ((9, 2027), (10, 2028)):
        day = timezone.now().replace(year=2027, month=month, day=15)
        with monkeypatch.context() as patch:
            patch.setattr(timezone, "now", lambda day=day: day)
            client = client_of(active.stage.analyst)
            fields = filled_fields(client, f"/partnerships/{active.partnership.pk}/money/contributions/new/")
        assert fields["fiscal_year"] == year


def test_a_notification_shows_what_is_notified_and_what_is_left(active: Active) -> None:
    client, here = client_of(active.stage.analyst), f"/partnerships/{active.partnership.pk}/money/notifications/"
    notify(active, "CN 2", "250000.00", START)
    first = active.partnership.notifications.get(reference="CN 1")
    text = page_text(client.get(f"{here}{first.pk}/replace/"))
    assert "Notified so far $4,250,000.00" in text
    assert "Remaining under the limit $750,000.00" in text
    assert "Replaces CN 1: USD 4,000,000.00" in text


def test_the_page_links_to_the_steps_of_its_reader(active: Active) -> None:
    here = f"/partnerships/{active.partnership.pk}/money/"
    names = ("awards", "notifications", "contributions", "exemptions")
    for user, links in (
        (active.stage.analyst, [True, True, True, False]),
        (active.stage.approver, [False, False, False, True]),
    ):
        html = client_of(user).get(here).content.decode()
        assert [f"{name}/new/" in html for name in names] == links, user
