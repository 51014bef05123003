"""Accessibility of listed pages, populated, empty, and with errors: axe finds no fault, and pages fit their window.

The list is in the page_cases.py of the rooms; `make screenshots` takes pictures of the same pages. Every run checks
one page of each template in each state; `make test-full` checks every page for every visitor who sees it differently,
at both widths.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.browser.shared_templates import representatives
from tests.support import chromium
from tests.support.all_cases import shots
from tests.support.axe import unsound
from tests.support.page_cases import Shot
from tests.worlds.databases import Clones
from tests.worlds.demonstration import WorldName
from tests.worlds.served_world import Stage, staged

SHOTS = shots()


@pytest.fixture(scope="module")
def browser(launch_browser: Callable[..., Browser]) -> Iterator[Browser]:
    """Launch Chromium without the compilers for scripts that run long.

    Each page's scripts and axe run once: to optimize them takes a fifth of the browser's processor time and saves none.
    """
    launched = launch_browser(args=[*chromium.launch_arguments()["args"], "--js-flags=--no-opt,--no-maglev"])
    yield launched
    launched.close()


@pytest.fixture(scope="module")
def stage(
    request: pytest.FixtureRequest,
    browser: Browser,
    clones: Clones,
    django_db_blocker: Any,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Stage]:
    """Serve a world for all tests that ask for the same one."""
    world_name: WorldName = request.param
    with (
        django_db_blocker.unblock(),
        staged(world_name, tmp_path_factory.mktemp(world_name.value), browser, clones) as opened,
    ):
        yield opened


def _shots_in(world_name: WorldName) -> list[Any]:
    """Return the shots to check every time, one per template and state, and as `wide` all shots, checked closely."""
    there = [shot for shot in SHOTS if shot.state.world_name is world_name]
    every_time = [pytest.param(shot, False, id=str(shot)) for shot in representatives(there)]
    closely = [pytest.param(shot, True, id=f"{shot}, closely", marks=pytest.mark.wide) for shot in there]
    return every_time + closely


@pytest.mark.parametrize(("shot", "closely"), _shots_in(WorldName.INSTALLATION))
@pytest.mark.parametrize("stage", [WorldName.INSTALLATION], indirect=True)
def test_a_page_without_data(stage: Stage, shot: Shot, closely: bool) -> None:
    assert_sound(stage, shot, closely)


@pytest.mark.parametrize(("shot", "closely"), _shots_in(WorldName.DEMONSTRATION))
@pytest.mark.parametrize("stage", [WorldName.DEMONSTRATION], indirect=True)
def test_a_page_with_data_or_in_error(stage: Stage, shot: Shot, closely: bool) -> None:
    assert_sound(stage, shot, closely)


def assert_sound(stage: Stage, shot: Shot, closely: bool) -> None:
    """Check that the page has its listed status, no browser errors, fits its window, and passes axe."""
    window = stage.open(shot)
    found = unsound(window.page, closely=closely, between=not shot.again)
    assert not window.complaints + found, "\n".join([str(shot), *window.complaints, *found])
