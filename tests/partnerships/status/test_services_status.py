"""Steps, determinations, and corrections: stored values, entries of the trail, and codes and sources of refusals."""

from __future__ import annotations

import datetime as dt
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from cpc.findings import Finding
from partnerships.models import Award, Correction, Determination, Ground, LedgerKind, Partnership
from partnerships.status import preconditions, services
from tests.partnerships.unsaved import END as UNSAVED_END
from tests.partnerships.unsaved import partnership as unsaved
from tests.support.outcomes import refusals, trail
from tests.worlds.partnerships.build import END, START, Active

DAY = dt.timedelta(days=1)
ON = date(2022, 1, 1)


def suspension(active: Active, **values: Any) -> Determination:
    row: dict[str, Any] = {
        "partnership": active.partnership,
        "kind": "suspension",
        "grounds": [Ground.ELIGIBILITY],
        "text": "The register was not kept",
        "signatory": "The Secretary",
        "determined_on": ON,
    }
    return Determination(**row | values)


# ---- steps ---------------------------------------------------------------------------------------------------------


def test_a_step_is_stored_with_its_states_day_reason_and_actor(active: Active) -> None:
    made = services.determine(determination=suspension(active), actor=active.stage.approver)
    assert trail(made)[0][:2] == ("approver", "determined")
    assert made.recorded_by == active.stage.approver
    change = active.partnership.status_changes.order_by("-pk")[0]
    assert trail(change) == [
        (
            "approver",
            "took the step: Suspend",
            None,
            {
                "partnership": active.partnership.pk,
                "transition": "suspend",
                "from_status": "active",
                "to_status": "suspended",
                "effective_on": "2022-01-01",
                "reason": "The register was not kept",
                "determination": made.pk,
                "actor": active.stage.approver.pk,
            },
        )
    ]


@pytest.mark.parametrize(
    ("name", "on", "ends_on", "as_of", "effective_on"),
    [
        ("complete", END - DAY, END, None, END - DAY),
        ("complete", END, END, None, END),
        ("complete", END + DAY, END, None, END),
        ("complete", END, None, None, END),
        ("start", START + 9 * DAY, END, None, START),
        ("start", START + 9 * DAY, END, START - DAY, START),
        ("start", START + 9 * DAY, END, START + DAY, START + DAY),
        ("suspend", END + DAY, END, None, END + DAY),
        ("sign", START - DAY, END, None, START - DAY),
    ],
)
def test_a_term_starts_and_ends_on_its_own_days(
    name: str, on: date, ends_on: date | None, as_of: date | None, effective_on: date
) -> None:
    partnership = Partnership(starts_on=START, ends_on=ends_on, status_as_of=as_of)
    assert services._effective_on(partnership, name, on) == effective_on


def test_a_step_by_statute_takes_its_own_determination(active: Active) -> None:
    take: dict[str, Any] = {"partnership": active.partnership, "actor": active.stage.approver, "on": ON, "reason": "R"}
    assert refusals(lambda: services.take_step(name="suspend", **take)) == {"determination": "determination"}
    row = services.record_determination(determination=suspension(active), actor=active.stage.approver)
    codes = refusals(lambda: services.take_step(name="terminate", determination=row, **take))
    assert codes == {"determination": "determination"}
    assert services.take_step(name="suspend", determination=row, **take).status == "suspended"


def test_a_step_that_is_not_open_is_refused(active: Active) -> None:
    take: dict[str, Any] = {"partnership": active.partnership, "actor": active.stage.approver, "on": ON}
    assert refusals(lambda: services.take_step(name="sign", **take)) == {"": "transition"}


# ---- determinations and corrections --------------------------------------------------------------------------------


def test_a_suspension_of_an_entity_leaves_the_status(active: Active) -> None:
    award = active.stage.award(active.partnership)
    services.determine(determination=suspension(active, subject="entity", award=award), actor=active.stage.approver)
    active.partnership.refresh_from_db()
    assert active.partnership.status == "active"


