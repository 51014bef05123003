"""Every listed page, populated, empty and in error, for whom it looks different: axe finds nothing, nothing sticks out.

The list is tests/support/shots.py; `make screenshots` pictures the same pages. Two databases are made for all tests.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Browser

from cpc.accounts.permissions import Role
from tests.access.table import read_table
from tests.support.axe import violations
from tests.support.browser import HEIGHT, WIDTHS, overflow
from tests.support.listed import Listed, Shot, State
from tests.support.shots import PAGES, shots
from tests.worlds.demonstration import Place, Scene
from tests.worlds.served_world import Stage, staged

# The mark has pytest-django make the test database; what a scene needs is committed before, and removed after.
pytestmark = pytest.mark.django_db

SHOTS = shots()
BETWEEN = (900, 640, 320)
"""Widths at which a page must fit, too; the last is that of WCAG 2.1, 1.4.10 Reflow."""

NO_PAGES = {
    "program-template": "a file",
    "matrix-template": "a file",
    "model-export": "a file",
    "model-schema": "a file",
    "note-file": "a download",
    "program-document": "a file",
    "plan-document": "a file",
    "health": "JSON for the proxy",
    "source-file": "a download",
    "paper-file": "a download",
    "partnership-document-file": "a download",
    "partnership-instrument": "a download",
    "memo-document": "a download",
    "memo-picture": "a picture",
    "memo-template": "a download",
}
"""Addresses outside of the REST interface that answer something other than a page."""


@pytest.fixture(scope="module")
def stage(
    request: pytest.FixtureRequest,
    browser: Browser,
    django_db_blocker: Any,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Stage]:
    """A database of its own kind, served, for all tests that ask for the same."""
    place: Place = request.param
    with django_db_blocker.unblock(), staged(place, tmp_path_factory.mktemp(place.value), browser) as opened:
        yield opened


def _shots_in(place: Place) -> list[Shot]:
    return [shot for shot in SHOTS if shot.state.place is place]


@pytest.mark.parametrize("shot", _shots_in(Place.FRESH), ids=str)
@pytest.mark.parametrize("stage", [Place.FRESH], indirect=True)
def test_a_page_without_data(stage: Stage, shot: Shot) -> None:
    assert_sound(stage, shot)


@pytest.mark.parametrize("shot", _shots_in(Place.DEMONSTRATION), ids=str)
@pytest.mark.parametrize("stage", [Place.DEMONSTRATION], indirect=True)
def test_a_page_with_data_or_in_error(stage: Stage, shot: Shot) -> None:
    assert_sound(stage, shot)


def assert_sound(stage: Stage, shot: Shot) -> None:
    """The page answers as listed without a complaint of the browser, fits its window, and axe finds nothing."""
    window = stage.open(shot)
    found = []
    for width in WIDTHS:
        window.page.set_viewport_size({"width": width, "height": HEIGHT})
        wrong = (overflow(window.page), *violations(window.page))
        found += [f"at {width}px: {words}" for words in wrong if words]
    for width in () if shot.again else BETWEEN:
        window.page.set_viewport_size({"width": width, "height": HEIGHT})
        found += [f"at {width}px: {words}" for words in [overflow(window.page)] if words]
    assert not window.complaints + found, "\n".join([str(shot), *window.complaints, *found])


# ---- the list is whole ---------------------------------------------------------------------------------------------


def test_every_page_of_the_product_is_listed() -> None:
    listed = {entry.address for entry in PAGES}
    pages = {
        name
        for name, rows in read_table().items()
        if not name.startswith("api:") and any("GET" in row.methods and "200" in row.answers for row in rows)
    }
    missing = sorted(pages - listed - NO_PAGES.keys())
    assert not missing, f"Add to tests/support/shots.py, or with a reason to NO_PAGES: {', '.join(missing)}"
    assert NO_PAGES.keys() <= pages, "NO_PAGES names what is no address, or none that answers"


def test_every_name_is_one_picture() -> None:
    names = [str(shot) for shot in SHOTS]
    assert sorted(names) == sorted(set(names))


def test_a_page_that_needs_nothing_to_exist_is_listed_with_an_empty_database() -> None:
    about_data = {
        "home",
        "search",
        "ranking",
        "countries",
        "method",
        "runs",
        "sources",
        "imports",
        "narratives",
        "partnerships",
        "audit",
    }
    empty = {entry.address for entry in PAGES if State.EMPTY in entry.states}
    assert about_data <= empty


@pytest.mark.parametrize("stage", [Place.DEMONSTRATION], indirect=True)
def test_an_account_sees_a_page_as_an_account_does_for_which_it_is_listed(stage: Stage) -> None:
    clients = {role: _client(stage.scene, role) for role in Role}
    by_address: dict[str, list[Listed]] = {}
    for entry in PAGES:
        if State.POPULATED in entry.states and (len(entry.roles) > 1 or entry.address not in by_address):
            by_address.setdefault(entry.address, []).append(entry)
    wrong = []
    for address, entries in by_address.items():
        seen = {role: [_main(clients[role], entry, stage.scene) for entry in entries] for role in Role}
        listed = {role for entry in PAGES if entry.address == address for role in entry.roles if role is not None}
        shown = [[""] * len(entries), *(seen[role] for role in listed)]
        wrong += [f"{address} as {role.value}" for role in Role if listed and seen[role] not in shown]
    assert not wrong, "Seen otherwise than listed; add the role in tests/support/shots.py: " + ", ".join(wrong)


def _client(scene: Scene, role: Role) -> Client:
    client = Client()
    client.force_login(scene.users[role])
    return client


def _main(client: Client, entry: Listed, scene: Scene) -> str:
    """The page's main part without what is new in each answer; "" where the account does not get the page."""
    response = client.get(next(entry.shots()).url(scene))
    if response.status_code != entry.status:
        return ""
    html = response.content.decode()
    main = re.search(r"<main\b.*</main>", html, re.DOTALL)
    return re.sub(r'(?:name="csrfmiddlewaretoken"|name="once") value="[\w-]+"', "", main[0] if main else html)
