"""Portfolio page: its rows, order, totals, access, and exports with the same content."""

from __future__ import annotations

import csv
import io
import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl import load_workbook

from cpc.accounts.permissions import Role
from partnerships.deadlines.queries import overdue, upcoming
from partnerships.limits import add_months
from partnerships.models import LedgerKind, Participant, Partnership, Responsibility
from partnerships.portfolio.queries import (
    filter_partnerships,
    partnerships,
    summary,
)
from partnerships.terms import services as terms_services
from tests.partnerships.forged import plan_dialogue
from tests.support.accounts import make_account
from tests.worlds.partnerships.build import Stage

TODAY = timezone.now().date()
NAME = re.compile(r'<th scope="row" role="rowheader"><a href="/partnerships/\d+/">([^<]+)</a>')
START = add_months(TODAY, -36)


def get(client: Client, url: str = "/partnerships/") -> str:
    response = client.get(url)
    assert response.status_code == 200, response.content.decode()[:500]
    return response.content.decode()


def names(html: str) -> list[str]:
    return [name.replace("&#x27;", "'") for name in NAME.findall(html.partition('id="list"')[2])]


def client_of(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def real(documented: None, stage: Stage) -> Client:
    """Return the real partnerships and the people of the office."""
    return client_of(stage.analyst)


@pytest.fixture
def managed(stage: Stage) -> Partnership:
    """Return a partnership in force that ends in 100 days, with a ledger and an overdue responsibility."""
    partnership = stage.draft("KEN", starts_on=START, ends_on=TODAY + timedelta(days=100))
    stage.program(partnership, "4000000.00")
    stage.complete(partnership)
    office = Participant.objects.filter(partnership=partnership, government="partner").get()
    row = Responsibility(
        partnership=partnership, participant=office, text="Open a shelter", due_on=TODAY - timedelta(days=9)
    )
    terms_services.add_term(term=row, actor=stage.analyst)
    return partnership


@pytest.fixture
def running(stage: Stage) -> Partnership:
    """Return a partnership in force with money obligated and disbursed."""
    partnership = stage.active("KEN", starts_on=START, ends_on=add_months(START, 60))
    award = stage.award(partnership, "3000000.00")
    stage.move(award, LedgerKind.OBLIGATION, "2000000.00", on=START)
    stage.move(award, LedgerKind.DISBURSEMENT, "1500000.00", on=START)
    partnership.refresh_from_db()
    return partnership


def test_the_eight_stand_in_order_of_their_start_with_what_is_known(real: Client) -> None:
    html = get(real)
    assert names(html) == [
        "Ghana",
        "Philippines",
        "Peru",
        "Jamaica",
        "Mongolia",
        "Colombia",
        "Côte d\N{RIGHT SINGLE QUOTATION MARK}Ivoire",
        "Romania",
    ]
    assert "Only Peru exceeds the limit, by 24 months." in html
    assert "Term 24 months over, money $6.0M over; known from practice, no exception found" in html
    assert html.count("ledger: not recorded") == 8
    assert "totals exclude their money" in html


def test_sums_are_over_ledgers_alone_and_the_others_are_counted_beside(real: Client, running: Partnership) -> None:
    found = summary(TODAY)
    assert (found["total"], found["with_ledger"], found["documented"]) == (9, 1, 8)
    assert (found["planned"], found["obligated"], found["disbursed"]) == (
        Decimal("4000000.00"),
        Decimal("2000000.00"),
        Decimal("1500000.00"),
    )
    html = get(real)
    for text in ("<dt>Planned</dt><dd>$4.0M", "<dt>Obligated, net</dt><dd>$2.0M", "<dt>Disbursed</dt><dd>$1.5M"):
        assert text in html


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?q=cote+d%27ivoire", {"Côte d\N{RIGHT SINGLE QUOTATION MARK}Ivoire"}),
        ("?q=PER", {"Peru"}),
        ("?region=Europe+and+Eurasia", {"Romania"}),
        ("?group=over", {"Ghana", "Philippines", "Peru", "Jamaica"}),
        ("?kind=managed", set()),
        ("?attention=exception&group=over", {"Ghana", "Peru", "Jamaica"}),
        ("?q=nowhere", set()),
    ],
)
def test_filters_keep_what_fits_all_of_them_and_count_it(real: Client, query: str, expected: set[str]) -> None:
    html = get(real, f"/partnerships/{query}")
    assert set(names(html)) == expected
    assert f"{len(expected)} of 8 partnerships" in " ".join(html.split())
    assert ("No partnerships match" in html) is (not expected)


