"""Fixtures of country outlines: the small set, the real one, and none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cpc.web.charts import shapes
from tests.conftest import unavailable
from tests.support.outlines import SMALL_WORLD


@pytest.fixture
def small_world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> shapes.Shapes:
    file = tmp_path / "world.json"
    file.write_text(json.dumps(SMALL_WORLD), encoding="utf-8")
    monkeypatch.setattr(shapes, "FILE", file)
    loaded = shapes.load()
    assert loaded is not None
    return loaded


@pytest.fixture
def real_world() -> shapes.Shapes:
    world = shapes.load()
    if world is None:
        unavailable("the outlines of countries are not in vendor/world; run make")
    assert world is not None
    return world


@pytest.fixture(params=["absent", "not JSON", "no arcs", "no object"])
def without_shapes(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "none.json"
    written = {
        "not JSON": "<html>",
        "no arcs": json.dumps({"transform": SMALL_WORLD["transform"]}),
        "no object": json.dumps(SMALL_WORLD | {"objects": {}}),
    }.get(request.param)
    if written:
        file.write_text(written, encoding="utf-8")
    monkeypatch.setattr(shapes, "FILE", file)
