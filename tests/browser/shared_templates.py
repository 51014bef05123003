"""Groups of pages that share a template: axe checks one of each every time, and all of them in `make test-full`.

An action page names its template; any other page has its own. A test verifies that no template is left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from cpc.web.pages import all_pages
from tests.support.page_cases import Shot, State

OTHERS = (
    "400",
    "import-received",
    "import-preview-hopeless",
    "import-failed",
    "import-published-analyst",
    "invitation-void",
    "partnership-from-decision",
    "403-expired-form-visitor",
    "model-criterion",
    "model-criterion-refused",
    "model-gate",
    "model-row-new",
    "model-node",
    "origin-confirm",
    "scenario-new",
    "scenario-share",
    "scenario-withdraw",
    "compare-one",
    "backtest-not-computed-analyst",
    "outcomes-before-any",
)
"""Pages that show what others of their URL, template, or status do not."""

ERRORS = (400, 403, 404)
"""Statuses with the same page at every URL."""


def shared_templates() -> Mapping[str, str]:
    """Return the template of each page that shares it with others, by the name of the page."""
    templates = {page.name: page.action.template_name for page in all_pages() if page.action}
    pages = Counter(templates.values())
    return {name: template for name, template in templates.items() if pages[template] > 1}


def representatives(shots: Sequence[Shot]) -> list[Shot]:
    """Return the first shot of each template, and the first in each other state of each shared template.

    The template parts for "no data" and for errors are the same on all pages.
    """
    templates = shared_templates()
    shared = set(templates.values())
    first: dict[tuple[str, State | None], Shot] = {}
    for shot in shots:
        if shot.name in OTHERS:
            template = shot.name
        elif shot.status in ERRORS:
            template = f"errors/{shot.status}.html"
        else:
            template = templates.get(shot.address, shot.address)
        first.setdefault((template, shot.state if template in shared else None), shot)
    return list(first.values())
