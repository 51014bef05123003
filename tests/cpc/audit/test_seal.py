"""The seal of the audit trail: each way to tamper with it is named."""

from __future__ import annotations

import json
import logging
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from cpc import request_context
from cpc.accounts.models import User
from cpc.accounts.permissions import Role
from cpc.audit.models import AuditEntry, AuditSeal, AuditVerification, UnsealedEntry
from cpc.audit.seal import newest, read_heads, seal_entries, seal_problems, verify
from cpc.audit.services import record
from cpc.logs.formatters import JsonFormatter, MaskingFormatter
from tests.support.accounts import make_account
from tests.support.unguarded import unguarded

pytestmark = pytest.mark.django_db


@pytest.fixture
def actor() -> User:
    return make_account(Role.ANALYST)


@pytest.fixture
def trail(actor: User) -> list[int]:
    """Seal three times one entry, then two, and return the keys of all, oldest first."""
    for actions in (["one"], ["two"], ["three", "four"]):
        for action in actions:
            record(actor=actor, action=action, target=actor)
        seal_entries()
    assert verify().problem == ""
    return list(AuditEntry.objects.order_by("pk").values_list("pk", flat=True))


def tamper(*statements: str) -> None:
    with unguarded(), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def test_a_seal_covers_each_entry_once(trail: list[int]) -> None:
    covered = [key for seal in AuditSeal.objects.all() for key in seal.entries]
    assert sorted(covered) == trail
    assert not UnsealedEntry.objects.exists()
    assert [seal.number for seal in AuditSeal.objects.all()] == [1, 2, 3]
    assert seal_entries() == []
    assert AuditSeal.objects.count() == 3


NOT_FOLLOWING = "it does not follow from its entries and the seal before."


@pytest.mark.parametrize(
    ("table", "change", "problem"),
    [
        ("entry", "UPDATE {t} SET actor_name = 'Else' WHERE id = {second}", "Entry {second} was changed after seal 2."),
        (
            "entry",
            "UPDATE {t} SET at = at - interval '1 s' WHERE id = {last}",
            "Entry {last} was changed after seal 3.",
        ),
        ("entry", "UPDATE {t} SET after = '[1]' WHERE id = {third}", "Entry {third} was changed after seal 3."),
        ("entry", "DELETE FROM {t} WHERE id = {second}", "Entry {second} is missing. Seal 2 covers it."),
        ("seal", "DELETE FROM {t} WHERE number = 2", "Seal 2 is missing: seal 3 follows seal 1."),
        ("seal", "DELETE FROM {t} WHERE number = 1", "Seal 1 is missing: seal 2 follows seal 0."),
        ("seal", "UPDATE {t} SET at = at + interval '1 s' WHERE number = 2", f"Seal 2 was changed: {NOT_FOLLOWING}"),
        ("seal", "UPDATE {t} SET entries = entries[1:1] WHERE number = 3", f"Seal 3 was changed: {NOT_FOLLOWING}"),
        ("seal", "UPDATE {t} SET previous = '' WHERE number = 3", f"Seal 3 was changed: {NOT_FOLLOWING}"),
        (
            "seal",
            "DELETE FROM {t} WHERE number = 3",
            "The trail was cut off after seal 2: seal 3 is known from elsewhere.",
        ),
    ],
)
def test_the_first_break_is_named(trail: list[int], table: str, change: str, problem: str) -> None:
    names = dict(zip(("second", "third", "last"), trail[-3:], strict=True))
    tamper(change.format(t=f"audit_audit{table}", **names))
    found = verify()
    assert found.problem == problem.format(**names)
    assert seal_problems() == [f"The audit trail is broken. {found.problem}"]
    with pytest.raises(CommandError, match="broken"):
        call_command("verify_audit")


def test_an_inserted_entry_is_named(trail: list[int], actor: User) -> None:
    with unguarded():
        inserted = AuditEntry.objects.create(
            actor_name="Ama", action="approved", object_type="x.y", object_id="1", object_label="X", channel="page"
        )
    expected = f"Entry {inserted.pk} was inserted: no seal covers it, and it doesn't wait for one."
    assert verify().problem == expected


def test_an_entry_removed_before_its_seal_is_named(trail: list[int], actor: User) -> None:
    new = record(actor=actor, action="five", target=actor)
    tamper(f"DELETE FROM audit_auditentry WHERE id = {new.pk}")
    assert verify().problem == f"Entry {new.pk} is missing. It had not been sealed yet."


