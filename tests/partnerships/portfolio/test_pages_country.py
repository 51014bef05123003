"""Several partnerships with one country on the page of each: all of them, and the money of all."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cpc.accounts.permissions import Role
from partnerships.limit_exceptions.presenters import limit_facts
from partnerships.limit_position import LimitPosition, limit_positions
from partnerships.limits import add_months
from partnerships.models import FigureKind, FigureStatement, LedgerKind, Partnership, RecordKind, Status
from partnerships.portfolio.presenters.lists import money_of_all
from tests.partnerships.portfolio.test_presenters_country import money_words
from tests.partnerships.sending import client_of, page_text
from tests.support.accounts import make_account
from tests.worlds.partnerships.build import START, Stage

TODAY = timezone.now().date()
HEADING = "Partnerships with Kenya"


def section(stage: Stage, partnership: Partnership) -> str:
    """Return the text of the section of the country's partnerships, "" without one."""
    heading = f"Partnerships with {partnership.country.name}"
    text = page_text(client_of(stage.analyst).get(f"/partnerships/{partnership.pk}/")).replace("&#x27;", "'")
    found = re.search(rf"{re.escape(heading)} (\d+, newest first.*?)Against the limits", text)
    return found[1] if found else ""


def with_award(stage: Stage, obligated: str, disbursed: str, *, planned: str, reason: str = "") -> Partnership:
    """Create a partnership with Kenya in force whose award has obligated and disbursed money."""
    partnership = stage.active("KEN", planned, reason=reason)  # type: ignore[arg-type]  # passed on to the draft
    award = stage.award(partnership, obligated)
    stage.move(award, LedgerKind.OBLIGATION, obligated)
    stage.move(award, LedgerKind.DISBURSEMENT, disbursed)
    return partnership


def canceled(stage: Stage, planned: str) -> Partnership:
    """Create a partnership with Kenya that was canceled before signature."""
    partnership = stage.draft("KEN", reason="A second attempt")
    stage.program(partnership, planned)
    return stage.step(partnership, "cancel", reason="Both sides agreed")


# ---- on the page ---------------------------------------------------------------------------------------------------


def test_the_only_partnership_with_a_country_needs_no_list(stage: Stage) -> None:
    only = stage.draft("KEN")
    stage.draft("NGA")
    assert section(stage, only) == ""


def test_each_page_lists_all_partnerships_of_its_country_with_sums(stage: Stage) -> None:
    first = with_award(stage, "2000000.00", "1500000.50", planned="3000000.00")
    second = with_award(stage, "250000.05", "0.05", planned="1000000.00", reason="Another region")
    stage.draft("NGA")
    for page, other in ((first, second), (second, first)):
        text = section(stage, page)
        assert text.startswith("2, newest first")
        assert text.count("this page") == 1
        assert "Total of the ledgers here $4,000,000.00 $2,250,000.05 $1,500,000.55" in text
        assert "The total is the money in the two ledgers here, in U.S. dollars." in text
        html = client_of(stage.analyst).get(f"/partnerships/{page.pk}/").content.decode()
        named = f'{other.title}<span class="u-sr">, Jan 1, 2021 to Jan 1, 2026</span>'
        assert f'<a href="/partnerships/{other.pk}/">{named}</a>' in html
        assert f'<a href="/partnerships/{page.pk}/">{page.title}' not in html
    third = canceled(stage, "123456.78")
    for page in (first, second, third):
        text = section(stage, page)
        assert "Total of the ledgers here $4,123,456.78 $2,250,000.05 $1,500,000.55" in text
        assert "It includes $123,456.78 planned for one partnership canceled before signature." in text
        assert "Canceled before signature" in text


def test_statements_stand_beside_the_ledger_and_are_not_added_to_it(documented: None, stage: Stage) -> None:
    known = Partnership.objects.get(country__code="PER")
    here = stage.draft("PER", starts_on=date(2026, 1, 1), ends_on=date(2030, 1, 1))
    stage.program(here, "700000.00")
    for page in (known, here):
        text = section(stage, page)
        assert "Total of the ledgers here $700,000.00 $0.00 $0.00" in text
        assert "$5,000,000.00 stated Not recorded Not recorded $11.0M, 2022; $9.8M, October 2024" in text
        assert "The total is the money in the one ledger here, in U.S. dollars." in text
        assert "Known only from public statements, not part of the total: $11.0M, 2022; $9.8M, October 2024." in text


