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
from tests.worlds import databases
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


def test_fingerprint_covers_builder_modules_and_parent() -> None:
    names = {path.name for path in imported_modules("tests.worlds.demonstration")}
    assert {"demonstration.py", "deliberated.py", "rankings.py", "accounts.py", "life.py"} <= names
    assert "test_axe.py" not in names
    assert len({fingerprint(world) for world in WORLDS.values()}) == len(WORLDS)


@pytest.mark.parametrize(
    ("path", "is_read"),
    [
        ("selection/runs/services.py", True),
        ("partnerships/models/terms.py", True),
        ("selection/reference/default_model.json", True),
        ("indicators/facts/tip.csv", True),
        ("indicators/sources/forms.py", True),
        ("cpc/web/formats.py", True),
        ("templates/notifications/digest.txt", True),
        ("tests/worlds/facts.py", True),
        ("cpc/web/assets/css/app.css", False),
        ("cpc/web/assets/js/what_if/kernel.js", False),
        ("cpc/web/charts/slope.py", False),
        ("cpc/site/views.py", False),
        ("selection/ranking/presenters/cells.py", False),
        ("partnerships/money/forms.py", False),
        ("templates/selection/ranking/ranking.html", False),
        ("tests/selection/ranking/test_lead.py", False),
    ],
)
def test_a_world_is_built_again_after_a_change_of_what_its_builder_reads_or_runs(
    path: str, is_read: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fingerprints() -> tuple[str, str]:
        modules = databases.imported_modules.__wrapped__("tests.worlds.facts")
        return databases.product_fingerprint.__wrapped__(), databases._digest(modules)

    monkeypatch.setattr(databases, "ROOT", tmp_path)
    file = tmp_path / path
    file.parent.mkdir(parents=True)
    file.write_text("BEFORE = 1\n", encoding="utf-8")
    before = fingerprints()
    file.write_text("AFTER = 2\n", encoding="utf-8")
    assert (fingerprints() != before) is is_read


def test_builders_import_no_module_outside_the_fingerprint() -> None:
    entrances = {
        f"{path.relative_to(ROOT)} imports {name}"
        for app in APPS
        for path in (ROOT / app).rglob("*.py")
        if not is_entrance(*path.relative_to(ROOT).parts) and path.stem not in SHOWING
        for name in _own_imports(path)
        if is_entrance(*name.split("."))
    }
    assert entrances == set()


# Modules of the server, those by which pages of one room or app appear on those of another, and movements between
# rankings, which pages draw: no service imports a part of a page through them.
SHOWING = (
    *("apps", "registrations", "selection_registrations", "sidebar", "tables", "movements"),
    *("activation", "adapter", "authentication", "settings", "celery", "run", "wsgi"),
    *("middleware", "unsent_forms", "kernel_classes"),
)


def _own_imports(path: Path) -> list[str]:
    nodes = [node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.ImportFrom)]
    names = [f"{node.module}.{alias.name}" for node in nodes for alias in node.names]
    return [name for name in names if name.partition(".")[0] in APPS]
