"""Installation of the triggers that the models declare, after every `manage.py migrate`.

Migrations contain only tables. To add, change, or remove a trigger, edit the model and run `manage.py migrate`.
"""

from __future__ import annotations

from typing import Any

from django.db import connections, transaction
from psycopg2 import sql

from cpc.database.guards import declared_triggers, installed_triggers
from cpc.database.hardening import harden

FUNCTIONS = r"""
SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND proname LIKE 'pgtrigger\_%'
"""


def install_triggers(*, using: str, **_: Any) -> None:
    """Install the triggers that are missing, disabled or changed, remove those no longer declared, and harden all.

    Runs after each migration, connected as the owner. One transaction, so that no session ever sees a guard missing or
    open.
    """
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        installed, declared = installed_triggers(cursor), declared_triggers()
        expected = {(trigger.table, identifier) for identifier, trigger in declared.items()}
        for table, name in installed.keys() - expected:
            if name.startswith("pgtrigger_"):
                cursor.execute(sql.SQL("DROP TRIGGER {} ON {}").format(sql.Identifier(name), sql.Identifier(table)))
        cursor.execute(FUNCTIONS)
        for (name,) in cursor.fetchall():
            if name not in declared:
                cursor.execute(sql.SQL("DROP FUNCTION {}()").format(sql.Identifier(name)))
        for identifier, trigger in declared.items():
            current = installed.get((trigger.table, identifier))
            if not (current and current.is_enabled and current.definition == trigger.definition):
                cursor.execute(trigger.install_sql)
        harden(using=using)
