"""Guarantees of the test worlds: their runs replay, and no test sees the commits of another."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from django.conf import settings

from cpc.accounts.models import User
from cpc.accounts.permissions import Role
from selection.models import ScoreRun
from tests.support.accounts import make_account
from tests.support.replaying import differences, time_goes_on
from tests.worlds.catalog import WORLDS
from tests.worlds.databases import APPS, ROOT, fingerprint, imported_modules, is_entrance

UNRANKED = ("empty", "facts", "active", "extendable", "documented", "installation")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.world(name)) for name in WORLDS if name not in UNRANKED]
)
def test_every_run_of_a_world_replays(name: str, tmp_path: Path) -> None:
    """Check runs after a later edition, a correction, and a retraction, as for runs that tests make themselves."""
    assert ScoreRun.objects.exists()
    time_goes_on(tmp_path)
    assert differences() == []


@pytest.mark.django_db
@pytest.mark.parametrize("name", [pytest.param(name, marks=pytest.mark.world(name)) for name in UNRANKED])
def test_a_world_without_a_run_is_known(name: str) -> None:
    assert not ScoreRun.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("time", [1, 2])
def test_what_one_test_commits_is_gone_in_the_next(time: int) -> None:
    assert not User.objects.exists()
    make_account(Role.VIEWER)


@pytest.mark.parametrize("time", [1, 2])
def test_each_test_has_the_files_of_its_world_to_itself(small: object, time: int) -> None:
    files = [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]
    assert files
    for path in files:
        path.write_bytes(b"overwritten" if time == 1 else path.read_bytes())
        assert path.read_bytes() != b"overwritten" or time == 1


def test_a_world_depends_on_the_modules_of_its_builder_and_on_its_parent() -> None:
    names = {path.name for path in imported_modules("tests.worlds.demonstration")}
    assert {"demonstration.py", "deliberated.py", "rankings.py", "accounts.py", "life.py"} <= names
    assert "test_axe.py" not in names
    assert len({fingerprint(world) for world in WORLDS.values()}) == len(WORLDS)


def test_nothing_that_a_world_is_built_with_imports_a_module_left_out_of_its_fingerprint() -> None:
    entrances = {
        f"{path.relative_to(ROOT)} imports {name}"
        for app in ("indicators", "selection", "partnerships")
        for path in (ROOT / app).rglob("*.py")
        if not is_entrance(app, *path.relative_to(ROOT / app).parts) and path.stem not in SHOWING
        for name in _own_imports(path)
        if is_entrance(*name.split("."))
    }
    assert entrances == set()


# Modules by which pages of one room or app appear on those of another; no service imports them.
SHOWING = ("apps", "registrations", "selection_registrations", "sidebar")


def _own_imports(path: Path) -> list[str]:
    nodes = [node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.ImportFrom)]
    names = [f"{node.module}.{alias.name}" for node in nodes for alias in node.names]
    return [name for name in names if name.partition(".")[0] in APPS]
