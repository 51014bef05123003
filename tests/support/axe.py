"""Accessibility checks of a page by axe: WCAG 2.0 A to WCAG 2.2 AA, and axe's best practices."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

from tests.support.browser import BETWEEN, HEIGHT, NARROW, WIDTHS, overflow

RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice")
OPTIONS = {
    "resultTypes": ["violations"],
    "runOnly": {"type": "tag", "values": list(RULES)},
    # No rule with these tags reads style sheets, which axe would load and parse again on every page.
    "preload": {"assets": ["media"]},
}


def violations(page: Page) -> list[str]:
    """Return axe's findings on `page` as it is now: a paragraph per rule, with the elements and the remedy."""
    if page.evaluate("typeof window.axe === 'undefined'"):
        page.evaluate(AXE_SCRIPT)
    found: list[dict[str, Any]] = page.evaluate("options => axe.run(options).then(f => f.violations)", OPTIONS)
    return [_paragraph(violation) for violation in found]


def unsound(page: Page, *, closely: bool, between: bool = True) -> list[str]:
    """Return elements wider than the window and axe's findings, each with the window width.

    axe checks the wider of the two main widths; with `closely`, both. With `closely` and `between`, the page must also
    fit at two more widths.
    """
    page.wait_for_load_state()  # the text of a page can be visible before its style sheets have come
    fits = sorted({*WIDTHS, *NARROW, *(BETWEEN if closely and between else ())})  # the widest last, as the page was
    found = []
    for width in fits:
        page.set_viewport_size({"width": width, "height": HEIGHT})
        looks = width in WIDTHS if closely else width == WIDTHS[0]
        wrong = (overflow(page), *(violations(page) if looks else ()))
        found += [f"at {width}px: {problem}" for problem in wrong if problem]
    return found


def assert_page_sound(page: Page, *, closely: bool) -> None:
    """Fail with a list of all layout and axe findings on `page` as it is now."""
    found = unsound(page, closely=closely)
    assert not found, "\n".join([page.url, *found])


def _paragraph(violation: dict[str, Any]) -> str:
    lines = [f"- {violation['id']} ({violation['impact']}): {violation['help']}"]
    for node in violation["nodes"]:
        where = " ".join(map(str, node["target"]))
        lines.append(f"    {where}   {node['html'][:160]}")
        lines += [f"      {check['message']}" for kind in ("any", "all", "none") for check in node[kind]]
    return "\n".join(lines)
