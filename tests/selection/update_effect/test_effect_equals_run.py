"""The effect of files as shown before publishing, and the run after it, for publishers' real files."""

from __future__ import annotations

import statistics
from pathlib import Path

import pytest
from pytest_django import Settings

from indicators.imports.publishing import retract
from indicators.imports.reading import process
from indicators.models import Import, ImportState, Observation, Publication, Update
from indicators.publications.numbering import current
from indicators.updates import services as updates
from indicators.updates.bundling import Sent
from indicators.updates.effects import Asked
from indicators.updates.queries import files_of
from selection.models import CountryScore, EffectState, ScoreRun
from selection.runs.services import follow_the_data
from selection.update_effect.found import VALUE, Found, RankingFigures
from selection.update_effect.services import ask, compute

pytestmark = [pytest.mark.world("newcomer"), pytest.mark.django_db]

NEWER = (
    "factbook/factbook_2026_final.zip",
    "walk_free/Global_Slavery_Index_2023.csv",
    "ilab/countries_2021.xml",
    "world_bank_wdi/SL.TLF.0714.ZS.csv",
    "world_bank/CLASS_2026_07_15.xlsx",
)
"""The newest editions of five sources; that of children in employment changes what the run fits on all countries."""

MIXED = (
    "cpi/CPI2012.xlsx",
    "ilab/countries_2020.xml",
    "factbook/factbook_2020-11.zip",
    "walk_free/GSI2018.xlsx",
    "world_bank_wdi/SP.REG.BRTH.ZS.csv",
)
"""Older editions beside newer ones; the index of slavery changes the agreement of its editions."""


@pytest.fixture(autouse=True)
def followed(settings: Settings) -> None:
    settings.RANKING_FOLLOWS_DATA = True


def received(folder: Path, names: tuple[str, ...]) -> Update:
    paths = [folder / name for name in names]
    sent = [Sent(path.name, path.stat().st_size, [path.read_bytes()]) for path in paths]
    update, fresh = updates.receive(sent=sent, actor=None)
    for batch in fresh:
        process(batch_id=batch.pk, actor=None)
    return update


def without(names: tuple[str, ...]) -> ScoreRun:
    """Take back the facts of these files, and return the ranking without them."""
    wanted = {Path(name).name for name in names}
    loaded = Import.objects.filter(file_name__in=wanted, state=ImportState.PUBLISHED)
    for batch in loaded:
        retract(batch_id=batch.pk, actor=None, reason="An earlier state")
    run = follow_the_data()
    assert run is not None
    return run


def effect_of(update: Update) -> Found:
    files = files_of(update)
    effect = ask(Asked(update, files.ticked, files.ready, current()), None)
    assert effect is not None
    effect = compute(effect.pk, files.ready)
    assert (effect.state, effect.error) == (EffectState.DONE, "")
    effect.refresh_from_db()
    return Found.from_dict(effect.found)


@pytest.mark.parametrize("names", [NEWER, MIXED], ids=["newer", "mixed"])
def test_what_was_shown_is_what_the_next_run_computes(
    shared_data: Path, newcomer: ScoreRun, names: tuple[str, ...]
) -> None:
    before = without(names)
    update = received(shared_data, names)
    files = files_of(update)
    chosen = files.ready if names is MIXED else files.ticked
    assert len(chosen) == 5
    numbers, values = current(), Observation.objects.count()
    if names is MIXED:
        tick_all(update)
    shown = effect_of(update)
    assert (current(), Observation.objects.count()) == (numbers, values)
    assert {row.code: row.before for row in shown.rows if row.before} == ranks(before)

    made = updates.publish_update(update=update, imports=chosen, number=numbers, actor=None)
    assert [publication.seq for publication in made] == list(range(numbers + 1, numbers + 6))
    assert len(set(Publication.objects.filter(seq__gt=numbers).values_list("at", flat=True))) == 1
    run = follow_the_data()
    assert run is not None
    assert run.snapshot_hash == shown.snapshot_hash
    assert {row.code: row.after for row in shown.rows if row.after} == ranks(run)
    stored = dict(CountryScore.objects.filter(run=run, rank__isnull=False).values_list("country__code", "p20"))
    assert {row.code: row.p20[1] for row in shown.rows if row.after} == stored
    assert shown.figures is not None
    assert (shown.figures.before, shown.figures.after) == (figures(before), figures(run))
    assert before.result["fits"] != run.result["fits"]
    moved = [row for row in shown.rows if row.before != row.after]
    assert moved
    assert all(row.mover is not None for row in moved)
    kinds = {row.mover.kind for row in moved if row.mover}
    assert VALUE in kinds


def figures(run: ScoreRun) -> RankingFigures:
    rows = list(CountryScore.objects.filter(run=run, rank__isnull=False))
    widths = [row.rank_high - row.rank_low for row in rows if row.rank_high is not None and row.rank_low is not None]
    return RankingFigures(len(rows), sum(row.group == "in" for row in rows), statistics.median(widths))


def tick_all(update: Update) -> None:
    update.files.update(is_ticked=True)


def ranks(run: ScoreRun) -> dict[str, int]:
    rows = CountryScore.objects.filter(run=run).values_list("country__code", "rank")
    return {code: rank for code, rank in rows if rank is not None}
