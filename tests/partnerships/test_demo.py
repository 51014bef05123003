"""Real partnerships in the demonstration: only known facts, each with its source."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from cpc.accounts.permissions import Role
from cpc.audit.models import AuditEntry
from cpc.demo import STEPS
from partnerships.deadlines.services import run_due
from partnerships.demo import FACTS, load_partnerships
from partnerships.limit_position import disputed_total, limit_positions, newest_total, stated_by
from partnerships.models import (
    ExceptionKind,
    FigureStatement,
    GeneralEvent,
    LimitException,
    Partnership,
    RecordKind,
)
from partnerships.portfolio.queries import summary
from tests.partnerships.error_codes import db_error_code, raw
from tests.partnerships.sending import page_text
from tests.support.accounts import make_account

TODAY = date(2026, 11, 24)
ENTRIES: Sequence[Mapping[str, Any]] = json.loads(FACTS.read_text(encoding="utf-8"))["partnerships"]


@pytest.fixture
def loaded(documented: None) -> Mapping[str, Partnership]:
    rows = Partnership.objects.select_related("country", "limit_policy")
    return {row.country.code: row for row in rows}


def test_the_step_runs_before_the_ranking_whose_pool_leaves_partners_out() -> None:
    labels = [step.label for step in STEPS.sorted(lambda step: step.order)]
    assert labels.index("Real partnerships") < labels.index("First ranking")


def test_all_eight_are_recorded_once_with_every_statement(loaded: Mapping[str, Partnership]) -> None:
    assert set(loaded) == {"GHA", "PHL", "PER", "JAM", "MNG", "COL", "CIV", "ROU"}
    assert FigureStatement.objects.count() == sum(len(entry["statements"]) for entry in ENTRIES)
    entries = AuditEntry.objects.count()
    progress: list[tuple[int, int]] = []
    assert load_partnerships(lambda done, total: progress.append((done, total))) == ""
    assert progress[-1] == (8, 8)
    assert Partnership.objects.count() == 8
    assert AuditEntry.objects.count() == entries


def test_every_statement_cites_its_source() -> None:
    in_words = []
    for entry in ENTRIES:
        for statement in entry["statements"]:
            assert ("amount" in statement) == ("currency" in statement)
            url = urlsplit(statement["source"])
            if url.netloc:
                assert url.path.strip("/") or url.query, f"a site alone is no source: {statement}"
            else:
                in_words.append(statement["source"])
    assert in_words == [
        "List of projects of a co-investigator at the University of Massachusetts Lowell; its address is unknown"
    ]


def test_a_source_whose_url_is_unknown_is_no_link(loaded: Mapping[str, Partnership], client: Client) -> None:
    client.force_login(make_account(Role.VIEWER))
    page = client.get(reverse("partnership", args=[loaded["CIV"].pk])).content.decode()
    assert '<span class="c-source">List of projects of a co-investigator' in page
    assert 'href="List' not in page
    assert "https://www.uml.edu/" not in page


@pytest.mark.parametrize(
    ("code", "ends_on", "months", "months_over", "planned", "stated", "over"),
    [
        ("GHA", date(2020, 6, 23), (60, 0), 0, 5_000_000, 6_900_000, 1_900_000),
        ("PHL", date(2021, 4, 11), (48, 0), 0, 3_500_000, 4_900_000, 0),
        ("PER", date(2024, 6, 15), (48, 36), 24, 5_000_000, 9_800_000, 6_000_000),
        ("JAM", date(2022, 5, 31), (48, 0), 0, 5_000_000, 6_700_000, 1_700_000),
        ("MNG", date(2025, 4, 2), (48, 12), 0, 5_000_000, 6_500_000, 1_500_000),
        ("COL", date(2027, 4, 26), (60, 0), 0, 10_000_000, 10_000_000, 5_000_000),
        ("CIV", date(2027, 12, 7), (60, 0), 0, 10_000_000, None, 5_000_000),
        ("ROU", date(2029, 9, 17), (60, 0), 0, 10_000_000, 10_000_000, 5_000_000),
    ],
)
def test_each_partnership_has_the_stated_status(
    loaded: Mapping[str, Partnership],
    code: str,
    ends_on: date,
    months: tuple[int, int],
    months_over: int,
    planned: int,
    stated: int | None,
    over: int,
) -> None:
    (position,) = limit_positions([loaded[code]])
    assert position.partnership.ends_on == ends_on
    term = position.term(TODAY)
    assert ((term.signed_months, term.added_months), term.months_past_policy) == (months, months_over)
    assert position.planned == planned
    assert (position.stated.amount if position.stated else None) == stated
    assert position.funding_over == over


def test_practice_past_a_limit_is_an_exception_known_from_a_statement_alone(
    loaded: Mapping[str, Partnership],
) -> None:
    found = LimitException.objects.select_related("grant", "statement", "partnership__country")
    past = {(row.partnership.country.code, "term" if row.term_months else "funding") for row in found}
    assert past == {("PER", "term")} | {(code, "funding") for code in ("GHA", "PER", "JAM", "MNG", "COL", "CIV", "ROU")}
    for row in found:
        assert row.kind == ExceptionKind.DOCUMENTED_PRACTICE
        assert row.statement is not None
        assert row.statement.partnership_id == row.partnership_id
        assert (row.requested_by, row.expires_on, row.reason) == (None, None, "")
        assert (row.grant.granted_by, row.grant.authority, row.grant.document) == (None, "", None)


def test_totals_without_a_ledger_stay_out_of_every_sum(loaded: Mapping[str, Partnership]) -> None:
    for position in limit_positions(list(loaded.values())):
        assert position.obligated is None
        assert position.disbursed is None
    found = summary(TODAY)
    assert (found["total"], found["with_ledger"], found["documented"]) == (8, 0, 8)
    assert (found["planned"], found["obligated"], found["disbursed"]) == (Decimal(0), Decimal(0), Decimal(0))


def test_unknown_stays_unknown(loaded: Mapping[str, Partnership]) -> None:
    assert loaded["PER"].status_as_of is None
    assert loaded["JAM"].ended_on is None
    assert all(row.kind == RecordKind.DOCUMENTED for row in loaded.values())
    assert {row.status_as_of for row in loaded.values()} >= {date(2024, 9, 26), date(2024, 11, 7), None}


@pytest.mark.parametrize(
    ("kind", "without"),
    [
        ("signatory", set()),
        ("implementer", set()),
        ("award", {"CIV"}),
        ("objective", {"PHL", "PER", "JAM", "ROU"}),
        ("evaluation", {"PHL", "PER", "JAM", "MNG", "ROU"}),
    ],
)
def test_what_no_source_has_is_left_out(loaded: Mapping[str, Partnership], kind: str, without: set[str]) -> None:
    stated = set(FigureStatement.objects.filter(kind=kind).values_list("partnership__country__code", flat=True))
    assert set(loaded) - stated == without


def test_awards_that_were_split_have_their_amounts(loaded: Mapping[str, Partnership]) -> None:
    amounts = [
        (row.partnership.country.code, int(row.amount))
        for row in FigureStatement.objects.filter(kind="award", amount__isnull=False).order_by("pk")
        if row.amount
    ]
    assert amounts == [
        ("GHA", 2_540_000),
        ("GHA", 2_460_000),
        ("GHA", 53_044),
        ("PER", 5_000_000),
        ("PER", 1_700_000),
        ("JAM", 97_000),
        ("JAM", 500_000),
        ("MNG", 5_000_000),
        ("MNG", 500_000),
    ]


def test_the_orders_of_january_2025_concern_those_in_force_and_what_followed_is_unknown(
    loaded: Mapping[str, Partnership], client: Client
) -> None:
    event = GeneralEvent.objects.get()
    assert (event.happened_on, event.source) == (date(2025, 1, 20), "https://foreignaidfreeze.org/about")
    concerned = {row.partnership.country.code: row.afterward for row in event.concerns.all()}
    assert concerned == dict.fromkeys(("MNG", "COL", "CIV", "ROU"), "")
    client.force_login(make_account(Role.ANALYST))
    of_romania = page_text(client.get(reverse("partnership", args=[loaded["ROU"].pk])))
    assert "Freeze of foreign assistance and stop-work orders" in of_romania
    assert "The partnership's status afterward: unknown" in of_romania
    assert "Freeze of foreign assistance" not in page_text(client.get(reverse("partnership", args=[loaded["GHA"].pk])))
    assert "It concerns 4 of these partnerships" in page_text(client.get(reverse("partnerships")))
    told = client.get(f"/api/v1/partnerships/{loaded['ROU'].pk}/").json()["events"]
    assert [(row["title"], row["afterward"]) for row in told] == [(event.title, "")]


def test_no_one_adds_an_event_later(loaded: Mapping[str, Partnership]) -> None:
    event = GeneralEvent.objects.get()
    add = "INSERT INTO partnerships_eventconcern (partnership_id, event_id, afterward, source) VALUES (%s, %s, '', '')"
    assert db_error_code(lambda: raw(add, loaded["GHA"].pk, event.pk)) == "documented_record"


def statement(pk: int, amount: int, *, on: date | None = None, month: str = "") -> FigureStatement:
    return FigureStatement(
        pk=pk, kind="us_total", amount=Decimal(amount), currency="USD", stated_on=on, stated_in=month
    )


@pytest.mark.parametrize(
    ("month", "expected"),
    [
        ("2020", date(2020, 12, 31)),
        ("October 2024", date(2024, 10, 31)),
        ("February 2024", date(2024, 2, 29)),
        ("", None),
        ("autumn 2024", None),
    ],
)
def test_a_statement_was_made_by_the_end_of_its_month_or_year(month: str, expected: date | None) -> None:
    assert stated_by(statement(1, 1, month=month)) == expected


def test_later_statement_is_disputed_only_if_lower() -> None:
    early, late = statement(1, 11, month="2022"), statement(2, 9, month="October 2024")
    assert disputed_total([late, early]) is early
    assert disputed_total([early, statement(3, 11, month="2023")]) is None
    assert disputed_total([statement(4, 9, month="2022"), statement(5, 11, month="2023")]) is None
    assert disputed_total([early]) is None
    assert disputed_total([early, statement(6, 12)]) is None, "an undated statement counts if it states more"
    assert disputed_total([]) is None


def test_statements_that_disagree_are_shown_with_their_dates_on_each_page(
    loaded: Mapping[str, Partnership], client: Client
) -> None:
    peru = loaded["PER"]
    client.force_login(make_account(Role.VIEWER))
    both = "$11.0M, 2022; $9.8M, October 2024"
    assert both in page_text(client.get("/partnerships/"))
    overview = page_text(client.get(f"/partnerships/{peru.pk}/"))
    assert f"Money: {both}. The statements disagree; counted from the highest, $6.0M past the limit" in overview
    assert both in page_text(client.get(f"/partnerships/{peru.pk}/exceptions/"))
    exported: Any = client.get("/partnerships/?format=csv&columns=file")
    rows = list(csv.DictReader(io.StringIO(b"".join(exported.streaming_content).decode("utf-8-sig"))))
    (row,) = [row for row in rows if row["Country"] == "Peru"]
    assert row["Stated"] == both
    assert (row["Latest stated total, USD"], row["Highest stated total, USD"]) == ("9800000.00", "11000000.00")


def test_newest_dated_total_counts_unless_an_undated_one_is_higher() -> None:
    early, late = statement(1, 11, month="2022"), statement(2, 9, month="October 2024")
    assert newest_total([late, early]) is late
    assert newest_total([early, late, statement(3, 7)]) is late
    undated = statement(4, 12)
    assert newest_total([early, late, undated]) is undated
    assert newest_total([]) is None


def test_what_falls_due_leaves_records_of_the_past_unchanged(loaded: Mapping[str, Partnership]) -> None:
    before = {code: row.status for code, row in loaded.items()}
    assert run_due(today=TODAY).started == 0
    assert {row.country.code: row.status for row in Partnership.objects.select_related("country")} == before
