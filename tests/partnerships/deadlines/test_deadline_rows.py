"""Texts, order, and number of deadlines and notices."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from partnerships.deadlines import queries
from partnerships.deadlines.services import run_due
from partnerships.limit_exceptions import services as exceptions_services
from partnerships.lookups.late import DatedRow
from partnerships.models import (
    ActionItem,
    Dialogue,
    Notice,
    Participant,
    Partnership,
    ReportDue,
    ReportingPeriod,
    Responsibility,
    Risk,
    SustainabilityMeasure,
)
from tests.support.unguarded import unguarded
from tests.worlds.partnerships.build import END, START, Active

DAY = timedelta(days=1)
DUE = date(2022, 3, 1)


@pytest.fixture
def office(active: Active) -> Participant:
    return active.partnership.participants.get(government="partner")


@pytest.fixture
def duties(active: Active, office: Participant) -> Partnership:
    """Return a partnership with one duty of each kind, each due a day after the one before, from `DUE` on."""
    partnership = active.partnership
    award = active.stage.award(partnership)
    days = {"period_start": START, "period_end": DUE - 60 * DAY, "due_on": DUE}
    ReportDue.objects.create(award=award, kind="financial", frequency="annual", **days)
    with unguarded():
        Responsibility.objects.create(
            partnership=partnership, participant=office, text="Fund the courts", due_on=DUE + DAY
        )
    ReportingPeriod.objects.create(
        partnership=partnership, starts_on=START, ends_on=DUE - 60 * DAY, due_on=DUE + 2 * DAY
    )
    dialogue = Dialogue.objects.create(partnership=partnership, number=1, planned_on=DUE + 3 * DAY)
    ActionItem.objects.create(dialogue=dialogue, text="Send the register", owner=office, due_on=DUE + 4 * DAY)
    shared: dict[str, Any] = {"partnership": partnership, "owner": office}
    SustainabilityMeasure.objects.create(**shared, kind="budget", text="A budget line", review_on=DUE + 5 * DAY)
    Risk.objects.create(**shared, text="Elections", likelihood=2, impact=2, mitigation="Talks", review_on=DUE + 6 * DAY)
    return partnership


LISTED = [
    (0, "Financial report of An organization", "money"),
    (1, "Lead partner: Fund the courts", "elements"),
    (2, "Report on Jan 1, 2021 to Dec 31, 2021", "objectives"),
    (3, "Hold dialogue 1", "dialogues"),
    (4, "Lead partner: Send the register", "dialogues"),
    (5, "Review of the measure “A budget line”", "elements"),
    (6, "Review of the risk “Elections”", "elements"),
]


@pytest.mark.parametrize("limit", [0, 1, 3, 7, 99])
def test_deadlines_are_by_day_with_text_and_part_of_the_page(duties: Partnership, limit: int) -> None:
    expected = [
        DatedRow(DUE + days * DAY, text, anchor, duties.pk, "Ghana", is_sample=False)
        for days, text, anchor in LISTED[:limit]
    ]
    assert queries.overdue(DUE + 30 * DAY, partnership=duties, limit=limit) == expected
    assert queries.upcoming(DUE, partnership=duties, limit=limit) == expected


def test_deadlines_of_one_day_are_by_text(active: Active, office: Participant) -> None:
    dialogue = Dialogue.objects.create(partnership=active.partnership, number=1, planned_on=END - DAY)
    for text in ("B", "A", "C"):
        ActionItem.objects.create(dialogue=dialogue, text=text, owner=office, due_on=DUE)
    found = queries.overdue(DUE + DAY, partnership=active.partnership)
    assert [row.text for row in found] == ["Lead partner: A", "Lead partner: B", "Lead partner: C"]


def test_eight_deadlines_are_listed_unless_more_are_asked_for(active: Active, office: Participant) -> None:
    dialogue = Dialogue.objects.create(partnership=active.partnership, number=1, planned_on=END - DAY)
    for number in range(9):
        ActionItem.objects.create(dialogue=dialogue, text=f"Item {number}", owner=office, due_on=DUE)
    assert len(queries.overdue(DUE + DAY)) == len(queries.upcoming(DUE)) == 8


@pytest.mark.parametrize(
    ("today", "late", "coming"),
    [
        (END - 181 * DAY, [], []),
        (END - 180 * DAY, [], ["Term ends"]),
        (END, [], ["Term ends"]),
        (END + DAY, ["Term ended; completion not recorded"], []),
    ],
)
def test_the_end_of_a_term_is_listed_until_and_after_its_day(
    active: Active, today: date, late: list[str], coming: list[str]
) -> None:
    found = queries.overdue(today, partnership=active.partnership), queries.upcoming(today)
    terms = [[row for row in rows if row.anchor == "limits"] for rows in found]
    assert [[row.text for row in rows] for rows in terms] == [late, coming]
    assert {(row.day, row.country) for rows in terms for row in rows} <= {(END, "Ghana")}


def test_the_end_of_a_documented_term_is_announced_and_never_overdue(documented: None) -> None:
    running = Partnership.objects.filter(kind="documented", status="active", ends_on__isnull=False).first()
    assert running is not None
    assert running.ends_on is not None
    assert queries.overdue(running.ends_on + DAY) == []
    found = queries.upcoming(running.ends_on, partnership=running)
    assert [(row.text, row.day) for row in found] == [("Term ends", running.ends_on)]
    for today in (running.ends_on, running.ends_on + DAY):
        run_due(today=today)
    assert not Notice.objects.exists()


def test_other_partnerships_are_listed_only_without_one(active: Active) -> None:
    active.stage.active("KEN")
    assert sorted(row.country for row in queries.upcoming(END)) == ["Ghana", "Kenya"]
    assert [row.country for row in queries.upcoming(END, partnership=active.partnership)] == ["Ghana"]


def test_a_granted_exception_expires_and_a_request_does_not(active: Active) -> None:
    stage, expires = active.stage, timezone.now().date() + 60 * DAY
    memo = stage.document(active.partnership)
    for funding, is_granted in (("6000000.00", False), ("7000000.00", True)):
        made = exceptions_services.request_exception(
            partnership=active.partnership, funding=Decimal(funding), reason="Needed", expires_on=expires,
            actor=stage.analyst,
        )  # fmt: skip
        if is_granted:
            exceptions_services.grant_exception(exception=made, authority="A memo", document=memo, actor=stage.approver)
    for today, number in ((expires - 1 * DAY, 1), (expires, 1), (expires + DAY, 0)):
        found = [row for row in queries.upcoming(today) if row.anchor == "exceptions"]
        assert [(row.text, row.day) for row in found] == [("Exception: USD 7,000,000.00 expires", expires)] * number
        assert "exceptions" not in {row.anchor for row in queries.overdue(today)}


# ---- notices -------------------------------------------------------------------------------------------------------


def test_notice_names_what_was_due_and_from_whom(duties: Partnership) -> None:
    today = DUE + 30 * DAY
    run_due(today=today)
    notices = Notice.objects.order_by("due_on")
    assert [(row.kind, row.due_on, row.text) for row in notices] == [
        ("report_overdue", DUE, "An organization: Financial report to 2021-12-31 was due on 2022-03-01."),
        ("responsibility_overdue", DUE + DAY, "Lead partner: Fund the courts was due on 2022-03-02."),
        ("period_overdue", DUE + 2 * DAY, "The report on Jan 1, 2021 to Dec 31, 2021 was due on 2022-03-03."),
        ("action_overdue", DUE + 4 * DAY, "Lead partner: Send the register was due on 2022-03-05."),
        ("review_overdue", DUE + 5 * DAY,
         "Lead partner: the review of the measure “A budget line” was due on 2022-03-06."),
        ("review_overdue", DUE + 6 * DAY, "Lead partner: the review of the risk “Elections” was due on 2022-03-07."),
    ]  # fmt: skip
    assert {(row.partnership_id, row.raised_on) for row in notices} == {(duties.pk, today)}
    assert [(row.key.split(":")[0], row.key.split(":")[2:]) for row in notices] == [
        ("report", []),
        ("responsibility", ["2022-03-02"]),
        ("period", ["2022-03-03"]),
        ("action", ["2022-03-05"]),
        ("measure", ["2022-03-06"]),
        ("risk", ["2022-03-07"]),
    ]
    assert all(row.key.split(":")[1].isdecimal() for row in notices)


@pytest.mark.parametrize(
    ("today", "texts"),
    [
        (END - 90 * DAY, ["ends on 2026-01-01, within 180 days.", "ends on 2026-01-01, within 90 days."]),
        (END + DAY, ["ended on 2026-01-01; record its completion."]),
    ],
)
def test_term_notice_names_its_end(active: Active, today: date, texts: list[str]) -> None:
    run_due(today=today)
    found = Notice.objects.order_by("pk").values_list("text", flat=True)
    assert list(found) == [f"Partnership with Ghana {text}" for text in texts]


def test_a_term_that_is_completed_is_neither_announced_nor_listed(active: Active) -> None:
    active.stage.step(active.partnership, "complete", END)
    for today in (END, END + DAY):
        run_due(today=today)
        assert queries.overdue(today) == queries.upcoming(today) == []
    assert not Notice.objects.exists()
