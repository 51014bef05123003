"""Rules of pool policies and admissions, enforced by the services and, on every route, by the database."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, Error, connection, transaction
from django.utils import timezone

from cpc.accounts.models import User
from cpc.accounts.permissions import Role
from cpc.audit.queries import entries_of
from indicators.models import Country
from selection.lookups.pool import policy_in_force, pool_on
from selection.models import Admission, PoolPolicy
from selection.pool import services as pool_services
from selection.pool_rules.policy import POSITIONS
from selection.reference_data import sync_pool_policies
from tests.support.accounts import make_account, set_by_owner
from tests.support.error_codes import constraint_code
from tests.support.unguarded import lacks_right, owner_rights

pytestmark = [pytest.mark.django_db, pytest.mark.world("ranking")]

DAY = dt.timedelta(days=1)


def today() -> dt.date:
    return timezone.now().date()


@pytest.fixture
def analyst(db: None) -> User:
    return make_account(Role.ANALYST)


@pytest.fixture
def approver(db: None) -> User:
    return make_account(Role.APPROVER)


def outcome(call: Callable[[], Any]) -> str:
    """Return the code with which a service or the database rejects a write; "" for success."""
    try:
        with transaction.atomic():
            call()
    except ValidationError as error:
        named = list(error.error_dict.values()) if hasattr(error, "error_dict") else [error.error_list]
        return named[0][0].code or ""
    except DatabaseError as error:
        if lacks_right(error):
            with owner_rights():  # whom the rules hold, too
                return outcome(call)
        return constraint_code(error)
    return ""


def refused(call: Callable[[], Any]) -> str:
    """Return the code of an expected rejection."""
    code = outcome(call)
    assert code, "nothing refused it"
    return code


def sql(statement: str, *parameters: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)


def country(code: str) -> Country:
    return Country.objects.get(code=code)


def proposed(analyst: User, **more: Any) -> PoolPolicy:
    values: dict[str, Any] = {
        "reason": "high_income",
        "puts_outside": [],
        "in_force_from": today(),
        "citation": "Sample memo of the office",
        "why": "The office looks at every income class.",
    }
    return pool_services.propose_policy(actor=analyst, **{**values, **more})


def row(analyst: User, **more: Any) -> PoolPolicy:
    """Return an unsaved proposal."""
    values: dict[str, Any] = {
        "reason": "high_income",
        "place": 6,
        "puts_outside": [],
        "in_force_from": today(),
        "citation": "Sample memo of the office",
        "why": "The office looks at every income class.",
        "proposed_by": analyst,
    }
    return PoolPolicy(**{**values, **more})


def admission(analyst: User, **more: Any) -> Admission:
    values: dict[str, Any] = {"country": country("ROU"), "why": "A sample reason.", "until": today() + 90 * DAY}
    return pool_services.propose_admission(actor=analyst, **{**values, **more})


# ---- the policy ----------------------------------------------------------------------------------------------------


def test_the_project_ships_one_rule_for_each_reason_in_order() -> None:
    shipped = list(PoolPolicy.objects.order_by("place"))
    assert {one.reason: one.place for one in shipped} == dict(POSITIONS)
    assert all(one.puts_outside and one.proposed_by is None and one.replaced_on is None for one in shipped)
    sync_pool_policies()
    assert PoolPolicy.objects.count() == len(shipped)


def test_a_rule_replaces_the_one_before_once_another_person_approves_it(analyst: User, approver: User) -> None:
    before = policy_in_force("high_income", today())
    assert before is not None
    assert pool_on(today()).entries["ROU"].reason_code == "high_income"
    first = today() + 5 * DAY
    policy = proposed(analyst, in_force_from=first)
    assert not pool_on(first).entries["ROU"].is_in
    pool_services.decide_policy(policy=policy, approve=True, actor=approver)
    before.refresh_from_db()
    policy.refresh_from_db()
    assert (before.replaced_on, policy.decided_by, policy.replaced_on) == (first, approver, None)
    assert not pool_on(first - DAY).entries["ROU"].is_in
    assert pool_on(first).entries["ROU"].is_in
    assert [one.action for one in entries_of(policy).order_by("pk")] == ["proposed", "approved"]


def test_a_rule_is_refused_with_the_reason_and_then_is_not_approved(analyst: User, approver: User) -> None:
    policy = proposed(analyst)
    assert refused(lambda: pool_services.decide_policy(policy=policy, approve=False, actor=approver)) == "decision_note"
    pool_services.decide_policy(policy=policy, approve=False, actor=approver, note="Not this year.")
    assert (
        refused(lambda: pool_services.decide_policy(policy=policy, approve=True, actor=approver)) == "decided_already"
    )
    assert not pool_on(today()).entries["ROU"].is_in
    assert refused(lambda: PoolPolicy.objects.filter(pk=policy.pk).update(decision="approved")) == "policy_kept"


def test_only_those_who_may_propose_and_decide(analyst: User, approver: User) -> None:
    viewer = make_account(Role.VIEWER)
    policy = proposed(analyst)
    for call in (
        lambda: proposed(approver),
        lambda: proposed(viewer),
        lambda: pool_services.decide_policy(policy=policy, approve=True, actor=analyst),
        lambda: admission(viewer),
        lambda: pool_services.decide_admission(admission=admission(analyst), approve=True, actor=analyst),
    ):
        with pytest.raises(PermissionDenied):
            call()


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"puts_outside": ["L"]}, "puts_outside"),
        ({"puts_outside": ["H", "LM"]}, "puts_outside"),
        ({"reason": "tier3", "place": 4, "puts_outside": ["Tier 3", "H"]}, "puts_outside"),
        ({"reason": "united_states", "place": 1, "puts_outside": []}, "puts_outside"),
        ({"place": 1}, "puts_outside"),
        ({"reason": "another", "place": 6}, "puts_outside"),
        ({"citation": " "}, "citation"),
        ({"why": " \n"}, "why"),
        ({"reason": "tier3", "place": 4, "puts_outside": []}, "legal_note"),
        ({"in_force_from": dt.date(2020, 1, 1)}, "backdated"),
        ({"replaced_on": dt.date(2098, 1, 1)}, "replaced_on"),
        ({"decision": "approved", "decided_at": dt.datetime(2026, 1, 1, tzinfo=dt.UTC)}, "two_people"),
        (
            {"proposed_by": None, "decision": "approved", "decided_at": dt.datetime(2026, 1, 1, tzinfo=dt.UTC)},
            "proposed_by",
        ),
    ],
)
def test_what_no_proposal_of_a_rule_may_be(analyst: User, more: dict[str, Any], code: str) -> None:
    """Try each by `save`, in bulk, and through the service if it accepts such a proposal."""
    assert refused(lambda: row(analyst, **more).save()) == code
    assert refused(lambda: PoolPolicy.objects.bulk_create([row(analyst, **more)])) == code
    if not {"place", "replaced_on", "decision"} & more.keys() or more.get("reason") in POSITIONS:
        asked = {name: value for name, value in more.items() if name != "place"}
        by_django = {"another": "invalid_choice", "citation": "blank", "why": "blank"}
        expected = by_django.get(code, by_django.get(str(more.get("reason")), code))
        assert refused(lambda: proposed(analyst, **asked)) == expected


def test_tier_3_is_let_in_with_a_legal_note(analyst: User, approver: User) -> None:
    note = "Sample opinion of the Legal Adviser."
    policy = proposed(analyst, reason="tier3", puts_outside=[], legal_note=note)
    pool_services.decide_policy(policy=policy, approve=True, actor=approver)
    assert pool_on(today()).entries["TCD"].is_in


def test_the_database_takes_a_decision_only_from_another_person_who_may(analyst: User, approver: User) -> None:
    policy = proposed(analyst)
    rows = PoolPolicy.objects.filter(pk=policy.pk)
    second = make_account(Role.ANALYST, username="second")
    gone = make_account(Role.APPROVER, username="gone", is_active=False)
    now = timezone.now()

    def by(person: User | None) -> str:
        return refused(lambda: rows.update(decision="approved", decided_by=person, decided_at=now))

    assert by(None) == "two_people"
    assert by(second) == by(gone) == "may_not_approve"
    set_by_owner(User.objects.filter(pk=analyst.pk), role=Role.APPROVER)
    assert by(analyst) == "two_people"
    promoted = User.objects.get(pk=analyst.pk)
    assert refused(lambda: pool_services.decide_policy(policy=policy, approve=True, actor=promoted)) == "two_people"
    assert refused(lambda: rows.update(decision="refused", decided_by=approver, decided_at=now)) == "decision_note"
    assert refused(lambda: rows.update(decision="perhaps", decided_by=approver, decided_at=now)) == "decision"
    assert rows.update(decision="approved", decided_by=approver, decided_at=now) == 1


def test_a_rule_does_not_change_is_not_closed_by_hand_and_is_not_deleted(analyst: User, approver: User) -> None:
    policy = proposed(analyst)
    rows = PoolPolicy.objects.filter(pk=policy.pk)
    changes: list[dict[str, Any]] = [{"why": "Another."}, {"puts_outside": ["H"]}, {"in_force_from": today() + DAY}]
    for values in changes:
        assert refused(partial(rows.update, **values)) == "proposal_kept"
    shipped = PoolPolicy.objects.filter(reason="tier3")
    changes = [{"why": "Another."}, {"puts_outside": []}]
    for values in changes:
        assert refused(partial(shipped.update, **values)) == "policy_kept"
    with pytest.raises(Error, match="permission denied"), transaction.atomic():
        shipped.update(replaced_on=today())
    for statement in ("DELETE FROM selection_poolpolicy", "TRUNCATE selection_poolpolicy CASCADE"):
        with pytest.raises(Error), transaction.atomic():
            sql(statement)
    with pytest.raises(Error), transaction.atomic():
        policy.delete()


def test_a_late_or_overtaken_proposal_is_not_approved(analyst: User, approver: User) -> None:
    later, sooner = proposed(analyst, in_force_from=today() + 9 * DAY), proposed(analyst, in_force_from=today() + DAY)
    pool_services.decide_policy(policy=later, approve=True, actor=approver)
    assert refused(lambda: pool_services.decide_policy(policy=sooner, approve=True, actor=approver)) == "policy_later"
    assert (
        refused(
            lambda: PoolPolicy.objects.filter(pk=sooner.pk).update(
                decision="approved", decided_by=approver, decided_at=timezone.now()
            )
        )
        == "policy_later"
    )
    sooner.refresh_from_db()
    assert sooner.is_open


# ---- admissions ----------------------------------------------------------------------------------------------------


def test_a_country_is_admitted_by_two_people_until_its_last_day(analyst: User, approver: User) -> None:
    row = admission(analyst)
    assert not pool_on(today()).entries["ROU"].is_in
    pool_services.decide_admission(admission=row, approve=True, actor=approver)
    row.refresh_from_db()
    assert (row.in_force_from, row.decided_by, row.tier) == (today(), approver, "Tier 2")
    pool = pool_on(today())
    entry = pool.entries["ROU"]
    assert (entry.is_in, entry.admitted, entry.overridden) == (True, row.pk, "high_income")
    assert entry.sentence.endswith(": A sample reason.")
    assert "ROU" in pool.members
    assert "ROU" not in pool.default_members
    assert pool_on(row.until).entries["ROU"].is_in
    assert not pool_on(row.until + DAY).entries["ROU"].is_in
    assert [one.action for one in entries_of(row).order_by("pk")] == ["proposed", "approved"]


def test_an_admission_is_ended_early_once_with_a_reason_by_who_may(analyst: User, approver: User) -> None:
    row = admission(analyst)
    assert (
        refused(lambda: pool_services.end_admission(admission=row, reason="Over.", actor=approver)) == "admission_kept"
    )
    pool_services.decide_admission(admission=row, approve=True, actor=approver)
    assert refused(lambda: pool_services.end_admission(admission=row, reason=" ", actor=approver)) == "ended_because"
    with pytest.raises(PermissionDenied):
        pool_services.end_admission(admission=row, reason="Over.", actor=analyst)
    rows = Admission.objects.filter(pk=row.pk)
    assert refused(lambda: rows.update(ended_by=analyst, ended_because="Over.")) == "may_not_approve"
    assert refused(lambda: rows.update(ended_by=approver)) == "ended_because"
    assert refused(lambda: rows.update(ended_on=today())) == "admission_kept"
    pool_services.end_admission(admission=row, reason="The country withdrew.", actor=approver)
    row.refresh_from_db()
    assert (row.ended_on, row.ended_by) == (today(), approver)
    assert not pool_on(today()).entries["ROU"].is_in
    assert (
        refused(lambda: pool_services.end_admission(admission=row, reason="Again.", actor=approver)) == "admission_kept"
    )
    assert refused(lambda: rows.update(ended_because="Another reason.")) == "admission_kept"
    again = admission(analyst, why="It came back.")
    pool_services.decide_admission(admission=again, approve=True, actor=approver)
    assert pool_on(today()).entries["ROU"].admitted == again.pk


@pytest.mark.parametrize(
    ("code", "more", "refusal"),
    [
        ("USA", {}, "no_candidate"),
        ("HKG", {}, "no_candidate"),
        ("AND", {}, "no_candidate"),
        ("ROU", {"until": dt.date(2020, 1, 1)}, "admission_over"),
        ("ROU", {"why": "  "}, "why"),
        ("TCD", {}, "legal_note"),
        ("TCD", {"legal_note": " \t"}, "legal_note"),
    ],
)
def test_what_no_admission_may_be(analyst: User, code: str, more: dict[str, Any], refusal: str) -> None:
    values: dict[str, Any] = {"country": country(code), "why": "A sample reason.", "until": today() + DAY, **more}
    by_service = "blank" if refusal == "why" else refusal
    assert refused(lambda: pool_services.propose_admission(actor=analyst, **values)) == by_service
    assert refused(lambda: Admission(proposed_by=analyst, **values).save()) == refusal
    assert refused(lambda: Admission.objects.bulk_create([Admission(proposed_by=analyst, **values)])) == refusal
    columns = "country_id, why, legal_note, tier, until, proposed_by_id, decision, decision_note, ended_because"
    insert = f"INSERT INTO selection_admission ({columns}) VALUES (%s, %s, %s, 'Tier 1', %s, %s, '', '', '')"
    given = (values["country"].pk, values["why"], values.get("legal_note", ""), values["until"], analyst.pk)
    assert refused(lambda: sql(insert, *given)) == refusal


def test_an_admission_comes_in_open_by_a_person(analyst: User, approver: User) -> None:
    values: dict[str, Any] = {"country": country("ROU"), "why": "A sample reason.", "until": today() + DAY}
    now = timezone.now()
    decided = {"decision": "approved", "decided_by": approver, "decided_at": now, "in_force_from": today()}
    assert refused(lambda: Admission(proposed_by=analyst, **values, **decided).save()) == "two_people"
    assert refused(lambda: Admission(**values).save()) == "proposed_by"
    ended = {"ended_on": today(), "ended_by": approver, "ended_because": "Over."}
    assert refused(lambda: Admission(proposed_by=analyst, **values, **ended).save()) == "two_people"


def test_a_tier_3_country_is_admitted_with_a_legal_note(analyst: User, approver: User) -> None:
    row = admission(analyst, country=country("TCD"), legal_note="Sample opinion of the Legal Adviser.")
    pool_services.decide_admission(admission=row, approve=True, actor=approver)
    entry = pool_on(today()).entries["TCD"]
    assert (entry.is_in, entry.overridden) == (True, "tier3")


def test_a_country_has_one_admission_at_a_time(analyst: User, approver: User) -> None:
    one, other = admission(analyst), admission(analyst)
    pool_services.decide_admission(admission=one, approve=True, actor=approver)
    assert refused(lambda: pool_services.decide_admission(admission=other, approve=True, actor=approver)) == (
        "admitted_already"
    )
    decided = {"decision": "approved", "decided_by": approver, "decided_at": timezone.now(), "in_force_from": today()}
    assert refused(lambda: Admission.objects.filter(pk=other.pk).update(**decided)) == "admitted_already"


def test_database_takes_an_admission_decision_only_from_another_approver(analyst: User, approver: User) -> None:
    row = admission(analyst)
    rows = Admission.objects.filter(pk=row.pk)
    second = make_account(Role.ANALYST, username="second")
    decided = {"decision": "approved", "decided_at": timezone.now()}
    assert refused(lambda: rows.update(decided_by=second, **decided)) == "may_not_approve"
    set_by_owner(User.objects.filter(pk=analyst.pk), role=Role.APPROVER)
    assert refused(lambda: rows.update(decided_by=analyst, **decided)) == "two_people"
    assert refused(lambda: rows.update(until=today() + 900 * DAY)) == "proposal_kept"
    pool_services.decide_admission(admission=row, approve=False, actor=approver, note="Not now.")
    assert refused(lambda: rows.update(decision="approved", in_force_from=today())) == "admission_kept"
    for statement in ("DELETE FROM selection_admission", "TRUNCATE selection_admission"):
        with pytest.raises(Error), transaction.atomic():
            sql(statement)
