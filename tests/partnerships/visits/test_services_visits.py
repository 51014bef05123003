"""Field checks and findings: who may close one, in the service and in the database; where; and the five tests."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from cpc.accounts.permissions import Role
from cpc.database.revisions import EditConflict
from partnerships.lookups.field_findings import findings_by_indicator
from partnerships.models import FieldCheck, FieldFinding, FieldFindingStep
from partnerships.visits.services import add_finding, edit_check, edit_finding, record_check, take_finding_step
from tests.partnerships.error_codes import db_error_code, error_codes
from tests.support.accounts import make_account
from tests.worlds.partnerships.build import Stage
from tests.worlds.partnerships.complete import Complete, make_complete

pytestmark = pytest.mark.django_db
DAY, DUE = date(2024, 6, 18), date(2024, 11, 30)
TESTED = dict.fromkeys(("validity", "integrity", "precision", "timeliness"), "yes") | {"reliability": "no"}


@pytest.fixture
def made() -> Complete:
    there = make_complete()
    there.partnership.focus_regions = ["Volta", "Ashanti"]
    there.partnership.save(update_fields=["focus_regions"])
    return there


def check(made: Complete, kind: str = "data_quality", **values: Any) -> FieldCheck:
    usual: dict[str, Any] = {"first_on": DAY, "last_on": DAY, "took_part": "Embassy, program officer"}
    if kind == "data_quality":
        usual |= {"indicator": made.children, **TESTED}
    if kind == "site_visit":
        usual["region"] = "Volta"
    return FieldCheck(partnership=made.partnership, kind=kind, **usual | values)


def finding(made: Complete, **values: Any) -> FieldFinding:
    usual: dict[str, Any] = {
        "field_check": record_check(check=check(made), actor=made.analyst), "text": "Counted again in two centers",
        "weight": "major", "action": "One register", "due_on": DUE, "indicator": made.children,
        "participant": made.ministry,
    }  # fmt: skip
    return add_finding(finding=FieldFinding(partnership=made.partnership, **usual | values), actor=made.analyst)


def marks(made: Complete) -> bool:
    return made.children.pk in findings_by_indicator(made.partnership.pk)


def test_a_finding_marks_its_indicator_until_somebody_else_closes_it(made: Complete) -> None:
    other = make_account(Role.ANALYST, username="analyst-2")
    row = finding(made)
    assert marks(made)
    assert error_codes(lambda: take_finding_step(finding=row, name="close", actor=other)) == ["transition"]
    take_finding_step(finding=row, name="give_evidence", actor=made.analyst, reason="The register of June")
    assert error_codes(lambda: take_finding_step(finding=row, name="close", actor=made.analyst)) == ["two_people"]
    assert error_codes(lambda: take_finding_step(finding=row, name="send_back", actor=other)) == ["reason"]
    take_finding_step(finding=row, name="send_back", actor=other, reason="Of two centers only")
    assert marks(made)
    take_finding_step(finding=row, name="give_evidence", actor=other, reason="Of all four")
    # Both have recorded evidence by now, so a third person checks it.
    assert error_codes(lambda: take_finding_step(finding=row, name="close", actor=made.analyst)) == ["two_people"]
    closed = take_finding_step(finding=row, name="close", actor=made.approver)
    assert (closed.state, marks(made)) == ("closed", False)
    take_finding_step(finding=row, name="reopen", actor=other, reason="Counted again")
    assert marks(made)


def test_the_person_responsible_closes_nothing_and_the_database_agrees(made: Complete) -> None:
    in_charge, other = (make_account(Role.ANALYST, username=name) for name in ("analyst-2", "analyst-3"))
    row = finding(made, participant=None, person=in_charge)
    take_finding_step(finding=row, name="give_evidence", actor=other, reason="Letter")
    for actor in (in_charge, other):
        close = partial(take_finding_step, finding=row, name="close", actor=actor)
        assert error_codes(close) == ["two_people"]
        step = FieldFindingStep(finding=row, name="close", source="evidence", target="closed", actor=actor)
        assert db_error_code(step.save) == "two_people"
    step = FieldFindingStep(finding=row, name="give_evidence", source="evidence", target="evidence", actor=in_charge)
    assert db_error_code(step.save) == "transition"
    row.refresh_from_db()
    row.state = "closed"
    assert db_error_code(row.save) == "derived_state"
    assert take_finding_step(finding=row, name="close", actor=made.analyst).state == "closed"


def test_evidence_is_described(made: Complete) -> None:
    row = finding(made)
    for reason in ("", " "):
        step = FieldFindingStep(
            finding=row, name="give_evidence", source="open", target="evidence", actor=made.analyst, reason=reason
        )
        assert db_error_code(step.save) == "reason"


@pytest.mark.parametrize(
    ("kind", "values", "code"),
    [
        ("site_visit", {"region": "Volta"}, ""),
        ("site_visit", {"region": "Elsewhere"}, ""),
        ("site_visit", {"region": "Several regions"}, ""),
        ("site_visit", {"region": "12 Shelter Road"}, "region"),
        ("site_visit", {"region": ""}, "region"),
        ("site_visit", {"validity": "yes"}, "tests"),
        ("desk_review", {}, ""),
        ("desk_review", {"region": "12 Shelter Road"}, "region"),
        ("data_quality", {}, ""),
        ("data_quality", {"reliability": ""}, "tests"),
        ("data_quality", {"indicator": None}, "tests"),
        ("site_visit", {"last_on": date(2024, 6, 17)}, "dates_order"),
        ("site_visit", {"last_on": date(2024, 6, 19)}, ""),
    ],
)
def test_a_check_is_in_a_region_and_an_assessment_has_its_five_tests(
    made: Complete, kind: str, values: dict[str, Any], code: str
) -> None:
    if not code:
        assert record_check(check=check(made, kind, **values), actor=made.analyst).pk
        return
    assert error_codes(lambda: record_check(check=check(made, kind, **values), actor=made.analyst)) == [code]
    row = check(made, kind, **values)
    row.recorded_by = made.analyst
    assert db_error_code(row.save) == code


@pytest.mark.parametrize("who", [{"participant": None}, {"person": True}])
def test_one_is_responsible_for_a_finding(made: Complete, who: dict[str, Any]) -> None:
    values = {name: made.analyst if value else value for name, value in who.items()}
    assert error_codes(lambda: finding(made, **values)) == ["responsible"]


def test_a_finding_stays_within_its_partnership(made: Complete) -> None:
    stage = Stage(made.analyst, made.approver)
    foreign = stage.award(stage.active("KEN"))
    assert error_codes(lambda: finding(made, participant=None, award=foreign)) == ["award"]
    row = finding(made)
    row.award, row.participant = foreign, None
    assert db_error_code(row.save) == "other_partnership"


def test_a_closed_finding_is_not_edited_and_two_writers_conflict(made: Complete) -> None:
    row = finding(made)
    shown = str(row.current_revision())
    edit_finding(finding=row, values={"due_on": DAY}, actor=made.analyst, expected_revision=shown)
    with pytest.raises(EditConflict):
        edit_finding(finding=row, values={"due_on": DUE}, actor=made.analyst, expected_revision=shown)
    take_finding_step(finding=row, name="give_evidence", actor=made.analyst, reason="Letter")
    take_finding_step(finding=row, name="close", actor=made.approver)
    with pytest.raises(ValidationError) as error:
        edit_finding(finding=row, values={"due_on": DUE}, actor=made.analyst)
    assert error.value.code == "finding_closed"
    visit = record_check(check=check(made, "site_visit"), actor=made.analyst)
    assert edit_check(check=visit, values={"region": "Ashanti"}, actor=made.analyst).region == "Ashanti"
    assert error_codes(lambda: edit_check(check=visit, values={"region": "12 Shelter Road"}, actor=made.analyst)) == [
        "region"
    ]
