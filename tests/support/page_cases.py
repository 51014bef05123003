"""Cases of pages: what must be true of each page, written by hand in the `page_cases.py` of its room.

    # tests/partnerships/money/page_cases.py
    CASES = (
        PageCase(
            "partnership-contribution-new",
            url=records.draft(),
            looks=(
                Look("contribution-new", ANALYST, arguments=RUNNING),
                Look("contribution-refused", ANALYST, ALL_ERRORS, RUNNING, acts=(press("Record the contribution"),)),
            ),
            second_writer=ADDS,
        ),
    )

tests/support/all_cases.py collects them. The URL walk and the tests of two writers open `url`, a record of the small
world; axe, screenshots, and the test of who sees a page otherwise open `looks`, in the demonstration.
Who may open a page is no part of its case: tests/security/expected.txt says that, by hand.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.urls import reverse

from cpc.accounts.permissions import Role
from tests.worlds.demonstration import Place, Scene

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.worlds.small_world import World

Arguments = Callable[[Scene], Mapping[str, Any]]
Act = Callable[["Page"], None]
Roles = tuple[Role | None, ...]
"""Accounts by role; None is a visitor."""

Typed = tuple[Any, Any]
"""What the first and the second of two writers type into a field."""


class State(enum.StrEnum):
    """State of a page: with data, without data yet, or with an error."""

    POPULATED = "populated"
    EMPTY = "empty"
    ERROR = "error"

    @property
    def place(self) -> Place:
        """The database in which a page is in this state."""
        return Place.INSTALLATION if self is State.EMPTY else Place.DEMONSTRATION


@dataclass(frozen=True, slots=True)
class Shot:
    """One page in one state as one visitor sees it; `again` where another visitor's view of it comes before it."""

    name: str
    state: State
    address: str
    role: Role | None
    arguments: Arguments
    query: str
    status: int
    acts: tuple[Act, ...]
    again: bool

    def url(self, scene: Scene) -> str:
        """Its address in a scene, with the arguments of things that exist there."""
        path = (
            self.address if self.address.startswith("/") else reverse(self.address, kwargs=dict(self.arguments(scene)))
        )
        return path + self.query.format(scene=scene)

    def __str__(self) -> str:
        return f"{self.state}/{self.name}"


@dataclass(frozen=True, slots=True)
class Look:
    """A state in which a page looks different, and who opens it; `acts` are done once the page is there.

    `arguments` are those of its URL, and `query` may name a record of the scene, as in "?run={scene.runs[1].pk}".
    `address` is the name of a URL or a path; by default it is the page of the case.
    """

    name: str
    roles: Roles
    states: tuple[State, ...] = (State.POPULATED,)
    arguments: Arguments = lambda scene: {}
    query: str = ""
    status: int = 200
    acts: tuple[Act, ...] = ()
    address: str = ""

    def shots(self) -> Iterator[Shot]:
        """Yield the look in each state for each visitor."""
        for state in self.states:
            for place, role in enumerate(self.roles):
                who = f"-{role.value if role else 'visitor'}" if len(self.roles) > 1 else ""
                yield Shot(
                    f"{self.name}{who}",
                    state,
                    self.address,
                    role,
                    self.arguments,
                    self.query,
                    self.status,
                    self.acts,
                    again=place > 0,
                )


@dataclass(frozen=True)
class TwoWriters:
    """A form that sets what is there already, as two people of a role send it.

    `typed` says what each of them types into the fields that differ (a star at the end stands for the first field that
    begins so), `also` what both do. `shown` is the text by which the second learns what the first did, if that is not
    what the first typed. `again` is whether the second can then send the form as it is. `prepare` makes what has to be
    there and may point the URL at it; `page` is the name of the URL that shows the form, if it is another one.
    """

    role: Role
    typed: Mapping[str, Typed]
    also: Mapping[str, Any] = field(default_factory=dict)
    shown: Sequence[str] | None = None
    again: bool = True
    prepare: Callable[[dict[str, Any]], None] | None = None
    page: str = ""
    page_arguments: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class PageCase:
    """Expectations about one page or one endpoint of the REST interface.

    `url` returns the arguments of its URL in the small world. `no_page` describes the response if it is not a page.
    `second_writer` is a form that two people send, or the reason why no entry can be lost.
    """

    name: str
    url: Callable[[World], Mapping[str, Any]] | None = None
    looks: Sequence[Look] = ()
    no_page: str = ""
    second_writer: TwoWriters | str = ""


