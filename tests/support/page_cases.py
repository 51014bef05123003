"""Cases of pages: expectations about each page, written by hand in the `page_cases.py` of its room.

    # tests/partnerships/money/page_cases.py
    CASES = (
        PageCase(
            "partnership-contribution-new",
            Look("contribution-new", RUNNING),
            refused("contribution", "Record the contribution", RUNNING),
            url=records.draft(),
            second_writer=ADDS,
        ),
    )

tests/support/all_cases.py collects them. The URL walk and the tests of two writers open `url`, a record of the small
world. axe, screenshots, and the test of differences between accounts open `looks`, in the demonstration.
A case does not list who may open its page: tests/security/expected.txt does, by hand.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.urls import reverse

from cpc.accounts.permissions import Role
from tests.worlds.demonstration import Scene, WorldName

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.worlds.small_world import World

Arguments = Callable[[Scene], Mapping[str, Any]]
PageAction = Callable[["Page"], None]
Roles = tuple[Role | None, ...]
"""Accounts by role; None is a visitor."""

TwoEntries = tuple[Any, Any]
"""Entries of the first and the second of two writers in a field."""


class State(enum.StrEnum):
    """State of a page: with data, without data yet, or with an error."""

    POPULATED = "populated"
    EMPTY = "empty"
    ERROR = "error"

    @property
    def world_name(self) -> WorldName:
        """Return the world in which a page is in this state."""
        return WorldName.INSTALLATION if self is State.EMPTY else WorldName.DEMONSTRATION


@dataclass(frozen=True, slots=True)
class Shot:
    """One page in one state, as one visitor sees it.

    `again` is true if another visitor's view of the same page comes before it.
    """

    name: str
    state: State
    address: str
    role: Role | None
    arguments: Arguments
    query: str
    status: int
    actions: tuple[PageAction, ...]
    again: bool

    def url(self, scene: Scene) -> str:
        """Return the path and query in a scene, with the keys of records that exist there."""
        path = (
            self.address if self.address.startswith("/") else reverse(self.address, kwargs=dict(self.arguments(scene)))
        )
        return path + self.query.format(scene=scene)

    def __str__(self) -> str:
        return f"{self.state}/{self.name}"


@dataclass(frozen=True, slots=True)
class Look:
    """One appearance of a page, and the accounts that open it; `actions` run after the page has loaded.

    `arguments` are those of its URL, and `query` may name a record of the scene, as in "?run={scene.runs[1].pk}".
    `address` is the name of a URL or a path; by default it is the page of the case.
    """

    name: str
    arguments: Arguments = lambda scene: {}
    roles: Roles = (Role.ANALYST,)
    states: tuple[State, ...] = (State.POPULATED,)
    query: str = ""
    status: int = 200
    actions: tuple[PageAction, ...] = ()
    address: str = ""

    def shots(self) -> Iterator[Shot]:
        """Yield a shot for each state and each visitor."""
        for state in self.states:
            for number, role in enumerate(self.roles):
                who = f"-{role.value if role else 'visitor'}" if len(self.roles) > 1 else ""
                yield Shot(
                    f"{self.name}{who}",
                    state,
                    self.address,
                    role,
                    self.arguments,
                    self.query,
                    self.status,
                    self.actions,
                    again=number > 0,
                )


@dataclass(frozen=True)
class TwoWriters:
    """A form that changes an existing record, as two people of a role send it.

    `entries` gives the entries of both people in the fields that differ (a name that ends in a star is the first field
    that starts so), and `also` the entries that they share. `shown_to_second` is the text that tells the second person
    about the first one's change, unless it is the first one's entry. `second_may_send_again` is whether the second
    person can then send the form as it is. `prepare` creates the records that the form needs and may give its URL;
    `page` is the name of the URL that shows the form, if it is not the URL that receives it.
    """

    role: Role
    entries: Mapping[str, TwoEntries]
    also: Mapping[str, Any] = field(default_factory=dict)
    shown_to_second: Sequence[str] | None = None
    second_may_send_again: bool = True
    prepare: Callable[[dict[str, Any]], None] | None = None
    page: str = ""
    page_arguments: Sequence[str] = ()


class PageCase:
    """Expectations about one page or one endpoint of the REST interface.

    `url` returns the arguments of its URL in the small world. `no_page` describes the response if it is not a page.
    `second_writer` is a form that two people send, or the reason why no entry can be lost.
    """

    def __init__(
        self,
        name: str,
        *looks: Look,
        url: Callable[[World], Mapping[str, Any]] | None = None,
        no_page: str = "",
        second_writer: TwoWriters | str = "",
    ) -> None:
        """Describe the page whose URL has this name."""
        self.name, self.looks, self.url, self.no_page, self.second_writer = name, looks, url, no_page, second_writer


def press(name: str) -> PageAction:
    """Press the button with this name, and wait for the page that follows."""

    def click(page: Page) -> None:
        with page.expect_navigation(wait_until="load"):
            page.get_by_role("button", name=name, exact=True).first.click()

    return click


def fill(label: str, text: str) -> PageAction:
    """Fill in the field with this label."""
    return lambda page: page.get_by_label(label, exact=True).fill(text)


def select(label: str, value: str) -> PageAction:
    """Choose an option from the list with this label."""

    def choose(page: Page) -> None:
        page.get_by_label(label, exact=True).select_option(value)

    return choose


def tick(label: str) -> PageAction:
    """Tick the box with this label by its label, which covers the box."""
    return lambda page: page.get_by_text(label, exact=True).first.click()


def unfold(summary: str) -> PageAction:
    """Open the details under this summary."""
    return lambda page: page.locator("summary", has_text=summary).first.click()


def follow(name: str) -> PageAction:
    """Follow the link with this name."""
    return lambda page: page.get_by_role("link", name=name, exact=True).first.click()


def wait_for(text: str) -> PageAction:
    """Wait until the page shows this text."""
    return lambda page: page.get_by_text(text).first.wait_for()


def pretend_earlier() -> PageAction:
    """Give the form the revision of a page that was opened before all changes."""
    return lambda page: page.locator("[name=revision]").evaluate_all(
        "them => them.forEach(one => { one.value = '1'; })"
    )


POPULATED, EMPTY, ERROR = State
BOTH = (POPULATED, EMPTY)
ALL_ERRORS = (ERROR,)

# Roles that represent others: a page differs by its reader's permissions. The navigation, which differs for
# each role, is the same on all pages of an account. tests/security checks that the others see the same page.
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


def refused(
    name: str,
    button: str,
    arguments: Arguments = lambda scene: {},
    *,
    roles: Roles = ANALYST,
    then: PageAction | None = None,
) -> Look:
    """Return the look of a form with errors: its button is pressed with no field filled in."""
    actions = (press(button),) if then is None else (press(button), then)
    return Look(f"{name}-refused", arguments, roles, ALL_ERRORS, actions=actions)


DRAFTS: TwoEntries = ("What the first types", "What the second types")
TITLES: Mapping[str, TwoEntries] = {"title": DRAFTS}
TEXTS: Mapping[str, TwoEntries] = {"text": DRAFTS}
REASONED: Mapping[str, TwoEntries] = {"reason": DRAFTS}

ADDS = "adds a row; existing rows stay"
ONCE = "a step that is taken once; the second is rejected with the current values, and typed text stays in the form"
SAME = "the second person finds it done; no typed text is lost"
OWN = "one person's own"
TABLE = "carries the revision that its page showed; the second is told and keeps the draft (test_pages_models)"
IF_MATCH = "names in If-Match what it has read; else 428, and 412 where that changed"
