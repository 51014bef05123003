"""Table of roles: the permissions in the code and in docs/roles.md are the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from cpc.accounts.models import User
from cpc.accounts.permissions import ROLE_PERMISSIONS, Permission, Role, permissions_of
from cpc.registry import Registry
from cpc.search.registry import findables
from cpc.site import dashboard, queue
from cpc.web import navigation
from cpc.web.pages import all_pages

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "roles.md"
REGISTRIES: list[Registry[object]] = [
    navigation.header,  # type: ignore[list-item]  # registries of different items
    navigation.footer,  # type: ignore[list-item]  # registries of different items
    dashboard.panels,  # type: ignore[list-item]  # registries of different items
    queue.sources,  # type: ignore[list-item]  # registries of different items
    queue.waiting_sources,  # type: ignore[list-item]  # registries of different items
    queue.coming_sources,  # type: ignore[list-item]  # registries of different items
    findables,  # type: ignore[list-item]  # registries of different items
]


def table() -> str:
    """Return the table of docs/roles.md as it follows from the code."""
    head = ["Permission", *(role.label for role in Role)]
    rows = [[str(p), *("yes" if p in ROLE_PERMISSIONS[role] else "" for role in Role)] for p in Permission]
    widths = [max(len(row[column]) for row in [head, *rows]) for column in range(len(head))]

    def line(cells: list[str]) -> str:
        return "| " + " | ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)) + " |"

    return "\n".join([line(head), "|" + "|".join("-" * (width + 2) for width in widths) + "|", *map(line, rows)])


def test_the_documentation_shows_the_table_of_the_code() -> None:
    assert table() in DOCUMENT.read_text(encoding="utf-8"), f"Put this table into docs/roles.md:\n\n{table()}\n"


def test_every_role_has_its_line_and_every_permission_somebody_who_has_it() -> None:
    assert set(ROLE_PERMISSIONS) == set(Role)
    assert set(Permission) == {permission for permissions in ROLE_PERMISSIONS.values() for permission in permissions}


def test_reviewer_sees_observations_and_requests_only() -> None:
    assert ROLE_PERMISSIONS[Role.REVIEWER] == {
        Permission.USE_PAGES,
        Permission.USE_API,
        Permission.VIEW_OBSERVATIONS,
        Permission.CONSULT,
    }


def test_a_viewer_sees_rounds_and_none_of_their_notes() -> None:
    assert Permission.VIEW_ROUNDS in ROLE_PERMISSIONS[Role.VIEWER]
    assert Permission.VIEW_NOTES not in ROLE_PERMISSIONS[Role.VIEWER]


def test_drafter_of_a_selection_cannot_approve_it() -> None:
    for role, permissions in ROLE_PERMISSIONS.items():
        drafts = permissions & {Permission.EDIT_MODELS, Permission.RATE, Permission.RUN_ROUNDS}
        assert not (drafts and Permission.APPROVE_SELECTION in permissions), role


def test_account_manager_neither_imports_nor_ranks() -> None:
    for role, permissions in ROLE_PERMISSIONS.items():
        if Permission.MANAGE_PEOPLE in permissions:
            assert not permissions & {Permission.IMPORT_DATA, Permission.RUN_SCREEN, Permission.CONFIRM_NARRATIVES}, (
                role
            )


def test_an_unknown_role_and_a_disabled_account_may_do_nothing() -> None:
    assert permissions_of("superuser") == frozenset()
    assert User(role=Role.ADMINISTRATOR, is_active=False).permissions == frozenset()


@pytest.mark.parametrize("registry", REGISTRIES)
def test_whatever_is_offered_names_a_permission_of_the_table(registry: Registry[object]) -> None:
    assert all_pages(), "the pages register what is offered in header and footer"
    wanted = {getattr(item, "permission", None) for item in registry.sorted(repr)}
    assert wanted <= {None, *Permission}
