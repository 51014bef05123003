"""A person at a browser of their own, who reads pages and fills in forms; `Typist` uses only the keyboard."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, ClassVar, Self

from playwright.sync_api import Browser, ElementHandle, Locator, Page

from cpc.accounts.models import User
from tests.support.browser import complaints_of, session_cookie

FORM = "main form[data-once]"

_COUNT_MOUSE = """
    const count = () => sessionStorage.setItem('mouse', Number(sessionStorage.getItem('mouse')) + 1);
    addEventListener('pointerdown', count, true);
    addEventListener('click', ({ isTrusted, detail }) => { if (isTrusted && detail > 0) { count(); } }, true);
"""


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
        context.add_init_script(_COUNT_MOUSE)
        page = context.new_page()
        yield cls(page, complaints_of(page))
        context.close()

    def uses_of_mouse(self) -> int:
        """Return how often a button of the mouse was pressed on any page of the site."""
        return int(self.page.evaluate("Number(sessionStorage.getItem('mouse'))"))

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


@dataclass(frozen=True, order=True, slots=True)
class Way:
    """The way to a control: how many times Tab was pressed, and where it led."""

    tabs: int
    control: str


@dataclass
class Typist(Person):
    """A person without a mouse, who reaches each control with Tab and operates it with keys.

    `keys` counts the key presses, and `ways` are the ways to the controls. Every control must be reached with at most
    `MOST_TABS`, and be seen with its focus marked.
    """

    MOST_TABS: ClassVar[int] = 60

    keys: int = 0
    ways: list[Way] = field(default_factory=list)

    def hit(self, *keys: str) -> None:
        """Press keys one after the other."""
        for key in keys:
            self.page.keyboard.press(key)
        self.keys += len(keys)

    def type(self, text: str) -> None:
        """Type a text into the field in focus, key by key if it is short."""
        if len(text) <= TYPED and text.isascii() and "\n" not in text:
            self.page.keyboard.type(text)
        else:
            self.page.keyboard.insert_text(text)
        self.keys += len(text)

    def press(self, button: Locator) -> None:
        """Reach the control with Tab and press Enter."""
        self.reach(button)
        with self.page.expect_event("framenavigated"):
            self.hit("Enter")
        self.page.wait_for_load_state()

    def toggle(self, control: Locator) -> None:
        """Reach a control that leaves the page open, such as the summary of a fold, and press Enter."""
        self.reach(control)
        self.hit("Enter")

    def choose(self, box: Locator) -> None:
        """Reach the group with Tab; move in it with the arrow keys, or tick the box with Space."""
        if box.evaluate("element => element.type") == "checkbox":
            self.reach(box)
            self.hit("Space")
            return
        group = self.page.locator(f'[name="{box.get_attribute("name")}"]')
        self._tab_to(group.element_handles())
        for _ in range(20):
            if box.is_checked():
                return
            # Space selects the option that Tab reached if none is selected yet; the arrow keys select as they move.
            reached = box.evaluate("element => element === document.activeElement")
            self.hit("Space" if reached else "ArrowDown")
        raise AssertionError(f"{box.get_attribute('name')}: the choice is not reached with the arrows")

    def select(self, box: Locator, value: str) -> None:
        """Reach the list with Tab and move in it with the arrow keys."""
        self.reach(box)
        if box.input_value() == value:
            return
        self.hit("Home")
        for _ in range(300):
            if box.input_value() == value:
                return
            self.hit("ArrowDown")
        raise AssertionError(f"{value} is not reached with the arrows")

    def write(self, box: Locator, value: Any) -> None:
        """Reach the field with Tab and type."""
        self.reach(box)
        if isinstance(value, date):
            self.type(f"{value:%m%d%Y}")
            assert box.input_value() == value.isoformat()
            return
        self.hit("Control+A")
        self.type(str(value))

    def reach(self, locator: Locator) -> None:
        """Press Tab until the control has the focus, or Shift+Tab if it is above; begin with the skip link."""
        locator.wait_for(state="attached")
        self._tab_to([locator.element_handle()])

    def _tab_to(self, wanted: list[ElementHandle]) -> None:
        """Press Tab until one of the elements has the focus, and check that it is seen there."""
        if self.page.evaluate(_BEFORE_MAIN, wanted[0]):
            self.hit("Tab", "Enter")
            assert self.page.evaluate("document.activeElement.id") == "main", f"{self.page.url}: no skip link"
        key = self.page.evaluate(_WAY, wanted)
        passed: list[str] = []
        while not self.page.evaluate("wanted => wanted.includes(document.activeElement)", wanted):
            assert len(passed) < self.MOST_TABS, (
                f"{self.page.url}: {len(passed)} times {key} lead to {passed[-1]}, not to {wanted[0].evaluate(_NAMED)}"
            )
            self.hit(key)
            passed.append(self.page.evaluate(f"({_NAMED})(document.activeElement)"))
        self.ways.append(Way(len(passed), f"{self.page.url}: {wanted[0].evaluate(_NAMED)}"))
        unseen = self.page.evaluate(_UNSEEN)
        assert not unseen, f"{self.page.url}: {wanted[0].evaluate(_NAMED)} {unseen}"


TYPED = 80
"""The longest text that is typed key by key."""

# Where Tab begins: at the element in focus, or else at the target of the fragment.
_AT = """const at = document.activeElement === document.body
    ? document.getElementById(location.hash.slice(1)) ?? document.body : document.activeElement;"""
_BEFORE_MAIN = f"""wanted => {{
    {_AT}
    const main = document.getElementById('main');
    const isAbove = at === document.body
        || Boolean(at.compareDocumentPosition(main) & Node.DOCUMENT_POSITION_FOLLOWING);
    return isAbove && main.contains(wanted) && wanted !== at;
}}"""
_WAY = f"""([wanted]) => {{
    {_AT}
    const isBelow = wanted.compareDocumentPosition(at) === Node.DOCUMENT_POSITION_FOLLOWING;
    return isBelow && at !== document.body ? 'Shift+Tab' : 'Tab';
}}"""
_NAMED = """element => [element.tagName.toLowerCase(), element.name || element.id, element.getAttribute('aria-label')
    || element.textContent.trim().replace(/\\s+/g, ' ')].filter(Boolean).join(' ').slice(0, 100)"""
_UNSEEN = """() => {
    const at = document.activeElement;
    const ones = [at, ...(at.labels ?? [])];
    const outlined = (style) => style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0;
    if (!ones.some((one) => [null, '::before', '::after'].some((part) => outlined(getComputedStyle(one, part))))) {
        return 'has the focus, but no outline';
    }
    const isSeen = ones.some((one) => {
        const { left, top, width, height } = one.getBoundingClientRect();
        const found = document.elementFromPoint(left + Math.min(width / 2, 20), top + Math.min(height / 2, 10));
        return found && one.contains(found);
    });
    return isSeen ? '' : 'has the focus, but is covered or outside of the window';
}"""


def a_file(folder: Path, name: str, text: str) -> Path:
    """Write a file with this text that a form can send."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path
