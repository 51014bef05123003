"""Partnerships over REST: lists, filters, changes, and steps; missing values with reasons, limits with amounts."""

from __future__ import annotations

import datetime as dt
import threading
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from cpc.accounts.models import User
from cpc.accounts.scopes import scopes_for
from cpc.api_tokens.services import issue_token
from cpc.audit.models import AuditEntry
from indicators.models import Country
from partnerships.agreements import services as agreements_services
from partnerships.completeness import completeness
from partnerships.lookups.rule_inputs import record_of
from partnerships.models import Award, Contribution, Partnership, ReportingPeriod, Result
from partnerships.monitoring.services.results import schedule_periods, take_period_step
from partnerships.schedules import ReportFrequency
from tests.partnerships.limit_exceptions.test_derived_and_granted import grant
from tests.worlds.partnerships.build import (
    END,
    START,
    Active,
    Stage,
)
from tests.worlds.partnerships.complete import Complete, make_complete

ALL = "/api/v1/partnerships/"
JSON = {"content_type": "application/json"}
CONTRIBUTION: dict[str, Any] = {
    "government": "partner",
    "kind": "cash",
    "stage": "pledged",
    "fiscal_year": 2022,
    "description": "A fund for shelters",
    "source": "Letter of the ministry",
}


def as_program(owner: User, *scopes: str) -> Client:
    asked = scopes or scopes_for(owner.permissions)
    issued = issue_token(owner=owner, name="Program", scopes=asked, days=1)
    return Client(headers={"Authorization": f"Bearer {issued.secret}"})


@pytest.fixture
def analyst(stage: Stage) -> Client:
    return as_program(stage.analyst)


@pytest.fixture
def approver(stage: Stage) -> Client:
    return as_program(stage.approver)


def documented() -> Partnership:
    with agreements_services.documenting(source="Statements", sha256="0" * 64) as load:
        return agreements_services.document_partnership(
            load=load,
            country=Country.objects.get(code="PER"),
            title="Partnership with Peru",
            origin_reason="Public statements",
            status="completed",
            status_as_of=None,
            starts_on=dt.date(2017, 1, 1),
        )


def problem(response: Any, status: int, code: str) -> Any:
    document = response.json()
    assert (response.status_code, document["type"]) == (status, f"/api/problems/#{code}"), document
    return document


def url_of(partnership: Partnership, below: str = "") -> str:
    return f"{ALL}{partnership.pk}/{below}"


def change(client: Client, partnership: Partnership, values: dict[str, Any], etag: str = "") -> Any:
    etag = etag or client.get(url_of(partnership))["ETag"]
    return client.patch(url_of(partnership), values, headers={"If-Match": etag}, **JSON)  # type: ignore[arg-type]  # the arguments have several types


def step(client: Client, partnership: Partnership, name: str, key: str = "", **values: Any) -> Any:
    headers = {"If-Match": client.get(url_of(partnership))["ETag"]} | ({"Idempotency-Key": key} if key else {})
    body = {"name": name, "on": START.isoformat(), **values}
    return client.post(url_of(partnership, "transitions/"), body, headers=headers, **JSON)  # type: ignore[arg-type]  # the arguments have several types


def post(client: Client, partnership: Partnership, below: str, values: dict[str, Any], key: str = "") -> Any:
    headers = {"Idempotency-Key": key} if key else {}
    return client.post(url_of(partnership, below), values, headers=headers, **JSON)  # type: ignore[arg-type]  # the arguments have several types


# ---- reading -------------------------------------------------------------------------------------------------------


def nulls(value: Any, prefix: str = "") -> set[str]:
    """Return the dotted names of an object's nulls, except in objects that give their own reasons."""
    found: set[str] = set()
    for name, inner in value.items():
        if inner is None:
            found.add(f"{prefix}{name}")
        elif isinstance(inner, dict) and name != "missing":
            found |= nulls(inner, f"{prefix}{name}.")
    return found


def objects_with_reasons(value: Any) -> list[dict[str, Any]]:
    if isinstance(value, list):
        return [found for item in value for found in objects_with_reasons(item)]
    if not isinstance(value, dict):
        return []
    own = [value] if "missing" in value else []
    return own + [found for inner in value.values() for found in objects_with_reasons(inner)]