@pytest.mark.parametrize("asked", ["ending", "overdue", "risk"])
def test_what_needs_attention_is_found_by_the_day(stage: Stage, asked: str) -> None:
    late = stage.active("KEN", starts_on=add_months(TODAY, -59), ends_on=TODAY - timedelta(days=1))
    soon = stage.active("NGA", starts_on=START, ends_on=TODAY + timedelta(days=180))
    far = stage.active("SEN", starts_on=START, ends_on=TODAY + timedelta(days=181))
    for row in (late, soon, far):
        plan_dialogue(row)
    expected = {"ending": {soon}, "overdue": {late}, "risk": {late, soon}}[asked]
    found = set(filter_partnerships(partnerships(TODAY), TODAY, attention=asked))
    assert found == expected
    assert far not in found


def test_deadlines_list_what_is_late_and_what_comes(stage: Stage, managed: Partnership) -> None:
    assert overdue(TODAY) == upcoming(TODAY) == []  # not in force yet
    stage.step(stage.sign(managed, START), "start", START)
    plan_dialogue(managed)
    (late,), (end,) = overdue(TODAY), upcoming(TODAY)
    assert (late.day, late.anchor) == (TODAY - timedelta(days=9), "elements")
    assert "Open a shelter" in late.text
    assert (end.day, end.text) == (TODAY + timedelta(days=100), "Term ends")
    assert "1 overdue" in get(client_of(stage.analyst))
    assert [row.text for row in upcoming(TODAY, partnership=managed)] == ["Term ends"]


@pytest.mark.parametrize(
    ("query", "status", "expected"),
    [
        ("?color=red", 400, "color"),
        ("?sort=size", 400, "size"),
        ("?format=pdf", 400, "pdf"),
        ("?group=lost", 400, "lost"),
        ("?region=Atlantis", 400, "Atlantis"),
        ("?page=9", 404, ""),
    ],
)
def test_what_the_page_does_not_know_is_named(real: Client, query: str, status: int, expected: str) -> None:
    response = real.get(f"/partnerships/{query}")
    assert response.status_code == status
    assert expected in response.content.decode()


@pytest.mark.parametrize("sort", ["country", "status", "start", "end", "planned", "obligated"])
def test_every_column_sorts_both_ways(real: Client, running: Partnership, sort: str) -> None:
    rising, falling = (names(get(real, f"/partnerships/?sort={sign}{sort}")) for sign in ("", "-"))
    assert len(rising) == 9
    assert set(rising) == set(falling)
    if sort in ("country", "start", "end"):
        assert rising == falling[::-1]


def test_exports_hold_exactly_the_rows_that_fit(real: Client) -> None:
    query = "?group=over&sort=-country"
    shown = names(get(real, f"/partnerships/{query}"))
    response: Any = real.get(f"/partnerships/{query}&format=csv&columns=file")
    rows = list(csv.DictReader(io.StringIO(b"".join(response.streaming_content).decode("utf-8-sig"))))
    assert [row["Country"] for row in rows] == shown
    peru = next(row for row in rows if row["Country"] == "Peru")
    assert (peru["Obligated, USD"], peru["Latest stated total, USD"]) == ("", "9800000.00")
    assert (peru["Months over the policy"], peru["Ends"]) == ("24", "2024-06-15")
    workbook: Any = real.get(f"/partnerships/{query}&format=xlsx")
    book = load_workbook(io.BytesIO(b"".join(workbook.streaming_content)))
    assert [cell.value for cell in book["Partnerships"]["A"]][1:] == shown
    assert any("State: Ended" in str(cell.value) for row in book["About"] for cell in row)


def test_empty_portfolio_explains_the_page(stage: Stage) -> None:
    assert "No partnerships yet" in get(client_of(stage.analyst))


@pytest.mark.parametrize(
    ("role", "status"), [(Role.APPROVER, 200), (Role.VIEWER, 200), (Role.ADMINISTRATOR, 200), (Role.REVIEWER, 404)]
)
def test_who_may_not_know_of_partnerships_finds_nothing_of_them(documented: None, role: Role, status: int) -> None:
    account = make_account(role)
    client = client_of(account)
    pk = Partnership.objects.order_by("pk").values_list("pk", flat=True)[0]
    assert client.get("/partnerships/").status_code == status
    assert client.get(f"/partnerships/{pk}/").status_code == status
    home, found = get(client, "/"), get(client, "/find/?q=peru")
    sees = status == 200
    assert ("Partnerships that need attention" in home) is sees
    assert (">Partnerships</a>" in home) is sees
    assert ("Child Protection Compact Partnership with Peru" in found) is sees


def test_the_list_takes_no_more_queries_for_more_rows(real: Client, stage: Stage) -> None:
    with CaptureQueriesContext(connection) as few:
        get(real)
    for code in ("KEN", "NGA", "SEN", "TGO"):
        stage.draft(code, starts_on=date(2026, 1, 1), ends_on=date(2027, 1, 1))
    with CaptureQueriesContext(connection) as more:
        get(real)
    assert len(more) <= len(few)
