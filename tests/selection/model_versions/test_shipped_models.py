"""Shipped versions of the model: both on a new database, and the newer one where the office has no draft of its own."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import pytest

from cpc.accounts.permissions import Role
from cpc.audit.models import AuditEntry
from cpc.audit.queries import entries_of
from selection.model_definition.criteria_table import read
from selection.model_versions.services import versions as versions_services
from selection.models import ModelState, ScoringModel
from selection.reference_data import FORMER_MODELS, sync_model
from tests.support.accounts import make_account
from tests.support.models import draft
from tests.support.unguarded import owner_rights, unguarded

pytestmark = pytest.mark.django_db


class Version(NamedTuple):
    number: int
    state: str


BOTH = [Version(3, "superseded"), Version(4, "published")]


def versions() -> list[Version]:
    return [Version(model.number, model.state) for model in ScoringModel.objects.order_by("number")]


def emptied(*numbers: int) -> None:
    """Remove shipped versions, as on a database that has not been migrated to them."""
    with unguarded():
        ScoringModel.objects.filter(number__in=numbers).delete()
        newest = ScoringModel.objects.order_by("number").last()
        if newest is not None:
            ScoringModel.objects.filter(pk=newest.pk).update(state=ModelState.PUBLISHED, superseded_at=None)


def sync() -> None:
    with owner_rights():
        sync_model()


def test_a_new_database_has_both_versions_and_the_newer_one_in_force() -> None:
    assert versions() == BOTH
    former, newest = ScoringModel.objects.order_by("number")
    assert (former.table_hash, newest.table_hash) == (read(FORMER_MODELS[0]).hash, read().hash)
    assert (former.superseded_at is None, former.drafted_by, newest.drafted_by) == (False, None, None)
    emptied(3, 4)
    assert versions() == []
    sync()
    assert versions() == BOTH
    third, fourth = ScoringModel.objects.order_by("number")
    assert third.published_at is not None
    assert fourth.published_at is not None
    assert third.published_at <= fourth.published_at
    assert [entry.action for entry in entries_of(third).order_by("pk")] == ["published", "superseded"]
    assert [entry.action for entry in entries_of(fourth).order_by("pk")] == ["published"]


def test_version_3_in_use_is_superseded_by_version_4() -> None:
    emptied(4)
    in_use = ScoringModel.objects.get()
    assert versions() == [Version(3, "published")]
    sync()
    assert versions() == BOTH
    in_use.refresh_from_db()
    assert in_use.table_hash == read(FORMER_MODELS[0]).hash
    superseded = entries_of(in_use).order_by("pk").last()
    assert superseded is not None
    assert (superseded.action, superseded.after) == ("superseded", {"by": "version 4"})


def test_an_older_version_in_use_is_followed_by_both() -> None:
    emptied(3, 4)
    table = replace(read(FORMER_MODELS[0]), version="2")
    with unguarded():
        ScoringModel.objects.create(
            key=table.key,
            number=2,
            title=table.title,
            note="",
            state=ModelState.PUBLISHED,
            table=table.to_dict(),
            table_hash=table.hash,
            published_at="2026-01-01T00:00:00Z",
        )
    sync()
    assert versions() == [Version(2, "superseded"), *BOTH]


@pytest.mark.parametrize("state", [ModelState.DRAFT, ModelState.WITHDRAWN, ModelState.PUBLISHED])
def test_the_office_that_drafted_a_version_of_its_own_keeps_it(state: ModelState) -> None:
    emptied(4)
    author = make_account(Role.ANALYST)
    made = draft(author)
    if state is ModelState.WITHDRAWN:
        versions_services.withdraw_model(model=made, reason="Not agreed", actor=author)
    if state is ModelState.PUBLISHED:
        versions_services.publish_model(model=made, actor=make_account(Role.APPROVER))
    before = versions()
    assert [number for number, _ in before] == [3, 4]
    sync()
    assert versions() == before
    made.refresh_from_db()
    assert (made.state, made.as_table.content_hash) == (state, read(FORMER_MODELS[0]).content_hash)


def test_migrating_again_changes_nothing() -> None:
    rows, entries = list(ScoringModel.objects.order_by("pk").values()), AuditEntry.objects.count()
    for _ in range(2):
        sync()
    assert list(ScoringModel.objects.order_by("pk").values()) == rows
    assert AuditEntry.objects.count() == entries
