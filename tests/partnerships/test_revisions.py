"""Revisions: every edited table counts them for every write, and services reject an outdated one."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.db import connection

from cpc.audit.models import AuditEntry
from cpc.database.revisions import EditConflict, RevisionedModel, check_revision, revision_of_set
from partnerships.awards.services.awards import edit_award, record_ledger_entry
from partnerships.models import History, LedgerKind, Partnership
from partnerships.models.participants import Participant
from tests.support.unguarded import owner_rights
from tests.worlds.partnerships.build import START, Stage

REVISIONED = [model for model in apps.get_models() if issubclass(model, RevisionedModel)]
"""Every model with a revision."""


@pytest.mark.parametrize("model", REVISIONED, ids=lambda model: model.__name__)
def test_every_revision_is_counted_by_a_trigger(model: Any) -> None:
    assert "z_counts_revisions" in {trigger.name for trigger in model._meta.triggers}


def test_none_passes_and_another_revision_does_not() -> None:
    check_revision("3", None)
    check_revision("3", "3")
    for submitted in ("2", "4", ""):
        with pytest.raises(EditConflict) as conflict:
            check_revision("3", submitted)
        assert conflict.value.code == "changed"


@pytest.mark.django_db
def test_each_change_raises_the_revision_and_nothing_else_sets_it(stage: Stage) -> None:
    office = Participant.objects.filter(partnership=stage.draft()).first()
    assert office is not None
    assert office.revision == 1
    with owner_rights(), connection.cursor() as cursor:  # the application has no right to the column at all
        for statement, revision in (
            ("contact_office = 'Desk'", 2),
            ("contact_office = 'Desk'", 2),
            ("revision = 40", 2),
            ("contact_office = 'Another desk', revision = 1", 3),
        ):
            cursor.execute(f"UPDATE partnerships_participant SET {statement} WHERE id = %s", [office.pk])
            office.refresh_from_db()
            assert office.revision == revision, statement
    office.contact_office = "A third desk"
    office.revision = 1
    with owner_rights():
        office.save()
    office.refresh_from_db()
    assert office.current_revision() == "4"


@pytest.mark.django_db
def test_the_history_and_the_audit_trail_hold_no_revision(stage: Stage) -> None:
    partnership = stage.draft()
    assert AuditEntry.objects.exists()
    assert not AuditEntry.objects.filter(after__has_key="revision").exists()
    assert not [row for row in History.objects.filter(partnership_id=partnership.pk) if "revision" in row.row_state]


@pytest.mark.django_db
def test_a_derived_total_is_no_conflict(stage: Stage) -> None:
    running = stage.active()
    award = stage.award(running)
    award.refresh_from_db()
    revision, row = award.current_revision(), Partnership.objects.get(pk=running.pk)
    record_ledger_entry(award=award, kind=LedgerKind.AWARD, amount=Decimal("1.00"), on=START, actor=stage.analyst)
    edit_award(award=award, actor=stage.analyst, values={"title": "Edited"}, expected_revision=revision)
    with pytest.raises(EditConflict):
        edit_award(award=award, actor=stage.analyst, values={"title": "Again"}, expected_revision=revision)
    later = Partnership.objects.get(pk=running.pk)
    assert later.version > row.version
    assert later.revision == row.revision


@pytest.mark.django_db
def test_a_set_has_another_revision_once_a_row_comes_changes_or_goes(stage: Stage) -> None:
    rows = Participant.objects.filter(partnership=stage.draft()).order_by("pk")
    revisions = [revision_of_set(rows.all())]
    made = Participant.objects.create(partnership=rows[0].partnership, government="partner", name="Ministry of Labor")
    revisions.append(revision_of_set(rows.all()))
    Participant.objects.filter(pk=made.pk).update(contact_office="Desk")
    revisions.append(revision_of_set(rows.all()))
    made.delete()
    assert revision_of_set(rows.all()) == revisions[0]
    assert len(set(revisions)) == len(revisions)
