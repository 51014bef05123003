"""Rights of the application's role: those in the database are those that the apps declare, table by table."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import connection

from cpc.database.rights import declared_rights, right_problems, rights_of
from tests.support.unguarded import owner_rights

pytestmark = pytest.mark.django_db

WITHOUT_A_MODEL = {"django_migrations"}
"""Tables of Django that the application can only read."""


def tables() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind <> 'i'")
        return {name for (name,) in cursor if not name.endswith("_seq")}


def owner_runs(statement: str) -> None:
    with owner_rights(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_the_rights_in_the_database_are_those_declared() -> None:
    assert right_problems() == []


def test_each_table_is_declared() -> None:
    undeclared = [
        model._meta.label
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy and not rights_of(model)
    ]
    assert undeclared == [], "Declare what the application may do with it in `rights.py` of its app."
    assert declared_rights().keys() == tables() - WITHOUT_A_MODEL


def test_a_table_whose_rows_are_only_locked_refuses_another_key() -> None:
    locked = [model for model in apps.get_models() if rights_of(model) and rights_of(model).lock]  # type: ignore[union-attr]  # asked just before
    assert locked
    for model in locked:
        names = {trigger.name for trigger in model._meta.triggers}  # type: ignore[attr-defined]  # of pgtrigger
        assert names & {"append_only", "same_key"}, model._meta.label


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        (
            "GRANT INSERT, TRUNCATE ON partnerships_history TO cpc_app",
            "The rights of the application to partnerships_history differ from those declared: INSERT, TRUNCATE are "
            "too many.",
        ),
        (
            "GRANT DELETE ON partnerships_reportdue TO PUBLIC",
            "The rights of the application to partnerships_reportdue differ from those declared: DELETE is too many.",
        ),
        (
            "GRANT UPDATE (kind) ON indicators_country TO cpc_app",
            "The rights of the application to indicators_country differ from those declared: UPDATE (kind) is too "
            "many.",
        ),
        (
            "REVOKE INSERT ON audit_auditentry FROM cpc_app",
            "The rights of the application to audit_auditentry differ from those declared: INSERT is missing.",
        ),
        (
            "CREATE TABLE elsewhere (id int); GRANT SELECT, INSERT ON elsewhere TO cpc_app",
            "The rights of the application to elsewhere differ from those declared: INSERT is too many.",
        ),
        (
            "GRANT UPDATE ON SEQUENCE audit_auditentry_id_seq TO cpc_app",
            "The application may set the sequence audit_auditentry_id_seq.",
        ),
    ],
)
def test_a_right_too_many_or_missing_is_reported(statement: str, problem: str) -> None:
    owner_runs(statement)
    assert right_problems() == [problem]
