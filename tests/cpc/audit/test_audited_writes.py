"""Audited writes: the database checks a row's constraints, and a refused row has the message of each field."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cpc.accounts.models import Agency
from cpc.audit.audited_writes import create, set_fields
from cpc.audit.models import AuditEntry
from selection.models import CandidateDocument
from tests.support.rounds import Office

pytestmark = pytest.mark.django_db


def agency(code: str, **values: Any) -> Agency:
    return Agency(code=code, name=f"Office {code}", **values)


def test_valid_row_is_written_without_checking_constraints_first() -> None:
    first = create(agency("one"), actor=None)
    with CaptureQueriesContext(connection) as asked:
        create(agency("two", successor=first, successor_reason="Merged."), actor=None)
    # Each write is told its context first, in the same string.
    statements = [query["sql"].rpartition("true); ")[2].split()[0] for query in asked.captured_queries]
    # The savepoint, the row, the row as the database completed it, and the entry.
    assert statements == ["SAVEPOINT", "INSERT", "RELEASE", "SELECT", "INSERT"]


def test_each_broken_rule_is_named_with_its_field_and_nothing_is_written() -> None:
    first = create(agency("one"), actor=None)
    entries = AuditEntry.objects.count()
    with pytest.raises(ValidationError) as twice:
        create(agency("one"), actor=None)
    assert set(twice.value.error_dict) == {"code", "name"}
    with pytest.raises(ValidationError) as without_reason:
        create(agency("two", successor=first), actor=None)
    assert [error.code for error in without_reason.value.error_dict["__all__"]] == ["successor_reason"]
    with pytest.raises(ValidationError) as several:
        set_fields(first, {"code": "not a code", "successor": first}, actor=None, action="changed")
    assert set(several.value.error_dict) == {"code", "__all__"}
    assert (Agency.objects.get(pk=first.pk).code, AuditEntry.objects.count()) == ("one", entries)


def test_a_related_row_that_does_not_exist_is_named() -> None:
    with pytest.raises(ValidationError) as unknown:
        create(agency("two", successor_id=987_654_321, successor_reason="Merged."), actor=None)
    assert set(unknown.value.error_dict) == {"successor"}


@pytest.mark.world("consultation")
def test_a_refused_row_stores_no_file(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    office = Office.there()
    candidate = office.candidate(office.consulting())

    def document() -> CandidateDocument:
        values = {"title": "Plan", "kind": "plan", "source": "Ministry", "sha256": "0" * 64}
        return CandidateDocument(
            candidate=candidate, uploaded_by=office.analyst, file=ContentFile(b"text", name="plan.txt"), **values
        )

    folder = tmp_path / "candidates"
    create(document(), actor=office.analyst)
    assert len(list(folder.iterdir())) == 1
    with pytest.raises(ValidationError, match="already has this file"):
        create(document(), actor=office.analyst)
    assert len(list(folder.iterdir())) == 1
