"""Publishing, superseding, and retracting: no row is lost, and past publications don't change."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from cpc.audit.models import AuditEntry
from indicators.imports import reading
from indicators.imports.publishing import (
    NotPublishable,
    discard,
    publish,
    retract,
)
from indicators.imports.reading import process
from indicators.imports.receiving import receive_path
from indicators.models import Confirmation, Import, ImportState, Observation, Publication, StagedObservation
from indicators.observations.as_of import current, known_at
from tests.support.facts import Fact, publish_facts

pytestmark = pytest.mark.django_db


def score(value: str, country: str = "GHA", period: str = "2017") -> Fact:
    return ("cpi.score", country, period, value)


def live(country: str = "GHA", period: str = "2017") -> Observation:
    return Observation.objects.live().get(indicator__code="cpi.score", country__code=country, period=period)


@pytest.mark.parametrize("first", ["2017", "2025"])
def test_later_edition_wins_whatever_the_order(tmp_path: Path, first: str) -> None:
    values = {"2017": "40", "2025": "41"}
    second = "2025" if first == "2017" else "2017"
    for edition in (first, second):
        publish_facts(tmp_path, name=f"CPI{edition}", edition=edition, facts=[score(values[edition])])
    assert (live().value, live().edition) == (41, "2025")
    earlier = Observation.objects.get(edition="2017")
    assert earlier.superseded_at is not None


def test_equal_value_adds_a_confirmation_by_the_later_edition(tmp_path: Path) -> None:
    publish_facts(tmp_path, name="a", edition="2017", facts=[score("40")])
    later = publish_facts(tmp_path, name="b", edition="2025", facts=[score("40")])
    assert later.counts["unchanged"] == 1
    assert Confirmation.objects.get().observation == live()
    between = publish_facts(tmp_path, name="c", edition="2020", facts=[score("44")])
    assert between.counts["older"] == 1
    assert live().value == 40


def test_firmer_statement_of_one_edition_is_not_replaced_by_a_weaker_one(tmp_path: Path) -> None:
    publish_facts(tmp_path, name="a", edition="2023", facts=[score("40")], quality="inferred")
    publish_facts(tmp_path, name="b", edition="2023", facts=[score("40")], quality="stated")
    assert live().quality == "stated"
    weaker = publish_facts(tmp_path, name="c", edition="2023", facts=[score("41")], quality="inferred")
    assert weaker.counts["older"] == 1
    assert live().value == 40


def test_retraction_restates_what_was_replaced(tmp_path: Path) -> None:
    publish_facts(tmp_path, name="a", edition="2017", facts=[score("40"), score("30", "NER")])
    wrong = publish_facts(tmp_path, name="b", edition="2025", facts=[score("90"), score("70", "NGA")])
    before = Observation.objects.get(value=90)
    outcome = retract(batch_id=wrong.pk, actor=None, reason="Wrong file")
    assert outcome.publication is not None
    row = live()
    assert (row.value, row.edition, row.batch.file_name) == (40, "2017", "a")
    assert row.reasserts is not None
    assert row.reasserts.value == 40
    assert not Observation.objects.live().filter(country__code="NGA").exists()
    assert live("NER").reasserts is None
    before.refresh_from_db()
    assert before.superseded_at == outcome.publication.at
    entry = AuditEntry.objects.filter(action="retracted").get()
    assert entry.after["reason"] == "Wrong file"
    assert (entry.after["closed"], entry.after["restored"]) == (2, 1)


def test_retraction_leaves_what_something_later_replaced_already(tmp_path: Path) -> None:
    middle = publish_facts(tmp_path, name="a", edition="2020", facts=[score("40")])
    publish_facts(tmp_path, name="b", edition="2025", facts=[score("41")])
    before = live()
    retract(batch_id=middle.pk, actor=None, reason="Wrong file")
    assert live() == before


def test_retraction_of_a_confirmation_lets_a_later_edition_in(tmp_path: Path) -> None:
    publish_facts(tmp_path, name="a", edition="2017", facts=[score("40")])
    confirming = publish_facts(tmp_path, name="b", edition="2025", facts=[score("40")])
    publish_facts(tmp_path, name="c", edition="2020", facts=[score("44")])
    assert live().value == 40
    retract(batch_id=confirming.pk, actor=None, reason="Wrong file")
    assert live().value == 44


def test_retracting_needs_a_reason_and_a_published_import_and_happens_once(tmp_path: Path) -> None:
    batch = publish_facts(tmp_path, name="a", edition="2017", facts=[score("40")])
    with pytest.raises(NotPublishable, match="Enter a reason"):
        retract(batch_id=batch.pk, actor=None, reason=" ")
    assert retract(batch_id=batch.pk, actor=None, reason="Wrong").publication is not None
    assert retract(batch_id=batch.pk, actor=None, reason="Wrong").publication is None
    with pytest.raises(NotPublishable, match="retracted"):
        publish(batch_id=batch.pk, actor=None)
    with pytest.raises(NotPublishable, match="take it back"):
        discard(batch_id=batch.pk, actor=None)


def test_publishing_twice_publishes_once(tmp_path: Path) -> None:
    batch = publish_facts(tmp_path, name="a", edition="2017", facts=[score("40")])
    assert publish(batch_id=batch.pk, actor=None).publication is None
    assert Publication.objects.count() == 1


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE indicators_observation SET value = 1",
        "UPDATE indicators_observation SET valid_to = NULL, superseded_at = NULL WHERE superseded_at IS NOT NULL",
        "UPDATE indicators_observation SET superseded_at = now() WHERE superseded_at IS NOT NULL",
        "DELETE FROM indicators_observation",
        "TRUNCATE indicators_observation CASCADE",
        "UPDATE indicators_publication SET at = now()",
        "DELETE FROM indicators_publication",
        "UPDATE indicators_confirmation SET note = 'x'",
        "DELETE FROM indicators_confirmation",
    ],
)
def test_history_is_refused_to_raw_sql(tmp_path: Path, statement: str) -> None:
    publish_facts(tmp_path, name="a", edition="2017", facts=[score("40")])
    publish_facts(tmp_path, name="b", edition="2018", facts=[score("41")])
    publish_facts(tmp_path, name="c", edition="2019", facts=[score("41")])
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_a_moment_resolves_to_one_number(tmp_path: Path) -> None:
    publish_facts(tmp_path, name="a", edition="2017", facts=[score("40")])
    first = Publication.objects.get()
    publish_facts(tmp_path, name="b", edition="2018", facts=[score("41")])
    second = Publication.objects.get(seq=2)
    assert known_at(first.at) == 1
    assert known_at(second.at) == 2 == current()
    assert first.at < second.at
    assert [o.value for o in Observation.objects.as_of(1)] == [40]
    assert [o.value for o in Observation.objects.as_of(2)] == [41]
    assert not Observation.objects.as_of(0).exists()


Snapshot = dict[tuple[str, str], tuple[float | None, str]]


def _known(seq: int) -> Snapshot:
    rows = Observation.objects.as_of(seq).select_related("country")
    found = {(o.country.code, o.period): (o.value, o.edition) for o in rows}
    assert len(found) == len(rows), "two rows of one key are known at the same number"
    return found


@pytest.mark.parametrize("seed", range(12))
def test_any_history_keeps_its_snapshots_and_the_winning_statement(tmp_path: Path, seed: int) -> None:
    """Compare random publishes and retractions with a plain model.

    In the model the later edition wins, and of equal editions the later publish.
    """
    rng = random.Random(seed)
    published: dict[int, tuple[int, int, dict[tuple[str, str], float]]] = {}
    snapshots: dict[int, Snapshot] = {}
    for step in range(14):
        if published and rng.random() < 0.3:
            batch_id = rng.choice(list(published))
            del published[batch_id]
            retract(batch_id=batch_id, actor=None, reason="Random")
        else:
            edition = rng.randint(2015, 2020)
            values = {
                (country, period): float(rng.randint(40, 42))
                for country in ("GHA", "NER", "NGA")
                for period in ("2013", "2014")
                if rng.random() < 0.7
            }
            facts = [score(f"{value:.0f}", *key) for key, value in values.items()]
            batch = publish_facts(tmp_path, name=f"f{step}", edition=str(edition), facts=facts)
            published[batch.pk] = (edition, current(), values)
        expected: dict[tuple[str, str], float] = {}
        for _, _, values in sorted(published.values(), key=lambda entry: entry[:2]):
            expected.update(values)
        snapshots[current()] = _known(current())
        assert {key: value for key, (value, _) in snapshots[current()].items()} == expected
    for seq, snapshot in snapshots.items():
        assert _known(seq) == snapshot
    assert Publication.objects.count() == current()


def test_import_stays_on_record_when_discarded(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    path.write_text("geo,time,sp_reg_brth_zs\ngha,2018,70\n", encoding="utf-8")
    batch = receive_path(path=path, actor=None).batch
    process(batch_id=batch.pk, actor=None)
    discard(batch_id=batch.pk, actor=None)
    assert Import.objects.get(pk=batch.pk).state == ImportState.DISCARDED


@pytest.mark.parametrize("content", ["geo,time,sp_reg_brth_zs\ngha,2018,70\n", "no,table\nof,ours\n"])
def test_a_reading_that_ends_after_the_import_was_discarded_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str
) -> None:
    path = tmp_path / "long.csv"
    path.write_text(content, encoding="utf-8")
    batch = receive_path(path=path, actor=None).batch
    recognize = reading._recognize

    def discarded_meanwhile(*arguments: Any) -> Any:
        discard(batch_id=batch.pk, actor=None)
        return recognize(*arguments)

    monkeypatch.setattr(reading, "_recognize", discarded_meanwhile)
    assert process(batch_id=batch.pk, actor=None).state == ImportState.DISCARDED
    batch.refresh_from_db()
    assert (batch.state, batch.error_code) == (ImportState.DISCARDED, "")
    assert not StagedObservation.objects.filter(batch=batch).exists()
