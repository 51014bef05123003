"""Tags of the pages for choosing countries.

They are builtins as those of `web` are; docs/pages.md shows each call.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import template
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString

from cpc.web import formats
from cpc.web.badges import icon
from cpc.web.charts import Locator, View
from cpc.web.parts import GroupTab

register = template.Library()

register.filter("chance", formats.chance)


@register.filter
def chance_in_prose(value: float | None) -> str:
    """Return a share of draws for a sentence: "45%", "under 1%", "over 99%"."""
    return formats.chance(value, prose=True)


@register.inclusion_tag("components/sub_nav.html")
def sub_nav(tabs: Sequence[GroupTab], label: str) -> dict[str, Any]:
    return {"tabs": tabs, "label": label}


@register.inclusion_tag("components/view_switch.html")
def view_switch(tabs: Sequence[GroupTab], label: str) -> dict[str, Any]:
    return {"tabs": tabs, "label": label}


@register.simple_block_tag
def group_tabs(content: SafeString, tabs: Sequence[GroupTab], label: str) -> SafeString:
    """Show the groups of countries as tabs, each with its count, and the content at the right."""
    return render_to_string("components/group_tabs.html", {"tabs": tabs, "label": label, "content": content})


@register.simple_block_tag
def bar_menu(content: SafeString, label: str) -> SafeString:
    """Show a menu in the bar over a list that opens without script."""
    return format_html(
        '<details class="c-menu c-menu--bar" data-menu><summary>{}{}</summary>'
        '<div class="c-menu__sheet">{}</div></details>',
        label,
        icon("expand_more"),
        content,
    )


@register.simple_block_tag
def verdict(content: SafeString, label: str = "Finding", tall: bool = False, span: int = 0) -> SafeString:
    """Show the first panel of a page: a testable finding in bold, its limitations, then facts.

    `tall` is for one country, whose verdict has three sentences.
    """
    return format_html(
        '<section class="{}c-panel c-verdict{}" aria-label="{}">{}</section>',
        f"l-{int(span)} " if span else "",
        " c-verdict--tall" if tall else "",
        label,
        content,
    )


@register.simple_block_tag(name="view")
def view_block(content: SafeString, shown: View, level: int = 3) -> SafeString:
    """Show a `cpc.web.charts.View`: finding and chart, the legend next to them, and the content under the legend."""
    return render_to_string("components/view.html", {"view": shown, "content": content, "level": int(level)})


@register.inclusion_tag("components/locator.html")
def locator_map(crop: Locator) -> dict[str, Any]:
    return {"crop": crop}