def test_what_is_not_known_is_null_with_a_reason_and_never_zero(stage: Stage, analyst: Client) -> None:
    drafted, past = stage.draft(), documented()
    post(analyst, drafted, "contributions/", CONTRIBUTION)
    for partnership in (drafted, past):
        for url in (ALL, url_of(partnership), url_of(partnership, "contributions/"), url_of(partnership, "results/")):
            for body in objects_with_reasons(analyst.get(url).json()):
                assert set(body["missing"]) == nulls(body), url
    body = analyst.get(url_of(past)).json()
    assert body["funding"]["planned"] is body["funding"]["disbursed"] is None
    assert body["missing"]["funding.planned"] == body["missing"]["term.ends_on"] == "not_recorded"
    body = analyst.get(url_of(drafted)).json()
    assert (body["funding"]["planned"], body["missing"]["term.signed_on"]) == ("0.00", "not_yet")
    [row] = analyst.get(url_of(drafted, "contributions/")).json()["results"]
    assert (row["amount_usd"], row["missing"]["amount_usd"]) == (None, "not_recorded")


def test_a_partnership_leads_to_all_with_its_country(stage: Stage, analyst: Client) -> None:
    past = documented()
    here = stage.draft("PER", starts_on=dt.date(2025, 6, 1), ends_on=dt.date(2029, 6, 1))
    stage.program(here, "700000.00")
    stage.draft("GHA")
    for partnership in (past, here):
        address = analyst.get(url_of(partnership)).json()["same_country"]
        assert address == f"{ALL}?country=PER"
        rows = analyst.get(address).json()["results"]
        assert {row["id"]: row["funding"]["planned"] for row in rows} == {here.pk: "700000.00", past.pk: None}


def test_limit_raised_by_exception_is_shown_with_policy_limit(stage: Stage, analyst: Client) -> None:
    grant(stage, stage.draft(), funding=Decimal("9000000.00"))
    [row] = analyst.get(ALL).json()["results"]
    assert (row["funding"]["limit"], row["funding"]["policy_limit"]) == ("9000000.00", "5000000.00")
    assert (row["term"]["limit_months"], row["term"]["policy_months"]) == (60, 60)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("country=GHA", {"GHA"}),
        ("country=GHA&country=PER", {"GHA", "PER"}),
        ("region=Africa", {"GHA"}),
        ("status=active", {"GHA"}),
        ("status=selected&status=completed", {"XKX", "PER"}),
        ("kind=documented", {"PER"}),
        ("fiscal_year=2021", {"GHA", "XKX"}),
        ("fiscal_year=2026", {"GHA", "XKX"}),
        ("fiscal_year=2027", set()),
        ("starts_to=2020-12-31", {"PER"}),
        ("ends_from=2026-01-01", {"GHA", "XKX"}),
        ("ends_to=2025-12-31", set()),
        ("planned_min=1", {"GHA"}),
        ("planned_max=0", {"XKX"}),  # what is not known is not zero
        ("planned_min=4000000&planned_max=4000000", {"GHA"}),
        ("obligated_min=1", set()),
        ("updated_since=2000-01-01T00:00:00Z", {"GHA", "PER", "XKX"}),
        ("updated_since=2999-01-01T00:00:00Z", set()),
        ("updated_since=2999-01-01T00:00:00+00:00", set()),
    ],
)
def test_filters(active: Active, analyst: Client, query: str, found: set[str]) -> None:
    active.stage.draft("XKX")
    documented()
    answer = analyst.get(f"{ALL}?{query}")
    assert {row["country"]["code"] for row in answer.json()["results"]} == found


@pytest.mark.parametrize(
    "query",
    ["country=ZZZ", "region=Mars", "status=dead", "fiscal_year=x", "starts_from=now", "planned_min=", "color=red"],
)
def test_a_filter_that_makes_no_sense_is_refused(analyst: Client, query: str) -> None:
    response = analyst.get(f"{ALL}?{query}")
    assert problem(response, 400, "invalid")["errors"][0]["field"] == query.partition("=")[0]


def test_updated_since_sees_a_change_of_anything_inside(stage: Stage, analyst: Client) -> None:
    partnership = stage.draft()
    before = analyst.get(url_of(partnership)).json()["updated_at"]
    stage.program(partnership, "1000.00")
    later = analyst.get(url_of(partnership)).json()["updated_at"]
    assert later >= before
    assert analyst.get(ALL, {"updated_since": later}).json()["count"] == 1


