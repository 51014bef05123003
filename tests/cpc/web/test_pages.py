"""Page registry: tabs, breadcrumbs, header, and footer from one declaration per page."""

from __future__ import annotations

import pytest
from django.core.exceptions import ImproperlyConfigured

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission, Role
from cpc.web import navigation
from cpc.web.pages import all_pages, breadcrumb
from partnerships.tabs import TABS
from selection.page_frame import ROUND_TABS
from selection.tabs import CHOOSING

OF_A_ROUND = ["Round", "Pool", "Ratings", "Restrictions", "Consultation and decision", "Comment matrix", "Memo"]


def labels(tabs: list[tuple[str, str]]) -> list[str]:
    return [label for label, _ in tabs]


@pytest.mark.parametrize(
    ("role", "shown"),
    [
        (Role.ANALYST, OF_A_ROUND),
        (Role.VIEWER, [label for label in OF_A_ROUND if label not in ("Comment matrix", "Memo")]),
        (Role.REVIEWER, []),
    ],
)
def test_a_row_of_tabs_shows_what_an_account_may_open(role: Role, shown: list[str]) -> None:
    assert labels(ROUND_TABS.tabs(User(role=role))) == shown


def test_tabs_come_in_the_order_in_which_the_apps_list_their_rooms() -> None:
    analyst = User(role=Role.ANALYST)
    assert labels(CHOOSING.tabs(analyst)) == [
        *("Ranking", "What if", "Compare", "How sure", "Backtest", "Outcomes"),
        *("Model versions", "The pool", "Runs", "Method"),
    ]
    assert labels(TABS.tabs(analyst)) == [
        *("Overview", "Terms", "Money", "Results", "Dialogues", "Documents", "History")
    ]
    assert labels(CHOOSING.tabs(User(role=Role.REVIEWER))) == ["Method"]


def test_breadcrumbs_use_the_label_of_tab_or_link() -> None:
    assert breadcrumb("home") == ("Home", "/")
    assert breadcrumb("system") == ("System", "/system/"), "its label is that of its link in the footer"
    assert breadcrumb("partnership-money", 7) == ("Money", "/partnerships/7/money/")
    assert breadcrumb("partnership-periods", 7) == ("Reporting periods", "/partnerships/7/periods/")


def test_a_page_without_a_label_is_no_breadcrumb() -> None:
    with pytest.raises(ImproperlyConfigured, match="The page hold-issue has no label"):
        breadcrumb("hold-issue")


def test_header_and_footer_show_a_page_to_whom_it_opens() -> None:
    pages = {page.name: page for page in all_pages()}
    for item in (*navigation.header, *navigation.footer):
        assert item.permission == pages[item.url_name].permission
    ranking = next(item for item in navigation.header if item.url_name == "ranking")
    assert (ranking.permission, navigation.covered("ranking")) == (
        Permission.VIEW_RANKINGS,
        {"models", "model", "runs", "run", "run-proof", "outcomes"},
    )
