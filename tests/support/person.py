"""A person at a browser of their own, who reads pages and fills in forms; `Typist` uses only the keyboard."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Self

from playwright.sync_api import Browser, Locator, Page

from cpc.accounts.models import User
from tests.support.browser import complaints_of, session_cookie

FORM = "main form[data-once]"


@dataclass
class Person:
    """A signed-in person at a browser. `complaints` collects errors of the console."""

    page: Page
    complaints: list[str] = field(default_factory=list)

    @classmethod
    @contextmanager
    def of(cls, browser: Browser, url: str, user: User) -> Iterator[Self]:
        """Sign in as `user` at the site at `url`, until the end of the block."""
        context = browser.new_context(
            base_url=url, viewport={"width": 1280, "height": 900}, locale="en-US", reduced_motion="reduce"
        )
        context.add_cookies([session_cookie(user, url)])
        context.set_default_timeout(30_000)
        page = context.new_page()
        yield cls(page, complaints_of(page))
        context.close()

    def see(self, url: str) -> Page:
        """Open a page."""
        self.page.goto(url)
        return self.page

    def submit(self, url: str, values: Mapping[str, Any] | None = None, button: str = "", **more: Any) -> str:
        """Open the page of a form, fill it in, press its button once, and return the URL that follows."""
        self.see(url)
        return self.send(values, button, **more)

    def send(self, values: Mapping[str, Any] | None = None, button: str = "", **more: Any) -> str:
        """Fill in the form of the page, press its button, and return the URL that follows.

        `button` names one of several buttons. Raises AssertionError if the page then shows an error.
        """
        form = self.page.locator(FORM)
        if button:
            form = form.filter(has=self.page.get_by_role("button", name=button, exact=True))
        for name, value in {**(values or {}), **more}.items():
            self.fill(form, name, value)
        buttons = form.locator("button[type=submit]")
        self.press(buttons.get_by_text(button, exact=True) if button else buttons)
        self.page.wait_for_load_state()
        refused = self.page.locator("form .usa-alert--error, .usa-alert--error[role=alert]")
        assert not refused.count(), f"{self.page.url}: {refused.first.inner_text()}"
        return self.page.url

    def fill(self, form: Locator, name: str, value: Any) -> None:
        """Enter a value into the field of a form.

        The value is a text, a date, a path, True for a box, or a list for several boxes.
        """
        box = form.locator(f'[name="{name}"]')
        # Not by a script of ours: Playwright would load its own into the page a second time, which takes 40 ms.
        kind = box.first.get_attribute("type")
        if kind in ("radio", "checkbox"):
            for one in value if isinstance(value, list) else [value]:
                chosen = box if one is True else form.locator(f'[name="{name}"][value="{one}"]')
                if not chosen.is_checked():
                    self.choose(chosen)
        elif kind == "file":
            box.set_input_files(value)
        elif kind is None and form.locator(f'select[name="{name}"]').count():
            self.select(box, str(value))
        else:
            self.write(box, value)

    def press(self, button: Locator) -> None:
        """Press a button or follow a link."""
        button.click()

    def choose(self, box: Locator) -> None:
        """Tick a box by its label, which covers it."""
        self.page.locator(f'label[for="{box.get_attribute("id")}"]').click()

    def select(self, box: Locator, value: str) -> None:
        """Choose an option of a list by its value."""
        box.select_option(value)

    def write(self, box: Locator, value: Any) -> None:
        """Replace the content of a field."""
        box.fill(value.isoformat() if isinstance(value, date) else str(value))

    def follow(self, name: str, *, within: str = "body") -> Page:
        """Follow the link with this name."""
        self.press(self.page.locator(within).get_by_role("link", name=name, exact=True).first)
        self.page.wait_for_load_state()
        return self.page


class Typist(Person):
    """A person without a mouse, who reaches each control with Tab and operates it with keys."""

    def press(self, button: Locator) -> None:
        """Reach the control with Tab and press Enter."""
        self.reach(button)
        with self.page.expect_event("framenavigated"):
            self.page.keyboard.press("Enter")
        self.page.wait_for_load_state()

    def choose(self, box: Locator) -> None:
        """Reach the group with Tab; move in it with the arrow keys, or tick the box with Space."""
        if box.evaluate("element => element.type") == "checkbox":
            self.reach(box)
            self.page.keyboard.press("Space")
            return
        group = box.evaluate("element => element.name")
        self._tab_until(
            lambda: self.page.evaluate("name => document.activeElement && document.activeElement.name === name", group),
            group,
        )
        for _ in range(20):
            if box.is_checked():
                return
            # Space selects the option that Tab reached if none is selected yet; the arrow keys select as they move.
            reached = box.evaluate("element => element === document.activeElement")
            self.page.keyboard.press("Space" if reached else "ArrowDown")
        raise AssertionError(f"{group}: the choice is not reached with the arrows")

    def select(self, box: Locator, value: str) -> None:
        """Reach the list with Tab and move in it with the arrow keys."""
        self.reach(box)
        self.page.keyboard.press("Home")
        for _ in range(300):
            if box.input_value() == value:
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"{value} is not reached with the arrows")

    def write(self, box: Locator, value: Any) -> None:
        """Reach the field with Tab and type."""
        self.reach(box)
        if isinstance(value, date):
            self.page.keyboard.type(f"{value:%m%d%Y}")
            assert box.input_value() == value.isoformat()
            return
        self.page.keyboard.press("Control+A")
        self.page.keyboard.insert_text(str(value))

    def reach(self, locator: Locator) -> None:
        """Press Tab until the control has the focus."""
        locator.wait_for(state="attached")
        handle = locator.element_handle()
        self._tab_until(
            lambda: self.page.evaluate("element => element === document.activeElement", handle),
            f"{handle.evaluate('element => element.outerHTML')}"[:200],
        )

    def _tab_until(self, reached: Any, what: str) -> None:
        for _ in range(600):
            if reached():
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"{self.page.url}: Tab does not lead to {what}")


def a_file(folder: Path, name: str, text: str) -> Path:
    """Write a file with this text that a form can send."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path
