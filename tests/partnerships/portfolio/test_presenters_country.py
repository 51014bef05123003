"""The partnerships with one country, from plain rows: their table and the sentences on their money."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.template.loader import render_to_string

from partnerships.limit_position import LimitPosition
from partnerships.models import FigureKind
from partnerships.portfolio.presenters.lists import MoneyOfAll, country_table, money_of_all
from tests.partnerships.unsaved import END, START, cells, documented, labels, partnership, position, total, totals

DAY = timedelta(days=1)
THIS = partnership(pk=1)
MUTED = '<span class="u-small u-muted">{}</span>'


def money(planned: int, obligated: int = 0, disbursed: int = 0) -> dict[str, Any]:
    return {
        "planned_total": Decimal(planned),
        "obligated_total": Decimal(obligated),
        "disbursed_total": Decimal(disbursed),
    }


def money_words(money: MoneyOfAll) -> str:
    """Return the sentences on the money of all, as the page shows them."""
    return " ".join(render_to_string("partnerships/portfolio/_country_money.html", {"money": money}).split())


NOTHING = MoneyOfAll(
    ledgers=0,
    planned=None,
    obligated=None,
    disbursed=None,
    canceled=0,
    canceled_planned=Decimal(0),
    statements=[],
    stated=None,
    not_found=0,
)


def test_ledgers_are_summed_and_of_the_canceled_only_those_that_planned() -> None:
    rows = [
        position(**money(90, 50, 20)),
        position("canceled", **money(7)),
        position("canceled", **money(0)),
        position("terminated", **money(5, 4, 3)),
        documented(total("1000", "2020"), status="canceled", **money(1000, 1000, 1000)),
    ]
    assert money_of_all(rows) == MoneyOfAll(
        ledgers=4,
        planned=Decimal(102),
        obligated=Decimal(54),
        disbursed=Decimal(23),
        canceled=1,
        canceled_planned=Decimal(7),
        statements=["$1,000, 2020"],
        stated=Decimal(1000),
        not_found=0,
    )


def test_of_disputed_totals_the_sum_counts_the_latest() -> None:
    found = money_of_all([documented(total("11000000", "2022"), total("9800000", "2024")), documented(total("200000"))])
    assert (found.stated, found.statements) == (
        Decimal(10_000_000),
        ["$11.0M, 2022; $9.8M, 2024", "$200,000, day not found"],
    )
    assert money_of_all([]) == NOTHING


@pytest.mark.parametrize(
    ("rows", "sentences"),
    [
        ([position(**money(1))], ["The total is the money in the one ledger here, in U.S. dollars."]),
        ([position(), position()], ["The total is the money in the two ledgers here, in U.S. dollars."]),
        (
            [position("canceled", **money(3)), position("canceled", **money(4))],
            [
                "The total is the money in the two ledgers here, in U.S. dollars.",
                "It includes $7.00 planned for two partnerships canceled before signature.",
            ],
        ),
        (
            [position("canceled", **money(3))],
            [
                "The total is the money in the one ledger here, in U.S. dollars.",
                "It includes $3.00 planned for one partnership canceled before signature.",
            ],
        ),
        (
            [documented(total("1000", "2020"))],
            ["Known only from public statements, no ledger here: $1,000, 2020."],
        ),
        (
            [documented()],
            ["Known only from public statements, no ledger here: for one partnership, no total was found."],
        ),
        (
            [position(), documented(total("1000", "2020")), documented(total("2000", "2021"))],
            [
                "The total is the money in the one ledger here, in U.S. dollars.",
                "Known only from public statements, not part of the total: $1,000, 2020; $2,000, 2021; together $3,000 "
                "as last stated.",
            ],
        ),
        ([], []),
    ],
)
def test_sentences_on_the_money_of_all(rows: list[LimitPosition], sentences: list[str]) -> None:
    assert money_words(money_of_all(rows)) == " ".join(sentences)


# ---- the table -----------------------------------------------------------------------------------------------------


def shown(row: LimitPosition, today: date = START, *others: LimitPosition) -> dict[str, Any]:
    """Return the cells of a row as the page shows them."""
    table = country_table([row, *others], THIS, today)
    return {column.label: (column.html or column.value)(row) for column in table.columns}


def test_statements_column_appears_only_for_documented_partnerships() -> None:
    known = documented(total("1000", "2020"))
    both = country_table([position(), known], THIS, START)
    assert labels(both)[-1] == "Stated in public"
    assert "Stated in public" not in labels(country_table([position()], THIS, START))
    assert cells(both, known)["Stated in public"] == "$1,000, 2020"
    assert cells(both, position())["Stated in public"] == ""


def test_the_footer_sums_the_ledgers_if_there_is_one() -> None:
    assert totals(country_table([position(**money(90, 50, 20)), position(**money(1))], THIS, START)) == {
        "Partnership": "Total of the ledgers here",
        "Planned": Decimal(91),
        "Obligated": Decimal(50),
        "Disbursed": Decimal(20),
    }
    assert totals(country_table([documented(total("1000"))], THIS, START)) == {}


def test_this_page_is_named_and_any_other_is_linked_with_its_term() -> None:
    assert shown(position(pk=1))["Partnership"] == f"<b>Partnership with Kenya</b><br>{MUTED.format('this page')}"
    other = (
        '<a href="/partnerships/7/">Partnership with Kenya<span class="u-sr">, Jan 1, 2021 to Jan 1, 2025</span></a>'
    )
    assert shown(position())["Partnership"] == other
    known = MUTED.format("known from public statements")
    assert shown(documented())["Partnership"] == f"{other}<br>{known}"
    assert shown(documented(pk=1))["Partnership"].endswith(f"{MUTED.format('this page')}<br>{known}")


def test_the_status_with_its_day_and_a_lapsed_term() -> None:
    assert shown(position())["Status"] == "Active"
    assert shown(documented(status_as_of=START))["Status"] == f"Completed<br>{MUTED.format('as of Jan 1, 2021')}"
    assert "Term ended Jan 1, 2025" in shown(position(), END + DAY)["Status"]


def test_the_term_with_its_months() -> None:
    days = '<span class="u-nowrap">Jan 1, 2021 to</span><br><span class="u-nowrap">{}</span><br>'
    assert shown(position())["Term"] == days.format("Jan 1, 2025") + MUTED.format("0 of 60 months used")
    canceled = shown(position("canceled"))["Term"]
    assert canceled == days.format("Jan 1, 2025") + MUTED.format("48 months")
    early = shown(position("terminated", ended_on=date(2023, 3, 15)), END)["Term"]
    assert early == (
        days.format("Mar 15, 2023")
        + MUTED.format("agreed to Jan 1, 2025")
        + "<br>"
        + MUTED.format("26 of 60 months used")
    )
    assert shown(position(ends_on=None))["Term"] == "Not dated"


def test_amounts_of_a_ledger_are_exact_and_those_stated_say_so() -> None:
    found = shown(position(**money(90, 50, 20)))
    assert (found["Planned"], found["Obligated"], found["Disbursed"]) == ("$90.00", "$50.00", "$20.00")
    known = shown(documented(total("5000000", kind=FigureKind.US_PLANNED)))
    assert known["Planned"] == f"$5,000,000.00<br>{MUTED.format('stated')}"
    assert (known["Obligated"], known["Disbursed"]) == ("Not recorded", "Not recorded")
    assert shown(documented())["Planned"] == "Not found"
