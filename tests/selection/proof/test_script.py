"""Auditor's script, run in a bare Python that has numpy alone: what it proves, and what it finds."""

from __future__ import annotations

import ast
import random
import shutil
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from selection.models import ScoreRun, ScoringModel
from selection.proof.contents import AUDITOR, MANIFEST, SCRIPT, bundle_files, script
from selection.rounds import services as rounds_services
from selection.runs import services as runs_services
from selection.scoring import score
from tests.selection.proof.bundles import (
    audit,
    change_results,
    change_row,
    make_manifest_again,
    proof_of,
    unpack,
)
from tests.support.rounds import ON, Office

pytestmark = pytest.mark.django_db

SEED, CHANGES = 32, 20
FEW = ("--draws", "4000")
NO_DRAWS = ("--draws", "0")


@pytest.fixture
def full(office: Office) -> ScoreRun:
    """Return the full score of a round in which two raters differ on one criterion."""
    found = office.scored()
    ghana = office.candidate(found)
    office.rate(ghana, step=3)
    office.rate(ghana, step=1, actor=office.second)
    office.rate(office.candidate(found, "CIV"), "forms", step=2)
    return rounds_services.score_round(selection_round=found, actor=office.analyst).run


def test_the_script_imports_only_python_and_numpy() -> None:
    known = {*sys.stdlib_module_names, "numpy"}
    for name in SCRIPT:
        tree = ast.parse((AUDITOR / f"{name}.py").read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [str(node.module)] if isinstance(node, ast.ImportFrom) else []
            assert all(found.split(".")[0] in known or found.startswith("selection.proof.auditor.") for found in names)
    alone = {name.split(".")[0] for name in _imported(script())}
    assert alone <= known


def _imported(source: str) -> list[str]:
    tree = ast.parse(source)
    plain = [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    return plain + [str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]


def test_a_screen_by_the_shipped_model_is_proved(run: ScoreRun, tmp_path: Path) -> None:
    folder = unpack(bundle_files(ScoreRun.objects.get(pk=run.pk)), tmp_path / "bundle")
    found = audit(folder, proof_of(folder))
    assert found.is_proved, found.text
    assert "shares of 1,152 designs" in found.text
    assert "draws of data, weights, and method" in found.text


def test_a_screen_by_the_former_model_is_proved(office: Office, tmp_path: Path) -> None:
    former = ScoringModel.objects.get(number=3)
    made = runs_services.compute_screen(actor=None, on=ON, table=former.as_table)
    folder = unpack(bundle_files(made), tmp_path / "bundle")
    found = audit(folder, proof_of(folder), *FEW)
    assert found.is_proved, found.text
    assert "shares of 768 designs" in found.text
    assert "and method" not in found.text


def test_a_screen_whose_weights_have_measured_concentrations_is_proved(office: Office, tmp_path: Path) -> None:
    table = ScoringModel.objects.get(state="published").as_table
    nodes = tuple(replace(node, concentration=12.0) if node.key == "need" else node for node in table.nodes)
    made = runs_services.compute_screen(actor=None, on=ON, table=replace(table, nodes=nodes, concentration=8.0))
    folder = unpack(bundle_files(made), tmp_path / "bundle")
    assert '"concentration":' in (folder / "model.json").read_text(encoding="utf-8")
    found = audit(folder, proof_of(folder))
    assert found.is_proved, found.text


def test_a_screen_by_the_former_engine_is_proved(
    office: Office, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with monkeypatch.context() as earlier:
        earlier.setattr("selection.runs.services.ENGINE_VERSION", "2.1.0")
        earlier.setattr("selection.runs.services.score", partial(score, version="2.1.0"))
        former = ScoringModel.objects.get(number=3)
        made = runs_services.compute_screen(actor=None, on=ON, table=former.as_table)
    folder = unpack(bundle_files(made), tmp_path / "bundle")
    assert audit(folder, proof_of(folder), *NO_DRAWS).is_proved


def test_the_full_score_of_a_round_is_proved_from_its_ratings(full: ScoreRun, tmp_path: Path) -> None:
    folder = unpack(bundle_files(full), tmp_path / "bundle")
    found = audit(folder, proof_of(folder))
    assert found.is_proved, found.text
    ratings = (folder / "ratings.csv").read_text(encoding="utf-8")
    assert ratings.count("Rater 1") == 2
    assert ratings.count("Rater 2") == 1
    assert "analyst" not in ratings
    change_row(folder, "ratings.csv", {"criterion": "prosecution", "rater": "Rater 2"}, {"step": "4"})
    found = audit(folder, proof_of(folder), *NO_DRAWS)
    assert "value prosecution GHA value: 2.0 in the snapshot, 3.5 by its cell." in found.text


def test_each_of_twenty_changed_bytes_is_found(full: ScoreRun, tmp_path: Path) -> None:
    files = bundle_files(full)
    folder = unpack(files, tmp_path / "bundle")
    proof = proof_of(folder)
    chance = random.Random(SEED)  # not for secrets
    places = [(name, place) for name in sorted(files) for place in range(len(files[name]))]
    chosen = chance.sample(places, CHANGES)
    kinds = {name for name, _ in chosen}
    # Small files would hardly be met by chance: one byte of each as well.
    chosen += [(name, chance.randrange(len(files[name]))) for name in sorted(files) if name not in kinds]
    for name, place in chosen:
        data = bytearray(files[name])
        data[place] ^= chance.randrange(1, 256)
        (folder / name).write_bytes(data)
        found = audit(folder, proof, *NO_DRAWS)
        assert not found.is_proved, f"byte {place} of {name}: {found.text}"
        (folder / name).write_bytes(files[name])
    assert audit(folder, proof, *NO_DRAWS).is_proved


def _rank(results: dict[str, Any]) -> None:
    results["countries"]["GHA"]["rank"] += 1


def _score(results: dict[str, Any]) -> None:
    results["countries"]["GHA"]["score"] += 0.00001


def _estimate(results: dict[str, Any]) -> None:
    results["places"]["GHA"]["estimates"]["marriage"]["error"] *= 1.001


def _status(results: dict[str, Any]) -> None:
    results["countries"]["ALB"]["status"] = "ranked"


def _share(results: dict[str, Any]) -> None:
    results["drawn"]["within"][0] -= 0.1


def _interval(results: dict[str, Any]) -> None:
    results["drawn"]["intervals"][0][0] += 8


def _no_such_rank(results: dict[str, Any]) -> None:
    results["drawn"]["intervals"][0][2] = 99


def _designs(results: dict[str, Any]) -> None:
    results["drawn"]["designs"][5] -= 0.001


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (_rank, "GHA: rank is"),
        (_score, "GHA: score is"),
        (_estimate, "GHA marriage:"),
        (_status, "ALB: status is ranked, recomputed provisional."),
        (_share, "drawn again"),
        (_interval, "of the draws do not exceed"),
        (_no_such_rank, "there is no rank 99."),
        (_designs, "of designs in the first 20, recomputed"),
    ],
)
def test_a_wrong_result_is_found_although_the_manifest_fits(
    run: ScoreRun, tmp_path: Path, change: Any, sentence: str
) -> None:
    folder = unpack(bundle_files(ScoreRun.objects.get(pk=run.pk)), tmp_path / "bundle")
    proof = proof_of(folder)
    change_results(folder, change)
    again = audit(folder, proof_of(folder), *FEW)
    assert "OK     every file has the hash of the manifest" in again.text
    assert sentence in again.text
    assert again.code == 1
    assert "The manifest is" in audit(folder, proof, *NO_DRAWS).text


def test_a_changed_cell_is_found_although_the_manifest_fits(run: ScoreRun, tmp_path: Path) -> None:
    folder = unpack(bundle_files(ScoreRun.objects.get(pk=run.pk)), tmp_path / "bundle")
    where = {"use": "series", "criterion": "births", "country": "GHA"}
    change_row(folder, "cells.csv", where, {"value": "99.0"})
    found = audit(folder, proof_of(folder), *NO_DRAWS)
    assert "series births own GHA value:" in found.text
    assert found.code == 1


def test_a_file_too_many_or_too_few_is_found(run: ScoreRun, tmp_path: Path) -> None:
    folder = unpack(bundle_files(ScoreRun.objects.get(pk=run.pk)), tmp_path / "bundle")
    (folder / "more.csv").write_text("a\n", encoding="utf-8")
    assert "more.csv is not in the manifest." in audit(folder, proof_of(folder), *NO_DRAWS).text
    (folder / "more.csv").unlink()
    (folder / "pool.csv").unlink()
    assert "pool.csv is missing." in audit(folder, proof_of(folder), *NO_DRAWS).text
    shutil.rmtree(folder)


def test_a_rule_that_the_script_does_not_know_is_not_proved(run: ScoreRun, tmp_path: Path) -> None:
    folder = unpack(bundle_files(ScoreRun.objects.get(pk=run.pk)), tmp_path / "bundle")
    path = folder / "model.json"
    path.write_text(path.read_text(encoding="utf-8").replace('"least_peers":', '"new_rule":1,"least_peers":'))
    make_manifest_again(folder)
    found = audit(folder, proof_of(folder), *NO_DRAWS)
    assert "NOT PROVED: this script does not recompute the field new_rule of a method." in found.text
    assert found.code == 1


def test_without_the_hash_of_the_memo_the_manifest_itself_is_not_proved(run: ScoreRun, tmp_path: Path) -> None:
    folder = unpack(bundle_files(ScoreRun.objects.get(pk=run.pk)), tmp_path / "bundle")
    found = audit(folder, *NO_DRAWS)
    assert found.code == 0
    assert "PROVED, except the manifest itself" in found.text
    assert (folder / MANIFEST).exists()
