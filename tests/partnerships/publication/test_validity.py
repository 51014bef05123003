"""IATI files are valid by a validator that is not ours, whatever the state of the partnership."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from xml.etree import ElementTree as ET

import pytest
from django.utils import timezone

from cpc.accounts.models import User
from cpc.accounts.permissions import Role
from cpc.people.demo import load_accounts
from indicators.models import Country
from partnerships.models import Determination, LedgerKind, Partnership, RecordKind, SubAward
from partnerships.publication.assembly import portfolio
from partnerships.sample.load import load_sample
from partnerships.status import services as status_services
from tests.partnerships.publication.entries import enter_all, plan_money, published
from tests.partnerships.publication.independent import faults_of
from tests.support.accounts import make_account
from tests.worlds.partnerships.build import END, FOUR_YEARS, START, Stage
from tests.worlds.partnerships.life import live

pytestmark = pytest.mark.django_db
TODAY = timezone.now().date()
LATER = END + timedelta(days=60)


def codes() -> set[str]:
    return set(Country.objects.exclude(iso2="").values_list("iso2", flat=True))


def activity_of(partnership: Partnership) -> ET.Element:
    data = published(partnership, TODAY).file()
    assert faults_of(data, codes()) == [], partnership
    return ET.fromstring(data)[0]


def dates(activity: ET.Element) -> dict[str, str]:
    return {one.get("type", ""): one.get("iso-date", "") for one in activity.findall("activity-date")}


def terminated(stage: Stage, code: str) -> Partnership:
    partnership = stage.active(code)
    made = Determination(
        partnership=partnership,
        kind="termination",
        grounds=["responsibilities"],
        text="The register was not kept",
        signatory="The Secretary",
        determined_on=FOUR_YEARS,
    )
    status_services.determine(determination=made, actor=stage.approver)
    return partnership


def test_every_status_is_valid_with_its_code_and_days(facts: None) -> None:
    # One piece: a world of each status is built once.
    stage = Stage()
    canceled = stage.step(stage.draft("ARM"), "cancel", START, reason="No")
    signed = stage.draft("ALB")
    stage.program(signed, "100.00")
    signed = stage.sign(signed)
    completed = stage.step(stage.active("COL"), "complete", END)
    closed = stage.step(stage.step(stage.active("PER"), "complete", END), "close", LATER)
    expected = {
        stage.draft("GEO"): ("1", {"1": START, "3": END}),
        canceled: ("5", {"1": START, "3": END}),
        signed: ("1", {"1": START, "3": END}),
        stage.active("GHA"): ("2", {"2": START, "3": END}),
        completed: ("3", {"2": START, "3": END, "4": END}),
        closed: ("4", {"2": START, "3": END, "4": END}),
        terminated(stage, "JAM"): ("5", {"2": START, "3": END, "4": FOUR_YEARS}),
    }
    for partnership, (status, days) in expected.items():
        enter_all(partnership, stage.analyst)
        activity = activity_of(partnership)
        found = activity.find("activity-status")
        assert found is not None
        assert (found.get("code"), dates(activity)) == (
            status,
            {kind: day.isoformat() for kind, day in days.items()},
        ), partnership


def test_extended_suspended_and_with_results(facts: None) -> None:
    stage = Stage()
    partnership = live(stage)
    enter_all(partnership, stage.analyst)
    activity = activity_of(partnership)
    partnership.refresh_from_db()
    assert activity.findtext("iati-identifier") == f"US-GOV-11-CPC-KE-{partnership.signed_on:%Y}"
    assert dates(activity)["3"] == f"{partnership.ends_on}"
    status = activity.find("activity-status")
    assert status is not None
    assert status.get("code") == "6"
    assert activity.findall("result/indicator/period/target")
    assert activity.findall("result/indicator/period/actual")


def test_money_is_that_of_the_ledger_and_the_plan(facts: None) -> None:
    stage = Stage()
    partnership = stage.active("GHA", "1000.00")
    award = stage.award(partnership, "900.00")
    other = stage.award(partnership, "50.00", title="Care")
    for one, kind, amount in (
        (award, LedgerKind.OBLIGATION, "800.00"),
        (award, LedgerKind.DEOBLIGATION, "100.05"),
        (award, LedgerKind.DISBURSEMENT, "500.00"),
        (award, LedgerKind.REFUND, "0.01"),
        (other, LedgerKind.OBLIGATION, "50.00"),
    ):
        stage.move(one, kind, amount)
    SubAward.objects.create(award=award, recipient="Sample Village Group", purpose="Beds", amount=1)
    enter_all(partnership, stage.analyst)
    plan_money(partnership, stage.analyst, 2021, 2022, 2023)
    activity = activity_of(partnership)
    rows = [
        (one.find("transaction-type").get("code"), one.findtext("value"))  # type: ignore[union-attr]  # it is required
        for one in activity.findall("transaction")
    ]
    assert rows == [("2", "800"), ("2", "-100.05"), ("3", "500"), ("3", "-0.01"), ("2", "50")]
    assert [one.findtext("value") for one in activity.findall("budget")] == ["333.33", "333.33", "333.34"]
    found = published(partnership, TODAY)
    assert [check.text for check in found.checks if not check.is_good] == []
    assert "An organization" not in ET.tostring(activity, encoding="unicode")


def test_the_sample_lacks_only_a_country_and_is_never_in_the_portfolio(db: None) -> None:
    load_accounts(lambda _done, _total: None)
    load_sample(lambda _done, _total: None)
    sample = Partnership.objects.get(kind=RecordKind.SAMPLE)
    analyst = User.objects.get(username="analyst")
    before = published(sample, TODAY)
    assert [one.label for one in before.missing] == ["Description", "Country", "Sectors"]
    assert before.outside.shown("Sample Survey Center") == "Sample Survey Center"
    assert before.outside.shown("Sample Child Care Network") == "Implementer 2"
    enter_all(sample, analyst)
    after = published(sample, TODAY)
    assert [one.label for one in after.missing] == ["Country"]
    assert faults_of(after.file(), codes()) == ["recipient-country ZZ"]
    assert after.facts.identifier == "US-GOV-11-CPC-SAMPLE-2024"
    budgets = [one.amount for one in after.facts.budgets]
    assert (len(budgets), sum(budgets)) == (5, Decimal(4_600_000))
    assert sum(one.amount for one in after.facts.movements_of("2")) == Decimal(3_600_000)
    assert sum(one.amount for one in after.facts.movements_of("3")) == Decimal(2_542_000)
    file = portfolio(TODAY)
    assert sample.pk not in {one.partnership.pk for one in (*file.included, *file.left_out)}


def test_documented_partnerships_go_out_once_described(documented: None) -> None:
    analyst = make_account(Role.ANALYST)
    rows = list(Partnership.objects.filter(kind=RecordKind.DOCUMENTED))
    assert len(rows) == 8
    assert not portfolio(TODAY).included
    for row in rows:
        enter_all(row, analyst)
    file = portfolio(TODAY)
    assert (len(file.included), len(file.left_out)) == (8, 0)
    assert faults_of(file.file(), codes()) == []
    identifiers = [one.facts.identifier for one in file.included]
    assert len(set(identifiers)) == len(identifiers)
