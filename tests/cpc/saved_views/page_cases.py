"""Page cases for saved views."""

from __future__ import annotations

from cpc.accounts.permissions import Role
from tests.cpc import records
from tests.support.page_cases import (
    ADDS,
    ADMINISTRATOR,
    ANALYST,
    APPROVER,
    EMPTY,
    ONCE,
    POPULATED,
    SAME,
    VIEWER,
    Arguments,
    Look,
    PageCase,
    TwoWriters,
    refused,
)


def _view(key: str) -> Arguments:
    return lambda scene: {"pk": scene.views[key].view_id}


def _version(key: str) -> Arguments:
    return lambda scene: {"pk": scene.views[key].pk}


LIST: Arguments = lambda scene: {"key": "partnerships"}  # noqa: E731  # a short function, as in a table

CASES = (
    PageCase(
        "saved-views",
        Look("views", roles=(Role.ANALYST, Role.APPROVER, Role.REVIEWER), states=(POPULATED,)),
        Look("views-none", roles=VIEWER, states=(EMPTY,)),
    ),
    PageCase(
        "saved-view-new",
        Look("view-new", LIST, (Role.ANALYST, Role.VIEWER)),
        refused("view-new", "Save the view", LIST),
        url=lambda world: {"key": "countries"},
        second_writer=ADDS,
    ),
    PageCase(
        "saved-view",
        Look("view", _view("office"), (Role.ANALYST, Role.APPROVER)),
        url=records.saved_view_of_the_viewer,
    ),
    PageCase(
        "saved-view-change",
        Look("view-change", _view("office"), (Role.ANALYST, Role.APPROVER), query="?to=q%3Dghana%26columns%3Dstatus"),
        Look("view-change-shared", _view("office"), ADMINISTRATOR),
        url=records.saved_view_of_the_viewer,
        second_writer=TwoWriters(
            Role.ADMINISTRATOR,
            {"parameters": ("region=Africa&tier=2", "q=ghana")},
            shown_to_second=["Someone else saved changes", "region: Africa"],
            prepare=records.share_with_the_office,
        ),
    ),
    PageCase(
        "saved-view-delete",
        Look("view-delete", _view("private"), ANALYST),
        url=records.saved_view_of_the_viewer,
        second_writer=SAME,
    ),
    PageCase(
        "saved-view-decide",
        Look("view-decide", _version("waiting"), APPROVER),
        refused("view-decide", "Record the decision", _version("waiting"), roles=APPROVER),
        url=records.view_that_waits,
        second_writer=ONCE,
    ),
)
