"""Score runs: values that count, candidates, and replays bit for bit after any later events."""

from __future__ import annotations

import datetime as dt
import re
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from indicators.imports.publishing import retract
from indicators.models import Import, Observation
from indicators.observations.as_of import Known, current
from indicators.queries import states
from selection.lookups.pool import pool_inputs
from selection.model_definition.criteria_table import ModelTable, Stage, read
from selection.models import CountryScore, ScoreRun
from selection.runs.services import compute_screen, replay
from selection.scoring_inputs.cells import candidate_cells, newest_complete
from selection.scoring_inputs.screening import select
from tests.support.facts import publish_facts
from tests.support.unguarded import unguarded

pytestmark = pytest.mark.django_db
ON = dt.date(2026, 11, 25)


def known(country: str, year: int, quality: str = "stated") -> Known:
    return Known(0, "x", country, str(year), year, "", 1.0, "", "", None, quality, str(year))


def test_shipped_facts_rank_the_pool_and_explain_every_other_country(facts: None) -> None:
    run = compute_screen(actor=None, on=ON)
    assert run.ranked == 83  # 81 where the real partnerships in force are on record, too
    rows = CountryScore.objects.filter(run=run).select_related("country")
    assert len(rows) == 196 + 5  # states, and entries of the report's list that are no states
    for row in rows:
        if row.status == "ranked":
            assert row.rank_low is not None
            assert row.rank_high is not None
            assert row.rank_low <= row.rank_high
            assert row.group
            assert sum(line["points"] for line in row.lines) == pytest.approx(row.score, abs=1e-6)
        else:
            assert row.rank is None
            assert row.reason, row.country
    by_code = {row.country.code: row for row in rows}
    status = {code: (by_code[code].status, by_code[code].reason_code) for code in ("USA", "MLT", "YEM", "MYS", "FSM")}
    assert status == {
        "USA": ("outside_pool", "united_states"),
        "MLT": ("outside_pool", "high_income"),
        "YEM": ("outside_pool", "special_case"),
        "MYS": ("provisional", "E2,E3"),
        "FSM": ("not_rankable", by_code["FSM"].reason_code),
    }
    assert by_code["AND"].status == "not_listed"
    assert "Child labor is not measured" in by_code["MYS"].reason
    assert by_code["MYS"].place is not None


def test_tiers_come_from_the_newest_complete_report_and_mark_unconfirmed(facts: None) -> None:
    table = read()
    selection = select(table, Stage.SCREEN, as_of=current(), on=ON, inputs=pool_inputs(ON))
    assert selection.periods["tier"] == "2025"
    ghana = selection.cells["tier"]["GHA"]
    assert ghana.used is not None
    assert (ghana.used.label, ghana.used.quality) == ("Tier 2", "unconfirmed")
    for cell in selection.cells["tier"].values():
        assert cell.used is None or cell.used.quality != "inferred"
    special = selection.cells["tier"]["YEM"]
    assert special.used is None
    assert special.missing == "special_case"


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([known("GHA", 2024), known("NER", 2024), known("GHA", 2025), known("NER", 2025)], "2025"),
        ([known("GHA", 2024), known("NER", 2024), known("GHA", 2025)], "2024"),
        ([known("GHA", 2024), known("NER", 2024), known("GHA", 2025), known("NER", 2025, "inferred")], "2024"),
        ([known("GHA", 2024), known("NER", 2024), known("GHA", 2025), known("NER", 2025, "unconfirmed")], "2025"),
        ([known("GHA", 2024), known("GHA", 2025), known("NER", 2026), known("GHA", 2026)], "2026"),
        ([], ""),
    ],
)
def test_newest_complete_period(values: list[Known], expected: str) -> None:
    assert newest_complete(values, ["GHA", "NER", "TUV"]) == expected


