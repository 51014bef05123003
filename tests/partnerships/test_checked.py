"""Check constraints that are validated together, with the same errors as one by one."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, models
from django.test.utils import CaptureQueriesContext

from partnerships.models import Partnership
from tests.worlds.partnerships.build import Active


def broken_constraints(partnership: Partnership, exclude: set[str]) -> list[str]:
    """Return the codes of the broken constraints."""
    with pytest.raises(ValidationError) as refused:
        partnership.validate_constraints(exclude=exclude)
    return sorted(str(error.code or error) for errors in refused.value.error_dict.values() for error in errors)


@pytest.mark.parametrize("exclude", [set(), {"kind"}])
def test_every_broken_constraint_is_named(active: Active, monkeypatch: pytest.MonkeyPatch, exclude: set[str]) -> None:
    partnership = active.partnership
    partnership.ends_on = date(1900, 1, 1)  # before the first day
    partnership.ended_on = date(1900, 1, 2)  # after the last
    partnership.status = "unheard of"  # in the same constraint as the kind
    together = broken_constraints(partnership, exclude)
    monkeypatch.setattr(Partnership, "get_constraints", models.Model.get_constraints)
    assert together == broken_constraints(partnership, exclude)
    assert len(together) == 3 - len(exclude)


def test_what_holds_is_asked_about_once(active: Active) -> None:
    partnership = active.partnership
    with CaptureQueriesContext(connection) as queries:
        partnership.validate_constraints()
    checks = [query["sql"] for query in queries if '"_check"' in query["sql"]]
    assert len(checks) == 2  # that of all check constraints, and the condition of the one that excludes an overlap