def test_more_partnerships_with_the_country_take_no_more_queries(stage: Stage) -> None:
    first = stage.draft("KEN")
    canceled(stage, "1.00")
    client = client_of(make_account(Role.VIEWER))
    client.get(f"/partnerships/{first.pk}/")
    with CaptureQueriesContext(connection) as few:
        client.get(f"/partnerships/{first.pk}/")
    for _ in range(3):
        canceled(stage, "1.00")
    with CaptureQueriesContext(connection) as many:
        text = page_text(client.get(f"/partnerships/{first.pk}/"))
    assert f"{HEADING} 5, newest first" in text
    assert len(many) == len(few)


# ---- sums by hand --------------------------------------------------------------------------------------------------


def known_from(*amounts: str, year: str = "2019") -> LimitPosition:
    """Return a documented partnership with these statements of the total."""
    partnership = Partnership(kind=RecordKind.DOCUMENTED, status=Status.COMPLETED)
    return LimitPosition(
        partnership,
        statements=[
            FigureStatement(kind=FigureKind.US_TOTAL, amount=Decimal(amount), currency="USD", stated_in=year)
            for amount in amounts
        ],
    )


def test_without_a_ledger_there_is_no_sum_of_ledgers() -> None:
    money = money_of_all([known_from("5000000"), known_from("4900000", year="2021")])
    assert (money.ledgers, money.planned, money.obligated, money.disbursed) == (0, None, None, None)
    assert money.stated == Decimal(9900000)
    assert money_words(money) == (
        "Known only from public statements, no ledger here: $5.0M, 2019; $4.9M, 2021; together $9.9M as last stated."
    )


def test_a_total_that_was_not_found_is_not_zero() -> None:
    money = money_of_all([known_from("5000000"), known_from("1000000"), known_from()])
    assert money.stated is None
    assert money_words(money) == (
        "Known only from public statements, no ledger here: $5.0M, 2019; $1.0M, 2019; for one partnership, no total "
        "was found."
    )
    assert money_words(money_of_all([known_from(), known_from()])) == (
        "Known only from public statements, no ledger here: for two partnerships, no total was found."
    )


# ---- headroom ------------------------------------------------------------------------------------------------------

OVER = {Status.COMPLETED, Status.TERMINATED, Status.CLOSED, Status.CANCELED}
SETTLED = {Status.CLOSED, Status.CANCELED}


def test_headroom_is_shown_only_while_programs_can_be_planned(stage: Stage) -> None:
    partnership = stage.draft("KEN", starts_on=START, ends_on=add_months(START, 48))
    stage.program(partnership, "3000000.00")
    (position,) = limit_positions(list(Partnership.objects.select_related("country", "limit_policy")))
    for status in Status:
        position.partnership.status = status
        shown = {fact.term: fact.value for fact in limit_facts(position, TODAY, Decimal(0))}
        assert ("Room to plan" in shown) == ("Awarded, not obligated" in shown) == (status not in OVER), status
        assert ("Not yet disbursed" in shown) == (status not in SETTLED), status
        assert shown.get("Planned") == ("$3,000,000.00" if status in OVER else None)


def test_the_page_of_a_canceled_partnership_offers_no_room_to_plan(stage: Stage) -> None:
    text = page_text(client_of(stage.analyst).get(f"/partnerships/{canceled(stage, '10.00').pk}/"))
    assert "Room to plan" not in text
    assert "Planned $10.00" in text


def test_terms_show_the_amount_left_to_plan_until_the_partnership_is_over(stage: Stage) -> None:
    partnership = stage.draft("KEN")
    stage.program(partnership, "3000000.00")
    client, url = client_of(stage.analyst), f"/partnerships/{partnership.pk}/terms/"
    assert "$5,000,000.00; $2,000,000.00 is left to plan." in page_text(client.get(url))
    stage.step(partnership, "cancel", reason="Both sides agreed")
    text = page_text(client.get(url))
    assert "left to plan" not in text
    assert "$5,000,000.00." in text
