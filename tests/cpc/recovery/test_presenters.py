"""Sentence on the last restoration, and the list of backups on the page of the system."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import pytest

from cpc.accounts.permissions import Role
from cpc.recovery.models import Backup, Restoration
from cpc.recovery.presenters import CHECK_NAMES, restored_sentence
from tests.partnerships.sending import client_of, page_text
from tests.support.accounts import make_account

MADE = dt.datetime(2026, 11, 30, 6, 5, tzinfo=dt.UTC)
ENDED = dt.datetime(2026, 12, 1, 23, 59, tzinfo=dt.UTC)


def restoration(problems: Mapping[str, list[str]] = {}, *, is_drill: bool = True) -> Restoration:
    """Return one with every check, in the order in which the database gives keys."""
    names = sorted({*CHECK_NAMES, *problems}, key=lambda name: (len(name), name))
    report: dict[str, Any] = {name: problems.get(name, []) for name in names}
    made = {"backup": "b", "made_at": MADE, "at": ENDED, "seconds": 9.3, "report": report}
    return Restoration(**made, is_drill=is_drill, is_equal=not problems)


def test_the_sentence_lists_what_is_equal_from_the_tables_to_the_last_run() -> None:
    assert restored_sentence(restoration()) == (
        "A restore was last tested on Dec 1, 2026, from the backup of Nov 30, 2026, 06:05 UTC: equal in the tables, "
        "the archive of files, the rules and rights in the database, the audit trail, the changes for programs, "
        "the files and the last run when computed again, in 9.3 s."
    )
    assert restored_sentence(restoration(is_drill=False)).startswith("This database was restored on Dec 1, 2026, from")


@pytest.mark.parametrize(
    ("problems", "said"),
    [
        ({"audit": ["Seal 1"]}, "it differs in the audit trail."),
        ({"audit": ["Seal 1"], "earlier": ["1"]}, "it differs in the audit trail and earlier."),
        ({"audit": ["Seal 1"], "tables": ["1", "2"]}, "it differs in the tables and the audit trail."),
    ],
)
def test_the_sentence_names_each_check_that_found_a_difference(problems: dict[str, list[str]], said: str) -> None:
    assert restored_sentence(restoration(problems)).endswith(f": {said}")


def test_before_the_first_restoration_the_sentence_is_how_to_test_one() -> None:
    assert restored_sentence(None) == (
        "No restore was tested yet. An operator tests one with manage.py restore --drill."
    )


@pytest.mark.django_db
def test_a_backup_is_listed_with_who_made_it() -> None:
    Backup.objects.create(
        name="b", began_at=MADE, seconds=2, size=5, made_by="schedule", destination="d", manifest_sha256="0" * 64
    )
    page = page_text(client_of(make_account(Role.ADMINISTRATOR)).get("/system/"))
    assert "Nov 30, 2026, 06:05 UTC by schedule" in page
