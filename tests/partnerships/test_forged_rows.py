"""Rows that only triggers, the owner, or nobody may write, forged by SQL as the application's role."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from cpc.accounts.models import User
from cpc.audit.models import AuditEntry
from cpc.database.audit_triggers import OUTSIDE
from indicators.models import Country
from partnerships.models import History, OriginConfirmation, Partnership, StatusChange
from tests.partnerships.error_codes import db_error_code, raw
from tests.support.unguarded import owner_rights
from tests.worlds.partnerships.build import Active, Stage

HISTORY = (
    "INSERT INTO public.partnerships_history (partnership_id, row_table, row_id, operation, row_state) "
    "SELECT id, 'partnerships_partnership', id, 'update', '{\"title\": \"Forged\"}' "
    "FROM public.partnerships_partnership"
)


def denied(*statements: str) -> str:
    """Return what the role has no right to; fail if all statements succeed or another rule refuses one."""
    with pytest.raises(DatabaseError, match="permission denied") as caught, transaction.atomic():
        raw("; ".join(statements))
    return str(caught.value).strip().partition("\n")[0].removeprefix("permission denied for ")


def test_application_uses_only_its_own_role(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == ("cpc_app",)


# ---- history -------------------------------------------------------------------------------------------------------

OWN_TRIGGER = f"""
CREATE TEMP TABLE bait (id int);
CREATE FUNCTION pg_temp.forge() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {HISTORY}; RETURN NEW; END $$;
CREATE TRIGGER forge BEFORE INSERT ON bait FOR EACH ROW EXECUTE FUNCTION pg_temp.forge();
INSERT INTO bait VALUES (1);
"""


@pytest.mark.parametrize(
    "statement",
    [HISTORY, OWN_TRIGGER, "UPDATE partnerships_history SET row_state = '{}'", "DELETE FROM partnerships_history"],
)
def test_no_one_tells_a_history_that_did_not_happen(stage: Stage, statement: str) -> None:
    draft = stage.draft()
    told = list(History.objects.filter(partnership_id=draft.pk).values_list("pk", "row_state"))
    assert denied(statement) == "table partnerships_history"
    assert list(History.objects.filter(partnership_id=draft.pk).values_list("pk", "row_state")) == told


def test_no_trigger_of_the_product_serves_a_table_of_the_session(stage: Stage) -> None:
    """The trigger that writes the history believes the rows of its table: it must not be that of another one."""
    stage.draft()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.proname FROM pg_proc p JOIN pg_trigger t ON t.tgfoid = p.oid "
            "WHERE t.tgrelid = 'partnerships_partnership'::regclass AND p.proname LIKE '%zz_history%'"
        )
        [(function,)] = cursor.fetchall()
    steps = (
        "CREATE TEMP TABLE partnerships_partnership AS SELECT * FROM public.partnerships_partnership",
        "CREATE TRIGGER forge AFTER UPDATE ON pg_temp.partnerships_partnership FOR EACH ROW "
        f"EXECUTE FUNCTION {function}()",
        "UPDATE pg_temp.partnerships_partnership SET title = 'Forged'",
    )
    assert denied(*steps) == f"function {function}"


def test_no_function_of_a_trigger_can_be_attached_anywhere(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace "
            "AND prorettype = 'trigger'::regtype AND has_function_privilege(oid, 'EXECUTE')"
        )
        assert cursor.fetchall() == []


def test_application_write_is_still_reported(stage: Stage) -> None:
    draft = stage.draft()
    before = History.objects.filter(partnership_id=draft.pk).count()
    Partnership.objects.filter(pk=draft.pk).update(title="Another")
    told = History.objects.filter(partnership_id=draft.pk).order_by("-pk")
    assert told.count() == before + 1
    assert told[0].row_state["title"] == "Another"


# ---- documented records --------------------------------------------------------------------------------------------

LOAD = "INSERT INTO partnerships_documentedload (source, sha256, opened_in) VALUES ('X', repeat('0', 64), 0)"
NINTH = """
INSERT INTO partnerships_partnership (country_id, title, kind, status, origin_reason, load_id)
SELECT id, 'Forged', 'documented', 'completed', 'Forged', (SELECT max(id) FROM partnerships_documentedload)
FROM indicators_country WHERE code = 'GHA'
"""


def test_no_documented_record_is_added(stage: Stage) -> None:
    assert denied(LOAD, NINTH) == "table partnerships_documentedload"
    assert denied("UPDATE partnerships_documentedload SET closed_at = NULL") == "table partnerships_documentedload"


# ---- deletions -----------------------------------------------------------------------------------------------------


def test_nothing_that_is_due_or_planned_is_deleted(stage: Stage, active: Active) -> None:
    stage.award(active.partnership)
    for table in ("reportdue", "award", "closeoutstep", "partnership", "document", "correction", "dialogue"):
        assert denied(f"DELETE FROM partnerships_{table}") == f"table partnerships_{table}"


# ---- reference data ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("change", ["kind = 'state'", "name = 'Elsewhere'", "code = 'X-HKG'"])
def test_a_country_stays_as_it_was_shipped(stage: Stage, change: str) -> None:
    before = Country.objects.values().get(code="HKG")
    assert denied(f"UPDATE indicators_country SET {change} WHERE code = 'HKG'") == "table indicators_country"
    assert Country.objects.values().get(code="HKG") == before


def test_no_country_is_added_removed_or_renumbered(stage: Stage) -> None:
    assert denied("DELETE FROM indicators_country WHERE code = 'HKG'") == "table indicators_country"
    assert denied("INSERT INTO indicators_country SELECT * FROM indicators_country") == "table indicators_country"
    assert db_error_code(lambda: raw("UPDATE indicators_country SET id = 99999 WHERE code = 'HKG'")) == "fixed"


@pytest.mark.parametrize("table", ["source", "countryalias"])
def test_other_reference_data_is_only_read(stage: Stage, table: str) -> None:
    assert denied(f"DELETE FROM indicators_{table}") == f"table indicators_{table}"


# ---- other ways in -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TRIGGER quiet BEFORE INSERT ON partnerships_award FOR EACH ROW EXECUTE FUNCTION "
        "suppress_redundant_updates_trigger()",
        "TRUNCATE partnerships_reportdue",
        "SELECT setval('partnerships_award_id_seq', 1)",
        "COPY partnerships_history FROM PROGRAM 'true'",
        "COPY partnerships_award TO PROGRAM 'true'",
        "CREATE RULE quiet AS ON INSERT TO partnerships_award DO INSTEAD NOTHING",
        "CREATE TABLE pg_temp.bait (award bigint REFERENCES public.partnerships_award (id))",
    ],
)
def test_the_role_has_no_other_right(stage: Stage, statement: str) -> None:
    refused = pytest.raises(DatabaseError, match=r"permission denied|must be owner|constraints on temporary")
    with refused, transaction.atomic():
        raw(statement)


# ---- limits --------------------------------------------------------------------------------------------------------

POLICY = (
    "INSERT INTO partnerships_limitpolicy (effective_from, term_months, funding, award_months, citation, "
    "proposed_by_id) VALUES (%s, %s, %s, 12, 'Forged', %s)"
)
APPROVAL = (
    "INSERT INTO partnerships_limitpolicyapproval (policy_id, approved_by_id) "
    "SELECT id, %s FROM partnerships_limitpolicy WHERE citation = 'Forged'"
)


@pytest.mark.parametrize(
    ("months", "funding", "code"),
    [
        (600, "9000000000", "limit_policy"),
        (121, "1", "limit_policy"),
        (1, "100000000.01", "limit_policy"),
        (120, "100000000.00", ""),
        (119, "99999999.99", ""),
    ],
)
def test_a_policy_beyond_what_is_plausible_is_neither_proposed_nor_approved(
    stage: Stage, months: int, funding: str, code: str
) -> None:
    values = (timezone.now().date(), months, funding, stage.analyst.pk)
    if not code:
        raw(POLICY, *values)
        raw(APPROVAL, stage.approver.pk)
        return
    assert db_error_code(lambda: raw(POLICY, *values)) == code
    with owner_rights():
        raw("ALTER TABLE partnerships_limitpolicy DROP CONSTRAINT limit_policy_plausible")
    raw(POLICY, *values)
    assert db_error_code(lambda: raw(APPROVAL, stage.approver.pk)) == code


def outside() -> QuerySet[AuditEntry]:
    """Return the entries of decisions that no service recorded; the accounts of the test have some, too."""
    entries = AuditEntry.objects.filter(action=OUTSIDE, channel="database")
    return entries.filter(object_type__startswith="partnerships.")


def test_limits_are_proposed_by_an_active_account_that_may(stage: Stage) -> None:
    raw(POLICY, timezone.now().date(), 48, 1, stage.analyst.pk)
    User.objects.filter(pk=stage.analyst.pk).update(is_active=False)
    assert db_error_code(lambda: raw(APPROVAL, stage.approver.pk)) == "may_not_propose"


def test_limits_approved_by_sql_are_in_the_audit_trail(stage: Stage) -> None:
    raw(POLICY, timezone.now().date(), 48, 1, stage.analyst.pk)
    raw(APPROVAL, stage.approver.pk)
    raw("SET CONSTRAINTS ALL IMMEDIATE")
    told = outside()
    assert set(told.values_list("object_type", flat=True)) == {
        "partnerships.limitpolicy",
        "partnerships.limitpolicyapproval",
    }


def test_decisions_by_sql_are_in_the_audit_trail_once_each(stage: Stage) -> None:
    draft = stage.draft(is_confirmed=False)
    values = {"partnership": draft.pk, "analyst": stage.analyst.pk, "approver": stage.approver.pk}
    statements = {
        "limitexception": "(partnership_id, kind, term_months, reason, expires_on, requested_by_id) "
        "VALUES ({partnership}, 'granted', 70, 'Late', '2099-01-01', {analyst})",
        "limitexceptionrefusal": "(exception_id, refused_by_id, reason) "
        "SELECT max(id), {approver}, 'No' FROM partnerships_limitexception",
        "notificationexemption": "(partnership_id, kind, amount, from_on, authority, reason, recorded_by_id) "
        "VALUES ({partnership}, 'not_required', 1, '2021-01-01', 'A memo', 'In the budget', {approver})",
        "originconfirmation": "(partnership_id, note, confirmed_by_id) VALUES ({partnership}, '', {approver})",
        "statuschange": "(partnership_id, transition, from_status, to_status, effective_on, reason, actor_id) "
        "VALUES ({partnership}, 'invite', 'selected', 'invited', '2020-12-01', '', {analyst})",
    }
    for table, statement in statements.items():
        raw(f"INSERT INTO partnerships_{table} {statement.format(**values)}")
    raw("SET CONSTRAINTS ALL IMMEDIATE")
    told = outside()
    assert sorted(told.values_list("object_type", flat=True)) == [
        f"partnerships.{table}" for table in sorted(statements)
    ]


def test_decision_by_a_service_is_not_reported_twice(stage: Stage) -> None:
    stage.active()
    raw("SET CONSTRAINTS ALL IMMEDIATE")
    assert StatusChange.objects.exists()
    assert OriginConfirmation.objects.exists()
    assert not outside().exists()
