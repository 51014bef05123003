"""Pages: one declaration gives a page its URL, its permission, and its links in tabs, breadcrumbs, header, and footer.

    # partnerships/money/pages.py
    PAGES = [
        Page("<int:pk>/money/", views.money, "partnership-money", tab=TABS("Money")),
        Page("<int:pk>/money/contributions/new/", views.RecordContribution, "partnership-contribution-new"),
    ]

    # partnerships/urls.py
    urlpatterns = url_patterns([*agreements.PAGES, *terms.PAGES, *money.PAGES])

The view declares who may open the page: an action page by its `permission`, a function by `@requires(...)`. A view
without either is an error, unless the page gives a reason: `Page(..., no_permission="open to visitors")`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.http import HttpResponseBase
from django.urls import URLPattern, get_resolver, path, reverse

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.registry import Registry
from cpc.web import navigation
from cpc.web.actions import ActionView
from cpc.web.navigation import NavItem

View = Callable[..., HttpResponseBase] | type[ActionView]


@dataclass(frozen=True, slots=True)
class Tab:
    """The tab to which a page belongs.

    The first page with a label is the one that the tab leads to. Any other has a name of its own in `page`, and is
    reached from that first one. `permission` is required in addition to the page's own.
    """

    row: str
    label: str
    permission: Permission | None = None
    page: str = ""


@dataclass(frozen=True, slots=True)
class TabRow:
    """A row of tabs: call it with a label to add a page.

    Tabs follow the order of `labels`, or that in which apps list pages if there are none.
    """

    name: str
    labels: tuple[str, ...] = ()

    def __call__(self, label: str, permission: Permission | None = None, *, page: str = "") -> Tab:
        """Return the tab with a label, for a page. A label that the row does not have is an `ImproperlyConfigured`."""
        if self.labels and label not in self.labels:
            raise ImproperlyConfigured(
                f"The row “{self.name}” has the tabs {', '.join(self.labels)}, and no “{label}”."
            )
        return Tab(self.name, label, permission, page)

    def pages(self, user: User) -> list[tuple[Tab, str]]:
        """Return the tab and the name of each page of the row that an account may open, in the order of the tabs."""
        pages = [
            (page.tab, page.name)
            for page in all_pages()
            if page.tab is not None
            and page.tab.row == self.name
            and page.opens_for(user)
            and (page.tab.permission is None or user.allows(page.tab.permission))
        ]
        # A tab's own page comes before the others, wherever the apps list them.
        order = {label: number for number, label in enumerate(self.labels)}
        return sorted(pages, key=lambda row: (order.get(row[0].label, 0), bool(row[0].page)))

    def tabs(self, user: User) -> list[tuple[str, str]]:
        """Return the label and the name of the page of each tab that an account may open."""
        first: dict[str, str] = {}
        for tab, name in self.pages(user):
            first.setdefault(tab.label, name)
        return list(first.items())


def tab_of(name: str) -> Tab | None:
    """Return the tab of a page, None if it has none."""
    return next((page.tab for page in all_pages() if page.name == name), None)


@dataclass(frozen=True, slots=True)
class Page:
    """A page: its route, its function or action class, and its name.

    `header` and `footer` are the label and the order of its link there. `below` is the name of the page whose link in
    the header is marked as current, if the URL does not determine it. `label` is the page's label in breadcrumbs, if it
    differs from its tab.
    """

    route: str
    view: View
    name: str
    tab: Tab | None = field(default=None, kw_only=True)
    label: str = field(default="", kw_only=True)
    header: tuple[str, int] | None = field(default=None, kw_only=True)
    footer: tuple[str, int] | None = field(default=None, kw_only=True)
    below: str = field(default="", kw_only=True)
    kwargs: Mapping[str, Any] = field(default_factory=dict, kw_only=True)
    no_permission: str = field(default="", kw_only=True)

    def __post_init__(self) -> None:
        if self.permission is None and not self.no_permission:
            raise ImproperlyConfigured(
                f"The page {self.name} has no permission. Guard its view with @requires(...), give its class a "
                "`permission`, or say in `no_permission` why it needs none."
            )
        if self.permission is not None and self.no_permission:
            raise ImproperlyConfigured(f"The view of the page {self.name} has a permission; remove `no_permission`.")

    @property
    def action(self) -> type[ActionView] | None:
        view: Any = self.view
        return view if isinstance(view, type) else None

    @property
    def permission(self) -> Permission | None:
        permission: Permission | None = getattr(self.view, "permission" if self.action else "required_permission", None)
        return permission

    @property
    def link_label(self) -> str:
        return (
            self.label
            or (self.tab.page or self.tab.label if self.tab else "")
            or (self.header[0] if self.header else "")
            or (self.footer[0] if self.footer else "")
        )

    def opens_for(self, user: User) -> bool:
        return self.permission is None or user.allows(self.permission)

    def pattern(self) -> URLPattern:
        """Return the URL pattern; an action page checks its permission in `as_view`."""
        view: Any = self.action.as_view() if self.action else self.view
        made: URLPattern = path(self.route, view, dict(self.kwargs), name=self.name)
        return made


_pages: Registry[Page] = Registry(key=lambda page: page.name)


def url_patterns(pages: Iterable[Page]) -> list[URLPattern]:
    """Return the URL patterns of an app, and register its pages with their links in header and footer."""
    pages = list(pages)
    for page in pages:
        _pages.add(page)
        if page.header:
            label, order = page.header
            navigation.register(NavItem(label, page.name, page.permission, order))
        if page.below:
            navigation.cover(page.name, page.below)
        if page.footer:
            label, order = page.footer
            navigation.register_footer(NavItem(label, page.name, page.permission, order))
    return [page.pattern() for page in pages]


def all_pages() -> Sequence[Page]:
    _ = get_resolver().url_patterns  # reads the URLs, which register their pages
    return list(_pages)


def breadcrumb(name: str, *arguments: Any) -> tuple[str, str]:
    """Return the label and the URL of a page, for the pages below it.

    Raises `ImproperlyConfigured` for a page without a label: its link would have no text.
    """
    page = next(page for page in all_pages() if page.name == name)
    if not page.link_label:
        raise ImproperlyConfigured(f"The page {name} has no label for the breadcrumbs of the pages below it.")
    return page.link_label, reverse(name, args=arguments)
