"""The sequence of publications: its numbers, the number at a moment, and who may see an import."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from django.test import TestCase

from cpc.accounts.permissions import Role
from indicators.imports.publishing import retract
from indicators.models import Import, Publication
from indicators.observations.queries import resolve_as_of
from indicators.publications import numbering, signals
from indicators.publications.queries import visible_imports
from tests.support.accounts import make_account
from tests.support.facts import Fact, publish_facts

pytestmark = pytest.mark.django_db

FACTS: list[Fact] = [("cpi.score", "GHA", "2017", "40")]
MICROSECOND = dt.timedelta(microseconds=1)


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    found: list[int] = []
    monkeypatch.setattr(signals, "handlers", [])
    signals.after_publication(found.append)
    signals.after_publication(found.append)
    return found


def test_publications_and_retractions_are_numbered_without_gaps_and_announced(tmp_path: Path, heard: list[int]) -> None:
    assert numbering.current() == 0
    with TestCase.captureOnCommitCallbacks(execute=True):
        first = publish_facts(tmp_path, name="a", edition="2017", facts=FACTS)
        publish_facts(tmp_path, name="b", edition="2018", facts=FACTS)
        retract(batch_id=first.pk, actor=None, reason="A wrong file")
    kinds = list(Publication.objects.order_by("seq").values_list("seq", "kind", "batch", "reason"))
    assert [kind[:2] for kind in kinds] == [(1, "publish"), (2, "publish"), (3, "retract")]
    assert kinds[2][2:] == (first.pk, "A wrong file")
    assert numbering.current() == 3
    assert heard == [1, 2, 3]


def test_the_number_at_a_moment_includes_the_publication_of_that_moment(tmp_path: Path) -> None:
    publish_facts(tmp_path, name="a", edition="2017", facts=FACTS)
    publish_facts(tmp_path, name="b", edition="2018", facts=FACTS)
    first, second = Publication.objects.order_by("seq")
    assert first.at < second.at
    assert numbering.known_at(first.at - MICROSECOND) == 0
    assert numbering.known_at(first.at) == 1
    assert numbering.known_at(second.at - MICROSECOND) == 1
    assert numbering.known_at(second.at) == 2


def test_a_number_that_is_asked_for_is_there(tmp_path: Path) -> None:
    publish_facts(tmp_path, name="a", edition="2017", facts=FACTS)
    assert [resolve_as_of(text).number for text in ("", " ", "0", "1", " 1 ", "01")] == [None, None, 0, 1, 1, 1]
    assert resolve_as_of("1").publication == Publication.objects.get()
    assert resolve_as_of("0").publication is None
    today = Publication.objects.get().at.date()
    days = (today - dt.timedelta(days=1), today)
    assert [resolve_as_of(day.isoformat()).number for day in days] == [0, 1]
    with pytest.raises(ValueError, match="There is no publication 2 yet; the newest has number 1"):
        resolve_as_of("2")
    for text in ("1234567890", "-1", "1.0", "\N{SUPERSCRIPT TWO}", "1989-12-31"):
        with pytest.raises(ValueError, match="neither a publication number nor a date"):
            resolve_as_of(text)


@pytest.mark.parametrize(
    ("role", "states"),
    [
        (Role.ANALYST, ["discarded", "failed", "preview", "published", "reading", "received", "retracted"]),
        (Role.VIEWER, ["published", "retracted"]),
        (Role.REVIEWER, ["published", "retracted"]),
    ],
)
def test_only_who_imports_sees_what_was_not_published(tmp_path: Path, role: Role, states: list[str]) -> None:
    file = publish_facts(tmp_path, name="a", edition="2017", facts=FACTS).file
    for state in ("discarded", "failed", "preview", "reading", "received", "retracted"):
        open_files = type(file).objects.create(sha256=f"{state:0<64}".encode().hex()[:64], name=state)
        Import.objects.create(file=open_files, file_name=state, state=state)
    seen = visible_imports(make_account(role)).values_list("state", flat=True)
    assert sorted(seen) == states
