"""Queries of the pages of an import: its issues, its changes, its siblings, and its rows today."""

from __future__ import annotations

from pathlib import Path

import pytest

from indicators.imports import queries
from indicators.imports.changes import changes_of
from indicators.imports.publishing import retract
from indicators.models import NAME_LENGTH, Import, ImportIssue, Publication
from indicators.sources.base import Severity
from tests.support.facts import Fact, publish_facts
from tests.support.pages import previewed, published, tiers

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_files(settings: pytest.FixtureRequest, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"  # type: ignore[attr-defined]  # the fixture of pytest-django


def score(value: str, country: str = "GHA") -> Fact:
    return ("cpi.score", country, "2017", value)


def issue(batch: Import, locator: str = "", **values: object) -> ImportIssue:
    return ImportIssue(
        **{"batch": batch, "severity": "rejected", "reason": "unknown_country", "locator": locator, **values}
    )


@pytest.fixture
def batch(tmp_path: Path) -> Import:
    return publish_facts(tmp_path, name="a", edition="2017", facts=[score("40")])


def test_issues_are_in_the_order_of_the_file(batch: Import) -> None:
    cells = [("B", 2, "A"), ("A", 10, "B"), ("A", 9, "AA"), ("A", 9, "Z"), ("A", None, ""), ("", None, "")]
    ImportIssue.objects.bulk_create(
        issue(batch, f"{sheet}{row}{column}", sheet=sheet, row=row, column=column) for sheet, row, column in cells
    )
    found = [(one.sheet, one.row, one.column) for one in queries.issues_of(batch)]
    assert found == [("", None, ""), ("A", None, ""), ("A", 9, "Z"), ("A", 9, "AA"), ("A", 10, "B"), ("B", 2, "A")]


def test_issues_are_narrowed_and_grouped_with_the_most_frequent_first(batch: Import) -> None:
    rows = [
        issue(batch, "1", rows=5, reason="out_of_range"),
        *(issue(batch, str(at), rows=2) for at in (2, 3, 4)),
        issue(batch, "5", reason="duplicate_key"),
        issue(batch, "6", severity="warning", reason="inconsistent"),
    ]
    ImportIssue.objects.bulk_create(rows)
    groups = queries.issue_groups(batch, Severity.REJECTED, shown=2)
    assert [(group.reason, group.label, group.count, group.rows) for group in groups] == [
        ("unknown_country", "Unknown country", 3, 6),
        ("duplicate_key", "Duplicate key", 1, 1),
        ("out_of_range", "Out of range", 1, 5),
    ]
    assert [one.locator for one in groups[0].issues] == ["2", "3"]
    assert groups[0].more == 1
    assert [one.locator for one in queries.issues_of(batch, severity="warning")] == ["6"]
    assert [one.locator for one in queries.issues_of(batch, reason="out_of_range")] == ["1"]
    assert not queries.issues_of(batch, severity="warning", reason="out_of_range").exists()


def test_only_names_that_can_be_mapped_are_counted_once_each(batch: Import) -> None:
    full = NAME_LENGTH * "x"
    rows = [
        issue(batch, country_text="Atlantis"),
        issue(batch, country_text="ATLANTIS "),
        issue(batch, country_text=full),
        issue(batch, country_text=full[:-1]),
        issue(batch, country_text=""),
        issue(batch, country_text="Lemuria", reason="country_conflict"),
    ]
    ImportIssue.objects.bulk_create(rows)
    assert queries.count_unknown(batch) == 2


def test_open_sibling_is_an_open_or_published_import_of_the_same_file(batch: Import) -> None:
    mine = Import(pk=batch.pk, file=batch.file, via="upload")
    for state in ("discarded", "failed", "retracted"):
        Import.objects.create(file=batch.file, file_name="again", via="upload", state=state)
        assert queries.open_sibling(mine) is None, state
    other = Import.objects.create(file=batch.file, file_name="again", via="upload", state="preview")
    assert queries.open_sibling(mine) == other
    assert queries.open_sibling(other) is None
    assert queries.open_sibling(batch) is None, "the facts shipped with the project are another way"


def test_the_changes_of_an_import_with_replaced_values_first(tmp_path: Path, batch: Import) -> None:
    later = publish_facts(
        tmp_path,
        name="b",
        edition="2018",
        facts=[score("10", "AGO"), score("41"), score("30", "NER")],
        quality="inferred",
    )
    found = changes_of(later, Publication.objects.get(seq=2), limit=2)
    assert [(one.code, one.before, one.after) for one in found.shown] == [
        ("GHA", "40", "41 (inferred)"),
        ("AGO", "", "10 (inferred)"),
    ]
    assert found.more == 1
    assert changes_of(later, Publication.objects.get(seq=2), limit=9).more == 0
    late = publish_facts(tmp_path, name="c", edition="2016", facts=[score("39")])
    assert changes_of(late, Publication.objects.get(seq=3), limit=9).shown == ()


def test_the_changes_of_a_preview_are_those_of_its_publication(tmp_path: Path) -> None:
    published(tmp_path, tiers(("GHA", "Ghana", "Tier 1"), ("NER", "Niger", "Tier 2")))
    waiting = previewed(
        tmp_path, tiers(("TGO", "Togo", "Tier 3"), ("GHA", "Ghana", "Tier 2"), ("NER", "Niger", "Tier 2")), "later.csv"
    )
    found = changes_of(waiting, None, limit=9)
    assert [(one.code, one.before, one.after) for one in found.shown] == [
        ("GHA", "Tier 1", "Tier 2"),
        ("TGO", "", "Tier 3"),
    ]
    assert (found.more, changes_of(waiting, None, limit=1).more) == (0, 1)
    assert queries.waiting_imports() == [waiting]
    rows = queries.PreviewRows(waiting, "changed")
    assert (len(rows), [(row.country_code, row.old_label) for row in rows[:]]) == (1, [("GHA", "Tier 1")])
    assert [row.country_code for row in queries.PreviewRows(waiting, "new", "tog")[0:5]] == ["TGO"]
    assert len(queries.PreviewRows(waiting, "new", "100%")) == 0
    counted = queries.staged_country_counts(waiting)
    assert counted == {"states": 3, "others": 0}


def test_the_rows_of_an_import_by_their_status_today(tmp_path: Path, batch: Import) -> None:
    later = publish_facts(tmp_path, name="b", edition="2018", facts=[score("40"), score("30", "NER")])
    last = publish_facts(tmp_path, name="c", edition="2019", facts=[score("31", "NER")])

    def counted(of: Import) -> tuple[int, int, int]:
        found = queries.published_counts(of)
        return found["live"], found["confirming"], found["superseded"]

    assert [counted(one) for one in (batch, later, last)] == [(1, 0, 0), (0, 1, 1), (1, 0, 0)]
    retract(batch_id=last.pk, actor=None, reason="Wrong")
    assert [counted(one) for one in (batch, later, last)] == [(1, 0, 0), (1, 1, 1), (0, 0, 1)]
    assert set(queries.publications_of(Import.objects.get(pk=last.pk))) == {"publish", "retract"}
