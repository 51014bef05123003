"""Changes since a run as text: which value, quality, or edition was there before and which is there now."""

from __future__ import annotations

from typing import Any

import pytest

from indicators.queries import Known
from selection.runs.presenters import data_changes
from selection.runs.queries.run_reads import DataChange, ReadChange
from selection.runs.queries.stored_runs import Since

pytestmark = pytest.mark.django_db


def known(value: float | None = 44.0, **more: Any) -> Known:
    fields: dict[str, Any] = {
        "observation_id": 1, "indicator": "cpi.score", "country": "GHA", "period": "2025", "year": 2025, "series": "",
        "value": value, "label": "", "missing": "", "standard_error": None, "quality": "stated", "edition": "2025",
    }  # fmt: skip
    return Known(**fields | more)


def told(*changes: ReadChange) -> list[str]:
    return data_changes(Since(publications=1, newest_at=None, model=False, engine=False, changes=changes))


def change(kind: DataChange, before: Known | None, after: Known | None) -> ReadChange:
    return ReadChange(kind, "cpi", "GHA", before, after)


NOT_PUBLISHED = known(None, missing="not_published")
CASES = [
    (DataChange.VALUE, known(44.0), known(80.0, period="2026"), "44 (2025) before, 80 (2026) now"),
    (DataChange.VALUE, None, known(80.0), "no value before, 80 (2025) now"),
    (DataChange.VALUE, known(44.0), None, "44 (2025) before, no value now"),
    (DataChange.VALUE, known(44.0), NOT_PUBLISHED, "44 (2025) before, no value now"),
    (
        DataChange.STATEMENT,
        known(edition="2025"),
        known(edition="June 2026 edition"),
        "44 (2025) from June 2026 edition, before from 2025 edition",
    ),
    (DataChange.QUALITY, known(quality="unconfirmed"), known(), "44 (2025) is confirmed"),
    (DataChange.QUALITY, known(), known(quality="unconfirmed"), "44 (2025) is unconfirmed now, stated before"),
]


@pytest.mark.parametrize(("kind", "before", "after", "text"), CASES)
def test_change_gives_the_value_before_and_now(
    kind: DataChange, before: Known | None, after: Known | None, text: str
) -> None:
    _, line = told(change(kind, before, after))
    assert line == f"Ghana, Corruption Perceptions Index: {text}"


def test_changes_are_counted_by_kind_and_the_first_three_named() -> None:
    value = change(DataChange.VALUE, known(44.0), known(80.0))
    edition = change(DataChange.STATEMENT, known(), known(edition="2026"))
    assert told(value)[0] == "1 value differs."
    assert told(value, value, edition)[0] == "2 values differ and 1 comes from another edition."
    assert len(told(value, value, value)) == 4
    assert told(*[value] * 4)[1:][3:] == ["and 1 more"]
    assert told(*[value] * 1003)[::4] == ["1,003 values differ.", "and 1,000 more"]


def test_no_publication_gives_no_text_and_a_region_is_named_alone() -> None:
    assert data_changes(Since(publications=0, newest_at=None, model=False, engine=False)) == []
    assert told() == ["It changes the group of a country, such as its region."]
