"""Partnerships that follow from a decision: the permitted decisions, their enforcement, and links on both pages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cpc.accounts.models import User
from cpc.accounts.permissions import Role
from cpc.api.run_once import new_key
from indicators.models import Country
from partnerships.agreements.queries import in_partnership
from partnerships.agreements.services import create_partnership
from partnerships.demo import load_partnerships
from partnerships.models import OpeningTerms, Partnership, RecordKind
from partnerships.status.preconditions import decision_is_current
from partnerships.status.services import take_step
from selection.models import Decision, SelectionRound
from selection.rounds import services as rounds_services
from tests.partnerships.error_codes import db_error_code, error_codes, raw
from tests.partnerships.sending import send
from tests.selection.decisions.deliberating import (
    Decided,
    Deliberation,
    changed,
    closed,
    decided,
    in_deliberation,
)
from tests.support import deciding
from tests.support.accounts import make_account
from tests.support.rounds import ON, Office


@pytest.fixture
def office(contents: Deliberation | Decided) -> Office:
    return contents.office


@pytest.fixture
def decision(decided: Decided) -> Decision:
    """Return the decision that selects Ghana, of a decided round."""
    return decided.decision


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def opened(office: Office, decision: Decision) -> Partnership:
    return create_partnership(
        country=decision.candidate.country, title="Partnership with Ghana", decision=decision, actor=office.analyst
    )


def insert(country: Country, reason: str, decision: Decision | None, kind: str = "managed") -> None:
    """Insert a partnership by plain SQL, without any service."""
    columns: dict[str, Any] = {
        "country_id": country.pk,
        "title": "By SQL",
        "kind": kind,
        "status": "selected",
        "origin_reason": reason,
        "decision_id": decision.pk if decision else None,
        "focus_regions": [],
        "forms": [],
        "other_forms": "",
        "fund_account": "unknown",
        "overlap_reason": "",
        "legal_review": "not_reviewed",
        "coordination_body": "",
        "term_limit_months": 0,
        "funding_limit": 0,
        **{f"{total}_total": 0 for total in ("planned", "notified", "awarded", "obligated", "disbursed")},
        "version": 1,
    }
    marks = ", ".join(["%s"] * len(columns))
    raw(f"INSERT INTO partnerships_partnership ({', '.join(columns)}) VALUES ({marks})", *columns.values())


def test_a_decision_begins_one_partnership_and_a_second_press_leads_to_it(office: Office, decision: Decision) -> None:
    client = signed_in(office.analyst)
    page = client.get(reverse("round-deliberation", args=[decision.candidate.round_id])).text
    address = f"{reverse('partnership-new')}?decision={decision.pk}"
    assert address in page
    assert address.partition("?")[2] in client.get(reverse("partnership-new")).text
    form = client.get(address)
    assert "Need is high and the courts are ready." in form.text
    assert "Child Protection Compact Partnership with Ghana" in form.text
    assert "$5,000,000.00 over 60 months" in form.text
    sent = {
        "title": "Partnership with Ghana",
        "planned_amount": "4,500,000",
        "planned_months": "60",
        "planned_because": "",
        "idempotency_key": new_key(),
    }
    differs = client.post(address, sent)
    assert "The decision is on $5,000,000.00 over 60 months. Enter why" in differs.text
    sent["planned_because"] = "The ministry takes over the training."
    first = client.post(address, sent)
    made = Partnership.objects.get()
    assert (made.decision, made.origin_reason, made.country.code) == (decision, "", "GHA")
    assert first.headers["Location"] == reverse("partnership", args=[made.pk])
    assert client.post(address, sent).headers["Location"] == first.headers["Location"]
    other = client.post(address, {**sent, "idempotency_key": new_key()})
    assert other.status_code == 422
    assert "This candidate already has a partnership: Partnership with Ghana (Selected)." in other.text
    assert Partnership.objects.count() == 1
    barred = client.get(address).text
    assert "This decision can't start a partnership." in barred
    assert "Open the partnership" not in barred
    record = client.get(reverse("partnership", args=[made.pk])).text
    for url in (
        reverse("round-deliberation", args=[decision.candidate.round_id]),
        reverse("round", args=[decision.candidate.round_id]),
        reverse("memo", args=[decision.candidate.round_id, 1]),
    ):
        assert url in record
    assert "$4,500,000.00 over 60 months. The ministry takes over the training." in " ".join(record.split())
    after = client.get(reverse("round-deliberation", args=[decision.candidate.round_id])).text
    assert address not in after
    assert reverse("partnership", args=[made.pk]) in after
    dossier = client.get(reverse("dossier", args=[decision.candidate.round_id, "GHA"])).text
    assert "Partnerships with this country" in dossier
    assert reverse("partnership", args=[made.pk]) in dossier


@pytest.mark.parametrize(
    ("values", "codes"),
    [
        ({}, []),
        ({"planned_months": 59}, ["terms_differ"]),
        ({"planned_amount": Decimal("4999999.99")}, ["terms_differ"]),
        ({"planned_amount": Decimal("4999999.99"), "planned_because": "Less is enough."}, []),
        ({"planned_amount": Decimal("5000000.01"), "planned_because": "More"}, ["planned_amount"]),
        ({"planned_months": 61, "planned_because": "Longer"}, ["planned_months"]),
        ({"values": {"starts_on": date(2027, 1, 1), "ends_on": date(2032, 1, 1)}}, []),
        ({"values": {"starts_on": date(2027, 1, 1), "ends_on": date(2032, 1, 2)}}, ["planned_term"]),
    ],
)
def test_money_and_term_flow_from_the_decision_into_the_partnership(
    office: Office, decision: Decision, values: dict[str, Any], codes: list[str]
) -> None:
    def opens() -> Partnership:
        country = decision.candidate.country
        return create_partnership(country=country, title="X", decision=decision, actor=office.analyst, **values)

    if codes:
        assert error_codes(opens) == codes
        assert not OpeningTerms.objects.exists()
        return
    terms = opens().opening_terms
    assert terms.amount == values.get("planned_amount", decision.recommendation.proposed_amount)
    assert (terms.months, terms.reason) == (60, values.get("planned_because", ""))


def test_the_database_keeps_opening_terms_to_the_decision(office: Office, decision: Decision) -> None:
    made = opened(office, decision)
    columns = "(partnership_id, amount, months, reason)"
    insert = f"INSERT INTO partnerships_openingterms {columns} VALUES (%s, %s, %s, %s)"
    assert db_error_code(lambda: raw(insert, made.pk, "4000000", 60, "")) == "terms_differ"
    assert db_error_code(lambda: raw(insert, made.pk, "5000000.01", 60, "x")) == "planned_amount"
    assert db_error_code(lambda: raw(insert, made.pk, "5000000", 61, "x")) == "planned_months"
    assert "decided" not in db_error_code(lambda: raw(insert, made.pk, "5000000", 60, "x"))
    stated = create_partnership(
        country=Country.objects.get(code="CIV"), title="Y", origin_reason="A reason", actor=office.analyst
    )
    assert db_error_code(lambda: raw(insert, stated.pk, "5000000", 60, "x")) == "no_decision"


def test_a_partnership_keeps_its_terms_after_another_decision(office: Office, decision: Decision) -> None:
    made = opened(office, decision)
    changed(office, decision)
    terms = OpeningTerms.objects.get(partnership=made)
    assert (terms.amount, terms.months) == (Decimal("5000000.00"), 60)


def undecided(office: Office) -> Decision:
    return decided(office, in_deliberation())


def deferred(office: Office) -> Decision:
    found = in_deliberation()
    made = decided(office, found, action="defer")
    closed(office, found)
    return made


def superseded(office: Office) -> Decision:
    found = in_deliberation()
    made = decided(office, found)
    closed(office, found)
    changed(office, made, "shortlist")
    made.refresh_from_db()
    return made


@pytest.mark.world("deliberation")
@pytest.mark.parametrize(
    ("of", "code"),
    [(undecided, "round_undecided"), (deferred, "decision_selects"), (superseded, "decision_superseded")],
)
def test_partnership_needs_a_current_selection_in_a_decided_round(
    office: Office, of: Callable[[Office], Decision], code: str
) -> None:
    made = of(office)
    country = made.candidate.country
    assert error_codes(lambda: opened(office, made)) == [code]
    assert db_error_code(lambda: insert(country, "", made)) == code
    client = signed_in(office.analyst)
    assert "This decision can't start a partnership." in client.get(f"/partnerships/new/?decision={made.pk}").text
    assert not Partnership.objects.exists()


def test_partnership_needs_either_a_decision_or_a_stated_reason(office: Office, decision: Decision) -> None:
    ghana, kosovo = decision.candidate.country, Country.objects.get(code="XKX")
    both: dict[str, Any] = {"country": ghana, "title": "X", "decision": decision, "origin_reason": "Asked for"}
    assert error_codes(lambda: create_partnership(**both, actor=office.analyst)) == ["origin"]
    assert error_codes(lambda: create_partnership(country=ghana, title="X", origin_reason=" ", actor=None)) == [
        "origin"
    ]
    assert db_error_code(lambda: insert(ghana, "Asked for", decision)) == "origin"
    assert db_error_code(lambda: insert(ghana, "", None)) == "origin"
    other: dict[str, Any] = {"country": kosovo, "title": "X", "decision": decision}
    assert error_codes(lambda: create_partnership(**other, actor=office.analyst)) == ["decision_country"]
    assert db_error_code(lambda: insert(kosovo, "", decision)) == "decision_country"
    assert db_error_code(lambda: insert(ghana, "", decision, kind=RecordKind.DOCUMENTED)) == "documented_record"
    made = opened(office, decision)
    assert db_error_code(lambda: insert(ghana, "", decision)) == "decision_used"
    for value in (None, decision.pk + 1):
        attempt = ("UPDATE partnerships_partnership SET decision_id = %s, origin_reason = 'x' WHERE id = %s", value)
        assert db_error_code(lambda attempt=attempt: raw(*attempt, made.pk)) == "decision_fixed"  # type: ignore[misc]  # a lambda that keeps the value of the loop


def test_superseding_is_reported_on_both_sides_and_stops_nothing(office: Office, decision: Decision) -> None:
    made = opened(office, decision)
    decide = reverse("decide", args=[decision.candidate.round_id, "GHA"])
    deciding.recommend(
        candidate=decision.candidate, action="defer", rationale="An election was called.", actor=office.analyst
    )
    assert "Partnership with Ghana resulted from the recorded decision" in signed_in(office.approver).get(decide).text
    made.refresh_from_db()
    assert decision_is_current(made, ON) == []
    deciding.memo_for(decision.candidate.round, office.analyst)
    seen = deciding.seen([decision.candidate.recommendations.get(superseded_at=None)])
    later = send(signed_in(office.approver), decide, acknowledged=seen, **{"GHA-choice": "approved"})
    assert later.status_code == 302
    client = signed_in(office.analyst)
    record = client.get(reverse("partnership", args=[made.pk])).text
    assert "The decision it came from was superseded" in record
    assert "what stands: defer" in record
    rows = client.get(reverse("round-deliberation", args=[decision.candidate.round_id])).text
    assert "Its decision was superseded" in rows
    made = Partnership.objects.get()
    [known] = decision_is_current(made, ON)
    assert (known.code, known.severity) == ("decision_superseded", "warning")
    assert "Note before you continue:" in client.get(reverse("partnership-step", args=[made.pk, "invite"])).text
    assert take_step(partnership=made, name="invite", actor=office.analyst, on=ON).status == "invited"


def test_a_later_selection_begins_another_one_only_once_the_first_is_canceled(
    office: Office, decision: Decision
) -> None:
    made = opened(office, decision)
    again = changed(office, changed(office, decision), "select")
    assert error_codes(lambda: opened(office, again)) == ["decision_used"]
    take_step(partnership=made, name="cancel", actor=office.approver, on=ON, reason="The government withdrew.")
    assert opened(office, again).decision == again


@pytest.mark.parametrize(
    ("role", "new", "record"), [(Role.VIEWER, 403, 200), (Role.REVIEWER, 404, 404), (Role.ADMINISTRATOR, 403, 200)]
)
def test_who_opens_one_and_who_reads_where_it_came_from(
    office: Office, decision: Decision, role: Role, new: int, record: int
) -> None:
    made = opened(office, decision)
    client = signed_in(make_account(role, username="somebody"))
    address = f"{reverse('partnership-new')}?decision={decision.pk}"
    assert (client.get(address).status_code, client.post(address, {}).status_code) == (new, new)
    page = client.get(reverse("partnership", args=[made.pk]))
    assert page.status_code == record
    if role == Role.VIEWER:
        assert reverse("round", args=[decision.candidate.round_id]) in page.text
        assert reverse("memo", args=[decision.candidate.round_id, 1]) not in page.text


@pytest.mark.world("deliberation")
@pytest.mark.parametrize("number", ["0", "999999", "x", "9" * 30, "-1"])
def test_a_decision_that_does_not_exist_is_not_found(office: Office, number: str) -> None:
    assert signed_in(office.analyst).get(f"/partnerships/new/?decision={number}").status_code == 404


@pytest.mark.world("deliberation")
def test_partner_countries_are_excluded_from_the_pool_with_their_reason(office: Office) -> None:
    load_partnerships(lambda done, total: None)
    found = in_partnership(date(2026, 11, 25))
    assert set(found) <= {"COL", "CIV", "ROU"}  # the others are over
    assert "signed, last documented" in found["CIV"]
    drawn = office.step(office.open(title="Round 2"), "screen")
    out = office.candidate(drawn, "CIV")
    assert (out.excluded_because, out.reason) == ("partner", in_partnership()["CIV"])
    assert office.candidate(drawn, "GHA").in_pool  # its partnership of the past is over
    ghana = Country.objects.get(code="GHA")
    create_partnership(country=ghana, title="Second partnership", origin_reason="Asked for", actor=office.analyst)
    again: SelectionRound = rounds_services.draw_pool(selection_round=drawn, actor=office.analyst)
    assert office.candidate(again, "GHA").reason == "In a partnership: Second partnership (selected)."
