"""Seeded faults: each can still be planted, and the test that catches it exists."""

from __future__ import annotations

import pytest

from tests.faults import __main__ as faults
from tests.faults.seeded import FAULTS, Fault


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_fault_can_be_planted_and_names_a_test(fault: Fault, monkeypatch: pytest.MonkeyPatch) -> None:
    """Check it without writing: `make faults` takes long, and names change between its runs."""
    monkeypatch.setattr(faults, "TREE", faults.ROOT)
    path, text = faults._with_migration(fault) if fault.sql else faults._edited(fault)
    assert not path.exists() or path.read_text(encoding="utf-8") != text
    assert faults.files_of(fault.test)
