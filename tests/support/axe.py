"""axe on a page: WCAG 2.0 A up to 2.2 AA, and axe's best practices."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

from tests.support.browser import width_of

RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice")
OPTIONS = {"resultTypes": ["violations"], "runOnly": {"type": "tag", "values": list(RULES)}}


def violations(page: Page) -> list[str]:
    """What axe finds on `page` as it is now: a paragraph a rule, with the elements and what to change."""
    if page.evaluate("typeof window.axe === 'undefined'"):
        page.evaluate(AXE_SCRIPT)
    found: list[dict[str, Any]] = page.evaluate("options => axe.run(options).then(f => f.violations)", OPTIONS)
    return [_paragraph(violation) for violation in found]


def assert_accessible(page: Page) -> None:
    """Fail with every violation on `page` as it is now."""
    found = violations(page)
    assert not found, f"axe: {len(found)} rule(s) broken on {page.url} at {width_of(page)}px\n" + "\n".join(found)


def _paragraph(violation: dict[str, Any]) -> str:
    lines = [f"- {violation['id']} ({violation['impact']}): {violation['help']}"]
    for node in violation["nodes"]:
        where = " ".join(map(str, node["target"]))
        lines.append(f"    {where}   {node['html'][:160]}")
        lines += [f"      {check['message']}" for kind in ("any", "all", "none") for check in node[kind]]
    return "\n".join(lines)
