"""Records that people decide on, and their parts: whoever wrote, changed, or submitted a part cannot decide.

An app declares each kind of record once. Its parts are rows of tables, found by SQL that services and triggers use::

    # partnerships/decidable.py
    PLAN = DecidedRecord("partnerships_monitoringplan", since="SELECT max(s.at) ... WHERE s.plan_id = {key} AND ...")
    declare(
        RecordPart("partnerships_planstep", PLAN, key="r.plan_id", author="actor_id", only_if="r.name <> 'approve'"),
        RecordPart("partnerships_outcomeindicator", PLAN, key="(SELECT ... = r.partnership_id)"),
    )
    # the model of a part with a column for its author
    triggers = [records_authors("partnerships_planstep")]
    # the trigger of the deciding step
    refuse_authors(PLAN, "NEW.plan_id", "NEW.actor_id")
    # the service of the deciding step, and its page
    check_may_decide(plan, actor)
    why_not_decide(plan, user)

Every audited write of a part records its actor (`cpc.audit.services.record`). A part that is later removed still
counts. A decision does not, so it is no reason to withhold the next one.
"""

from __future__ import annotations

from dataclasses import dataclass

import pgtrigger

REFUSED = "Whoever wrote, changed, or submitted part of this cannot decide on it."
"""The message of the database, which does not know the language of pages."""

NO_WRITES = frozenset({"downloaded", "notified"})
"""Actions in the audit trail that change nothing."""


@dataclass(frozen=True, slots=True)
class DecidedRecord:
    """A kind of record that people decide on, named by its table.

    `name` tells apart two decisions on records of one table. `since` is SQL for the time of the last decision that
    ended a draft, with `{key}` as the key of the record; only parts written later count. Without it, all count.
    """

    table: str
    since: str = ""
    name: str = ""

    @property
    def kind(self) -> str:
        """Return the name under which the authors of its parts are stored."""
        return self.name or self.table


@dataclass(frozen=True, slots=True)
class RecordPart:
    """A table whose rows are parts of a record that people decide on.

    `key` is SQL for the key of that record, with the row as `r`. `author` is the column that names the writer of a row,
    if there is one; `only_if` is SQL over `r` that limits the rows. An audited write whose action is in `deciding`
    decides on the record. `audited` is False if only the inserted row counts. `called` names a row in a sentence where
    its own name would not tell a reader anything.
    """

    table: str
    of: DecidedRecord
    key: str = "r.id"
    author: str = ""
    only_if: str = "TRUE"
    deciding: frozenset[str] = frozenset()
    audited: bool = True
    called: str = ""


_PARTS: dict[str, list[RecordPart]] = {}


def declare(*parts: RecordPart) -> None:
    """Declare parts. An app does this once, in a module that its models import."""
    for part in parts:
        known = _PARTS.setdefault(part.table, [])
        if part not in known:
            known.append(part)


def parts_in(table: str) -> tuple[RecordPart, ...]:
    return tuple(_PARTS.get(table, ()))


def written_sql(decided: DecidedRecord, key: str, account: str) -> str:
    """Return the SQL condition that an account wrote, changed, or submitted part of a record.

    Parts from before the last decision on a revised record do not count.
    """
    since = f" AND w.at > coalesce(({decided.since.format(key=key)}), '-infinity')" if decided.since else ""
    return (
        f"EXISTS (SELECT 1 FROM audit_authorship w WHERE w.record_kind = '{decided.kind}' AND w.record_id = {key} "  # noqa: S608
        f"AND w.author_id = {account}{since})"
    )


def refuse_authors(decided: DecidedRecord, key: str, decider: str) -> str:
    """Return SQL that rejects a decision without a decider, or by an author of a part (`two_people`)."""
    return f"""
                IF {decider} IS NULL OR {written_sql(decided, key, decider)} THEN
                    PERFORM cpc_refuse('two_people', '{REFUSED}');
                END IF;"""


def refuse_deciders(decided: DecidedRecord, key: str, decider: str, roles: str, what: str) -> str:
    """Return SQL that rejects a decider whose role may not decide (`may_not_approve`), then as `refuse_authors` does.

    The services check in this order, too: an author who may not decide anyway learns that, not that another approver
    must decide. `what` completes the sentence that starts with “This account cannot”.
    """
    return f"""
                IF {decider} IS NOT NULL AND NOT cpc_may_approve({decider}, ARRAY[{roles}]) THEN
                    PERFORM cpc_refuse('may_not_approve', 'This account cannot {what}.');
                END IF;{refuse_authors(decided, key, decider)}"""


def records_authors(table: str) -> pgtrigger.Trigger:
    """Return the trigger that records the author whom a new row of `table` names, for everything it is part of.

    It covers rows that no service wrote. A service also records what the person did.
    """
    parts = [part for part in parts_in(table) if part.author]
    if not parts:
        raise ValueError(f"No part in {table} names its author.")
    return pgtrigger.Trigger(
        name="z_records_authors",
        when=pgtrigger.After,
        operation=pgtrigger.Insert,
        declare=[("r", "record")],
        func="r := NEW;" + "".join(map(_recorded, parts)) + " RETURN NULL;",
    )


def _recorded(part: RecordPart) -> str:
    return f"""
            INSERT INTO audit_authorship (record_kind, record_id, author_id, did)
                SELECT '{part.of.kind}', found.key, r.{part.author}, '' FROM (SELECT {part.key} AS key) found
                WHERE r.{part.author} IS NOT NULL AND found.key IS NOT NULL AND ({part.only_if});"""  # noqa: S608  # names of our own tables alone
