"""Counts of values that are stored when they are published: always those of the rows, whoever writes."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from django.db import DatabaseError, connection, connections, transaction

from indicators.imports.publishing import retract
from indicators.models import Confirmation, EditionCoverage, Import, ImportState, Observation, PeriodCoverage, Source
from indicators.models.coverage import differences, recount_if_different
from indicators.observations.as_of import current
from indicators.observations.coverage import editions_by_source, indicator_totals, source_totals
from tests.support.examples import examples
from tests.support.facts import Fact, publish_facts
from tests.support.services import wait_until
from tests.support.unguarded import lacks_right, unguarded

pytestmark = pytest.mark.django_db

TERRITORY = "PRI"
COUNTRIES = ("GHA", "KEN", "NER", "PER", TERRITORY)
PERIODS = ("2016", "2017", "2018", "2021")
COPY = """INSERT INTO indicators_observation (indicator_id, country_id, period, year, series, value, label, missing,
        file_id, batch_id, locator, raw_text, edition, edition_rank, quality, note, precedence, valid_from)
    SELECT indicator_id, country_id, period, year, %s, value, label, missing,
        file_id, batch_id, locator, raw_text, edition, edition_rank, quality, note, precedence, valid_from
    FROM indicators_observation WHERE series = ''"""
"""A series of its own for each value of the main one, by SQL."""


def cpi() -> Source:
    return Source.objects.get(key="cpi")


def score(value: str, country: str = "GHA", period: str = "2017") -> Fact:
    return ("cpi.score", country, period, value)


def by_hand() -> dict[str, Any]:
    """Count the rows one by one, as the pages define their counts."""
    rows = list(Observation.objects.select_related("country"))
    agreeing = list(Confirmation.objects.filter(valid_to=None).select_related("observation__country"))
    live = [row for row in rows if row.valid_to is None]
    valued = [row for row in live if not row.missing]
    editions: dict[str, dict[str, Any]] = defaultdict(lambda: dict.fromkeys(COUNTED, 0) | {"covered": set()})
    for row in rows:
        editions[row.edition]["live" if row.valid_to is None else "superseded"] += 1
    for edition, row in [(row.edition, row) for row in valued] + [
        (one.edition, one.observation) for one in agreeing if not one.observation.missing
    ]:
        editions[edition]["values"] += 1
        editions[edition]["weak"] += row.quality in ("inferred", "unconfirmed")
        editions[edition]["covered"] |= {row.country.code} - {TERRITORY}
    for one in agreeing:
        editions[one.edition]["confirming"] += 1
    counted = {label: (*(of[name] for name in COUNTED), len(of["covered"])) for label, of in sorted(editions.items())}
    states = {row.country.code for row in valued} - {TERRITORY}
    years = [row.year for row in valued]
    total = (len(valued), len(states), min(years, default=0), max(years, default=0)) if valued else None
    periods = max(((row.year, row.period) for row in valued), default=(0, ""))
    return {
        "editions": counted,
        "source": total,
        "indicator": (len(valued), len(states), periods[1]) if valued else None,
    }


COUNTED = ("live", "superseded", "values", "weak", "confirming")


def as_read(as_of: int | None) -> dict[str, Any]:
    source = cpi()
    editions = editions_by_source(as_of=as_of).get(source.pk, [])
    (of_indicator,) = indicator_totals(source, as_of=as_of).values() or (None,)
    return {
        "editions": {
            one.label: (*(getattr(one, name) for name in COUNTED), one.countries)
            for one in sorted(editions, key=lambda edition: edition.label)
        },
        "source": source_totals(as_of).get(source.pk),
        "indicator": of_indicator,
    }


@pytest.mark.parametrize("seed", range(examples(4)))
def test_after_any_publications_and_retractions_the_counts_are_those_of_the_rows(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)  # not for secrets
    for step in range(16):
        published = list(Import.objects.filter(state=ImportState.PUBLISHED))
        if published and chance.random() < 0.3:
            retract(batch_id=chance.choice(published).pk, actor=None, reason="The publisher withdrew it")
        else:
            some = chance.sample([(country, period) for country in COUNTRIES for period in PERIODS], 9)
            missing: dict[str, Any] = {"missing": "not_collected"} if chance.random() < 0.25 else {}
            facts = [score("" if missing else chance.choice(("40", "41")), *key) for key in some]
            publish_facts(
                tmp_path,
                name=f"file {step}",
                edition=chance.choice(("2018", "2022", "2025")),
                facts=facts,
                quality=chance.choice(("stated", "estimated", "inferred", "unconfirmed")),
                **missing,
            )
        expected = by_hand()
        assert as_read(None) == expected, step
        assert differences() == [], step
    # The same counts of the rows as of the newest publication, and of an earlier one after others.
    then, newest = as_read(None), current()
    publish_facts(tmp_path, name="last", edition="2026", facts=[score("77", "PER", "2025")])
    assert as_read(None) != then
    seen = as_read(newest)
    for edition, counted in seen["editions"].items():
        assert counted[:-1] == then["editions"][edition][:-1]
    assert (seen["source"], seen["indicator"]) == (then["source"], then["indicator"])


def test_rows_written_by_sql_are_counted_too_and_a_rollback_takes_them_back(tmp_path: Path) -> None:
    publish_facts(tmp_path, name="a", edition="2025", facts=[score("40"), score("41", "KEN")])
    before = as_read(None)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(COPY, ["regional"])
        assert source_totals()[cpi().pk].values == 4
        assert differences() == []
        transaction.set_rollback(True)
    assert as_read(None) == before
    assert differences() == []


def test_the_application_writes_no_count_and_a_wrong_one_is_named_and_made_again(tmp_path: Path) -> None:
    publish_facts(tmp_path, name="a", edition="2025", facts=[score("40")])
    for model in (EditionCoverage, PeriodCoverage):
        with pytest.raises(DatabaseError) as refused, transaction.atomic():
            model.objects.update(live=7)
        assert lacks_right(refused.value)
    before = as_read(None)
    with unguarded():
        EditionCoverage.objects.update(live=7)
        PeriodCoverage.objects.all().delete()
        assert [row.split(":")[0] for row in differences()] == [
            "indicators_editioncoverage, counted",
            "indicators_editioncoverage, stored",
            "indicators_periodcoverage, counted",
        ]
        recount_if_different(using="default")
    assert differences() == []
    assert as_read(None) == before


@contextmanager
def second_connection() -> Iterator[Any]:
    other = connections.create_connection("default")
    other.settings_dict = connection.settings_dict
    try:
        yield other
    finally:
        other.close()


@pytest.mark.django_db(transaction=True)
def test_two_transactions_that_write_one_group_at_once_are_both_counted(tmp_path: Path) -> None:
    publish_facts(tmp_path, name="a", edition="2025", facts=[score("40"), score("41", "KEN")])
    with second_connection() as other:
        other.set_autocommit(False)
        with other.cursor() as cursor:
            cursor.execute(COPY, ["first"])
        writer = Thread(target=_copy_series)
        writer.start()
        wait_until(_someone_waits, "the second writer to wait for the first")
        other.commit()
        writer.join()
    assert source_totals()[cpi().pk].values == 6
    assert differences() == []


def _copy_series() -> None:
    with connection.cursor() as cursor:
        cursor.execute(COPY, ["second"])
    connection.close()


def _someone_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return bool(cursor.fetchone()[0])
