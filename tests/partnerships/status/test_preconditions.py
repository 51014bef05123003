"""Preconditions of the steps of a partnership, one rule at a time, on either side of each bound."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from cpc.findings import Finding, Severity
from partnerships.models import (
    Award,
    Determination,
    Ground,
    LedgerKind,
    Partnership,
)
from partnerships.models.status import OriginConfirmation
from partnerships.status import preconditions, services
from partnerships.status.preconditions import PARTNERSHIP_CHECKS
from selection.models import Decision
from tests.partnerships.unsaved import END, START, partnership, policy
from tests.support.unguarded import unguarded
from tests.worlds.partnerships.build import START as BEGUN
from tests.worlds.partnerships.build import Active

DAY = timedelta(days=1)


def said(findings: list[Finding]) -> list[tuple[str, str]]:
    return [(finding.code, finding.message) for finding in findings]


# ---- the days of the term ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "is_set"), [(START, END, True), (START, None, False), (None, END, False)]
)
def test_a_term_is_set_by_both_days(starts_on: date | None, ends_on: date | None, *, is_set: bool) -> None:
    found = preconditions.term_is_set(partnership(starts_on=starts_on, ends_on=ends_on), START)
    assert said(found) == ([] if is_set else [("term_missing", "Set the first and last day of the term.")])


@pytest.mark.parametrize(
    ("on", "started", "over", "ended"),
    [
        (START - DAY, False, False, False),
        (START, True, False, False),
        (START + DAY, True, False, False),
        (END - DAY, True, False, False),
        (END, True, False, True),
        (END + DAY, True, True, True),
    ],
)
def test_start_and_end_steps_depend_on_the_days_of_the_term(
    on: date, *, started: bool, over: bool, ended: bool
) -> None:
    row = partnership()
    assert said(preconditions.start_has_come(row, on)) == (
        [] if started else [("not_started", "The term starts on 2021-01-01.")]
    )
    assert said(preconditions.term_not_over(row, on)) == (
        [("term_over", "The term ended on 2025-01-01; record its completion.")] if over else []
    )
    assert said(preconditions.end_has_come(row, on)) == (
        [] if ended else [("term_not_over", "The term ends on 2025-01-01. To end it earlier, terminate it.")]
    )


def test_without_days_nothing_has_come_and_nothing_is_over() -> None:
    row = partnership(starts_on=None, ends_on=None)
    assert preconditions.start_has_come(row, END) != []
    assert preconditions.end_has_come(row, END) != []
    assert preconditions.term_not_over(row, END) == []


# ---- where it came from ----------------------------------------------------------------------------------------------


def test_a_decision_or_a_confirmed_reason_is_its_origin() -> None:
    confirmed = partnership(pk=None)
    OriginConfirmation(partnership=confirmed)
    assert preconditions.origin_confirmed(partnership(decision=Decision(pk=1)), START) == []
    assert preconditions.origin_confirmed(confirmed, START) == []
    (found,) = preconditions.origin_confirmed(partnership(pk=None), START)
    assert (found.code, found.severity) == ("origin_unconfirmed", Severity.ERROR)


@pytest.mark.parametrize(
    ("later", "now"),
    [(None, ""), (SimpleNamespace(get_action_display=lambda: "Defer"), " The current decision: defer.")],
)
def test_a_superseded_decision_is_a_warning_with_the_current_one(later: Any, now: str) -> None:
    asked: list[dict[str, Any]] = []

    def decisions(**lookups: Any) -> SimpleNamespace:
        asked.append(lookups)
        return SimpleNamespace(first=lambda: later)

    candidate = SimpleNamespace(decisions=SimpleNamespace(filter=decisions))
    decision = SimpleNamespace(superseded_at=datetime(2023, 3, 15, tzinfo=UTC), candidate=candidate)
    (found,) = preconditions.decision_is_current(SimpleNamespace(decision=decision), START)  # type: ignore[arg-type]
    message = f"The decision that started this partnership was superseded on 2023-03-15.{now}"
    assert (found.code, found.severity, found.message) == ("decision_superseded", Severity.WARNING, message)
    assert asked == [{"superseded_at__isnull": True}]


def test_a_decision_in_effect_needs_no_warning() -> None:
    assert preconditions.decision_is_current(partnership(), START) == []
    assert preconditions.decision_is_current(partnership(decision=Decision(pk=1)), START) == []


# ---- awards --------------------------------------------------------------------------------------------------------


def award(**more: Any) -> Award:
    clean: dict[str, Any] = {
        "recipient_type": "civil_society",
        "certifies_training": True,
        "certifies_no_promotion": True,
        "competed": True,
        "uei": "ABCDEFGH1234",
        "fain": "S-1",
    }
    return Award(**clean | more)


@pytest.mark.parametrize(
    ("more", "codes"),
    [
        ({}, []),
        ({"recipient_type": "government"}, ["government_recipient"]),
        ({"certifies_training": False}, ["training_not_certified"]),
        ({"certifies_no_promotion": False}, ["statement_missing"]),
        ({"competed": False, "not_competed_because": "Only one can"}, ["not_competed"]),
        ({"uei": ""}, ["identifiers_missing"]),
        ({"fain": ""}, ["identifiers_missing"]),
        ({"uei": "", "fain": ""}, ["identifiers_missing"]),
        (
            {"recipient_type": "government", "certifies_training": False, "competed": False},
            ["government_recipient", "training_not_certified", "not_competed"],
        ),
    ],
)
def test_what_to_know_before_money_is_obligated(more: dict[str, Any], codes: list[str]) -> None:
    found = preconditions.award_findings(award(**more))
    assert [finding.code for finding in found] == codes
    assert {finding.severity for finding in found} <= {Severity.WARNING}


def test_the_reason_against_a_competition_is_read() -> None:
    (found,) = preconditions.award_findings(award(competed=False, not_competed_because="Only one can"))
    assert found.message == "Not competed: Only one can"


@pytest.mark.parametrize(
    ("ends_on", "ended_on", "of_term", "warns"),
    [
        (date(2026, 1, 1), None, {}, False),
        (date(2026, 1, 2), None, {}, True),
        (date(2026, 1, 2), date(2026, 1, 1), {}, False),
        (date(2024, 3, 16), None, {"ended_on": date(2023, 3, 15)}, True),
        (date(2024, 3, 15), None, {"ended_on": date(2023, 3, 15)}, False),
        (date(2030, 1, 1), None, {"limit_policy": None}, False),
    ],
)
def test_an_award_may_outlast_the_term_by_the_months_of_the_policy(
    ends_on: date, ended_on: date | None, of_term: dict[str, Any], *, warns: bool
) -> None:
    limits = policy()
    limits.award_months = 12
    row = partnership(**{"limit_policy": limits} | of_term)
    found = preconditions.award_within_term(award(ends_on=ends_on, ended_on=ended_on), row)
    assert [finding.code for finding in found] == ["award_past_term"] * warns


# ---- with rows -----------------------------------------------------------------------------------------------------


def test_each_government_needs_an_office_that_leads(active: Active) -> None:
    row = active.partnership
    assert preconditions.both_governments_lead(row, BEGUN) == []
    draft = active.stage.draft("KEN")
    draft.participants.filter(government="partner").update(is_lead=False)
    assert said(preconditions.both_governments_lead(draft, BEGUN)) == [
        ("lead_missing", "Name the office that leads for the partner government.")
    ]
    draft.participants.filter(government="us").delete()
    assert said(preconditions.both_governments_lead(draft, BEGUN)) == [
        ("lead_missing", "Name the office that leads for the United States."),
        ("lead_missing", "Name the office that leads for the partner government."),
    ]


@pytest.fixture
def obligated(active: Active) -> Award:
    """Return an award of $1,000 with $600 obligated ten days into the term, and $500 disbursed."""
    stage = active.stage
    row = stage.award(active.partnership, "1000.00")
    stage.move(row, LedgerKind.OBLIGATION, "600.00", BEGUN + 10 * DAY)
    stage.move(row, LedgerKind.DISBURSEMENT, "500.00", BEGUN + 20 * DAY)
    return row


def test_obligation_is_within_the_term(active: Active, obligated: Award) -> None:
    row, on = active.partnership, BEGUN + 10 * DAY
    assert preconditions.obligations_since(row, on) == preconditions.obligations_until(row, on) == []
    assert preconditions.obligations_since(row, None) == preconditions.obligations_until(row, None) == []
    (early,), (late,) = (
        preconditions.obligations_since(row, on + DAY),
        preconditions.obligations_until(row, on - DAY),
    )
    assert early.code == "obligation_before_force"
    assert early.message.startswith(
        f"Money is obligated on {on}, before the partnership is in force and before its first day, {on + DAY}."
    )
    assert late.code == "obligation_after_term"
    assert late.message.startswith(f"Money is obligated on {on}. The term ended on {on - DAY}, and by policy")


def test_an_obligation_reversed_on_its_own_day_never_was(active: Active) -> None:
    stage, row, on = active.stage, active.partnership, BEGUN + 10 * DAY
    of = stage.award(row, "1000.00")
    stage.move(of, LedgerKind.OBLIGATION, "600.00", on)
    stage.move(of, LedgerKind.DEOBLIGATION, "600.00", on)
    assert preconditions.obligations_since(row, on + DAY) == preconditions.obligations_until(row, on - DAY) == []


def test_money_is_settled_award_by_award(active: Active, obligated: Award) -> None:
    assert said(preconditions.money_settled(active.partnership, BEGUN)) == [
        (
            "not_liquidated",
            f"{obligated}: USD 100.00 is obligated but not disbursed. Disburse or de-obligate it.",
        )
    ]
    active.stage.move(obligated, LedgerKind.DEOBLIGATION, "100.00", BEGUN + 30 * DAY)
    assert preconditions.money_settled(active.partnership, BEGUN) == []


def test_award_is_open_until_closed_out_or_never_begun(active: Active) -> None:
    row, begun = active.partnership, active.stage.award(active.partnership, title="Begun")
    (found,) = preconditions.awards_closed(row, BEGUN)
    assert (found.code, found.message) == ("award_open", "An organization: Begun is not closed out.")
    states = {"planned": False, "stop_work": True, "terminated": True, "ended": True, "closed": False}
    for state, is_open in states.items():
        with unguarded():
            Award.objects.filter(pk=begun.pk).update(state=state, ended_on=None)
        assert bool(preconditions.awards_closed(row, BEGUN)) is is_open, state


def test_other_cash_of_the_united_states_is_a_warning(active: Active, monkeypatch: pytest.MonkeyPatch) -> None:
    row = active.partnership
    assert preconditions.cash_beside_the_limit(row, BEGUN) == []
    monkeypatch.setattr(Partnership, "other_us_cash", lambda _self: Decimal("0.01"))
    (found,) = preconditions.cash_beside_the_limit(row, BEGUN)
    assert (found.code, found.severity) == ("us_cash_beside_limit", Severity.WARNING)
    assert found.message.startswith(
        "USD 0.01 of other United States cash is recorded. It doesn't count toward the limit of USD 5,000,000.00."
    )


# ---- grounds of a suspension ---------------------------------------------------------------------------------------


@pytest.fixture
def suspension(active: Active) -> Determination:
    """Return a suspension on two grounds, of which one is corrected and one has an open correction."""
    stage = active.stage
    row = Determination(
        partnership=active.partnership,
        kind="suspension",
        grounds=[Ground.ELIGIBILITY, Ground.RESPONSIBILITIES],
        text="Determined",
        signatory="The Secretary",
        determined_on=SUSPENDED,
    )
    services.determine(determination=row, actor=stage.approver)
    for ground in row.grounds:
        services.open_correction(determination=row, ground=ground, description="To do", actor=stage.analyst)
    services.close_correction(
        correction=row.corrections.get(ground=Ground.ELIGIBILITY),
        evidence="A decree",
        on=CORRECTED,
        actor=stage.approver,
    )
    return row


SUSPENDED, CORRECTED = date(2022, 1, 1), date(2022, 6, 1)
OPEN = "No closed correction of this ground: Responsibilities under the compact not met."
LATER = (
    "The correction of this ground was closed on 2022-06-01, after 2022-05-31: Pattern of actions inconsistent with "
    "the criteria of eligibility. Date the reinstatement 2022-06-01 or later."
)


def test_each_ground_is_corrected_by_the_day_of_the_reinstatement(active: Active, suspension: Determination) -> None:
    row = Partnership.objects.get(pk=active.partnership.pk)
    assert preconditions.grounds_open(suspension, CORRECTED - DAY) == [LATER, OPEN]
    assert preconditions.grounds_open(suspension, CORRECTED) == [OPEN]
    assert preconditions.grounds_open(suspension, CORRECTED + DAY) == [OPEN]
    assert said(preconditions.grounds_corrected(row, CORRECTED)) == [("ground_open", OPEN)]


def test_without_a_suspension_no_ground_is_open(active: Active) -> None:
    assert preconditions.grounds_corrected(active.partnership, CORRECTED) == []


# ---- the checks of each step ---------------------------------------------------------------------------------------


def test_each_step_checks_its_rules() -> None:
    assert {name: [rule.__name__ for rule in rules] for name, rules in PARTNERSHIP_CHECKS.items()} == {
        "invite": ["decision_is_current", "origin_confirmed", "restrictions_ahead"],
        "open_negotiations": ["decision_is_current", "origin_confirmed", "restrictions_ahead"],
        "submit_for_clearance": ["decision_is_current", "origin_confirmed"],
        "sign": [
            "decision_is_current",
            "origin_confirmed",
            "term_is_set",
            "term_not_over",
            "both_governments_lead",
            "cleared",
            "within_limits_once_signed",
            "cash_beside_the_limit",
            "restrictions_clear",
            "complete",
        ],
        "start": ["start_has_come"],
        "suspend": ["term_not_over"],
        "terminate": ["term_not_over"],
        "reinstate": ["term_not_over", "grounds_corrected"],
        "complete": ["end_has_come"],
        "close": ["money_settled", "awards_closed", "reports_settled"],
    }
