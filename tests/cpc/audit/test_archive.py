"""Archives of the audit trail: old entries move to a file that the seals still cover."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from cpc.accounts.models import User
from cpc.accounts.permissions import Role
from cpc.audit.archive import archive
from cpc.audit.models import AuditArchive, AuditEntry, AuditSeal
from cpc.audit.seal import seal_entries, verify
from cpc.audit.services import record
from cpc.retention.services import issue_hold, lift_hold
from tests.support.accounts import make_account
from tests.support.unguarded import owner_rights, unguarded

pytestmark = pytest.mark.django_db


@pytest.fixture
def trail() -> User:
    actor = make_account(Role.ANALYST)
    for actions in (["one", "two"], ["three"]):
        for action in actions:
            record(actor=actor, action=action, target=actor)
        seal_entries()
    return actor


def archived(folder: Path, days: int) -> AuditArchive | None:
    with owner_rights():
        return archive(folder, timezone.now() + dt.timedelta(days=days))


def actions() -> list[str]:
    return list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))


def test_entries_stay_until_their_day(trail: User, tmp_path: Path, settings: Any) -> None:
    assert archived(tmp_path, settings.AUDIT_ONLINE_DAYS - 1) is None
    assert list(tmp_path.iterdir()) == []
    moved = archived(tmp_path, settings.AUDIT_ONLINE_DAYS + 1)
    assert moved is not None
    assert actions()[-1] == "archived entries"
    assert len(actions()) == 1
    assert archived(tmp_path, settings.AUDIT_ONLINE_DAYS + 1) is None


def test_the_day_of_an_archive_begins_after_the_very_moment(trail: User, tmp_path: Path, settings: Any) -> None:
    """A seal of exactly AUDIT_ONLINE_DAYS ago stays, with its entries; one of a microsecond more is moved."""
    first, second = AuditSeal.objects.order_by("number")
    online, moment = dt.timedelta(days=settings.AUDIT_ONLINE_DAYS), dt.timedelta(microseconds=1)

    def moved(now: dt.datetime) -> int | None:
        with owner_rights():
            row = archive(tmp_path, now)
        return row.last_seal if row else None

    assert moved(first.at + online - moment) is None
    assert moved(first.at + online) is None
    assert moved(first.at + online + moment) == first.number
    assert "three" in actions()
    assert moved(second.at + online) is None
    assert moved(second.at + online + moment) == second.number
    assert "three" not in actions()
    assert {path.stat().st_mode & 0o077 for path in tmp_path.iterdir()} == {0}, "for this account alone"


def test_the_file_has_every_entry_as_its_seal_covers_it(trail: User, tmp_path: Path) -> None:
    count = AuditEntry.objects.count()
    moved = archived(tmp_path, 913)
    assert moved is not None
    data = (tmp_path / moved.name).read_bytes()
    assert hashlib.sha256(data).hexdigest() == moved.sha256
    lines = data.decode().splitlines()
    seals = [json.loads(line) for line in lines[: AuditSeal.objects.count()]]
    digests = "".join(hashlib.sha256(line.encode()).hexdigest() for line in lines[len(seals) :])
    assert digests == "".join(seal["rows"] for seal in seals)
    assert len(lines) - len(seals) == count == moved.entries
    assert verify().problem == ""


def test_an_entry_of_a_later_seal_stays_with_those_after_it(trail: User, tmp_path: Path) -> None:
    keys = list(AuditEntry.objects.order_by("pk").values_list("pk", flat=True))
    with unguarded(), connection.cursor() as cursor:
        cursor.execute("INSERT INTO audit_unsealedentry VALUES (%s)", [keys[-1]])
    moved = archived(tmp_path, 913)
    assert moved is not None
    assert moved.last_entry == keys[-1] - 1
    assert AuditEntry.objects.filter(pk=keys[-1]).exists()


def test_only_the_owner_removes_and_only_what_is_archived(trail: User, tmp_path: Path) -> None:
    first = AuditEntry.objects.order_by("pk").values_list("pk", flat=True)[0]
    delete = f"DELETE FROM audit_auditentry WHERE id = {first}"
    add = (
        "INSERT INTO audit_auditarchive (first_seal, last_seal, last_entry, entries, name, sha256) "
        f"VALUES (1, 1, {first}, 1, 'x', 'x')"
    )
    for statement in (delete, add):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    with owner_rights(), pytest.raises(DatabaseError, match="until they are archived"), transaction.atomic():
        connection.cursor().execute(delete)


def test_a_broken_trail_and_one_that_stays_for_good_are_not_moved(trail: User, tmp_path: Path, settings: Any) -> None:
    settings.AUDIT_ONLINE_DAYS = 0
    with pytest.raises(ValidationError, match="for good"):
        archived(tmp_path, 913)
    settings.AUDIT_ONLINE_DAYS = 365
    with unguarded(), connection.cursor() as cursor:
        cursor.execute("UPDATE audit_auditentry SET action = 'else' WHERE action = 'two'")
    with pytest.raises(ValidationError, match="broken"):
        archived(tmp_path, 913)
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(CommandError, match="is not a directory"):
        call_command("archive_audit", str(tmp_path / "absent"))


def test_a_legal_hold_stops_it_and_no_file_is_left(trail: User, tmp_path: Path) -> None:
    hold = issue_hold(
        covers="office", reason="A request of the Inspector General", actor=make_account(Role.ADMINISTRATOR)
    )
    with pytest.raises(IntegrityError, match="legal hold is in force"), transaction.atomic():
        archived(tmp_path, 913)
    assert list(tmp_path.iterdir()) == []
    lift_hold(hold=hold, reason="Answered", actor=make_account(Role.ADMINISTRATOR, username="administrator-2"))
    with owner_rights():
        assert archive(tmp_path, timezone.now() + dt.timedelta(days=913)) is not None