def test_a_list_takes_the_same_queries_however_long(stage: Stage, analyst: Client) -> None:
    stage.draft()
    counts = []
    for code in ("XKX", "PER"):
        analyst.get(ALL)  # which notes the use of the token
        with CaptureQueriesContext(connection) as queries:
            analyst.get(ALL)
        counts.append(len(queries))
        stage.draft(code)
    assert counts[0] == counts[1] <= 4


def test_findings_are_those_of_the_completeness_check(stage: Stage, analyst: Client) -> None:
    partnership = stage.draft()
    findings = analyst.get(url_of(partnership, "findings/")).json()["findings"]
    assert [row["code"] for row in findings] == [finding.code for finding in completeness(record_of(partnership))]
    assert findings[0]["citation"].startswith("22 U.S.C. 7103a(d)(2)")


def test_a_partnership_that_is_not_there(analyst: Client) -> None:
    for below in ("", "findings/", "transitions/", "contributions/", "ledger/", "results/"):
        problem(analyst.get(f"{ALL}999999/{below}"), 404, "not_found")


# ---- changing ------------------------------------------------------------------------------------------------------


def test_a_change_is_made_to_what_was_read(stage: Stage, analyst: Client) -> None:
    partnership = stage.draft()
    read = analyst.get(url_of(partnership))["ETag"]
    problem(analyst.patch(url_of(partnership), {"title": "X"}, **JSON), 428, "precondition_required")  # type: ignore[arg-type]  # the arguments have several types
    changed = change(analyst, partnership, {"title": "Children first"}, read)
    assert (changed.status_code, changed.json()["title"]) == (200, "Children first")
    assert changed["ETag"] == analyst.get(url_of(partnership))["ETag"]
    problem(change(analyst, partnership, {"title": "Lost update"}, read), 412, "precondition_failed")
    entry = AuditEntry.objects.filter(action="changed").latest("pk")
    assert (entry.channel, entry.after["title"]) == ("api", "Children first")


def test_the_limit_of_the_term_is_reported_with_its_numbers(stage: Stage, analyst: Client) -> None:
    partnership = stage.draft()
    document = problem(change(analyst, partnership, {"ends_on": "2026-01-02"}), 422, "refused")
    [error] = document["errors"]
    assert (error["field"], error["code"]) == ("ends_on", "term_limit")
    assert (error["limit"], error["would_be"]) == (END.isoformat(), "2026-01-02")
    assert error["citation"] == partnership.limits.citation
    assert change(analyst, partnership, {"ends_on": END.isoformat()}).status_code == 200


@pytest.mark.parametrize(
    ("values", "field"),
    [({"status": "signed"}, "status"), ({"planned_total": "1"}, "planned_total"), ({"title": ""}, "title")],
)
def test_what_people_do_not_edit_is_not_taken(
    stage: Stage, analyst: Client, values: dict[str, Any], field: str
) -> None:
    document = problem(change(analyst, stage.draft(), values), 400, "invalid")
    assert document["errors"][0]["field"] == field


def test_from_signature_on_terms_change_by_amendment(active: Active, analyst: Client) -> None:
    partnership = active.partnership
    document = problem(change(analyst, partnership, {"title": "Another"}), 422, "refused")
    assert document["errors"][0]["code"] == "by_amendment"


# ---- steps ---------------------------------------------------------------------------------------------------------


def test_a_step_is_offered_taken_once_and_answered_the_same_way(stage: Stage, analyst: Client) -> None:
    partnership = stage.draft()
    offered = analyst.get(url_of(partnership, "transitions/")).json()
    assert [(row["name"], row["allowed"]) for row in offered["steps"]] == [("invite", True), ("cancel", False)]
    headers = {"If-Match": analyst.get(url_of(partnership))["ETag"], "Idempotency-Key": "step-1"}
    body = {"name": "invite", "on": START.isoformat()}
    answers = [
        analyst.post(url_of(partnership, "transitions/"), body, headers=headers, **JSON)  # type: ignore[arg-type]  # the arguments have several types
        for _ in range(2)
    ]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json()["status"] == "invited"
    assert answers[0].content == answers[1].content
    assert answers[0]["ETag"] == answers[1]["ETag"] == analyst.get(url_of(partnership))["ETag"]
    assert partnership.status_changes.count() == 1