def test_the_same_question_gives_the_same_run(facts: None) -> None:
    first = compute_screen(actor=None, on=ON)
    assert compute_screen(actor=None, on=ON) == first
    assert compute_screen(actor=None, on=ON + dt.timedelta(days=1)) != first


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE selection_scorerun SET ranked = 1",
        "DELETE FROM selection_countryscore",
        "TRUNCATE selection_scorerun CASCADE",
    ],
)
def test_a_run_does_not_change(ranking: ScoreRun, statement: str) -> None:
    assert ranking.countries.exists()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_replay_is_identical_after_imports_correction_and_retraction(facts: None, tmp_path: Path) -> None:
    run = compute_screen(actor=None, on=ON)
    later = publish_facts(tmp_path, name="later", edition="2026", facts=[("cpi.score", "GHA", "2026", "60")])
    publish_facts(tmp_path, name="correction", edition="2025", facts=[("cpi.score", "GHA", "2025", "20")])
    assert replay(run_id=run.pk) is None
    changed = compute_screen(actor=None, on=ON)
    assert changed.snapshot_hash != run.snapshot_hash
    retract(batch_id=later.pk, actor=None, reason="Test")
    for edition in Import.objects.filter(source__key="walk_free"):
        retract(batch_id=edition.pk, actor=None, reason="Test")
    without = compute_screen(actor=None, on=ON)
    assert without.ranked == 0  # no country has an estimate of prevalence
    out = StringIO()
    call_command("replay", stdout=out)
    assert out.getvalue().splitlines() == [f"run {r.pk}: identical" for r in (run, changed, without)]


def test_replay_without_runs_is_reported(db: None) -> None:
    out = StringIO()
    call_command("replay", stdout=out)
    assert out.getvalue() == "There are no runs yet, so nothing was replayed.\n"


@pytest.mark.tampers
def test_a_planted_change_of_one_cell_is_named(facts: None) -> None:
    run = compute_screen(actor=None, on=ON)
    # The first country of the list: a change of another may move the interval of a country before it.
    cell = Observation.objects.get(indicator__code="cpi.score", country__code="AFG", period="2025", valid_to=None)
    with unguarded():
        Observation.objects.filter(pk=cell.pk).update(value=17)
    difference = replay(run_id=run.pk)
    assert difference is not None
    assert re.match(r"country [A-Z]{3}, ", difference)
    assert "in the first result and" in difference
    with pytest.raises(CommandError, match="1 of 1 runs differ"):
        call_command("replay", str(run.pk), stdout=StringIO())


@pytest.mark.tampers
def test_a_planted_change_of_the_stored_model_is_named(facts: None) -> None:
    run = compute_screen(actor=None, on=ON)
    table: dict[str, Any] = dict(run.table)
    table["note"] = "changed"
    with unguarded():
        ScoreRun.objects.filter(pk=run.pk).update(table=table)
    assert replay(run_id=run.pk) == "the stored model no longer has the hash it was stored under"


def test_the_default_model_names_every_factor_and_holds_its_own_rules() -> None:
    table = read()
    assert ModelTable.from_dict(table.to_dict()) == table
    weights = table.weights()
    assert sum(weights.values()) == pytest.approx(1)
    screen = table.model(Stage.SCREEN)
    assert [child.key for child in screen.root.children] == ["need", "feasibility"]
    need = {row.key: row.weight for row in table.rows(Stage.SCREEN) if row.node == "need" and row.weight}
    assert need == {"prevalence": 21, "child_labour": 21, "marriage": 14, "births": 14}
    full = {row.key: row.weight for row in table.rows(Stage.FULL) if row.node == "need" and row.weight}
    assert full == {**need, "forms": 30}
    assert {n.key: n.weight for n in table.nodes}["need"] <= {n.key: n.weight for n in table.nodes}["feasibility"]
    for key in ("freedom_total", "control_of_corruption", "rule_of_law", "government_effectiveness"):
        assert table.row(key).weight == 0
        assert table.row(key).node == "governance"
    factors = {row.factor for row in table.criteria}
    assert len(factors) == 12
    for row in table.criteria:
        assert row.reason
        assert row.indicator or row.stage == "full"


# Turkey has no level of the Department of Labor in the newest edition, so its own values do not decide which that is.
@pytest.mark.parametrize("pool", [("GHA", "PER", "SEN", "XKX"), ("TUR",)])
def test_cells_of_some_countries_equal_those_of_reading_all(facts: None, pool: tuple[str, ...]) -> None:
    table, every_country = read(), [country.code for country in states()]
    whole, few = (candidate_cells(table, as_of=current(), codes=codes, ratings={}) for codes in (every_country, pool))
    assert few == {key: {code: cells[code] for code in pool} for key, cells in whole.items()}
    assert any(cell.used for cells in few.values() for cell in cells.values())
