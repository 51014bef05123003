"""A served world: its database, a live server, and a browser window for every kind of visitor."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.cache import cache
from django.test.testcases import LiveServerThread
from django.test.utils import override_settings
from playwright.sync_api import Browser, Page

from cpc.accounts.permissions import Role
from tests.support.browser import HEIGHT, WIDTHS, complaints_of, session_cookie
from tests.worlds.databases import Clones
from tests.worlds.demonstration import Scene, WorldName

if TYPE_CHECKING:
    from cpc.accounts.models import User
    from tests.support.page_cases import Shot


@dataclass(frozen=True)
class Window:
    """A browser window, with the errors that the browser reported in it."""

    page: Page
    complaints: list[str]


@dataclass(frozen=True)
class Stage:
    """A scene that is being served, with a signed-in window for each role; None is a visitor without an account."""

    scene: Scene
    windows: Mapping[Role | None, Window]

    def open(self, shot: Shot) -> Window:
        """Open the page of a shot at the wider width, run its actions, and return the window with its errors.

        An unexpected status of the response is recorded as an error, too. The next shot uses the same window.
        """
        cache.clear()  # so many attempts would reach the limit of the sign-in page, which has its own picture
        window = self.windows[shot.role]
        page = window.page
        window.complaints.clear()
        page.set_viewport_size({"width": WIDTHS[0], "height": HEIGHT})
        url = shot.url(self.scene)
        if "#" in url:
            page.goto("about:blank")  # otherwise a URL that differs only by its fragment is not requested again
        response = page.goto(url, wait_until="load")
        status = response.status if response else 0
        if status != shot.status:
            window.complaints.append(f"{page.url} answers {status}, not {shot.status}")
        for action in shot.actions:
            action(page)
        return window


@contextmanager
def staged(world_name: WorldName, folder: Path, browser: Browser, clones: Clones) -> Iterator[Stage]:
    """Serve a clone of one of the two worlds, whose files are copied to `folder`."""
    settings = override_settings(
        ROOT_URLCONF="tests.support.failing",
        MEDIA_ROOT=folder / "media",
        EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend",
    )
    with settings, clones.for_module(world_name.value):
        clones.copy_files(folder / "media")
        scene: Scene = clones.contents()
        with served() as url, ExitStack() as closed:
            visitors: list[tuple[Role | None, User | None]] = [(None, None), *scene.users.items()]
            windows = {role: closed.enter_context(_window(browser, url, user)) for role, user in visitors}
            yield Stage(scene, windows)


@contextmanager
def _window(browser: Browser, url: str, user: User | None) -> Iterator[Window]:
    with closing(browser.new_context(base_url=url, reduced_motion="reduce")) as context:
        context.set_default_timeout(15_000)
        if user is not None:
            context.add_cookies([session_cookie(user, url)])
        page = context.new_page()
        yield Window(page, complaints_of(page))


@contextmanager
def served() -> Iterator[str]:
    """Serve the current database and static files, and yield the URL."""
    thread = LiveServerThread("localhost", static_handler=StaticFilesHandler)
    thread.daemon = True
    thread.start()
    thread.is_ready.wait()
    try:
        if thread.error:
            raise thread.error
        yield f"http://{thread.host}:{thread.port}"
    finally:
        thread.terminate()