def test_steps_are_refused_by_the_same_rules_as_on_the_page(stage: Stage, analyst: Client, approver: Client) -> None:
    partnership = stage.draft()
    assert problem(step(analyst, partnership, "start"), 422, "refused")["errors"][0]["code"] == "transition"
    problem(step(analyst, partnership, "cancel", reason="No"), 403, "permission_denied")
    assert problem(step(approver, partnership, "cancel"), 422, "refused")["errors"][0]["field"] == "reason"
    for name in ("invite", "open_negotiations", "submit_for_clearance"):
        assert step(analyst, partnership, name).status_code == 200
    refused = problem(step(approver, partnership, "sign"), 422, "refused")
    assert "restrictions_not_reviewed" in {error["code"] for error in refused["errors"]}
    narrow = as_program(stage.approver, "partnerships:write")
    document = problem(step(narrow, partnership, "sign"), 403, "insufficient_scope")
    assert "partnerships:approve" in document["detail"]


# ---- money ---------------------------------------------------------------------------------------------------------


def test_contributions_come_in_once_and_are_replaced_never_edited(stage: Stage, analyst: Client) -> None:
    partnership = stage.draft()
    program = stage.program(partnership, "1000.00")
    first, again = (post(analyst, partnership, "contributions/", CONTRIBUTION, key="c1") for _ in range(2))
    assert (first.status_code, again.content) == (201, first.content)
    newer = CONTRIBUTION | {"amount_usd": "12.50", "replaces": first.json()["id"], "program": program.pk}
    assert post(analyst, partnership, "contributions/", newer).status_code == 201
    [row] = analyst.get(url_of(partnership, "contributions/")).json()["results"]
    assert (row["amount_usd"], row["replaces"], row["program"]) == ("12.50", first.json()["id"], program.pk)
    assert Contribution.objects.count() == 2


@pytest.mark.parametrize(
    ("changes", "status", "field"),
    [
        ({"program": 999999}, 400, "program"),
        ({"replaces": 999999}, 400, "replaces"),
        ({"amount_usd": "much"}, 400, "amount_usd"),
        ({"child": "x"}, 400, "child"),
        ({"source": ""}, 400, "source"),
        ({"amount_usd": "-1"}, 422, ""),
        ({"kind": "in_kind", "amount_usd": "5"}, 422, ""),
    ],
)
def test_a_contribution_that_is_not_taken(
    stage: Stage, analyst: Client, changes: dict[str, Any], status: int, field: str
) -> None:
    response = post(analyst, stage.draft(), "contributions/", CONTRIBUTION | changes)
    document = problem(response, status, "invalid" if status == 400 else "refused")
    assert document["errors"][0]["field"] == field
    assert not Contribution.objects.exists()


def entry(award: Award, kind: str, amount: str) -> dict[str, Any]:
    return {"award": award.pk, "kind": kind, "amount": amount, "on": START.isoformat()}


def test_the_limit_of_funding_is_reported_with_its_numbers(stage: Stage, analyst: Client) -> None:
    partnership = stage.active(planned="5000000.00")
    award = stage.award(partnership)
    assert post(analyst, partnership, "ledger/", entry(award, "award", "4999999.99")).status_code == 201
    refused = problem(post(analyst, partnership, "ledger/", entry(award, "award", "0.02")), 422, "refused")
    [error] = refused["errors"]
    assert (error["code"], error["limit"], error["would_be"]) == ("awarded_over_planned", "5000000.00", "5000000.01")
    assert error["citation"] == partnership.limits.citation
    assert post(analyst, partnership, "ledger/", entry(award, "award", "0.01")).status_code == 201
    rows = analyst.get(url_of(partnership, "ledger/")).json()["results"]
    assert [row["amount"] for row in rows] == ["4999999.99", "0.01"]
    assert analyst.get(url_of(partnership)).json()["funding"]["awarded"] == "5000000.00"


def test_an_award_of_another_partnership_is_not_there(stage: Stage, analyst: Client) -> None:
    mine, other = stage.active(), stage.active("XKX")
    award = stage.award(other)
    document = problem(post(analyst, mine, "ledger/", entry(award, "award", "1")), 400, "invalid")
    assert document["errors"][0]["field"] == "award"


