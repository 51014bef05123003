"""Determinations on withheld items: two people, reasons, days of review; services and SQL."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from cpc.accounts.models import User
from cpc.accounts.permissions import Role
from cpc.notifications.models import Notification
from partnerships.models import Award, Partnership, Withholding
from partnerships.publication.services import take_withholding_step
from tests.partnerships.error_codes import db_error_code, error_codes, raw
from tests.partnerships.publication.withheld_items import REVIEW, determine, propose
from tests.support.accounts import make_account
from tests.worlds.partnerships.build import Stage

pytestmark = pytest.mark.django_db
TODAY = timezone.now().date()
NAME = "Sample Child Care Network"


def refused(row: Withholding, name: str, actor: User, reason: str = "A") -> list[str]:
    return error_codes(lambda: take_withholding_step(withholding=row, name=name, actor=actor, reason=reason))


@pytest.fixture
def stage(facts: None) -> Stage:
    return Stage()


@pytest.fixture
def partnership(stage: Stage) -> Partnership:
    return stage.active("KEN")


def test_another_person_decides_once(stage: Stage, partnership: Partnership) -> None:
    row = propose(stage.approver, partnership)
    assert refused(row, "determine", stage.approver) == ["two_people"]
    with pytest.raises(PermissionDenied):
        take_withholding_step(withholding=row, name="determine", actor=stage.analyst)
    other = make_account(Role.APPROVER, username="other-approver")
    assert take_withholding_step(withholding=row, name="determine", actor=other).decided_by == other
    for name in ("determine", "reject", "retract"):
        assert refused(row, name, other) == ["transition"]
    (told,) = Notification.objects.filter(recipient=stage.approver)
    assert told.link.endswith(f"/partnerships/{partnership.pk}/publication/")


def test_a_rejection_needs_a_reason_and_a_viewer_proposes_nothing(stage: Stage, partnership: Partnership) -> None:
    row = propose(stage.analyst, partnership)
    assert refused(row, "reject", stage.approver, " ") == ["reason"]
    assert take_withholding_step(withholding=row, name="retract", actor=stage.analyst).state == "retracted"
    with pytest.raises(PermissionDenied):
        propose(make_account(Role.VIEWER), partnership)


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"item": "AB"}, "item"),
        ({"item": "  "}, "item"),
        ({"item": "with KENYA", "effect": "withhold", "ground": "safety"}, "item_in_title"),
        ({"review_on": TODAY}, "review_on"),
        ({"reason": " "}, "blank"),
        ({"effect": "withhold"}, "ground"),
        ({"ground": "safety"}, "ground"),
        ({"prints_instead": "A group"}, "ground"),
        ({"effect": "withhold", "ground": "safety", "prints_instead": f"once the {NAME.upper()}"}, "prints_instead"),
    ],
)
def test_a_proposal_is_whole(stage: Stage, partnership: Partnership, values: dict[str, str], code: str) -> None:
    assert code in error_codes(lambda: propose(stage.analyst, partnership, **{"item": NAME, **values}))
    assert not Withholding.objects.exists()


def test_a_proposal_of_three_letters_reviewed_tomorrow_is_accepted(stage: Stage, partnership: Partnership) -> None:
    assert propose(stage.analyst, partnership, "ABC", review_on=TODAY + timedelta(days=1)).state == "proposed"


def test_a_proposal_whose_review_has_come_cannot_be_determined(
    stage: Stage, partnership: Partnership, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = propose(stage.analyst, partnership, review_on=TODAY + timedelta(days=1))
    later = timezone.now() + timedelta(days=1)
    monkeypatch.setattr(timezone, "now", lambda: later)
    assert refused(row, "determine", stage.approver) == ["review_on"]


INSERT = (
    "INSERT INTO partnerships_withholding (partnership_id, kind, item, effect, ground, reason, prints_instead, "
    "review_on, proposed_by_id, state, decided_because, decided_by_id, decided_at) SELECT partnership_id, kind, item, "
    "{} FROM partnerships_withholding"
)
UPDATE = "UPDATE partnerships_withholding SET "


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("DELETE FROM partnerships_withholding", "withholding_fixed"),
        (f"{UPDATE} reason = 'Another'", "withholding_fixed"),
        (f"{UPDATE} item = 'Other', state = 'determined', decided_by_id = [approver]", "withholding_fixed"),
        (f"{UPDATE} state = 'determined', decided_by_id = [analyst]", "may_not_approve"),
        (f"{UPDATE} state = 'determined'", "two_people"),
        (
            "effect, '', reason, '', review_on, proposed_by_id, 'determined', '', [approver], now()",
            "two_people",
        ),
        (
            INSERT.replace("SELECT partnership_id, kind, item,", "SELECT partnership_id, kind, 'with Kenya',").format(
                "'withhold', 'safety', reason, '', review_on, proposed_by_id, state, '', NULL, NULL"
            ),
            "item_in_title",
        ),
        ("effect, '', reason, '', current_date, proposed_by_id, state, '', NULL, NULL", "review_on"),
        (
            "'withhold', 'safety', reason, lower(item), review_on, proposed_by_id, state, '', NULL, NULL",
            "prints_instead",
        ),
    ],
)
def test_the_database_holds_the_rule(stage: Stage, partnership: Partnership, statement: str, code: str) -> None:
    propose(stage.analyst, partnership, NAME)
    whole = statement if "partnerships_withholding" in statement else INSERT.format(statement)
    sql = whole.replace("[approver]", str(stage.approver.pk)).replace("[analyst]", str(stage.analyst.pk))
    assert db_error_code(lambda: raw(sql)) == code


def test_the_kind_of_recipient_alone_releases_no_name(stage: Stage, partnership: Partnership) -> None:
    award = stage.award(partnership, "5.00")

    def become_international() -> None:
        Award.objects.filter(pk=award.pk).update(recipient_type="international")

    assert award.recipient_type == "civil_society"
    assert db_error_code(become_international) == "name_withheld"
    propose(stage.analyst, partnership, award.recipient)
    assert db_error_code(become_international) == "name_withheld"
    determine(stage, partnership, f" {award.recipient.upper()} ", review_on=REVIEW)
    become_international()
    assert Award.objects.get(pk=award.pk).recipient_type == "international"
