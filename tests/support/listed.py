"""What an entry of the list of pages consists of: a page, a state, who looks at it, and what is done there first."""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.urls import reverse

from cpc.accounts.permissions import Role
from tests.worlds.demonstration import Place, Scene

if TYPE_CHECKING:
    from playwright.sync_api import Page

Arguments = Callable[[Scene], Mapping[str, Any]]
Act = Callable[["Page"], None]
Roles = tuple[Role | None, ...]
"""Accounts by role; None is a visitor."""


class State(enum.StrEnum):
    """What a page shows: data, that there is none yet, or that something is wrong."""

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
class Listed:
    """An entry of the list. `address` is the name of a URL, or a path; `acts` are done once the page is there.

    `query` may name a thing of the scene, as in "?run={scene.runs[1].pk}".
    """

    name: str
    address: str
    roles: Roles
    states: tuple[State, ...] = (State.POPULATED,)
    arguments: Arguments = lambda scene: {}
    query: str = ""
    status: int = 200
    acts: tuple[Act, ...] = ()

    def shots(self) -> Iterator[Shot]:
        """The entry in each state for each visitor."""
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
