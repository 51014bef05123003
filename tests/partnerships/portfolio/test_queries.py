"""The list of all partnerships: filters, order, counts, and sums, row by row."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from indicators.models import Country
from partnerships.models import Partnership, Responsibility
from partnerships.portfolio import queries
from partnerships.portfolio.queries import filter_partnerships, partnerships, sort_partnerships
from tests.partnerships.forged import FIVE, START, Make, forge, plan_dialogue
from tests.support.unguarded import unguarded
from tests.worlds.partnerships.build import Stage

DAY = timedelta(days=1)
TODAY = date(2024, 6, 15)


@pytest.fixture
def make(stage: Stage) -> Make:
    """Return the function that writes a partnership in any status."""
    return forge


def names(**filters: str) -> set[str]:
    return set(filter_partnerships(partnerships(TODAY), TODAY, **filters).values_list("title", flat=True))


# ---- what needs attention ------------------------------------------------------------------------------------------


def late(row: Partnership) -> None:
    """Give a partnership a responsibility that was due yesterday."""
    with unguarded():
        office = row.participants.create(government="us", name="An office")
        Responsibility.objects.bulk_create(
            [Responsibility(partnership=row, participant=office, text="A", due_on=TODAY - DAY)]
        )


def test_what_ends_soon_or_is_late(make: Make) -> None:
    make("today", ends_on=TODAY)
    make("in 180 days", ends_on=TODAY + 180 * DAY)
    make("in 181 days", ends_on=TODAY + 181 * DAY)
    make("yesterday", ends_on=TODAY - DAY)
    make("yesterday, documented", ends_on=TODAY - DAY, documented=True)
    make("completed", "completed", ends_on=TODAY)
    make("draft", "in_clearance", ends_on=TODAY)
    make("suspended", "suspended")
    make("no days", "selected", starts_on=None, ends_on=None)
    late(make("late"))
    for row in Partnership.objects.all():
        plan_dialogue(row)
    assert names(attention="ending") == {"today", "in 180 days"}
    assert names(attention="overdue") == {"yesterday", "late"}
    soon = {"today", "in 180 days", "yesterday", "yesterday, documented"}
    assert names(attention="risk") == soon | {"late", "suspended"}


def test_what_is_past_the_limit_of_the_policy(make: Make) -> None:
    full = date(2026, 1, 1)
    make("full", ends_on=full)
    make("longer", ends_on=full + DAY)
    make("signed earlier", ends_on=full, signed_on=START - DAY)
    make("signed later", ends_on=full, signed_on=START + DAY)
    make("ended earlier", "terminated", ends_on=full + DAY, ended_on=full)
    make("five", planned_total=FIVE, notified_total=FIVE)
    make("planned", planned_total=FIVE + 1)
    make("notified", notified_total=FIVE + 1)
    make("documented", documented=True, term_limit_months=60, funding_limit=FIVE)
    make("practice of the term", documented=True, term_limit_months=61, funding_limit=FIVE)
    make("practice of funding", documented=True, term_limit_months=60, funding_limit=FIVE + 1)
    assert names(attention="exception") == {
        "longer", "signed earlier", "planned", "notified", "practice of the term", "practice of funding",
    }  # fmt: skip


# ---- filters -------------------------------------------------------------------------------------------------------


def test_the_groups_hold_each_status_once(make: Make) -> None:
    groups = {
        "preparing": {"selected", "invited", "negotiating", "in_clearance"},
        "in_force": {"signed", "active", "suspended"},
        "over": {"completed", "terminated", "closed", "canceled"},
    }
    for statuses in groups.values():
        for status in statuses:
            make(status, status)
    for group, statuses in groups.items():
        assert names(group=group) == statuses


def test_a_name_finds_countries_and_titles(make: Make) -> None:
    make("Shelters")
    make("Courts", code="CIV")
    make("Nigeria", code="NGA")
    for query, found in (
        ("kenya", {"Shelters"}),
        ("KEN", {"Shelters"}),
        ("CI", set()),
        ("CIV", {"Courts"}),
        ("cote d'iv", {"Courts"}),
        (" court ", {"Courts"}),
        ("nig", {"Nigeria"}),
        ("nothing", set()),
    ):
        assert names(q=query) == found, query


def test_filters_by_region_and_kind_narrow_each_other(make: Make) -> None:
    make("Kenya")
    make("Kenya, documented", documented=True)
    make("Peru", code="PER")
    region = Country.objects.get(code="KEN").region
    assert names(region=region) == {"Kenya", "Kenya, documented"}
    assert names(region=region, kind="managed") == {"Kenya"}
    assert names(kind="documented") == {"Kenya, documented"}
    assert queries.regions() == sorted({region, Country.objects.get(code="PER").region})


# ---- order ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("start", "abdc"),
        ("-start", "dabc"),
        ("planned", "bdac"),
        ("-planned", "acbd"),
        ("obligated", "cabd"),
        ("country", "dabc"),
        ("-country", "abcd"),
        ("end", "bdac"),
        ("status", "abdc"),
    ],
)
def test_each_column_sorts_with_what_is_empty_last_and_ties_by_age(make: Make, sort: str, order: str) -> None:
    two, one, nothing = Decimal(2), Decimal(1), Decimal(0)
    later = START + DAY
    make("a", code="PER", planned_total=two, obligated_total=one, awarded_total=one, ends_on=TODAY)
    make("b", code="PER", planned_total=one, obligated_total=one, awarded_total=one, ends_on=TODAY - DAY)
    make("c", "selected", code="PER", planned_total=two, obligated_total=nothing, starts_on=None, ends_on=None)
    make("d", planned_total=one, obligated_total=one, awarded_total=one, starts_on=later, ends_on=TODAY - DAY)
    assert "".join(sort_partnerships(partnerships(TODAY), sort).values_list("title", flat=True)) == order


def test_the_cards_show_what_runs_and_the_documented_last(make: Make) -> None:
    make("documented, over", documented=True, ends_on=TODAY - DAY)
    make("over", ends_on=TODAY - DAY)
    make("no last day", ends_on=None)
    make("later", ends_on=TODAY + DAY)
    make("today", "suspended", ends_on=TODAY)
    make("tie", "signed", ends_on=TODAY)
    make("completed", "completed")
    make("draft", "selected")

    def found(limit: int) -> list[str]:
        return [row.title for row in queries.partnerships_in_force(partnerships(TODAY), TODAY, limit)]

    assert found(9) == ["today", "tie", "later", "no last day", "documented, over"]
    assert found(2) == ["today", "tie"]


# ---- counts --------------------------------------------------------------------------------------------------------


def test_the_summary_counts_all_and_sums_ledgers_alone(make: Make) -> None:
    sums = {"planned_total": Decimal(40), "awarded_total": Decimal(30)}
    sums |= {"obligated_total": Decimal(20), "disbursed_total": Decimal(10)}
    make("runs", **sums)
    make("ends today", ends_on=TODAY, **sums)
    make("in 180 days", ends_on=TODAY + 180 * DAY)
    make("lapsed", "suspended", ends_on=TODAY - DAY)
    make("no last day", ends_on=None)
    make("documented", documented=True, starts_on=START - DAY, **sums)
    make("completed", "completed", **sums)
    make("draft", "selected", starts_on=None, ends_on=None)
    assert queries.summary(TODAY) == {
        "total": 8,
        "in_force": 5,
        "lapsed": 1,
        "ending": 2,
        "with_ledger": 7,
        "documented": 1,
        "planned": Decimal(120),
        "obligated": Decimal(60),
        "disbursed": Decimal(30),
        "first_start": START - DAY,
    }


def test_without_partnerships_the_sums_are_zero(stage: Stage) -> None:
    found = queries.summary(TODAY)
    assert (found["total"], found["first_start"]) == (0, None)
    assert found["planned"] == found["obligated"] == found["disbursed"] == 0
