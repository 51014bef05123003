"""Data of the What if page: the draw tables as a file, the page's own data, and the delivery of its scripts."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path
from struct import unpack_from

import numpy as np
import pytest
from django.contrib.staticfiles.storage import StaticFilesStorage
from django.test import Client

from cpc.accounts.permissions import Role
from cpc.web.static_files import HashedFiles
from selection.models import ScoreRun
from selection.runs.queries.basis import Basis, basis_of
from selection.runs.services import compute_screen
from selection.scoring.robustness.mix import mixed_laws
from selection.what_if.answer import taken_by
from selection.what_if.designs import cells_of
from selection.what_if.laws import PAGE_QUANTILES, tables
from selection.what_if.payload import payload
from selection.what_if.question import Question
from tests.conftest import ROOT
from tests.support.accounts import make_account
from tests.support.ranking_runs import copied

ADDRESS = "/ranking/what-if/draws/"
ASSETS = ROOT / "cpc" / "web" / "assets"


@pytest.fixture
def client(db: None) -> Client:
    client = Client()
    client.force_login(make_account(Role.VIEWER))
    return client


@pytest.fixture
def basis(ranking: ScoreRun) -> Basis:
    found = basis_of(ranking)
    assert found is not None
    return found


# ---- the file ------------------------------------------------------------------------------------------------------


def test_the_tables_are_sent_once_and_then_reported_unchanged(client: Client, ranking: ScoreRun, basis: Basis) -> None:
    plain, zipped = client.get(ADDRESS), client.get(ADDRESS, headers={"Accept-Encoding": "br, gzip"})
    assert plain.content == gzip.decompress(zipped.content) == tables(basis)
    assert zipped["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain
    assert plain["Content-Type"] == "application/octet-stream"
    assert set(zipped["Vary"].split(", ")) >= {"Accept-Encoding", "Cookie"}
    # Private, and asked for each time: who has signed out gets none of it from the browser's own store.
    assert {"private", "no-cache"} == set(zipped["Cache-Control"].split(", "))
    again = client.get(ADDRESS, headers={"If-None-Match": zipped["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert client.get(ADDRESS, {"run": ranking.pk}).content == plain.content
    other = compute_screen(actor=None, on=ranking.reference_date.replace(year=ranking.reference_date.year + 1))
    assert client.get(ADDRESS, {"run": other.pk}, headers={"If-None-Match": zipped["ETag"]}).status_code == 200


@pytest.mark.tampers
def test_the_tables_of_no_run_and_of_a_wrong_one(client: Client, ranking: ScoreRun) -> None:
    assert client.get(ADDRESS, {"run": ranking.pk + 100}).status_code == 404
    assert client.get(ADDRESS, {"run": "1 OR 1"}).status_code == 404
    answer = client.get(ADDRESS, {"draws": "5"})
    assert answer.status_code == 400
    assert "draws" in answer.content.decode()
    former = copied(ranking, lambda row: None, engine="0.9")
    answer = client.get(ADDRESS, {"run": former.pk})
    assert answer.status_code == 400
    assert "Use a run of the current method." in answer.content.decode()


def test_the_tables_before_the_first_run(client: Client) -> None:
    assert client.get(ADDRESS).status_code == 404


def test_the_tables_hold_the_law_of_every_uncertain_cell_at_every_level(basis: Basis, ranking: ScoreRun) -> None:
    everyone = np.arange(len(basis.result.countries))
    grid = taken_by(basis, Question()).grid(everyone, cells_of(basis), designs=True)
    laws, content = mixed_laws(basis.result.plan, grid, everyone), tables(basis)
    quantiles, stored, cells, held, size = unpack_from("<5I", content, 4)
    index = np.frombuffer(content, "<u2", 2 * (cells + held), 24).reshape(-1, 2)
    references = np.frombuffer(content, "<u2", size, 24 + 4 * (cells + held))
    steps = np.frombuffer(content, np.uint8, offset=24 + 4 * (cells + held) + 2 * size)
    halves = steps.reshape(2, stored, quantiles).astype(np.int64)
    found = np.cumsum(halves[0] + 256 * halves[1], axis=1) / 65535
    assert (content[:4], quantiles, cells) == (b"CPC2", PAGE_QUANTILES, len(laws.tables))
    assert index[:cells, 0].tolist() == laws.rows.tolist()
    levels = {one["criterion"]: 1 + len(one["u"]) for one in payload(basis, ranking)["levels"]}
    at = 0
    for (_, leaf), law in zip(index[:cells].tolist(), laws.tables, strict=True):
        number = levels.get(leaf, 1)
        expected = law.reshape(number, PAGE_QUANTILES, -1).mean(axis=2)
        assert found[references[at : at + number]] == pytest.approx(expected, abs=1e-5)
        at += number
    assert len(references) == at + sum(levels.get(leaf, 1) for leaf in index[cells:, 1].tolist())


# ---- what the page carries -----------------------------------------------------------------------------------------


def test_the_page_carries_every_country_with_the_runs_values_in_full(ranking: ScoreRun, basis: Basis) -> None:
    found = json.loads(json.dumps(payload(basis, ranking)))
    result = basis.result
    keys = [criterion.key for criterion in result.plan.criteria]
    stored = [keys.index(criterion["key"]) for criterion in found["criteria"]]
    u = np.array([country["u"] for country in found["countries"]], dtype=np.float64)
    assert [country["code"] for country in found["countries"]] == list(result.countries)
    assert np.array_equal(u, result.u[:, stored], equal_nan=True)
    assert {country["status"] for country in found["countries"]} == {
        "ranked",
        "provisional",
        "outside_pool",
        "not_rankable",
    }
    for branch in found["branches"]:
        assert sum(child["weight"] for child in branch["children"]) == pytest.approx(1.0)
    assert found["branches"][-1]["key"] == "total"
    assert {reason["key"] for reason in found["pool"] if reason["fixed"]} == {"united_states"}


def test_countries_are_linked_as_in_the_run_that_is_shown(ranking: ScoreRun, basis: Basis) -> None:
    assert payload(basis, ranking)["countries"][0]["href"].endswith("/")
    compute_screen(actor=None, on=ranking.reference_date.replace(year=ranking.reference_date.year + 1))
    assert payload(basis, ranking)["countries"][0]["href"].endswith(f"/?run={ranking.pk}")


# ---- scripts in production -----------------------------------------------------------------------------------------


def test_a_hashed_script_imports_hashed_scripts(tmp_path: Path) -> None:
    """A hashed script is cached permanently, so it must import the modules of its own release."""
    files, own = HashedFiles(location=tmp_path, base_url="/static/"), StaticFilesStorage(location=ASSETS)
    names = sorted(path.relative_to(ASSETS).as_posix() for path in (ASSETS / "js").rglob("*.js"))
    for name in names:
        files.save(name, own.open(name))
    done = files.post_process({name: (files, name) for name in names})
    made = {name: hashed for name, hashed, _ in done if hashed.endswith(".js")}  # and each compressed
    imported = []
    for name in names:
        plain = re.findall(r"from '(\./[^']+)'", (ASSETS / name).read_text())
        hashed = re.findall(r"from '(\./[^']+)'", (tmp_path / made[name]).read_text())
        assert len(plain) == len(hashed)
        for before, after in zip(plain, hashed, strict=True):
            assert after == f"./{Path(made[f'{Path(name).parent}/{Path(before).name}']).name}"
            imported.append(before)
    assert "./kernel.js" in imported