def test_a_chain_that_was_computed_again_differs_from_the_known_head(trail: list[int], actor: User) -> None:
    """An owner of the tables can forge the whole chain; what left the machine tells."""
    kept = {seal.number: seal.seal for seal in AuditSeal.objects.all()}
    tamper(
        f"UPDATE audit_auditentry SET actor_name = 'Else' WHERE id = {trail[-1]}",
        "DELETE FROM audit_auditseal",
        "DELETE FROM audit_auditverification",
        "INSERT INTO audit_unsealedentry SELECT id FROM audit_auditentry",
    )
    seal_entries()
    assert verify().problem == ""
    tamper("DELETE FROM audit_auditverification")
    assert verify({1: kept[1]}).problem == "Seal 1 differs from the known one: the trail up to there was replaced."
    tamper("DELETE FROM audit_auditverification")
    assert verify({3: kept[3]}).problem == "The trail was cut off after seal 1: seal 3 is known from elsewhere."


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_auditseal SET seal = 'x'",
        "DELETE FROM audit_auditseal",
        "INSERT INTO audit_unsealedentry VALUES (1)",
        "DELETE FROM audit_unsealedentry",
        "UPDATE audit_auditverification SET problem = ''",
        "DELETE FROM audit_auditverification",
    ],
)
def test_the_application_cannot_change_seals(trail: list[int], statement: str) -> None:
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_the_database_computes_a_seal_whatever_it_is_given(trail: list[int], actor: User) -> None:
    new = record(actor=actor, action="five", target=actor)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO audit_auditseal (number, at, entries, rows, previous, seal) "
            "VALUES (99, '2020-01-01', '{1}', '', 'forged', 'forged')"
        )
    seal = newest()
    assert seal is not None
    assert (seal.number, seal.entries) == (4, [new.pk])
    assert verify().problem == ""


FORMATS: dict[str, logging.Formatter] = {
    "json": JsonFormatter(),
    "line": MaskingFormatter("%(asctime)s %(levelname)s %(name)s %(message)s"),
}


@pytest.mark.parametrize("form", FORMATS)
def test_heads_are_read_from_the_log_and_compared(
    trail: list[int], actor: User, tmp_path: Path, caplog: pytest.LogCaptureFixture, form: str
) -> None:
    caplog.handler.setFormatter(FORMATS[form])
    with caplog.at_level("INFO"), request_context.acting("command"):
        logging.getLogger("celery").info("Task webhooks.deliver_due[0] succeeded in 0.05s: 0")
        record(actor=actor, action="five", target=actor)
        seal_entries()
    seal = newest()
    assert seal is not None
    line = caplog.text
    assert read_heads([*line.splitlines(), "{not JSON", "12 other"]) == {4: seal.seal}
    if form == "json":
        assert [json.loads(line.splitlines()[-1])[name] for name in ("audit_seal", "audit_head")] == [4, seal.seal]
    file = tmp_path / "heads.log"
    file.write_text(line)
    out = StringIO()
    call_command("verify_audit", heads=file, stdout=out)
    assert out.getvalue().startswith("Unbroken: ")
    assert read_heads(out.getvalue().splitlines()) == {4: seal.seal}, "what the command prints can be kept as well"
    file.write_text(line.replace(seal.seal, "0" * 64))
    with pytest.raises(CommandError, match="Seal 4 differs"):
        call_command("verify_audit", heads=file)
    file.write_text("nothing\n")
    with pytest.raises(CommandError, match="no line about a seal"):
        call_command("verify_audit", heads=file)


def test_readiness_reports_entries_that_wait_too_long_where_a_scheduler_runs(actor: User, settings: Any) -> None:
    settings.REDIS_URL = "redis://broker"
    record(actor=actor, action="one", target=actor)
    assert seal_problems() == []
    tamper("UPDATE audit_auditentry SET at = at - interval '61 minutes'")
    assert seal_problems() == [
        "Entries of the audit trail wait for a seal for more than an hour: the scheduler does not run."
    ]


@pytest.mark.django_db(transaction=True)
def test_an_entry_of_an_open_transaction_waits_for_the_next_seal(
    actor: User,
) -> None:
    seal_entries()
    other = connection.copy()
    try:
        other.set_autocommit(autocommit=False)
        with other.cursor() as cursor:
            cursor.execute(
                "INSERT INTO audit_auditentry (at, actor_id, actor_name, action, object_type, object_id, object_label,"
                " request_id, channel, address, session, account, xid)"
                " VALUES (now(), '', 'A', 'slow', 'x.y', '1', 'X', '', 'page', '', '', '', '0') RETURNING id"
            )
            (slow,) = cursor.fetchone()
        fast = record(actor=actor, action="fast", target=actor)
        (seal,) = seal_entries()
        assert seal.entries == [fast.pk]
        assert verify().problem == ""
        other.commit()
        (later,) = seal_entries()
        assert later.entries == [slow]
        assert slow < fast.pk
        assert verify().problem == ""
    finally:
        other.close()
    assert AuditVerification.objects.filter(problem="").count() >= 2