@pytest.mark.django_db(transaction=True)
def test_many_writers_at_once_never_pass_the_limit(tmp_path: Path, settings: Settings) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    stage = Stage()
    partnership = stage.active(planned="5000000.00")
    award = stage.award(partnership)
    clients = [as_program(stage.analyst) for _ in range(20)]
    answers: list[Any] = []

    def write(client: Client) -> None:
        answers.append(post(client, partnership, "ledger/", entry(award, "award", "400000.00")))
        connections.close_all()

    threads = [threading.Thread(target=write, args=(client,)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    taken = [answer for answer in answers if answer.status_code == 201]
    refused = [answer for answer in answers if answer.status_code == 422]
    assert (len(taken), len(refused)) == (12, 8)
    assert {answer.json()["errors"][0]["code"] for answer in refused} == {"awarded_over_planned"}
    partnership.refresh_from_db()
    assert partnership.awarded_total == Decimal("400000.00") * len(taken)


# ---- results -------------------------------------------------------------------------------------------------------


def reported(made: Complete, period: ReportingPeriod, girls: int, boys: int) -> dict[str, Any]:
    return {
        "period": period.pk,
        "indicator": made.children.code,
        "value": str(girls + boys),
        "parts": [
            {"breakdown": "sex_age", "sex": "female", "age": "12-17", "value": str(girls)},
            {"breakdown": "sex_age", "sex": "male", "age": "6-11", "value": str(boys)},
        ],
    }


def test_results_come_in_through_the_service_and_go_out_without_small_counts(db: None) -> None:
    made = make_complete()
    client = as_program(made.analyst)
    first, *_ = schedule_periods(partnership=made.partnership, frequency=ReportFrequency.ANNUAL, actor=made.analyst)
    body = reported(made, first, 98, 2)
    answers = [post(client, made.partnership, "results/", body, key="r1") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert Result.objects.count() == 1
    unread = problem(post(client, made.partnership, "results/", body | {"evidence": "Another"}), 422, "refused")
    assert unread["errors"][0]["code"] == "changed"
    assert "page" not in unread["detail"]
    assert "Review the current values" in unread["detail"]
    named = body | {"evidence": "Another", "replaces": answers[0].json()["id"]}
    newest = post(client, made.partnership, "results/", named).json()
    assert newest["replaces"] == named["replaces"]
    wrong = problem(post(client, made.partnership, "results/", body | {"value": "101"}), 422, "refused")
    assert wrong["errors"][0]["code"] == "disaggregation_sum"
    share = {"period": first.pk, "indicator": made.share.code, "value": None}
    refused = problem(post(client, made.partnership, "results/", share), 422, "refused")
    assert refused["errors"][0]["code"] == "no_data_reason"
    share["no_data_reason"] = "The survey is late"
    assert post(client, made.partnership, "results/", share).status_code == 201

    def shown() -> dict[str, Any]:
        listed = client.get(url_of(made.partnership, "results/")).json()["indicators"]
        return next(row for row in listed if row["code"] == made.children.code)

    assert (shown()["value"], shown()["missing"]["value"]) == (None, "not_yet")  # nothing is out before it is approved
    for name, actor in (("submit", made.analyst), ("approve", made.approver)):
        first = take_period_step(period=first, name=name, actor=actor, on=dt.date(2026, 1, 15))
    indicator = shown()
    assert indicator["years"][0]["value"] == indicator["value"] == "100.0000"
    hidden = [part for part in indicator["parts"] if part["value"] is None]
    assert hidden
    assert {part["missing"]["value"] for part in hidden} <= {"fewer_than_5", "held_back", "suppressed"}
    late = body | {"replaces": newest["id"]}
    closed = problem(post(client, made.partnership, "results/", late), 422, "refused")
    assert closed["errors"][0]["code"] == "period_closed"
    assert problem(post(client, made.partnership, "results/", body | {"period": 0}), 400, "invalid")


# ---- who may -------------------------------------------------------------------------------------------------------


def test_scopes_decide_what_a_program_of_the_analyst_may_do(stage: Stage) -> None:
    partnership = stage.draft()
    reader = as_program(stage.analyst, "partnerships:read")
    assert reader.get(ALL).status_code == 200
    problem(change(reader, partnership, {"title": "X"}), 403, "insufficient_scope")
    problem(post(reader, partnership, "contributions/", CONTRIBUTION), 403, "insufficient_scope")
    other = as_program(stage.analyst, "observations:read")
    problem(other.get(ALL), 403, "insufficient_scope")
    writer = as_program(stage.analyst, "partnerships:write")
    assert change(writer, partnership, {"title": "X"}).status_code == 200
    problem(post(writer, partnership, "contributions/", CONTRIBUTION), 403, "insufficient_scope")
    payer = as_program(stage.analyst, "partnerships:money")
    assert post(payer, partnership, "contributions/", CONTRIBUTION).status_code == 201
