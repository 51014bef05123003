"""The REST representation of a partnership, its parts, and its steps, from plain rows."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from cpc.api.row_serializers import MissingReasons
from cpc.findings import Finding
from partnerships.api_base.part_serializers import (
    ExceptionSerializer,
    ParticipantSerializer,
    PartnershipProgramSerializer,
    StatementSerializer,
)
from partnerships.api_base.serializers import (
    FundingInFullSerializer,
    OriginSerializer,
    PartnershipBriefSerializer,
)
from partnerships.api_base.step_serializers import AvailableStep, StepSerializer
from partnerships.models import FigureKind, Participant, Partnership, Program, ProgramAmount, RecordKind
from partnerships.models.status import OriginConfirmation
from partnerships.states import PARTNERSHIP
from selection.models import Decision
from tests.partnerships.unsaved import END, START, exception, partnership, policy, prefetched, total

DAY = timedelta(days=1)
SUMS = {
    "planned_total": Decimal("50.00"),
    "notified_total": Decimal("40.00"),
    "awarded_total": Decimal("30.00"),
    "obligated_total": Decimal("20.00"),
    "disbursed_total": Decimal("10.00"),
    "funding_limit": Decimal("7000000.00"),
    "limit_policy": policy(funding=Decimal("5000000.00")),
}


def brief(row: Partnership) -> dict[str, Any]:
    """Return an unsaved partnership in brief, without the reasons of its origin and its legal review."""
    row._state.fields_cache["origin_confirmation"] = None
    found = dict(PartnershipBriefSerializer(row).data)
    reasons = found["missing"].items()
    later = ("origin.", "legal_review.")
    return found | {"missing": {name: reason for name, reason in reasons if not name.startswith(later)}}


def test_the_term_with_its_limits() -> None:
    signed, ended = START - DAY, date(2023, 3, 15)
    found = brief(partnership("terminated", signed_on=signed, ended_on=ended, term_limit_months=72))
    assert found["term"] == {
        "starts_on": date(2021, 1, 1),
        "ends_on": date(2025, 1, 1),
        "signed_on": date(2020, 12, 31),
        "ended_on": date(2023, 3, 15),
        "limit_months": 72,
        "policy_months": 60,
        "counted_from": date(2020, 12, 31),
        "latest_end": date(2026, 12, 31),
    }
    assert found["missing"] == {"status_as_of": "not_yet"}


def test_what_a_term_lacks_has_its_reason() -> None:
    found = brief(partnership("selected", starts_on=None, ends_on=None, limit_policy=None))
    names = ("starts_on", "ends_on", "limit_months", "policy_months", "counted_from", "latest_end")
    assert {name: found["term"][name] for name in names} == dict.fromkeys(names)
    assert found["missing"] == {
        "status_as_of": "not_yet",
        **{f"term.{name}": "not_set" for name in names},
        "term.signed_on": "not_yet",
        "term.ended_on": "not_yet",
        "funding.limit": "not_set",
        "funding.policy_limit": "not_set",
    }


def test_the_money_of_a_managed_partnership() -> None:
    assert brief(partnership(**SUMS))["funding"] == {
        "currency": "USD",
        "limit": "7000000.00",
        "policy_limit": "5000000.00",
        "planned": "50.00",
        "notified": "40.00",
        "awarded": "30.00",
        "obligated": "20.00",
        "disbursed": "10.00",
    }


def test_documented_partnership_gives_a_reason_for_its_missing_ledger() -> None:
    found = brief(partnership("completed", kind=RecordKind.DOCUMENTED, status_as_of=END, **SUMS))
    ledger = ("planned", "notified", "awarded", "obligated", "disbursed")
    assert [found["funding"][name] for name in ledger] == [None] * 5
    assert {found["missing"][f"funding.{name}"] for name in ledger} == {"not_recorded"}
    assert found["missing"]["term.signed_on"] == "not_recorded"
    assert (found["kind"], found["status"], found["status_as_of"]) == ("documented", "completed", date(2025, 1, 1))


def test_a_partnership_in_brief_names_its_country() -> None:
    row = partnership()
    row.country.region = "Africa"
    found = brief(row)
    assert (found["id"], found["title"], found["region"]) == (7, "Partnership with Kenya", "Africa")
    assert dict(found["country"]) == {"code": "KEN", "name": "Kenya"}


@pytest.mark.parametrize(
    ("more", "amount", "cash"),
    [
        ({"ends_on": None}, "25.00", "3.00"),
        ({"ends_on": 1}, "25.00", "3.00"),
        ({"ends_on": 0}, "25.00", "3.00"),
        ({"ends_on": -1}, "0.00", "3.00"),
        ({"ends_on": 1, "ended_on": -1}, "0.00", "3.00"),
        ({"ends_on": 1, "kind": RecordKind.DOCUMENTED}, None, None),
    ],
)
def test_what_can_be_obligated_today(
    monkeypatch: pytest.MonkeyPatch, more: dict[str, Any], amount: str | None, cash: str | None
) -> None:
    monkeypatch.setattr(Partnership, "may_obligate", lambda _self: Decimal("45.00"))
    monkeypatch.setattr(Partnership, "other_us_cash", lambda _self: Decimal("3.00"))
    today = timezone.now().date()
    days = {name: today + value * DAY if isinstance(value, int) else value for name, value in more.items()}
    found = FundingInFullSerializer(partnership(**SUMS | days)).data
    assert (found["open_to_obligation"], found["other_us_cash"]) == (amount, cash)


# ---- where it came from --------------------------------------------------------------------------------------------

AT = datetime(2023, 3, 15, 9, tzinfo=UTC)


def test_a_decision_is_an_origin_that_needs_no_confirmation() -> None:
    row = partnership(pk=None, decision=Decision(pk=12))
    assert dict(OriginSerializer(row).data) == {
        "reason": "", "decision": 12, "superseded_at": None, "confirmed_at": None,
    }  # fmt: skip
    assert reasons(row) == {"superseded_at": "not_yet", "confirmed_at": "not_applicable"}
    row.decision = Decision(pk=12, superseded_at=AT)
    assert OriginSerializer(row).data["superseded_at"] == AT


def test_a_stated_reason_is_confirmed_and_never_superseded() -> None:
    row = partnership(pk=None, origin_reason="Asked for")
    assert reasons(row) == {"decision": "not_applicable", "superseded_at": "not_applicable", "confirmed_at": "not_yet"}
    OriginConfirmation(partnership=row, at=AT)
    assert OriginSerializer(row).data["confirmed_at"] == AT
    assert OriginSerializer(row).data["reason"] == "Asked for"


def reasons(row: Partnership) -> dict[str, str]:
    """Return the reason for each null of an origin."""

    class Named(OriginSerializer):
        missing = MissingReasons()

    return dict(Named(row).data["missing"])


# ---- parts ---------------------------------------------------------------------------------------------------------


def test_an_exception_of_funding_and_one_of_the_term() -> None:
    row = exception(funding=Decimal("7000000.00"))
    row.grant.authority = "Action memo 7"
    assert dict(ExceptionSerializer(row).data) == {
        "kind": "granted",
        "term_months": None,
        "funding": "7000000.00",
        "reason": "A study",
        "authority": "Action memo 7",
        "expires_on": date(2030, 1, 1),
        "missing": {"term_months": "not_applicable"},
    }
    practice = ExceptionSerializer(exception(kind="documented_practice", expires_on=None)).data
    assert (practice["term_months"], practice["funding"]) == (72, None)
    assert practice["missing"] == {"funding": "not_applicable", "expires_on": "not_recorded"}


def test_a_program_has_the_newest_amount_of_each_government() -> None:
    row = Program(pk=3, title="Justice")
    prefetched(
        row,
        amounts=[
            ProgramAmount(government="partner", amount=Decimal("2.00")),
            ProgramAmount(government="us", amount=Decimal("1.00")),
        ],
    )
    assert dict(PartnershipProgramSerializer(row).data) == {
        "id": 3, "title": "Justice", "us_amount": "1.00", "partner_amount": "2.00", "missing": {},
    }  # fmt: skip
    prefetched(row, amounts=[ProgramAmount(government="us", amount=Decimal("0.00"))])
    found = PartnershipProgramSerializer(row).data
    assert (found["us_amount"], found["partner_amount"]) == ("0.00", None)
    assert found["missing"] == {"partner_amount": "not_set"}


def test_a_participant_leads_or_not() -> None:
    for leads in (True, False):
        row = Participant(government="partner", name="Ministry", is_lead=leads)
        assert dict(ParticipantSerializer(row).data) == {"government": "partner", "name": "Ministry", "leads": leads}


def test_statement_day_has_its_precision() -> None:
    stated = StatementSerializer(total("5.50", "October 2024", text="$5.5", source="A speech")).data
    assert (stated["amount"], stated["currency"], stated["stated_in"]) == ("5.50", "USD", "October 2024")
    assert stated["missing"] == {"day": "not_applicable", "stated_on": "not_recorded"}
    days = StatementSerializer(total(None, START, day=END, kind=FigureKind.TERM_MONTHS)).data
    assert (days["day"], days["stated_on"], days["amount"]) == (date(2025, 1, 1), date(2021, 1, 1), None)
    assert days["missing"] == {"amount": "not_applicable"}


# ---- steps ---------------------------------------------------------------------------------------------------------

ERROR, WARNING = Finding.error("one", "No", "field"), Finding.warning("two", "Look", "field")


@pytest.mark.parametrize(
    ("permitted", "findings", "allowed"),
    [(True, [], True), (True, [WARNING], True), (True, [WARNING, ERROR], False), (False, [], False)],
)
def test_a_step_is_allowed_with_the_permission_and_without_an_error(
    findings: list[Finding], *, permitted: bool, allowed: bool
) -> None:
    step = AvailableStep(PARTNERSHIP.transition("sign"), permitted=permitted, findings=findings)
    assert step.allowed is allowed
    found = StepSerializer(step).data
    assert found["allowed"] is allowed
    assert [one["code"] for one in found["findings"]] == [one.code for one in findings]


@pytest.mark.parametrize(
    ("name", "target", "needs_reason", "takes"),
    [
        ("sign", "signed", False, False),
        ("suspend", "suspended", True, True),
        ("terminate", "terminated", True, True),
        ("reinstate", "active", True, True),
        ("cancel", "canceled", True, False),
    ],
)
def test_step_lists_its_requirements(name: str, target: str, *, needs_reason: bool, takes: bool) -> None:
    transition = PARTNERSHIP.transition(name)
    found = StepSerializer(AvailableStep(transition, permitted=True, findings=[])).data
    assert (found["name"], found["target"], found["label"]) == (name, target, transition.label)
    assert (found["needs_reason"], found["takes_determination"]) == (needs_reason, takes)