def test_an_analyst_records_no_determination_and_closes_no_correction(active: Active) -> None:
    with pytest.raises(PermissionDenied):
        services.record_determination(determination=suspension(active), actor=active.stage.analyst)
    made = services.determine(determination=suspension(active), actor=active.stage.approver)
    opened = open_correction(active, made)
    with pytest.raises(PermissionDenied):
        services.close_correction(correction=opened, evidence="E", on=ON, actor=active.stage.analyst)


def open_correction(active: Active, determination: Determination) -> Correction:
    return services.open_correction(
        determination=determination, ground=Ground.ELIGIBILITY, description="Keep it", actor=active.stage.analyst
    )


def test_a_correction_is_opened_for_a_ground_that_the_determination_names(active: Active) -> None:
    made = services.determine(determination=suspension(active), actor=active.stage.approver)
    other = refusals(
        lambda: services.open_correction(
            determination=made, ground=Ground.RESPONSIBILITIES, description="D", actor=active.stage.analyst
        )
    )
    assert other == {"": "ground"}
    opened = open_correction(active, made)
    values = {"determination": made.pk, "ground": "eligibility", "description": "Keep it"}
    assert trail(opened) == [("analyst", "opened", None, values)]


@pytest.mark.parametrize(
    ("on", "codes"),
    [
        (ON - DAY, {"on": "before_determination"}),
        (ON, {}),
        (timezone.now().date() + DAY, {"on": "future_day"}),
    ],
)
def test_a_correction_is_closed_with_evidence_between_its_determination_and_today(
    active: Active, on: date, codes: dict[str, str]
) -> None:
    made = services.determine(determination=suspension(active), actor=active.stage.approver)
    opened = open_correction(active, made)
    close: dict[str, Any] = {"correction": opened, "evidence": "A decree", "on": on, "actor": active.stage.approver}
    if codes:
        assert refusals(lambda: services.close_correction(**close)) == codes
        return
    services.close_correction(**close)
    before = {"evidence": "", "closed_on": None, "closed_by": None}
    after = {"evidence": "A decree", "closed_on": on.isoformat(), "closed_by": active.stage.approver.pk}
    assert trail(opened)[-1] == ("approver", "closed", before, after)


def test_a_reinstatement_waits_for_the_correction_and_ends_the_suspension(active: Active) -> None:
    made = services.determine(determination=suspension(active), actor=active.stage.approver)
    later = ON + 30 * DAY

    def reinstate() -> Determination:
        row = suspension(active, kind="reinstatement", grounds=[], suspension=made, determined_on=later)
        return services.determine(determination=row, actor=active.stage.approver)

    assert refusals(reinstate) == {"": "ground_open"}
    opened = open_correction(active, made)
    assert refusals(reinstate) == {"": "ground_open"}
    services.close_correction(correction=opened, evidence="E", on=later, actor=active.stage.approver)
    reinstate()
    active.partnership.refresh_from_db()
    assert (active.partnership.status, active.partnership.status_as_of) == ("active", later)


# ---- field and source of each finding ------------------------------------------------------------------------------


def named(findings: list[Finding]) -> list[tuple[str, str, str, str]]:
    return [(finding.code, str(finding.severity), finding.field, finding.citation) for finding in findings]


def test_a_finding_names_the_field_that_settles_it_and_the_rule() -> None:
    bare = unsaved(pk=None, starts_on=None, ends_on=None)
    full = unsaved()
    statute = "22 U.S.C. 7103a(d)"
    rules: list[tuple[list[Finding], tuple[str, str, str, str]]] = [
        (
            preconditions.origin_confirmed(bare, START),
            ("origin_unconfirmed", "error", "origin_reason", f"{statute}(5)"),
        ),
        (preconditions.term_is_set(bare, START), ("term_missing", "error", "ends_on", f"{statute}(2)")),
        (preconditions.start_has_come(bare, START), ("not_started", "error", "starts_on", "")),
        (preconditions.term_not_over(full, UNSAVED_END + DAY), ("term_over", "error", "on", "")),
        (preconditions.end_has_come(bare, START), ("term_not_over", "error", "ends_on", "")),
        ([preconditions.obligated_early(START, END)], ("obligation_before_force", "error", "on", "")),
        ([preconditions.obligated_late(END, START)], ("obligation_after_term", "error", "on", "TIP Office policy")),
    ]
    for findings, expected in rules:
        assert named(findings) == [expected]