def press(name: str) -> Act:
    """Press the button of this name, and wait for the page that it brings."""

    def act(page: Page) -> None:
        with page.expect_navigation(wait_until="load"):
            page.get_by_role("button", name=name, exact=True).first.click()

    return act


def fill(label: str, text: str) -> Act:
    """Fill in the field of this label."""
    return lambda page: page.get_by_label(label, exact=True).fill(text)


def select(label: str, value: str) -> Act:
    """Choose from the list of this label."""

    def choose(page: Page) -> None:
        page.get_by_label(label, exact=True).select_option(value)

    return choose


def tick(label: str) -> Act:
    """Tick the box of this label, which covers the box."""
    return lambda page: page.get_by_text(label, exact=True).first.click()


def unfold(summary: str) -> Act:
    """Open what is folded under this summary."""
    return lambda page: page.locator("summary", has_text=summary).first.click()


def follow(name: str) -> Act:
    """Follow the link of this name."""
    return lambda page: page.get_by_role("link", name=name, exact=True).first.click()


def wait_for(text: str) -> Act:
    """Wait until this text stands on the page."""
    return lambda page: page.get_by_text(text).first.wait_for()


def pretend_earlier() -> Act:
    """Let the form carry the revision of a page that was opened before everything."""
    return lambda page: page.locator("[name=revision], [name=seen]").evaluate_all(
        "them => them.forEach(one => { one.value = '1'; })"
    )


def refused(name: str, roles: Roles, button: str, arguments: Arguments) -> Look:
    """Return the look of a form whose button is pressed with nothing filled in."""
    return Look(f"{name}-refused", roles, ALL_ERRORS, arguments, acts=(press(button),))


POPULATED, EMPTY, ERROR = State
BOTH = (POPULATED, EMPTY)
ALL_ERRORS = (ERROR,)

# Who stands for whom: a page differs by what its reader may do there, and the navigation, which differs for
# everybody, is the same on all pages of an account. That others see nothing else is tested, not believed.
EVERYBODY: Roles = (Role.ANALYST, Role.APPROVER, Role.REVIEWER, Role.VIEWER, Role.ADMINISTRATOR)
IMPORTING: Roles = (Role.ANALYST, Role.REVIEWER)  # imports data and confirms narratives, or not
RANKING: Roles = (Role.ANALYST, Role.VIEWER)  # may compute, or not; reviewers see no rankings
SCORES: Roles = (Role.VIEWER, Role.REVIEWER)  # sees scores, or not
OFFICE: Roles = (Role.ANALYST, Role.APPROVER, Role.VIEWER, Role.ADMINISTRATOR)  # drafts, signs, reads, or audits
ANALYST: Roles = (Role.ANALYST,)
REVIEWER: Roles = (Role.REVIEWER,)
ADMINISTRATOR: Roles = (Role.ADMINISTRATOR,)
APPROVER: Roles = (Role.APPROVER,)
VIEWER: Roles = (Role.VIEWER,)
VISITOR: Roles = (None,)
OPEN: Roles = (None, Role.VIEWER)  # the page is open to visitors; the search is offered to accounts
PROGRAM: Roles = (Role.API_CLIENT,)
READING: Roles = (
    Role.ANALYST,
    Role.APPROVER,
    Role.REVIEWER,
    Role.API_CLIENT,
)  # what there is to read and write with a token

DRAFTS: Typed = ("What the first types", "What the second types")
TITLES: Mapping[str, Typed] = {"title": DRAFTS}
TEXTS: Mapping[str, Typed] = {"text": DRAFTS}
REASONED: Mapping[str, Typed] = {"reason": DRAFTS}

ADDS = "adds a row of its own; what is there stays"
ONCE = "a step that is taken once; the second is refused with what stands, and what was typed is kept"
SAME = "who does it second finds it done; nothing that anybody typed is lost"
OWN = "one person's own"
TABLE = "carries the count of edits that its page showed; the second is told and keeps the draft (test_pages_models)"
IF_MATCH = "names in If-Match what it has read; else 428, and 412 where that changed"