def test_warnings_about_an_award_name_its_columns_and_their_rules() -> None:
    award = Award(recipient_type="government", competed=False, not_competed_because="One can")
    assert named(preconditions.award_findings(award)) == [
        ("government_recipient", "warning", "recipient_type", "22 U.S.C. 7103a(d)(3)"),
        ("training_not_certified", "warning", "certifies_training", "22 U.S.C. 7105a(b)"),
        ("statement_missing", "warning", "certifies_no_promotion", "22 U.S.C. 7110(g)"),
        ("not_competed", "warning", "competed", "22 U.S.C. 7105a(a)"),
        ("identifiers_missing", "warning", "uei", "4 FAM 631.1"),
    ]


def test_what_keeps_a_partnership_open_names_awards_and_the_rule_of_close_out(active: Active) -> None:
    award = active.stage.award(active.partnership, "1000.00")
    active.stage.move(award, LedgerKind.OBLIGATION, "600.00")
    row = Partnership.objects.get(pk=active.partnership.pk)
    assert named(preconditions.awards_closed(row, END)) == [("award_open", "error", "awards", "2 CFR 200.344")]
    assert named(preconditions.money_settled(row, END)) == [("not_liquidated", "error", "awards", "2 CFR 200.344")]
    active.stage.move(award, LedgerKind.DISBURSEMENT, "600.00")
    assert preconditions.money_settled(row, END) == []


def test_a_missing_lead_names_the_participants(active: Active) -> None:
    draft = active.stage.draft("KEN")
    draft.participants.update(is_lead=False)
    expected = ("lead_missing", "error", "participants", "22 U.S.C. 7103a(d)(2)(B)")
    assert named(preconditions.both_governments_lead(draft, START)) == [expected, expected]


def test_other_cash_names_the_contributions(active: Active, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Partnership, "other_us_cash", lambda _self: Decimal("0.01"))
    assert named(preconditions.cash_beside_the_limit(active.partnership, START)) == [
        ("us_cash_beside_limit", "warning", "contributions", "22 U.S.C. 7103a(d)(3)")
    ]


def test_an_open_ground_names_the_corrections(active: Active) -> None:
    services.determine(determination=suspension(active), actor=active.stage.approver)
    row = Partnership.objects.get(pk=active.partnership.pk)
    assert named(preconditions.grounds_corrected(row, ON)) == [
        ("ground_open", "error", "corrections", "22 U.S.C. 7103a(d)(6)(B)")
    ]


def test_warnings_of_all_awards_carry_their_names_in_the_order_of_their_first_days(active: Active) -> None:
    later, earlier = (active.stage.award(active.partnership, title=title) for title in ("Later", "Earlier"))
    Award.objects.filter(pk=later.pk).update(starts_on=START + DAY)
    found = preconditions.award_warnings(active.partnership, START)
    names = [" ".join(finding.message.split(": ")[:2]) for finding in found]
    assert list(dict.fromkeys(names)) == ["An organization Earlier", "An organization Later"]
    assert [award.pk for award, _ in preconditions.awards_to_read(active.partnership)] == [earlier.pk, later.pk]


def test_restrictions_on_the_country_bar_a_signature_and_all_bar_an_obligation(
    active: Active, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, date, str]] = []

    def restriction_findings(country: Any, on: date, scope: Any) -> list[Finding]:
        asked.append((country.code, on, scope.name))
        return []

    monkeypatch.setattr(preconditions, "restriction_findings", restriction_findings)
    assert preconditions.restrictions_clear(active.partnership, ON) == []
    assert preconditions.restrictions_clear_of_money(active.partnership, ON) == []
    assert asked == [("GHA", ON, "COUNTRY"), ("GHA", ON, "OBLIGATION")]
